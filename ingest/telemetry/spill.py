"""Normalised rows on disk: written chunk by chunk, so that a source of any size needs the memory of one chunk."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.telemetry.normalised import SCHEMAS, Normalised

# Row numbers of all files of a source in one int64: the file's place above, the row below.
ROW_BITS = 40
ROWS_TO_WRITE = 50_000  # what is kept in memory of each table, so that thousands of tiny files make few Parquet files


class Spill:
    """Parquet files of one source, some for each table.

    Args:
        folder: An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: dict[str, list[pa.Table]] = {}
        self._num_waiting: dict[str, int] = {}
        self._num_written = 0
        self._file = -1
        self.num_rejects = 0

    def next_file(self) -> None:
        """Begin the next source file."""
        self._file += 1

    def add(self, rows: Normalised) -> None:
        """Append normalised rows of the current file."""
        for name, content in rows.tables().items():
            self._append(name, content)
        self.add_rejects(rows.rejects)

    def add_rejects(self, rejects: pa.Table) -> None:
        """Append refused rows of the current file."""
        self.num_rejects += rejects.num_rows
        self._append("rejects", rejects)

    def paths(self, name: str) -> list[Path]:
        """Files of one table, in the order of the source's files."""
        return sorted(self._folder.glob(f"{name}-*.parquet"))

    def close(self) -> None:
        """Write what is still in memory, and an empty file of each table of which there is none."""
        for name, schema in SCHEMAS.items():
            if name not in self._num_waiting:
                self._waiting[name] = [schema.empty_table()]
            if name in self._waiting:
                self._write(name)

    def _append(self, name: str, content: pa.Table) -> None:
        rows = content.column("row").to_numpy() + (self._file << ROW_BITS)
        content = content.set_column(content.column_names.index("row"), "row", pa.array(rows, pa.int64()))
        self._waiting.setdefault(name, []).append(content)
        self._num_waiting[name] = self._num_waiting.get(name, 0) + content.num_rows
        if self._num_waiting[name] >= ROWS_TO_WRITE:
            self._write(name)

    def _write(self, name: str) -> None:
        """Write the waiting rows of one table; files may differ in their columns, so the columns are united."""
        content = pa.concat_tables(self._waiting.pop(name), promote_options="default")
        self._num_waiting[name] = 0
        pq.write_table(content, self._folder / f"{name}-{self._num_written:06d}.parquet", compression="lz4")
        self._num_written += 1


def place_of(row: int) -> tuple[int, int]:
    """File (from 0) and line or row of a row number of the whole source."""
    return row >> ROW_BITS, row & ((1 << ROW_BITS) - 1)
