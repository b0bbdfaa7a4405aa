"""Telemetry from files to readings and graph: validate, quarantine, stage, compute windows, write, complete, report."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from graph.errors import RefusedError, StoreError
from graph.ontology.model import Batch
from graph.ports import GraphStore, Run, WriteCounts
from graph.readings import ReadingsLake, exposure
from graph.windows import DEFINITION_VERSION
from graph.windows.engines import DUCKDB, LOCAL_SPARK, WindowEngine, open_engine
from ingest.catalogue_run import write_catalogue
from ingest.telemetry import quarantine
from ingest.telemetry.atoll_daily import SYNTHETIC_METADATA
from ingest.telemetry.device_logs import log_batch
from ingest.telemetry.environment_windows import write_environment
from ingest.telemetry.failures import not_repeated_failures
from ingest.telemetry.files import expand
from ingest.telemetry.formats import Format
from ingest.telemetry.identity import checked_fleet
from ingest.telemetry.known_files import KnownFiles
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.placements import changed_placements
from ingest.telemetry.reading import Progress, Source, is_synthetic, open_source, read, refused
from ingest.telemetry.registry import format_named
from ingest.telemetry.report import IngestReport
from ingest.telemetry.retirement import RETIRE_LIMIT, Retirement, check_is_snapshot, find_retired
from ingest.telemetry.settled import LateRefusal, Settled
from ingest.telemetry.spill import Spill
from ingest.telemetry.stored import (
    STORED_DRIVES,
    IngestRun,
    column,
    current_manifest,
    fleet_record,
    ingest_runs,
    live_manifests,
    rows_by_key,
)
from ingest.telemetry.tables import SourceTables
from ingest.telemetry.window_updates import WINDOW_DAYS, WindowUpdates

__all__ = ["WINDOW_DAYS", "IngestReport", "ingest_telemetry"]

OPERATIONS_TO_LOAD = 20_000  # from here on the store's way for large batches pays
NUM_EXAMPLES = 5
STORED_FAILURES = pa.schema([("failure", pa.string()), ("precision", pa.string())])


def ingest_telemetry(
    paths: Sequence[Path],
    format: str,
    fleet: str,
    *,
    store: GraphStore,
    lake: ReadingsLake,
    workspace: Path,
    dry_run: bool = False,
    progress: Progress | None = None,
    synthetic: bool | None = None,
    options: SourceOptions | None = None,
    retire: bool = False,
    retire_limit: float = RETIRE_LIMIT,
    engine: str = DUCKDB,
    spark_master: str = LOCAL_SPARK,
) -> IngestReport:
    """Bring telemetry into the readings and the graph, as one run that is visible as a whole or not at all.

    A source read twice changes nothing. Of a folder only files with new content are read. Rows that cannot be used go
    to ``quarantine/<run>.csv`` of the workspace, each with its reason; all others are kept.

    Args:
        paths: Files, or folders of them.
        format: A name in ``registry.FORMATS``.
        fleet: Name of the fleet that the drives belong to.
        store: The graph.
        lake: The daily readings.
        workspace: Folder of the workspace.
        dry_run: Read, check and compare, and write nothing.
        progress: Called with a stage, what is done and of how much (None: unknown).
        synthetic: Whether the data were generated; None: as the files themselves say.
        options: What the user says of the files where they do not say it themselves.
        retire: Drives in service that the last day of the source does not list are retired; only for formats that
            are declared a full snapshot.
        retire_limit: Largest part of the drives in service that may be retired.
        engine: What computes the windows: ``duckdb`` or ``spark``; both give the same.
        spark_master: Where Spark runs.

    Returns:
        What was read and changed.

    Raises:
        InputError: A file, the format or the fleet cannot be used, or the workspace cannot be written.
        RefusedError: Synthetic and real data would mix in one fleet, the file's ids name no drives, or too many drives
            would be retired.
        StoreError: The store or the readings cannot be reached.
    """
    started = time.perf_counter()
    tell = progress or (lambda stage, done, total: None)
    chosen = format_named(format, options)
    if retire:
        check_is_snapshot(chosen)
    files = expand([Path(path) for path in paths], chosen.reader.suffixes)
    report = IngestReport(checked_fleet(fleet), chosen.name, notes=list(chosen.notes))
    runs = [run for run in ingest_runs(store) if run.fleet == fleet]
    known: set[str] = set()
    if not chosen.derived_days and any(Path(path).is_dir() for path in paths):
        known = {sha256 for run in runs if run.format == chosen.name for sha256 in run.files}
    remembered = KnownFiles(workspace)
    named = {Path(path) for path in paths}
    source = open_source(files, chosen, frozenset(known), tell, named=named, remembered=remembered)
    report.notes += [f"Refused, the other files were read: {sentence}" for sentence in source.refused]
    report.files_read, report.files_skipped = len(source.files), len(source.skipped)
    if source.skipped:
        report.notes.append(_skipped(len(source.skipped), len(source.files)))
    report.unknown_columns = source.unknown_columns
    report.notes += [f"{file.path}: {sentence}" for file in source.files for sentence in file.notes]
    if source.files:
        with (
            tempfile.TemporaryDirectory(prefix="atoll-ingest-") as folder,
            open_engine(engine, lake.connection, spark_master=spark_master) as computing,
        ):
            ingest = _Ingest(source, report, Path(folder), store, lake, workspace, tell, computing, runs)
            ingest.run(dry_run, synthetic, retire_limit if retire else None)
    else:
        report.store_version = store.version()
    if not dry_run:
        remembered.save()
    report.seconds = time.perf_counter() - started
    return report


class _Ingest:
    """One ingest on its way; its steps share the source, the report and the places to write to."""

    def __init__(
        self,
        source: Source,
        report: IngestReport,
        folder: Path,
        store: GraphStore,
        lake: ReadingsLake,
        workspace: Path,
        tell: Progress,
        engine: WindowEngine,
        runs: Sequence[IngestRun],
    ) -> None:
        self._engine = engine
        self._runs = runs
        self._source, self._report, self._folder = source, report, folder
        self._store, self._lake, self._workspace, self._tell = store, lake, workspace, tell
        self._format: Format = source.format
        self._fleet = report.fleet
        self._spill = Spill(folder)
        self._counts = WriteCounts()

    def run(self, dry_run: bool, synthetic: bool | None, retire_limit: float | None) -> None:
        """Go through all steps."""
        flags = self._fleet_properties(synthetic)
        read(self._source, self._fleet, self._spill, self._tell)
        base = current_manifest(self._runs, self._fleet)
        read_before = {sha256 for run in self._runs for sha256 in run.files}
        settled = Settled(
            self._lake.connection,
            self._spill,
            self._folder,
            one_row_a_day=self._format.one_row_a_day,
            derived_days=self._format.derived_days,
            known_files=[at for at, file in enumerate(self._source.files) if file.sha256 in read_before],
        )
        self._tell("compare", 0, None)
        settled.compare(self._lake.readings([base]) if base else None)
        late = dict(settled.late_refusals())
        self._count(settled, late)
        tables = SourceTables(settled, self._format, self._fleet)
        keys = column(settled.arrow("SELECT DISTINCT drive_key AS key FROM source_drives ORDER BY key"), "key")
        stored = rows_by_key(self._store, "stored_drives", keys, STORED_DRIVES)
        tables.settle_drives(stored)
        failures = column(
            settled.arrow("SELECT DISTINCT 'failure:' || drive_key || ':' || day AS key FROM source_failures"), "key"
        )
        stored_failures = rows_by_key(self._store, "stored_failures", failures, STORED_FAILURES)
        self._report.new_drives = self._report.drives - stored.num_rows
        self._report.new_failures = self._report.failures - stored_failures.num_rows
        retirement = self._retirement(settled, retire_limit)
        if self._format.one_row_a_day and any("failure" in file.columns for file in self._source.files):
            self._report.notes += not_repeated_failures(settled, self._store, self._fleet)
        if dry_run:
            self._report.store_version = self._store.version()
            return
        write_catalogue(self._store)
        run = self._store.begin_run("ingest", f"{self._format.name}:{self._fleet}", self._fingerprint())
        self._quarantine(run, late)
        self._tell("stage readings", 0, None)
        manifest = self._stage(settled, run, base)
        leaving = retirement.drives if retirement else None
        placements = changed_placements(tables.seen_placements(), self._store, stored, keys, leaving)
        days = self._drive_days(settled, manifest)
        self._write(run, tables.fleet_batch(placements, days, stored_failures, flags, run.source))
        if retirement and retirement.drives.num_rows:
            self._write(run, retirement.batch(self._fleet))
        if (logs := log_batch(settled, self._fleet, self._store)) is not None:
            self._write(run, logs)
        environment = write_environment(settled, run, self._store, self._fleet, self._workspace, self._write)
        if manifest is not None and self._report.windows:
            self._tell("windows", 0, self._report.windows)
            windows = WindowUpdates(settled, self._lake, manifest, self._store, self._engine, self._folder)
            windows.write(
                run,
                self._fleet,
                lambda batch: self._write(run, batch),
                lambda batch: self._write(run, batch, is_known=True),
                lambda done, total: self._tell("windows", done, total),
            )
        self._complete(run, manifest, environment)

    def _fleet_properties(self, synthetic: bool | None) -> dict[str, object]:
        """Properties of the fleet's node; nothing mixes synthetic and real data."""
        mark = is_synthetic(self._source, SYNTHETIC_METADATA) if synthetic is None else synthetic
        known = fleet_record(self._store, self._fleet)
        if known and bool(known["synthetic"]) != bool(mark):
            there, here = ("synthetic", "real") if known["synthetic"] else ("real", "synthetic")
            raise RefusedError(
                f"Fleet '{self._fleet}' holds {there} data and {self._source.files[0].path} is {here}. "
                "Nothing mixes the two: choose another --fleet."
            )
        return {"synthetic": bool(mark)}

    def _count(self, settled: Settled, late: dict[int, LateRefusal]) -> None:
        report = self._report
        report.rows_read = self._source.num_rows
        report.rows_rejected = self._spill.num_rejects + len(late)
        report.rows_deduplicated = settled.number("source_doubles")
        report.drives = settled.number("(SELECT DISTINCT drive_key FROM source_drives)")
        report.last_day = settled.last_day()
        report.failures = settled.number("(SELECT DISTINCT drive_key, day FROM source_failures)")
        report.windows = settled.number("(SELECT DISTINCT drive_key FROM source_readings)")
        report.new_readings = settled.number("source_news")
        report.rows_replaced = settled.number("(FROM source_news WHERE is_replaced)")
        reasons: Counter[str] = Counter()
        for row in refused(self._source, self._spill, late) if report.rows_rejected else ():
            reasons[f"{row.column} {row.reason}".strip()] += 1
            if len(report.examples) < NUM_EXAMPLES:
                report.examples.append(row.sentence)
        report.rejected_by_reason = dict(reasons.most_common())

    def _fingerprint(self) -> str:
        """Hash of all that decides what the run writes; a killed run goes on where the next has the same."""
        parts = [self._format.name, self._fleet, str(WINDOW_DAYS), str(DEFINITION_VERSION)]
        parts += [self._format.settings] if self._format.settings else []
        return hashlib.sha256("\n".join([*parts, *(file.sha256 for file in self._source.files)]).encode()).hexdigest()

    def _quarantine(self, run: Run, late: dict[int, LateRefusal]) -> None:
        if self._report.rows_rejected:
            rows = refused(self._source, self._spill, late)
            self._report.quarantine = str(quarantine.write(self._workspace, run.key, rows))

    def _stage(self, settled: Settled, run: Run, base: str | None) -> str | None:
        intervals = settled.arrow("SELECT DISTINCT drive_key, first_day, last_day FROM source_intervals")
        if not self._report.new_readings and not intervals.num_rows:
            return base
        news = self._lake.connection.table("source_news").drop("is_day_new", "is_replaced")
        return self._lake.stage(run.key, self._fleet, news, base, intervals=intervals if intervals.num_rows else None)

    def _retirement(self, settled: Settled, limit: float | None) -> Retirement | None:
        if limit is None:
            return None
        raw = (row.raw for row in refused(self._source, self._spill, {}))
        found = find_retired(settled, self._store, self._fleet, raw, limit)
        self._report.retired = found.drives.num_rows
        if found.num_spared:
            self._report.notes.append(
                f"{found.num_spared:,} drives that are not listed stay in service: refused rows may be theirs."
            )
        return found

    def _drive_days(self, settled: Settled, manifest: str | None) -> pa.Table:
        """First and last day with data and days under observation, over all sources, of the drives with new days."""
        if manifest is None:
            empty = (
                "SELECT '' AS drive_key, DATE '1970-01-01' AS first_day, DATE '1970-01-01' AS last_day, 0 AS drive_days"
            )
            return settled.arrow(f"{empty} WHERE false")
        settled.fetch(
            "CREATE OR REPLACE TEMP TABLE source_with_new_days AS SELECT DISTINCT drive_key FROM ("
            "SELECT drive_key FROM source_touched WHERE has_new_day UNION ALL SELECT drive_key FROM source_intervals "
            "UNION ALL SELECT drive_key FROM source_drive ANTI JOIN source_stored ON drive = drive_key)"
        )
        own = self._lake.connection.table("source_with_new_days")
        readings = self._lake.readings([manifest]).select("drive_key", "day").semi_join(own, "drive_key")
        intervals = self._lake.intervals([manifest]).semi_join(own, "drive_key")
        spans = readings.select("drive_key", first_day=readings.day, last_day=readings.day).union(intervals)
        spans = spans.group_by("drive_key").agg(first_day=spans.first_day.min(), last_day=spans.last_day.max())
        return spans.join(exposure(readings, intervals), "drive_key").to_pyarrow()

    def _write(self, run: Run, batch: Batch, *, is_known: bool = False) -> None:
        """Write a batch; where all of it is stored already there is nothing to load."""
        size = sum(table.rows.num_rows for table in batch.nodes) + sum(table.rows.num_rows for table in batch.relations)
        write = self._store.load if size >= OPERATIONS_TO_LOAD and not is_known else self._store.write
        self._tell("write", 0, size)
        self._counts += write(run, batch)
        self._tell("write", size, size)

    def _complete(self, run: Run, manifest: str | None, environment: str | None) -> None:
        report = self._report
        report.nodes_written = self._counts.nodes_written
        report.relationships_written = self._counts.relationships_written
        self._tell("complete", 0, None)
        properties = {
            "fleet": self._fleet,
            "format": self._format.name,
            "path": str(self._source.files[0].path),
            "files": [file.sha256 for file in self._source.files],
            "rows_read": report.rows_read,
            "rows_rejected": report.rows_rejected,
            "rows_replaced": report.rows_replaced,
            "nodes_written": report.nodes_written,
            "relationships_written": report.relationships_written,
        }
        optional = {
            "readings_manifest": manifest,
            "environment_manifest": environment,
            "quarantine": report.quarantine,
            "mapping": self._format.mapping,
            "last_day": self._report.last_day,
        }
        properties |= {name: value for name, value in optional.items() if value is not None}
        report.store_version = self._store.complete_run(run, properties)
        try:
            self._lake.collect_garbage(live_manifests(ingest_runs(self._store)))
        except StoreError as error:  # the run is complete; what another fleet lacks is told, not thrown
            report.notes.append(str(error))


def _skipped(num_skipped: int, num_files: int) -> str:
    """Says what was not read again."""
    rest = f"{num_files:,} new" if num_files else "0 rows read"
    return f"{num_skipped:,} {'file' if num_skipped == 1 else 'files'} already read, {rest}."
