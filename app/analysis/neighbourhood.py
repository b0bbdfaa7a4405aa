"""The graph around a node: read with caps that stand in the queries, and grown node by node."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.analysis.graph_view import GraphNode, GraphView, RelationCount, node_id, numbered
from graph.errors import InputError, nearest
from graph.ontology import terms
from graph.ports import GraphStore, Rows

MOST_NODES = 300
USUAL_NODES = 200
EXPANDED_NODES = 25
MOST_EDGES = 1500
# Keys begin with a word for their kind; units and web addresses do so too.
_KEY = re.compile(r"(?!unit:|https?:)[a-z][a-z-]*:\S")


def neighbourhood(
    store: GraphStore,
    key: str,
    label: str | None = None,
    *,
    limit: int = USUAL_NODES,
    relations: Sequence[str] | None = None,
) -> GraphView:
    """A node with its neighbours and all relationships between them.

    Neighbours come in turns, one of each relationship type and label after the other, in each the most important
    first: open before resolved, red before amber, then by confidence and by day.

    Args:
        store: Where to read.
        key: Key of the node.
        label: Its label; only needed where nodes of several labels bear the key.
        limit: Most nodes, 2 to 300.
        relations: Only neighbours along these relationship types; None for all.

    Raises:
        InputError: No node bears the key, or several do; a label, type or limit that cannot be used.
    """
    _check(label, relations, limit, least=2)
    center = _only(store, key, label)
    asked = {"key": center.key, "label": center.label, "relations": list(relations or ())}
    found = store.query("neighbours", {**asked, "known": [center.id], "limit": limit - 1}).records()
    others = tuple(_node(row["label"], row["node"]) for row in found)
    nodes = (center, *others)
    whole = len(others) if len(others) < limit - 1 else int(store.query("neighbour_count", asked).scalar() or 0)
    view = GraphView(
        nodes=nodes,
        edges=(),
        center=center.id,
        parents={node.id: center.id for node in others},
        left_out={center.id: whole - len(others)},
        total_by_relation=relation_counts(store, center.key, center.label),
    )
    return _joined(store, view)


def subgraph(store: GraphStore, keys: Iterable[str], *, limit: int = USUAL_NODES) -> GraphView:
    """The nodes that bear these keys, whatever their label, and all relationships between them.

    Args:
        store: Where to read.
        keys: Keys of nodes; the first ``limit`` different ones are drawn, those that no node bears are passed over.
        limit: Most nodes, 1 to 300.

    Raises:
        InputError: The limit is out of range.
    """
    _check(None, None, limit, least=1)
    asked = list(dict.fromkeys(keys))
    rows = store.query("nodes_by_key", {"keys": asked[:limit], "limit": limit}).records() if asked else []
    place = {key: number for number, key in enumerate(asked)}
    nodes = sorted((_node(row["label"], row["node"]) for row in rows), key=lambda node: place[node.key])
    return _joined(store, GraphView(nodes=tuple(nodes), edges=(), not_drawn=max(0, len(asked) - limit)))


def expand(store: GraphStore, view: GraphView, key: str, limit: int = EXPANDED_NODES) -> GraphView:
    """Add the next neighbours of a node that is drawn; what is drawn stays as it is.

    Args:
        store: Where to read.
        view: What is drawn.
        key: Id or key of the node.
        limit: Most nodes to add; fewer where 300 would be passed.

    Returns:
        The larger view; ``left_out`` says for the node how many neighbours are still missing.

    Raises:
        InputError: The node is not drawn, or the limit is out of range.
    """
    _check(None, None, limit, least=1)
    parent = view.node(key)
    if parent is None:
        raise InputError(f"node '{key}': it is not drawn, so it cannot be expanded.{nearest(key, view.ids())}")
    asked: dict[str, Any] = {"key": parent.key, "label": parent.label, "known": view.ids()}
    missing = missing_neighbours(store, view, parent)
    room = min(limit, MOST_NODES - len(view.nodes), missing)
    rows = store.query("neighbours", {**asked, "limit": room}).records() if room > 0 else []
    added = [_node(row["label"], row["node"]) for row in rows]
    grown = _joined(
        store,
        replace(
            view,
            nodes=(*view.nodes, *added),
            parents={**view.parents, **{node.id: parent.id for node in added}},
        ),
    )
    new = {node.id for node in added}
    left_out = {known: count - len(grown.neighbours(known) & new) for known, count in view.left_out.items()}
    left_out[parent.id] = missing - len(added)
    return replace(grown, left_out={known: max(0, count) for known, count in left_out.items()})


def relation_counts(store: GraphStore, key: str, label: str | None = None) -> tuple[RelationCount, ...]:
    """How many relationships a node has in the store, by type, direction and label of the other end."""
    rows = store.query("relation_counts", {"key": key, "label": label}).records()
    return tuple(
        RelationCount(row["relation"], bool(row["outgoing"]), row["label"], int(row["relationships"])) for row in rows
    )


def missing_neighbours(store: GraphStore, view: GraphView, node: GraphNode) -> int:
    """How many neighbours of a drawn node are not drawn."""
    whole = int(store.query("neighbour_count", {"key": node.key, "label": node.label}).scalar() or 0)
    return max(0, whole - len(view.neighbours(node.id)))


def keys_in(rows: Rows) -> list[str]:
    """Keys of the nodes that a query's rows hold: as nodes, in relationships and paths, and in columns of keys."""
    found: dict[str, None] = {}
    for place in range(len(rows.columns)):
        column = [row[place] for row in rows.rows if row[place] is not None]
        if all(isinstance(value, str) for value in column):
            if all(_KEY.match(value) for value in column):
                found |= dict.fromkeys(column)
        else:
            found |= dict.fromkeys(key for value in column for key in _keys_of(value))
    return list(found)


