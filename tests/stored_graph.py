"""What the contract suites of the stores share: small batches, and looking at what is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

import queries
from graph.ontology import labels, relations
from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import GraphStore


def drives(**columns: Any) -> Batch:
    number = len(next(iter(columns.values())))
    keys = [f"drive:f:m:{index}" for index in range(number)]
    return Batch((NodeTable("Drive", pa.table({"key": keys, "name": keys, **columns})),))


def stored(store: GraphStore, key: str, name: str) -> Any:
    text = f"MATCH (n {{key: $key}}) RETURN n.{name} AS value"
    return store.query_free(text, {"key": key}).scalar()


def reads() -> list[queries.Query]:
    return [query for query in queries.catalogue() if query.mode == "read"]


def run_example(store: GraphStore, query: queries.Query) -> list[tuple[Any, ...]]:
    return sorted(store.query(query.name, query.example).rows, key=str)


def native(value: Any) -> Any:
    if isinstance(value, list):
        return [native(item) for item in value]
    return value.to_native() if hasattr(value, "to_native") else value


def natives(row: dict[str, Any]) -> dict[str, Any]:
    return {name: native(value) for name, value in row.items()}


def whole_graph(raw: Callable[..., list[dict[str, Any]]]) -> Batch:
    """Everything in the store, as a batch."""
    nodes, edges = [], []
    for label in labels():
        rows = [natives(row["p"]) for row in raw(f"MATCH (n:{label}) RETURN properties(n) AS p")]
        if rows:
            nodes.append(
                NodeTable(label, pa.table({key: [row.get(key) for row in rows] for key in set().union(*rows)}))
            )
    for relation in relations():
        text = f"MATCH (h)-[r:{relation}]->(t) RETURN h.key AS head, t.key AS tail, properties(r) AS p"
        rows = [{"head": row["head"], "tail": row["tail"], **natives(row["p"])} for row in raw(text)]
        if rows:
            columns = {key: [row.get(key) for row in rows] for key in set().union(*rows)}
            edges.append(RelationTable(relation, "", "", pa.table(columns)))
    return Batch(tuple(nodes), tuple(edges))
