"""Fleet: failure rates and survival by model, and every drive, under filters that stand in the address."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.analysis.results import FleetDescription
from app.views import fleet_charts, formats, frame, reading, severity, states, tables
from graph.ontology.model import Severity

TABLE_ROWS = 11
FLEET_FILTERS = ("model", "rack", "application")
LOADING_HEIGHT = 560
ALL = "All"


def show() -> None:
    """Draw the page."""
    head = frame.open_page("Fleet")
    fleet = frame.select_fleet(head)
    version = reading.store_version()
    head.say(f"Reading {formats.plural(fleet.drives, 'drive')}.", synthetic=fleet.synthetic)
    with states.loading(LOADING_HEIGHT):
        choices = reading.choices(fleet.name, version, FLEET_FILTERS)
    filters = _filters(choices)
    with states.loading(LOADING_HEIGHT):
        described, read_at = reading.fleet(fleet.name, version, filters)
        drives = reading.drives(fleet.name, version, filters)
    drive_days = f", {described.drive_days:,} drive-days" if described.drive_days else ""
    head.say(
        f"{formats.plural(described.drives, 'drive')}{drive_days}. "
        "The filters are part of the address, so a copied link shows the same view.",
        synthetic=fleet.synthetic,
    )
    if described.drives == 0:
        _nothing(fleet, filters)
    else:
        left, right = st.columns(2)
        with left, frame.card():
            _rates(described)
        with right, frame.card():
            _survival(described)
        with frame.card(height="content"):
            _drives(fleet, drives)
    frame.footer(
        fleet=fleet,
        data_time=described.data_time,
        read_at=read_at,
        store_version=described.store_version,
        rule_base_version=described.rule_base_version,
        num_rules=described.num_rules,
    )


def _filters(choices: dict[str, list[str]]) -> reading.FilterValues:
    """The filter row; what a fleet has no values of is left out."""
    chosen: dict[str, tuple[str, ...]] = {}
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        verdicts = st.pills(
            "Verdict", [severity.WORDS[s] for s in Severity], selection_mode="multi", key="verdict", bind="query-params",
            help="Selects drives for the table. The charts leave it out: a rate must not select on its outcome.",
        )  # fmt: skip
        for name, width in zip(FLEET_FILTERS, (150, 110, 130), strict=True):
            if choices[name]:
                value = st.selectbox(
                    name.capitalize(), [ALL, *choices[name]], key=name, bind="query-params", width=width
                )
                if value and value != ALL:
                    chosen[name] = (str(value),)
        serial = st.text_input(
            "Serial number",
            placeholder="Starts with",
            icon=":material/search:",
            key="serial",
            bind="query-params",
            width=160,
        )
    if verdicts:
        chosen["verdict"] = tuple(str(verdict).lower() for verdict in verdicts)
    if serial and serial.strip():
        chosen["serial"] = (serial.strip(),)
    return tuple(sorted(chosen.items()))


def _clear() -> None:
    for name in ("verdict", *FLEET_FILTERS, "serial"):
        st.session_state.pop(name, None)


def _nothing(fleet: reading.Fleet, filters: reading.FilterValues) -> None:
    asked = ", ".join(f"{name} {' or '.join(values)}" for name, values in filters)
    states.empty(
        ":material/filter_alt_off:",
        "No drive matches these filters",
        f"{formats.plural(fleet.drives, 'drive')} are loaded; none has {formats.escape(asked)}.",
    )
    with st.container(horizontal_alignment="center"):
        st.button("Clear filters", on_click=_clear, icon=":material/filter_alt_off:")


def _rates(described: FleetDescription) -> None:
    rated = [row for row in described.models if row.afr_percent is not None and row.drive_days > 0]
    note = (
        f"{fleet_charts.MOST_RATE_ROWS} of {len(rated)} models, most drive-days"
        if len(rated) > fleet_charts.MOST_RATE_ROWS
        else ""
    )
    frame.card_title("Annualised failure rate by model", note)
    if not rated:
        st.markdown(
            formats.small(formats.escape(described.afr_reason or "No drive-day was observed, so there is no rate."))
        )
        return
    chart, alternative = fleet_charts.rate_chart(rated)
    st.altair_chart(chart, alt=alternative)


def _survival(described: FleetDescription) -> None:
    curves = [curve for curve in described.survival if len(curve.age_days) > 1]
    frame.card_title("Survival by model")
    if not curves:
        st.markdown(formats.small("No drive's age is known over time, so there is no survival curve."))
        return
    chart, alternative = fleet_charts.survival_chart(curves)
    st.altair_chart(chart, alt=alternative)


def _drives(fleet: reading.Fleet, drives: pd.DataFrame) -> None:
    counts = drives["verdict"].value_counts()
    told = " · ".join(f"{counts[s.value]:,} {s.value}" for s in Severity if counts.get(s.value))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        st.markdown("### Drives", width="content", anchors=False)
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            st.markdown(formats.small(f"{told or 'none'} · worst first"), width="content")
            st.download_button(
                "CSV", lambda: reading.csv(drives), f"atoll-{fleet.name}-drives.csv", "text/csv", type="tertiary",
                icon=":material/download:", on_click="ignore",
            )  # fmt: skip
    if drives.empty:
        st.markdown(formats.small(":material/filter_alt_off: No drive has this verdict under the other filters."))
        return
    shown, config = _columns(fleet, drives)
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        height=tables.height(len(shown), TABLE_ROWS),
        column_config=config,
        lazy=True,
        alt="Drives of the fleet, worst first",
    )
