"""Logistic regression on log counts: ``sign(x) log(1 + |x|)`` of each feature, standardised, under a ridge.

What counters count differs by many orders of magnitude, and their tails would rule a model that is linear in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit


@dataclass(frozen=True)
class LogLogistic:
    """A fitted logistic regression.

    Args:
        mean: Mean of each log in training, shape ``(num_features,)``; stands for what is unknown.
        scale: Its standard deviation, > 0.
        weights: Log-odds for a standard deviation.
        intercept: Log-odds at the mean.
    """

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercept: float

    @classmethod
    def fit(cls, features: np.ndarray, label: np.ndarray, strength: float) -> LogLogistic:
        """Learn by maximum likelihood with a ridge.

        Args:
            features: Shape ``(num_examples, num_features)``; NaN where unknown.
            label: bool, shape ``(num_examples,)``, both classes.
            strength: Inverse strength of the ridge (scikit-learn's ``C``).
        """
        from sklearn.linear_model import LogisticRegression

        logs = _logs(features)
        known = np.maximum((~np.isnan(logs)).sum(axis=0), 1)
        mean = np.nansum(logs, axis=0) / known
        scale = np.sqrt(np.nansum((logs - mean) ** 2, axis=0) / known)
        scale = np.where(scale > 0, scale, 1.0)
        fitted = LogisticRegression(C=strength, max_iter=5000).fit(np.nan_to_num((logs - mean) / scale), label)
        return cls(mean, scale, fitted.coef_[0], float(fitted.intercept_[0]))

    def contributions(self, features: np.ndarray) -> np.ndarray:
        """What each feature adds in log-odds; 0 where it is unknown, shape ``(num_examples, num_features)``."""
        found: np.ndarray = np.nan_to_num((_logs(features) - self.mean) / self.scale) * self.weights
        return found

    def scores(self, features: np.ndarray) -> np.ndarray:
        """Probability of the class at the share it had in training, shape ``(num_examples,)``."""
        found: np.ndarray = expit(self.contributions(features).sum(axis=1) + self.intercept)
        return found

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        arrays = {name: getattr(self, name).tolist() for name in ("mean", "scale", "weights")}
        return {**arrays, "intercept": self.intercept}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> LogLogistic:
        """A fitted regression from its ``state``."""
        arrays = {name: np.array(state[name], np.float64) for name in ("mean", "scale", "weights")}
        return cls(**arrays, intercept=float(state["intercept"]))


def _logs(features: np.ndarray) -> np.ndarray:
    values = np.asarray(features, np.float64)
    found: np.ndarray = np.sign(values) * np.log1p(np.abs(values))
    return found
