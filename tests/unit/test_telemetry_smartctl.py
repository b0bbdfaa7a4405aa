"""Whose output of smartctl it is, of which time, and what is refused as a whole."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from smartctl_outputs import SECONDS, Ingested, nvme, output

from graph.errors import InputError
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.smartctl import format_for

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
