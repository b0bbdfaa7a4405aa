"""Windows and tickets in one fleet: no place that a ticket tells of reaches a model, not even by being absent.

Tickets name failed drives only. Of the windows, every failed drive has one and no healthy drive has, so that "has a
rack" would mean "failed"; and if a ticket took away what the windows themselves tell, "lacks an application" would.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from app.analysis.window_source import window_set
from graph.ports import GraphStore
from graph.projection import training_projection
from graph.readings import ReadingsLake
from ingest.telemetry.pipeline import ingest_telemetry

FLEET = "alibaba"
PLACES_OF_TICKETS = {"host", "rack", "room"}


def window(disk: int, *, failed: bool) -> dict[str, object]:
    samples = {"r_5": [0.0] * 5, "r_9": [1000.0 + 24 * at for at in range(5)], "r_241": [10.0 * at for at in range(5)]}
    return {
        **{"disk_id": disk, "sample_id": f"s{disk}", "ds": "2019-06-30", "model": "MB1", "app": "WSM"},
        **{"failure_time": "2019-06-30" if failed else "", "failure": int(failed), "ttf_days": 0 if failed else -1},
        **{name: json.dumps(values) for name, values in samples.items()},
    }


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    windows, tickets = tmp_path / "windows.csv", tmp_path / "tickets.csv"
    pd.DataFrame([window(disk, failed=disk < 3) for disk in range(6)]).to_csv(windows, index=False)
    columns = ["model", "failure_time", "failure", "app", "disk_id", "node_id", "rack_id", "machine_room_id"]
    rows = [["B3", "2019-06-30 10:00:00", 1, "WSM", disk, disk + 100, 7, 3] for disk in range(3)]
    pd.DataFrame(rows, columns=columns).to_csv(tickets, index=False)
    return {"alibaba-windows": windows, "alibaba-tickets": tickets}


ORDERS = [("alibaba-windows", "alibaba-tickets"), ("alibaba-tickets", "alibaba-windows")]


@pytest.mark.parametrize("order", ORDERS)
def test_what_tickets_tell_of_places_is_no_feature_of_windows(
    store: GraphStore, tmp_path: Path, files: dict[str, Path], order: tuple[str, str]
) -> None:
    lake = ReadingsLake(tmp_path / "readings")
    for name in order:
        ingest_telemetry([files[name]], name, FLEET, store=store, lake=lake, workspace=tmp_path)
    lake.close()
    projected = training_projection(store, FLEET)
    assert projected.num_left_out > 0
    assert not PLACES_OF_TICKETS & set(projected.placements["relation"])
    failed = set(projected.failures["drive_key"])
    assert len(failed) == 3
    served = set(projected.placements.loc[projected.placements["relation"] == "application", "drive_key"])
    healthy = set(projected.drives.index) - failed
    assert len(served & failed) / len(failed) == len(served & healthy) / len(healthy)
    examples = window_set([files["alibaba-windows"]]).examples
    assert examples.history is None
    assert not PLACES_OF_TICKETS & set(examples.groups.columns)
    assert not [name for name in examples.features.columns if name.split("_")[0] not in ("ata",)]
