"""What the descriptive use-cases return: plain values that pages draw and commands print.

Each ``to_json()`` gives plain JSON values: dates as ``YYYY-MM-DD``, times as ISO 8601 in UTC, and null for what is not
known, whose reason stands in a field of its own; a missing number is never 0.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from graph.ontology.model import Severity

# A drive that is not read is worse off than one with a remark.
SHOWN_ORDER = (Severity.RED, Severity.AMBER, Severity.UNKNOWN, Severity.GREEN)


def is_worse(one: Severity, other: Severity) -> bool:
    """Whether a severity is worse than another, in the order in which drives are shown."""
    return SHOWN_ORDER.index(one) < SHOWN_ORDER.index(other)


def plain(value: Any) -> Any:
    """Turn a value into what ``json.dumps`` takes: dataclasses to objects, dates to text, NaN to null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Severity):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


class Jsonable:
    """Gives a dataclass ``to_json``."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, one key a field."""
        result: dict[str, Any] = plain(self)
        return result


@dataclass(frozen=True, slots=True)
class Window(Jsonable):
    """First and last day that a finding speaks of, both included."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class EvidenceRow(Jsonable):
    """A stored node that a finding rests on, with flat facts about it for the reader."""

    kind: str
    ref: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer(Jsonable):
    """The last answer that a person gave to a rule's findings on one subject, and whether it still counts.

    Args:
        key: Key of the Acknowledgement.
        status: ``acknowledged``, ``snoozed`` or ``reopened``.
        severity: Severity that was answered.
        reason: Why, in the person's own words.
        until: Last day of a snooze, calendar days in UTC; None for the others.
        made_at: When it was given, UTC.
        made_by: Who gave it.
        holds: Whether it counts for the finding as it stands now.
        ended: Why it counts no longer: ``reopened``, ``snooze-over``, ``worse`` (than what was answered) or
            ``new-episode`` (the finding was resolved and began anew); None where it holds.
    """

    key: str
    status: str
    severity: Severity
    reason: str
    until: date | None
    made_at: datetime
    made_by: str
    holds: bool
    ended: str | None


@dataclass(frozen=True, slots=True)
class FindingRow(Jsonable):
    """One finding as shown.

    Args:
        key: Key of the HealthFinding.
        rule: Name of the rule (``realloc-rise``).
        rule_version: Version of the rule.
        subject: Key of the drive, rack, host, drive model or fleet.
        subject_label: Its label.
        subject_name: Its display name (a drive's serial).
        attribute: Key of the SMART attribute, or None.
        severity: Red, amber or green.
        statement: The sentence.
        short: The statement in a few words, for tables.
        value: What was measured, in ``unit``; None where the rule measures nothing.
        threshold: What it was held against, in ``unit``.
        unit: Unit as shown (``blocks``, ``°C``, ``%``).
        threshold_source: Device field, standard or paper, or ``heuristic``.
        window: The days it speaks of.
        since_day: First day on which the condition held, where the data tell.
        status: ``open`` or ``resolved``.
        evidence: At least one.
        begun_day: Day on which the episode began: since when assessments have found it at least this bad without a
            break; where the data do not tell, the last day of data when it was first found.
        answer: What a person answered last; None where nobody did.
    """

    key: str
    rule: str
    rule_version: int
    subject: str
    subject_label: str
    subject_name: str
    attribute: str | None
    severity: Severity
    statement: str
    short: str
    value: float | None
    threshold: float | None
    unit: str
    threshold_source: str
    window: Window
    since_day: date | None
    status: str
    evidence: list[EvidenceRow]
    begun_day: date | None = None
    answer: Answer | None = None

    @property
    def is_answered(self) -> bool:
        """Whether an answer holds, so that it needs no attention."""
        return self.answer is not None and self.answer.holds


@dataclass(frozen=True, slots=True)
class RateRow(Jsonable):
    """Failure rate of one group (a model, a capacity, an age band).

    Args:
        group: Name of the group as shown.
        drives: Drives in the group; for age bands, those that spent days in the band.
        failures: Failure events of status ``failed`` of these drives; a drive that failed on two days counts twice.
        drive_days: Days under observation.
        afr_percent: Failures of drives with drive-days / drive-days × 365 in % a year; None without drive-days, and
            where these days are not the exposure of the failures (``afr_reason`` of the fleet).
        afr_low: Lower end of the exact 95 % Poisson interval, % a year.
        afr_high: Upper end, % a year.
    """

    group: str
    drives: int
    failures: int
    drive_days: int
    afr_percent: float | None
    afr_low: float | None
    afr_high: float | None


@dataclass(frozen=True, slots=True)
class SurvivalCurve(Jsonable):
    """Kaplan-Meier survival of one model over age, with its 95 % band; the four lists have one length.

    Args:
        model: Model name.
        num_drives: Drives that entered.
        num_failures: Failures among them.
        age_days: Ages at which the estimate steps, days of power-on time.
        survival: Share still working, in ``[0, 1]``, among drives that reached the first age observed.
        low: Lower end of the band.
        high: Upper end.
    """

    model: str
    num_drives: int
    num_failures: int
    age_days: list[float]
    survival: list[float]
    low: list[float]
    high: list[float]


@dataclass(frozen=True, slots=True)
class AlarmRate(Jsonable):
    """How often the rule base raised an alarm on drives under observation.

    Args:
        level: ``red``, or ``amber`` for amber and worse.
        weeks: Weeks up to the last day of data that are looked at.
        alarms: Episodes of findings on drives that began in these weeks, one a drive and rule, whether they were
            resolved or answered since or not.
        drives: Drives that were under observation in these weeks.
        drive_weeks: Time they were under observation there; a drive that entered or left counts with its part.
        per_1000_drives_week: Alarms per 1,000 drives a week; None without observation.
        ci_low: Lower end of the exact 95 % Poisson interval.
        ci_high: Upper end.
        on_entry: Episodes not counted: there already on the first day that a drive was under observation.
        undated: Episodes not counted: found by the fleet's first assessment, and the data do not tell since when.
    """

    level: str
    weeks: int
    alarms: int
    drives: int
    drive_weeks: float
    per_1000_drives_week: float | None
    ci_low: float | None
    ci_high: float | None
    on_entry: int
    undated: int


@dataclass(frozen=True, slots=True)
class FleetDescription(Jsonable):
    """A fleet (or all, ``fleet`` None) at one store version.

    Rates and survival ignore a verdict filter, since it selects on the outcome; findings and counts follow it.
    ``afr_reason`` says why the rate is null where it is. ``answered`` counts, of the red and amber ``verdicts``, the
    drives of which every finding that bad is answered.
    """

    fleet: str | None
    synthetic: bool
    drives: int
    failures: int
    hosts: int
    racks: int
    rooms: int
    drive_days: int
    afr_percent: float | None
    afr_low: float | None
    afr_high: float | None
    afr_reason: str | None
    models: list[RateRow]
    capacities: list[RateRow]
    age_bands: list[RateRow]
    survival: list[SurvivalCurve]
    verdicts: dict[str, int]
    findings: list[FindingRow]
    findings_sha256: str
    store_version: int
    data_time: date | None
    rule_base_version: str
    num_rules: int
    answered: dict[str, int] = field(default_factory=dict)
    alarms: AlarmRate | None = None


@dataclass(frozen=True, slots=True)
class HeatCell(Jsonable):
    """Drives of one model in one rack, and how many of them are amber or red (``share`` in ``[0, 1]``)."""

    rack: str
    model: str
    drives: int
    amber_red: int
    share: float


@dataclass(frozen=True, slots=True)
class FleetOverview(Jsonable):
    """What the first screen shows; each series has one value a week, oldest first, for at most 12 weeks.

    Args:
        fleet: Fleet name, or None for all.
        synthetic: True for a synthetic fleet.
        sentence: One sentence of fact under the title.
        drives: Drives.
        racks: Racks that hold them.
        models: Models among them.
        afr_percent: Failure rate, % a year, or None with ``afr_reason``.
        afr_low: Lower end of its exact 95 % interval.
        afr_high: Upper end.
        afr_reason: Why there is no rate.
        failures: Failure events of status ``failed``.
        red: Drives in service whose worst finding that nobody answered is red.
        amber: Those whose worst such finding is amber.
        answered: Red and amber drives in service of which every red and amber finding is answered.
        new_red: Drives whose red verdict began in the last seven days of data.
        stale: Drives without a reading for 48 h before the data time.
        stale_hours: That limit in hours.
        weeks: Last day of each week.
        drives_series: Drives with a reading in the week.
        afr_series: Failure rate of the 12 weeks up to the week's end, % a year (None without exposure).
        red_series: Drives whose present red verdict had begun by the week's end.
        stale_series: Drives not read in the last 48 h of the week though read before and not failed.
        heat: Rack × model cells of the racks with the largest share of amber and red, worst first.
        hot_spot: Sentence on the most significant hot spot, or None.
        store_version: Version read.
        data_time: Last day of data.
        rule_base_version: Version of the rule base.
        num_rules: Rules in it.
    """

    fleet: str | None
    synthetic: bool
    sentence: str
    drives: int
    racks: int
    models: int
    afr_percent: float | None
    afr_low: float | None
    afr_high: float | None
    afr_reason: str | None
    failures: int
    red: int
    amber: int
    new_red: int
    stale: int
    stale_hours: int
    weeks: list[date]
    drives_series: list[float | None]
    afr_series: list[float | None]
    red_series: list[float | None]
    stale_series: list[float | None]
    heat: list[HeatCell]
    hot_spot: str | None
    store_version: int
    data_time: date | None
    rule_base_version: str
    num_rules: int
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Assessment(Jsonable):
    """What one run of the rule base did.

    Args:
        fleet: Fleet assessed.
        drives: Drives looked at.
        num_findings: Findings that hold now.
        added: Of these, not stored before.
        resolved: Stored before, no longer holding.
        by_severity: Open findings by severity.
        by_rule: Open findings by rule.
        findings_sha256: Hash over keys and statements of the open findings.
        data_version: Fingerprint of the data assessed.
        rule_base_version: Version of the rule base.
        store_version: Version after the run.
        seconds: Time taken.
    """

    fleet: str
    drives: int
    num_findings: int
    added: int
    resolved: int
    by_severity: dict[str, int]
    by_rule: dict[str, int]
    findings_sha256: str
    data_version: str
    rule_base_version: str
    store_version: int
    seconds: float
