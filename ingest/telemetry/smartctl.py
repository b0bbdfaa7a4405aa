"""smartctl: JSON of ``smartctl -j -a`` or ``-x``, of every kind of device and behind every controller.

Source: https://www.smartmontools.org (smartctl 7.0 to 7.5); the keys that are read stand in ``docs/telemetry.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.telemetry.documents import TEXT_OUTPUT, DocumentReader
from ingest.telemetry.documents_samples import LAST_SECOND, TIME, Sample, is_placeholder, named_drive, transform
from ingest.telemetry.documents_values import UnusableError, Value
from ingest.telemetry.formats import Format
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.smartctl_logs import logs_of
from ingest.telemetry.smartctl_readings import readings_of

# Of these at least one stands in an output that says anything of a drive's state.
HEALTH = (
    *("ata_smart_attributes", "ata_smart_error_log", "ata_smart_self_test_log"),
    *("nvme_smart_health_information_log", "nvme_self_test_log", "nvme_error_information_log"),
    *("scsi_error_counter_log", "scsi_grown_defect_list", "scsi_self_test_0", "scsi_start_stop_cycle_counter"),
    *("smart_status", "temperature", "power_on_time"),
)
OWN_KEYS = ("smartctl", "json_format_version", *HEALTH)
NVME_CLI_KEYS = ("avail_spare", "percent_used")
COMMAND_LINE_WRONG, OPEN_FAILED = 1, 2  # bits of the exit status
LARGEST_BYTES = 1 << 62
HINT = "name the drive with --drive MODEL:SERIAL"


def format_for(options: SourceOptions) -> Format:
    """The format, for files of which the options say what they do not say themselves.

    Raises:
        InputError: ``--drive`` cannot be read.
    """
    return Format(
        name="smartctl",
        required=(),
        transform=transform,
        knows=lambda name: False,
        reader=SmartctlReader(options).reader,
        recognises=recognises,
        takes=("drive", "collected_at", "host"),
        settings=settings_of(options),
    )


def settings_of(options: SourceOptions) -> str:
    """What of the options decides what a file means."""
    given = {name: getattr(options, name) for name in ("drive", "collected_at", "host")}
    return "\n".join(f"{name}={value}" for name, value in given.items() if value is not None)


def recognises(head: bytes) -> bool:
    """Whether a file that begins so is smartctl's."""
    if head.startswith(TEXT_OUTPUT):  # so that its reader says what is wrong with it
        return True
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    return begins and any(f'"{key}"'.encode() in head for key in OWN_KEYS[:3])


class SmartctlReader(DocumentReader):
    """Reads smartctl's output.

    Args:
        options: What the user says of the files.
    """

    def __init__(self, options: SourceOptions) -> None:
        super().__init__()
        self._options = options
        self._drive = named_drive(options.drive)

    def why_not(self, content: Any) -> str | None:
        """Why a value is no sample at all."""
        if not isinstance(content, dict):
            return "holds something else than an object {…}; expected the output of smartctl -j -x"
        if "devices" in content and not any(key in content for key in ("device", *HEALTH)):
            return f"lists devices (smartctl --scan) and holds no reading: run {_commands(content['devices'])}"
        # Both have a temperature, so what only the other tool writes is looked for first.
        if not any(key in content for key in OWN_KEYS[:2]) and any(key in content for key in NVME_CLI_KEYS):
            return "is no output of smartctl; it looks like nvme smart-log: use --format nvme-cli"
        if any(key in content for key in OWN_KEYS):
            return None
        return "is no output of smartctl -j -x: it has neither 'smartctl' nor any of the values that one holds"

    def sample(self, document: Value, path: Path) -> Sample:
        """What an output holds."""
        status = document["smartctl"]["exit_status"].integer(0, 255)
        if (status or 0) & (COMMAND_LINE_WRONG | OPEN_FAILED) and not _has_health(document):
            said = "; ".join(_messages(document)) or "it gives no message"
            raise UnusableError("smartctl.exit_status", str(status), f"says that smartctl read nothing: {said}")
        if not _has_health(document):
            said = "; ".join(_messages(document))
            more = f", and smartctl says: {said}" if said else "; run smartctl -j -x"
            raise UnusableError("", "", f"holds no state of the drive, only what it is{more}")
        model, serial = self._identity(document)
        protocol = _protocol(document)
        found = Sample(
            serial=serial,
            model=model,
            time_seconds=self._seconds(document),
            protocol=protocol,
            medium=_medium(document, protocol),
            firmware=_firmware(document),
            capacity_bytes=_capacity_bytes(document),
            host=self._options.host,
            ids=_ids(document),
        )
        readings_of(document, protocol, found)
        logs_of(document, found)
        if found.has_placeholder:
            found.notes.append(
                f"serial_number '{serial}' is a placeholder: drives of model {model} cannot be told apart by it; "
                f"{HINT}, a run for each."
            )
        return found

    def _identity(self, document: Value) -> tuple[str, str]:
        """Model and serial number, as stated or as the user says where they are not."""
        stated = document["serial_number"]
        model = _model(document)
        serial = stated.text()
        if self._drive:
            for own, said, name in ((model, self._drive[0], "model_name"), (serial, self._drive[1], "serial_number")):
                if own is not None and not is_placeholder(own) and own != said:
                    raise UnusableError(name, own, f"is not what --drive says ({said}): the file is of another drive")
            return self._drive
        if model is None:
            raise UnusableError("model_name", "", f"is missing: the drive did not tell its model; {HINT}")
        if serial is None:
            raise UnusableError("serial_number", "", f"is missing: the drive did not tell its serial number; {HINT}")
        return model, serial

    def _seconds(self, document: Value) -> int:
        stated = document["local_time"]["time_t"].integer(0, LAST_SECOND * 1000)
        if stated is not None and stated > LAST_SECOND:
            hint = "it looks like milliseconds; expected seconds since 1970"
            raise document["local_time"]["time_t"].unusable(f"is impossible as a time of smartctl: {hint}")
        if stated is not None:
            return stated
        if self._options.collected_at is None:
            raise UnusableError(TIME, "", "is missing: give the time of the reading with --collected-at TIME")
        return int(self._options.collected_at.timestamp())


