"""A fleet's risk: failures expected, spare drives, the map of racks, and the risk columns of drives' tables."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import streamlit as st

from app.analysis.risk_results import FleetRisk
from app.views import fleet_risk_charts, formats, frame, tables

SPARE_ROWS = 7
RISK_WIDTH = 92
TREND_WIDTH = 64
SHORT_HASH = 8
HIGH_RISK_TIMES = 10  # times the fleet's average from which a drive needs attention whatever its verdict
BAND_HELP = "80 % band of the probability, by bootstrap over drives"
BAR_TOPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def draw(risk: FleetRisk) -> None:
    """Draw the failures expected with the spare drives they ask for, and the map of racks and models."""
    if not risk.num_drives:
        st.markdown(formats.small(":material/query_stats: None of these drives is in service and has a forecast."))
        return
    if not risk.heat:  # no rack is known
        with frame.card(height="content"):
            _demand(risk)
        return
    left, right = st.columns([17, 8])
    with left, frame.card():
        _demand(risk)
    with right, frame.card():
        heat_map(risk, "expected_failures")


def heat_map(risk: FleetRisk, measure: Any) -> None:
    """The map of racks and models; ``measure`` as ``fleet_risk_charts.heat_chart`` takes it."""
    title = "Risk by rack and model" if measure == "mean_p" else "Expected failures by rack and model"
    frame.card_title(title)
    chart, alternative = fleet_risk_charts.heat_chart(risk.heat, risk.fleet, risk.horizon_days, measure)
    st.altair_chart(chart, alt=alternative)


def absent() -> None:
    """Say in one line that no forecast is stored, and how to get one."""
    st.markdown(
        formats.small(
            ":material/query_stats: No forecast of failures yet: `atoll train risk` trains a model, "
            "`atoll predict fleet` asks it."
        )
    )


def limits(risk: FleetRisk) -> None:
    """What limits the forecast, a line each: newer readings, unseen models, drives without a forecast."""
    for note in risk.notes:
        st.markdown(f":material/info: {formats.escape(note)}")


def provenance(risk: FleetRisk) -> str:
    """Model version and day of the forecast, for footers (Markdown)."""
    address = formats.link("models", run=risk.run)
    return (
        f"Risk model [{formats.escape(risk.model)} {formats.escape(run_in_short(risk.run))}]({address}), "
        f"forecast {formats.day(risk.landmark)}"
    )


def run_in_short(run: str) -> str:
    """The first letters of a model run's hash, enough to tell runs apart: ``2e6b9d2c``."""
    return run.rpartition(":")[2][:SHORT_HASH]


def with_risk(drives: pd.DataFrame, risk: FleetRisk) -> pd.DataFrame:
    """The drives (column ``drive_key``) with ``risk, risk_low, risk_high, risk_reason, risk_trend`` of each.

    Of drives without a forecast the numbers are NaN, the reason None and the trend an empty list.
    """
    found = risk.drives.reindex(drives["drive_key"])
    reasons = [value if isinstance(value, str) else None for value in found["top_reason"]]
    trends = [list(value) if isinstance(value, list | tuple) else [] for value in found["trend"]]
    return drives.assign(
        risk=found["p"].to_numpy(),
        risk_low=found["low"].to_numpy(),
        risk_high=found["high"].to_numpy(),
        risk_reason=pd.Series(reasons, index=drives.index, dtype=object),
        risk_trend=pd.Series(trends, index=drives.index, dtype=object),
    )


def needing_attention(drives: pd.DataFrame, risk: FleetRisk) -> pd.DataFrame:
    """Drives in service that are amber or red, or whose risk is high with its band above the fleet's average.

    Args:
        drives: As ``fleet_table`` gives them.
        risk: The fleet's forecast.

    Returns:
        With the columns of ``with_risk``; red first, then by risk, highest first.
    """
    serving = with_risk(drives[drives["status"].eq("in service")], risk)
    average = average_risk(risk)
    is_high = (serving["risk"] >= HIGH_RISK_TIMES * average) & (serving["risk_low"] > average) & (average > 0)
    chosen = serving[serving["verdict"].isin(["red", "amber"]) | is_high]
    order = chosen.assign(after_red=chosen["verdict"].ne("red"), is_answered=chosen["answer"].notna())
    order = order.sort_values(["is_answered", "after_red", "risk"], ascending=[True, True, False], kind="stable")
    return order.drop(columns=["after_red", "is_answered"])


def average_risk(risk: FleetRisk) -> float:
    """Mean probability of the drives in service, 0 where there are none."""
    return risk.expected_failures / risk.num_drives if risk.num_drives else 0.0


