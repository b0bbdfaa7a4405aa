"""What drives were asked to do: one row a drive and day, with the bytes and operations of the whole day.

A day has one row. A second one with other numbers is refused rather than added up: which intervals an export covers,
and whether two of them overlap, only its owner knows.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from graph.errors import InputError, nearest
from graph.ontology import smart
from ingest.telemetry import columns, files
from ingest.telemetry.daily import normalise
from ingest.telemetry.files import Reader, SourceFile
from ingest.telemetry.formats import Format
from ingest.telemetry.mapped_times import ISO, instants
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.rows import RowCheck

NAMES = ("serial", "model")
TIMES = ("day", "time")
PLACES = ("application", "host")
MOST_BYTES_A_DAY = 2e15  # 23 GB in every second: more than any drive's interface carries
MOST_OPERATIONS_A_DAY = 2e12
DEEPEST_QUEUE = 1e7
BYTES = "more than a drive can move in a day; is it a total since the machine started, or in another unit than bytes?"
OPERATIONS = "more than a drive can do in a day; is it a total since the machine started?"
# Column: attribute, most that can be, and what a larger value looks like.
MEASURES = MappingProxyType(
    {
        "read_bytes": ("smart:host:read_bytes_per_day", MOST_BYTES_A_DAY, BYTES),
        "written_bytes": ("smart:host:written_bytes_per_day", MOST_BYTES_A_DAY, BYTES),
        "read_operations": ("smart:host:read_operations_per_day", MOST_OPERATIONS_A_DAY, OPERATIONS),
        "write_operations": ("smart:host:write_operations_per_day", MOST_OPERATIONS_A_DAY, OPERATIONS),
        "queue_depth": ("smart:host:queue_depth", DEEPEST_QUEUE, "more requests than any queue holds"),
    }
)
OWN = (*MEASURES, "application")
KNOWN = (*TIMES, *NAMES, *MEASURES, *PLACES)


def transform(raw: RawRows, fleet: str) -> Normalised:
    """Normalise days of work.

    Args:
        raw: Rows with ``day`` or ``time``, ``serial``, ``model``, and any of ``MEASURES`` and ``PLACES``.
        fleet: Name of the fleet.
    """
    check = RowCheck(raw)
    there = raw.rows.column_names
    serial, model = check.text("serial"), check.text("model")
    day = check.day("day") if "day" in there else day_of_time(check)
    readings: dict[str, np.ndarray] = {}
    holds = np.zeros(raw.rows.num_rows, bool)
    for name, (key, most, what) in MEASURES.items():
        if name in there:
            values = check.number(name, minimum=0)
            check.refuse(values > most, name, f"is impossible: {what}")
            readings[smart.column(key)] = values
            holds |= ~np.isnan(values)
    places = {name: columns.identifiers(raw.rows[name]) for name in PLACES if name in there}
    for values in places.values():
        holds |= columns.present(values)
    check.refuse(~holds, "", "holds no value besides the drive's name")
    return normalise(
        check,
        fleet,
        day=day,
        serial=serial,
        model=model,
        capacity_bytes=np.full(raw.rows.num_rows, np.nan),
        failed=np.zeros(raw.rows.num_rows, bool),
        readings=readings,
        places=places,
    )


def day_of_time(check: RowCheck, column: str = "time") -> pa.Array:
    """Days (UTC) of a column of times."""
    return times(check, column).cast(pa.date32(), safe=False)


def times(check: RowCheck, column: str) -> pa.Array:
    """Points in time, as ISO 8601; those that cannot be are refused."""
    values, unreadable = instants(check.raw.rows[column], ISO, "UTC")
    check.refuse(unreadable, column, "is not a time; expected 2024-12-31T06:00:00Z, or 2024-12-31 06:00:00 in UTC")
    check.refuse(~columns.present(values), column, "is empty, a time is needed")
    days = values.cast(pa.date32(), safe=False)
    future, early = columns.impossible_days(days, check.today)
    check.refuse(future, column, f"is impossible: in the future (today is {check.today})")
    check.refuse(early, column, f"is impossible: before {columns.FIRST_DAY}, when drives had no SMART")
    return values


def look_over(path: Path) -> SourceFile:
    """Look a table over and make sure that it has the columns.

    Raises:
        InputError: It cannot be read, or lacks a column.
    """
    file = files.look_over(path)
    check_time(file, "workload")
    for name in NAMES:
        if name not in file.columns:
            raise InputError(
                f"{path}:1: column '{name}' is missing for format 'workload'; the file has {in_short(file.columns)}."
                f"{nearest(name, file.columns)}"
            )
    if not set(OWN) & set(file.columns):
        raise InputError(
            f"{path}:1: format 'workload' needs at least one of {', '.join(OWN)}; the file has "
            f"{in_short(file.columns)}. Columns of attributes are read by --format atoll-daily."
        )
    return replace(file, unread=tuple(name for name in file.columns if name not in KNOWN))


def check_time(file: SourceFile, format_name: str) -> None:
    """Make sure that a table has a day or a time, and is separated by commas.

    Raises:
        InputError: It has neither, or both.
    """
    has = [name for name in TIMES if name in file.columns]
    if len(has) == 1:
        return
    told = "both 'day' and 'time'; leave one out" if has else "neither 'day' nor 'time'"
    mark = next((mark for mark in (";", "\t", "|") if len(file.columns) == 1 and mark in file.columns[0]), None)
    hint = f" The columns are separated by {'a tab' if mark == chr(9) else repr(mark)}; commas are expected."
    raise InputError(
        f"{file.path}:1: format '{format_name}' needs one column 'day' or 'time'; the file has {told}"
        f" ({in_short(file.columns)}).{hint if mark else ''}"
    )


def in_short(names: tuple[str, ...]) -> str:
    """The first names of a header."""
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")


def header_of(head: bytes) -> set[str]:
    """Names in the first line of a CSV; none of what is no text."""
    line = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0]
    try:
        return {name.strip().strip('"') for name in line.decode().split(",")}
    except UnicodeDecodeError:
        return set()


def recognises(head: bytes) -> bool:
    """Whether a CSV that begins so is a table of work: names of drives, and of measures that no other format has."""
    names = header_of(head)
    return set(NAMES) <= names and bool(set(MEASURES) & names) and bool(set(TIMES) & names)


FORMAT = Format(
    name="workload",
    required=(),
    transform=transform,
    knows=lambda column: column in KNOWN,
    one_row_a_day=True,
    reader=Reader((".csv", ".parquet"), look_over, files.chunks),
    recognises=recognises,
)
