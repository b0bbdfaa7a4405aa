"""One change of level in many series at once: Pettitt's test, corrected for autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]

MINIMUM_SEGMENT = 5


@dataclass(frozen=True, slots=True)
class ChangePoints:
    """One entry a series.

    Args:
        p_value: Approximate; NaN where a series has fewer than two segments of five values or does not vary.
        column: Day column on which the new level begins; -1 where there is none.
        step: Median after minus median before, unit of the values.
    """

    p_value: Floats
    column: npt.NDArray[np.int64]
    step: Floats


def change_points(values: Floats) -> ChangePoints:
    """Find in each row the day after which the level differs most, and how likely that is by chance.

    Pettitt's p-value supposes independent values. Telemetry is not, so the squared statistic is divided by the factor
    by which first-order autocorrelation, measured on what is left after the step is taken out, reduces the number of
    independent values, ``(1 + r) / (1 - r)`` (never below 1).

    Args:
        values: Shape ``(num_series, num_days)``, one column a day; NaN where there is no reading.

    Returns:
        P-values, places and steps, shape ``(num_series,)``.

    References:
        Pettitt, Applied Statistics 28, 1979 (test and approximate p-value). Bayley and Hammersley, Supplement to the
        JRSS 8, 1946 (effective number of autocorrelated values).
    """
    num_series = len(values)
    is_read = np.isfinite(values)
    count = is_read.sum(axis=1)
    p_value, step = np.full(num_series, np.nan), np.full(num_series, np.nan)
    column = np.full(num_series, -1, dtype=np.int64)
    order = np.argsort(~is_read, axis=1, kind="stable")
    packed = np.take_along_axis(values, order, axis=1)
    for length in np.unique(count[count >= 2 * MINIMUM_SEGMENT]):
        rows = np.flatnonzero(count == length)
        series = packed[rows, :length]
        place, statistic = _largest_shift(series)
        after = np.arange(length)[None, :] >= place[:, None]
        late = np.nanmedian(np.where(after, series, np.nan), axis=1)
        early = np.nanmedian(np.where(after, np.nan, series), axis=1)
        independent = _first_autocorrelation(series - np.where(after, late[:, None], early[:, None]))
        squared = statistic**2 * (1 - independent) / (1 + independent)
        p_value[rows] = np.minimum(1.0, 2 * np.exp(-6 * squared / (length**3 + length**2)))
        step[rows] = late - early
        column[rows] = np.take_along_axis(order[rows], place[:, None], axis=1)[:, 0]
    is_constant = np.nanmax(np.where(is_read, values, -np.inf), axis=1, initial=-np.inf) <= np.nanmin(
        np.where(is_read, values, np.inf), axis=1, initial=np.inf
    )
    p_value[is_constant], column[is_constant] = np.nan, -1
    return ChangePoints(p_value, column, step)


def _largest_shift(series: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Index at which the second segment begins, and Pettitt's K there; both segments have at least five values."""
    n = series.shape[1]
    ranks = stats.rankdata(series, axis=1)
    sizes = np.arange(1, n + 1)
    shift = np.abs(2 * np.cumsum(ranks, axis=1) - sizes[None, :] * (n + 1))
    shift[:, : MINIMUM_SEGMENT - 1] = -1
    shift[:, n - MINIMUM_SEGMENT :] = -1
    last_of_first = np.argmax(shift, axis=1)
    return last_of_first + 1, np.take_along_axis(shift, last_of_first[:, None], axis=1)[:, 0]


def _first_autocorrelation(residuals: Floats) -> Floats:
    """Lag-one autocorrelation in ``[0, 0.99]``; 0 where nothing varies."""
    centred = residuals - residuals.mean(axis=1, keepdims=True)
    power = (centred**2).sum(axis=1)
    product = (centred[:, 1:] * centred[:, :-1]).sum(axis=1)
    return np.clip(np.divide(product, power, out=np.zeros_like(power), where=power > 0), 0.0, 0.99)
