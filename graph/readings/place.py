"""Where a lake's files lie: a folder of this machine, or an object store."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from ibis.backends.duckdb import Backend

from graph.errors import StoreError

URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://.*")


class Place(Protocol):
    """The files of a lake; all paths are relative to its root, with ``/`` between their parts."""

    root: Path | str
    # Where DuckDB may put what does not fit into memory.
    spill: Path

    def address(self, path: str) -> str:
        """Full path or URL of a file, as DuckDB reads it."""

    def text(self, path: str) -> str:
        """Content of a text file.

        Raises:
            FileNotFoundError: It is not there.
        """

    def missing(self, paths: Sequence[str]) -> str | None:
        """The first of some files that is not there; None where all are."""

    def placed(self, path: str) -> AbstractContextManager[Path]:
        """Give a path of this machine to write to; on success the file stands whole at ``path``, else nothing does.

        Raises:
            StoreError: The place cannot be written to.
        """

    def workroom(self, folder: str) -> AbstractContextManager[Path]:
        """Give an empty folder of this machine; it is gone afterwards."""

    def files(self) -> list[str]:
        """Paths of all files of all fleets, those included that a killed run left half-written."""

    def local(self, path: str, folder: Path) -> Path:
        """A file as one of this machine: itself, or its copy in ``folder``."""

    def take(self, source: Path, path: str) -> None:
        """Put a file of this machine, which nobody changes any more, at ``path``."""

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files."""

    def tidy(self) -> None:
        """Remove folders that nothing is in, and those of killed runs."""

    def join(self, connection: Backend) -> None:
        """Let a DuckDB connection read from here."""


class FolderPlace:
    """A folder of this machine.

    Args:
        root: The folder; made by the first that writes.
    """

    def __init__(self, root: Path) -> None:
        self.root: Path | str = root
        self.spill = root / ".spill"
        self._root = root

    def address(self, path: str) -> str:
        """Full path of a file."""
        return str(self._root / path)

    def text(self, path: str) -> str:
        """Content of a text file."""
        return (self._root / path).read_text(encoding="utf-8")

    def missing(self, paths: Sequence[str]) -> str | None:
        """The first of some files that is not there."""
        return next((path for path in paths if not (self._root / path).is_file()), None)

    @contextmanager
    def placed(self, path: str) -> Iterator[Path]:
        """Give a temporary path to write to; on success flush it to the disk and rename it to ``path``."""
        target = self._root / path
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

    @contextmanager
    def workroom(self, folder: str) -> Iterator[Path]:
        """Give an empty folder beside the files, so that it is on the same disk."""
        room = self._root / folder / f".incoming-{uuid4().hex}"
        try:
            room.mkdir(parents=True)
            yield room
        except StoreError:  # is an OSError too, and has said what there is to say
            raise
        except OSError as error:
            raise StoreError(f"{self._root}: cannot be written ({error.strerror or error}).") from error
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def files(self) -> list[str]:
        """Paths of all files of all fleets."""
        found = [*self._root.glob("fleet=*/*"), *self._root.glob("fleet=*/month=*/*")]
        return sorted(path.relative_to(self._root).as_posix() for path in found if path.is_file())

    def local(self, path: str, folder: Path) -> Path:
        """The file itself."""
        return self._root / path

    def take(self, source: Path, path: str) -> None:
        """Link a file here, or copy it."""
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.hardlink_to(source)
        except OSError:  # another file system, or one without links
            with self.placed(path) as temporary:
                shutil.copy2(source, temporary)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files."""
        for path in paths:
            (self._root / path).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove folders that nothing is in, and those of killed runs."""
        for folder in self._root.glob("fleet=*/.incoming-*"):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in [*self._root.glob("fleet=*/month=*"), *self._root.glob("fleet=*")]:
            if not any(folder.iterdir()):
                folder.rmdir()

    def join(self, connection: Backend) -> None:
        """Nothing to do: DuckDB reads folders by itself."""


def open_place(root: Path | str) -> Place:
    """The place of a name.

    Args:
        root: A folder, or the URL of one in an object store, such as ``s3://bucket/prefix``.

    Raises:
        InputError: The URL cannot be used, or what it needs is not installed.
    """
    if isinstance(root, Path) or not URL.fullmatch(root):
        return FolderPlace(Path(root).expanduser().absolute())
    if root.lower().startswith("file://"):
        return FolderPlace(Path(unquote(urlsplit(root).path)))
    from graph.readings.objects import open_objects

    return open_objects(root)


def _flush(path: Path) -> None:
    """Ask the system to put a file or a folder's list of names on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
