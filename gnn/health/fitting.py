"""Fitting several models on the same examples, none of them twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gnn.health.examples import Examples
from gnn.health.port import FittedModel, model_named
from graph.errors import RefusedError

# A model on the graph, and what it is without the graph: fitted only where the graph could be learnt from.
ABLATIONS = {"graph": "graph_ablation"}


def fit_all(train: Examples, names: Sequence[str], seed: int) -> tuple[dict[str, FittedModel], dict[str, str]]:
    """Fit models on the same examples; a blend is made of its members where those were asked for as well.

    Args:
        train: Examples to learn from.
        names: Names in the registry.
        seed: Of everything random.

    Returns:
        Fitted models in the order of ``names``, and of the others why these examples cannot train them.
    """
    from gnn.health.models.blend import MEMBERS, Blend

    blend: Any = Blend()
    fitted: dict[str, FittedModel] = {}
    refused: dict[str, str] = {}
    without_graph = {ablation: name for name, ablation in ABLATIONS.items() if name in names}
    for name in sorted(names, key=lambda name: (name in without_graph, name == Blend.name)):
        if without_graph.get(name) in refused:
            refused[name] = f"It stands beside {without_graph[name]}, which could not learn."
            continue
        try:
            if name == Blend.name and all(member in fitted for member in MEMBERS):
                fitted[name] = blend.of_members([fitted[member] for member in MEMBERS], train)
            else:
                fitted[name] = model_named(name).fit(train, seed)
        except RefusedError as error:
            refused[name] = str(error)
    return {name: fitted[name] for name in names if name in fitted}, refused
