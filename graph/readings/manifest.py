"""Manifests: which Parquet files of the lake belong together, and how a file is put in place safe from crashes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from graph.errors import StoreError

SCHEMA = "atoll-readings-manifest/1"


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One Parquet file of the lake.

    Args:
        path: Relative to the lake's root.
        month: ``YYYY-MM`` of its readings; ``""`` for the file of observation intervals.
        num_rows: Rows in it.
    """

    path: str
    month: str
    num_rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files that make up the readings of one fleet after one run.

    Args:
        run: Key of the run that wrote it.
        fleet: Name of the fleet.
        base: Path of the manifest it was built on, or None.
        files: Readings, in the order of months.
        intervals: File of the observation intervals, or None.
    """

    run: str
    fleet: str
    base: str | None
    files: tuple[LakeFile, ...]
    intervals: LakeFile | None = None

    def paths(self) -> list[str]:
        """Paths of all its files, relative to the lake's root."""
        return [file.path for file in (*self.files, *((self.intervals,) if self.intervals else ()))]

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1)

    @classmethod
    def read(cls, root: Path, path: str) -> Manifest:
        """Read a manifest.

        Raises:
            StoreError: It is missing or damaged, or a file it lists is missing.
        """
        try:
            content = json.loads((root / path).read_text(encoding="utf-8"))
            if content.pop("schema") != SCHEMA:
                raise ValueError("unknown schema")
            files = tuple(LakeFile(**file) for file in content.pop("files"))
            intervals = content.pop("intervals")
            manifest = cls(**content, files=files, intervals=LakeFile(**intervals) if intervals else None)
        except FileNotFoundError as error:
            raise StoreError(f"{root / path}: the manifest of the readings is missing; restore a backup.") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(f"{root / path}: the manifest of the readings is damaged; restore a backup.") from error
        for file in manifest.paths():
            if not (root / file).is_file():
                raise StoreError(f"{root / file}: this file of the readings is missing; restore a backup.")
        return manifest

    def write(self, root: Path, path: str) -> None:
        """Put the manifest in place; either all of it is there afterwards or nothing."""
        with placed(root / path) as temporary:
            temporary.write_text(self.dumps(), encoding="utf-8")


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """Give a temporary path to write to; on success flush it to the disk and rename it to ``target``.

    Raises:
        StoreError: The folder cannot be written to.
    """
    temporary = target.with_name(f".{target.name}.{uuid4().hex}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _flush(temporary)
        temporary.replace(target)
        # A name is durable once its folder is; month, fleet and lake folders may be new as well.
        for folder in list(target.parents)[:3]:
            _flush(folder)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written ({error.strerror or error}).") from error
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Ask the system to put a file or a folder's list of names on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
