"""A lake's files in an object store, through fsspec."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from ibis.backends.duckdb import Backend

from graph.errors import InputError, StoreError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

# An unreachable store is told after seconds, not minutes. Nobody's list of files is kept: others write too.
OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {"config_kwargs": {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 3}}},
}
PACKAGES = {"s3": "pip install 'atoll-kg[s3]'"}
WHAT_TO_SET = {
    "s3": "Check that the bucket exists and what AWS_ENDPOINT_URL, AWS_PROFILE (or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY) and AWS_DEFAULT_REGION say, or choose another place with ATOLL_READINGS."
}


class ObjectPlace:
    """A folder of an object store. Objects appear whole or not at all, so nothing is renamed.

    Args:
        filesystem: The store; it finds its credentials itself, so that none pass through here.
        root: URL without anything secret.
    """

    def __init__(self, filesystem: AbstractFileSystem, root: str) -> None:
        self.root: Path | str = root
        self.spill = Path(tempfile.gettempdir()) / f"atoll-spill-{uuid4().hex}"
        self._filesystem = filesystem
        self._root = root
        self._scheme, self._prefix = root.split("://", 1)

    def address(self, path: str) -> str:
        """URL of a file."""
        return f"{self._root}/{path}"

    def text(self, path: str) -> str:
        """Content of a text file."""
        with self._reached(absent_is_an_answer=True):
            return bytes(self._filesystem.cat_file(self._key(path))).decode("utf-8")

    def missing(self, paths: Sequence[str]) -> str | None:
        """The first of some files that is not there; asked once a fleet."""
        there: set[str] = set()
        for folder in {path.split("/", 1)[0] for path in paths}:
            there |= self._listed(folder)
        return next((path for path in paths if path not in there), None)

    @contextmanager
    def placed(self, path: str) -> Iterator[Path]:
        """Give a path of this machine to write to; on success upload it as one object."""
        with tempfile.TemporaryDirectory(prefix="atoll-upload-") as folder:
            temporary = Path(folder) / "file"
            yield temporary
            self.take(temporary, path)

    @contextmanager
    def workroom(self, folder: str) -> Iterator[Path]:
        """Give an empty folder of this machine."""
        try:
            with tempfile.TemporaryDirectory(prefix="atoll-incoming-") as room:
                yield Path(room)
        except StoreError:
            raise
        except OSError as error:
            raise StoreError(f"{tempfile.gettempdir()}: cannot be written ({error.strerror or error}).") from error

    def files(self) -> list[str]:
        """Paths of all files of all fleets."""
        return sorted(path for path in self._listed("") if path.startswith("fleet="))

    def local(self, path: str, folder: Path) -> Path:
        """Copy a file to this machine."""
        target = folder / f"{uuid4().hex}-{path.rsplit('/', 1)[-1]}"
        with self._reached():
            self._filesystem.get_file(self._key(path), str(target))
        return target

    def take(self, source: Path, path: str) -> None:
        """Upload a file as one object."""
        with self._reached():
            self._filesystem.put_file(str(source), self._key(path))

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files."""
        with self._reached():
            for path in paths:
                self._filesystem.rm_file(self._key(path))

    def tidy(self) -> None:
        """Nothing to do: there are no folders."""

    def join(self, connection: Backend) -> None:
        """Let a DuckDB connection read from here."""
        connection.register_filesystem(self._filesystem)

    def _key(self, path: str) -> str:
        return f"{self._prefix}/{path}" if path else self._prefix

    def _listed(self, folder: str) -> set[str]:
        """Paths of all files below a folder of the root."""
        with self._reached():
            found = self._filesystem.find(self._key(folder))
        start = len(self._prefix.strip("/")) + 1
        return {str(key).lstrip("/")[start:] for key in found}

    @contextmanager
    def _reached(self, *, absent_is_an_answer: bool = False) -> Iterator[None]:
        """Tell by name that the store cannot be reached or refuses us."""
        try:
            yield
        except Exception as error:  # each store has errors of its own, with no common base
            if absent_is_an_answer and isinstance(error, FileNotFoundError) and "specified bucket" not in str(error):
                raise
            reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
            hint = WHAT_TO_SET.get(self._scheme, "Choose another place with ATOLL_READINGS.")
            raise StoreError(f"{self._root}: the readings cannot be reached ({reason}). {hint}") from error


def open_objects(url: str) -> ObjectPlace:
    """Open the place of a URL; nothing is reached yet.

    Raises:
        InputError: The URL cannot be used, or what it needs is not installed.
    """
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InputError(
            f"ATOLL_READINGS: this {scheme}:// address holds more than a bucket and a folder. Expected "
            f"{scheme}://bucket/folder; credentials belong into the variables of the store (AWS_PROFILE, "
            "AWS_ACCESS_KEY_ID and so on)."
        )
    folder = f"{parts.netloc}{parts.path}".rstrip("/")
    if not parts.netloc or any(sign in folder for sign in "*?[]{}\\"):
        raise InputError(f"ATOLL_READINGS is '{url}': expected {scheme}://bucket/folder, without any of *?[]{{}}.")
    try:
        import fsspec

        if scheme not in fsspec.available_protocols():
            near = get_close_matches(scheme, ["s3", *fsspec.available_protocols()], n=1, cutoff=0.5)
            guess = f" Did you mean '{near[0]}://'?" if near else ""
            raise InputError(
                f"ATOLL_READINGS is '{url}': '{scheme}' is no known kind of store.{guess} Known: a folder, s3."
            )
        filesystem = fsspec.filesystem(
            scheme, skip_instance_cache=True, use_listings_cache=False, **OPTIONS.get(scheme, {})
        )
    except ImportError as error:
        install = PACKAGES.get(scheme, f"pip install '{error.name or scheme}'" if error.name else str(error))
        raise InputError(f"{url}: what reads such addresses is not installed: {install}") from error
    return ObjectPlace(filesystem, f"{scheme}://{folder}")
