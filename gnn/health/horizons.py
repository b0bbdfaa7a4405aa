"""Risk curve: from the probability at the trained horizon to that within N days, for every N the follow-up supports.

After a landmark time is cut into steps. In each the hazard of a drive is ``exp(level + slope * x)``, where ``x`` is the
log of the cumulative hazard that its calibrated probability at the trained horizon stands for: a landmark supermodel
whose coefficients change with time since the landmark, fitted as a Poisson regression of failures on drive-days. What
is censored counts for the days on which it was watched. What a drive shows today says less of the far future than of
the near one: slopes fall, and with them the risks of drives draw together. The curve is the calibrated cumulative
hazard times what the supermodel says of N over the trained horizon, so it goes exactly through the calibrated
probability, and rises with N for every drive and with the probability for every N.

References:
    van Houwelingen, Scandinavian Journal of Statistics 2007 (landmarking); Friedman, Annals of Statistics 1982
    (piecewise exponential hazards as Poisson regression).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gnn.health.examples import Examples
from graph.errors import InputError, RefusedError

# Ends of the steps, in trained horizons: with 30 days to two years.
STEPS = (0.25, 0.5, 1, 2, 3, 4, 6, 9, 12, 18, 24)
MIN_FAILURES = 20
MIN_DRIVES = 100
# A fleet with fewer failures than this in all its follow-up is held to a fifth of them a step, at least five.
SMALL_FLEET_FAILURES = 100
# Failing drives from which a step is learnt, where there are so many: older landmarks are left out then.
RECENT_FAILURES = 200
# How far the slope of one step is thought to differ from that of the one before (standard deviation).
SLOPE_STEP = 0.3
LONGEST_DATED_DAYS = 180
"""Up to where the median of a curve is held against the day of failure."""
_SMALLEST = 1e-9


@dataclass(frozen=True, slots=True)
class HorizonCurve:
    """How risk grows with the horizon.

    Args:
        horizon_days: Horizon for which the model was trained and calibrated.
        grid_days: Ends of the steps, ascending; the last is the longest horizon that the follow-up supports.
        levels: Log hazard a day of each step at ``x = 0``.
        slopes: What ``x`` adds to it.
        lowest_x: Range of ``x`` that was seen; beyond it drives are treated as at its end.
        highest_x: See ``lowest_x``.
        num_failures: Drives that failed within each step of some landmark.
        num_drives: Drives that were watched until the end of each step, or failed in it.
        min_failures: Failures that a step had to have.
    """

    horizon_days: int
    grid_days: tuple[int, ...]
    levels: tuple[float, ...]
    slopes: tuple[float, ...]
    lowest_x: float
    highest_x: float
    num_failures: tuple[int, ...]
    num_drives: tuple[int, ...]
    min_failures: int

    @property
    def supported_days(self) -> int:
        """Longest horizon that the follow-up supports; the curve stops here."""
        return self.grid_days[-1]

    @property
    def note(self) -> str:
        """In words, why the curve stops where it does."""
        return (
            f"The curve stops at {self.supported_days} days: beyond, fewer than {self.min_failures} failures or "
            f"{MIN_DRIVES} drives under observation would carry it."
        )

    def p(self, p_at_trained_horizon: np.ndarray, horizons_days: Sequence[int]) -> np.ndarray:
        """Probability of failure within each of the horizons.

        Args:
            p_at_trained_horizon: Calibrated probability within ``horizon_days``, shape ``(num_drives,)``.
            horizons_days: Whole days, ``1 <= N <= supported_days``, in any order.

        Returns:
            Shape ``(num_drives, len(horizons_days))``; ascending in N, and in the probability.

        Raises:
            InputError: A horizon is not supported.
        """
        asked = np.asarray(horizons_days, float)
        if len(asked) and (asked.min() < 1 or asked.max() > self.supported_days):
            wrong = next(days for days in horizons_days if not 1 <= days <= self.supported_days)
            raise InputError(
                f"Horizon of {wrong} days: the follow-up of the training data supports 1 to {self.supported_days} days."
            )
        p = np.asarray(p_at_trained_horizon, float)
        hazard = self._cumulative(p)
        ends = np.array((0, *self.grid_days), float)
        step = np.clip(np.searchsorted(ends, asked, side="left") - 1, 0, len(self.grid_days) - 1)
        part = (asked - ends[step]) / (ends[step + 1] - ends[step])
        found = -np.expm1(-(hazard[:, step] * (1 - part) + hazard[:, step + 1] * part))
        found[:, asked == self.horizon_days] = p[:, None]
        return found

    def median_days(self, p_at_trained_horizon: np.ndarray, within_days: int | None = None) -> np.ndarray:
        """Median days to failure of drives that fail within so many days.

        SMART ranks risk but hardly dates a failure: this is for the error beside the constant's, never to be shown as
        a date. Judge it on landmarks that were followed for ``within_days``, or early failures are all there is.

        Args:
            p_at_trained_horizon: Calibrated probability within ``horizon_days``, shape ``(num_drives,)``.
            within_days: At most ``supported_days``; None: that.

        Returns:
            Days, shape ``(num_drives,)``.

        Raises:
            InputError: ``within_days`` is not supported.
        """
        within = self.supported_days if within_days is None else within_days
        p = np.asarray(p_at_trained_horizon, float)
        total = -np.log1p(-np.clip(self.p(p, [within])[:, 0], 0, 1 - _SMALLEST))
        half = -np.log1p(np.expm1(-total) / 2)
        hazard = self._cumulative(p)
        ends = np.array((0, *self.grid_days), float)
        step = np.clip((hazard < half[:, None]).sum(axis=1) - 1, 0, len(self.grid_days) - 1)
        rows = np.arange(len(hazard))
        before, after = hazard[rows, step], hazard[rows, step + 1]
        part = np.divide(half - before, after - before, out=np.full(len(hazard), 0.5), where=after > before)
        return ends[step] + part * (ends[step + 1] - ends[step])

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> HorizonCurve:
        """A curve from its ``state``."""
        kept: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in state.items()
        }
        return cls(**kept)

    def _cumulative(self, p: np.ndarray) -> np.ndarray:
        # Cumulative hazard at 0 and at the end of each step, shape (num_drives, num_steps + 1).
        x = np.clip(_log_hazard(p), self.lowest_x, self.highest_x)
        widths = np.diff((0, *self.grid_days))
        raw = np.exp(np.array(self.levels) + x[:, None] * np.array(self.slopes)) * widths
        raw = np.column_stack([np.zeros(len(p)), np.cumsum(raw, axis=1)])
        trained = raw[:, 1 + self.grid_days.index(self.horizon_days)]
        return raw * (-np.log1p(-np.clip(p, 0, 1 - _SMALLEST)) / trained)[:, None]


def fit_horizons(
    p_at_trained_horizon: np.ndarray,
    days_to_end: np.ndarray,
    has_failed: np.ndarray,
    drive: np.ndarray,
    horizon_days: int,
    *,
    landmark: np.ndarray | None = None,
    min_failures: int | None = None,
    min_drives: int = MIN_DRIVES,
) -> HorizonCurve:
    """Learn how risk grows with the horizon from drives that the model did not train on.

    Beyond the trained horizon each step needs ``min_failures`` drives that failed in it and ``min_drives`` that were
    watched to its end; the curve stops before the first step that lacks them. Steps within the trained horizon that
    lack failures are joined. The trained horizon itself stands whatever its failures: the model was trained for it.

    Args:
        p_at_trained_horizon: Calibrated probability within ``horizon_days``, out of fold, shape ``(num_examples,)``.
        days_to_end: Days from the landmark to failure or to the end of observation, > 0; all follow-up up to the cut.
        has_failed: True where that end is a failure.
        drive: Drive of each example.
        horizon_days: The trained horizon.
        landmark: Landmark of each example, so that recent ones can be preferred; None: all count alike.
        min_failures: Failures a step needs; None: 20, or a fifth of all failures (at least 5) where the fleet has
            fewer than 100.
        min_drives: Drives watched to the end of a step.

    Raises:
        RefusedError: No drive failed within the trained horizon.
    """
    end, failed = np.asarray(days_to_end, float), np.asarray(has_failed, bool)
    near = failed & (end <= horizon_days)
    if not near.any():
        raise RefusedError(
            f"Risk curve: none of {len(np.unique(drive))} drives failed within {horizon_days} days of a landmark; "
            "expected at least one failure."
        )
    if min_failures is None:
        total = len(np.unique(drive[failed]))
        min_failures = MIN_FAILURES if total >= SMALL_FLEET_FAILURES else max(5, total // 5)
    p = np.clip(np.asarray(p_at_trained_horizon, float), _SMALLEST, 1 - _SMALLEST)
    x = _log_hazard(p)
    seen = (float(x.min()), float(x.max()))
    grid: list[int] = []
    fitted: list[tuple[float, float]] = []
    num_failures: list[int] = []
    num_drives: list[int] = []
    slope, start = 1.0, 0
    # Slopes of the trained horizon: none may lie more than 1 below them, or the curves of two drives would cross.
    lowest, highest = 0.0, np.inf
    for stop in sorted({max(1, round(step * horizon_days)) for step in STEPS}):
        here = failed & (end > start) & (end <= stop)
        failures, watched = len(np.unique(drive[here])), len(np.unique(drive[(end >= stop) | here]))
        enough = failures >= min_failures and watched >= min_drives
        if stop < horizon_days and not enough:
            continue
        if stop > horizon_days and not enough:
            break
        days = np.clip(end - start, 0, stop - start)
        recent = _recent(landmark, drive, here)
        # What the trained horizon's probabilities missed at these landmarks is not laid on the step.
        known = recent & (near | (end >= horizon_days))
        used = recent & (days > 0)
        moved = x[used] + np.log(max(near[known].sum(), 0.5) / p[known].sum())
        level, slope = _hazard(
            moved, here[used], days[used], slope, (lowest, highest if stop <= horizon_days else np.inf)
        )
        if stop <= horizon_days:
            lowest, highest = max(lowest, slope - 1), min(highest, slope + 1)
        fitted.append((level, slope))
        grid.append(stop)
        num_failures.append(failures)
        num_drives.append(watched)
        start = stop
    return HorizonCurve(
        horizon_days,
        tuple(grid),
        tuple(level for level, _ in fitted),
        tuple(slope for _, slope in fitted),
        *seen,
        tuple(num_failures),
        tuple(num_drives),
        min_failures,
    )


def _recent(landmark: np.ndarray | None, drive: np.ndarray, here: np.ndarray) -> np.ndarray:
    # The latest landmarks at which RECENT_FAILURES drives fail in this step; all where there are not so many.
    if landmark is None:
        return np.ones(len(here), bool)
    for first in np.unique(landmark[here])[::-1]:
        if len(np.unique(drive[here & (landmark >= first)])) >= RECENT_FAILURES:
            return landmark >= first
    return np.ones(len(here), bool)


def _hazard(
    x: np.ndarray, here: np.ndarray, days: np.ndarray, slope_before: float, within: tuple[float, float]
) -> tuple[float, float]:
    # Newton's steps of a Poisson regression of one step's failures on its drive-days, the slope held near the last.
    middle = float(x[here].mean()) if here.any() else float(np.average(x, weights=days))
    centred, count = x - middle, here.astype(float)
    precision = 1 / SLOPE_STEP**2
    slope = slope_before
    for _ in range(100):
        weight = days * np.exp(slope * centred)
        # The best level at this slope is known in closed form; half a failure keeps it finite where there is none.
        level = np.log(max(count.sum(), 0.5) / weight.sum())
        expected = weight * np.exp(level)
        mean = (expected @ centred) / expected.sum()
        gradient = count @ centred - expected @ centred - precision * (slope - slope_before)
        curvature = expected @ (centred - mean) ** 2 + precision
        move = float(np.clip(gradient / curvature, -0.5, 0.5))
        slope = float(np.clip(slope + move, *within))
        if abs(move) < 1e-8:
            break
    level = np.log(max(count.sum(), 0.5) / (days @ np.exp(slope * centred)))
    return float(level - slope * middle), float(slope)


def _log_hazard(p: np.ndarray) -> np.ndarray:
    return np.log(-np.log1p(-np.clip(p, _SMALLEST, 1 - _SMALLEST)))


def dated_failures(examples: Examples, within_days: int) -> np.ndarray:
    """Examples that fail within so many days, of landmarks that were followed so long: bool, ``(num_examples,)``.

    At a landmark that was followed for a month only early failures are known, whatever was predicted.
    """
    known_until = (examples.landmark + examples.days_to_end.astype("timedelta64[D]")).max()
    followed = examples.landmark + np.timedelta64(within_days, "D") <= known_until
    return followed & examples.has_failed & (examples.days_to_end <= within_days)
