"""What every store promises; each test runs on the embedded store and on a real Neo4j."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from stored_graph import drives, reads, run_example, stored

from graph.errors import AtollError, InputError, RefusedError, StoreError
from graph.ontology import terms
from graph.ontology.model import Batch, RelationTable
from graph.ports import GraphStore

Make = Callable[..., Any]
Raw = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("how", ["write", "load"])
def test_writing_a_batch_twice_adds_nothing(
    store: GraphStore, make_fleet: Make, write_run: Make, fingerprint: str, how: str
) -> None:
    batch = make_fleet(["S1", "S2"])
    assert write_run(store, batch, fingerprint, how) == 1
    run = store.begin_run("ingest", "test", fingerprint)
    counts = getattr(store, how)(run, batch)
    assert (counts.nodes_written, counts.relationships_written) == (0, 0)
    assert store.complete_run(run) == 1
    assert store.version() == 1
    assert store.check() == []


@pytest.mark.parametrize("how", ["write", "load"])
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.int64(), [0, -1, 2**62]),
        (pa.float64(), [0.0, 3.0, -1.25e-300]),
        (pa.string(), ["", "é ∆ '\"\\", "two\nlines"]),
        (pa.bool_(), [True, False, True]),
        (pa.date32(), [date(1969, 12, 31), date(2024, 2, 29), date(2199, 1, 1)]),
        (
            pa.timestamp("us", tz="UTC"),
            [
                datetime(1999, 1, 1, tzinfo=UTC),
                datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
                datetime(2024, 5, 1, 12, 0, 0, 1, tzinfo=UTC),
            ],
        ),
        (pa.list_(pa.int64()), [[1, 2], [], [2**60]]),
        (pa.list_(pa.float64()), [[1.0, 2.5], [], [-0.5]]),
        (pa.list_(pa.string()), [["a", "b'"], [], ["é"]]),
        (pa.list_(pa.bool_()), [[True, False], [], [True]]),
        (pa.list_(pa.date32()), [[date(2024, 2, 29)], [], [date(1999, 1, 1), date(2000, 1, 1)]]),
        (pa.list_(pa.timestamp("us", tz="UTC")), [[datetime(2024, 5, 1, 1, 2, 3, tzinfo=UTC)], [], []]),
    ],
    ids=str,
)
def test_every_property_type_comes_back_as_it_was(
    store: GraphStore, write_run: Make, fingerprint: str, kind: pa.DataType, values: list[Any], how: str
) -> None:
    write_run(store, drives(description=pa.array(values, kind)), fingerprint, how)
    text = "MATCH (d:Drive) RETURN d.description AS value ORDER BY d.key"
    found = [row[0] for row in store.query_free(text).rows]
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]
    assert write_run(store, drives(description=pa.array(values, kind)), fingerprint, how) == 1
    assert store.check() == []


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (pa.array([1.0, float("nan")]), "1 values are NaN or infinite"),
        (pa.array([1.0, float("inf")]), "1 values are NaN or infinite"),
        (pa.array([[1.0], [float("nan")]]), "NaN or infinite"),
        (pa.array([{"a": 1}, {"a": 2}]), "cannot be stored"),
        (pa.array([b"x", b"y"]), "cannot be stored"),
        (pa.array([datetime(2024, 1, 1), datetime(2024, 1, 1)]), "cannot be stored"),
        (pa.array([["a", None], []]), "holds a null"),
    ],
    ids=["nan", "infinity", "nan-in-list", "map", "bytes", "time-without-zone", "null-in-list"],
)
def test_what_no_store_can_hold_is_refused_and_nothing_is_written(
    store: GraphStore, fingerprint: str, column: pa.Array, told: str
) -> None:
    run = store.begin_run("ingest", "test", fingerprint)
    batch = Batch((*drives(serial=["a"]).nodes, *drives(description=column).nodes))
    with pytest.raises(InputError, match=told):
        store.write(run, batch)
    assert store.query_free("MATCH (d:Drive) RETURN count(d) AS number").scalar() == 0


def test_labels_and_types_outside_the_ontology_are_refused_with_the_nearest(
    store: GraphStore, make_nodes: Make, make_relations: Make, fingerprint: str
) -> None:
    run = store.begin_run("ingest", "test", fingerprint)
    with pytest.raises(InputError, match=r"'Drivee' is not in the ontology\. Did you mean 'Drive'"):
        store.write(run, Batch((make_nodes("Drivee", [{"key": "x"}]),)))
    with pytest.raises(InputError, match=r"'RUN_ON' is not in the ontology\. Did you mean 'RUNS_ON'"):
        store.write(run, Batch(relations=(make_relations("RUN_ON", "Drive", "Host", [{"head": "a", "tail": "b"}]),)))
    with pytest.raises(InputError, match="not in the ontology"):
        store.write(run, Batch((make_nodes("Run", [{"key": "x"}]),)))


@pytest.mark.parametrize("how", ["write", "load"])
def test_a_relationship_without_its_end_names_the_missing_key(
    store: GraphStore, make_nodes: Make, make_relations: Make, fingerprint: str, how: str
) -> None:
    run = store.begin_run("ingest", "test", fingerprint)
    batch = Batch(
        (make_nodes("Drive", [{"key": "drive:a"}]),),
        (make_relations("RUNS_ON", "Drive", "Host", [{"head": "drive:a", "tail": "host:none"}]),),
    )
    with pytest.raises(InputError, match="host:none"):
        getattr(store, how)(run, batch)


def test_a_null_neither_sets_nor_clears(store: GraphStore, write_run: Make, fingerprint: str) -> None:
    write_run(store, drives(serial=["a", "b"], vendor=["x", None]), fingerprint)
    assert write_run(store, drives(serial=[None, "c"], vendor=[None, None]), fingerprint) == 2
    rows = store.query_free("MATCH (d:Drive) RETURN d.serial AS s, d.vendor AS v ORDER BY d.key").rows
    assert rows == [("a", "x"), ("c", None)]


def test_parallel_relationships_are_told_apart_by_their_start(
    store: GraphStore, make_nodes: Make, make_relations: Make, write_run: Make, fingerprint: str
) -> None:
    ends = (make_nodes("Drive", [{"key": "d"}]), make_nodes("Host", [{"key": "h"}]))
    first, second = date(2024, 1, 1), date(2024, 6, 1)

    def placed(*rows: dict[str, Any]) -> Batch:
        table = [{"head": "d", "tail": "h", "slot": None, "valid_to": None, **row} for row in rows]
        schema = pa.schema(
            [("head", pa.string()), ("tail", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32())]
        )
        return Batch(ends, (RelationTable("RUNS_ON", "Drive", "Host", pa.Table.from_pylist(table, schema)),))

    write_run(store, placed({"valid_from": first}, {"valid_from": None}), fingerprint)
    write_run(store, placed({"valid_from": first, "valid_to": second}, {"valid_from": second}), fingerprint)
    text = "MATCH (:Drive)-[r:RUNS_ON]->(:Host) RETURN r.valid_from AS f, r.valid_to AS t"
    assert sorted(store.query_free(text).rows, key=str) == sorted(
        [(first, second), (None, None), (second, None)], key=str
    )
    assert store.check() == []


def test_a_second_source_is_added_to_the_sources_once(store: GraphStore, write_run: Make, fingerprint: str) -> None:
    write_run(store, drives(serial=["a"]), fingerprint, source="first")
    assert write_run(store, drives(serial=["a"]), fingerprint, source="second") == 2
    assert write_run(store, drives(serial=["a"]), fingerprint, source="second") == 2
    assert stored(store, "drive:f:m:0", "sources") == ["first", "second"]
    assert stored(store, "drive:f:m:0", "source") == "first"


def test_eighty_concurrent_increments_are_eighty(
    raw: Raw, store: GraphStore, write_run: Make, fingerprint: str
) -> None:
    write_run(store, drives(drive_days=[0]), fingerprint)
    connection = store._connection  # type: ignore[attr-defined]

    def increment() -> None:
        for _ in range(10):
            connection.write(lambda tx: tx.run("MATCH (d:Drive) SET d.drive_days = d.drive_days + 1").consume())

    threads = [threading.Thread(target=increment) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raw("MATCH (d:Drive) RETURN d.drive_days AS number")[0]["number"] == 80


def test_labels_and_relationship_types_share_no_name() -> None:
    labels = {name.lower() for name in terms.LABELS}
    assert not labels & {name.lower() for name in terms.RELATIONS}


def test_a_constraint_name_that_is_taken_is_noticed(open_again: Make, raw: Raw) -> None:
    raw("DROP CONSTRAINT drive_key_unique IF EXISTS")
    raw("CREATE CONSTRAINT drive_key_unique IF NOT EXISTS FOR (n:Mistaken) REQUIRE n.key IS UNIQUE")
    try:
        with pytest.raises(StoreError, match=r"its name is taken.*drive_key_unique"):
            open_again()
    finally:
        raw("DROP CONSTRAINT drive_key_unique IF EXISTS")
    open_again()


def test_every_label_has_its_own_unique_key(store: GraphStore, raw: Raw) -> None:
    found = {row["labelsOrTypes"][0] for row in raw("SHOW CONSTRAINTS") if row["properties"] == ["key"]}
    assert set(terms.LABELS) <= found


def test_the_store_of_another_workspace_is_refused_unless_adopted(
    store: GraphStore, open_again: Make, make_fleet: Make, write_run: Make, fingerprint: str
) -> None:
    write_run(store, make_fleet(["S1"]), fingerprint)
    with pytest.raises(RefusedError, match="belongs to workspace atoll-test-workspace"):
        open_again("somebody-else")
    adopted = open_again("somebody-else", adopt=True)
    assert adopted.version() == 1
    open_again("atoll-test-workspace", adopt=True)


def test_a_store_with_labels_that_are_not_ours_is_refused_unless_adopted(open_again: Make, raw: Raw) -> None:
    raw("CREATE (:Customer {id: 1})")
    with pytest.raises(RefusedError, match="Customer"):
        open_again()
    adopted = open_again(adopt=True)
    assert ("foreign_label", "nodes are labelled Customer, which is not Atoll's") in [
        (problem.kind, problem.detail) for problem in adopted.check()
    ]


def test_a_wrong_password_is_one_clear_error(bolt_address: tuple[str, str]) -> None:
    from graph.stores import open_store

    url, username = bolt_address
    with pytest.raises(StoreError, match=f"refuses user '{username}' with this password"):
        open_store(url, workspace_id="x", username=username, password="wrong-password")


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("CREATE (:Drive {key: 'x', run: 'r', source: 's'})", "unsourced|count"),
        ("MATCH (d:Drive) WITH d LIMIT 1 DETACH DELETE d", "count"),
        ("MATCH (d:Drive) WITH d LIMIT 1 SET d.serial = 'changed'", "content"),
        ("MATCH (d:Drive)-[r:RUNS_ON]->() WITH r LIMIT 1 SET r.valid_to = date('2024-01-01')", "content"),
        ("MATCH (d:Drive)-[r:RUNS_ON]->() WITH r LIMIT 1 DELETE r", "count"),
        ("MATCH (d:Drive) WITH d LIMIT 1 REMOVE d.run", "unsourced"),
        ("CREATE (:Customer {id: 1})", "foreign_label"),
        ("MATCH (d:Drive) WITH d LIMIT 1 CREATE (d)-[:LIKES]->(d)", "foreign_type"),
        ("MATCH (m:AtollMeta) DELETE m", "no_meta"),
    ],
)
def test_check_notices_what_was_written_past_us(
    store: GraphStore, make_fleet: Make, write_run: Make, fingerprint: str, raw: Raw, statement: str, kind: str
) -> None:
    write_run(store, make_fleet(["S1", "S2"]), fingerprint)
    assert store.check() == []
    raw(statement)
    assert {problem.kind for problem in store.check()} & set(kind.split("|"))


def test_a_backup_brings_everything_back(
    store: GraphStore, make_fleet: Make, write_run: Make, fingerprint: str, tmp_path: Any
) -> None:
    write_run(
        store,
        make_fleet(["S1", "S2"]),
        fingerprint,
        fleet="demo",
        readings_manifest="one.json",
        environment_manifest="places.json",
    )
    before = {query.name: run_example(store, query) for query in reads()}
    store.backup(tmp_path / "backup")
    write_run(store, make_fleet(["S3"]), fingerprint + "2")
    store.restore(tmp_path / "backup")
    assert store.version() == 1
    assert {query.name: run_example(store, query) for query in reads()} == before
    assert store.check() == []
    with pytest.raises(AtollError, match="nothing-here"):
        store.restore(tmp_path / "nothing-here")
    assert store.version() == 1


@pytest.fixture(scope="module")
def answers_of_the_other_store() -> dict[str, Any]:
    return {}


def test_every_query_of_the_catalogue_gives_the_same_on_both_stores(
    store: GraphStore,
    make_fleet: Make,
    write_run: Make,
    fingerprint: str,
    answers_of_the_other_store: dict[str, Any],
) -> None:
    manifests = {"readings_manifest": "one.json", "environment_manifest": "places.json"}
    write_run(store, make_fleet(["S1", "S2", "S3"]), fingerprint, fleet="demo", **manifests)
    own_to_each = {"run", "started_at", "completed_at"}

    def shared(value: Any) -> Any:
        """A node without what each store gives it by itself."""
        if not (isinstance(value, dict) and "properties" in value):
            return value
        return {**value, "properties": {k: v for k, v in value["properties"].items() if k not in own_to_each}}

    for query in reads():
        records = store.query(query.name, query.example).records()
        rows = sorted(([(k, shared(v)) for k, v in row.items() if k not in own_to_each] for row in records), key=str)
        assert answers_of_the_other_store.setdefault(query.name, rows) == rows, query.name
