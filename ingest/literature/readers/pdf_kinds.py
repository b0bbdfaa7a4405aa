"""The kind of each line of a PDF: prose, heading, caption, cell, label, code, formula, footnote, running head."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ingest.literature.document import CAPTION, CODE, HEADING, PROSE, RUNNING_HEAD, TABLE
from ingest.literature.readers.pdf_lines import Line

FOOTNOTE = "footnote"
"""Prose that stands apart at the foot of a column; stored as prose after the paragraph that it interrupts."""
CAPTION_START = re.compile(
    r"^(?:fig(?:ure|\.)?|table|tab\.|algorithm|listing|exhibit)\s*(?:\d+(?:\.\d+)*|[IVXL]+)\s*(?:[:.|–—]|$)",
    re.IGNORECASE,
)
SUBCAPTION = re.compile(r"^\([a-z]\)\s")
NAMED = re.compile(
    r"^(?:abstract|(?:\d+\.?\s+|[IVX]+\.\s+)?(?:introduction|references|bibliography|literature cited|works cited|"
    r"acknowledge?ments?|conclusions?|appendix|appendices|summary|related work|background))\s*[.:]?$",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[A-Z]\.\d+(?:\.\d+)*\.?|[IVX]+\.|[A-Z]\.?|\d+\))\s+\S")
ROMAN = re.compile(r"^[IVX]+\.\s+[^a-z]*$")
LETTERED = re.compile(r"^(?:[A-Z]\.|\d+\))\s+\S")
PAGE_NUMBER = re.compile(r"^(?:page\s+)?[-–|\s]*(?:\d{1,4}|[ivxl]{1,6})[-–|\s]*(?:(?:of|/)\s*\d+)?$", re.IGNORECASE)
STAMP = re.compile(r"arXiv:\S+\s+\[")
_ALGORITHM = re.compile(r"^(?:Algorithm|Listing|Procedure)\s+\d+\s+[A-Z]")
_NUMBERED_CODE = re.compile(r"^\d{1,3}:\s+\S")
_FORMULA = re.compile(r"[=≤≥∑∏√∫×÷∈≈∝]|\bPr\b")
_WORD = re.compile(r"[A-Za-z]{4,}")
_DIGITS = re.compile(r"\d+")
EDGE = 0.12  # of the page's height: where running heads and page numbers stand
SMALL, LARGE = 0.94, 1.06  # of the body's size


def body_size(lines: Sequence[Line]) -> float:
    """Size of most of the document's characters, in points."""
    sizes: Counter[float] = Counter()
    for line in lines:
        if not line.nested and not line.turned:
            sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def running_heads(lines: Sequence[Line]) -> set[int]:
    """Positions of the lines that repeat at one height on several pages, of page numbers, and of an arXiv stamp."""
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    at_edge = []
    last = max((line.page for line in lines), default=0)
    outer: dict[int, list[float]] = defaultdict(list)
    for index, line in enumerate(lines):
        if line.turned:
            continue
        outer[line.page].append(line.y)
        if line.y < EDGE * line.height or line.y > (1 - EDGE) * line.height:
            at_edge.append(index)
            for nudge in (0, 1) if _bare(line.text) else ():
                places[_bare(line.text), round(line.y / 6) + nudge].add(line.page)
    needed = 2 if last <= 4 else 3
    found = {index for index, line in enumerate(lines) if line.turned and STAMP.search(line.text)}
    ends = {page: (min(heights), max(heights)) for page, heights in outer.items()}
    for index in at_edge:
        line = lines[index]
        pages = max(len(places[_bare(line.text), round(line.y / 6) + nudge]) for nudge in (0, 1))
        outermost = line.y <= ends[line.page][0] + 2 or line.y >= ends[line.page][1] - 2
        if pages >= needed or (outermost and PAGE_NUMBER.match(line.text) and line.cells == 1):
            found.add(index)
    return found


def _bare(text: str) -> str:
    """A head without its page number."""
    return " ".join(_DIGITS.sub("#", text).lower().replace("#", " ").split())


