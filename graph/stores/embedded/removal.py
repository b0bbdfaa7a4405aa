"""Removes what an unfinished run wrote, by a scan of the records.

A killed bulk load leaves relationships that only one of their ends knows, or none: Cypher, which walks from node to
node, does not see them all. A scan of the relationship types does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

DELETE_ROWS = 5_000  # a transaction


def remove_run(database: Any, run: str, progress: Callable[[int, int], None]) -> dict[str, int]:
    """Delete every relationship and node whose property ``run`` is ``run``, in transactions of 5,000.

    Args:
        database: ``arcadedb_embedded`` database of the server.
        run: Key of the run.
        progress: Called with (rows done, rows found so far).

    Returns:
        ``nodes`` and ``relationships``: how many were deleted.
    """
    import jpype

    edge_type = jpype.JClass("com.arcadedb.schema.EdgeType")
    vertex_type = jpype.JClass("com.arcadedb.schema.VertexType")
    types = list(database._java_db.getSchema().getTypes())
    counts = {"relationships": 0, "nodes": 0}
    found = done = 0
    for kind, wanted in (("relationships", edge_type), ("nodes", vertex_type)):
        for each in types:
            if not isinstance(each, wanted):
                continue
            result = database.query("sql", f"SELECT @rid AS rid FROM `{each.getName()}` WHERE run = :run", {"run": run})
            rids = [str(row["rid"]) for row in result.to_list()]
            found += len(rids)
            for start in range(0, len(rids), DELETE_ROWS):
                chunk = rids[start : start + DELETE_ROWS]
                with database.transaction():
                    database.command("sql", f"DELETE FROM [{','.join(chunk)}]")
                done += len(chunk)
                progress(done, found)
            counts[kind] += len(rids)
    return counts
