"""Readings of places on their way into a lake of their own, and the windows of those places that changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import GraphStore, Run
from graph.readings import ReadingsLake
from graph.windows.environment import (
    ENVIRONMENT_VERSION,
    PLACE_KEY,
    daily_environment,
    latest_environment_windows,
)
from ingest.telemetry.environment import LABELS
from ingest.telemetry.settled import Settled
from ingest.telemetry.stored import rows_by_key

FOLDER = "environment"
WINDOW_DAYS = 30
MANIFESTS_KEPT = 2  # of each fleet the current one and the one before, which readers may still work with
STORED_WINDOWS = pa.schema(
    [("place", pa.string()), ("window", pa.string()), ("content_sha256", pa.string()), ("citations", pa.int64())]
)
MEASURES = (
    *("temperature_min", "temperature_mean", "temperature_max"),
    *("humidity_mean", "humidity_max", "vibration_rms", "power_mean"),
)
Write = Callable[[Run, Batch], None]


def environment_lake(workspace: Path) -> ReadingsLake:
    """The daily readings of places of a workspace."""
    return ReadingsLake(workspace / FOLDER, key=PLACE_KEY)


def environment_manifests(store: GraphStore) -> dict[str, list[str]]:
    """Manifests of the readings of places by fleet, the current one first, and as many as readers may still need."""
    found: dict[str, list[str]] = {}
    for record in store.query("environment_manifests").records():
        own = found.setdefault(record["fleet"] or "", [])
        if record["environment_manifest"] not in own and len(own) < MANIFESTS_KEPT:
            own.append(record["environment_manifest"])
    return found


def write_environment(
    settled: Settled, run: Run, store: GraphStore, fleet: str, workspace: Path, write: Write
) -> str | None:
    """Stage the readings of places of a source and write the windows that they change.

    Args:
        settled: Holds ``source_place_readings``.
        run: The run that commits them.
        store: The graph.
        fleet: Name of the fleet.
        workspace: Folder of the workspace.
        write: Writes a batch of the run.

    Returns:
        The manifest that the run commits; None where the source has no readings of places.
    """
    if not settled.number("source_place_readings"):
        return None
    samples = settled.connection.table("source_place_readings")
    key = samples.label.lower() + f":{fleet}:" + samples.place
    daily = daily_environment(samples.mutate(**{PLACE_KEY: key})).to_pyarrow()
    lake = environment_lake(workspace)
    try:
        kept = environment_manifests(store)
        if (workspace / FOLDER).is_dir():  # what runs left behind that were not completed, or are no longer needed
            lake.collect_garbage([manifest for own in kept.values() for manifest in own])
        manifest = lake.stage(run.key, fleet, daily, kept.get(fleet, [None])[0])
        places = pa.table({PLACE_KEY: pc.unique(daily[PLACE_KEY])})
        own_days = lake.readings([manifest]).semi_join(ibis.memtable(places), PLACE_KEY)
        windows = latest_environment_windows(own_days, WINDOW_DAYS).order_by(PLACE_KEY).to_pyarrow()
    finally:
        lake.close()
    _write_windows(windows, places, run, store, fleet, write)
    return manifest


def _write_windows(windows: pa.Table, places: pa.Table, run: Run, store: GraphStore, fleet: str, write: Write) -> None:
    """Write what changed, and let windows go that newer ones supersede and no finding cites."""
    held = rows_by_key(store, "stored_environment_windows", places[PLACE_KEY].to_pylist(), STORED_WINDOWS).to_pylist()
    known = {row["window"]: row["content_sha256"] for row in held}
    keys = [
        f"environment:{row[PLACE_KEY]}:{row['last_day']}:{WINDOW_DAYS}:{ENVIRONMENT_VERSION}"
        for row in windows.to_pylist()
    ]
    is_new = [known.get(key) != sha256 for key, sha256 in zip(keys, windows["content_sha256"].to_pylist(), strict=True)]
    fresh = windows.append_column("key", pa.array(keys, pa.string())).filter(pa.array(is_new, pa.bool_()))
    write(run, _batch(fresh, places, fleet))
    gone = [row["window"] for row in held if row["window"] not in set(keys) and not row["citations"]]
    if gone:
        store.delete(run, "EnvironmentWindow", gone)


def _batch(windows: pa.Table, places: pa.Table, fleet: str) -> Batch:
    """Places, windows, and which window was measured where."""
    by_label: dict[str, list[str]] = {}
    for key in places[PLACE_KEY].to_pylist():
        by_label.setdefault(key.partition(":")[0], []).append(key)
    nodes = [NodeTable(LABELS[name], _places(keys, fleet)) for name, keys in by_label.items()]
    if not windows.num_rows:
        return Batch(tuple(nodes), ())
    content: Mapping[str, object] = {
        "key": windows["key"],
        "name": [f"{WINDOW_DAYS} days to {day}" for day in windows["last_day"].to_pylist()],
        "fleet": [fleet] * windows.num_rows,
        "place": windows[PLACE_KEY],
        "first_day": windows["first_day"],
        "last_day": windows["last_day"],
        "window_days": [WINDOW_DAYS] * windows.num_rows,
        "definition_version": [ENVIRONMENT_VERSION] * windows.num_rows,
        "num_readings": windows["num_readings"],
        "content_sha256": windows["content_sha256"],
        **{name: windows[name] for name in MEASURES},
    }
    nodes.append(NodeTable("EnvironmentWindow", pa.table(content)))
    kinds = pa.array([key.partition(":")[0] for key in windows[PLACE_KEY].to_pylist()], pa.string())
    relations = []
    for name in sorted(set(kinds.to_pylist())):
        own = windows.filter(pc.equal(kinds, name))
        rows = pa.table({"head": own["key"], "tail": own[PLACE_KEY]})
        relations.append(RelationTable("MEASURED_IN", "EnvironmentWindow", LABELS[name], rows))
    return Batch(tuple(nodes), tuple(relations))


def _places(keys: list[str], fleet: str) -> pa.Table:
    names = [key.split(":", 2)[2] for key in keys]
    return pa.table({"key": keys, "name": names, "fleet": [fleet] * len(keys)})
