"""The base URL of an endpoint: what it must be, and the likely right one beside a wrong one."""

from __future__ import annotations

from urllib.parse import urlsplit

from graph.errors import InputError

CALL = "/chat/completions"
"""Path of the call, which a base URL leaves out."""


def checked(base_url: str) -> str:
    """Return the base URL without its last slash.

    Args:
        base_url: For example ``http://127.0.0.1:8000/v1``.

    Raises:
        InputError: It is no http or https URL with a host, holds a user or a key, or names the call itself.
    """
    told = base_url.strip()
    try:
        parts = urlsplit(told)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(
            f"Base URL of the language model: {error}; expected one like http://127.0.0.1:8000/v1."
        ) from None
    if parts.username or parts.password or parts.query or parts.fragment:
        # What stands there may be a secret, so it is not repeated.
        shown = f"{parts.scheme}://{host}{parts.path}"
        raise InputError(
            f"Base URL of the language model: a user, password, query or fragment stands in it beside '{shown}'; "
            "expected the address alone, and the key in ATOLL_LLM_API_KEY."
        )
    if parts.scheme not in {"http", "https"} or not host:
        guess = f" Did you mean 'http://{told}'?" if "://" not in told and told else ""
        raise InputError(
            f"Base URL of the language model: '{told}' is no address; "
            f"expected http:// or https:// with a host, like http://127.0.0.1:8000/v1.{guess}"
        )
    path = told.rstrip("/")
    if path.endswith(CALL):
        raise InputError(
            f"Base URL of the language model: '{told}' names the call itself. Did you mean '{path.removesuffix(CALL)}'?"
        )
    return path


def guess(base_url: str) -> str:
    """Return ``" Did you mean '…/v1'?"`` where a base URL lacks its version, else a hint to check it."""
    if not urlsplit(base_url).path.strip("/"):
        return f" Did you mean '{base_url}/v1'?"
    return " Check the base URL: most end in /v1."
