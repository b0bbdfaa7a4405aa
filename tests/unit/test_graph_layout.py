"""Where nodes are drawn: no overlaps, the same picture for the same graph, and nothing drawn ever moves."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.analysis.graph_layout import HIGH, WIDE, Positions, extend, lay_out
from app.analysis.graph_view import GraphEdge, GraphNode, GraphView, numbered

ROUNDING = 0.21  # positions are rounded to a tenth of a pixel


def view_of(pairs: list[tuple[int, int]], num_nodes: int, center: int | None = None) -> GraphView:
    nodes = tuple(GraphNode(["Drive", "Host", "Rack"][n % 3], f"k{n}", f"n{n}") for n in range(num_nodes))
    edges = numbered((nodes[a].id, "RUNS_ON", nodes[b].id, {}) for a, b in pairs)
    return GraphView(nodes, edges, None if center is None else nodes[center].id)


def star(num_nodes: int) -> GraphView:
    return view_of([(0, n) for n in range(1, num_nodes)], num_nodes, 0)


def overlaps(places: Positions) -> list[tuple[str, str]]:
    return [
        (a, b)
        for (a, (ax, ay)), (b, (bx, by)) in combinations(places.items(), 2)
        if abs(ax - bx) < WIDE - ROUNDING and abs(ay - by) < HIGH - ROUNDING
    ]


@st.composite
def graphs(draw: st.DrawFn, most: int = 40) -> GraphView:
    num_nodes = draw(st.integers(1, most))
    ends = st.integers(0, num_nodes - 1)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=2 * num_nodes))
    return view_of(pairs, num_nodes, draw(st.none() | ends))


@given(graphs())
@settings(max_examples=60)
def test_every_node_has_one_place_and_no_two_overlap(view: GraphView) -> None:
    places = lay_out(view)
    assert list(places) == view.ids()
    assert overlaps(places) == []
    if view.center is not None:
        assert places[view.center] == (0.0, 0.0)


@pytest.mark.parametrize("num_nodes", [2, 26, 200, 300])
def test_a_hub_with_any_number_of_neighbours_is_drawn_without_overlaps(num_nodes: int) -> None:
    places = lay_out(star(num_nodes))
    assert len(places) == num_nodes
    assert overlaps(places) == []
    assert max(abs(x) for x, _ in places.values()) < 60 * num_nodes**0.5 + 100, "rings stay close to their middle"


def test_three_hundred_nodes_and_nine_hundred_relationships_are_drawn_without_overlaps() -> None:
    pairs = [(n, (n * step + step) % 300) for n in range(300) for step in (7, 11, 13)]
    assert overlaps(lay_out(view_of(pairs, 300))) == []


@given(graphs())
@settings(max_examples=20)
def test_the_same_graph_always_gets_the_same_picture(view: GraphView) -> None:
    again = GraphView(view.nodes, tuple(reversed(view.edges)), view.center)
    assert lay_out(view) == lay_out(again)


@given(graphs(20), st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30), st.integers(1, 30))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_drawn_keeps_its_place_exactly_and_what_is_added_overlaps_nothing(
    view: GraphView, joins: list[tuple[int, int]], num_new: int
) -> None:
    before = lay_out(view)
    new = tuple(GraphNode("HealthFinding", f"new{n}", f"new{n}") for n in range(num_new))
    parents = {node.id: view.nodes[n % len(view.nodes)].id for n, node in enumerate(new)}
    links = tuple(GraphEdge(child, "FOUND_ON", parent) for child, parent in parents.items())
    among = tuple(GraphEdge(new[a % num_new].id, "CITES", view.nodes[b % len(view.nodes)].id, 1) for a, b in set(joins))
    grown = GraphView((*view.nodes, *new), (*view.edges, *links, *among), view.center, parents=parents)
    after = extend(before, grown)
    assert {node: after[node] for node in before} == before
    assert set(after) == set(grown.ids())
    assert overlaps(after) == []


def test_added_nodes_stand_around_the_node_they_came_for() -> None:
    view = star(10)
    before = lay_out(view)
    parent = view.nodes[3].id
    new = tuple(GraphNode("HealthFinding", f"f{n}", f"f{n}") for n in range(8))
    edges = tuple(GraphEdge(node.id, "FOUND_ON", parent) for node in new)
    after = extend(
        before, GraphView((*view.nodes, *new), (*view.edges, *edges), view.center, {n.id: parent for n in new})
    )

    def distance(node: str, other: str) -> float:
        return float(((after[node][0] - after[other][0]) ** 2 + (after[node][1] - after[other][1]) ** 2) ** 0.5)

    assert all(distance(node.id, parent) < 300 for node in new)
    center = view.nodes[0].id
    assert sum(distance(node.id, center) for node in new) / len(new) > distance(parent, center), "outwards"


def test_a_place_that_a_reader_dragged_is_kept_and_the_place_of_a_gone_node_is_dropped() -> None:
    view = star(4)
    moved = {**lay_out(view), view.nodes[2].id: (512.5, -77.25), "Drive gone": (1.0, 1.0)}
    after = extend(moved, view)
    assert after[view.nodes[2].id] == (512.5, -77.25)
    assert "Drive gone" not in after


def test_nothing_to_draw_has_no_places() -> None:
    assert lay_out(GraphView((), ())) == {}
    assert extend({}, GraphView((), ())) == {}


def test_relationships_that_run_in_parallel_are_told_apart() -> None:
    edges = numbered([("a", "RUNS_ON", "b", {"slot": "1"}), ("a", "RUNS_ON", "b", {}), ("b", "RUNS_ON", "a", {})])
    assert [edge.number for edge in edges] == [0, 1, 0]
    assert len({edge.id for edge in edges}) == 3
