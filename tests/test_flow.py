"""Rows to answer: the command line on a real workspace, from a table of readings to findings and back to their rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_line import Atoll

FIRST_DAY = date(2026, 1, 1)
DAYS = 60


def write_fleet(path: Path) -> None:
    """Twelve quiet SSDs and one whose reallocated sectors rise by four a day in the last twenty days."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["day", "serial", "model", "capacity_bytes", "host", "rack", "failure", "ata_5", "ata_9", "ata_194"]
        )
        for number in range(13):
            for offset in range(DAYS):
                rising = max(0, offset - 40) * 4 if number == 12 else 0
                writer.writerow(
                    [
                        FIRST_DAY + timedelta(days=offset), f"SN{number:02}", "MX-1", 960197124096, f"h{number // 4}",
                        f"r{number // 8}", 0, rising, 8000 + 24 * offset, 34 + (number + offset) % 3,
                    ]
                )  # fmt: skip


@pytest.fixture(scope="module")
def atoll(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Atoll]:
    folder = tmp_path_factory.mktemp("flow")
    runner = Atoll(folder / "workspace")
    write_fleet(folder / "fleet.csv")
    yield runner
    runner.run("store", "stop")


@pytest.fixture(scope="module")
def report(atoll: Atoll) -> dict[str, Any]:
    return atoll.json("ingest", "telemetry", "fleet.csv", "--format", "atoll-daily", "--fleet", "lab")


def test_ingest_reports_what_it_read_and_wrote(report: dict[str, Any]) -> None:
    assert report["rows_read"] == 13 * DAYS
    assert report["rows_rejected"] == 0
    assert report["drives"] == 13
    assert report["windows"] == 13
    assert report["failures"] == 0
    assert report["nodes_written"] > 26
    assert report["store_version"] >= 1


def test_a_second_ingest_of_the_same_file_changes_nothing(atoll: Atoll, report: dict[str, Any]) -> None:
    again = atoll.json("ingest", "telemetry", "fleet.csv", "--format", "atoll-daily", "--fleet", "lab")
    assert again["store_version"] == report["store_version"]
    assert again["nodes_written"] == again["relationships_written"] == 0


@pytest.mark.usefixtures("report")
def test_a_dry_run_writes_nothing(atoll: Atoll) -> None:
    before = atoll.json("query", "--cypher", "MATCH (n) RETURN count(n) AS n")["rows"]
    dry = atoll.json("ingest", "telemetry", "fleet.csv", "--format", "atoll-daily", "--fleet", "other", "--dry-run")
    assert dry["rows_read"] == 13 * DAYS
    assert atoll.json("query", "--cypher", "MATCH (n) RETURN count(n) AS n")["rows"] == before


@pytest.mark.usefixtures("report")
def test_the_drive_that_reallocates_is_found_and_its_evidence_leads_to_its_rows(atoll: Atoll) -> None:
    described = atoll.json("describe", "drive", "SN12")
    assert described["verdict"] in {"red", "amber"}
    finding = next(item for item in described["findings"] if item["attribute"] == "smart:ata:5")
    evidence = finding["evidence"][0]
    assert evidence["kind"] == "telemetry_window"
    cited = atoll.json(
        "query", "--cypher", f"MATCH (w:TelemetryWindow {{key: '{evidence['ref']}'}}) RETURN w.num_readings AS n"
    )
    assert cited["rows"] == [[31]] or cited["rows"] == [[30]]


@pytest.mark.usefixtures("report")
def test_a_quiet_drive_is_green(atoll: Atoll) -> None:
    assert atoll.json("describe", "drive", "SN03")["verdict"] == "green"


@pytest.mark.usefixtures("report")
def test_a_fleet_is_counted_and_a_scheduled_job_gets_its_exit_status(atoll: Atoll) -> None:
    described = atoll.json("describe", "fleet", "--fleet", "lab")
    assert (described["drives"], described["hosts"], described["racks"]) == (13, 4, 2)
    assert described["drive_days"] == 13 * DAYS
    assert described["afr_percent"] == 0
    worst = "red" if any(item["severity"] == "red" for item in described["findings"]) else "amber"
    atoll.json("describe", "fleet", "--fleet", "lab", "--fail-on", worst, status=1)
    atoll.json("describe", "fleet", "--fleet", "lab", "--fail-on", "red", "--filter", "rack=r0", status=0)


