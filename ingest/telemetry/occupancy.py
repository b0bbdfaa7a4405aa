"""Slots of hosts over time: a drive that comes into an occupied slot ends the stay of the one before it."""

from __future__ import annotations

from typing import Any

import pandas as pd

RUNS_ON = "RUNS_ON"
INTERVAL = ["drive", "place", "valid_from"]
ONE_DAY = pd.Timedelta(days=1)


def close_replaced(merged: pd.DataFrame, stored: pd.DataFrame, last_seen: pd.Series) -> pd.DataFrame:
    """End stays in a slot on the day before another drive comes into it.

    A drive that is still seen on that day or later did not make room: both stay, for the source must be wrong in one of
    them.

    Args:
        merged: Result of ``timeline.merge``, what changes in the placements of all drives.
        stored: ``drive, place, slot, valid_from, valid_to`` of the drives that the store knows in slots of the same
            hosts.
        last_seen: Last day with data by drive.

    Returns:
        ``merged``, with stays that ended, and stored stays that ended.
    """
    stays = _stays(merged, stored)
    shared = stays.groupby(["place", "slot"])["drive"].transform("nunique") > 1
    found = []
    for _, stay in stays[shared].groupby(["place", "slot"], sort=False):
        found += _ended(stay, last_seen)
    if not found:
        return merged
    ended = pd.DataFrame(found, columns=[*INTERVAL, "ended"])
    ours = merged.merge(ended, on=INTERVAL, how="left")
    ours["valid_to"] = ours["valid_to"].where((ours["relation"] != RUNS_ON) | ours["ended"].isna(), ours["ended"])
    known = merged.loc[merged["relation"] == RUNS_ON, INTERVAL].assign(is_known=True)
    others = ended.merge(known, on=INTERVAL, how="left")
    others = others[others["is_known"].isna()].assign(relation=RUNS_ON, slot=None, valid_to=lambda rows: rows["ended"])
    parts = [part[merged.columns] for part in (ours, others) if len(part)]
    return pd.concat(parts, ignore_index=True)


def _stays(merged: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Stays in slots as they will be once ``merged`` is written."""
    names = [*INTERVAL, "valid_to", "slot"]
    changed = merged.loc[merged["relation"] == RUNS_ON, names]
    both = pd.concat([part[names] for part in (stored, changed) if len(part)] or [changed], ignore_index=True)
    # A stay that only gets its end comes without its slot, so the stored one stays; its end is the later statement.
    grouped = both.groupby(INTERVAL, dropna=False, sort=False)
    stays = grouped.agg(slot=("slot", "first"), valid_to=("valid_to", "last")).reset_index()
    return stays[stays["slot"].notna()]


def _ended(stays: pd.DataFrame, last_seen: pd.Series) -> list[tuple[Any, ...]]:
    """Stays in one slot that end, or end earlier than was known, with their last day."""
    found: list[tuple[Any, ...]] = []
    for stay in stays.to_dict("records"):
        drive, begun = stay["drive"], stay["valid_from"]
        later = stays[(stays["drive"] != drive) & (stays["valid_from"] > last_seen.get(drive, pd.NaT))]
        if not pd.isna(begun):
            later = later[later["valid_from"] > begun]
        if not len(later):
            continue
        end = later["valid_from"].min() - ONE_DAY
        if pd.isna(stay["valid_to"]) or stay["valid_to"] > end:
            found.append((drive, stay["place"], begun, end))
    return found
