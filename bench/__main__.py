"""Run every benchmark: ``python -m bench [--quick]``."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    "windows",
    "windows_scale",
    "store",
    "ingest",
    "corrected_day",
    "resolution",
    "foreign_rdf",
    "literature_reading",
    "extraction",
    "health_protocol",
    "risk_speed",
    "graph_risk",
)


def main() -> None:
    """Run each benchmark in a process of its own, so that none inherits another's memory."""
    worst = 0
    for name in BENCHMARKS:
        print(f"\n== bench.{name}", flush=True)
        worst = max(
            worst, subprocess.run([sys.executable, "-m", f"bench.{name}", *sys.argv[1:]], check=False).returncode
        )
    sys.exit(worst)


if __name__ == "__main__":
    main()
