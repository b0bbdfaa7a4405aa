"""A plot of time against rows, both on logarithmic axes, as an SVG without any library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 440, 70, 20, 46, 52
COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f")


def draw_growth(path: Path, series: Mapping[str, Sequence[tuple[int, float]]]) -> None:
    """Draw each series as points with its fitted line and exponent.

    Args:
        path: SVG to write.
        series: Rows and processor seconds of each measurement, by name.
    """
    points = [point for measured in series.values() for point in measured]
    across = _Axis([rows for rows, _ in points], LEFT, WIDTH - RIGHT)
    up = _Axis([seconds for _, seconds in points], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12" fill="#222" role="img">',
        "<title>Processor time of telemetry windows against daily rows</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14">Windows of synthetic daily readings: processor seconds by rows</text>',
    ]
    for tick in across.ticks():
        at = across.place(tick)
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{tick:,.0f}</text>')
    for tick in up.ticks():
        at = up.place(tick)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{tick:g} s</text>')
    parts.append(f'<text x="{(LEFT + WIDTH) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">daily rows</text>')
    for number, (name, measured) in enumerate(series.items()):
        parts += _drawn(name, measured, across, up, COLOURS[number % len(COLOURS)], TOP + 18 + 18 * number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*parts, "</svg>", ""]), encoding="utf-8")


class _Axis:
    """A logarithmic axis from one place to another that takes in all values, with half a step of room."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self._low, self._high = math.log10(min(values)) - 0.15, math.log10(max(values)) + 0.15
        self._start, self._end = start, end

    def place(self, value: float) -> float:
        """Where a value stands, in units of the drawing."""
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)

    def ticks(self) -> list[float]:
        """Powers of ten on the axis; with their doubles and halves where there are few."""
        powers = range(math.floor(self._low), math.ceil(self._high) + 1)
        steps = (1, 2, 5) if self._high - self._low < 3 else (1,)
        ticks = [step * 10.0**power for power in powers for step in steps]
        return [tick for tick in ticks if self._low <= math.log10(tick) <= self._high]


def _drawn(
    name: str, measured: Sequence[tuple[int, float]], across: _Axis, up: _Axis, colour: str, legend_y: int
) -> list[str]:
    """Points, fitted line and legend of one series."""
    rows, seconds = (np.log([point[side] for point in measured]) for side in (0, 1))
    label, parts = name, []
    if np.ptp(rows) > 0:
        slope, start = np.polyfit(rows, seconds, 1)
        ends = [(math.exp(at), math.exp(start + slope * at)) for at in (rows.min(), rows.max())]
        (x1, y1), (x2, y2) = [(across.place(x), up.place(y)) for x, y in ends]
        parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>')
        label += f": exponent {slope:.2f}"
    for x, y in measured:
        parts.append(f'<circle cx="{across.place(x):.1f}" cy="{up.place(y):.1f}" r="4" fill="{colour}"/>')
    parts.append(f'<circle cx="{LEFT + 16}" cy="{legend_y}" r="4" fill="{colour}"/>')
    parts.append(f'<text x="{LEFT + 26}" y="{legend_y + 4}">{escape(label)}</text>')
    return parts
