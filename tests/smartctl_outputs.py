"""Outputs of smartctl as tests write them, and what the reader makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.smartctl import format_for

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


# SCSI.


def scsi(**changes: Any) -> dict[str, Any]:
    device = {"name": "/dev/sdb", "type": "scsi", "protocol": "SCSI"}
    named = {"scsi_model_name": "HITACHI H109060SESUN600G", "scsi_revision": "A31A"}
    return output(model_name=None, firmware_version=None, ata_smart_attributes=None, device=device, **named, **changes)
