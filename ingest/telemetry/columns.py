"""Parsing of columns: text or typed in, typed out, with a mask of what could not be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$|^(?i:nan|null|none)$"
INSTANT_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d", "%d-%m-%Y")
FIRST_DAY = date(1990, 1, 1)  # before the first drive that speaks SMART

Parsed = tuple[pa.Array, np.ndarray]


def strings(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Text without surrounding blanks; null where there is none. Whole floats lose their ``.0`` (``11.0`` → ``11``)."""
    column = _array(column)
    if pa.types.is_floating(column.type):
        whole = pc.equal(column, pc.floor(column))
        as_text = pc.if_else(whole, pc.cast(_safe_integers(column), pa.string()), pc.cast(column, pa.string()))
        return pc.if_else(pc.is_nan(column), None, as_text)
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), None, text)


def identifiers(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Numbers used as names, brought into one form: ``7``, ``7.0`` and `` 7 `` are the same."""
    return pc.replace_substring_regex(strings(column), r"^([0-9]+)\.0+$", r"\1")


def numbers(column: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Read numbers.

    Returns:
        float64 with NaN where there is nothing, and a mask of what is there but is no finite number.
    """
    column = _array(column)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        values = _float64(column)
        return np.where(np.isinf(values), np.nan, values), np.isinf(values)
    text = strings(column)
    if text.null_count == len(text):
        return np.full(len(text), np.nan), np.zeros(len(text), bool)
    readable = pc.match_substring_regex(text, NUMBER)
    nothing = pc.match_substring_regex(text, r"(?i)^(nan|null|none)$")
    values = _float64(pc.cast(pc.if_else(pc.and_not(readable, nothing), text, None), pa.float64()))
    unreadable = _mask(pc.invert(readable)) | np.isinf(values)
    return np.where(np.isinf(values), np.nan, values), unreadable


def flags(column: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Read a yes or no written 0, 1, 0.0, 1.0, true or false; nothing is no.

    Returns:
        bool, and a mask of what is there but is neither.
    """
    text = pc.utf8_lower(strings(_array(column).cast(pa.string())))
    yes = _mask(pc.is_in(text, pa.array(["1", "1.0", "true"])))
    no = _mask(pc.is_in(text, pa.array(["0", "0.0", "false"])))
    return yes, ~yes & ~no & _mask(pc.is_valid(text))


def days(column: pa.ChunkedArray | pa.Array) -> Parsed:
    """Read days written ``2024-12-31`` or day first ``31-12-2024``, or typed as date or timestamp.

    Returns:
        date32 with null where there is nothing or it cannot be read, and a mask of what cannot be read.
    """
    column = _array(column)
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return column.cast(pa.date32(), safe=False), np.zeros(len(column), bool)
    return _by_distinct_value(column, _day, pa.date32())


def instants(column: pa.ChunkedArray | pa.Array) -> Parsed:
    """Read points in time, taken as UTC where no zone is given.

    Returns:
        timestamp[us, UTC] with null where there is nothing or it cannot be read, and a mask of what cannot be read.
    """
    column = _array(column)
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        stamps = column.cast(pa.timestamp("us"), safe=False) if pa.types.is_date(column.type) else column
        return stamps.cast(pa.timestamp("us", tz="UTC"), safe=False), np.zeros(len(column), bool)
    return _by_distinct_value(column, _instant, pa.timestamp("us", tz="UTC"))


def impossible_days(values: pa.Array, today: date) -> tuple[np.ndarray, np.ndarray]:
    """Masks of days that cannot be: in the future (a day allowed for the zone), and before drives had SMART."""
    late = pc.greater(values, pa.scalar(today + timedelta(days=1), pa.date32()))
    return _mask(late), _mask(pc.less(values, pa.scalar(FIRST_DAY, pa.date32())))


def present(values: pa.Array) -> np.ndarray:
    """Mask of the values that are not null."""
    return pc.is_valid(values).to_numpy(zero_copy_only=False)


def number_lists(column: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read JSON lists of numbers, ``[1.0, NaN, null]``; a number may be written as text, ``["1.0"]``.

    Returns:
        All values in one float64 array (NaN where there is none), the length of each list (int64), and a mask of
        what is no such list; that counts as empty.
    """
    column = _array(column)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False).astype(np.int64)
        values, bad = numbers(pc.list_flatten(column))
        return values, lengths, _any_in_list(bad, lengths)
    text = strings(column)
    is_list = pc.fill_null(pc.match_substring_regex(text, r"^\[.*\]$"), fill_value=False)
    inner = pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(text, 1, -1))
    inner = pc.if_else(pc.and_(is_list, pc.not_equal(inner, "")), inner, None)
    parts = pc.split_pattern(inner, ",")
    lengths = pc.fill_null(pc.list_value_length(parts), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    parts = pc.replace_substring_regex(pc.list_flatten(parts), r'^\s*"([^"]*)"\s*$', r"\1")
    values, bad = numbers(parts)
    return values, lengths, _any_in_list(bad, lengths) | (_mask(pc.is_valid(text)) & ~_mask(is_list))


def texts_of(column: pa.ChunkedArray | pa.Array, mask: np.ndarray) -> list[str]:
    """The values of the masked rows as they stand in the source, for a message; at most 200 characters each."""
    picked = _array(column).filter(pa.array(mask))
    return ["" if value is None else str(value)[:200] for value in picked.to_pylist()]


def _array(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # an empty or very large column stays chunked
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _float64(column: pa.Array) -> np.ndarray:
    return column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False).astype(np.float64, copy=False)


def _mask(column: pa.Array) -> np.ndarray:
    return pc.fill_null(column, fill_value=False).to_numpy(zero_copy_only=False)


def _safe_integers(column: pa.Array) -> pa.Array:
    limit = 2.0**53
    small = pc.and_(pc.less_equal(pc.abs(column), limit), pc.equal(column, pc.floor(column)))
    return pc.if_else(small, column, None).cast(pa.int64())


def _any_in_list(bad: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    owner = np.repeat(np.arange(len(lengths)), lengths)
    return np.bincount(owner[bad], minlength=len(lengths)).astype(bool) if bad.any() else np.zeros(len(lengths), bool)


def _by_distinct_value(column: pa.Array, parse: Callable[[str], date | None], kind: pa.DataType) -> Parsed:
    # A file has few distinct days and many rows: each is parsed once.
    encoded = strings(column).dictionary_encode()
    parsed = [parse(value) for value in encoded.dictionary.to_pylist()]
    values = pa.array(parsed, kind).take(encoded.indices) if parsed else pa.nulls(len(column), kind)
    return values, _mask(pc.is_valid(encoded.indices)) & ~_mask(pc.is_valid(values))


def _day(text: str) -> date | None:
    stamp = _instant(text)
    return stamp.date() if stamp else None


def _instant(text: str) -> datetime | None:
    for form in INSTANT_FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
