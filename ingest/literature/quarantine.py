"""The quarantine file of literature: every file, statement and triple that could not be used, with its reason."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError

COLUMNS = ("source", "place", "value", "reason")


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that could not be used.

    Args:
        source: File it stands in.
        place: Page, line, characters or triple.
        value: What stands there.
        reason: Why it cannot be used.
    """

    source: str
    place: str
    value: str
    reason: str


def write(workspace: Path, refused: Sequence[Refused]) -> Path:
    """Write ``quarantine/literature-<id>.csv`` of a workspace.

    Raises:
        InputError: The workspace cannot be written to.
    """
    path = workspace / "quarantine" / f"literature-{uuid.uuid4()}.csv"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            writer.writerows((row.source, row.place, row.value, row.reason) for row in refused)
    except OSError as error:
        raise InputError(
            f"{path}: the quarantine file cannot be written ({error.strerror}). Choose another folder with --workspace."
        ) from error
    return path
