"""Pages of exporters as tests write them, and what the reader makes of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingest.telemetry.files import SourceFile
from ingest.telemetry.normalised import REJECTS, Normalised, RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.prometheus import format_for

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
