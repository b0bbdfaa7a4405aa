"""What metrics of smartctl_exporter, node_exporter and its smartmon script say of a drive.

Sources: metrics.go and smartctl.go of prometheus-community/smartctl_exporter; collector/diskstats_linux.go of
prometheus/node_exporter; smartmon.sh of prometheus-community/node-exporter-textfile-collector-scripts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from graph.ontology import smart
from ingest.telemetry.documents_samples import COLDEST_CELSIUS, HOTTEST_CELSIUS, KELVIN_AT_0_CELSIUS, Sample
from ingest.telemetry.prometheus_points import Point
from ingest.telemetry.smartctl_readings import ata_columns, lake_column

SECONDS_AN_HOUR = 3600
SECTOR_BYTES = 512  # the kernel counts sectors of 512 bytes whatever the drive's blocks are
LARGEST_COUNTER = 1e38
LARGEST_HOURS = float(1 << 32)
DATA_UNIT_BYTES = 512_000  # of NVMe: a thousand blocks of 512 bytes
WRONG_BLOCKS_A_UNIT = 1024  # by which smartctl_exporter once multiplied, in place of a thousand


class UnusableError(Exception):
    """A sample that keeps its drive's row out.

    Args:
        point: The sample.
        reason: Why.
    """

    def __init__(self, point: Point, reason: str) -> None:
        super().__init__(reason)
        self.point = point
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a metric means.

    Args:
        keys: Attributes that it is a value of.
        scale: Value times this is the attribute's raw value.
        highest: Values above it are impossible; below 0 all are.
        protocols: Drives of which it says anything; of others exporters write 0. Empty: of all.
        adds: Of several namespaces or logs of one drive the sum counts, else the highest.
    """

    keys: tuple[str, ...]
    scale: float = 1.0
    highest: float = LARGEST_COUNTER
    protocols: tuple[str, ...] = ()
    adds: bool = False


NVME, SCSI = ("nvme",), ("scsi",)
HOST = MappingProxyType(
    {
        "node_disk_read_bytes_total": Meaning(("smart:host:read_bytes",), adds=True),
        "node_disk_written_bytes_total": Meaning(("smart:host:written_bytes",), adds=True),
        "node_disk_reads_completed_total": Meaning(("smart:host:read_operations",), adds=True),
        "node_disk_writes_completed_total": Meaning(("smart:host:write_operations",), adds=True),
        # Names before node_exporter 0.16.
        "node_disk_bytes_read": Meaning(("smart:host:read_bytes",), adds=True),
        "node_disk_bytes_written": Meaning(("smart:host:written_bytes",), adds=True),
        "node_disk_reads_completed": Meaning(("smart:host:read_operations",), adds=True),
        "node_disk_writes_completed": Meaning(("smart:host:write_operations",), adds=True),
        "node_disk_sectors_read": Meaning(("smart:host:read_bytes",), SECTOR_BYTES, adds=True),
        "node_disk_sectors_written": Meaning(("smart:host:written_bytes",), SECTOR_BYTES, adds=True),
    }
)
EXPORTER = MappingProxyType(
    {
        "smartctl_device_percentage_used": Meaning(("smart:nvme:percentage_used",), 1, 255, NVME),
        "smartctl_device_available_spare": Meaning(("smart:nvme:available_spare",), 1, 100, NVME),
        "smartctl_device_available_spare_threshold": Meaning(("smart:nvme:available_spare_threshold",), 1, 100, NVME),
        "smartctl_device_critical_warning": Meaning(("smart:nvme:critical_warning",), 1, 255, NVME),
        "smartctl_device_media_errors": Meaning(("smart:nvme:media_errors",), protocols=NVME),
        "smartctl_device_num_err_log_entries": Meaning(("smart:nvme:num_err_log_entries",), protocols=NVME),
        "smartctl_device_power_cycle_count": Meaning(("smart:nvme:power_cycles",), protocols=NVME),
        "smartctl_device_smartctl_exit_status": Meaning(("smart:device:exit_status",), 1, 255),
        "smartctl_device_error_log_count": Meaning(("smart:device:error_log_entries",)),
        "smartctl_device_self_test_log_error_count": Meaning(("smart:device:failed_self_tests",)),
        "smartctl_scsi_grown_defect_list": Meaning(("smart:scsi:grown_defects",), protocols=SCSI),
        "smartctl_read_total_uncorrected_errors": Meaning(("smart:scsi:read_uncorrected_errors",), protocols=SCSI),
        "smartctl_write_total_uncorrected_errors": Meaning(("smart:scsi:write_uncorrected_errors",), protocols=SCSI),
        "smartctl_verify_total_uncorrected_errors": Meaning(("smart:scsi:verify_uncorrected_errors",), protocols=SCSI),
    }
)
IDENTITY = ("smartctl_device", "smartctl_device_info", "smartmon_device_info", "node_disk_info", "node_nvme_info")
BYTES = ("smartctl_device_bytes_read", "smartctl_device_bytes_written")
HEALTHY = ("smartctl_device_smart_status", "smartctl_device_status", "smartmon_device_smart_healthy")
READ_BESIDE = (
    *("smartctl_device_capacity_bytes", "smartctl_device_nvme_capacity_bytes", "smartctl_device_rotation_rate"),
    *("smartctl_device_block_size", "smartmon_smartctl_run", "node_uname_info", "node_disk_ata_rotation_rate_rpm"),
)
ATTRIBUTE = "smartctl_device_attribute"
KINDS = MappingProxyType({"raw": 0, "raw_value": 0, "value": 1, "worst": 2, "thresh": 3, "threshold": 3})
SMARTMON = re.compile(r"smartmon_(?P<name>\w+?)_(?P<kind>raw_value|value|worst|threshold)")
LARGEST_OF_KIND = (float(1 << 64), 255.0, 255.0, 255.0)
SCSI_BY_ID = MappingProxyType(
    {
        "9": Meaning(("smart:device:power_on_hours", "smart:scsi:power_on_hours"), 1, LARGEST_HOURS),
        "12": Meaning(("smart:scsi:start_stop_cycles",)),
        "grown_defects_count": Meaning(("smart:scsi:grown_defects",)),
    }
)


