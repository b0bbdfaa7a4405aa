"""Overview: four indicators, what needs attention, and where amber and red drives cluster."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.analysis.results import FleetOverview
from app.views import fleet_charts, formats, frame, reading, states, tables

ATTENTION_ROWS = 14
CARD_HEIGHT = 452
LOADING_HEIGHT = 660
TABLE_WIDTH = 700
MOST_REASON = 302
OPEN_WIDTH = 64
ANSWER_WIDTH = 200
TREND_WIDTH = 80


def show() -> None:
    """Draw the page."""
    head = frame.open_page("Overview")
    fleet = frame.select_fleet(head)
    version = reading.store_version()
    head.say(f"Reading {formats.plural(fleet.drives, 'drive')}.", synthetic=fleet.synthetic)
    with states.loading(LOADING_HEIGHT):
        overview, read_at = reading.overview(fleet.name, version)
        attention = reading.attention(fleet.name, version)
    head.say(formats.escape(overview.sentence), synthetic=fleet.synthetic)
    draw(overview, fleet.name, attention)
    frame.footer(
        fleet=fleet,
        data_time=overview.data_time,
        read_at=read_at,
        store_version=overview.store_version,
        rule_base_version=overview.rule_base_version,
        num_rules=overview.num_rules,
    )


def draw(overview: FleetOverview, fleet_name: str, attention: pd.DataFrame) -> None:
    """Draw everything between heading and footer.

    Args:
        overview: The indicators and the heat map.
        fleet_name: For the links to drives.
        attention: The drives in service that are amber or red, worst first, as ``fleet_table`` gives them; those
            with an ``answer`` are shown on request only.
    """
    _indicators(overview)
    if not overview.heat:  # no rack is known: the table takes the whole width
        with frame.card(height="content"):
            _attention(overview, fleet_name, attention, tables.PAGE_WIDTH, 420)
        return
    left, right = st.columns([17, 8])
    with left, frame.card():
        _attention(overview, fleet_name, attention, TABLE_WIDTH, MOST_REASON)
    with right, frame.card():
        frame.card_title("Amber and red by rack and model")
        chart, alternative = fleet_charts.heat_chart(overview.heat, fleet_name)
        st.altair_chart(chart, alt=alternative)


def _series(values: Sequence[float | None]) -> list[float] | None:
    known = [value for value in values if value is not None]
    return known if len(known) > 1 else None


def _indicators(overview: FleetOverview) -> None:
    """Four in a row on a desk, two by two on a phone."""
    first, second = st.columns(2)
    with first:
        drives, rate = st.columns(2, wrap=False)
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
    rate.metric(
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
    red.metric(
        "Red drives",
        f"{overview.red:,}",
        f"{overview.new_red:,} in 7 days" if overview.new_red else "none new in 7 days",
        delta_color="red" if overview.new_red else "off",
        delta_arrow="up" if overview.new_red else "off",
        border=True,
        height="stretch",
        chart_data=_series(overview.red_series),
        help=f"Drives with an open red finding that nobody answered; {formats.plural(overview.amber, 'drive')} amber, "
        f"{overview.answered:,} acknowledged or snoozed. {weeks}",
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


def _attention(overview: FleetOverview, fleet_name: str, whole: pd.DataFrame, width: int, most_reason: int) -> None:
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
        st.markdown(
            f":material/check_circle: No drive in service is amber or red{unanswered}."
            if judged
            else "No reading was loaded, so no rule could judge a drive: every verdict is unknown."
        )
        return
    first = drives.head(ATTENTION_ROWS)
    note = f"Worst first, showing {len(first)} of {formats.plural(len(drives), 'drive')}"
    title.markdown(formats.small(note), width="content")
    reason_width = tables.text_width(first["top_reason"], 160, most_reason)
    taken = (
        tables.verdict_width(first) + tables.text_width(first["serial"], 84) + reason_width + OPEN_WIDTH + TREND_WIDTH
    )
    place, place_label = _place(first, fleet_name, width - taken)
    rows = pd.DataFrame(
        {
            "verdict": tables.verdict_cells(first),
            "drive": tables.drive_links(fleet_name, first),
            "reason": first["top_reason"],
            "answer": first["answer"],
            "open_days": first["open_for_days"],
            "trend": first["trend"],
            "place": place,
        }
    ).dropna(axis="columns", how="all")
    st.dataframe(
        rows,
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        height=tables.height(len(rows), ATTENTION_ROWS),
        column_config={
            "verdict": tables.verdict_column(width=tables.verdict_width(first)),
            "drive": tables.drive_column(first["serial"]),
            "reason": st.column_config.TextColumn("Top reason", width=reason_width),
            "answer": st.column_config.TextColumn("Answer", width=ANSWER_WIDTH),
            "open_days": st.column_config.NumberColumn("Open for", format="%d d", width=OPEN_WIDTH),
            "trend": st.column_config.LineChartColumn(
                "12 weeks",
                width=TREND_WIDTH,
                color="blue",
                help="The attribute of the top reason, each row on its own scale",
            ),
            "place": st.column_config.TextColumn(place_label, width=tables.text_width(place, 50)),
        },
        placeholder="",
        alt="Drives that need attention, worst first",
    )


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