def kinds_of(lines: Sequence[Line], body: float) -> list[str]:
    """Kind of each line: one of the block kinds, or ``FOOTNOTE``; sections are not looked at yet."""
    heads = running_heads(lines)
    drawn = _drawn_pages(lines)
    kinds: list[str] = []
    for index, line in enumerate(lines):
        drawing = line.nested and line.page not in drawn
        if index in heads and not drawing:
            kinds.append(RUNNING_HEAD)
        elif line.turned or drawing:
            kinds.append(TABLE)
        else:
            kinds.append(_kind(lines, kinds, index, body))
    return kinds


def _drawn_pages(lines: Sequence[Line]) -> set[int]:
    """Pages that are one drawing as a whole, so that being inside it says nothing."""
    inside: Counter[int] = Counter()
    total: Counter[int] = Counter()
    for line in lines:
        total[line.page] += len(line.text)
        inside[line.page] += len(line.text) if line.nested else 0
    return {page for page, num in total.items() if inside[page] > 0.7 * num}


def follows(before: Line, line: Line, body: float) -> bool:
    """Whether a line stands right below another one of its column, at a line's usual distance."""
    size = max(before.size, line.size, 0.7 * body)
    return before.page == line.page and before.column == line.column and -1 < line.y - before.y < 1.5 * size


def _kind(lines: Sequence[Line], kinds: list[str], index: int, body: float) -> str:
    line = lines[index]
    before = lines[index - 1] if index else None
    adjacent = before is not None and follows(before, line, body)
    alike = adjacent and before is not None and abs(before.size - line.size) < 0.06 * body
    last = kinds[-1] if kinds else ""
    if CAPTION_START.match(line.text) and not (alike and last == PROSE and before and _same_face(before, line)):
        return CAPTION
    if _ALGORITHM.match(line.text) and line.bold > 0.15 and not (alike and line.bold < 0.3 and last == PROSE):
        return CAPTION
    if _NUMBERED_CODE.match(line.text) or (adjacent and last == CODE and line.size < 0.97 * body):
        return CODE
    same = alike or (adjacent and line.size < 0.97 * body)
    if same and last == CAPTION and before and (_same_face(before, line) or _is_tail(line, body)):
        return CAPTION
    if SUBCAPTION.match(line.text) and line.size < 0.95 * body:
        return CAPTION
    if _is_heading(lines, index, body, adjacent=adjacent):
        return HEADING
    if line.mono > 0.75 and len(line.text) > 3:
        return CODE
    if line.size < 0.93 * body and _is_footnote(lines, kinds, index, alike=alike):
        return FOOTNOTE
    if line.size < SMALL * body:
        return PROSE if _is_small_prose(lines, index) else TABLE
    if line.cells < 4 and _fills(line) and (_after_prose(lines, kinds, index, body) or _runs_on(lines, index, body)):
        return PROSE  # stretched, or with formulas in it, whose glyphs stand apart
    if line.cells > 2 or (line.cells == 2 and adjacent and last == TABLE):
        return TABLE
    if _is_formula(line):
        return CODE
    return PROSE


def _fills(line: Line) -> bool:
    """Whether a line of words runs from edge to edge."""
    return line.x1 - line.x0 > 0.9 * (line.right - line.left) and len(_WORD.findall(line.text)) > 3


def _is_tail(line: Line, body: float) -> bool:
    """Whether a line in another face can still belong to the caption over it: small, or short as a last line is."""
    return line.size < 0.97 * body or line.x1 - line.x0 < 0.6 * (line.right - line.left)


def _after_prose(lines: Sequence[Line], kinds: Sequence[str], index: int, body: float) -> bool:
    """Whether the line above is running text; raised and lowered parts of a formula between the two do not count."""
    line = lines[index]
    for at in range(index - 1, max(-1, index - 6), -1):
        before = lines[at]
        if before.page != line.page or before.column != line.column or line.y - before.y > 2.2 * body:
            return False
        if len(before.text) > 8:
            return kinds[at] == PROSE and abs(before.size - line.size) < 0.06 * body
    return False


