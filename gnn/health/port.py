"""The port of every model of failure risk, and their registry."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np

from gnn.health.examples import Examples
from graph.errors import InputError, nearest

# "risk": a probability of failure within the horizon at the natural base rate; "score": a number that ranks only.
Output = Literal["risk", "score"]


@runtime_checkable
class FittedModel(Protocol):
    """A model that has learnt."""

    name: str
    output: Output

    def scores(self, examples: Examples) -> np.ndarray:
        """Score each example, float64 in [0, 1], shape ``(num_examples,)``, higher is likelier to fail.

        Of a model whose output is a risk: the probability of failure within the horizon it was trained for, before
        calibration. Features are taken by name; a column that the examples lack counts as unknown.
        """
        ...

    def contributions(self, examples: Examples) -> np.ndarray | None:
        """What each feature adds to an example's score in log-odds, shape ``(num_examples, num_features)``.

        Columns in the order of ``examples.catalogue``. None where the model cannot say.
        """
        ...

    def state(self) -> dict[str, Any]:
        """All it learnt as plain JSON values (LightGBM's text form is a string): ``restore`` makes it again."""
        ...


class RiskModel(Protocol):
    """A model that can learn from examples."""

    name: str
    output: Output

    def fit(self, train: Examples, seed: int) -> FittedModel:
        """Learn from the examples whose label is known.

        Args:
            train: Examples; those whose ``is_known`` is False tell no label (a hazard model may use their time).
            seed: Of everything random; the same seed and examples give the same model.

        Raises:
            RefusedError: These examples cannot train it (one class, no topology …); says why in words.
        """
        ...

    def restore(self, state: Mapping[str, Any]) -> FittedModel:
        """A fitted model from its ``state``."""
        ...


# Name to "module:class"; imported when asked for, since each brings a library of its own.
MODELS: dict[str, str] = {
    "count_rule": "gnn.health.models.count_rule:CountRule",
    "logistic": "gnn.health.models.logistic:Logistic",
    "lightgbm": "gnn.health.models.boosting:Boosting",
    "hazard": "gnn.health.models.hazard:DiscreteTimeHazard",
    "cox": "gnn.health.models.cox:Cox",
    "blend": "gnn.health.models.blend:Blend",
    "graph": "gnn.health.models.graph:GraphModel",
    "graph_ablation": "gnn.health.models.graph:GraphAblation",
    "R0": "gnn.health.models.references:R0",
    "R1": "gnn.health.models.references:R1",
    "random_forest": "gnn.health.models.forest:RandomForest",
    "window_classifier": "gnn.health.models.window_classifier:WindowClassifier",
    "count_recency": "gnn.health.models.racks:CountRecency",
    "rack_logistic": "gnn.health.models.racks:RackLogistic",
}


def model_named(name: str) -> RiskModel:
    """The model of that name.

    Raises:
        InputError: There is none.
    """
    if name not in MODELS:
        raise InputError(f"Model '{name}': there is none.{nearest(name, list(MODELS))} Known: {', '.join(MODELS)}.")
    module, attribute = MODELS[name].split(":")
    model: RiskModel = getattr(import_module(module), attribute)()
    return model
