"""Arrow tables as what ArcadeDB's batch interface takes: JSON objects, or Java values where JSON cannot carry them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_MICROSECONDS = 1_000_000


def needs_java_values(schema: pa.Schema) -> bool:
    """Return True where a column holds dates or datetimes, or lists of them."""
    return any(pa.types.is_temporal(_element_type(field.type)) for field in schema)


def _element_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_list(kind) or pa.types.is_large_list(kind) else kind


def json_objects(rows: pa.Table) -> pa.Array:
    """Return one JSON object a row, as text; nulls are left out.

    Args:
        rows: Columns of int64, float64, string, bool and lists of these; no NaN, no infinity.
    """
    parts: list[pa.Array] = []
    for name in rows.column_names:
        column = rows[name].combine_chunks()
        member = pc.binary_join_element_wise(f",{json.dumps(name)}:", _json_values(column), "")
        parts.append(pc.fill_null(member, "") if column.null_count else member)
    if not parts:
        return pa.array(["{}"] * rows.num_rows, pa.string())
    members = pc.binary_join_element_wise(*parts, "")
    # Every member brings its own comma; that of the first is cut off.
    return pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(members, 1), "}", "")


def _json_values(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return column.cast(pa.string())
    if pa.types.is_floating(kind):
        text = column.cast(pa.string())
        # Arrow writes 3.0 as "3", which would come back as an integer.
        return pc.if_else(pc.match_substring_regex(text, r"[.eE]"), text, pc.binary_join_element_wise(text, ".0", ""))
    if not pa.types.is_string(kind):  # lists, and columns of nothing but nulls
        dumped = [None if each is None else json.dumps(each, allow_nan=False) for each in column.to_pylist()]
        return pa.array(dumped, pa.string())
    encoded = column.dictionary_encode()
    return pa.array(map(json.dumps, encoded.dictionary.to_pylist()), pa.string()).take(encoded.indices)


def java_values(rows: pa.Table) -> Any:
    """Return a Java ``Object[][]``: name, value, name, value of each row, nulls left out.

    A datetime becomes the ``LocalDateTime`` of its UTC time, which is what the server makes of a UTC datetime that
    comes over Bolt.
    """
    import jpype

    object_array = jpype.JArray(jpype.JObject)
    columns = [(name, _java_column(rows[name].combine_chunks())) for name in rows.column_names]
    made: list[list[Any]] = [[] for _ in range(rows.num_rows)]
    for name, values in columns:
        for row, value in zip(made, values, strict=True):
            if value is not None:
                row.extend((name, value))
    return jpype.JArray(jpype.JObject[:])([object_array(row) for row in made])


def _java_column(column: pa.Array) -> list[Any]:
    import jpype

    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        elements = _java_column(column.values)
        offsets = column.offsets.to_pylist()
        java_list, arrays = jpype.JClass("java.util.ArrayList"), jpype.JClass("java.util.Arrays")
        object_array = jpype.JArray(jpype.JObject)
        return [
            java_list(arrays.asList(object_array(elements[start:end]))) if valid else None
            for start, end, valid in zip(offsets[:-1], offsets[1:], column.is_valid().to_pylist(), strict=True)
        ]
    if not pa.types.is_temporal(column.type):
        return list(column.to_pylist())
    encoded = column.dictionary_encode()  # few distinct days and times, so few Java objects
    made = np.array([*_java_times(encoded.dictionary), None], dtype=object)
    return list(made[pc.fill_null(encoded.indices, len(made) - 1).to_numpy()])


def _java_times(values: pa.Array) -> list[Any]:
    import jpype

    if pa.types.is_date(values.type):
        local_date = jpype.JClass("java.time.LocalDate")
        return [local_date.ofEpochDay(day) for day in values.cast(pa.date32()).cast(pa.int32()).to_pylist()]
    local_datetime, utc = jpype.JClass("java.time.LocalDateTime"), jpype.JClass("java.time.ZoneOffset").UTC
    microseconds = values.cast(pa.timestamp("us", tz=values.type.tz)).cast(pa.int64()).to_pylist()
    return [
        local_datetime.ofEpochSecond(each // _MICROSECONDS, each % _MICROSECONDS * 1000, utc) for each in microseconds
    ]
