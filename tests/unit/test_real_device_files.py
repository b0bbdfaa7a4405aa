"""Every real output of smartctl and nvme-cli that we have: what must be found in it, or why it must be refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
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
THEN = date(2009, 2, 13)  # the time that the samples of smartctl_exporter were given


@dataclass(frozen=True)
class Expected:
    """What a file holds: its drive, some readings, and some raw values as smartctl's own text decodes them."""

    model: str
    protocol: str
    medium: str
    readings: dict[str, float]
    serial: str = "REDACTED"
    day: date = THEN
    capacity_bytes: int | None = None
    decoded: dict[str, tuple[float, str]] = field(default_factory=dict)
    num_errors: int = 0
    num_self_tests: int = 0
    firmware: str | None = None


SMARTCTL = {
    "HITACHI_H109060SESUN600G_10.json": Expected(
        "HITACHI H109060SESUN600G",
        "scsi",
        "disk",
        {
            "scsi_read_corrected_errors": 40247,
            "scsi_write_corrected_errors": 26762907,
            "scsi_read_gigabytes": 162438.759,
            "scsi_grown_defects": 0,
            "scsi_start_stop_cycles": 70,
            "scsi_load_unload_cycles": 3472,
            "scsi_temperature_trip": 85,
            "device_temperature": 26,
            "scsi_power_on_hours": 22364,
        },
        capacity_bytes=600127266816,
        firmware="A31A",
    ),
    "KXG60ZNV512G_TOSHIBA_2.json": Expected(
        "KXG60ZNV512G TOSHIBA",
        "nvme",
        "flash",
        {"nvme_temperature": 37, "nvme_percentage_used": 1, "nvme_unsafe_shutdowns": 15, "nvme_media_errors": 0},
        capacity_bytes=512110190592,
        decoded={"smart:nvme:data_units_written": (3861802 * 512000.0, "bytes")},
    ),
    "MB0500EBNCR_13.json": Expected(
        "MB0500EBNCR",
        "ata",
        "disk",
        {"ata_1": 341, "ata_1_threshold": 51, "ata_9": 89214, "ata_187_worst": 99, "device_power_on_hours": 89214},
        capacity_bytes=500107862016,
    ),
    "SEAGATE_ST373453LC_26.json": Expected(
        "SEAGATE ST373453LC",
        "scsi",
        "disk",
        {
            "scsi_write_uncorrected_errors": 535,
            "scsi_read_uncorrected_errors": 1,
            "scsi_grown_defects": 260,
            "device_overall_failed": 0,
            "device_power_on_hours": 102880,
        },
        capacity_bytes=73407820800,
        firmware="DX10",
    ),
    "ST3500418AS_12.json": Expected(
        "ST3500418AS",
        "ata",
        "disk",
        {"ata_5": 304, "ata_5_normalized": 93, "ata_5_threshold": 36, "ata_7": 12834215976973, "ata_194": 81604378657},
        capacity_bytes=500107862016,
        decoded={
            "smart:ata:7": (12834215976973 >> 32, "errors"),
            "smart:ata:194": (33, "°C"),
            "smart:ata:190": (33, "°C"),
        },
    ),
    "nvme-null-Micron_7450_MTFDKCC3T8TFR-nvme11.json": Expected(
        "Micron_7450_MTFDKCC3T8TFR",
        "nvme",
        "flash",
        {"nvme_temperature_sensor_1": 29, "nvme_temperature_sensor_2": 26, "nvme_temperature_sensor_3": 25},
        capacity_bytes=3840755982336,
    ),
    "nvme-null-SAMSUNG_MZWLL3T2HAJQ-00005-nvme0.json": Expected(
        "SAMSUNG MZWLL3T2HAJQ-00005",
        "nvme",
        "flash",
        {"nvme_critical_warning": 16, "device_overall_failed": 1, "device_exit_status": 8, "nvme_temperature": 40},
        capacity_bytes=3200631791616,
    ),
    "sat-HGST_Ultrastar_He10-HGST_HUH721008ALE604-sde.json": Expected(
        "HGST HUH721008ALE604",
        "ata",
        "disk",
        {"ata_22": 100, "ata_22_threshold": 25, "ata_192": 1064},
        capacity_bytes=8001563222016,
        decoded={"smart:ata:194": (25, "°C")},
    ),
    "sat-Intel_S4510_S4610_S4500_S4600_Series_SSDs-INTEL_SSDSC2KB240G7-sdd.json": Expected(
        "INTEL SSDSC2KB240G7",
        "ata",
        "flash",
        {"ata_233_normalized": 55, "ata_226": 46141, "ata_5": 4, "device_temperature": 23},
        capacity_bytes=240057409536,
        decoded={"smart:ata:225": (4149381 * 32.0, "MiB"), "smart:ata:226": (46141 / 1024, "%")},
    ),
    "sat-Micron_5100_Pro___52x0___5300_SSDs-Micron_5300_MTFDDAK1T9TDS-sda.json": Expected(
        "Micron_5300_MTFDDAK1T9TDS",
        "ata",
        "flash",
        {"ata_173": 83, "ata_199": 24, "ata_202": 0, "ata_202_normalized": 100, "ata_184": 1},
        capacity_bytes=1920383410176,
        decoded={"smart:ata:194": (24, "°C"), "smart:ata:202": (0, "%")},
    ),
    "sat-Phison_Driven_SSDs-KINGSTON_SKC400S371T-sda.json": Expected(
        "KINGSTON SKC400S371T",
        "ata",
        "flash",
        {"ata_231": 74, "ata_5": 1, "ata_9": 54450},
        capacity_bytes=1024209543168,
        decoded={"smart:ata:173": (888, "erases"), "smart:ata:231": (74, "%"), "smart:ata:194": (31, "°C")},
    ),
    "sat-Seagate_Constellation_ES.3-ST3000NM0033-9ZM178-sdc.json": Expected(
        "ST3000NM0033-9ZM178",
        "ata",
        "disk",
        {"ata_188": 17180131332, "ata_188_worst": 99, "ata_5": 1},
        capacity_bytes=3000592982016,
        decoded={"smart:ata:188": (4, "timeouts"), "smart:ata:194": (22, "°C"), "smart:ata:7": (0, "errors")},
    ),
    "sat-Seagate_Exos_X16-ST16000NM001G-2KK103-sda.json": Expected(
        "ST16000NM001G-2KK103",
        "ata",
        "disk",
        {"ata_240": 4417953684533483, "ata_18": 0, "ata_18_threshold": 50},
        capacity_bytes=16000900661248,
        decoded={"smart:ata:188": (12, "timeouts"), "smart:ata:240": (12523, "h"), "smart:ata:194": (26, "°C")},
    ),
    "sat-Toshiba_MG05ACA..._Enterprise_Capacity_HDD-TOSHIBA_MG05ACA800E-sdw.json": Expected(
        "TOSHIBA MG05ACA800E",
        "ata",
        "disk",
        {"device_error_log_entries": 2, "device_exit_status": 64, "ata_9": 37603},
        capacity_bytes=8001563222016,
        decoded={"smart:ata:194": (24, "°C")},
        num_errors=2,
    ),
    "sat-Western_Digital_RE3_Serial_ATA-WDC_WD5002ABYS-02B1B0-sda.json": Expected(
        "WDC WD5002ABYS-02B1B0",
        "ata",
        "disk",
        {"device_error_log_entries": 9, "device_exit_status": 64, "ata_9": 66857},
        capacity_bytes=500107862016,
        num_errors=5,
    ),
    "sat-Western_Digital_RE4-WDC_WD2003FYYS-02W0B1-sdi.json": Expected(
        "WDC WD2003FYYS-02W0B1",
        "ata",
        "disk",
        {"ata_199": 3118119, "ata_199_normalized": 200, "device_temperature": 24},
        capacity_bytes=2000398934016,
    ),
    "sat-Western_Digital_Ultrastar_DC_HC550-WDC__WUH721816ALE6L4-sdx.json": Expected(
        "WDC  WUH721816ALE6L4",
        "ata",
        "disk",
        {"ata_199": 1, "ata_22": 100, "device_error_log_entries": 1},
        capacity_bytes=16000900661248,
        decoded={"smart:ata:194": (26, "°C")},
        num_errors=1,
    ),
    "telegraf-megaraid.json": Expected(
        "ST6000NM0115-1YZ110",
        "ata",
        "disk",
        {"device_exit_status": 4, "ata_191": 3295, "device_failed_self_tests": 0, "collected_at_seconds": 1711639509},
        serial="ZAD2C11G",
        day=date(2024, 3, 28),
        capacity_bytes=6001175126016,
        decoded={"smart:ata:240": (44299, "h"), "smart:ata:188": (0, "timeouts"), "smart:ata:194": (25, "°C")},
        firmware="SN04",
    ),
    "telegraf-scsi_extended.json": Expected(
        "SEAGATE ST0000000",
        "scsi",
        "disk",
        {
            "scsi_write_corrected_errors": 20,
            "scsi_verify_gigabytes": 1467.278,
            "device_failed_self_tests": 0,
            "device_last_self_test_failed": 0,
        },
        serial="XYZZZZ",
        day=date(2024, 4, 11),
        capacity_bytes=13715978079776,
        num_self_tests=4,
        firmware="RSL5",
    ),
    "telegraf-usb.json": Expected(
        "SanDisk pSSD",
        "ata",
        "flash",
        {"ata_173": 3, "ata_9": 11, "device_power_on_hours": 11, "device_failed_self_tests": 0},
        serial="06c9f4c44",
        day=date(2024, 3, 25),
        capacity_bytes=15693664256,
        firmware="3",
    ),
}
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
