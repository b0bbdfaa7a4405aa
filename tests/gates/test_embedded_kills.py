"""kill -9 of the embedded server at random moments: nothing acknowledged is lost, nothing is there in part."""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest
from neo4j.exceptions import DriverError, Neo4jError

from graph.stores.embedded import supervisor
from graph.stores.embedded.options import ServerOptions
from graph.stores.embedded.supervisor import Endpoint

OPTIONS = ServerOptions(heap_megabytes=512)
NODES = 30  # of one batch, with a relationship from each to the next
WRITE = """
UNWIND range(0, $nodes - 1) AS i CREATE (:Drive {key: $batch + ':' + toString(i), batch: $batch})
"""
CONNECT = """
UNWIND range(1, $nodes - 1) AS i
MATCH (a:Drive {key: $batch + ':' + toString(i - 1)}), (b:Drive {key: $batch + ':' + toString(i)})
CREATE (a)-[:LINKS {batch: $batch}]->(b)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    supervisor.stop(tmp_path)


@pytest.fixture
def num_kills(request: pytest.FixtureRequest) -> int:
    return 20 if request.config.getoption("--gates") else 3


def connect(endpoint: Endpoint) -> neo4j.Driver:
    auth = (endpoint.writer.username, endpoint.writer.password)
    return neo4j.GraphDatabase.driver(endpoint.bolt_url, auth=auth, max_transaction_retry_time=0)


def write_until_killed(endpoint: Endpoint, round_name: str, acknowledged: list[str]) -> None:
    def write(transaction: neo4j.ManagedTransaction) -> None:
        transaction.run(WRITE, nodes=NODES, batch=batch).consume()
        transaction.run(CONNECT, nodes=NODES, batch=batch).consume()

    with connect(endpoint) as driver, driver.session(database="atoll") as session:
        for number in range(1_000_000):
            batch = f"{round_name}.{number}"
            try:
                session.execute_write(write)
            except (Neo4jError, DriverError):
                return
            acknowledged.append(batch)


def test_a_killed_server_loses_no_acknowledged_batch_and_keeps_no_partial_one(workspace: Path, num_kills: int) -> None:
    endpoint = supervisor.ensure_started(workspace, OPTIONS)
    with connect(endpoint) as driver:
        driver.execute_query("CREATE CONSTRAINT drive_key IF NOT EXISTS FOR (d:Drive) REQUIRE d.key IS UNIQUE")
    acknowledged: list[str] = []
    for kill in range(num_kills):
        writer = threading.Thread(target=write_until_killed, args=(endpoint, f"round{kill}", acknowledged))
        known = len(acknowledged)
        writer.start()
        while writer.is_alive() and len(acknowledged) == known:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.5))
        os.kill(endpoint.pid, signal.SIGKILL)
        writer.join()

        endpoint = supervisor.ensure_started(workspace, OPTIONS)
        assert endpoint.recovery is not None
        assert endpoint.recovery.problems == []
        with connect(endpoint) as driver:
            nodes = driver.execute_query("MATCH (d:Drive) RETURN d.batch AS batch, count(*) AS n").records
            links = driver.execute_query("MATCH (:Drive)-[r:LINKS]->(:Drive) RETURN r.batch AS batch, count(*) AS n")
        stored = {record["batch"]: record["n"] for record in nodes}
        assert set(acknowledged) <= set(stored)
        assert set(stored.values()) == {NODES}
        assert {record["batch"]: record["n"] for record in links.records} == dict.fromkeys(stored, NODES - 1)
        assert len(set(stored) - set(acknowledged)) <= kill + 1  # committed, but killed before it could say so
