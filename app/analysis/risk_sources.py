"""Where the examples of failure risk come from: telemetry files, or a fleet of the workspace."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import ibis
import pandas as pd

from app.analysis.fleet_data import resolve_fleet
from app.analysis.rules.base import Progress
from gnn.health.history import TICKETS, FleetHistory
from graph.errors import InputError
from graph.ports import GraphStore
from graph.projection import INVENTORY, OUTCOME_FORMATS, PLACEMENT, RELATIONS, training_projection
from graph.readings import ReadingsLake
from ingest.telemetry.registry import format_named
from ingest.telemetry.stored import current_manifest, ingest_runs
from ingest.telemetry.unstored import UnstoredTelemetry, read_unstored


@dataclass(frozen=True)
class ReadHistory:
    """A fleet read from files, and what of them could not be used.

    Args:
        history: The fleet.
        rows_read: Rows read.
        rows_rejected: Rows that could not be used.
        examples: Sentences on the first of them.
    """

    history: FleetHistory
    rows_read: int
    rows_rejected: int
    examples: list[str] = field(default_factory=list)


def history_from_files(
    paths: Sequence[Path], format_name: str, *, progress: Progress | None = None, memory_limit: str = "3GB"
) -> ReadHistory:
    """Read files of one format as a fleet's history, without any store.

    Args:
        paths: Files, or folders of them.
        format_name: Name of their format.
        progress: Called with a stage, what is done and of how much (None: unknown).
        memory_limit: What DuckDB may use before it spills to the disk.

    Raises:
        InputError: The format is unknown or holds no readings, a file cannot be read, or no row can be used.
        RefusedError: The format refuses the file.
    """
    chosen = format_named(format_name)
    connection = ibis.duckdb.connect(memory_limit=memory_limit)
    connection.raw_sql("SET enable_progress_bar = false")
    read = read_unstored(paths, chosen, "file", connection, progress or (lambda stage, done, total: None))
    if set(read.readings.columns) == {"drive_key", "day"} or read.drives["first_day"].isna().all():
        raise InputError(
            f"{paths[0]}: format '{format_name}' gives no readings, so nothing can be learnt of its drives."
        )
    history = FleetHistory(
        name=Path(paths[0]).name,
        format=format_name,
        drives=ends_of_service(read.drives, read.failures),
        readings=read.readings,
        connection=connection,
        placements=_placements(read, TICKETS if format_name in OUTCOME_FORMATS else INVENTORY),
        sha256=read.sha256,
        synthetic=read.synthetic,
    )
    return ReadHistory(history, read.rows_read, read.rows_rejected, read.examples)


def history_from_store(store: GraphStore, lake: ReadingsLake, fleet: str | None = None) -> FleetHistory:
    """A fleet of the workspace as a model may see it: nothing that hangs on a model run, no place told by tickets.

    Args:
        store: The graph.
        lake: The daily readings.
        fleet: Name of the fleet; needed where there are several.

    Raises:
        InputError: Unknown fleet, or nothing was ever read of it.
    """
    name, synthetic = resolve_fleet(store, fleet, {})
    manifest = current_manifest(ingest_runs(store), name)
    if manifest is None:
        raise InputError(
            f"Fleet '{name}': it has no readings, so nothing can be learnt of its drives. "
            "Read telemetry with 'atoll ingest telemetry'."
        )
    known = training_projection(store, name)
    failures = known.failures[known.failures["status"] == "failed"]
    return FleetHistory(
        name=name,
        format="store",
        drives=ends_of_service(known.drives, failures),
        readings=lake.readings([manifest]),
        connection=lake.connection,
        placements=known.placements,
        sha256=hashlib.sha256(f"{manifest}\n{known.sha256}".encode()).hexdigest(),
        synthetic=synthetic,
    )


def ends_of_service(drives: pd.DataFrame, failures: pd.DataFrame) -> pd.DataFrame:
    """Add ``failure_day``, the first failure of each drive, and end its observation there.

    A drive that fails, is put back and fails again counts up to its first failure: what it does afterwards is another
    life, and its counters tell of the repair.

    Args:
        drives: Index ``drive_key``, columns ``first_day`` and ``last_day`` (datetime64).
        failures: ``drive_key`` and ``day`` (datetime64), one row an event.

    Returns:
        The drives that were ever observed, as ``FleetHistory.drives`` wants them.
    """
    first = failures.groupby("drive_key")["day"].min().astype("datetime64[ns]")
    ended = drives.assign(failure_day=first.reindex(drives.index))
    ended["last_day"] = ended["failure_day"].where(ended["failure_day"].notna(), ended["last_day"])
    columns = ["model", "vendor", "capacity_bytes", "first_day", "last_day", "failure_day"]
    return ended.loc[ended["first_day"].notna(), columns].sort_index()


def _placements(read: UnstoredTelemetry, told_by: str) -> pd.DataFrame:
    placed = read.placements.assign(told_by=told_by)
    rooms = read.rooms[~read.rooms["rack"].duplicated(keep=False)]  # a rack seen in several rooms tells none
    racks = placed[placed["relation"] == "IN_RACK"].merge(rooms, left_on="place", right_on="rack")
    racks = racks.assign(relation="IN_ROOM", place=racks["room"])
    found = pd.concat([placed, racks], ignore_index=True)[list(PLACEMENT)]
    found["relation"] = found["relation"].map({**RELATIONS, "IN_ROOM": "room"})
    for name in ("valid_from", "valid_to"):
        found[name] = pd.to_datetime(found[name]).astype("datetime64[ns]")
    known = found["relation"].notna() & found["place"].notna()
    return found[known].sort_values(["drive_key", "relation", "valid_from"], ignore_index=True, na_position="first")
