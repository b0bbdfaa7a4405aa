"""From lines to blocks: paragraphs, their continuation over columns and pages, sections, the parts of a paper."""

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
from ingest.literature.readers.assembly import Piece
from ingest.literature.readers.hyphens import Vocabulary
from ingest.literature.readers.pdf_kinds import CAPTION_START, FOOTNOTE, NAMED, follows
from ingest.literature.readers.pdf_lines import Line

ABSTRACT = "Abstract"
_ABSTRACT = re.compile(r"^abstract\b\s*(?:[.:—–-]|$)", re.IGNORECASE)
_RUN_IN = re.compile(r"^abstract\s*(?:[.:—–]|-(?=\s))", re.IGNORECASE)
_INTRODUCTION = re.compile(r"^(?:\d+\.?\s+|[IVX]+\.\s+)?introduction$", re.IGNORECASE)
REFERENCES = re.compile(
    r"^(?:\d+\.?\s+|[IVX]+\.\s+)?(?:references|bibliography|literature cited|works cited)\W*$", re.I
)
_THANKS = re.compile(r"^(?:\d+\.?\s+|[IVX]+\.\s+)?acknowledge?ments?\b", re.IGNORECASE)
_AFTER_REFERENCES = re.compile(
    r"^(?:appendi|[A-Z]\.?\d*\s+[A-Z]|acknowledg|supplement|about the author|biograph)", re.I
)
_KEYWORDS = re.compile(
    r"^(?:index terms|keywords|key words|categories and subject|general terms|ccs concepts|acm reference)",
    re.IGNORECASE,
)
BULLET = re.compile(r"^(?:[•▪◦‣●○■□►–✓∙·*]\s*\S|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+\S)")
_MATTER = (HEADING, TABLE, RUNNING_HEAD, CODE, CAPTION)
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.|[A-Z]\.)\s")
_ENTRY = re.compile(r"^(?:\[(?:\d{1,3}|[A-Z][A-Za-z+]{0,9}\d{2,4}[a-z]?)\]|\d{1,3}\.\s)")
_ENDED = re.compile(r"[.!?:;][\"'”’)\]]*(?:\s*\[[\d,\s–-]+\]\.?)?$")
_OPEN_END = re.compile(r"(?:,|\b(?:a|an|the|of|in|on|to|and|or|for|with|by|from|as|that|is|are|we|our|than|at))$", re.I)
_LINK = re.compile(r"(?:https?://|www\.)\S*[/_=?&.]$|(?:https?://|www\.)\S*$")


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


def paragraphs(lines: Sequence[Line], kinds: Sequence[str], body: float) -> list[Paragraph]:
    """Lines in paragraphs, those that go on further down or on the next page joined, each under its section."""
    return _joined(_without_labels(_gather(lines, _told(lines, kinds), body), body))


def pieces(found: Sequence[Paragraph], vocabulary: Vocabulary) -> list[Piece]:
    """Paragraphs as text, hyphens at line ends resolved; an abstract's run-in heading ("Abstract—") stands alone."""
    made = []
    for one in found:
        kind = PROSE if one.kind == FOOTNOTE else one.kind
        parts = _parts(one, vocabulary)
        head = _RUN_IN.match(parts[0][0]) if kind == PROSE and one.section == ABSTRACT else None
        if head:
            text, page = parts[0]
            made.append(Piece(HEADING, "", [(head[0], page)]))
            parts[0] = (text[head.end() :], page)
        made.append(Piece(kind, one.section, parts))
    return made


def title_of(one: Paragraph, vocabulary: Vocabulary) -> str:
    """A heading as one line."""
    return "".join(text for text, _ in _parts(one, vocabulary)).strip()


def _parts(one: Paragraph, vocabulary: Vocabulary) -> list[tuple[str, int | None]]:
    parts: list[tuple[str, int | None]] = []
    breaks = one.kind in (TABLE, CODE)
    for index, line in enumerate(one.lines):
        text = line.text
        if index + 1 < len(one.lines):
            after = one.lines[index + 1].text
            if line.hyphen:
                text += "-" if vocabulary.keeps_hyphen(text, after) else ""
            elif breaks:
                text += "\n"
            elif not (_LINK.search(text) and _goes_on(text, after)):
                text += " "
        elif line.hyphen:
            text += "-"
        parts.append((text, line.page))
    return parts


def _goes_on(text: str, after: str) -> bool:
    """Whether an address that ends a line goes on in the next."""
    return text[-1] in "/_=?&" or bool(re.match(r"^[\w-]*[/_.=]\S", after) and not re.match(r"^\w+\.(?:\s|$)", after))


def _told(lines: Sequence[Line], kinds: Sequence[str]) -> list[str]:
    """Kinds with the front matter told apart: all before the abstract, or before the introduction."""
    told = list(kinds)
    for pattern in (_ABSTRACT, _INTRODUCTION):
        for index, line in enumerate(lines):
            if line.page > 3:
                break
            if pattern.match(line.text) and (kinds[index] == HEADING or line.bold > 0.3 or line.italic > 0.3):
                pairs = zip(told[:index], lines[:index], strict=True)
                return [_before_all(kind, one, line.page) for kind, one in pairs] + told[index:]
    largest = max((line.size for line in lines if line.page == 1 and not line.turned), default=0.0)
    for index, line in enumerate(lines):
        if line.page > 1 or kinds[index] in (PROSE, REFERENCE, CODE):
            break
        if line.size > 0.97 * largest and kinds[index] == HEADING and not NAMED.match(line.text):
            told[index] = FRONT_MATTER
    return told


