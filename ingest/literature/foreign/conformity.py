"""A batch of claims held against the SHACL shapes of the ontology."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from graph.ontology.catalogue import catalogue
from graph.ontology.model import Batch, NodeTable
from graph.ontology.seed import ontology_batch

MOST_SHOWN = 20


def conforms(batch: Batch, known: Batch | None = None) -> tuple[str, ...]:
    """What a batch breaks, a line each, at most ``MOST_SHOWN``; nothing where it keeps all shapes.

    Args:
        batch: What is to be written.
        known: What it may lead to, the catalogue unless given. Of this only the nodes that it does lead to are
            validated beside it: the rest takes longer than the batch.
    """
    from graph.ontology.shacl import violations

    tails = [table.rows.column("tail").combine_chunks() for table in batch.relations]
    wanted = pa.concat_arrays(tails) if tails else pa.array([], pa.string())
    nodes = []
    for table in (known or ontology_batch()).nodes:
        rows = table.rows.filter(pc.is_in(table.rows.column("key"), value_set=wanted))
        if rows.num_rows:
            nodes.append(NodeTable(table.label, rows))
    found = violations(batch, known=Batch(tuple(nodes)))
    return tuple(f"{one.subject} {one.path}: {one.message}" for one in found[:MOST_SHOWN])


@cache
def label_of_key() -> dict[str, str]:
    """Labels of the catalogue's nodes by key."""
    return {row["key"]: label for label, rows in catalogue()["nodes"].items() for row in rows}
