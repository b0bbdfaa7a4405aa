"""Runs on every store: nothing is visible before a run completes, and nothing is lost where it is killed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from stored_graph import drives, reads, run_example, stored

from graph.errors import InputError
from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import GraphStore

Make = Callable[..., Any]
Raw = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("how", ["write", "load"])
def test_an_incomplete_run_is_invisible_to_every_query_of_the_catalogue(
    store: GraphStore, make_fleet: Make, write_run: Make, fingerprint: str, how: str
) -> None:
    write_run(store, make_fleet(["S1", "S2"]), fingerprint, fleet="demo", readings_manifest="one.json")
    before = {query.name: run_example(store, query) for query in reads()}
    assert before["fleet_counts"][0][:3] == (2, 240, 2)
    run = store.begin_run("ingest", "another", fingerprint + "2")
    getattr(store, how)(run, make_fleet(["S1", "S3", "S4"]))
    getattr(store, how)(run, make_fleet(["X1"], "other"))
    store.delete(run, "TelemetryWindow", ["window:drive:demo:M1:S2:2024-05-01:30:1"])
    for query in reads():
        assert run_example(store, query) == before[query.name], query.name
    assert [unfinished["key"] for unfinished in store.incomplete_runs()] == [run.key]
    store.complete_run(run, {"fleet": "demo", "readings_manifest": "two.json"})
    assert store.query("fleet_counts", {"fleet": "fleet:demo"}).rows[0][0] == 4
    assert len(store.query("windows_of_fleet", {"fleet": "fleet:demo"}).rows) == 3
    assert store.check() == []


def test_changes_to_visible_data_wait_for_the_run_and_come_all_at_once(
    store: GraphStore, write_run: Make, fingerprint: str
) -> None:
    write_run(store, drives(serial=["a", "b"]), fingerprint)
    run = store.begin_run("ingest", "test", fingerprint + "2")
    counts = store.write(run, drives(serial=["a", "c"], vendor=["v", "v"]))
    assert counts.nodes_written == 2
    assert store.write(run, drives(serial=["a", "c"], vendor=["v", "v"])).nodes_written == 0
    assert stored(store, "drive:f:m:1", "serial") == "b"
    assert store.version() == 1
    assert store.complete_run(run) == 2
    assert stored(store, "drive:f:m:1", "serial") == "c"
    assert stored(store, "drive:f:m:0", "vendor") == "v"
    assert store.check() == []


def test_a_killed_run_leaves_nothing_visible_and_resumes(
    store: GraphStore, open_again: Make, make_fleet: Make, fingerprint: str
) -> None:
    batch = make_fleet(["S1", "S2"])
    run = store.begin_run("ingest", "test", fingerprint)
    store.write(run, Batch(batch.nodes[:5]))
    del store, run  # the process that wrote is gone; another one comes
    after = open_again()
    assert after.version() == 0
    assert after.query("fleets").rows == []
    resumed = after.begin_run("ingest", "test", fingerprint)
    assert resumed.resumed
    after.write(resumed, batch)
    assert after.complete_run(resumed) == 1
    assert after.query("fleet_counts", {"fleet": "fleet:demo"}).rows[0][0] == 2
    assert after.check() == []


def test_a_leftover_of_other_inputs_is_removed_first(
    store: GraphStore, open_again: Make, make_fleet: Make, write_run: Make, fingerprint: str
) -> None:
    write_run(store, make_fleet(["S1"]), fingerprint)
    left = store.begin_run("ingest", "test", fingerprint + "left")
    store.write(left, make_fleet(["S1", "S2", "S3"]))
    after = open_again()
    fresh = after.begin_run("ingest", "test", fingerprint + "fresh")
    assert not fresh.resumed
    assert [run["key"] for run in after.incomplete_runs()] == [fresh.key]
    assert after.query_free("MATCH (d:Drive) RETURN count(d) AS n").scalar() == 1
    after.remove_run(fresh.key)
    assert after.incomplete_runs() == []
    assert after.version() == 1
    assert after.check() == []


def test_a_bulk_load_cut_short_resumes(
    store: GraphStore, open_again: Make, make_fleet: Make, fingerprint: str, raw: Raw
) -> None:
    batch = make_fleet(["S1", "S2"])
    run = store.begin_run("ingest", "test", fingerprint)
    store.load(run, Batch(batch.nodes))
    raw("MATCH (r:Run {key: $key}) SET r.bulk = true", key=run.key)  # as a kill in the middle of a load leaves it
    raw("MATCH (h:Host) WITH h LIMIT 1 DETACH DELETE h")
    after = open_again()
    resumed = after.begin_run("ingest", "test", fingerprint)
    after.load(resumed, batch)
    after.complete_run(resumed)
    assert after.query("fleet_counts", {"fleet": "fleet:demo"}).rows[0][:4] == (2, 240, 2, 2)
    assert after.check() == []


def test_a_complete_run_can_neither_be_written_nor_removed(
    store: GraphStore, make_fleet: Make, fingerprint: str
) -> None:
    run = store.begin_run("ingest", "test", fingerprint)
    store.complete_run(run)
    assert store.version() == 0
    with pytest.raises(InputError, match="not open here"):
        store.write(run, make_fleet(["S1"]))
    with pytest.raises(InputError, match="is complete"):
        store.remove_run(run.key)
    with pytest.raises(InputError, match="no such run"):
        store.remove_run("run:none")


def test_deleting_waits_for_the_run_and_takes_the_relationships_along(
    store: GraphStore, make_fleet: Make, write_run: Make, fingerprint: str
) -> None:
    write_run(store, make_fleet(["S1", "S2"]), fingerprint)
    run = store.begin_run("ingest", "test", fingerprint + "2")
    window = "window:drive:demo:M1:S1:2024-05-01:30:1"
    assert store.delete(run, "TelemetryWindow", [window, "window:none", window]) == 1
    assert len(store.query("drive_windows", {"drive": "drive:demo:M1:S1"}).rows) == 1
    assert store.complete_run(run) == 2
    assert store.query("drive_windows", {"drive": "drive:demo:M1:S1"}).rows == []
    assert store.check() == []


def test_a_reader_sees_a_completing_run_whole_or_not_at_all(
    store: GraphStore, open_again: Make, make_fleet: Make, write_run: Make, fingerprint: str
) -> None:
    write_run(store, make_fleet(["S1"]), fingerprint)
    reader = open_again()
    seen: set[tuple[Any, ...]] = set()
    failures: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                counts = reader.query("fleet_counts", {"fleet": "fleet:demo"}).rows[0]
                seen.add((counts[0], counts[2], counts[3]))
            except BaseException as error:
                failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(3):
        run = store.begin_run("ingest", "test", f"{fingerprint}{number}")
        store.write(run, make_fleet([f"N{number}{index}" for index in range(40)]))
        store.complete_run(run)
    stop.set()
    thread.join()
    assert failures == []
    assert seen <= {(1 + 40 * number,) * 3 for number in range(4)}


def test_deleting_nodes_that_share_a_crowded_neighbour_leaves_the_others_to_it(
    store: GraphStore, make_nodes: Make, make_relations: Make, write_run: Make, fingerprint: str
) -> None:
    windows = [{"key": f"window:drive:demo:M1:{number}:2024-05-01:30:1"} for number in range(400)]
    read = [{"head": window["key"], "tail": "smart:ata:5", "last": 1.0} for window in windows]
    batch = Batch(
        (make_nodes("TelemetryWindow", windows), make_nodes("SmartAttribute", [{"key": "smart:ata:5"}])),
        (make_relations("READS", "TelemetryWindow", "SmartAttribute", read),),
    )
    write_run(store, batch, fingerprint)
    run = store.begin_run("ingest", "test", fingerprint + "2")
    assert store.delete(run, "TelemetryWindow", [window["key"] for window in windows[:300]]) == 300
    store.complete_run(run)
    left = store.query_free("MATCH (w:TelemetryWindow)-[:READS]->(a:SmartAttribute) RETURN count(w) AS windows")
    back = store.query_free("MATCH (a:SmartAttribute)<-[r:READS]-() RETURN count(r) AS readings")
    assert (left.scalar(), back.scalar()) == (100, 100)
    assert store.incomplete_runs() == []
    assert store.check() == []


@pytest.mark.parametrize("how", ["write", "load"])
def test_nodes_that_thousands_point_to_let_go_of_those_that_are_deleted(
    store: GraphStore, write_run: Make, fingerprint: str, how: str
) -> None:
    def windows(day: int, count: int = 5000) -> Batch:
        keys = [f"window:{day}:{number}" for number in range(count)]
        rows = pa.table({"key": keys, "name": keys})
        links = pa.table({"head": keys, "tail": ["smart:ata:5"] * count, "last": [float(day)] * count})
        return Batch(
            (NodeTable("TelemetryWindow", rows),), (RelationTable("READS", "TelemetryWindow", "SmartAttribute", links),)
        )

    attribute = pa.table({"key": ["smart:ata:5"], "name": ["five"]})
    write_run(store, Batch((NodeTable("SmartAttribute", attribute),)), fingerprint)
    for day in range(3):
        run = store.begin_run("ingest", "test", f"{fingerprint}-{day}")
        getattr(store, how)(run, windows(day))
        if day:
            assert store.delete(run, "TelemetryWindow", [f"window:{day - 1}:{n}" for n in range(5000)]) == 5000
        store.complete_run(run)
        assert store.incomplete_runs() == []
    text = "MATCH (w:TelemetryWindow)-[r:READS]->() RETURN count(r) AS n, min(r.last) AS low"
    assert store.query_free(text).rows == [(5000, 2.0)]
    assert store.check() == []
