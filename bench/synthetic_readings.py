"""Synthetic daily readings of any number, for benchmarks: made by arithmetic, of nobody's drives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis

from graph.readings import ReadingsLake

FLEET = "synthetic"
FIRST_DAY = date(2025, 1, 1)
NUM_DAYS = 365
ATTRIBUTES = ("ata_1", "ata_5", "ata_9", "ata_194", "ata_197")
# One reading in fifty is missing, as in real fleets, so that windows have gaps.
ONE_MISSING_IN = 50


def synthetic_lake(root: Path, num_rows: int) -> tuple[ReadingsLake, str]:
    """Write a lake of about so many rows: each drive for a year, with gaps, nulls, resets and decimals.

    Args:
        root: Folder of the lake.
        num_rows: Rows, to within one in a hundred.

    Returns:
        The lake and its manifest.
    """
    lake = ReadingsLake(root)
    num_drives = round(num_rows / NUM_DAYS * ONE_MISSING_IN / (ONE_MISSING_IN - 1))
    lake.connection.raw_sql(
        f"""
        CREATE TEMP VIEW synthetic_rows AS SELECT
            printf('drive:{FLEET}:model %d:S%08d', drive % 20, drive) AS drive_key,
            DATE '{FIRST_DAY}' + CAST(t AS INTEGER) AS day,
            CAST(hash(drive, t) % 200000000 AS DOUBLE) AS ata_1,
            CAST(CASE WHEN drive % 50 = 0 THEN t // 9 ELSE 0 END AS DOUBLE) AS ata_5,
            CASE WHEN hash(drive, t, 9) % 100 > 0 THEN CAST(24 * (t % 300) + drive % 977 AS DOUBLE) END AS ata_9,
            20 + CAST(hash(drive, t, 3) % 80 AS DOUBLE) / 4 AS ata_194,
            CAST(CASE WHEN drive % 70 = 0 THEN hash(drive, t, 4) % 5 ELSE 0 END AS DOUBLE) AS ata_197
        FROM range({num_drives}) AS drives(drive), range({NUM_DAYS}) AS days(t)
        WHERE hash(drive, t, 1) % {ONE_MISSING_IN} > 0
        """
    )
    return lake, lake.stage("run:synthetic", FLEET, lake.connection.table("synthetic_rows"))


def written_readings(root: Path, num_rows: int) -> list[str]:
    """Parquet files of a synthetic lake, written where they are not there yet."""
    manifest = f"fleet={FLEET}/manifest-synthetic.json"
    if (root / manifest).exists():
        lake = ReadingsLake(root)
    else:
        lake, manifest = synthetic_lake(root, num_rows)
    files = lake.files([manifest])
    lake.close()
    return files


def count_rows(files: list[str]) -> int:
    """Rows in some files."""
    return int(ibis.duckdb.connect().read_parquet(files).count().to_pyarrow().as_py())
