"""Plain text: pages at form feeds, paragraphs at empty lines, headings by number, underline or capitals."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError
from ingest.literature.document import (
    ACKNOWLEDGEMENT,
    CODE,
    FRONT_MATTER,
    HEADING,
    PROSE,
    REFERENCE,
    RUNNING_HEAD,
    TABLE,
    Bibliography,
    ReadDocument,
)
from ingest.literature.readers.assembly import Piece, assemble
from ingest.literature.readers.characters import HYPHEN_MARKS, clean
from ingest.literature.readers.citations import parse_citation
from ingest.literature.readers.hyphens import Vocabulary
from ingest.literature.readers.identifiers import arxiv_id, dois_in
from ingest.literature.readers.parts import section_kind
from ingest.literature.readers.source import SourceText, read_text

_NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.|[A-Z]\.)\s+[^\W\d_].{0,90}$")
_UNDERLINE = re.compile(r"^\s*(=|-|~|\^)\1{2,}\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+•▪◦‣–]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_CELLS = re.compile(r"\S(?:\s{3,}|\t+)\S")
_PAGE_NUMBER = re.compile(r"^(?:page\s+)?[-–\s]*(?:\d{1,4}|[ivxl]{1,6})[-–\s]*(?:(?:of|/)\s*\d+)?$", re.IGNORECASE)
_ABSTRACT = re.compile(r"^abstract\b[\s.:—–-]*", re.IGNORECASE)


@dataclass(slots=True)
class TextLine:
    """A line with its page.

    Args:
        text: Without the newline.
        page: From 1; None where the text has no form feed.
    """

    text: str
    page: int | None


def read_plain(path: Path) -> list[ReadDocument]:
    """Read a plain text file.

    Raises:
        InputError: It cannot be read or is no text.
    """
    source = read_text(path)
    return [document_of(source, pieces_of(lines_of(source.text)))]


def lines_of(text: str) -> list[TextLine]:
    """Lines with their pages: a form feed begins the next one."""
    if "\f" not in text.strip("\f\n "):
        return [TextLine(line, None) for line in text.replace("\f", "\n").split("\n")]
    return [
        TextLine(line, number) for number, page in enumerate(text.split("\f"), start=1) for line in page.split("\n")
    ]


def document_of(source: SourceText, pieces: list[Piece], work: Bibliography | None = None) -> ReadDocument:
    """A text as a document.

    Raises:
        InputError: Nothing of it can be read.
    """
    text, blocks, pages = assemble(pieces)
    if not text:
        raise InputError(f"{source.path}: holds no words; expected a text.")
    num_pages = source.text.count("\f") + 1 if pages else None
    parsed = (parse_citation(piece.text) for piece in pieces if piece.kind == REFERENCE)
    return ReadDocument(
        str(source.path),
        "text",
        source.sha256,
        text,
        blocks,
        pages,
        num_pages,
        work=work if work is not None else _work(pieces),
        references=tuple(one for one in parsed if one is not None),
        notes=source.notes,
    )


def _work(pieces: list[Piece]) -> Bibliography:
    """The work by what stands before the first heading; only a DOI that stands alone there is its own."""
    head = []
    for piece in pieces:
        if piece.kind == HEADING:
            break
        head.append(piece.text)
    dois = dois_in("\n".join(head))
    front = next((piece for piece in pieces if piece.kind == FRONT_MATTER), None)
    return Bibliography(
        title=front.text if front else "",
        doi=dois[0] if len(dois) == 1 else None,
        arxiv_id=arxiv_id("\n".join(head)),
    )


def pieces_of(lines: list[TextLine]) -> list[Piece]:
    """Blocks of a plain text."""
    vocabulary = vocabulary_of(lines)
    heads = _running_heads(lines)
    placed = {at: Piece(RUNNING_HEAD, "", [(clean(lines[at].text).strip(), lines[at].page)]) for at in heads}
    made: list[Piece] = []
    section, first = "", True
    for group in _groups(lines, placed):
        if isinstance(group, Piece):
            group.section = section
            made.append(group)
            continue
        heading = _heading(group, first=first)
        if heading is not None:
            made.append(Piece(FRONT_MATTER if first else HEADING, section, parts_of(group[:1], vocabulary)))
            section = "" if first else heading
            group = [line for line in group[1:] if not _UNDERLINE.match(line.text)]  # noqa: PLW2901 - what is left of it
        first = False
        if group:
            if _ABSTRACT.match(group[0].text) and not section:
                section = "Abstract"
            made += _paragraphs(group, section, vocabulary)
    return continued(made)


def _paragraphs(group: list[TextLine], section: str, vocabulary: Vocabulary) -> list[Piece]:
    kind = section_kind(section) or _kind(group)
    if kind in (PROSE, REFERENCE, ACKNOWLEDGEMENT):
        return [Piece(kind, section, parts_of(item, vocabulary)) for item in items_of(group)]
    return [Piece(kind, section, rows_of(group))]


def _running_heads(lines: list[TextLine]) -> list[int]:
    """Positions of the first and last lines of pages that repeat, numbers aside, or are a page number."""
    ends: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        if line.page is not None and line.text.strip():
            first, _ = ends.setdefault(line.page, [index, index])
            ends[line.page] = [first, index]
    positions = sorted({index for pair in ends.values() for index in pair})
    bare = {index: re.sub(r"\d+", "#", lines[index].text.strip().lower()) for index in positions}
    counts = Counter(bare.values())
    return [
        index
        for index in positions
        if _PAGE_NUMBER.match(lines[index].text.strip()) or (counts[bare[index]] > 2 and len(bare[index]) < 100)
    ]


def vocabulary_of(lines: list[TextLine]) -> Vocabulary:
    """Words that the lines write unbroken."""
    vocabulary, broken = Vocabulary(), False
    for line in lines:
        ends = line.text.rstrip()[-1:] in ("-", *HYPHEN_MARKS)
        vocabulary.add(line.text, begun=broken, broken=ends)
        broken = ends
    return vocabulary


def _groups(lines: list[TextLine], heads: dict[int, Piece]) -> list[list[TextLine] | Piece]:
    """Lines between empty ones and page breaks, and the running heads between them."""
    groups: list[list[TextLine] | Piece] = []
    held: list[TextLine] = []
    for index, line in enumerate(lines):
        head = heads.get(index)
        if held and (head or not line.text.strip() or held[-1].page != line.page):
            groups.append(held)
            held = []
        if head:
            groups.append(head)
        elif line.text.strip():
            held.append(line)
    return [*groups, held] if held else groups


def _heading(group: list[TextLine], *, first: bool) -> str | None:
    """The heading that a group is or begins with."""
    text = clean(group[0].text).strip()
    if len(group) > 1 and _UNDERLINE.match(group[1].text) and len(text) < 120:
        return text
    if len(group) != 1 or len(text) > 100 or not any(char.isalpha() for char in text) or text[-1] in ".,;:":
        return None
    if _ABSTRACT.fullmatch(text):
        return "Abstract"
    capitals = text.isupper() and len(text) > 3
    return text if first or capitals or _NUMBERED.match(text) or section_kind(text) is not None else None


def _kind(group: list[TextLine]) -> str:
    if len(group) > 1 and sum(bool(_CELLS.search(line.text.strip())) for line in group) > 0.6 * len(group):
        return TABLE
    indented = [line for line in group if line.text.startswith(("    ", "\t"))]
    codelike = sum(bool(re.search(r"[{};=()<>|\\]|::", line.text)) for line in group)
    return CODE if len(indented) == len(group) and codelike > 0.5 * len(group) else PROSE


def items_of(group: list[TextLine]) -> list[list[TextLine]]:
    """A group's list items, or the group as the one paragraph that it is."""
    items: list[list[TextLine]] = []
    for line in group:
        if items and not _BULLET.match(line.text) and not re.match(r"^\s*\[\w{1,12}\]\s", line.text):
            items[-1].append(line)
        else:
            items.append([line])
    return items


