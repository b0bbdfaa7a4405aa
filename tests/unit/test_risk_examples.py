"""Examples at landmarks: who is at risk, what counts as a failure, what is censored, and where a drive was."""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnn.health.examples import groups_of, make_examples
from gnn.health.history import FleetHistory
from graph.errors import InputError
from graph.projection import INVENTORY

FIRST = pd.Timestamp("2026-01-01")


def day(number: int) -> pd.Timestamp:
    return FIRST + pd.Timedelta(days=number)


def fleet(
    *ends: tuple[int, int, bool], placements: list[tuple[str, str, str, int | None, int | None]] | None = None
) -> FleetHistory:
    """A fleet of drives ``d0, d1, …``, each observed from one day to another, where it fails or not."""
    keys = [f"d{number}" for number in range(len(ends))]
    drives = pd.DataFrame(
        {
            "model": "M",
            "vendor": "Seagate",
            "capacity_bytes": 4e12,
            "first_day": [day(first) for first, _, _ in ends],
            "last_day": [day(last) for _, last, _ in ends],
            "failure_day": [day(last) if failed else pd.NaT for _, last, failed in ends],
        },
        index=pd.Index(keys, name="drive_key"),
    )
    rows = [(key, day(at), float(at)) for key, (first, last, _) in zip(keys, ends, strict=True) for at in (first, last)]
    connection = ibis.duckdb.connect()
    table = pa.Table.from_pandas(pd.DataFrame(rows, columns=["drive_key", "day", "ata_5"]), preserve_index=False)
    table = table.set_column(1, "day", table.column("day").cast(pa.timestamp("s")).cast(pa.date32()))
    connection.con.register("given", table)
    connection.raw_sql("CREATE TABLE readings AS SELECT DISTINCT * FROM given")
    placed = pd.DataFrame(
        [
            (key, relation, place, pd.NaT if a is None else day(a), pd.NaT if b is None else day(b), INVENTORY)
            for key, relation, place, a, b in placements or []
        ],
        columns=["drive_key", "relation", "place", "valid_from", "valid_to", "told_by"],
    ).astype({"valid_from": "datetime64[ns]", "valid_to": "datetime64[ns]"})
    return FleetHistory("fleet", "atoll-daily", drives, connection.table("readings"), connection, placed)


def landmark(number: int) -> date:
    return day(number).date()


def test_a_failure_within_the_horizon_counts_and_one_on_the_day_after_it_does_not() -> None:
    found = make_examples(fleet((0, 40, True), (0, 41, True)), [landmark(10)], 30)

    assert found.label.tolist() == [True, False]
    assert found.is_known.tolist() == [True, True]
    assert found.days_to_end.tolist() == [30, 31]


def test_a_drive_is_not_asked_about_on_the_day_it_fails_nor_before_it_is_seen() -> None:
    found = make_examples(fleet((0, 10, True), (11, 99, False), (10, 99, False)), [landmark(10)], 30)

    assert found.drive_keys.tolist() == ["d2"]


def test_a_drive_that_leaves_within_the_horizon_tells_nothing() -> None:
    found = make_examples(fleet((0, 39, False), (0, 40, False)), [landmark(10)], 30)

    assert found.label.tolist() == [False, False]
    assert found.is_known.tolist() == [False, True]


def test_a_failure_after_the_cut_is_not_known_in_training() -> None:
    found = make_examples(fleet((0, 35, True), (0, 30, True)), [landmark(10)], 30, cut=landmark(30))

    assert found.label.tolist() == [False, True]
    assert found.is_known.tolist() == [False, True]
    assert found.has_failed.tolist() == [False, True]
    assert found.days_to_end.tolist() == [20, 20]


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), st.booleans()), min_size=1, max_size=8),
    st.lists(st.integers(0, 100), min_size=1, max_size=3, unique=True),
    st.integers(1, 40),
    st.integers(0, 120),
)
def test_labels_agree_with_a_plain_reading_of_each_drives_end(
    spans: list[tuple[int, int, bool]], landmarks: list[int], horizon: int, after: int
) -> None:
    ends = [(first, first + length, failed) for first, length, failed in spans]
    cut = max(landmarks) + after
    expected = {
        (number, at): (
            failed and last <= min(at + horizon, cut),
            (failed and last <= min(at + horizon, cut)) or min(last, cut) >= at + horizon,
        )
        for at in landmarks
        for number, (first, last, failed) in enumerate(ends)
        if first <= at < last
    }
    history = fleet(*ends)
    if not expected:
        with pytest.raises(InputError, match="No drive of 'fleet' is under observation"):
            make_examples(history, [landmark(at) for at in landmarks], horizon)
        return

    found = make_examples(history, [landmark(at) for at in landmarks], horizon, cut=landmark(cut))

    drives = [int(found.drive_keys[at][1:]) for at in found.drive]
    days = (found.landmark - np.datetime64(FIRST, "D")).astype(int)
    told = zip(found.label.tolist(), found.is_known.tolist(), strict=True)
    assert dict(zip(zip(drives, days.tolist(), strict=True), told, strict=True)) == expected
    assert (found.days_to_end > 0).all() or cut == max(landmarks)
    # Each drive's first reading of attribute 5 tells its own first day, so rows are not mixed up.
    assert found.features["ata_5_last"].tolist() == [float(ends[number][0]) for number in drives]


def test_only_the_drives_asked_for_are_examples() -> None:
    history = fleet((0, 90, False), (0, 90, True), (0, 90, False))

    found = make_examples(history, [landmark(10), landmark(20)], 30, drives=np.array(["d2", "d1"], dtype=object))

    assert found.drive_keys.tolist() == ["d1", "d2"]
    assert found.drive.tolist() == [0, 1, 0, 1]


def test_a_drive_stands_where_it_was_at_the_landmark() -> None:
    places = [  # both days included, as the timeline of placements keeps them
        ("d0", "rack", "a", None, 9),
        ("d0", "rack", "b", 10, 20),
        ("d0", "rack", "c", 30, None),
        ("d1", "host", "h", 5, None),
    ]
    history = fleet((0, 90, False), (0, 90, False), placements=places)
    asked = [("d0", 9), ("d0", 10), ("d0", 20), ("d0", 21), ("d0", 30), ("d1", 4), ("d1", 5)]
    probes = pd.DataFrame({"drive_key": [key for key, _ in asked], "landmark": [day(at) for _, at in asked]})

    found = groups_of(history, probes)

    assert found["rack"].tolist() == ["a", "b", "b", None, "c", None, None]
    assert found["host"].tolist() == [None, None, None, None, None, None, "h"]
    assert found["model"].tolist() == ["M"] * 7
    assert "room" not in found


def test_places_never_are_features() -> None:
    history = fleet((0, 90, False), (0, 90, True), placements=[("d0", "rack", "a", None, None)])

    found = make_examples(history, [landmark(10)], 30)

    assert not {"rack", "host", "model", "vendor"} & set(found.features)
    assert len(found.catalogue) == found.features.shape[1]
    assert [feature.name for feature in found.catalogue] == list(found.features)
