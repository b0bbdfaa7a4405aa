"""What a telemetry window holds, whichever way it is computed."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from graph.errors import InputError
from graph.windows.reductions import max_by

# Counts up whenever a column changes its meaning: windows of different versions are never compared.
DEFINITION_VERSION = 1

KEYS = ("drive_key", "day")

# Beside an attribute's normalised value: what the device itself holds it against. It hardly ever changes, so a window
# keeps only the last value of it.
BESIDE = ("_threshold", "_worst")

# When the sample of the day was taken, in seconds since 1970: says which of two samples counts, and is no measure.
COLLECTED_AT = "collected_at_seconds"

MEASURES = ("first", "last", "min", "max", "rise", "slope_per_day", "last_change_day", "num_resets")


def attributes(readings: ir.Table) -> list[str]:
    """Attribute columns of a table of readings: all but its keys and the time of the day's sample.

    Raises:
        InputError: A key column is missing.
    """
    for key in KEYS:
        if key not in readings.columns:
            raise InputError(f"Readings: column '{key}' is missing; there are {', '.join(readings.columns)}.")
    return [name for name in readings.columns if name not in (*KEYS, COLLECTED_AT)]


def measured(names: list[str]) -> list[str]:
    """Those attribute columns of which a window has all measures; of the others it has the last value."""
    # Only ATA has values beside an attribute: nvme_available_spare_threshold is an attribute itself.
    return [name for name in names if not (name.startswith("ata_") and name.endswith(BESIDE))]


def window_columns(attribute: str) -> dict[str, str]:
    """Column of each measure of an attribute, by measure: ``{"first": "ata_5_first", …}``."""
    return {measure: f"{attribute}_{measure}" for measure in MEASURES}


def checked_days(days: int) -> int:
    """The length of a window in days.

    Raises:
        InputError: It is below 1.
    """
    if days < 1:
        raise InputError(f"Window of {days} days: expected at least 1.")
    return days


def prepared(readings: ir.Table) -> ir.Table:
    """Readings with NaN as null, all attributes float64, and ``day_number``, the day as an integer.

    Range windows over an integer are the same on every engine, over a date they are not.
    """
    values = {name: known(readings[name]) for name in attributes(readings)}
    day_number = readings.day.delta(ibis.date("1970-01-01"), unit="day").cast("int32")
    return readings.select("drive_key", "day", day_number=day_number, **values)


def known(value: ir.NumericValue) -> ir.FloatingValue:
    """A number as float64, null where it is NaN."""
    number = value.cast("float64")
    return ibis.ifelse(number.isnan(), ibis.null("float64"), number)


def day_where_known(rows: ir.Table, name: str) -> ir.IntegerValue:
    """The day number of a prepared reading, null where the attribute has no value."""
    return ibis.ifelse(rows[name].notnull(), rows.day_number, ibis.null("int32"))


def with_changes(rows: ir.Table, names: list[str]) -> ir.Table:
    """Add what is known of each attribute up to a row.

    ``{name}_here`` is the drive's latest value on that day or before it; ``{name}_change`` the difference of the day's
    value to the one before, 0 for a drive's first, null where the day has no value.
    """
    before = ibis.window(group_by="drive_key", order_by="day_number", rows=(None, -1))
    rows = rows.mutate(
        **{f"{name}_before": max_by(rows[name], day_where_known(rows, name)).over(before) for name in names}
    )
    added: dict[str, ir.Value] = {}
    for name in names:
        value, earlier = rows[name], rows[f"{name}_before"]
        added[f"{name}_here"] = ibis.coalesce(value, earlier)
        added[f"{name}_change"] = ibis.ifelse(earlier.isnull() & value.notnull(), 0.0, value - earlier)
    return rows.mutate(**added).drop(*(f"{name}_before" for name in names))


def rise(change: ir.FloatingValue) -> ir.FloatingValue:
    """By how much a reading rose: 0 where it fell or stayed, null where there is none."""
    return ibis.cases((change > 0, change), (change <= 0, 0.0))


def fall(change: ir.FloatingValue) -> ir.FloatingValue:
    """1 where a reading fell, 0 where it rose or stayed, null where there is none."""
    return ibis.cases((change < 0, 1.0), (change >= 0, 0.0))
