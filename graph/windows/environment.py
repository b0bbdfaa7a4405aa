"""The environment of places: days from samples, and the latest window of each place from its days."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from graph.windows.latest import latest_windows
from graph.windows.shape import checked_days, known

ENVIRONMENT_VERSION = 1
"""Counts up whenever a column of the windows of places changes its meaning."""

PLACE_KEY = "place_key"
MEASURED = ("temperature_celsius", "humidity_percent", "vibration_rms_m_s2", "power_watts")
SQUARED = ("vibration_rms_m_s2",)  # a root mean square: of several the mean of the squares counts


def daily_environment(samples: ir.Table) -> ir.Table:
    """One row a place and day.

    Args:
        samples: ``place_key``, ``day`` (date) and any columns of ``MEASURED``; any number of rows a place and day.

    Returns:
        ``place_key``, ``day``, ``num_samples`` and for each quantity its ``_min``, ``_mean`` and ``_max``; of a root
        mean square the mean is that of the squares.
    """
    parts: dict[str, ir.Value] = {"num_samples": samples.count().cast("float64")}
    for name in [name for name in MEASURED if name in samples.columns]:
        value = known(samples[name])
        parts[f"{name}_min"] = value.min()
        parts[f"{name}_mean"] = _mean(value, name)
        parts[f"{name}_max"] = value.max()
    return samples.group_by(PLACE_KEY, "day").agg(**parts)


def latest_environment_windows(daily: ir.Table, days: int = 30) -> ir.Table:
    """Compute the latest window of each place: the ``days`` calendar days that end at its own last day.

    Every day counts the same, however many samples it has. Missing days are left out, never filled.

    Args:
        daily: As ``daily_environment`` makes it.
        days: Length of the window in days, at least 1.

    Returns:
        One row a place: ``place_key, first_day, last_day, num_readings`` (days with a value), ``content_sha256`` and
        ``temperature_min, temperature_mean, temperature_max, humidity_mean, humidity_max, vibration_rms, power_mean``,
        null where nothing was measured.

    Raises:
        InputError: ``days`` is below 1, or a key column is missing.
    """
    own = latest_windows(daily.rename(drive_key=PLACE_KEY), checked_days(days))
    windows = own.select("first_day", "last_day", "num_readings", "content_sha256", **{PLACE_KEY: own.drive_key})
    joined = daily.inner_join(windows.select(PLACE_KEY, "first_day"), PLACE_KEY)
    inside = joined.filter(joined.day >= joined.first_day)
    measures = {
        "temperature_min": ("temperature_celsius_min", "min"),
        "temperature_mean": ("temperature_celsius_mean", "mean"),
        "temperature_max": ("temperature_celsius_max", "max"),
        "humidity_mean": ("humidity_percent_mean", "mean"),
        "humidity_max": ("humidity_percent_max", "max"),
        "vibration_rms": ("vibration_rms_m_s2_mean", "rms"),
        "power_mean": ("power_watts_mean", "mean"),
    }
    there = {name: part for name, part in measures.items() if part[0] in daily.columns}
    parts = {name: _over_days(known(inside[column]), how) for name, (column, how) in there.items()}
    found = windows.inner_join(inside.group_by(PLACE_KEY).agg(**parts), PLACE_KEY)
    return found.mutate(**{name: ibis.null("float64") for name in measures if name not in there})


def _over_days(value: ir.FloatingValue, how: str) -> ir.FloatingValue:
    if how == "min":
        return value.min()
    if how == "max":
        return value.max()
    return _mean(value, SQUARED[0] if how == "rms" else "")


def _mean(value: ir.FloatingValue, name: str) -> ir.FloatingValue:
    return (value * value).mean().sqrt() if name in SQUARED else value.mean()
