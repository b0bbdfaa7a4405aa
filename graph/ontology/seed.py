"""The SMART catalogue as a batch: what a store holds before the first reading arrives."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from graph.ontology.catalogue import catalogue
from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ontology.terms import PROPERTIES

SOURCE = "atoll-ontology"
"""Name of the source under which the catalogue is written."""

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


def ontology_batch() -> Batch:
    """Attributes, overrides, vendors, metrics, mechanisms and concepts with their relationships, ready to write."""
    content = catalogue()
    return Batch(
        nodes=tuple(NodeTable(label, _table(rows)) for label, rows in content["nodes"].items()),
        relations=tuple(
            RelationTable(
                relation,
                head_label,
                tail_label,
                pa.table({"head": [head for head, _ in pairs], "tail": [tail for _, tail in pairs]}),
            )
            for relation, head_label, tail_label, pairs in content["relations"]
        ),
    )


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    names = sorted({name for row in rows for name in row} - {"key", "name"})
    schema = pa.schema([(name, arrow_type(name)) for name in ("key", "name", *names)])
    return pa.Table.from_pylist(rows, schema=schema)
