"""Gradient boosting on history features: many shallow trees, strongly regularised, averaged over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from gnn.health.examples import Examples
from gnn.health.models.matrix import informative, numbers, placed, teaching
from gnn.health.port import Output

if TYPE_CHECKING:
    import lightgbm

NUM_TREES = 300
NUM_SEEDS = 3
# With fewer failures than these, trees are fewer and leaves larger in proportion.
MANY_FAILURES = 1_000
# The same numbers on every machine and with any number of threads.
REPEATABLE = {"num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1}


@dataclass(frozen=True)
class FittedBoosting:
    """Trees in LightGBM's text form; several models give their mean log-odds.

    Args:
        columns: Features the trees use, in their order.
        texts: One model a seed.
        categories: Drive models known in training, the last column, where a reference takes the drive model; else
            None.
        name: Name of the model.
        output: A risk, or a score where the training set had no horizon.
    """

    columns: tuple[str, ...]
    texts: tuple[str, ...]
    categories: tuple[str, ...] | None = None
    name: str = "lightgbm"
    output: Output = "risk"

    @cached_property
    def boosters(self) -> list[lightgbm.Booster]:
        """The models, read once."""
        import lightgbm

        return [lightgbm.Booster(model_str=text) for text in self.texts]

    def scores(self, examples: Examples) -> np.ndarray:
        """Probability of failure, shape ``(num_examples,)``."""
        table = table_of(examples, self.columns, self.categories)
        raw = [booster.predict(table, raw_score=True, num_threads=1) for booster in self.boosters]
        return np.asarray(expit(np.mean(raw, axis=0)))

    def contributions(self, examples: Examples) -> np.ndarray | None:
        """Shapley values of the trees in log-odds (Lundberg et al. 2020), shape ``(num_examples, num_features)``.

        None of a reference that takes the drive model, which is no feature.
        """
        if self.categories is not None:
            return None
        table = table_of(examples, self.columns, self.categories)
        parts = np.zeros((len(examples), len(self.columns)))
        for booster in self.boosters:
            found = np.asarray(booster.predict(table, pred_contrib=True, num_threads=1))
            parts += found[:, : len(self.columns)] / len(self.boosters)
        return placed(examples, self.columns, parts)

    def state(self) -> dict[str, Any]:
        """Columns and trees as text."""
        return {
            "columns": list(self.columns),
            "texts": list(self.texts),
            "categories": None if self.categories is None else list(self.categories),
            "output": self.output,
        }


class Boosting:
    """LightGBM on the features of history, three seeds averaged.

    References:
        Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NeurIPS 2017. Friedman, "Greedy
        function approximation: a gradient boosting machine", Annals of Statistics 2001.
    """

    name = "lightgbm"
    output: Output = "risk"

    def fit(self, train: Examples, seed: int) -> FittedBoosting:
        """Learn from the examples whose label is known."""
        known = teaching(train, self.name)
        columns = informative(known)
        texts = [
            grown(numbers(known, columns), known.label, self._parameters(int(known.label.sum())), seed * 101 + number)
            for number in range(NUM_SEEDS)
        ]
        return FittedBoosting(columns, tuple(texts), output=output_of(train))

    def restore(self, state: Mapping[str, Any]) -> FittedBoosting:
        """A fitted model from its ``state``."""
        return restored(state, self.name)

    @staticmethod
    def _parameters(num_failures: int) -> dict[str, Any]:
        share = min(1.0, num_failures / MANY_FAILURES)
        return {
            "num_iterations": int(NUM_TREES * max(share, 0.25)),
            "learning_rate": 0.04,
            "num_leaves": 8 if share > 0.2 else 4,
            "min_data_in_leaf": 200 if share == 1 else 50,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "feature_fraction": 0.3,
            "lambda_l2": max(1.0, 20 * share),
        }


def grown(
    table: np.ndarray, label: np.ndarray, parameters: Mapping[str, Any], seed: int, categorical: Sequence[int] = ()
) -> str:
    """Grow trees; their text form.

    Args:
        table: Shape ``(num_examples, num_columns)``, NaN where unknown.
        label: bool, shape ``(num_examples,)``.
        parameters: LightGBM's own names.
        seed: Of bagging and of the choice of features.
        categorical: Columns that hold codes of categories.
    """
    import lightgbm

    if not table.shape[1]:  # nothing varies: LightGBM needs a column to say the base rate
        table = np.zeros((len(label), 1), np.float32)
    data = lightgbm.Dataset(table, label.astype(np.int8), categorical_feature=list(categorical))
    booster = lightgbm.train({"objective": "binary", "seed": seed, **REPEATABLE, **parameters}, data)
    text: str = booster.model_to_string()
    return text


def table_of(examples: Examples, columns: Sequence[str], categories: Sequence[str] | None) -> np.ndarray:
    """Columns by name and, where a reference takes it, the drive model's code (-1 unseen) as the last."""
    table = numbers(examples, columns)
    if categories is not None:
        known = {name: code for code, name in enumerate(categories)}
        codes = [known.get(str(name), -1) for name in examples.groups["model"]]
        table = np.column_stack([table, np.asarray(codes, np.float32)])
    return table if table.shape[1] else np.zeros((len(examples), 1), np.float32)


def restored(state: Mapping[str, Any], name: str) -> FittedBoosting:
    """Fitted trees from their ``state``."""
    categories = state["categories"]
    return FittedBoosting(
        tuple(state["columns"]),
        tuple(state["texts"]),
        None if categories is None else tuple(categories),
        name,
        state["output"],
    )


def output_of(train: Examples) -> Output:
    """What a model of these examples gives: without a horizon nothing is a risk."""
    return "score" if train.horizon_days is None else "risk"
