"""Regularised logistic regression on log-scaled features: the plain baseline that a tree must beat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from gnn.health.examples import Examples
from gnn.health.models.matrix import Standard, log_odds, placed, shifted, teaching, thinned
from gnn.health.port import Output

MOST_HEALTHY = 150_000
# Penalty of a coefficient of one standard deviation, in failures' log-likelihood: few failures shrink it much.
INVERSE_PENALTY = 0.05


@dataclass(frozen=True)
class FittedLogistic:
    """A line in standardised features.

    Args:
        standard: How features become columns about 0.
        coefficients: Log-odds per standard deviation, one a column of ``standard.table``.
        intercept: Log-odds of an average example.
        output: A risk, or a score where the training set had no horizon.
    """

    standard: Standard
    coefficients: np.ndarray
    intercept: float
    output: Output = "risk"
    name: str = "logistic"

    def scores(self, examples: Examples) -> np.ndarray:
        """Probability of failure, shape ``(num_examples,)``."""
        line = self.standard.table(examples).astype(np.float64) @ self.coefficients
        return np.asarray(expit(self.intercept + line))

    def contributions(self, examples: Examples) -> np.ndarray:
        """Log-odds over an average example, shape ``(num_examples, num_features)``."""
        parts = self.standard.by_feature(self.standard.table(examples) * self.coefficients)
        return placed(examples, self.standard.columns, parts)

    def state(self) -> dict[str, Any]:
        """Scales, coefficients and intercept."""
        return {
            "standard": self.standard.state(),
            "coefficients": self.coefficients.tolist(),
            "intercept": self.intercept,
            "output": self.output,
        }


class Logistic:
    """Logistic regression with a quadratic penalty on standardised ``log(1 + x)``.

    Healthy examples beyond 150,000 are drawn at random and weighted up, so the base rate stays.

    References:
        Cox, "The regression analysis of binary sequences", JRSS B 1958; le Cessie and van Houwelingen, "Ridge
        estimators in logistic regression", Applied Statistics 1992.
    """

    name = "logistic"
    output: Output = "risk"

    def fit(self, train: Examples, seed: int) -> FittedLogistic:
        """Learn from the examples whose label is known."""
        known = teaching(train, self.name)
        chosen, weight = thinned(known.label, MOST_HEALTHY, seed)
        drawn = known.take(chosen)
        standard = Standard.of(drawn)
        table = standard.table(drawn).astype(np.float64)
        base_rate = float(known.label.mean())
        if not table.shape[1]:
            return FittedLogistic(standard, np.zeros(0), float(log_odds(np.array(base_rate))), self._output(train))
        regression = LogisticRegression(C=INVERSE_PENALTY, solver="newton-cholesky", max_iter=50)
        regression.fit(table, drawn.label, sample_weight=weight)
        coefficients = np.asarray(regression.coef_[0], float)
        intercept = shifted(table @ coefficients, weight, base_rate)
        return FittedLogistic(standard, coefficients, intercept, self._output(train))

    def restore(self, state: Mapping[str, Any]) -> FittedLogistic:
        """A fitted model from its ``state``."""
        return FittedLogistic(
            Standard.restore(state["standard"]),
            np.asarray(state["coefficients"], float),
            float(state["intercept"]),
            state["output"],
        )

    def _output(self, train: Examples) -> Output:
        return "score" if train.horizon_days is None else "risk"
