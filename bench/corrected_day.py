"""The daily run: a corrected day, a correction of few drives, a next day, and the same folder again.

``python -m bench.corrected_day [PATH] [--quick]``; PATH defaults to ``../shared/data/backblaze-daily.parquet``. A fleet
is loaded once. Then a day in the middle comes again with one attribute of every drive changed, which moves every
window; the same for 200 drives; the last day comes again under the next date; and that file once more. Each is a whole
command, from its start to its end. The peer reads the loaded file and the corrected day with pandas, replaces the day,
and computes last, rise and slope of each attribute a drive anew; it stores nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

from bench.ingest import PEER
from bench.timing import conditions

KEYS = ["model", "serial_number"]
FEW = 200
TARGET_SECONDS = 10.0
PEER_CORRECTED = (
    """
import sys, pandas as pd, tempfile
rows = pd.concat([pd.read_parquet(sys.argv[1]), pd.read_parquet(sys.argv[2])])
rows = rows.drop_duplicates(["model", "serial_number", "date"], keep="last")
target = tempfile.NamedTemporaryFile(suffix=".parquet")
rows.to_parquet(target.name)
sys.argv[1] = target.name
"""
    + PEER
)


def atoll(workspace: Path, *arguments: str) -> dict[str, Any]:
    """Run a command and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    command = [sys.executable, "-m", "app.cli", *arguments, "--workspace", str(workspace)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ingest(workspace: Path, path: Path, *options: str) -> tuple[float, dict[str, Any]]:
    """Seconds of one whole ingest, and its report."""
    began = time.perf_counter()
    given = ("--format", "backblaze-daily", "--fleet", "bench", *options)
    report = atoll(workspace, "ingest", "telemetry", str(path), *given)
    return time.perf_counter() - began, report


def corrected(rows: pd.DataFrame, change: float) -> pd.DataFrame:
    """Rows with another temperature."""
    return rows.assign(smart_194_raw=rows["smart_194_raw"] + change)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", type=Path, default=Path("../shared/data/backblaze-daily.parquet"))
    parser.add_argument("--quick", action="store_true", help="one correction of each kind")
    options = parser.parse_args()
    if not options.path.exists():
        sys.exit(f"{options.path}: not there; name a file of daily rows")
    rows = pd.read_parquet(options.path)
    days = sorted(rows["date"].unique())
    middle = rows[rows["date"] == days[len(days) * 5 // 8]]
    print(conditions())
    with tempfile.TemporaryDirectory(prefix="atoll-bench-") as folder:
        workspace = Path(folder) / "workspace"
        print(f"load: {len(rows):,} rows in {ingest(workspace, options.path, '--no-assess')[0]:.1f} s", flush=True)
        for number in range(1 if options.quick else 3):
            for name, part, flags in (
                ("corrected day", corrected(middle, number + 1), ("--no-assess",)),
                ("corrected day, assessed", corrected(middle, number + 51), ()),
                (f"{FEW} corrected drives", corrected(middle.head(FEW), number + 101), ("--no-assess",)),
            ):
                path = Path(folder) / f"{name}-{number}.parquet"
                part.to_parquet(path)
                seconds, report = ingest(workspace, path, *flags)
                peer = time.perf_counter()
                subprocess.run([sys.executable, "-c", PEER_CORRECTED, str(options.path), str(path)], check=True,
                               capture_output=True)  # fmt: skip
                peer = time.perf_counter() - peer
                told = f", target {TARGET_SECONDS:g} s: {'met' if seconds < TARGET_SECONDS else 'MISSED'}"
                print(
                    f"{name}: {report['rows_replaced']:,} rows replaced, {report['nodes_written']:,} windows moved in "
                    f"{seconds:.1f} s; pandas anew {peer:.1f} s; ratio {seconds / peer:.2f}{told}",
                    flush=True,
                )
        ahead = rows[rows["date"] == days[-1]].assign(date=days[-1] + pd.Timedelta(days=1))
        path = Path(folder) / "next.parquet"
        ahead.to_parquet(path)
        seconds, report = ingest(workspace, path, "--no-assess")
        print(f"next day: {report['new_readings']:,} new drive-days in {seconds:.1f} s", flush=True)
        seconds, report = ingest(workspace, path, "--no-assess")
        print(f"the same file again: {report['new_readings']:,} new drive-days in {seconds:.1f} s")
        atoll(workspace, "store", "stop")


if __name__ == "__main__":
    main()
