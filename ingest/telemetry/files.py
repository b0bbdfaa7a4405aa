"""Source files: looked over before they are parsed, then read in chunks of bounded memory."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from graph.errors import InputError
from ingest.telemetry.normalised import REJECTS, RawRows, table

MAX_LINE_BYTES = 1 << 20
BLOCK_BYTES = 8 << 20
PARQUET_ROWS = 100_000
# What Arrow raises for a column of a type, or with a value, that cannot be brought into the form that is needed.
UNFIT = (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OverflowError)
PACKED_SUFFIXES = (".gz", ".zip")
PACKED = {b"\x1f\x8b": "gzip-compressed", b"PK\x03\x04": "a zip archive"}  # by their first bytes
EMPTY_LINES = b'\r\n,"'  # what lines without a value are made of


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that has been looked over.

    Args:
        path: Where it is.
        sha256: Hash of its bytes; the same content is the same source whatever its name.
        columns: Its header, in order; empty where the file is no table.
        is_parquet: Parquet, else text.
        metadata: Key-value metadata of a Parquet file; empty for others.
        unread: Fields of a file that is no table which mean nothing to its format and were kept out.
        notes: What the report should say of this file, a sentence each.
    """

    path: Path
    sha256: str
    columns: tuple[str, ...]
    is_parquet: bool
    metadata: dict[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """How files of some kind are read.

    Args:
        suffixes: Of a folder, the files that count (lower case, with the point).
        look_over: Hashes a file and makes sure that it can be read in bounded memory; raises ``InputError``.
        chunks: Reads a file piece by piece, always in the same pieces: its rows as they stand there, and a table of
            schema ``REJECTS`` for what is no row.
    """

    suffixes: tuple[str, ...]
    look_over: Callable[[Path], SourceFile]
    chunks: Callable[[SourceFile], Iterator[RawRows | pa.Table]]


def expand(paths: Sequence[Path], suffixes: tuple[str, ...] = (".csv", ".parquet")) -> list[Path]:
    """Files named by paths; of a folder those directly in it with one of the suffixes, in the order of their names.

    Raises:
        InputError: A path does not exist, or a folder holds no such file (perhaps compressed ones).
    """
    found: list[Path] = []
    for path in paths:
        try:
            if path.is_dir():
                inside = sorted(file for file in path.iterdir() if file.suffix.lower() in suffixes and file.is_file())
                if not inside:
                    packed = next(
                        (file for file in sorted(path.iterdir()) if file.suffix.lower() in PACKED_SUFFIXES), None
                    )
                    hint = f" {packed.name} is compressed: unpack it first." if packed else ""
                    raise InputError(f"{path}: this folder holds no {_either(suffixes)} file.{hint}")
                found += inside
            elif path.exists():
                found.append(path)
            else:
                raise InputError(f"{path}: there is no such file or folder.")
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    if not found:
        raise InputError(f"No file given: name a file, or a folder of {_either(suffixes)} files.")
    return list(dict.fromkeys(found))


def _either(suffixes: tuple[str, ...]) -> str:
    return " or ".join(filter(None, [", ".join(suffixes[:-1]), suffixes[-1]]))


def check_packed(path: Path, begin: bytes) -> None:
    """Make sure from its first bytes that a file is not compressed.

    Raises:
        InputError: It is.
    """
    for magic, what in PACKED.items():
        if begin.startswith(magic):
            raise InputError(f"{path}: is {what}: unpack it first.")


def check_text(path: Path, begin: bytes) -> None:
    """Make sure from its first bytes that a file is neither compressed nor UTF-16.

    Raises:
        InputError: It is.
    """
    check_packed(path, begin)
    if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(f"{path}: is UTF-16, as PowerShell's > writes it; save it as UTF-8 (Out-File -Encoding utf8).")


def look_over(path: Path, separator: str = ",") -> SourceFile:
    """Hash a file, make sure that it can be parsed in bounded memory, and read its header.

    Raises:
        InputError: It cannot be read, is empty or has no rows, is compressed, is neither UTF-8 text nor Parquet, or
            has a line that is too long.
    """
    try:
        with path.open("rb") as stream:
            begin = stream.read(4)
        is_parquet = begin == b"PAR1"
        check_packed(path, begin)
        digest = _digest(path, as_text=not is_parquet)
        if is_parquet:
            file = pq.ParquetFile(path)
            raw = file.schema_arrow.metadata or {}
            metadata = {key.decode(errors="replace"): value.decode(errors="replace") for key, value in raw.items()}
            columns, has_rows = tuple(file.schema_arrow.names), file.metadata.num_rows > 0
        else:
            metadata, columns, has_rows = {}, _header(path, separator), _has_rows(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: begins like a Parquet file but is damaged ({first_line(error)}).") from error
    except csv.Error as error:
        raise InputError(f"{path}:1: is no header of a table ({first_line(error)}).") from error
    doubled = sorted({name for name in columns if columns.count(name) > 1})
    if doubled:
        raise InputError(f"{path}:1: column '{doubled[0]}' stands there more than once; name each column once.")
    if not has_rows:
        raise InputError(f"{path}: has a header but no rows.")
    return SourceFile(path, digest, columns, is_parquet, metadata)


def columns_of(path: Path) -> tuple[str, ...]:
    """Columns of a table by a look at its beginning; none where it is no table that can be read."""
    try:
        with path.open("rb") as stream:
            is_parquet = stream.read(4) == b"PAR1"
        return tuple(pq.ParquetFile(path).schema_arrow.names) if is_parquet else _header(path)
    except (OSError, ValueError, csv.Error):  # a damaged Parquet file and text that is not UTF-8 are ValueErrors too
        return ()


def chunks(file: SourceFile, separator: str = ",") -> Iterator[RawRows | pa.Table]:
    """Read a file piece by piece.

    Yields:
        Rows as they stand there; and for lines that have too few or too many fields a table of schema ``REJECTS``.

    Raises:
        InputError: The file is damaged further on.
    """
    try:
        yield from _parquet_chunks(file) if file.is_parquet else _csv_chunks(file, separator)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{file.path}: cannot be read to its end ({first_line(error)}).") from error


def _digest(path: Path, *, as_text: bool) -> str:
    """Hash a file; of text, check the encoding and the length of every line on the way."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    num_bytes = line = begun = 0
    with path.open("rb") as stream:
        while block := stream.read(MAX_LINE_BYTES):
            digest.update(block)
            num_bytes += len(block)
            if not as_text:
                continue
            if b"\0" in block:
                at = line + 1 + block[: block.index(b"\0")].count(b"\n")
                raise InputError(f"{path}:{at}: holds NUL bytes; expected CSV text (UTF-8) or Parquet.")
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                at = line + 1 + block[: error.start].count(b"\n")
                raise InputError(f"{path}:{at}: is not UTF-8 text; save the file as UTF-8 CSV or Parquet.") from None
            line, begun = _check_lines(path, block, line, begun)
    if not num_bytes:
        raise InputError(f"{path}: is empty; expected CSV with a header, or Parquet.")
    return digest.hexdigest()


def _check_lines(path: Path, block: bytes, line: int, begun: int) -> tuple[int, int]:
    """Length check of the lines of a block; returns lines ended so far and bytes of the line begun."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    lengths = np.diff(ends, prepend=-1 - begun, append=len(block)) - 1  # without the newline
    too_long = np.flatnonzero(lengths > MAX_LINE_BYTES)
    if len(too_long):
        raise InputError(
            f"{path}:{line + int(too_long[0]) + 1}: this line is longer than {MAX_LINE_BYTES:,} bytes; "
            "expected CSV with one row a line."
        )
    return line + len(ends), int(lengths[-1])


def _header(path: Path, separator: str = ",") -> tuple[str, ...]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = next(csv.reader([stream.readline().rstrip("\r\n")], delimiter=separator), [])
    return tuple(name.strip() for name in header)


def _has_rows(path: Path) -> bool:
    """Whether anything but empty lines follows the header."""
    with path.open("rb") as stream:
        stream.readline()
        return any(block.strip(EMPTY_LINES) for block in iter(lambda: stream.read(MAX_LINE_BYTES), b""))


def _parquet_chunks(file: SourceFile) -> Iterator[RawRows]:
    first = 1
    for batch in pq.ParquetFile(file.path).iter_batches(batch_size=PARQUET_ROWS):
        yield RawRows(file.path, pa.table(batch), np.arange(first, first + batch.num_rows, dtype=np.int64))
        first += batch.num_rows


def _csv_chunks(file: SourceFile, separator: str) -> Iterator[RawRows | pa.Table]:
    ragged: list[pa_csv.InvalidRow] = []

    def keep(row: pa_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    reader = pa_csv.open_csv(
        file.path,
        # One thread, because only then pyarrow tells the line of a ragged row.
        read_options=pa_csv.ReadOptions(
            block_size=BLOCK_BYTES, use_threads=False, column_names=list(file.columns), skip_rows=1
        ),
        parse_options=pa_csv.ParseOptions(delimiter=separator, invalid_row_handler=keep, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in file.columns}, strings_can_be_null=False
        ),
    )
    num_before = 0
    for batch in reader:
        # Ragged lines were left out: shift the lines of what follows them by how many stood before.
        skipped = np.array(sorted(row.number for row in ragged), np.int64) - np.arange(len(ragged)) - 2
        index = np.arange(num_before, num_before + batch.num_rows, dtype=np.int64)
        lines = index + 2 + np.searchsorted(skipped, index, side="right")
        num_before += batch.num_rows
        rows = pa.table(batch)
        filled = _filled(rows)
        yield RawRows(file.path, rows.filter(pa.array(filled)), lines[filled])
    if not num_before:  # so that even of a file without a usable line the tables are known
        nothing = pa.table({name: pa.array([], pa.string()) for name in file.columns})
        yield RawRows(file.path, nothing, np.array([], np.int64))
    if ragged:
        yield _refused(ragged)


def _filled(rows: pa.Table) -> np.ndarray:
    """Mask of the rows that are no empty lines."""
    filled = np.zeros(rows.num_rows, bool)
    for column in rows.columns:
        filled |= pc.not_equal(column, "").to_numpy().astype(bool)  # of no rows at all it is of no type
        if filled.all():
            break
    return filled


def _refused(ragged: list[pa_csv.InvalidRow]) -> pa.Table:
    reasons = [f"has {row.actual_columns} fields, the header has {row.expected_columns}" for row in ragged]
    content = {
        "row": [row.number for row in ragged],
        "column": [""] * len(ragged),
        "value": [""] * len(ragged),
        "reason": reasons,
        "raw": [row.text for row in ragged],
    }
    return table(REJECTS, content, len(ragged))


TABLE_READER = Reader((".csv", ".parquet"), look_over, chunks)


def first_line(error: BaseException) -> str:
    """What an error says, without the lines behind that tell how it came about."""
    return (str(error).splitlines() or [type(error).__name__])[0]
