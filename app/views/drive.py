"""Drive: verdict and reason, risk by horizon, findings, evidence path, trends of its attributes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import streamlit as st

from app.analysis.answers import sentence
from app.analysis.drive_results import AttributeSeries, DriveChange, DriveDescription
from app.analysis.results import FindingRow
from app.analysis.risk_results import DriveRisk
from app.analysis.verdicts import answered_in_words
from app.views import (
    drive_charts,
    drive_literature,
    drive_log,
    drive_risk,
    formats,
    frame,
    reading,
    reading_risk,
    severity,
    states,
)
from app.views.answer_form import answer_popover
from graph.errors import InputError
from graph.ontology.model import Severity

TREND_CARDS = 6
TREND_DAYS = 90
CHANGE_DAYS = 30
CHANGES_SHOWN = 12
LOADING_HEIGHT = 620


def show() -> None:
    """Draw the page of the drive in the address (``id``, with ``model`` or ``fleet`` where a serial is not unique)."""
    head = frame.open_page("Drive")
    fleets = reading.fleets()
    if not fleets:
        head.say("Nothing is loaded yet.")
        states.no_fleet(reading.settings())
        return
    asked = {name: st.query_params.get(name) for name in ("id", "model", "fleet")}
    _search(head, asked["fleet"])
    if not asked["id"]:
        head.say("Every drive has a page of its own; its address can be copied and shared.")
        states.empty(
            ":material/search:",
            "Which drive?",
            "Enter a serial number above, or choose a drive in the tables of Overview and Fleet.",
        )
        return
    try:
        with states.loading(LOADING_HEIGHT):
            version = reading.store_version()
            described, read_at = reading.drive(_identity(asked), version)
            risk = reading_risk.drive_risk(described.key, version)
    except InputError as error:
        head.say("There is no such drive here.")
        states.empty(":material/search_off:", "No drive found", formats.escape(error))
        return
    head.say(_facts(described), synthetic=described.synthetic, title=f"Drive {formats.escape(described.drive)}")
    draw(described, risk)
    frame.footer(
        fleet=next((f for f in fleets if f.name == described.fleet), fleets[0]),
        data_time=described.data_time,
        read_at=read_at,
        store_version=described.store_version,
        rule_base_version=described.rule_base_version,
        num_rules=described.num_rules,
    )


def draw(described: DriveDescription, risk: DriveRisk | None = None) -> None:
    """Draw everything between heading and footer.

    Args:
        described: The drive.
        risk: Its latest forecast, None where there is none.
    """
    _verdict(described)
    failure_day = described.facts.get("failure_day")
    if risk:
        drive_risk.draw(risk, failure_day)
    else:
        drive_risk.absent(failure_day)
    left, right = st.columns([17, 8])
    with left, frame.card():
        frame.card_title("Findings")
        _findings(described)
    with right, frame.card():
        frame.card_title("Evidence path")
        _evidence(described)
    _trends(described)
    if described.changes:
        with frame.card(height="content"):
            _changes(described)
    if described.logs:
        with frame.card(height="content"):
            drive_log.draw(described.logs)


def _search(head: frame.Head, fleet: str | None) -> None:
    typed = head.right.text_input(
        "Go to drive", placeholder="Serial number", icon=":material/search:", key="go_to_drive", max_chars=200
    )
    if typed and typed.strip() != st.session_state.get("went_to"):
        st.session_state["went_to"] = typed.strip()
        st.query_params.from_dict({"id": typed.strip(), **({"fleet": fleet} if fleet else {})})
        st.rerun()


def _identity(asked: dict[str, str | None]) -> str:
    """Key where the address names fleet and model, else the serial (or key) as it stands."""
    if asked["fleet"] and asked["model"] and not str(asked["id"]).startswith("drive:"):
        return f"drive:{asked['fleet']}:{asked['model']}:{asked['id']}"
    return str(asked["id"])


def _facts(described: DriveDescription) -> str:
    """One line of facts with links to the drive's model and rack."""
    facts = described.facts

    def fleet_link(name: str, **filters: Any) -> str:
        return f"[{formats.escape(name)}]({formats.link('fleet', fleet=described.fleet, **filters)})"

    parts = [fleet_link(described.model, model=described.model)]
    if facts.get("capacity_bytes"):
        parts[0] += f", {formats.data_size(facts['capacity_bytes'])}"
    if facts.get("firmware"):
        parts.append(f"firmware {formats.escape(facts['firmware'])}")
    place = [f"rack {fleet_link(facts['rack'], rack=facts['rack'])}"] if facts.get("rack") else []
    place += [f"host {formats.escape(facts['host'])}"] if facts.get("host") else []
    if place:
        parts.append(", ".join(place))
    if facts.get("application"):
        parts.append(formats.escape(facts["application"]))
    if facts.get("age_days"):
        parts.append(f"{formats.age(facts['age_days'])} in use")
    if facts.get("last_day"):
        parts.append(f"last reading {_as_day(facts['last_day'])}")
    if facts.get("failure_day"):
        status = str(facts.get("failure_status") or "failed").replace("_", " ")
        parts.append(f"**{formats.escape(status)} {_as_day(facts['failure_day'])}**")
    return " · ".join(parts)


