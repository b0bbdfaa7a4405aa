"""The readings lake: staging a run's rows into months, reading what a manifest lists, removing what none needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote
from uuid import uuid4

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from graph.errors import InputError, RefusedError, StoreError
from graph.readings.exposure import exposure
from graph.readings.manifest import LakeFile, Manifest
from graph.readings.place import open_place

OWNER_FILE = "workspace.json"
COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]*")
NewRows: TypeAlias = ir.Table | pa.Table | Path | str | Sequence[Path | str]


class ReadingsLake:
    """Daily readings of all fleets below one folder or URL, one row a drive and day.

    A lake of something else than drives, such as the places they stand in, names another key column.

    Layout: ``fleet=<fleet>/month=YYYY-MM/<run>.parquet`` and ``fleet=<fleet>/manifest-<run>.json``. Files are never
    changed in place: a run writes the months it touches anew and a manifest that lists all live files, so a run
    that is not completed in the graph has changed nothing.

    One lake object holds one DuckDB connection: one thread at a time.

    Args:
        root: Folder of the lake, made by the first run, or a URL such as ``s3://bucket/prefix``.
        memory_limit: What DuckDB may use before it spills to the disk.
        key: Column that says whose a row is; where another stands here, read it for ``drive_key`` below.
        owner: Id of the workspace, for a place that another workspace could be told to use too: garbage is what the
            owner's graph does not need, so that two owners would remove each other's files.

    Raises:
        InputError: The key is no name of a column, or the URL cannot be used.
    """

    def __init__(
        self,
        root: Path | str,
        memory_limit: str = "1500MB",
        *,
        key: str = "drive_key",
        owner: str | None = None,
    ) -> None:
        if not COLUMN_NAME.fullmatch(key) or key == "day":
            raise InputError(f"Key column '{key}' of the readings: expected a name like 'drive_key'.")
        self._place = open_place(root)
        self.root = self._place.root
        self.key = key
        self._owner = owner
        self._keys = (key, "day")
        self._memory_limit = memory_limit

    @cached_property
    def connection(self) -> Backend:
        """The Ibis DuckDB backend on which all tables of this lake live."""
        connection = ibis.duckdb.connect(memory_limit=self._memory_limit, temp_directory=str(self._place.spill))
        connection.raw_sql("SET preserve_insertion_order = false")
        connection.raw_sql("SET enable_progress_bar = false")
        self._place.join(connection)
        return connection

    def stage(
        self,
        run_key: str,
        fleet: str,
        new_rows: NewRows,
        base_manifest: str | None = None,
        *,
        intervals: ir.Table | pa.Table | None = None,
    ) -> str:
        """Merge new readings into those of ``base_manifest`` and write what changes as files of this run.

        A new row replaces the stored row of the same drive and day column by column: where it has no value (null or
        NaN), the stored value stays. Months in which nothing changes keep their file. Nothing that was there before
        is touched, so an interrupted call leaves only files that no manifest needs.

        Args:
            run_key: ``run:{uuid}``; names the files.
            fleet: Name of the fleet.
            new_rows: ``drive_key`` (string), ``day`` (date) and one numeric column an attribute; an Ibis table, an
                Arrow table, or Parquet files. At most one row a drive and day.
            base_manifest: What to build on, as returned by an earlier call; None for an empty fleet.
            intervals: ``drive_key``, ``first_day``, ``last_day`` (dates, both included) in which a drive is known to
                have run; added to those stored.

        Returns:
            Path of the manifest relative to the root. It is ``base_manifest`` itself where nothing changed.

        Raises:
            InputError: A column is missing, has an unusable name or type, a key is null, or a drive has two rows for
                one day.
            RefusedError: The files here belong to another workspace.
            StoreError: The base is damaged, or the place cannot be reached or written to.
        """
        folder = f"fleet={quote(fleet, safe='')}"
        run = run_key.removeprefix("run:")
        base = Manifest.read(self._place, base_manifest) if base_manifest else None
        self._claim()
        # Sorted by month once, so that each month is then merged alone and memory stays bounded.
        with self._place.workroom(folder) as incoming:
            months = self._split_by_month(self._checked(new_rows), incoming)
            live = {file.month: file for file in base.files} if base else {}
            for month, source in months.items():
                stored = live.get(month)
                if stored and not self._changes(source, stored):
                    continue
                path = f"{folder}/month={month}/{run}.parquet"
                live[month] = LakeFile(path, month, self._write_month(source, stored, path))
            interval_file = self._stage_intervals(intervals, base, f"{folder}/intervals-{run}.parquet")
        files = tuple(live[month] for month in sorted(live))
        if base and base_manifest and (files, interval_file) == (base.files, base.intervals):
            return base_manifest
        path = f"{folder}/manifest-{run}.json"
        Manifest(run_key, fleet, base_manifest, files, interval_file).write(self._place, path)
        return path

    def readings(self, manifests: Sequence[str], *, since: date | None = None) -> ir.Table:
        """Readings of several fleets as one table; a column that a fleet lacks is null there.

        Args:
            manifests: Paths as returned by ``stage``, one a fleet.
            since: First day to read; files of earlier months are not opened, and columns that only they have are not
                there. None: all days.

        Returns:
            ``drive_key`` (string), ``day`` (date) and one float64 column an attribute, in the order of names.
        """
        paths = self._months(manifests, since)
        if not paths:
            return ibis.memtable([], schema={self.key: "string", "day": "date"})
        table = self._table(paths)
        if since:
            table = table.filter(table.day >= since)
        return table.select(*self._keys, *sorted(set(table.columns) - set(self._keys)))

    def files(self, manifests: Sequence[str], *, since: date | None = None, copies_in: Path | None = None) -> list[str]:
        """Parquet files of the readings of several fleets, for other engines.

        Args:
            manifests: Paths as returned by ``stage``, one a fleet.
            since: First day to be there; files of earlier months are left out. None: all.
            copies_in: Folder to copy files to that lie in an object store, for an engine that cannot read from there.

        Returns:
            Their full paths, or their URLs.
        """
        paths = self._months(manifests, since)
        if copies_in is None or isinstance(self.root, Path):
            return [self._place.address(path) for path in paths]
        return [str(self._place.local(path, copies_in)) for path in paths]

    def intervals(self, manifests: Sequence[str]) -> ir.Table:
        """Observation intervals of several fleets: ``drive_key``, ``first_day``, ``last_day``."""
        files = [Manifest.read(self._place, manifest).intervals for manifest in manifests]
        paths = [file.path for file in files if file]
        if not paths:
            return ibis.memtable([], schema={self.key: "string", "first_day": "date", "last_day": "date"})
        return self._table(paths)

    def exposure(self, manifests: Sequence[str]) -> ir.Table:
        """Days on which each drive was observed (see ``graph.readings.exposure``): ``drive_key``, ``drive_days``."""
        return exposure(self.readings(manifests), self.intervals(manifests))

    def collect_garbage(self, live_manifests: Iterable[str]) -> int:
        """Remove every file of the lake that none of the given manifests needs.

        Call it as the only writer. A reader that still works with an older manifest loses its files, so keep that
        manifest among the live ones for as long as readers may use it.

        Args:
            live_manifests: Manifests to keep, of all fleets.

        Returns:
            Number of files removed.

        Raises:
            RefusedError: The files belong to another workspace.
        """
        live = set(live_manifests)
        needed = live.union(*(Manifest.read(self._place, path).paths() for path in live))
        garbage = [path for path in self._place.files() if path not in needed]
        if garbage:
            self._claim()
            self._place.remove(garbage)
        self._place.tidy()
        return len(garbage)

    def close(self) -> None:
        """Close the DuckDB connection, if there is one."""
        if "connection" in self.__dict__:
            self.connection.disconnect()
            del self.__dict__["connection"]

    def _claim(self) -> None:
        """Refuse to change files of another workspace; the first that changes any is the owner."""
        if self._owner is None:
            return
        try:
            owner = json.loads(self._place.text(OWNER_FILE))["workspace_id"]
        except FileNotFoundError:
            with self._place.placed(OWNER_FILE) as temporary:
                temporary.write_text(json.dumps({"workspace_id": self._owner}), encoding="utf-8")
            return
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{self._place.address(OWNER_FILE)}: damaged; it names the workspace of the readings."
            ) from error
        if owner != self._owner:
            raise RefusedError(
                f"{self.root}: these readings belong to the workspace with the id {owner}, ours is {self._owner}. Two "
                "workspaces would remove each other's files: give each a folder of its own with ATOLL_READINGS."
            )

    def _months(self, manifests: Sequence[str], since: date | None) -> list[str]:
        """Paths of the manifests' readings, relative to the root, from the month of a day on."""
        first_month = f"{since:%Y-%m}" if since else ""
        files = [file for manifest in manifests for file in Manifest.read(self._place, manifest).files]
        return [file.path for file in files if file.month >= first_month]

    def _checked(self, new_rows: NewRows) -> ir.Table:
        """Bring new rows into the form of the lake: keys first, attributes as float64, NaN and infinity as null."""
        if isinstance(new_rows, ir.Table):
            table = new_rows
        elif isinstance(new_rows, pa.Table):
            table = ibis.memtable(new_rows)
        else:
            paths = [new_rows] if isinstance(new_rows, str | Path) else new_rows
            table = self.connection.read_parquet([str(path) for path in paths], union_by_name=True)
        schema = table.schema()
        for key, fits in ((self.key, "is_string"), ("day", "is_date")):
            if key not in schema or not getattr(schema[key], fits)():
                found = f"is of type {schema[key]}" if key in schema else "is missing"
                raise InputError(f"New readings: column '{key}' {found}; expected a {fits.removeprefix('is_')}.")
        attributes = [name for name in schema if name not in self._keys]
        for name in attributes:
            if not COLUMN_NAME.fullmatch(name):
                raise InputError(f"New readings: column '{name}' is no attribute column; expected a name like 'ata_5'.")
            if not (schema[name].is_numeric() or schema[name].is_null()):
                raise InputError(f"New readings: column '{name}' is of type {schema[name]}; expected a number.")
        return table.select(*self._keys, *(_finite(table[name].cast("float64")).name(name) for name in attributes))

    def _split_by_month(self, rows: ir.Table, incoming: Path) -> dict[str, str]:
        """Write rows into ``incoming`` by month; returns a DuckDB scan of each month's files, by month."""
        rows = rows.mutate(month=rows.day.strftime("%Y-%m"))
        rows.to_parquet(str(incoming), partition_by=("month",), overwrite=True)
        scans = {}
        for folder in sorted(incoming.glob("month=*")):
            month = folder.name.removeprefix("month=")
            scan = _scan(sorted(map(str, folder.glob("*.parquet"))))
            self._refuse_bad_keys(scan, month)
            scans[month] = scan
        return scans

    def _refuse_bad_keys(self, scan: str, month: str) -> None:
        """Refuse null keys and drives with two rows for one day."""
        if not re.fullmatch(r"\d{4}-\d{2}", month) or self._fetch(f"FROM {scan} WHERE {self.key} IS NULL LIMIT 1"):
            raise InputError(f"New readings: a row has no {self.key} or no day; expected both in every row.")
        double = self._fetch(
            f"SELECT {self.key}, day, count(*) FROM {scan} GROUP BY {self.key}, day HAVING count(*) > 1 LIMIT 1"
        )
        if double:
            owner, day, count = double[0]
            raise InputError(f"New readings: {owner} has {count} rows for {day}; expected one row a drive and day.")

    def _changes(self, new: str, stored: LakeFile) -> bool:
        """True where a new row is not stored yet or has a value that differs from what is stored."""
        old = _scan([self._place.address(stored.path)])
        known = set(self._columns(old))
        attributes = [name for name in self._columns(new) if name not in self._keys]
        differs = [f"old.{self.key} IS NULL"]
        for name in attributes:
            is_new = f"new.{name} IS NOT NULL"
            differs.append(f"({is_new} AND new.{name} IS DISTINCT FROM old.{name})" if name in known else is_new)
        return bool(
            self._fetch(
                f"SELECT 1 FROM {new} AS new LEFT JOIN {old} AS old USING ({self.key}, day) "
                f"WHERE {' OR '.join(differs)} LIMIT 1"
            )
        )

    def _write_month(self, new: str, stored: LakeFile | None, path: str) -> int:
        """Write one month, merged with what is stored of it; returns its number of rows."""
        if stored is None:
            query = f"FROM {new}"
        else:
            old = _scan([self._place.address(stored.path)])
            new_columns, old_columns = self._columns(new), self._columns(old)
            both = [name for name in new_columns if name in old_columns and name not in self._keys]
            columns = [
                *self._keys,
                *(f"coalesce(new.{name}, old.{name}) AS {name}" for name in both),
                *(name for name in (*old_columns, *new_columns) if name not in both and name not in self._keys),
            ]
            query = f"SELECT {', '.join(columns)} FROM {new} AS new FULL JOIN {old} AS old USING ({self.key}, day)"
        return self._copy(query, path, order=f"{self.key}, day")

    def _stage_intervals(
        self, intervals: ir.Table | pa.Table | None, base: Manifest | None, path: str
    ) -> LakeFile | None:
        """Add intervals to those of the base; returns the file that holds them all, None where there are none."""
        stored = base.intervals if base else None
        if intervals is None:
            return stored
        table = intervals if isinstance(intervals, ir.Table) else ibis.memtable(intervals)
        table = table.select(self.key, table.first_day.cast("date"), table.last_day.cast("date")).distinct()
        if stored:
            table = table.union(self._table([stored.path]), distinct=True)
        num_rows = int(table.count().to_pyarrow().as_py())
        if num_rows == (stored.num_rows if stored else 0):
            return stored
        with self._place.placed(path) as temporary:
            table.to_parquet(str(temporary))
        return LakeFile(path, "", num_rows)

    def _copy(self, query: str, path: str, order: str) -> int:
        """Write a query's rows to a file of the lake; returns their number."""
        with self._place.placed(path) as temporary:
            count = self._fetch(
                f"COPY ({query} ORDER BY {order}) TO '{_quoted(temporary)}' (FORMAT parquet, COMPRESSION zstd)"
            )
        return int(count[0][0])

    def _fetch(self, sql: str) -> list[tuple]:
        """Run a statement on our connection and fetch all its rows.

        Raises:
            StoreError: Files cannot be read or are damaged, or the disk is full.
        """
        try:
            return self.connection.raw_sql(sql).fetchall()
        except duckdb.Error as error:
            # What an object store's client raises comes as the text of a traceback.
            told = isinstance(error, duckdb.IOException | duckdb.InvalidInputException)
            if not told and "Traceback" not in str(error):
                raise
            reasons = [
                line.strip() for line in str(error).splitlines() if re.match(r"\s*\w*(Error|Exception)\b.*:", line)
            ]
            reason = [str(error).partition("\n")[0], *reasons][-1]
            raise StoreError(f"{self.root}: cannot be read or written ({reason}).") from error

    def _columns(self, scan: str) -> list[str]:
        """Names of a scan's columns."""
        return [str(row[0]) for row in self._fetch(f"DESCRIBE FROM {scan}")]

    def _table(self, paths: Sequence[str]) -> ir.Table:
        """Files of the lake as one table, columns united by name."""
        # Not by Ibis' read_parquet, which fetches an extension for URLs although the connection can open them.
        view = f"lake_{uuid4().hex}"
        self._fetch(f"CREATE TEMP VIEW {view} AS FROM {_scan([self._place.address(path) for path in paths])}")
        return self.connection.table(view)


def _scan(files: Sequence[str]) -> str:
    """DuckDB's table function over files, columns united by name."""
    names = ", ".join(f"'{_quoted(file)}'" for file in files)
    return f"read_parquet([{names}], union_by_name = true, hive_partitioning = false)"


def _finite(value: ir.FloatingValue) -> ir.FloatingValue:
    """The value, or null where it is NaN or infinite."""
    return ibis.ifelse(value.isnan() | value.isinf(), ibis.null("float64"), value)


def _quoted(path: Path | str) -> str:
    """A path as it stands between the single quotes of a statement."""
    return str(path).replace("'", "''")
