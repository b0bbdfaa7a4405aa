"""The graph around a node on each store: any label, capped in the query, fair between relations, stable when grown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import queries
from app.analysis.graph_layout import lay_out
from app.analysis.graph_view import GraphView, RelationCount
from app.analysis.neighbourhood import MOST_NODES, expand, neighbourhood, relation_counts, subgraph
from app.views.graph_canvas import CanvasEvent
from app.views.graph_explorer import Walk
from graph.errors import InputError
from graph.ontology import terms
from graph.ontology.model import Batch
from graph.ports import GraphStore

DRIVE = "drive:demo:M1:S1"


@pytest.fixture
def fleet(store: GraphStore, make_fleet: Any, write_run: Any, fingerprint: str) -> GraphStore:
    write_run(store, make_fleet(["S1", "S2", "S3"]), fingerprint)
    return store


@pytest.fixture
def hub(store: GraphStore, make_nodes: Any, make_relations: Any, write_run: Any, fingerprint: str) -> GraphStore:
    """A rack with 400 drives, two hosts and nine findings, of which one red is open."""
    drives = [f"drive:lab:M1:S{number:03}" for number in range(400)]
    states = [("green", "open"), ("red", "resolved"), ("amber", "open"), ("red", "open"), *[("green", "resolved")] * 5]
    findings = [
        {"key": f"finding:{number}", "severity": severity, "status": status, "last_day": date(2024, 5, 1)}
        for number, (severity, status) in enumerate(states)
    ]
    rack = "rack:lab:R1"
    batch = Batch(
        (
            make_nodes("Rack", [{"key": rack}]),
            make_nodes("Drive", [{"key": drive} for drive in drives]),
            make_nodes("Host", [{"key": "host:lab:A"}, {"key": "host:lab:B"}]),
            make_nodes("HealthFinding", findings),
        ),
        (
            make_relations("IN_RACK", "Drive", "Rack", [{"head": drive, "tail": rack} for drive in drives]),
            make_relations("IN_RACK", "Host", "Rack", [{"head": f"host:lab:{name}", "tail": rack} for name in "AB"]),
            make_relations("RUNS_ON", "Drive", "Host", [{"head": drives[0], "tail": "host:lab:A"}]),
            make_relations(
                "FOUND_ON", "HealthFinding", "Rack", [{"head": row["key"], "tail": rack} for row in findings]
            ),
        ),
    )
    write_run(store, batch, fingerprint)
    return store


def names(view: GraphView) -> list[str]:
    return [node.key for node in view.nodes]


def test_a_drives_neighbourhood_has_its_neighbours_and_the_relationships_between_them(fleet: GraphStore) -> None:
    view = neighbourhood(fleet, DRIVE)
    assert view.center == f"Drive {DRIVE}"
    assert names(view)[0] == DRIVE
    assert {node.label for node in view.nodes[1:]} == {
        "Fleet", "DriveModel", "DriveAlias", "Host", "Rack", "Application", "Firmware", "TelemetryWindow",
        "FailureEvent", "DeviceLogEntry", "HealthFinding", "RiskForecast",
    }  # fmt: skip
    assert (view.total, view.truncated) == (len(view.nodes), False)
    kinds = {(edge.head.split()[0], edge.relation, edge.tail.split()[0]) for edge in view.edges}
    assert {("Drive", "RUNS_ON", "Host"), ("Host", "IN_RACK", "Rack")} <= kinds
    assert ("HealthFinding", "CITES", "TelemetryWindow") in kinds
    runs_on = next(edge for edge in view.edges if edge.relation == "RUNS_ON")
    assert (runs_on.properties["slot"], runs_on.properties["valid_from"]) == ("1", date(2024, 1, 1))
    assert view.nodes[0].properties["capacity_bytes"] == 10**12
    assert RelationCount("IN_RACK", True, "Rack", 1) in view.total_by_relation
    assert RelationCount("FOUND_ON", False, "HealthFinding", 1) in view.total_by_relation


def test_every_label_of_the_ontology_has_a_neighbourhood(
    store: GraphStore, make_nodes: Any, write_run: Any, fingerprint: str
) -> None:
    labels = [label for label, term in terms.LABELS.items() if term.side != "store"]
    write_run(store, Batch(tuple(make_nodes(label, [{"key": f"any:{label}"}]) for label in labels), ()), fingerprint)
    for label in labels:
        view = neighbourhood(store, f"any:{label}")
        assert [(node.label, node.key) for node in view.nodes] == [(label, f"any:{label}")]
    assert len(subgraph(store, [f"any:{label}" for label in labels]).nodes) == len(labels)


def test_a_hub_is_cut_in_the_query_and_says_of_how_many(hub: GraphStore) -> None:
    view = neighbourhood(hub, "rack:lab:R1", limit=50)
    assert (len(view.nodes), view.total, view.truncated) == (50, 412, True)
    assert view.left_out == {"Rack rack:lab:R1": 362}
    counts = {(count.relation, count.label): count.total for count in view.total_by_relation}
    assert counts == {("FOUND_ON", "HealthFinding"): 9, ("IN_RACK", "Drive"): 400, ("IN_RACK", "Host"): 2}
    labels = [node.label for node in view.nodes[1:]]
    assert [labels.count(label) for label in ("HealthFinding", "Host", "Drive")] == [9, 2, 38]
    assert len(hub.query("neighbours", {"key": "rack:lab:R1", "limit": 49}).rows) == 49


def test_the_most_important_of_a_kind_come_first(hub: GraphStore) -> None:
    view = neighbourhood(hub, "rack:lab:R1", relations=["FOUND_ON"])
    assert names(view)[1:5] == ["finding:3", "finding:2", "finding:0", "finding:1"]
    assert (len(view.nodes), view.total) == (10, 10)


def test_an_expansion_keeps_what_is_drawn_and_brings_the_next(hub: GraphStore) -> None:
    first = neighbourhood(hub, "rack:lab:R1", limit=50)
    second = expand(hub, first, "rack:lab:R1", limit=25)
    assert second.nodes[:50] == first.nodes
    assert len(second.nodes) == len(set(second.ids())) == 75
    assert second.left_out == {"Rack rack:lab:R1": 337}
    assert set(first.edges) <= set(second.edges)
    assert all(second.parents[node.id] == "Rack rack:lab:R1" for node in second.nodes[50:])
    third = expand(hub, second, "host:lab:A")
    assert third.nodes == second.nodes, "its only neighbours are drawn already"
    assert third.left_out["Host host:lab:A"] == 0


def test_an_expansion_stops_at_the_hard_cap(hub: GraphStore) -> None:
    view = neighbourhood(hub, "rack:lab:R1", limit=290)
    full = expand(hub, view, "rack:lab:R1", limit=25)
    assert (len(full.nodes), full.total) == (MOST_NODES, 412)
    assert expand(hub, full, "rack:lab:R1").nodes == full.nodes


def test_what_an_expansion_draws_is_no_longer_left_out_elsewhere(fleet: GraphStore) -> None:
    view = neighbourhood(fleet, "fleet:demo", limit=3)
    left = view.left_out["Fleet fleet:demo"]
    drawn = next(node for node in view.nodes if node.label == "Drive")
    grown = expand(fleet, view, drawn.id, limit=100)
    shared = grown.neighbours("Fleet fleet:demo") & set(grown.ids()[len(view.nodes) :])
    assert grown.left_out["Fleet fleet:demo"] == left - len(shared)
    assert set(view.ids()) <= set(grown.ids())


def test_a_walk_goes_on_from_where_a_node_was_put_and_back_again(hub: GraphStore) -> None:
    rack = "Rack rack:lab:R1"
    first = neighbourhood(hub, "rack:lab:R1", limit=30)
    walk = Walk(("x",), [first], lay_out(first))
    before = dict(walk.positions)
    walk.step(CanvasEvent("expand", rack, {rack: (700.0, -50.0)}), hub)
    assert walk.problem is None
    assert walk.note == "25 neighbours of rack:lab:R1 added, 357 left out."
    assert {node: walk.positions[node] for node in first.ids()} == {**before, rack: (700.0, -50.0)}
    assert set(walk.positions) >= set(walk.view.ids())
    assert walk.detail is not None
    assert (walk.detail.node, walk.detail.missing) == (rack, 357)
    walk.step(CanvasEvent("select", "Host host:lab:A"), hub)
    assert [count.total for count in walk.detail.relations if count.relation == "RUNS_ON"] == [1]
    walk.step(CanvasEvent("undo"), hub)
    assert walk.views == [first]
    walk.step(CanvasEvent("undo"), hub)
    assert walk.views == [first]
    walk.step(CanvasEvent("reset"), hub)
    assert walk.positions == before


def test_keys_of_any_label_make_a_subgraph_and_what_is_too_many_is_counted(fleet: GraphStore) -> None:
    view = subgraph(fleet, [DRIVE, "rack:demo:R1", "nobody", DRIVE, "host:demo:S1"])
    assert names(view) == [DRIVE, "rack:demo:R1", "host:demo:S1"]
    assert sorted(edge.relation for edge in view.edges) == ["IN_RACK", "IN_RACK", "RUNS_ON"]
    cut = subgraph(fleet, [DRIVE, "rack:demo:R1", "host:demo:S1"], limit=2)
    assert (names(cut), cut.not_drawn, cut.total) == ([DRIVE, "rack:demo:R1"], 1, 3)
    assert subgraph(fleet, []).nodes == ()


def test_several_relationships_of_a_type_between_two_nodes_are_told_apart(
    store: GraphStore, make_nodes: Any, make_relations: Any, write_run: Any, fingerprint: str
) -> None:
    nodes = (make_nodes("Drive", [{"key": "drive:l:M:S"}]), make_nodes("Host", [{"key": "host:l:A"}]))
    stays = [{"head": "drive:l:M:S", "tail": "host:l:A", "valid_from": date(2024, month, 1)} for month in (1, 6)]
    write_run(store, Batch(nodes, (make_relations("RUNS_ON", "Drive", "Host", stays),)), fingerprint)
    view = neighbourhood(store, "drive:l:M:S")
    assert (len(view.nodes), view.total) == (2, 2)
    assert len({edge.id for edge in view.edges}) == len(view.edges) == 2


def test_what_an_incomplete_run_wrote_is_not_drawn(
    fleet: GraphStore, make_nodes: Any, make_relations: Any, fingerprint: str
) -> None:
    before = neighbourhood(fleet, DRIVE)
    run = fleet.begin_run("ingest", "test", fingerprint + "x")
    fleet.write(
        run,
        Batch(
            (make_nodes("DriveAlias", [{"key": "alias:late"}]),),
            (make_relations("HAS_ALIAS", "Drive", "DriveAlias", [{"head": DRIVE, "tail": "alias:late"}]),),
        ),
    )
    assert neighbourhood(fleet, DRIVE) == before
    with pytest.raises(InputError, match="there is none with that key"):
        neighbourhood(fleet, "alias:late")
    assert subgraph(fleet, ["alias:late"]).nodes == ()
    assert not [count for count in relation_counts(fleet, DRIVE) if count.total > 1]
    fleet.complete_run(run)
    assert "alias:late" in names(neighbourhood(fleet, DRIVE))


def test_a_key_that_several_labels_bear_needs_the_label(
    store: GraphStore, make_nodes: Any, write_run: Any, fingerprint: str
) -> None:
    both = (make_nodes("Concept", [{"key": "same"}]), make_nodes("Mechanism", [{"key": "same"}]))
    write_run(store, Batch(both, ()), fingerprint)
    with pytest.raises(InputError, match=r"several labels bear this key \(Concept, Mechanism\)"):
        neighbourhood(store, "same")
    assert neighbourhood(store, "same", "Mechanism").nodes[0].label == "Mechanism"
    assert len(subgraph(store, ["same"]).nodes) == 2


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda store: neighbourhood(store, "drive:nobody"), "node 'drive:nobody': there is none with that key"),
        (lambda store: neighbourhood(store, DRIVE, "Rack"), "Rack 'drive:demo:M1:S1': there is none"),
        (lambda store: neighbourhood(store, DRIVE, "Drve"), "label 'Drve' .* Did you mean 'Drive'"),
        (lambda store: neighbourhood(store, DRIVE, relations=["IN_RAK"]), "Did you mean 'IN_RACK'"),
        (lambda store: neighbourhood(store, DRIVE, limit=301), "limit is 301, expected 2 to 300"),
        (lambda store: expand(store, neighbourhood(store, DRIVE), "drive:other"), "it is not drawn"),
        (lambda store: expand(store, neighbourhood(store, DRIVE), DRIVE, limit=0), "limit is 0"),
        (lambda store: subgraph(store, [DRIVE], limit=1000), "limit is 1000, expected 1 to 300"),
    ],
)
def test_what_cannot_be_drawn_is_said(fleet: GraphStore, call: Callable[[GraphStore], Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        call(fleet)


def test_the_queries_have_a_branch_for_each_label() -> None:
    for query in queries.catalogue():
        if query.path.parts[0] == "explore":
            assert query.statement.count(" {key: ") == len(terms.LABELS), query.name
