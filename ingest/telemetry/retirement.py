"""Retiring drives: those in service that a source declared a full snapshot does not list on its last day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from graph.errors import RefusedError
from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import GraphStore
from ingest.telemetry.formats import Format
from ingest.telemetry.registry import FORMATS, MAPPED, format_named
from ingest.telemetry.settled import Settled

RETIRE_LIMIT = 0.5
"""Largest part of the drives in service that one run may retire: beyond it a file is taken to be incomplete."""

DRIVE_ENDS = pa.schema([("drive", pa.string()), ("last_day", pa.date32()), ("ended_on", pa.date32())])


@dataclass(frozen=True, slots=True)
class Retirement:
    """Drives that leave service.

    Args:
        drives: ``drive_key`` and ``last_day``, its last day with data.
        num_in_service: Drives in service before.
        num_spared: Drives not listed that stay in service, because a refused row may be theirs.
    """

    drives: pa.Table
    num_in_service: int
    num_spared: int = 0

    def batch(self, fleet: str) -> Batch:
        """The events; of status ``retired``, on each drive's last day with data."""
        rows = self.drives.to_pylist()
        events = [
            {
                "key": f"failure:{row['drive_key']}:{row['last_day']}",
                "name": f"Retired on {row['last_day']}",
                "fleet": fleet,
                "day": row["last_day"],
                "status": "retired",
                "drive": row["drive_key"],
                "precision": "day",
            }
            for row in rows
        ]
        links = [{"head": event["drive"], "tail": event["key"]} for event in events]
        return Batch(
            (NodeTable("FailureEvent", pa.Table.from_pylist(events)),),
            (RelationTable("HAS_FAILURE", "Drive", "FailureEvent", pa.Table.from_pylist(links)),),
        )


def check_is_snapshot(chosen: Format) -> None:
    """Make sure that what a source does not list has left.

    Raises:
        RefusedError: The format is not declared a full snapshot.
    """
    if chosen.full_snapshot:
        return
    known = [name for name in sorted(FORMATS) if name != MAPPED and format_named(name).full_snapshot]
    raise RefusedError(
        f"--retire: format '{chosen.name}' is not declared a full snapshot, so a drive that it does not list may well "
        f"be in service. Expected {', '.join(known)}, or a mapping file with 'full_snapshot: true'."
    )


def find_retired(settled: Settled, store: GraphStore, fleet: str, refused: Iterable[str], limit: float) -> Retirement:
    """Find the drives in service that are not listed on the last day of the source.

    Out of service is a drive that failed or was retired on its last day with data or later; with data after that it is
    in service again.

    Args:
        settled: The rows that count.
        store: The graph.
        fleet: Name of the fleet.
        refused: Refused rows as they stand in the source: whose serial stands in one of them stays in service.
        limit: Largest part of the drives in service that may be retired.

    Raises:
        RefusedError: More would be retired.
    """
    found = store.query("drive_ends", {"fleet": f"fleet:{fleet}"}).rows
    columns = list(zip(*found, strict=True)) or [()] * len(DRIVE_ENDS)
    arrays = [pa.array(values, item.type) for values, item in zip(columns, DRIVE_ENDS, strict=True)]
    settled.sql.register("source_drive_ends", pa.table(arrays, schema=DRIVE_ENDS))
    settled.fetch(
        """
        CREATE OR REPLACE TEMP TABLE source_serving AS
        WITH seen AS (SELECT drive_key, max(day) AS last_day FROM source_readings GROUP BY drive_key),
        failed AS (SELECT drive_key, max(day) AS ended_on FROM source_failures GROUP BY drive_key)
        SELECT coalesce(s.drive_key, e.drive) AS drive_key, greatest(s.last_day, e.last_day) AS last_day,
          greatest(e.ended_on, f.ended_on) AS ended_on
        FROM seen s FULL JOIN source_drive_ends e ON e.drive = s.drive_key
        LEFT JOIN failed f ON f.drive_key = coalesce(s.drive_key, e.drive)
        """
    )
    serving = "source_serving WHERE last_day IS NOT NULL AND (ended_on IS NULL OR ended_on < last_day)"
    drives = settled.arrow(
        f"SELECT drive_key, last_day FROM {serving} AND last_day < (SELECT max(day) FROM source_readings) "
        "ORDER BY drive_key"
    )
    num_in_service = settled.number(f"(FROM {serving})")
    kept = _without_refused(drives, list(refused))
    if kept.num_rows > limit * num_in_service:
        ((day,),) = settled.fetch("SELECT max(day) FROM source_readings")
        raise RefusedError(
            f"--retire: {kept.num_rows:,} of the {num_in_service:,} drives of fleet '{fleet}' in service are not "
            f"listed on {day}, more than {limit:.0%} (--retire-limit). Is the source complete? Nothing was written; "
            "without --retire it is read and retires nothing."
        )
    return Retirement(kept, num_in_service, drives.num_rows - kept.num_rows)


def _without_refused(drives: pa.Table, refused: list[str]) -> pa.Table:
    """The drives whose serial stands in no refused row."""
    if not refused:
        return drives
    text = "\n".join(refused)
    named = [key.rpartition(":")[2] in text for key in drives.column("drive_key").to_pylist()]
    return drives.filter(pa.array([not each for each in named], pa.bool_()))
