"""Engines that compute windows from files of readings: the same expressions, on this machine or on a Spark cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from graph.errors import InputError
from graph.windows.latest import latest_windows

DUCKDB, SPARK = "duckdb", "spark"
ENGINES = (DUCKDB, SPARK)
LOCAL_SPARK = "local[*]"


class WindowEngine(AbstractContextManager["WindowEngine"], Protocol):
    """What computes windows; closed at the end of its ``with`` block."""

    name: str
    # False where the engine's own processes cannot open what the lake's URL names.
    reads_urls: bool

    def readings(self, files: Sequence[str]) -> ir.Table:
        """Parquet files of the lake as one table, columns united by name."""

    def write(self, table: ir.Table, folder: Path) -> None:
        """Write a table's rows to Parquet files in a folder that is not there yet."""


class DuckDBEngine(AbstractContextManager["DuckDBEngine"]):
    """DuckDB, in this process.

    Args:
        connection: Where to compute; it stays open.
    """

    name = DUCKDB
    reads_urls = True

    def __init__(self, connection: Backend) -> None:
        self._connection = connection

    def readings(self, files: Sequence[str]) -> ir.Table:
        """Parquet files as one table, columns united by name."""
        names = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        view = f"window_readings_{uuid4().hex}"
        # Not by Ibis' read_parquet, which fetches an extension for URLs although the connection can open them.
        self._connection.raw_sql(
            f"CREATE TEMP VIEW {view} AS FROM read_parquet([{names}], union_by_name = true, hive_partitioning = false)"
        )
        return self._connection.table(view)

    def write(self, table: ir.Table, folder: Path) -> None:
        """Write a table's rows to one Parquet file in a new folder."""
        folder.mkdir(parents=True)
        # An expression of tables in memory alone would else be computed on a connection of Ibis' own.
        self._connection.to_parquet(table, str(folder / "windows.parquet"))

    def __exit__(self, *exception: object) -> None:
        """Leave the connection to its owner."""


def open_engine(name: str, connection: Backend, *, spark_master: str = LOCAL_SPARK) -> WindowEngine:
    """Open an engine by name.

    Args:
        name: ``duckdb`` or ``spark``.
        connection: DuckDB connection of the lake, for the engine of that name.
        spark_master: Where Spark runs: ``local[*]`` for the cores of this machine, or a cluster's address.

    Raises:
        InputError: There is no such engine, or what it needs is not installed.
    """
    if name == DUCKDB:
        return DuckDBEngine(connection)
    if name == SPARK:
        from graph.windows.spark import open_spark

        return open_spark(spark_master)
    near = get_close_matches(name, ENGINES, n=1)
    guess = f" Did you mean '{near[0]}'?" if near else ""
    raise InputError(f"Engine '{name}' is not known.{guess} Known: {', '.join(ENGINES)}.")


def write_latest_windows(
    engine: WindowEngine,
    files: Sequence[str],
    folder: Path,
    *,
    days: int = 30,
    drives: pa.Table | None = None,
    prepare: Callable[[ir.Table], ir.Table] | None = None,
) -> list[str]:
    """Compute the latest window of each drive and write them as Parquet.

    Whichever engine does it, the windows have the same content hashes, and measures that differ at most in the last
    digits of a float.

    Args:
        engine: Who computes.
        files: Parquet files of the lake, as the lake lists them; at least one.
        folder: Where to write; not there yet. On a cluster it must be a place that all its machines share.
        days: Length of the windows.
        drives: Column ``drive_key``: the drives to compute windows of; None for all.
        prepare: What to do with the readings before.

    Returns:
        The files written.
    """
    readings = engine.readings(files)
    if drives is not None:
        readings = readings.semi_join(ibis.memtable(drives.select(["drive_key"])), "drive_key")
    if prepare is not None:
        readings = prepare(readings)
    engine.write(latest_windows(readings, days=days), folder)
    return sorted(map(str, folder.glob("*.parquet")))
