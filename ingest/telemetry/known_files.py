"""Hashes of files that were read, remembered so that a growing folder of years of days is not hashed anew every day."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

SCHEMA = "atoll-known-files/1"
NAME = "known-files.json"
# A file changed within the tick of the clock in which it was hashed would look unchanged, so none that young is kept.
SETTLED_NANOSECONDS = 2_000_000_000


class KnownFiles:
    """Hashes of files by path, size and time of the last change, in one file of the workspace.

    It only saves time: a file that is not in it, or that changed, is hashed, and a damaged one is as good as none.

    Args:
        workspace: Folder of the workspace.
    """

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / NAME
        self._files = _read(self._path)
        self._is_changed = False

    def sha256(self, path: Path) -> str | None:
        """Hash of a file's bytes, where it is known and the file has not changed since."""
        entry, state = self._files.get(str(path.absolute())), _state(path)
        return str(entry["sha256"]) if entry and state == (entry["size"], entry["mtime_ns"]) else None

    def state(self, path: Path) -> tuple[int, int] | None:
        """Size and time of the last change of a file, to be taken before it is hashed; None where it is too young."""
        state = _state(path)
        return state if state and time.time_ns() - state[1] > SETTLED_NANOSECONDS else None

    def note(self, path: Path, state: tuple[int, int] | None, sha256: str) -> None:
        """Remember the hash of a file that was in a state before it was hashed."""
        if state is None or _state(path) != state:
            return
        entry = {"size": state[0], "mtime_ns": state[1], "sha256": sha256}
        if self._files.get(str(path.absolute())) != entry:
            self._files[str(path.absolute())] = entry
            self._is_changed = True

    def save(self) -> None:
        """Write what is new; files that are gone are forgotten. Where that fails, the next run hashes again."""
        if not self._is_changed:
            return
        files = {path: entry for path, entry in self._files.items() if Path(path).exists()}
        temporary = self._path.with_name(f".{NAME}.{os.getpid()}.tmp")
        with contextlib.suppress(OSError):
            temporary.write_text(json.dumps({"schema": SCHEMA, "files": files}, indent=0), encoding="utf-8")
            temporary.replace(self._path)
            self._is_changed = False


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA:
            return {}
        return {
            str(name): {"size": int(entry["size"]), "mtime_ns": int(entry["mtime_ns"]), "sha256": str(entry["sha256"])}
            for name, entry in content["files"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
