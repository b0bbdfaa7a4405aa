"""Which rows of a source count: doubles within it and against what is stored, settled on disk by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from ingest.telemetry.normalised import PLACES, READING_KEYS
from ingest.telemetry.spill import Spill, place_of

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
    """

    def __init__(
        self, connection: Backend, spill: Spill, folder: Path, *, one_row_a_day: bool, derived_days: bool
    ) -> None:
        self.connection = connection
        self.sql: duckdb.DuckDBPyConnection = connection.con
        self._folder = folder
        self._one_row_a_day = one_row_a_day
        self._derived_days = derived_days
        self.fetch(
            "CREATE OR REPLACE TEMP TABLE source_refused (row BIGINT, other BIGINT, conflict VARCHAR, value VARCHAR)"
        )
        self.fetch("CREATE OR REPLACE TEMP TABLE source_doubles (row BIGINT, other BIGINT)")
        for name in (*TABLES, "readings"):
            self.fetch(f"CREATE OR REPLACE TEMP VIEW source_all_{name} AS FROM {_scan(spill.paths(name))}")
        for name in TABLES:
            if name == "failures":
                continue
            self.fetch(
                f"CREATE OR REPLACE TEMP VIEW source_{name} AS FROM source_all_{name} "
                "ANTI JOIN source_refused USING (row) ANTI JOIN source_doubles USING (row)"
            )
        # Of rows that are one drive-day the first counts; that the drive failed counts whichever of them says so.
        self.fetch(
            "CREATE OR REPLACE TEMP VIEW source_failures AS SELECT f.* FROM source_all_failures f "
            "LEFT JOIN source_doubles d ON d.row = f.row "
            "ANTI JOIN source_refused r ON r.row = coalesce(d.other, f.row)"
        )
        self.attributes = self._filled()
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
        """Of several rows of one drive and day keep one: the first, or of samples the last."""
        values = ", ".join(["row", "drive_key", "day", *self.attributes])
        if self._one_row_a_day:
            self._refuse_doubles()
            self.fetch(
                f"CREATE OR REPLACE TEMP VIEW source_readings AS SELECT {values} FROM source_all_readings "
                "ANTI JOIN source_refused USING (row) ANTI JOIN source_doubles USING (row)"
            )
        else:
            target = self._folder / "settled.parquet"
            self.fetch(
                f"COPY (SELECT {values} FROM source_all_readings QUALIFY row_number() OVER "
                f"(PARTITION BY drive_key, day ORDER BY sequence DESC, row DESC) = 1) "
                f"TO '{_quoted(target)}' (FORMAT parquet)"
            )
            self.fetch(f"CREATE OR REPLACE TEMP VIEW source_readings AS FROM {_scan([target])}")

    def _refuse_doubles(self) -> None:
        """Of one drive-day, rows that say the same count once, whether or not they tell of its failure."""
        self.fetch(
            "CREATE OR REPLACE TEMP TABLE source_doubled AS "
            "SELECT drive_key, day FROM source_all_readings GROUP BY ALL HAVING count(*) > 1"
        )
        if not self.number("source_doubled"):
            return
        content = ", ".join(
            [f"r.{name}" for name in self.attributes]
            + ["d.capacity_bytes", "p.slot"]
            + [f"p.{place}" for place in PLACES]
        )
        self.fetch(
            f"""
            CREATE OR REPLACE TEMP TABLE source_ranked AS
            SELECT r.row, row({content})::VARCHAR AS content, first_value(content) OVER same_day AS first_content,
              first_value(r.row) OVER same_day AS first_row
            FROM source_all_readings r SEMI JOIN source_doubled USING (drive_key, day)
            JOIN source_all_drives d ON d.row = r.row
            LEFT JOIN source_all_placements p ON p.row = r.row
            WINDOW same_day AS (PARTITION BY r.drive_key, r.day ORDER BY r.row)
            """
        )
        other = "WHERE row <> first_row AND content"
        self.fetch(f"INSERT INTO source_doubles SELECT row, first_row FROM source_ranked {other} = first_content")
        self.fetch(
            f"INSERT INTO source_refused SELECT row, first_row, '', '' FROM source_ranked {other} <> first_content"
        )

    def compare(self, stored: ir.Table | None) -> Path:
        """Hold the readings against those stored, which are never overwritten by others.

        A row whose day is certain and that contradicts a stored reading is refused. A reading whose day was worked out
        only fills gaps of what is stored, and gives way where a certain one comes later, so that the order in which
        sources come does not matter.

        Args:
            stored: Readings of the fleet, or None where there are none.

        Returns:
            Parquet file of the readings that add to what is stored.
        """
        there = set(stored.columns) if stored is not None else {"drive_key", "day"}
        if stored is not None:
            self.connection.create_view("source_base", stored, overwrite=True)
        else:
            self.fetch(
                "CREATE OR REPLACE VIEW source_base AS SELECT NULL::VARCHAR AS drive_key, NULL::DATE AS day WHERE false"
            )
        common = [name for name in self.attributes if name in there]
        is_derived = f"coalesce(b.{DERIVED_DAY}, 0) = 1" if DERIVED_DAY in there else "false"
        joined = (
            "source_readings n LEFT JOIN (FROM source_base WHERE day >= (SELECT min(day) FROM source_readings) "
            "AND day <= (SELECT max(day) FROM source_readings)) b ON b.drive_key = n.drive_key AND b.day = n.day"
        )
        if self._one_row_a_day and common:
            differs = " ".join(f"WHEN b.{name} <> n.{name} THEN '{name}'" for name in common)
            value = " ".join(
                f"WHEN '{name}' THEN n.{name}::VARCHAR || ' against ' || b.{name}::VARCHAR" for name in common
            )
            self.fetch(
                f"CREATE OR REPLACE TEMP TABLE source_against AS SELECT n.row, CASE {differs} END AS conflict, "
                f"CASE conflict {value} END AS value FROM {joined} WHERE NOT {is_derived} AND conflict IS NOT NULL"
            )
            self.fetch("INSERT INTO source_refused SELECT row, NULL, conflict, value FROM source_against")
        picked = ["n.drive_key", "n.day"]
        news = ["b.drive_key IS NULL"]
        for name in self.attributes:
            if name not in there:
                picked.append(f"n.{name}")
                news.append(f"n.{name} IS NOT NULL")
            elif self._derived_days:
                picked.append(f"CASE WHEN b.{name} IS NULL THEN n.{name} END AS {name}")
                news.append(f"(b.{name} IS NULL AND n.{name} IS NOT NULL)")
            else:
                picked.append(f"n.{name}")
                news.append(f"(n.{name} IS NOT NULL AND b.{name} IS DISTINCT FROM n.{name})")
        if self._derived_days:
            picked.append(f"CASE WHEN b.drive_key IS NULL THEN 1.0 END AS {DERIVED_DAY}")
        elif DERIVED_DAY in there:
            picked.append(f"CASE WHEN {is_derived} THEN 0.0 END AS {DERIVED_DAY}")
            news.append(is_derived)
        target = self._folder / "new.parquet"
        self.fetch(
            f"COPY (SELECT {', '.join(picked)} FROM {joined} WHERE {' OR '.join(news)}) "
            f"TO '{_quoted(target)}' (FORMAT parquet)"
        )
        return target

    def late_refusals(self) -> Iterator[tuple[int, LateRefusal]]:
        """Rows refused because of other rows, by their number in the source."""
        rows = self.fetch("SELECT row, other, conflict, value FROM source_refused ORDER BY row")
        for row, other, conflict, value in rows:
            if other is None:
                reason = "is not what the readings hold for this drive and day (own value against theirs); they stay"
                yield row, (conflict, value, reason)
            else:
                where = "file {}, row {}".format(*_place(other))
                yield row, ("", "", f"differs from an earlier row of its drive and day ({where}), which counts")

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


def _scan(paths: Sequence[Path]) -> str:
    names = ", ".join(f"'{_quoted(path)}'" for path in paths)
    return f"read_parquet([{names}], union_by_name = true)"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
