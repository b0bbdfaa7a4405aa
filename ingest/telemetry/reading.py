"""From files to normalised rows on disk: look over, check the columns, read in chunks, normalise, spill."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq

from graph.errors import InputError
from ingest.telemetry.files import UNFIT, SourceFile, first_line
from ingest.telemetry.formats import Format, check_columns
from ingest.telemetry.known_files import KnownFiles
from ingest.telemetry.normalised import RawRows
from ingest.telemetry.quarantine import Refused
from ingest.telemetry.registry import required_columns
from ingest.telemetry.rows import raw_text
from ingest.telemetry.spill import Spill, place_of

Progress = Callable[[str, int, int | None], None]


@dataclass(slots=True)
class Source:
    """Files of one format that have been looked over.

    Args:
        format: Their format.
        files: Those to read.
        skipped: Those that an earlier run had read.
        refused: Why files of a folder cannot be used, a sentence each.
        num_rows: Rows read so far.
    """

    format: Format
    files: list[SourceFile]
    skipped: list[SourceFile] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    num_rows: int = 0

    @property
    def unknown_columns(self) -> list[str]:
        """Columns and fields that mean nothing to the format, over all files."""
        return sorted({name for file in self.files for name in self.format.unknown(file)})


def open_source(
    paths: Sequence[Path],
    chosen: Format,
    known: frozenset[str],
    progress: Progress,
    *,
    named: Collection[Path],
    remembered: KnownFiles | None = None,
) -> Source:
    """Look over files and sort out those that need no reading, and of a folder those that cannot be used.

    Args:
        paths: The files.
        chosen: Their format.
        known: Hashes of files that need not be read again.
        progress: Called after each file.
        named: Files that were asked for one by one; the others were found in a folder.
        remembered: Hashes of files; one that needs no reading is not even opened where its hash is remembered. None:
            all are hashed.

    Raises:
        InputError: A file that was asked for, or every file, cannot be read or is not of the format.
    """
    files: dict[str, SourceFile] = {}
    skipped, unusable = [], []
    for number, path in enumerate(paths):
        progress("look over", number, len(paths))
        sha256 = remembered.sha256(path) if remembered else None
        if sha256 and (seen := _with_settings(SourceFile(path, sha256, (), False), chosen.settings)).sha256 in known:
            skipped.append(seen)
            continue
        try:
            state = remembered.state(path) if remembered else None
            looked_over = _looked_over(path, chosen)
            if remembered:
                remembered.note(path, state, looked_over.sha256)
            file = _with_settings(looked_over, chosen.settings)
            if chosen.required:
                check_columns(chosen, required_columns(), file)
        except InputError as error:
            if path in named:
                raise
            unusable.append(str(error))
            continue
        if file.sha256 in known or file.sha256 in files:
            skipped.append(file)
        else:
            files[file.sha256] = file
    progress("look over", len(paths), len(paths))
    if not files and not skipped:
        others = f" None of the {len(paths)} files can be used." if len(paths) > 1 else ""
        raise InputError(unusable[0] + others)
    return Source(chosen, list(files.values()), skipped, unusable)


def _looked_over(path: Path, chosen: Format) -> SourceFile:
    try:
        return chosen.reader.look_over(path)
    except UNFIT as error:
        raise _unfit(path, error) from error


def _unfit(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path}: a column is of a type, or holds a value, that cannot be read ({first_line(error)}); expected text, "
        "numbers, days and times."
    )


def _with_settings(file: SourceFile, settings: str) -> SourceFile:
    """The file, known by its content and by what the options make of it."""
    if not settings:
        return file
    return replace(file, sha256=hashlib.sha256(f"{file.sha256}\n{settings}".encode()).hexdigest())


def read(source: Source, fleet: str, spill: Spill, progress: Progress) -> None:
    """Read all files of a source and spill what they hold.

    Raises:
        InputError: A file is damaged further on, or has a column of a type that cannot be read.
        RefusedError: The format refuses the file.
    """
    for number, file in enumerate(source.files):
        spill.next_file()
        try:
            for piece in source.format.reader.chunks(file):
                if isinstance(piece, RawRows):
                    source.num_rows += piece.rows.num_rows
                    spill.add(source.format.transform(piece, fleet))
                else:
                    source.num_rows += piece.num_rows
                    spill.add_rejects(piece)
                progress("read", source.num_rows, None)
        except UNFIT as error:
            raise _unfit(file.path, error) from error
        progress("files", number + 1, len(source.files))
    spill.close()


def refused(source: Source, spill: Spill, late: Mapping[int, tuple[str, str, str]]) -> Iterator[Refused]:
    """All refused rows of a source, file by file.

    Args:
        source: The source.
        spill: Holds those refused for themselves.
        late: Those refused because of other rows, by number: column, value and reason.
    """
    for path in spill.paths("rejects"):
        for batch in pq.ParquetFile(path).iter_batches():
            for record in batch.to_pylist():
                at, row = place_of(record["row"])
                yield Refused(
                    source.files[at].path, row, record["column"], record["value"], record["reason"], record["raw"]
                )
    wanted: dict[int, list[int]] = {}
    for number in late:
        wanted.setdefault(place_of(number)[0], []).append(number)
    # Their text is not kept while reading, so they are looked up once more.
    for at, numbers in sorted(wanted.items()):
        rows = {place_of(number)[1]: late[number] for number in numbers}
        for piece in source.format.reader.chunks(source.files[at]):
            if not isinstance(piece, RawRows):
                continue
            for position, row in enumerate(piece.numbers.tolist()):
                if row in rows:
                    column, value, reason = rows[row]
                    yield Refused(piece.path, row, column, value, reason, raw_text(piece.rows, position))


def is_synthetic(source: Source, metadata_key: str) -> bool | None:
    """What the files say of themselves: all synthetic, none, or None where nothing is read.

    Raises:
        InputError: Some are and some are not.
    """
    marks = {file.path: file.metadata.get(metadata_key, "").lower() == "true" for file in source.files}
    if len(set(marks.values())) > 1:
        mixed = sorted(str(path) for path, mark in marks.items() if mark)
        raise InputError(f"{mixed[0]}: is synthetic and other files are not; ingest them into fleets of their own.")
    return next(iter(marks.values()), None)
