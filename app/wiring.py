"""Builds the parts that the use-cases need: a workspace with its store and its readings."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from app.settings import Settings
from graph.errors import InputError, RefusedError
from graph.ports import GraphStore
from graph.stores import open_store

if TYPE_CHECKING:
    from graph.readings import ReadingsLake

LOCK_WAIT_SECONDS = 5.0


@dataclass(frozen=True)
class Workspace:
    """An open workspace.

    Args:
        path: Its folder.
        workspace_id: The id that its store carries too.
        store: The graph.
        settings: What it was opened with.
    """

    path: Path
    workspace_id: str
    store: GraphStore
    settings: Settings

    @cached_property
    def lake(self) -> ReadingsLake:
        """The daily readings; their engine is imported when a command first needs it."""
        from graph.readings import ReadingsLake

        elsewhere = self.settings.readings
        if elsewhere is None:
            return ReadingsLake(self.path / "readings")
        # The place may be anybody's, so the workspace writes its name there and refuses one that bears another's.
        return ReadingsLake(elsewhere, owner=self.workspace_id)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the workspace's write lock: one writing command at a time.

        Raises:
            RefusedError: Another command holds it.
        """
        lock = FileLock(self.path / "runs.lock")
        try:
            lock.acquire(timeout=LOCK_WAIT_SECONDS)
        except Timeout as error:
            raise RefusedError(
                f"{self.path}: another Atoll command is writing to this workspace. Wait until it is done; "
                "nothing was changed by this one."
            ) from error
        try:
            yield
        finally:
            lock.release()


def workspace_id(path: Path, *, create: bool = False) -> str:
    """Return the id of the workspace at ``path``, making the workspace where ``create`` says so.

    Raises:
        InputError: There is no workspace there, it cannot be written, or its ``workspace.json`` is damaged.
    """
    marker = path / "workspace.json"
    try:
        return str(json.loads(marker.read_text())["id"])
    except FileNotFoundError:
        if not create:
            raise InputError(
                f"{path}: there is no workspace here. Create one with 'atoll demo' or 'atoll ingest telemetry', "
                "or name another with --workspace."
            ) from None
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{marker}: not a workspace marker ({type(error).__name__}). Expected JSON with an 'id'; "
            "restore the file from a backup (its id stands in the store's AtollMeta node too)."
        ) from error
    except (NotADirectoryError, PermissionError) as error:
        raise InputError(f"{path}: cannot be read as a workspace folder ({error.strerror}).") from error
    new_id = str(uuid.uuid4())
    temporary = path / f".workspace-{new_id}.json"
    try:
        path.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps({"id": new_id, "created_at": datetime.now(UTC).isoformat()}) + "\n")
        try:
            marker.hardlink_to(temporary)  # atomic and exclusive: of two first commands only one makes the id
        except FileExistsError:
            return workspace_id(path)
        finally:
            temporary.unlink()
    except OSError as error:
        raise InputError(
            f"{path}: the workspace cannot be written ({error.strerror}). Choose another folder with --workspace."
        ) from error
    return new_id


def open_workspace(settings: Settings, *, create: bool = False, adopt: bool = False) -> Workspace:
    """Open the workspace and its store, starting the embedded server where none runs.

    Args:
        settings: Where it is and which store it uses.
        create: Make the workspace where there is none (commands that write).
        adopt: Take over a store that belongs to another workspace or holds foreign labels.

    Raises:
        InputError: No workspace there, or it cannot be written.
        RefusedError: The store belongs to another workspace.
        StoreError: The store cannot be reached.
    """
    identity = workspace_id(settings.workspace, create=create)
    store = open_store(
        f"embedded:{settings.workspace}" if settings.is_embedded else settings.store_url,
        workspace=settings.workspace,
        workspace_id=identity,
        username=settings.username,
        password=settings.password,
        database=settings.database,
        adopt=adopt,
    )
    return Workspace(settings.workspace, identity, store, settings)
