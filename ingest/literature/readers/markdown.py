"""Markdown: headings are sections, fences code, pipes tables; front matter in YAML names the work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.literature.document import (
    CAPTION,
    CODE,
    FRONT_MATTER,
    HEADING,
    PROSE,
    TABLE,
    Bibliography,
    ReadDocument,
)
from ingest.literature.readers.assembly import Piece
from ingest.literature.readers.characters import clean
from ingest.literature.readers.hyphens import Vocabulary
from ingest.literature.readers.identifiers import arxiv_id, normal_doi
from ingest.literature.readers.parts import section_kind
from ingest.literature.readers.source import read_text
from ingest.literature.readers.text import (
    TextLine,
    continued,
    document_of,
    items_of,
    lines_of,
    parts_of,
    rows_of,
    vocabulary_of,
)

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_RULE = re.compile(r"^ {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_SETEXT = re.compile(r"^ {0,3}(=+|-{2,})\s*$")
_ROW = re.compile(r"^\s*\|.*\||^[^|]+\|[^|]+(?:\|[^|]*)*$")
_SEPARATOR = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_CAPTION = re.compile(r"^(?:Figure|Fig\.|Table|Listing|Algorithm)\s*[\dIVX]+[.:]\s")
_LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_MARKS = re.compile(r"(?<![\w*])(\*\*\*|\*\*|\*|___|__|~~)(?=\S)(.+?)(?<=\S)\1(?![\w*])")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--.*?-->")
_TICKS = re.compile(r"(`+)\s?(.+?)\s?\1")


def read_markdown(path: Path) -> list[ReadDocument]:
    """Read a Markdown file.

    Raises:
        InputError: It cannot be read or is no text.
    """
    source = read_text(path)
    head, body = _front_matter(source.text)
    lines = [TextLine(line.text, line.page) for line in lines_of(body)]
    pieces = pieces_of(lines)
    return [document_of(source, pieces, _work(head, pieces))]


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    """What the YAML before the text says, and the text; nothing where it is no YAML that can be read."""
    found = re.match(r"\A\ufeff?---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", text, re.DOTALL)
    if not found:
        return {}, text
    import yaml

    try:
        head = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    if not isinstance(head, dict):
        return {}, text
    return {str(key).lower(): value for key, value in head.items()}, text[found.end() :]


def _work(head: dict[str, Any], pieces: list[Piece]) -> Bibliography:
    first = next((piece.text for piece in pieces if piece.kind in (HEADING, FRONT_MATTER)), "")
    authors = head.get("authors", head.get("author", ()))
    named = (
        authors if isinstance(authors, list) else re.split(r";|,| and ", authors) if isinstance(authors, str) else ()
    )
    year = re.search(r"\b(?:19|20)\d\d\b", str(head.get("year", head.get("date", ""))))
    return Bibliography(
        title=_one_line(head.get("title")) or first,
        authors=tuple(filter(None, (_one_line(one.get("name") if isinstance(one, dict) else one) for one in named))),
        year=int(year[0]) if year else None,
        venue=_one_line(head.get("venue", head.get("journal"))) or None,
        doi=normal_doi(str(head.get("doi", ""))),
        arxiv_id=arxiv_id("arxiv:" + str(head["arxiv"]).removeprefix("arXiv:")) if head.get("arxiv") else None,
        url=_one_line(head.get("url")) or None,
        abstract=_one_line(head.get("abstract")) or None,
    )


def _one_line(value: object) -> str:
    return clean(str(value)).strip() if isinstance(value, str | int | float) else ""


def pieces_of(lines: list[TextLine]) -> list[Piece]:
    """Blocks of a Markdown text."""
    vocabulary = vocabulary_of(lines)
    made: list[Piece] = []
    section = ""
    for kind, group in _groups(lines):
        if kind == HEADING:
            heading = _plain(group[0].text)
            made.append(Piece(HEADING, section, [(heading, group[0].page)]))
            section = heading
        elif kind in (CODE, TABLE):
            made.append(Piece(kind, section, rows_of(group)))
        else:
            made += _prose(group, section, vocabulary)
    return continued(made)


def _prose(group: list[TextLine], section: str, vocabulary: Vocabulary) -> list[Piece]:
    lines = [TextLine(_plain(line.text), line.page) for line in group]
    lines = [line for line in lines if line.text.strip()]
    if not lines:
        return []
    kind = section_kind(section) or (CAPTION if _CAPTION.match(lines[0].text.strip()) else PROSE)
    return [Piece(kind, section, parts_of(item, vocabulary)) for item in items_of(lines)]


def _groups(lines: list[TextLine]) -> Iterator[tuple[str, list[TextLine]]]:
    """Lines by what they are: headings, fenced code, tables, paragraphs."""
    index, held = 0, list[TextLine]()
    while index < len(lines):
        line = lines[index]
        heading, fence = _HEADING.match(line.text), _FENCE.match(line.text)
        setext = held and len(held) == 1 and _SETEXT.match(line.text)
        apart = heading or fence or not line.text.strip() or _RULE.match(line.text) or _begins_table(lines, index)
        if apart and held and not setext:
            yield PROSE, held
            held = []
        if heading:
            yield HEADING, [TextLine(heading[2], line.page)]
        elif setext:
            yield HEADING, held
            held = []
        elif fence:
            end = index + 1
            while end < len(lines) and not lines[end].text.strip().startswith(fence[1]):
                end += 1
            yield CODE, lines[index + 1 : end]
            index = end
        elif _begins_table(lines, index):
            end = index
            while end < len(lines) and _ROW.match(lines[end].text):
                end += 1
            yield TABLE, [row for row in lines[index:end] if not _SEPARATOR.match(row.text)]
            index = end - 1
        elif line.text.strip() and not _RULE.match(line.text):
            held.append(line)
        index += 1
    if held:
        yield PROSE, held


def _begins_table(lines: list[TextLine], index: int) -> bool:
    return (
        index + 1 < len(lines)
        and bool(_ROW.match(lines[index].text))
        and "|" in lines[index + 1].text + "|" * lines[index].text.lstrip().startswith("|")
        and bool(_SEPARATOR.match(lines[index + 1].text))
    )


def _plain(text: str) -> str:
    """A line without its marks: emphasis, links, code ticks, quotes, tags."""
    bare = re.sub(r"^\s*(?:>\s?)+", "", text)
    bare = _TICKS.sub(r"\2", _LINK.sub(r"\1", bare))
    for _ in range(2):
        bare = _MARKS.sub(r"\2", bare)
    return _TAG.sub("", bare)
