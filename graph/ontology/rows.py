"""Rows of plain values as the tables of a batch, typed by the ontology."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ontology.terms import PROPERTIES

_ARROW = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "string": pa.string(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
}


def arrow_type(name: str) -> pa.DataType:
    """Arrow type of a property of the ontology, as it travels in a ``NodeTable``."""
    item = PROPERTIES[name]
    return pa.list_(_ARROW[item.type]) if item.many else _ARROW[item.type]


def node_table(label: str, rows: Sequence[Mapping[str, Any]]) -> NodeTable:
    """Nodes of one label from rows of plain values by property; a property that a row lacks is null."""
    names = sorted({name for row in rows for name in row} - {"key", "name"})
    schema = pa.schema([(name, arrow_type(name)) for name in ("key", "name", *names)])
    return NodeTable(label, pa.Table.from_pylist([dict(row) for row in rows], schema=schema))


def relation_table(relation: str, head_label: str, tail_label: str, ends: Iterable[Sequence[str]]) -> RelationTable:
    """Relationships without properties from pairs of keys, head first."""
    pairs = list(ends)
    heads, tails = (pa.array([pair[at] for pair in pairs], pa.string()) for at in (0, 1))
    return RelationTable(relation, head_label, tail_label, pa.table({"head": heads, "tail": tails}))


def together(batches: Iterable[Batch]) -> Batch:
    """Several batches as one, a table a label and a table a kind of relationship: a store takes it in one go."""
    nodes: dict[str, list[pa.Table]] = {}
    relations: dict[tuple[str, str, str], list[pa.Table]] = {}
    for batch in batches:
        for table in batch.nodes:
            nodes.setdefault(table.label, []).append(table.rows)
        for related in batch.relations:
            kind = (related.relation, related.head_label, related.tail_label)
            relations.setdefault(kind, []).append(related.rows)
    return Batch(
        tuple(NodeTable(label, _joined(rows)) for label, rows in nodes.items()),
        tuple(RelationTable(*kind, _joined(rows)) for kind, rows in relations.items()),
    )


def _joined(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="default").combine_chunks()
