"""The SMART catalogue: what each attribute means, in which unit, which way is bad, and what a vendor means instead.

An attribute has the key ``smart:ata:5`` (or ``smart:nvme:percentage_used``, ``smart:scsi:grown_defects``) and the
column ``ata_5`` (``nvme_percentage_used``, ``scsi_grown_defects``) in the readings. Of ATA attributes the readings also
hold the normalised value (``ata_5_normalized``), its worst so far (``ata_5_worst``) and the threshold that the device
states for it (``ata_5_threshold``). Source: ``smart.ttl``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from graph.errors import InputError, nearest
from graph.ontology.catalogue import catalogue

_NORMALIZED = "_normalized"
_WORST = "_worst"
_THRESHOLD = "_threshold"


@dataclass(frozen=True, slots=True)
class SmartAttribute:
    """One attribute of the catalogue.

    Args:
        key: ``smart:{protocol}:{number or field}``.
        name: As shown to people (``Reallocated sectors``).
        protocol: ``ata``, ``nvme`` or ``scsi``; ``device`` for what any drive says of itself, ``host`` for what its
            machine counts.
        unit: QUDT name (``unit:HR``).
        unit_label: Unit as shown (``h``, ``sectors``).
        kind: ``cumulative`` only grows, ``gauge`` goes both ways, ``normalized`` compares only by its normalised
            value, ``event`` is a flag that says something happened.
        bad_direction: ``up``, ``down`` or ``none``; of the normalised value where the kind is ``normalized``.
        description: One sentence.
        source: Where the meaning is written.
        number: ATA attribute number; None for other protocols.
        field: Name in smartctl's output, where it has one.
        aliases: Other names in use.
        factor: Raw value times this is in ``unit``.
        metric: Key of the metric it measures, if any.
        mechanism: Key of the mechanism a bad value points to, if any.
        vendor_specific: True where the raw value says nothing without the vendor: only an override makes it readable.
        largest: Largest value that can be meant, in the unit of the decoded value; what is larger is not readable.
    """

    key: str
    name: str
    protocol: str
    unit: str
    unit_label: str
    kind: str
    bad_direction: str
    description: str
    source: str
    number: int | None = None
    field: str | None = None
    aliases: tuple[str, ...] = ()
    factor: float = 1.0
    metric: str | None = None
    mechanism: str | None = None
    vendor_specific: bool = False
    largest: float = math.inf


@dataclass(frozen=True, slots=True)
class SmartOverride:
    """What one vendor means by an attribute.

    Args:
        key: ``override:ata:{number}:{vendor}``, with a qualifier where one vendor has several.
        attribute: Key of the attribute.
        vendor: Name of the vendor.
        name: As shown.
        decoder: Function of ``graph.ontology.decoders`` that decodes the raw value.
        unit: QUDT name of the decoded value times ``factor``.
        unit_label: Unit as shown.
        factor: Decoded value times this is in ``unit``.
        kind: As for attributes.
        bad_direction: As for attributes.
        description: One sentence.
        source: Where the meaning is written.
        model_pattern: Regular expression for the models meant; empty for all of the vendor.
    """

    key: str
    attribute: str
    vendor: str
    name: str
    decoder: str
    unit: str
    unit_label: str
    factor: float
    kind: str
    bad_direction: str
    description: str
    source: str
    model_pattern: str = ""


def _made(kind: type[Any], row: Mapping[str, Any]) -> Any:
    known = {item.name for item in fields(kind)}
    values = {("source" if name == "reference" else name): value for name, value in row.items()}
    return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items() if name in known})


@cache
def _attributes() -> dict[str, SmartAttribute]:
    tails = {relation: dict(pairs) for relation, head, _, pairs in catalogue()["relations"] if head == "SmartAttribute"}
    return {
        row["key"]: _made(
            SmartAttribute,
            {**row, "metric": tails["MEASURES"].get(row["key"]), "mechanism": tails["INDICATES"].get(row["key"])},
        )
        for row in catalogue()["nodes"]["SmartAttribute"]
    }


@cache
def _keys_by_column() -> dict[str, str]:
    return {column(key): key for key in _attributes()}


def attributes() -> tuple[SmartAttribute, ...]:
    """All attributes: ATA by number, then NVMe, then SCSI."""
    return tuple(_attributes().values())


def attribute(key: str) -> SmartAttribute:
    """The attribute of that key.

    Raises:
        InputError: The catalogue has no such attribute.
    """
    found = _attributes().get(key)
    if found is None:
        raise InputError(
            f"attribute '{key}' is not in the SMART catalogue (graph/ontology/smart.ttl)."
            f"{nearest(key, _attributes())} Keys read like smart:ata:5, smart:nvme:percentage_used."
        )
    return found


def column(key: str) -> str:
    """Name of the readings column that holds the raw value: ``smart:ata:5`` is ``ata_5``.

    Raises:
        InputError: ``key`` is not the key of an attribute.
    """
    protocol, _, rest = attribute(key).key.removeprefix("smart:").partition(":")
    return f"{protocol}_{rest}"


def normalized_column(key: str) -> str:
    """Name of the readings column that holds the normalised value: ``smart:ata:5`` is ``ata_5_normalized``.

    Raises:
        InputError: ``key`` is unknown or not of ATA, which alone has normalised values.
    """
    return _ata_column(key, _NORMALIZED)


def worst_column(key: str) -> str:
    """Name of the readings column that holds the worst normalised value so far: ``ata_5_worst``.

    Raises:
        InputError: ``key`` is unknown or not of ATA.
    """
    return _ata_column(key, _WORST)


def threshold_column(key: str) -> str:
    """Name of the readings column that holds the device's own threshold of the normalised value: ``ata_5_threshold``.

    Raises:
        InputError: ``key`` is unknown or not of ATA.
    """
    return _ata_column(key, _THRESHOLD)


def _ata_column(key: str, suffix: str) -> str:
    if attribute(key).protocol != "ata":
        raise InputError(f"attribute '{key}': only ATA attributes have a normalised value, its worst and a threshold.")
    return column(key) + suffix


def key_of(column_name: str) -> str | None:
    """Key of the attribute whose raw value that column holds; None for any other column."""
    return _keys_by_column().get(column_name)


def normalized_key_of(column_name: str) -> str | None:
    """Key of the attribute whose normalised value that column holds; None for any other column."""
    return _ata_key(column_name, _NORMALIZED)


def worst_key_of(column_name: str) -> str | None:
    """Key of the attribute whose worst normalised value that column holds; None for any other column."""
    return _ata_key(column_name, _WORST)


def threshold_key_of(column_name: str) -> str | None:
    """Key of the attribute whose device threshold that column holds; None for any other column."""
    return _ata_key(column_name, _THRESHOLD)


def _ata_key(column_name: str, suffix: str) -> str | None:
    if not column_name.endswith(suffix):
        return None
    key = key_of(column_name.removesuffix(suffix))
    return key if key is not None and attribute(key).protocol == "ata" else None


@cache
def vendors() -> Mapping[str, re.Pattern[str]]:
    """Vendors by name, each with the pattern of its model names."""
    return {row["name"]: re.compile(row["model_pattern"]) for row in catalogue()["nodes"]["Vendor"]}


def vendor_key(vendor: str) -> str:
    """Key of the vendor node: ``Western Digital`` is ``vendor:western-digital``."""
    return "vendor:" + re.sub(r"[^a-z0-9]+", "-", vendor.lower()).strip("-")


@cache
def vendor_of(model: str) -> str | None:
    """Name of the vendor whose model names begin like this one; None where no pattern fits."""
    return next((name for name, pattern in vendors().items() if pattern.search(model)), None)


@cache
def _vendor_names() -> frozenset[str]:
    return frozenset(name.lower() for name in vendors())


@cache
def overrides() -> tuple[SmartOverride, ...]:
    """All vendor overrides."""
    return tuple(_made(SmartOverride, row) for row in catalogue()["nodes"]["SmartOverride"])


@cache
def override_for(key: str, *, model: str, vendor: str | None = None) -> SmartOverride | None:
    """What the vendor of a model means by an attribute, where that differs from the catalogue.

    Args:
        key: Key of the attribute.
        model: Model name of the drive.
        vendor: Name of the vendor or controller maker where the source tells one that the catalogue knows, else it is
            read from the model.

    Raises:
        InputError: The catalogue has no such attribute.
    """
    attribute(key)
    # A source may call the vendor by a name of its own; the model then tells it.
    maker = vendor if vendor is not None and vendor.lower() in _vendor_names() else vendor_of(model)
    for item in overrides():
        same = item.attribute == key and maker is not None and item.vendor.lower() == maker.lower()
        if same and re.search(item.model_pattern, model):
            return item
    return None
