"""The latest window of each drive: its last days, ending at its own last day."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from graph.windows.reductions import floor, max_by, min_by, regr_slope
from graph.windows.shape import (
    attributes,
    checked_days,
    day_where_known,
    fall,
    known,
    measured,
    prepared,
    rise,
    with_changes,
)


def latest_windows(readings: ir.Table, days: int = 30) -> ir.Table:
    """Compute the latest window of each drive.

    The window holds the readings of the ``days`` calendar days that end at the drive's own last day; readings before
    it play no part. Missing days and missing values (null or NaN) are left out, never filled.

    Args:
        readings: ``drive_key``, ``day`` (date) and one numeric column an attribute; one row a drive and day.
        days: Length of the window in days, at least 1.

    Returns:
        One row a drive: ``drive_key, first_day, last_day, num_readings, content_sha256`` and for each attribute ``c``:
        ``c_first, c_last, c_min, c_max`` in the attribute's unit; ``c_rise``, the sum of its increases from reading to
        reading (after a reset of a counter it goes on counting from the new value); ``c_slope_per_day``, the least
        squares slope over calendar days, null for fewer than two days; ``c_last_change_day``, the day of the latest
        reading that differs from the one before it, null where none does; ``c_num_resets``, how often it fell.
        All measures are null for an attribute with no value in the window. Of thresholds and worst values, which the
        device states beside an attribute, there is ``c_last`` alone.

        ``content_sha256`` (hexadecimal) covers the days and values of the window (whole, or to six decimals), whatever
        the order of rows and columns and whether or not columns without a value are there.

    Raises:
        InputError: ``days`` is below 1, or a key column is missing.
    """
    names = attributes(readings)
    # The readings to keep are chosen first: all else then touches only those.
    own_last = readings.day.max().over(ibis.window(group_by="drive_key"))
    kept = readings.mutate(own_last=own_last)
    kept = kept.filter(kept.own_last.delta(kept.day, unit="day") < checked_days(days)).drop("own_last")
    rows = prepared(kept)
    rows = with_changes(rows, measured(names))
    rows = rows.mutate(line=_line(rows, names))
    measures: dict[str, ir.Value] = {
        "first_day": rows.day.min(),
        "last_day": rows.day.max(),
        "num_readings": rows.count().cast("int64"),
        "lines": rows.line.collect(),
    }
    for name in measured(names):
        measures |= _measures(rows, name)
    for name in sorted(set(names) - set(measured(names))):
        measures[f"{name}_last"] = max_by(rows[name], day_where_known(rows, name))
    windows = rows.group_by("drive_key").agg(**measures)
    content = windows.lines.sort().join("\n").hexdigest("sha256")
    windows = windows.mutate(content_sha256=content)
    leading = ("drive_key", "first_day", "last_day", "num_readings", "content_sha256")
    return windows.select(*leading, *(name for name in windows.columns if name not in (*leading, "lines")))


def _measures(rows: ir.Table, name: str) -> dict[str, ir.Value]:
    """The measures of one attribute, as aggregates over a drive's window."""
    value, change = rows[name], rows[f"{name}_change"]
    known_day = day_where_known(rows, name)
    return {
        f"{name}_first": min_by(value, known_day),
        f"{name}_last": max_by(value, known_day),
        f"{name}_min": value.min(),
        f"{name}_max": value.max(),
        f"{name}_rise": rise(change).sum(),
        f"{name}_slope_per_day": known(regr_slope(value, rows.day_number)),
        f"{name}_last_change_day": rows.day.max(where=change != 0),
        f"{name}_num_resets": fall(change).sum().cast("int64"),
    }


def _line(rows: ir.Table, names: list[str]) -> ir.StringValue:
    """One reading as text: its day and ``name=value`` of every value, in the order of names."""
    # Joined at once: of a chain of some hundred concatenations an engine spends minutes on planning alone.
    # No value, no text: what a clip makes of no value differs from engine to engine.
    values = [
        ibis.ifelse(rows[name].isnull(), "", ibis.literal(f" {name}=") + _text(rows[name])) for name in sorted(names)
    ]
    return ibis.literal("").join([rows.day.cast("string"), *values])


def _text(value: ir.FloatingValue) -> ir.StringValue:
    """A number as text that is the same on every engine: whole numbers as they are, others in millionths.

    Engines disagree about the digits of a float cast to a decimal or to text, so every step here is one that floats
    take exactly, or round the same way everywhere. Beyond what int64 holds, as counters of 128 bits may be, a number is
    told as multiples of ``2**64`` and of ``2**10``, which loses nothing below ``2**126``.
    """
    whole = value.try_cast("int64")
    millionths = floor(value * 1e6 + 0.5).try_cast("int64").cast("string") + "e-6"
    fraction = (value * 1024.0).try_cast("int64").cast("string") + "/1024"
    high, low = floor(value / 2.0**64).try_cast("int64"), (value % 2.0**64 / 2.0**10).try_cast("int64")
    return ibis.cases(
        # Spark takes 2**63 for the largest int64, DuckDB for too large.
        ((whole.cast("float64") == value) & (value < 2.0**63), whole.cast("string")),
        (value.abs() < 9e12, millionths),
        (value.abs() < 2.0**53, fraction),
        (value.abs() < 2.0**126, high.cast("string") + "x" + low.cast("string")),
        else_="beyond 2**126",
    )
