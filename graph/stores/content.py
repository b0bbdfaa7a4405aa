"""A hash of everything a store holds that can be kept up while writing.

It is a sum modulo 2**64 of one term for each (entity, property, value), so creating adds terms, deleting subtracts
them, changing does both, and the order of writing does not matter. It tells a store that only Atoll wrote from one
that something else changed; it is no defence against someone who forges it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

MODULUS = 2**64
NODE, RELATION = ("key",), ("head", "tail")
OWN = frozenset({"run", "source", "sources"})
_ENTITY = np.uint64(0x9E3779B97F4A7C15)  # odd constants, so that multiplying loses nothing (Knuth, TAOCP 3, 6.4)
_PROPERTY = np.uint64(0xC2B2AE3D27D4EB4F)


def of_nodes(label: str, rows: pa.Table) -> int:
    """Hash of nodes given as a table with their keys."""
    return _sum(_hash_texts(label, rows.column("key")), rows)


def of_relations(relation: str, rows: pa.Table) -> int:
    """Hash of relationships given as a table with head, tail and properties."""
    return _sum(_ends(relation, rows), rows)


def of_stored_nodes(label: str, stored: Iterable[Mapping[str, Any]]) -> int:
    """Hash of nodes as plain property dicts."""
    return _of_dicts(label, list(stored), NODE)


def of_stored_relations(relation: str, stored: Iterable[Mapping[str, Any]]) -> int:
    """Hash of relationships as plain property dicts with ``head`` and ``tail``."""
    return _of_dicts(relation, list(stored), RELATION)


def of_changes(
    name: str, ends: tuple[str, ...], before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> int:
    """What changing some entities adds to the hash.

    Args:
        name: Label or relationship type.
        ends: What identifies an entity: ``NODE`` or ``RELATION``.
        before: Their identities and the old values of what changes.
        after: Their identities and the new values.
    """
    return (_of_dicts(name, after, ends) - _of_dicts(name, before, ends)) % MODULUS


def _of_dicts(name: str, dicts: Sequence[Mapping[str, Any]], ends: tuple[str, ...]) -> int:
    """Group by property and by kind of value first: a store has no columns, so one property may hold several kinds."""
    columns: dict[tuple[str, type], tuple[list[int], list[Any]]] = {}
    texts = ["\x1f".join([str(row.get(end)) for end in ends] + _valid_from(row, ends)) for row in dicts]
    for index, row in enumerate(dicts):
        for key, value in row.items():
            if value is not None and key not in OWN:
                at, values = columns.setdefault((key, type(value)), ([], []))
                at.append(index)
                values.append(value)
    entities = _hash_texts(name, pa.chunked_array([pa.array(texts, pa.string())]))
    total = 0
    for (key, _), (at, values) in columns.items():
        total += _terms(entities[np.array(at)], key, _hash_values(pa.chunked_array([_typed(values)])))
    return total % MODULUS


def _typed(values: list[Any]) -> pa.Array:
    if isinstance(values[0], datetime):
        return pa.array(values, pa.timestamp("us", tz="UTC"))
    return pa.array(values)


def _valid_from(row: Mapping[str, Any], ends: tuple[str, ...]) -> list[str]:
    if len(ends) == 1:
        return []
    value = row.get("valid_from")
    return ["" if value is None else value.isoformat()[:10] if isinstance(value, date) else str(value)]


def _ends(relation: str, rows: pa.Table) -> np.ndarray:
    frame = rows.select(["head", "tail"]).to_pandas()
    starts = [""] * rows.num_rows
    if "valid_from" in rows.column_names:
        starts = [
            _valid_from({"valid_from": value}, ("head", "tail"))[0] for value in rows.column("valid_from").to_pylist()
        ]
    texts = frame["head"] + "\x1f" + frame["tail"] + "\x1f" + pd.Series(starts, dtype=object, index=frame.index)
    return _hash_objects((relation + "\x1f" + texts).to_numpy(dtype=object))


def _hash_texts(name: str, keys: pa.ChunkedArray) -> np.ndarray:
    return _hash_objects((name + "\x1f" + keys.to_pandas().astype(object)).to_numpy(dtype=object))


def _hash_objects(values: np.ndarray) -> np.ndarray:
    if not len(values):
        return np.zeros(0, np.uint64)
    return pd.util.hash_array(values, categorize=False).astype(np.uint64)


def _sum(entities: np.ndarray, rows: pa.Table) -> int:
    total = 0
    for name in rows.column_names:
        column = rows.column(name)
        if column.null_count == len(column):
            continue
        present = entities
        if column.null_count:
            present = entities[column.is_valid().to_numpy()]
            column = column.drop_null()
        total += _terms(present, name, _hash_values(column))
    return total % MODULUS


def _terms(entities: np.ndarray, name: str, values: np.ndarray) -> int:
    column = np.uint64(pd.util.hash_array(np.array([name], dtype=object))[0])
    with np.errstate(over="ignore"):
        mixed = (entities * _ENTITY) ^ (values * _PROPERTY + column)
        mixed ^= mixed >> np.uint64(29)
        mixed *= _ENTITY
        return int((mixed ^ (mixed >> np.uint64(32))).sum(dtype=np.uint64))


def _hash_values(column: pa.ChunkedArray) -> np.ndarray:
    kind = column.type
    if pa.types.is_string(kind):
        return _hash_objects(column.to_pandas().to_numpy(dtype=object))
    if pa.types.is_list(kind) or pa.types.is_null(kind):
        texts = [json.dumps(value, default=str) for value in column.to_pylist()]
        return _hash_objects(np.array(texts, dtype=object))
    if pa.types.is_boolean(kind):
        return _hash_numbers(column.cast(pa.int8()).to_numpy().astype(np.int64), 1)
    if pa.types.is_date(kind):
        return _hash_numbers(column.cast(pa.int32()).to_numpy().astype(np.int64), 2)
    if pa.types.is_timestamp(kind):
        return _hash_numbers(column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy(), 3)
    if pa.types.is_integer(kind):
        return _hash_numbers(column.to_numpy().astype(np.int64), 4)
    return _hash_numbers((column.to_numpy().astype(np.float64) + 0.0).view(np.int64), 5)


def _hash_numbers(values: np.ndarray, kind: int) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.asarray(pd.util.hash_array(values)).astype(np.uint64) + np.uint64(kind)
