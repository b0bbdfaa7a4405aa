"""What every reader brings its source into: a few narrow tables that no longer know where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
        drives: Schema ``DRIVES``.
        placements: Schema ``PLACEMENTS``; where a drive was seen on a day (null: at an unknown time).
        failures: Schema ``FAILURES``; each is an event of status ``failed``.
        readings: Columns of ``READING_KEYS`` and one float64 column an attribute of the lake. Of two readings of one
            drive and day that one sample each, the one of higher ``sequence`` counts.
        intervals: Schema ``INTERVALS``; days (both included) in which a drive is known to have run.
        rejects: Schema ``REJECTS``; one for each row that cannot be used. Such a row is in no other table.
    """

    drives: pa.Table
    placements: pa.Table
    failures: pa.Table
    readings: pa.Table
    intervals: pa.Table
    rejects: pa.Table

    def tables(self) -> Mapping[str, pa.Table]:
        """The tables by name."""
        return {name: getattr(self, name) for name in ("drives", "placements", "failures", "readings", "intervals")}


def table(schema: pa.Schema, columns: Mapping[str, object], num_rows: int) -> pa.Table:
    """Build a table of a schema; a column that is not given is null.

    Args:
        schema: Names and types.
        columns: Arrow arrays, NumPy arrays or lists by name, each of ``num_rows`` values.
        num_rows: Rows of the table.
    """
    arrays = []
    for field in schema:
        values = columns.get(field.name)
        if values is None:
            arrays.append(pa.nulls(num_rows, field.type))
        elif isinstance(values, pa.Array | pa.ChunkedArray):
            arrays.append(values.cast(field.type) if values.type != field.type else values)
        else:
            arrays.append(pa.array(values, field.type))
    return pa.table(arrays, schema=schema)
