"""Rolling telemetry windows against hand-written DuckDB SQL and pandas, on the same readings.

Run: ``python -m bench.windows [--quick] [--data FILE]``. Both peers must give equal results before anything is timed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from bench.timing import paired, report
from graph.windows import rolling_windows, window_columns

DATA = Path(__file__).resolve().parents[2] / "shared/data/backblaze-daily.parquet"
ATTRIBUTES = ("ata_1", "ata_5", "ata_9", "ata_194", "ata_197")
DAYS = 30
TARGET_SQL = 1.15


def main() -> None:
    """Check both peers, time them, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="backblaze-daily.parquet")
    parser.add_argument("--quick", action="store_true", help="a tenth of the drives, three pairs")
    options = parser.parse_args()
    if not options.data.is_file():
        parser.exit(2, f"{options.data}: no such file; name one with --data.\n")
    connection = ibis.duckdb.connect()
    connection.con.execute(_readings(options.data, quick=options.quick))
    readings = connection.table("readings")
    expression = rolling_windows(readings, days=DAYS)
    text = handwritten_sql()

    def ours() -> pa.Table:
        return expression.to_pyarrow()

    def sql() -> pa.Table:
        return connection.con.sql(text).to_arrow_table()

    frame = readings.to_pandas()

    def pandas() -> pd.DataFrame:
        return rolling_pandas(frame)

    expected = ours().to_pandas()
    verify(expected, sql().to_pandas())
    verify(expected, pandas())
    repeats = 3 if options.quick else 5
    ratios = [
        paired(
            "Ibis expression",
            ours,
            "hand-written SQL",
            sql,
            repeats=repeats,
            target=TARGET_SQL,
            clock=time.process_time,
        ),
        paired("Ibis expression", ours, "pandas", pandas, repeats=3, clock=time.process_time),
        paired("Ibis expression, wall time", ours, "hand-written SQL", sql, repeats=3),
    ]
    report(
        f"rolling windows: {len(frame):,} rows, {frame.drive_key.nunique():,} drives, {len(ATTRIBUTES)} attributes",
        ratios,
        ["both peers give the same windows; times are processor seconds but where it says wall time"],
    )


def _readings(data: Path, *, quick: bool) -> str:
    """Statement that makes the table of readings in the form of the lake."""
    columns = ", ".join(f"smart_{name.removeprefix('ata_')}_raw AS {name}" for name in ATTRIBUTES)
    some = "WHERE hash(serial_number) % 10 = 0" if quick else ""
    return (
        f"CREATE TABLE readings AS SELECT 'drive:backblaze:' || model || ':' || serial_number AS drive_key, "
        f"date AS day, {columns} FROM read_parquet('{data}') {some}"
    )


def handwritten_sql(attributes: Sequence[str] = ATTRIBUTES) -> str:
    """The same windows as someone would write them who knows DuckDB and cares for nothing else."""
    before = ", ".join(
        f"lag({name} IGNORE NULLS) OVER (PARTITION BY drive_key ORDER BY day) AS {name}_before" for name in attributes
    )
    inner, outer = [], []
    for name in attributes:
        change = f"({name} - {name}_before)"
        rise = f"CASE WHEN {change} > 0 THEN {change} WHEN {name} IS NOT NULL THEN 0 END"
        fall = f"CASE WHEN {change} < 0 THEN 1 WHEN {name} IS NOT NULL THEN 0 END"
        inner += [
            f"first_value({name} IGNORE NULLS) OVER w AS {name}_first",
            f"last_value({name} IGNORE NULLS) OVER w AS {name}_last",
            f"min({name}) OVER w AS {name}_min",
            f"max({name}) OVER w AS {name}_max",
            f"sum({rise}) OVER w - first_value({rise} IGNORE NULLS) OVER w AS {name}_rise",
            f"regr_slope({name}, day_number) OVER w AS {name}_slope_per_day",
            f"max(CASE WHEN {change} <> 0 THEN day END) OVER w AS {name}_change",
            f"min(CASE WHEN {name} IS NOT NULL THEN day END) OVER w AS {name}_start",
            f"sum({fall}) OVER w - first_value({fall} IGNORE NULLS) OVER w AS {name}_num_resets",
        ]
        outer.append(f"nullif({name}_change, {name}_start) AS {name}_last_change_day")
        outer += [
            f"{name}_{measure}" for measure in ("first", "last", "min", "max", "rise", "slope_per_day", "num_resets")
        ]
    return f"""
        SELECT drive_key, day, first_day, day AS last_day, num_readings, {", ".join(outer)}
        FROM (
            SELECT drive_key, day, min(day) OVER w AS first_day, count(*) OVER w AS num_readings, {", ".join(inner)}
            FROM (SELECT *, day - DATE '1970-01-01' AS day_number, {before} FROM readings)
            WINDOW w AS (PARTITION BY drive_key ORDER BY day_number RANGE BETWEEN {DAYS - 1} PRECEDING AND CURRENT ROW)
        )"""


