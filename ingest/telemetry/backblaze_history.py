"""Backblaze drives 2013-04 to 2016-09 as intervals of power-on hours with constant SMART values.

From the R package dynamichazard (data set ``hds``). A row holds from hour ``tstart`` to hour ``tstop``; calendar days
are given only for the first and the last record of a drive. ``max_date`` is the failure's day where ``fails`` is 1.
``min_date``, ``max_date``, ``max_hours`` and ``n_records`` look into the future: they give the time under observation
and the failure's day and nothing else, so the day of an hour is counted from the first record, 24 hours a day.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from ingest.telemetry.daily import attribute_column, whole
from ingest.telemetry.formats import Format
from ingest.telemetry.identity import drive_keys, vendors
from ingest.telemetry.normalised import (
    DRIVES,
    FAILURES,
    INTERVALS,
    PLACEMENTS,
    READING_KEYS,
    Normalised,
    RawRows,
    table,
)
from ingest.telemetry.rows import RowCheck

SMART_COLUMN = re.compile(r"smart_(\d+)")
HOURS_COLUMN = "ata_9"
BYTES_PER_TB = 1e12


def transform(raw: RawRows, fleet: str) -> Normalised:
    """Normalise intervals.

    An interval gives a reading on its first day and, if it lasts, on the day before the next begins, so that a jump
    stays a jump; the last one of a drive gives a reading on the drive's last day.

    Args:
        raw: Rows of the interval table.
        fleet: Name of the fleet.
    """
    check = RowCheck(raw)
    serial, model = check.text("serial_number"), check.text("model")
    first_day, last_day = check.day("min_date"), check.day("max_date")
    first = first_day.cast(pa.int32()).to_numpy(zero_copy_only=False)
    last = last_day.cast(pa.int32()).to_numpy(zero_copy_only=False)
    check.refuse(first > last, "max_date", "is impossible: before 'min_date'")
    hours = {name: check.number(name, minimum=0) for name in ("min_hours", "max_hours", "tstart", "tstop")}
    for name, values in hours.items():
        check.refuse(np.isnan(values), name, "is empty, a number of hours is needed")
    check.refuse(hours["tstop"] <= hours["tstart"], "tstop", "is impossible: not after 'tstart'")
    check.refuse(hours["tstart"] < hours["min_hours"], "tstart", "is impossible: before 'min_hours'")
    check.refuse(hours["tstop"] > hours["max_hours"], "tstop", "is impossible: after 'max_hours'")
    failed = check.flag("fails")
    size = check.number("size_tb", minimum=0)
    attributes = {
        column: check.number(name, minimum=0) for name in raw.rows.column_names if (column := interval_column(name))
    }
    usable = check.usable
    picked = pa.array(usable)
    rows, models = pa.array(raw.numbers).filter(picked), model.filter(picked)
    keys = drive_keys(fleet, models, serial.filter(picked))
    common = {"row": rows, "drive_key": keys}
    num_rows = len(rows)
    days = {"first_day": first_day.filter(picked), "last_day": last_day.filter(picked)}
    drives = {**common, "model": models, "serial": serial.filter(picked), "vendor": vendors(models)}
    drives["capacity_bytes"] = whole(np.rint(size[usable] * BYTES_PER_TB))
    events = {**common, "day": days["last_day"], "precision": pa.array(["day"] * num_rows)}
    return Normalised(
        drives=table(DRIVES, drives, num_rows),
        placements=table(PLACEMENTS, {}, 0),
        failures=table(FAILURES, events, num_rows).filter(pa.array(failed[usable])),
        readings=_readings(
            common,
            first[usable],
            last[usable],
            {name: values[usable] for name, values in hours.items()},
            {name: values[usable] for name, values in attributes.items()},
        ),
        intervals=table(INTERVALS, {**common, **days}, num_rows),
        rejects=check.rejects(),
    )


def _readings(
    common: dict[str, pa.Array],
    first: np.ndarray,
    last: np.ndarray,
    hours: dict[str, np.ndarray],
    attributes: dict[str, np.ndarray],
) -> pa.Table:
    """Readings at the begin and at the end of each interval; days are counts since 1970."""

    def day_of(at: np.ndarray) -> np.ndarray:
        return np.minimum(first + (at - hours["min_hours"]) // 24, last).astype(np.int32)

    begins = day_of(hours["tstart"])
    is_last = hours["tstop"] == hours["max_hours"]
    ends = np.where(is_last, last, day_of(hours["tstop"]) - 1).astype(np.int32)
    lasts = (ends > begins) | is_last
    order = hours["tstart"].astype(np.int64) * 2
    index = np.concatenate([np.arange(len(begins)), np.flatnonzero(lasts)])
    # The hour is known where an interval begins and where the last one ends, not on the day before another begins.
    known_hours = [hours["tstart"], np.where(is_last, hours["tstop"], np.nan)[lasts]]
    keyed = {
        "row": common["row"].take(pa.array(index)),
        "drive_key": common["drive_key"].take(pa.array(index)),
        "day": pa.array(np.concatenate([begins, ends[lasts]]).astype(np.int32)).cast(pa.date32()),
        "sequence": np.concatenate([order, order[lasts] + 1]),
    }
    found = table(READING_KEYS, keyed, len(index))
    found = found.append_column(HOURS_COLUMN, pa.array(np.concatenate(known_hours), from_pandas=True))
    for name, values in attributes.items():
        found = found.append_column(name, pa.array(values[index], from_pandas=True))
    return found


def interval_column(name: str) -> str | None:
    """Column of the lake for ``smart_5``; None where it is no catalogued attribute."""
    found = SMART_COLUMN.fullmatch(name)
    return found and attribute_column(f"smart:ata:{int(found[1])}")


FORMAT = Format(
    name="backblaze-history",
    required=(
        *("serial_number", "model", "size_tb", "min_date", "max_date"),
        *("min_hours", "max_hours", "tstart", "tstop", "fails"),
    ),
    transform=transform,
    knows=lambda column: column in ("manufacturer", "n_records") or interval_column(column) is not None,
    derived_days=True,
    notes=("Days within a drive's time were worked out from power-on hours and are marked as derived.",),
)
