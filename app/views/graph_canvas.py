"""The graph canvas: cytoscape (``app/components/graph_canvas``) as a Streamlit component."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import streamlit as st

from app.analysis.graph_layout import Positions, lay_out
from app.analysis.graph_view import GraphNode, GraphView, RelationCount
from app.analysis.neighbourhood import EXPANDED_NODES, MOST_NODES
from app.settings import load
from app.views import charts, formats, node_details, node_looks
from app.views.graph_markup import HTML
from graph.ontology import terms

FOLDER = Path(__file__).parents[1] / "components" / "graph_canvas"
HEIGHT = 460
FARTHEST = 1e7  # px
Kind = Literal["select", "expand", "undo", "reset"]


@dataclass(frozen=True, slots=True)
class CanvasEvent:
    """What a reader did.

    Args:
        kind: ``select`` a node, ``expand`` it, ``undo`` the last expansion or ``reset`` to the first picture.
        node: Id of the node; empty for ``undo`` and ``reset``.
        moved: New positions of nodes that were dragged since the last event.
    """

    kind: Kind
    node: str = ""
    moved: Positions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeDetail:
    """What the inspector says of a chosen node beside its properties.

    Args:
        node: Its id.
        relations: Its relationships in the store.
        missing: Neighbours that are not drawn.
    """

    node: str
    relations: tuple[RelationCount, ...]
    missing: int


@cache
def _component() -> Any:
    return st.components.v2.component(
        "graph_canvas",
        html=HTML,
        css=(FOLDER / "canvas.css").read_text(encoding="utf-8"),
        js=(FOLDER / "bundle.js").read_text(encoding="utf-8"),
    )


def graph_canvas(
    graph: GraphView,
    *,
    key: str,
    height: int = HEIGHT,
    positions: Positions | None = None,
    picture: str | None = None,
    detail: NodeDetail | None = None,
    can_undo: bool = False,
    note: str = "",
    on_event: Callable[[CanvasEvent], None] | None = None,
) -> CanvasEvent | None:
    """Draw a graph and return what the reader did in the one run that it causes, else None.

    Args:
        graph: At most 300 nodes.
        key: Key of the widget.
        height: Of the drawing in px; legend, tools and list come on top of it.
        positions: Of all nodes in px; computed where None.
        picture: Name of the drawing: as long as it stays the same, nodes stay where the reader sees them. Where None,
            a drawing is told by its center and first node.
        detail: What else is known of the node that the reader chose.
        can_undo: True where an expansion can be taken back.
        note: A sentence below the drawing, beside the counts.
        on_event: Called with the event before that run, so that it draws the result at once.
    """
    data = payload(graph, positions or lay_out(graph), detail=detail, can_undo=can_undo, note=note)
    if picture is not None:
        data["graph"] = picture

    def act() -> None:
        event = read_event(st.session_state[key].get("event"), graph)
        if event is not None and on_event is not None:
            on_event(event)

    # The height is the drawing's: a style of ours, for the component has none of its own to set.
    state = _component()(key=key, data={**data, "height": height}, on_event_change=act)
    return read_event(state.event, graph)


def payload(
    graph: GraphView, positions: Positions, *, detail: NodeDetail | None = None, can_undo: bool = False, note: str = ""
) -> dict[str, Any]:
    """What is sent to the browser: plain values only, every text as it is, to be set as text."""
    pairs = Counter(frozenset((edge.head, edge.tail)) for edge in graph.edges)
    edges = [
        {
            "id": edge.id,
            "source": edge.head,
            "target": edge.tail,
            "relation": edge.relation,
            "parallel": pairs[frozenset((edge.head, edge.tail))] > 1,
            "rows": node_details.rows(edge.properties),
        }
        for edge in graph.edges
    ]
    occurring = {name for node in graph.nodes for name in node.properties}
    occurring |= {name for edge in graph.edges for name in edge.properties}
    return {
        "graph": f"{graph.center or ''}|{graph.nodes[0].id if graph.nodes else ''}",
        "center": graph.center,
        "nodes": [_node(node, positions[node.id]) for node in graph.nodes],
        "edges": edges,
        "types": node_looks.legend(node.label for node in graph.nodes),
        "roles": list(charts.ROLES),
        "relations": {
            name: terms.RELATIONS[name].description
            for name in sorted({edge.relation for edge in graph.edges})
            if name in terms.RELATIONS
        },
        "properties": {name: terms.PROPERTIES[name].description for name in sorted(occurring & set(terms.PROPERTIES))},
        "left": dict(graph.left_out),
        "detail": None if detail is None else _detail(detail),
        "total": graph.total,
        "most": MOST_NODES,
        "step": EXPANDED_NODES,
        "undo": can_undo,
        "message": " ".join(filter(None, (showing(graph), note))),
        "file": "atoll-graph",
        "test": load().test_mode,
    }


def showing(graph: GraphView) -> str:
    """``Showing 200 of 4,312 nodes and 231 relationships.``."""
    count = f"{len(graph.nodes):,}"
    nodes = (
        f"{count} of {graph.total:,} nodes"
        if graph.total > len(graph.nodes)
        else formats.plural(len(graph.nodes), "node")
    )
    edges = formats.plural(len(graph.edges), "relationship")
    return f"Showing {nodes} and {'the first ' if graph.edges_cut else ''}{edges}."


def read_event(sent: Any, graph: GraphView) -> CanvasEvent | None:
    """What the browser sent, as far as it fits what is drawn; None for anything else."""
    if not isinstance(sent, Mapping) or sent.get("kind") not in get_args(Kind):
        return None
    ids = set(graph.ids())
    kind, node = sent["kind"], sent.get("id")
    if kind in ("select", "expand") and (not isinstance(node, str) or node not in ids):
        return None
    moved = sent.get("moved")
    places = {
        name: (float(place[0]), float(place[1]))
        for name, place in (moved.items() if isinstance(moved, Mapping) else ())
        if name in ids and _is_place(place)
    }
    return CanvasEvent(kind, str(node) if kind in ("select", "expand") else "", places)


def _is_place(place: Any) -> bool:
    return (
        isinstance(place, list | tuple)
        and len(place) == 2
        and all(isinstance(number, int | float) and -FARTHEST < number < FARTHEST for number in place)
    )


def _node(node: GraphNode, position: tuple[float, float]) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "id": node.id,
        "type": node.label,
        "key": node.key,
        "name": node.name,
        "caption": node_details.caption(node),
        "shape": node_looks.shape(node.label),
        "x": position[0],
        "y": position[1],
        "rows": node_details.rows(node.properties),
    }
    found = node_details.verdict(node)
    if found is not None:
        drawn["severity"] = found.value
    target = node_details.page(node)
    if target is not None:
        drawn["href"], drawn["page"] = target
    return drawn


def _detail(detail: NodeDetail) -> dict[str, Any]:
    words = [
        (f"{count.relation} {'to' if count.outgoing else 'from'} {count.label}", count.total)
        for count in detail.relations
    ]
    return {"id": detail.node, "relations": words, "missing": detail.missing}
