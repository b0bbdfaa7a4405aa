"""Drives that stand apart from their cohort, measured robustly."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

Floats = npt.NDArray[np.float64]

SMALLEST_COHORT = 8
# MAD of a normal distribution is 0.6745 of its standard deviation.
_MAD_TO_SIGMA = 1 / stats.norm.ppf(0.75)


@dataclass(frozen=True, slots=True)
class CohortOutliers:
    """One entry a drive.

    Args:
        offset: Median over the days of (value minus the cohort's median of that day), unit of the values.
        z: Robust score of that offset within the cohort.
        p_value: One-sided (above the cohort), from the normal distribution; NaN where the cohort is too small.
        cohort_size: Drives in the cohort.
    """

    offset: Floats
    z: Floats
    p_value: Floats
    cohort_size: npt.NDArray[np.int64]


def cohort_outliers(values: Floats, cohort: pd.Series, resolution: float) -> CohortOutliers:
    """Compare each drive with the drives of its cohort on the same days.

    Taking the cohort's median day by day removes what all share (a warm week, a change of load); taking the drive's
    median over the days lets one spike pass.

    Args:
        values: Shape ``(num_drives, num_days)``; the same column is the same day for all; NaN where not read.
        cohort: Name of each drive's cohort, in the order of the rows; missing: no cohort.
        resolution: Smallest scale believed, unit of the values: a sensor that reads whole degrees has a MAD of 0
            where half of the drives agree.

    Returns:
        Offsets and scores, shape ``(num_drives,)``.

    References:
        Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993 (modified z-score).
    """
    names, _ = pd.factorize(cohort, sort=True)
    offset = np.full(len(values), np.nan)
    z = np.full(len(values), np.nan)
    size = np.zeros(len(values), dtype=np.int64)
    order = np.argsort(names, kind="stable")
    bounds = np.flatnonzero(np.diff(names[order], prepend=-2, append=len(names) + 1))
    for start, end in pairwise(bounds):
        rows = order[start:end]
        if names[rows[0]] < 0:
            continue
        part = values[rows]
        read = np.isfinite(part)
        size[rows] = read.any(axis=1).sum()
        enough = read.sum(axis=0) >= SMALLEST_COHORT
        if size[rows[0]] < SMALLEST_COHORT or not enough.any():
            continue
        part, read = part[:, enough], read[:, enough]
        median = np.nanmedian(part, axis=0)
        seen = read.any(axis=1)
        offset[rows[seen]] = np.nanmedian(part[seen] - median, axis=1)
        own = offset[rows]
        centre = np.nanmedian(own)
        scale = max(np.nanmedian(np.abs(own - centre)) * _MAD_TO_SIGMA, resolution)
        z[rows] = (own - centre) / scale
    return CohortOutliers(offset, z, stats.norm.sf(z), size)
