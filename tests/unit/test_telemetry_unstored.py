"""Telemetry files as a fleet's history, without a store."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from app.analysis.risk_sources import ends_of_service, history_from_files
from gnn.health.history import TICKETS
from graph.errors import InputError
from graph.projection import INVENTORY
from ingest.telemetry.demo import write_demo_fleet

COLUMNS = "date,serial_number,model,capacity_bytes,failure,smart_5_raw,smart_9_raw"


def backblaze(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join([COLUMNS, *rows]) + "\n")
    return path


def test_drives_readings_and_failures_are_those_of_the_file(tmp_path):
    file = backblaze(
        tmp_path / "days.csv",
        [
            "2013-04-10,S1,ST4,4000000000000,0,0,100",
            "2013-04-11,S1,ST4,4000000000000,1,8,124",
            "2013-04-10,S2,ST4,4000000000000,0,0,500",
            "2013-04-12,S2,ST4,4000000000000,0,0,548",
        ],
    )
    read = history_from_files([file], "backblaze-daily")
    drives = read.history.drives
    assert list(drives.index) == ["drive:file:ST4:S1", "drive:file:ST4:S2"]
    assert drives["failure_day"].dt.date.tolist()[0] == date(2013, 4, 11)
    assert pd.isna(drives["failure_day"].iloc[1])
    assert drives["last_day"].dt.date.tolist() == [date(2013, 4, 11), date(2013, 4, 12)]
    readings = read.history.readings.order_by("drive_key", "day").to_pandas()
    assert readings["ata_5"].tolist() == [0, 8, 0, 0]
    assert (read.rows_read, read.rows_rejected) == (4, 0)


def test_rows_that_cannot_be_used_are_counted_and_told(tmp_path):
    file = backblaze(
        tmp_path / "days.csv",
        ["2013-04-10,S1,ST4,4000000000000,0,0,100", "2013-04-99,S2,ST4,4000000000000,0,0,100"],
    )
    read = history_from_files([file], "backblaze-daily")
    assert read.rows_rejected == 1
    assert "2013-04-99" in read.examples[0]
    assert len(read.history.drives) == 1


def test_a_file_of_which_no_row_can_be_used_is_one_clear_sentence(tmp_path):
    file = backblaze(tmp_path / "days.csv", ["2013-04-99,S2,ST4,4000000000000,0,0,100"])
    with pytest.raises(InputError, match=r"days\.csv: no row can be used \(1 read\)"):
        history_from_files([file], "backblaze-daily")


def test_a_drive_counts_up_to_its_first_failure():
    drives = pd.DataFrame(
        {
            "model": ["M"],
            "vendor": ["V"],
            "capacity_bytes": [1e12],
            "first_day": pd.to_datetime(["2020-01-01"]),
            "last_day": pd.to_datetime(["2020-12-31"]),
        },
        index=pd.Index(["drive:f:M:1"], name="drive_key"),
    )
    events = pd.DataFrame({"drive_key": ["drive:f:M:1"] * 2, "day": pd.to_datetime(["2020-06-01", "2020-03-01"])})
    ended = ends_of_service(drives, events)
    assert ended["failure_day"].iloc[0] == ended["last_day"].iloc[0] == pd.Timestamp("2020-03-01")


def test_tickets_without_readings_are_no_history(tmp_path):
    file = tmp_path / "tickets.csv"
    file.write_text(
        "model,failure_time,failure,app,disk_id,node_id,rack_id,machine_room_id\n"
        "A1,2018-01-02 03:09:38,1,none,7,1,2,3\n"
    )
    with pytest.raises(InputError, match="'alibaba-tickets' gives no readings"):
        history_from_files([file], "alibaba-tickets")


def test_a_synthetic_fleet_says_so_and_tells_its_places_as_an_inventory(tmp_path):
    file = tmp_path / "fleet.parquet"
    write_demo_fleet(file, drives=200, days=90, seed=3)
    history = history_from_files([file], "atoll-daily").history
    assert history.synthetic
    assert set(history.placements["relation"]) == {"host", "rack", "room", "application", "firmware"}
    assert set(history.placements["told_by"]) == {INVENTORY} != {TICKETS}
    assert history.placements["drive_key"].isin(history.drives.index).all()
