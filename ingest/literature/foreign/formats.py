"""Which RDF format a file is in, and what of it must be refused before a parser sees it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.parsers import expat

from graph.errors import InputError
from ingest.telemetry.files import check_text

TURTLE, N_TRIPLES, JSON_LD, RDF_XML = "Turtle", "N-Triples", "JSON-LD", "RDF/XML"
SUFFIXES = {
    ".ttl": TURTLE,
    ".turtle": TURTLE,
    ".nt": N_TRIPLES,
    ".jsonld": JSON_LD,
    ".json": JSON_LD,
    ".rdf": RDF_XML,
    ".owl": RDF_XML,
    ".xml": RDF_XML,
}
RDF_NAMESPACE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MAX_ENTITY = 2_000
"""Longest value of an internal XML entity; OWL tools declare namespaces this way and need no more."""
MAX_EXPANDED = 64 << 20
"""Most characters that all entities of a file may become."""
MAX_DEPTH = 200
"""Deepest nesting of JSON that is looked through."""

_NT_LINE = re.compile(rb"\s*(<[^<>\"{}|^`\\\x00-\x20]+>|_:\S+)\s+<[^<>\s]+>\s+(<|_:|\").*\.\s*(#.*)?$")
_SPARQL_LIKE = re.compile(rb"(?im)^\s*(@prefix|@base|prefix\s+[\w.-]*:\s*<|base\s*<)")


def is_foreign(path: Path) -> bool:
    """Whether a file is RDF: by its suffix, and of what may be something else (.xml, .json) by its beginning."""
    suffix = path.suffix.lower()
    if suffix not in (".xml", ".json"):
        return suffix in SUFFIXES
    try:
        with path.open("rb") as stream:
            begin = stream.read(4096)
    except OSError:
        return False
    return b"<rdf:RDF" in begin if suffix == ".xml" else b'"@context"' in begin or b'"@graph"' in begin


def format_of(path: Path, content: bytes) -> str:
    """Format of a file of RDF.

    Raises:
        InputError: It is empty, compressed, not UTF-8 or none of the four formats.
    """
    check_text(path, content[:4])
    if b"\0" in content[:512]:  # further on one may stand in a literal, where a damaged extraction left it
        raise InputError(f"{path}: holds NUL bytes at its beginning; expected RDF as UTF-8 text.")
    body = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not body:
        raise InputError(f"{path}: is empty; expected Turtle, N-Triples, JSON-LD or RDF/XML.")
    if body[:1] in (b"{",) or (body[:1] == b"[" and SUFFIXES.get(path.suffix.lower()) == JSON_LD):
        return JSON_LD
    if body.startswith((b"<?xml", b"<rdf:RDF", b"<!DOCTYPE", b"<!--")) or b"<rdf:RDF" in body[:4096]:
        return RDF_XML
    _check_utf8(path, content)
    lines = [line for line in body[:65536].splitlines()[:50] if line.strip() and not line.lstrip().startswith(b"#")]
    if len(body) > 65536:
        lines = lines[:-1] or lines  # the last one may be cut
    if lines and all(_NT_LINE.match(line) for line in lines) and not _SPARQL_LIKE.search(body[:65536]):
        return N_TRIPLES
    named = SUFFIXES.get(path.suffix.lower())
    if named in (TURTLE, N_TRIPLES) or _SPARQL_LIKE.search(body[:65536]):
        # What is called N-Triples but has prefixes is Turtle, which holds every N-Triples file as well.
        return TURTLE if named != N_TRIPLES or _SPARQL_LIKE.search(body[:65536]) else N_TRIPLES
    raise InputError(f"{path}: is no RDF that is known; expected Turtle, N-Triples, JSON-LD or RDF/XML.")


def check_content(path: Path, content: bytes, name: str) -> None:
    """Refuse what leaves the file or blows up while it is parsed.

    Raises:
        InputError: A JSON-LD context lies elsewhere, XML declares an external or a nested entity, or the file is broken
            so that this cannot be told.
    """
    if name == JSON_LD:
        _check_json(path, content)
    elif name == RDF_XML:
        _check_xml(path, content)


def _check_utf8(path: Path, content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        at = content[: error.start].count(b"\n") + 1
        raise InputError(f"{path}:{at}: is not UTF-8 text; save the file as UTF-8.") from None


def _check_json(path: Path, content: bytes) -> None:
    _check_utf8(path, content)
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: is no valid JSON-LD ({error.msg}, column {error.colno}).") from None
    except RecursionError:
        raise InputError(f"{path}: nests too deeply to be JSON-LD that anybody wrote.") from None
    _refuse_remote(path, document, 0)


def _refuse_remote(path: Path, node: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InputError(f"{path}: nests more than {MAX_DEPTH} levels deep; expected JSON-LD that a tool wrote.")
    if isinstance(node, list):
        for item in node:
            _refuse_remote(path, item, depth + 1)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("@context", "@import"):
                for context in value if isinstance(value, list) else [value]:
                    if isinstance(context, str):
                        raise InputError(
                            f"{path}: names the context '{context[:120]}', which lies outside the file and is not "
                            "fetched; write the context into the file."
                        )
            _refuse_remote(path, value, depth + 1)


class _PrologueRead(Exception):  # noqa: N818
    """The root element begins: entities can no longer be declared."""


def _check_xml(path: Path, content: bytes) -> None:
    longest = 0
    parser = expat.ParserCreate(namespace_separator=" ")
    root: list[str] = []

    def line() -> str:
        return f"{path}:{parser.CurrentLineNumber}"

    def doctype(name: str, system: str | None, public: str | None, has_internal: bool) -> None:
        if system or public:
            raise InputError(f"{line()}: declares an external document type, which is not fetched; remove it.")

    def entity(
        name: str,
        is_parameter: bool,
        value: str | None,
        base: str | None,
        system: str | None,
        public: str | None,
        notation: str | None,
    ) -> None:
        if value is None or system or public or is_parameter:
            raise InputError(f"{line()}: entity '{name}' lies outside the file and is not fetched; remove it.")
        nonlocal longest
        longest = max(longest, len(value))
        if len(value) > MAX_ENTITY or "&" in value:
            raise InputError(f"{line()}: entity '{name}' is longer than {MAX_ENTITY:,} characters or holds others.")

    def begin(name: str, attributes: dict[str, str]) -> None:
        root.append(name)
        raise _PrologueRead

    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = doctype, entity
    parser.StartElementHandler = begin
    try:
        parser.Parse(content, True)
    except _PrologueRead:
        pass
    except expat.ExpatError as error:
        raise InputError(f"{path}:{error.lineno}: is no valid RDF/XML ({expat.ErrorString(error.code)}).") from None
    if longest * content.count(b"&") > MAX_EXPANDED:
        raise InputError(f"{path}: its entities would grow to more than {MAX_EXPANDED:,} characters; write them out.")
    if root and root[0] != f"{RDF_NAMESPACE} RDF":
        raise InputError(f"{path}: its root is '{root[0].rsplit(' ', 1)[-1]}', expected rdf:RDF.")
