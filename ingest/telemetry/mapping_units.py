"""Units that a mapping file may name, and what a value in them is in the readings.

The readings hold an attribute as the drive reports it. A value that a table gives in a unit of its own is therefore
turned into the raw value that Atoll decodes to it again, for the model of its row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from graph.errors import InputError
from graph.ontology import smart

RAW = "raw"
"""The unit of a value that stands as the drive reports it."""

LBA_BYTES = 512  # what drives count in attributes 241 and 242 where they count LBAs

# Factor to hours, to bytes, to percent; temperatures to degrees Celsius are no factors.
HOURS = MappingProxyType(
    {
        "hours": 1.0, "days": 24.0, "minutes": 1 / 60, "half_minutes": 1 / 120, "seconds": 1 / 3600,
        "milliseconds": 1 / 3_600_000,
    }
)  # fmt: skip
BYTES = MappingProxyType(
    {
        "bytes": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30,
        "TiB": 2.0**40, "lba_512": 512.0, "lba_4096": 4096.0, "32MiB": 32 * 2.0**20, "nvme_data_units": 512_000.0,
    }
)  # fmt: skip
PERCENT = MappingProxyType({"percent": 1.0, "fraction": 100.0})


def _from_kelvin(values: np.ndarray) -> np.ndarray:
    # Whole kelvin, as NVMe drives give, are counted from 273 by smartctl and nvme-cli: one drive, one temperature.
    return np.where(values == np.floor(values), values - 273, values - 273.15)


CELSIUS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = MappingProxyType(
    {
        "celsius": lambda values: values,
        "kelvin": _from_kelvin,
        "fahrenheit": lambda values: (values - 32) / 1.8,
    }
)
FAMILIES = MappingProxyType(
    {"time": tuple(HOURS), "data": tuple(BYTES), "percent": tuple(PERCENT), "temperature": tuple(CELSIUS)}
)

# Of the catalogue's units: family, and how many hours, bytes, percent or degrees one of them is.
_CATALOGUED = MappingProxyType(
    {
        "unit:HR": ("time", 1.0),
        "unit:MIN": ("time", 1 / 60),
        "unit:SEC": ("time", 1 / 3600),
        "unit:MilliSEC": ("time", 1 / 3_600_000),
        "unit:BYTE": ("data", 1.0),
        "unit:GigaBYTE": ("data", 1e9),
        "unit:MebiBYTE": ("data", 2.0**20),
        "unit:GibiBYTE": ("data", 2.0**30),
        "unit:TebiBYTE": ("data", 2.0**40),
        "unit:TeraBYTE": ("data", 1e12),
        "unit:PERCENT": ("percent", 1.0),
        "unit:DEG_C": ("temperature", 1.0),
    }
)
# The inverse of what ``graph.ontology.decoders`` does, where the decoded value is all that the raw one holds.
_ENCODERS = MappingProxyType(
    {
        "identity": 1.0,
        "minutes_to_hours": 60.0,
        "half_minutes_to_hours": 120.0,
        "seconds_to_hours": 3600.0,
        "temperature_in_low8": 1.0,
        "hours_in_low32": 1.0,
        "low16": 1.0,
    }
)

_MOST_HOURS = 40 * 366 * 24.0  # no drive has run for forty years
_LIMITS = MappingProxyType(
    {
        "temperature": (-60.0, 150.0, "no drive runs at that"),
        "time": (0.0, _MOST_HOURS, "no drive has run for 40 years, or less than not at all"),
        "data": (0.0, 1e20, "no drive moves that much"),
        "percent": (0.0, 1000.0, "out of range"),
    }
)


@dataclass(frozen=True, slots=True)
class Impossible:
    """Values that cannot be in the unit that the mapping names.

    Args:
        mask: Which.
        reason: Why.
    """

    mask: np.ndarray
    reason: str


def family_of(key: str) -> str | None:
    """What an attribute measures, as a key of ``FAMILIES``; None where it counts or compares."""
    item = smart.attribute(key)
    return _family(item.unit, item.unit_label)[0]


def choices_for(key: str) -> tuple[str, ...]:
    """Units that a mapping may name for an attribute."""
    family = family_of(key)
    return (*(FAMILIES[family] if family else ()), *((RAW,) if smart.attribute(key).protocol == "ata" else ()))


def needs_unit(key: str) -> bool:
    """Whether an attribute's value says nothing without its unit; raw ATA values are decoded by vendor."""
    return smart.attribute(key).protocol != "ata" and family_of(key) not in {None, "percent"}


def checked_unit(key: str, unit: str | None) -> str:
    """The unit of an attribute's values, ``RAW`` where none is named.

    Raises:
        InputError: It is not one of the attribute's, or it must be named.
    """
    item, family, choices = smart.attribute(key), family_of(key), choices_for(key)
    called = ", ".join(choices) or "none: it counts or compares"
    if unit is None:
        if needs_unit(key):
            raise InputError(f"'{key}' ({item.name}) needs its unit; choose among {called}.")
        return RAW
    if unit != RAW and unit not in choices:
        raise InputError(f"unit '{unit}' is none of '{key}' ({family or item.unit_label}); choose among {called}.")
    return unit


def impossible(values: np.ndarray, key: str, unit: str) -> Impossible | None:
    """Values that no drive can have, if the unit is the one that the mapping names."""
    family = family_of(key)
    if unit == RAW or family is None:
        return None
    low, high, why = _LIMITS[family]
    base = in_base(values, family, unit)
    others = [name for name in FAMILIES[family] if name != unit]
    mask = (base < low) | (base > high)
    meant = [name for name in others if mask.any() and _within(in_base(values[mask], family, name), low, high)]
    hint = f"; is the unit {meant[0]}?" if meant else ""
    return Impossible(mask, f"is impossible in {unit}: {why}{hint}")


def _within(values: np.ndarray, low: float, high: float) -> bool:
    return bool(((values >= low) & (values <= high)).all())


def in_base(values: np.ndarray, family: str, unit: str) -> np.ndarray:
    """Values of a unit in hours, bytes, percent or degrees Celsius."""
    if family == "temperature":
        return CELSIUS[unit](values)
    with np.errstate(over="ignore"):  # what is infinite then is refused as impossible
        return values * {"time": HOURS, "data": BYTES, "percent": PERCENT}[family][unit]


def to_raw(values: np.ndarray, key: str, unit: str, model: str) -> np.ndarray | None:
    """What the readings hold for values that are given in a unit.

    Args:
        values: Values in ``unit``.
        key: Key of the attribute.
        unit: A unit of the attribute.
        model: Model of the drives, which may count in another unit than the catalogue says.

    Returns:
        Raw values; None where this model packs other numbers into the raw value, or publishes no unit.
    """
    if unit == RAW:
        return values
    item = smart.attribute(key)
    vendor = smart.override_for(key, model=model)
    own = (vendor.unit, vendor.unit_label, vendor.factor) if vendor else (item.unit, item.unit_label, item.factor)
    family, size = _family(own[0], own[1])
    scale = _ENCODERS.get(vendor.decoder if vendor else "identity")
    if family is None or family != family_of(key) or scale is None:
        return None
    raw = in_base(values, family, unit) / (size * own[2]) * scale
    # What was a whole number before it was converted is one again.
    whole = np.rint(raw)
    return np.where(np.isclose(raw, whole, rtol=1e-12, atol=1e-9), whole, raw)


def _family(unit: str, label: str) -> tuple[str | None, float]:
    if label == "LBAs":
        return "data", float(LBA_BYTES)
    return _CATALOGUED.get(unit, (None, 1.0))
