"""Moves, changes and own logs of a drive on each store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.analysis.descriptive import describe_drive
from app.analysis.drive_history import drive_changes, drive_log
from app.analysis.drive_results import DriveChange, LogRow
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.pipeline import ingest_telemetry

FIRST = date(2026, 1, 1)


def test_a_drive_that_moves_and_is_reflashed_tells_when_and_from_what(store: GraphStore, tmp_path: Path) -> None:
    rows = ["day,serial,model,host,rack,firmware,application,ata_9"]
    rows += [
        f"{FIRST + timedelta(day)},S1,MX-1,{'h1' if day < 20 else 'h2'},{'r1' if day < 20 else 'r2'},"
        f"{'A1' if day < 30 else 'A2'},web,{8000 + 24 * day}"
        for day in range(40)
    ]
    path = tmp_path / "moves.csv"
    path.write_text("\n".join(rows) + "\n")
    lake = ReadingsLake(tmp_path / "readings")
    ingest_telemetry([path], "atoll-daily", "t", store=store, lake=lake, workspace=tmp_path)
    described = describe_drive(store, lake, "S1")
    assert described.changes == [
        DriveChange(FIRST + timedelta(20), "host", "h1", "h2"),
        DriveChange(FIRST + timedelta(20), "rack", "r1", "r2"),
        DriveChange(FIRST + timedelta(30), "firmware", "A1", "A2"),
    ]
    assert described.logs == []


def test_the_own_log_of_a_drive_is_read_from_its_entries(
    store: GraphStore, make_fleet: Callable[..., Any], write_run: Callable[..., int], fingerprint: str
) -> None:
    write_run(store, make_fleet(["S1", "S2"]), fingerprint)
    (row,) = drive_log(store, "drive:demo:M1:S1")
    assert row == LogRow(
        "self-test", 1200, "short", "Completed without error", True, row.lba, row.description, date(2024, 5, 1)
    )
    assert drive_changes(store, "drive:demo:M1:S1") == []
