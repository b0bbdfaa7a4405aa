"""What every reader brings its source into: a few narrow tables that no longer know where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

DAY = pa.date32()
INSTANT = pa.timestamp("us", tz="UTC")

DRIVES: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("drive_key", pa.string()),
        ("model", pa.string()),
        ("serial", pa.string()),
        ("vendor", pa.string()),
        ("capacity_bytes", pa.int64()),
        ("alias", pa.string()),
        ("protocol", pa.string()),
        ("medium", pa.string()),
    ]
)
PLACES: Final = ("firmware", "host", "enclosure", "rack", "room", "site", "application")
PLACEMENTS: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("drive_key", pa.string()),
        ("day", DAY),
        *((place, pa.string()) for place in PLACES),
        ("slot", pa.int64()),
    ]
)
FAILURES: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("drive_key", pa.string()),
        ("day", DAY),
        ("observed_at", INSTANT),
        ("precision", pa.string()),
    ]
)
INTERVALS: Final = pa.schema([("row", pa.int64()), ("drive_key", pa.string()), ("first_day", DAY), ("last_day", DAY)])
LOG_ENTRIES: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("drive_key", pa.string()),
        ("day", DAY),
        ("log", pa.string()),
        ("entry", pa.string()),
        ("power_on_hours", pa.int64()),
        ("kind", pa.string()),
        ("status", pa.string()),
        ("passed", pa.bool_()),
        ("lba", pa.int64()),
        ("description", pa.string()),
    ]
)
PLACE_READINGS: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("label", pa.string()),
        ("place", pa.string()),
        ("observed_at", INSTANT),
        ("day", DAY),
        *(
            (name, pa.float64())
            for name in ("temperature_celsius", "humidity_percent", "vibration_rms_m_s2", "power_watts")
        ),
    ]
)
REJECTS: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("raw", pa.string()),
    ]
)
READING_KEYS: Final = pa.schema(
    [("row", pa.int64()), ("drive_key", pa.string()), ("day", DAY), ("sequence", pa.int64())]
)
SCHEMAS: Final = {
    "drives": DRIVES,
    "placements": PLACEMENTS,
    "failures": FAILURES,
    "readings": READING_KEYS,
    "intervals": INTERVALS,
    "log_entries": LOG_ENTRIES,
    "place_readings": PLACE_READINGS,
    "rejects": REJECTS,
}


@dataclass(frozen=True, slots=True)
class RawRows:
    """Some consecutive rows of a source as they stand there.

    Args:
        path: The file.
        rows: All columns of the file; a CSV's are strings, with ``""`` where there is nothing.
        numbers: int64, one a row: the line of a CSV (its header is line 1) or the row of a Parquet file (from 1).
    """

    path: Path
    rows: pa.Table
    numbers: np.ndarray


@dataclass(frozen=True, slots=True)
class Normalised:
    """The content of some rows, in tables whose column ``row`` says which row a record came from.

    Args:
        drives: Schema ``DRIVES``; ``protocol`` is ``ata``, ``nvme`` or ``scsi`` and ``medium`` is ``flash`` or ``disk``
            where the source tells.
        placements: Schema ``PLACEMENTS``; where a drive was seen on a day (null: at an unknown time).
        failures: Schema ``FAILURES``; each is an event of status ``failed``.
        readings: Columns of ``READING_KEYS`` and one float64 column an attribute of the lake. Of two readings of one
            drive and day that one sample each, the one of higher ``sequence`` counts.
        intervals: Schema ``INTERVALS``; days (both included) in which a drive is known to have run.
        rejects: Schema ``REJECTS``; one for each row that cannot be used. Such a row is in no other table.
        log_entries: Schema ``LOG_ENTRIES``: what a drive's own ``log`` (``self-test`` or ``error``) held on the day of
            a sample. ``entry`` tells the entries of one drive's log apart and is the same in every sample.
        place_readings: Schema ``PLACE_READINGS``: the environment of a place, of ``label`` Host, Rack, Room or Site
            and the id ``place``; any number of samples a day.
    """

    drives: pa.Table
    placements: pa.Table
    failures: pa.Table
    readings: pa.Table
    intervals: pa.Table
    rejects: pa.Table
    log_entries: pa.Table = field(default_factory=LOG_ENTRIES.empty_table)
    place_readings: pa.Table = field(default_factory=PLACE_READINGS.empty_table)

    def tables(self) -> Mapping[str, pa.Table]:
        """The tables by name."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "rejects"}


def table(schema: pa.Schema, columns: Mapping[str, object], num_rows: int) -> pa.Table:
    """Build a table of a schema; a column that is not given is null.

    Args:
        schema: Names and types.
        columns: Arrow arrays, NumPy arrays or lists by name, each of ``num_rows`` values.
        num_rows: Rows of the table.
    """
    arrays = []
    for item in schema:
        values = columns.get(item.name)
        if values is None:
            arrays.append(pa.nulls(num_rows, item.type))
        elif isinstance(values, pa.Array | pa.ChunkedArray):
            arrays.append(values.cast(item.type) if values.type != item.type else values)
        else:
            arrays.append(pa.array(values, item.type))
    return pa.table(arrays, schema=schema)
