"""Every real output of smartctl and nvme-cli that we have: what must be found in it, or why it must be refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from real_outputs import SMARTCTL
from telemetry_bench import Bench

from graph.errors import InputError
from graph.ontology.meaning import decoded
from graph.ports import GraphStore
from graph.stores import open_store
from graph.stores.embedded import supervisor
from ingest.telemetry.detection import format_of
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.pipeline import IngestReport

pytestmark = pytest.mark.data
SCAN = "telegraf-scan.json"
SCAN_REFUSAL = (
    "lists devices (smartctl --scan) and holds no reading: run 'smartctl -j -x /dev/sda' and so on for each of the 3 "
    "devices."
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("devices")


@pytest.fixture(scope="module")
def shared_store(workspace: Path) -> Iterator[GraphStore]:
    store = open_store(f"embedded:{workspace}", workspace_id="device-tests")
    yield store
    store.close()
    supervisor.stop(workspace)


@pytest.fixture(scope="module")
def together(shared_store: GraphStore, workspace: Path) -> Iterator[Bench]:
    folder = workspace / "together"
    folder.mkdir()
    made = Bench(shared_store, workspace, folder)
    yield made
    made.lake.close()


@pytest.fixture
def bench(shared_store: GraphStore, workspace: Path, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(shared_store, workspace, tmp_path)
    yield made
    made.lake.close()


@pytest.fixture(scope="module")
def report(together: Bench, shared_data: Path) -> IngestReport:
    """Of one run over the whole folder."""
    return together.ingest(shared_data / "smartctl", format="smartctl")


def test_the_table_names_every_file(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "smartctl").glob("*.json")} == {*SMARTCTL, SCAN}


def test_the_folder_is_recognised(shared_data: Path) -> None:
    assert format_of([shared_data / "smartctl"]) == "smartctl"
    assert format_of([shared_data / "nvme" / "nvme-cli-2.3-smart-log.json"]) == "nvme-cli"


def test_a_folder_goes_in_as_one_run_and_says_what_it_could_not_use(report: IngestReport, shared_data: Path) -> None:
    assert (report.files_read, report.rows_read, report.rows_rejected) == (len(SMARTCTL), len(SMARTCTL), 0)
    assert report.drives == report.new_drives == report.windows == len(SMARTCTL)
    assert report.unknown_columns == []
    refused = f"Refused, the other files were read: {shared_data / 'smartctl' / SCAN}: {SCAN_REFUSAL}"
    assert [note for note in report.notes if note.startswith("Refused")] == [refused]
    placeholders = [note for note in report.notes if "'REDACTED' is a placeholder" in note]
    assert len(placeholders) == sum(each.serial == "REDACTED" for each in SMARTCTL.values())


@pytest.mark.parametrize("name", sorted(SMARTCTL))
def test_what_a_file_holds(name: str, together: Bench, report: IngestReport) -> None:
    expected = SMARTCTL[name]
    key = f"drive:{together.fleet}:{expected.model}:{expected.serial}"
    ((model, serial, protocol, medium, capacity_bytes),) = together.cypher(
        "MATCH (d:Drive {key: $key})-[:OF_MODEL]->(m:DriveModel) RETURN m.name AS model, d.serial AS serial, "
        "d.protocol AS protocol, d.medium AS medium, d.capacity_bytes AS capacity_bytes",
        key=key,
    )
    assert (model, serial, capacity_bytes) == (expected.model, expected.serial, expected.capacity_bytes)
    assert (protocol, medium) == (expected.protocol, expected.medium)

    (reading,) = [row for row in together.readings() if row["drive_key"] == key]
    assert reading["day"] == expected.day
    assert {column: reading[column] for column in expected.readings} == expected.readings
    raw = {attribute: reading[attribute.removeprefix("smart:").replace(":", "_")] for attribute in expected.decoded}
    for attribute, (value, unit) in expected.decoded.items():
        found = decoded(attribute, np.array([raw[attribute]]), model=expected.model)
        assert (found.values[0], found.unit_label) == (pytest.approx(value), unit), attribute

    logs = together.cypher(
        "MATCH (:Drive {key: $key})-[:LOGGED]->(e:DeviceLogEntry) RETURN e.log AS log, e.kind AS kind", key=key
    )
    assert sorted(log for log, _ in logs) == ["error"] * expected.num_errors + ["self-test"] * expected.num_self_tests
    firmware = together.cypher(
        "MATCH (:Drive {key: $key})-[:RUNS_FIRMWARE]->(f:Firmware) RETURN f.revision AS revision", key=key
    )
    assert [revision for (revision,) in firmware] == ([expected.firmware] if expected.firmware else [])


def test_errors_of_the_link_are_told_apart_from_those_of_the_medium(together: Bench, report: IngestReport) -> None:
    found = together.cypher(
        "MATCH (d:Drive {fleet: $fleet})-[:LOGGED]->(e:DeviceLogEntry {log: 'error'}) "
        "RETURN DISTINCT d.model AS model, e.kind AS kind ORDER BY model"
    )
    assert found == [
        ("TOSHIBA MG05ACA800E", "uncorrectable data"),
        ("WDC  WUH721816ALE6L4", "interface CRC error"),
        ("WDC WD5002ABYS-02B1B0", "command aborted"),
    ]


def test_a_second_run_over_the_folder_reads_nothing(together: Bench, report: IngestReport, shared_data: Path) -> None:
    before = together.store.version()
    again = together.ingest(shared_data / "smartctl", format="smartctl")
    assert (again.files_read, again.rows_read, again.files_skipped) == (0, 0, len(SMARTCTL))
    assert (again.nodes_written, again.relationships_written) == (0, 0)
    assert together.store.version() == before


def test_the_scan_list_on_its_own_is_an_error(bench: Bench, shared_data: Path) -> None:
    with pytest.raises(InputError) as error:
        bench.ingest(shared_data / "smartctl" / SCAN, format="smartctl")
    assert str(error.value) == f"{shared_data / 'smartctl' / SCAN}: {SCAN_REFUSAL}"


# nvme-cli.

COLLECTED_AT = datetime(2024, 5, 1, 6, tzinfo=UTC)


def smart_log(shared_data: Path) -> Path:
    return shared_data / "nvme" / "nvme-cli-2.3-smart-log.json"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "--drive MODEL:SERIAL or --identity FILE"),
        ({"collected_at": COLLECTED_AT}, "--drive MODEL:SERIAL or --identity FILE"),
        ({"drive": "M:S"}, "the time with --collected-at TIME"),
        ({"collected_at": COLLECTED_AT, "identity": True}, "names several drives: name the file after its device"),
    ],
)
def test_a_smart_log_is_refused_where_the_options_leave_something_open(
    bench: Bench, shared_data: Path, given: dict[str, Any], reason: str
) -> None:
    if "identity" in given:
        given = {**given, "identity": shared_data / "nvme" / "nvme-cli-2.3-list.json"}
    with pytest.raises(InputError, match=reason) as error:
        bench.ingest(smart_log(shared_data), format="nvme-cli", options=SourceOptions(**given))
    assert error.value.exit_status == 2


def test_the_list_of_drives_is_no_telemetry(bench: Bench, shared_data: Path) -> None:
    options = SourceOptions(drive="M:S", collected_at=COLLECTED_AT)
    with pytest.raises(InputError, match="is the output of nvme list"):
        bench.ingest(shared_data / "nvme" / "nvme-cli-2.3-list.json", format="nvme-cli", options=options)
    report = bench.ingest(shared_data / "nvme", format="nvme-cli", options=options)
    assert (report.files_read, report.new_readings) == (1, 1)
    assert "is the output of nvme list" in report.notes[0]


def test_a_smart_log_with_its_list_is_a_sample_in_celsius(bench: Bench, shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "storage-7-nvme1.json"
    path.write_bytes(smart_log(shared_data).read_bytes())
    options = SourceOptions(
        identity=shared_data / "nvme" / "nvme-cli-2.3-list.json", collected_at=COLLECTED_AT, host="storage-7"
    )
    report = bench.ingest(path, format="nvme-cli", options=options)
    assert (report.drives, report.unknown_columns, report.rows_rejected) == (1, [], 0)
    (reading,) = bench.readings()
    assert reading["drive_key"] == f"drive:{bench.fleet}:Seagate FireCuda 530 ZP4000GM30023:XXX01YYY"
    assert (reading["day"], reading["collected_at_seconds"]) == (date(2024, 5, 1), COLLECTED_AT.timestamp())
    expected = {"temperature": 37, "percentage_used": 2, "unsafe_shutdowns": 39, "num_err_log_entries": 110}
    assert {name: reading[f"nvme_{name}"] for name in expected} == expected
    places = bench.cypher(
        "MATCH (d:Drive {fleet: $fleet})-[:RUNS_ON]->(h:Host) MATCH (d)-[:RUNS_FIRMWARE]->(f:Firmware) "
        "RETURN h.name AS host, f.revision AS revision, d.protocol AS protocol, d.medium AS medium"
    )
    assert places == [("storage-7", "SU6SM001", "nvme", "flash")]
