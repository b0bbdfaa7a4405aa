"""Annualised failure rates with exact intervals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from app.analysis.results import RateRow

DAYS_A_YEAR = 365
AGE_BANDS_YEARS = (0, 1, 2, 3, 4, 5)


def annualised_failure_rate(
    failures: int, drive_days: int, level: float = 0.95
) -> tuple[float | None, float | None, float | None]:
    """Failures / drive-days × 365 in % a year, with its exact Poisson interval.

    Args:
        failures: Failures seen, at least 0.
        drive_days: Days under observation; with 0 there is no rate.
        level: Of the interval.

    Returns:
        Rate, lower and upper end, % a year; all None without drive-days.

    References:
        Garwood, Biometrika 28, 1936 (interval).
    """
    return poisson_interval(failures, drive_days, DAYS_A_YEAR * 100, level)


def poisson_interval(
    events: int, exposure: float, scale: float, level: float = 0.95
) -> tuple[float | None, float | None, float | None]:
    """Events / exposure × scale, with its exact Poisson interval; all None without exposure.

    References:
        Garwood, Biometrika 28, 1936.
    """
    if exposure <= 0:
        return None, None, None
    tail = (1 - level) / 2
    factor = scale / exposure
    low = stats.chi2.ppf(tail, 2 * events) / 2 if events else 0.0
    high = stats.chi2.ppf(1 - tail, 2 * events + 2) / 2
    return events * factor, float(low * factor), float(high * factor)


def rate_row(group: str, drives: int, failures: int, drive_days: int) -> RateRow:
    """Rate of one group."""
    return RateRow(group, drives, failures, drive_days, *annualised_failure_rate(failures, drive_days))


def rates_by(drives: pd.DataFrame, column: str, *, is_rated: bool = True) -> list[RateRow]:
    """Counts and rates of the groups of ``column``, largest exposure first.

    Args:
        drives: Columns ``drive_days``, ``num_failures`` and the group's column; drives without a group are left out.
            Those without exposure count as drives of their group and their failures as its failures, but no failure
            of theirs enters its rate.
        column: What to group by.
        is_rated: False gives the counts alone, for drives whose days are not the exposure of their failures.
    """
    known = drives[drives[column].notna()]
    seen = known["num_failures"].where(known["drive_days"] > 0, 0)
    groups = (
        known.assign(seen_failures=seen)
        .groupby(column, sort=True)
        .agg(
            drives=("drive_days", "size"),
            failures=("num_failures", "sum"),
            seen_failures=("seen_failures", "sum"),
            drive_days=("drive_days", "sum"),
        )
        .sort_values(["drive_days", "drives"], ascending=False, kind="stable")
    )
    rows = []
    for group, (count, failures, seen_failures, days) in zip(groups.index, groups.to_numpy(dtype=int), strict=True):
        rate = annualised_failure_rate(int(seen_failures), int(days) if is_rated else 0)
        rows.append(RateRow(str(group), int(count), int(failures), int(days), *rate))
    return rows


def rates_by_age(drives: pd.DataFrame) -> list[RateRow]:
    """Rates by age band: each drive's days are shared out over the bands it lived through.

    Args:
        drives: Columns ``drive_days``, ``num_failures``, ``entry_age_days`` and ``exit_age_days`` (NaN where power-on
            hours are not known; those drives form a band of their own).

    Returns:
        Bands in order of age, only those with exposure.
    """
    observed = drives[drives["drive_days"] > 0]
    known = observed[observed["exit_age_days"].notna()]
    entry, exit_ = known["entry_age_days"].to_numpy(), known["exit_age_days"].to_numpy()
    # Days in a band are the part of the observed ages inside it, scaled so that they add up to the drive's exposure.
    scale = known["drive_days"].to_numpy() / np.maximum(exit_ - entry, 1e-9)
    rows = []
    ends = [*AGE_BANDS_YEARS[1:], np.inf]
    for first, end in zip(AGE_BANDS_YEARS, ends, strict=True):
        low, high = first * DAYS_A_YEAR, end * DAYS_A_YEAR
        days = np.clip(np.minimum(exit_, high) - np.maximum(entry, low), 0, None) * scale
        failures = known["num_failures"].to_numpy(dtype=int)[_inside(exit_, low, high)].sum()
        name = f"{first} to {end} y" if np.isfinite(end) else f"over {first} y"
        rows.append(rate_row(name, int((days > 0).sum()), int(failures), round(float(days.sum()))))
    unknown = observed[observed["exit_age_days"].isna()]
    rows.append(
        rate_row("age unknown", len(unknown), int(unknown["num_failures"].sum()), int(unknown["drive_days"].sum()))
    )
    return [row for row in rows if row.drive_days > 0]


def _inside(age: npt.NDArray[np.float64], low: float, high: float) -> npt.NDArray[np.bool_]:
    """Ages in ``(low, high]``, and 0 in the first band."""
    return ((age > low) | ((low == 0) & (age == 0))) & (age <= high)
