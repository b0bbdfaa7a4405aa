"""The network of the graph model: from what befell drives to their places, from places to the drives that they hold."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.nn import HeteroConv, SAGEConv

from gnn.health.graph_data import PEER_FEATURES, PLACE_FEATURES

# Small, and stopped early: a fleet has a hundred failures to learn from. Chosen on one synthetic fleet by its seed.
HIDDEN = 8
DROPOUT = 0.3
LEARNING_RATE = 0.003
WEIGHT_DECAY = 0.01
NUM_STEPS = 80
# Few places hold all drives, so a network could know them (and the landmarks) by their features and learn by heart how
# many failed there: in each step, half of their drives do not hear of them.
BROAD = ("room", "application", "model", "time")
BROAD_KEPT = 0.5
Nodes = Mapping[str, Tensor]
Edges = Mapping[tuple[str, str, str], Tensor]
Graph = tuple[Nodes, Edges]


class RiskNetwork(nn.Module):
    """Two hops of GraphSAGE over typed edges: peer to place, place to drive.

    Args:
        num_columns: Columns of a drive's own features.
        kinds: Kinds of place; without any, the network sees the drive alone.

    References:
        Hamilton, Ying, Leskovec, "Inductive representation learning on large graphs", NeurIPS 2017 (mean aggregator:
        no node has parameters of its own, so unseen places can be scored); Schlichtkrull et al., "Modeling relational
        data with graph convolutional networks", ESWC 2018 (parameters by type of edge, summed).
    """

    def __init__(self, num_columns: int, kinds: Sequence[str]) -> None:
        super().__init__()
        self.kinds = tuple(kinds)
        self.own = nn.Linear(num_columns, HIDDEN)
        self.root = nn.Linear(HIDDEN, HIDDEN)
        self.head = nn.Linear(HIDDEN, 1)
        self.dropout = nn.Dropout(DROPOUT)
        ends = (len(PEER_FEATURES), len(PLACE_FEATURES))
        if self.kinds:
            self.gather = HeteroConv({("peer", "befell", kind): SAGEConv(ends, HIDDEN) for kind in self.kinds})
            self.spread = HeteroConv(
                {(kind, "holds", "drive"): SAGEConv(HIDDEN, HIDDEN, root_weight=False) for kind in self.kinds},
                aggr="sum",
            )

    def forward(self, nodes: Nodes, edges: Edges) -> Tensor:
        """Log-odds of failure within the horizon.

        Args:
            nodes: ``drive`` of shape ``(num_examples, num_columns)``, ``peer`` of shape ``(num_peers,
                len(PEER_FEATURES))`` and each kind of shape ``(num_places, len(PLACE_FEATURES))``.
            edges: ``(head, relation, tail)`` to positions, int64, shape ``(2, num_edges)``.

        Returns:
            Shape ``(num_examples,)``.
        """
        drive = self.dropout(torch.relu(self.own(nodes["drive"])))
        state = self.root(drive)
        if self.kinds:
            places = self.gather({name: nodes[name] for name in ("peer", *self.kinds)}, edges)
            edges = self._heard(edges) if self.training else edges
            told = {name: torch.relu(values) for name, values in places.items()}
            state = state + self.spread({**told, "drive": drive}, edges)["drive"]
        return self.head(self.dropout(torch.relu(state)))[:, 0]

    def _heard(self, edges: Edges) -> Edges:
        kept = dict(edges)
        for kind in BROAD:
            ends = edges.get((kind, "holds", "drive"))
            if ends is not None:
                kept[kind, "holds", "drive"] = ends[:, torch.rand(ends.shape[1]) < BROAD_KEPT]
        return kept


def quiet_network(num_columns: int, kinds: Sequence[str]) -> RiskNetwork:
    """A network with parameters drawn at random."""
    with warnings.catch_warnings():
        # Peers and places are not updated in the hop that they only send in: that is meant.
        warnings.filterwarnings("ignore", message="There exist node types")
        return RiskNetwork(num_columns, kinds)


def tensors(features: Mapping[str, np.ndarray], edges: Mapping[tuple[str, str, str], np.ndarray]) -> Graph:
    """Nodes as float32 and edges as int64 tensors."""
    return (
        {name: torch.from_numpy(np.ascontiguousarray(table, np.float32)) for name, table in features.items()},
        {name: torch.from_numpy(np.ascontiguousarray(ends, np.int64)) for name, ends in edges.items()},
    )


def trained(graph: Graph, label: np.ndarray, kinds: Sequence[str], seed: int) -> RiskNetwork:
    """Train a network on all drives of a graph at once, at their natural base rate.

    Args:
        graph: As ``tensors`` makes it.
        label: bool, one a drive.
        kinds: Kinds of place.
        seed: Of first parameters and dropout; on one thread, the same seed gives the same network.
    """
    target = torch.from_numpy(label.astype(np.float32))
    with _repeatable(seed):
        network = quiet_network(graph[0]["drive"].shape[1], kinds)
        nn.init.constant_(network.head.bias, float(torch.logit(target.mean())))
        optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        for _ in range(NUM_STEPS):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(network(*graph), target).backward()
            optimizer.step()
    network.eval()
    return network


@contextmanager
def _repeatable(seed: int) -> Iterator[None]:
    """One thread and a random stream of its own, both put back afterwards."""
    num_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(num_threads)


def weights_of(network: nn.Module) -> dict[str, Any]:
    """Parameters as JSON values: shape, and little-endian float32 in base64."""
    found = {}
    for name, value in network.state_dict().items():
        raw = np.ascontiguousarray(value.detach().numpy(), dtype="<f4")
        found[name] = {"shape": list(raw.shape), "float32": base64.b64encode(raw.tobytes()).decode()}
    return found


def load_weights(network: nn.Module, weights: Mapping[str, Any]) -> None:
    """Put parameters from ``weights_of`` into a network of the same form."""
    network.load_state_dict(
        {
            name: torch.from_numpy(
                np.frombuffer(base64.b64decode(item["float32"]), dtype="<f4").reshape(item["shape"]).copy()
            )
            for name, item in weights.items()
        }
    )
