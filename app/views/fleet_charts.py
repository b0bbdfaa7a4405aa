"""Charts of fleets: failure rates, survival, and the heat map of racks and models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from app.analysis.results import HeatCell, RateRow, SurvivalCurve
from app.views import formats
from app.views.charts import axis, dress, interval_layers, labelled_scale, muted_ink, role

FLEET_HEIGHT = 170
HEAT_HEIGHT = 452
MOST_RATE_ROWS = 7
MOST_CURVE_POINTS = 160
RATE_PIXELS = 380
OTHERS_TOLD_APART = 12


def rate_chart(rows: Sequence[RateRow]) -> tuple[Any, str]:
    """Failure rates with exact 95 % intervals, highest first, and the chart's text alternative.

    Args:
        rows: Rows with a rate; at most ``MOST_RATE_ROWS`` are drawn, those with the most drive-days.
    """
    most = sorted(rows, key=lambda row: -row.drive_days)[:MOST_RATE_ROWS]
    shown = sorted(most, key=lambda row: -(row.afr_percent or 0.0))
    short = formats.told_apart([row.group for row in shown])
    data = pd.DataFrame(
        {
            "group": [row.group for row in shown],
            "name": [short[row.group] for row in shown],
            "rate": [row.afr_percent for row in shown],
            "low": [row.afr_low for row in shown],
            "high": [row.afr_high for row in shown],
            "failures": [row.failures for row in shown],
            "drives": [row.drives for row in shown],
            "drive_days": [row.drive_days for row in shown],
            "label": [f"{formats.rate(row.afr_percent)} ({row.failures:,} of {row.drives:,})" for row in shown],
            "one": "s1",
            "muted": "muted",
        }
    )
    top = max((row.afr_high or 0.0) for row in shown)
    base = alt.Chart(data).encode(
        y=alt.Y("name:N", sort=None, axis=axis(False, labelLimit=150)),
        tooltip=[
            alt.Tooltip("group:N", title="Model"),
            alt.Tooltip("rate:Q", title="% a year", format=".2f"),
            alt.Tooltip("low:Q", title="from (95 %)", format=".2f"),
            alt.Tooltip("high:Q", title="to (95 %)", format=".2f"),
            alt.Tooltip("failures:Q", title="Failures", format=",.0f"),
            alt.Tooltip("drives:Q", title="Drives", format=",.0f"),
            alt.Tooltip("drive_days:Q", title="Drive-days", format=",.0f"),
        ],
    )
    # The labels stand right of the intervals: the axis leaves them room.
    across = labelled_scale(list(data["label"]), top, RATE_PIXELS)
    sentence = axis(True, title="% a year, with exact 95 % interval", tickCount=6, format=",.3~f", titlePadding=8)
    chart = interval_layers(base, "rate", across, sentence)
    alternative = "Annualised failure rate by model: " + "; ".join(
        f"{r.group} {formats.rate(r.afr_percent)}" for r in shown
    )
    return dress(chart, FLEET_HEIGHT), alternative


def worst_curve(curves: Sequence[SurvivalCurve]) -> SurvivalCurve:
    """The model that surely does worst: lowest upper bound at the age that half of the models reach."""
    reached = sorted(curve.age_days[-1] for curve in curves)
    common = reached[len(reached) // 2]
    able = [curve for curve in curves if curve.age_days[-1] >= common]
    return min(able, key=lambda curve: _step_value(curve.age_days, curve.high, common))


def _step_value(ages: Sequence[float], values: Sequence[float], at: float) -> float:
    index = max(sum(1 for item in ages if item <= at) - 1, 0)
    return values[index]


def _curve_frame(curve: SurvivalCurve, color: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "age": [days / 365.25 for days in curve.age_days],
            "survival": curve.survival,
            "low": curve.low,
            "high": curve.high,
        }
    )
    if len(frame) > MOST_CURVE_POINTS:  # a step curve may be read at fewer ages without changing its shape
        keep = sorted({round(i * (len(frame) - 1) / (MOST_CURVE_POINTS - 1)) for i in range(MOST_CURVE_POINTS)})
        frame = frame.iloc[keep]
    return frame.assign(model=curve.model, drives=curve.num_drives, failures=curve.num_failures, role=color)


def survival_chart(curves: Sequence[SurvivalCurve]) -> tuple[Any, str]:
    """Kaplan-Meier curves over drive age: the worst model highlighted with its 95 % band, the others grey."""
    worst = worst_curve(curves)
    others = sorted((c for c in curves if c is not worst), key=lambda c: -c.num_drives)[:OTHERS_TOLD_APART]
    short = formats.told_apart([curve.model for curve in curves])
    data = pd.concat([_curve_frame(worst, "s1"), *(_curve_frame(curve, "s7") for curve in others)])
    low = float(data.loc[data["role"] == "s1", "low"].min())
    floor = min(low, float(data["survival"].min()))
    last_age = float(data["age"].max())
    across = alt.X(
        "age:Q",
        scale=alt.Scale(domain=[float(data["age"].min()), last_age * 1.2], nice=False),
        axis=axis(False, title="Drive age (years of power-on time)", tickCount=6, format=",.3~f", titlePadding=8),
    )
    up = alt.Y(
        "survival:Q",
        scale=alt.Scale(domain=[max(0.0, floor - 0.01), 1.0], nice=True),
        axis=axis(True, tickCount=5, labelExpr="format(datum.value * 100, ',.3~f') + ' %'"),
    )
    tooltip = [
        alt.Tooltip("model:N", title="Model"),
        alt.Tooltip("age:Q", title="Age (years)", format=".2f"),
        alt.Tooltip("survival:Q", title="Still working", format=".2%"),
        alt.Tooltip("drives:Q", title="Drives", format=",.0f"),
        alt.Tooltip("failures:Q", title="Failures", format=",.0f"),
    ]
    mine, rest = data[data["role"] == "s1"], data[data["role"] == "s7"]
    ends = [{"age": float(mine["age"].max()), "survival": float(mine["survival"].iloc[-1]), "text": short[worst.model]}]
    if others:
        last = rest.groupby("model").agg(age=("age", "max"), survival=("survival", "min"))
        word = "other model" if len(others) == 1 else "other models"
        ends.append({"age": float(last["age"].max()), "survival": float(last["survival"].median()),
                     "text": f"{len(others)} {word}"})  # fmt: skip
    labels = pd.DataFrame(ends).assign(role="ink")
    chart = alt.layer(
        alt.Chart(rest).mark_line(interpolate="step-after", strokeWidth=1.2, opacity=0.75).encode(
            across, up, detail="model:N", color=role("role"), tooltip=tooltip),
        alt.Chart(mine).mark_area(interpolate="step-after", opacity=0.14, line=False).encode(
            across, alt.Y("low:Q"), alt.Y2("high:Q"), color=role("role")),
        alt.Chart(mine).mark_line(interpolate="step-after", strokeWidth=2.2).encode(
            across, up, color=role("role"), tooltip=tooltip),
        alt.Chart(labels).mark_text(align="left", dx=6, fontSize=11, fontWeight=600).encode(
            across, up, text="text:N", color=role("role")),
    )  # fmt: skip
    alternative = (
        f"Kaplan-Meier survival by model: {worst.model} is lowest with {worst.survival[-1]:.1%} of "
        f"{worst.num_drives:,} drives working at {formats.age(worst.age_days[-1])}; "
        f"{len(others)} other models are drawn in grey."
    )
    return dress(chart, FLEET_HEIGHT), alternative


def heat_chart(cells: Sequence[HeatCell], fleet: str) -> tuple[Any, str]:
    """Share of amber and red drives by rack and model, worst rack on top; racks come in the order given."""
    data = pd.DataFrame([cell.to_json() for cell in cells])
    data["rack_name"] = [formats.within(fleet, rack) for rack in data["rack"]]
    data["model_name"] = data["model"].map(formats.told_apart(list(data["model"])))
    racks = list(dict.fromkeys(data["rack_name"]))
    models = sorted(data["model_name"].unique())
    upright = max(len(model) for model in models) * len(models) <= 40
    top = max(float(data["share"].max()), 0.01)
    chart = (
        alt.Chart(data)
        .mark_rect(cornerRadius=2)
        .encode(
            x=alt.X("model_name:N", sort=models, scale=alt.Scale(paddingInner=0.06, paddingOuter=0),
                    axis=axis(False, orient="top", labelAngle=0 if upright else -38, labelLimit=64 if upright else 96,
                              labelPadding=6, labelOverlap=False)),
            y=alt.Y("rack_name:N", sort=racks, scale=alt.Scale(paddingInner=0.12, paddingOuter=0),
                    axis=axis(False, labelLimit=72, labelPadding=6)),
            color=alt.Color("share:Q", scale=alt.Scale(domain=[0, top]),
                            legend=alt.Legend(orient="bottom", direction="horizontal", title="Share of drives",
                                              titleOrient="left", titleFontSize=11, titleFontWeight="normal",
                                              titleColor=muted_ink(), labelFontSize=11, labelColor=muted_ink(),
                                              labelExpr="format(datum.value * 100, ',.2~f') + ' %'", tickCount=3,
                                              gradientLength=130, gradientThickness=8, offset=10)),
            tooltip=[
                alt.Tooltip("rack:N", title="Rack"),
                alt.Tooltip("model:N", title="Model"),
                alt.Tooltip("share:Q", title="Amber or red", format=".0%"),
                alt.Tooltip("amber_red:Q", title="Amber or red drives", format=",.0f"),
                alt.Tooltip("drives:Q", title="Drives (n)", format=",.0f"),
            ],
        )
    )  # fmt: skip
    worst = max(cells, key=lambda cell: cell.share)
    alternative = (
        f"Share of amber and red drives by rack and model for {len(racks)} racks; the highest is {worst.share:.0%} "
        f"({worst.amber_red} of {worst.drives}) in {worst.rack}, model {worst.model}."
    )
    return dress(chart, HEAT_HEIGHT), alternative
