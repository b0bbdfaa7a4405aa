"""Telemetry files read without a store: what they hold, for work that needs no workspace (evaluating a model)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

from graph.errors import InputError
from ingest.telemetry.atoll_daily import SYNTHETIC_METADATA
from ingest.telemetry.files import expand
from ingest.telemetry.formats import Format
from ingest.telemetry.reading import Progress, is_synthetic, open_source, read, refused
from ingest.telemetry.settled import Settled
from ingest.telemetry.spill import Spill
from ingest.telemetry.stored import STORED_DRIVES
from ingest.telemetry.tables import SourceTables
from ingest.telemetry.timeline import PLACE, merge

NUM_EXAMPLES = 5


@dataclass(frozen=True)
class UnstoredTelemetry:
    """What some files of one format hold.

    Args:
        format: Their format.
        drives: One row a drive, index ``drive_key``, sorted: ``model, serial, vendor`` (None unknown),
            ``capacity_bytes`` (float64), ``first_day``, ``last_day`` (datetime64, of readings and intervals; NaT where
            there are none).
        failures: ``drive_key, day`` (datetime64), one row an event.
        placements: ``drive_key, relation`` (``RUNS_ON`` …), ``place`` (key), ``valid_from``, ``valid_to`` (datetime64;
            NaT: of unknown beginning, open).
        rooms: ``rack, room`` (keys), as far as the source tells.
        readings: ``drive_key, day`` and a column an attribute, one row a drive and day, on the connection given.
        sha256: Hash over the files.
        synthetic: True where the files say that they were generated.
        rows_read: Rows read.
        rows_rejected: Rows that could not be used.
        examples: Sentences on the first rejected rows.
    """

    format: Format
    drives: pd.DataFrame
    failures: pd.DataFrame
    placements: pd.DataFrame
    rooms: pd.DataFrame
    readings: ir.Table
    sha256: str
    synthetic: bool
    rows_read: int
    rows_rejected: int
    examples: list[str] = field(default_factory=list)


def read_unstored(
    paths: Sequence[Path], chosen: Format, fleet: str, connection: Backend, progress: Progress
) -> UnstoredTelemetry:
    """Read files as an ingest does, with the same checks, and keep nothing but tables.

    Args:
        paths: Files, or folders of them.
        chosen: Their format.
        fleet: Name for the keys of the drives.
        connection: DuckDB connection that holds the readings afterwards.
        progress: Called with a stage, what is done and of how much (None: unknown).

    Raises:
        InputError: A file cannot be read or is not of the format, or no row of it can be used.
        RefusedError: The format refuses the file.
    """
    files = expand([Path(path) for path in paths], chosen.reader.suffixes)
    source = open_source(files, chosen, frozenset(), progress, named={Path(path) for path in paths})
    with tempfile.TemporaryDirectory(prefix="atoll-read-") as name:
        folder = Path(name)
        spill = Spill(folder)
        read(source, fleet, spill, progress)
        settled = Settled(
            connection, spill, folder, one_row_a_day=chosen.one_row_a_day, derived_days=chosen.derived_days
        )
        late = dict(settled.late_refusals())
        tables = SourceTables(settled, chosen, fleet)
        tables.settle_drives(STORED_DRIVES.empty_table())
        examples = [row.sentence for row, _ in zip(refused(source, spill, late), range(NUM_EXAMPLES), strict=False)]
        drives = _drives(settled)
        if drives.empty:
            why = f" The first: {examples[0]}" if examples else ""
            raise InputError(f"{files[0]}: no row can be used ({source.num_rows:,} read).{why}")
        failures = settled.arrow("SELECT DISTINCT drive_key, day FROM source_failures ORDER BY ALL").to_pandas()
        seen = tables.seen_placements()
        seen = seen.assign(first=pd.to_datetime(seen["first"]), last=pd.to_datetime(seen["last"]))
        times = {name: pd.Series(dtype="datetime64[ns]") for name in ("valid_from", "valid_to", "last_day")}
        placements = merge(seen, pd.DataFrame({**{name: pd.Series(dtype=object) for name in PLACE}, **times}))
        rooms = tables.rooms_of_racks().to_pandas()
        # Of its own name: a second source may be read on the same connection.
        table = f"readings_{uuid4().hex}"
        attributes = ", ".join(["drive_key", "day", *settled.attributes])
        settled.fetch(f"CREATE TEMP TABLE {table} AS SELECT {attributes} FROM source_readings")
    return UnstoredTelemetry(
        format=chosen,
        drives=drives,
        failures=failures.assign(day=pd.to_datetime(failures["day"])),
        placements=placements.rename(columns={"drive": "drive_key"}).drop(columns="slot"),
        rooms=rooms,
        readings=connection.table(table),
        sha256=hashlib.sha256("\n".join(file.sha256 for file in source.files).encode()).hexdigest(),
        synthetic=bool(is_synthetic(source, SYNTHETIC_METADATA)),
        rows_read=source.num_rows,
        rows_rejected=spill.num_rejects + len(late),
        examples=examples,
    )


def _drives(settled: Settled) -> pd.DataFrame:
    found: pa.Table = settled.arrow(
        """
        WITH spans AS (
          SELECT drive_key, min(day) AS first_day, max(day) AS last_day FROM source_readings GROUP BY drive_key
          UNION ALL SELECT drive_key, min(first_day), max(last_day) FROM source_intervals GROUP BY drive_key
        ), span AS (
          SELECT drive_key, min(first_day) AS first_day, max(last_day) AS last_day FROM spans GROUP BY drive_key
        )
        SELECT drive_key, model, serial, vendor, capacity_bytes::DOUBLE AS capacity_bytes, first_day, last_day
        FROM source_drive LEFT JOIN span USING (drive_key) ORDER BY drive_key
        """
    )
    drives = found.to_pandas().set_index("drive_key")
    for name in ("first_day", "last_day"):
        drives[name] = pd.to_datetime(drives[name]).astype("datetime64[ns]")
    return drives
