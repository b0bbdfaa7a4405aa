"""Backblaze drive stats as published: one row a drive and day.

Source: https://www.backblaze.com/cloud-storage/resources/hard-drive-test-data; the schema grew over the years. Until
2023 it holds date, serial, model, capacity, failure and SMART pairs; 2023 Q2 adds vault and pod, 2023 Q4 datacenter,
cluster and slot; files re-saved by spreadsheets carry day-first dates, capacities in six digits and ``11.0`` for 11.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.telemetry import columns
from ingest.telemetry.daily import lake_column, normalise, readings_of
from ingest.telemetry.formats import Format
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.rows import RowCheck

PLACE_COLUMNS = ("datacenter", "cluster_id", "vault_id", "pod_id", "pod_slot_num")
MEANINGLESS_HERE = ("is_legacy_format", "source_file")
CAPACITY_UNKNOWN = -1  # Backblaze's own mark for a capacity that the drive did not tell


def transform(raw: RawRows, fleet: str) -> Normalised:
    """Normalise drive-days.

    Args:
        raw: Rows with the columns of any year's schema.
        fleet: Name of the fleet.
    """
    check = RowCheck(raw)
    serial, model = check.text("serial_number"), check.text("model")
    day = check.day("date")
    capacity = check.number("capacity_bytes", minimum=CAPACITY_UNKNOWN)
    failed = check.flag("failure")
    attributes = {name: column for name in raw.rows.column_names if (column := lake_column(name))}
    readings = readings_of(check, attributes)
    given = {name: columns.identifiers(raw.rows[name]) for name in PLACE_COLUMNS if name in raw.rows.column_names}
    slot = check.number("pod_slot_num", minimum=0) if "pod_slot_num" in given else None
    return normalise(
        check,
        fleet,
        day=day,
        serial=serial,
        model=model,
        capacity_bytes=np.where(capacity == CAPACITY_UNKNOWN, np.nan, capacity),
        failed=failed,
        readings=readings,
        places=_places(given, raw.rows.num_rows),
        slot=slot,
    )


def _places(given: dict[str, pa.Array], num_rows: int) -> dict[str, pa.Array]:
    """Ids of host (a pod), rack (a vault), room (a cluster) and site (a datacenter).

    Vault numbers repeat between datacenters and pod numbers between vaults, so each id carries those above it. Where
    the datacenter is not given (2023 Q2, and some rows later) the cluster stands in for it, or nothing.
    """
    nothing = pa.nulls(num_rows, pa.string())
    site = given.get("datacenter", nothing)
    cluster = given.get("cluster_id", nothing)
    cluster_name = pc.binary_join_element_wise("cluster", cluster, "-")
    above = pc.coalesce(site, cluster_name)
    room = pc.coalesce(pc.binary_join_element_wise(site, cluster_name, "-"), cluster_name)
    vault, pod = given.get("vault_id", nothing), given.get("pod_id", nothing)
    rack = pc.coalesce(pc.binary_join_element_wise(above, vault, "-"), vault)
    host = pc.binary_join_element_wise(rack, pod, "-")
    return {"host": host, "rack": rack, "room": room, "site": site}


def _knows(column: str) -> bool:
    return column in PLACE_COLUMNS or column in MEANINGLESS_HERE or lake_column(column) is not None


FORMAT = Format(
    name="backblaze-daily",
    required=("date", "serial_number", "model", "capacity_bytes", "failure"),
    transform=transform,
    knows=_knows,
    one_row_a_day=True,
    full_snapshot=True,
    place_kinds={"host": "pod", "rack": "vault", "room": "cluster", "site": "datacenter"},
)
