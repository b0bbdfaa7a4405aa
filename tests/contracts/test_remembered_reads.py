"""What the pages remember of a store is what the store says at its present version."""

from __future__ import annotations

import pyarrow as pa
import pytest

from app.views.remembered import RememberedReads
from graph.ontology.model import Batch, NodeTable
from graph.ports import GraphStore


def load_fleet(store: GraphStore, name: str) -> None:
    run = store.begin_run("ingest", f"test:{name}", name)
    rows = pa.table({"key": [f"fleet:{name}"], "name": [name], "synthetic": [True]})
    store.write(run, Batch(nodes=(NodeTable("Fleet", rows),)))
    store.complete_run(run, {"fleet": name, "format": "test"})


def test_a_query_is_answered_once_a_version_and_again_when_data_came(store: GraphStore) -> None:
    load_fleet(store, "first")
    remembered = RememberedReads(store)
    once = remembered.query("fleets")
    assert remembered.query("fleets") is once
    assert [row["name"] for row in once.records()] == ["first"]

    load_fleet(store, "second")
    assert [row["name"] for row in remembered.query("fleets").records()] == ["first", "second"]


def test_the_log_of_runs_is_asked_each_time_since_it_moves_without_the_version(store: GraphStore) -> None:
    load_fleet(store, "first")
    remembered = RememberedReads(store)
    assert len(remembered.query("runs", {"limit": 100}).rows) == len(store.query("runs", {"limit": 100}).rows)
    version, before = store.version(), len(remembered.query("runs", {"limit": 100}).rows)
    load_fleet(store, "first")
    assert store.version() == version
    assert len(remembered.query("runs", {"limit": 100}).rows) == before + 1


def test_everything_else_goes_straight_to_the_store(store: GraphStore) -> None:
    remembered = RememberedReads(store)
    assert remembered.version() == store.version()
    assert remembered.url == store.url
    with pytest.raises(AttributeError):
        _ = remembered.no_such_method
