"""The closed list of labels and relationship types: what may be written, and what counts as ours in a store."""

from __future__ import annotations

from graph.errors import InputError, nearest
from graph.ontology import terms

META = "AtollMeta"
RUN = "Run"
_LABELS = tuple(name for name in terms.LABELS if name not in (META, RUN))
_RELATIONS = tuple(terms.RELATIONS)


def labels() -> tuple[str, ...]:
    """Labels that batches may write."""
    return _LABELS


def relations() -> tuple[str, ...]:
    """Relationship types that batches may write."""
    return _RELATIONS


def own_labels() -> frozenset[str]:
    """Every label a store of ours may hold, those of its own log included."""
    return frozenset(_LABELS) | {META, RUN}


def check_label(label: str) -> None:
    """Refuse a label that the ontology does not know.

    Raises:
        InputError: With the closest one.
    """
    if label not in _LABELS:
        raise InputError(
            f"label '{label}' is not in the ontology.{nearest(label, _LABELS)} Known: {', '.join(_LABELS)}."
        )


def check_relation(relation: str) -> None:
    """Refuse a relationship type that the ontology does not know.

    Raises:
        InputError: With the closest one.
    """
    if relation not in _RELATIONS:
        raise InputError(
            f"relationship type '{relation}' is not in the ontology.{nearest(relation, _RELATIONS)} "
            f"Known: {', '.join(_RELATIONS)}."
        )
