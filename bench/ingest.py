"""End to end: a file of daily rows to readings, windows and graph, against pandas computing only the windows.

``python -m bench.ingest [PATH] [--runs N]``; PATH defaults to ``../shared/data/backblaze-daily.parquet``. Prints
rows a second, peak memory of the command with its server, and the ratio to the peer, which reads the same file with
pandas and computes last, rise and least-squares slope of each attribute a drive; it stores nothing, so the ratio says
what storing, checking and graph-building cost on top.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

PEER = """
import sys, pandas as pd
rows = pd.read_parquet(sys.argv[1]).sort_values(["model", "serial_number", "date"])
rows["day"] = (pd.to_datetime(rows["date"]) - pd.Timestamp("1970-01-01")).dt.days
keys = ["model", "serial_number"]
rows = rows[rows["day"] > rows.groupby(keys)["day"].transform("max") - 30]
groups = rows.groupby(keys)
result = {}
for column in [c for c in rows if c.startswith("smart_") and rows[c].notna().any()]:
    steps = groups[column].diff().clip(lower=0)
    day, value = rows["day"], rows[column]
    day_off, value_off = day - groups["day"].transform("mean"), value - groups[column].transform("mean")
    top = (day_off * value_off).groupby([rows[k] for k in keys]).sum()
    result[column + "_slope"] = top / (day_off**2).groupby([rows[k] for k in keys]).sum()
    result[column + "_rise"] = steps.groupby([rows[k] for k in keys]).sum()
    result[column + "_last"] = groups[column].last()
print(len(pd.DataFrame(result)))
"""


def peak_memory_bytes(workspace: Path, done: threading.Event, pid: int) -> int:
    """Highest sum of resident memory of the command and the workspace's server, sampled ten times a second."""
    peak = 0
    while not done.wait(0.1):
        total = 0
        for process in psutil.process_iter(["pid", "cmdline"]):
            try:
                line = " ".join(process.info["cmdline"] or ())
                if process.pid == pid or str(workspace) in line:
                    total += process.memory_info().rss
            except psutil.Error:
                continue
        peak = max(peak, total)
    return peak


def ingest_once(path: Path, format_name: str) -> tuple[float, int, dict[str, object]]:
    """Ingest ``path`` into a fresh workspace; return wall seconds, peak bytes and the report."""
    with tempfile.TemporaryDirectory(prefix="atoll-bench-") as folder:
        workspace = Path(folder) / "workspace"
        atoll = [sys.executable, "-m", "app.cli"]
        command = [*atoll, "ingest", "telemetry", str(path), "--format", format_name, "--fleet", "bench"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("NEO4J_")}
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--workspace", str(workspace), "--json"], stdout=subprocess.PIPE, text=True, env=environment
        )
        done = threading.Event()
        peaks: list[int] = []
        sampler = threading.Thread(target=lambda: peaks.append(peak_memory_bytes(workspace, done, process.pid)))
        sampler.start()
        output, _ = process.communicate()
        seconds = time.perf_counter() - began
        done.set()
        sampler.join()
        subprocess.run([*atoll, "store", "stop", "--workspace", str(workspace)], check=True, capture_output=True)
        if process.returncode:
            sys.exit(f"ingest failed: {output}")
        return seconds, peaks[0], json.loads(output)


def peer_once(path: Path) -> float:
    """Wall seconds of the pandas peer, in a process of its own."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", PEER, str(path)], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", type=Path, default=Path("../shared/data/backblaze-daily.parquet"))
    parser.add_argument("--format", default="backblaze-daily")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one run")
    options = parser.parse_args()
    if not options.path.exists():
        sys.exit(f"{options.path}: not there; name a file of daily rows")
    ratios: list[float] = []
    for number in range(1 if options.quick else options.runs):
        seconds, peak, report = ingest_once(options.path, options.format)
        peer = peer_once(options.path)
        ratios.append(seconds / peer)
        rows = int(str(report["rows_read"]))
        print(
            f"run {number + 1}: {rows:,} rows in {seconds:.1f} s ({rows / seconds:,.0f} rows/s), "
            f"peak {peak / 2**30:.2f} GiB (server included); pandas windows only {peer:.1f} s; "
            f"ratio {seconds / peer:.1f}",
            flush=True,
        )
    ratios.sort()
    low, median, high = ratios[0], ratios[len(ratios) // 2], ratios[-1]
    print(f"ratio to pandas: median {median:.1f}, {low:.1f} to {high:.1f}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
