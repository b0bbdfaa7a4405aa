"""On a drive's page: its risk by horizon, how it changed, what raises and lowers it, and which model says so."""

from __future__ import annotations

from datetime import date

import streamlit as st

from app.analysis.risk_results import DriveRisk, NeighbourReason, RiskReason
from app.views import formats, frame, reading, risk_charts

REASONS_SHOWN = 6
NEIGHBOURS_SHOWN = 5
RAISES = ":blue-badge[:material/add: Raises]"
LOWERS = ":violet-badge[:material/remove: Lowers]"
NO_EFFECT = ":gray-badge[:material/horizontal_rule: No effect]"
BADGE_WIDTH = 92
LEAST_CONTRIBUTION = 0.005  # rounds to 0.00


def draw(risk: DriveRisk, failure_day: date | None = None) -> None:
    """Draw the curve, the last twelve weeks and the reasons.

    Args:
        risk: The drive's latest forecast.
        failure_day: When it failed, where it did: the forecast is then told as one from before.
    """
    left, right = st.columns([17, 8])
    with left, frame.card():
        _curve(risk, failure_day)
    with right, frame.card():
        _weeks(risk)
    shown = risk.reasons[:REASONS_SHOWN]
    neighbours = risk.neighbours[:NEIGHBOURS_SHOWN]
    if not shown and not neighbours:
        with frame.card(height="content"):
            frame.card_title("Why this risk")
            st.markdown(formats.small("This model cannot say what each feature adds to its forecast."))
        return
    left, right = st.columns([17, 8])
    with left, frame.card():
        _reasons(risk, shown, neighbours)
    with right, frame.card():
        frame.card_title("Contributions")
        chart, alternative = risk_charts.reasons_chart(
            [*shown, *neighbours], [*(reason.statement for reason in shown), *(one.name for one in neighbours)]
        )
        st.altair_chart(chart, alt=alternative)
        st.markdown(formats.small("Numbered as in the list. +0.69 doubles the odds of failure, −0.69 halves them."))


def absent(failure_day: date | None) -> None:
    """Say in one line why there is no risk, and how to get one."""
    why = (
        "No forecast: the drive is out of service."
        if failure_day
        else "No forecast of this drive's risk yet: `atoll train risk` trains a model, `atoll predict fleet` asks it."
    )
    st.markdown(formats.small(f":material/query_stats: {why}"))


def in_words(risk: DriveRisk) -> str:
    """The risk in a sentence (Markdown): ``4.1 % within 30 days, 12 times the fleet's average, band 2.3 to 7.0 %``."""
    days = risk_charts.told_horizon(risk)
    place = risk.horizons_days.index(days)
    p, low, high = risk.p[place], risk.low[place], risk.high[place]
    average = 1 - (1 - risk.base_rate) ** (days / risk.horizon_days)
    compared = f", {formats.times(p / average)} the fleet's average" if average > 0 else ""
    return (
        f"**{formats.probability(p)}** within {formats.plural(days, 'day')}{compared}, "
        f"80 % band {formats.band(low, high)}"
    )


def support_in_words(risk: DriveRisk) -> str:
    """Where the curve stops: ``The data support 180 days; beyond them no figure is given.``"""
    last = risk.horizons_days[-1]
    beyond = "it" if last == 1 else "them"
    return f"The data support {formats.plural(last, 'day')}; beyond {beyond} no figure is given."


def _curve(risk: DriveRisk, failure_day: date | None) -> None:
    frame.card_title("Risk of failure", f"Forecast of {formats.day(risk.landmark)}")
    before = f" It is the last forecast before its end of service on {formats.day(failure_day)}." if failure_day else ""
    st.markdown(f"{in_words(risk)}.{before}")
    chart, alternative = risk_charts.curve_chart(risk)
    st.altair_chart(chart, alt=alternative)
    average = (
        f"Band: 80 %. Dashed: the fleet's average, {formats.probability(risk.base_rate)} "
        f"within {risk.horizon_days} days in training, at a constant rate."
    )
    st.markdown(f"{support_in_words(risk)} {formats.small(average)}")
    for note in risk.notes:
        st.markdown(f":material/info: {formats.escape(note)}")


def _weeks(risk: DriveRisk) -> None:
    frame.card_title("Risk week by week")
    if len(risk.trend_p) > 1:
        chart, alternative = risk_charts.weeks_chart(risk)
        st.altair_chart(chart, alt=alternative)
    else:
        st.markdown("The drive has been under observation too briefly for earlier forecasts.")
    st.markdown("**Evidence**")
    address = formats.link("models", run=risk.run)
    st.markdown(
        formats.small(
            f"Model run [{formats.escape(risk.run)}]({address}) · {formats.escape(risk.model)}  \n"
            f"Forecast {formats.escape(risk.key)}  \nNothing after {formats.day(risk.landmark)} was looked at."
        )
    )


def _reasons(risk: DriveRisk, reasons: list[RiskReason], neighbours: list[NeighbourReason]) -> None:
    note = f"Strongest first, {len(reasons)} of {len(risk.reasons)}" if len(reasons) < len(risk.reasons) else ""
    frame.card_title("Why this risk", note or "Strongest first")
    for place, reason in enumerate(reasons, start=1):
        _row(place, reason.contribution, reason.statement, _reason_source(reason))
    if neighbours:
        st.markdown("**Neighbours that raised it**")
    for place, one in enumerate(neighbours, start=len(reasons) + 1):
        _row(place, one.contribution, one.statement, _neighbour_source(risk, one))


def _row(place: int, contribution: float, statement: str, source: str) -> None:
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.markdown(_effect(contribution), width=BADGE_WIDTH)
        st.markdown(f"{place}. {formats.escape(statement)}  \n{formats.small(source)}".replace(". ", r"\. ", 1))


def _effect(contribution: float) -> str:
    if abs(contribution) < LEAST_CONTRIBUTION:
        return NO_EFFECT
    return RAISES if contribution > 0 else LOWERS


def _reason_source(reason: RiskReason) -> str:
    """SMART attribute and literature of a reason; its value stands in the statement."""
    parts = []
    if reason.attribute:
        name = reading.attribute_names().get(reason.attribute, "")
        parts.append(formats.escape(f"{reason.attribute} {name}".strip()))
        if reason.num_works:
            address = formats.link("literature", concept=reason.attribute)
            parts.append(f":material/menu_book: [Literature on this attribute]({address}), "
                         f"{formats.plural(reason.num_works, 'Work')}")  # fmt: skip
        else:
            parts.append(":material/menu_book: no literature on this attribute")
    else:
        parts.append("not a SMART attribute")
    return " · ".join(parts)


def _neighbour_source(risk: DriveRisk, neighbour: NeighbourReason) -> str:
    """The neighbour's page, where it has one, and the path to it."""
    name = formats.escape(formats.within(risk.fleet, neighbour.name))
    address = {
        "Drive": formats.link("drive", fleet=risk.fleet, id=neighbour.key),
        "Rack": formats.link("fleet", fleet=risk.fleet, rack=neighbour.name),
        "Application": formats.link("fleet", fleet=risk.fleet, application=neighbour.name),
        "DriveModel": formats.link("fleet", fleet=risk.fleet, model=neighbour.name),
    }.get(neighbour.label)
    shown = f"[{name}]({address})" if address else name
    return f"{formats.escape(neighbour.label)} {shown} · {formats.escape(neighbour.path)}"
