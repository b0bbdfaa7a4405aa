"""Reading order of a page: white space between columns found in bands, each column read to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.literature.readers.pdf_page import Fragment

Interval = tuple[float, float]
MIN_GUTTER = 5.0  # points; LaTeX classes leave 18 and more, but a line may stick out
MIN_COLUMN = 0.17  # of the page's width: narrower ones are columns of a table
WHITE = 26.0  # points: a white stripe that parts what is above from what is below, as around a figure
MAX_FRAGMENTS = 2500  # of a page: more are a map or a damaged page, not columns of text
MAX_DEPTH = 4


@dataclass(slots=True)
class Column:
    """Fragments that are read one below the other.

    Args:
        fragments: They, by height.
        left: Left edge of its text.
        right: Right edge.
    """

    fragments: list[Fragment]
    left: float
    right: float


@dataclass(slots=True)
class _Band:
    """Fragments between two white stripes across the region."""

    fragments: list[Fragment]
    top: float
    bottom: float
    free: list[Interval]


def columns(fragments: Sequence[Fragment], page_width: float) -> list[Column]:
    """Split a page (without turned text) into columns, in reading order.

    A stretch of bands that share a gutter is read column by column; what crosses the gutter (a title, a wide table and
    its caption) ends the stretch. Recursive, as the halves of XY-cut are (Nagy and Seth 1984), but from the top down
    and only at gutters that run through several lines.
    """
    return _split(list(fragments), page_width, 0)


def _split(fragments: list[Fragment], page_width: float, depth: int) -> list[Column]:
    if not fragments:
        return []
    left, right = _edges(fragments)
    if depth >= MAX_DEPTH or len(fragments) > MAX_FRAGMENTS or right - left < 2 * MIN_COLUMN * page_width:
        return [Column(sorted(fragments, key=lambda one: (one.y, one.x0)), left, right)]
    found: list[Column] = []
    for group, gutters in _groups(_bands(fragments, left, right), page_width):
        inside = [fragment for band in group for fragment in band.fragments]
        if not gutters:
            found.append(Column(inside, *_edges(inside)))
            continue
        bounds = [-1e9, *((low + high) / 2 for low, high in gutters), 1e9]
        for low, high in pairwise(bounds):
            found += _split([one for one in inside if low <= (one.x0 + one.x1) / 2 < high], page_width, depth + 1)
    return _merged(found)


def _merged(found: list[Column]) -> list[Column]:
    """Neighbouring columns without a gutter between them as one: bands of one text that share no gutter."""
    merged: list[Column] = []
    for column in found:
        if merged and column.fragments and merged[-1].fragments:
            last = merged[-1]
            overlap = min(last.right, column.right) - max(last.left, column.left)
            narrower = min(last.right - last.left, column.right - column.left)
            below = column.fragments[0].y >= last.fragments[-1].y
            wider = max(last.right - last.left, column.right - column.left)
            if below and overlap > 0.9 * narrower and (overlap > 0.9 * wider or column.left >= last.left - 2):
                fits = column.right <= last.right + 3 or len(last.fragments) == 1
                if fits:
                    last.fragments += column.fragments
                    last.left, last.right = min(last.left, column.left), max(last.right, column.right)
                    continue
        merged.append(column)
    return merged


def _edges(fragments: Sequence[Fragment]) -> Interval:
    return min(one.x0 for one in fragments), max(one.x1 for one in fragments)


def _bands(fragments: list[Fragment], left: float, right: float) -> list[_Band]:
    """Fragments in rows, with what is free across each row."""
    rows: list[_Band] = []
    for fragment in sorted(fragments, key=lambda one: one.y - 0.55 * one.style.size):
        top, bottom = fragment.y - 0.55 * fragment.style.size, fragment.y
        if rows and top < rows[-1].bottom:
            rows[-1].fragments.append(fragment)
            rows[-1].bottom = max(rows[-1].bottom, bottom)
        else:
            rows.append(_Band([fragment], top, bottom, []))
    for row in rows:
        row.free = _free(row.fragments, left, right)
        row.fragments.sort(key=lambda one: (one.y, one.x0))
    return rows


def _free(fragments: Sequence[Fragment], left: float, right: float) -> list[Interval]:
    at, free = left, []
    for x0, x1 in sorted((one.x0, one.x1) for one in fragments):
        if x0 - at >= MIN_GUTTER:
            free.append((at, x0))
        at = max(at, x1)
    if right - at >= MIN_GUTTER:
        free.append((at, right))
    return free


def _shared(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    pairs = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return [(low, high) for low, high in pairs if high - low >= MIN_GUTTER]


def _groups(bands: list[_Band], page_width: float) -> list[tuple[list[_Band], list[Interval]]]:
    """Bands in stretches, each with the gutters that run through it (none: one column)."""
    found: list[tuple[list[_Band], list[Interval]]] = []
    start = 0
    while start < len(bands):
        gutters: list[Interval] = []
        good = start + 1
        for end, free in _candidates(bands, start):
            now = _gutters(bands[start:end], free, page_width)
            if now and len(now) >= len(gutters):
                gutters, good = now, end
        found.append((bands[start:good], gutters))
        start = good
    return _joined(found)


def _candidates(bands: Sequence[_Band], start: int) -> list[tuple[int, list[Interval]]]:
    """Where a stretch that begins at a band may end, and what is free through all of it.

    With the same number of free intervals a longer stretch has columns wherever a shorter one has, so only the last
    end before each change counts.
    """
    free, found = bands[start].free, list[tuple[int, list[Interval]]]()
    for end in range(start + 1, len(bands)):
        shared = _shared(free, bands[end].free)
        if not shared or bands[end].top - bands[end - 1].bottom > WHITE:
            return [*found, (end, free)]
        if len(shared) != len(free):
            found.append((end, free))
        free = shared
    return [*found, (len(bands), free)]


def _joined(
    found: list[tuple[list[_Band], list[Interval]]],
) -> list[tuple[list[_Band], list[Interval]]]:
    """Stretches of one column that follow each other, as one."""
    joined: list[tuple[list[_Band], list[Interval]]] = []
    for bands, gutters in found:
        if joined and not gutters and not joined[-1][1]:
            joined[-1][0].extend(bands)
        else:
            joined.append((list(bands), gutters))
    return joined


def _gutters(bands: Sequence[_Band], free: Sequence[Interval], page_width: float) -> list[Interval]:
    """Those of the free intervals that have columns of text on both sides."""
    inside = [fragment for band in bands for fragment in band.fragments]
    kept: list[Interval] = []
    for low, high in sorted(free):
        sides = (
            [one for one in inside if one.x1 <= low + 1 and (not kept or one.x0 >= kept[-1][1] - 1)],
            [one for one in inside if one.x0 >= high - 1],
        )
        if all(_is_column(side, page_width) for side in sides) and max(map(len, sides)) >= 3:
            kept.append((low, high))
    return kept


def _is_column(side: Sequence[Fragment], page_width: float) -> bool:
    if not side:
        return False
    left, right = _edges(side)
    needed = min(0.55 * (right - left), 0.9 * MIN_COLUMN * page_width)
    return right - left >= MIN_COLUMN * page_width and any(one.x1 - one.x0 > needed for one in side)