def _has_health(document: Value) -> bool:
    return any(document[key].content is not None for key in HEALTH)


def _commands(devices: Any) -> str:
    """What to run for the devices of a scan list; their names are quoted as the file has them."""
    named = [each.get("name") for each in devices if isinstance(each, dict)] if isinstance(devices, list) else []
    names = [name for name in named if isinstance(name, str) and name.isascii() and name.isprintable()]
    command = f"'smartctl -j -x {names[0][:60] if names else '/dev/sda'}'"
    return f"{command} and so on for each of the {len(named)} devices" if len(named) > 1 else command


def _messages(document: Value) -> list[str]:
    texts = [message["string"].text() for message in document["smartctl"]["messages"].items()]
    return [text for text in texts if text][:3]


def _model(document: Value) -> str | None:
    """Model; for SCSI vendor and product, under the names that smartctl has used over time."""
    whole = document["model_name"].text() or document["scsi_model_name"].text()
    if whole:
        return whole
    for vendor, product in (("scsi_vendor", "scsi_product"), ("vendor", "product")):
        if document[product].content is not None:
            return " ".join(filter(None, [document[vendor].text(), document[product].text()])) or None
    return None


def _firmware(document: Value) -> str | None:
    for name in ("firmware_version", "scsi_revision", "revision"):
        stated = document[name].text()
        if stated:
            return None if is_placeholder(stated) else stated
    return None


def _protocol(document: Value) -> str | None:
    stated = (document["device"]["protocol"].text() or "").lower()
    if stated in ("ata", "nvme", "scsi"):
        return stated
    for key in HEALTH:
        prefix = key.split("_")[0]
        if prefix in ("ata", "nvme", "scsi") and document[key].content is not None:
            return prefix
    return None


def _medium(document: Value, protocol: str | None) -> str | None:
    rotation = document["rotation_rate"].number(0, 100_000)
    if protocol == "nvme":
        return "flash"
    if rotation is not None:
        return "disk" if rotation else "flash"
    wears = document["scsi_percentage_used_endurance_indicator"].content is not None
    return "flash" if wears or document["endurance_used"].content is not None else None


def _capacity_bytes(document: Value) -> int | None:
    first = document["user_capacity"]["bytes"].integer(0, LARGEST_BYTES)
    return first or document["nvme_total_capacity"].integer(0, LARGEST_BYTES) or None


def _ids(document: Value) -> dict[str, str]:
    """Ids that no two drives share, where they are stated."""
    found: dict[str, str] = {}
    wwn = document["wwn"]
    parts = [wwn[name].integer(0, 1 << 64) for name in ("naa", "oui", "id")]
    if parts[2] is not None:
        found["wwn"] = "-".join(str(part) for part in parts)
    if (unit := document["logical_unit_id"].text()) is not None:
        found["logical_unit_id"] = unit
    for space in document["nvme_namespaces"].items():
        number = space["id"].integer(0, 1 << 32)
        eui64 = [space["eui64"][name].integer(0, 1 << 64) for name in ("oui", "ext_id")]
        if eui64[1] is not None:
            found[f"eui64 of namespace {number}"] = "-".join(str(part) for part in eui64)
        if (nguid := space["nguid"].text()) is not None:
            found[f"nguid of namespace {number}"] = nguid
    return found