@pytest.mark.usefixtures("report")
def test_a_finding_is_answered_with_a_reason_and_leaves_the_alarms(atoll: Atoll, tmp_path: Path) -> None:
    listed = atoll.json("finding", "list", "--fleet", "lab", "--level", "amber")
    assert [row["subject_name"] for row in listed["findings"]] == ["SN12"]
    worst = listed["findings"][0]["severity"]
    answered = atoll.json(
        "finding", "acknowledge", "SN12", "--reason", "spare ordered", environment={"ATOLL_USER": "ann"}
    )
    assert (answered["answer"]["made_by"], answered["answer"]["holds"]) == ("ann", True)
    described = atoll.json("describe", "fleet", "--fleet", "lab", "--fail-on", worst, status=0)
    assert described["verdicts"][worst] == described["answered"][worst] == 1
    assert described["alarms"]["level"] == "red"
    drive = atoll.json("describe", "drive", "SN12")
    assert (drive["verdict"], drive["findings"][0]["answer"]["reason"]) == (worst, "spare ordered")
    assert f"{worst}: " in atoll.run("describe", "drive", "SN12").stdout
    assert "acknowledged: spare ordered" in atoll.run("describe", "drive", "SN12").stdout
    assert atoll.json("finding", "list")["findings"] == []
    key = listed["findings"][0]["key"]
    snoozed = atoll.json("finding", "snooze", key, "--days", "3", "--reason", "until Friday")
    assert snoozed["answer"]["status"] == "snoozed"
    written = atoll.json("finding", "textfile", str(tmp_path / "atoll.prom"), "--fleet", "lab")
    assert written["findings"] == 1
    atoll.json("finding", "reopen", "SN12", "realloc-rise", "--reason", "was the wrong drive")
    atoll.json("describe", "fleet", "--fleet", "lab", "--fail-on", worst, status=1)
    history = atoll.json("query", "answers_of_fleet", "--param", "fleet=fleet:lab")
    assert len(history["rows"]) == 3


@pytest.mark.usefixtures("report")
def test_catalogue_and_free_queries_give_columns_and_rows(atoll: Atoll) -> None:
    fleets = atoll.json("query", "fleets")
    assert dict(zip(fleets["columns"], fleets["rows"][0], strict=True))["drives"] == 13
    cut = atoll.json("query", "--cypher", "MATCH (d:Drive) RETURN d.serial AS serial ORDER BY serial", "--limit", "5")
    assert cut["columns"] == ["serial"]
    assert cut["rows"] == [["SN00"], ["SN01"], ["SN02"], ["SN03"], ["SN04"]]
    assert cut["truncated"] is True


@pytest.mark.usefixtures("report")
def test_a_result_without_rows_still_has_its_columns(atoll: Atoll) -> None:
    free = "MATCH (d:Drive {serial: 'none'}) RETURN d.key AS drive, count(d) AS drives, d.serial AS serial"
    assert atoll.json("query", "--cypher", free)["columns"] == ["drive", "drives", "serial"]
    assert atoll.json("query", "drives_by_serial", "--param", "serial=none")["columns"]


@pytest.mark.usefixtures("report")
def test_parameters_of_free_cypher_are_numbers_where_they_look_like_numbers(atoll: Atoll) -> None:
    counted = "MATCH (d:Drive) WHERE d.drive_days > $days AND d.serial <> $serial RETURN count(d) AS drives"
    rows = atoll.json("query", "--cypher", counted, "--param", "days=5", "--param", "serial=SN12")["rows"]
    assert rows == [[12]]
    assert atoll.json("query", "--cypher", "RETURN $x AS x", "--param", 'x="5"')["rows"] == [["5"]]


