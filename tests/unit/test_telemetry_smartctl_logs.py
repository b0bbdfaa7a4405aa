"""Entries of the logs that drives keep, as smartctl prints them."""

from __future__ import annotations

from pathlib import Path

import pytest
from smartctl_outputs import SECONDS, Ingested, nvme, output, scsi

from ingest.telemetry.smartctl import recognises

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
