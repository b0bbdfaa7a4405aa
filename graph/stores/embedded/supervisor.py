"""Starts, finds, stops and restores the embedded server of a workspace, from any process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

import graph
from graph.errors import InputError, StoreError
from graph.stores.embedded import control, credentials
from graph.stores.embedded.credentials import Credentials
from graph.stores.embedded.folder import DATABASE, Recovery, ServerState, StoreFolder
from graph.stores.embedded.options import ServerOptions

START_SECONDS = 90.0  # the server starts in 1 to 4 s; a loaded machine may need many times that
STOP_SECONDS = 60.0
LOG_BYTES = 5_000_000

# Servers started by this process: kept, so that one that ends is reaped and does not stay as a zombie.
_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a running server answers.

    Args:
        bolt_url: Address for the ``neo4j`` driver.
        database: Name of the only database.
        writer: User of the adapter.
        reader: User of free queries.
        control_port: Control channel on loopback.
        control_key: Its shared key.
        pid: Process id of the server.
        exchange: Folder for files handed to the server.
        recovery: What the check after an unclean exit found, where there was one.
    """

    bolt_url: str
    database: str
    writer: Credentials
    reader: Credentials
    control_port: int
    control_key: bytes = field(repr=False)
    pid: int
    exchange: Path
    recovery: Recovery | None = None

    def call(
        self,
        command: str,
        *,
        timeout_seconds: float | None = 60.0,
        progress: control.Progress | None = None,
        **arguments: Any,
    ) -> Any:
        """Send a control command to the server: see ``control.call``."""
        return control.call(
            self.control_port,
            self.control_key,
            command,
            arguments,
            timeout_seconds=timeout_seconds,
            progress=progress,
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What is known about a workspace's server without starting it.

    Args:
        running: True where it runs and takes requests.
        url: Its Bolt address, or None.
        pid: Its process id, or None.
        started_at: ISO 8601 in UTC, or None.
        memory_bytes: Resident memory of the process, or None.
        unclean_exit: True where a server ended without closing its files and none has checked them since.
        recovery: What the running server's check after an unclean exit found, or None.
        error: Why the last start failed, or None.
    """

    running: bool
    url: str | None = None
    pid: int | None = None
    started_at: str | None = None
    memory_bytes: int | None = None
    unclean_exit: bool = False
    recovery: Recovery | None = None
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def secrets_path(workspace: Path) -> Path:
    """Return where the generated passwords of a workspace's store lie."""
    return StoreFolder.of(workspace).secrets


def ensure_started(
    workspace: Path, options: ServerOptions | None = None, *, say: Callable[[str], None] | None = None
) -> Endpoint:
    """Return the address of the workspace's server, starting it where none runs.

    Args:
        workspace: Folder of the workspace; its ``store`` folder is created.
        options: For a server that has to be started.
        say: Called with a line where something takes long.

    Returns:
        Where it answers. It goes on running after this process has ended.

    Raises:
        InputError: The workspace cannot be written.
        StoreError: The server does not start, or its files cannot be opened.
    """
    folder = StoreFolder.of(workspace)
    with _locked(folder):
        state = _answering(folder, say) or _start(folder, options or ServerOptions(), say)
        try:
            folder.last_used.touch()
        except OSError as error:
            raise _unwritable(folder, error) from error
        known = credentials.read(folder.secrets)
    return Endpoint(
        bolt_url=f"bolt://{control.LOOPBACK}:{state.bolt_port}",
        database=DATABASE,
        writer=known.writer,
        reader=known.reader,
        control_port=state.control_port,
        control_key=known.control_key,
        pid=state.pid,
        exchange=folder.exchange,
        recovery=state.recovery,
    )


def stop(workspace: Path) -> bool:
    """End the workspace's server cleanly; returns False where none was running.

    Raises:
        StoreError: It does not end.
    """
    folder = StoreFolder.of(workspace)
    if not folder.root.is_dir():
        return False
    with _locked(folder):
        return _stop(folder)


def status(workspace: Path) -> Status:
    """Say whether the workspace's server runs; starts and changes nothing."""
    folder = StoreFolder.of(workspace)
    state = ServerState.read(folder.state)
    unclean = folder.open_marker.exists()
    if state is None or not state.is_alive():
        return Status(running=False, unclean_exit=unclean, error=state.error if state else None)
    return Status(
        running=state.phase == "ready",
        url=f"bolt://{control.LOOPBACK}:{state.bolt_port}" if state.bolt_port else None,
        pid=state.pid,
        started_at=state.started_at,
        memory_bytes=state.memory_bytes(),
        recovery=state.recovery,
    )


def _answering(folder: StoreFolder, say: Callable[[str], None] | None) -> ServerState | None:
    """Return the state of a server that runs and answers; None where none does."""
    state = ServerState.read(folder.state)
    if state is None or not state.is_alive():
        return None
    if state.phase != "ready":  # its starter was killed while it waited
        return _wait_until_ready(folder, None, say)
    try:
        control.call(state.control_port, credentials.read(folder.secrets).control_key, "ping", timeout_seconds=30.0)
    except StoreError:
        # A process that was just killed is still listed while its memory is given back.
        if _ends(state.pid):
            return None
        raise
    return state


@contextmanager
def _locked(folder: StoreFolder) -> Iterator[None]:
    """Hold the lock under which servers are started and ended."""
    lock = FileLock(folder.lock, timeout=START_SECONDS + STOP_SECONDS)
    try:
        folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise StoreError(
            f"{folder.lock}: another process has been starting or ending the store for too long."
        ) from error
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def _unwritable(folder: StoreFolder, error: OSError) -> InputError:
    return InputError(
        f"{folder.root.parent}: the workspace cannot be written ({error.strerror}). "
        "Choose another folder with --workspace or ATOLL_WORKSPACE."
    )


def _start(folder: StoreFolder, options: ServerOptions, say: Callable[[str], None] | None) -> ServerState:
    try:
        folder.state.unlink(missing_ok=True)
        folder.log.parent.mkdir(exist_ok=True)
        credentials.read_or_create(folder.secrets)
        if folder.log.exists() and folder.log.stat().st_size > LOG_BYTES:
            folder.log.replace(folder.log.with_suffix(".log.1"))
        log = folder.log.open("ab")
    except OSError as error:
        raise _unwritable(folder, error) from error
    with log:
        child = subprocess.Popen(
            [sys.executable, "-m", "graph.stores.embedded.server", str(folder.root), json.dumps(options.to_json())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=Path(str(graph.__file__)).parents[1],
            start_new_session=True,  # survives the terminal, gets none of its signals
            close_fds=True,  # holds none of the caller's pipes
        )
    _children[:] = [each for each in _children if each.poll() is None] + [child]
    return _wait_until_ready(folder, child, say)


def _wait_until_ready(
    folder: StoreFolder, child: subprocess.Popen[bytes] | None, say: Callable[[str], None] | None
) -> ServerState:
    """Wait for the server to publish that it is ready; a check after an unclean exit may take as long as it needs."""
    deadline = time.monotonic() + START_SECONDS
    told = False
    while True:
        state = ServerState.read(folder.state)
        if state is not None and state.phase == "ready" and state.is_alive():
            return state
        if state is not None and state.phase == "failed":
            raise StoreError(state.error or "The embedded store could not start.")
        ended = child.poll() is not None if child is not None else state is None or not state.is_alive()
        if ended:
            raise StoreError(f"The embedded store ended while it started. Look at {folder.log}.")
        if state is not None and state.phase == "checking":
            deadline = time.monotonic() + START_SECONDS
            if say is not None and not told:
                say("the store did not end cleanly the last time: checking its files")
                told = True
        if time.monotonic() > deadline:
            if child is not None:
                child.kill()
            raise StoreError(f"The embedded store did not start within {START_SECONDS:g} s. Look at {folder.log}.")
        time.sleep(0.05)


def _stop(folder: StoreFolder) -> bool:
    state = ServerState.read(folder.state)
    if state is None or not state.is_alive():
        return False
    try:
        if state.phase == "ready":
            key = credentials.read(folder.secrets).control_key
            control.call(state.control_port, key, "shutdown", timeout_seconds=10.0)
        else:
            _signal(state.pid, signal.SIGTERM)
    except (StoreError, InputError):  # no control channel or no key: the signal ends it as cleanly
        _signal(state.pid, signal.SIGTERM)
    if not _ends(state.pid):
        _signal(state.pid, signal.SIGKILL)
        if not _ends(state.pid):
            raise StoreError(f"The embedded store (process {state.pid}) does not end. End it and try again.")
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).send_signal(number)


def _ends(pid: int) -> bool:
    """Wait for the process to end, reaping it where it is a child of this one."""
    try:
        psutil.Process(pid).wait(timeout=STOP_SECONDS)
    except psutil.NoSuchProcess:
        pass
    except psutil.TimeoutExpired:
        return False
    for child in _children:
        child.poll()
    return True
