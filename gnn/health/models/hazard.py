"""Discrete-time hazard: the odds of failing in a period, given that the drive reached it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from gnn.health.examples import Examples
from gnn.health.models.matrix import Standard, followed_days, person_periods, placed, teaching, thinned
from gnn.health.port import Output
from graph.errors import InputError

# Ends of the periods in horizons: three within the horizon, then as far as follow-up goes.
PERIOD_ENDS = (1 / 3, 2 / 3, 1.0, 2.0, 3.0)
MOST_HEALTHY = 25_000
INVERSE_PENALTY = 0.05
MIN_PERIOD_FAILURES = 5
# The penalty is meant for features: a period's own odds are left almost free.
_PERIOD_SCALE = 10.0


@dataclass(frozen=True)
class FittedHazard:
    """Odds of failing in each period, a line in standardised features that changes with time.

    Args:
        standard: How features become columns about 0.
        coefficients: Log-odds per standard deviation at the horizon, one a column of ``standard.table``.
        fading: What is added to each for every unit of the logarithm of time over the horizon.
        ends_days: Ends of the periods, ascending.
        intercepts: Log-odds of an average example in each period.
        horizon_days: Horizon of ``scores``.
    """

    standard: Standard
    coefficients: np.ndarray
    fading: np.ndarray
    ends_days: np.ndarray
    intercepts: np.ndarray
    horizon_days: int
    name: str = "hazard"
    output: Output = "risk"

    def scores(self, examples: Examples) -> np.ndarray:
        """Probability of failure within the horizon, shape ``(num_examples,)``."""
        return self.curve(examples, [self.horizon_days])[:, 0]

    def curve(self, examples: Examples, horizons_days: Sequence[float]) -> np.ndarray:
        """Probability of failure within each horizon, shape ``(num_examples, num_horizons)``.

        Within a period the hazard is constant.

        Raises:
            InputError: A horizon is not above 0 or lies beyond the last period.
        """
        for days in horizons_days:
            if not 0 < days <= self.ends_days[-1]:
                raise InputError(
                    f"Horizon of {days:g} days: expected above 0 and at most {self.ends_days[-1]:g}, as far as the "
                    f"hazard was learnt."
                )
        risk = -np.log1p(-expit(self._lines(self.standard.table(examples).astype(np.float64))))
        begins = np.concatenate([[0.0], self.ends_days[:-1]])
        inside = np.clip(
            (np.asarray(horizons_days, float)[:, None] - begins) / (self.ends_days - begins), 0.0, 1.0
        )  # shape (num_horizons, num_periods)
        return np.asarray(-np.expm1(-risk @ inside.T))

    def contributions(self, examples: Examples) -> np.ndarray:
        """Log-odds over an average example, along the straight path from it (Sundararajan et al., ICML 2017)."""
        table = self.standard.table(examples).astype(np.float64)
        num = int(np.searchsorted(self.ends_days, self.horizon_days)) + 1
        lines = self._lines(table)[:, :num] - self.intercepts[:num]

        def slopes(share: float) -> np.ndarray:
            # P = 1 - prod(1 - h): the derivative of its log-odds by the log-odds of h in one period is h / P.
            hazard = expit(self.intercepts[:num] + share * lines)
            p = -np.expm1(np.log1p(-hazard).sum(axis=1, keepdims=True))
            return np.asarray(hazard / p)

        weights = along_path(slopes)
        late = weights @ _log_time(self.ends_days, self.horizon_days)[:num]
        parts = table * (weights.sum(axis=1)[:, None] * self.coefficients + late[:, None] * self.fading)
        return placed(examples, self.standard.columns, self.standard.by_feature(parts))

    def _lines(self, table: np.ndarray) -> np.ndarray:
        at = _log_time(self.ends_days, self.horizon_days)
        return np.asarray(self.intercepts + (table @ self.coefficients)[:, None] + (table @ self.fading)[:, None] * at)

    def state(self) -> dict[str, Any]:
        """Scales, coefficients and periods."""
        return {
            "standard": self.standard.state(),
            **{name: getattr(self, name).tolist() for name in ("coefficients", "fading", "ends_days", "intercepts")},
            "horizon_days": self.horizon_days,
        }


class DiscreteTimeHazard:
    """Logistic regression on one row a drive, landmark and period, so that censored drives count while observed.

    References:
        Singer and Willett, "It's about time: using discrete-time survival analysis", Journal of Educational Statistics
        1993; Allison, "Discrete-time methods for the analysis of event histories", Sociological Methodology 1982.
    """

    name = "hazard"
    output: Output = "risk"

    def fit(self, train: Examples, seed: int) -> FittedHazard:
        """Learn from all examples, those of unknown label included: they were observed for a while."""
        horizon_days = followed_days(train, self.name)
        teaching(train, self.name)
        order = np.lexsort((train.landmark, train.drive))
        ends = _ends(train, horizon_days)
        failed = (train.has_failed & (train.days_to_end <= ends[-1]))[order]
        chosen, weight = thinned(failed, MOST_HEALTHY, seed)
        drawn = train.take(order[chosen])
        standard = Standard.of(drawn)
        table = standard.table(drawn)
        at = _log_time(ends, horizon_days)
        rows, period, event = person_periods(drawn.days_to_end, drawn.has_failed, ends)
        width = table.shape[1]
        design = np.zeros((len(rows), 2 * width + len(ends)))
        design[:, :width] = table[rows]
        design[:, width : 2 * width] = table[rows] * at[period, None]
        design[np.arange(len(rows)), 2 * width + period] = _PERIOD_SCALE
        regression = LogisticRegression(C=INVERSE_PENALTY, solver="newton-cholesky", max_iter=50)
        regression.fit(design, event, sample_weight=weight[rows])
        found = np.asarray(regression.coef_[0], float)
        return FittedHazard(
            standard,
            found[:width],
            found[width : 2 * width],
            ends,
            float(regression.intercept_[0]) + _PERIOD_SCALE * found[2 * width :],
            horizon_days,
        )

    def restore(self, state: Mapping[str, Any]) -> FittedHazard:
        """A fitted model from its ``state``."""
        return FittedHazard(
            standard=Standard.restore(state["standard"]),
            coefficients=np.asarray(state["coefficients"], float),
            fading=np.asarray(state["fading"], float),
            ends_days=np.asarray(state["ends_days"], float),
            intercepts=np.asarray(state["intercepts"], float),
            horizon_days=int(state["horizon_days"]),
        )


def along_path(slopes: Any, num_nodes: int = 16) -> np.ndarray:
    """Mean of ``slopes(share)`` for shares from 0 to 1, by Gauss and Legendre's rule."""
    nodes, weights = np.polynomial.legendre.leggauss(num_nodes)
    return np.asarray(
        sum(weight / 2 * slopes((node + 1) / 2) for node, weight in zip(nodes, weights, strict=True)), float
    )


def _ends(examples: Examples, horizon_days: int) -> np.ndarray:
    """Ends of the periods that have failures: those within the horizon always, later ones as follow-up allows."""
    ends = [share * horizon_days for share in PERIOD_ENDS]
    begins = [0.0, *ends[:-1]]
    kept = []
    for begin, end in zip(begins, ends, strict=True):
        num = (examples.has_failed & (examples.days_to_end > begin) & (examples.days_to_end <= end)).sum()
        if end > horizon_days and num < MIN_PERIOD_FAILURES:
            break
        kept.append(end)
    return np.array(kept)


def _log_time(ends_days: np.ndarray, horizon_days: int) -> np.ndarray:
    middles = (np.concatenate([[0.0], ends_days[:-1]]) + ends_days) / 2
    return np.asarray(np.log(middles / horizon_days))
