"""What both daily formats share: rows that are drive-days, with attributes, a failure flag and a place."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InputError
from graph.ontology import smart
from ingest.telemetry.identity import drive_keys, vendors
from ingest.telemetry.normalised import (
    DRIVES,
    FAILURES,
    INTERVALS,
    PLACEMENTS,
    PLACES,
    READING_KEYS,
    Normalised,
    table,
)
from ingest.telemetry.rows import RowCheck

BACKBLAZE_COLUMN = re.compile(r"smart_(\d+)_(raw|normalized)")
NORMALIZED_MAXIMUM = 255  # one byte in the ATA attribute table


def lake_column(source_column: str) -> str | None:
    """Column of the lake for ``smart_5_raw`` or ``smart_5_normalized``; None where the attribute is not catalogued."""
    found = BACKBLAZE_COLUMN.fullmatch(source_column)
    return found and attribute_column(f"smart:ata:{int(found[1])}", normalized=found[2] == "normalized")


def attribute_column(key: str, *, normalized: bool = False) -> str | None:
    """Column of the lake for an attribute's key; None where it is not catalogued."""
    try:
        smart.attribute(key)
    except InputError:
        return None
    return smart.normalized_column(key) if normalized else smart.column(key)


def readings_of(check: RowCheck, attributes: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Read and check attribute columns.

    A raw value counts something or is a level, so it is never negative, but for gauges such as a temperature.

    Args:
        check: The rows.
        attributes: Column of the lake by column of the source.

    Returns:
        float64 by column of the lake, NaN where there is none.
    """
    found: dict[str, np.ndarray] = {}
    for source, target in attributes.items():
        if target.endswith("_normalized"):
            found[target] = check.number(source, minimum=0, maximum=NORMALIZED_MAXIMUM)
        else:
            key = smart.key_of(target)
            is_gauge = key is not None and smart.attribute(key).kind == "gauge"
            found[target] = check.number(source, minimum=None if is_gauge else 0)
    return found


def normalise(
    check: RowCheck,
    fleet: str,
    *,
    day: pa.Array,
    serial: pa.Array,
    model: pa.Array,
    capacity_bytes: np.ndarray,
    failed: np.ndarray,
    readings: Mapping[str, np.ndarray],
    places: Mapping[str, pa.Array],
    vendor: pa.Array | None = None,
    slot: np.ndarray | None = None,
) -> Normalised:
    """Bring checked drive-days into the normalised tables.

    Args:
        check: Says which rows can be used.
        fleet: Name of the fleet.
        day: date32.
        serial: Strings.
        model: Strings.
        capacity_bytes: float64, NaN where unknown.
        failed: bool, the drive's last day.
        readings: float64 by column of the lake.
        places: Strings by the names of ``PLACES``.
        vendor: Strings; where None or null the model tells.
        slot: float64, position in the host.
    """
    usable = pa.array(check.usable)
    rows = pa.array(check.raw.numbers).filter(usable)
    models, serials, days = model.filter(usable), serial.filter(usable), day.filter(usable)
    keys = drive_keys(fleet, models, serials)
    makers = vendors(models)
    if vendor is not None:
        makers = pc.coalesce(vendor.filter(usable), makers)
    common = {"row": rows, "drive_key": keys, "day": days}
    num_rows = len(rows)
    drives = {
        **common,
        "model": models,
        "serial": serials,
        "vendor": makers,
        "capacity_bytes": whole(capacity_bytes[check.usable]),
    }
    seen = {place: places[place].filter(usable) for place in PLACES if place in places}
    placed = {**common, **seen}
    if slot is not None:
        placed["slot"] = whole(slot[check.usable])
    has_place = np.zeros(num_rows, bool)
    for values in seen.values():
        has_place |= pc.is_valid(values).to_numpy(zero_copy_only=False)
    broken = failed[check.usable]
    events = {**common, "precision": pa.array(["day"] * num_rows)}
    values = {name: pa.array(numbers[check.usable], from_pandas=True) for name, numbers in readings.items()}
    keyed = table(READING_KEYS, {**common, "sequence": np.zeros(num_rows, np.int64)}, num_rows)
    return Normalised(
        drives=table(DRIVES, drives, num_rows),
        placements=table(PLACEMENTS, placed, num_rows).filter(pa.array(has_place)),
        failures=table(FAILURES, events, num_rows).filter(pa.array(broken)),
        readings=pa.table([*keyed.columns, *values.values()], names=[*keyed.column_names, *values]),
        intervals=table(INTERVALS, {}, 0),
        rejects=check.rejects(),
    )


def whole(values: np.ndarray) -> pa.Array:
    """float64 as int64, null where NaN."""
    return pa.array(np.where(np.isnan(values), 0, values).astype(np.int64), mask=np.isnan(values))
