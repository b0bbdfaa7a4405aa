"""What names of columns mean, in the words of the tools and in English and German."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from graph.ontology import smart
from ingest.telemetry.mapping_units import family_of


@dataclass(frozen=True, slots=True)
class Named:
    """What a name says.

    Args:
        means: As in a mapping file.
        sure: The name leaves no doubt about the meaning; of unit and values the rest must tell.
        why: Where that is known from.
        value: Which of an ATA attribute's values.
        unit: Unit that the name tells, or None.
    """

    means: str
    sure: bool
    why: str
    value: str = "raw"
    unit: str | None = None


_ATTRIBUTE_NAMES = (
    *("attribute", "attribute_id", "attribute_name", "attribut", "attributname", "attr", "attr_id", "attr_name"),
    *("smart_id", "smart_name", "smart_attribute", "smart_attribute_name", "metric", "metric_name"),
)
# Name in lower case with '_' between words: meaning, and whether it is beyond doubt.
WORDS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        **dict.fromkeys(("date", "day", "datum", "tag", "ds", "snapshot_date", "stichtag"), ("day", True)),
        **dict.fromkeys(
            ("time", "timestamp", "ts", "datetime", "zeit", "zeitpunkt", "zeitstempel", "collected_at", "observed_at"),
            ("time", True),
        ),
        **dict.fromkeys(
            ("serial", "serial_number", "serialnumber", "serial_no", "sn", "seriennummer", "serien_nr", "disk_serial"),
            ("serial", True),
        ),
        **dict.fromkeys(("disk_id", "drive_id", "device_id", "disk", "platte"), ("serial", False)),
        **dict.fromkeys(
            ("model", "model_name", "model_number", "device_model", "modell", "modellname", "drive_model"),
            ("model", True),
        ),
        **dict.fromkeys(("type", "typ", "product"), ("model", False)),
        **dict.fromkeys(("vendor", "manufacturer", "hersteller", "make"), ("vendor", True)),
        **dict.fromkeys(("firmware", "firmware_version", "fw", "fw_rev", "firmwarestand"), ("firmware", True)),
        **dict.fromkeys(("revision", "version"), ("firmware", False)),
        **dict.fromkeys(("capacity", "kapazitaet", "kapazitat", "groesse", "size"), ("capacity", True)),
        **dict.fromkeys(("host", "hostname", "server", "rechner", "nodename"), ("host", True)),
        **dict.fromkeys(("node", "node_id", "machine", "instance", "host_id"), ("host", False)),
        **dict.fromkeys(("slot", "bay", "einschub", "slot_number"), ("slot", True)),
        **dict.fromkeys(("enclosure", "chassis", "shelf", "gehaeuse"), ("enclosure", True)),
        **dict.fromkeys(("rack", "schrank", "cabinet"), ("rack", True)),
        **dict.fromkeys(("rack_id",), ("rack", False)),
        **dict.fromkeys(("room", "raum", "machine_room"), ("room", True)),
        **dict.fromkeys(("machine_room_id", "room_id"), ("room", False)),
        **dict.fromkeys(("site", "datacenter", "data_center", "standort", "rechenzentrum"), ("site", True)),
        **dict.fromkeys(("dc",), ("site", False)),
        **dict.fromkeys(("application", "anwendung"), ("application", True)),
        **dict.fromkeys(("app", "service", "dienst", "workload"), ("application", False)),
        **dict.fromkeys(("failure", "failed", "ausfall", "ausgefallen", "defekt"), ("failure", True)),
        **dict.fromkeys(_ATTRIBUTE_NAMES, ("attribute", True)),
        **dict.fromkeys(("raw_value", "rohwert", "raw"), ("raw", True)),
        **dict.fromkeys(("normalized_value", "normalised_value", "normalized", "normwert"), ("normalized", True)),
        **dict.fromkeys(("value", "wert"), ("normalized", False)),
        **dict.fromkeys(("worst", "worst_value"), ("worst", True)),
        **dict.fromkeys(("threshold", "thresh", "schwelle"), ("threshold", True)),
        **dict.fromkeys(
            ("temperature", "temperatur", "temp", "temperature_current"), ("smart:device:temperature", True)
        ),
        **dict.fromkeys(
            ("power_on", "poweron", "power_on_time", "poh", "power_on_hours", "betriebsstunden", "betriebszeit"),
            ("smart:device:power_on_hours", True),
        ),
        **dict.fromkeys(
            ("written", "total_written", "host_writes", "data_written", "geschrieben"),
            ("smart:host:written_bytes", False),
        ),
        **dict.fromkeys(
            ("read", "total_read", "host_reads", "data_read", "gelesen"), ("smart:host:read_bytes", False)
        ),
    }
)  # fmt: skip
UNITS: Mapping[str, str] = MappingProxyType(
    {
        "celsius": "celsius", "degc": "celsius", "c": "celsius", "grad": "celsius", "kelvin": "kelvin", "k": "kelvin",
        "fahrenheit": "fahrenheit", "f": "fahrenheit", "degf": "fahrenheit", "hours": "hours", "h": "hours",
        "stunden": "hours", "seconds": "seconds", "s": "seconds", "sekunden": "seconds", "minutes": "minutes",
        "min": "minutes", "minuten": "minutes", "days": "days", "tage": "days", "bytes": "bytes", "kb": "kB",
        "mb": "MB", "gb": "GB", "tb": "TB", "kib": "KiB", "mib": "MiB", "gib": "GiB", "tib": "TiB",
        "percent": "percent",
    }
)  # fmt: skip
_NUMBERED = re.compile(r"(?:smart|ata|attr|attribute)_?(\d{1,3})(?:_(\w+))?")
_LETTERED = re.compile(r"([rn])_(\d{1,3})")
_KINDS = MappingProxyType(
    {
        "raw": ("raw", True),
        "raw_value": ("raw", True),
        "normalized": ("normalized", True),
        "normalised": ("normalized", True),
        "norm": ("normalized", True),
        "value": ("normalized", False),
        "n": ("normalized", False),
        "r": ("raw", False),
        "worst": ("worst", True),
        "threshold": ("threshold", True),
        "thresh": ("threshold", True),
        None: ("raw", False),
    }
)
EXPORTER = "smartctl_device_"
# Of smartctl_exporter, which writes these of every drive, with 0 where the drive has no such thing.
_NVME_OF_ALL = ("available_spare", "available_spare_threshold", "percentage_used", "critical_warning", "media_errors",
                "num_err_log_entries")  # fmt: skip


def plain(name: str) -> str:
    """A name in lower case with ``_`` between words and umlauts spelled out."""
    spelled = name.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    spelled = spelled.replace("°", "_")
    return re.sub(r"[^a-z0-9]+", "_", spelled).strip("_")


def named(column: str) -> Named | None:
    """What the name of a column says; None where it says nothing."""
    name = plain(column)
    return _attribute(name) or _exporter(name) or _word(name) or _catalogued(name)


def _attribute(name: str) -> Named | None:
    """Names with the number of an ATA attribute, and columns of the readings."""
    for kind, key in (
        ("raw", smart.key_of(name)),
        ("normalized", smart.normalized_key_of(name)),
        ("worst", smart.worst_key_of(name)),
        ("threshold", smart.threshold_key_of(name)),
    ):
        if key:
            return Named(key, True, "a column of Atoll's own readings", kind)
    numbered, lettered = _NUMBERED.fullmatch(name), _LETTERED.fullmatch(name)
    if numbered and numbered[2] in _KINDS:
        value, sure = _KINDS[numbered[2]]
        return _ata(int(numbered[1]), value, sure=sure)
    if lettered:
        value, _ = _KINDS[lettered[1]]
        return _ata(int(lettered[2]), value, sure=False)
    return None


def _ata(number: int, value: str, *, sure: bool) -> Named | None:
    key = f"smart:ata:{number}"
    known = next((item for item in smart.attributes() if item.key == key), None)
    if known is None:
        return None
    which = f"the {value} value of ATA attribute {number} ({known.name})"
    return Named(key, sure, which if sure else f"probably {which}", value)


def _exporter(name: str) -> Named | None:
    """Metrics of smartctl_exporter as columns."""
    if not name.startswith(EXPORTER):
        return None
    rest = name.removeprefix(EXPORTER)
    told = "smartctl_exporter's metric"
    if rest == "temperature":
        return Named("smart:device:temperature", True, told, unit="celsius")
    if rest == "power_on_seconds":
        return Named("smart:device:power_on_hours", True, told, unit="seconds")
    if rest == "capacity_bytes":
        return Named("capacity", True, told, unit="bytes")
    if rest in _NVME_OF_ALL:
        return Named(f"smart:nvme:{rest}", False, f"{told}; of drives that are no NVMe it is 0 and means nothing")
    return None


def _word(name: str) -> Named | None:
    """Words, with or without a unit behind them."""
    if name in WORDS:
        means, sure = WORDS[name]
        unit = "hours" if name in {"power_on_hours", "betriebsstunden"} else None
        return Named(means, sure, f"the name '{name}'", unit=unit)
    stem, _, end = name.rpartition("_")
    if end in UNITS and stem in WORDS:
        means, sure = WORDS[stem]
        if means == "capacity" or means.startswith("smart:"):
            return Named(means, sure, f"the name '{name}'", unit=UNITS[end])
    return None


def _catalogued(name: str) -> Named | None:
    """Names in the SMART catalogue."""
    for prefix in ("", "nvme_"):
        keys = _names().get(name.removeprefix(prefix), ())
        if len(keys) == 1:
            key = keys[0]
            item = smart.attribute(key)
            sure = item.protocol == "nvme" and family_of(key) in {None, "percent"}
            doubt = "" if sure else "; whether it is raw or normalised the name does not say"
            return Named(key, sure, f"the name of {key} ({item.name}){doubt if item.protocol == 'ata' else ''}")
    return None


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for item in smart.attributes():
        for name in (item.field, item.name, *item.aliases):
            if name:
                found.setdefault(plain(name), set()).add(item.key)
    return {name: tuple(keys) for name, keys in found.items()}
