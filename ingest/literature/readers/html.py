"""Web pages: what a reader sees of them, without scripts, menus and footers; the work by its meta tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.document import CAPTION, CODE, HEADING, PROSE, TABLE, Bibliography, ReadDocument
from ingest.literature.readers.assembly import Piece, assemble
from ingest.literature.readers.characters import clean
from ingest.literature.readers.citations import parse_citation
from ingest.literature.readers.identifiers import arxiv_id, normal_doi, years_in
from ingest.literature.readers.parts import section_kind
from ingest.literature.readers.source import read_text
from ingest.literature.readers.xml_tree import local_name

_UNSEEN_NAMES = (
    "script style noscript template nav header footer aside form button select iframe object svg math "
    "head canvas audio video dialog menu input textarea"
)
_UNSEEN = frozenset(_UNSEEN_NAMES.split())
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS_NAMES = (
    "p li dd dt blockquote div section article main body ul ol dl figure center address details summary "
    "html td th tr table tbody thead fieldset"
)
_BLOCKS = frozenset(_BLOCKS_NAMES.split())
_KINDS = {"pre": CODE, "figcaption": CAPTION, "caption": CAPTION}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
MAX_DEPTH = 250


def read_html(path: Path) -> list[ReadDocument]:
    """Read a web page.

    Raises:
        InputError: It cannot be read, or nothing of it is seen.
    """
    from lxml import etree, html

    source = read_text(path)
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = html.document_fromstring(source.text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"{path}: is no HTML that can be read ({str(error).splitlines()[0]}).") from None
    pieces = _Reading().pieces(root)
    text, blocks, _ = assemble(pieces)
    if not text:
        raise InputError(f"{path}: shows no text without its scripts; save the page as a browser shows it.")
    references = (parse_citation(piece.text) for piece in pieces if piece.kind == "reference")
    return [
        ReadDocument(
            str(path),
            "html",
            source.sha256,
            text,
            blocks,
            work=_work(root, pieces),
            references=tuple(one for one in references if one is not None),
            notes=source.notes,
        )
    ]


class _Reading:
    """Collects a page's blocks; text that stands in no paragraph is one by itself."""

    def __init__(self) -> None:
        self._made: list[Piece] = []
        self._section = ""
        self._held: list[str] = []

    def pieces(self, root: Any) -> list[Piece]:
        self._walk(root, 0)
        self._end(PROSE)
        return self._made

    def _end(self, kind: str) -> None:
        text = clean("".join(self._held)).strip()
        self._held = []
        if text:
            kind = section_kind(self._section) or kind if kind == PROSE else kind
            self._made.append(Piece(kind, self._section, [(text, None)]))

    def _walk(self, element: Any, depth: int) -> None:
        name = local_name(element)
        if not name or name in _UNSEEN or _is_hidden(element) or depth > MAX_DEPTH:
            return
        if name in _HEADINGS or name in _KINDS:
            self._end(PROSE)
            self._held.append("".join(_seen(element)))
            heading = clean(self._held[0]).strip()
            self._end(HEADING if name in _HEADINGS else _KINDS[name])
            self._section = heading if name in _HEADINGS and heading else self._section
        elif name == "table" and not _is_layout(element):
            self._end(PROSE)
            self._table(element)
        else:
            apart = name in _BLOCKS or name == "br"
            if apart and name != "br":
                self._end(PROSE)
            self._held.append(" " if name == "br" else element.text or "")
            for child in element:
                self._walk(child, depth + 1)
                self._held.append(child.tail or "")
            if apart and name != "br":
                self._end(PROSE)

    def _table(self, table: Any) -> None:
        for caption in (one for one in table.iter() if local_name(one) == "caption"):
            self._made.append(Piece(CAPTION, self._section, [("".join(_seen(caption)).strip(), None)]))
        rows = []
        for row in (one for one in table.iter() if local_name(one) == "tr"):
            cells = [clean("".join(_seen(cell))).strip() for cell in row if local_name(cell) in ("td", "th")]
            rows += [" | ".join(cells)] if any(cells) else []
        if rows:
            self._made.append(Piece(TABLE, self._section, [("\n".join(rows), None)]))


def _seen(element: Any, depth: int = 0) -> Iterator[str]:
    if depth > MAX_DEPTH:
        return
    yield element.text or ""
    for child in element:
        name = local_name(child)
        if name and name not in _UNSEEN and not _is_hidden(child):
            yield from _seen(child, depth + 1)
        yield " " if name == "br" else ""
        yield child.tail or ""


def _is_hidden(element: Any) -> bool:
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or element.get("role") in ("navigation", "banner", "contentinfo", "search", "menu")
        or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _is_layout(table: Any) -> bool:
    """Whether a table only places other things on the page."""
    inner = (local_name(one) for one in table.iter() if one is not table)
    return table.get("role") == "presentation" or any(name in {"p", "h1", "h2", "h3", "table", "ul"} for name in inner)


def _work(root: Any, pieces: list[Piece]) -> Bibliography:
    tags: dict[str, list[str]] = {}
    for meta in (one for one in root.iter() if local_name(one) == "meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        content = clean(meta.get("content") or "").strip()
        if name and content:
            tags.setdefault(name, []).append(content)

    def first(*names: str) -> str:
        return next((tags[name][0] for name in names if name in tags), "")

    title = first("citation_title", "dc.title", "og:title")
    if not title:
        shown = next((one for one in root.iter() if local_name(one) == "title"), None)
        heading = next((piece.text for piece in pieces if piece.kind == HEADING), "")
        title = heading or (clean("".join(shown.itertext())).strip() if shown is not None else "")
    date = first("citation_publication_date", "citation_date", "citation_year", "dc.date", "article:published_time")
    years = years_in(re.sub(r"[/-]", " ", date))
    return Bibliography(
        title=title,
        authors=tuple(_given_first(name) for name in tags.get("citation_author", tags.get("dc.creator", []))),
        year=years[0] if years else None,
        venue=first("citation_journal_title", "citation_conference_title", "citation_publisher") or None,
        doi=normal_doi(first("citation_doi", "dc.identifier", "prism.doi")),
        arxiv_id=arxiv_id("arxiv:" + first("citation_arxiv_id")) if "citation_arxiv_id" in tags else None,
        abstract=first("citation_abstract", "dc.description") or None,
    )


def _given_first(name: str) -> str:
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() else name.strip()
