"""A heterogeneous graph over drives, their places and what befell their neighbours, and its ablation without a graph.

A fleet has few failures and many features, of which a network of its own would learn the noise. So the drive's own
features enter through gradient boosting, as one log-odds that was never fitted on the drive itself, and the network
learns what the neighbourhood adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from gnn.health.examples import Examples
from gnn.health.graph_data import MODEL, TIME, Neighbourhoods, neighbourhoods, no_places
from gnn.health.models.boosting import Boosting, FittedBoosting
from gnn.health.models.matrix import log_odds, shifted, teaching, thinned
from gnn.health.port import Output
from gnn.health.topology import usable_relations

if TYPE_CHECKING:
    from gnn.health.graph_layers import Graph, RiskNetwork

NUM_FOLDS = 3
MOST_HEALTHY = 4_000
"""Healthy examples that each fold's boosting learns from."""


@dataclass(frozen=True)
class FittedGraph:
    """What the graph model or its ablation learnt.

    Args:
        boosting: Log-odds from a drive's own features.
        relations: Kinds of place used; empty for the ablation.
        scales: Centre and scale of the own log-odds (``drive``) and of each kind of place's features.
        weights: Parameters of the network, as ``graph_layers.weights_of``.
        shift: Added to the log-odds, so that the mean probability in training is the base rate.
        name: ``graph`` or ``graph_ablation``.
    """

    boosting: FittedBoosting
    relations: tuple[str, ...]
    scales: Mapping[str, tuple[list[float], list[float]]]
    weights: Mapping[str, Any]
    shift: float
    name: str = "graph"
    output: Output = "risk"

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of place node, none for the ablation."""
        return (*self.relations, MODEL, TIME) if self.relations else ()

    @cached_property
    def network(self) -> RiskNetwork:
        """The network, made once."""
        from gnn.health.graph_layers import load_weights, quiet_network

        network = quiet_network(1, self.kinds)
        load_weights(network, self.weights)
        network.eval()
        return network

    def scores(self, examples: Examples) -> np.ndarray:
        """Probability of failure, shape ``(num_examples,)``; each depends on its own drive and history alone."""
        own = log_odds(self.boosting.scores(examples))
        return np.asarray(expit(self.log_odds(own, self.around(examples))))

    def around(self, examples: Examples) -> Neighbourhoods:
        """Neighbourhoods of examples, as this model sees them."""
        return neighbourhoods(examples, self.relations if examples.history is not None else ())

    def log_odds(self, own: np.ndarray, around: Neighbourhoods) -> np.ndarray:
        """Log-odds of failure from own log-odds and neighbourhoods, float64, shape ``(num_examples,)``."""
        return score(self.network, graph_of(own, around, self.kinds, self.scales)) + self.shift

    def contributions(self, examples: Examples) -> np.ndarray | None:
        """What each own feature adds, shape ``(num_examples, num_features)``.

        The boosting's Shapley values, times what the network makes of each log-odds of theirs in this neighbourhood.
        They add up to the log-odds but for what the neighbourhood adds, which ``gnn.health.neighbours`` tells.
        """
        parts = self.boosting.contributions(examples)
        if parts is None:
            return None
        own = log_odds(self.boosting.scores(examples))
        usual = own - parts.sum(axis=1)  # what boosting says of a drive of which it knows nothing
        around = self.around(examples)
        moved, apart = self.log_odds(own, around) - self.log_odds(usual, around), own - usual
        slope = np.divide(moved, apart, out=np.ones_like(own), where=np.abs(apart) > 1e-6)
        return np.asarray(parts * slope[:, None])

    def state(self) -> dict[str, Any]:
        """Trees as text, scales, and the network's parameters in base64."""
        return {
            "boosting": self.boosting.state(),
            "relations": list(self.relations),
            "scales": {name: [list(centre), list(scale)] for name, (centre, scale) in self.scales.items()},
            "weights": dict(self.weights),
            "shift": self.shift,
        }


