"""Overview: four indicators, what needs attention, and where risk or amber and red drives cluster."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.analysis.results import FleetOverview
from app.analysis.risk_results import FleetRisk
from app.views import attention, fleet_charts, fleet_risk, formats, frame, reading, reading_risk, states, tables

LOADING_HEIGHT = 660


def show() -> None:
    """Draw the page."""
    head = frame.open_page("Overview")
    fleet = frame.select_fleet(head)
    version = reading.store_version()
    head.say(f"Reading {formats.plural(fleet.drives, 'drive')}.", synthetic=fleet.synthetic)
    with states.loading(LOADING_HEIGHT):
        overview, read_at = reading.overview(fleet.name, version)
        risk = reading_risk.fleet_risk(fleet.name, version)
        drives = (
            reading.attention(fleet.name, version)
            if risk is None
            else fleet_risk.needing_attention(reading.table(fleet.name, version), risk)
        )
    head.say(formats.escape(overview.sentence), synthetic=fleet.synthetic)
    draw(overview, fleet.name, drives, risk)
    frame.footer(
        fleet=fleet,
        data_time=overview.data_time,
        read_at=read_at,
        store_version=overview.store_version,
        rule_base_version=overview.rule_base_version,
        num_rules=overview.num_rules,
        forecast=fleet_risk.provenance(risk) if risk else None,
    )


def draw(overview: FleetOverview, fleet_name: str, drives: pd.DataFrame, risk: FleetRisk | None = None) -> None:
    """Draw everything between heading and footer.

    Args:
        overview: The indicators and the heat map.
        fleet_name: For the links to drives.
        drives: The drives that need attention, in the order shown, as ``reading.attention`` or, with a forecast,
            ``fleet_risk.needing_attention`` gives them; those with an ``answer`` are shown on request only.
        risk: The fleet's forecast, None where there is none.
    """
    _indicators(overview, risk)
    if risk is None:
        fleet_risk.absent()
    _attention_and_map(overview, fleet_name, drives, risk)
    if risk:
        fleet_risk.limits(risk)


def _attention_and_map(overview: FleetOverview, fleet_name: str, drives: pd.DataFrame, risk: FleetRisk | None) -> None:
    """The table beside the map; where no rack is known, the table in the page's whole width."""
    has_map = bool(risk.heat) if risk else bool(overview.heat)
    horizon_days = risk.horizon_days if risk else None
    if not has_map:
        with frame.card(height="content"):
            attention.draw(overview, fleet_name, drives, tables.PAGE_WIDTH, horizon_days)
        return
    left, right = st.columns([17, 8] if risk is None else [18, 7])  # risk and its band take room
    with left, frame.card():
        width = attention.TABLE_WIDTH if risk is None else attention.RISK_TABLE_WIDTH
        attention.draw(overview, fleet_name, drives, width, horizon_days)
    with right, frame.card():
        if risk:
            fleet_risk.heat_map(risk, "mean_p")
        else:
            frame.card_title("Amber and red by rack and model")
            chart, alternative = fleet_charts.heat_chart(overview.heat, fleet_name)
            st.altair_chart(chart, alt=alternative)


def _series(values: Sequence[float | None]) -> list[float] | None:
    known = [value for value in values if value is not None]
    return known if len(known) > 1 else None


def _indicators(overview: FleetOverview, risk: FleetRisk | None) -> None:
    """Four in a row on a desk, two by two on a phone."""
    first, second = st.columns(2)
    with first:
        drives, failing = st.columns(2, wrap=False)
    with second:
        red, stale = st.columns(2, wrap=False)
    weeks = f"Its last {len(overview.weeks)} weeks." if overview.weeks else ""
    places = f"{formats.plural(overview.racks, 'rack')}, " if overview.racks else ""
    drives.metric(
        "Drives",
        f"{overview.drives:,}",
        f"{places}{formats.plural(overview.models, 'model')}",
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        chart_data=_series(overview.drives_series),
        help=f"Drives in the fleet. The line: drives with a reading in the week. {weeks}",
    )
    if risk is None:
        _rate(failing, overview, weeks)
    else:
        _expected(failing, risk)
    red.metric(
        "Red drives",
        f"{overview.red:,}",
        f"{overview.new_red:,} in 7 days" if overview.new_red else "none new in 7 days",
        delta_color="red" if overview.new_red else "off",
        delta_arrow="up" if overview.new_red else "off",
        border=True,
        height="stretch",
        chart_data=_series(overview.red_series),
        help="Actions due: drives with an open red finding that nobody answered; "
        f"{formats.plural(overview.amber, 'drive')} amber, {overview.answered:,} acknowledged or snoozed. {weeks}",
    )
    stale.metric(
        "Stale drives",
        f"{overview.stale:,}",
        f"no reading for {overview.stale_hours} h",
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        chart_data=_series(overview.stale_series),
        help=f"Drives without a reading for {overview.stale_hours} h before the data time, failed ones left out. "
        f"{weeks}",
    )


def _rate(place: DeltaGenerator, overview: FleetOverview, weeks: str) -> None:
    place.metric(
        "Failure rate a year",
        formats.rate(overview.afr_percent) or "none",
        formats.interval(overview.afr_low, overview.afr_high) or "not estimable",
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        chart_data=_series(overview.afr_series),
        help=overview.afr_reason
        or f"{formats.plural(overview.failures, 'failure')} over all drive-days × 365, with its exact 95 % Poisson "
        f"interval. The line: the rate of the 12 weeks before. {weeks}",
    )


def _expected(place: DeltaGenerator, risk: FleetRisk) -> None:
    place.metric(
        "Expected failures",
        formats.number(risk.expected_failures),
        f"{risk.low:,} to {risk.high:,} in {risk.horizon_days} d",
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        chart_data=_series(fleet_risk.expected_by_week(risk)),
        help=f"Failures expected within {risk.horizon_days} days of {formats.day(risk.landmark)} among "
        f"{formats.plural(risk.num_drives, 'drive')} in service, with the 80 % prediction interval of the count. "
        "The line: the same sum, week by week, over the drives that are in service now.",
    )
