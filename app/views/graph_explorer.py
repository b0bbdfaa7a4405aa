"""A graph to walk in: what is drawn is kept by the server, so that it outlives a rerun, and grows on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import streamlit as st

from app.analysis.graph_layout import Positions, extend, lay_out
from app.analysis.graph_view import GraphView
from app.analysis.neighbourhood import expand, missing_neighbours, neighbourhood, relation_counts, subgraph
from app.views import formats, reading, states
from app.views.graph_canvas import HEIGHT, CanvasEvent, NodeDetail, graph_canvas
from graph.errors import AtollError, InputError, StoreError
from graph.ports import GraphStore

MOST_STEPS = 30


@dataclass(slots=True)
class Walk:
    """What one reader has drawn.

    Args:
        asked: What the first picture was asked for; another question starts a new walk.
        views: The pictures from the first to the present one, for undo.
        positions: Of all nodes that were ever drawn, in px.
        detail: Of the node that was chosen last.
        note: What the last step did.
        problem: Why the last step could not be done.
        picture: Names the drawing; another name makes the browser forget what it has drawn.
    """

    asked: tuple[object, ...]
    views: list[GraphView]
    positions: Positions
    detail: NodeDetail | None = None
    note: str = ""
    problem: AtollError | None = None
    picture: str = field(default_factory=lambda: uuid4().hex)

    @property
    def view(self) -> GraphView:
        """What is drawn."""
        return self.views[-1]

    def step(self, event: CanvasEvent, store: GraphStore) -> None:
        """Do what the reader asked for; what cannot be done is kept as ``problem``.

        Args:
            event: From the canvas.
            store: Where to read.
        """
        self.positions = {**self.positions, **event.moved}
        self.note, self.problem = "", None
        try:
            if event.kind == "expand":
                self._expand(event.node, store)
            elif event.kind == "undo" and len(self.views) > 1:
                self.views.pop()
            elif event.kind == "reset":
                self.views, self.positions = self.views[:1], lay_out(self.views[0])
                self.picture, self.detail = uuid4().hex, None
            if event.kind in ("expand", "select"):
                self.detail = describe_node(store, self.view, event.node)
        except AtollError as error:
            self.problem = error

    def _expand(self, node: str, store: GraphStore) -> None:
        grown = expand(store, self.view, node)
        added, left = len(grown.nodes) - len(self.view.nodes), grown.left_out[node]
        name = next(other.name for other in grown.nodes if other.id == node)
        self.note = f"{formats.plural(added, 'neighbour')} of {name} added" + (f", {left:,} left out." if left else ".")
        drawn = {known: self.positions[known] for known in self.view.ids()}
        # An expansion that adds nothing still knows how many are left out, but is no step to take back.
        self.views = [*self.views[-MOST_STEPS:], grown] if added else [*self.views[:-1], grown]
        self.positions = {**self.positions, **extend(drawn, grown)}


def describe_node(store: GraphStore, view: GraphView, node: str) -> NodeDetail | None:
    """What the inspector says of a drawn node; None where it is not drawn."""
    found = view.node(node)
    if found is None:
        return None
    return NodeDetail(
        found.id,
        relation_counts(store, found.key, found.label),
        missing_neighbours(store, view, found),
    )


@st.fragment
def show_neighbourhood(key: str, *, key_prefix: str, label: str | None = None, height: int = HEIGHT) -> None:
    """Draw a node with its neighbours, to be walked from there; states of errors stand in its place.

    Args:
        key: Key of the node.
        key_prefix: Begins the keys of the widgets; what is drawn is kept under it in the session.
        label: Label of the node; only needed where nodes of several labels bear the key.
        height: Of the drawing in px.
    """

    def first(store: GraphStore) -> GraphView:
        return neighbourhood(store, key, label)

    _show(("neighbourhood", key, label), first, key_prefix, height)


@st.fragment
def show_nodes(keys: Sequence[str], *, key_prefix: str, height: int = HEIGHT) -> None:
    """Draw the nodes with these keys and the relationships between them, to be walked from there.

    Args:
        keys: Keys of nodes of any label.
        key_prefix: Begins the keys of the widgets.
        height: Of the drawing in px.
    """

    def first(store: GraphStore) -> GraphView:
        return subgraph(store, keys)

    _show(("nodes", *keys), first, key_prefix, height)


def _show(asked: tuple[object, ...], first: Callable[[GraphStore], GraphView], key_prefix: str, height: int) -> None:
    # A fragment runs without the page's own guard, so errors are turned into their states here.
    try:
        walk = _walk(asked, first, f"{key_prefix}.walk")
    except StoreError as error:
        reading.forget_store()
        states.store_unreachable(error, reading.settings())
        return
    except InputError as error:
        states.empty(":material/search_off:", "No such node", formats.escape(error))
        return
    if not walk.view.nodes:
        states.empty(":material/hub:", "Nothing to draw", "No node bears one of these keys.")
        return
    if walk.problem is not None:
        states.problem(walk.problem)
    graph_canvas(
        walk.view,
        key=f"{key_prefix}.canvas",
        height=height,
        positions=walk.positions,
        detail=walk.detail,
        picture=walk.picture,
        can_undo=len(walk.views) > 1,
        note=walk.note,
        on_event=lambda event: walk.step(event, reading.workspace().store),
    )


def _walk(asked: tuple[object, ...], first: Callable[[GraphStore], GraphView], place: str) -> Walk:
    """The reader's walk, begun where there is none or another was asked for."""
    kept = st.session_state.get(place)
    if isinstance(kept, Walk) and kept.asked == asked:
        return kept
    view = first(reading.workspace().store)
    detail = None
    if view.center is not None:
        detail = NodeDetail(view.center, view.total_by_relation, view.left_out[view.center])
    begun = Walk(asked, [view], lay_out(view), detail)
    st.session_state[place] = begun
    return begun
