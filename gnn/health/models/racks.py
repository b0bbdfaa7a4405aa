"""Models of racks that fail again: the reference of count and recency, and a plain logistic regression.

Failures of drives in one rack come together (Han, Lee, Xu et al., FAST 2021), so that the tickets of a rack tell of its
next ones. Both rank only: how many racks fail changes from one half year to the next, and with it every probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnn.health.examples import Examples
from gnn.health.models.log_logistic import LogLogistic
from gnn.health.models.matrix import numbers, placed, teaching
from gnn.health.port import Output
from gnn.health.racks import MODEL_COUNT
from graph.errors import RefusedError

REFERENCE_COLUMNS = ("num_failures", "days_since_failure")
COLUMNS = (*REFERENCE_COLUMNS, "num_hosts")
STRENGTH = 0.1  # inverse strength of the ridge on standardised log1p counts


@dataclass(frozen=True)
class FittedRackModel:
    """A logistic regression on logs of counts and days.

    Args:
        name: Of the model.
        features: Columns that it takes, in its order; one that the examples lack counts as 0.
        logistic: The regression.
    """

    name: str
    features: list[str]
    logistic: LogLogistic
    output: Output = "score"

    def scores(self, examples: Examples) -> np.ndarray:
        """Score of each rack in (0, 1), shape ``(num_examples,)``, higher is likelier to fail again."""
        return self.logistic.scores(_table(examples, self.features))

    def contributions(self, examples: Examples) -> np.ndarray | None:
        """What each feature adds in log-odds, shape ``(num_examples, num_features)``."""
        own = self.logistic.contributions(_table(examples, self.features))
        return placed(examples, self.features, own)

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"features": self.features, "logistic": self.logistic.state()}


class RackLogistic:
    """Count, recency, hosts and tickets by drive model, under a ridge.

    References:
        Hoerl and Kennard, "Ridge regression", Technometrics 12, 1970.
    """

    name = "rack_logistic"
    output: Output = "score"

    def fit(self, train: Examples, seed: int) -> FittedRackModel:
        """Learn from racks of both outcomes; there is no chance in it, so that ``seed`` changes nothing.

        Raises:
            RefusedError: One class, too few racks, or examples that are no racks.
        """
        known = teaching(train, self.name)
        features = sorted(feature.name for feature in known.catalogue if self._takes(feature.name))
        if not set(REFERENCE_COLUMNS) <= set(features):
            raise RefusedError(
                f"Model '{self.name}' cannot learn: the examples are no racks; expected the features "
                f"{' and '.join(REFERENCE_COLUMNS)}."
            )
        return FittedRackModel(self.name, features, LogLogistic.fit(_table(known, features), known.label, STRENGTH))

    def restore(self, state: Mapping[str, Any]) -> FittedRackModel:
        """A fitted model from its ``state``."""
        return FittedRackModel(self.name, list(state["features"]), LogLogistic.restore(state["logistic"]))

    def _takes(self, name: str) -> bool:
        return name in COLUMNS or name.startswith(MODEL_COUNT)


class CountRecency(RackLogistic):
    """The reference: how many drives of the rack failed and how long ago the last one did.

    References:
        Han, Lee, Xu et al., FAST 2021: failures of one rack come together, and soon after one another.
    """

    name = "count_recency"

    def _takes(self, name: str) -> bool:
        return name in REFERENCE_COLUMNS


def _table(examples: Examples, features: list[str]) -> np.ndarray:
    found: np.ndarray = np.nan_to_num(numbers(examples, features))
    return found
