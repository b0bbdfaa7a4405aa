"""XML read without reaching outside the file: no entities of others, no network, no unbounded trees."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.readers.source import read_bytes

MAX_ENTITIES = 100
_ENTITY = re.compile(rb"<!ENTITY\s")


def parse_xml(path: Path) -> tuple[Any, bytes]:
    """The root of an XML file's tree, and the file's bytes.

    Raises:
        InputError: It cannot be read or is not well-formed; says line and column.
    """
    from lxml import etree

    content = read_bytes(path)
    # Entities declared in the file are how a small file grows without bound; a paper needs none.
    if len(_ENTITY.findall(content[:1_000_000])) > MAX_ENTITIES:
        raise InputError(f"{path}: declares more than {MAX_ENTITIES} entities; expected an article in JATS XML.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = " ".join(str(error.msg).split(", line ")[0].split()).rstrip(".")
        raise InputError(f"{path}:{line}:{column}: is not well-formed XML ({reason}); expected JATS XML.") from None
    except ValueError as error:
        raise InputError(f"{path}: is no XML that can be read ({error}).") from None
    if root is None:
        raise InputError(f"{path}: holds no element; expected JATS XML.")
    return root, content


def local_name(element: Any) -> str:
    """An element's name without its namespace; empty for comments, instructions and entities."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
