"""Paragraphs of a PDF: where one begins among the lines of a column, and where it goes on after an interruption."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.literature.document import (
    ACKNOWLEDGEMENT,
    CAPTION,
    CODE,
    FRONT_MATTER,
    HEADING,
    PROSE,
    REFERENCE,
    RUNNING_HEAD,
    TABLE,
)
from ingest.literature.readers.pdf_kinds import CAPTION_START, FOOTNOTE, follows
from ingest.literature.readers.pdf_lines import Line

BULLET = re.compile(r"^(?:[•▪◦‣●○■□►–✓∙·*]\s*\S|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+\S)")
_ENTRY = re.compile(r"^(?:\[(?:\d{1,3}|[A-Z][A-Za-z+]{0,9}\d{2,4}[a-z]?)\]|\d{1,3}\.\s)")
_ENDED = re.compile(r"[.!?:;][\"'”’)\]]*(?:\s*\[[\d,\s–-]+\]\.?)?$")
_OPEN_END = re.compile(r"(?:,|\b(?:a|an|the|of|in|on|to|and|or|for|with|by|from|as|that|is|are|we|our|than|at))$", re.I)


@dataclass(slots=True)
class Paragraph:
    """Lines of one block.

    Args:
        kind: Of the lines.
        section: Heading that it stands under.
        lines: They.
        broken: It begins where a column, a page or something between had interrupted the text.
    """

    kind: str
    section: str
    lines: list[Line] = field(default_factory=list)
    broken: bool = False


def begins(last: Paragraph, line: Line, kind: str, body: float) -> bool:
    """Whether a line begins a block of its own after the lines of one of its kind and section."""
    before = last.lines[-1]
    if kind in (RUNNING_HEAD,):
        return True
    if kind == CAPTION:
        return bool(CAPTION_START.match(line.text)) or not follows(before, line, body)
    if kind in (TABLE, CODE):
        return before.page != line.page or before.column != line.column
    if kind == FRONT_MATTER:
        return not follows(before, line, body) or abs(before.size - line.size) > 0.5
    if kind == REFERENCE:
        return _begins_entry(last, line)
    if before.page != line.page or before.column != line.column:
        return True
    return _begins_paragraph(last, line, body)


def _begins_entry(last: Paragraph, line: Line) -> bool:
    if _ENTRY.match(line.text):
        return True
    if _ENTRY.match(last.lines[0].text):
        return False
    return (
        line.x0 <= line.left + 2
        and len(last.lines) > 0
        and last.lines[-1].text.endswith((".", "]"))
        and (len(last.lines) == 1 or last.lines[-1].x0 > last.lines[-1].left + 4 or last.lines[-1].x1 < line.right - 30)
    )


def _begins_paragraph(last: Paragraph, line: Line, body: float) -> bool:
    before, first = last.lines[-1], last.lines[0]
    if BULLET.match(line.text) and not (line.x0 <= line.left + 2 and not _bulleted(last) and line.text[0].isalnum()):
        sure = not line.text[0].isalnum() and line.text[0] not in "–-*"
        return sure or before.x1 < line.right - 4 or bool(_ENDED.search(before.text))
    gap = line.y - before.y
    if gap > 1.5 * max(line.size, 0.8 * body) or gap < -1:
        return True
    narrow = before.x1 < before.right - 0.12 * (before.right - before.left)
    if _bulleted(last):
        usual = before.y - last.lines[-2].y if len(last.lines) > 1 else line.y - before.y
        apart = narrow or line.y - before.y > 1.12 * usual > 0
        if apart and _ENDED.search(before.text) and not line.text[:1].islower():
            return True
        return line.x0 < first.x0 + 2 and (narrow or (len(last.lines) > 1 and line.x0 < before.x0 - 3))
    if line.text[:1].islower():
        return False
    short = narrow and bool(_ENDED.search(before.text))
    if line.x0 > before.x0 + 0.7 * line.size and before.x0 <= before.left + 3:
        return bool(_ENDED.search(before.text)) or short
    return short and before.x1 < before.right - 0.25 * (before.right - before.left)


def _bulleted(one: Paragraph) -> bool:
    return bool(BULLET.match(one.lines[0].text))


def joined(found: Sequence[Paragraph]) -> list[Paragraph]:
    """Paragraphs that go on after an interruption, as one; what interrupts them follows."""
    kept: list[Paragraph] = []
    open_: dict[str, Paragraph] = {}
    for one in found:
        if one.kind == HEADING:
            open_.clear()
        elif one.kind in (PROSE, REFERENCE, ACKNOWLEDGEMENT, FOOTNOTE):
            earlier = open_.get(one.kind)
            if earlier is not None and one.broken and _continues(earlier, one):
                earlier.lines += one.lines
                continue
            open_[one.kind] = one
        kept.append(one)
    return kept


def _continues(earlier: Paragraph, one: Paragraph) -> bool:
    before, line = earlier.lines[-1], one.lines[0]
    if one.kind == FOOTNOTE and line.raised:
        return False
    if before.hyphen:
        return True
    if earlier.kind == REFERENCE:
        return not _begins_entry(earlier, line) or not _ENDED.search(before.text)
    if line.text[:1].islower():
        return not BULLET.match(line.text) or not _ENDED.search(before.text)
    if _ENDED.search(before.text) or (BULLET.match(line.text) and not line.text[0].isalnum()):
        return False
    if abs(before.size - line.size) > 0.05 * line.size or sum(one.text.count(" ") for one in earlier.lines) < 6:
        return False
    return bool(_OPEN_END.search(before.text)) or before.x1 > before.right - 0.35 * (before.right - before.left)
