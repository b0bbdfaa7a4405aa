"""Normalised rows on disk: written chunk by chunk, so that a source of any size needs the memory of one chunk."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.telemetry.normalised import Normalised

# Row numbers of all files of a source in one int64: the file's place above, the row below.
ROW_BITS = 40
TABLES = ("drives", "placements", "failures", "readings", "intervals", "rejects")


class Spill:
    """Parquet files of one source, one for each table and file of the source.

    Args:
        folder: An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._file = -1
        self.num_rejects = 0

    def next_file(self) -> None:
        """Close the files of the one source file and begin those of the next."""
        self.close()
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
        """Finish the files that are open."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def _append(self, name: str, content: pa.Table) -> None:
        rows = content.column("row").to_numpy() + (self._file << ROW_BITS)
        content = content.set_column(content.column_names.index("row"), "row", pa.array(rows, pa.int64()))
        if name not in self._writers:
            path = self._folder / f"{name}-{self._file:06d}.parquet"
            self._writers[name] = pq.ParquetWriter(path, content.schema, compression="lz4")
        self._writers[name].write_table(content)


def place_of(row: int) -> tuple[int, int]:
    """File (from 0) and line or row of a row number of the whole source."""
    return row >> ROW_BITS, row & ((1 << ROW_BITS) - 1)
