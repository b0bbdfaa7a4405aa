"""What a source changes in the placements: of drives that came, moved, made room in their slot, or left service."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from graph.ports import GraphStore
from ingest.telemetry import timeline
from ingest.telemetry.occupancy import RUNS_ON, close_replaced
from ingest.telemetry.stored import column, rows_by_key

STORED_PLACEMENTS = pa.schema(
    [
        *((name, pa.string()) for name in ("drive", "relation", "place")),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
STORED_OCCUPANTS = pa.schema(
    [
        *((name, pa.string()) for name in ("drive", "place", "slot")),
        *((name, pa.date32()) for name in ("valid_from", "valid_to", "last_day")),
    ]
)
INTERVAL = ["drive", "relation", "place", "valid_from"]


def changed_placements(
    seen: pd.DataFrame, store: GraphStore, stored: pa.Table, keys: list[str], leaving: pa.Table | None
) -> pd.DataFrame:
    """Find the intervals that are new, and those whose end becomes known.

    Args:
        seen: Result of ``SourceTables.seen_placements``.
        store: The graph.
        stored: Result of ``stored_drives`` of the source's drives.
        keys: The source's drives.
        leaving: ``drive_key`` and ``last_day`` of the drives that are retired; None for none.

    Returns:
        As ``timeline.merge``.
    """
    retired = column(leaving, "drive_key") if leaving is not None else []
    wanted = [*keys, *sorted(set(retired) - set(keys))] if len(seen) else retired
    known = rows_by_key(store, "stored_placements", wanted, STORED_PLACEMENTS).to_pandas()
    last_days = dict(zip(*stored.select(["drive", "last_day"]).to_pydict().values(), strict=True))
    known["last_day"] = known["drive"].map(last_days)
    _as_times(known, "valid_from", "valid_to", "last_day")
    _as_times(seen, "first", "last")
    merged = timeline.merge(seen, known)
    hosts = sorted(set(merged.loc[(merged["relation"] == RUNS_ON) & merged["slot"].notna(), "place"]))
    if hosts:
        occupants = rows_by_key(store, "stored_occupants", hosts, STORED_OCCUPANTS).to_pandas()
        _as_times(occupants, "valid_from", "valid_to", "last_day")
        days = pd.concat([seen.set_index("drive")["last"], occupants.set_index("drive")["last_day"]]).dropna()
        merged = close_replaced(merged, occupants, days.groupby(level=0).max())
    return close_open(merged, known, leaving) if leaving is not None and retired else merged


def close_open(merged: pd.DataFrame, stored: pd.DataFrame, drives: pa.Table) -> pd.DataFrame:
    """End the open placements of retired drives on their last day with data.

    Args:
        merged: What changes in the placements already: ``drive, relation, place, valid_from, valid_to, slot``.
        stored: ``drive, relation, place, valid_from, valid_to`` of the retired drives, among others.
        drives: As in ``Retirement``.
    """
    ends = drives.to_pandas().rename(columns={"drive_key": "drive", "last_day": "ended"})
    ends["ended"] = pd.to_datetime(ends["ended"])
    ours = merged.merge(ends, on="drive", how="left")
    ours["valid_to"] = ours["valid_to"].fillna(ours["ended"])
    open_ones = stored[stored["valid_to"].isna()].merge(ends, on="drive")
    known = merged[INTERVAL].assign(is_known=True)
    open_ones = open_ones.merge(known, on=INTERVAL, how="left")
    open_ones = open_ones[open_ones["is_known"].isna()].assign(slot=None, valid_to=lambda rows: rows["ended"])
    parts = [part[merged.columns] for part in (ours, open_ones) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else merged


def _as_times(frame: pd.DataFrame, *names: str) -> None:
    for name in names:
        frame[name] = pd.to_datetime(frame[name])
