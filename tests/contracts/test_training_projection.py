"""The training export of a fleet on each store: all that a model may learn from, and nothing that it may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from graph.errors import InputError
from graph.ontology.model import Batch
from graph.ports import GraphStore
from graph.projection import training_projection
from graph.readings import ReadingsLake
from ingest.telemetry.pipeline import ingest_telemetry

FIRST = date(2018, 1, 1)
DRIVE = "drive:demo:M1:S1"
TICKETS = (
    "model,failure_time,failure,app,r_5,disk_id,node_id,rack_id,machine_room_id\n"
    "A2,2018-03-02 19:15:32,1,RM,0,S1,66688,11488,455\n"
    "A2,2018-03-02 22:45:16,1,none,4,S9,114833,11488,455\n"
)


def ingest(store: GraphStore, folder: Path, format_name: str, text: str) -> None:
    path = folder / f"{format_name}.csv"
    path.write_text(text)
    ingest_telemetry([path], format_name, "t", store=store, lake=ReadingsLake(folder / "lake"), workspace=folder)


def daily(serials: dict[str, tuple[str, str, str]], num_days: int = 40, failing: str = "") -> str:
    """Rows of drives in a host, rack and room; the failing one fails on its last day."""
    rows = ["day,serial,model,vendor,host,rack,room,firmware,application,failure,ata_9"]
    rows += [
        f"{FIRST + timedelta(day)},{serial},A2,Acme,{host},{rack},{room},F1,web,"
        f"{int(serial == failing and day == num_days - 1)},{100 + 24 * day}"
        for serial, (host, rack, room) in serials.items()
        for day in range(num_days)
    ]
    return "\n".join(rows) + "\n"


def places(placements: pd.DataFrame, drive: str) -> dict[str, str]:
    own = placements[placements["drive_key"] == drive]
    return dict(zip(own["relation"], own["place"], strict=True))


def test_a_fleet_comes_with_drives_places_and_failures(
    store: GraphStore, make_fleet: Callable[..., Batch], write_run: Callable[..., int], fingerprint: str
) -> None:
    write_run(store, make_fleet(["S1", "S2"]), fingerprint)
    projection = training_projection(store, "demo")
    assert list(projection.drives.index) == [DRIVE, "drive:demo:M1:S2"]
    assert projection.drives.loc[DRIVE, "capacity_bytes"] == 1e12
    assert places(projection.placements, DRIVE) == {
        "host": "host:demo:S1",
        "rack": "rack:demo:R1",
        "room": "room:demo:A",
        "application": "application:demo:web",
        "firmware": "firmware:M1:1.0",
    }
    assert set(projection.placements["told_by"]) == {"inventory"}
    assert set(projection.placements["valid_from"]) == {pd.Timestamp("2024-01-01")}
    assert projection.placements["valid_to"].isna().all()
    failures = list(projection.failures.itertuples(index=False, name=None))
    assert (DRIVE, pd.Timestamp("2024-05-01"), "failed") in failures
    assert projection.num_left_out == 0


def test_what_hangs_on_a_model_run_never_comes_with_it(
    store: GraphStore,
    make_fleet: Callable[..., Batch],
    make_nodes: Callable[..., Any],
    make_relations: Callable[..., Any],
    write_run: Callable[..., int],
    fingerprint: str,
) -> None:
    write_run(store, make_fleet(["S1", "S2"]), fingerprint)
    before = training_projection(store, "demo")
    run, forecast = "model-run:1", f"forecast:model-run:1:{DRIVE}:2024-05-01"
    window = f"window:{DRIVE}:2024-05-01:30:1"
    forecasts = Batch(
        (
            make_nodes("ModelRun", [{"key": run, "fleet": "demo", "model": "lightgbm"}]),
            make_nodes(
                "RiskForecast",
                [{"key": forecast, "fleet": "demo", "drive": DRIVE, "horizons_days": [7, 30], "p": [0.1, 0.2]}],
            ),
        ),
        (
            make_relations("FORECASTS", "RiskForecast", "Drive", [{"head": forecast, "tail": DRIVE}]),
            make_relations("PREDICTED_BY", "RiskForecast", "ModelRun", [{"head": forecast, "tail": run}]),
            make_relations("RESTS_ON", "RiskForecast", "TelemetryWindow", [{"head": forecast, "tail": window}]),
            make_relations("TRAINED_ON", "ModelRun", "Fleet", [{"head": run, "tail": "fleet:demo"}]),
        ),
    )
    write_run(store, forecasts, f"{fingerprint}-forecast", source="model-run")
    text = "MATCH (f:RiskForecast {key: $key})-[:FORECASTS]->(d) RETURN d.key AS drive"
    assert store.query_free(text, {"key": forecast}).scalar() == DRIVE
    after = training_projection(store, "demo")
    assert after.sha256 == before.sha256
    for frame in (after.drives.reset_index(), after.placements, after.failures, after.places.reset_index()):
        assert not frame.astype(str).apply(lambda column: column.str.contains("model-run|forecast")).to_numpy().any()


def test_places_that_only_tickets_tell_never_come_with_it(store: GraphStore, tmp_path: Path) -> None:
    ingest(store, tmp_path, "alibaba-tickets", TICKETS)
    assert store.query("places_of_drives", {"fleet": "fleet:t"}).rows != []
    projection = training_projection(store, "t")
    assert projection.placements.empty
    assert projection.places.empty
    assert projection.num_left_out == len(store.query("places_of_drives", {"fleet": "fleet:t"}).rows)
    assert len(projection.failures) == 2


def test_an_inventory_tells_places_beside_tickets(store: GraphStore, tmp_path: Path) -> None:
    ingest(store, tmp_path, "alibaba-tickets", TICKETS)
    # The ticket says that rack 11488 stands in a room; of an inventory without rooms there is none.
    ingest(store, tmp_path, "atoll-daily", daily({"S1": ("h1", "11488", ""), "S2": ("h1", "11488", "")}))
    projection = training_projection(store, "t")
    host = projection.placements[projection.placements["relation"] == "host"]
    assert set(host["drive_key"]) == {"drive:t:A2:S1", "drive:t:A2:S2"}
    assert set(host["place"]) == {"host:t:h1"}
    assert "room" not in set(projection.placements["relation"])


def test_the_room_is_that_of_the_rack_and_none_where_there_are_several(store: GraphStore, tmp_path: Path) -> None:
    fleet = {"S1": ("h1", "r1", "A"), "S2": ("h2", "r2", "A"), "S3": ("h3", "r2", "B")}
    ingest(store, tmp_path, "atoll-daily", daily(fleet, failing="S1"))
    projection = training_projection(store, "t")
    rooms = projection.placements[projection.placements["relation"] == "room"]
    assert dict(zip(rooms["drive_key"], rooms["place"], strict=True)) == {"drive:t:A2:S1": "room:t:A"}
    assert projection.places.loc["room:t:A", "name"] == "A"
    assert set(projection.drives["vendor"]) == {"Acme"}
    (failure,) = projection.failures.itertuples(index=False, name=None)
    assert failure == ("drive:t:A2:S1", pd.Timestamp(FIRST + timedelta(39)), "failed")


def test_the_rack_of_a_drive_may_come_from_its_host(
    store: GraphStore,
    make_fleet: Callable[..., Batch],
    write_run: Callable[..., int],
    fingerprint: str,
) -> None:
    batch = make_fleet(["S1"])
    own_rack = [table for table in batch.relations if (table.relation, table.head_label) == ("IN_RACK", "Drive")]
    rest = tuple(table for table in batch.relations if table not in own_rack)
    write_run(store, Batch(batch.nodes, rest), fingerprint)
    found = places(training_projection(store, "demo").placements, DRIVE)
    assert found["rack"] == "rack:demo:R1"
    assert found["room"] == "room:demo:A"


def test_a_fleet_without_drives_is_refused_by_name(store: GraphStore) -> None:
    with pytest.raises(InputError, match="nowhere"):
        training_projection(store, "nowhere")