def rows_of(group: list[TextLine]) -> list[tuple[str, int | None]]:
    """Lines kept apart, as a table's or a program's."""
    return [(clean(line.text).strip() + "\n", line.page) for line in group]


def parts_of(group: list[TextLine], vocabulary: Vocabulary) -> list[tuple[str, int | None]]:
    """Lines as running text, hyphens at their ends resolved."""
    parts: list[tuple[str, int | None]] = []
    texts = [line.text.strip() for line in group]
    for index, line in enumerate(group):
        text = texts[index]
        after = clean(texts[index + 1]).strip() if index + 1 < len(group) else ""
        broken = len(text) > 1 and after != "" and text[-1] in ("-", *HYPHEN_MARKS) and text[-2].isalnum()
        if broken:
            text = clean(text[:-1]).strip()
            parts.append((text + ("-" if vocabulary.keeps_hyphen(text, after) else ""), line.page))
        else:
            parts.append((clean(text).strip() + (" " if after else ""), line.page))
    return parts


def continued(pieces: list[Piece]) -> list[Piece]:
    """Paragraphs that go on after a page break, as one piece."""
    kept: list[Piece] = []
    last: Piece | None = None
    for piece in pieces:
        if last is not None and piece.kind == last.kind == PROSE and piece.section == last.section and last.parts:
            before, after = last.parts[-1], piece.parts[0]
            turned = before[1] != after[1]
            if turned and not re.search(r"[.!?:;][\"'”’)\]]*\s*$", before[0]) and not _BULLET.match(after[0]):
                last.parts[-1] = (before[0].rstrip() + " ", before[1])
                last.parts += piece.parts
                continue
        if piece.kind != RUNNING_HEAD:
            last = piece
        kept.append(piece)
    return kept