def _before_all(kind: str, line: Line, page: int) -> str:
    """Kind of a line before the abstract: small type there is an address, not a label; a cover is all front matter."""
    if kind == RUNNING_HEAD or line.turned or (kind == TABLE and line.nested and line.page == page):
        return kind
    return FRONT_MATTER


def _gather(lines: Sequence[Line], kinds: Sequence[str], body: float) -> list[Paragraph]:
    found: list[Paragraph] = []
    section, mode = "", ""
    heading: Paragraph | None = None
    for index, line in enumerate(lines):
        kind = kinds[index]
        if kind == HEADING and mode == REFERENCE and not _AFTER_REFERENCES.match(line.text):
            kind = PROSE
        if kind == HEADING:
            before = heading.lines[-1] if heading else None
            if heading is not None and before is not None and _same_heading(before, line, body):
                heading.lines.append(line)
            else:
                heading = Paragraph(HEADING, section, [line])
                found.append(heading)
            section = _section(heading)
            mode = _mode(section)
            continue
        if heading is not None and kind != RUNNING_HEAD:
            heading = None
        kind, section, mode = _by_mode(kind, section, mode, line, kinds, index)
        last = found[-1] if found else None
        if last is not None and last.kind == kind and last.section == section and not _begins(last, line, kind, body):
            last.lines.append(line)
        else:
            broken = last is None or last.kind != kind or not follows(last.lines[-1], line, body * 2)
            found.append(Paragraph(kind, section, [line], broken))
    return found


def _same_heading(before: Line, line: Line, body: float) -> bool:
    return (
        follows(before, line, body)
        and abs(before.size - line.size) < 0.5
        and (before.bold > 0.5) == (line.bold > 0.5)
        and not NAMED.match(before.text)
        and not re.match(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.|[A-Z]\.)\s+[A-Z]", line.text)
    )


def _section(heading: Paragraph) -> str:
    joined = " ".join(line.text + ("-" if line.hyphen else "") for line in heading.lines)
    text = re.sub(r"- (?=[a-z])", "", joined).strip()
    return ABSTRACT if _ABSTRACT.match(text) else text


def _mode(section: str) -> str:
    if REFERENCES.match(section):
        return REFERENCE
    return ACKNOWLEDGEMENT if _THANKS.match(section) else ""


def _by_mode(kind: str, section: str, mode: str, line: Line, kinds: Sequence[str], index: int) -> tuple[str, str, str]:
    """Kind, section and mode of a line, by where it stands and how it begins."""
    if kind in (RUNNING_HEAD, FRONT_MATTER):
        return kind, section, mode
    if mode == REFERENCE and not line.nested and not line.turned and kind != CAPTION:
        return REFERENCE, section, mode
    if mode == FRONT_MATTER and kind in (PROSE, TABLE) and not line.nested and not line.turned:
        return FRONT_MATTER, section, mode
    if section == ABSTRACT and kind == TABLE and line.cells == 1 and not line.nested and not line.turned:
        kind = PROSE
    if kind not in (PROSE, FOOTNOTE):
        return kind, section, mode
    if _ABSTRACT.match(line.text) and line.page <= 3 and len(line.text) > 12 and not section:
        return PROSE, ABSTRACT, ""
    if _KEYWORDS.match(line.text) and line.page <= 3:
        return FRONT_MATTER, section, FRONT_MATTER
    if mode == ACKNOWLEDGEMENT or (_THANKS.match(line.text) and line.bold + line.italic > 0.2):
        return ACKNOWLEDGEMENT, section, ACKNOWLEDGEMENT
    del kinds, index
    return kind, section, mode


def _begins(last: Paragraph, line: Line, kind: str, body: float) -> bool:
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


def _without_labels(found: Sequence[Paragraph], body: float) -> list[Paragraph]:
    """Told as labels: headings in a row without text between them, and scraps without a sentence between labels."""
    kept: list[Paragraph] = []
    section, index = "", 0
    while index < len(found):
        end = index
        while end < len(found) and _is_matter(found[end], found[index]):
            end += 1
        headings = [one for one in found[index:end] if one.kind == HEADING]
        for one, after in zip(found[index:end], found[index + 1 : end + 1], strict=False):
            scraps = after.kind in (TABLE, CODE) and sum(len(line.text) for line in after.lines) < 12 * len(after.lines)
            if one.kind == HEADING and (len(headings) >= 3 or scraps):
                one.kind = TABLE
        end = max(end, index + 1)
        for one in found[index:end]:
            if one.kind == HEADING:
                one.section, section = section, _section(one)
            else:
                if one.kind == PROSE and _is_scrap(one, body):
                    one.kind = TABLE
                if one.section != ABSTRACT:
                    one.section = section
            kept.append(one)
        index = end
    return kept


def _is_matter(one: Paragraph, first: Paragraph) -> bool:
    """Whether it is no prose, no numbered heading, and on the page of the first."""
    text = one.lines[0].text
    numbered = one.kind == HEADING and bool(_NUMBER.match(text) or NAMED.match(text))
    return one.kind in _MATTER and not numbered and one.lines[0].page == first.lines[0].page


def _is_scrap(one: Paragraph, body: float) -> bool:
    """No sentence and no part of one: a word or two in a drawing, or a few in another type than the text's."""
    text = " ".join(line.text for line in one.lines)
    if one.lines[-1].hyphen or BULLET.match(text) or re.search(r"[.!?:,;][\"'”’)\]\d]*$", text):
        return False
    odd = abs(one.lines[0].size - body) > 0.05 * body and len(one.lines) < 3
    return len(re.findall(r"[A-Za-z]{2,}", text)) < (9 if odd else 4)


def _joined(found: Sequence[Paragraph]) -> list[Paragraph]:
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
