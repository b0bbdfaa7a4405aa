"""What an ingest did, for people and for scripts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any


@dataclass(slots=True)
class IngestReport:
    """What one ingest read and changed.

    Args:
        fleet: Name of the fleet.
        format: Name of the format.
        rows_read: Rows of all files that were read.
        rows_rejected: Rows put into quarantine.
        rows_deduplicated: Rows that repeat another of the same drive and day; counted once.
        rows_replaced: Rows that changed a stored value: corrections.
        quarantine: Path of the quarantine file; None where no row was refused (and in a dry run).
        rejected_by_reason: Refused rows by column and reason.
        examples: The first refused rows, one sentence each.
        files_read: Files that were read.
        files_skipped: Files whose content an earlier run had read.
        unknown_columns: Columns that mean nothing to the format and were kept out.
        notes: What the format says of every source, and which files of a folder cannot be used and why.
        last_day: Last day that this source tells of; None where it has no day.
        drives: Drives of this source.
        windows: Telemetry windows of this source's drives.
        failures: Failure events of status ``failed`` of this source.
        new_drives: Drives of this source that the store did not have.
        new_failures: Failure events of this source that the store did not have.
        new_readings: Drive-days that the readings did not have, or had other values for.
        retired: Drives retired because a full snapshot does not list them; in a dry run those that would be.
        nodes_written: Nodes made or changed; 0 in a dry run.
        relationships_written: Relationships made or changed; 0 in a dry run.
        store_version: Version of the store afterwards.
        seconds: From the call to the end.
    """

    fleet: str
    format: str
    rows_read: int = 0
    rows_rejected: int = 0
    rows_deduplicated: int = 0
    rows_replaced: int = 0
    quarantine: str | None = None
    rejected_by_reason: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    files_read: int = 0
    files_skipped: int = 0
    unknown_columns: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    last_day: date | None = None
    drives: int = 0
    windows: int = 0
    failures: int = 0
    new_drives: int = 0
    new_failures: int = 0
    new_readings: int = 0
    retired: int = 0
    nodes_written: int = 0
    relationships_written: int = 0
    store_version: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """All fields, as ``docs/json/ingest-telemetry-1.json`` describes them."""
        return {**asdict(self), "last_day": self.last_day.isoformat() if self.last_day else None}