def rolling_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    """The same windows in pandas and numpy: whole columns, one shift a day of the window, no loop over drives."""
    frame = frame.sort_values(["drive_key", "day"], ignore_index=True)
    drive = frame.groupby("drive_key", sort=False).ngroup().to_numpy()
    day = frame.day.to_numpy().astype("datetime64[D]").astype("int64")
    found: dict[str, object] = {"drive_key": frame.drive_key, "day": frame.day, "last_day": frame.day}
    # Row in which each window starts: drives lie one after another, so drive and day make one ascending number.
    position = drive * 100_000 + day
    start = np.searchsorted(position, position - (DAYS - 1), side="left")
    start = np.maximum(start, np.searchsorted(drive, drive, side="left"))
    found["first_day"] = frame.day.to_numpy()[start]
    found["num_readings"] = np.arange(len(frame)) - start + 1
    for name in ATTRIBUTES:
        found |= _rolling_column(frame[name].to_numpy(dtype=float), drive, day, start, name)
    return pd.DataFrame(found)


def _rolling_column(value: np.ndarray, drive: np.ndarray, day: np.ndarray, start: np.ndarray, name: str) -> dict:
    """Windows of one column."""
    series = pd.Series(value)
    rows = np.arange(len(value))
    known = ~np.isnan(value)
    next_known = pd.Series(np.where(known, rows, np.nan)).bfill().fillna(len(value)).to_numpy().astype(int)
    last_known = pd.Series(np.where(known, rows, np.nan)).ffill().fillna(-1).to_numpy().astype(int)
    first = next_known[start]
    empty = first > rows
    first = np.where(empty, 0, first)
    last = np.where(empty, 0, last_known)
    before = series.groupby(drive).ffill().groupby(drive).shift().to_numpy()
    change = np.where(known, value - before, np.nan)
    rise, reset = np.cumsum(np.where(change > 0, change, 0)), np.cumsum(change < 0)
    changed = np.maximum.accumulate(np.where(np.nan_to_num(change) != 0, rows, -1))
    windowed = series.rolling(_Windows(start), min_periods=1)
    # Sums over windows as differences of running sums, about the drive's own middle so that little is cancelled.
    x = day - pd.Series(day).groupby(drive).transform("mean").to_numpy()
    y = np.where(known, value - series.groupby(drive).transform("mean").to_numpy(), 0.0)
    n, sx, sy, sxy, sxx = (_sums(part, start) for part in (known * 1.0, x * known, y, x * y, x * x * known))
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(n > 1, (n * sxy - sx * sy) / (n * sxx - sx * sx), np.nan)
    column = window_columns(name)
    masked = {
        column["first"]: value[first],
        column["last"]: value[last],
        column["rise"]: rise[rows] - rise[first],
        column["num_resets"]: reset[rows] - reset[first],
    }
    return {key: np.where(empty, np.nan, measure) for key, measure in masked.items()} | {
        column["min"]: windowed.min().to_numpy(),
        column["max"]: windowed.max().to_numpy(),
        column["slope_per_day"]: slope,
        column["last_change_day"]: np.where(
            (changed > first) & ~empty, day[np.maximum(changed, 0)].astype("datetime64[D]"), np.datetime64("NaT", "D")
        ),
    }


class _Windows(pd.api.indexers.BaseIndexer):
    """Windows from a given start row to each row."""

    def __init__(self, start: np.ndarray) -> None:
        super().__init__()
        self.start = start

    def get_window_bounds(
        self,
        num_values: int = 0,
        min_periods: int | None = None,
        center: bool | None = None,
        closed: str | None = None,
        step: int | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        return self.start.astype("int64"), np.arange(1, num_values + 1, dtype="int64")


def _sums(value: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Sum over each window."""
    running = np.concatenate([[0.0], np.cumsum(value)])
    return running[1:] - running[start]


def verify(ours: pd.DataFrame, peer: pd.DataFrame, keys: Sequence[str] = ("drive_key", "day")) -> None:
    """Stop where the peer's windows, in whatever order, differ by more than rounding."""
    ours, peer = (frame.sort_values(list(keys), ignore_index=True)[sorted(frame.columns)] for frame in (ours, peer))
    assert list(ours.columns) == list(peer.columns)
    for name in ours.columns:
        mine, theirs = ours[name], peer[name]
        if name.endswith("day") and not name.endswith("per_day"):
            assert (
                pd.to_datetime(mine).fillna(pd.Timestamp(0)) == pd.to_datetime(theirs).fillna(pd.Timestamp(0))
            ).all(), name
        elif name in {"drive_key", "content_sha256"}:
            assert (mine == theirs).all(), name
        else:
            a, b = mine.to_numpy(dtype=float), theirs.to_numpy(dtype=float)
            scale = 1e-9 * np.nanmax(np.abs(a), initial=1.0) if name.endswith("slope_per_day") else 1e-6
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=scale, err_msg=name)


if __name__ == "__main__":
    main()
