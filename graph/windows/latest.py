"""The latest window of each drive: its last days, ending at its own last day."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from graph.windows.reductions import max_by, min_by, regr_slope
from graph.windows.shape import (
    attributes,
    checked_days,
    day_where_known,
    known,
    measured,
    prepared,
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
    rows = prepared(readings)
    own_last = rows.day_number.max().over(ibis.window(group_by="drive_key"))
    rows = rows.mutate(last_number=own_last)
    rows = rows.filter(rows.day_number > rows.last_number - checked_days(days)).drop("last_number")
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
    has_value, known_day = value.notnull(), day_where_known(rows, name)
    return {
        f"{name}_first": min_by(value, known_day),
        f"{name}_last": max_by(value, known_day),
        f"{name}_min": value.min(),
        f"{name}_max": value.max(),
        f"{name}_rise": ibis.ifelse(change > 0, change, 0.0).sum(where=has_value),
        f"{name}_slope_per_day": known(regr_slope(value, rows.day_number)),
        f"{name}_last_change_day": rows.day.max(where=change != 0),
        f"{name}_num_resets": ibis.ifelse(change < 0, 1.0, 0.0).sum(where=has_value).cast("int64"),
    }


def _line(rows: ir.Table, names: list[str]) -> ir.StringValue:
    """One reading as text: its day and ``name=value`` of every value, in the order of names."""
    line = rows.day.cast("string")
    for name in sorted(names):
        line = line + (ibis.literal(f" {name}=") + _text(rows[name])).fill_null("")
    return line


def _text(value: ir.FloatingValue) -> ir.StringValue:
    """A number as text that is the same on every engine: whole numbers without a point, others to six decimals.

    Engines disagree about the digits of a float cast to a decimal or to text, so all is done in steps that floats take
    exactly. Numbers that int64 cannot hold, as counters of 128 bits may be, are told in units of ``2**64`` (before the
    ``x``) and of ``2**10`` (behind it), which loses nothing below 2**126.
    """
    whole = value.clip(-9e18, 9e18).cast("int64")
    size = value.abs()
    small, large = size.clip(upper=2.0**53), size.clip(upper=2.0**126) / 2.0**64
    ones, high = small.floor(), large.floor()
    millionths = ((small - ones.cast("float64")) * 1e6 + 0.5).floor()
    carried = (millionths == 1_000_000).cast("int64")
    decimals = (millionths - carried * 1_000_000).cast("string").lpad(6, "0")
    low = ((large - high.cast("float64")) * 2.0**54).floor()
    is_negative = (value < 0) & ((ones > 0) | (millionths > 0))
    return ibis.cases(
        (whole.cast("float64") == value, whole.cast("string")),
        (size < 9e18, ibis.ifelse(is_negative, "-", "") + (ones + carried).cast("string") + "." + decimals),
        else_=ibis.ifelse(value < 0, "-", "") + high.cast("string") + "x" + low.cast("string"),
    )
