"""Copies of the readings for backups; files of the lake are never changed in place, so a hard link is a copy."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from graph.errors import InputError


def copy_readings(source: Path, target: Path) -> int:
    """Bring every file of one lake into another that the other lacks; nothing is replaced or removed.

    A restore adds the backup's files first and the graph then decides which of them count, so that a restore killed
    in between has lost nothing.

    Args:
        source: Folder of a lake, or of its copy.
        target: Folder of the other; made where it is not there.

    Returns:
        How many files were added.

    Raises:
        InputError: ``target`` cannot be written.
    """
    added = 0
    try:
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted(source.glob("fleet=*/**/*")):
            place = target / path.relative_to(source)
            if not path.is_file() or place.exists():
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(path, place)
            except OSError:  # another file system, or one without links
                shutil.copy2(path, place)
            added += 1
    except OSError as error:
        raise InputError(f"{target}: the copy of the readings cannot be written ({error.strerror}).") from error
    return added
