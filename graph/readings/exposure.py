"""How long each drive was observed: the denominator of every failure rate."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def exposure(readings: ir.Table, intervals: ir.Table | None = None) -> ir.Table:
    """Count the days on which each drive was observed.

    A day counts once: as a day with a reading, or as a day of an interval in which the drive is known to have run.

    Args:
        readings: Columns ``drive_key`` and ``day``, one row a drive and day.
        intervals: Columns ``drive_key``, ``first_day`` and ``last_day``, both included; intervals of a drive may
            overlap. None where there are none.

    Returns:
        ``drive_key`` and ``drive_days`` (int64), one row for each drive that is in either table.
    """
    days = readings.select("drive_key", "day")
    if intervals is None:
        return days.group_by("drive_key").agg(drive_days=days.count().cast("int64"))
    islands = _merged(intervals)
    # Each reading is held against the island that starts last before it: islands of a drive do not overlap.
    ends = islands.select("drive_key", day=islands.first_day, until=islands.last_day)
    points = days.mutate(until=ibis.null("date"), is_reading=True).union(ends.mutate(is_reading=False))
    before = ibis.window(group_by="drive_key", order_by=["day", "is_reading"], rows=(None, 0))
    points = points.mutate(covered_until=points.until.max().over(before))
    outside = points.filter(
        points.is_reading & (points.covered_until.isnull() | (points.covered_until < points.day))
    ).select("drive_key", num_days=ibis.literal(1, "int64"))
    inside = islands.select("drive_key", num_days=_days_between(islands.first_day, islands.last_day))
    counted = outside.union(inside)
    return counted.group_by("drive_key").agg(drive_days=counted.num_days.sum().cast("int64"))


def _merged(intervals: ir.Table) -> ir.Table:
    """Merge overlapping and touching intervals of each drive."""
    spans = intervals.select("drive_key", "first_day", "last_day").filter(lambda t: t.first_day <= t.last_day)
    earlier = ibis.window(group_by="drive_key", order_by=["first_day", "last_day"], rows=(None, -1))
    reached = spans.mutate(reached=spans.last_day.max().over(earlier))
    starts = reached.mutate(is_start=(reached.reached.isnull() | (reached.reached < reached.first_day)).cast("int64"))
    until_here = ibis.window(group_by="drive_key", order_by=["first_day", "last_day"], rows=(None, 0))
    numbered = starts.mutate(island=starts.is_start.sum().over(until_here).cast("int64"))
    merged = numbered.group_by("drive_key", "island").agg(
        first_day=numbered.first_day.min(), last_day=numbered.last_day.max()
    )
    return merged.drop("island")


def _days_between(first: ir.DateValue, last: ir.DateValue) -> ir.IntegerValue:
    """Number of days from ``first`` to ``last``, both included."""
    return (last.delta(first, unit="day") + 1).cast("int64")
