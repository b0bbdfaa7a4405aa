"""Fleet: expected failures, spare drives, failure rates, survival, and every drive, under filters in the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from app.analysis.results import FleetDescription
from app.analysis.risk_results import FleetRisk
from app.views import fleet_charts, fleet_risk, formats, frame, reading, reading_risk, severity, states, tables
from graph.ontology.model import Severity

TABLE_ROWS = 11
FLEET_FILTERS = ("model", "rack", "application")
LOADING_HEIGHT = 560
ALL = "All"
FIRST_TO_FIT = (
    "Risk", "80 % band", "Model", "Rack", "Answer", "Wear used", "Temp.", "Reallocated", "12 weeks",
    "Last reading", "Age", "Status", "Ended", "Host", "Capacity", "Firmware",
)  # fmt: skip
WEAR = {"format": "%d %%", "min_value": 0, "max_value": 100, "color": "blue", "help": "Rated life used"}
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
        # Charts leave the verdict out, so a change of verdict needs no new description.
        kept = tuple((name, values) for name, values in filters if name != "verdict")
        described, read_at = reading.fleet(fleet.name, version, kept)
        drives = reading.drives(fleet.name, version, filters)
        risk = reading_risk.fleet_risk(fleet.name, version, kept)
    drive_days = f", {described.drive_days:,} drive-days" if described.drive_days else ""
    head.say(
        f"{formats.plural(described.drives, 'drive')}{drive_days}. "
        "The filters are part of the address, so a copied link shows the same view.",
        synthetic=fleet.synthetic,
    )
    if described.drives == 0:
        _nothing(fleet, filters)
    else:
        if risk is None:
            fleet_risk.absent()
        else:
            fleet_risk.draw(risk)
        left, right = st.columns(2)
        with left, frame.card():
            _rates(described)
        with right, frame.card():
            _survival(described)
        with frame.card(height="content"):
            draw_drives(fleet, drives if risk is None else fleet_risk.with_risk(drives, risk), risk)
    frame.footer(
        fleet=fleet,
        data_time=described.data_time,
        read_at=read_at,
        store_version=described.store_version,
        rule_base_version=described.rule_base_version,
        num_rules=described.num_rules,
        forecast=fleet_risk.provenance(risk) if risk else None,
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
    notes = []
    if len(rated) > fleet_charts.MOST_RATE_ROWS:
        notes.append(f"{fleet_charts.MOST_RATE_ROWS} of {len(rated)} models, most drive-days")
    if rated and len(rated) < len(described.models):
        notes.append(f"{len(described.models) - len(rated)} without a rate left out")
    note = "; ".join(notes)
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


def draw_drives(fleet: reading.Fleet, whole: pd.DataFrame, risk: FleetRisk | None) -> None:
    """Draw the table of drives with counts, order and CSV.

    Args:
        fleet: Their fleet.
        whole: As ``fleet_table`` gives them, with the columns of ``fleet_risk.with_risk`` where there is a forecast.
        risk: The forecast, None where there is none.
    """
    counts = whole["verdict"].value_counts()
    told = " · ".join(f"{counts[s.value]:,} {s.value}" for s in Severity if counts.get(s.value))
    answered = whole["answer"].notna()
    told += f" · {int(answered.sum()):,} of these answered" if answered.any() else ""
    drives = whole
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        st.markdown("### Drives", width="content", anchors=False)
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            by_risk = risk is not None and _is_by_risk()
            order = "highest risk first" if by_risk else "worst first"
            st.markdown(formats.small(f"{told or 'none'} · {order}"), width="content")
            if answered.any() and st.toggle(
                "Hide answered", key="hide_answered", bind="query-params", help="Acknowledged or snoozed, with a reason"
            ):
                drives = whole[~answered]
            if by_risk:
                drives = drives.sort_values("risk", ascending=False, kind="stable", na_position="last")
            st.download_button(
                "CSV", lambda: csv(drives), f"atoll-{fleet.name}-drives.csv", "text/csv", type="tertiary",
                icon=":material/download:", on_click="ignore",
            )  # fmt: skip
    if drives.empty:
        st.markdown(formats.small(":material/filter_alt_off: No drive has this verdict under the other filters."))
        return
    shown, config = _columns(fleet, drives, risk)
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        height=tables.height(len(shown), TABLE_ROWS),
        column_config=config,
        lazy=True,
        placeholder="",
        alt="Drives of the fleet, highest risk first" if by_risk else "Drives of the fleet, worst first",
    )


def _is_by_risk() -> bool:
    """Show the choice of order, held in the address, and return whether it is by risk."""
    chosen = st.segmented_control(
        "Order by", ["Verdict", "Risk"], default="Verdict", required=True, key="order", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return bool(chosen == "Risk")


def _columns(fleet: reading.Fleet, drives: pd.DataFrame, risk: FleetRisk | None) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table's columns and how each is shown.

    What no drive of the fleet has is left out; what does not fit into the width comes last, where a scroll finds it.
    """
    column = st.column_config
    number = {name: pd.to_numeric(drives[name]) for name in NUMBERS}
    place = {
        name: drives[name].map(lambda value: formats.within(fleet.name, value) or None) for name in ("rack", "host")
    }
    texts = {"model": drives["model"], **place, "firmware": drives["firmware"], "status": drives["status"]}
    width = {name: tables.text_width(values) for name, values in texts.items()}
    every: dict[str, tuple[Any, int, Callable[..., Any], dict[str, Any]]] = {
        "Model": (texts["model"], width["model"], column.TextColumn, {}),
        "Capacity": (number["capacity_bytes"] / 1e12, 84, column.NumberColumn, {"format": "%.2f TB"}),
        "Rack": (texts["rack"], width["rack"], column.TextColumn, {}),
        "Host": (texts["host"], width["host"], column.TextColumn, {}),
        "Firmware": (texts["firmware"], max(width["firmware"], 76), column.TextColumn, {}),
        "Age": (number["age_days"] / 365.25, 60, column.NumberColumn, {"format": "%.1f y"}),
        "Wear used": (number["wear_percent"], 116, column.ProgressColumn, WEAR),
        "Temp.": (number["temperature_celsius"], 66, column.NumberColumn, {"format": "%d °C"}),
        "Reallocated": (number["reallocated"], 90, column.NumberColumn, {"format": "%d"}),
        "12 weeks": (drives["trend"], 92, column.LineChartColumn,
                     {"color": "blue", "help": "The attribute of the top reason, each row on its own scale"}),
        "Last reading": (drives["last_reading"], 96, column.DateColumn, {"format": "YYYY-MM-DD"}),
        "Status": (texts["status"], width["status"], column.TextColumn, {}),
        "Answer": (drives["answer"], 200, column.TextColumn, {}),
        "Ended": (drives["failure_day"], 92, column.DateColumn, {"format": "YYYY-MM-DD"}),
    }  # fmt: skip
    if risk is not None:
        cells = fleet_risk.risk_cells(drives)
        band = pd.Series(cells["band"], index=drives.index)
        every = {
            "Risk": (cells["risk"], fleet_risk.RISK_WIDTH, column.ProgressColumn,
                     fleet_risk.risk_options(drives, risk.horizon_days)),
            "80 % band": (band, fleet_risk.band_width(band), column.TextColumn, {"help": fleet_risk.BAND_HELP}),
            **every,
        }  # fmt: skip
    known = {name: part for name, part in every.items() if part[0].map(_is_known).any()}
    if not drives["status"].ne("in service").any():
        known.pop("Status", None)
    drive_width = tables.text_width(drives["serial"], 84)
    verdict_width = tables.verdict_width(drives)
    room, fitting = tables.PAGE_WIDTH - verdict_width - drive_width, set()
    for name in sorted(known, key=FIRST_TO_FIT.index):
        if known[name][1] <= room:
            room -= known[name][1]
            fitting.add(name)
    order = sorted(known, key=lambda name: name not in fitting)
    shown = {"Verdict": tables.verdict_cells(drives),
             "Drive": tables.drive_links(fleet.name, drives)}  # fmt: skip
    config: dict[str, Any] = {
        "Verdict": tables.verdict_column(width=verdict_width),
        "Drive": tables.drive_column(drives["serial"]),
    }
    for name in order:
        values, pixels, kind, options = known[name]
        shown[name] = values
        config[name] = kind(name, width=pixels, **options)
    return pd.DataFrame(shown), config


def _is_known(value: Any) -> bool:
    return len(value) > 0 if isinstance(value, list) else bool(pd.notna(value))


def csv(drives: pd.DataFrame) -> bytes:
    """All columns of the drives as CSV, numbers as they are, without the sparklines."""
    return drives.drop(columns=["trend", "risk_trend"], errors="ignore").to_csv(index=False).encode()
