"""How many drives of a group will fail: an interval for the count, and the spares that suffice.

Given each drive's probability the count is Poisson-binomial. Probabilities are not known exactly, though: the refits of
the bootstrap give other totals, and months differ for reasons that no reading tells (a firmware, a hot summer). So the
probabilities of a group are all multiplied by one unknown factor of mean 1, gamma distributed, whose variance is that
of the refits' totals plus the overdispersion that groups of validation showed; the count is the mixture.

Counts are small whole numbers: a central 80 % interval would hold far more than 80 %. The interval is therefore the
shortest run of counts that holds at least the level.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

LEVEL = 0.8
MIN_EXPECTED = 5.0
# Points at which the factor's distribution is taken: their error on a probability is below one in a thousand.
_FACTORS = 41
# Probabilities below this enter the characteristic function by their power sums, whose series then converges at once.
_SMALL_P = 0.05
_TERMS = 12
_FEWEST_GROUPS = 8
HALF_LIFE_DAYS = 125.0
"""Drives, loads and base rates drift: what is older counts half after so many days, groups as examples of boosting."""
# Standard deviations of a common factor that are weighed, and what is thought of them before anything was seen.
_DEVIATIONS = np.linspace(0.002, 2.0, 400)
_DEVIATION_SCALE = 0.15
_DEVIATION_FREEDOM = 4


@dataclass(frozen=True, slots=True)
class CountInterval:
    """Prediction interval of a number of failures.

    Args:
        expected: Mean of the count.
        low: Fewest failures within the interval.
        high: Most.
    """

    expected: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class GroupCount:
    """A group's failures beside their interval."""

    group: Hashable
    num_drives: int
    interval: CountInterval
    observed: int

    @property
    def is_covered(self) -> bool:
        """True where the interval holds what was observed."""
        return self.interval.low <= self.observed <= self.interval.high


@dataclass(frozen=True)
class Coverage:
    """How many groups' counts their intervals held.

    Args:
        groups: Groups with at least the expected failures asked for, in order.
    """

    groups: tuple[GroupCount, ...]

    @property
    def num_groups(self) -> int:
        """Groups that were judged."""
        return len(self.groups)

    @property
    def num_covered(self) -> int:
        """Groups whose interval held what was observed."""
        return sum(group.is_covered for group in self.groups)

    @property
    def share(self) -> float:
        """Share of groups covered; NaN where none was large enough."""
        return self.num_covered / self.num_groups if self.groups else float("nan")


def count_interval(
    p: np.ndarray, *, level: float = LEVEL, overdispersion: float = 0.0, totals: np.ndarray | None = None
) -> CountInterval:
    """Prediction interval of the number of failures of a group.

    Args:
        p: Calibrated probability of each drive, shape ``(num_drives,)``.
        level: Least probability that the interval holds.
        overdispersion: Variance of the group's common factor, from ``estimate_overdispersion`` on like groups.
        totals: Expected failures of the group by each refit of the bootstrap, shape ``(num_refits,)``; None: no
            spread.
    """
    chances = count_distribution(p, overdispersion=overdispersion, totals=totals)
    low, high = _shortest(chances, level)
    return CountInterval(float(np.sum(p)), low, high)


def spares(
    p: np.ndarray, *, probability: float = 0.95, overdispersion: float = 0.0, totals: np.ndarray | None = None
) -> int:
    """Fewest spare drives that suffice with the given probability; see ``count_interval`` for the rest."""
    chances = count_distribution(p, overdispersion=overdispersion, totals=totals)
    return int(np.argmax(np.cumsum(chances) >= min(probability, chances.sum() - 1e-12)))


def count_distribution(p: np.ndarray, *, overdispersion: float = 0.0, totals: np.ndarray | None = None) -> np.ndarray:
    """Probability of each number of failures, from 0 on; what is left out sums to less than a millionth.

    Args:
        p: Calibrated probability of each drive.
        overdispersion: See ``count_interval``.
        totals: See ``count_interval``.

    References:
        Hong, Computational Statistics and Data Analysis 2013 (Poisson-binomial by its characteristic function).
    """
    p = np.clip(np.asarray(p, float), 0, 1)
    expected = p.sum()
    variance = overdispersion
    if totals is not None and expected > 0:
        variance += float(np.var(np.asarray(totals) / expected))
    if expected <= 0:
        return np.ones(1)
    factors = np.ones(1)
    if variance > 1e-9:
        middles = (np.arange(_FACTORS) + 0.5) / _FACTORS
        factors = stats.gamma.ppf(middles, 1 / variance, scale=variance)
        factors /= factors.mean()
    most = expected * factors[-1]
    size = min(len(p), int(np.ceil(most + 8 * np.sqrt(most) + 12))) + 1
    return np.mean([_poisson_binomial(np.minimum(p * factor, 1), size) for factor in factors], axis=0)


