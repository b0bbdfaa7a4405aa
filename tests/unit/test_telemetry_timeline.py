"""Placements over time: whatever is seen, in whatever order, a repeat says nothing new."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ingest.telemetry import occupancy, timeline

ZERO = pd.Timestamp("2024-01-01")
KEYS = {"drive": "d", "relation": "RUNS_ON"}


def seen(*stretches: tuple[str, int | None, int | None]) -> pd.DataFrame:
    """Stretches ``(place, first, last)``; days are counts from ``ZERO``, None is unknown."""
    rows = [{**KEYS, "place": place, "first": first, "last": last, "slot": None} for place, first, last in stretches]
    return _dated(pd.DataFrame(rows, columns=["drive", "relation", "place", "first", "last", "slot"]), "first", "last")


def stored(*intervals: tuple[str, int | None, int | None], last_day: int | None = None) -> pd.DataFrame:
    rows = [{**KEYS, "place": p, "valid_from": f, "valid_to": t, "last_day": last_day} for p, f, t in intervals]
    names = ["drive", "relation", "place", "valid_from", "valid_to", "last_day"]
    return _dated(pd.DataFrame(rows, columns=names), "valid_from", "valid_to", "last_day")


def _dated(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    for name in names:
        frame[name] = pd.to_datetime([None if pd.isna(n) else ZERO + timedelta(days=int(n)) for n in frame[name]])
    return frame


def intervals(frame: pd.DataFrame) -> set[tuple[str, int | None, int | None]]:
    def count(day: pd.Timestamp) -> int | None:
        return None if pd.isna(day) else (day - ZERO).days

    return {
        (row.place, count(row.valid_from), count(row.valid_to))
        for row in frame.itertuples()
        if isinstance(row.place, str)
    }


def apply(old: pd.DataFrame, new: pd.DataFrame, last_day: int) -> pd.DataFrame:
    """What a store holds after writing: intervals are one by place and beginning, a given end replaces."""
    held = {(row.place, row.valid_from): row.valid_to for row in old.itertuples()}
    for row in new.itertuples():
        if pd.notna(row.valid_to) or (row.place, row.valid_from) not in held:
            held[row.place, row.valid_from] = row.valid_to
    rows = [
        {**KEYS, "place": p, "valid_from": f, "valid_to": t, "last_day": ZERO + timedelta(days=last_day)}
        for (p, f), t in held.items()
    ]
    return pd.DataFrame(rows, columns=stored().columns).astype(stored().dtypes)


def test_a_first_stretch_is_open() -> None:
    assert intervals(timeline.merge(seen(("a", 3, 9)), stored())) == {("a", 3, None)}


def test_a_move_closes_the_place_before_it() -> None:
    assert intervals(timeline.merge(seen(("a", 3, 9), ("b", 10, 12)), stored())) == {("a", 3, 9), ("b", 10, None)}
    assert intervals(timeline.merge(seen(("b", 10, 12)), stored(("a", 3, None), last_day=9))) == {
        ("a", 3, 9),
        ("b", 10, None),
    }


def test_staying_says_nothing_new() -> None:
    assert timeline.merge(seen(("a", 10, 12)), stored(("a", 3, None), last_day=9)).empty


def test_a_place_of_unknown_time_is_told_once() -> None:
    assert intervals(timeline.merge(seen(("a", None, None)), stored())) == {("a", None, None)}
    assert timeline.merge(seen(("a", None, None)), stored(("a", None, None))).empty
    assert timeline.merge(seen(("a", None, None)), stored(("a", 3, 9), last_day=9)).empty


def test_a_place_of_unknown_time_ends_where_another_begins() -> None:
    assert intervals(timeline.merge(seen(("b", 10, 12)), stored(("a", None, None)))) == {
        ("a", None, 9),
        ("b", 10, None),
    }
    assert intervals(timeline.merge(seen(("a", None, None)), stored(("b", 10, None), last_day=12))) == {("a", None, 9)}


def test_an_older_file_that_arrives_late_opens_the_time_before() -> None:
    assert intervals(timeline.merge(seen(("a", 1, 2)), stored(("b", 5, None), last_day=9))) == {("a", 1, 4)}


def test_a_stay_elsewhere_within_a_known_stay_splits_it() -> None:
    found = timeline.merge(seen(("b", 4, 5)), stored(("a", 1, None), last_day=9))
    assert intervals(found) == {("a", 1, 3), ("b", 4, 5), ("a", 6, None)}


@st.composite
def days_at_places(draw: st.DrawFn) -> list[str]:
    return draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=12))


def _stretches(days: list[str], offset: int) -> list[tuple[str, int | None, int | None]]:
    found: list[tuple[str, int | None, int | None]] = []
    for number, place in enumerate(days, start=offset):
        if found and found[-1][0] == place:
            found[-1] = (place, found[-1][1], number)
        else:
            found.append((place, number, number))
    return found


@given(days_at_places(), st.integers(0, 12), st.booleans())
def test_files_in_any_order_tell_where_the_drive_was_and_a_repeat_adds_nothing(
    days: list[str], cut: int, backwards: bool
) -> None:
    files = [part for part in (_stretches(days[:cut], 0), _stretches(days[cut:], cut)) if part]
    if backwards:
        files.reverse()
    held, last_day = stored(), -1
    for part in files:
        held["last_day"] = pd.to_datetime(ZERO + timedelta(days=last_day)) if last_day >= 0 else pd.NaT
        last_day = max(last_day, *(last for _, _, last in part if last is not None))
        held = apply(held, timeline.merge(seen(*part), held), last_day)
    for number, place in enumerate(days):
        day = ZERO + timedelta(days=number)
        there = held[(held["valid_from"] <= day) & (held["valid_to"].isna() | (held["valid_to"] >= day))]
        assert set(there["place"]) == {place}
    for part in files:
        assert timeline.merge(seen(*part), held).empty


def test_days_are_whole_days() -> None:
    found = timeline.merge(seen(("a", 3, 9)), stored())
    assert found["valid_from"].iloc[0].date() == date(2024, 1, 4)


def in_slot(stays: list[tuple[str, int, int]]) -> tuple[pd.DataFrame, pd.Series]:
    """Stays of drives in one slot that just came in, each open, and the last day of each drive."""
    rows = [
        {"drive": drive, "relation": "RUNS_ON", "place": "h", "valid_from": first, "valid_to": None, "slot": "3"}
        for drive, first, _ in stays
    ]
    names = ["drive", "relation", "place", "valid_from", "valid_to", "slot"]
    last = pd.Series({drive: pd.Timestamp(ZERO + timedelta(days=last)) for drive, _, last in stays})
    return _dated(pd.DataFrame(rows, columns=names), "valid_from", "valid_to"), last


@st.composite
def occupants(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Drives one after the other in one slot, with gaps: name, first and last day."""
    found, day = [], 0
    for number in range(draw(st.integers(1, 5))):
        first = day + draw(st.integers(0, 3))
        last = first + draw(st.integers(0, 4))
        found.append((f"d{number}", first, last))
        day = last + 1
    return found


