"""A batch of claims held against the SHACL shapes of the ontology."""

from __future__ import annotations

from functools import cache

from graph.ontology.catalogue import catalogue
from graph.ontology.model import Batch
from graph.ontology.rows import node_table
from graph.ontology.shacl import violations

MOST_SHOWN = 20


def conforms(batch: Batch) -> tuple[str, ...]:
    """What a batch breaks, a line each, at most ``MOST_SHOWN``; nothing where it keeps all shapes.

    Only the concepts and attributes that the batch leads to are validated beside it, not the whole catalogue.
    """
    wanted = {key for table in batch.relations for key in table.rows.column("tail").to_pylist()}
    known = Batch(
        nodes=tuple(
            node_table(label, found)
            for label, rows in catalogue()["nodes"].items()
            if (found := [row for row in rows if row["key"] in wanted])
        )
    )
    found = violations(batch, known=known)
    return tuple(f"{one.subject} {one.path}: {one.message}" for one in found[:MOST_SHOWN])


@cache
def label_of_key() -> dict[str, str]:
    """Labels of the catalogue's nodes by key."""
    return {row["key"]: label for label, rows in catalogue()["nodes"].items() for row in rows}
