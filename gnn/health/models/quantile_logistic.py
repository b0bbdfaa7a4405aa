"""Logistic regression on normal scores: each feature is replaced by the quantile that its value has in training.

What a counter counts differs by many orders of magnitude and its tail would rule a linear model; ranks keep the order
and drop the scale (van der Waerden scores; Conover, Practical Nonparametric Statistics, 1999).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, ndtri

NUM_QUANTILES = 100
MOST_EXTREME = 1e-3  # a value beyond all of training counts as the thousandth at that end


@dataclass(frozen=True)
class QuantileLogistic:
    """A fitted logistic regression.

    Args:
        quantiles: float64, quantiles of each feature in training, ascending, shape ``(num_quantiles, num_features)``.
        mean: Mean of each normal score in training, shape ``(num_features,)``.
        scale: Its standard deviation, > 0.
        weights: Log-odds for a standard deviation, shape ``(num_features,)``.
        intercept: Log-odds at the mean.
    """

    quantiles: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercept: float

    @classmethod
    def fit(cls, features: np.ndarray, label: np.ndarray, penalty: float) -> QuantileLogistic:
        """Learn by maximum likelihood with a ridge.

        Args:
            features: Shape ``(num_examples, num_features)``; NaN where unknown.
            label: bool, shape ``(num_examples,)``, both classes.
            penalty: Inverse strength of the ridge (scikit-learn's ``C``).
        """
        from sklearn.linear_model import LogisticRegression

        levels = np.linspace(0, 1, NUM_QUANTILES)
        with np.errstate(invalid="ignore"):
            quantiles = np.array([_quantiles(column, levels) for column in np.asarray(features, np.float64).T]).T
        found = _normal_scores(features, quantiles)
        mean, scale = np.nanmean(found, axis=0), np.nanstd(found, axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        fitted = LogisticRegression(C=penalty, max_iter=5000).fit(np.nan_to_num((found - mean) / scale), label)
        return cls(quantiles, mean, scale, fitted.coef_[0], float(fitted.intercept_[0]))

    def contributions(self, features: np.ndarray) -> np.ndarray:
        """What each feature adds in log-odds; 0 where it is unknown, shape ``(num_examples, num_features)``."""
        scores = (_normal_scores(features, self.quantiles) - self.mean) / self.scale
        found: np.ndarray = np.nan_to_num(scores) * self.weights
        return found

    def scores(self, features: np.ndarray) -> np.ndarray:
        """Probability of the class at the share it had in training, shape ``(num_examples,)``."""
        found: np.ndarray = expit(self.contributions(features).sum(axis=1) + self.intercept)
        return found

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        arrays = {name: getattr(self, name).tolist() for name in ("quantiles", "mean", "scale", "weights")}
        return {**arrays, "intercept": self.intercept}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> QuantileLogistic:
        """A fitted regression from its ``state``."""
        arrays = {name: np.array(state[name], np.float64) for name in ("quantiles", "mean", "scale", "weights")}
        return cls(**arrays, intercept=float(state["intercept"]))


def _quantiles(column: np.ndarray, levels: np.ndarray) -> np.ndarray:
    known = column[~np.isnan(column)]
    return np.quantile(known, levels) if len(known) else np.zeros(len(levels))


def _normal_scores(features: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Normal score of each value; a value that many share has the middle of their ranks, NaN stays NaN."""
    levels = np.linspace(0, 1, len(quantiles))
    found = np.empty(np.shape(features), np.float64)
    for position, points in enumerate(quantiles.T):
        values = np.asarray(features[:, position], np.float64)
        below = np.interp(values, points, levels)
        above = 1 - np.interp(-values, -points[::-1], levels)
        found[:, position] = np.where(np.isnan(values), np.nan, (below + above) / 2)
    scores: np.ndarray = ndtri(np.clip(found, MOST_EXTREME, 1 - MOST_EXTREME))
    return scores