def checked(point: Point, highest: float = LARGEST_COUNTER, lowest: float = 0.0) -> float:
    """A value within limits.

    Raises:
        UnusableError: It is not.
    """
    if math.isinf(point.value):
        raise UnusableError(point, "is not a finite number")
    if point.value < lowest:
        raise UnusableError(point, f"is impossible: below {lowest:g}")
    if point.value > highest:
        raise UnusableError(point, f"is impossible: above {highest:g}")
    return point.value


def readings_of(points: Iterable[Point], found: Sample) -> None:
    """Add to a sample what the latest samples of its drive's series say.

    Args:
        points: One a series, none of them NaN.
        found: The sample; its protocol is known.

    Raises:
        UnusableError: A value cannot be what its metric says.
    """
    by_name: dict[str, list[Point]] = {}
    for point in points:
        by_name.setdefault(point.name, []).append(point)
    for name, own in by_name.items():
        meaning = HOST.get(name) or EXPORTER.get(name)
        if meaning is not None:
            _put(own, meaning, found)
        elif name == ATTRIBUTE:
            _attributes(own, found)
        elif SMARTMON.fullmatch(name) or name.startswith("smartmon_attr_"):
            for point in own:
                _smartmon(point, found)
        elif name == "smartctl_device_temperature":
            _temperatures(own, found)
        elif name == "smartctl_device_power_on_seconds":
            for point in own:
                _hours(point, found)
        elif name not in (*IDENTITY, *BYTES, *HEALTHY, *READ_BESIDE):
            found.unread.add(name)
    _health(by_name, found)
    _data_units(by_name, found)
    _beside(by_name, found)


def _put(points: list[Point], meaning: Meaning, found: Sample) -> None:
    if meaning.protocols and found.protocol not in meaning.protocols:
        return
    values = [checked(point, meaning.highest) * meaning.scale for point in points]
    for key in meaning.keys:
        column = lake_column(key)
        if column:
            found.readings[column] = sum(values) if meaning.adds else max(values)


def _attributes(points: list[Point], found: Sample) -> None:
    """ATA attributes of smartctl_exporter: one series an attribute and kind of value."""
    for point in points:
        number, kind = point.labels.get("attribute_id", ""), point.labels.get("attribute_value_type", "")
        if not (number.isascii() and number.isdigit() and 0 < len(number) < 4) or kind not in KINDS:
            raise UnusableError(point, "names no attribute by attribute_id and attribute_value_type")
        _ata(point, int(number), KINDS[kind], found)


def _ata(point: Point, number: int, kind: int, found: Sample) -> None:
    columns = ata_columns(number)
    value = checked(point, LARGEST_OF_KIND[kind])
    if columns is None:
        found.unread.add(f"{point.name}: attribute {number}")
        return
    if found.readings.setdefault(columns[kind], value) != value:
        raise UnusableError(point, f"is another value of attribute {number} than another series says")


def _smartmon(point: Point, found: Sample) -> None:
    """What smartmon.sh (attribute in the name and in smart_id) and smartmon.py (attribute in a label) write."""
    parts = SMARTMON.fullmatch(point.name)
    kind = KINDS[parts["kind"]] if parts else KINDS.get(point.name.removeprefix("smartmon_attr_"), -1)
    name = point.labels.get("name", "") if point.name.startswith("smartmon_attr_") else (parts["name"] if parts else "")
    number = point.labels.get("smart_id") or _ata_numbers().get(name, "")
    if found.protocol == "scsi" and kind == 0:
        meaning = SCSI_BY_ID.get(number) or SCSI_BY_ID.get(name)
        if meaning is not None:
            _put([point], meaning, found)
            return
        if number == "194":
            _celsius(point, ("smart:device:temperature", "smart:scsi:temperature"), found)
            return
    is_ata = found.protocol in (None, "ata") and kind >= 0 and number.isascii() and number.isdigit() and len(number) < 4
    if not is_ata:
        found.unread.add(point.name)
        return
    _ata(point, int(number), kind, found)


