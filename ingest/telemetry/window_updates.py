"""The windows that a source moves: computed of the drives that it touches alone, and written where they differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa

from graph.ontology.model import Batch
from graph.ports import GraphStore, Run
from graph.readings import ReadingsLake
from graph.windows import attributes
from graph.windows.engines import WindowEngine, write_latest_windows
from ingest.telemetry.settled import DERIVED_DAY, Settled, scan
from ingest.telemetry.stored import column, rows_by_key
from ingest.telemetry.tables import window_batch, window_key

WINDOW_DAYS = 30
WINDOWS_A_BATCH = 50_000
KEYS = ("drive_key", "day")
STORED_WINDOWS = pa.schema(
    [*((name, pa.string()) for name in ("drive", "window", "content_sha256")), ("citations", pa.int64())]
)


class WindowUpdates:
    """Brings the latest window of each drive up to date with its readings.

    Args:
        settled: Holds what the source says and what of it is new.
        lake: The daily readings.
        manifest: Those of the fleet, the source included.
        store: The graph.
        engine: What computes windows.
        folder: For what is too large for memory.
    """

    def __init__(
        self,
        settled: Settled,
        lake: ReadingsLake,
        manifest: str,
        store: GraphStore,
        engine: WindowEngine,
        folder: Path,
    ) -> None:
        self._settled, self._lake, self._manifest = settled, lake, manifest
        self._store, self._engine, self._folder = store, engine, folder

    def write(
        self,
        run: Run,
        fleet: str,
        write_new: Callable[[Batch], None],
        write_changed: Callable[[Batch], None],
        tell: Callable[[int, int], None],
    ) -> None:
        """Compute what the source touches, write what differs, and let superseded windows go.

        Args:
            run: The open run.
            fleet: Name of the fleet.
            write_new: Writes a batch of windows that the store does not have.
            write_changed: Writes a batch of windows that it has with other readings.
            tell: Called with windows done and in all.
        """
        self._find_last_days()
        keys = column(self._settled.arrow("SELECT drive_key AS key FROM source_last_day ORDER BY key"), "key")
        held = rows_by_key(self._store, "stored_windows", keys, STORED_WINDOWS)
        self._settled.sql.register("source_held", held)
        self._find_moving()
        if not self._compute():
            return
        total = self._settled.number("source_windows")
        for first in range(0, total, WINDOWS_A_BATCH):
            for is_new, write in ((False, write_changed), (True, write_new)):
                batch = window_batch(self._settled, fleet, WINDOW_DAYS, first, WINDOWS_A_BATCH, is_new=is_new)
                if batch.nodes:
                    write(batch)
            tell(min(first + WINDOWS_A_BATCH, total), total)
        gone = self._settled.arrow(
            f"SELECT h.window AS key FROM source_held h JOIN source_last_day d ON d.drive_key = h.drive "
            f"WHERE h.citations = 0 AND h.window <> {window_key(WINDOW_DAYS)} ORDER BY key"
        )
        if gone.num_rows:
            self._store.delete(run, "TelemetryWindow", column(gone, "key"))

    def _find_last_days(self) -> None:
        """Make ``source_last_day``: the last day with readings of each drive of the source."""
        readings = self._lake.readings([self._manifest])
        own = self._lake.connection.table("source_readings").select("drive_key")
        readings = readings.select("drive_key", "day").semi_join(own, "drive_key")
        last = readings.group_by("drive_key").agg(last_day=readings.day.max())
        self._settled.sql.register("source_last_day", last.to_pyarrow())

    def _find_moving(self) -> None:
        """Make ``source_moving``: the drives whose latest window is not what the store holds.

        A day before the window changes nothing of it.
        """
        self._settled.fetch(
            f"""
            CREATE OR REPLACE TEMP TABLE source_moving AS
            SELECT d.drive_key, d.last_day, h.window IS NULL AS is_new
            FROM source_last_day d LEFT JOIN source_touched t USING (drive_key)
            LEFT JOIN source_held h ON h.window = {window_key(WINDOW_DAYS)}
            WHERE is_new OR t.last_changed > d.last_day - {WINDOW_DAYS}
            """
        )

    def _compute(self) -> bool:
        """Make ``source_windows`` of the windows that differ from what is stored; whether any drive moves."""
        ((since, moving),) = self._settled.fetch("SELECT min(last_day), count(*) FROM source_moving")
        if not moving:
            return False
        first: date = since - timedelta(days=WINDOW_DAYS - 1)
        files = self._lake.files(
            [self._manifest], since=first, copies_in=None if self._engine.reads_urls else self._folder
        )
        drives = self._settled.arrow("SELECT drive_key FROM source_moving")
        written = write_latest_windows(
            self._engine, files, self._folder / "windows", days=WINDOW_DAYS, drives=drives, prepare=filled
        )
        # The same content gives the same window. Computed again, a slope may differ in its last digit, because engines
        # add up in any order; so what is stored for the same content is left as it is.
        self._settled.fetch(
            "CREATE OR REPLACE TEMP TABLE source_windows AS "
            "SELECT w.*, m.is_new, row_number() OVER (ORDER BY m.is_new, w.drive_key) - 1 AS number "
            f"FROM {scan([Path(file) for file in written])} w JOIN source_moving m USING (drive_key) WHERE NOT EXISTS "
            f"(FROM source_held h WHERE h.window = {window_key(WINDOW_DAYS, 'w.')} "
            "AND h.content_sha256 = w.content_sha256)"
        )
        return True


def filled(readings: ir.Table) -> ir.Table:
    """Readings without the attributes that have no value: they change no window, but each costs its computation.

    The mark of a derived day that a certain one replaced (0) counts as none, so that a window has the same content
    whichever of the two came first.
    """
    if DERIVED_DAY in readings.columns:
        readings = readings.mutate(**{DERIVED_DAY: readings[DERIVED_DAY].nullif(0)})
    names = attributes(readings)
    if not names:
        return readings
    counts = readings.aggregate([readings[name].count().name(name) for name in names]).to_pyarrow().to_pylist()[0]
    return readings.select(*KEYS, *(name for name in names if counts[name]))
