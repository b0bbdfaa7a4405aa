"""What the embedded server must refuse or limit, whatever a client asks: the traps of the store's design."""

import threading
import time
from collections.abc import Iterator

import neo4j
import pytest
from neo4j.exceptions import Neo4jError

from graph.errors import InputError, StoreError
from graph.stores.embedded import supervisor
from graph.stores.embedded.options import ServerOptions
from graph.stores.embedded.supervisor import Endpoint

TIMEOUT_SECONDS = 3.0
RUNAWAY = (
    "UNWIND range(1, 3000) AS a UNWIND range(1, 3000) AS b UNWIND range(1, 3000) AS c "
    "WITH a, b, c WHERE a + b + c = -1 RETURN count(*) AS n"
)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    workspace = tmp_path_factory.mktemp("traps")
    options = ServerOptions(heap_megabytes=512, command_timeout_seconds=TIMEOUT_SECONDS)
    yield supervisor.ensure_started(workspace, options)
    supervisor.stop(workspace)


@pytest.fixture(scope="module")
def writer(endpoint: Endpoint) -> Iterator[neo4j.Driver]:
    auth = (endpoint.writer.username, endpoint.writer.password)
    with neo4j.GraphDatabase.driver(endpoint.bolt_url, auth=auth) as driver:
        driver.execute_query("CREATE CONSTRAINT drive_key IF NOT EXISTS FOR (d:Drive) REQUIRE d.key IS UNIQUE")
        driver.execute_query("UNWIND range(1, 200) AS i CREATE (:Drive {key: 'drive:' + toString(i)})")
        yield driver


@pytest.fixture(scope="module")
def reader(endpoint: Endpoint, writer: neo4j.Driver) -> Iterator[neo4j.Driver]:
    auth = (endpoint.reader.username, endpoint.reader.password)
    with neo4j.GraphDatabase.driver(endpoint.bolt_url, auth=auth) as driver:
        yield driver


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE (:Drive {key: 'drive:new'})",
        "CREATE (:Unknown {key: 'x'})",
        "MERGE (d:Drive {key: 'drive:new'}) RETURN d",
        "MATCH (d:Drive {key: 'drive:1'}) SET d.name = 'x'",
        "MATCH (d:Drive {key: 'drive:1'}) REMOVE d.key",
        "MATCH (d:Drive {key: 'drive:1'}) DETACH DELETE d",
        "MATCH (a:Drive {key: 'drive:1'}), (b:Drive {key: 'drive:2'}) CREATE (a)-[:RUNS_ON]->(b)",
        "CREATE INDEX drive_name FOR (d:Drive) ON (d.name)",
        "DROP CONSTRAINT drive_key",
        "CREATE USER intruder SET PASSWORD 'password'",
        "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
        "LOAD CSV FROM 'http://127.0.0.1:1/x.csv' AS line RETURN line",
    ],
)
def test_the_reader_is_refused_every_change_and_every_file(reader: neo4j.Driver, statement: str) -> None:
    with pytest.raises(Neo4jError):
        reader.execute_query(statement)
    found = reader.execute_query("MATCH (d:Drive) RETURN count(d) AS n, count(d.key) AS keys, count(d.name) AS names")
    assert found.records[0].data() == {"n": 200, "keys": 200, "names": 0}


def test_the_writer_cannot_load_files_either(writer: neo4j.Driver) -> None:
    with pytest.raises(Neo4jError):
        writer.execute_query("LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line")


def test_the_reader_counts_what_the_writer_counts(reader: neo4j.Driver, writer: neo4j.Driver) -> None:
    # A limit on the reader's result sets would cut the scan below the count, and the count would be wrong.
    statement = "MATCH (d:Drive) RETURN count(d) AS n"
    counts = [driver.execute_query(statement).records[0]["n"] for driver in (reader, writer)]
    assert counts == [200, 200]


def test_a_runaway_statement_is_ended_by_the_command_timeout(reader: neo4j.Driver, writer: neo4j.Driver) -> None:
    for driver in (reader, writer):
        with pytest.raises(Neo4jError, match=r"(?i)time"):
            driver.execute_query(RUNAWAY)


def test_a_statement_is_terminated_by_its_marker_before_the_timeout(endpoint: Endpoint, reader: neo4j.Driver) -> None:
    outcome: list[BaseException] = []

    def run() -> None:
        try:
            reader.execute_query(f"{RUNAWAY}\n// marker-of-this-test")
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    ended = 0
    while thread.is_alive() and not ended:
        time.sleep(0.05)
        ended = endpoint.call("terminate", marker="marker-of-this-test")
    thread.join()
    assert ended == 1
    assert isinstance(outcome[0], Neo4jError)
    assert endpoint.call("terminate", marker="marker-of-nobody") == 0
    with pytest.raises(InputError, match="too short"):
        endpoint.call("terminate", marker="x")


def test_the_root_user_has_no_known_password(endpoint: Endpoint) -> None:
    for password in ("root", "playwithdata", "arcadedb", ""):
        with (
            pytest.raises(Neo4jError),
            neo4j.GraphDatabase.driver(endpoint.bolt_url, auth=("root", password)) as driver,
        ):
            driver.verify_connectivity()


def test_an_unknown_control_command_and_a_failing_one_leave_the_server_running(endpoint: Endpoint) -> None:
    with pytest.raises(StoreError, match="unknown control command"):
        endpoint.call("no_such_command")
    with pytest.raises(StoreError, match="refused a sql statement"):
        endpoint.call("command", language="sql", statement="SELEKT 1")
    assert endpoint.call("command", language="sql", statement="SELECT 1 AS one") == [{"one": 1}]
    assert endpoint.call("ping")["pid"] == endpoint.pid
