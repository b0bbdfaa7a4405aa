"""Landmark windows: what the readings had told of a drive by a given day, and nothing from after it."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from graph.errors import InputError
from graph.ontology import smart
from graph.windows.reductions import max_by
from graph.windows.shape import attributes, checked_days, day_where_known, measured, prepared, with_changes

GAUGE_DAYS = 30
LOOK_BACKS_DAYS = (7, 30, 90, 180)
PROBE_KEYS = ("drive_key", "landmark")

RISES, FALLS, LEVELS = "rises", "falls", "levels"
TOTALS = ("num_readings", "_rises", "_falls", "_count", "_sum", "_days", "_days_squared", "_product")
# Days are counted from here where they are squared, so that whole numbers stay exact: 2020-01-01.
ORIGIN = 18262.0
POWER_CYCLES = ("ata_12", "nvme_power_cycles")
_DAMAGE = "mechanism:media-degradation"
_WEAR = "mechanism:nand-wear-out"


def families(name: str) -> frozenset[str]:
    """Which measures an attribute has beside those that all have.

    Counters, events, and gauges that count damage (pending sectors) or wear (percentage used) have ``rises``;
    normalised values, and gauges of which less is worse, have ``falls``; gauges but for those of damage have
    ``levels``. A raw value that means nothing across models, and a column that the catalogue does not know, has none.
    """
    if name.endswith("_normalized"):
        return frozenset({FALLS})
    key = smart.key_of(name)
    meant = smart.attribute(key) if key else None
    if meant is None or meant.kind == "normalized":
        return frozenset()
    if meant.kind != "gauge" or meant.mechanism == _DAMAGE:
        return frozenset({RISES})
    if meant.bad_direction == "down":
        return frozenset({LEVELS, FALLS})
    return frozenset({LEVELS, RISES} if meant.mechanism == _WEAR else {LEVELS})


def counts_trouble(name: str) -> bool:
    """Whether a change of the attribute says that something happened: errors, damage, an event, a power cycle."""
    if name in POWER_CYCLES:
        return True
    key = smart.key_of(name)
    if key is None:
        return False
    meant = smart.attribute(key)
    if meant.kind == "gauge":
        return meant.mechanism == _DAMAGE
    return meant.kind in ("cumulative", "event") and meant.bad_direction == "up"


def landmark_windows(
    readings: ir.Table, probes: ir.Table, look_backs_days: Sequence[int] = LOOK_BACKS_DAYS
) -> ir.Table:
    """Compute what was known of drives on given days.

    A reading on the landmark itself counts, none after it does: rows of readings after a landmark never reach its
    row. Missing days and missing values (null or NaN) are left out, never filled.

    Args:
        readings: ``drive_key``, ``day`` (date) and one numeric column an attribute; one row a drive and day.
        probes: ``drive_key``, ``landmark`` (date); one row a probe.
        look_backs_days: Lengths in days of the rises and falls, each at least 1: of ``n`` days those in
            ``(landmark - n, landmark]``.

    Returns:
        One row a probe: ``drive_key, landmark``; ``num_readings`` so far and ``num_readings_{n}_days``;
        ``days_since_reading`` and ``days_observed``, days since the latest and the first reading (null where there is
        none yet); ``days_since_any_change``, since any attribute that counts trouble last changed. Of each attribute
        ``c``, null while it has no value: ``c_last``, its latest value; ``c_days_since_value``, the age of that;
        ``c_ever_max``. By family (see ``families``): of rises and falls ``c_days_since_change``, null where it never
        changed; ``c_rise_{n}_days`` and ``c_rise_ever``, sums of increases from reading to reading;
        ``c_fall_{n}_days, c_fall_ever`` and ``c_ever_min``, the same of decreases; ``c_mean_30_days`` and
        ``c_slope_per_day_30_days``, the least squares slope over calendar days, null for fewer than two.

    Raises:
        InputError: A key column is missing, or a look-back is below 1.
    """
    for key in PROBE_KEYS:
        if key not in probes.columns:
            raise InputError(f"Probes: column '{key}' is missing; there are {', '.join(probes.columns)}.")
    wanted = sorted({checked_days(days) for days in look_backs_days})
    backs = sorted({*wanted, GAUGE_DAYS})
    names = measured(attributes(readings))
    rows = prepared(readings.select("drive_key", "day", *names)).drop("day")
    asked = probes.select("drive_key", "landmark", landmark_number=_number(probes.landmark))
    timeline = _timeline(rows, asked, [0, *backs])
    moving = [name for name in names if families(name) & {RISES, FALLS}]
    states = _states(_segments(with_changes(rows, moving), timeline, names), names).alias("landmark_states")
    found = _looked_up(_ends(timeline, asked, [0, *backs]), states, backs)
    return found.select(*PROBE_KEYS, **_measures(found, names, wanted))


def _number(day: ir.DateValue) -> ir.IntegerValue:
    return day.delta(ibis.date("1970-01-01"), unit="day").cast("int32")


def _timeline(rows: ir.Table, asked: ir.Table, backs: list[int]) -> ir.Table:
    """Readings and the days asked for on one line, cut into segments.

    A segment ends on a day asked for, ``back`` days before a landmark, and begins after the one before; it is named by
    its last day. What is asked for are sums over whole segments then, so readings are added up only once, and that is
    all of a reading that is ever looked at.

    Returns:
        ``drive_key, day_number, landmark, back`` (null of a reading), ``segment`` (of a reading: its segment, null
        after the last; of a day asked for: the latest segment by then that has a reading, null where none has).
    """
    seen = rows.select("drive_key", "day_number", landmark=ibis.null("date"), back=ibis.null("int32"))
    looks = [
        asked.select(
            "drive_key",
            day_number=(asked.landmark_number - back).cast("int32"),
            landmark=asked.landmark,
            back=ibis.literal(back, "int32"),
        )
        for back in backs
    ]
    line = ibis.union(seen, *looks)
    # A range takes in what else is of the same day, wherever it stands among the rows of that day.
    onwards = ibis.range_window(group_by="drive_key", order_by="day_number", preceding=0, following=None)
    so_far = ibis.range_window(group_by="drive_key", order_by="day_number", preceding=None, following=0)
    line = line.mutate(ahead=_when(line.back.notnull(), line.day_number).min().over(onwards))
    latest = _when(line.back.isnull(), line.ahead).max().over(so_far)
    return line.mutate(segment=ibis.ifelse(line.back.isnull(), line.ahead, latest)).drop("ahead").alias("timeline")


def _segments(rows: ir.Table, timeline: ir.Table, names: list[str]) -> ir.Table:
    """What the readings of each segment add up to."""
    cut = timeline.filter(timeline.back.isnull() & timeline.segment.notnull())
    cut = cut.select("segment", drive=cut.drive_key, number=cut.day_number)
    inside = rows.inner_join(cut, [rows.drive_key == cut.drive, rows.day_number == cut.number]).drop("drive", "number")
    parts: dict[str, ir.Value] = {"num_readings": inside.count(), "first_number": inside.day_number.min()}
    parts["last_number"] = inside.day_number.max()
    for name in names:
        value, day = inside[name], inside.day_number
        family, known_day = families(name), day_where_known(inside, name)
        parts[f"{name}_value"] = max_by(value, known_day)
        parts[f"{name}_known"] = known_day.max()
        parts[f"{name}_high"] = value.max()
        # Conditions stand inside the values: a FILTER on each of some hundred sums costs three times as much.
        if family & {RISES, FALLS}:
            change = inside[f"{name}_change"]
            parts[f"{name}_changed"] = _when(change != 0, day).max()
        if RISES in family:
            parts[f"{name}_rises"] = ibis.greatest(change, 0.0).sum()
            parts[f"{name}_rose"] = _when(change > 0, day).max()
        if FALLS in family:
            parts[f"{name}_low"] = value.min()
            parts[f"{name}_falls"] = ibis.greatest(-change, 0.0).sum()
            parts[f"{name}_fell"] = _when(change < 0, day).max()
        if LEVELS in family:
            since = known_day.cast("float64") - ORIGIN
            parts[f"{name}_count"] = value.count()
            parts[f"{name}_sum"] = value.sum()
            parts[f"{name}_days"] = since.sum()
            parts[f"{name}_days_squared"] = (since * since).sum()
            parts[f"{name}_product"] = (since * value).sum()
    return inside.group_by("drive_key", "segment").agg(**parts)


def _states(segments: ir.Table, names: list[str]) -> ir.Table:
    """What is known of a drive at the end of each segment: running sums and extremes, one pass each."""
    so_far = ibis.window(group_by="drive_key", order_by="segment", rows=(None, 0))

    def ran(name: str) -> ir.Value:
        column = segments[name]
        if name.endswith(TOTALS):
            return column.cast("float64").sum().over(so_far).cast("float64")
        return (column.min() if name.endswith(("_low", "first_number")) else column.max()).over(so_far)

    values = {
        f"{name}_value": max_by(segments[f"{name}_value"], segments[f"{name}_known"]).over(so_far) for name in names
    }
    others = [name for name in segments.columns if name not in values and name not in ("drive_key", "segment")]
    return segments.select("drive_key", "segment", **values, **{name: ran(name) for name in others})


def _ends(timeline: ir.Table, asked: ir.Table, backs: list[int]) -> ir.Table:
    """One row a probe, with the latest segment by each day asked for."""
    looks = timeline.filter(timeline.back.notnull())
    ends = {f"segment_{back}": looks.segment.max(where=looks.back == back) for back in backs}
    found = looks.group_by("drive_key", "landmark").agg(**ends)
    return found.mutate(landmark_number=_number(found.landmark))


def _looked_up(ends: ir.Table, states: ir.Table, backs: list[int]) -> ir.Table:
    """Probes with the state of their drive at the landmark, and the sums up to ``back`` days before it."""
    found = ends
    for back in [0, *backs]:
        names = [name for name in states.columns if name not in ("drive_key", "segment")]
        kept = [name for name in names if back == 0 or name.endswith(TOTALS)]
        state = states.select(drive=states.drive_key, at=states.segment, **{f"{n}_{back}": states[n] for n in kept})
        same = [found.drive_key == state.drive, found[f"segment_{back}"] == state["at"]]
        found = found.left_join(state, same).drop("drive", "at")
    return found


def _measures(found: ir.Table, names: list[str], backs: list[int]) -> dict[str, ir.Value]:
    """The measures of all attributes at each probe."""
    landmark, count = found.landmark_number, found.num_readings_0.coalesce(0.0)
    trouble = [found[f"{name}_changed_0"] for name in names if counts_trouble(name)]
    never = ibis.null("int32")  # Spark takes the greatest of two or more; nulls are passed over on both engines
    changed = ibis.greatest(never, never, *trouble)
    parts: dict[str, ir.Value] = {"num_readings": count}
    for back in backs:
        parts[f"num_readings_{back}_days"] = count - found[f"num_readings_{back}"].coalesce(0.0)
    parts["days_since_reading"] = (landmark - found.last_number_0).cast("float64")
    parts["days_observed"] = (landmark - found.first_number_0).cast("float64")
    parts["days_since_any_change"] = (landmark - changed).cast("float64")
    for name in names:
        parts[f"{name}_last"] = found[f"{name}_value_0"]
        parts[f"{name}_days_since_value"] = (landmark - found[f"{name}_known_0"]).cast("float64")
        parts[f"{name}_ever_max"] = found[f"{name}_high_0"]
        family = families(name)
        if family & {RISES, FALLS}:
            parts[f"{name}_days_since_change"] = (landmark - found[f"{name}_changed_0"]).cast("float64")
        if RISES in family:
            parts |= _sums(found, name, "rise", "rises", "rose", backs)
        if FALLS in family:
            parts[f"{name}_ever_min"] = found[f"{name}_low_0"]
            parts |= _sums(found, name, "fall", "falls", "fell", backs)
        if LEVELS in family:
            parts |= _levels(found, name)
    return parts


def _sums(found: ir.Table, name: str, measure: str, sums: str, moved: str, backs: list[int]) -> dict[str, ir.Value]:
    """Rises or falls: what had been counted up by the landmark, less what had been by the beginning of each window."""
    has_value, total = found[f"{name}_value_0"].notnull(), found[f"{name}_{sums}_0"].coalesce(0.0)
    parts: dict[str, ir.Value] = {}
    for back in backs:
        # Where nothing moved in the window, a difference of two large sums may still be a little off zero.
        moved_inside = found[f"{name}_{moved}_0"] > found.landmark_number - back
        since = total - found[f"{name}_{sums}_{back}"].coalesce(0.0)
        parts[f"{name}_{measure}_{back}_days"] = _if(has_value, ibis.ifelse(moved_inside, since, 0.0))
    parts[f"{name}_{measure}_ever"] = _if(has_value, total)
    return parts


def _levels(found: ir.Table, name: str) -> dict[str, ir.Value]:
    """Mean and least squares slope of the values in the last 30 days, from sums up to either end of them."""

    def inside(part: str) -> ir.FloatingValue:
        return found[f"{name}_{part}_0"].coalesce(0.0) - found[f"{name}_{part}_{GAUGE_DAYS}"].coalesce(0.0)

    count, total, days = inside("count"), inside("sum"), inside("days")
    spread = count * inside("days_squared") - days * days
    slope = (count * inside("product") - days * total) / spread.nullif(0.0)
    return {
        f"{name}_mean_{GAUGE_DAYS}_days": total / count.nullif(0.0),
        f"{name}_slope_per_day_{GAUGE_DAYS}_days": slope,
    }


def _when(condition: ir.BooleanValue, day_number: ir.IntegerValue) -> ir.IntegerValue:
    return ibis.ifelse(condition, day_number, ibis.null("int32"))


def _if(condition: ir.BooleanValue, value: ir.FloatingValue) -> ir.FloatingValue:
    return ibis.ifelse(condition, value, ibis.null("float64"))
