"""What smartctl's JSON means, by layouts of smartctl 7.0 to 7.5 that its own source documents."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.smartctl import format_for, recognises

SECONDS = 1714543200  # 2024-05-01 06:00 UTC


def output(**changes: Any) -> dict[str, Any]:
    """An output of smartctl about an ATA disk; a change to None leaves the key out."""
    document = {
        "json_format_version": [1, 0],
        "smartctl": {"version": [7, 4], "argv": ["smartctl", "-j", "-x", "/dev/sda"], "exit_status": 0},
        "local_time": {"time_t": SECONDS, "asctime": "Wed May  1 06:00:00 2024 UTC"},
        "device": {"name": "/dev/sda", "info_name": "/dev/sda [SAT]", "type": "sat", "protocol": "ATA"},
        "model_name": "ST16000NM001G-2KK103",
        "serial_number": "ZL2PB26X",
        "wwn": {"naa": 5, "oui": 3152, "id": 3456789},
        "firmware_version": "SN03",
        "user_capacity": {"blocks": 31251759104, "bytes": 16000900661248},
        "rotation_rate": 7200,
        "smart_status": {"passed": True},
        "ata_smart_attributes": {"revision": 10, "table": [attribute(5, raw=8), attribute(9, raw=13114)]},
        "power_on_time": {"hours": 13114},
        "temperature": {"current": 26},
    }
    return {name: value for name, value in {**document, **changes}.items() if value is not None}


def attribute(
    number: int, *, raw: Any = 0, value: Any = 100, worst: Any = 100, thresh: Any = 10, when_failed: str = ""
) -> dict[str, Any]:
    found = {
        "id": number,
        "name": "Attribute",
        "value": value,
        "worst": worst,
        "thresh": thresh,
        "when_failed": when_failed,
        "flags": {"value": 50, "string": "PO--CK "},
        "raw": {"value": raw, "string": str(raw)},
    }
    return {name: item for name, item in found.items() if item is not None}


def ata(*attributes: dict[str, Any]) -> dict[str, Any]:
    return {"ata_smart_attributes": {"revision": 10, "table": list(attributes)}}


def nvme(**log: Any) -> dict[str, Any]:
    return output(
        device={"name": "/dev/nvme0", "type": "nvme", "protocol": "NVMe"},
        model_name="KXG60ZNV512G TOSHIBA",
        rotation_rate=None,
        user_capacity=None,
        nvme_total_capacity=512110190592,
        ata_smart_attributes=None,
        nvme_smart_health_information_log=log,
    )


class Ingested:
    """What the reader makes of documents in one file."""

    def __init__(self, folder: Path, *documents: Any, options: SourceOptions | None = None) -> None:
        path = folder / "smart.json"
        path.write_text("\n".join(json.dumps(document) for document in documents))
        chosen = format_for(options or SourceOptions())
        self.file = chosen.reader.look_over(path)
        pieces = list(chosen.reader.chunks(self.file))
        made = [chosen.transform(piece, "lab") for piece in pieces if isinstance(piece, RawRows)]
        self.normalised: list[Normalised] = made
        self.rejects = [row for each in made for row in each.rejects.to_pylist()]
        self.rejects += [row for piece in pieces if not isinstance(piece, RawRows) for row in piece.to_pylist()]
        self.drives = [row for each in made for row in each.drives.to_pylist()]
        self.readings = [row for each in made for row in each.readings.to_pylist()]
        self.log = [row for each in made for row in each.log_entries.to_pylist()]

    @property
    def reading(self) -> dict[str, Any]:
        assert self.rejects == []
        (found,) = self.readings
        return found

    @property
    def reject(self) -> tuple[str, str, str]:
        assert self.readings == []
        (found,) = self.rejects
        return found["column"], found["value"], found["reason"]


# Who, when and what.


def test_an_output_names_drive_place_and_time(tmp_path: Path) -> None:
    found = Ingested(tmp_path, output(), options=SourceOptions(host="storage-7"))
    (drive,) = found.drives
    assert drive["drive_key"] == "drive:lab:ST16000NM001G-2KK103:ZL2PB26X"
    assert (drive["vendor"], drive["capacity_bytes"]) == ("Seagate", 16000900661248)
    assert (drive["protocol"], drive["medium"]) == ("ata", "disk")
    (placement,) = found.normalised[0].placements.to_pylist()
    assert (placement["firmware"], placement["host"], placement["day"]) == ("SN03", "storage-7", date(2024, 5, 1))
    assert found.reading["day"] == date(2024, 5, 1)
    assert found.reading["sequence"] == found.reading["collected_at_seconds"] == SECONDS


@pytest.mark.parametrize(
    ("changes", "medium"),
    [({"rotation_rate": 0}, "flash"), ({"rotation_rate": 5400}, "disk"), ({"rotation_rate": None}, None)],
)
def test_a_rotation_rate_of_nothing_is_flash(tmp_path: Path, changes: dict[str, Any], medium: str | None) -> None:
    assert Ingested(tmp_path, output(**changes)).drives[0]["medium"] == medium


@pytest.mark.parametrize(
    "kind", ["sat+megaraid,14", "usbjmicron,0", "areca,1/2", "cciss,3", "3ware,1", "aacraid,0,0,2"]
)
def test_a_drive_behind_a_controller_is_the_drive(tmp_path: Path, kind: str) -> None:
    document = output(device={"name": "/dev/bus/6", "type": kind, "protocol": "ATA"})
    assert Ingested(tmp_path, document).drives[0]["drive_key"] == "drive:lab:ST16000NM001G-2KK103:ZL2PB26X"


@pytest.mark.parametrize(
    "names",
    [
        {"scsi_model_name": "SEAGATE ST373453LC", "scsi_vendor": "SEAGATE", "scsi_product": "ST373453LC"},
        {"scsi_vendor": "SEAGATE", "scsi_product": "ST373453LC"},
        {"vendor": "SEAGATE", "product": "ST373453LC"},
        {"model_name": "SEAGATE ST373453LC"},
    ],
)
def test_the_model_of_a_scsi_drive_is_vendor_and_product_in_every_layout(tmp_path: Path, names: dict[str, Any]) -> None:
    document = output(
        **{"model_name": None, **names},
        firmware_version=None,
        scsi_revision="DX10",
        ata_smart_attributes=None,
        device={"name": "/dev/sdb", "type": "scsi", "protocol": "SCSI"},
        scsi_grown_defect_list=260,
    )
    found = Ingested(tmp_path, document)
    assert found.drives[0]["model"] == "SEAGATE ST373453LC"
    assert found.normalised[0].placements["firmware"].to_pylist() == ["DX10"]
    assert found.reading["scsi_grown_defects"] == 260


def test_the_protocol_is_told_by_the_values_where_the_device_is_left_out(tmp_path: Path) -> None:
    assert Ingested(tmp_path, output(device=None)).drives[0]["protocol"] == "ata"
    assert Ingested(tmp_path, {**nvme(media_errors=0), "device": {}}).drives[0]["protocol"] == "nvme"


def test_without_a_time_the_option_says_it_and_else_the_row_is_refused(tmp_path: Path) -> None:
    without = output(local_time=None)
    column, _, reason = Ingested(tmp_path, without).reject
    assert column == "local_time.time_t"
    assert "--collected-at" in reason
    given = SourceOptions(collected_at=datetime(2024, 6, 2, 23, 30, tzinfo=UTC))
    assert Ingested(tmp_path, without, options=given).reading["day"] == date(2024, 6, 2)
    assert Ingested(tmp_path, output(), options=given).reading["day"] == date(2024, 5, 1)


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (0, "before 1990"),
        (1714543200000, "looks like milliseconds"),
        (10**18, "above"),
        (32503680000, "in the future"),
        (-1, "below 0"),
        ("1714543200", "is no number"),
        (True, "is no number"),
        (1714543200.5, "is no whole number"),
    ],
)
def test_a_time_that_cannot_be_is_refused(tmp_path: Path, seconds: Any, reason: str) -> None:
    column, value, said = Ingested(tmp_path, output(local_time={"time_t": seconds})).reject
    assert column == "local_time.time_t"
    assert value == json.dumps(seconds)
    assert reason in said


def test_without_serial_or_model_the_row_is_refused_unless_the_option_names_the_drive(tmp_path: Path) -> None:
    for missing in ({"serial_number": None}, {"serial_number": "  "}, {"model_name": None}):
        column, _, reason = Ingested(tmp_path, output(**missing)).reject
        assert column == next(iter(missing))
        assert "--drive MODEL:SERIAL" in reason
        named = Ingested(tmp_path, output(**missing), options=SourceOptions(drive="ST16000NM001G-2KK103:ZL2PB26X"))
        assert named.drives[0]["serial"] == "ZL2PB26X"


def test_a_file_of_another_drive_than_the_option_names_is_refused(tmp_path: Path) -> None:
    found = Ingested(tmp_path, output(), options=SourceOptions(drive="ST16000NM001G-2KK103:OTHER"))
    assert found.reject[:2] == ("serial_number", "ZL2PB26X")


@pytest.mark.parametrize("drive", ["ST16000", ":S", "M:", " : "])
def test_an_option_that_names_no_drive_is_an_error(drive: str) -> None:
    with pytest.raises(InputError, match="expected MODEL:SERIAL"):
        format_for(SourceOptions(drive=drive))


@pytest.mark.parametrize("serial", ["REDACTED", "0000000000", "unknown", "N/A", "To be filled by O.E.M.", "xxxx"])
def test_a_placeholder_for_a_serial_number_is_taken_with_a_note(tmp_path: Path, serial: str) -> None:
    found = Ingested(tmp_path, output(serial_number=serial))
    assert found.drives[0]["serial"] == serial
    (note,) = found.file.notes
    assert f"'{serial}' is a placeholder" in note
    assert "--drive MODEL:SERIAL" in note


def test_two_drives_with_one_placeholder_do_not_become_one(tmp_path: Path) -> None:
    first = output(serial_number="REDACTED")
    again = output(serial_number="REDACTED", local_time={"time_t": SECONDS + 86400})
    other = output(serial_number="REDACTED", wwn={"naa": 5, "oui": 3152, "id": 3456790})
    found = Ingested(tmp_path, first, again, other)
    assert [reading["row"] for reading in found.readings] == [1, 2]
    (reject,) = found.rejects
    assert (reject["row"], reject["column"], reject["value"]) == (3, "serial_number", "REDACTED")
    assert "5-3152-3456790 here, 5-3152-3456789 in" in reject["reason"]


def test_two_drives_with_real_serial_numbers_may_share_anything_else(tmp_path: Path) -> None:
    found = Ingested(tmp_path, output(), output(wwn={"naa": 5, "oui": 3152, "id": 1}, serial_number="ZL2PB26Y"))
    assert len(found.readings) == 2


# What is no sample.


def test_a_scan_list_is_refused_with_the_command_to_run(tmp_path: Path) -> None:
    scan = {
        "smartctl": {"argv": ["smartctl", "--scan", "--json"], "exit_status": 0},
        "devices": [{"name": "/dev/sdx", "type": "sat"}, {"name": "/dev/nvme0", "type": "nvme"}],
    }
    with pytest.raises(
        InputError, match=r"lists devices.*'smartctl -j -x /dev/sdx' and so on for each of the 2 devices"
    ):
        Ingested(tmp_path, scan)
    found = Ingested(tmp_path, scan, output())
    assert [reading["row"] for reading in found.readings] == [2]
    assert "lists devices" in found.rejects[0]["reason"]


def test_a_device_that_could_not_be_opened_is_refused_with_what_smartctl_says(tmp_path: Path) -> None:
    message = "Smartctl open device: /dev/sda failed: Permission denied"
    document = {
        "json_format_version": [1, 0],
        "smartctl": {"messages": [{"string": message, "severity": "error"}], "exit_status": 2},
        "local_time": {"time_t": SECONDS},
    }
    column, value, reason = Ingested(tmp_path, document).reject
    assert (column, value) == ("smartctl.exit_status", "2")
    assert message in reason


def test_an_output_of_the_wrong_command_is_refused_with_the_right_one(tmp_path: Path) -> None:
    only_info = output(smart_status=None, ata_smart_attributes=None, power_on_time=None, temperature=None)
    assert "smartctl -j -x" in Ingested(tmp_path, only_info).reject[2]
    with pytest.raises(InputError, match="use --format nvme-cli"):
        Ingested(tmp_path, {"avail_spare": 100, "percent_used": 2})
    with pytest.raises(InputError, match="is no output of smartctl -j -x"):
        Ingested(tmp_path, {"anything": 1})


def test_a_whole_log_of_nvme_cli_is_told_from_smartctls_output(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="use --format nvme-cli"):
        Ingested(tmp_path, {"critical_warning": 0, "temperature": 310, "avail_spare": 100, "percent_used": 2})


def test_text_for_people_is_refused_with_the_right_command(tmp_path: Path) -> None:
    path = tmp_path / "sda.json"
    path.write_text(
        "smartctl 7.4 2023-08-01 r5530 [x86_64-linux] (local build)\n=== START OF INFORMATION SECTION ===\n"
    )
    chosen = format_for(SourceOptions())
    assert chosen.recognises is not None
    assert chosen.recognises(path.read_bytes())
    with pytest.raises(InputError, match="text for people, not JSON; expected the output of smartctl -j -x"):
        chosen.reader.look_over(path)


def test_a_drive_left_asleep_is_refused_in_smartctls_own_words(tmp_path: Path) -> None:
    message = "Device is in STANDBY mode, exit(0)"
    asleep = output(smart_status=None, ata_smart_attributes=None, power_on_time=None, temperature=None)
    asleep["smartctl"] = {"messages": [{"string": message, "severity": "information"}], "exit_status": 0}
    assert message in Ingested(tmp_path, asleep).reject[2]


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


# SCSI.


def scsi(**changes: Any) -> dict[str, Any]:
    device = {"name": "/dev/sdb", "type": "scsi", "protocol": "SCSI"}
    named = {"scsi_model_name": "HITACHI H109060SESUN600G", "scsi_revision": "A31A"}
    return output(model_name=None, firmware_version=None, ata_smart_attributes=None, device=device, **named, **changes)


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


# Logs.

SELF_TESTS = {
    "revision": 1,
    "table": [
        {
            "type": {"value": 1, "string": "Short offline"},
            "status": {"value": 249, "string": "Self-test routine in progress"},
            "lifetime_hours": 13114,
        },
        {
            "type": {"value": 2, "string": "Extended offline"},
            "status": {"value": 121, "string": "Completed: read failure", "remaining_percent": 90, "passed": False},
            "lifetime_hours": 13000,
            "lba": 4711,
        },
        {
            "type": {"value": 1, "string": "Short offline"},
            "status": {"value": 0, "string": "Completed without error", "passed": True},
            "lifetime_hours": 12000,
        },
        {
            "type": {"value": 1, "string": "Short offline"},
            "status": {"value": 16, "string": "Aborted by host"},
            "lifetime_hours": 11000,
        },
    ],
    "count": 4,
}


@pytest.mark.parametrize("form", ["standard", "extended"])
def test_self_tests_of_ata(tmp_path: Path, form: str) -> None:
    found = Ingested(tmp_path, output(ata_smart_self_test_log={form: SELF_TESTS}))
    assert found.reading["device_failed_self_tests"] == 1
    assert found.reading["device_last_self_test_failed"] == 1
    assert [(entry["entry"], entry["passed"], entry["lba"]) for entry in found.log] == [
        ("13000-2-121", False, 4711),
        ("12000-1-0", True, None),
        ("11000-1-16", None, None),
    ]
    assert {entry["log"] for entry in found.log} == {"self-test"}
    assert found.log[0]["kind"] == "Extended offline"
    assert found.log[0]["status"] == "Completed: read failure"


def test_a_log_without_entries_is_no_failed_test(tmp_path: Path) -> None:
    empty = {"standard": {"revision": 1, "count": 0}}
    reading = Ingested(tmp_path, output(ata_smart_self_test_log=empty)).reading
    assert reading["device_failed_self_tests"] == 0
    assert "device_last_self_test_failed" not in reading
    assert "device_failed_self_tests" not in Ingested(tmp_path, output()).reading


def test_the_fuller_form_of_a_log_counts(tmp_path: Path) -> None:
    both = {"standard": SELF_TESTS, "extended": {"revision": 1, "count": 0}}
    assert len(Ingested(tmp_path, output(ata_smart_self_test_log=both)).log) == 3


@pytest.mark.parametrize(
    ("register", "kind"),
    [(132, "interface CRC error"), (64, "uncorrectable data"), (16, "sector not found"), (4, "command aborted")],
)
def test_errors_of_the_link_are_told_apart_from_those_of_the_medium(tmp_path: Path, register: int, kind: str) -> None:
    error = {
        "error_number": 9,
        "lifetime_hours": 13365,
        "completion_registers": {"error": register, "status": 65, "count": 0, "lba": 3059519, "device": 224},
        "error_description": "Error: at LBA = 0x002eaf3f = 3059519",
    }
    document = output(ata_smart_error_log={"summary": {"revision": 1, "table": [error], "logged_count": 1, "count": 9}})
    found = Ingested(tmp_path, document)
    assert found.reading["device_error_log_entries"] == 9
    (entry,) = found.log
    assert (entry["log"], entry["entry"], entry["kind"], entry["lba"]) == ("error", "9-13365", kind, 3059519)


def test_logs_of_nvme(tmp_path: Path) -> None:
    document = nvme(media_errors=1) | {
        "nvme_self_test_log": {
            "current_self_test_operation": {"value": 0, "string": "No self-test in progress"},
            "table": [
                {
                    "self_test_code": {"value": 2, "string": "Extended"},
                    "self_test_result": {"value": 7, "string": "Completed: failed segments"},
                    "power_on_hours": 12173,
                },
                None,
                {"self_test_code": {"value": 0}, "self_test_result": {"value": 15}, "power_on_hours": 0},
            ],
        },
        "nvme_error_information_log": {
            "size": 63,
            "table": [
                {"error_count": 42, "status_field": {"string": "Unrecovered Read Error"}, "lba": {"value": 77}},
                {"error_count": 41, "status_field": {"string": "Invalid Field"}, "lba": {"value": 2**64 - 1}},
                {"error_count": 0},
            ],
        },
    }
    found = Ingested(tmp_path, document)
    assert found.reading["device_last_self_test_failed"] == 1
    assert [(entry["log"], entry["entry"], entry["lba"]) for entry in found.log] == [
        ("self-test", "12173-2-7", None),
        ("error", "42", 77),
        ("error", "41", None),
    ]


def test_self_tests_of_scsi(tmp_path: Path) -> None:
    tests = {
        f"scsi_self_test_{number}": {
            "code": {"value": 2, "string": "Background long"},
            "result": {"value": result, "string": "…"},
            "power_on_time": {"hours": 90 - number, "aka": "accumulated_power_on_hours"},
        }
        for number, result in enumerate([15, 0, 7, 1])
    }
    found = Ingested(tmp_path, scsi(scsi_grown_defect_list=0, **tests))
    assert [(entry["power_on_hours"], entry["passed"]) for entry in found.log] == [(89, True), (88, False), (87, None)]
    assert found.reading["device_failed_self_tests"] == 1
    assert found.reading["device_last_self_test_failed"] == 0


def test_an_entry_is_the_same_in_every_sample(tmp_path: Path) -> None:
    later = output(ata_smart_self_test_log={"standard": SELF_TESTS}, local_time={"time_t": SECONDS + 86400})
    found = Ingested(tmp_path, output(ata_smart_self_test_log={"standard": SELF_TESTS}), later)
    assert len(found.log) == 6
    assert len({entry["entry"] for entry in found.log}) == 3


def test_a_wrong_entry_is_named_with_its_place(tmp_path: Path) -> None:
    wrong = {"standard": {"table": [{"type": {"value": 1}, "status": {"value": "bad"}, "lifetime_hours": 5}]}}
    column, _, _ = Ingested(tmp_path, output(ata_smart_self_test_log=wrong)).reject
    assert column == "ata_smart_self_test_log.standard.table[0].status.value"


def test_smartctl_is_recognised_by_its_first_bytes() -> None:
    assert recognises(b'\xef\xbb\xbf{\n  "json_format_version": [1, 0],')
    assert recognises(b'[{"smartctl": {}}]')
    assert not recognises(b"date,serial_number,smartctl")
    assert not recognises(b'{"critical_warning": 0, "avail_spare": 100}')
