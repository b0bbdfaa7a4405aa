"""The embedded server's life: start, share, idle end, unclean exit, stop; one server a test, on loopback."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import neo4j
import psutil
import pytest

from graph.errors import InputError, StoreError
from graph.stores.embedded import supervisor
from graph.stores.embedded.folder import StoreFolder
from graph.stores.embedded.options import ServerOptions
from graph.stores.embedded.supervisor import Endpoint

OPTIONS = ServerOptions(heap_megabytes=512)
WAIT_SECONDS = 60.0


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    supervisor.stop(tmp_path)


def rows(endpoint: Endpoint, statement: str, **parameters: Any) -> list[dict[str, Any]]:
    auth = (endpoint.writer.username, endpoint.writer.password)
    with neo4j.GraphDatabase.driver(endpoint.bolt_url, auth=auth) as driver:
        return [record.data() for record in driver.execute_query(statement, parameters, database_="atoll").records]


def until(condition: Any) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_stop_with_none_running_says_so_and_changes_nothing(workspace: Path) -> None:
    assert supervisor.stop(workspace) is False
    assert list(workspace.iterdir()) == []
    assert supervisor.status(workspace).running is False


def test_a_workspace_that_cannot_be_written_is_one_clear_message(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(InputError, match=r"cannot be written .*--workspace"):
        supervisor.ensure_started(blocked, OPTIONS)


def test_a_start_holds_none_of_the_callers_pipes_and_the_server_outlives_the_caller(workspace: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from graph.stores.embedded import supervisor;"
        "from graph.stores.embedded.options import ServerOptions;"
        "print(supervisor.ensure_started(Path(sys.argv[1]), ServerOptions(heap_megabytes=512)).pid)"
    )
    # Returns only once every holder of the pipe has closed it: with the server among them, never.
    shell = subprocess.run(
        ["sh", "-c", 'out=$("$0" -c "$1" "$2" 2>&1); echo "$out"', sys.executable, code, str(workspace)],
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=True,
    )
    state = supervisor.status(workspace)
    assert state.running
    assert state.pid == int(shell.stdout)
    assert os.getsid(int(shell.stdout)) == int(shell.stdout)
    assert "ready on bolt" in StoreFolder.of(workspace).log.read_text()


def test_two_starts_at_once_share_one_server_and_another_workspace_has_its_own(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found: list[Endpoint] = []
    threads = [
        threading.Thread(target=lambda: found.append(supervisor.ensure_started(workspace, OPTIONS))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1]
    other = tmp_path_factory.mktemp("other")
    try:
        second = supervisor.ensure_started(other, OPTIONS)
        assert second.bolt_url != found[0].bolt_url
        assert rows(second, "RETURN 1 AS one") == rows(found[0], "RETURN 1 AS one")
        with pytest.raises(StoreError, match="not this workspace's server"):
            Endpoint(**{**_fields(second), "control_key": b"wrong"}).call("ping")
    finally:
        assert supervisor.stop(other) is True


def _fields(endpoint: Endpoint) -> dict[str, Any]:
    return {name: getattr(endpoint, name) for name in Endpoint.__dataclass_fields__}


def test_a_copy_of_a_workspace_made_while_its_server_ran_gets_a_server_of_its_own(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    original = supervisor.ensure_started(workspace, OPTIONS)
    copy = tmp_path_factory.mktemp("copies") / "copy"
    shutil.copytree(workspace, copy)
    assert supervisor.status(copy).running is False
    assert supervisor.stop(copy) is False
    try:
        assert supervisor.ensure_started(copy, OPTIONS).pid != original.pid
    finally:
        supervisor.stop(copy)
    assert supervisor.ensure_started(workspace, OPTIONS) == original


def test_only_loopback_listens_and_secrets_are_the_owners(workspace: Path) -> None:
    endpoint = supervisor.ensure_started(workspace, OPTIONS)
    listening = [each for each in psutil.Process(endpoint.pid).net_connections("tcp") if each.status == "LISTEN"]
    ports = {each.laddr.port for each in listening}
    assert ports == {int(endpoint.bolt_url.rpartition(":")[2]), endpoint.control_port}
    assert {each.laddr.ip.removeprefix("::ffff:") for each in listening} == {"127.0.0.1"}
    assert stat.S_IMODE(StoreFolder.of(workspace).secrets.stat().st_mode) == 0o600
    assert endpoint.writer.password not in repr(endpoint)
    assert supervisor.stop(workspace) is True
    assert supervisor.status(workspace).unclean_exit is False


def test_a_port_in_use_is_one_clear_message(workspace: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StoreError, match=f"port {port}: already in use"):
            supervisor.ensure_started(workspace, ServerOptions(heap_megabytes=512, bolt_port=port))
    assert f"port {port}" in str(supervisor.status(workspace).error)


def test_an_idle_server_ends_itself_cleanly_but_not_while_somebody_is_connected(workspace: Path) -> None:
    endpoint = supervisor.ensure_started(workspace, ServerOptions(heap_megabytes=512, idle_minutes=1.5 / 60))
    auth = (endpoint.writer.username, endpoint.writer.password)
    with neo4j.GraphDatabase.driver(endpoint.bolt_url, auth=auth) as driver:
        driver.verify_connectivity()
        time.sleep(3)
        assert supervisor.status(workspace).running
    assert until(lambda: not supervisor.status(workspace).running)
    assert supervisor.status(workspace).unclean_exit is False


def test_a_killed_server_is_recognised_checked_and_replaced(workspace: Path) -> None:
    first = supervisor.ensure_started(workspace, OPTIONS)
    rows(first, "CREATE (:Drive {key: 'drive:1'})")
    os.kill(first.pid, signal.SIGKILL)
    second = supervisor.ensure_started(workspace, OPTIONS)
    assert second.pid != first.pid
    assert second.recovery is not None
    assert second.recovery.problems == []
    assert supervisor.status(workspace).recovery == second.recovery
    assert "database check: 0 problems" in StoreFolder.of(workspace).log.read_text()
    assert rows(second, "MATCH (d:Drive) RETURN d.key AS key") == [{"key": "drive:1"}]
    supervisor.stop(workspace)
    assert supervisor.ensure_started(workspace, OPTIONS).recovery is None


def test_damage_after_an_unclean_exit_is_told(workspace: Path) -> None:
    first = supervisor.ensure_started(workspace, OPTIONS)
    rows(first, "UNWIND range(1, 2000) AS i CREATE (:Drive {key: 'drive:' + toString(i)})")
    supervisor.stop(workspace)
    folder = StoreFolder.of(workspace)
    bucket = next(folder.database.glob("Drive_0.*.bucket"))
    content = bytearray(bucket.read_bytes())
    middle = len(content) // 4
    content[middle : middle + 4096] = os.urandom(4096)
    bucket.write_bytes(content)
    folder.open_marker.touch()  # as a killed server leaves it
    second = supervisor.ensure_started(workspace, OPTIONS)
    assert second.recovery is not None
    assert second.recovery.problems != []
    assert supervisor.status(workspace).to_json()["recovery"]["problems"] == second.recovery.problems


def test_a_backup_taken_while_running_is_restored_and_a_broken_one_changes_nothing(workspace: Path) -> None:
    endpoint = supervisor.ensure_started(workspace, OPTIONS)
    rows(endpoint, "CREATE (:Drive {key: 'drive:kept'})")
    folder = workspace / "backups" / "one"
    folder.mkdir(parents=True)
    written = Path(endpoint.call("backup", directory=str(folder)))
    rows(endpoint, "CREATE (:Drive {key: 'drive:later'})")

    broken = workspace / "backups" / "broken.zip"
    content = bytearray(written.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 64] = b"\0" * 64
    broken.write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        supervisor.restore(workspace, broken, OPTIONS)
    with pytest.raises(InputError, match="no such backup"):
        supervisor.restore(workspace, workspace / "nowhere", OPTIONS)
    assert rows(endpoint, "MATCH (d:Drive) RETURN count(d) AS n") == [{"n": 2}]

    restored = supervisor.restore(workspace, folder, OPTIONS)
    assert rows(restored, "MATCH (d:Drive) RETURN d.key AS key") == [{"key": "drive:kept"}]
    assert restored.recovery is not None
    assert not StoreFolder.of(workspace).previous_database.exists()
