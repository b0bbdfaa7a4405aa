"""Pages of exporters and answers of Prometheus: which drives they speak of, when, and what their metrics mean."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.files import SourceFile
from ingest.telemetry.normalised import REJECTS, Normalised, RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.pipeline import ingest_telemetry
from ingest.telemetry.prometheus import format_for, recognises
from ingest.telemetry.registry import format_named

COLLECTED = datetime(2026, 10, 31, 6, tzinfo=UTC)
AT = SourceOptions(collected_at=COLLECTED)
SECONDS = int(COLLECTED.timestamp())

ATA = """\
# HELP smartctl_device Device info
# TYPE smartctl_device gauge
smartctl_device{device="sda",interface="sat",protocol="ATA",model_name="ST4000DM000",serial_number="Z1",firmware_version="CC52"} 1
smartctl_device_attribute{device="sda",attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="raw"} 8
smartctl_device_attribute{device="sda",attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="value"} 97
smartctl_device_attribute{device="sda",attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="worst"} 96
smartctl_device_attribute{device="sda",attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="thresh"} 10
smartctl_device_temperature{device="sda",temperature_type="current"} 31
smartctl_device_power_on_seconds{device="sda"} 7200
smartctl_device_smart_status{device="sda"} 1
smartctl_device_available_spare{device="sda"} 0
smartctl_device_percentage_used{device="sda"} 0
smartctl_device_rotation_rate{device="sda"} 5900
smartctl_device_capacity_bytes{device="sda"} 4.000787030016e+12
"""  # noqa: E501
NVME = """\
smartctl_device{device="nvme0",protocol="NVMe",model_name="PX",serial_number="P1",firmware_version="1"} 1
smartctl_device_block_size{device="nvme0",blocks_type="logical"} 512
smartctl_device_available_spare{device="nvme0"} 100
smartctl_device_critical_warning{device="nvme0"} 4
smartctl_device_smart_status{device="nvme0"} 0
"""


def read(
    folder: Path, content: str, options: SourceOptions = AT, name: str = "page.prom"
) -> tuple[SourceFile, Normalised, list[dict[str, Any]]]:
    """The file, its rows and all refusals."""
    path = folder / name
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    chosen = format_for(options)
    file = chosen.reader.look_over(path)
    found, refused = [], []
    for piece in chosen.reader.chunks(file):
        if isinstance(piece, RawRows):
            found.append(chosen.transform(piece, "lab"))
            refused += found[-1].rejects.to_pylist()
        else:
            assert piece.schema == REJECTS
            refused += piece.to_pylist()
    tables = {table: pa.concat_tables([each.tables()[table] for each in found]) for table in found[0].tables()}
    return file, replace(found[0], **tables), refused


def readings(found: Normalised) -> dict[str, dict[str, Any]]:
    """Readings that are there, by serial number."""
    return {
        row["drive_key"].rsplit(":", 1)[1]: {name: value for name, value in row.items() if value is not None}
        for row in found.readings.to_pylist()
    }


def answer(*series: tuple[dict[str, str], list[tuple[float, str]]], kind: str = "matrix") -> str:
    result = [
        {"metric": labels, ("values" if kind == "matrix" else "value"): values if kind == "matrix" else values[0]}
        for labels, values in series
    ]
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": result}})


def test_attributes_thresholds_and_identity_of_an_ata_drive(tmp_path: Path) -> None:
    _, found, refused = read(tmp_path, ATA)
    assert refused == []
    (drive,) = found.drives.to_pylist()
    assert drive["drive_key"] == "drive:lab:ST4000DM000:Z1"
    assert (drive["protocol"], drive["medium"], drive["capacity_bytes"]) == ("ata", "disk", 4000787030016)
    assert found.placements["firmware"].to_pylist() == ["CC52"]
    own = readings(found)["Z1"]
    assert {name: own[name] for name in own if name.startswith("ata_")} == {
        "ata_5": 8,
        "ata_5_normalized": 97,
        "ata_5_worst": 96,
        "ata_5_threshold": 10,
    }
    assert (own["device_temperature"], own["device_power_on_hours"], own["device_overall_failed"]) == (31, 2, 0)
    assert own["row"] == 3
    assert own["collected_at_seconds"] == own["sequence"] == SECONDS


def test_of_a_drive_that_is_no_nvme_the_zeros_that_exporters_write_are_not_read(tmp_path: Path) -> None:
    _, found, _ = read(tmp_path, ATA + NVME)
    own = readings(found)
    assert not [name for name in own["Z1"] if name.startswith("nvme_")]
    assert (own["P1"]["nvme_available_spare"], own["P1"]["nvme_critical_warning"]) == (100, 4)


def test_a_status_of_0_is_a_failed_drive(tmp_path: Path) -> None:
    _, found, _ = read(tmp_path, NVME)
    assert readings(found)["P1"]["device_overall_failed"] == 1


@pytest.mark.parametrize(
    ("read_bytes", "written_bytes", "units", "is_corrected"),
    [
        (512_000 * 7, 512_000 * 11, (7, 11), False),  # as the exporter does today
        (524_288 * 7, 524_288 * 11, (7, 11), True),  # as it did for years
        (512 * 7, 512 * 11, None, False),  # neither: some fork counted blocks
        (512_000 * 128, 512_000 * 256, None, False),  # both fit: 125 and 250 units of 1,024 blocks
        (512_000 * 128, 512_000 * 11, (128, 11), False),  # one value tells
        (0, 0, None, False),
    ],
)
def test_data_units_are_told_by_the_factor_that_the_exporter_used_and_by_no_guess(
    tmp_path: Path, read_bytes: int, written_bytes: int, units: tuple[int, int] | None, is_corrected: bool
) -> None:
    page = NVME + f'smartctl_device_bytes_read{{device="nvme0"}} {read_bytes}\n'
    file, found, _ = read(tmp_path, page + f'smartctl_device_bytes_written{{device="nvme0"}} {written_bytes}\n')
    own = readings(found)["P1"]
    got = (own.get("nvme_data_units_read"), own.get("nvme_data_units_written"))
    assert got == (units or (None, None))
    assert any("1,024 blocks" in note for note in file.notes) == is_corrected
    assert any("not clear" in name for name in file.unread) == (units is None and read_bytes > 0)


def test_older_exporters_carry_the_identity_on_every_metric(tmp_path: Path) -> None:
    page = (
        'smartctl_device_temperature{device="/dev/sda",model_family="x",model_name="M 1",serial_number="S1",'
        'temperature_type="current"} 30\n'
        'smartctl_device_attribute{attribute_id="9",attribute_value_type="raw",device="/dev/sda",model_name="M 1",'
        'serial_number="S1"} 77\n'
    )
    _, found, refused = read(tmp_path, page)
    assert refused == []
    assert readings(found)["S1"]["ata_9"] == 77
    assert found.drives["drive_key"].to_pylist() == ["drive:lab:M 1:S1"]


SMARTMON = """\
smartmon_device_info{disk="/dev/sda",type="sat",device_model="ST3000",serial_number="W1",firmware_version="1"} 1
smartmon_device_smart_healthy{disk="/dev/sda",type="sat"} 0
smartmon_reallocated_sector_ct_raw_value{disk="/dev/sda",type="sat",smart_id="5"} 1.600000e+01
smartmon_reallocated_sector_ct_value{disk="/dev/sda",type="sat",smart_id="5"} 99
smartmon_reallocated_sector_ct_threshold{disk="/dev/sda",type="sat",smart_id="5"} 36
smartmon_smartctl_run{disk="/dev/sda",type="sat"} 1793426400
smartmon_device_info{disk="/dev/sdb",type="scsi",vendor="SEAGATE",product="ST600",revision="2",serial_number="C1"} 1
smartmon_power_on_hours_raw_value{disk="/dev/sdb",type="scsi",smart_id="9"} 4.4e+04
smartmon_grown_defects_count_raw_value{disk="/dev/sdb",type="scsi",smart_id="-1"} 260
smartmon_temperature_celsius_raw_value{disk="/dev/sdb",type="scsi",smart_id="194"} 33
"""


def test_the_smartmon_script_tells_when_smartctl_ran_and_scsi_by_its_own_meanings(tmp_path: Path) -> None:
    file, found, refused = read(tmp_path, SMARTMON)
    assert refused == []
    own = readings(found)
    assert own["W1"]["day"] == date(2026, 10, 31)
    assert own["W1"]["sequence"] == 1793426400
    assert (own["W1"]["ata_5"], own["W1"]["ata_5_normalized"], own["W1"]["device_overall_failed"]) == (16, 99, 1)
    assert own["W1"]["ata_5_threshold"] == 36
    assert (own["C1"]["scsi_grown_defects"], own["C1"]["scsi_power_on_hours"]) == (260, 44000)
    assert own["C1"]["scsi_temperature"] == own["C1"]["device_temperature"] == 33
    assert not [name for name in own["C1"] if name.startswith("ata_")]
    assert "drive:lab:SEAGATE ST600:C1" in found.drives["drive_key"].to_pylist()
    assert any("seven digits" in note for note in file.notes)


NODE = """\
node_disk_info{device="sda",model="ST4000DM000",revision="CC52",rotational="1",serial="Z1"} 1
node_disk_info{device="nvme0n1",model="PX",revision="1",rotational="0",serial="P1"} 1
node_disk_info{device="nvme0n2",model="PX",revision="1",rotational="0",serial="P1"} 1
node_disk_read_bytes_total{device="sda"} 1000
node_disk_writes_completed_total{device="sda"} 30
node_disk_written_bytes_total{device="nvme0n1"} 500
node_disk_written_bytes_total{device="nvme0n2"} 70
node_disk_read_bytes_total{device="dm-0"} 1000
node_disk_read_bytes_total{device="sda1"} 1000
node_uname_info{nodename="storage-7",sysname="Linux"} 1
"""


def test_counters_of_the_host_belong_to_drives_and_not_to_what_is_built_on_them(tmp_path: Path) -> None:
    file, found, refused = read(tmp_path, NODE)
    assert refused == []
    own = readings(found)
    assert (own["Z1"]["host_read_bytes"], own["Z1"]["host_write_operations"]) == (1000, 30)
    assert own["P1"]["host_written_bytes"] == 570  # two namespaces of one drive
    assert found.placements["host"].to_pylist() == ["storage-7"] * 2
    assert any(note.startswith("2 devices are no drives of their own") for note in file.notes)


def test_drives_behind_a_raid_controller_are_told_apart_by_their_type(tmp_path: Path) -> None:
    page = "".join(
        f'smartmon_device_info{{disk="/dev/bus/0",type="sat+megaraid,{at}",device_model="M",serial_number="S{at}"}} 1\n'
        f'smartmon_power_on_hours_raw_value{{disk="/dev/bus/0",type="sat+megaraid,{at}",smart_id="9"}} {at}\n'
        for at in (3, 4)
    )
    _, found, refused = read(tmp_path, page)
    assert refused == []
    assert {serial: row["ata_9"] for serial, row in readings(found).items()} == {"S3": 3, "S4": 4}


def test_two_drives_that_share_a_device_at_one_time_are_refused_and_not_mixed(tmp_path: Path) -> None:
    other = ATA.splitlines()[2].replace('"Z1"', '"Z2"')
    _, found, refused = read(tmp_path, f"{ATA}{other}\n{NVME}")
    assert list(readings(found)) == ["P1"]
    assert [each["row"] for each in refused] == [15]
    assert "is not the only drive that is called sda: Z1 is at the same time" in refused[0]["reason"]


def test_smartctl_names_the_drive_where_both_exporters_speak_of_it(tmp_path: Path) -> None:
    _, found, refused = read(tmp_path, ATA + NODE.replace('model="ST4000DM000"', 'model="ST4000_DM000"'))
    assert refused == []
    assert readings(found)["Z1"]["host_read_bytes"] == 1000
    assert "drive:lab:ST4000DM000:Z1" in found.drives["drive_key"].to_pylist()


def test_names_before_node_exporter_0_16_are_read_in_their_own_units(tmp_path: Path) -> None:
    page = (
        'node_disk_sectors_read{device="sda"} 10\nnode_disk_bytes_written{device="sda"} 4096\n'
        'node_disk_reads_completed{device="sda"} 3\n'
    )
    _, found, _ = read(tmp_path, ATA + page)
    own = readings(found)["Z1"]
    assert (own["host_read_bytes"], own["host_written_bytes"], own["host_read_operations"]) == (5120, 4096, 3)


def test_a_page_without_an_identity_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"page\.prom:1: no drive can be read from it: is missing: no metric tells the serial number"
    ):
        read(tmp_path, 'node_disk_read_bytes_total{device="sda"} 1000\n')
    with pytest.raises(InputError, match="it holds no metric of a drive"):
        read(tmp_path, "go_goroutines 7\n")


def test_a_device_without_model_is_refused_and_the_others_are_kept(tmp_path: Path) -> None:
    page = 'node_disk_info{device="mmcblk0",model="",serial="0x83"} 1\nnode_disk_read_bytes_total{device="mmcblk0"} 5\n'
    _, found, refused = read(tmp_path, page + NODE)
    assert len(readings(found)) == 2
    assert [(each["row"], each["column"]) for each in refused] == [(1, "model_name")]
    assert "no metric tells the model of device mmcblk0" in refused[0]["reason"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('smartctl_device_temperature{device="sda",temperature_type="current"} 310', "it looks like kelvin"),
        ('smartctl_device_smart_status{device="sda"} 7', "neither 1 (passed) nor 0 (failed)"),
        ('smartctl_device_power_on_seconds{device="sda"} -1', "below 0"),
        ('smartctl_device_power_on_seconds{device="sda"} +Inf', "not a finite number"),
        ('smartctl_device_smartctl_exit_status{device="sda"} 256', "above 255"),
        ('smartctl_device_attribute{device="sda",attribute_id="x",attribute_value_type="raw"} 1', "names no attribute"),
        ('smartctl_device_attribute{device="sda",attribute_id="9",attribute_value_type="value"} 256', "above 255"),
    ],
)
def test_a_value_that_cannot_be_refuses_its_drive_with_the_line_and_keeps_the_others(
    tmp_path: Path, line: str, reason: str
) -> None:
    series = line.rsplit(" ", 1)[0]
    page = "\n".join(each for each in ATA.splitlines() if not each.startswith(series)) + f"\n{line}\n"
    _, found, refused = read(tmp_path, page + NVME)
    assert list(readings(found)) == ["P1"]
    assert [each["row"] for each in refused] == [page.splitlines().index(line) + 1]
    assert reason in refused[0]["reason"]


def test_a_broken_line_is_refused_and_every_other_is_read(tmp_path: Path) -> None:
    page = ATA.replace("smartctl_device_smart_status{", "smartctl_device_smart_status{{", 1) + "0 what\n"
    _, found, refused = read(tmp_path, page)
    assert "device_overall_failed" not in readings(found)["Z1"]
    assert [each["row"] for each in refused] == [10, 15]
    assert all("is no sample of a metric" in each["reason"] for each in refused)


def test_a_series_that_says_two_things_is_refused_once(tmp_path: Path) -> None:
    _, found, refused = read(tmp_path, ATA + 'smartctl_device_power_on_seconds{device="sda"} 9999\n')
    assert readings(found)["Z1"]["device_power_on_hours"] == 2
    assert [(each["row"], "line 9 says" in each["reason"]) for each in refused] == [(15, True)]


def test_times_on_a_page_are_milliseconds_and_in_openmetrics_seconds(tmp_path: Path) -> None:
    stamped = "\n".join(f"{line} {SECONDS}000" for line in ATA.splitlines() if not line.startswith("#")) + "\n"
    for page in (stamped, stamped.replace(f"{SECONDS}000", str(SECONDS)) + "# EOF\n"):
        file, found, _ = read(tmp_path, page, SourceOptions())
        assert readings(found)["Z1"]["sequence"] == SECONDS
        assert not any("no time" in note for note in file.notes)


def test_the_numbers_of_an_exemplar_are_not_those_of_the_sample(tmp_path: Path) -> None:
    labels = 'device="sda",name="a # {b} 5"'
    page = ATA + f'node_disk_read_bytes_total{{{labels}}} 1e9 # {{trace_id="x"}} 1 {SECONDS - 864000}\n'
    page += f'node_disk_written_bytes_total{{{labels}}} 2e9 {SECONDS} # {{trace_id="x"}} 1\n# EOF\n'
    _, found, refused = read(tmp_path, page)
    assert refused == []
    (reading,) = found.readings.to_pylist()
    assert (reading["host_read_bytes"], reading["host_written_bytes"], reading["sequence"]) == (1e9, 2e9, SECONDS)


def test_a_page_without_times_counts_for_when_it_was_written_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "page.prom"
    path.write_text(ATA)
    os.utime(path, (SECONDS, SECONDS))
    chosen = format_for(SourceOptions())
    file = chosen.reader.look_over(path)
    assert any("2026-10-31 06:00 UTC" in note and "--collected-at" in note for note in file.notes)
    (rows,) = chosen.reader.chunks(file)
    assert isinstance(rows, RawRows)
    assert chosen.transform(rows, "lab").readings["sequence"].to_pylist() == [SECONDS]


DEVICE = {"__name__": "smartctl_device", "device": "sda", "instance": "h1:9633", "protocol": "ATA"}
HOURS = {"__name__": "smartctl_device_power_on_seconds", "device": "sda", "instance": "h1:9633"}
NOON = SECONDS + 6 * 3600
DAY = 86_400


def test_of_a_range_the_last_sample_of_each_day_counts(tmp_path: Path) -> None:
    info = {**DEVICE, "model_name": "M", "serial_number": "S"}
    times = (NOON, NOON + 3600, NOON + DAY)
    content = answer(
        (info, [(at, "1") for at in times]), (HOURS, [(times[0], "3600"), (times[1], "7200"), (times[2], "NaN")])
    )
    _, found, refused = read(tmp_path, content, SourceOptions(), "range.json")
    assert refused == []
    rows = found.readings.to_pylist()
    assert [(row["day"], row["device_power_on_hours"], row["sequence"]) for row in rows] == [
        (date(2026, 10, 31), 2, NOON + 3600),
        (date(2026, 11, 1), None, NOON + DAY),
    ]
    assert found.placements["host"].to_pylist() == ["h1", "h1"]


def test_a_drive_that_was_replaced_within_the_range_gives_its_readings_to_its_successor(tmp_path: Path) -> None:
    content = answer(
        ({**DEVICE, "model_name": "M", "serial_number": "OLD"}, [(NOON, "1")]),
        ({**DEVICE, "model_name": "M", "serial_number": "NEW"}, [(NOON + DAY, "1")]),
        (HOURS, [(NOON, "36000"), (NOON + DAY, "3600")]),
    )
    _, found, _ = read(tmp_path, content, SourceOptions(), "range.json")
    assert {serial: own["device_power_on_hours"] for serial, own in readings(found).items()} == {"OLD": 10, "NEW": 1}


def test_an_answer_at_one_time_is_read_too(tmp_path: Path) -> None:
    info = {**DEVICE, "model_name": "M", "serial_number": "S"}
    content = answer((info, [(NOON, "1")]), (HOURS, [(NOON, "3600")]), ({}, [(NOON, "1")]), kind="vector")
    _, found, refused = read(tmp_path, content, SourceOptions(), "vector.json")
    assert readings(found)["S"]["device_power_on_hours"] == 1
    assert [(each["row"], "names no metric" in each["reason"]) for each in refused] == [(3, True)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"status":"error","error":"bad_data"}', 'a query that failed: "bad_data"'),
        ('{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}', "matrix or vector"),
        ('{"status":', "is no JSON"),
        ("{}", "matrix or vector"),
    ],
)
def test_other_json_is_refused_with_what_was_expected(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=r"x\.json:1") as raised:
        read(tmp_path, content, AT, "x.json")
    assert message in str(raised.value)


def test_files_are_recognised_by_how_they_begin() -> None:
    assert recognises(ATA.encode())
    assert recognises(answer(({**DEVICE}, [(1, "1")])).encode())
    assert not recognises(b'{"smartctl": {"version": [7, 4]}}')
    assert not recognises(b"day,serial,model\n")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text()
    | st.lists(st.sampled_from([*ATA.splitlines(), *NODE.splitlines(), "{", '"', "}", " ", "\n"])).map("".join)
)
@example("\ufeffsmartctl_device 1")
def test_any_text_is_read_or_an_error_of_the_user(tmp_path: Path, text: str) -> None:
    _ends_well(tmp_path, text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["1", "matrix"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metric", "values", "value", "__name__", "device", "serial"]), inner, max_size=4
        )
    ),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(json_values, max_size=4), st.sampled_from(["matrix", "vector"]))
def test_any_answer_is_read_or_an_error_of_the_user(tmp_path: Path, result: list[Any], kind: str) -> None:
    info = json.loads(answer(({**DEVICE, "model_name": "M", "serial_number": "S"}, [(NOON, "1")])))["data"]["result"]
    _ends_well(tmp_path, json.dumps({"data": {"resultType": kind, "result": [*result, *info]}}))


def _ends_well(folder: Path, content: str) -> None:
    try:
        _, found, _ = read(folder, content)
    except InputError as error:
        assert str(folder) in str(error)  # noqa: PT017
    else:
        assert None not in found.drives["drive_key"].to_pylist()


def test_a_dry_run_foretells_and_a_repeat_changes_nothing(store: GraphStore, tmp_path: Path) -> None:
    path = tmp_path / "page.prom"
    path.write_text(ATA + NVME + "broken\n")
    lake = ReadingsLake(tmp_path / "readings")

    def ingest(*, dry_run: bool = False) -> Any:
        return ingest_telemetry(
            [path], "prometheus", "lab", store=store, lake=lake, workspace=tmp_path, dry_run=dry_run, options=AT
        )

    dry, first, second = ingest(dry_run=True), ingest(), ingest()
    assert (
        (dry.drives, dry.windows, dry.rows_rejected) == (first.drives, first.windows, first.rows_rejected) == (2, 2, 1)
    )
    assert (second.nodes_written, second.relationships_written, second.new_readings) == (0, 0, 0)


@pytest.mark.data
def test_the_real_scrape_of_smartctl_exporter(tmp_path: Path, shared_data: Path) -> None:
    page = (shared_data / "prometheus" / "smartctl_exporter.prom").read_text()
    file, found, refused = read(tmp_path, page)
    assert refused == []
    own = readings(found)
    assert set(own) == {"P02050305257", "8H0920011311", "X010A0GTF96G", "X010A069F96G", "X010A0QRF96G"}
    plextor = own["P02050305257"]
    assert (plextor["device_overall_failed"], plextor["nvme_critical_warning"], plextor["device_exit_status"]) == (
        1,
        4,
        8,
    )
    assert (plextor["nvme_percentage_used"], plextor["nvme_available_spare"]) == (161, 100)
    assert (plextor["nvme_power_on_hours"], plextor["nvme_power_cycles"], plextor["nvme_temperature"]) == (
        14259,
        11,
        37,
    )
    # The exporter of this scrape counted 1,024 blocks a data unit: with its factor, and with no other, these are whole.
    assert plextor["nvme_data_units_read"] == 98_228_299 == 5.1499918426112e13 / (512 * 1024)
    assert plextor["nvme_data_units_written"] == 37_446_607 == 1.9632806690816e13 / (512 * 1024)
    assert any("1,024 blocks" in note for note in file.notes)
    adata = own["8H0920011311"]
    assert not [name for name in adata if name.startswith("nvme_")]  # though the page says available_spare 0 of it
    assert (adata["ata_9"], adata["device_power_on_hours"], adata["ata_233"]) == (37412, 37412, 13907933)
    assert (adata["ata_194"], adata["device_temperature"]) == (3342375, 39)
    assert (adata["ata_5_threshold"], adata["ata_231_normalized"]) == (3, 97)
    assert [own[serial]["ata_9"] for serial in ("X010A0GTF96G", "X010A069F96G", "X010A0QRF96G")] == [
        13359,
        13407,
        13432,
    ]
    assert {row["serial"]: row["capacity_bytes"] for row in found.drives.to_pylist()} == {
        "P02050305257": 256060514304,
        "8H0920011311": 128035675648,
        "X010A0GTF96G": 12000138625024,
        "X010A069F96G": 12000138625024,
        "X010A0QRF96G": 12000138625024,
    }
    assert set(file.unread) == {
        "smartctl_device_capacity_blocks",
        "smartctl_device_interface_speed",
        "smartctl_version",
    }


@pytest.mark.data
def test_the_real_page_of_node_exporter(tmp_path: Path, shared_data: Path) -> None:
    page = (shared_data / "prometheus" / "node_exporter.txt").read_text()
    file, found, refused = read(tmp_path, page, SourceOptions(collected_at=COLLECTED, host="h7"))
    counters = {
        serial: tuple(
            row[f"host_{name}"] for name in ("read_bytes", "written_bytes", "read_operations", "write_operations")
        )
        for serial, row in readings(found).items()
    }
    assert counters == {
        "2160A0D5FVGG": (513713216512, 258916880384, 25354637, 28444756),
        "SMC0E1B87ABBB16BD84E": (4944782848, 1010127360, 326552, 41822),
        "3EWB5Y25CWQWA7EH1U": (848782848, 88527360, 126552, 11822),
        "S252B6CU1HG3M1": (2377714176, 20199236096, 47114, 1078320),
    }
    assert {row["serial"]: row["medium"] for row in found.drives.to_pylist()}["2160A0D5FVGG"] == "disk"
    assert sorted((each["row"], each["column"], each["reason"].split(":")[0]) for each in refused) == [
        (1120, "model_name", "is missing"),  # a memory card with a serial number and no model
        (1128, "serial_number", "is missing"),  # a virtual disk with neither
        (
            3522,
            "serial",
            "is another serial number of nvme0 than node_disk_info has in line 1123 (S252B6CU1HG3M1), which counts",
        ),
    ]
    assert any(note.startswith("9 devices are no drives") and "sr0" in note for note in file.notes)
    assert found.placements["host"].to_pylist() == ["h7"] * 4


def test_the_format_is_known_by_its_name() -> None:
    assert format_named("prometheus", AT).name == "prometheus"
    with pytest.raises(InputError, match="--mapping means nothing"):
        format_named("prometheus", SourceOptions(mapping=Path("x")))