class GraphModel:
    """Boosting and a graph neural network over the neighbourhoods of drives.

    References:
        Ivanov and Prokhorenkova, "Boost then convolve: gradient boosting meets graph neural networks", ICLR 2021
        (boosting makes the nodes' inputs); Hamilton, Ying and Leskovec, NeurIPS 2017 (GraphSAGE); Wolpert, "Stacked
        generalization", Neural Networks 1992 (inputs from folds that did not hold the drive).
    """

    name = "graph"
    output: Output = "risk"

    def fit(self, train: Examples, seed: int) -> FittedGraph:
        """Learn from the examples whose label is known.

        Raises:
            RefusedError: One class is missing, too few drives fail, or topology does not cover failed and healthy
                drives alike.
        """
        known = teaching(train, self.name)
        relations = self._relations(known)
        boosting = Boosting().fit(known, seed)
        own = _own_log_odds(known, seed)
        around = neighbourhoods(known, relations)
        kinds = (*relations, MODEL, TIME) if relations else ()
        scales = _scales(own, around, kinds)
        from gnn.health.graph_layers import trained, weights_of

        graph = graph_of(own, around, kinds, scales)
        network = trained(graph, known.label, kinds, seed)
        base_rate = float(known.label.mean())
        shift = shifted(score(network, graph), np.ones(len(known)), base_rate)
        return FittedGraph(boosting, relations, scales, weights_of(network), shift, self.name)

    def restore(self, state: Mapping[str, Any]) -> FittedGraph:
        """A fitted model from its ``state``."""
        scales = {name: (list(centre), list(scale)) for name, (centre, scale) in state["scales"].items()}
        boosting = Boosting().restore(state["boosting"])
        return FittedGraph(
            boosting, tuple(state["relations"]), scales, state["weights"], float(state["shift"]), self.name
        )

    def _relations(self, known: Examples) -> tuple[str, ...]:
        return usable_relations(known)


class GraphAblation(GraphModel):
    """The same model, boosting and network, that sees the drive alone: what the graph must beat.

    References:
        Ivanov and Prokhorenkova, ICLR 2021 (their comparison with boosting alone); Wolpert, Neural Networks 1992.
    """

    name = "graph_ablation"

    def _relations(self, known: Examples) -> tuple[str, ...]:
        return ()


def graph_of(
    own: np.ndarray,
    around: Neighbourhoods,
    kinds: tuple[str, ...],
    scales: Mapping[str, tuple[list[float], list[float]]],
) -> Graph:
    """Nodes and edges as tensors.

    Args:
        own: Log-odds from the drives' own features, shape ``(num_examples,)``.
        around: Their neighbourhoods; a kind that it lacks has no nodes.
        kinds: Kinds of place of the network.
        scales: Centre and scale of each kind of node's features.
    """
    from gnn.health.graph_layers import tensors

    features = {"drive": own[:, None], "peer": around.peers.features()}
    edges: dict[tuple[str, str, str], np.ndarray] = {}
    for name in kinds:
        kind = around.kinds[name] if name in around.kinds else no_places(len(own))
        features[name] = kind.features(around.peers)
        edges["peer", "befell", name] = np.stack([kind.peer, kind.place])
        held = np.flatnonzero(kind.of_example >= 0)
        edges[name, "holds", "drive"] = np.stack([kind.of_example[held], held])
    for name, (centre, scale) in scales.items():
        features[name] = (features[name] - np.asarray(centre)) / np.asarray(scale)
    return tensors(features, edges)


def score(network: RiskNetwork, graph: Graph) -> np.ndarray:
    """Log-odds of every drive of a graph, float64."""
    import torch

    with torch.no_grad():
        return np.asarray(network(*graph).numpy(), np.float64)


def _own_log_odds(known: Examples, seed: int) -> np.ndarray:
    """Log-odds of each example from folds that do not hold its drive, shape ``(num_examples,)``."""
    draw = np.random.default_rng(seed)
    fold = np.empty(len(known.drive_keys), np.int64)
    failing = np.zeros(len(known.drive_keys), bool)
    failing[known.drive[known.label]] = True
    for group in (failing, ~failing):
        members = draw.permutation(np.flatnonzero(group))
        fold[members] = np.arange(len(members)) % NUM_FOLDS
    at = fold[known.drive]
    own = np.empty(len(known))
    for number in range(NUM_FOLDS):
        rest, held = np.flatnonzero(at != number), np.flatnonzero(at == number)
        kept, weight = thinned(known.label[rest], MOST_HEALTHY, seed)
        # Healthy examples left out raise the odds by as much as they were more.
        fitted = Boosting().fit(known.take(rest[kept]), seed)
        own[held] = log_odds(fitted.scores(known.take(held))) - np.log(weight.max())
    return own


def _scales(
    own: np.ndarray, around: Neighbourhoods, kinds: tuple[str, ...]
) -> dict[str, tuple[list[float], list[float]]]:
    tables = {"drive": own[:, None], **{name: around.kinds[name].features(around.peers) for name in kinds}}
    found = {}
    for name, table in tables.items():
        spread = table.std(axis=0, dtype=np.float64)
        found[name] = (table.mean(axis=0, dtype=np.float64).tolist(), np.where(spread > 1e-6, spread, 1.0).tolist())
    return found
