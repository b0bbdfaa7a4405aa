"""What a label, a relationship type and a property are; their list stands in the generated ``terms``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """A class of the ontology.

    Args:
        name: As written in queries (``Drive``).
        side: ``fleet``, ``telemetry``, ``health``, ``meaning``, ``literature`` or ``store``.
        description: One sentence.
        properties: Names of the properties its nodes may have, those of every node included.
        parent: Label it is a kind of (``Concept`` of ``Metric``), or empty.
    """

    name: str
    side: str
    description: str
    properties: tuple[str, ...]
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship type.

    Args:
        name: As written in queries (``RUNS_ON``).
        heads: Labels it may start from.
        tails: Labels it may lead to.
        description: One sentence.
        properties: Names of the properties it may carry beside ``source`` and ``run``.
    """

    name: str
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    description: str
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Property:
    """A property of nodes or relationships.

    Args:
        name: snake_case.
        type: ``int64``, ``float64``, ``string``, ``bool``, ``date`` or ``datetime`` (UTC).
        many: True for an array of that type.
        unit: QUDT name (``unit:DAY``), or empty where there is none or it stands beside the value.
        description: One sentence.
    """

    name: str
    type: str
    many: bool
    unit: str
    description: str
