"""Charts of a model card: how predicted and observed shares agree, and how models compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from app.views import formats
from app.views.charts import axis, dress, interval_layers, labelled_scale, role

if TYPE_CHECKING:
    from gnn.health.card import ModelRow, ReliabilityRow

RELIABILITY_HEIGHT = 260
MODEL_ROW, MODEL_FRAME = 22, 44
MODEL_PIXELS = 500
PERCENT_LABELS = "format(datum.value * 100, ',.3~r') + ' %'"


def reliability_chart(bins: Sequence[ReliabilityRow], level: float) -> tuple[Any, str]:
    """Share that failed against mean predicted probability, a point a bin, with the line on which both agree.

    Axes are logarithmic: failures are rare, and the bins that matter lie decades apart. A bin in which nobody failed
    stands on the lower edge, hollow.

    Args:
        bins: At least one.
        level: Level of their intervals, .95 for 95 %.
    """
    values = [value for one in bins for value in (one.predicted, one.observed, one.high) if value > 0]
    floor = max(min(values) / 1.6, 1e-6) if values else 1e-6
    top = min(1.0, max(values) * 1.3) if values else 1.0
    data = pd.DataFrame(
        {
            "predicted": [max(one.predicted, floor) for one in bins],
            "observed": [max(one.observed, floor) for one in bins],
            "low": [max(one.low, floor) for one in bins],
            "high": [max(one.high, floor) for one in bins],
            "told": [one.observed for one in bins],
            "n": [one.num_examples for one in bins],
            "is_none": [one.observed <= 0 for one in bins],
            "role": "s1",
        }
    )
    scale = alt.Scale(type="log", domain=[floor, top], nice=False)
    shown: dict[str, Any] = {"labelExpr": PERCENT_LABELS, "values": _log_ticks(floor, top), "titlePadding": 8}
    across = alt.X("predicted:Q", scale=scale, axis=axis(False, title="Predicted probability", **shown))
    up = alt.Y("observed:Q", scale=scale, axis=axis(True, title="Share that failed", **shown))
    tooltip = [
        alt.Tooltip("predicted:Q", title="Predicted", format=".3%"),
        alt.Tooltip("told:Q", title="Failed", format=".3%"),
        alt.Tooltip("low:Q", title=f"from ({round(100 * level)} %)", format=".3%"),
        alt.Tooltip("high:Q", title=f"to ({round(100 * level)} %)", format=".3%"),
        alt.Tooltip("n:Q", title="Examples (n)", format=",.0f"),
    ]
    ideal = pd.DataFrame({"predicted": [floor, top], "observed": [floor, top], "role": ["s7", "s7"]})
    base = alt.Chart(data)
    chart = alt.layer(
        alt.Chart(ideal).mark_line(strokeWidth=1.2, strokeDash=[4, 3]).encode(across, up, color=role("role")),
        base.mark_rule(strokeWidth=1.6).encode(
            across, alt.Y("low:Q", scale=scale), alt.Y2("high:Q"), color=role("role")
        ),
        base.mark_point(size=50, opacity=1, strokeWidth=1.6).encode(
            across, up, color=role("role"), tooltip=tooltip,
            fillOpacity=alt.condition("datum.is_none", alt.value(0), alt.value(1)),
        ),
        base.mark_point(size=50, filled=True).encode(
            across, up, color=role("role"), tooltip=tooltip,
            opacity=alt.condition("datum.is_none", alt.value(0), alt.value(1)),
        ),
    )  # fmt: skip
    alternative = (
        f"Reliability, predicted probability and share that failed ({round(100 * level)} % interval): "
        + "; ".join(
            f"{formats.probability(one.predicted)} predicted, {formats.probability(one.observed)} failed "
            f"({formats.band(one.low, one.high)}, {one.num_examples:,} examples)"
            for one in bins
        )
    )
    return dress(chart, RELIABILITY_HEIGHT), alternative


def _log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten inside a range, or also their two- and fivefold where there are fewer than three."""
    tens = [10.0**power for power in range(-6, 1)]
    inside = [value for value in tens if low <= value <= high]
    if len(inside) >= 3:
        return inside
    return [value * times for value in tens for times in (1, 2, 5) if low <= value * times <= high]


def comparison_chart(rows: Sequence[ModelRow]) -> tuple[Any, str]:
    """Average precision of each model with its 95 % interval; the chosen one in blue, the others grey."""
    able = sorted((row for row in rows if row.ap is not None), key=lambda row: -float(row.ap or 0.0))
    data = pd.DataFrame(
        {
            "model": [row.name for row in able],
            "ap": [row.ap for row in able],
            "low": [row.ap_ci[0] if row.ap_ci else row.ap for row in able],
            "high": [row.ap_ci[1] if row.ap_ci else row.ap for row in able],
            "label": [formats.number(row.ap) for row in able],
            "role": ["s1" if row.is_chosen else "s7" for row in able],
            "muted": "muted",
        }
    )
    across = labelled_scale(list(data["label"]), max(float(data["high"].max()), 1e-6), MODEL_PIXELS)
    base = alt.Chart(data).encode(
        y=alt.Y("model:N", sort=None, axis=axis(False, title="Model", labelLimit=150, titlePadding=8)),
        tooltip=[
            alt.Tooltip("model:N", title="Model"),
            alt.Tooltip("ap:Q", title="Average precision", format=".4f"),
            alt.Tooltip("low:Q", title="from (95 %)", format=".4f"),
            alt.Tooltip("high:Q", title="to (95 %)", format=".4f"),
        ],
    )
    sentence = axis(
        True, title="Average precision on validation, with 95 % interval", tickCount=6, format=".3~r", titlePadding=8
    )
    chart = interval_layers(base, "ap", across, sentence, colour="role")
    alternative = "Average precision on validation: " + "; ".join(
        f"{row.name} {formats.number(row.ap)}"
        + (f" (95 % interval {formats.number(row.ap_ci[0])} to {formats.number(row.ap_ci[1])})" if row.ap_ci else "")
        + (", chosen" if row.is_chosen else "")
        for row in able
    )
    return dress(chart, MODEL_FRAME + MODEL_ROW * max(len(able), 2)), alternative