def _runs_on(lines: Sequence[Line], index: int, body: float) -> bool:
    """Whether the next line goes on as running text does."""
    if index + 1 == len(lines):
        return False
    line, after = lines[index], lines[index + 1]
    alike = follows(line, after, body) and abs(line.size - after.size) < 0.06 * body
    return alike and after.cells == 1 and _fills(after)


def _same_face(one: Line, other: Line) -> bool:
    return (one.bold > 0.5) == (other.bold > 0.5)


def _is_heading(lines: Sequence[Line], index: int, body: float, *, adjacent: bool) -> bool:
    line = lines[index]
    text = line.text
    if len(text) > 110 or not any(char.isalpha() for char in text) or line.cells > 2:
        return False
    if ROMAN.match(text) and line.x0 > line.left + 8 and sum(char.isalpha() for char in text) > 4:
        return True
    large = line.size > LARGE * body
    if NAMED.match(text) and (large or line.bold > 0.8 or text.isupper()):
        return True
    if line.size < 0.93 * body or text[-1] in ",;" or (text[-1] == "." and not large):
        return False
    if large and (line.bold > 0.8 or line.size > 1.12 * body or NUMBERED.match(text)):
        return True
    if line.italic > 0.8 and LETTERED.match(text) and not adjacent:
        return True
    return line.bold > 0.95 and _bold_run(lines, index, body) <= 2 and (bool(NUMBERED.match(text)) or not adjacent)


def _bold_run(lines: Sequence[Line], index: int, body: float) -> int:
    """How many bold lines stand together around a line; many where the bold face runs on into a line of prose."""
    first = last = index
    while first and follows(lines[first - 1], lines[first], body) and lines[first - 1].bold > 0.6:
        first -= 1
    while last + 1 < len(lines) and follows(lines[last], lines[last + 1], body) and lines[last + 1].bold > 0.6:
        last += 1
    return last - first + 1


def _is_footnote(lines: Sequence[Line], kinds: list[str], index: int, *, alike: bool) -> bool:
    line = lines[index]
    if alike and kinds and kinds[-1] == FOOTNOTE:
        return True
    marked = line.raised or re.match(r"^(?:[∗*†‡§¶]|\d{1,2}(?=[A-Z]))\s?\w", line.text)
    if line.y < 0.5 * line.height or line.cells > 1:
        return False
    if marked:
        return True
    rest = [one for one in lines[index : index + 12] if one.page == line.page and one.column == line.column]
    wide = line.x1 - line.x0 > 0.7 * (line.right - line.left)
    return (
        wide and line.y > 0.78 * line.height and all(one.size < 0.93 * line.size / 0.8 for one in rest) and _wordy(line)
    )


def _wordy(line: Line) -> bool:
    letters = sum(char.isalpha() or char == " " for char in line.text)
    return letters > 0.8 * len(line.text) and line.text.count(" ") > 4


def _is_small_prose(lines: Sequence[Line], index: int) -> bool:
    """Whether small type runs on as prose does: several wide lines of words one below the other."""
    line = lines[index]
    near = [
        one
        for one in lines[max(0, index - 4) : index + 5]
        if one.page == line.page and one.column == line.column and abs(one.size - line.size) < 0.3
    ]
    wide = [one for one in near if one.cells == 1 and one.x1 - one.x0 > 0.85 * (one.right - one.left) and _wordy(one)]
    return len(wide) >= 4 and line.cells == 1 and line.right - line.left > 0.25 * line.height


def _is_formula(line: Line) -> bool:
    indent = line.x0 - line.left
    words = len(_WORD.findall(line.text))
    if indent < 1.2 * line.size or words > 3:
        return False
    return bool(_FORMULA.search(line.text)) or (words == 0 and indent > 2 * line.size and line.text[-1:] not in ".")
