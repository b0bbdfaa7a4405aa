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
from graph.errors import InputError, RefusedError, nearest
from graph.ports import GraphStore
from graph.stores import open_store

if TYPE_CHECKING:
    from graph.readings import ReadingsLake
    from ingest.literature.extractors import Extractor

EXTRACTORS = ("rules", "model")

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


def extractor_named(name: str, settings: Settings, folder: Path) -> Extractor:
    """What finds the assertions of a text: ``rules``, or ``model`` for the language model that is set.

    Args:
        name: One of ``EXTRACTORS``.
        settings: Where the language model is, and most that it may cost.
        folder: Folder of the workspace; the model's answers are kept below it.

    Raises:
        InputError: The name is unknown, or no language model is set.
    """
    if name not in EXTRACTORS:
        raise InputError(f"--extractor '{name}': expected rules or model.{nearest(name, EXTRACTORS)}")
    if name == "rules":
        from ingest.literature.extractors import ByRules

        return ByRules()
    if not settings.llm_base_url or not settings.llm_model:
        missing = "ATOLL_LLM_BASE_URL" if not settings.llm_base_url else "ATOLL_LLM_MODEL"
        raise InputError(
            f"--extractor model: {missing} is not set. Expected the address of an OpenAI-compatible endpoint in "
            "ATOLL_LLM_BASE_URL (like http://127.0.0.1:8000/v1) and the name of its model in ATOLL_LLM_MODEL."
        )
    from graph.rag import LanguageModel, Limits, Price
    from ingest.literature.by_model import ByModel

    prices = (settings.llm_input_price, settings.llm_output_price)
    model = LanguageModel(
        settings.llm_base_url,
        settings.llm_model,
        settings.llm_api_key,
        settings.llm_timeout_seconds,
        price=None if prices == (None, None) else Price(prices[0] or 0.0, prices[1] or 0.0),
    )
    limits = Limits(settings.llm_max_cost, settings.llm_max_tokens)
    return ByModel(model, folder / "literature" / "answers", limits)
