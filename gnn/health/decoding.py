"""Readings decoded as a whole: what each model packs into a raw value, as one expression over all drives."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import inf

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from graph.errors import InputError, nearest
from graph.ontology import smart
from graph.ontology.meaning import Meaning, meaning_of
from graph.windows.reductions import floor

RAW = "_raw"
"""Suffix of the column that keeps the raw values of an attribute that some model packs."""

# Shift and width in bits, and divisors, of graph.ontology.decoders.
FIELDS = {
    "errors_over_operations": (32, 24),
    "timeouts_in_low16": (0, 16),
    "low16": (0, 16),
    "later_in_bits_24": (24, 16),
    "hours_in_low32": (0, 32),
}
DIVISORS = {"identity": 1.0, "minutes_to_hours": 60.0, "half_minutes_to_hours": 120.0, "seconds_to_hours": 3600.0}
PLAIN = "identity"


def decoded_readings(readings: ir.Table, drives: pd.DataFrame) -> ir.Table:
    """Decode the readings of a fleet.

    Values that no one can decode stay as they are: a maker's own scale still tells its drives apart. What is above the
    largest value that can be meant is left out.

    Args:
        readings: ``drive_key``, ``day`` and one float64 column an attribute.
        drives: Index ``drive_key``, columns ``model`` and ``vendor``.

    Returns:
        The same rows; an attribute that some model of the fleet packs also as ``{attribute}_raw``, undecoded.
    """
    kinds = drives[["model", "vendor"]].astype(object)
    number, found = pd.factorize(pd.MultiIndex.from_frame(kinds.where(kinds.notna(), "")))
    numbered = pa.table({"drive": pa.array(drives.index, pa.string()), "kind": pa.array(number, pa.int32())})
    table = ibis.memtable(numbered)
    rows = readings.inner_join(table, readings.drive_key == table.drive).drop("drive")
    columns: dict[str, ir.Value] = {}
    for name in readings.columns:
        key = smart.key_of(name)
        if key is None:
            continue
        meant: dict[_Way, list[int]] = defaultdict(list)
        for at, (model, vendor) in enumerate(found):
            meant[_way(meaning_of(key, model=model, vendor=vendor or None))].append(at)
        if set(meant) == {_AS_IT_IS}:
            continue
        value = rows[name].cast("float64")
        columns[name] = _chosen(rows.kind, {way: (at, _decoded(value, way)) for way, at in meant.items()})
        if any(way.decoder != PLAIN for way in meant):
            columns[name + RAW] = value
    return rows.mutate(**columns).drop("kind") if columns else readings


@dataclass(frozen=True, slots=True)
class _Way:
    """What of a meaning decides the number."""

    decoder: str
    factor: float
    largest: float


_AS_IT_IS = _Way(PLAIN, 1.0, inf)


def _way(meaning: Meaning) -> _Way:
    return _Way(meaning.decoder, meaning.factor, meaning.largest) if meaning.is_readable else _AS_IT_IS


def _chosen(kind: ir.IntegerColumn, ways: dict[_Way, tuple[list[int], ir.FloatingValue]]) -> ir.FloatingValue:
    """The value decoded in the way of each drive's model; the commonest way needs no asking."""
    *others, (_, commonest) = sorted(ways.values(), key=lambda way: len(way[0]))
    return ibis.cases(*((kind.isin(at), value) for at, value in others), else_=commonest) if others else commonest


def _decoded(raw: ir.FloatingValue, way: _Way) -> ir.FloatingValue:
    value = decoded(way.decoder, raw) * way.factor
    return value if way.largest == inf else ibis.ifelse(value <= way.largest, value, ibis.null("float64"))


def decoded(decoder: str, raw: ir.FloatingValue) -> ir.FloatingValue:
    """``graph.ontology.decoders.decode`` as an expression.

    Args:
        decoder: Name as it stands on the override.
        raw: Raw values, whole numbers in ``[0, 2^56)`` or null.

    Raises:
        InputError: There is no such decoder.
    """
    if decoder in FIELDS:
        shift, bits = FIELDS[decoder]
        return floor(raw / 2.0**shift).cast("float64") % 2.0**bits
    if decoder in DIVISORS:
        return raw / DIVISORS[decoder]
    if decoder == "temperature_in_low8":
        low = raw % 256.0
        return ibis.ifelse(low > 127.0, low - 256.0, low)
    raise InputError(f"decoder '{decoder}' is not known.{nearest(decoder, [*FIELDS, *DIVISORS])}")
