"""What the description of one drive returns; see ``app.analysis.results`` for the form of its JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.analysis.literature import FindingLiterature
from app.analysis.results import FindingRow, Jsonable
from graph.ontology.model import Severity


@dataclass(frozen=True, slots=True)
class AttributeSeries(Jsonable):
    """Readings of one attribute of one drive, one value a day.

    Args:
        attribute: Key of the SMART attribute.
        name: Its name (``Reallocated blocks``).
        unit: Unit as shown; empty where it has none.
        days: Days with a reading, ascending.
        values: One a day.
        threshold: Limit drawn in the chart, in ``unit``; None where no rule has a fixed limit.
        threshold_label: ``limit 50 blocks``.
        severity: Worst open finding on this attribute, or None.
        change: Change over the last 30 days, in ``unit``.
        resets: Days on which a counter fell.
        raw_values: What the source said, one a day; equal to ``values`` where nothing was to be decoded.
        decoder: Function that decoded them (``identity``: taken as they are, ``none``: cannot be decoded and shown
            raw, ``normalized``: the device's own normalised value).
        device_threshold: The device's own threshold in ``unit``, or None where it reports none.
        device_threshold_label: ``device threshold 10 %``.
    """

    attribute: str
    name: str
    unit: str
    days: list[date]
    values: list[float]
    threshold: float | None
    threshold_label: str | None
    severity: Severity | None
    change: float | None
    resets: list[date]
    raw_values: list[float] = field(default_factory=list)
    decoder: str = "identity"
    device_threshold: float | None = None
    device_threshold_label: str | None = None


@dataclass(frozen=True, slots=True)
class DriveChange(Jsonable):
    """A day on which a drive moved or changed.

    Args:
        day: First day of the new state.
        kind: ``host``, ``rack``, ``firmware`` or ``application``.
        before: Name of what held before.
        after: Name of what holds since.
    """

    day: date
    kind: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogRow(Jsonable):
    """One entry of a log that the drive keeps itself.

    Args:
        log: ``self-test`` or ``error``.
        power_on_hours: Power-on hours of the drive at the time, as it counted them.
        kind: What was tested or went wrong.
        status: What the drive says of it.
        passed: Whether a test passed; None where it did not end, or nothing was tested.
        lba: Logical block address of the first error.
        description: In the source's words.
        first_day: Day of the first sample that shows it.
    """

    log: str
    power_on_hours: int | None
    kind: str | None
    status: str | None
    passed: bool | None
    lba: int | None
    description: str | None
    first_day: date | None


@dataclass(frozen=True, slots=True)
class PathNode(Jsonable):
    """One node of an evidence path, and the relationship by which the one before leads to it (empty for the first)."""

    label: str
    key: str
    name: str
    relation: str


@dataclass(frozen=True, slots=True)
class DriveDescription(Jsonable):
    """One drive.

    Args:
        drive: Serial as shown.
        key: Key of the Drive.
        fleet: Fleet name.
        synthetic: True for a synthetic fleet.
        model: Model name.
        facts: Flat facts: vendor, capacity_bytes, firmware, host, rack, room, site, application (names or None),
            rack_key, model_key, host_key, application_key, age_days, first_day, last_day, drive_days, num_readings,
            failure_day, failure_status.
        verdict: Worst open finding; ``green`` where readings gave none, ``unknown`` where no value was ever read.
        verdict_reason: One sentence.
        since_day: Since when the verdict holds, where the data tell.
        before: One sentence on what held before and on the cohort; empty where nothing can be said.
        findings: Open findings, worst first, then the green ones.
        series: Attributes with readings; those with findings first.
        evidence_path: From the worst finding to its source; empty where there is no finding.
        store_version: Version read.
        data_time: Last day of data in the drive's fleet.
        rule_base_version: Version of the rule base.
        num_rules: Rules in it.
        changes: Moves and changes of firmware and application, oldest first.
        logs: Entries of the drive's own self-test and error logs, newest first.
        literature: What literature says of the attribute of each open finding; findings without any are not in it.
    """

    drive: str
    key: str
    fleet: str
    synthetic: bool
    model: str
    facts: dict[str, Any]
    verdict: Severity
    verdict_reason: str
    since_day: date | None
    before: str
    findings: list[FindingRow]
    series: list[AttributeSeries]
    evidence_path: list[PathNode]
    store_version: int
    data_time: date | None
    rule_base_version: str
    num_rules: int
    changes: list[DriveChange] = field(default_factory=list)
    logs: list[LogRow] = field(default_factory=list)
    literature: list[FindingLiterature] = field(default_factory=list)
