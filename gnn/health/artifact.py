"""A trained predictor as files: ``model.json`` with its checksum, and the model card beside it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

from gnn.health.card import ModelCard
from gnn.health.predictor import RiskPredictor
from graph.errors import InputError, StoreError

FOLDER = "models"
MODEL_FILE, CARD_FILE, CARD_PAGE = "model.json", "card.json", "card.md"
SCHEMA = "atoll-risk-model/1"


def model_text(predictor: RiskPredictor) -> str:
    """All that a predictor learnt, as JSON; the same predictor gives the same text."""
    return json.dumps({"schema": SCHEMA, **predictor.state()}, sort_keys=True, allow_nan=False, indent=1)


def model_sha256(text: str) -> str:
    """Hash of a model's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def save(workspace: Path, run: str, text: str, card: ModelCard) -> Path:
    """Write the files of a model run; either all of them stand there afterwards or none.

    Args:
        workspace: Folder of the workspace.
        run: Key of the model run.
        text: As ``model_text`` gives it.
        card: Its card.

    Returns:
        The folder.

    Raises:
        StoreError: It cannot be written.
    """
    folder = folder_of(workspace, run)
    temporary = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    try:
        temporary.mkdir(parents=True)
        for name, content in (
            (MODEL_FILE, text),
            (CARD_FILE, json.dumps(card.to_json(), indent=1, allow_nan=False)),
            (CARD_PAGE, card.to_markdown()),
        ):
            path = temporary / name
            path.write_text(content, encoding="utf-8")
            with path.open("rb") as written:
                os.fsync(written.fileno())
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    except OSError as error:
        raise StoreError(f"{folder}: the model cannot be written ({error.strerror or error}).") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def load(workspace: Path, run: str, sha256: str) -> RiskPredictor:
    """Read the predictor of a model run.

    Args:
        workspace: Folder of the workspace.
        run: Key of the model run.
        sha256: What its file must hash to, as the graph holds it.

    Raises:
        StoreError: The file is missing or not the one that was trained.
    """
    path = folder_of(workspace, run) / MODEL_FILE
    again = "Restore a backup or train again with 'atoll train risk'."
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path}: the model of {run} cannot be read ({error.strerror}). {again}") from error
    if model_sha256(text) != sha256:
        raise StoreError(f"{path}: the file is not the one that {run} trained (its checksum differs). {again}")
    content: dict[str, Any] = json.loads(text)
    try:
        if content.pop("schema") != SCHEMA:
            raise ValueError(SCHEMA)
        return RiskPredictor.restore(content)
    except (KeyError, ValueError, TypeError) as error:
        raise StoreError(
            f"{path}: written by another version of Atoll, which kept models in another form. "
            "Train again with 'atoll train risk'."
        ) from error


def cards(workspace: Path) -> list[ModelCard]:
    """Cards of all models of a workspace, newest first.

    Raises:
        InputError: A card is damaged.
    """
    found = []
    for path in sorted((workspace / FOLDER).glob(f"[!.]*/{CARD_FILE}")):
        try:
            found.append(ModelCard.from_json(json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path}: the model card is damaged ({type(error).__name__}). Train again with 'atoll train risk'."
            ) from error
    return sorted(found, key=lambda card: (card.trained_at, card.run), reverse=True)


def folder_of(workspace: Path, run: str) -> Path:
    """Folder of a model run's files."""
    return workspace / FOLDER / run.removeprefix("model-run:")
