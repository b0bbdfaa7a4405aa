"""A corrected day of the real Backblaze fleet: the windows that it lies in move, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from graph.ports import GraphStore
from graph.readings import ReadingsLake
from graph.stores import open_store
from graph.stores.embedded import supervisor
from ingest.telemetry.pipeline import IngestReport, ingest_telemetry

FLEET = "corrected"
CHANGED = "smart:ata:194"
Workspace = tuple[Path, GraphStore, ReadingsLake]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    store = open_store(f"embedded:{tmp_path}", workspace_id="corrected-day-gate")
    lake = ReadingsLake(tmp_path / "readings")
    yield tmp_path, store, lake
    lake.close()
    store.close()
    supervisor.stop(tmp_path)


def ingest(workspace: Workspace, path: Path) -> IngestReport:
    folder, store, lake = workspace
    return ingest_telemetry([path], "backblaze-daily", FLEET, store=store, lake=lake, workspace=folder)


def windows(store: GraphStore) -> dict[str, dict[str, Any]]:
    """Properties of every window by drive and day, and what it reads, by attribute."""
    nodes = "MATCH (w:TelemetryWindow) RETURN w.key AS key, properties(w) AS w"
    reads = "MATCH (w:TelemetryWindow)-[r:READS]->(a) RETURN w.key AS key, a.key AS a, properties(r) AS r"
    found = {key: {"": values} for key, values in store.query_free(nodes, limit=100_000, timeout_seconds=280).rows}
    for key, attribute, values in store.query_free(reads, limit=1_000_000, timeout_seconds=280).rows:
        found[key][attribute] = values
    return found


@pytest.mark.data
@pytest.mark.gate
def test_a_corrected_day_moves_only_the_windows_it_lies_in(workspace: Workspace, shared_data: Path) -> None:
    rows = pd.read_parquet(shared_data / "backblaze-daily.parquet")
    days = pd.to_datetime(rows["date"]).dt.date
    ingest(workspace, shared_data / "backblaze-daily.parquet")
    before = windows(workspace[1])
    changed_day = date(2013, 5, 5)
    corrected = rows[days == changed_day]
    corrected = corrected.assign(smart_194_raw=corrected["smart_194_raw"] + 1)
    path = workspace[0] / "corrected.parquet"
    corrected.to_parquet(path)
    report = ingest(workspace, path)
    named = set("drive:" + FLEET + ":" + corrected["model"] + ":" + corrected["serial_number"])
    assert len(named) == len(corrected) > 21_000
    assert (report.rows_replaced, report.rows_rejected, report.new_drives, report.new_failures) == (len(named), 0, 0, 0)
    after = windows(workspace[1])
    assert after.keys() == before.keys()
    moved = {key for key in after if after[key] != before[key]}
    # Every drive of that day has it in its window, which ends at its own last day at most 14 days later.
    assert {before[key][""]["drive"] for key in moved} == named
    assert report.nodes_written == len(moved)
    for key in moved:
        differing = {part for part in after[key] if after[key][part] != before[key][part]}
        assert differing <= {"", CHANGED}
        assert {name for name, value in after[key][""].items() if before[key][""].get(name) != value} == {
            "content_sha256"
        }
    few = corrected.head(200).assign(smart_194_raw=lambda part: part["smart_194_raw"] + 1)
    few.to_parquet(path)
    report = ingest(workspace, path)
    last = windows(workspace[1])
    assert report.nodes_written == sum(last[key] != after[key] for key in last) == 200
    assert ingest(workspace, path).nodes_written == 0
    assert workspace[1].check() == []
