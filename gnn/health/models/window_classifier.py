"""The classifier of case-control windows: two forests and a logistic regression, mean of their log-odds.

Trees find thresholds and interactions; a logistic regression on log counts sees small shifts, such as writes that
cease, that no single split of a tree pays for. Their errors differ, so the mean ranks better than either. The forests
(Breiman, Machine Learning 45, 2001; extremely randomised: Geurts, Ernst, Wehenkel, Machine Learning 63, 2006) count
half and the logistic regression half.

Its output is a score: the training set holds as many failed drives as healthy ones, so it is no risk by any horizon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnn.health.examples import Examples
from gnn.health.models.log_logistic import LogLogistic
from gnn.health.models.matrix import numbers, placed, teaching
from gnn.health.models.trees import Forest
from gnn.health.port import Output
from graph.errors import RefusedError

NUM_TREES = 300
MIN_LEAF_EXAMPLES = 2  # of the extremely randomised trees, whose splits are noisier
STRENGTH = 0.1  # inverse strength of the ridge
TINY = 1e-12
MOST_CERTAIN = 0.99  # a forest in which all trees agree is not certain


@dataclass(frozen=True)
class FittedWindowClassifier:
    """A window classifier that has learnt.

    Args:
        features: Columns that it takes, in its order: those that vary in training, each content once.
        forest: A random forest.
        extra_trees: A forest of extremely randomised trees.
        logistic: A logistic regression on log counts.
    """

    features: list[str]
    forest: Forest
    extra_trees: Forest
    logistic: LogLogistic
    name: str = "window_classifier"
    output: Output = "score"

    def scores(self, examples: Examples) -> np.ndarray:
        """Score of each window in (0, 1), shape ``(num_examples,)``, higher is likelier to fail."""
        table = numbers(examples, self.features)
        trees = [_log_odds(forest.scores(table)) for forest in (self.forest, self.extra_trees)]
        odds = (np.mean(trees, axis=0) + _log_odds(self.logistic.scores(table))) / 2
        found: np.ndarray = 1 / (1 + np.exp(-odds))
        return found

    def contributions(self, examples: Examples) -> np.ndarray | None:
        """What each feature adds in log-odds, shape ``(num_examples, num_features)``.

        Of the forests: what a feature adds to the share of votes, in proportion to what all add to its log-odds.
        """
        table = numbers(examples, self.features)
        own = _in_log_odds(self.logistic.contributions(table), self.logistic.intercept, _bounded) / 2
        for forest in (self.forest, self.extra_trees):
            own = own + _in_log_odds(*forest.contributions(table), _log_odds) / 4
        return placed(examples, self.features, own)

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "features": self.features,
            "forest": self.forest.state(),
            "extra_trees": self.extra_trees.state(),
            "logistic": self.logistic.state(),
        }


class WindowClassifier:
    """The classifier of case-control windows.

    References:
        Breiman, "Random forests", Machine Learning 45, 2001; Geurts, Ernst and Wehenkel, "Extremely randomized trees",
        Machine Learning 63, 2006; Hoerl and Kennard, "Ridge regression", Technometrics 12, 1970.
    """

    name = "window_classifier"
    output: Output = "score"

    def fit(self, train: Examples, seed: int) -> FittedWindowClassifier:
        """Learn from windows of both classes.

        Raises:
            RefusedError: One class, too few drives, or no feature that varies.
        """
        from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

        known = teaching(train, self.name)
        features = _informative(known, self.name)
        table, label = numbers(known, features), known.label
        forest = RandomForestClassifier(NUM_TREES, random_state=seed).fit(table, label)
        extra = ExtraTreesClassifier(NUM_TREES, min_samples_leaf=MIN_LEAF_EXAMPLES, random_state=seed).fit(table, label)
        logistic = LogLogistic.fit(table, label, STRENGTH)
        return FittedWindowClassifier(features, Forest.of(forest), Forest.of(extra), logistic)

    def restore(self, state: Mapping[str, Any]) -> FittedWindowClassifier:
        """A fitted classifier from its ``state``."""
        return FittedWindowClassifier(
            list(state["features"]),
            Forest.restore(state["forest"]),
            Forest.restore(state["extra_trees"]),
            LogLogistic.restore(state["logistic"]),
        )


def _log_odds(share: np.ndarray) -> np.ndarray:
    kept = np.clip(share, 1 - MOST_CERTAIN, MOST_CERTAIN)
    found: np.ndarray = np.log(kept / (1 - kept))
    return found


def _bounded(odds: np.ndarray) -> np.ndarray:
    limit = float(_log_odds(np.array(1.0)))
    return np.clip(odds, -limit, limit)


def _in_log_odds(parts: np.ndarray, base: float, link: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Parts of a sum, scaled row by row so that they add up to what the link makes of the sum.

    Args:
        parts: Shape ``(num_examples, num_features)``.
        base: What they are added to.
        link: Turns a sum into log-odds.
    """
    total = parts.sum(axis=1)
    reached = link(total + base) - link(np.array(base))
    ratio = np.divide(reached, total, out=np.zeros_like(total), where=np.abs(total) > TINY)
    found: np.ndarray = parts * ratio[:, None]
    return found


def _informative(train: Examples, name: str) -> list[str]:
    """Columns that vary, each content once: SSDs tell the same count under several attributes (5 and 183)."""
    seen: dict[bytes, str] = {}
    for feature in sorted(feature.name for feature in train.catalogue):
        values = numbers(train, [feature])[:, 0]
        known = values[~np.isnan(values)]
        if len(known) and known.min() < known.max():
            seen.setdefault(values.tobytes(), feature)
    if not seen:
        raise RefusedError(
            f"Model '{name}' cannot learn: every feature is constant over the examples, expected some that vary."
        )
    return list(seen.values())
