"""Entries of the logs that drives keep themselves, as nodes; an entry seen again in a later sample adds nothing."""

from __future__ import annotations

import pyarrow as pa

from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import GraphStore
from ingest.telemetry.settled import Settled
from ingest.telemetry.stored import rows_by_key

STORED_ENTRIES = pa.schema([("entry", pa.string())])


def log_batch(settled: Settled, fleet: str, store: GraphStore) -> Batch | None:
    """Nodes of the entries that the store does not have, each on the day of the first sample that shows it.

    Args:
        settled: Holds ``source_log_entries``.
        fleet: Name of the fleet.
        store: The graph.

    Returns:
        The batch, or None where there is nothing new.
    """
    key = "'log:' || drive_key || ':' || log || ':' || entry"
    keys = settled.arrow(f"SELECT DISTINCT {key} AS key FROM source_log_entries ORDER BY key")["key"].to_pylist()
    if not keys:
        return None
    settled.sql.register("source_stored_entries", rows_by_key(store, "stored_log_entries", keys, STORED_ENTRIES))
    new = f"(FROM source_log_entries WHERE {key} NOT IN (SELECT entry FROM source_stored_entries))"
    columns = ("power_on_hours", "kind", "status", "passed", "lba", "description")
    nodes = settled.arrow(
        f"""
        SELECT {key} AS key, arg_min(concat_ws(': ', upper(log[1]) || log[2:], coalesce(kind, status)), day) AS name,
          '{fleet}' AS fleet, drive_key AS drive, log, min(day) AS first_day,
          {", ".join(f"arg_min({name}, day) AS {name}" for name in columns)}
        FROM {new} GROUP BY drive_key, log, entry
        """
    )
    if not nodes.num_rows:
        return None
    logged = pa.table({"head": nodes["drive"], "tail": nodes["key"]})
    return Batch((NodeTable("DeviceLogEntry", nodes),), (RelationTable("LOGGED", "Drive", "DeviceLogEntry", logged),))
