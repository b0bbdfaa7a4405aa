"""The embedded server's bulk load: same stored values as over Bolt, and nothing of a killed one survives."""

import datetime as dt
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import neo4j
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError, StoreError
from graph.ontology.model import NodeTable, RelationTable
from graph.stores.embedded import supervisor
from graph.stores.embedded.options import ServerOptions
from graph.stores.embedded.rows import json_objects
from graph.stores.embedded.supervisor import Endpoint
from graph.stores.embedded.transfer import bulk_load

OPTIONS = ServerOptions(heap_megabytes=512)
SCHEMA = pa.schema(
    {
        "key": pa.string(),
        "name": pa.string(),
        "whole": pa.int64(),
        "real": pa.float64(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "at": pa.timestamp("us", tz="UTC"),
        "wholes": pa.list_(pa.int64()),
        "reals": pa.list_(pa.float64()),
        "texts": pa.list_(pa.string()),
        "days": pa.list_(pa.date32()),
        "ats": pa.list_(pa.timestamp("us", tz="UTC")),
    }
)
MOMENT = dt.datetime(1969, 12, 31, 23, 59, 59, 123456, tzinfo=dt.UTC)
FULL: dict[str, Any] = {
    "name": 'quote " backslash \\ newline \n tab \t null-free é 😀 \u2028',
    "whole": -(2**63),
    "real": 3.0,
    "flag": True,
    "day": dt.date(2024, 2, 29),
    "at": MOMENT,
    "wholes": [1, 2**62],
    "reals": [1.0, 1e300, -2.5e-7],
    "texts": ["a", ""],
    "days": [dt.date(1970, 1, 1)],
    "ats": [MOMENT, dt.datetime(2024, 1, 1, tzinfo=dt.UTC)],
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("bulk")
    yield path
    supervisor.stop(path)


@pytest.fixture
def endpoint(workspace: Path) -> Endpoint:
    started = supervisor.ensure_started(workspace, OPTIONS)
    rows(started, "CREATE CONSTRAINT drive_key IF NOT EXISTS FOR (d:Drive) REQUIRE d.key IS UNIQUE")
    rows(started, "CREATE CONSTRAINT host_key IF NOT EXISTS FOR (h:Host) REQUIRE h.key IS UNIQUE")
    rows(started, "MATCH (n) DETACH DELETE n")
    return started


def rows(endpoint: Endpoint, statement: str, **parameters: Any) -> list[dict[str, Any]]:
    auth = (endpoint.writer.username, endpoint.writer.password)
    with neo4j.GraphDatabase.driver(endpoint.bolt_url, auth=auth) as driver:
        return [dict(record) for record in driver.execute_query(statement, parameters, database_="atoll").records]


def table(columns: list[str], values: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(values, schema=pa.schema([SCHEMA.field(name) for name in columns]))


def drives(prefix: str, count: int, run: str) -> NodeTable:
    keys = [f"{prefix}:{number}" for number in range(count)]
    return NodeTable("Drive", pa.table({"key": keys, "name": keys, "run": [run] * count}))


def links(heads: pa.Array, tails: pa.Array, run: str) -> RelationTable:
    return RelationTable("LINKS", "Drive", "Drive", pa.table({"head": heads, "tail": tails, "run": [run] * len(heads)}))


@pytest.mark.parametrize("temporal", [True, False])
def test_every_property_type_reads_back_as_if_written_over_bolt(endpoint: Endpoint, temporal: bool) -> None:
    names = [field.name for field in SCHEMA if temporal or not field.name.startswith(("day", "at"))]
    full = {"key": "drive:full", **{name: FULL[name] for name in names if name != "key"}}
    empty = {"key": "drive:empty", "name": "", "wholes": [], "texts": []}
    relation = pa.table({"head": ["drive:full"], "tail": ["drive:empty"]})
    for name in names[2:]:
        relation = relation.append_column(SCHEMA.field(name), table([name], [full])[name])
    counts = bulk_load(
        endpoint,
        [NodeTable("Drive", table(names, [full, empty]))],
        [RelationTable("LINKS", "Drive", "Drive", relation)],
    )
    assert counts == (2, 1)
    over_bolt = {**full, "key": "drive:bolt"}
    rows(endpoint, "CREATE (d:Drive) SET d = $properties", properties=over_bolt)

    found = {row["d"]["key"]: dict(row["d"]) for row in rows(endpoint, "MATCH (d:Drive) RETURN d")}
    assert {**found["drive:full"], "key": ""} == {**found["drive:bolt"], "key": ""}
    assert all(type(found["drive:full"][name]) is type(found["drive:bolt"][name]) for name in names)
    assert rows(endpoint, "MATCH (d:Drive {key: 'drive:empty'}) RETURN keys(d) AS names")[0]["names"] == list(empty)
    link = rows(endpoint, "MATCH (:Drive)-[r:LINKS]->(:Drive {key: 'drive:empty'}) RETURN properties(r) AS p")[0]["p"]
    assert link == {name: found["drive:bolt"][name] for name in names[2:]}


def test_new_relationships_reach_stored_nodes_from_both_ends(endpoint: Endpoint) -> None:
    rows(endpoint, "CREATE (:Drive {key: 'stored:0'}), (:Host {key: 'host:0'})")
    nodes = [drives("new", 3, "run:1"), drives("more", 2, "run:1")]
    hosted = pa.table({"head": ["stored:0", "new:2", "more:1"], "tail": ["host:0"] * 3, "weight": [1.0, None, 2.0]})
    relations = [
        RelationTable("RUNS_ON", "Drive", "Host", hosted),
        links(pa.array(["stored:0", "more:0"]), pa.array(["new:0", "stored:0"]), "run:1"),
    ]
    assert bulk_load(endpoint, nodes, relations) == (5, 5)
    found = rows(endpoint, "MATCH (d:Drive)-[r:RUNS_ON]->(:Host) RETURN d.key AS key, r.weight AS weight ORDER BY key")
    assert found == [
        {"key": "more:1", "weight": 2.0},
        {"key": "new:2", "weight": None},
        {"key": "stored:0", "weight": 1.0},
    ]
    chain = rows(endpoint, "MATCH (a)-[:LINKS]->(:Drive {key: 'stored:0'})-[:LINKS]->(b) RETURN a.key AS a, b.key AS b")
    assert chain == [{"a": "more:0", "b": "new:0"}]
    assert endpoint.call("check_database") == []


def test_an_end_that_does_not_exist_is_named_and_nothing_is_written(endpoint: Endpoint) -> None:
    relation = links(pa.array(["new:0", "new:1"]), pa.array(["new:1", "gone:7"]), "run:1")
    with pytest.raises(InputError, match=r"LINKS: 1 of its tails .* the Drive 'gone:7'"):
        bulk_load(endpoint, [drives("new", 2, "run:1")], [relation])
    assert rows(endpoint, "MATCH (n) RETURN count(n) AS n") == [{"n": 0}]
    assert not list(endpoint.exchange.iterdir())


def test_a_key_that_exists_is_refused_and_the_next_load_works(endpoint: Endpoint) -> None:
    bulk_load(endpoint, [drives("new", 2, "run:1")], [])
    with pytest.raises(StoreError, match=r"Duplicated key \[new:0\]"):
        bulk_load(endpoint, [drives("new", 3, "run:2")], [])
    assert endpoint.call("remove_run", run="run:2")["relationships"] == 0
    assert bulk_load(endpoint, [drives("other", 2, "run:3")], []) == (2, 0)
    assert rows(endpoint, "MATCH (d:Drive) RETURN count(d) AS n") == [{"n": 4}]


def test_a_load_is_there_to_stay_and_a_killed_one_is_removed_without_a_trace(
    workspace: Path, endpoint: Endpoint
) -> None:
    bulk_load(endpoint, [drives("kept", 500, "run:1")], [links(*_ring("kept", 500), "run:1")])
    os.kill(endpoint.pid, signal.SIGKILL)
    endpoint = supervisor.ensure_started(workspace, OPTIONS)
    assert endpoint.recovery is not None
    assert endpoint.recovery.problems == []
    assert rows(endpoint, "MATCH (d:Drive)-[r]->() RETURN count(r) AS links") == [{"links": 500}]
    new, heads = _ring("lost", 20_000)
    into_kept = pa.array([f"kept:{number % 500}" for number in range(20_000)])

    def kill(done: int, total: int) -> None:
        if done > 120_000:  # after 100,000 relationships the first ones are written
            os.kill(endpoint.pid, signal.SIGKILL)

    with pytest.raises(StoreError, match="nothing acknowledged is lost"):
        bulk_load(
            endpoint,
            [drives("lost", 20_000, "run:2")],
            [links(new, heads, "run:2"), links(into_kept, new, "run:2"), links(new, into_kept, "run:2")] * 2,
            kill,
        )
    again = supervisor.ensure_started(workspace, OPTIONS)
    assert again.recovery is not None
    removed = again.call("remove_run", run="run:2", timeout_seconds=None)
    assert removed["nodes"] > 0
    assert again.call("check_database", timeout_seconds=None) == []
    statement = "MATCH (d:Drive) OPTIONAL MATCH (d)-[r]->() RETURN count(DISTINCT d) AS drives, count(r) AS links"
    assert rows(again, statement) == [{"drives": 500, "links": 500}]
    assert rows(again, "MATCH (d:Drive)<-[r]-() RETURN count(r) AS links") == [{"links": 500}]
    assert again.call("command", language="sql", statement="SELECT count(*) AS n FROM LINKS") == [{"n": 500}]


def _ring(prefix: str, count: int) -> tuple[pa.Array, pa.Array]:
    heads = [f"{prefix}:{number}" for number in range(count)]
    return pa.array(heads), pa.array(heads[1:] + heads[:1])


_VALUES = st.fixed_dictionaries(
    {
        "text": st.none() | st.text(st.characters(codec="utf-8")),
        "whole": st.none() | st.integers(-(2**63), 2**63 - 1),
        "real": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "flag": st.none() | st.booleans(),
        "reals": st.none() | st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=3),
    }
)


@given(st.lists(_VALUES, min_size=1, max_size=5))
def test_rows_become_json_that_says_the_same(values: list[dict[str, Any]]) -> None:
    kinds = {
        "text": pa.string(),
        "whole": pa.int64(),
        "real": pa.float64(),
        "flag": pa.bool_(),
        "reals": pa.list_(pa.float64()),
    }
    texts = json_objects(pa.Table.from_pylist(values, schema=pa.schema(kinds))).to_pylist()
    expected = [{name: value for name, value in row.items() if value is not None} for row in values]
    parsed = [json.loads(text) for text in texts]
    assert parsed == expected
    assert [type(row.get("real")) for row in parsed] == [type(row.get("real")) for row in expected]
