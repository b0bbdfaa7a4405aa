"""Removes what a run wrote or was handed to discard, by a scan of the records.

A killed bulk load leaves relationships that only one of their ends knows, or none: Cypher, which walks from node to
node, does not see them all. A scan of the relationship types does.

Deleting a relationship makes ArcadeDB search the relationship lists of both ends for it, which takes quadratic time
where an end has very many (every telemetry window reads the same few attributes). From such an end all are removed in
one walk over its list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

DELETE_ROWS = 5_000  # a transaction
UNLINK_ROWS = 20_000  # a transaction; their number is bounded by the heap
CROWDED = 100  # relationships to one neighbour from which a walk over its list pays


def remove_run(database: Any, run: str, progress: Callable[[int, int], None]) -> dict[str, int]:
    """Delete every node whose property ``run`` is ``run`` with its relationships, and every such relationship.

    Args:
        database: ``arcadedb_embedded`` database of the server.
        run: Key of the run.
        progress: Called with (rows done, rows found so far).

    Returns:
        ``nodes`` and ``relationships``: how many with that property were deleted, and relationships of crowded
        neighbours.
    """
    import jpype

    edge_type = jpype.JClass("com.arcadedb.schema.EdgeType")
    vertex_type = jpype.JClass("com.arcadedb.schema.VertexType")
    types = list(database._java_db.getSchema().getTypes())
    rids = {
        each.getName(): _rids_of_run(database, each.getName(), run) for each in types if isinstance(each, vertex_type)
    }
    counts = {"relationships": _unlink_crowded(database._java_db, [rid for part in rids.values() for rid in part])}
    for each in types:
        if isinstance(each, edge_type):
            rids[each.getName()] = _rids_of_run(database, each.getName(), run)
            counts["relationships"] += len(rids[each.getName()])
    counts["nodes"] = sum(len(rids[each.getName()]) for each in types if isinstance(each, vertex_type))
    going = [rid for each in types if isinstance(each, edge_type) for rid in rids[each.getName()]]
    going += [rid for each in types if isinstance(each, vertex_type) for rid in rids[each.getName()]]
    for start in range(0, len(going), DELETE_ROWS):
        chunk = going[start : start + DELETE_ROWS]
        with database.transaction():
            database.command("sql", f"DELETE FROM [{','.join(chunk)}]")
        progress(start + len(chunk), len(going))
    return counts


def _rids_of_run(database: Any, type_name: str, run: str) -> list[str]:
    result = database.query("sql", f"SELECT @rid AS rid FROM `{type_name}` WHERE run = :run", {"run": run})
    return [str(row["rid"]) for row in result.to_list()]


def _unlink_crowded(java_database: Any, rids: list[str]) -> int:
    """Delete the relationships between some nodes and neighbours that have very many of them; returns how many."""
    import jpype

    rid_class = jpype.JClass("com.arcadedb.database.RID")
    direction = jpype.JClass("com.arcadedb.graph.Vertex$DIRECTION")
    opposite = {direction.OUT: direction.IN, direction.IN: direction.OUT}
    crowds: Counter[tuple[str, Any]] = Counter()
    for rid in rids:
        vertex = java_database.lookupByRID(rid_class(rid), True).asVertex()
        for side, back in opposite.items():
            for neighbour in vertex.getConnectedVertexRIDs(side):
                crowds[str(neighbour), back] += 1
    going = set(rids)
    removed = 0
    for (neighbour, side), number in crowds.items():
        if number < CROWDED or neighbour in going:
            continue
        while taken := _walk(java_database, rid_class(neighbour), side, going):
            removed += taken
    return removed


def _walk(java_database: Any, neighbour: Any, side: Any, going: set[str]) -> int:
    """Remove at most ``UNLINK_ROWS`` relationships from one node's list, in one transaction; returns how many.

    The list of a node with very many (``arcadedb.graph.supernodeThreshold``) is striped: a walk over it cannot remove,
    but to find one relationship in it only the stripe of its other end is searched.
    """
    import jpype

    striped = jpype.JClass("com.arcadedb.utility.MultiIterator")
    removed = 0
    java_database.begin()
    try:
        edges = java_database.lookupByRID(neighbour, True).asVertex().getEdges(side).iterator()
        found = []
        while removed < UNLINK_ROWS and edges.hasNext():
            edge = edges.next()
            end = edge.getOut() if side.name() == "IN" else edge.getIn()
            if str(end) not in going:
                continue
            removed += 1
            if isinstance(edges, striped):
                found.append(edge)
            else:
                edges.remove()
        for edge in found:
            edge.delete()
        java_database.commit()
    except BaseException:
        if java_database.isTransactionActive():
            java_database.rollback()
        raise
    return removed
