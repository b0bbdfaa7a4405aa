"""Charts of one drive: trends of its attributes, and the evidence path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import altair as alt
import pandas as pd

from app.analysis.drive_results import AttributeSeries, DriveChange, PathNode
from app.views import formats
from app.views.charts import SHAPES, axis, dress, role

TREND_HEIGHT = 104
PATH_HEIGHT = 228
LONGEST_JOINED_GAP = 7  # days


def trend_chart(
    series: AttributeSeries, first: date, last: date, changes: Sequence[DriveChange] = ()
) -> tuple[Any, str]:
    """One attribute over time with its limits, its counter resets, and the days on which the drive moved or changed.

    Args:
        series: Readings; a gap of more than a week (or three usual steps) breaks the line.
        first: First day drawn, the same for all cards of a page.
        last: Last day drawn.
        changes: Moves and changes of the drive.
    """
    raw_values = series.raw_values or series.values
    rows = zip(series.days, series.values, raw_values, strict=True)
    pairs = [(d, v, raw) for d, v, raw in rows if first <= d <= last]
    data = pd.DataFrame(pairs, columns=["day", "value", "raw"]).assign(role="s1", decoder=series.decoder)
    data["day"] = pd.to_datetime(data["day"])
    # A new part begins after a gap, so that no line is drawn where nothing was read.
    step = data["day"].diff().dt.days
    usual = max(float(step.median() or 1.0), 1.0) if len(data) > 1 else 1.0
    data["part"] = (step > max(LONGEST_JOINED_GAP, 3 * usual)).cumsum()
    data["alone"] = data.groupby("part")["day"].transform("size") == 1
    unit = f" ({series.unit})" if series.unit else ""
    limits = [
        (value, text, color)
        for value, text, color in (
            (series.threshold, series.threshold_label, "red"),
            (series.device_threshold, series.device_threshold_label, "amber"),
        )
        if value is not None
    ]
    if len(limits) > 1 and limits[0][0] == limits[1][0]:
        limits = limits[1:]  # the rule's limit is the device's own
    values = [value for _, value, _ in pairs] + [value for value, _, _ in limits]
    low, high = min(values), max(values)
    room = (high - low) * 0.08 or max(abs(high) * 0.05, 1.0)
    floor = 0.0 if low == 0 else low - room
    ceiling = min(high + room, 100.0) if series.unit == "%" and high <= 100 else high + room
    whole = all(float(value).is_integer() for value in values)
    pattern = ",.3~s" if high >= formats.COMPACT_FROM else ",.0f" if whole or high - low >= 4 else ",.2~f"
    across = alt.X(
        "day:T",
        scale=alt.Scale(domain=[str(first), str(last)]),
        axis=axis(False, tickCount=3, format="%d %b", labelSeparation=12),
    )
    up = alt.Y(
        "value:Q",
        scale=alt.Scale(domain=[floor, ceiling], nice=False, zero=False),
        axis=axis(True, tickCount=4, tickMinStep=1 if whole else 0, format=pattern),
    )
    tooltip = [
        alt.Tooltip("day:T", title="Day", format="%Y-%m-%d"),
        alt.Tooltip("value:Q", title=series.name + unit, format=",.6~g"),
    ]
    if series.raw_values and series.decoder not in ("normalized", "none"):
        tooltip += [alt.Tooltip("raw:Q", title="Raw", format=",.15~g"), alt.Tooltip("decoder:N", title="Decoder")]
    layers: list[Any] = []
    for value, text, color in limits:
        limit = pd.DataFrame(
            {"value": [value], "text": [text or "limit"], "role": [color], "day": [pd.Timestamp(first)]}
        )
        layers.append(alt.Chart(limit).mark_rule(strokeDash=[4, 3], strokeWidth=1.2).encode(y=up, color=role("role")))
        # Below a line that bounds the values from below stands more room.
        offset = 8 if value <= data["value"].min() and value > floor + (ceiling - floor) * 0.25 else -6
        layers.append(
            alt.Chart(limit)
            .mark_text(align="left", dx=3, dy=offset, fontSize=10.5)
            .encode(across, up, text="text:N", color=role("role"))
        )
    line = alt.Chart(data).mark_line(strokeWidth=1.8, interpolate="linear")
    layers.append(line.encode(across, up, detail="part:N", color=role("role")))
    # A reading with no neighbour is a dot; the others carry the tooltip unseen.
    dot = alt.condition("datum.alone", alt.value(1), alt.value(0))
    dots = alt.Chart(data).mark_point(size=26, filled=True)
    layers.append(dots.encode(across, up, color=role("role"), opacity=dot, tooltip=tooltip))
    resets = [day for day in series.resets if first <= day <= last]
    moved = [change for change in changes if first <= change.day <= last]
    marks = [(day, "reset", "Counter reset") for day in resets] + [
        (day, _told_short(together), "; ".join(told(change) for change in together)) for day, together in _by_day(moved)
    ]
    if marks:
        layers += _marks(marks, across)
    alternative = (
        f"{series.name}{unit} from {first} to {last}: {formats.quantity(pairs[0][1], series.unit)} at first, "
        f"{formats.quantity(pairs[-1][1], series.unit)} at last"
        + "".join(f"; {text}" for _, text, _ in limits if text)
        + (f"; {formats.plural(len(resets), 'counter reset')}" if resets else "")
        + "".join(f"; {told(change)} on {change.day}" for change in moved)
        + "."
    )
    return dress(alt.layer(*layers), TREND_HEIGHT), alternative


def told(change: DriveChange) -> str:
    """A change in words: ``host h1 to h2``, ``firmware A to B``."""
    return f"{change.kind} {change.before} to {change.after}"


def _told_short(changes: Sequence[DriveChange]) -> str:
    """``moved``, ``firmware`` or both."""
    kinds = ["moved" if change.kind in ("host", "rack") else change.kind for change in changes]
    return ", ".join(dict.fromkeys(kinds))


def _by_day(changes: Sequence[DriveChange]) -> list[tuple[date, list[DriveChange]]]:
    return [(day, list(group)) for day, group in groupby(sorted(changes, key=_day), key=_day)]


def _day(change: DriveChange) -> date:
    return change.day


def _marks(marks: Sequence[tuple[date, str, str]], across: Any) -> list[Any]:
    """A dashed line with a word for each day on which something happened; words of one place take turns in height."""
    frame = pd.DataFrame(marks, columns=["day", "text", "what"]).sort_values("day").assign(role="s7")
    frame["day"] = pd.to_datetime(frame["day"])
    tooltip = [alt.Tooltip("day:T", title="Day", format="%Y-%m-%d"), alt.Tooltip("what:N", title="What")]
    lines = alt.Chart(frame).encode(across, color=role("role"), tooltip=tooltip)
    layers: list[Any] = [lines.mark_rule(strokeDash=[2, 2], strokeWidth=1.2)]
    for turn in range(2):
        part = frame.iloc[turn::2]
        if len(part):
            text = alt.Chart(part).encode(across, color=role("role"), tooltip=tooltip)
            layers.append(
                text.mark_text(align="left", dx=3, fontSize=10.5).encode(y=alt.value(8 + 12 * turn), text="text:N")
            )
    return layers


def trend_window(series: Sequence[AttributeSeries], days: int = 90) -> tuple[date, date]:
    """First and last day that all trend cards draw: at most ``days`` days up to the last reading of any of them."""
    last = max(item.days[-1] for item in series)
    earliest = min(item.days[0] for item in series)
    return max(earliest, last - timedelta(days=days - 1)), last


def path_chart(nodes: Sequence[PathNode]) -> tuple[Any, str]:
    """An evidence path from the finding to its source, one node a row: mark by type, name, then type and relation."""
    relation = {node.key: node.relation.replace("_", " ").lower() for node in nodes}
    data = pd.DataFrame(
        {
            "row": range(len(nodes)),
            "name": [node.name for node in nodes],
            "label": [node.label for node in nodes],
            "kind": [f"{node.label} ({relation[node.key]})" if relation[node.key] else node.label for node in nodes],
            "key": [node.key for node in nodes],
            "x": 0,
            "line": "s7",
            "ink": "ink",
            "muted": "muted",
        }
    )
    up = alt.Y("row:Q", scale=alt.Scale(domain=[len(nodes) - 0.5, -0.5], nice=False), axis=None)
    across = alt.X("x:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None)
    tooltip = [
        alt.Tooltip("name:N", title="Name"),
        alt.Tooltip("label:N", title="Type"),
        alt.Tooltip("key:N", title="Key"),
    ]
    base = alt.Chart(data).encode(up, tooltip=tooltip)
    shapes = alt.Shape("label:N", scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())), legend=None)
    spine = alt.Chart(data.iloc[[0]].assign(end=len(nodes) - 1))
    chart = alt.layer(
        spine.mark_rule(strokeWidth=1.2).encode(x=alt.value(8), y=up, y2="end:Q", color=role("line")),
        base.mark_point(size=110, filled=True, opacity=1).encode(x=alt.value(8), shape=shapes, color=role("label")),
        base.mark_text(align="left", dx=24, dy=-7, fontSize=12, fontWeight=600, limit=286).encode(
            across, text="name:N", color=role("ink")
        ),
        base.mark_text(align="left", dx=24, dy=7, fontSize=10.5, limit=286).encode(
            across, text="kind:N", color=role("muted")
        ),
    )
    alternative = "Evidence path: " + ", then ".join(f"{node.name} ({node.label})" for node in nodes)
    return dress(chart, max(PATH_HEIGHT, 40 * len(nodes))), alternative