@pytest.mark.usefixtures("report")
@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["query", "--cypher", "MATCH (d:Drive) DETACH DELETE d"], 3, "read"),
        (["query", "--cypher", ""], 2, "empty"),
        (["query", "fleetz"], 2, "Did you mean 'fleets'?"),
        (["query", "fleets", "--param", "x"], 2, "KEY=VALUE"),
        (["query", "--cypher", "MATCH (d:Drive RETURN d"], 2, ""),
        (["describe", "drive", "SN0"], 2, "SN0"),
        (["describe", "fleet", "--fleet", "lob"], 2, "lab"),
        (["describe", "fleet", "--filter", "modle=MX-1"], 2, "model"),
        (["describe", "fleet", "--new-since", "01.02.2026"], 2, "YYYY-MM-DD"),
        (["describe", "fleet", "--level", "ambr"], 2, "Did you mean 'amber'?"),
        (["finding", "list", "--level", "rad"], 2, "Did you mean 'red'?"),
        (["finding", "acknowledge", "SN12"], 2, "reason is empty"),
        (["finding", "acknowledge", "SN12", "realoc-rise", "--reason", "x"], 2, "Did you mean 'realloc-rise'?"),
        (["finding", "acknowledge", "SN03", "--reason", "x"], 2, "no finding is open on it"),
        (["finding", "snooze", "SN12", "--reason", "x"], 2, "--days N"),
        (["finding", "snooze", "SN12", "--days", "0", "--reason", "x"], 2, "1 to 366"),
        (["finding", "snooze", "SN12", "--until", "soon", "--reason", "x"], 2, "YYYY-MM-DD"),
        (["finding", "reopen", "SN12", "--reason", "x"], 2, "nothing to reopen"),
        (["finding", "textfile", "atoll.txt"], 2, "atoll.txt.prom"),
        (["ingest", "telemetry", "fleet.csv", "--format", "atoll-dayly", "--fleet", "lab"], 2, "atoll-daily"),
        (["ingest", "telemetry", "absent.csv", "--format", "atoll-daily", "--fleet", "lab"], 2, "absent.csv"),
        (["ingest", "telemetry", "fleet.csv", "--format", "backblaze-daily", "--fleet", "lab"], 2, "serial_number"),
        (["describe", "drive", "SN12", "--store", "neo4j://127.0.0.1:1"], 4, "127.0.0.1:1"),
    ],
)
def test_a_mistake_gets_one_clear_message_and_its_exit_status(
    atoll: Atoll, arguments: list[str], status: int, said: str
) -> None:
    failed = atoll.json(*arguments, status=status)
    assert failed["schema"] == "error-1"
    assert said in failed["error"]


@pytest.mark.usefixtures("report")
def test_backup_and_restore_bring_back_graph_and_readings(atoll: Atoll) -> None:
    before = atoll.json("describe", "fleet", "--fleet", "lab")
    backup = atoll.json("store", "backup")["backup"]
    (atoll.workspace.parent / "more.csv").write_text("day,serial,model,ata_5\n2026-03-05,SN99,MX-2,0\n")
    atoll.json("ingest", "telemetry", "more.csv", "--format", "atoll-daily", "--fleet", "lab")
    assert atoll.json("describe", "fleet", "--fleet", "lab")["drives"] == 14
    assert atoll.json("store", "restore", backup)["restored"] is False
    atoll.json("store", "restore", backup, "--yes")
    after = atoll.json("describe", "fleet", "--fleet", "lab")
    assert after == before
    lost = Atoll(atoll.workspace.parent / "another")
    lost.json("store", "restore", backup, "--yes")
    assert lost.json("describe", "fleet", "--fleet", "lab") == before
    lost.run("store", "stop")
    assert "not a backup" in atoll.json("store", "restore", str(atoll.workspace), status=2)["error"]


def test_a_backup_holds_the_readings_of_places_too(atoll: Atoll) -> None:
    places = ["--format", "environment", "--fleet", "lab"]
    for day in (4, 5):
        text = f"day,rack,temperature_celsius\n2026-03-0{day},R1,2{day}\n"
        (atoll.workspace.parent / f"room-{day}.csv").write_text(text)
    atoll.json("ingest", "telemetry", "room-4.csv", *places, "--no-assess")
    backup = atoll.json("store", "backup")["backup"]
    lost = Atoll(atoll.workspace.parent / "another")
    lost.json("store", "restore", backup, "--yes")
    lost.json("ingest", "telemetry", "room-5.csv", *places, "--no-assess")
    found = lost.json("query", "environment_of_place", "--param", "place=rack:lab:R1")
    (window,) = [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]
    lost.run("store", "stop")
    assert (window["num_readings"], window["temperature_mean"]) == (2, 24.5)


@pytest.mark.usefixtures("report")
def test_the_server_is_shared_holds_no_pipe_and_stops_when_told(atoll: Atoll) -> None:
    url = atoll.json("store", "url")["url"]
    assert url.startswith("bolt://127.0.0.1:")
    assert atoll.json("store", "start")["url"] == url
    assert atoll.json("store", "check")["healthy"] is True
    assert atoll.json("store", "stop")["stopped"] is True
    assert atoll.json("store", "stop")["stopped"] is False
    assert atoll.json("store", "status")["running"] is False
    assert atoll.json("query", "fleets")["rows"], "a command starts it again where none runs"


def test_reading_where_there_is_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    failed = Atoll(tmp_path / "none").json("describe", "fleet", status=2)
    assert "atoll demo" in failed["error"]
    assert not (tmp_path / "none").exists()


def test_an_unwritable_workspace_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    unwritable = str(tmp_path / "file" / "workspace")
    failed = Atoll(tmp_path / "any").json("store", "start", "--workspace", unwritable, status=2)
    assert "workspace" in failed["error"]
