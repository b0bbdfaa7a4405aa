"""When wear reaches the rated life, if drives go on being written as they were: an interval of days, never a date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.9
NUM_STRETCHES = 6
LEAST_SPAN_DAYS = 56
LEAST_READ_DAYS = 30
# Below this many whole percents the steps themselves tell too little of the rate, and the writes must.
LEAST_STEPS = 8
# Below this many percents used, writes over the whole life do not say what a percent takes.
LEAST_USED_PERCENT = 10
LONGEST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class WearOut:
    """One entry a drive; NaN where nothing can be said.

    Args:
        early_days: Days from the last day to the early end of the interval.
        late_days: Days to the late end.
        used_percent: Wear at the last reading.
        rate_percent: Wear a day over the days looked at.
        span_days: Days looked at.
        by_writes: Whether the rate comes from what the host wrote, because wear moved in too few whole percents.
    """

    early_days: Floats
    late_days: Floats
    used_percent: Floats
    rate_percent: Floats
    span_days: Floats
    by_writes: npt.NDArray[np.bool_]


def wear_out(used: Floats, written: Floats | None = None) -> WearOut:
    """Project wear to 100 %.

    The days looked at are cut into six stretches of equal length, each long enough to hold a week's rhythm and most
    of what days have in common with the day before (batch means). The mean rate of the stretches and their spread give
    a Student interval for the mean rate of the days to come, of which a short future varies more than a long one. Wear
    is told in whole percents, so what is left is known to one percent either way. Where it moved by few of them, the
    rate is that of the written data, and a percent takes what it took over the drive's life, again to one percent.

    Args:
        used: Percent used, shape ``(num_drives, num_days)``, one column a day, each drive's last day last; NaN where
            there is no reading.
        written: Data written over the drive's life, in any unit, same shape; None where there is none.

    Returns:
        90 % intervals; NaN for drives with fewer than 30 readings or 56 days, whose counters fell, that are worn out
        already, or for which the interval has no late end within ten years.

    References:
        Schmeiser, Operations Research 30, 1982 (batch means of autocorrelated series, few long batches).
    """
    steps = _project(used, used, np.ones((len(used), 2)), quantum=1.0)
    first, last = _ends(used)
    is_coarse = ~(last - first >= LEAST_STEPS)
    writes = written if written is not None else np.full_like(used, np.nan)
    total = _ends(writes)[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        # Percent that a unit written takes: at least and at most.
        factor = np.stack([(last - 1) / total, (last + 1) / total], axis=1)
    factor[~((last >= LEAST_USED_PERCENT) & (total > 0))] = np.nan
    by_writes = _project(used, writes, factor, quantum=0.0)
    chosen = [np.where(is_coarse, two, one) for one, two in zip(steps, by_writes, strict=True)]
    return WearOut(chosen[0], chosen[1], last, chosen[2], chosen[3], is_coarse)


def _ends(values: Floats) -> tuple[Floats, Floats]:
    """First and last value of each row."""
    frame = pd.DataFrame(values)
    return frame.bfill(axis=1).iloc[:, 0].to_numpy(dtype=float), frame.ffill(axis=1).iloc[:, -1].to_numpy(dtype=float)


def _project(used: Floats, driver: Floats, factor: Floats, *, quantum: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Early and late days, rate in percent a day and span, from the rate of one cumulative series.

    Args:
        used: Percent used.
        driver: Cumulative series that wear goes with.
        factor: Percent that a unit of it takes, at least and at most, shape ``(num_drives, 2)``.
        quantum: Least change that the driver can show.
    """
    read = np.isfinite(driver)
    count, num_days = read.sum(axis=1), driver.shape[1]
    begin = np.argmax(read, axis=1)
    end = num_days - 1 - np.argmax(read[:, ::-1], axis=1)
    span = np.where(count > 0, end - begin, 0).astype(float)
    filled = pd.DataFrame(driver).ffill(axis=1).to_numpy(dtype=float)
    grows = ~(np.diff(filled, axis=1) < 0).any(axis=1)
    enough = (count >= LEAST_READ_DAYS) & (span >= LEAST_SPAN_DAYS) & grows
    edges = np.rint(begin[:, None] + span[:, None] * np.linspace(0, 1, NUM_STRETCHES + 1)).astype(int)
    level = np.take_along_axis(filled, edges, axis=1)
    lengths = np.diff(edges, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.diff(level, axis=1) / lengths
        mean, spread = (level[:, -1] - level[:, 0]) / span, rates.std(axis=1, ddof=1)
        last = _ends(used)[1]
        left = np.stack([np.maximum(100 - last - 1, 0), 100 - last + 1], axis=1)
        expected = (100 - last) / (mean * factor.mean(axis=1))
        quantile = stats.t.ppf((1 + CONFIDENCE) / 2, NUM_STRETCHES - 1)
        stretch = span / NUM_STRETCHES
        # The mean over the days to come: of the mean so far, and of so many stretches to come.
        width = quantile * spread * np.sqrt(1 / NUM_STRETCHES + stretch / np.maximum(expected, 1))
        # Rates are positive and skewed, so the interval is one of their logarithm.
        ratio = np.exp(width / mean)
        early = left[:, 0] / ((mean * ratio + quantum / span) * factor[:, 1])
        late = left[:, 1] / ((mean / ratio - quantum / span) * factor[:, 0])
        rate = mean * factor.mean(axis=1)
    known = enough & (mean > 0) & (late > 0) & (late <= LONGEST_DAYS) & (last < 100)
    return tuple(np.where(known, item, np.nan) for item in (early, late, rate, span))  # type: ignore[return-value]
