"""Charts of a fleet's risk: the map of racks and models, and the failures expected of each model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from app.analysis.risk_results import RiskCell, SpareDemand
from app.views import formats
from app.views.charts import axis, dress, interval_layers, labelled_scale, muted_ink

WORST_RACKS = 20
MOST_MODELS = 7
HEAT_HEIGHT, ROW_HEIGHT, HEAT_FRAME = 452, 22, 92
DEMAND_ROW, DEMAND_FRAME = 22, 44
DEMAND_PIXELS, MAP_PIXELS = 520, 220
MEASURES = {
    "expected_failures": ("Expected failures", "format(datum.value, ',.2~r')"),
    "mean_p": ("Mean risk", "format(datum.value * 100, ',.2~r') + ' %'"),
}


def heat_chart(
    cells: Sequence[RiskCell], fleet: str, horizon_days: int, measure: Literal["expected_failures", "mean_p"]
) -> tuple[Any, str]:
    """Risk by rack and model, the racks with most of it on top, at most ``WORST_RACKS`` of them.

    Args:
        cells: Cells, at least one.
        fleet: Name of the fleet, left out of the names of its racks.
        horizon_days: Horizon of the counts.
        measure: What the colour says: failures expected of a cell, or the mean probability of its drives.
    """
    racks = worst_racks(cells, measure)
    shown = [cell for cell in cells if cell.rack in racks]
    data = pd.DataFrame(
        {
            "rack": [cell.rack for cell in shown],
            "rack_name": [formats.within(fleet, cell.rack) for cell in shown],
            "model": [cell.model for cell in shown],
            "drives": [cell.num_drives for cell in shown],
            "expected_failures": [cell.expected_failures for cell in shown],
            "mean_p": [cell.mean_p for cell in shown],
        }
    )
    data["model_name"] = data["model"].map(formats.told_apart(list(data["model"])))
    models = sorted(data["model_name"].unique())
    upright = max(len(model) for model in models) * len(models) <= 40
    title, label = MEASURES[measure]
    num_racks = len({cell.rack for cell in cells})
    rack_title = "Rack" if len(racks) == num_racks else f"Rack, worst {len(racks)} of {num_racks:,}"
    top = max(float(data[measure].max()), 1e-6)
    chart = (
        alt.Chart(data)
        .mark_rect(cornerRadius=2)
        .encode(
            x=alt.X("model_name:N", sort=models, scale=alt.Scale(paddingInner=0.06, paddingOuter=0),
                    axis=axis(False, orient="top", title="Model", labelAngle=0 if upright else -38,
                              labelLimit=max(64, MAP_PIXELS // len(models)) if upright else 96, labelPadding=6,
                              labelOverlap=False)),
            y=alt.Y("rack_name:N", sort=[formats.within(fleet, rack) for rack in racks],
                    scale=alt.Scale(paddingInner=0.12, paddingOuter=0),
                    axis=axis(False, title=rack_title, labelLimit=72, labelPadding=6)),
            color=alt.Color(f"{measure}:Q", scale=alt.Scale(domain=[0, top]),
                            legend=alt.Legend(orient="bottom", direction="horizontal",
                                              title=f"{title}, {horizon_days} days", titleOrient="left",
                                              titleFontSize=11, titleFontWeight="normal", titleColor=muted_ink(),
                                              labelFontSize=11, labelColor=muted_ink(), labelExpr=label, tickCount=2,
                                              gradientLength=96, gradientThickness=8, offset=10)),
            tooltip=[
                alt.Tooltip("rack:N", title="Rack"),
                alt.Tooltip("model:N", title="Model"),
                alt.Tooltip("expected_failures:Q", title=f"Expected failures, {horizon_days} days", format=",.3~r"),
                alt.Tooltip("mean_p:Q", title="Mean risk of its drives", format=".2%"),
                alt.Tooltip("drives:Q", title="Drives (n)", format=",.0f"),
            ],
        )
    )  # fmt: skip
    worst = max(shown, key=lambda cell: float(getattr(cell, measure)))
    alternative = (
        f"{title} within {horizon_days} days by rack and model for {formats.plural(len(racks), 'rack')}; the highest "
        f"is {formats.number(worst.expected_failures)} failures expected of {formats.plural(worst.num_drives, 'drive')}"
        f" (mean risk {formats.probability(worst.mean_p)}) in {worst.rack}, model {worst.model}."
    )
    return dress(chart, min(HEAT_HEIGHT, HEAT_FRAME + ROW_HEIGHT * len(racks))), alternative


def worst_racks(cells: Sequence[RiskCell], measure: str) -> list[str]:
    """Racks with the most expected failures (or the highest mean risk), worst first."""
    sums: dict[str, float] = {}
    drives: dict[str, int] = {}
    for cell in cells:
        sums[cell.rack] = sums.get(cell.rack, 0.0) + cell.expected_failures
        drives[cell.rack] = drives.get(cell.rack, 0) + cell.num_drives
    of_each = {rack: total / max(drives[rack], 1) if measure == "mean_p" else total for rack, total in sums.items()}
    return sorted(of_each, key=lambda rack: (-of_each[rack], rack))[:WORST_RACKS]


def demand_chart(spares: Sequence[SpareDemand], horizon_days: int) -> tuple[Any, str]:
    """Failures expected of each model with their 80 % prediction interval, most first."""
    shown = list(spares)[:MOST_MODELS]
    short = formats.told_apart([item.model for item in shown])
    data = pd.DataFrame(
        {
            "model": [item.model for item in shown],
            "name": [short[item.model] for item in shown],
            "expected": [item.expected_failures for item in shown],
            "low": [item.low for item in shown],
            "high": [item.high for item in shown],
            "drives": [item.num_drives for item in shown],
            "end": [max(item.high, item.expected_failures) for item in shown],
            "label": [f"{formats.number(item.expected_failures, 2)} ({item.low:,} to {item.high:,})" for item in shown],
            "one": "s1",
            "muted": "muted",
        }
    )
    across = labelled_scale(list(data["label"]), max(float(data["end"].max()), 1e-6), DEMAND_PIXELS)
    sentence = axis(
        True, title=f"Failures in {horizon_days} days, with 80 % interval", tickCount=6,
        format=",.3~r", titlePadding=8,
    )  # fmt: skip
    base = alt.Chart(data).encode(
        y=alt.Y("name:N", sort=None, axis=axis(False, title="Model", labelLimit=150, titlePadding=8)),
        tooltip=[
            alt.Tooltip("model:N", title="Model"),
            alt.Tooltip("expected:Q", title="Expected failures", format=",.3~r"),
            alt.Tooltip("low:Q", title="from (80 %)", format=",.0f"),
            alt.Tooltip("high:Q", title="to (80 %)", format=",.0f"),
            alt.Tooltip("drives:Q", title="Drives in service", format=",.0f"),
        ],
    )
    chart = interval_layers(base, "expected", across, sentence, end="end")
    alternative = f"Failures expected within {horizon_days} days by model, with 80 % prediction interval: " + "; ".join(
        f"{name} {text}" for name, text in zip(data["model"], data["label"], strict=True)
    )
    return dress(chart, DEMAND_FRAME + DEMAND_ROW * max(len(shown), 2)), alternative
