"""Arrow tables of a batch: checked as a whole, then turned into rows that Bolt carries."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InputError
from graph.ontology.model import NodeTable, RelationTable
from graph.stores.vocabulary import check_label, check_relation

RESERVED = ("run", "source", "sources")
UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")
ALLOWED = "int64, float64, string, bool, date32, timestamp[us, UTC] and lists of these"
Row = dict[str, Any]


def node_rows(table: NodeTable) -> pa.Table:
    """The rows of a node table in the types that a store takes.

    Raises:
        InputError: Unknown label, missing or null key or name, a type or value that no store can hold.
    """
    check_label(table.label)
    return _checked(table.rows, table.label, ("key", "name"))


def relation_rows(table: RelationTable) -> pa.Table:
    """The rows of a relation table in the types that a store takes.

    Raises:
        InputError: Unknown type or label, a missing or null end, a type or value that no store can hold.
    """
    check_relation(table.relation)
    check_label(table.head_label)
    check_label(table.tail_label)
    return _checked(table.rows, table.relation, ("head", "tail"))


def row_dicts(rows: pa.Table) -> list[Row]:
    """One dict a row without its nulls: a null is "no value"."""
    names = rows.column_names
    columns = [column.to_pylist() for column in rows.columns]
    if not any(column.null_count for column in rows.columns):
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    return [
        {name: value for name, value in zip(names, values, strict=True) if value is not None}
        for values in zip(*columns, strict=True)
    ]


def _checked(rows: pa.Table, place: str, required: tuple[str, ...]) -> pa.Table:
    for name in required:
        if name not in rows.column_names:
            raise InputError(f"{place}: column '{name}' is missing. Given: {', '.join(rows.column_names)}.")
    columns: dict[str, pa.ChunkedArray] = {}
    for name in rows.column_names:
        if name in RESERVED:
            raise InputError(f"{place}.{name}: this property is the store's own. Name yours otherwise.")
        if name in columns:
            raise InputError(f"{place}.{name}: the column stands twice in the table.")
        if not (name.isidentifier() and name.isascii()):
            raise InputError(f"{place}: '{name}' is no property name. Expected snake_case.")
        column = _storable(rows.column(name), f"{place}.{name}")
        if column is not None:
            columns[name] = column
    for name in required:
        column = columns.get(name)
        if column is None and rows.num_rows:
            raise InputError(f"{place}.{name}: all values are null; every row needs one.")
        if column is not None and (
            column.type != pa.string() or column.null_count or pc.any(pc.equal(column, "")).as_py()
        ):
            raise InputError(f"{place}.{name}: every row needs a non-empty text, and {column.null_count} have none.")
    if not columns:
        return pa.table({name: pa.array([], pa.string()) for name in required})
    return pa.table(columns)


def _storable(column: pa.ChunkedArray, place: str) -> pa.ChunkedArray | None:
    """The column in its stored type; None where it holds no value at all."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_null(kind):
        return None
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        items = pc.list_flatten(column)
        if items.null_count:
            raise InputError(f"{place}: a list holds a null, which no store can keep.")
        stored = _scalar_type(kind.value_type, place)
        _refuse_non_finite(items, place)
        return column.cast(pa.list_(stored))
    stored = _scalar_type(kind, place)
    _refuse_non_finite(column, place)
    return column.cast(stored)


def _scalar_type(kind: pa.DataType, place: str) -> pa.DataType:
    types = pa.types
    if types.is_integer(kind) and kind != pa.uint64():
        return pa.int64()
    if types.is_floating(kind):
        return pa.float64()
    if types.is_string(kind) or types.is_large_string(kind):
        return pa.string()
    if types.is_boolean(kind):
        return pa.bool_()
    if types.is_date32(kind):
        return pa.date32()
    if types.is_timestamp(kind) and kind.tz is not None:
        return UTC_MICROSECONDS
    raise InputError(f"{place}: type {kind} cannot be stored. Expected {ALLOWED}.")


def _refuse_non_finite(column: pa.ChunkedArray | pa.Array, place: str) -> None:
    if not pa.types.is_floating(column.type):
        return
    bad = pc.sum(pc.invert(pc.is_finite(column))).as_py() or 0
    if bad:
        raise InputError(f"{place}: {bad} values are NaN or infinite. Expected finite numbers, or null for no value.")
