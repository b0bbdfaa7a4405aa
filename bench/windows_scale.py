"""How windows grow from 100,000 to 20 million daily rows: time, memory, and hand-written DuckDB SQL beside them.

``python -m bench.windows_scale [--quick] [--rows N ...] [--pairs N] [--plot FILE]``. The readings are synthetic, in
Parquet files of a lake; each measurement reads them and writes the windows to Parquet in a process of its own, ours and
the peer's in turn, with the memory limit of the lake. Peak memory is that of the process with its children. The peer's
windows are first checked to be the same. Two kinds: the latest window of each drive, as an ingest computes them, and a
window for every row, as training does.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import psutil

from bench.growth_plot import draw_growth
from bench.synthetic_readings import ATTRIBUTES, count_rows, written_readings
from bench.timing import Ratio, report
from bench.windows import handwritten_sql, verify
from graph.readings import ReadingsLake
from graph.windows import latest_windows, rolling_windows
from graph.windows.engines import DUCKDB, open_engine

ROWS = (100_000, 500_000, 2_000_000, 6_000_000, 20_000_000)
ROWS_QUICK = (100_000, 300_000, 1_000_000)
DAYS = 30
TARGET_SQL, TARGET_EXPONENT, TARGET_BYTES = 1.15, 1.1, 8 * 10**9
PLOT = Path(__file__).resolve().parents[1] / "docs/images/windows-scale.svg"
KINDS: dict[str, Callable[[ir.Table, int], ir.Table]] = {"latest": latest_windows, "rolling": rolling_windows}
KEYS = {"latest": ["drive_key"], "rolling": ["drive_key", "day"]}


@dataclass(frozen=True, slots=True)
class Measured:
    """One process that computed windows.

    Args:
        num_rows: Readings it read.
        cpu_seconds: Processor time of the computation, on all cores.
        wall_seconds: Time by the clock.
        peak_bytes: Highest resident memory of the process with its children.
    """

    num_rows: int
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int


def main() -> None:
    """Measure, fit, print and plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="to a million rows, one pair")
    parser.add_argument("--rows", type=int, nargs="+", help="sizes to measure")
    parser.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=sorted(KINDS))
    parser.add_argument("--pairs", type=int, default=3, help="pairs a size; those of the largest give the ratio")
    parser.add_argument("--folder", type=Path, help="keep the synthetic readings here for the next run")
    parser.add_argument("--plot", type=Path, help=f"write the plot here ({PLOT.name} in docs/images)")
    parser.add_argument("--child", nargs=4, metavar=("KIND", "SIDE", "LAKE", "TARGET"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        kind, side, lake, target = options.child
        compute(kind, side, json.load(sys.stdin), Path(lake), Path(target))
        return
    sizes = sorted(options.rows or (ROWS_QUICK if options.quick else ROWS))
    with tempfile.TemporaryDirectory(prefix="atoll-bench-") as temporary:
        folder = options.folder or Path(temporary)
        series = {}
        for kind in options.kinds:
            series[kind] = measure_kind(kind, sizes, folder, 1 if options.quick else options.pairs)
    if options.plot:
        draw_growth(options.plot, {f"{kind} windows": points for kind, points in series.items()})
        print(f"plot: {options.plot}")


def measure_kind(kind: str, sizes: list[int], folder: Path, pairs: int) -> list[tuple[int, float]]:
    """Measure one kind of windows over all sizes and print what came out; returns rows and our processor seconds."""
    check_equal(kind, folder, sizes[0])
    ours: list[Measured] = []
    theirs: list[Measured] = []
    for size in sizes:
        files = written_readings(folder / f"rows-{size}", size)
        num_rows = count_rows(files)
        both: dict[str, list[Measured]] = {"ours": [], "sql": []}
        for pair in range(pairs):
            for side in ("ours", "sql") if pair % 2 == 0 else ("sql", "ours"):
                both[side].append(replace(measure(kind, side, files, folder), num_rows=num_rows))
                print(f"  {kind} {side}: {both[side][-1]}", file=sys.stderr, flush=True)
        ours, theirs = [*ours, *both["ours"]], [*theirs, *both["sql"]]
    of_largest = [
        Ratio(
            f"{kind} windows of {ours[-1].num_rows:,} rows, {what}",
            "hand-written SQL",
            tuple(getattr(each, field) for each in ours[-pairs:]),
            tuple(getattr(each, field) for each in theirs[-pairs:]),
            target,
        )
        for what, field, target in (
            ("processor time", "cpu_seconds", TARGET_SQL),
            ("wall time", "wall_seconds", None),
        )
    ]
    exponent, peak = growth_exponent(ours), max(each.peak_bytes for each in ours)
    notes = [
        "synthetic readings; both sides give the same windows",
        f"growth exponent of processor time over {len(sizes)} sizes: {exponent:.3f}, target {TARGET_EXPONENT}: "
        f"{met(exponent <= TARGET_EXPONENT)} (of the peer {growth_exponent(theirs):.3f}; "
        f"of ours between the two largest sizes {growth_exponent(ours[-2 * pairs :]):.3f})",
        f"peak memory {peak / 1e9:.2f} GB, target {TARGET_BYTES / 1e9:.0f} GB: {met(peak < TARGET_BYTES)} "
        f"(of the peer {max(each.peak_bytes for each in theirs) / 1e9:.2f} GB)",
    ]
    report(f"{kind} windows, {len(ATTRIBUTES)} attributes, {DAYS} days", of_largest, notes)
    return [(each.num_rows, each.cpu_seconds) for each in ours]


def met(is_met: bool) -> str:
    """A target's outcome in a word."""
    return "met" if is_met else "MISSED"


def growth_exponent(measured: list[Measured]) -> float:
    """Slope of log time on log rows: 1 where twice the rows take twice the time. No number for one size."""
    rows = np.log([each.num_rows for each in measured])
    if np.ptp(rows) == 0:
        return math.nan
    return float(np.polyfit(rows, np.log([each.cpu_seconds for each in measured]), 1)[0])


def measure(kind: str, side: str, files: list[str], folder: Path) -> Measured:
    """Compute windows in a process of its own and watch its memory."""
    with tempfile.TemporaryDirectory(prefix="windows-", dir=folder) as target:
        command = [sys.executable, "-m", "bench.windows_scale", "--child", kind, side, f"{target}/lake", target]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        done, peaks = threading.Event(), [0]
        sampler = threading.Thread(target=watch_memory, args=(psutil.Process(process.pid), done, peaks))
        sampler.start()
        output, errors = process.communicate(json.dumps(files))
        done.set()
        sampler.join()
        if process.returncode:
            sys.exit(f"{kind} windows by {side} failed: {errors}")
        told = json.loads(output)
    return Measured(0, told["cpu_seconds"], told["wall_seconds"], peaks[0])


def watch_memory(process: psutil.Process, done: threading.Event, peaks: list[int]) -> None:
    """Keep the highest sum of resident memory of a process and its children, looked at twenty times a second."""
    while not done.wait(0.05):
        total = 0
        try:
            for each in [process, *process.children(recursive=True)]:
                total += each.memory_info().rss
        except psutil.Error:
            continue
        peaks[0] = max(peaks[0], total)


def compute(kind: str, side: str, files: list[str], lake_root: Path, target: Path) -> None:
    """What is measured: from files of readings to files of windows, by us or by the peer, on a lake's connection."""
    lake_root.mkdir()
    lake = ReadingsLake(lake_root)
    connection = lake.connection
    written = target / "windows"
    cpu_seconds, wall_seconds = time.process_time(), time.perf_counter()
    if side == "ours":
        with open_engine(DUCKDB, connection) as engine:
            engine.write(KINDS[kind](engine.readings(files), DAYS), written)
    else:
        written.mkdir()
        names = ", ".join(f"'{file}'" for file in files)
        scan = f"read_parquet([{names}], union_by_name = true, hive_partitioning = false)"
        connection.raw_sql(f"CREATE TEMP VIEW readings AS FROM {scan}")
        connection.raw_sql(f"COPY ({sql_of(kind)}) TO '{written}/windows.parquet' (FORMAT parquet)")
    told = {"cpu_seconds": time.process_time() - cpu_seconds, "wall_seconds": time.perf_counter() - wall_seconds}
    lake.close()
    print(json.dumps(told))


def check_equal(kind: str, folder: Path, size: int) -> None:
    """Stop where the peer's windows are not ours."""
    connection = ibis.duckdb.connect()
    files = written_readings(folder / f"rows-{size}", size)
    readings = connection.read_parquet(files, table_name="readings", union_by_name=True, hive_partitioning=False)
    expected = KINDS[kind](readings, DAYS).to_pandas()
    verify(expected, connection.con.sql(sql_of(kind)).to_arrow_table().to_pandas(), KEYS[kind])


def sql_of(kind: str) -> str:
    """The peer's statement."""
    return latest_sql() if kind == "latest" else handwritten_sql(ATTRIBUTES)


def latest_sql() -> str:
    """The latest window of each drive, as someone would write it who knows DuckDB and cares for nothing else."""
    before, line, measures = [], ["CAST(day AS VARCHAR)"], []
    for name in ATTRIBUTES:
        before.append(f"lag({name} IGNORE NULLS) OVER w AS {name}_before")
        change = f"({name} - {name}_before)"
        measures += [
            f"arg_min({name}, day) AS {name}_first",
            f"arg_max({name}, day) AS {name}_last",
            f"min({name}) AS {name}_min",
            f"max({name}) AS {name}_max",
            f"sum(CASE WHEN {change} > 0 THEN {change} WHEN {name} IS NOT NULL THEN 0 END) AS {name}_rise",
            f"regr_slope({name}, day_number) AS {name}_slope_per_day",
            f"max(CASE WHEN {change} <> 0 THEN day END) AS {name}_last_change_day",
            f"sum(CASE WHEN {change} < 0 THEN 1 WHEN {name} IS NOT NULL THEN 0 END) AS {name}_num_resets",
        ]
    for name in sorted(ATTRIBUTES):
        text = f"CASE WHEN {name} = CAST({name} AS BIGINT) THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) "
        text += f"ELSE CAST(CAST(floor({name} * 1e6 + 0.5) AS BIGINT) AS VARCHAR) || 'e-6' END"
        line.append(f"coalesce(' {name}=' || {text}, '')")
    return f"""
        SELECT drive_key, min(day) AS first_day, max(day) AS last_day, count(*) AS num_readings,
            sha256(string_agg(line, chr(10) ORDER BY day)) AS content_sha256, {", ".join(measures)}
        FROM (
            SELECT *, day - DATE '1970-01-01' AS day_number, {" || ".join(line)} AS line, {", ".join(before)}
            FROM readings
            JOIN (SELECT drive_key, max(day) AS own_last FROM readings GROUP BY drive_key) USING (drive_key)
            WHERE day > own_last - {DAYS}
            WINDOW w AS (PARTITION BY drive_key ORDER BY day)
        )
        GROUP BY drive_key"""


if __name__ == "__main__":
    main()
