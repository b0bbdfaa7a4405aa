"""Landmark windows: what the readings had told of a drive by a given day, and nothing from after it."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from graph.errors import InputError
from graph.ontology import smart
from graph.windows.reductions import regr_slope
from graph.windows.shape import attributes, checked_days, day_where_known, known, measured, prepared, with_changes

GAUGE_DAYS = 30
LOOK_BACKS_DAYS = (7, 30, 90, 180)
PROBE_KEYS = ("drive_key", "landmark")

RISES, FALLS, LEVELS = "rises", "falls", "levels"
LEVEL_MEASURES = ("min", "max", "mean", "slope_per_day")
POWER_CYCLES = ("ata_12", "nvme_power_cycles")
_DAMAGE = "mechanism:media-degradation"


def families(name: str) -> frozenset[str]:
    """Which measures an attribute has beside those that all have.

    Counters and events have ``rises``; gauges have ``rises`` and ``levels``, but for those that count damage (pending
    sectors), which are zero on nearly all drives and have ``rises`` alone; normalised values, and gauges of which less
    is worse, have ``falls``. A column that the catalogue does not know has no family.
    """
    if name.endswith("_normalized"):
        return frozenset({FALLS})
    key = smart.key_of(name)
    if key is None:
        return frozenset()
    meant = smart.attribute(key)
    if meant.kind == "normalized":
        return frozenset()  # its raw value means nothing across models
    if meant.kind != "gauge":
        return frozenset({RISES})
    if meant.mechanism == _DAMAGE:
        return frozenset({RISES})
    return frozenset({LEVELS, FALLS if meant.bad_direction == "down" else RISES})


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
        ``c_ever_max``; ``c_days_since_change``, null where it never changed. By family (see ``families``):
        ``c_rise_{n}_days`` and ``c_rise_ever``, sums of increases from reading to reading;
        ``c_fall_{n}_days, c_fall_ever`` and ``c_ever_min``, the same of decreases; ``c_min, c_max,
        c_mean, c_slope_per_day`` over the 30 days that end at the drive's latest reading.

    Raises:
        InputError: A key column is missing, or a look-back is below 1.
    """
    for key in PROBE_KEYS:
        if key not in probes.columns:
            raise InputError(f"Probes: column '{key}' is missing; there are {', '.join(probes.columns)}.")
    backs = sorted({checked_days(days) for days in look_backs_days})
    names = measured(attributes(readings))
    rows = with_changes(prepared(readings.select("drive_key", "day", *names)), names)
    states = _states(rows, names).alias("landmark_states")
    asked = probes.select(
        "drive_key",
        "landmark",
        landmark_number=probes.landmark.delta(ibis.date("1970-01-01"), unit="day").cast("int32"),
    )
    found = _joined(asked, states, _looks(rows, asked, [0, *backs]), backs)
    return found.select(*PROBE_KEYS, **_measures(found, names, backs))


def _states(rows: ir.Table, names: list[str]) -> ir.Table:
    """What is known of a drive at each of its readings: running sums and extremes, which cost one pass each."""
    so_far = ibis.window(group_by="drive_key", order_by="day_number", rows=(None, 0))
    recent = ibis.range_window(group_by="drive_key", order_by="day_number", preceding=GAUGE_DAYS - 1, following=0)
    parts: dict[str, ir.Value] = {
        "reading_number": rows.count().over(so_far).cast("float64"),
        "first_number": rows.day_number.min().over(so_far),
    }
    for name in names:
        value, here, change = rows[name], rows[f"{name}_here"], rows[f"{name}_change"]
        family = families(name)
        parts[f"{name}_here"] = here
        parts[f"{name}_known"] = day_where_known(rows, name).max().over(so_far)
        parts[f"{name}_high"] = value.max().over(so_far)
        parts[f"{name}_changed"] = _when(change != 0, rows.day_number).max().over(so_far)
        if RISES in family:
            parts[f"{name}_rises"] = ibis.ifelse(change > 0, change, 0.0).sum().over(so_far).cast("float64")
            parts[f"{name}_rose"] = _when(change > 0, rows.day_number).max().over(so_far)
        if FALLS in family:
            parts[f"{name}_low"] = value.min().over(so_far)
            parts[f"{name}_falls"] = ibis.ifelse(change < 0, -change, 0.0).sum().over(so_far).cast("float64")
            parts[f"{name}_fell"] = _when(change < 0, rows.day_number).max().over(so_far)
        if LEVELS in family:
            parts[f"{name}_min"] = value.min().over(recent)
            parts[f"{name}_max"] = value.max().over(recent)
            parts[f"{name}_mean"] = value.mean().over(recent)
            parts[f"{name}_slope_per_day"] = known(regr_slope(value, rows.day_number).over(recent))
    return rows.select("drive_key", "day_number", **parts)


def _when(condition: ir.BooleanValue, day_number: ir.IntegerValue) -> ir.IntegerValue:
    return ibis.ifelse(condition, day_number, ibis.null("int32"))


