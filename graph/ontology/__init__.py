"""The ontology: labels, relationship types and properties, read from the terms generated out of ``atoll.ttl``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph.errors import InputError, nearest
from graph.ontology.terms import LABELS, ONTOLOGY_VERSION, PROPERTIES, RELATIONS
from graph.ontology.vocabulary import Label, Property, Relation

__all__ = [
    "ONTOLOGY_VERSION",
    "Label",
    "Property",
    "Relation",
    "label",
    "labels",
    "properties",
    "property_named",
    "relation",
    "relations",
]

_SOURCE_OF_TRUTH = "graph/ontology/atoll.ttl"


def labels() -> Mapping[str, Label]:
    """All labels by name."""
    return LABELS


def relations() -> Mapping[str, Relation]:
    """All relationship types by name."""
    return RELATIONS


def properties() -> Mapping[str, Property]:
    """All properties by name."""
    return PROPERTIES


def label(name: str) -> Label:
    """The label of that name.

    Raises:
        InputError: The ontology has no such label.
    """
    if name not in LABELS:
        raise InputError(_unknown("label", name, LABELS))
    return LABELS[name]


def relation(name: str, head_label: str | None = None, tail_label: str | None = None) -> Relation:
    """The relationship type of that name, which may join the two labels where they are given.

    Raises:
        InputError: The ontology has no such type, or it does not join these labels.
    """
    if name not in RELATIONS:
        raise InputError(_unknown("relation", name, RELATIONS))
    found = RELATIONS[name]
    for end, given, allowed in (("start from", head_label, found.heads), ("lead to", tail_label, found.tails)):
        if given is not None and given not in allowed:
            raise InputError(
                f"relation '{name}' may not {end} '{given}': {_SOURCE_OF_TRUTH} allows {', '.join(allowed)}."
                f"{nearest(given, allowed)}"
            )
    return found


def property_named(name: str) -> Property:
    """The property of that name.

    Raises:
        InputError: The ontology has no such property.
    """
    if name not in PROPERTIES:
        raise InputError(_unknown("property", name, PROPERTIES))
    return PROPERTIES[name]


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    return f"{what} '{name}' is not in {_SOURCE_OF_TRUTH}.{nearest(name, known)} Known: {', '.join(sorted(known))}."
