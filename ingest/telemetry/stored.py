"""What the store already holds of a source's drives, so that a second source agrees with it instead of overwriting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from graph.ports import GraphStore

KEYS_A_QUERY = 10_000
STORED_DRIVES = pa.schema(
    [
        ("drive", pa.string()),
        ("capacity_bytes", pa.int64()),
        ("last_day", pa.date32()),
        ("protocol", pa.string()),
        ("medium", pa.string()),
        ("sources", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True, slots=True)
class IngestRun:
    """A complete run that brought data in.

    Args:
        key: Of the run.
        fleet: Name of the fleet.
        format: Name of the format.
        readings_manifest: The readings it commits, or None.
        files: Hashes of the files it read.
    """

    key: str
    fleet: str
    format: str
    readings_manifest: str | None
    files: frozenset[str]


def ingest_runs(store: GraphStore) -> list[IngestRun]:
    """Complete runs of all fleets, newest first."""
    return [
        IngestRun(
            record["run"],
            record["fleet"] or "",
            record["format"] or "",
            record["readings_manifest"],
            frozenset(record["files"] or ()),
        )
        for record in store.query("ingest_runs").records()
    ]


def current_manifest(runs: Iterable[IngestRun], fleet: str) -> str | None:
    """The readings of a fleet: those of its latest complete run that has any."""
    return next((run.readings_manifest for run in runs if run.fleet == fleet and run.readings_manifest), None)


def live_manifests(runs: Iterable[IngestRun]) -> list[str]:
    """Manifests to keep: of each fleet the current one and the one before, which readers may still work with."""
    kept: dict[str, list[str]] = {}
    for run in runs:
        manifests = kept.setdefault(run.fleet, [])
        if run.readings_manifest and run.readings_manifest not in manifests and len(manifests) < 2:
            manifests.append(run.readings_manifest)
    return [manifest for manifests in kept.values() for manifest in manifests]


def rows_by_key(store: GraphStore, query: str, keys: list[str], schema: pa.Schema) -> pa.Table:
    """Run a query that takes ``$keys``, some keys at a time.

    Args:
        store: The store.
        query: Its name.
        keys: Any number.
        schema: Of the result.
    """
    tables = [schema.empty_table()]
    for start in range(0, len(keys), KEYS_A_QUERY):
        found = store.query(query, {"keys": keys[start : start + KEYS_A_QUERY]})
        columns = list(zip(*found.rows, strict=True)) or [()] * len(schema)
        tables.append(
            pa.table([pa.array(column, item.type) for column, item in zip(columns, schema, strict=True)], schema=schema)
        )
    return pa.concat_tables(tables)


def fleet_record(store: GraphStore, fleet: str) -> Mapping[str, Any] | None:
    """Properties ``synthetic`` and ``origin`` of a fleet, or None where there is none of that name."""
    records = store.query("fleet_record", {"fleet": f"fleet:{fleet}"}).records()
    return records[0] if records else None


def column(table: pa.Table, name: str) -> list[str]:
    """Values of a column of texts."""
    values: list[str] = table.column(name).to_pylist()
    return values
