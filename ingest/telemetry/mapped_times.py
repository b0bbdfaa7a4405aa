"""Days and times of foreign tables, in the one form that a mapping names; nothing else is taken for one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InputError, nearest
from ingest.telemetry import columns

ISO = "iso"
DAY_FIRST = "day-first"
MONTH_FIRST = "month-first"
EPOCH = {"epoch-seconds": 1, "epoch-milliseconds": 1000}
NAMED = (ISO, DAY_FIRST, MONTH_FIRST, *EPOCH)
EXAMPLES = {
    ISO: "2024-12-31 or 2024-12-31T06:00:00Z",
    DAY_FIRST: "31.12.2024, 31/12/2024 or 31-12-2024 06:00",
    MONTH_FIRST: "12/31/2024 or 12-31-2024 06:00",
    "epoch-seconds": "1735624800",
    "epoch-milliseconds": "1735624800000",
}
_WRITTEN = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_NUMBER = re.compile(r"\d{1,16}(\.\d+)?")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def checked_format(form: str | None, means: str) -> str:
    """The format of a day or a time, once it is named and can be used.

    Raises:
        InputError: There is none, or it is none.
    """
    if not form:
        raise InputError(f"a {means} needs its format; choose among {', '.join(NAMED)}, or a pattern such as %Y%m%d.")
    if form in NAMED:
        return form
    if "%" not in form:
        raise InputError(
            f"'{form}' is no format.{nearest(form, NAMED)} Known: {', '.join(NAMED)}, patterns like %Y%m%d."
        )
    try:
        moment = datetime(2024, 11, 30, 13, 14, 15, tzinfo=UTC)
        again = datetime.strptime(moment.strftime(form), form)
    except (ValueError, re.error) as error:
        raise InputError(f"'{form}' is no pattern for strptime ({error}).") from None
    if again.date() != moment.date():
        raise InputError(f"'{form}' does not tell year, month and day.")
    return form


def example(form: str) -> str:
    """How a value of a format looks."""
    return EXAMPLES.get(form) or datetime(2024, 12, 31, 6, tzinfo=UTC).strftime(form)


def instants(column: pa.ChunkedArray | pa.Array, form: str, zone: str) -> tuple[pa.Array, np.ndarray]:
    """Read points in time.

    Args:
        column: Text, or typed dates, timestamps or numbers of a Parquet file.
        form: A format that ``checked_format`` let pass.
        zone: IANA name of the zone of values that say none.

    Returns:
        timestamp[us, UTC] with null where there is nothing or it cannot be read, and a mask of what cannot be read.
    """
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    target = pa.timestamp("us", tz="UTC")
    if pa.types.is_timestamp(array.type):
        if array.type.tz is None and zone != "UTC":
            array = pc.assume_timezone(array, zone, ambiguous="earliest", nonexistent="latest")
        return array.cast(target, safe=False), np.zeros(len(array), bool)
    if pa.types.is_date(array.type):
        return array.cast(pa.timestamp("us")).cast(target), np.zeros(len(array), bool)
    encoded = columns.strings(array).dictionary_encode()
    parse = _parser(form, ZoneInfo(zone))
    parsed = [parse(value) for value in encoded.dictionary.to_pylist()]
    values = pa.array(parsed, target).take(encoded.indices) if parsed else pa.nulls(len(array), target)
    return values, columns.present(encoded.indices) & ~columns.present(values)


def share_read(values: list[str], form: str) -> float:
    """Share of the values that are of a format; 0 of none."""
    parse = _parser(form, ZoneInfo("UTC"))
    return sum(parse(value) is not None for value in values) / len(values) if values else 0.0


def _parser(form: str, zone: ZoneInfo) -> Callable[[str], datetime | None]:
    if form in EPOCH:
        return lambda text: _epoch(text, EPOCH[form])
    if form in (DAY_FIRST, MONTH_FIRST):
        return lambda text: _written(text, zone, day_first=form == DAY_FIRST)

    def parse(text: str) -> datetime | None:
        try:
            found = datetime.fromisoformat(text) if form == ISO else datetime.strptime(text, form)
            if form == ISO and "-" not in text[:8]:
                return None  # 20241231 is ISO 8601 too, but a number may be anything
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    return parse


def _epoch(text: str, a_second: int) -> datetime | None:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        found = datetime.fromtimestamp(0, UTC) + timedelta(seconds=float(text) / a_second)
    except OverflowError:
        return None
    return found if found >= _EARLIEST else None


def _written(text: str, zone: ZoneInfo, *, day_first: bool) -> datetime | None:
    parts = _WRITTEN.fullmatch(text)
    if not parts:
        return None
    first, second, year, hour, minute, seconds = (int(part or 0) for part in parts.groups())
    day, month = (first, second) if day_first else (second, first)
    try:
        return datetime(year, month, day, hour, minute, seconds, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
