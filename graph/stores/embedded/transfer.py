"""Hands a large batch to the server process as Parquet files."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pyarrow.parquet as pq

from graph.ontology.model import NodeTable, RelationTable
from graph.stores.embedded.control import Progress
from graph.stores.embedded.supervisor import Endpoint


def bulk_load(
    endpoint: Endpoint,
    nodes: Sequence[NodeTable],
    relations: Sequence[RelationTable],
    progress: Progress | None = None,
) -> tuple[int, int]:
    """Write new nodes and new relationships by the server's batch interface.

    It is no transaction: killed in the middle, it leaves part of the rows. So every row must carry its run, and what
    an incomplete run left is removed by ``remove_run``.

    Args:
        endpoint: The running server.
        nodes: Nodes that are not stored yet; all columns of ``rows`` are written as they are, nulls are left out.
        relations: Relationships that are not stored yet; heads and tails are among ``nodes`` or stored.
        progress: Called with (rows done, rows in all).

    Returns:
        How many nodes and how many relationships were written.

    Raises:
        InputError: A head or tail does not exist; nothing was written.
        StoreError: The server refused a row (a key that exists) or ended.
    """
    folder = endpoint.exchange / uuid.uuid4().hex
    folder.mkdir(parents=True)
    try:
        request: dict[str, list[dict[str, str]]] = {"nodes": [], "relations": []}
        for number, node_table in enumerate(nodes):
            path = folder / f"nodes-{number}.parquet"
            pq.write_table(node_table.rows, path)
            request["nodes"].append({"label": node_table.label, "path": str(path)})
        for number, table in enumerate(relations):
            path = folder / f"relations-{number}.parquet"
            pq.write_table(table.rows, path)
            request["relations"].append(
                {
                    "relation": table.relation,
                    "head_label": table.head_label,
                    "tail_label": table.tail_label,
                    "path": str(path),
                }
            )
        counts = endpoint.call("bulk_load", timeout_seconds=None, progress=progress, **request)
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    return int(counts["nodes"]), int(counts["relationships"])
