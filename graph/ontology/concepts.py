"""The field's concepts with their aliases, as generated from ``smart.ttl`` and ``concepts.ttl``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from graph.ontology.catalogue import catalogue

CONCEPT_LABELS = ("Concept", "Metric", "Mechanism", "Mitigation", "Condition", "Component")


@dataclass(frozen=True, slots=True)
class FieldConcept:
    """One canonical concept.

    Args:
        key: For example ``metric:write-amplification``.
        label: Its label in the graph, one of ``CONCEPT_LABELS``.
        name: As shown.
        aliases: Other names in use, acronyms among them.
        better_direction: Of metrics: up, down or none; None for everything else.
        unit: Of metrics: QUDT name.
    """

    key: str
    label: str
    name: str
    aliases: tuple[str, ...] = ()
    better_direction: str | None = None
    unit: str | None = None


@cache
def concepts() -> tuple[FieldConcept, ...]:
    """All concepts, by key."""
    nodes = catalogue()["nodes"]
    found = [
        FieldConcept(
            row["key"],
            label,
            row["name"],
            tuple(row.get("aliases", ())),
            row.get("better_direction"),
            row.get("unit"),
        )
        for label in CONCEPT_LABELS
        for row in nodes.get(label, ())
    ]
    return tuple(sorted(found, key=lambda concept: concept.key))
