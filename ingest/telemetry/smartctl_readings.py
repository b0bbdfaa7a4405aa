"""What smartctl's output says of a drive's state, by columns of the lake."""

from __future__ import annotations

from functools import cache

from graph.errors import InputError
from graph.ontology import smart
from ingest.telemetry.documents_samples import COLDEST_CELSIUS, HOTTEST_CELSIUS, KELVIN_AT_0_CELSIUS, Sample
from ingest.telemetry.documents_values import Value

LARGEST_RAW = (1 << 64) - 1  # smartctl shows six to eight bytes as one number
LARGEST_NORMALIZED = 255
LARGEST_COUNTER = (1 << 128) - 1
LARGEST_SHARE = 255  # in percent: "percentage used" may pass 100 and is one byte
LARGEST_HOURS = (1 << 32) - 1
NVME_LOG = "nvme_smart_health_information_log"
NVME_BYTES = ("critical_warning", "endurance_group_critical_warning", "percentage_used")
NVME_PERCENT = ("available_spare", "available_spare_threshold")
NVME_OTHER_NAMES = {
    "thermal_temp1_transition_count": "thermal_management_1_transitions",
    "thermal_temp2_transition_count": "thermal_management_2_transitions",
    "thermal_temp1_total_time": "thermal_management_1_time",
    "thermal_temp2_total_time": "thermal_management_2_time",
}
NVME_NO_READING = ("nsid", "temperature", "temperature_sensors")
SENSORS = 8
SOLID_STATE_PAGE, ENDURANCE_OFFSET = 7, 8  # of the device statistics (ACS-4)
NOW, PAST = ("now", "failing_now"), ("past", "in_the_past")
SCSI_COUNTERS = {
    "total_uncorrected_errors": "uncorrected_errors",
    "total_errors_corrected": "corrected_errors",
    "gigabytes_processed": "gigabytes",
}


@cache
def lake_column(key: str) -> str | None:
    """Column of the lake for an attribute's key; None where it is not catalogued."""
    try:
        return smart.column(key)
    except InputError:
        return None


@cache
def ata_columns(number: int) -> tuple[str, str, str, str] | None:
    """Columns of raw value, normalised value, its worst and its threshold; None where it is not catalogued."""
    key = f"smart:ata:{number}"
    if lake_column(key) is None:
        return None
    return smart.column(key), smart.normalized_column(key), smart.worst_column(key), smart.threshold_column(key)


def readings_of(document: Value, protocol: str | None, found: Sample) -> None:
    """Add all readings of an output to a sample.

    Raises:
        UnusableError: A value cannot be what it stands for.
    """
    _device(document, protocol, found)
    _ata(document, found)
    _nvme(document, found)
    if protocol == "scsi":
        _scsi(document, found)


def celsius(value: Value) -> float | None:
    """A temperature in °C; None also where the drive has no such sensor, which it says by 0 kelvin.

    Raises:
        UnusableError: No drive can have it, perhaps because it is in another unit.
    """
    number = value.number()
    if number is None or number == -KELVIN_AT_0_CELSIUS:
        return None
    if COLDEST_CELSIUS <= number <= HOTTEST_CELSIUS:
        return number
    unit = " (it looks like kelvin)" if COLDEST_CELSIUS <= number - KELVIN_AT_0_CELSIUS <= HOTTEST_CELSIUS else ""
    raise value.unusable(f"is impossible as a temperature in °C, in which smartctl gives it{unit}")


def put(found: Sample, key: str, value: float | None) -> None:
    """Add one reading where there is a value and the catalogue knows the attribute."""
    column = lake_column(key)
    if value is not None and column is not None:
        found.readings[column] = value


def _device(document: Value, protocol: str | None, found: Sample) -> None:
    put(found, "smart:device:exit_status", document["smartctl"]["exit_status"].integer(0, 255))
    passed = document["smart_status"]["passed"].flag()
    put(found, "smart:device:overall_failed", None if passed is None else float(not passed))
    hours = document["power_on_time"]["hours"].number(0, LARGEST_HOURS)
    temperature = celsius(document["temperature"]["current"])
    put(found, "smart:device:power_on_hours", hours)
    put(found, "smart:device:temperature", temperature)
    if protocol == "ata":
        put(found, "smart:device:percentage_used", _endurance(document))
    if protocol == "scsi":
        put(found, "smart:scsi:power_on_hours", hours)
        put(found, "smart:scsi:temperature", temperature)


def _ata(document: Value, found: Sample) -> None:
    rows: dict[int, tuple[float | None, ...]] = {}
    for row in document["ata_smart_attributes"]["table"].items():
        number = row["id"].integer(1, 255)
        if number is None:
            raise row["id"].unusable("is missing: without it the values mean nothing")
        values = (row["raw"]["value"].number(0, LARGEST_RAW), *_normalized(row))
        if rows.setdefault(number, values) != values:
            raise row["id"].unusable("stands in the table twice, with different values")
        columns = ata_columns(number)
        if columns is None:
            found.unread.add(f"ata_smart_attributes: attribute {number}")
            continue
        found.readings.update({name: value for name, value in zip(columns, values, strict=True) if value is not None})


