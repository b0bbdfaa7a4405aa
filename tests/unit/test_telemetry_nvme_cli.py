"""nvme-cli's smart-log says neither which drive it is of nor when: both must be said, and its kelvin becomes °C."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from graph.errors import InputError
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.nvme_cli import format_for, recognises
from ingest.telemetry.nvme_cli_identity import read_identity
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.registry import format_named

TIME = datetime(2024, 5, 1, 6, tzinfo=UTC)
LOG = {
    "critical_warning": 0,
    "temperature": 310,
    "avail_spare": 100,
    "spare_thresh": 5,
    "percent_used": 2,
    "endurance_grp_critical_warning_summary": 0,
    "data_units_read": 9898518,
    "data_units_written": 136157684,
    "host_read_commands": 313528805,
    "power_on_hours": 4974,
    "media_errors": 0,
    "thm_temp1_total_time": 12,
}
ID_CTRL = {
    "vid": 7170,
    "sn": "XXX00YYY            ",
    "mn": "ZP4000GM30023 ",
    "fr": "SU6SM001",
    "tnvmcap": 4000787030016,
}
FLAT = {
    "Devices": [
        {
            "NameSpace": 1,
            "DevicePath": f"/dev/nvme{number}n1",
            "Firmware": "SU6SM001",
            "Index": number,
            "ModelNumber": "ZP4000GM30023",
            "SerialNumber": f"XXX0{number}YYY",
            "PhysicalSize": 4000787030016,
        }
        for number in range(2)
    ]
}


def controllers(*numbers: int) -> list[dict[str, Any]]:
    return [
        {
            "Controller": f"nvme{number}",
            "SerialNumber": f"XXX0{number}YYY",
            "ModelNumber": "ZP4000GM30023",
            "Firmware": "SU6SM001",
            "Transport": "pcie",
            "Namespaces": [{"NameSpace": f"nvme{number}n1", "NSID": 1, "PhysicalSize": 4000787030016}],
        }
        for number in numbers
    ]


LAYOUTS: dict[str, dict[str, Any]] = {
    "flat": FLAT,
    "controllers": {"Devices": [{"Subsystem": "nvme-subsys0", "Controllers": controllers(0, 1)}]},
    "subsystems": {
        "Devices": [
            {
                "HostNQN": "nqn.2014-08.org.nvmexpress:uuid:1",
                "Subsystems": [{"Subsystem": f"nvme-subsys{n}", "Controllers": controllers(n)} for n in range(2)],
            }
        ]
    },
    "subsystems on top": {"Subsystems": [{"Name": "nvme-subsys0", "Controllers": controllers(0, 1)}]},
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, document: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(document))
        return path

    return written


def ingested(path: Path, **given: Any) -> Normalised:
    chosen = format_for(SourceOptions(**{"collected_at": TIME, "drive": "M1:S1", **given}))
    (piece,) = chosen.reader.chunks(chosen.reader.look_over(path))
    assert isinstance(piece, RawRows), piece.to_pylist()
    return chosen.transform(piece, "lab")


def refused(path: Path) -> dict[str, Any]:
    chosen = format_for(SourceOptions(collected_at=TIME, drive="M1:S1"))
    (piece,) = chosen.reader.chunks(chosen.reader.look_over(path))
    assert isinstance(piece, pa.Table)
    (found,) = piece.to_pylist()
    return dict(found)


def reading(found: Normalised) -> dict[str, Any]:
    (only,) = found.readings.to_pylist()
    return dict(only)


def test_without_drive_or_time_the_error_says_both(write: Write) -> None:
    path = write("nvme0.json", LOG)
    for given in (SourceOptions(), SourceOptions(drive="M1:S1"), SourceOptions(collected_at=TIME)):
        with pytest.raises(InputError, match=r"--drive MODEL:SERIAL or --identity FILE.*--collected-at TIME") as error:
            format_for(given).reader.look_over(path)
        assert error.value.exit_status == 2


def test_the_option_names_the_drive(write: Write) -> None:
    found = ingested(write("any.json", LOG), drive="a model: with colons:S1", host="h1")
    (drive,) = found.drives.to_pylist()
    assert (drive["model"], drive["serial"]) == ("a model: with colons", "S1")
    assert (drive["protocol"], drive["medium"]) == ("nvme", "flash")
    assert found.placements["host"].to_pylist() == ["h1"]


def test_kelvin_becomes_celsius_and_aliases_become_catalogue_names(write: Write) -> None:
    found = reading(ingested(write("any.json", {**LOG, "temperature_sensor_1": 300, "temperature_sensor_2": 0})))
    assert (found["nvme_temperature"], found["nvme_temperature_sensor_1"]) == (37, 27)
    assert "nvme_temperature_sensor_2" not in found
    assert (found["nvme_available_spare"], found["nvme_percentage_used"]) == (100, 2)
    assert found["nvme_thermal_management_1_time"] == 12
    assert found["collected_at_seconds"] == TIME.timestamp()


@pytest.mark.parametrize("value", ["136157684", 136157684, 136157684.0])
def test_counters_may_be_text(write: Write, value: Any) -> None:
    found = reading(ingested(write("any.json", {**LOG, "data_units_written": value})))
    assert found["nvme_data_units_written"] == 136157684


def test_a_128_bit_counter_is_held_as_a_number(write: Write) -> None:
    found = reading(ingested(write("any.json", {**LOG, "host_read_commands": 2**120})))
    assert found["nvme_host_reads"] == 2.0**120


def test_a_critical_warning_may_be_spelled_out(write: Write) -> None:
    warning = {"value": 4, "available_spare": 0, "reliability_degraded": 1}
    assert reading(ingested(write("any.json", {**LOG, "critical_warning": warning})))["nvme_critical_warning"] == 4


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("temperature", 37, "looks like °C"),
        ("temperature", 600, "impossible as a temperature in kelvin"),
        ("temperature", "310 K", "is no number"),
        ("temperature", 13, "looks like °C"),
        ("temperature_sensor_3", -1, "below 0"),
        ("avail_spare", 101, "above 100"),
        ("percent_used", "2%", "is no number"),
        ("critical_warning", {"bits": 4}, None),
        ("critical_warning", 256, "above 255"),
        ("data_units_read", "9,898,518", "is no number"),
        ("data_units_read", "9898518 (5.07 TB)", "is no number"),
        ("power_on_hours", None, None),
        ("power_on_hours", True, "is no number"),
        ("media_errors", 2**129, "above"),
    ],
)
def test_a_value_that_cannot_be_is_refused(write: Write, field: str, value: Any, reason: str | None) -> None:
    path = write("any.json", {**LOG, field: value})
    if reason is None:
        assert f"nvme_{field}" not in reading(ingested(path))
    else:
        found = refused(path)
        assert found["column"] == field
        assert reason in found["reason"]


def test_what_the_catalogue_does_not_know_is_kept_out_and_told(write: Write) -> None:
    path = write("any.json", {**LOG, "mood": 5})
    assert format_for(SourceOptions(collected_at=TIME, drive="M1:S1")).reader.look_over(path).unread == ("mood",)
    assert "nvme_mood" not in ingested(path).readings.column_names


# Which drive.


def test_id_ctrl_names_the_drive(write: Write) -> None:
    found = ingested(write("any.json", LOG), drive=None, identity=write("id.json", ID_CTRL))
    (drive,) = found.drives.to_pylist()
    assert (drive["model"], drive["serial"], drive["capacity_bytes"]) == ("ZP4000GM30023", "XXX00YYY", 4000787030016)
    assert found.placements["firmware"].to_pylist() == ["SU6SM001"]


def test_the_capacity_of_id_ctrl_may_be_text(write: Write) -> None:
    identity = read_identity(write("id.json", {**ID_CTRL, "tnvmcap": "4000787030016"}))
    assert identity.drives[0].capacity_bytes == 4000787030016


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("name", ["nvme1.json", "storage-7_nvme1n1.json", "2024-05-01-nvme1-smart-log.json"])
def test_a_list_names_the_drive_by_the_device_in_the_files_name(write: Write, layout: str, name: str) -> None:
    identity = write("list.json", LAYOUTS[layout])
    found = ingested(write(name, LOG), drive=None, identity=identity)
    (drive,) = found.drives.to_pylist()
    assert (drive["serial"], drive["capacity_bytes"]) == ("XXX01YYY", 4000787030016)


def test_of_a_list_the_option_picks_one(write: Write) -> None:
    identity = write("list.json", FLAT)
    found = ingested(write("any.json", LOG), drive="ZP4000GM30023:XXX01YYY", identity=identity)
    assert found.placements["firmware"].to_pylist() == ["SU6SM001"]
    with pytest.raises(InputError, match=r"does not name it; nvme0n1 is ZP4000GM30023:XXX00YYY"):
        ingested(write("any.json", LOG), drive="ZP4000GM30023:OTHER", identity=identity)


@pytest.mark.parametrize("name", ["smart-log.json", "nvme7.json", "nvme0-and-nvme1.json", "nvme10.json"])
def test_a_list_of_several_drives_needs_a_choice(write: Write, name: str) -> None:
    identity = write("list.json", FLAT)
    with pytest.raises(InputError, match=r"name the file after its device \(nvme0.json\) or pick one with --drive"):
        ingested(write(name, LOG), drive=None, identity=identity)


def test_a_drive_with_two_namespaces_is_one_drive_without_their_size(write: Write) -> None:
    first = FLAT["Devices"][0]
    second = {**first, "DevicePath": "/dev/nvme0n2", "PhysicalSize": 1}
    (drive,) = read_identity(write("list.json", {"Devices": [first, second]})).drives
    assert drive.capacity_bytes is None
    assert drive.devices == {"nvme0n1", "nvme0n2"}


@pytest.mark.parametrize(
    "document",
    [LOG, {"Devices": []}, {"Devices": [{"SerialNumber": "", "ModelNumber": "M"}]}, {"sn": 5.5, "mn": "M"}, [], 7],
)
def test_an_identity_file_that_names_no_drive_is_an_error(write: Write, document: Any) -> None:
    with pytest.raises(InputError, match=r"^(--identity )?.*identity\.json"):
        format_for(SourceOptions(identity=write("identity.json", document)))


def test_an_identity_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        format_for(SourceOptions(identity=tmp_path / "none.json"))


def test_another_identity_or_time_makes_the_same_file_another_source(write: Write) -> None:
    one = format_named("nvme-cli", SourceOptions(drive="M:S", collected_at=TIME)).settings
    assert one != format_named("nvme-cli", SourceOptions(drive="M:T", collected_at=TIME)).settings
    assert one == format_named("nvme-cli", SourceOptions(drive="M:S", collected_at=TIME)).settings
    first = format_named("nvme-cli", SourceOptions(identity=write("id.json", ID_CTRL))).settings
    assert first != format_named("nvme-cli", SourceOptions(identity=write("id.json", {**ID_CTRL, "sn": "B"}))).settings


# What is no smart-log.


@pytest.mark.parametrize(("document", "command"), [(FLAT, "list"), (ID_CTRL, "id-ctrl")])
def test_what_belongs_into_the_identity_option_is_refused_as_a_file(
    write: Write, document: dict[str, Any], command: str
) -> None:
    with pytest.raises(InputError, match=f"is the output of nvme {command}.*give it with --identity"):
        ingested(write("any.json", document))


def test_other_tools_are_told(write: Write) -> None:
    with pytest.raises(InputError, match="use --format smartctl"):
        ingested(write("any.json", {"smartctl": {}, "smart_status": {}}))
    with pytest.raises(InputError, match="is no output of nvme smart-log"):
        ingested(write("any.json", {"temperature": 310}))


def test_several_smart_logs_cannot_be_of_one_drive_at_one_time(write: Write) -> None:
    with pytest.raises(InputError, match=r"holds 2 smart-logs.*split it"):
        ingested(write("any.json", [LOG, LOG]))


def test_two_files_cannot_be_of_one_drive_at_one_time(write: Write) -> None:
    reader = format_for(SourceOptions(drive="M:S", collected_at=TIME)).reader
    reader.look_over(write("a.json", LOG))
    with pytest.raises(InputError, match=r"would be of the same drive and time as .*a.json \(M:S\)"):
        reader.look_over(write("b.json", {**LOG, "power_on_hours": 5000}))


def test_nvme_cli_is_recognised_by_its_first_bytes() -> None:
    assert recognises(json.dumps(LOG, indent=2).encode())
    assert not recognises(b'{"smartctl": {}, "critical_warning": 0, "avail_spare": 1, "spare_thresh": 1}')
    assert not recognises(json.dumps(FLAT).encode())