def _keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _keys_of(item)
    elif isinstance(value, Mapping):
        properties = value.get("properties")
        ends = [properties.get("key")] if isinstance(properties, Mapping) and "labels" in value else []
        ends += [value.get("head"), value.get("tail")] if "type" in value else []
        yield from (end for end in ends if isinstance(end, str))


def _only(store: GraphStore, key: str, label: str | None) -> GraphNode:
    found = [
        _node(row["label"], row["node"])
        for row in store.query("nodes_by_key", {"keys": [key]}).records()
        if label is None or row["label"] == label
    ]
    if not found:
        what = label or "node"
        raise InputError(
            f"{what} '{key}': there is none with that key. Expected a key such as drive:FLEET:MODEL:SERIAL."
        )
    if len(found) > 1:
        labels = ", ".join(node.label for node in found)
        raise InputError(f"node '{key}': nodes of several labels bear this key ({labels}). Say which label is meant.")
    return found[0]


def _joined(store: GraphStore, view: GraphView) -> GraphView:
    """The view with the relationships between its nodes."""
    drawn = set(view.ids())
    keys = [node.key for node in view.nodes]
    if len(keys) < 2:
        return view
    rows = store.query("relationships_between", {"keys": keys, "limit": MOST_EDGES}).records()
    ends = [(node_id(row["head_label"], row["head"]), node_id(row["tail_label"], row["tail"]), row) for row in rows]
    edges = numbered(
        (head, row["relation"], tail, row["relationship"]["properties"])
        for head, tail, row in ends
        if head in drawn and tail in drawn
    )
    return replace(view, edges=edges, edges_cut=len(rows) >= MOST_EDGES)


def _node(label: str, node: Any) -> GraphNode:
    properties = dict(node["properties"])
    return GraphNode(label, str(properties["key"]), str(properties.get("name") or properties["key"]), properties)


def _check(label: str | None, relations: Sequence[str] | None, limit: int, *, least: int) -> None:
    if label is not None and label not in terms.LABELS:
        raise InputError(f"label '{label}' is not in the ontology.{nearest(label, terms.LABELS)}")
    for relation in relations or ():
        if relation not in terms.RELATIONS:
            raise InputError(f"relation '{relation}' is not in the ontology.{nearest(relation, terms.RELATIONS)}")
    if not least <= limit <= MOST_NODES:
        raise InputError(f"limit is {limit}, expected {least} to {MOST_NODES}.")
