"""From lines to blocks: paragraphs, their continuation over columns and pages, sections, the parts of a paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
from ingest.literature.readers.parts import section_kind
from ingest.literature.readers.pdf_kinds import FOOTNOTE, NAMED, follows
from ingest.literature.readers.pdf_lines import Line
from ingest.literature.readers.pdf_paragraphs import BULLET, Paragraph, begins, joined

ABSTRACT = "Abstract"
_ABSTRACT = re.compile(r"^abstract\b\s*(?:[.:—–-]|$)", re.IGNORECASE)
_INTRODUCTION = re.compile(r"^(?:\d+\.?\s+|[IVX]+\.\s+)?introduction$", re.IGNORECASE)
_THANKS = re.compile(r"^(?:\d+\.?\s+|[IVX]+\.\s+)?acknowledge?ments?\b", re.IGNORECASE)
_AFTER_REFERENCES = re.compile(
    r"^(?:appendi|[A-Z]\.?\d*\s+[A-Z]|acknowledg|supplement|about the author|biograph)", re.I
)
_KEYWORDS = re.compile(
    r"^(?:index terms|keywords|key words|categories and subject|general terms|ccs concepts|acm reference)",
    re.IGNORECASE,
)
MAX_FRONT = 20  # lines of names, addresses and slogans before an introduction; more are a preface
_MATTER = (HEADING, TABLE, RUNNING_HEAD, CODE, CAPTION)
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.|[A-Z]\.)\s")


def paragraphs(lines: Sequence[Line], kinds: Sequence[str], body: float) -> list[Paragraph]:
    """Lines in paragraphs, those that go on further down or on the next page joined, each under its section."""
    return joined(_without_labels(_gather(lines, _told(lines, kinds), body), body))


def _told(lines: Sequence[Line], kinds: Sequence[str]) -> list[str]:
    """Kinds with the front matter told apart: all before the abstract, or before the introduction."""
    told = list(kinds)
    for pattern in (_ABSTRACT, _INTRODUCTION):
        for index, line in enumerate(lines):
            if line.page > 3 or (pattern is _INTRODUCTION and kinds[:index].count(PROSE) > MAX_FRONT):
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
            mode = section_kind(section) or ""
            continue
        if heading is not None and kind != RUNNING_HEAD:
            heading = None
        kind, section, mode = _by_mode(kind, section, mode, line)
        last = found[-1] if found else None
        if last is not None and last.kind == kind and last.section == section and not begins(last, line, kind, body):
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


def _by_mode(kind: str, section: str, mode: str, line: Line) -> tuple[str, str, str]:
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
    return kind, section, mode


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
