"""The latest readings of each drive, for tables and for ages."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis.backends.duckdb import Backend

from app.analysis.rules.inputs import decode_columns, readable
from app.analysis.rules.quality import HOURS
from app.analysis.rules.thermal import PLAUSIBLE_CELSIUS, TEMPERATURES
from app.analysis.rules.wear_out import WEAR
from graph.ontology import smart

HOURS_A_DAY = 24
OLDEST_DAYS = 20 * 365
REALLOCATED = ("smart:ata:5", "smart:scsi:grown_defects")


def latest_readings(readings: ir.Table | None, drives: pd.DataFrame, connection: Backend) -> pd.DataFrame:
    """Last values of each drive of a fleet.

    Args:
        readings: Of the fleet; None where it has none.
        drives: Index ``drive_key``, columns ``model`` and ``vendor``.
        connection: Backend of the readings.

    Returns:
        In the order of ``drives``: ``last_reading`` (last drive-day, None where there is none), ``num_readings``
        (drive-days), ``is_read`` (some attribute had a value on some day), ``age_days`` (power-on time at the last
        reading), ``wear_percent``, ``temperature_celsius``, ``reallocated``; NaN where not read or not plausible.
    """
    frame = pd.DataFrame(index=drives.index)
    if readings is None:
        return frame.assign(
            last_reading=None, num_readings=0, is_read=False, age_days=np.nan, wear_percent=np.nan,
            temperature_celsius=np.nan, reallocated=np.nan,
        )  # fmt: skip
    raw = {key: smart.column(key) for key in (*HOURS, *REALLOCATED, *TEMPERATURES, *(item[0] for item in WEAR))}
    normalized = {key: smart.normalized_column(key) for key, _, is_normalized, _ in WEAR if is_normalized}
    columns = [name for name in (*raw.values(), *normalized.values()) if name in readings.columns]
    last = {name: readings[name].argmax(readings.day, where=readings[name].notnull()) for name in columns}
    grouped = readings.group_by("drive_key").agg(last_reading=readings.day.max(), num_readings=readings.count(), **last)
    values = connection.to_pandas(grouped).set_index("drive_key").reindex(drives.index)
    frame["is_read"] = values[columns].notna().any(axis=1)
    if not frame["is_read"].all():
        frame["is_read"] |= _has_any_value(readings, connection).reindex(drives.index, fill_value=False)
    decode_columns(values, {name: key for key, name in raw.items() if name in values}, drives)
    frame["last_reading"] = pd.to_datetime(values["last_reading"]).dt.date.where(values["last_reading"].notna(), None)
    frame["num_readings"] = values["num_readings"].fillna(0).astype("int64")
    age = _first(values, [raw[key] for key in HOURS]) / HOURS_A_DAY
    frame["age_days"] = age.where(age.between(0, OLDEST_DAYS))
    frame["wear_percent"] = _wear(values, drives)
    plausible = [name for key in TEMPERATURES if (name := raw[key]) in values]
    for name in plausible:
        values[name] = values[name].where(values[name].between(*PLAUSIBLE_CELSIUS, inclusive="neither"))
    frame["temperature_celsius"] = _first(values, plausible)
    frame["reallocated"] = _first(values, [raw[key] for key in REALLOCATED])
    return frame


def _has_any_value(readings: ir.Table, connection: Backend) -> pd.Series:
    """Whether a drive has a value of any attribute; index ``drive_key``. Reads all columns, so only where it must."""
    columns = [name for name in readings.columns if smart.key_of(name) or smart.normalized_key_of(name)]
    if not columns:
        return pd.Series(dtype=bool)
    known = ibis.coalesce(*(readings[name] for name in columns)).notnull()
    found = readings.group_by("drive_key").agg(is_read=known.any())
    return connection.to_pandas(found).set_index("drive_key")["is_read"].astype(bool)


def _first(values: pd.DataFrame, columns: list[str]) -> pd.Series:
    """The first of some columns that has a value."""
    result = pd.Series(np.nan, index=values.index)
    for name in columns:
        if name in values:
            result = result.fillna(values[name])
    return result


def _wear(values: pd.DataFrame, drives: pd.DataFrame) -> pd.Series:
    wear = pd.Series(np.nan, index=values.index)
    for key, kinds, is_normalized, used in WEAR:
        name = smart.normalized_column(key) if is_normalized else smart.column(key)
        if name in values:
            wear = wear.fillna(used(values[name]).where(readable(drives, key, kinds, normalized=is_normalized)))
    return wear
