"""Alibaba's failure tickets of SSDs (alibaba-edu/dcbrain, ssd_open_data): drive, host, rack and machine room.

The SMART values beside a ticket were taken at the failure. They exist for failed drives only, so as readings they
would tell a model the outcome; they are kept out.
"""

from __future__ import annotations

import re

import pyarrow as pa

from ingest.telemetry import alibaba, columns
from ingest.telemetry.formats import Format
from ingest.telemetry.identity import drive_keys
from ingest.telemetry.normalised import (
    DRIVES,
    FAILURES,
    INTERVALS,
    PLACEMENTS,
    READING_KEYS,
    Normalised,
    RawRows,
    table,
)
from ingest.telemetry.rows import RowCheck

SNAPSHOT_COLUMN = re.compile(r"[rn]_(\d+|program|erase|blocks|wearout)")


def transform(raw: RawRows, fleet: str) -> Normalised:
    """Normalise failure tickets.

    Args:
        raw: Rows of the ticket table.
        fleet: Name of the fleet.
    """
    check = RowCheck(raw)
    disk, model = check.text("disk_id"), check.text("model")
    observed_at, day = check.instant("failure_time")
    failed = check.flag("failure")
    places = {"host": "node_id", "rack": "rack_id", "room": "machine_room_id"}
    seen = {place: columns.identifiers(raw.rows[column]) for place, column in places.items()}
    seen["application"] = alibaba.applications(columns.strings(raw.rows["app"]))
    usable = pa.array(check.usable)
    num_rows = int(check.usable.sum())
    models, alias = alibaba.canonical_models(model.filter(usable))
    keys = drive_keys(fleet, models, disk.filter(usable))
    common = {"row": pa.array(raw.numbers).filter(usable), "drive_key": keys}
    drives = {**common, "model": models, "serial": disk.filter(usable), "alias": alias}
    drives["vendor"] = alibaba.vendors(models)
    events = {**common, "day": day.filter(usable), "observed_at": observed_at.filter(usable)}
    events["precision"] = pa.array(["second"] * num_rows)
    # When a drive came to its place and left it, a ticket does not tell: the placement has no day.
    placed = {**common, **{place: values.filter(usable) for place, values in seen.items()}}
    return Normalised(
        drives=table(DRIVES, drives, num_rows),
        placements=table(PLACEMENTS, placed, num_rows),
        failures=table(FAILURES, events, num_rows).filter(pa.array(failed[check.usable])),
        readings=table(READING_KEYS, {}, 0),
        intervals=table(INTERVALS, {}, 0),
        rejects=check.rejects(),
    )


FORMAT = Format(
    name="alibaba-tickets",
    required=("model", "failure_time", "failure", "app", "disk_id", "node_id", "rack_id", "machine_room_id"),
    transform=transform,
    knows=lambda column: SNAPSHOT_COLUMN.fullmatch(column) is not None,
    notes=(
        "SMART values beside a ticket were taken at the failure and exist for failed drives only; "
        "they are kept out of the readings, where they would give the outcome away.",
    ),
)
