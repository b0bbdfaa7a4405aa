"""Where things lie in the store folder of a workspace, and the state file that parent and server share."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

DATABASE = "atoll"
SERVER_MODULE = "graph.stores.embedded.server"


@dataclass(frozen=True, slots=True)
class StoreFolder:
    """Paths below ``WORKSPACE/store``."""

    root: Path

    @classmethod
    def of(cls, workspace: Path) -> StoreFolder:
        """Return the store folder of a workspace; nothing is created."""
        return cls(Path(workspace).expanduser().absolute() / "store")

    @property
    def state(self) -> Path:
        """Address and state of the server that runs or ran last."""
        return self.root / "server.json"

    @property
    def secrets(self) -> Path:
        """Generated passwords and the control key, readable by the owner only."""
        return self.root / "secrets.json"

    @property
    def lock(self) -> Path:
        """Held by whoever starts or ends the server."""
        return self.root / "server.lock"

    @property
    def last_used(self) -> Path:
        """Touched by every command that opens the store."""
        return self.root / "last_used"

    @property
    def open_marker(self) -> Path:
        """Exists from before the files are opened until after they are closed; one left over means an unclean exit."""
        return self.root / "open"

    @property
    def log(self) -> Path:
        """Output of the server process."""
        return self.root / "log" / "server.log"

    @property
    def database(self) -> Path:
        """The database's files."""
        return self.root / "databases" / DATABASE

    @property
    def previous_database(self) -> Path:
        """The database's files from before a restore, until the restored ones have proved to open."""
        return self.root / "restore-previous"

    @property
    def groups(self) -> Path:
        """What each group of users may do; the server reads it at start."""
        return self.root / "config" / "server-groups.json"

    @property
    def exchange(self) -> Path:
        """Files handed over between the adapter and the server (bulk loads)."""
        return self.root / "exchange"


@dataclass(slots=True)
class Recovery:
    """What the database check found at the start after an unclean exit.

    Args:
        checked_at: When, ISO 8601 in UTC.
        seconds: How long it took.
        problems: One line a problem; empty means the files were whole.
    """

    checked_at: str
    seconds: float
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ServerState:
    """Content of ``server.json``.

    Args:
        phase: ``starting``, ``checking``, ``ready`` or ``failed``.
        pid: Process id of the server.
        bolt_port: Port of Bolt on loopback; 0 until ready.
        control_port: Port of the control channel on loopback; 0 until ready.
        started_at: ISO 8601 in UTC.
        error: Why the start failed.
        recovery: Set where the process before this one did not end cleanly.
    """

    phase: str
    pid: int
    started_at: str
    bolt_port: int = 0
    control_port: int = 0
    error: str | None = None
    recovery: Recovery | None = None

    def is_alive(self, root: Path) -> bool:
        """True where that process runs and is the server of the store at ``root``.

        What tells it from another process that got its id, and from the server of the folder that this one is a copy
        of, is its command and its working directory; a creation time would shift with the system's clock.
        """
        try:
            process = psutil.Process(self.pid)
            return (
                process.status() != psutil.STATUS_ZOMBIE
                and SERVER_MODULE in process.cmdline()
                and Path(process.cwd()) == root.resolve()
            )
        except (psutil.NoSuchProcess, psutil.AccessDenied):  # another user's process is none of ours
            return False

    def memory_bytes(self) -> int | None:
        """Resident memory of the process; None where it is gone."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.NoSuchProcess:
            return None

    def write(self, path: Path) -> None:
        """Replace the file at ``path`` in one step, so that a reader never sees half of it."""
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_text(json.dumps(asdict(self), indent=1) + "\n")
        temporary.replace(path)

    @classmethod
    def read(cls, path: Path) -> ServerState | None:
        """Read the file; None where there is none or it is no state of ours."""
        try:
            content: dict[str, Any] = json.loads(path.read_text())
            recovery = content.pop("recovery", None)
            known = {name: content[name] for name in cls.__dataclass_fields__ if name in content}
            return cls(**known, recovery=Recovery(**recovery) if recovery else None)
        except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError, TypeError, AttributeError):
            return None