def _temperatures(points: list[Point], found: Sample) -> None:
    for point in points:
        kind = point.labels.get("temperature_type", "current")
        if kind == "current":
            protocol = {"nvme": ("smart:nvme:temperature",), "scsi": ("smart:scsi:temperature",)}
            _celsius(point, ("smart:device:temperature", *protocol.get(found.protocol or "", ())), found)
        elif kind == "drive_trip" and found.protocol == "scsi":
            _celsius(point, ("smart:scsi:temperature_trip",), found)
        else:
            found.unread.add(f"{point.name}: {kind[:40]}")


def _celsius(point: Point, keys: tuple[str, ...], found: Sample) -> None:
    if not COLDEST_CELSIUS <= point.value <= HOTTEST_CELSIUS:
        looks = COLDEST_CELSIUS <= point.value - KELVIN_AT_0_CELSIUS <= HOTTEST_CELSIUS
        raise UnusableError(point, f"is impossible as a temperature in °C{' (it looks like kelvin)' if looks else ''}")
    for key in keys:
        column = lake_column(key)
        if column:
            found.readings[column] = point.value


def _hours(point: Point, found: Sample) -> None:
    hours = checked(point, LARGEST_HOURS * SECONDS_AN_HOUR) / SECONDS_AN_HOUR
    for key in ("smart:device:power_on_hours", f"smart:{found.protocol}:power_on_hours"):
        column = lake_column(key)
        if column:
            found.readings[column] = hours


def _health(by_name: Mapping[str, list[Point]], found: Sample) -> None:
    """Overall health: 1 is passed, and one series that says failed is enough."""
    points = [point for name in HEALTHY for point in by_name.get(name, ())]
    for point in points:
        if point.value not in (0.0, 1.0):
            raise UnusableError(point, "is neither 1 (passed) nor 0 (failed)")
    if points:
        found.readings["device_overall_failed"] = max(1.0 - point.value for point in points)


def _data_units(by_name: Mapping[str, list[Point]], found: Sample) -> None:
    """NVMe data units from bytes, by the factor that the exporter used.

    smartctl_exporter counted 1,024 blocks a data unit for years, where NVMe counts 1,000. Data units are whole, so the
    bytes tell which it was, for all but one pair of values in sixteen thousand.
    """
    if found.protocol != "nvme":
        return
    own = {name: by_name[name][0] for name in BYTES if by_name.get(name)}
    values = {name: checked(point) for name, point in own.items()}
    if not any(values.values()):
        return
    size = next(
        (p.value for p in by_name.get("smartctl_device_block_size", ()) if p.labels.get("blocks_type") == "logical"),
        0.0,
    )
    wrong_bytes = (size or 512.0) * WRONG_BLOCKS_A_UNIT
    fits = [unit for unit in (float(DATA_UNIT_BYTES), wrong_bytes) if all(v % unit == 0 for v in values.values())]
    if len(fits) != 1:
        found.unread |= {f"{name}: of which unit is not clear" for name in values}
        return
    for name, value in values.items():
        column = lake_column(f"smart:nvme:data_units_{name.removeprefix('smartctl_device_bytes_')}")
        if column:
            found.readings[column] = value / fits[0]
    if fits[0] == wrong_bytes:
        found.notes.append(
            "smartctl_device_bytes_read and _written count 1,024 blocks a data unit, as smartctl_exporter did before "
            "it was corrected to the 1,000 of NVMe; data units were worked back by the factor that it used."
        )


def _beside(by_name: Mapping[str, list[Point]], found: Sample) -> None:
    """Capacity and medium."""
    total = [
        point
        for point in by_name.get("smartctl_device_nvme_capacity_bytes", ())
        if point.labels.get("nvme_capacity_type", "total") == "total"
    ]
    for point in (*by_name.get("smartctl_device_capacity_bytes", ()), *total):
        if checked(point, float(1 << 62)):
            found.capacity_bytes = found.capacity_bytes or int(point.value)
    for name in ("smartctl_device_rotation_rate", "node_disk_ata_rotation_rate_rpm"):
        for point in by_name.get(name, ()):
            found.medium = found.medium or ("disk" if checked(point, 1e5) else "flash")


@cache
def _ata_numbers() -> Mapping[str, str]:
    """Numbers of ATA attributes by smartctl's name in lower case, where only one has it."""
    found: dict[str, list[str]] = {}
    for item in smart.attributes():
        if item.protocol == "ata" and item.field:
            found.setdefault(item.field.lower().replace("-", "_"), []).append(str(item.number))
    return {name: numbers[0] for name, numbers in found.items() if len(numbers) == 1}
