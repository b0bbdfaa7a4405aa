"""The SMART catalogue as a batch: what a store holds before the first reading arrives."""

from __future__ import annotations

from graph.ontology.catalogue import catalogue
from graph.ontology.model import Batch
from graph.ontology.rows import node_table, relation_table

SOURCE = "atoll-ontology"
"""Name of the source under which the catalogue is written."""


def ontology_batch() -> Batch:
    """Attributes, overrides, vendors, metrics, mechanisms and concepts with their relationships, ready to write."""
    content = catalogue()
    return Batch(
        nodes=tuple(node_table(label, rows) for label, rows in content["nodes"].items()),
        relations=tuple(
            relation_table(relation, head_label, tail_label, pairs)
            for relation, head_label, tail_label, pairs in content["relations"]
        ),
    )
