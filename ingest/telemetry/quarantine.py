"""The quarantine file: every row that could not be used, with its place, the reason, and the row itself."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError

COLUMNS = ("source", "row", "column", "value", "reason", "raw")


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be used.

    Args:
        source: The file it stands in.
        row: Line of a CSV (its header is line 1), row of a Parquet file (from 1).
        column: Where the reason lies; ``""`` where it is the whole row.
        value: What stands there.
        reason: Why the row cannot be used.
        raw: The row, as a line of CSV.
    """

    source: Path
    row: int
    column: str
    value: str
    reason: str
    raw: str

    @property
    def sentence(self) -> str:
        """Place, value and reason in one line."""
        what = f"{self.column} '{self.value}' " if self.column else "the row "
        return f"{self.source}:{self.row}: {what}{self.reason}"


def write(workspace: Path, run_key: str, refused: Iterable[Refused]) -> Path:
    """Write ``quarantine/<run>.csv`` of a workspace; a resumed run writes it anew.

    Returns:
        Path of the file.

    Raises:
        InputError: The workspace cannot be written to.
    """
    path = workspace / "quarantine" / f"{run_key.removeprefix('run:')}.csv"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            for row in refused:
                writer.writerow((row.source, row.row, row.column, row.value, row.reason, row.raw))
    except OSError as error:
        raise InputError(
            f"{path}: the quarantine file cannot be written ({error.strerror}). "
            "Choose another folder with --workspace; nothing was stored."
        ) from error
    return path
