"""What a probability is worth: observed against predicted failures, and the expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

# Ten bins of equal mass: bins of equal width would put a fleet whose risks all lie below 10 % into one.
Bins = Literal["equal_mass", "equal_width"]
NUM_BINS = 10


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """One bin of a reliability table.

    Args:
        predicted: Mean predicted probability.
        observed: Share that failed.
        low: Lower end of Wilson's 95 % interval of ``observed``.
        high: Upper end.
        num_examples: Examples in the bin (their weight).
        num_failures: Failures in the bin (their weight).
    """

    predicted: float
    observed: float
    low: float
    high: float
    num_examples: float
    num_failures: float


def reliability_table(
    label: np.ndarray,
    p: np.ndarray,
    *,
    bins: Bins = "equal_mass",
    num_bins: int = NUM_BINS,
    weight: np.ndarray | None = None,
) -> list[ReliabilityBin]:
    """Predicted and observed failures by bins of the predicted probability, lowest first.

    Args:
        label: bool, shape ``(num_examples,)``.
        p: Predicted probability, shape ``(num_examples,)``.
        bins: ``equal_mass`` (the default): each holds the same number of examples, equal predictions always in one
            bin; ``equal_width``: cut at ``1 / num_bins``, ``2 / num_bins``, ….
        num_bins: How many bins at most; empty ones are left out.
        weight: How often each example counts; None: once.

    References:
        Wilson, JASA 1927 (the interval of a share).
    """
    at = _bin_of(np.asarray(p, float), bins, num_bins, weight)
    count = np.ones(len(at)) if weight is None else np.asarray(weight, float)
    mass = np.bincount(at, weights=count, minlength=num_bins)
    predicted = np.bincount(at, weights=count * p, minlength=num_bins)
    failed = np.bincount(at, weights=count * np.asarray(label, bool), minlength=num_bins)
    table = []
    for number in np.flatnonzero(mass > 0):
        low, high = _wilson(failed[number], mass[number])
        observed = failed[number] / mass[number]
        table.append(
            ReliabilityBin(
                float(predicted[number] / mass[number]), float(observed), low, high, mass[number], failed[number]
            )
        )
    return table


def ece(
    label: np.ndarray,
    p: np.ndarray,
    *,
    bins: Bins = "equal_mass",
    num_bins: int = NUM_BINS,
    weight: np.ndarray | None = None,
) -> float:
    """Expected calibration error: mean over the bins of |observed - predicted|, each weighted by its examples.

    Where failures are rare even a constant has a small error: read it relative to the base rate.

    Args:
        label: bool, shape ``(num_examples,)``.
        p: Predicted probability, shape ``(num_examples,)``.
        bins: See ``reliability_table``; ten bins of equal mass by default.
        num_bins: How many bins at most.
        weight: How often each example counts; None: once.

    Returns:
        In [0, 1]; NaN without examples.

    References:
        Naeini, Cooper and Hauskrecht, AAAI 2015; equal mass: Nixon et al., CVPR workshops 2019.
    """
    table = reliability_table(label, p, bins=bins, num_bins=num_bins, weight=weight)
    mass = sum(row.num_examples for row in table)
    gap = sum(row.num_examples * abs(row.observed - row.predicted) for row in table)
    return float(gap / mass) if mass > 0 else float("nan")


def observed_over_predicted(
    label: np.ndarray, p: np.ndarray, top_share: float = 1.0, weight: np.ndarray | None = None
) -> float:
    """Failures observed for each that was predicted, among the riskiest ``top_share`` of the examples.

    Examples tied at the edge count by the fraction that still fits, so that the order of the rows does not matter.

    Args:
        label: bool, shape ``(num_examples,)``.
        p: Predicted probability, shape ``(num_examples,)``.
        top_share: In (0, 1]; .01 for the top 1 %.
        weight: How often each example counts; None: once.

    Returns:
        1 is right, below 1 too many were predicted; NaN where none was.
    """
    p, label = np.asarray(p, float), np.asarray(label, bool)
    count = np.ones(len(p)) if weight is None else np.asarray(weight, float)
    values, at = np.unique(-p, return_inverse=True)
    mass = np.bincount(at, weights=count, minlength=len(values))
    failed = np.bincount(at, weights=count * label, minlength=len(values))
    before = np.cumsum(mass) - mass
    taken = np.clip(top_share * mass.sum() - before, 0, mass)
    share = np.divide(taken, mass, out=np.zeros_like(mass), where=mass > 0)
    predicted = float(taken @ -values)
    return float(share @ failed / predicted) if predicted > 0 else float("nan")


def observed_within(days_to_end: np.ndarray, has_failed: np.ndarray, horizons_days: Sequence[int]) -> np.ndarray:
    """Share that failed within each horizon where follow-up differs: one less Kaplan and Meier's survival.

    Args:
        days_to_end: Days from the landmark to failure or to the end of observation, shape ``(num_examples,)``.
        has_failed: True where that end is a failure.
        horizons_days: Horizons.

    Returns:
        Shape ``(len(horizons_days),)``; NaN beyond the longest follow-up.

    References:
        Kaplan and Meier, JASA 1958.
    """
    end, failed = np.asarray(days_to_end, float), np.asarray(has_failed, bool)
    days = np.unique(end)
    at = np.searchsorted(days, end)
    failures = np.bincount(at, weights=failed, minlength=len(days))
    at_risk = len(end) - np.searchsorted(np.sort(end), days, side="left")
    survival = np.cumprod(np.r_[1.0, 1 - failures / np.maximum(at_risk, 1)])
    asked = np.asarray(horizons_days, float)
    found = 1 - survival[np.searchsorted(days, asked, side="right")]
    return np.where(asked <= (days[-1] if len(days) else -np.inf), found, np.nan)


def _bin_of(p: np.ndarray, bins: Bins, num_bins: int, weight: np.ndarray | None) -> np.ndarray:
    if bins == "equal_width":
        return np.clip((p * num_bins).astype(int), 0, num_bins - 1)
    # The middle of the ranks of all equal predictions: ties cannot be torn apart, whatever the order of the rows.
    values, at = np.unique(p, return_inverse=True)
    mass = np.bincount(at, weights=weight, minlength=len(values)).astype(float)
    middle = (np.cumsum(mass) - mass / 2) / max(mass.sum(), np.finfo(float).tiny)
    return np.clip((middle * num_bins).astype(int), 0, num_bins - 1)[at]


def _wilson(failed: float, mass: float) -> tuple[float, float]:
    # By hand and not by binomtest: weighted counts need not be whole.
    z = float(stats.norm.ppf(0.975))
    centre = (failed + z**2 / 2) / (mass + z**2)
    half = z / (mass + z**2) * np.sqrt(max(failed * (mass - failed), 0.0) / mass + z**2 / 4)
    # Rounding must not leave a hair above 0 or below 1 where none or all failed.
    return float(centre - half) if failed > 0 else 0.0, float(centre + half) if failed < mass else 1.0
