"""Copies of the readings for backups; files of the lake are never changed in place, so a hard link is a copy."""

from __future__ import annotations

import tempfile
from pathlib import Path

from graph.errors import InputError, StoreError
from graph.readings.place import open_place


def copy_readings(source: Path | str, target: Path | str) -> int:
    """Bring every file of one lake into another that the other lacks; nothing is replaced or removed.

    A restore adds the backup's files first and the graph then decides which of them count, so that a restore killed
    in between has lost nothing.

    Args:
        source: Folder or URL of a lake, or of its copy.
        target: Folder or URL of the other; a folder is made where it is not there.

    Returns:
        How many files were added.

    Raises:
        InputError: ``target`` cannot be written.
        StoreError: An object store cannot be reached.
    """
    origin, other = open_place(source), open_place(target)
    added = 0
    try:
        if isinstance(other.root, Path):
            other.root.mkdir(parents=True, exist_ok=True)
        there = set(other.files())
        # Manifests last: wherever one stands, all it lists is there too.
        for path in sorted(origin.files(), key=lambda path: (path.endswith(".json"), path)):
            if path in there:
                continue
            with tempfile.TemporaryDirectory(prefix="atoll-copy-") as folder:
                other.take(origin.local(path, Path(folder)), path)
            added += 1
    except StoreError:  # is an OSError too, and has said what there is to say
        raise
    except OSError as error:
        raise InputError(f"{target}: the copy of the readings cannot be written ({error.strerror}).") from error
    return added
