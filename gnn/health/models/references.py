"""The two references of the Backblaze history, pinned: what a model must beat, not what we would build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gnn.health.examples import Examples
from gnn.health.models.boosting import FittedBoosting, grown, output_of, restored, table_of
from gnn.health.models.matrix import last_values, teaching
from gnn.health.port import Output

AGE = "age_days"
SIZE = "capacity_log2"
MAKER = "maker_"
R0_PARAMETERS = {"num_iterations": 100, "learning_rate": 0.1, "num_leaves": 31, "min_data_in_leaf": 20}
R1_PARAMETERS = {
    "num_iterations": 120,
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
}


class R0:
    """LightGBM's defaults on the latest raw values, age, and the drive model as a category.

    The drive model is an identity of sorts, which no model of ours may use; here it shows what that costs.

    References:
        Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NeurIPS 2017.
    """

    name = "R0"
    output: Output = "risk"

    def fit(self, train: Examples, seed: int) -> FittedBoosting:
        """Learn from the examples whose label is known."""
        known = teaching(train, self.name)
        columns = _kept([*last_values(known), AGE], known)
        models = tuple(sorted({str(name) for name in known.groups["model"]}))
        table = table_of(known, columns, models)
        text = grown(table, known.label, R0_PARAMETERS, seed, categorical=[table.shape[1] - 1])
        return FittedBoosting(columns, (text,), models, name=self.name, output=output_of(train))

    def restore(self, state: Mapping[str, Any]) -> FittedBoosting:
        """A fitted model from its ``state``."""
        return restored(state, self.name)


class R1:
    """A tuned LightGBM on the latest raw values and age, with maker and size in place of the drive model.

    References:
        Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NeurIPS 2017.
    """

    name = "R1"
    output: Output = "risk"

    def fit(self, train: Examples, seed: int) -> FittedBoosting:
        """Learn from the examples whose label is known."""
        known = teaching(train, self.name)
        makers = sorted(name for name in map(str, known.features.columns) if name.startswith(MAKER))
        columns = _kept([*last_values(known), AGE, SIZE, *makers], known)
        text = grown(table_of(known, columns, None), known.label, R1_PARAMETERS, seed)
        return FittedBoosting(columns, (text,), name=self.name, output=output_of(train))

    def restore(self, state: Mapping[str, Any]) -> FittedBoosting:
        """A fitted model from its ``state``."""
        return restored(state, self.name)


def _kept(columns: list[str], examples: Examples) -> tuple[str, ...]:
    return tuple(name for name in columns if name in examples.features.columns)