@given(occupants(), st.data())
def test_drives_in_one_slot_follow_each_other_whatever_order_they_come_in(
    stays: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    held = in_slot([])[0]
    known: dict[str, pd.Timestamp] = {}
    waiting = data.draw(st.permutations(stays))
    while waiting:
        size = data.draw(st.integers(1, len(waiting)))
        merged, last = in_slot(waiting[:size])
        known |= last.to_dict()
        waiting = waiting[size:]
        changed = occupancy.close_replaced(merged, held, pd.Series(known))
        rows = pd.concat([part for part in (held, changed) if len(part)], ignore_index=True)
        grouped = rows.groupby(["drive", "relation", "place", "valid_from"], sort=False)
        held = grouped.agg(valid_to=("valid_to", "last"), slot=("slot", "first")).reset_index()
    held = held.sort_values("valid_from", ignore_index=True)
    begins = [ZERO + timedelta(days=first) for _, first, _ in stays]
    assert list(held["valid_from"]) == begins
    ends = [begin - timedelta(days=1) for begin in begins[1:]]
    assert list(held["valid_to"][:-1]) == ends
    assert pd.isna(held["valid_to"].iloc[-1])


def test_two_drives_that_are_both_seen_in_one_slot_both_stay() -> None:
    merged, last = in_slot([("a", 0, 9), ("b", 5, 9)])
    changed = occupancy.close_replaced(merged, in_slot([])[0], last)
    assert changed["valid_to"].isna().all()
