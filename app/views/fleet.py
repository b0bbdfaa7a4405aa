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
NUMBERS = ("capacity_bytes", "age_days", "wear_percent", "temperature_celsius", "reallocated")


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
            "Verdict", list(severity.WORDS.values()), selection_mode="multi", key="verdict", bind="query-params",
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
                "CSV", lambda: csv(drives), f"atoll-{fleet.name}-drives.csv", "text/csv", type="tertiary",
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


def _columns(fleet: reading.Fleet, drives: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table's columns and how each is shown; what no drive of the fleet has is left out."""
    known = {name for name in drives.columns if drives[name].notna().any()}
    texts = {"model": "Model", "rack": "Rack", "host": "Host", "firmware": "Firmware", "application": "Application"}
    shown: dict[str, Any] = {
        "verdict": [tables.verdict_cell(value) for value in drives["verdict"]],
        "drive": tables.drive_links(fleet.name, drives),
    }
    config: dict[str, Any] = {"verdict": tables.verdict_column(), "drive": tables.drive_column(drives["serial"])}

    def add(name: str, values: Any, how: Any) -> None:
        shown[name] = values
        config[name] = how

    def add_text(name: str) -> None:
        if name in known:
            add(name, drives[name], st.column_config.TextColumn(texts[name], width=tables.text_width(drives[name])))

    def add_number(name: str, label: str, values: Any, pattern: str, width: int) -> None:
        if name in known:
            add(name, values, st.column_config.NumberColumn(label, format=pattern, width=width))

    number = {name: pd.to_numeric(drives[name]) for name in NUMBERS}
    add_text("model")
    add_number("capacity_bytes", "Capacity", number["capacity_bytes"] / 1e12, "%.2f TB", 84)
    add_text("rack")
    add_text("host")
    add_text("firmware")
    add_number("age_days", "Age", number["age_days"] / 365.25, "%.1f y", 60)
    if "wear_percent" in known:
        add(
            "wear_percent",
            number["wear_percent"],
            st.column_config.ProgressColumn(
                "Wear used", width=120, format="%d %%", min_value=0, max_value=100, color="blue", help="Rated life used"
            ),
        )
    add_number("temperature_celsius", "Temp.", number["temperature_celsius"], "%d °C", 68)
    add_number("reallocated", "Reallocated", number["reallocated"], "%d", 88)
    if drives["trend"].map(len).any():
        add(
            "trend",
            drives["trend"],
            st.column_config.LineChartColumn(
                "12 weeks", width=98, color="blue", help="The attribute of the top reason, each row on its own scale"
            ),
        )
    if "last_reading" in known:
        add(
            "last_reading",
            drives["last_reading"],
            st.column_config.DateColumn("Last reading", format="YYYY-MM-DD", width=92),
        )
    if drives["status"].ne("in service").any():
        add(
            "status", drives["status"], st.column_config.TextColumn("Status", width=tables.text_width(drives["status"]))
        )
    if "failure_day" in known:
        add("failure_day", drives["failure_day"], st.column_config.DateColumn("Ended", format="YYYY-MM-DD", width=92))
    return pd.DataFrame(shown), config


def csv(drives: pd.DataFrame) -> bytes:
    """All columns of the drives as CSV, numbers as they are, without the sparkline."""
    return drives.drop(columns="trend").to_csv(index=False).encode()
