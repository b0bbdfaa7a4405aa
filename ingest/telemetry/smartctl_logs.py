"""The logs that a drive keeps itself, as smartctl shows them: self-tests and errors of ATA, NVMe and SCSI."""

from __future__ import annotations

from ingest.telemetry.documents_samples import LogEntry, Sample
from ingest.telemetry.documents_values import Value
from ingest.telemetry.smartctl_readings import put

LARGEST_HOURS = (1 << 32) - 1
LARGEST_LBA = (1 << 63) - 1
NO_LBA = (1 << 64) - 1  # NVMe: all ones where the error has no address
LARGEST_COUNT = (1 << 64) - 1
# Bits of the ATA error register, the most telling first: a fault of the link is not one of the medium.
ATA_ERRORS = (
    (0x80, "interface CRC error"),
    (0x40, "uncorrectable data"),
    (0x10, "sector not found"),
    (0x04, "command aborted"),
)
ATA_FAILED, ATA_RUNNING = range(3, 9), 15  # upper half of the status byte
NVME_FAILED, NVME_UNUSED = (5, 6, 7), 15
SCSI_FAILED, SCSI_RUNNING = range(3, 8), 15
SCSI_TESTS = 20  # entries of the results log page


def logs_of(document: Value, found: Sample) -> None:
    """Add the entries of all logs to a sample, and what they amount to.

    Raises:
        UnusableError: An entry holds what cannot be.
    """
    tests = [*_ata_self_tests(document), *_nvme_self_tests(document), *_scsi_self_tests(document)]
    ended = [test.passed for test in tests if test.passed is not None]
    if _has_self_test_log(document):
        put(found, "smart:device:failed_self_tests", float(ended.count(False)))
    if ended:
        put(found, "smart:device:last_self_test_failed", float(not ended[0]))  # the latest stands first
    found.log += [*tests, *_ata_errors(document, found), *_nvme_errors(document)]


def _has_self_test_log(document: Value) -> bool:
    names = ("ata_smart_self_test_log", "nvme_self_test_log", "scsi_self_test_0")
    return any(document[name].content is not None for name in names)


def _fuller(log: Value, *names: str) -> Value:
    """Of the forms of a log the first that lists entries, else the first that is there."""
    there = [log[name] for name in names if log[name].content is not None]
    return next((each for each in there if each["table"].content), there[0] if there else log[names[0]])


def _ata_self_tests(document: Value) -> list[LogEntry]:
    found = []
    for row in _fuller(document["ata_smart_self_test_log"], "extended", "standard")["table"].items():
        code, status = row["type"]["value"].integer(0, 255), row["status"]["value"].integer(0, 255)
        outcome = None if status is None else status >> 4
        hours = row["lifetime_hours"].integer(0, LARGEST_HOURS)
        passed = row["status"]["passed"].flag()
        if outcome == ATA_RUNNING:
            continue
        if passed is None and outcome is not None:
            passed = True if outcome == 0 else False if outcome in ATA_FAILED else None
        found.append(
            LogEntry(
                log="self-test",
                entry=f"{_or_x(hours)}-{_or_x(code)}-{_or_x(status)}",
                power_on_hours=hours,
                kind=row["type"]["string"].text(),
                status=row["status"]["string"].text(),
                passed=passed,
                lba=row["lba"].integer(0, LARGEST_LBA),
            )
        )
    return found


def _nvme_self_tests(document: Value) -> list[LogEntry]:
    found = []
    for row in document["nvme_self_test_log"]["table"].items():
        code = row["self_test_code"]["value"].integer(0, 255)
        result = row["self_test_result"]["value"].integer(0, 255)
        hours = row["power_on_hours"].integer(0, LARGEST_COUNT)
        if result == NVME_UNUSED:
            continue
        found.append(
            LogEntry(
                log="self-test",
                entry=f"{_or_x(hours)}-{_or_x(code)}-{_or_x(result)}",
                power_on_hours=_int64(hours),
                kind=row["self_test_code"]["string"].text(),
                status=row["self_test_result"]["string"].text(),
                passed=None if result is None else True if result == 0 else False if result in NVME_FAILED else None,
                lba=_address(row["lba"]),
            )
        )
    return found


def _scsi_self_tests(document: Value) -> list[LogEntry]:
    found = []
    for number in range(SCSI_TESTS):
        row = document[f"scsi_self_test_{number}"]
        if row.content is None:
            continue
        code, result = row["code"]["value"].integer(0, 255), row["result"]["value"].integer(0, 255)
        hours = row["power_on_time"]["hours"].integer(0, LARGEST_HOURS)
        if result == SCSI_RUNNING:
            continue
        found.append(
            LogEntry(
                log="self-test",
                entry=f"{_or_x(hours)}-{_or_x(code)}-{_or_x(result)}",
                power_on_hours=hours,
                kind=row["code"]["string"].text(),
                status=row["result"]["string"].text(),
                passed=None if result is None else True if result == 0 else False if result in SCSI_FAILED else None,
                lba=_address(row["lba_first_failure"]["value"]),
            )
        )
    return found


def _ata_errors(document: Value, found: Sample) -> list[LogEntry]:
    errors = []
    log = _fuller(document["ata_smart_error_log"], "extended", "summary")
    put(found, "smart:device:error_log_entries", log["count"].number(0, LARGEST_HOURS))
    for row in log["table"].items():
        number = row["error_number"].integer(0, LARGEST_HOURS)
        hours = row["lifetime_hours"].integer(0, LARGEST_HOURS)
        register = row["completion_registers"]["error"].integer(0, 255)
        errors.append(
            LogEntry(
                log="error",
                entry=f"{_or_x(number)}-{_or_x(hours)}",
                power_on_hours=hours,
                kind=next((name for bit, name in ATA_ERRORS if (register or 0) & bit), None),
                lba=row["completion_registers"]["lba"].integer(0, LARGEST_LBA),
                description=row["error_description"].text(),
            )
        )
    return errors


def _nvme_errors(document: Value) -> list[LogEntry]:
    errors = []
    for row in document["nvme_error_information_log"]["table"].items():
        number = row["error_count"].integer(0, LARGEST_COUNT)
        if not number:  # an entry that was never used
            continue
        status = row["status_field"]["string"].text()
        errors.append(
            LogEntry(log="error", entry=str(number), kind=status, lba=_address(row["lba"]["value"]), description=status)
        )
    return errors


def _address(value: Value) -> int | None:
    number = value.integer(0, NO_LBA)
    return None if number == NO_LBA else _int64(number)


def _int64(number: int | None) -> int | None:
    return None if number is None or number > LARGEST_LBA else number


def _or_x(number: int | None) -> str:
    return "x" if number is None else str(number)
