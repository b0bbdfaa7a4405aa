"""Placements over time: what a source saw of where drives are, merged into what is stored.

An interval ``[valid_from, valid_to]`` (days, both included) is open where ``valid_to`` is missing and of unknown
beginning where ``valid_from`` is. Nothing is taken back: a stored interval keeps its beginning, and its end only moves
forward in time when a later place becomes known.
"""

from __future__ import annotations

import pandas as pd

GROUP = ["drive", "relation"]
PLACE = [*GROUP, "place"]
ONE_DAY = pd.Timedelta(days=1)


def merge(seen: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Find the intervals that are new, and those whose end becomes known.

    What is seen at a place inside a stored interval of that place says nothing new. Else a new interval begins on the
    first day seen and ends the day before the next one of the drive begins. Where it lies within a stored interval of
    another place, and the drive was seen there later, that one goes on afterwards.

    Args:
        seen: ``drive, relation, place, first, last`` and ``slot``; one row for each stretch of days at one place.
            ``first`` and ``last`` are missing where the time is unknown.
        stored: ``drive, relation, place, valid_from, valid_to`` and ``last_day``, the last day with data of the drive.

    Returns:
        ``drive, relation, place, valid_from, valid_to, slot``, in no order.
    """
    covered = _covered(seen, stored)
    touched = seen[~covered][GROUP].drop_duplicates()
    # Of a drive that moved, stretches that lie in a stored interval count too: what moved may split that interval.
    fresh = seen[~covered | seen["first"].notna()].merge(touched, on=GROUP)
    columns = [*PLACE, "valid_from", "valid_to", "slot", "is_new"]
    begun = fresh.assign(valid_from=fresh["first"], valid_to=pd.Series(pd.NaT, index=fresh.index), is_new=True)[columns]
    kept = stored.merge(touched, on=GROUP).assign(is_new=False, slot=None)[columns]
    parts = [part for part in (kept, begun, _resumed(fresh, stored)[columns]) if len(part)]
    if not parts:
        return begun.drop(columns="is_new")
    line = pd.concat(parts, ignore_index=True).sort_values(
        [*GROUP, "valid_from", "is_new"], na_position="first", kind="stable", ignore_index=True
    )
    before = line.groupby(GROUP)[["place", "valid_to"]].shift(1)
    goes_on = (before["place"] == line["place"]) & (
        before["valid_to"].isna() | (before["valid_to"] >= line["valid_from"])
    )
    line = line[~(line["is_new"] & goes_on)].reset_index(drop=True)
    ends = line.groupby(GROUP)["valid_from"].shift(-1) - ONE_DAY
    ends = ends.where(line["valid_from"].isna() | (ends >= line["valid_from"]))
    known = pd.to_datetime(line["valid_to"])
    merged = pd.concat([known, ends], axis=1).min(axis=1)
    changed = line["is_new"] | (merged.notna() & (merged != known))
    return line.assign(valid_to=merged)[changed].drop(columns="is_new")


def _covered(seen: pd.DataFrame, stored: pd.DataFrame) -> pd.Series:
    """Whether each stretch begins inside a stored interval of its place (one of unknown time: has any)."""
    pairs = seen.reset_index(names="at").merge(stored, on=PLACE)
    begins = pairs["valid_from"].isna() | (pairs["valid_from"] <= pairs["first"])
    holds = begins & (pairs["valid_to"].isna() | (pairs["valid_to"] >= pairs["first"]))
    inside = pairs.loc[holds | pairs["first"].isna(), "at"]
    return pd.Series(seen.index.isin(inside), index=seen.index)


def _resumed(fresh: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Second parts of stored intervals into which a stretch at another place falls."""
    pairs = fresh.merge(stored, on=GROUP, suffixes=("_seen", ""))
    begins = pairs["valid_from"].isna() | (pairs["valid_from"] < pairs["first"])
    ends = pairs["valid_to"].fillna(pairs["last_day"])
    within = begins & (ends > pairs["last"]) & (pairs["place"] != pairs["place_seen"])
    split = pairs[within]
    return split.assign(valid_from=split["last"] + ONE_DAY, slot=None, is_new=True)