def _as_day(value: Any) -> str:
    return formats.day(value) if isinstance(value, date) else str(value)[:10]


def _verdict(described: DriveDescription) -> None:
    reason, button = _card_columns()
    with reason.container(gap=None):
        st.markdown(
            f"## :small[{severity.badge(described.verdict)}] {formats.escape(described.verdict_reason.rstrip('.'))}",
            anchors=False,
        )
        since = ""
        if described.since_day:
            word = severity.WORDS[described.verdict]
            ended = described.facts.get("failure_day")  # of a drive out of service, a verdict no longer ages
            span = "" if ended else formats.days_between(described.since_day, described.data_time)
            since = f"{word} since {formats.day(described.since_day)}{f' ({span})' if span else ''}."
        st.markdown(f"{since} {formats.escape(described.before)}".strip() or "No earlier verdict is known.")
        answered = answered_in_words(described.findings)
        if answered:
            status, _, why = answered.partition(": ")
            st.markdown(f":gray-badge[:material/done_all: {status.capitalize()}] {formats.escape(why)}")
    with button.container(horizontal=True, horizontal_alignment="right"):
        st.download_button(
            "Export", json.dumps(described.to_json(), ensure_ascii=False, indent=2).encode(),
            f"atoll-drive-{described.drive}.json", "application/json", icon=":material/download:", on_click="ignore",
            help="This page as JSON: facts, findings with evidence, readings",
        )  # fmt: skip


def _card_columns() -> Any:
    with st.container(border=True, gap="xsmall"):
        return st.columns([5, 1], vertical_alignment="center")


def _findings(described: DriveDescription) -> None:
    if not described.findings:
        st.markdown(
            "No reading of this drive was ever loaded, so no rule could look at it."
            if described.verdict is Severity.UNKNOWN
            else "No rule found anything in this drive's readings."
        )
        st.markdown(
            formats.small(f"{described.num_rules} rules · rule base {formats.escape(described.rule_base_version)}")
        )
        return
    for finding in described.findings:
        with st.container(horizontal=True, wrap=False, gap="small"):
            st.markdown(severity.badge(finding.severity), width=84)
            text = f"{formats.escape(finding.statement)}  \n{formats.small(_source_line(finding))}"
            if finding.answer:
                text += f"  \n{formats.small(formats.escape(sentence(finding.answer)))}"
            with st.container(gap=None):
                st.markdown(text)
                drive_literature.draw(finding, described.literature)
                answer_popover(finding, described.fleet)
    st.markdown(formats.small(f"No other of the {described.num_rules} rules found anything."))


