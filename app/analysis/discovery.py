"""False discovery control over a fleet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats


def adjusted(p_values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Adjust p-values so that calling all below q a discovery keeps the expected share of false ones below q.

    Args:
        p_values: One a test; NaN where no test could be made (stays NaN and does not count).

    Returns:
        Adjusted p-values in the same order.

    References:
        Benjamini and Hochberg, JRSS B 57, 1995; valid under positive dependence (Benjamini and Yekutieli, Annals of
        Statistics 29, 2001), which drives that share a room have.
    """
    result = np.full(len(p_values), np.nan)
    tested = np.isfinite(p_values)
    if tested.any():
        result[tested] = stats.false_discovery_control(p_values[tested], method="bh")
    return result
