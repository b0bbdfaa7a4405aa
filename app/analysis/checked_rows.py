"""Rows of telemetry files as an ingest checks and normalises them, for work that needs them one by one and no store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from app.analysis.rules.base import Progress
from graph.errors import InputError
from ingest.telemetry.files import expand
from ingest.telemetry.formats import Format
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.reading import open_source

FLEET = "file"  # part of every key; nothing is stored under it
NUM_REJECTIONS_TOLD = 5


@dataclass
class CheckedRows:
    """What some files of one format hold.

    Args:
        pieces: Rows as they stand there, beside what they were normalised to.
        rows_read: Rows read.
        rows_rejected: Rows that could not be used.
        rejections: Sentences on the first of them, each with place, value and reason.
        sha256: Hash over the files.
    """

    pieces: list[tuple[RawRows, Normalised]] = field(default_factory=list)
    rows_read: int = 0
    rows_rejected: int = 0
    rejections: list[str] = field(default_factory=list)
    sha256: str = ""


def checked_rows(
    paths: Sequence[Path],
    chosen: Format,
    progress: Progress | None = None,
    prepare: Callable[[RawRows], RawRows] | None = None,
) -> CheckedRows:
    """Read files with the checks of an ingest.

    Args:
        paths: Files, or folders of them.
        chosen: Their format.
        progress: Called with a stage, what is done and of how much (None: unknown).
        prepare: Changes rows before they are checked.

    Raises:
        InputError: A file cannot be read or is not of the format, or no row of it can be used.
        RefusedError: The format refuses the file.
    """
    tell = progress or (lambda stage, done, total: None)
    files = expand([Path(path) for path in paths], chosen.reader.suffixes)
    source = open_source(files, chosen, frozenset(), tell, named={Path(path) for path in paths})
    found = CheckedRows(sha256=hashlib.sha256("\n".join(file.sha256 for file in source.files).encode()).hexdigest())
    for file in source.files:
        for piece in chosen.reader.chunks(file):
            if isinstance(piece, RawRows):
                content = chosen.transform(prepare(piece) if prepare else piece, FLEET)
                found.pieces.append((piece, content))
                found.rows_read += piece.rows.num_rows
                _note(found, file.path, content.rejects)
            else:
                found.rows_read += piece.num_rows
                _note(found, file.path, piece)
            tell("read", found.rows_read, None)
    if found.rows_rejected == found.rows_read:
        why = f" The first: {found.rejections[0]}" if found.rejections else ""
        raise InputError(f"{files[0]}: no row can be used ({found.rows_read:,} read).{why}")
    return found


def _note(found: CheckedRows, path: Path, rejects: pa.Table) -> None:
    found.rows_rejected += rejects.num_rows
    for row in rejects.slice(0, NUM_REJECTIONS_TOLD - len(found.rejections)).to_pylist():
        what = f"{row['column']} '{row['value'][:60]}' " if row["column"] else ""
        found.rejections.append(f"{path}:{row['row']}: {what}{row['reason']}")
