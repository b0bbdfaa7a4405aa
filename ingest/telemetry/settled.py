"""Which rows of a source count: doubles within it and against what is stored, settled on disk by DuckDB."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from graph.windows.shape import COLLECTED_AT
from ingest.telemetry.normalised import PLACES, READING_KEYS
from ingest.telemetry.spill import ROW_BITS, Spill, place_of

DERIVED_DAY = "derived_day"
"""Column of the readings: 1 where the day of a reading was worked out from power-on hours, else 0 or null."""

LateRefusal = tuple[str, str, str]
"""Column, value and reason of a row that is refused because of another."""

TABLES = ("drives", "placements", "failures", "intervals", "log_entries", "place_readings")


class Settled:
    """The rows of a source that count, as tables of a DuckDB connection named ``source_drives`` and so on.

    Args:
        connection: Of the readings, so that both can be joined.
        spill: The normalised rows.
        folder: For what is too large for memory.
        one_row_a_day: A row is a drive-day (see ``Format``).
        derived_days: Days of readings are worked out (see ``Format``).
        known_files: Places (from 0) of the source's files that an earlier run had read: they replace nothing.
    """

    def __init__(
        self,
        connection: Backend,
        spill: Spill,
        folder: Path,
        *,
        one_row_a_day: bool,
        derived_days: bool,
        known_files: Collection[int] = (),
    ) -> None:
        self.connection = connection
        self.sql: duckdb.DuckDBPyConnection = connection.con
        self._folder = folder
        self._one_row_a_day = one_row_a_day
        self._derived_days = derived_days
        is_known = f"row >> {ROW_BITS} IN ({', '.join(map(str, sorted(known_files)))})" if known_files else "false"
        self._is_known = f"({is_known})"
        self.fetch("CREATE OR REPLACE TEMP TABLE source_refused (row BIGINT, other BIGINT)")
        self.fetch("CREATE OR REPLACE TEMP TABLE source_doubles (row BIGINT, other BIGINT)")
        for name in (*TABLES, "readings"):
            self.fetch(f"CREATE OR REPLACE TEMP VIEW source_all_{name} AS FROM {scan(spill.paths(name))}")
        for name in TABLES:
            if name == "failures":
                continue
            self.fetch(
                f"CREATE OR REPLACE TEMP VIEW source_{name} AS FROM source_all_{name} "
                "ANTI JOIN source_refused USING (row) ANTI JOIN source_doubles USING (row)"
            )
        # Of rows that are one drive-day, that the drive failed counts whichever of them says so.
        self.fetch(
            "CREATE OR REPLACE TEMP VIEW source_failures AS "
            "FROM source_all_failures ANTI JOIN source_refused USING (row)"
        )
        self.attributes = self._filled()
        self.has_doubles = False
        self._settle_doubles()

    def _filled(self) -> list[str]:
        """Attributes with a value anywhere; the others need no column."""
        known = {row[0] for row in self.fetch("DESCRIBE source_all_readings")}
        names = sorted(known - set(READING_KEYS.names))
        if not names:
            return []
        counts = self.fetch(f"SELECT {', '.join(f'count({name})' for name in names)} FROM source_all_readings")[0]
        return [name for name, count in zip(names, counts, strict=True) if count]

    def _settle_doubles(self) -> None:
        """Of several rows of one drive and day make one."""
        values = ", ".join(["row", "drive_key", "day", *self.attributes])
        if self._derived_days:
            target = self._folder / "settled.parquet"
            self.fetch(
                f"COPY (SELECT {values} FROM source_all_readings QUALIFY row_number() OVER "
                f"(PARTITION BY drive_key, day ORDER BY sequence DESC, row DESC) = 1) "
                f"TO '{_quoted(target)}' (FORMAT parquet)"
            )
            self.fetch(f"CREATE OR REPLACE TEMP VIEW source_readings AS FROM {scan([target])}")
            return
        self.fetch(
            "CREATE OR REPLACE TEMP TABLE source_doubled AS "
            "SELECT drive_key, day FROM source_all_readings GROUP BY ALL HAVING count(*) > 1"
        )
        self.has_doubles = self.number("source_doubled") > 0
        if not self.has_doubles:
            self.fetch(f"CREATE OR REPLACE TEMP VIEW source_readings AS SELECT {values} FROM source_all_readings")
            return
        if self._one_row_a_day:
            self._refuse_doubles()
        self._merge_doubles()
        self.fetch(
            f"CREATE OR REPLACE TEMP VIEW source_readings AS SELECT {values} FROM source_all_readings "
            f"ANTI JOIN source_doubled USING (drive_key, day) UNION ALL SELECT {values} FROM source_merged"
        )

    def _refuse_doubles(self) -> None:
        """Of one drive-day, rows that say the same count once, whether or not they tell of its failure.

        Of different rows of one file nobody knows which is right: the first counts, the others are refused. Of
        different rows of several files the later file corrects the earlier.
        """
        content = ", ".join(
            [f"r.{name}" for name in self.attributes]
            + ["d.capacity_bytes", "p.slot"]
            + [f"p.{place}" for place in PLACES]
        )
        self.fetch(
            f"""
            CREATE OR REPLACE TEMP TABLE source_ranked AS
            SELECT r.drive_key, r.day, r.row, row({content})::VARCHAR AS content, {self._is_known} AS is_known,
              first_value(content) OVER same_file AS first_content, first_value(r.row) OVER same_file AS first_row
            FROM source_all_readings r SEMI JOIN source_doubled USING (drive_key, day)
            JOIN (SELECT row AS drive_row, * EXCLUDE (row) FROM source_all_drives) d ON d.drive_row = r.row
            LEFT JOIN (SELECT row AS place_row, * EXCLUDE (row) FROM source_all_placements) p ON p.place_row = r.row
            WINDOW same_file AS (PARTITION BY r.drive_key, r.day, r.row >> {ROW_BITS} ORDER BY r.row)
            """
        )
        other = "WHERE row <> first_row AND content"
        self.fetch(f"INSERT INTO source_doubles SELECT row, first_row FROM source_ranked {other} = first_content")
        self.fetch(f"INSERT INTO source_refused SELECT row, first_row FROM source_ranked {other} <> first_content")
        # A file that was read before says nothing new beside one that was not, and neither does a repeat.
        self.fetch(
            """
            INSERT INTO source_doubles SELECT row, other FROM (
              SELECT row, is_known AND NOT min(is_known) OVER same_day AS is_older,
                CASE WHEN is_older THEN arg_max(row, NOT is_known) OVER same_day
                  WHEN lag(content) OVER files = content THEN lag(row) OVER files END AS other
              FROM source_ranked WHERE row = first_row
              WINDOW same_day AS (PARTITION BY drive_key, day),
                files AS (PARTITION BY drive_key, day, is_known ORDER BY row)
            ) WHERE other IS NOT NULL
            """
        )

    def _merge_doubles(self) -> None:
        """One row of each drive-day that has several, column by column the latest value.

        Later is, of samples, what was taken later, and else what stands in a later file.
        """
        taken = [f"coalesce({COLLECTED_AT}, sequence)"] if COLLECTED_AT in self.attributes else ["sequence"]
        order = ", ".join([*([] if self._one_row_a_day else taken), f"NOT {self._is_known}", "row"])
        merged = ", ".join(f"arg_max({name}, place) AS {name}" for name in ("row", *self.attributes))
        self.fetch(
            f"""
            CREATE OR REPLACE TEMP TABLE source_merged AS SELECT drive_key, day, {merged} FROM (
              SELECT *, row_number() OVER (PARTITION BY drive_key, day ORDER BY {order}) AS place
              FROM source_all_readings SEMI JOIN source_doubled USING (drive_key, day)
              ANTI JOIN source_refused USING (row) ANTI JOIN source_doubles USING (row)
            ) GROUP BY drive_key, day
            """
        )

    def compare(self, stored: ir.Table | None) -> Path:
        """Hold the readings against those stored, and find what changes.

        What a file says that was not read before replaces what is stored, column by column; where it has no value the
        stored one stays. Three kinds of rows only fill gaps: of a file that was read before, since it may have been
        corrected meanwhile; of a sample older than the one stored; and of a day worked out from power-on hours. The
        latter gives way to a certain one whichever comes first.

        Args:
            stored: Readings of the fleet, or None where there are none.

        Returns:
            Parquet file of what changes (also as view ``source_news``): ``drive_key``, ``day``, of each attribute the
            new value (null where it stays), ``is_day_new``, and ``is_replaced``, whether a stored value gives way.
        """
        there = set(stored.columns) if stored is not None else {"drive_key", "day"}
        if stored is not None:
            self.connection.create_view("source_base", stored, overwrite=True)
        else:
            self.fetch(
                "CREATE OR REPLACE VIEW source_base AS SELECT NULL::VARCHAR AS drive_key, NULL::DATE AS day WHERE false"
            )
        is_derived = f"coalesce(b.{DERIVED_DAY}, 0) = 1" if DERIVED_DAY in there else "false"
        replaces = "false" if self._derived_days else f"({is_derived} OR NOT n.is_known)"
        if COLLECTED_AT in self.attributes and COLLECTED_AT in there:
            replaces += f" AND coalesce(n.{COLLECTED_AT} >= b.{COLLECTED_AT}, true)"
        joined = (
            f"(SELECT *, {self._is_known} AS is_known FROM source_readings) n LEFT JOIN (FROM source_base "
            "WHERE day >= (SELECT min(day) FROM source_readings) AND day <= (SELECT max(day) FROM source_readings)) b "
            "ON b.drive_key = n.drive_key AND b.day = n.day"
        )
        picked = ["n.drive_key", "n.day", "b.drive_key IS NULL AS is_day_new"]
        replaced = []
        for name in self.attributes:
            if name in there:
                changes = f"b.{name} IS NULL OR ({replaces} AND b.{name} <> n.{name})"
                picked.append(f"CASE WHEN {changes} THEN n.{name} END AS {name}")
                replaced += [] if name == COLLECTED_AT else [f"({replaces} AND b.{name} <> n.{name})"]
            else:
                picked.append(f"n.{name}")
        picked.append(f"coalesce({' OR '.join(replaced) or 'false'}, false) AS is_replaced")
        changed = list(self.attributes)
        if self._derived_days:
            picked.append(f"CASE WHEN b.drive_key IS NULL THEN 1.0 END AS {DERIVED_DAY}")
        elif DERIVED_DAY in there:
            picked.append(f"CASE WHEN {is_derived} THEN 0.0 END AS {DERIVED_DAY}")
            changed.append(DERIVED_DAY)
        target = self._folder / "new.parquet"
        news = " OR ".join(["is_day_new", *(f"{name} IS NOT NULL" for name in changed)])
        self.fetch(
            f"COPY (FROM (SELECT {', '.join(picked)} FROM {joined}) WHERE {news}) "
            f"TO '{_quoted(target)}' (FORMAT parquet)"
        )
        self.fetch(f"CREATE OR REPLACE TEMP VIEW source_news AS FROM {scan([target])}")
        self.fetch(
            "CREATE OR REPLACE TEMP TABLE source_touched AS SELECT drive_key, max(day) AS last_changed, "
            "bool_or(is_day_new) AS has_new_day"
            + "".join(f", count({name}) > 0 AS {name}" for name in self.attributes)
            + " FROM source_news GROUP BY drive_key"
        )
        return target

    def late_refusals(self) -> Iterator[tuple[int, LateRefusal]]:
        """Rows refused because of other rows, by their number in the source."""
        for row, other in self.fetch("SELECT row, other FROM source_refused ORDER BY row"):
            where = "file {}, row {}".format(*_place(other))
            yield row, ("", "", f"differs from an earlier row of its drive and day ({where}), which counts")

    def last_day(self) -> date | None:
        """Last day that the source tells of, whatever it tells."""
        days = " UNION ALL ".join(
            f"SELECT day FROM source_{name}" for name in ("readings", "placements", "failures", "place_readings")
        )
        found: date | None = self.fetch(f"SELECT max(day) FROM ({days})")[0][0]
        return found

    def number(self, table: str) -> int:
        """Rows of a table."""
        return int(self.fetch(f"SELECT count(*) FROM {table}")[0][0])

    def fetch(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement and fetch all its rows (DuckDB wants a result read to its end before the next statement)."""
        return self.sql.execute(statement).fetchall()

    def arrow(self, query: str) -> pa.Table:
        """Result of a query."""
        return self.sql.sql(query).to_arrow_table()


def _place(row: int) -> tuple[int, int]:
    file, line = place_of(row)
    return file + 1, line


def scan(paths: Sequence[Path]) -> str:
    """SQL for the rows of some Parquet files, columns united by name."""
    names = ", ".join(f"'{_quoted(path)}'" for path in paths)
    return f"read_parquet([{names}], union_by_name = true)"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
