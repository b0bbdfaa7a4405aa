"""Lines of a page in reading order, with what tells their kind: place, style, gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.literature.readers.characters import HYPHEN_MARKS, clean
from ingest.literature.readers.pdf_columns import Column, columns
from ingest.literature.readers.pdf_page import Fragment, Page

_GAP = 1.5  # em between two cells of a row


@dataclass(slots=True)
class Line:
    """One line of text.

    Args:
        text: Cleaned; without the hyphen where ``hyphen`` is set.
        page: Page from 1.
        column: Column on the page, in reading order; -1 for turned text.
        x0: Left edge in points.
        x1: Right edge.
        y: Baseline from the page's top.
        left: Left edge of the column.
        right: Right edge of the column.
        size: Of most of its characters.
        bold: Share of its characters that are bold.
        italic: Share that are italic.
        mono: Share of a typewriter face.
        nested: Inside a drawing.
        turned: Not read from left to right.
        cells: Stretches with wide gaps between them.
        hyphen: Ends with a hyphen, which may or may not belong to the word.
        raised: Begins with a small raised mark.
        height: Of the page.
    """

    text: str
    page: int
    column: int
    x0: float
    x1: float
    y: float
    left: float
    right: float
    size: float
    bold: float
    italic: float
    mono: float
    nested: bool
    turned: bool
    cells: int
    hyphen: bool
    raised: bool
    height: float


def lines_of(page: Page) -> list[Line]:
    """Lines of a page in reading order; turned text (labels of axes, a stamp in the margin) at the end."""
    upright = [one for one in page.fragments if not one.style.turned and one.text.strip()]
    turned = [one for one in page.fragments if one.style.turned and one.text.strip()]
    found: list[Line] = []
    for index, column in enumerate(columns(upright, page.width)):
        found += _lines(page, index, column)
    if turned:
        whole = Column(turned, 0.0, page.width)
        found += [_line(page, -1, whole, [one]) for one in turned]
    return [line for line in found if line.text]


def _lines(page: Page, index: int, column: Column) -> list[Line]:
    rows: list[list[Fragment]] = []
    for fragment in column.fragments:
        row = next((one for one in reversed(rows[-4:]) if _same_line(one, fragment)), None)
        if row is None:
            rows.append([fragment])
        else:
            row.append(fragment)
    rows.sort(key=lambda row: _main(row).y)
    return [_line(page, index, column, sorted(row, key=lambda one: one.x0)) for row in _attached(rows)]


def _main(row: Sequence[Fragment]) -> Fragment:
    return max(row, key=lambda one: (one.style.size, one.x1 - one.x0))


def _same_line(row: Sequence[Fragment], fragment: Fragment) -> bool:
    main = _main(row)
    if main.style.nested != fragment.style.nested:
        return False
    return abs(main.y - fragment.y) < 0.25 * min(main.style.size, fragment.style.size)


def _attached(rows: list[list[Fragment]]) -> list[list[Fragment]]:
    """Rows with raised and lowered small type put into the line that it belongs to."""
    kept: list[list[Fragment]] = []
    for index, row in enumerate(rows):
        main = _main(row)
        width = sum(one.x1 - one.x0 for one in row)
        near = [*kept[-1:], *rows[index + 1 : index + 2]]
        host = next((one for one in near if _hosts(one, main, row)), None) if width < 60 else None
        if host is None:
            kept.append(row)
        else:
            host.extend(row)
    return kept


def _hosts(line: Sequence[Fragment], main: Fragment, row: Sequence[Fragment]) -> bool:
    big = _main(line)
    shift = main.y - big.y
    if big.style.size < 1.15 * main.style.size or not -0.65 * big.style.size < shift < 0.4 * big.style.size:
        return False
    return all(
        any(
            -1 <= one.x0 - other.x1 < 0.4 * big.style.size or -1 <= other.x0 - one.x1 < 0.4 * big.style.size
            for other in line
        )
        for one in row
    )


def _line(page: Page, index: int, column: Column, row: list[Fragment]) -> Line:
    main = _main(row)
    parts = [row[0].text]
    cells = 1
    for before, after in pairwise(row):
        gap = after.x0 - before.x1
        cells += gap > _GAP * main.style.size
        if gap > 0.12 * main.style.size:
            parts.append(" ")
        parts.append(after.text)
    raw = "".join(parts).rstrip()
    chars = max(1, sum(len(one.text) - one.text.count(" ") for one in row))
    hyphen = len(raw) > 1 and (raw[-1] in HYPHEN_MARKS or raw[-1] in "-\u2010") and not raw[-2].isspace()
    text = clean(raw[:-1] if hyphen else raw).strip()
    if hyphen and not text[-1:].isalnum() and text[-1:] not in ")]/:":
        hyphen, text = False, clean(raw).strip()
    return Line(
        text,
        page.number,
        index,
        row[0].x0,
        max(one.x1 for one in row),
        main.y,
        column.left,
        column.right,
        main.style.size,
        sum(one.bold_chars for one in row) / chars,
        sum(one.italic_chars for one in row) / chars,
        sum(one.mono_chars for one in row) / chars,
        main.style.nested,
        main.style.turned,
        cells,
        hyphen,
        len(row) > 1 and row[0].style.size < 0.8 * main.style.size and row[0].y < main.y - 0.15 * main.style.size,
        page.height,
    )
