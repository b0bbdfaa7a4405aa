"""JATS XML, as publishers and PubMed Central have it: front matter, sections, captions, references."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.document import (
    ACKNOWLEDGEMENT,
    CAPTION,
    CODE,
    FRONT_MATTER,
    HEADING,
    PROSE,
    REFERENCE,
    TABLE,
    Bibliography,
    ReadDocument,
)
from ingest.literature.readers.assembly import Piece, assemble
from ingest.literature.readers.characters import clean
from ingest.literature.readers.citations import parse_citation
from ingest.literature.readers.identifiers import normal_doi
from ingest.literature.readers.parts import section_kind
from ingest.literature.readers.source import digest
from ingest.literature.readers.xml_tree import local_name, parse_xml

# Of running text: what is no part of a sentence. Marks of notes are left out, numbers of figures and citations stay.
_SILENT_NAMES = (
    "table-wrap fig fig-group table-wrap-group disp-formula disp-formula-group fn supplementary-material "
    "media graphic inline-graphic tex-math object-id code preformat"
)
_SILENT = frozenset(_SILENT_NAMES.split())
_APART = {"table-wrap": TABLE, "fig": CAPTION, "disp-formula": CODE, "preformat": CODE, "code": CODE, "fn": PROSE}
_BLOCKS_NAMES = (
    "p sec list disp-quote boxed-text def-list list-item def-item def fig-group table-wrap-group "
    "statement app app-group fn-group glossary notes"
)
_BLOCKS = frozenset(_BLOCKS_NAMES.split())


def read_jats(path: Path) -> list[ReadDocument]:
    """Read a JATS article.

    Raises:
        InputError: It is not well-formed, is no JATS, or holds no text.
    """
    root, content, notes = parse_xml(path)
    article = root if local_name(root) == "article" else next(_all(root, "article"), None)
    if article is None:
        raise InputError(f"{path}: is XML with the root <{local_name(root)}>; expected <article> (JATS).")
    pieces = list(_pieces(article))
    text, blocks, _ = assemble(pieces)
    if not text:
        raise InputError(f"{path}: its article holds no text; expected a title, an abstract or a body.")
    return [
        ReadDocument(
            str(path),
            "jats",
            digest(content),
            text,
            blocks,
            work=_work(article),
            references=tuple(_references(article)),
            notes=notes,
        )
    ]


def _all(element: Any, name: str) -> Iterator[Any]:
    return (one for one in element.iter() if local_name(one) == name)


def _first(element: Any, *names: str) -> Any:
    """The first descendant along a path of names; None where there is none."""
    for name in names:
        if element is None:
            return None
        element = next(_all(element, name), None)
    return element


def _child(element: Any, name: str) -> Any:
    return next((one for one in element if local_name(one) == name), None)


def _words(element: Any) -> str:
    """An element's running text; foot notes, floats and pictures left out."""
    return "" if element is None else clean("".join(_texts(element, top=True))).strip()


def _texts(element: Any, *, top: bool = False) -> Iterator[str]:
    name = local_name(element)
    if name and (top or name not in _SILENT) and not _is_mark(element, name):
        yield element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""
        if name in ("p", "td", "th", "title", "label", "break", "list-item"):
            yield " "


def _is_mark(element: Any, name: str) -> bool:
    """Whether it is the raised mark of a foot note or of an address, which is no word of the sentence."""
    return name == "xref" and element.get("ref-type") in ("fn", "table-fn", "aff", "corresp", "author-notes")


def _pieces(article: Any) -> Iterator[Piece]:
    meta, back = _first(article, "front", "article-meta"), _child(article, "back")
    if meta is not None:
        for name in ("article-title", "contrib-group"):
            found = _first(meta, name)
            if found is not None:
                shown = ", ".join(_authors(found)) if name == "contrib-group" else _words(found)
                yield Piece(FRONT_MATTER, "", [(shown, None)])
        for abstract in (one for one in meta if local_name(one) == "abstract"):
            yield from _blocks(abstract, "Abstract", PROSE)
    body = _child(article, "body")
    if body is not None:
        yield from _blocks(body, "", PROSE)
    if back is not None:
        for part in back:
            yield from _back(part)
    floats = _child(article, "floats-group")
    if floats is not None:
        yield from _blocks(floats, "", PROSE)


def _back(part: Any) -> Iterator[Piece]:
    name = local_name(part)
    if name == "ref-list":
        heading = _words(_child(part, "title")) or "References"
        yield Piece(HEADING, "", [(heading, None)])
        for entry in _all(part, "ref"):
            yield Piece(REFERENCE, heading, [(_entry(entry), None)])
    elif name == "ack":
        yield from _blocks(part, "Acknowledgements", ACKNOWLEDGEMENT)
    else:
        yield from _blocks(part, "", PROSE)


