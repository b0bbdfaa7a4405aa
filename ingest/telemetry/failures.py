"""Failures that are stored and that a source does not repeat on their day."""

from __future__ import annotations

import pyarrow as pa

from graph.ports import GraphStore
from ingest.telemetry.settled import Settled

NUM_NAMED = 5


def not_repeated_failures(settled: Settled, store: GraphStore, fleet: str) -> list[str]:
    """Tell of stored failures on days of which a row of the drive says that it did not fail.

    They stay: another source may have told them, and findings cite them.

    Args:
        settled: The rows that count; each is a drive-day and tells whether the drive failed.
        store: The graph.
        fleet: Name of the fleet.

    Returns:
        A note, or none.
    """
    ((first, last),) = settled.fetch("SELECT min(day), max(day) FROM source_readings")
    if first is None:
        return []
    given = {"fleet": fleet, "first_day": first, "last_day": last}
    stored = store.query("failures_between", given).rows
    known = pa.table(
        {
            "drive": pa.array([drive for drive, _ in stored], pa.string()),
            "failed_on": pa.array([day for _, day in stored], pa.date32()),
        }
    )
    settled.sql.register("source_known_failures", known)
    found = settled.fetch(
        "SELECT drive_key, day FROM source_readings JOIN source_known_failures "
        "ON drive = drive_key AND failed_on = day ANTI JOIN source_failures USING (drive_key, day) "
        "ORDER BY day, drive_key"
    )
    if not found:
        return []
    named = ", ".join(f"{drive} on {day}" for drive, day in found[:NUM_NAMED])
    more = ", …" if len(found) > NUM_NAMED else ""
    return [
        f"{len(found):,} stored failures are not repeated by the row of their drive and day; they stay: {named}{more}."
    ]