def _endurance(document: Value) -> float | None:
    """Life used in percent of an ATA drive: as smartctl 7.4 and later decode it, else by its device statistics."""
    used = document["endurance_used"]["current_percent"].number(0, LARGEST_SHARE)
    if used is not None:
        return used
    for page in document["ata_device_statistics"]["pages"].items():
        if page["number"].integer(0, 255) != SOLID_STATE_PAGE:
            continue
        for row in page["table"].items():
            # A value that the drive itself calls invalid is none.
            if row["offset"].integer(0, 511) == ENDURANCE_OFFSET and row["flags"]["valid"].flag() is not False:
                return row["value"].number(0, LARGEST_SHARE)
    return None


def _normalized(row: Value) -> tuple[float | None, ...]:
    """Normalised value, worst and threshold, so that they say what smartctl says of the attribute in ``when_failed``.

    smartctl works that out from the three numbers itself and may leave them out where the drive's database calls them
    meaningless. A verdict without its numbers is kept as the smallest statement that says the same: a value (or worst)
    equal to the threshold.
    """
    value, worst, threshold = (row[name].number(0, LARGEST_NORMALIZED) for name in ("value", "worst", "thresh"))
    when_failed = (row["when_failed"].text() or "").lower()
    if when_failed in ("", "-"):
        return value, worst, threshold
    if when_failed not in NOW + PAST:
        raise row["when_failed"].unusable("is none of now, past and nothing")
    measured, name = (value, "value") if when_failed in NOW else (worst, "worst")
    if threshold is not None and measured is not None and measured > threshold:
        raise row["when_failed"].unusable(
            f"says that the attribute failed, but {name} {measured:g} is above thresh {threshold:g}"
        )
    known = next((number for number in (threshold, measured) if number is not None), 1.0)
    threshold = known if threshold is None else threshold
    measured = known if measured is None else measured
    return (measured, worst, threshold) if when_failed in NOW else (value, measured, threshold)


def _nvme(document: Value, found: Sample) -> None:
    log = document[NVME_LOG]
    for name in log.names():
        if name in NVME_NO_READING or name.endswith(("_s", "_le")):  # the same number again, as text or bytes
            continue
        field = NVME_OTHER_NAMES.get(name, name)
        if lake_column(f"smart:nvme:{field}") is None:
            found.unread.add(f"{NVME_LOG}.{ascii(name[:60])[1:-1]}")
            continue
        put(found, f"smart:nvme:{field}", log[name].number(0, _largest(field)))
    put(found, "smart:nvme:temperature", celsius(log["temperature"]))
    for at, sensor in enumerate(log["temperature_sensors"].items(), 1):
        if at > SENSORS:
            raise sensor.unusable(f"is impossible: NVMe knows {SENSORS} sensors")
        put(found, f"smart:nvme:temperature_sensor_{at}", celsius(sensor))
    if log.content is not None and "nvme_percentage_used" not in found.readings:
        put(found, "smart:nvme:percentage_used", document["endurance_used"]["current_percent"].number(0, LARGEST_SHARE))


def _largest(field: str) -> int:
    if field in NVME_BYTES:
        return 255
    return 100 if field in NVME_PERCENT else LARGEST_COUNTER


def _scsi(document: Value, found: Sample) -> None:
    put(found, "smart:scsi:temperature_trip", celsius(document["temperature"]["drive_trip"]))
    put(found, "smart:scsi:grown_defects", document["scsi_grown_defect_list"].number(0, LARGEST_HOURS))
    put(found, "smart:scsi:pending_defects", document["scsi_pending_defects"]["count"].number(0, LARGEST_HOURS))
    counters = document["scsi_error_counter_log"]
    for operation in ("read", "write", "verify"):
        for name, field in SCSI_COUNTERS.items():
            put(found, f"smart:scsi:{operation}_{field}", counters[operation][name].decimal(LARGEST_RAW))
    put(found, "smart:scsi:non_medium_errors", counters["non_medium_error"]["count"].number(0, LARGEST_RAW))
    cycles = document["scsi_start_stop_cycle_counter"]
    for name, field in (
        ("accumulated_start_stop_cycles", "start_stop_cycles"),
        ("accumulated_load_unload_cycles", "load_unload_cycles"),
    ):
        put(found, f"smart:scsi:{field}", cycles[name].number(0, LARGEST_HOURS))
    for used in (
        document["scsi_percentage_used_endurance_indicator"],
        document["endurance_used"]["current_percent"],
    ):
        put(found, "smart:scsi:percentage_used", used.number(0, LARGEST_SHARE))
