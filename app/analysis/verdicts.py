"""From findings to one verdict a drive."""

from __future__ import annotations

from datetime import date

import pandas as pd

from app.analysis.fleet_data import SHOWN_ORDER
from app.analysis.results import FindingRow
from graph.ontology.model import Severity


def verdict_of(findings: list[FindingRow], *, is_read: bool) -> Severity:
    """The worst open finding; green where readings gave none, unknown where nothing was ever read."""
    if not findings:
        return Severity.GREEN if is_read else Severity.UNKNOWN
    return min((row.severity for row in findings), key=SHOWN_ORDER.index)


def judge(drives: pd.DataFrame, findings: list[FindingRow], data_time: date | None) -> pd.DataFrame:
    """Verdict, top reason and how long it has been open, of each drive.

    Args:
        drives: Index ``drive_key``; ``last_reading`` (None: never read), ``failure_status``, ``failure_day``.
        findings: Open findings of the fleet, worst first.
        data_time: Last day of the fleet's data.

    Returns:
        In the order of ``drives``: ``verdict``, ``top_reason``, ``top_attribute``, ``top_rule``, ``since_day``,
        ``open_for_days``, ``status`` (``in service``, ``failed``, ``retired``, ``lost to follow up``).
    """
    by_drive: dict[str, list[FindingRow]] = {}
    for row in findings:
        if row.subject_label == "Drive":
            by_drive.setdefault(row.subject, []).append(row)
    read = drives["last_reading"].notna()
    rows = []
    for key, is_read, last, status, ended in zip(
        drives.index, read, drives["last_reading"], drives["failure_status"], drives["failure_day"], strict=True
    ):
        own = by_drive.get(str(key), [])
        verdict = verdict_of(own, is_read=bool(is_read))
        top = own[0] if own else None
        since = (top.since_day or top.window.last_day) if top else None
        until = data_time if status is None else (last or ended)
        rows.append(
            {
                "verdict": verdict.value,
                "top_reason": top.short if top else None if is_read else "Never read",
                "top_attribute": top.attribute if top else None,
                "top_rule": top.rule if top else None,
                "since_day": since,
                "open_for_days": max((until - since).days, 0) if since and until else None,
                "status": str(status).replace("_", " ") if status else "in service",
            }
        )
    columns = ["verdict", "top_reason", "top_attribute", "top_rule", "since_day", "open_for_days", "status"]
    return pd.DataFrame(rows, index=drives.index, columns=columns)
