"""Drives that stand apart from their cohort, measured robustly."""

from __future__ import annotations

from dataclasses import dataclass

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
        offset: Median over the days of the offsets, unit of the values.
        z: Robust score of that offset within the cohort.
        p_value: One-sided (above the cohort), from the normal distribution; NaN where the cohort is too small.
        cohort_size: Drives in the cohort.
    """

    offset: Floats
    z: Floats
    p_value: Floats
    cohort_size: npt.NDArray[np.int64]


def cohort_outliers(offsets: Floats, cohort: pd.Series, resolution: float) -> CohortOutliers:
    """Compare each drive with the drives of its cohort.

    Taking the difference to the cohort's median of the same day removes what all share (a warm week, a change of
    load); taking the drive's median over the days lets a spike pass.

    Args:
        offsets: Value minus the cohort's median of that day, shape ``(num_drives, num_days)``; NaN where not read.
        cohort: Name of each drive's cohort, in the order of the rows.
        resolution: Smallest scale believed, unit of the values: a sensor that reads whole degrees has a MAD of 0
            where half of the drives agree.

    Returns:
        Offsets and scores, shape ``(num_drives,)``.

    References:
        Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993 (modified z-score); the median absolute deviation
        is taken below the median only.
    """
    read = np.isfinite(offsets).any(axis=1)
    offset = np.full(len(offsets), np.nan)
    offset[read] = np.nanmedian(offsets[read], axis=1)
    own = pd.Series(offset)
    groups = pd.Series(pd.factorize(cohort)[0])
    centre = own.groupby(groups).transform("median")
    # The scale comes from the lower half: a rack of hot drives, which is what is looked for, must not widen it.
    below = (centre - own).where(own <= centre)
    spread = below.groupby(groups).transform("median") * _MAD_TO_SIGMA
    size = own.groupby(groups).transform("count").to_numpy(dtype=np.int64)
    z = ((own - centre) / spread.clip(lower=resolution)).to_numpy(dtype=float)
    z[size < SMALLEST_COHORT] = np.nan
    return CohortOutliers(offset, z, stats.norm.sf(z), size)