def risk_cells(drives: pd.DataFrame) -> dict[str, Any]:
    """Cells of ``risk`` (in %) and ``band`` for a table, from the columns of ``with_risk``."""
    return {
        "risk": pd.to_numeric(drives["risk"]) * 100,
        "band": [formats.band(low, high) or None
                 for low, high in zip(drives["risk_low"], drives["risk_high"], strict=True)],
    }  # fmt: skip


def risk_options(drives: pd.DataFrame, horizon_days: int) -> dict[str, Any]:
    """How the risk's column is shown: a number on a bar that ends at the round number above the highest risk."""
    top = bar_top(pd.to_numeric(drives["risk"]) * 100)
    return {
        "format": "%.1f %%" if top > 1 else "%.2f %%",
        "min_value": 0.0,
        "max_value": top,
        "color": "blue",
        "help": f"Probability of failure within {horizon_days} days; a full bar is {top:g} %",
    }


def risk_column(drives: pd.DataFrame, horizon_days: int) -> Any:
    """Risk as a number on a bar."""
    return st.column_config.ProgressColumn("Risk", width=RISK_WIDTH, **risk_options(drives, horizon_days))


def bar_top(percents: pd.Series) -> float:
    """The round percentage at which bars end: 1, 2, 5, 10, 20, 50 or 100."""
    highest = float(percents.max()) if percents.notna().any() else math.nan
    return next((top for top in BAR_TOPS if highest <= top), BAR_TOPS[-1])


def band_column(cells: pd.Series) -> Any:
    """The 80 % band as text."""
    return st.column_config.TextColumn("80 % band", width=band_width(cells), help=BAND_HELP)


def band_width(cells: pd.Series) -> int:
    """Width in px of the band's column."""
    return tables.text_width(cells, 90, 130)


def trend_column() -> Any:
    """The last weekly forecasts as a line."""
    return st.column_config.LineChartColumn(
        "12 weeks", width=TREND_WIDTH, color="blue", help="Risk as forecast each week, each row on its own scale"
    )


def expected_by_week(risk: FleetRisk) -> list[float]:
    """Failures expected of the drives now in service, as forecast in each of the last weeks, oldest first."""
    weeks = max((len(trend) for trend in risk.drives["trend"]), default=0)
    sums = [0.0] * weeks
    for trend in risk.drives["trend"]:
        for back, p in enumerate(reversed(trend), start=1):
            if math.isfinite(p):
                sums[-back] += p
    return sums


def count_in_words(risk: FleetRisk) -> str:
    """``12.3 failures expected within 30 days (80 % interval 7 to 18) of 2,000 drives`` as Markdown."""
    return (
        f"**{formats.number(risk.expected_failures)}** failures expected within {risk.horizon_days} days of "
        f"{formats.day(risk.landmark)}, 80 % interval **{risk.low:,} to {risk.high:,}**, "
        f"of {formats.plural(risk.num_drives, 'drive')} in service."
    )


def _demand(risk: FleetRisk) -> None:
    frame.card_title("Expected failures and spare drives", f"Forecast of {formats.day(risk.landmark)}")
    st.markdown(count_in_words(risk))
    limits(risk)
    if not risk.spares:
        return
    chart, alternative = fleet_risk_charts.demand_chart(risk.spares, risk.horizon_days)
    st.altair_chart(chart, alt=alternative)
    capacities = pd.Series([item.capacity_bytes for item in risk.spares], dtype=float) / 1e12
    shown = pd.DataFrame(
        {
            "model": [item.model for item in risk.spares],
            "capacity": capacities,
            "drives": [item.num_drives for item in risk.spares],
            "expected": [item.expected_failures for item in risk.spares],
            "interval": [f"{item.low:,} to {item.high:,}" for item in risk.spares],
            "spares": [item.spares for item in risk.spares],
        }
    ).dropna(axis="columns", how="all")
    column = st.column_config
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        height=tables.height(len(shown), SPARE_ROWS),
        column_config={
            "model": column.TextColumn("Model", width=tables.text_width(shown["model"])),
            "capacity": column.NumberColumn("Capacity", format="%.2f TB", width=84),
            "drives": column.NumberColumn("In service", format="localized", width=84),
            "expected": column.NumberColumn("Expected", format="%.2f", width=80,
                                            help=f"Failures within {risk.horizon_days} days, mean"),
            "interval": column.TextColumn("80 % interval", width=100, help="Prediction interval of the count"),
            "spares": column.NumberColumn("Spares for 95 %", format="localized", width=116,
                                          help="Spare drives that suffice with probability 0.95"),
        },
        placeholder="",
        alt="Spare drives by model, most expected failures first",
    )  # fmt: skip