def estimate_overdispersion(
    label: np.ndarray,
    p: np.ndarray,
    group: np.ndarray | Sequence[Hashable],
    *,
    landmark: np.ndarray | None = None,
    min_expected: float = MIN_EXPECTED,
) -> float:
    """How far groups' failures scatter beyond chance: the variance of their common factor.

    A count is negative binomial about what was expected of its group. To be estimated on validation, on groups of the
    kind that it is used for (landmark and model, or landmark alone for a whole fleet): a handful of drives of a rare
    model differ from the rest by far more than a large group does from month to month. A few groups hardly tell, so
    the mean is taken over what they leave likely, the factor's standard deviation being about .15 or a few times that
    where nothing is known; with many groups that thought counts for nothing.

    Args:
        label: bool, shape ``(num_examples,)``.
        p: Calibrated probability, out of fold.
        group: Group of each example.
        landmark: Landmark of each example: a group counts half for every 125 days that it lies before the latest,
            since a fleet's early troubles leave with the drives that had them; None: all count alike.
        min_expected: Groups with fewer expected failures are left out, unless fewer than eight have so many.

    Returns:
        Above 0; near 0 where many groups scatter no more than chance has it.

    References:
        Lawless, Canadian Journal of Statistics 1987 (negative binomial regression); Gelman, Bayesian Analysis 2006
        (half-t prior of a standard deviation).
    """
    at, num = _numbered(group)
    expected = np.bincount(at, weights=p, minlength=num)
    observed = np.bincount(at, weights=np.asarray(label, bool), minlength=num)
    some = expected >= min_expected
    if some.sum() < _FEWEST_GROUPS:
        some = expected > 0
    worth = np.ones(num)
    if landmark is not None and num:
        when = np.empty(num, "datetime64[D]")
        when[at] = landmark
        worth = 0.5 ** ((when.max() - when).astype(float) / HALF_LIFE_DAYS)
    size = 1 / _DEVIATIONS[:, None] ** 2
    likelihood = stats.nbinom.logpmf(observed[some], size, size / (size + expected[some])) @ worth[some]
    chance = likelihood + stats.t.logpdf(_DEVIATIONS / _DEVIATION_SCALE, _DEVIATION_FREEDOM)
    weight = np.exp(chance - chance.max())
    return float(weight @ _DEVIATIONS**2 / weight.sum())


def interval_coverage(
    label: np.ndarray,
    p: np.ndarray,
    group: np.ndarray | Sequence[Hashable],
    *,
    level: float = LEVEL,
    overdispersion: float = 0.0,
    members: np.ndarray | None = None,
    min_expected: float = MIN_EXPECTED,
) -> Coverage:
    """How often the interval of a group's failures holds what was observed.

    Args:
        label: bool, shape ``(num_examples,)``.
        p: Calibrated probability, shape ``(num_examples,)``.
        group: Group of each example (landmark and model).
        level: Of the intervals.
        overdispersion: Estimated on validation, never on these groups.
        members: Probability by each refit of the bootstrap, shape ``(num_examples, num_refits)``; None: no spread.
        min_expected: Failures expected of a group for it to be judged.
    """
    label, p = np.asarray(label, bool), np.asarray(p, float)
    rows = pd.Series(np.arange(len(p))).groupby(_keys(group), sort=True)
    judged = []
    for name, chosen in rows:
        at = chosen.to_numpy()
        if p[at].sum() >= min_expected:
            totals = None if members is None else members[at].sum(axis=0)
            interval = count_interval(p[at], level=level, overdispersion=overdispersion, totals=totals)
            judged.append(GroupCount(name, len(at), interval, int(label[at].sum())))
    return Coverage(tuple(judged))


def _poisson_binomial(p: np.ndarray, size: int) -> np.ndarray:
    # Characteristic function at the roots of unity, turned back by a discrete Fourier transform.
    z = np.expm1(-2j * np.pi * np.arange(size // 2 + 1) / size)
    small = p[p < _SMALL_P]
    log_cf = np.zeros(len(z), complex)
    power, rising = small.copy(), z.copy()
    for term in range(1, _TERMS + 1):
        log_cf += (-1) ** (term + 1) / term * power.sum() * rising
        power, rising = power * small, rising * z
    for chance in p[p >= _SMALL_P]:
        log_cf += np.log1p(min(chance, 1 - 1e-12) * z)
    return np.clip(np.fft.irfft(np.exp(log_cf), size), 0, None)


def _shortest(chances: np.ndarray, level: float) -> tuple[int, int]:
    # The chances rise to one mode and fall: counts are taken from the mode outwards, the likelier side first.
    low = high = int(np.argmax(chances))
    held = chances[low]
    while held < level and (low > 0 or high < len(chances) - 1):
        left = chances[low - 1] if low > 0 else -1.0
        right = chances[high + 1] if high < len(chances) - 1 else -1.0
        if right >= left:
            high += 1
            held += right
        else:
            low -= 1
            held += left
    return low, high


def _keys(group: np.ndarray | Sequence[Hashable]) -> pd.Series:
    return pd.Series(list(group), dtype=object)


def _numbered(group: np.ndarray | Sequence[Hashable]) -> tuple[np.ndarray, int]:
    at, names = pd.factorize(_keys(group))
    return at, len(names)
