"""How often the rule base raises an alarm: episodes of findings begun, per 1,000 drives and week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from app.analysis.rates import poisson_interval
from app.analysis.results import AlarmRate, is_worse
from graph.ontology.model import Severity
from graph.ports import GraphStore

# A rise counts for 30 days, so what began in the last four weeks is still open even where only one assessment looked.
WEEKS = 4
LEVELS = (Severity.RED, Severity.AMBER)
# An episode that was last seen this long before the period may still be the beginning of one inside it.
LONGEST_PAUSE_DAYS = 45
THOUSAND = 1000


@dataclass(slots=True)
class Episode:
    """A stretch of assessments that found a rule at least as bad as a level on one subject.

    Args:
        subject: Key of the drive.
        rule: Name of the rule.
        severity: Severity last seen.
        begun_day: First day of the condition, as far as known.
        first_seen: When an assessment first found it.
        last_day: Last day of data on which it held.
        ended_at: When an assessment no longer found it so; None while it is open.
        is_dated: Whether the data tell since when it held.
    """

    subject: str
    rule: str
    severity: Severity
    begun_day: date
    first_seen: datetime
    last_day: date
    ended_at: datetime | None
    is_dated: bool


def episodes(records: Iterable[Mapping[str, Any]], level: Severity) -> list[Episode]:
    """Episodes at least as bad as a level, from rows of ``episodes_of_fleet`` that each have one severity.

    A finding that turns from amber to red goes on at the level of amber, and begins at the level of red.
    """
    found: list[Episode] = []
    rows = [record for record in records if not is_worse(level, Severity(record["severity"]))]
    for record in sorted(rows, key=lambda row: (row["subject"], row["rule"], row["first_seen"], row["begun_day"])):
        row = Episode(
            subject=record["subject"],
            rule=record["rule"],
            severity=Severity(record["severity"]),
            begun_day=record["begun_day"],
            first_seen=record["first_seen"],
            last_day=record["last_day"],
            ended_at=None if record["is_open"] else record["resolved_at"],
            is_dated=bool(record["is_dated"]),
        )
        before = found[-1] if found else None
        if before and (before.subject, before.rule) == (row.subject, row.rule) and _goes_on(before, row):
            before.severity = row.severity
            before.begun_day = min(before.begun_day, row.begun_day)
            before.last_day = max(before.last_day, row.last_day)
            # One part may have been found again after the other, so the later end counts.
            open_now = before.ended_at is None or row.ended_at is None
            before.ended_at = None if open_now else max(before.ended_at, row.ended_at)  # type: ignore[type-var]
            before.is_dated |= row.is_dated
        else:
            found.append(row)
    return found


def _goes_on(before: Episode, row: Episode) -> bool:
    """Whether a part continues an episode: it held already then, or it is worse and took over in one assessment."""
    if row.begun_day <= before.last_day:
        return True
    return is_worse(row.severity, before.severity) and (before.ended_at is None or row.first_seen <= before.ended_at)


def alarm_rate(
    store: GraphStore, fleet: str, drives: pd.DataFrame, data_time: date | None, level: Severity, weeks: int = WEEKS
) -> AlarmRate:
    """Alarms per 1,000 drives a week over the last weeks of data.

    An alarm is an episode of a finding on a drive, at least as bad as the level, that began in these weeks while the
    drive was under observation, whether it was resolved or answered since or not. What was there on the drive's first
    day came with the drive, and is told apart; so is what the fleet's first assessment found without a date.

    Args:
        store: The graph.
        fleet: Name of the fleet.
        drives: The drives that count: index ``drive_key``, ``first_day`` and ``last_day`` under observation.
        data_time: Last day of data.
        level: Red, or amber for amber and red.
        weeks: How many, up to the last day of data.

    References:
        Garwood, Biometrika 28, 1936 (interval).
    """
    if data_time is None:
        return AlarmRate(level.value, weeks, 0, 0, 0.0, None, None, None, 0, 0)
    start = data_time - timedelta(days=7 * weeks)  # the last day before these weeks
    known = drives[drives["first_day"].notna() & drives["last_day"].notna()]
    first = {str(drive): day for drive, day in known["first_day"].items()}
    inside = [
        (min(last, data_time) - max(begin, start + timedelta(days=1))).days + 1
        for begin, last in zip(known["first_day"], known["last_day"], strict=True)
    ]
    observed = [days for days in inside if days > 0]
    drive_weeks = sum(observed) / 7
    since = start - timedelta(days=LONGEST_PAUSE_DAYS)
    records = store.query("episodes_of_fleet", {"fleet": f"fleet:{fleet}", "since": since}).records()
    runs = [run["completed_at"] for run in store.query("assessments").records() if run["fleet"] == fleet]
    alarms = on_entry = undated = 0
    for episode in episodes(records, level):
        if episode.subject not in first or episode.begun_day <= start:
            continue
        if not episode.is_dated and not any(completed < episode.first_seen for completed in runs):
            undated += 1
        elif episode.begun_day <= first[episode.subject]:
            on_entry += 1
        else:
            alarms += 1
    rate, low, high = poisson_interval(alarms, drive_weeks, THOUSAND)
    return AlarmRate(level.value, weeks, alarms, len(observed), drive_weeks, rate, low, high, on_entry, undated)
