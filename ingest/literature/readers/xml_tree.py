"""XML read without reaching outside the file: no entities of others, no network, no unbounded trees."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.readers.source import decode, read_bytes

MAX_ENTITIES = 100
_ENTITY = re.compile(rb"<!ENTITY\s")


def parse_xml(path: Path) -> tuple[Any, bytes, tuple[str, ...]]:
    """The root of an XML file's tree, the file's bytes, and what must be told of its encoding.

    Raises:
        InputError: It cannot be read or is not well-formed; says line and column.
    """
    from lxml import etree

    content = read_bytes(path)
    # Entities declared in the file are how a small file grows without bound; a paper needs none.
    if len(_ENTITY.findall(content[:1_000_000])) > MAX_ENTITIES:
        raise InputError(f"{path}: declares more than {MAX_ENTITIES} entities; expected an article in JATS XML.")
    notes: tuple[str, ...] = ()
    try:
        try:
            root = etree.fromstring(content, _parser(None))
        except etree.XMLSyntaxError as error:
            if "encod" not in str(error).lower() and "utf-8" not in str(error).lower():
                raise
            text, notes = decode(path, content)
            root = etree.fromstring(text.encode("utf-8", "ignore"), _parser("utf-8"))
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = " ".join(str(error.msg).split(", line ")[0].split()).rstrip(".")
        raise InputError(f"{path}:{line}:{column}: is not well-formed XML ({reason}); expected JATS XML.") from None
    except ValueError as error:
        raise InputError(f"{path}: is no XML that can be read ({error}).") from None
    if root is None:
        raise InputError(f"{path}: holds no element; expected JATS XML.")
    return root, content, notes


def _parser(encoding: str | None) -> Any:
    """A parser that reaches nothing outside the file and expands nothing; ``encoding`` overrides what it declares."""
    from lxml import etree

    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def local_name(element: Any) -> str:
    """An element's name without its namespace; empty for comments, instructions and entities."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
