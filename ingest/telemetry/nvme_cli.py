"""nvme-cli: JSON of ``nvme smart-log -o json``, which says neither which drive it is of nor when it was read.

Source: https://github.com/linux-nvme/nvme-cli (1.x and 2.x). Temperatures are kelvin there, as in the log page itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graph.errors import InputError
from graph.ontology import smart
from ingest.telemetry.documents import DocumentReader
from ingest.telemetry.documents_samples import (
    COLDEST_CELSIUS,
    HOTTEST_CELSIUS,
    KELVIN_AT_0_CELSIUS,
    Sample,
    is_placeholder,
    named_drive,
    transform,
)
from ingest.telemetry.documents_values import UnusableError, Value
from ingest.telemetry.formats import Format
from ingest.telemetry.nvme_cli_identity import Identity, NamedDrive, is_id_ctrl, is_list, read_identity
from ingest.telemetry.options import SourceOptions

LARGEST_COUNTER = (1 << 128) - 1
BYTES = ("critical_warning", "endurance_group_critical_warning", "percentage_used")
PERCENT = ("available_spare", "available_spare_threshold")
SIGNS = ("critical_warning", "avail_spare", "spare_thresh", "percent_used", "data_units_written")
NUM_SIGNS = 3
BOTH = (
    "nvme smart-log says neither which drive it is of nor when it was read: name the drive with --drive MODEL:SERIAL "
    "or --identity FILE (output of nvme id-ctrl or nvme list, -o json), and the time with --collected-at TIME"
)


def format_for(options: SourceOptions) -> Format:
    """The format, for files of which the options say what they do not say themselves.

    Raises:
        InputError: ``--drive`` or the identity file cannot be read.
    """
    reader = NvmeCliReader(options)
    return Format(
        name="nvme-cli",
        required=(),
        transform=transform,
        knows=lambda name: False,
        reader=reader.reader,
        recognises=recognises,
        takes=("identity", "drive", "collected_at", "host"),
        settings=reader.settings,
    )


def recognises(head: bytes) -> bool:
    """Whether a file that begins so is nvme-cli's."""
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    return begins and b'"smartctl"' not in head and sum(f'"{sign}"'.encode() in head for sign in SIGNS) >= NUM_SIGNS


class NvmeCliReader(DocumentReader):
    """Reads nvme-cli's output.

    Args:
        options: What the user says of the files.

    Raises:
        InputError: ``--drive`` or the identity file cannot be read, or they contradict each other.
    """

    def __init__(self, options: SourceOptions) -> None:
        super().__init__()
        self._options = options
        self._drive = named_drive(options.drive)
        self._first_of: dict[tuple[str, str], Path] = {}
        self._identity: Identity | None = read_identity(options.identity) if options.identity else None
        if self._drive and self._identity and not self._identity.named(*self._drive):
            raise InputError(f"--drive '{options.drive}': {options.identity} does not name it; {self._choices()}.")

    @property
    def settings(self) -> str:
        """What of the options decides what a file means."""
        given = {
            "identity": self._identity.sha256 if self._identity else None,
            **{name: getattr(self._options, name) for name in ("drive", "collected_at", "host")},
        }
        return "\n".join(f"{name}={value}" for name, value in given.items() if value is not None)

    def why_not(self, content: Any) -> str | None:
        """Why a value is no sample at all."""
        if not isinstance(content, dict):
            return "holds something else than an object {…}; expected the output of nvme smart-log -o json"
        document = Value(content)
        if is_list(document) or is_id_ctrl(document):
            command = "list" if is_list(document) else "id-ctrl"
            return (
                f"is the output of nvme {command}, which says what drives there are and not how they are: give it with "
                "--identity, and the output of nvme smart-log as the file"
            )
        if "smartctl" in content:
            return "is no output of nvme-cli; it looks like smartctl: use --format smartctl"
        if sum(sign in content for sign in SIGNS) < NUM_SIGNS:
            return f"is no output of nvme smart-log -o json, which has {', '.join(SIGNS)} and more"
        return None

    def lacks(self, path: Path, num_samples: int) -> str | None:
        """What the options would have to say of a file."""
        if self._options.collected_at is None or not (self._drive or self._identity):
            return BOTH
        if num_samples > 1:
            return f"holds {num_samples} smart-logs, and the options name one drive and one time: split it"
        drive = self._named(path)
        if drive is None:
            return (
                f"{self._options.identity} names several drives: name the file after its device (nvme0.json) or pick "
                f"one with --drive; {self._choices()}"
            )
        first = self._first_of.setdefault((drive.model, drive.serial), path)
        if first != path:
            return f"would be of the same drive and time as {first} ({drive.model}:{drive.serial}): give one file a run"
        return None

    def sample(self, document: Value, path: Path) -> Sample:
        """What an output holds."""
        drive = self._named(path)
        if drive is None or self._options.collected_at is None:
            raise UnusableError("", "", BOTH)
        found = Sample(
            serial=drive.serial,
            model=drive.model,
            time_seconds=int(self._options.collected_at.timestamp()),
            protocol="nvme",
            medium="flash",
            firmware=None if drive.firmware is None or is_placeholder(drive.firmware) else drive.firmware,
            capacity_bytes=drive.capacity_bytes,
            host=self._options.host,
        )
        fields = _fields()
        for name in document.names():
            attribute = fields.get(name)
            if attribute is None:
                found.unread.add(ascii(name[:60])[1:-1])
                continue
            value = _value(document[name], attribute)
            if value is not None:
                found.readings[smart.column(f"smart:nvme:{attribute}")] = value
        return found

    def _named(self, path: Path) -> NamedDrive | None:
        if self._drive:
            known = self._identity.named(*self._drive) if self._identity else None
            return known or NamedDrive(*self._drive)
        return self._identity.of(path) if self._identity else None

    def _choices(self) -> str:
        drives = self._identity.drives if self._identity else ()
        named = [f"{', '.join(sorted(each.devices)) or 'drive'} is {each.model}:{each.serial}" for each in drives[:6]]
        return "; ".join(named) + ("; …" if len(drives) > 6 else "")


def _fields() -> dict[str, str]:
    """Attributes of the catalogue by each name that nvme-cli gives them."""
    found: dict[str, str] = {}
    for attribute in smart.attributes():
        if attribute.protocol == "nvme":
            field = attribute.key.removeprefix("smart:nvme:")
            found |= dict.fromkeys((field, *attribute.aliases), field)
    return found


def _value(value: Value, attribute: str) -> float | None:
    if attribute.startswith("temperature"):
        return _celsius_of_kelvin(value)
    if attribute in BYTES[:2] and isinstance(value.content, dict):  # newer versions also spell the bits out
        value = value["value"]
    largest = 255 if attribute in BYTES else 100 if attribute in PERCENT else LARGEST_COUNTER
    return value.decimal(largest)  # 128-bit counters are text in some versions


def _celsius_of_kelvin(value: Value) -> float | None:
    """A temperature in °C; None where the drive says by 0 kelvin that it has no such sensor.

    Raises:
        UnusableError: It is no temperature of a drive in kelvin, which is the unit of nvme-cli's JSON.
    """
    kelvin = value.number(0)
    if not kelvin:
        return None
    celsius = kelvin - KELVIN_AT_0_CELSIUS
    if COLDEST_CELSIUS <= celsius <= HOTTEST_CELSIUS:
        return celsius
    unit = " (it looks like °C)" if kelvin <= HOTTEST_CELSIUS else ""
    raise value.unusable(f"is impossible as a temperature in kelvin, in which nvme smart-log gives it{unit}")
