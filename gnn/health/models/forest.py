"""The random forest that windows of samples are judged against, as KORAL trains it (arXiv 2602.10246).

Three simple figures of each attribute (latest value, slope over the window, change over the window) and the application
that the drive serves, 300 trees of scikit-learn with its defaults (Breiman, Machine Learning 45, 2001). On
``alibaba-windows/train.csv``, five drive-disjoint folds and five seeds, AUC .867 and AP .905.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnn.health.examples import Examples
from gnn.health.models.matrix import numbers, teaching
from gnn.health.models.trees import Forest
from gnn.health.port import Output

NUM_TREES = 300
MEASURES = ("_last", "_slope_per_day", "_rise", "_fall")


@dataclass(frozen=True)
class FittedForest:
    """A forest that has learnt.

    Args:
        forest: Its trees.
        features: Columns that it takes, in its order.
        applications: Applications seen in training; each has a column after the features.
    """

    forest: Forest
    features: list[str]
    applications: list[str]
    name: str = "random_forest"
    output: Output = "score"

    def scores(self, examples: Examples) -> np.ndarray:
        """Share of the trees' votes for failure, shape ``(num_examples,)``."""
        return self.forest.scores(_table(examples, self.features, self.applications))

    def contributions(self, examples: Examples) -> np.ndarray | None:
        """None: the application plays a part here, which is no feature of the examples."""
        return None

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"forest": self.forest.state(), "features": self.features, "applications": self.applications}


class RandomForest:
    """The reference for windows.

    References:
        Breiman, "Random forests", Machine Learning 45, 2001; as set up in KORAL, arXiv 2602.10246, 2026.
    """

    name = "random_forest"
    output: Output = "score"

    def fit(self, train: Examples, seed: int) -> FittedForest:
        """Learn from windows of both classes.

        Raises:
            RefusedError: One class, too few drives, or no features.
        """
        from sklearn.ensemble import RandomForestClassifier

        known = teaching(train, self.name)
        names = sorted(feature.name for feature in known.catalogue)
        features = [name for name in names if name.endswith(MEASURES)] or names
        applications = sorted(set(_applications(known)) - {""})
        fitted = RandomForestClassifier(NUM_TREES, random_state=seed)
        fitted.fit(_table(known, features, applications), known.label)
        return FittedForest(Forest.of(fitted), features, applications)

    def restore(self, state: Mapping[str, Any]) -> FittedForest:
        """A fitted forest from its ``state``."""
        return FittedForest(Forest.restore(state["forest"]), list(state["features"]), list(state["applications"]))


def _applications(examples: Examples) -> np.ndarray:
    if "application" not in examples.groups:
        return np.full(len(examples), "", object)
    found: np.ndarray = examples.groups["application"].fillna("").to_numpy(object)
    return found


def _table(examples: Examples, features: list[str], applications: list[str]) -> np.ndarray:
    own = _applications(examples)
    served = np.array([own == name for name in applications], np.float32).reshape(len(applications), len(own)).T
    return np.hstack([numbers(examples, features), served])
