"""Plain text: pages at form feeds, paragraphs at empty lines, headings by number, underline or capitals."""

from __future__ import annotations

import re
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
    TABLE,
    Bibliography,
    ReadDocument,
)
from ingest.literature.readers.assembly import Piece, assemble
from ingest.literature.readers.characters import HYPHEN_MARKS, clean
from ingest.literature.readers.hyphens import Vocabulary
from ingest.literature.readers.parts import section_kind
from ingest.literature.readers.source import SourceText, read_text

_NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.|[A-Z]\.)\s+[^\W\d_].{0,90}$")
_UNDERLINE = re.compile(r"^\s*(=|-|~|\^)\1{2,}\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+•▪◦‣–]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_CELLS = re.compile(r"\S(?:\s{3,}|\t+)\S")
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
    if work is None:
        front = next((piece for piece in pieces if piece.kind == FRONT_MATTER), None)
        work = Bibliography(title=front.text if front else "")
    return ReadDocument(
        str(source.path), "text", source.sha256, text, blocks, pages, num_pages, work=work, notes=source.notes
    )


def pieces_of(lines: list[TextLine]) -> list[Piece]:
    """Blocks of a plain text."""
    vocabulary = vocabulary_of(lines)
    made: list[Piece] = []
    section, first = "", True
    for group in _groups(lines):
        heading = _heading(group, first=first)
        if heading is not None:
            made.append(Piece(FRONT_MATTER if first else HEADING, section, parts_of(group[:1], vocabulary)))
            section = "" if first else heading
            first, rest = False, [line for line in group[1:] if not _UNDERLINE.match(line.text)]
            if rest:
                made.append(Piece(section_kind(section) or PROSE, section, parts_of(rest, vocabulary)))
            continue
        first = False
        if _ABSTRACT.match(group[0].text) and not section:
            section = "Abstract"
        kind = section_kind(section) or _kind(group)
        if kind in (PROSE, REFERENCE, ACKNOWLEDGEMENT):
            made += [Piece(kind, section, parts_of(item, vocabulary)) for item in items_of(group)]
        else:
            made.append(Piece(kind, section, rows_of(group)))
    return continued(made)


def vocabulary_of(lines: list[TextLine]) -> Vocabulary:
    """Words that the lines write unbroken."""
    vocabulary, broken = Vocabulary(), False
    for line in lines:
        ends = line.text.rstrip()[-1:] in ("-", *HYPHEN_MARKS)
        vocabulary.add(line.text, begun=broken, broken=ends)
        broken = ends
    return vocabulary


def _groups(lines: list[TextLine]) -> list[list[TextLine]]:
    """Lines between empty ones and page breaks."""
    groups: list[list[TextLine]] = [[]]
    for line in lines:
        if not line.text.strip() or (groups[-1] and groups[-1][-1].page != line.page):
            groups.append([])
        if line.text.strip():
            groups[-1].append(line)
    return [group for group in groups if group]


def _heading(group: list[TextLine], *, first: bool) -> str | None:
    """The heading that a group is or begins with."""
    text = clean(group[0].text).strip()
    if len(group) > 1 and _UNDERLINE.match(group[1].text) and len(text) < 120:
        return text
    if len(group) != 1 or len(text) > 100 or not any(char.isalpha() for char in text) or text[-1] in ".,;:":
        return None
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
    for piece in pieces:
        last = kept[-1] if kept else None
        if last is not None and piece.kind == last.kind == PROSE and piece.section == last.section and last.parts:
            before, after = last.parts[-1], piece.parts[0]
            turned = before[1] != after[1]
            if turned and after[0][:1].islower() and before[0].rstrip()[-1:] not in ".!?:":
                last.parts[-1] = (before[0].rstrip() + " ", before[1])
                last.parts += piece.parts
                continue
        kept.append(piece)
    return kept
