"""An ingest that is killed leaves nothing visible, and the next one goes on; three kills here, twenty by the gate."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.readings import ReadingsLake
from graph.stores import open_store
from graph.stores.embedded import supervisor
from ingest.telemetry.pipeline import ingest_telemetry
from ingest.telemetry.stored import current_manifest, ingest_runs

WORKSPACE_ID = "kill-tests"
CHILD = """
import sys
from pathlib import Path
from graph.readings import ReadingsLake
from graph.stores import open_store
from ingest.telemetry.pipeline import ingest_telemetry

workspace, path, fleet = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
store = open_store(f"embedded:{workspace}", workspace_id=sys.argv[4])
def tell(stage, done, total):
    print(stage, flush=True)
ingest_telemetry([path], "atoll-daily", fleet, store=store, lake=ReadingsLake(workspace / "readings"),
                 workspace=workspace, progress=tell)
print("done", flush=True)
"""
STAGES = ("read", "compare", "stage readings", "write", "windows", "complete", "done")
DRIVES, DAYS = 400, 12


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("kills")
    yield folder
    supervisor.stop(folder)


@pytest.fixture(scope="module")
def rows(workspace: Path) -> Path:
    path = workspace / "rows.csv"
    days = [date(2024, 5, 1) + timedelta(days=number) for number in range(DAYS)]
    lines = [
        f"{day},S{n},M1,h{n // 8},r{n // 40},{int(n == 7 and day == days[-1])},{n % 5},30"
        for n in range(DRIVES)
        for day in days
    ]
    path.write_text("\n".join(["day,serial,model,host,rack,failure,ata_5,ata_194", *lines]) + "\n")
    return path


def visible(store: Any, fleet: str) -> dict[str, Any]:
    """What a reader sees of a fleet: nodes by label, and readings."""
    keys = [f"drive:{fleet}:M1:S{number}" for number in range(DRIVES)]
    manifest = current_manifest(ingest_runs(store), fleet)
    lake = ReadingsLake(store_workspace(store) / "readings")
    readings = lake.readings([manifest]).count().to_pyarrow().as_py() if manifest else 0
    lake.close()
    return {
        "drives": len(store.query("stored_drives", {"keys": keys}).rows),
        "windows": len(store.query("stored_windows", {"keys": keys}).rows),
        "places": len(store.query("stored_placements", {"keys": keys}).rows),
        "readings": readings,
    }


def store_workspace(store: Any) -> Path:
    return Path(store.url.partition(":")[2])


def kill_at_random_moments(workspace: Path, rows: Path, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    fleet = f"killed{seed}"
    store = open_store(f"embedded:{workspace}", workspace_id=WORKSPACE_ID)
    nothing = {"drives": 0, "windows": 0, "places": 0, "readings": 0}
    everything = {"drives": DRIVES, "windows": DRIVES, "places": 2 * DRIVES, "readings": DRIVES * DAYS}
    seen: list[str] = []
    for _ in range(kills):
        command = [sys.executable, "-c", CHILD, str(workspace), str(rows), fleet, WORKSPACE_ID]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        wanted = rng.choice(STAGES[:-1])
        for line in child.stdout:
            if line.strip() == wanted:
                break
        time.sleep(rng.uniform(0, 0.5))
        os.kill(child.pid, signal.SIGKILL)
        seen.append(wanted)
        finished = "done" in child.stdout.read()
        child.wait()
        state = visible(store, fleet)
        # Killed after the commit but before it could say so is complete too: all or nothing, never a part.
        assert state in ([everything] if finished else [nothing, everything]), f"after a kill at {seen}"
        if state == everything:
            fleet += "x"
    lake = ReadingsLake(workspace / "readings")
    report = ingest_telemetry([rows], "atoll-daily", fleet, store=store, lake=lake, workspace=workspace)
    assert visible(store, fleet) == everything
    assert (report.rows_read, report.failures) == (DRIVES * DAYS, 1)
    assert store.incomplete_runs() == []
    assert [problem for problem in store.check() if problem.kind != "recovery"] == []
    version = store.version()
    ingest_telemetry([rows], "atoll-daily", fleet, store=store, lake=lake, workspace=workspace)
    assert store.version() == version
    lake.close()
    store.close()


def test_an_ingest_killed_three_times_leaves_nothing_half_visible_and_completes(workspace: Path, rows: Path) -> None:
    kill_at_random_moments(workspace, rows, kills=3, seed=1)


@pytest.mark.gate
def test_an_ingest_killed_twenty_times_leaves_nothing_half_visible_and_completes(workspace: Path, rows: Path) -> None:
    kill_at_random_moments(workspace, rows, kills=20, seed=2)
