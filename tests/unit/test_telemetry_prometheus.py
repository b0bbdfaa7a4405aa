"""What the metrics of exporters mean, and whose they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from exporter_pages import ATA, NODE, NVME, SECONDS, read, readings

from graph.errors import InputError


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
