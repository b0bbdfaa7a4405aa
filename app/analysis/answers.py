"""What people answer to findings: an answer binds to subject and rule, so that it outlives the daily windows."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from app.analysis.results import Answer, FindingRow, is_worse
from graph.errors import InputError
from graph.ontology.model import Batch, NodeTable, RelationTable, Severity
from graph.ports import GraphStore

ACKNOWLEDGED, SNOOZED, REOPENED = "acknowledged", "snoozed", "reopened"
LONGEST_REASON = 1000
LONGEST_SNOOZE_DAYS = 366
CONTENT: dict[str, pa.DataType] = {
    **dict.fromkeys(("key", "name", "fleet", "subject", "rule", "severity", "status", "reason"), pa.string()),
    "until": pa.date32(),
    "made_at": pa.timestamp("us", tz="UTC"),
    "made_by": pa.string(),
}


def with_answers(
    store: GraphStore, fleet: str, findings: Sequence[FindingRow], today: date | None = None
) -> list[FindingRow]:
    """Findings of a fleet, each with the last answer to its rule on its subject.

    An answer ceases to hold when the finding is worse than what was answered, the day after a snooze's last day has
    begun (calendar days in UTC, whatever the data's last day is), or when the finding's present episode began after
    the data that were answered.

    Args:
        store: The graph.
        fleet: Name of the fleet.
        findings: Open ones.
        today: Instead of the calendar's.
    """
    records = store.query("answers_of_fleet", {"fleet": f"fleet:{fleet}"}).records() if findings else []
    last = {(record["subject"], record["rule"]): record for record in records}
    day = today or datetime.now(UTC).date()
    return [
        replace(row, answer=_answer(last[row.subject, row.rule], row, day)) if (row.subject, row.rule) in last else row
        for row in findings
    ]


def _answer(record: Mapping[str, Any], finding: FindingRow, today: date) -> Answer:
    ended = _ended(record, finding, today)
    return Answer(
        key=record["answer"],
        status=record["status"],
        severity=Severity(record["severity"]),
        reason=record["reason"],
        until=record["until"],
        made_at=record["made_at"],
        made_by=record["made_by"],
        holds=ended is None,
        ended=ended,
    )


def _ended(record: Mapping[str, Any], finding: FindingRow, today: date) -> str | None:
    """Why an answer holds no longer, or None."""
    if record["status"] == REOPENED:
        return "reopened"
    if record["status"] == SNOOZED and today > record["until"]:
        return "snooze-over"
    if is_worse(finding.severity, Severity(record["severity"])):
        return "worse"
    # The same window may be found anew after a correction of its readings was taken back.
    again = record["finding"] == finding.key and record["assessed_at"] and record["assessed_at"] > record["made_at"]
    is_new = finding.begun_day is not None and finding.begun_day > record["finding_last_day"]
    return "new-episode" if again or is_new else None


def answer_finding(
    store: GraphStore,
    fleet: str,
    finding: FindingRow,
    status: str,
    reason: str,
    made_by: str,
    *,
    until: date | None = None,
    now: datetime | None = None,
) -> FindingRow:
    """Store an answer as a run of its own; earlier answers stay as they are. The caller holds the write lock.

    Args:
        store: The graph.
        fleet: Name of the finding's fleet.
        finding: An open finding, with its present answer.
        status: ``acknowledged``, ``snoozed`` or ``reopened``.
        reason: Why; it is shown wherever the finding is.
        made_by: Who gives it.
        until: Last day of a snooze.
        now: Instead of the clock's time.

    Returns:
        The finding with its new answer.

    Raises:
        InputError: There is no reason or it is too long, a snooze has no usable end, or nothing is there to reopen.
        StoreError: The store cannot be reached.
    """
    moment = now or datetime.now(UTC)
    text = checked_reason(reason)
    if status == SNOOZED:
        until = checked_until(until, moment.date())
    if status == REOPENED and not finding.is_answered:
        raise InputError(
            f"{finding.subject_name} {finding.rule}: this finding is open and no answer holds, so there is nothing to "
            "reopen. 'atoll finding list --all' shows what was answered."
        )
    row = {
        "key": f"acknowledgement:{finding.subject}:{finding.rule}:{uuid.uuid4()}",
        "name": f"{finding.rule} {status}",
        "fleet": fleet,
        "subject": finding.subject,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "status": status,
        "reason": text,
        "until": until if status == SNOOZED else None,
        "made_at": moment,
        "made_by": made_by,
    }
    nodes = NodeTable("Acknowledgement", pa.Table.from_pylist([row], schema=pa.schema(CONTENT)))
    link = pa.table({"head": [row["key"]], "tail": [finding.key]})
    run = store.begin_run("answer", f"answer:{fleet}", hashlib.sha256(str(row["key"]).encode()).hexdigest())
    store.write(run, Batch((nodes,), (RelationTable("ANSWERS", "Acknowledgement", "HealthFinding", link),)))
    store.complete_run(run, {"fleet": fleet})
    return with_answers(store, fleet, [finding], moment.date())[0]


def checked_reason(reason: str) -> str:
    """A reason without blanks around it and with one line.

    Raises:
        InputError: It is empty or too long.
    """
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in reason).split())
    if not text:
        raise InputError(
            "The reason is empty. Say why in a few words, for example --reason 'cable replaced, watching until Friday'."
        )
    if len(text) > LONGEST_REASON:
        raise InputError(f"The reason has {len(text):,} characters; at most {LONGEST_REASON:,} are kept.")
    return text


def checked_until(until: date | None, today: date) -> date:
    """The last day of a snooze.

    Raises:
        InputError: There is none, it lies in the past, or further away than a year.
    """
    latest = today + timedelta(days=LONGEST_SNOOZE_DAYS)
    if until is None:
        raise InputError("A snooze needs its end: --days N (from today) or --until YYYY-MM-DD.")
    if until < today:
        raise InputError(f"Snooze until {until}: that day is over (today is {today}, UTC). Expected today or later.")
    if until > latest:
        raise InputError(
            f"Snooze until {until}: that is more than {LONGEST_SNOOZE_DAYS} days away. "
            f"Expected {latest} or earlier; to silence it for good, acknowledge it."
        )
    return until


def sentence(answer: Answer, *, with_reason: bool = True) -> str:
    """An answer in words: ``acknowledged by ann on 2026-11-24: cable ordered``, with why it holds no longer."""
    what = answer.status + (f" until {answer.until}" if answer.until else "")
    text = f"{what} by {answer.made_by} on {answer.made_at:%Y-%m-%d %H:%M} UTC"
    over = {
        "snooze-over": "the snooze is over",
        "worse": f"it got worse than the {answer.severity.value} that was answered",
        "new-episode": "it was resolved and began anew since",
    }.get(answer.ended or "")
    if over:
        text = f"was {text}, but {over}"
    return f"{text}: {answer.reason}" if with_reason else text
