"""Assessing and describing on each store: the same findings, none added by a repeat, resolved when they are over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.analysis.assess import assess_fleet, ensure_assessed, is_assessed
from app.analysis.descriptive import describe_drive, describe_fleet, fleet_table, overview
from app.analysis.filters import parse_filters
from app.commands.describe import print_fleet
from graph.errors import InputError
from graph.ontology.model import Severity
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.pipeline import ingest_telemetry

FIRST, DAYS = date(2026, 1, 1), 60
HEADER = "day,serial,model,capacity_bytes,host,rack,room,application,failure,ata_5,ata_9,ata_194"


class Lab:
    """A workspace with one fleet: eleven quiet drives, one that reallocates, one that failed."""

    def __init__(self, store: GraphStore, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.lake = ReadingsLake(folder / "readings")

    def ingest(self, first: int, last: int, *, fleet: str = "lab") -> None:
        """Read the days from ``first`` to ``last``; one drive fails on day 50."""
        rows = [HEADER]
        for number in range(13):
            for day in range(first, last):
                if number == 11 and day > 50:
                    continue
                rising = max(0, min(day, DAYS) - 40) * 4 if number == 12 else 0
                failed = int(number == 11 and day == 50)
                rows.append(
                    f"{FIRST + timedelta(day)},SN{number:02},MX-1,960197124096,h{number // 4},r{number // 8},room1,"
                    f"web,{failed},{rising},{8000 + 24 * day},{34 + (number + day) % 3}"
                )
        path = self.folder / f"{fleet}-{first}-{last}.csv"
        path.write_text("\n".join(rows) + "\n")
        ingest_telemetry([path], "atoll-daily", fleet, store=self.store, lake=self.lake, workspace=self.folder)


@pytest.fixture
def lab(store: GraphStore, tmp_path: Path) -> Lab:
    made = Lab(store, tmp_path)
    made.ingest(0, DAYS)
    return made


def test_a_fleet_is_assessed_described_and_left_alone_by_a_repeat(lab: Lab) -> None:
    made = assess_fleet(lab.store, lab.lake, "lab")
    assert (made.num_findings, made.added, made.resolved) == (1, 1, 0)
    again = assess_fleet(lab.store, lab.lake, "lab")
    assert (again.added, again.resolved, again.store_version) == (0, 0, made.store_version)

    described = describe_fleet(lab.store, lab.lake)
    assert described.findings_sha256 == made.findings_sha256
    assert (described.drives, described.failures, described.hosts, described.racks, described.rooms) == (13, 1, 4, 2, 1)
    assert described.drive_days == 12 * DAYS + 51
    assert described.afr_percent == pytest.approx(36500 / described.drive_days)
    assert described.verdicts == {"red": 1, "amber": 0, "green": 12, "unknown": 0}
    json.dumps(described.to_json(), allow_nan=False)

    row = described.findings[0]
    (cited,) = lab.store.query("drive_windows", {"drive": row.subject}).records()[:1]
    assert row.evidence[0].ref == cited["window"]
    assert row.evidence[0].detail["content_sha256"] == cited["content_sha256"]
    links = lab.store.query("drive_evidence_path", {"drive": row.subject}).records()
    assert [(link["evidence"], link["attribute"]) for link in links] == [(cited["window"], "smart:ata:5")]


def test_a_drive_is_described_by_serial_or_key_with_the_way_to_its_evidence(lab: Lab) -> None:
    described = describe_drive(lab.store, lab.lake, "SN12")
    assert describe_drive(lab.store, lab.lake, described.key) == described
    assert described.verdict is Severity.RED
    assert described.verdict_reason == "Reallocated blocks rose by 76 in 30 days (limit 50)."
    assert described.before == "Before that amber for 10 days."
    assert [node.label for node in described.evidence_path][:3] == [
        "HealthFinding",
        "TelemetryWindow",
        "SmartAttribute",
    ]
    assert (described.facts["host"], described.facts["rack"], described.facts["application"]) == ("h3", "r1", "web")
    assert [series.attribute for series in described.series] == ["smart:ata:5", "smart:ata:194", "smart:ata:9"]
    json.dumps(described.to_json(), allow_nan=False)

    failed = describe_drive(lab.store, lab.lake, "SN11")
    assert failed.verdict is Severity.GREEN
    assert failed.verdict_reason.endswith(f"Failed on {FIRST + timedelta(50)}.")


def test_what_no_longer_holds_is_resolved_and_kept(lab: Lab) -> None:
    assess_fleet(lab.store, lab.lake, "lab")
    assert is_assessed(lab.store, "lab")
    lab.ingest(DAYS, DAYS + 60)
    assert not is_assessed(lab.store, "lab")

    @contextmanager
    def lock() -> Iterator[None]:
        yield

    made = ensure_assessed(lab.store, lab.lake, "lab", writing=lock)
    assert made is not None
    assert (made.num_findings, made.resolved) == (0, 1)
    assert ensure_assessed(lab.store, lab.lake, "lab") is None
    records = lab.store.query("drive_findings", {"drive": "drive:lab:MX-1:SN12"}).records()
    assert [record["status"] for record in records] == ["resolved"]
    assert records[0]["resolved_at"] is not None


def test_filters_select_drives_and_rates_do_not_follow_the_verdict(lab: Lab) -> None:
    by_verdict = describe_fleet(lab.store, lab.lake, "lab", parse_filters("verdict=red"))
    assert by_verdict.drives == 13
    assert by_verdict.verdicts["green"] == 0
    assert len(by_verdict.findings) == 1
    by_rack = describe_fleet(lab.store, lab.lake, "lab", parse_filters("rack=r0"))
    assert (by_rack.drives, by_rack.racks, by_rack.findings) == (8, 1, [])
    assert describe_fleet(lab.store, lab.lake, new_since=FIRST + timedelta(DAYS)).findings == []

    table = fleet_table(lab.store, lab.lake, "lab", {"serial": "SN1"})
    assert table["serial"].tolist() == ["SN12", "SN10", "SN11"]
    assert table["verdict"].tolist() == ["red", "green", "green"]
    assert table["trend"][0][-1] == 76
    assert table["status"].tolist() == ["in service", "in service", "failed"]

    first = overview(lab.store, lab.lake)
    assert (first.drives, first.red, first.new_red, first.stale, first.failures) == (13, 1, 1, 0, 1)
    assert len(first.weeks) == len(first.afr_series) == len(first.stale_series)
    assert first.heat[0].rack == "r1"
    json.dumps(first.to_json(), allow_nan=False)


def test_drives_known_from_tickets_alone_are_unknown_and_have_no_rate(
    store: GraphStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = Lab(store, tmp_path)
    tickets = tmp_path / "tickets.csv"
    tickets.write_text(
        "model,failure_time,failure,app,r_5,disk_id,node_id,rack_id,machine_room_id\n"
        "A2,2018-01-02 19:15:32,1,RM,,33722,66688,11488,455\nB3,2018-01-02 22:45:16,1,none,4,33722,114833,9859,455\n"
    )
    ingest_telemetry([tickets], "alibaba-tickets", "t", store=store, lake=lab.lake, workspace=tmp_path)
    described = describe_fleet(store, lab.lake)
    assert (described.drives, described.failures, described.afr_percent) == (2, 2, None)
    assert described.afr_reason
    assert [(row.group, row.drives, row.failures, row.afr_percent) for row in described.models] == [
        ("A2", 1, 1, None),
        ("B3", 1, 1, None),
    ]
    print_fleet(described)
    assert f"failure rate: none. {described.afr_reason}" in capsys.readouterr().out
    assert described.verdicts["unknown"] == 2
    with pytest.raises(InputError, match=r"2 drives bear this serial number\. Name one: drive:t:"):
        describe_drive(store, lab.lake, "33722")
    assert describe_drive(store, lab.lake, "drive:t:A2:33722").verdict_reason.startswith("This drive was never read.")
    assert overview(store, lab.lake).weeks == []
    assert fleet_table(store, lab.lake)["top_reason"].tolist() == ["Never read", "Never read"]


def test_a_drive_that_failed_on_two_days_counts_as_two_failures(store: GraphStore, tmp_path: Path) -> None:
    lab = Lab(store, tmp_path)
    rows = ["day,serial,model,failure,ata_5"]
    rows += [f"{FIRST + timedelta(day)},TWICE,MX-1,{int(day in (20, 40))},0" for day in range(60)]
    rows += [f"{FIRST + timedelta(day)},NEVER,MX-2,0,0" for day in range(60)]
    path = tmp_path / "twice.csv"
    path.write_text("\n".join(rows) + "\n")
    made = ingest_telemetry([path], "atoll-daily", "t", store=store, lake=lab.lake, workspace=tmp_path)
    described = describe_fleet(store, lab.lake)
    assert described.failures == made.failures == 2
    assert {row.group: row.failures for row in described.models} == {"MX-1": 2, "MX-2": 0}
    assert sum(row.failures for row in described.age_bands) == 2
    assert described.afr_percent == pytest.approx(2 * 36500 / 120)
    first = overview(store, lab.lake)
    assert (first.failures, first.afr_percent) == (2, described.afr_percent)
    assert first.afr_series[-1] == pytest.approx(described.afr_percent)


def test_a_drive_without_a_single_value_is_unknown_and_its_days_still_count(store: GraphStore, tmp_path: Path) -> None:
    lab = Lab(store, tmp_path)
    rows = ["day,serial,model,rack,ata_5,ata_240"]
    for day in range(28):
        rows += [f"{FIRST + timedelta(day)},{serial},MX-1,r1,{values}" for serial, values in
                 (("BLANK", "NaN,"), ("QUIET", "0,"), ("RARE", ",7"))]  # fmt: skip
    path = tmp_path / "blank.csv"
    path.write_text("\n".join(rows) + "\n")
    ingest_telemetry([path], "atoll-daily", "t", store=store, lake=lab.lake, workspace=tmp_path)
    described = describe_fleet(store, lab.lake)
    assert described.drive_days == 3 * 28
    assert (described.verdicts["green"], described.verdicts["unknown"]) == (2, 1)
    table = fleet_table(store, lab.lake).set_index("serial")
    assert table["top_reason"].to_dict() == {
        "BLANK": "28 drive-days without a single value",
        "QUIET": None,
        "RARE": None,
    }
    blank = describe_drive(store, lab.lake, "BLANK")
    assert (blank.verdict, blank.verdict_reason) == (Severity.UNKNOWN, "28 drive-days without a single value.")
    assert sum(cell.drives for cell in overview(store, lab.lake).heat) == 2


def test_a_model_may_be_named_as_one_of_the_sources_names_it(store: GraphStore, tmp_path: Path) -> None:
    lab = Lab(store, tmp_path)
    windows, tickets = tmp_path / "windows.csv", tmp_path / "tickets.csv"
    windows.write_text(
        "disk_id,ds,model,app,failure_time,failure,r_5,r_9\n"
        '38212,2019-06-29,MB1,DB,2019-06-30,1,"[0,1]","[100,124]"\n7,2019-06-29,C1,DB,,0,"[0,0]","[100,124]"\n'
    )
    tickets.write_text(
        "model,failure_time,failure,app,r_5,disk_id,node_id,rack_id,machine_room_id\n"
        "B1,2018-01-02 19:15:32,1,RM,,38212,66688,11488,455\nB3,2018-01-02 22:45:16,1,none,4,99,114833,9859,455\n"
    )
    for path, form in ((windows, "alibaba-windows"), (tickets, "alibaba-tickets")):
        ingest_telemetry([path], form, "t", store=store, lake=lab.lake, workspace=tmp_path)
    assert describe_drive(store, lab.lake, "drive:t:MB1:38212").key == "drive:t:B3:38212"
    described = describe_fleet(store, lab.lake, "t", {"model": "MB1"})
    assert described == describe_fleet(store, lab.lake, "t", {"model": "B3"})
    assert [(row.group, row.drives, row.failures) for row in described.models] == [("B3", 2, 2)]
    assert set(fleet_table(store, lab.lake, "t", {"model": ["MB1", "C1"]})["serial"]) == {"38212", "99", "7"}
    with pytest.raises(InputError, match=r"model='MC1': no drive has it\. Did you mean 'C1'"):
        describe_fleet(store, lab.lake, "t", {"model": "MC1"})


def test_a_wrong_name_is_told_with_the_nearest(lab: Lab) -> None:
    with pytest.raises(InputError, match=r"'SN112'.* Did you mean 'SN1[0-2]'\?"):
        describe_drive(lab.store, lab.lake, "SN112")
    with pytest.raises(InputError, match="Did you mean 'lab'"):
        describe_fleet(lab.store, lab.lake, "labb")
    lab.ingest(0, 3, fleet="other")
    with pytest.raises(InputError, match="There are 2 fleets; name one"):
        describe_fleet(lab.store, lab.lake)
