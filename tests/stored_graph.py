"""What the contract suites of the stores share: small batches, and looking at what is stored."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

import queries
from graph.ontology.model import Batch, NodeTable
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