def _blocks(element: Any, section: str, kind: str) -> Iterator[Piece]:
    """Blocks of a part of the text, in order."""
    for child in element:
        name = local_name(child)
        if name == "title":
            label = _words(_child(element, "label"))
            heading = " ".join(filter(None, (label, _words(child))))
            yield Piece(HEADING, section, [(heading, None)])
            section = heading if section != "Abstract" else section
            kind = section_kind(heading) or kind
        elif name == "sec":
            yield from _blocks(child, section, kind)
        elif name in _APART:
            yield from _apart(child, section)
        elif name == "p":
            yield Piece(kind, section, [(_words(child), None)])
            for inner in child:  # what stands inside a paragraph and is no part of its sentences comes after it
                if local_name(inner) in _BLOCKS | set(_APART):
                    yield from _apart(inner, section) if local_name(inner) in _APART else _blocks(inner, section, kind)
        elif name in _BLOCKS:
            yield from _blocks(child, section, kind)


def _apart(element: Any, section: str) -> Iterator[Piece]:
    """A table, figure, formula or note."""
    name = local_name(element)
    label, caption = _words(_child(element, "label")), _words(_first(element, "caption"))
    if name in ("table-wrap", "fig"):
        yield Piece(CAPTION, section, [(" ".join(filter(None, (label, caption))), None)])
        for row in _all(element, "tr"):
            cells = [_words(cell) for cell in row if local_name(cell) in ("td", "th")]
            yield Piece(TABLE, section, [(" | ".join(cells), None)])
        for note in _all(element, "table-wrap-foot"):
            yield Piece(TABLE, section, [(_words(note), None)])
    elif name == "fn":
        yield from _blocks(element, section, PROSE)
    else:
        yield Piece(_APART[name], section, [(clean("".join(element.itertext())).strip(), None)])


def _authors(element: Any) -> list[str]:
    found = []
    for name in (one for one in _all(element, "contrib") if one.get("contrib-type", "author") == "author"):
        given, family = _words(_first(name, "given-names")), _words(_first(name, "surname"))
        whole = (
            " ".join(filter(None, (given, family)))
            or _words(_first(name, "collab"))
            or _words(_first(name, "string-name"))
        )
        found += [whole] if whole else []
    return found


def _year(element: Any) -> int | None:
    years = [_words(one) for one in _all(element, "year")] if element is not None else []
    numbers = [int(year) for year in years if year.isdecimal() and len(year) == 4 and year.isascii()]
    return numbers[0] if numbers else None


def _identifier(element: Any, kind: str) -> str | None:
    for one in element.iter() if element is not None else ():
        if local_name(one) in ("article-id", "pub-id") and one.get("pub-id-type") == kind:
            return _words(one) or None
    return None


def _work(article: Any) -> Bibliography:
    meta = _first(article, "front", "article-meta")
    if meta is None:
        return Bibliography()
    abstract = next((one for one in meta if local_name(one) == "abstract"), None)
    return Bibliography(
        title=_words(_first(meta, "article-title")),
        authors=tuple(_authors(meta)),
        year=_year(meta),
        venue=_words(_first(article, "front", "journal-title")) or None,
        doi=normal_doi(_identifier(meta, "doi") or ""),
        arxiv_id=_identifier(meta, "arxiv"),
        abstract=_words(abstract) or None,
    )


def _entry(entry: Any) -> str:
    return clean(" ".join(text for text in entry.itertext() if text.strip())).strip()


def _references(article: Any) -> Iterator[Bibliography]:
    for entry in _all(article, "ref"):
        citation = next(
            (one for one in entry.iter() if local_name(one) in ("element-citation", "mixed-citation")), None
        )
        title = _words(_first(entry, "article-title")) or _words(_first(entry, "chapter-title"))
        doi = normal_doi(_identifier(entry, "doi") or _entry(entry))
        if citation is not None and (title or doi):
            names = list(_all(citation, "name"))
            yield Bibliography(
                title=title,
                authors=tuple(
                    " ".join(filter(None, (_words(_first(one, "given-names")), _words(_first(one, "surname")))))
                    for one in names
                ),
                year=_year(citation),
                venue=_words(_first(citation, "source")) or None,
                doi=doi,
            )
        elif (parsed := parse_citation(_entry(entry))) is not None:
            yield parsed
