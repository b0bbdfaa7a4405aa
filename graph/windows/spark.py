"""Spark as an engine for windows: through Ibis, on the cores of this machine or on a cluster."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import ibis
import ibis.expr.types as ir

from graph.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = re.compile(r"local(\[[\d*,]+\])?|local-cluster\[.+\]|spark://.+|k8s://.+|yarn")
MEMORY_ON_THIS_MACHINE = "2g"
# Hadoop's name for what everyone else calls s3.
SCHEMES = {"s3": "s3a"}


class SparkEngine(AbstractContextManager["SparkEngine"]):
    """A Spark session.

    Args:
        session: The session.
        is_local: True where Spark runs on this machine alone.
        folder: Of this session's own files; removed at the end. None for a session that somebody else started, which
            stays open.
    """

    name = "spark"

    def __init__(self, session: SparkSession, *, is_local: bool, folder: Path | None) -> None:
        self.session = session
        self.reads_urls = not is_local
        self._folder = folder
        self._backend = ibis.pyspark.connect(session)

    def readings(self, files: Sequence[str]) -> ir.Table:
        """Parquet files as one table, columns united by name.

        Raises:
            InputError: The files lie in an object store that this Spark has no driver for.
        """
        reader = self.session.read.options(
            mergeSchema="true",
            recursiveFileLookup="true",  # takes no columns from the names of folders
            __globPaths__="false",  # a bracket in a folder's name is a bracket
        )
        view = f"readings_{uuid4().hex}"
        try:
            reader.parquet(*map(_spark_address, files)).createOrReplaceTempView(view)
        except Exception as error:
            if "ClassNotFoundException" in str(error) or "UNSUPPORTED_FILE_SYSTEM" in str(error).upper():
                raise InputError(
                    f"{files[0]}: this Spark has no driver for such addresses. Start it with the package "
                    "org.apache.hadoop:hadoop-aws (spark.jars.packages), or use --engine duckdb."
                ) from error
            raise
        return self._backend.table(view)

    def write(self, table: ir.Table, folder: Path) -> None:
        """Write a table's rows to Parquet files in a new folder."""
        self._backend.to_parquet(table, f"file:{folder.absolute()}")

    def __exit__(self, *exception: object) -> None:
        """Stop the session, if it is ours."""
        if self._folder is not None:
            self.session.stop()
            shutil.rmtree(self._folder, ignore_errors=True)


def open_spark(master: str) -> SparkEngine:
    """Start Spark, or join the session that this process already has.

    Args:
        master: ``local[*]``, ``spark://host:7077``, ``yarn`` or ``k8s://…``.

    Raises:
        InputError: The address is none, or PySpark or Java is not installed, or Spark does not start.
    """
    if not MASTER.fullmatch(master):
        raise InputError(
            f"ATOLL_SPARK_MASTER is '{master}'; expected local[*], spark://HOST:7077, yarn or k8s://HOST:PORT."
        )
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise InputError(
            "--engine spark needs PySpark, which is not installed: pip install 'atoll-kg[pyspark]' (and Java 17 or 21)."
        ) from error
    if running := SparkSession.getActiveSession():
        return SparkEngine(running, is_local=_is_local(str(running.sparkContext.master)), folder=None)
    is_local = _is_local(master)
    folder = Path(tempfile.mkdtemp(prefix="atoll-spark-"))
    options: dict[str, bool | float | int | str | None] = {
        "spark.master": master,
        "spark.app.name": "atoll windows",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    if is_local:
        options |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": MEMORY_ON_THIS_MACHINE,
            "spark.local.dir": str(folder),
            "spark.sql.shuffle.partitions": str(4 * (os.cpu_count() or 1)),
        }
    log = folder / "spark.log"
    try:
        with _standard_error_to(log):
            session = SparkSession.builder.config(map=options).getOrCreate()
    except Exception as error:
        told = _reason(log, error)
        shutil.rmtree(folder, ignore_errors=True)
        raise InputError(
            f"Spark at '{master}' does not start: {told} It needs Java 17 or 21 (JAVA_HOME, or java on the PATH), and "
            "a cluster must be reachable under ATOLL_SPARK_MASTER."
        ) from error
    return SparkEngine(session, is_local=is_local, folder=folder)


def _is_local(master: str) -> bool:
    """True where all of Spark runs in one process of this machine."""
    return master == "local" or master.startswith("local[")


def _spark_address(file: str) -> str:
    """A path or URL as Hadoop knows it."""
    scheme, separator, rest = file.partition("://")
    if separator:
        return f"{SCHEMES.get(scheme, scheme)}://{rest}"
    return f"file:{Path(file).absolute()}"


def _reason(log: Path, error: Exception) -> str:
    """The last thing that Java said, else what Python said, as one sentence."""
    said = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    lines = [line.strip() for line in [*str(error).splitlines()[:1], *said] if line.strip()]
    return (lines[-1] if lines else type(error).__name__).rstrip(".")[:300] + "."


@contextmanager
def _standard_error_to(log: Path) -> Iterator[None]:
    """Let processes that are started meanwhile write their standard error to a file: Java greets with many lines."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with log.open("wb") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
