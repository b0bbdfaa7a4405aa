"""Free queries are harmless: a test for each row of what the two servers really enforce."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from graph.errors import AtollError, InputError, RefusedError, TimeLimitError
from graph.ports import GraphStore
from graph.stores import guard

Make = Callable[..., Any]
Raw = Callable[..., list[dict[str, Any]]]
RUNAWAY = "UNWIND range(1, 5000000) AS x UNWIND range(1, 5000) AS y WITH x * y AS z WHERE z = -1 RETURN count(z) AS c"


@pytest.fixture
def filled(store: GraphStore, make_fleet: Make, write_run: Make, fingerprint: str) -> GraphStore:
    write_run(store, make_fleet(["S1", "S2", "S3"]), fingerprint)
    return store


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE (:Drive {key: 'x'})",
        "create (:Drive {key: 'x'})",
        "MATCH (d:Drive) SET d.serial = 'x' RETURN d.key AS k",
        "MATCH (d:Drive) DETACH DELETE d",
        "MATCH (d:Drive) REMOVE d.serial",
        "MERGE (d:Drive {key: 'x'}) RETURN d.key AS k",
        "MATCH (d:Drive) FOREACH (x IN [1] | CREATE (:Drive {key: 'y'}))",
        "MATCH (d:Drive) CALL (d) { CREATE (:Drive {key: 'z'}) } RETURN d.key AS k",
        "CREATE INDEX evil IF NOT EXISTS FOR (n:Drive) ON (n.name)",
        "DROP CONSTRAINT drive_key_unique",
        "/* harmless */ MERGE // really\n (d:Drive {key: 'x'}) RETURN d.key AS k",
    ],
)
def test_what_changes_data_or_schema_is_refused(filled: GraphStore, raw: Raw, statement: str) -> None:
    with pytest.raises(RefusedError, match="Refused"):
        filled.query_free(statement)
    with pytest.raises(RefusedError, match="Refused"):
        filled.plan(statement)
    assert raw("MATCH (d:Drive) RETURN count(d) AS number")[0]["number"] == 3
    assert filled.check() == []


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE (:Drive {key: 'x'})",
        "MATCH (d:Drive) SET d.serial = 'x'",
        "MATCH (d:Drive) DETACH DELETE d",
        "CREATE INDEX evil IF NOT EXISTS FOR (n:Drive) ON (n.name)",
        "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line[0] AS line",
    ],
)
def test_the_server_itself_refuses_even_where_the_text_was_not_looked_at(
    filled: GraphStore, raw: Raw, statement: str
) -> None:
    """READ mode on Neo4j, the reader's group on the embedded server; LOAD CSV is off in both configurations."""
    connection = filled._free_connection()  # type: ignore[attr-defined]
    with pytest.raises(AtollError), connection.session(read_only=True) as session:
        session.run(statement).consume()
    assert raw("MATCH (d:Drive) RETURN count(d) AS number")[0]["number"] == 3
    assert filled.check() == []


@pytest.mark.parametrize(
    "statement",
    [
        "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line[0] AS line",
        "load  csv from 'https://127.0.0.1/x' AS line RETURN line",
        "CALL dbms.listConfig() YIELD name, value RETURN name, value",
        "CALL `dbms`.`listConfig`() YIELD name RETURN name",
        "CALL dbms . listConfig ( ) YIELD name RETURN name",
        "CALL apoc.load.json('file:///etc/passwd') YIELD value RETURN value",
        "RETURN genai.vector.encode('x', 'OpenAI', {}) AS v",
        "SHOW TRANSACTIONS",
        "SHOW SETTINGS",
        "SHOW FUNCTIONS YIELD name",
        "TERMINATE TRANSACTION 'x'",
        "CALL dbms.components()",
    ],
)
def test_files_addresses_and_the_servers_inside_are_refused(filled: GraphStore, statement: str) -> None:
    with pytest.raises(RefusedError, match="Refused"):
        filled.query_free(statement)


@pytest.mark.neo4j
@pytest.mark.parametrize("store_kind", ["neo4j"], indirect=False)
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line", "LoadCSV"),
        ("CALL dbms.listConfig() YIELD name RETURN name", "changes the schema or the server|dbms.listconfig"),
        ("SHOW TRANSACTIONS", "ShowTransactions|schema or the server"),
        ("MATCH (d:Drive) SET d.x = 1", "changes data"),
        ("CREATE INDEX x FOR (n:Drive) ON (n.y)", "changes the schema"),
    ],
)
def test_neo4js_plan_gives_away_what_the_text_might_hide(
    filled: GraphStore, store_kind: str, statement: str, told: str
) -> None:
    with filled._free_connection().session(read_only=True) as session:  # type: ignore[attr-defined]
        summary = session.run("EXPLAIN " + statement).consume()
    with pytest.raises(RefusedError, match=told):
        guard.admit_plan(summary.query_type, summary.plan)


