"""A part of the graph as it is drawn: nodes, relationships, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


def node_id(label: str, key: str) -> str:
    """Identity of a node across labels, since a key is unique within its label only: ``Drive drive:lab:MX-1:S1``."""
    return f"{label} {key}"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node.

    Args:
        label: Of the ontology.
        key: Unique within the label.
        name: What is shown.
        properties: All of its properties, key and name included.
    """

    label: str
    key: str
    name: str
    properties: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        """Identity across labels."""
        return node_id(self.label, self.key)


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """A relationship.

    Args:
        head: Id of the node it starts from.
        relation: Its type.
        tail: Id of the node it leads to.
        number: 0, or more where several of one type join the same two nodes (a drive that came back to its host).
        properties: What it carries.
    """

    head: str
    relation: str
    tail: str
    number: int = 0
    properties: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        """Identity within a view."""
        return f"{self.head} > {self.relation} > {self.tail} > {self.number}"


@dataclass(frozen=True, slots=True)
class RelationCount:
    """How many relationships of one kind a node has in the store.

    Args:
        relation: The type.
        outgoing: True where the node is their head.
        label: Label of the nodes at the other end.
        total: How many.
    """

    relation: str
    outgoing: bool
    label: str
    total: int


@dataclass(frozen=True, slots=True)
class GraphView:
    """What is drawn.

    Args:
        nodes: In the order in which they came; an expansion appends.
        edges: Relationships between the nodes.
        center: Id of the node that was asked for; None where several were.
        parents: For each node that came by a neighbourhood or an expansion, the node it came for.
        left_out: For each node whose neighbours were asked for, how many of them are not drawn.
        not_drawn: Nodes that were asked for themselves and are not drawn.
        total_by_relation: Relationships of the center in the store.
        edges_cut: True where there are more relationships between the nodes than are drawn.
    """

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    center: str | None = None
    parents: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    not_drawn: int = 0
    total_by_relation: tuple[RelationCount, ...] = ()
    edges_cut: bool = False

    @property
    def total(self) -> int:
        """Nodes drawn and nodes left out; a neighbour that two nodes left out counts twice."""
        return len(self.nodes) + self.not_drawn + sum(self.left_out.values())

    @property
    def truncated(self) -> bool:
        """True where something was left out."""
        return self.total > len(self.nodes) or self.edges_cut

    def ids(self) -> list[str]:
        """Ids of the nodes, in their order."""
        return [node.id for node in self.nodes]

    def node(self, key: str) -> GraphNode | None:
        """The node of that id or key; None where it is not drawn."""
        by_key: GraphNode | None = None
        for node in self.nodes:
            if node.id == key:
                return node
            if node.key == key and by_key is None:
                by_key = node
        return by_key

    def neighbours(self, node: str) -> set[str]:
        """Ids of the drawn nodes that a relationship joins to the node of that id."""
        return {
            edge.tail if edge.head == node else edge.head for edge in self.edges if node in (edge.head, edge.tail)
        } - {node}


def numbered(rows: Iterable[tuple[str, str, str, Mapping[str, Any]]]) -> tuple[GraphEdge, ...]:
    """Relationships from (head, type, tail, properties), those that run in parallel told apart by a number."""
    seen: dict[tuple[str, str, str], int] = {}
    edges = []
    for head, relation, tail, properties in rows:
        number = seen.get((head, relation, tail), 0)
        seen[head, relation, tail] = number + 1
        edges.append(GraphEdge(head, relation, tail, number, properties))
    return tuple(edges)