def _source_line(finding: FindingRow) -> str:
    parts = [formats.escape(finding.attribute)] if finding.attribute else []
    parts.append(f"rule {formats.escape(finding.rule)} {finding.rule_version}")
    if finding.threshold is not None or finding.threshold_source != "heuristic":
        source = finding.threshold_source
        parts.append(f"limit {'heuristic' if source == 'heuristic' else 'from ' + formats.escape(source)}")
    days = (finding.window.last_day - finding.window.first_day).days + 1
    parts.append(f"{formats.plural(days, 'day')} to {formats.day(finding.window.last_day)}")
    return " · ".join(parts)


def _evidence(described: DriveDescription) -> None:
    if not described.evidence_path:
        st.markdown(formats.small("No finding, so there is no path to follow."))
        return
    chart, alternative = drive_charts.path_chart(described.evidence_path)
    st.altair_chart(chart, alt=alternative)


def _trends(described: DriveDescription) -> None:
    series = [item for item in described.series if item.days]
    if not series:
        st.markdown("### SMART trends", anchors=False)
        states.empty(
            ":material/show_chart:",
            "No readings of this drive",
            "It is known from tickets or an inventory only; a verdict needs telemetry.",
        )
        return
    first, last = drive_charts.trend_window(series, TREND_DAYS)
    shown = [item for item in series if any(first <= day <= last for day in item.days)]
    days = (last - first).days + 1
    st.markdown(f"### SMART trends, {formats.plural(days, 'day')} to {formats.day(last)}", anchors=False)
    for start in range(0, min(TREND_CARDS, len(shown)), 3):
        for place, item in zip(st.columns(3), shown[start : start + 3], strict=False):
            with place, frame.card():
                _trend(item, first, last, described.changes)
    rest = shown[TREND_CARDS:]
    if rest:
        with st.expander(f"{formats.plural(len(rest), 'more attribute')}", icon=":material/expand_more:"):
            for start in range(0, len(rest), 3):
                for place, item in zip(st.columns(3), rest[start : start + 3], strict=False):
                    with place, frame.card():
                        _trend(item, first, last, described.changes)


def _trend(item: AttributeSeries, first: date, last: date, changes: list[DriveChange]) -> None:
    value = formats.quantity(item.values[-1], item.unit)
    color = severity.text_color(item.severity)
    unit = item.unit if item.unit in ("%", "°C", *formats.BYTE_UNITS) else ""  # others stand beside the value
    told = "" if item.change is None else f"{formats.signed(item.change, unit)} in {CHANGE_DAYS} d"
    change = f" :small[:{color}[{formats.escape(told)}]]" if told else ""
    with st.container(horizontal=True, wrap=False, vertical_alignment="bottom", gap="xsmall"):
        st.markdown(f"**{formats.escape(item.name)}**", width="stretch", wrap=False)
        st.markdown(f"**{formats.escape(value)}**{change}", width="content", wrap=False)
    chart, alternative = drive_charts.trend_chart(item, first, last, changes)
    st.altair_chart(chart, alt=alternative)
    st.markdown(formats.small(formats.escape(_provenance(item))))


def _provenance(item: AttributeSeries) -> str:
    """Key of the attribute, and how the values came from what the source said."""
    if item.decoder == "normalized":
        return f"{item.attribute} · the device's normalised value"
    if item.decoder == "none":
        return f"{item.attribute} · raw, its meaning on this model is not known"
    if not item.raw_values or (item.decoder == "identity" and item.raw_values[-1] == item.values[-1]):
        return f"{item.attribute} · raw value as it is"
    how = "scaled" if item.decoder == "identity" else f"decoder {item.decoder}"
    return f"{item.attribute} · raw {item.raw_values[-1]:,.0f}, {how}"


def _changes(described: DriveDescription) -> None:
    frame.card_title("Moves and changes", "Marked in the trends")
    lines = [
        f"{formats.day(change.day)} {formats.escape(drive_charts.told(change))}"
        for change in reversed(described.changes[-CHANGES_SHOWN:])
    ]
    st.markdown("  \n".join(lines))
    if len(described.changes) > CHANGES_SHOWN:
        st.markdown(formats.small(f"Showing the last {CHANGES_SHOWN} of {len(described.changes):,}"))
