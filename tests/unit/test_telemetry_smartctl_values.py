"""What the values in smartctl's output mean, and which cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from smartctl_outputs import Ingested, ata, attribute, nvme, output, scsi


def test_exit_status_and_verdict_are_readings(tmp_path: Path) -> None:
    failing = output(smart_status={"passed": False}, smartctl={"exit_status": 8 | 64})
    reading = Ingested(tmp_path, failing).reading
    assert (reading["device_exit_status"], reading["device_overall_failed"]) == (72, 1)
    assert Ingested(tmp_path, output()).reading["device_overall_failed"] == 0
    assert "device_overall_failed" not in Ingested(tmp_path, output(smart_status={})).reading


# ATA.


def test_an_attribute_gives_raw_normalised_worst_and_threshold(tmp_path: Path) -> None:
    reading = Ingested(tmp_path, output(**ata(attribute(5, raw=8, value=98, worst=97, thresh=36)))).reading
    named = ("ata_5", "ata_5_normalized", "ata_5_worst", "ata_5_threshold")
    assert [reading[name] for name in named] == [8, 98, 97, 36]


def test_an_attribute_that_the_catalogue_does_not_know_is_kept_out_and_told(tmp_path: Path) -> None:
    found = Ingested(tmp_path, output(**ata(attribute(5), attribute(120, raw=7))))
    assert found.file.unread == ("ata_smart_attributes: attribute 120",)
    assert not any("120" in name for name in found.reading)


@pytest.mark.parametrize(
    ("when_failed", "numbers", "expected"),
    [
        ("now", {"value": 5, "worst": 5, "thresh": 10}, (5, 5, 10)),
        ("past", {"value": 50, "worst": 9, "thresh": 10}, (50, 9, 10)),
        ("now", {"value": 5, "worst": 5, "thresh": None}, (5, 5, 5)),
        ("now", {"value": None, "worst": None, "thresh": 10}, (10, None, 10)),
        ("past", {"value": 50, "worst": None, "thresh": 10}, (50, 10, 10)),
        ("FAILING_NOW", {"value": 5, "worst": 5, "thresh": 10}, (5, 5, 10)),
        ("In_the_past", {"value": 50, "worst": 9, "thresh": 10}, (50, 9, 10)),
        ("-", {"value": 50, "worst": 50, "thresh": 10}, (50, 50, 10)),
    ],
)
def test_what_smartctl_says_of_a_threshold_can_be_read_from_the_numbers(
    tmp_path: Path, when_failed: str, numbers: dict[str, Any], expected: tuple[float | None, ...]
) -> None:
    reading = Ingested(tmp_path, output(**ata(attribute(5, when_failed=when_failed, **numbers)))).reading
    assert tuple(reading.get(f"ata_5_{name}") for name in ("normalized", "worst", "threshold")) == expected


@pytest.mark.parametrize("when_failed", ["now", "past", "yesterday"])
def test_a_verdict_that_the_numbers_contradict_is_refused(tmp_path: Path, when_failed: str) -> None:
    column, value, _ = Ingested(tmp_path, output(**ata(attribute(5), attribute(9, when_failed=when_failed)))).reject
    assert (column, value) == ("ata_smart_attributes.table[1].when_failed", f'"{when_failed}"')


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("raw.value", "8"),
        ("raw.value", "40 C"),
        ("raw.value", -1),
        ("raw.value", True),
        ("raw.value", 2**64),
        ("raw.value", [8]),
        ("value", 256),
        ("worst", -1),
        ("thresh", "10"),
        ("id", 0),
        ("id", 5.5),
        ("id", None),
    ],
)
def test_a_wrong_value_refuses_the_row_and_is_named_as_jq_names_it(tmp_path: Path, place: str, wrong: Any) -> None:
    broken = attribute(9)
    target, _, name = place.rpartition(".")
    (broken[target] if target else broken)[name] = wrong
    column, value, reason = Ingested(tmp_path, output(**ata(attribute(5), broken))).reject
    assert column == f"ata_smart_attributes.table[1].{place}"
    assert value == json.dumps(wrong)
    assert reason


def test_an_attribute_that_stands_there_twice_counts_once_or_is_refused(tmp_path: Path) -> None:
    assert Ingested(tmp_path, output(**ata(attribute(5, raw=8), attribute(5, raw=8)))).reading["ata_5"] == 8
    column, _, reason = Ingested(tmp_path, output(**ata(attribute(5, raw=8), attribute(5, raw=9)))).reject
    assert column == "ata_smart_attributes.table[1].id"
    assert "twice" in reason


def test_a_seven_byte_raw_value_is_held(tmp_path: Path) -> None:
    reading = Ingested(tmp_path, output(**ata(attribute(240, raw=4417953684533483)))).reading
    assert reading["ata_240"] == 4417953684533483


# NVMe.


def test_nvme_values_go_by_the_names_of_the_catalogue(tmp_path: Path) -> None:
    found = Ingested(
        tmp_path,
        nvme(
            critical_warning=16,
            temperature=40,
            available_spare=100,
            percentage_used=120,
            data_units_written=2**70,
            temperature_sensors=[40, None, 35],
            nsid=-1,
            vendor_specific_thing=3,
        ),
    )
    reading = found.reading
    assert reading["nvme_critical_warning"] == 16
    assert (reading["nvme_temperature"], reading["nvme_percentage_used"]) == (40, 120)
    assert reading["nvme_data_units_written"] == 2.0**70
    assert found.drives[0]["medium"] == "flash"
    assert found.drives[0]["capacity_bytes"] == 512110190592
    assert found.file.unread == ("nvme_smart_health_information_log.vendor_specific_thing",)


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"temperature": 310}, "nvme_smart_health_information_log.temperature", "looks like kelvin"),
        ({"temperature": "40 C"}, "nvme_smart_health_information_log.temperature", "is no number"),
        ({"temperature_sensors": [40, 313]}, "nvme_smart_health_information_log.temperature_sensors[1]", "kelvin"),
        ({"temperature_sensors": [30] * 9}, "nvme_smart_health_information_log.temperature_sensors[8]", "8 sensors"),
        ({"available_spare": 101}, "nvme_smart_health_information_log.available_spare", "above 100"),
        ({"percentage_used": 256}, "nvme_smart_health_information_log.percentage_used", "above 255"),
        ({"media_errors": -1}, "nvme_smart_health_information_log.media_errors", "below 0"),
        ({"media_errors": 10**60}, "nvme_smart_health_information_log.media_errors", "above"),
        ({"media_errors": {"value": 1}}, "nvme_smart_health_information_log.media_errors", "is no number"),
    ],
)
def test_an_nvme_value_that_cannot_be_is_refused(
    tmp_path: Path, change: dict[str, Any], column: str, reason: str
) -> None:
    found = Ingested(tmp_path, nvme(**{"media_errors": 0, **change})).reject
    assert found[0] == column
    assert reason in found[2]


def test_a_sensor_at_zero_kelvin_is_no_sensor(tmp_path: Path) -> None:
    reading = Ingested(tmp_path, nvme(media_errors=0, temperature_sensors=[40, -273, 35])).reading
    assert (reading["nvme_temperature_sensor_1"], reading["nvme_temperature_sensor_3"]) == (40, 35)
    assert "nvme_temperature_sensor_2" not in reading


@pytest.mark.parametrize("value", [310, 151, -61, 400])
def test_a_temperature_that_no_drive_can_have_is_refused(tmp_path: Path, value: int) -> None:
    column, shown, _ = Ingested(tmp_path, output(temperature={"current": value})).reject
    assert (column, shown) == ("temperature.current", str(value))


def test_scsi_counters(tmp_path: Path) -> None:
    counters = {
        "read": {"total_uncorrected_errors": 1, "total_errors_corrected": 7, "gigabytes_processed": "162438.759"},
        "write": {"total_uncorrected_errors": 535, "gigabytes_processed": 11151.5},
        "verify": {"total_uncorrected_errors": 0},
        "non_medium_error": {"count": 12},
    }
    reading = Ingested(
        tmp_path,
        scsi(
            scsi_error_counter_log=counters,
            scsi_grown_defect_list=260,
            scsi_pending_defects={"count": 10, "table": [None, {"lba": 11}]},
            scsi_start_stop_cycle_counter={"accumulated_start_stop_cycles": 70, "accumulated_load_unload_cycles": 3472},
            temperature={"current": 33, "drive_trip": 68},
            scsi_percentage_used_endurance_indicator=5,
        ),
    ).reading
    expected = {
        "read_uncorrected_errors": 1,
        "read_corrected_errors": 7,
        "read_gigabytes": 162438.759,
        "write_uncorrected_errors": 535,
        "write_gigabytes": 11151.5,
        "verify_uncorrected_errors": 0,
        "non_medium_errors": 12,
        "grown_defects": 260,
        "pending_defects": 10,
        "start_stop_cycles": 70,
        "load_unload_cycles": 3472,
        "temperature": 33,
        "temperature_trip": 68,
        "power_on_hours": 13114,
        "percentage_used": 5,
    }
    assert {name: reading[f"scsi_{name}"] for name in expected} == expected


def test_endurance_as_smartctl_7_5_writes_it(tmp_path: Path) -> None:
    document = scsi(scsi_grown_defect_list=0, rotation_rate=None, endurance_used={"current_percent": 3})
    found = Ingested(tmp_path, document)
    assert found.reading["scsi_percentage_used"] == 3
    assert found.drives[0]["medium"] == "flash"


def device_statistics(value: Any, *, is_valid: bool = True) -> dict[str, Any]:
    row = {"offset": 8, "name": "Percentage Used Endurance Indicator", "value": value, "flags": {"valid": is_valid}}
    other = {
        "number": 5,
        "table": [{"offset": 8, "name": "Current Temperature", "value": 38, "flags": {"valid": True}}],
    }
    return {"pages": [other, {"number": 7, "table": [row]}]}


def test_endurance_of_an_ata_drive_is_read_as_decoded_or_from_its_device_statistics(tmp_path: Path) -> None:
    decoded = output(endurance_used={"current_percent": 101}, ata_device_statistics=device_statistics(99))
    assert Ingested(tmp_path, decoded).reading["device_percentage_used"] == 101
    stated = output(ata_device_statistics=device_statistics(103))
    assert Ingested(tmp_path, stated).reading["device_percentage_used"] == 103
    invalid = output(ata_device_statistics=device_statistics(103, is_valid=False))
    assert "device_percentage_used" not in Ingested(tmp_path, invalid).reading
    impossible = output(ata_device_statistics=device_statistics(1000))
    assert Ingested(tmp_path, impossible).reject[0] == "ata_device_statistics.pages[1].table[0].value"


@pytest.mark.parametrize("gigabytes", ["162438.759 GB", "1,5", "-1", -1, "nan", "1e400"])
def test_data_processed_with_a_unit_is_refused(tmp_path: Path, gigabytes: Any) -> None:
    document = scsi(scsi_error_counter_log={"read": {"gigabytes_processed": gigabytes}})
    assert Ingested(tmp_path, document).reject[0] == "scsi_error_counter_log.read.gigabytes_processed"
