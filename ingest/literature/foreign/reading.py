"""Foreign RDF files, parsed without ever leaving this machine: Turtle, N-Triples, JSON-LD and RDF/XML."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.foreign.formats import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, check_content, format_of
from ingest.literature.foreign.terms import Kind, Term, Triple

MAX_BYTES = 128 << 20
"""Largest file that is read: parsed, a graph takes some twenty times its size in memory."""
MAX_TRIPLES = 2_000_000
"""Most triples that are read, for the same reason."""

_LINE = re.compile(r"at line (\d+)")
_REASON = re.compile(r"Bad syntax \((.*?)\) at \^")
_RDFLIB = {TURTLE: "turtle", N_TRIPLES: "nt", JSON_LD: "json-ld", RDF_XML: "xml"}


@dataclass(frozen=True, slots=True)
class ForeignGraph:
    """A foreign graph as read: nothing is repaired yet.

    Args:
        path: File that was read.
        format: Turtle, N-Triples, JSON-LD or RDF/XML.
        sha256: Hash of the file's bytes.
        num_bytes: Size of the file.
        triples: Every statement of the file in the order in which it stands there; one that the file makes twice
            stands here twice.
    """

    path: Path
    format: str
    sha256: str
    num_bytes: int
    triples: tuple[Triple, ...]

    @property
    def triples_read(self) -> int:
        """How many statements the file makes, repeated ones counted each time."""
        return len(self.triples)


def read_foreign(path: Path) -> ForeignGraph:
    """Read a file of RDF.

    The format follows from the content, and from the suffix only where the content could be either. Nothing is
    fetched: JSON-LD contexts that lie elsewhere and external XML entities are refused. Relative IRIs are resolved
    against a base made from the file's hash, and blank nodes are numbered by appearance, so that the same bytes give
    the same graph wherever the file lies.

    Raises:
        InputError: The file cannot be read, is too large, is none of the four formats, refers to something outside
            itself, or breaks its format (with the line where the parser tells it).
    """
    content = _content(path)
    name = format_of(path, content)
    check_content(path, content, name)
    digest = hashlib.sha256(content).hexdigest()
    recorded = _parse(path, content, name, f"https://atoll.example/foreign/{digest[:16]}/")
    return ForeignGraph(path, name, digest, len(content), _plain(recorded))


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(
                f"{path}: has {size:,} bytes of RDF, at most {MAX_BYTES:,} are read at once; "
                "write it as N-Triples and split it by lines."
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error


def _parse(path: Path, content: bytes, name: str, base: str) -> list[tuple[Any, Any, Any]]:
    """All statements as the parser makes them, in order."""
    from rdflib import Graph
    from rdflib.exceptions import ParserError as ParseError
    from rdflib.plugins.parsers.notation3 import BadSyntax

    from ingest.literature.foreign.recording import recording_store

    recorded: list[tuple[Any, Any, Any]] = []
    too_many = (
        f"{path}: makes more than {MAX_TRIPLES:,} statements, which are too many to read at once; split the file."
    )
    graph = Graph(store=recording_store(recorded, MAX_TRIPLES, too_many), bind_namespaces="none")
    try:
        with _quietly():
            graph.parse(io.BytesIO(content), format=_RDFLIB[name], publicID=base)
    except InputError:
        raise
    except RecursionError:
        raise InputError(f"{path}: nests too deeply to be {name} that anybody wrote.") from None
    except BadSyntax as error:
        found = _REASON.search(str(error).replace("\n", " "))
        raise InputError(
            f"{path}:{error.lines + 1}: is no valid {name} ({found.group(1) if found else 'bad syntax'})."
        ) from None
    except ParseError as error:
        raise InputError(f"{path}:{_line_of(content, error)}is no valid {name} ({_first(error)}).") from None
    except Exception as error:  # the parsers raise whatever a broken file makes them stumble over
        raise InputError(f"{path}:{_number(error)} is no valid {name} ({_first(error)}).") from None
    return recorded


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep rdflib from printing a stack trace for every literal that is not what its datatype says: it stays text."""
    logger = logging.getLogger("rdflib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _number(error: Exception) -> str:
    """Line that an error of an XML or JSON parser names, as ``12:``; empty where it names none."""
    get = getattr(error, "getLineNumber", None)
    number = get() if callable(get) else getattr(error, "lineno", None)
    if number is None and (found := _LINE.search(str(error))):
        number = int(found.group(1))
    return f"{number}:" if number is not None else ""


def _line_of(content: bytes, error: Exception) -> str:
    """Line of N-Triples that an error quotes, as ``12: ``."""
    quoted = str(error).partition(": ")[2].strip("'\" ")[:60]
    for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
        if quoted and quoted in line:
            return f"{number}: "
    return " "


def _first(error: Exception) -> str:
    text = re.sub(r"^<unknown>:\d+:\d+: ", "", (str(error).splitlines() or [""])[0].strip()) or type(error).__name__
    return text[:200]


def _plain(recorded: list[tuple[Any, Any, Any]]) -> tuple[Triple, ...]:
    """Plain terms, each made once; blank nodes numbered in the order of their appearance."""
    from rdflib import BNode, Literal

    known: dict[Any, Term] = {}
    num_blank = 0

    def plain(node: Any) -> Term:
        nonlocal num_blank
        found = known.get(node)
        if found is None:
            if isinstance(node, Literal):
                found = Term(
                    Kind.LITERAL, _whole(str(node)), _whole(str(node.datatype or "")), str(node.language or "")
                )
            elif isinstance(node, BNode):
                num_blank += 1
                found = Term(Kind.BLANK, f"_:b{num_blank}")
            else:
                found = Term(Kind.IRI, _whole(str(node)))
            known[node] = found
        return found

    return tuple(Triple(plain(s), plain(p), plain(o)) for s, p, o in recorded)


def _whole(text: str) -> str:
    """Text without halves of characters, which JSON can spell and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
