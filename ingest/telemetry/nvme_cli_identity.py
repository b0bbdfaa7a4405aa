"""Which drive a smart-log of nvme-cli is of: by ``nvme id-ctrl`` or ``nvme list``, in every layout they have had."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError
from ingest.telemetry.documents import records
from ingest.telemetry.documents_values import UnusableError, Value

DEVICE = re.compile(r"nvme\d+(?:n\d+)?(?!\d)")
LARGEST_BYTES = 1 << 62


@dataclass(frozen=True, slots=True)
class NamedDrive:
    """A drive that an identity file names.

    Args:
        model: Model.
        serial: Serial number.
        firmware: Its revision.
        capacity_bytes: Of the whole drive, or of its one namespace.
        devices: Names that the system gives it: ``nvme0``, ``nvme0n1``.
    """

    model: str
    serial: str
    firmware: str | None = None
    capacity_bytes: int | None = None
    devices: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity file.

    Args:
        path: Where it is.
        drives: The drives that it names.
        sha256: Hash of what it says.
    """

    path: Path
    drives: tuple[NamedDrive, ...]
    sha256: str

    def of(self, path: Path) -> NamedDrive | None:
        """The drive that a file is of: the only one, or the one whose device the file is named after."""
        if len(self.drives) == 1:
            return self.drives[0]
        # A smart-log is of the controller, so nvme0n1 and nvme0 are one drive.
        controllers = {_controller(device) for device in DEVICE.findall(path.stem)}
        found = [drive for drive in self.drives if controllers & {_controller(each) for each in drive.devices}]
        return found[0] if len(found) == 1 else None

    def named(self, model: str, serial: str) -> NamedDrive | None:
        """The drive of a model and serial number."""
        return next((drive for drive in self.drives if (drive.model, drive.serial) == (model, serial)), None)


def _controller(device: str) -> str:
    return re.sub(r"n\d+$", "", device)


def is_list(document: Value) -> bool:
    """Whether it is the output of ``nvme list``."""
    return any(isinstance(document.content.get(key), list) for key in ("Devices", "Subsystems"))


def is_id_ctrl(document: Value) -> bool:
    """Whether it is the output of ``nvme id-ctrl``."""
    return "sn" in document.content and "mn" in document.content


def read_identity(path: Path) -> Identity:
    """Read an identity file.

    Raises:
        InputError: It cannot be read, or names no drive.
    """
    drives: dict[tuple[str, str], NamedDrive] = {}
    try:
        for record in records(path):
            if record.broken:
                raise InputError(f"--identity {path}:{record.broken}.")
            if not isinstance(record.content, dict):
                continue
            document = Value(record.content)
            for drive in [_of_id_ctrl(document)] if is_id_ctrl(document) else _of_list(document):
                known = drives.get((drive.model, drive.serial))
                drives[drive.model, drive.serial] = _joined(known, drive) if known else drive
    except UnusableError as error:
        raise InputError(f"--identity {path}: {error.column} '{error.value}' {error.reason}.") from None
    if not drives:
        raise InputError(
            f"--identity {path}: names no drive; expected the output of nvme id-ctrl /dev/nvme0 -o json, or of "
            "nvme list -o json."
        )
    found = tuple(drives[key] for key in sorted(drives))
    said = repr([(each.model, each.serial, each.firmware, each.capacity_bytes, sorted(each.devices)) for each in found])
    return Identity(path, found, hashlib.sha256(said.encode()).hexdigest())


def _joined(one: NamedDrive, other: NamedDrive) -> NamedDrive:
    """A drive that stands there twice, as with two namespaces, whose sizes say nothing of the drive then."""
    size = one.capacity_bytes if one.capacity_bytes == other.capacity_bytes else None
    return NamedDrive(one.model, one.serial, one.firmware, size, one.devices | other.devices)


def _of_id_ctrl(document: Value) -> NamedDrive:
    capacity = document["tnvmcap"].decimal(LARGEST_BYTES)
    return NamedDrive(
        _needed(document["mn"]),
        _needed(document["sn"]),
        document["fr"].text(),
        int(capacity) if capacity else None,
    )


def _of_list(document: Value) -> Iterator[NamedDrive]:
    for device in document["Devices"].items():
        if "SerialNumber" in device.names():  # one namespace, in the flat layout
            yield _listed(device, [device["DevicePath"], device["GenericPath"]], device["PhysicalSize"])
        for subsystem in (device, *device["Subsystems"].items()):
            yield from _of_controllers(subsystem)
    for subsystem in document["Subsystems"].items():
        yield from _of_controllers(subsystem)


def _of_controllers(subsystem: Value) -> Iterator[NamedDrive]:
    for controller in subsystem["Controllers"].items():
        if "SerialNumber" not in controller.names():
            continue
        spaces = [*controller["Namespaces"].items(), *subsystem["Namespaces"].items()]
        size = spaces[0]["PhysicalSize"] if len(spaces) == 1 else Value(None)
        yield _listed(controller, [controller["Controller"], *(space["NameSpace"] for space in spaces)], size)


def _listed(device: Value, named: list[Value], size: Value) -> NamedDrive:
    devices = [found for value in named for found in DEVICE.findall(value.text() or "")]
    return NamedDrive(
        _needed(device["ModelNumber"]),
        _needed(device["SerialNumber"]),
        device["Firmware"].text(),
        size.integer(0, LARGEST_BYTES) or None,
        frozenset(devices),
    )


def _needed(value: Value) -> str:
    text = value.text()
    if text is None:
        raise value.unusable("is empty, a name is needed")
    return text
