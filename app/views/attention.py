"""The table of drives that need attention: verdict, risk, reason and how long."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.analysis.results import FleetOverview
from app.views import fleet_risk, formats, tables

ROWS = 14
TABLE_WIDTH, RISK_TABLE_WIDTH = 700, 744
MOST_REASON, MOST_REASON_ALONE = 302, 420
LEAST_REASON = 160
OPEN_WIDTH = 64
ANSWER_WIDTH = 200
TREND_WIDTH = 80


def draw(
    overview: FleetOverview, fleet_name: str, whole: pd.DataFrame, width: int, horizon_days: int | None = None
) -> None:
    """Draw title, count and table.

    Args:
        overview: Tells whether any drive was ever read.
        fleet_name: For the links to drives.
        whole: Drives that need attention, in the order shown; those with an ``answer`` are shown on request only. With
            the columns of ``fleet_risk.with_risk`` where there are forecasts.
        width: Room in px.
        horizon_days: Horizon of the risk; None where there is no forecast.
    """
    drives = _title_and_choice(whole, overview, has_risk=horizon_days is not None)
    if drives is None:
        return
    first = drives.head(ROWS)
    rows, config = (
        _without_risk(first, fleet_name, width)
        if horizon_days is None
        else _with_risk(first, fleet_name, width, horizon_days)
    )
    st.dataframe(
        rows.dropna(axis="columns", how="all"),
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        height=tables.height(len(rows), ROWS),
        column_config=config,
        placeholder="",
        alt="Drives that need attention, worst first",
    )


def _title_and_choice(whole: pd.DataFrame, overview: FleetOverview, *, has_risk: bool) -> pd.DataFrame | None:
    """Draw title, toggle and count; return the drives to list, or None where there is none."""
    answered = whole["answer"].notna() if len(whole) else pd.Series(dtype=bool)
    title = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", gap="xsmall")
    title.markdown("### Needs attention", width="content", anchors=False)
    drives = whole
    if answered.any():
        told = f"Show {int(answered.sum()):,} answered"
        shown = title.toggle(told, key="answered", bind="query-params", help="Acknowledged or snoozed, with a reason")
        drives = whole if shown else whole[~answered]
    if drives.empty:
        judged = overview.drives_series and any(overview.drives_series)
        unanswered = " that nobody answered" if answered.any() else ""
        risky = ", and none has a high risk" if has_risk else ""
        st.markdown(
            f":material/check_circle: No drive in service is amber or red{unanswered}{risky}."
            if judged
            else "No reading was loaded, so no rule could judge a drive: every verdict is unknown."
        )
        return None
    order = "Red first, then by risk" if has_risk else "Worst first"
    count = f"{order}, showing {min(ROWS, len(drives))} of {formats.plural(len(drives), 'drive')}"
    title.markdown(
        formats.small(count),
        width="content",
        help=f"Red or amber, or a risk at least {fleet_risk.HIGH_RISK_TIMES} times the fleet's average whose 80 % band "
        "lies above that average"
        if has_risk
        else None,
    )
    return drives


def _base(first: pd.DataFrame, fleet_name: str) -> tuple[dict[str, Any], dict[str, Any], int]:
    """The columns that stand first in either table, and the width that they take."""
    cells = {"verdict": tables.verdict_cells(first), "drive": tables.drive_links(fleet_name, first)}
    config = {
        "verdict": tables.verdict_column(width=tables.verdict_width(first)),
        "drive": tables.drive_column(first["serial"]),
    }
    return cells, config, tables.verdict_width(first) + tables.text_width(first["serial"], 84)


def _without_risk(first: pd.DataFrame, fleet_name: str, width: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    cells, config, taken = _base(first, fleet_name)
    most = MOST_REASON if width <= TABLE_WIDTH else MOST_REASON_ALONE
    reason_width = tables.text_width(first["top_reason"], LEAST_REASON, most)
    place, place_label = _place(first, fleet_name, width - taken - reason_width - OPEN_WIDTH - TREND_WIDTH)
    column = st.column_config
    rows = pd.DataFrame(
        {
            **cells,
            "reason": first["top_reason"],
            "answer": first["answer"],
            "open_days": first["open_for_days"],
            "trend": first["trend"],
            "place": place,
        }
    )
    return rows, {
        **config,
        "reason": column.TextColumn("Top reason", width=reason_width),
        "answer": column.TextColumn("Answer", width=ANSWER_WIDTH),
        "open_days": column.NumberColumn("Open for", format="%d d", width=OPEN_WIDTH),
        "trend": column.LineChartColumn(
            "12 weeks",
            width=TREND_WIDTH,
            color="blue",
            help="The attribute of the top reason, each row on its own scale",
        ),
        "place": column.TextColumn(place_label, width=tables.text_width(place, 50)),
    }


def _with_risk(
    first: pd.DataFrame, fleet_name: str, width: int, horizon_days: int
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """With risk, band and its trend; the reason is the verdict's, or the risk's where no rule found anything."""
    cells, config, taken = _base(first, fleet_name)
    cells |= fleet_risk.risk_cells(first)
    found = first["verdict"].isin(["red", "amber"])
    reason = first["top_reason"].where(found, first["risk_reason"])
    band = pd.Series(cells["band"])
    taken += fleet_risk.RISK_WIDTH + fleet_risk.band_width(band) + fleet_risk.TREND_WIDTH
    room = max(LEAST_REASON, width - taken)
    column = st.column_config
    cells |= {"reason": reason, "answer": first["answer"], "trend": first["risk_trend"]}
    config |= {
        "risk": fleet_risk.risk_column(first, horizon_days),
        "band": fleet_risk.band_column(band),
        "reason": column.TextColumn("Top reason", width=tables.text_width(reason, LEAST_REASON, room)),
        "answer": column.TextColumn("Answer", width=ANSWER_WIDTH),
        "trend": fleet_risk.trend_column(),
    }
    room -= tables.text_width(reason, LEAST_REASON, room)
    if room >= LEAST_REASON:  # the table has the page's whole width
        cells |= {"risk_reason": first["risk_reason"].where(found)}
        config["risk_reason"] = column.TextColumn("Raises its risk most", width=room)
    return pd.DataFrame(cells, index=first.index), config


def _place(drives: pd.DataFrame, fleet_name: str, room: int) -> tuple[pd.Series, str]:
    """Rack and model in the fullest form that fits into ``room`` px; the rack alone where they do not fit together."""
    racks = drives["rack"].map(lambda rack: formats.within(fleet_name, rack))
    models = drives["model"].astype(str)
    if not racks.any():
        return models, "Model"
    for shown in (models, models.map(formats.told_apart(list(models)))):
        both = racks + ", " + shown
        if tables.text_width(both, 50) <= room:
            return both, "Rack, model"
    return racks, "Rack"