def test_a_runaway_query_is_stopped_at_its_time_limit_on_the_server_too(filled: GraphStore, raw: Raw) -> None:
    with pytest.raises(TimeLimitError, match="time limit"):
        filled.query_free(RUNAWAY, timeout_seconds=1.0)
    deadline = time.monotonic() + 30
    while any("range(1, 5000000)" in (row["currentQuery"] or "") for row in others(raw)):
        assert time.monotonic() < deadline, "the server goes on computing"
        time.sleep(0.2)
    assert filled.query_free("MATCH (d:Drive) RETURN count(d) AS n", timeout_seconds=30).scalar() == 3


def others(raw: Raw) -> list[dict[str, Any]]:
    return [row for row in raw("SHOW TRANSACTIONS") if "SHOW TRANSACTIONS" not in (row["currentQuery"] or "")]


def test_a_catalogue_query_has_a_limit_and_a_time_limit_too(filled: GraphStore) -> None:
    rows = filled.query("drives", {"fleet": "fleet:demo"}, limit=2, timeout_seconds=60)
    assert (len(rows.rows), rows.truncated) == (2, True)
    rows = filled.query("drives", {"fleet": "fleet:demo"}, limit=3)
    assert (len(rows.rows), rows.truncated) == (3, False)


def test_rows_past_the_limit_are_cut_off_and_said(filled: GraphStore) -> None:
    rows = filled.query_free("UNWIND range(1, 20000) AS x RETURN x", limit=5)
    assert rows.rows == [(1,), (2,), (3,), (4,), (5,)]
    assert rows.truncated
    assert not filled.query_free("UNWIND range(1, 5) AS x RETURN x", limit=5).truncated
    assert filled.query_free("RETURN 1 AS x", limit=5).columns == ("x",)


def test_a_reader_may_read_what_is_harmless(filled: GraphStore) -> None:
    assert filled.query_free("CALL db.labels() YIELD label RETURN count(label) > 3 AS many").scalar() is True
    assert filled.query_free(
        "RETURN date('2024-05-01') AS d, duration.inDays(date('2024-01-01'), date('2024-01-03')).days AS n"
    )
    assert filled.query_free("MATCH (d:Drive) WHERE d.serial <> 'CREATE (x)' RETURN count(d) AS n").scalar() == 3
    assert (
        filled.query_free("MATCH (d:Drive {serial: $s}) RETURN d.serial AS set // DELETE\n", {"s": "S1"}).scalar()
        == "S1"
    )


def test_values_come_back_as_plain_python(filled: GraphStore) -> None:
    text = (
        "MATCH p = (d:Drive {serial: 'S1'})-[r:RUNS_ON]->(:Host) RETURN d, r, p, [1] AS l, {a: date('2024-05-01')} AS m"
    )
    node, relationship, path, listed, mapped = filled.query_free(text).rows[0]
    assert node["labels"] == ["Drive"]
    assert node["properties"]["capacity_bytes"] == 10**12
    assert relationship["type"] == "RUNS_ON"
    assert [type(step) for step in path] == [dict, dict, dict]
    assert listed == [1]
    assert mapped["a"].isoformat() == "2024-05-01"


def test_the_plan_of_a_reading_statement_names_its_steps(filled: GraphStore) -> None:
    plan = filled.plan("MATCH (d:Drive {key: 'drive:demo:M1:S1'}) RETURN d.serial AS s")
    assert "Drive" in plan
    assert "EXPLAIN" not in plan


@pytest.mark.parametrize(
    "statement", ["", "  ;", "// only a comment", "EXPLAIN MATCH (n) RETURN n", "PROFILE MATCH (n) RETURN n"]
)
def test_what_is_no_statement_is_an_input_error(filled: GraphStore, statement: str) -> None:
    with pytest.raises(InputError, match="Expected"):
        filled.query_free(statement)


@pytest.mark.parametrize(
    "statement", ["MATCH (d:Drive RETURN d", "RETURN nothing AS n", "MATCH (d) RETURN $missing AS m"]
)
def test_a_mistake_in_the_statement_is_told_in_one_message(filled: GraphStore, statement: str) -> None:
    with pytest.raises(InputError) as caught:
        filled.query_free(statement)
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("limits", [{"limit": 0}, {"timeout_seconds": 0}, {"timeout_seconds": -1}])
def test_limits_that_make_no_sense_are_refused(filled: GraphStore, limits: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="expected"):
        filled.query_free("RETURN 1 AS x", **limits)
