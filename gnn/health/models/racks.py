"""Models of racks that fail again: the reference of count and recency, and a plain logistic regression.

Failures of drives in one rack come together (Han, Lee, Xu et al., FAST 2021), so that the tickets of a rack tell of its
next ones. Both rank only: how many racks fail changes from one half year to the next, and with it every probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from gnn.health.examples import Examples
from gnn.health.models.classes import checked
from gnn.health.port import Output
from gnn.health.racks import MODEL_COUNT
from graph.errors import RefusedError

REFERENCE_COLUMNS = ("num_failures", "days_since_failure")
COLUMNS = (*REFERENCE_COLUMNS, "num_hosts")
STRENGTH = 0.1  # inverse strength of the ridge on standardised log1p counts


@dataclass(frozen=True)
class FittedRackModel:
    """A logistic regression on ``log1p`` of counts and days.

    Args:
        name: Of the model.
        features: Columns that it takes, in its order; one that the examples lack counts as 0.
        mean: Mean of each ``log1p`` in training, shape ``(num_features,)``.
        scale: Its standard deviation, > 0.
        weights: Log-odds for a standard deviation.
        intercept: Log-odds at the mean.
    """

    name: str
    features: list[str]
    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercept: float
    output: Output = "score"

    def scores(self, examples: Examples) -> np.ndarray:
        """Score of each rack in (0, 1), shape ``(num_examples,)``, higher is likelier to fail again."""
        found: np.ndarray = expit(self._parts(examples).sum(axis=1) + self.intercept)
        return found

    def contributions(self, examples: Examples) -> np.ndarray | None:
        """What each feature adds in log-odds, shape ``(num_examples, num_features)``."""
        parts = self._parts(examples)
        found = np.zeros((len(examples), len(examples.catalogue)))
        for position, feature in enumerate(examples.catalogue):
            if feature.name in self.features:
                found[:, position] = parts[:, self.features.index(feature.name)]
        return found

    def _parts(self, examples: Examples) -> np.ndarray:
        found: np.ndarray = (_table(examples, self.features) - self.mean) / self.scale * self.weights
        return found

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        arrays = {name: getattr(self, name).tolist() for name in ("mean", "scale", "weights")}
        return {**arrays, "intercept": self.intercept, "features": self.features}


class RackLogistic:
    """Count, recency, hosts and tickets by drive model, under a ridge."""

    name = "rack_logistic"
    output: Output = "score"

    def fit(self, train: Examples, seed: int) -> FittedRackModel:
        """Learn from racks of both outcomes; there is no chance in it, so that ``seed`` changes nothing.

        Raises:
            RefusedError: One class, too few racks, or examples that are no racks.
        """
        known = checked(train, self.name)
        features = [feature.name for feature in known.catalogue if self._takes(feature.name)]
        if not set(REFERENCE_COLUMNS) <= set(features):
            raise RefusedError(
                f"Model '{self.name}' cannot be trained: the examples are no racks; they lack "
                f"{' or '.join(REFERENCE_COLUMNS)}."
            )
        table = _table(known, features)
        mean, scale = table.mean(axis=0), table.std(axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        return _fitted(self.name, features, table, mean, scale, known.label)

    def restore(self, state: Mapping[str, Any]) -> FittedRackModel:
        """A fitted model from its ``state``."""
        arrays = {name: np.array(state[name], np.float64) for name in ("mean", "scale", "weights")}
        return FittedRackModel(
            name=self.name, features=list(state["features"]), intercept=float(state["intercept"]), **arrays
        )

    def _takes(self, name: str) -> bool:
        return name in COLUMNS or name.startswith(MODEL_COUNT)


class CountRecency(RackLogistic):
    """The reference: how many drives of the rack failed and how long ago the last one did."""

    name = "count_recency"

    def _takes(self, name: str) -> bool:
        return name in REFERENCE_COLUMNS


def _fitted(
    name: str, features: list[str], table: np.ndarray, mean: np.ndarray, scale: np.ndarray, label: np.ndarray
) -> FittedRackModel:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=STRENGTH, max_iter=5000).fit((table - mean) / scale, label)
    return FittedRackModel(name, features, mean, scale, fitted.coef_[0], float(fitted.intercept_[0]))


def _table(examples: Examples, features: list[str]) -> np.ndarray:
    found: np.ndarray = np.log1p(examples.features.reindex(columns=features).fillna(0).to_numpy(np.float64))
    return found
