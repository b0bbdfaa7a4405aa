"""From a node's key to its IRI and back, percent-encoded once."""

from __future__ import annotations

from urllib.parse import quote, unquote

from graph.errors import InputError

DEFAULT_BASE = "https://atoll.example/id/"
"""Base of exported IRIs unless a setting names another; ``.example`` is reserved and resolves nowhere (RFC 2606)."""

_UNRESERVED = ":-._~"


def iri(key: str, base: str = DEFAULT_BASE) -> str:
    """IRI of the node with that key.

    Everything but letters, digits and ``: - . _ ~`` is percent-encoded as UTF-8 (RFC 3986), so that
    ``drive:f:HGST HMS5:A/1`` becomes ``…drive:f:HGST%20HMS5:A%2F1``.

    Args:
        key: Key as stored; never an IRI.
        base: IRI that ends in ``/`` or ``#``.

    Raises:
        InputError: ``key`` is empty or an IRI already, or ``base`` does not end in ``/`` or ``#``.
    """
    if not base.endswith(("/", "#")):
        raise InputError(f"IRI base '{base}' must end in '/' or '#'.")
    if not key or key.startswith((base, "http://", "https://", "urn:")):
        raise InputError(f"'{key}' is not a key: expected something like drive:fleet:model:serial.")
    return base + quote(key, safe=_UNRESERVED)


def key(iri_text: str, base: str = DEFAULT_BASE) -> str:
    """Key of the node with that IRI: undoes ``iri``.

    Raises:
        InputError: The IRI does not start with ``base``.
    """
    if not iri_text.startswith(base) or iri_text == base:
        raise InputError(f"IRI '{iri_text}' does not start with '{base}' or names nothing.")
    return unquote(iri_text.removeprefix(base), errors="strict")
