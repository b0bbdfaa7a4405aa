"""The form by which a person answers a finding: acknowledge, snooze or reopen, with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from app.analysis.answers import (
    ACKNOWLEDGED,
    LONGEST_REASON,
    LONGEST_SNOOZE_DAYS,
    REOPENED,
    SNOOZED,
    checked_reason,
    sentence,
)
from app.analysis.results import FindingRow
from app.views import formats, reading, states
from graph.errors import AtollError

SNOOZE_DAYS = 14
DONE = {ACKNOWLEDGED: "Acknowledged", SNOOZED: "Snoozed", REOPENED: "Reopened"}


def answer_popover(finding: FindingRow, fleet: str) -> None:
    """A button that opens the form for one finding."""
    key = f"answer.{finding.subject}.{finding.rule}"
    label = "Answered" if finding.is_answered else "Answer"
    icon = ":material/done_all:" if finding.is_answered else ":material/reply:"
    with st.popover(label, type="tertiary", icon=icon, key=f"{key}.open", help="Acknowledge or snooze this finding"):
        if finding.answer:
            st.markdown(formats.small(formats.escape(sentence(finding.answer))))
        with st.form(key, border=False):
            # A key of its own for each of the two, so that the reason of the answer is none for taking it back.
            reason = st.text_area(
                "Reason",
                key=f"{key}.reason.{label}",
                max_chars=LONGEST_REASON,
                height=80,
                placeholder="Why, in a few words",
            )
            if finding.is_answered:
                chosen = REOPENED if st.form_submit_button("Reopen", icon=":material/undo:") else None
                days = 0
            else:
                days = st.number_input(
                    "Days, for a snooze", min_value=1, max_value=LONGEST_SNOOZE_DAYS, value=SNOOZE_DAYS, step=1,
                    key=f"{key}.days", help="Calendar days in UTC from today, the last one included",
                )  # fmt: skip
                chosen = _submitted()
            effect = (
                "It needs attention again; the history is kept."
                if finding.is_answered
                else "The verdict stays; it needs no attention until the finding gets worse or begins anew, or the "
                "snooze is over."
            )
            st.markdown(formats.small(f"{effect} Stored as {formats.escape(reading.settings().user)}."))
        if chosen:
            _store(finding, fleet, chosen, reason or "", int(days or 0))


def _submitted() -> str | None:
    with st.container(horizontal=True):
        acknowledge = st.form_submit_button("Acknowledge", icon=":material/done:", type="primary")
        snooze = st.form_submit_button("Snooze", icon=":material/snooze:")
    return ACKNOWLEDGED if acknowledge else SNOOZED if snooze else None


def _store(finding: FindingRow, fleet: str, status: str, reason: str, days: int) -> None:
    try:
        until = datetime.now(UTC).date() + timedelta(days=days) if status == SNOOZED else None
        reading.answer(finding, fleet, status, checked_reason(reason), until)
    except AtollError as error:
        states.problem(error)
        return
    st.toast(f"{DONE[status]}.", icon=":material/done_all:")
    st.rerun()
