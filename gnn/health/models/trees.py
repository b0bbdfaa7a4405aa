"""Forests of scikit-learn as plain arrays, so that a fitted one can be written as JSON and read without pickle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

LEAF = -1
# A split of known from unknown values has an infinite threshold, which JSON cannot hold and no float32 exceeds this.
LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True)
class Forest:
    """Trees one after the other, node by node.

    Args:
        roots: int64, first node of each tree, shape ``(num_trees,)``.
        left: int64, node to the left; ``LEAF`` at a leaf. Shape ``(num_nodes,)``, as all that follow.
        right: int64, node to the right; ``LEAF`` at a leaf.
        feature: int64, column that a node looks at.
        threshold: float64; a value at or below it goes left.
        missing_left: bool; an unknown value goes left.
        share: float64, share of the second class among the training examples of a node, in [0, 1].
        depth: Most steps from a root to a leaf.
    """

    roots: np.ndarray
    left: np.ndarray
    right: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    missing_left: np.ndarray
    share: np.ndarray
    depth: int

    @classmethod
    def of(cls, fitted: Any) -> Forest:
        """The trees of a fitted ``RandomForestClassifier`` or ``ExtraTreesClassifier`` of two classes."""
        trees = [estimator.tree_ for estimator in fitted.estimators_]
        roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1].astype(np.int64)

        def children(name: str) -> np.ndarray:
            own = [getattr(tree, name).astype(np.int64) for tree in trees]
            return np.concatenate([np.where(c == LEAF, LEAF, c + r) for c, r in zip(own, roots, strict=True)])

        shares = [tree.value[:, 0, 1] / tree.value[:, 0].sum(axis=1) for tree in trees]
        return cls(
            roots=roots,
            left=children("children_left"),
            right=children("children_right"),
            feature=np.concatenate([tree.feature for tree in trees]).astype(np.int64),
            threshold=np.clip(np.concatenate([tree.threshold for tree in trees]), -LARGEST, LARGEST),
            missing_left=np.concatenate([tree.missing_go_to_left for tree in trees]).astype(bool),
            share=np.concatenate(shares),
            depth=max(tree.max_depth for tree in trees),
        )

    def scores(self, features: np.ndarray) -> np.ndarray:
        """Mean over the trees of the share of the second class in the leaf that an example falls into.

        Args:
            features: float32, shape ``(num_examples, num_features)``; NaN where unknown.

        Returns:
            float64 in [0, 1], shape ``(num_examples,)``; what scikit-learn's ``predict_proba`` says.
        """
        at = np.tile(self.roots, (len(features), 1))
        for _ in range(self.depth):
            at = self._next(features, at)
        found: np.ndarray = self.share[at].mean(axis=1)
        return found

    def contributions(self, features: np.ndarray) -> tuple[np.ndarray, float]:
        """What each feature adds to the share on the way from the roots to the leaves.

        Returns:
            Shape ``(num_examples, num_features)``, and the share at the roots; together they are the scores.

        References:
            Saabas, "Interpreting random forests", 2014: each split's change of share belongs to its feature.
        """
        found = np.zeros(np.shape(features))
        rows = np.broadcast_to(np.arange(len(features))[:, None], (len(features), len(self.roots)))
        at = np.tile(self.roots, (len(features), 1))
        for _ in range(self.depth):
            following = self._next(features, at)
            moved = following != at
            change = (self.share[following] - self.share[at])[moved]
            np.add.at(found, (rows[moved], self.feature[at[moved]]), change)
            at = following
        return found / len(self.roots), float(self.share[self.roots].mean())

    def _next(self, features: np.ndarray, at: np.ndarray) -> np.ndarray:
        """One step down from the nodes ``at``, shape ``(num_examples, num_trees)``; leaves stay."""
        value = np.take_along_axis(features, np.maximum(self.feature[at], 0), axis=1)
        goes_left = np.where(np.isnan(value), self.missing_left[at], value <= self.threshold[at])
        return np.where(self.left[at] == LEAF, at, np.where(goes_left, self.left[at], self.right[at]))

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        arrays = {name: value.tolist() for name, value in vars(self).items() if name != "depth"}
        return {**arrays, "missing_left": self.missing_left.astype(int).tolist(), "depth": self.depth}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Forest:
        """A forest from its ``state``."""
        kinds = {"threshold": np.float64, "share": np.float64, "missing_left": np.bool_}
        arrays: dict[str, np.ndarray] = {
            name: np.array(state[name], kinds.get(name, np.int64)) for name in state if name != "depth"
        }
        return cls(**arrays, depth=int(state["depth"]))
