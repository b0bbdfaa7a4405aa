"""From findings to one verdict a drive."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from app.analysis.results import SHOWN_ORDER, FindingRow
from graph.ontology.model import Severity

if TYPE_CHECKING:
    import pandas as pd

JUDGED = (
    "verdict", "alarm", "answer", "top_reason", "top_attribute", "top_rule", "since_day", "open_for_days", "status",
)  # fmt: skip


def verdict_of(findings: list[FindingRow], *, is_read: bool) -> Severity:
    """The worst open finding; green where readings gave none, unknown where no value was ever read."""
    if not findings:
        return Severity.GREEN if is_read else Severity.UNKNOWN
    return min((row.severity for row in findings), key=SHOWN_ORDER.index)


def unread_reason(drive_days: int) -> str:
    """Why a drive without a finding has no verdict, in a few words."""
    if not drive_days:
        return "Never read"
    return f"{drive_days:,} {'drive-day' if drive_days == 1 else 'drive-days'} without a single value"


def alarming(findings: list[FindingRow]) -> list[FindingRow]:
    """Red and amber findings that nobody answered, in their order."""
    return [row for row in findings if row.severity in (Severity.RED, Severity.AMBER) and not row.is_answered]


def answered_in_words(findings: list[FindingRow]) -> str | None:
    """The answer to the worst finding of a drive that needs no attention for it; None where something is unanswered.

    Args:
        findings: Open findings of one drive, worst first.
    """
    bad = [row for row in findings if row.severity in (Severity.RED, Severity.AMBER)]
    if not bad or alarming(bad):
        return None
    answer = bad[0].answer
    assert answer is not None  # noqa: S101 - nothing alarms, so it was answered
    return f"{answer.status}: {answer.reason}"


def judge(drives: pd.DataFrame, findings: list[FindingRow], data_time: date | None) -> pd.DataFrame:
    """Verdict, top reason and how long it has been open, of each drive.

    Args:
        drives: Index ``drive_key``; ``is_read``, ``num_readings``, ``last_reading`` (None: no drive-day),
            ``failure_status``, ``failure_day``.
        findings: Open findings of the fleet, worst first.
        data_time: Last day of the fleet's data.

    Returns:
        In the order of ``drives``: ``verdict``; ``alarm``, the worst severity of a red or amber finding that nobody
        answered (None: no attention needed); ``answer``, the answer in words where red or amber is answered
        altogether; ``top_reason``, ``top_attribute``, ``top_rule``, ``since_day``, ``open_for_days`` of the worst
        finding that nobody answered, else of the worst; ``status`` (``in service``, ``failed``, ``retired``,
        ``lost to follow up``).
    """
    import pandas as pd

    by_drive: dict[str, list[FindingRow]] = {}
    for row in findings:
        if row.subject_label == "Drive":
            by_drive.setdefault(row.subject, []).append(row)
    columns = [drives[name] for name in ("is_read", "num_readings", "last_reading", "failure_status", "failure_day")]
    rows = []
    for key, is_read, days, last, status, ended in zip(drives.index, *columns, strict=True):
        own = by_drive.get(str(key), [])
        verdict = verdict_of(own, is_read=bool(is_read))
        alarms = alarming(own)
        top = alarms[0] if alarms else own[0] if own else None
        since = (top.since_day or top.window.last_day) if top else None
        until = data_time if status is None else (last or ended)
        rows.append(
            {
                "verdict": verdict.value,
                "alarm": alarms[0].severity.value if alarms else None,
                "answer": answered_in_words(own),
                "top_reason": top.short if top else None if is_read else unread_reason(int(days)),
                "top_attribute": top.attribute if top else None,
                "top_rule": top.rule if top else None,
                "since_day": since,
                "open_for_days": max((until - since).days, 0) if since and until else None,
                "status": str(status).replace("_", " ") if status else "in service",
            }
        )
    return pd.DataFrame(rows, index=drives.index, columns=list(JUDGED))
