"""What happened to one drive: where it moved, what was changed on it, and what its own logs say."""

from __future__ import annotations

import itertools
from typing import Any

from app.analysis.drive_results import DriveChange, LogRow
from app.analysis.fleet_data import PLACES
from graph.ports import GraphStore


def drive_changes(store: GraphStore, drive: str) -> list[DriveChange]:
    """Moves and changes of a drive, oldest first; the first known state is none.

    Args:
        store: The graph.
        drive: Key of the drive.
    """
    states: dict[str, dict[Any, str]] = {}
    for row in store.query("drive_places", {"drive": drive}).records():
        if row["relation"] in PLACES and row["valid_from"] is not None:
            states.setdefault(PLACES[row["relation"]], {})[row["valid_from"]] = str(row["name"])
    found = []
    for kind, by_day in states.items():
        days = sorted(by_day)
        found += [
            DriveChange(day, kind, by_day[before], by_day[day])
            for before, day in itertools.pairwise(days)
            if by_day[before] != by_day[day]
        ]
    return sorted(found, key=lambda change: (change.day, change.kind))


def drive_log(store: GraphStore, drive: str) -> list[LogRow]:
    """Entries of the self-test and error logs that a drive keeps itself, newest first.

    Args:
        store: The graph.
        drive: Key of the drive.
    """
    rows = store.query("drive_log", {"drive": drive}).records()
    return [LogRow(**{name: row[name] for name in LogRow.__slots__}) for row in rows]
