"""What a run has created and what it holds back until it completes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.ports import Run
from graph.stores.content import MODULUS

Identity = tuple[str, str, Any]  # head, tail, valid_from
RelationKind = tuple[str, str, str]  # relation, head label, tail label


@dataclass(slots=True)
class Tally:
    """Number of nodes by label and relationships by type, and the hash of their content."""

    nodes: dict[str, int] = field(default_factory=dict)
    relations: dict[str, int] = field(default_factory=dict)
    content: int = 0

    def plus(self, other: Tally, sign: int = 1) -> Tally:
        """The sum (or, with ``sign=-1``, the difference) of two tallies."""
        return Tally(
            {name: self.nodes.get(name, 0) + sign * other.nodes.get(name, 0) for name in {**self.nodes, **other.nodes}},
            {
                name: self.relations.get(name, 0) + sign * other.relations.get(name, 0)
                for name in {**self.relations, **other.relations}
            },
            (self.content + sign * other.content) % MODULUS,
        )

    def to_properties(self) -> dict[str, Any]:
        """As properties of a node: a store keeps no maps and no unsigned integers."""
        return {
            "counted_labels": sorted(self.nodes),
            "label_counts": [self.nodes[name] for name in sorted(self.nodes)],
            "counted_types": sorted(self.relations),
            "type_counts": [self.relations[name] for name in sorted(self.relations)],
            "content_hash": f"{self.content:016x}",
        }

    @classmethod
    def from_properties(cls, stored: Mapping[str, Any]) -> Tally:
        """Read back what ``to_properties`` wrote."""
        return cls(
            dict(zip(stored.get("counted_labels") or [], stored.get("label_counts") or [], strict=True)),
            dict(zip(stored.get("counted_types") or [], stored.get("type_counts") or [], strict=True)),
            int(stored.get("content_hash") or "0", 16),
        )

    def is_empty(self) -> bool:
        """True where nothing was created."""
        return not any(self.nodes.values()) and not any(self.relations.values())


@dataclass(slots=True)
class HeldBack:
    """Changes to what is visible already; they are applied in the transaction that completes the run.

    Args:
        nodes: Changed properties by label and key.
        sources: Sources of a node afterwards.
        relations: Changed properties by kind and identity.
        deletions: Keys of nodes that go, by label.
        content: What ``nodes`` and ``relations`` add to the content hash.
        epochs: Epochs of the store in which the changes were compared with what it held: as long as there is but one
            and it lasts, ``content`` holds.
    """

    nodes: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    sources: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    relations: dict[RelationKind, dict[Identity, dict[str, Any]]] = field(default_factory=dict)
    deletions: dict[str, dict[str, None]] = field(default_factory=dict)
    content: int = 0
    epochs: set[int] = field(default_factory=set)

    def is_empty(self) -> bool:
        """True where completing the run changes nothing that was visible."""
        return not self.nodes and not self.relations and not self.deletions


@dataclass(slots=True)
class OpenRun:
    """A run that is being written.

    Args:
        run: Its identity.
        created: What it has committed so far, hidden.
        held: What waits for its completion.
    """

    run: Run
    created: Tally = field(default_factory=Tally)
    held: HeldBack = field(default_factory=HeldBack)
