"""Starts, finds, stops and restores the embedded server of a workspace, from any process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from graph.errors import InputError, StoreError
from graph.stores.embedded import control, credentials, process
from graph.stores.embedded.backup_file import unpack
from graph.stores.embedded.credentials import Credentials
from graph.stores.embedded.folder import DATABASE, Recovery, ServerState, StoreFolder
from graph.stores.embedded.options import ServerOptions


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
        phase: ``starting``, ``checking`` (its files, after an unclean exit) or ``ready``; None where none runs.
        url: Its Bolt address, or None.
        pid: Its process id, or None.
        started_at: ISO 8601 in UTC, or None.
        memory_bytes: Resident memory of the process, or None.
        unclean_exit: True where a server ended without closing its files and none has checked them since.
        recovery: What the running server's check after an unclean exit found, or None.
        error: Why the last start failed, or None.
    """

    running: bool
    phase: str | None = None
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
    with process.locked(folder):
        state = process.find_answering(folder, say) or process.start(folder, options or ServerOptions(), say)
        try:
            folder.last_used.touch()
        except OSError as error:
            raise process.unwritable(folder, error) from error
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
    with process.locked(folder):
        return process.end(folder)


def status(workspace: Path) -> Status:
    """Say whether the workspace's server runs; starts and changes nothing."""
    folder = StoreFolder.of(workspace)
    state = ServerState.read(folder.state)
    unclean = folder.open_marker.exists()
    if state is None or not state.is_alive(folder.root):
        return Status(running=False, unclean_exit=unclean, error=state.error if state else None)
    return Status(
        running=state.phase == "ready",
        phase=state.phase,
        url=f"bolt://{control.LOOPBACK}:{state.bolt_port}" if state.bolt_port else None,
        pid=state.pid,
        started_at=state.started_at,
        memory_bytes=state.memory_bytes(),
        recovery=state.recovery,
    )


def restore(workspace: Path, backup: Path, options: ServerOptions | None = None) -> Endpoint:
    """Replace the workspace's graph by a backup and start the server on it.

    The backup is unpacked beside the database, then the two change places, and the restored files are checked at the
    start. The old files are removed only after that; if the start fails they are put back.

    Args:
        workspace: Folder of the workspace.
        backup: What the control command ``backup`` wrote, or the folder it lies in.
        options: For the server that is started.

    Raises:
        InputError: No backup, or a damaged one; nothing was changed.
        StoreError: The restored database does not open or is damaged; the old one is in place again.
    """
    folder = StoreFolder.of(workspace)
    with process.locked(folder):
        incoming, previous = folder.root / "restore-incoming", folder.previous_database
        if not folder.database.is_dir() and previous.is_dir():
            previous.rename(folder.database)
        for leftover in (incoming, previous):
            shutil.rmtree(leftover, ignore_errors=True)
        try:
            unpack(backup, incoming)
        except InputError:
            shutil.rmtree(incoming, ignore_errors=True)
            raise
        process.end(folder)
        folder.database.parent.mkdir(exist_ok=True)
        if folder.database.is_dir():
            folder.database.rename(previous)
        incoming.rename(folder.database)
        folder.open_marker.touch()  # has the start check the files
        try:
            state = process.start(folder, options or ServerOptions(), None)
            if state.recovery is not None and state.recovery.problems:
                raise StoreError(f"{backup}: the backup's graph is damaged: {state.recovery.problems[0]}")
        except StoreError:
            process.end(folder)
            if previous.is_dir():
                shutil.rmtree(folder.database)
                previous.rename(folder.database)
            raise
        shutil.rmtree(previous, ignore_errors=True)
    return ensure_started(workspace)
