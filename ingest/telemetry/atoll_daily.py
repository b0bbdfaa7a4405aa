"""Atoll's own daily table: the columns of the readings lake beside what is known of the drive on that day."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from graph.ontology import smart
from ingest.telemetry import columns
from ingest.telemetry.daily import normalise, readings_of
from ingest.telemetry.formats import Format
from ingest.telemetry.normalised import PLACES, Normalised, RawRows
from ingest.telemetry.rows import RowCheck

SYNTHETIC_METADATA = "atoll.synthetic"
OPTIONAL = ("vendor", "capacity_bytes", "failure", *PLACES)


def transform(raw: RawRows, fleet: str) -> Normalised:
    """Normalise drive-days.

    Args:
        raw: Rows with ``day, serial, model``, optional columns, and attribute columns named as in the lake.
        fleet: Name of the fleet.
    """
    check = RowCheck(raw)
    there = raw.rows.column_names
    num_rows = raw.rows.num_rows
    return normalise(
        check,
        fleet,
        day=check.day("day"),
        serial=check.text("serial"),
        model=check.text("model"),
        capacity_bytes=check.number("capacity_bytes", minimum=1) if "capacity_bytes" in there else _nothing(num_rows),
        failed=check.flag("failure") if "failure" in there else np.zeros(num_rows, bool),
        readings=readings_of(check, {name: name for name in there if is_attribute(name)}),
        places={name: columns.identifiers(raw.rows[name]) for name in PLACES if name in there},
        vendor=columns.strings(raw.rows["vendor"]) if "vendor" in there else pa.nulls(num_rows, pa.string()),
    )


def is_attribute(column: str) -> bool:
    """Whether a column is named like an attribute of the lake (``ata_5``, ``ata_5_normalized``)."""
    return smart.key_of(column) is not None or smart.normalized_key_of(column) is not None


def _nothing(num_rows: int) -> np.ndarray:
    return np.full(num_rows, np.nan)


FORMAT = Format(
    name="atoll-daily",
    required=("day", "serial", "model"),
    transform=transform,
    knows=lambda column: column in OPTIONAL or is_attribute(column),
    one_row_a_day=True,
)