def _looks(rows: ir.Table, asked: ir.Table, backs: list[int]) -> ir.Table:
    """The day of the latest reading on or before each day ``back`` days before a landmark; null where there is none.

    Readings and the days asked for are sorted together once, whatever the number of attributes: that is an as-of join
    of nothing but integers, which both engines can do.
    """
    seen = rows.select(
        "drive_key",
        "day_number",
        read_number=rows.day_number,
        landmark_number=ibis.null("int32"),
        back=ibis.null("int32"),
    )
    days = [
        asked.select(
            "drive_key",
            day_number=(asked.landmark_number - back).cast("int32"),
            read_number=ibis.null("int32"),
            landmark_number=asked.landmark_number,
            back=ibis.literal(back, "int32"),
        )
        for back in backs
    ]
    both = ibis.union(seen, *days)
    # A range takes the readings of the same day in, wherever they stand among the rows of that day.
    so_far = ibis.range_window(group_by="drive_key", order_by="day_number", preceding=None, following=0)
    both = both.mutate(latest_number=both.read_number.max().over(so_far))
    return both.filter(both.back.notnull()).select("drive_key", "landmark_number", "back", "latest_number")


def _joined(asked: ir.Table, states: ir.Table, looks: ir.Table, backs: list[int]) -> ir.Table:
    """Probes with the state of their drive at the landmark, and what had been counted up ``back`` days before it."""
    found = asked
    for back in [0, *backs]:
        wanted = [name for name in states.columns if back == 0 or name.endswith(("_rises", "_falls", "reading_number"))]
        wanted = [name for name in wanted if name not in ("drive_key", "day_number")]
        look = looks.filter((looks.back == back) & looks.latest_number.notnull())
        state = look.inner_join(
            states, [look.drive_key == states.drive_key, look.latest_number == states.day_number]
        ).select(
            drive_key_=look.drive_key,
            landmark_number_=look.landmark_number,
            **{f"{name}_{back}": states[name] for name in wanted},
            **({"latest_number": look.latest_number} if back == 0 else {}),
        )
        found = found.left_join(
            state,
            [found.drive_key == state.drive_key_, found.landmark_number == state.landmark_number_],
        ).drop("drive_key_", "landmark_number_")
    return found


def _measures(found: ir.Table, names: list[str], backs: list[int]) -> dict[str, ir.Value]:
    """The measures of all attributes at each probe."""
    landmark, count = found.landmark_number, found.reading_number_0.coalesce(0.0)
    trouble = [found[f"{name}_changed_0"] for name in names if counts_trouble(name)]
    changed = ibis.greatest(*trouble) if trouble else ibis.null("int32")
    parts: dict[str, ir.Value] = {"num_readings": count}
    for back in backs:
        parts[f"num_readings_{back}_days"] = count - found[f"reading_number_{back}"].coalesce(0.0)
    parts["days_since_reading"] = (landmark - found.latest_number).cast("float64")
    parts["days_observed"] = (landmark - found.first_number_0).cast("float64")
    parts["days_since_any_change"] = (landmark - changed).cast("float64")
    for name in names:
        parts[f"{name}_last"] = found[f"{name}_here_0"]
        parts[f"{name}_days_since_value"] = (landmark - found[f"{name}_known_0"]).cast("float64")
        parts[f"{name}_ever_max"] = found[f"{name}_high_0"]
        parts[f"{name}_days_since_change"] = (landmark - found[f"{name}_changed_0"]).cast("float64")
        family = families(name)
        if RISES in family:
            parts |= _sums(found, name, "rise", "rises", "rose", backs)
        if FALLS in family:
            parts[f"{name}_ever_min"] = found[f"{name}_low_0"]
            parts |= _sums(found, name, "fall", "falls", "fell", backs)
        if LEVELS in family:
            parts |= {f"{name}_{level}": found[f"{name}_{level}_0"] for level in LEVEL_MEASURES}
    return parts


def _sums(found: ir.Table, name: str, measure: str, sums: str, moved: str, backs: list[int]) -> dict[str, ir.Value]:
    """Rises or falls: what had been counted up by the landmark, less what had been by the beginning of each window."""
    has_value, total = found[f"{name}_here_0"].notnull(), found[f"{name}_{sums}_0"]
    parts: dict[str, ir.Value] = {}
    for back in backs:
        # Where nothing moved in the window, a difference of two large sums may still be a little off zero.
        moved_inside = found[f"{name}_{moved}_0"] > found.landmark_number - back
        since = total - found[f"{name}_{sums}_{back}"].coalesce(0.0)
        parts[f"{name}_{measure}_{back}_days"] = _if(has_value, ibis.ifelse(moved_inside, since, 0.0))
    parts[f"{name}_{measure}_ever"] = _if(has_value, total)
    return parts


def _if(condition: ir.BooleanValue, value: ir.FloatingValue) -> ir.FloatingValue:
    return ibis.ifelse(condition, value, ibis.null("float64"))
