"""What every test shares: the stores, the real data, and what is done where the machine lacks something."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import neo4j
import pytest

from graph.ports import GraphStore
from graph.stores import open_store
from graph.stores.embedded import supervisor
from graph.windows.spark import SparkEngine, open_spark

ROOT = Path(__file__).resolve().parents[1]
TEST_WORKSPACE = "atoll-test-workspace"  # a database whose AtollMeta bears another id is somebody's own
_spec = importlib.util.spec_from_file_location("neo4j_test_server", ROOT / "tests" / "neo4j_server" / "starter.py")
assert _spec is not None
assert _spec.loader is not None
starter = importlib.util.module_from_spec(_spec)
sys.modules["neo4j_test_server"] = starter
_spec.loader.exec_module(starter)


hypothesis.settings.register_profile("atoll", deadline=None)  # no test asserts a time
hypothesis.settings.load_profile("atoll")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--gates", action="store_true", help="run the long acceptance gates too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--gates"):
        return
    for item in items:
        if "gate" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="a long gate: run by 'make gates'"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        told = "; ".join(f"{number} tests: {reason}" for reason, number in sorted(reasons.items()))
        terminalreporter.write_line(f"not run on this machine: {told}")


def _unavailable(what: str, reason: str) -> NoReturn:
    if what in os.environ.get("ATOLL_REQUIRE", "").split(","):
        pytest.fail(f"{what} is required here (ATOLL_REQUIRE) and missing: {reason}", pytrace=False)
    pytest.skip(f"{what}: {reason}")


@pytest.fixture(scope="session")
def unavailable() -> Callable[[str, str], NoReturn]:
    """Skips with a reason, or fails where ATOLL_REQUIRE names what is missing."""
    return _unavailable


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data, which is never part of the repository."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("data: ../shared/data is not on this machine")
    return folder


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkEngine]:
    """A real Spark on the cores of this machine; whoever asks for Spark meanwhile gets the same session."""
    if importlib.util.find_spec("pyspark") is None:
        _unavailable("spark", "PySpark is not installed")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        _unavailable("spark", "there is no Java on this machine")
    with open_spark("local[2]") as engine:
        yield engine


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[starter.TestServer]:
    """A Neo4j: that of ATOLL_TEST_NEO4J_URI, or one started for the session."""
    given = os.environ.get("ATOLL_TEST_NEO4J_URI")
    if given:
        username = os.environ.get("ATOLL_TEST_NEO4J_USERNAME", "neo4j")
        server = starter.TestServer(given, username, os.environ.get("ATOLL_TEST_NEO4J_PASSWORD", ""))
        _refuse_somebodys_own(server)
        yield server
        return
    try:
        server = starter.start(tmp_path_factory.mktemp("neo4j"))
    except starter.UnavailableError as error:
        _unavailable("neo4j", str(error))
    yield server
    server.stop()


def _refuse_somebodys_own(server: starter.TestServer) -> None:
    with neo4j.GraphDatabase.driver(server.url, auth=(server.username, server.password)) as driver:
        nodes = driver.execute_query("MATCH (n) RETURN count(n) AS number").records[0]["number"]
        ours = driver.execute_query(
            "MATCH (m:AtollMeta {workspace_id: $id}) RETURN count(m) AS number", id=TEST_WORKSPACE
        ).records[0]["number"]
    if nodes and not ours:
        pytest.fail(
            f"{server.url}: ATOLL_TEST_NEO4J_URI names a database that is not empty and was not made by these tests; "
            "they would delete it. Name an empty one.",
            pytrace=False,
        )


@pytest.fixture(scope="session")
def embedded_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace whose embedded server runs for the session."""
    workspace = tmp_path_factory.mktemp("embedded")
    supervisor.ensure_started(workspace)
    yield workspace
    supervisor.stop(workspace)


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store_kind(request: pytest.FixtureRequest) -> str:
    """Each store by name."""
    return str(request.param)


Raw = Callable[..., list[dict[str, Any]]]


def _server_of(store_kind: str, request: pytest.FixtureRequest) -> tuple[str, tuple[str, str], str]:
    if store_kind == "neo4j":
        server = request.getfixturevalue("neo4j_server")
        return server.url, (server.username, server.password), "neo4j"
    endpoint = supervisor.ensure_started(request.getfixturevalue("embedded_workspace"))
    return endpoint.bolt_url, (endpoint.writer.username, endpoint.writer.password), endpoint.database


@pytest.fixture
def raw(store_kind: str, request: pytest.FixtureRequest) -> Iterator[Raw]:
    """Runs a statement past the adapter, on a store that is emptied before and after."""
    drivers: dict[str, neo4j.Driver] = {}

    def run(text: str, **parameters: Any) -> list[dict[str, Any]]:
        url, user, database = _server_of(store_kind, request)  # a restore moves the embedded server to another port
        if url not in drivers:
            drivers[url] = neo4j.GraphDatabase.driver(url, auth=user, notifications_min_severity="OFF")
        with drivers[url].session(database=database) as session:
            return session.run(text, parameters).data()

    _empty(run)
    yield run
    _empty(run)
    for each in drivers.values():
        each.close()


def _empty(run: Raw) -> None:
    # Deleted in a FOREACH: ArcadeDB takes 4 ms a row for a DELETE clause of its own.
    while run("MATCH (n) RETURN count(n) AS left")[0]["left"]:
        run("MATCH (n) WITH n LIMIT 20000 WITH collect(n) AS gone FOREACH (n IN gone | DETACH DELETE n)")


@pytest.fixture
def open_again(store_kind: str, raw: Raw, request: pytest.FixtureRequest) -> Iterator[Callable[..., GraphStore]]:
    """Opens the emptied store as a command would; each call is a further user of the same store."""
    opened: list[GraphStore] = []

    def open_it(workspace_id: str = TEST_WORKSPACE, *, adopt: bool = False) -> GraphStore:
        if store_kind == "neo4j":
            server = request.getfixturevalue("neo4j_server")
            store = open_store(
                server.url,
                workspace_id=workspace_id,
                username=server.username,
                password=server.password,
                adopt=adopt,
            )
        else:
            workspace = request.getfixturevalue("embedded_workspace")
            store = open_store(f"embedded:{workspace}", workspace_id=workspace_id, adopt=adopt)
        opened.append(store)
        return store

    yield open_it
    for each in opened:
        each.close()


@pytest.fixture
def bolt_address(store_kind: str, request: pytest.FixtureRequest) -> tuple[str, str]:
    """Bolt address and user name of the store's server, for those who come with their own password."""
    url, user, _ = _server_of(store_kind, request)
    return url, user[0]


@pytest.fixture
def store(open_again: Callable[..., GraphStore]) -> GraphStore:
    """An empty store, each kind in turn."""
    return open_again()


@pytest.fixture
def fingerprint() -> str:
    """One that no other run has."""
    return uuid.uuid4().hex


@pytest.fixture
def neo4j_for_itself(neo4j_server: starter.TestServer) -> Iterator[dict[str, str]]:
    """What a user sets to choose Neo4j: the test server, emptied before and after."""
    with neo4j.GraphDatabase.driver(neo4j_server.url, auth=(neo4j_server.username, neo4j_server.password)) as opened:

        def run(text: str, **parameters: Any) -> list[dict[str, Any]]:
            with opened.session() as session:
                return session.run(text, parameters).data()

        _empty(run)
        yield {
            "NEO4J_URI": neo4j_server.url,
            "NEO4J_USERNAME": neo4j_server.username,
            "NEO4J_PASSWORD": neo4j_server.password,
        }
        _empty(run)
