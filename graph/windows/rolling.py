"""Rolling windows: one for each drive and day, for training, bench and history."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from graph.windows.reductions import min_by, regr_slope
from graph.windows.shape import attributes, checked_days, day_where_known, known, measured, prepared, with_changes


def rolling_windows(readings: ir.Table, days: int = 30) -> ir.Table:
    """Compute the window that ends at each reading.

    Args:
        readings: As for ``latest_windows``.
        days: Length of the windows in days, at least 1.

    Returns:
        One row a drive and day with a reading: ``drive_key, day, first_day, last_day`` (the same as ``day``),
        ``num_readings`` and the measures of ``latest_windows``; no content hash, no thresholds or worst values. The
        row of a drive's last day equals its row in ``latest_windows``.

    Raises:
        InputError: ``days`` is below 1, or a key column is missing.
    """
    names = measured(attributes(readings))
    rows = with_changes(prepared(readings), names)
    window = ibis.range_window(
        group_by="drive_key", order_by="day_number", preceding=checked_days(days) - 1, following=0
    )
    parts: dict[str, ir.Value] = {}
    for name in names:
        parts |= _parts(rows, name, window)
    windows = rows.select(
        "drive_key",
        "day",
        first_day=rows.day.min().over(window),
        last_day=rows.day,
        num_readings=rows.count().over(window).cast("int64"),
        **parts,
    )
    measures: dict[str, ir.Value] = {}
    for name in names:
        measures |= _measures(windows, name)
    return windows.select("drive_key", "day", "first_day", "last_day", "num_readings", **measures)


def _parts(rows: ir.Table, name: str, window: object) -> dict[str, ir.Value]:
    """What must be computed over the window for one attribute."""
    value, change = rows[name], rows[f"{name}_change"]
    has_value, known_day = value.notnull(), day_where_known(rows, name)
    return {
        f"{name}_first": min_by(value, known_day).over(window),
        f"{name}_here": rows[f"{name}_here"],
        f"{name}_min": value.min().over(window),
        f"{name}_max": value.max().over(window),
        f"{name}_rises": ibis.ifelse(change > 0, change, 0.0).sum(where=has_value).over(window),
        f"{name}_falls": ibis.ifelse(change < 0, 1.0, 0.0).sum(where=has_value).over(window),
        f"{name}_slope_per_day": regr_slope(value, rows.day_number).over(window),
        f"{name}_change_day": rows.day.max(where=change != 0).over(window),
        f"{name}_start_day": rows.day.min(where=has_value).over(window),
        f"{name}_start_change": min_by(change, known_day).over(window),
    }


def _measures(windows: ir.Table, name: str) -> dict[str, ir.Value]:
    """The measures of one attribute.

    Where a window holds any value, the drive's latest value so far is its last. The change of its first value is
    against a reading before the window, so it is taken off again.
    """
    start_day, start_change = windows[f"{name}_start_day"], windows[f"{name}_start_change"]
    return {
        f"{name}_first": windows[f"{name}_first"],
        f"{name}_last": ibis.ifelse(start_day.notnull(), windows[f"{name}_here"], ibis.null("float64")),
        f"{name}_min": windows[f"{name}_min"],
        f"{name}_max": windows[f"{name}_max"],
        f"{name}_rise": windows[f"{name}_rises"] - ibis.ifelse(start_change > 0, start_change, 0.0),
        f"{name}_slope_per_day": known(windows[f"{name}_slope_per_day"]),
        f"{name}_last_change_day": windows[f"{name}_change_day"].nullif(start_day),
        f"{name}_num_resets": (windows[f"{name}_falls"] - (start_change < 0).cast("int64")).cast("int64"),
    }
