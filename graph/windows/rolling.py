"""Rolling windows: one for each drive and day, for training, bench and history."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from graph.windows.reductions import max_by, min_by
from graph.windows.shape import attributes, checked_days, day_where_known, prepared


def rolling_windows(readings: ir.Table, days: int = 30) -> ir.Table:
    """Compute the window that ends at each reading.

    Args:
        readings: As for ``latest_windows``.
        days: Length of the windows in days, at least 1.

    Returns:
        One row a drive and day with a reading: ``drive_key, day, first_day, last_day`` (the same as ``day``),
        ``num_readings`` and the measures of ``latest_windows``; no content hash. The row of a drive's last day equals
        its row in ``latest_windows``.

    Raises:
        InputError: ``days`` is below 1, or a key column is missing.
    """
    names = attributes(readings)
    rows = prepared(readings)
    before = ibis.window(group_by="drive_key", order_by="day_number", rows=(None, -1))
    rows = rows.mutate(
        **{f"{name}_before": max_by(rows[name], day_where_known(rows, name)).over(before) for name in names}
    )
    window = ibis.range_window(
        group_by="drive_key", order_by="day_number", preceding=checked_days(days) - 1, following=0
    )
    measures: dict[str, ir.Value] = {}
    for name in names:
        measures |= _measures(rows, name, window)
    windows = rows.select(
        "drive_key",
        "day",
        first_day=rows.day.min().over(window),
        last_day=rows.day,
        num_readings=rows.count().over(window).cast("int64"),
        **measures,
    )
    for name in names:
        start = windows[f"{name}_first_value_day"]
        windows = windows.mutate(**{f"{name}_last_change_day": windows[f"{name}_last_change_day"].nullif(start)}).drop(
            f"{name}_first_value_day"
        )
    return windows


def _measures(rows: ir.Table, name: str, window: object) -> dict[str, ir.Value]:
    """The measures of one attribute over the window.

    The change of a window's first value is against a reading before the window, so it is taken off again.
    """
    value, before, day = rows[name], rows[f"{name}_before"], rows.day_number
    known, known_day = value.notnull(), day_where_known(rows, name)
    change = value - before
    rise = ibis.ifelse(change > 0, change, 0.0)
    reset = ibis.ifelse(change < 0, 1, 0)
    return {
        f"{name}_first": min_by(value, known_day).over(window),
        f"{name}_last": max_by(value, known_day).over(window),
        f"{name}_min": value.min().over(window),
        f"{name}_max": value.max().over(window),
        f"{name}_rise": rise.sum(where=known).over(window) - min_by(rise, known_day).over(window),
        f"{name}_slope_per_day": value.cov(day, how="pop", where=known).over(window)
        / day.var(how="pop", where=known).over(window).nullif(0),
        f"{name}_last_change_day": rows.day.max(where=known & (change != 0)).over(window),
        f"{name}_first_value_day": rows.day.min(where=known).over(window),
        f"{name}_num_resets": (reset.sum(where=known).over(window) - min_by(reset, known_day).over(window)).cast(
            "int64"
        ),
    }
