"""Starts and ends the server process; everything here is done while the store's lock is held."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

import graph
from graph.errors import InputError, StoreError
from graph.stores.embedded import control, credentials
from graph.stores.embedded.folder import SERVER_MODULE, ServerState, StoreFolder
from graph.stores.embedded.options import ServerOptions

START_SECONDS = 90.0  # the server starts in 1 to 4 s; a loaded machine may need many times that
STOP_SECONDS = 60.0
LOG_BYTES = 5_000_000
Say = Callable[[str], None]

# Servers started by this process: kept, so that one that ends is reaped and does not stay as a zombie.
_children: list[subprocess.Popen[bytes]] = []


def find_answering(folder: StoreFolder, say: Say | None) -> ServerState | None:
    """Return the state of a server that runs and answers; None where none does."""
    state = ServerState.read(folder.state)
    if state is None or not state.is_alive(folder.root):
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
def locked(folder: StoreFolder) -> Iterator[None]:
    """Hold the lock under which servers are started and ended.

    Raises:
        InputError: The workspace cannot be written.
        StoreError: Another process holds it for too long.
    """
    lock = FileLock(folder.lock, timeout=START_SECONDS + STOP_SECONDS)
    try:
        folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        while not lock.is_locked:
            try:
                lock.acquire()
            except Timeout as error:
                state = ServerState.read(folder.state)
                if state is not None and state.phase == "checking" and state.is_alive(folder.root):
                    continue  # a check after an unclean exit takes as long as it takes
                raise StoreError(
                    f"{folder.lock}: another process has been starting or ending the store for too long."
                ) from error
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def unwritable(folder: StoreFolder, error: OSError) -> InputError:
    """The one message for a workspace that cannot be written."""
    return InputError(
        f"{folder.root.parent}: the workspace cannot be written ({error.strerror}). "
        "Choose another folder with --workspace or ATOLL_WORKSPACE."
    )


def start(folder: StoreFolder, options: ServerOptions, say: Say | None) -> ServerState:
    """Start a server and wait until it is ready.

    Raises:
        InputError: The workspace cannot be written.
        StoreError: The server does not start.
    """
    try:
        if folder.previous_database.is_dir() and not folder.database.is_dir():
            folder.previous_database.rename(folder.database)  # a restore was killed between its two renames
        folder.state.unlink(missing_ok=True)
        shutil.rmtree(folder.exchange, ignore_errors=True)  # left by a load that was killed
        folder.log.parent.mkdir(exist_ok=True)
        credentials.read_or_create(folder.secrets)
        if folder.log.exists() and folder.log.stat().st_size > LOG_BYTES:
            folder.log.replace(folder.log.with_suffix(".log.1"))
        log = folder.log.open("ab")
    except OSError as error:
        raise unwritable(folder, error) from error
    with log:
        child = subprocess.Popen(
            [sys.executable, "-m", SERVER_MODULE, str(folder.root), json.dumps(options.to_json())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=Path(str(graph.__file__)).parents[1],
            start_new_session=True,  # survives the terminal, gets none of its signals
            close_fds=True,  # holds none of the caller's pipes
        )
    _children[:] = [each for each in _children if each.poll() is None] + [child]
    return _wait_until_ready(folder, child, say)


def _wait_until_ready(folder: StoreFolder, child: subprocess.Popen[bytes] | None, say: Say | None) -> ServerState:
    """Wait for the server to publish that it is ready; a check after an unclean exit may take as long as it needs."""
    deadline = time.monotonic() + START_SECONDS
    told = False
    while True:
        state = ServerState.read(folder.state)
        if state is not None and state.phase == "ready" and state.is_alive(folder.root):
            return state
        if state is not None and state.phase == "failed":
            raise StoreError(state.error or "The embedded store could not start.")
        ended = child.poll() is not None if child is not None else state is None or not state.is_alive(folder.root)
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


def end(folder: StoreFolder) -> bool:
    """End the server cleanly, by force where it does not answer; returns False where none runs."""
    state = ServerState.read(folder.state)
    if state is None or not state.is_alive(folder.root):
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
