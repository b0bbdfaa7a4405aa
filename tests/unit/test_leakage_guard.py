"""The leakage guard catches each leak that is planted, and lets an honest split pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from risk_fleets import examples_at_landmarks, with_history

from app.analysis.risk_guard import find_leaks
from app.analysis.risk_splits import EvaluationRequest, read_split
from gnn.health.controls import Dealer
from gnn.health.duplicates import components, consecutive_links, linked_windows, linking_columns
from gnn.health.examples import Examples, Feature
from gnn.health.label_checks import landmark_labels, read_after_failure, window_events, window_labels
from gnn.health.leakage import (
    LeakageError,
    Spans,
    forward_looking,
    landmark_spans,
    near_duplicates,
    overlapping_outcomes,
    shared_drives,
)
from gnn.health.splits import Split, drive_folds, drive_halves, random_folds, whole


def one_pool(pool: Examples, kind: str = "drive", folds: int = 4) -> Split:
    make = random_folds if kind == "random" else drive_folds
    return Split(kind, "made", pool, pool, make(pool, 1, folds))  # type: ignore[arg-type]


def samples_of(num_windows: int, *, seed: int = 0, num_samples: int = 10) -> pd.DataFrame:
    """Windows of drives that write and read every day, all of the same age: hours alone agree everywhere."""
    rng = np.random.default_rng(seed)
    window = np.repeat(np.arange(num_windows), num_samples)
    hours = np.tile(np.arange(num_samples) * 24.0 + 1000, num_windows)
    written = rng.integers(1, 10**9, num_windows)[window] + np.tile(np.arange(num_samples), num_windows) * 1e6
    read = rng.integers(1, 10**9, num_windows)[window] + np.tile(np.arange(num_samples), num_windows) * 1e5
    return pd.DataFrame({"window": window, "r_9": hours, "r_241": written, "r_242": read})


def test_folds_of_drives_pass() -> None:
    pool = with_history(examples_at_landmarks())
    split = one_pool(pool)
    assert shared_drives(split, landmark_spans(pool, pool)) is None
    assert overlapping_outcomes(split) is None
    assert landmark_labels(pool) is None
    assert forward_looking(pool) is None


def test_random_rows_of_a_history_are_overlapping_windows_of_one_drive() -> None:
    pool = examples_at_landmarks()
    leak = shared_drives(one_pool(pool, "random"), landmark_spans(pool, pool))
    assert leak is not None
    assert leak.reason == "overlapping_windows"
    first, second = leak.pairs[0].first.split(), leak.pairs[0].second.split()
    assert first[0] == second[0]
    assert {first[2], second[2]} == {"(training)", "(test)"}
    apart = abs(np.datetime64(first[1]) - np.datetime64(second[1])) / np.timedelta64(1, "D")
    assert apart < 30 + 30  # its longest look-back and its horizon


def test_the_same_drives_far_apart_are_told_where_the_split_says_drive() -> None:
    pool = examples_at_landmarks(num_landmarks=12)
    days = np.unique(pool.landmark)
    train, test = pool.take(pool.landmark <= days[1]), pool.take(pool.landmark >= days[6])
    split = Split("drive+time", "made", train, test, whole(train, test, 1))
    leak = shared_drives(split, landmark_spans(train, test))
    assert leak is not None
    assert leak.reason == "same_drive"
    same_drive = replace(split, kind="time")
    assert shared_drives(same_drive, landmark_spans(train, test)) is None


def test_halves_forward_in_time_pass_and_a_late_training_landmark_does_not() -> None:
    pool = examples_at_landmarks(num_landmarks=12)
    days = np.unique(pool.landmark)
    test = pool.take(pool.landmark >= days[6])
    for last, is_clean in ((5, True), (6, False)):
        train = pool.take(pool.landmark <= days[last])
        split = Split("drive+time", "made", train, test, drive_halves(train, test, 1))
        assert shared_drives(split, landmark_spans(train, test)) is None
        assert (overlapping_outcomes(split) is None) == is_clean


@settings(max_examples=30)
@given(st.integers(0, 400), st.integers(1, 60), st.integers(0, 400), st.integers(1, 60))
def test_overlap_is_found_exactly_where_two_spans_share_a_day(begin: int, length: int, other: int, width: int) -> None:
    pool = examples_at_landmarks(num_drives=40, num_landmarks=1)
    two = pool.take(np.array([0, 0]))
    origin = np.datetime64("2024-01-01")
    begins = origin + np.array([begin, other]).astype("timedelta64[D]")
    ends = begins + np.array([length - 1, width - 1]).astype("timedelta64[D]")
    split = Split("time", "made", two, two, (replace(whole(two, two, 1)[0], train=np.array([0]), test=np.array([1])),))
    leak = shared_drives(split, Spans(begins, ends, begins, ends))
    shares_a_day = max(begin, other) <= min(begin + length, other + width) - 1
    assert (leak is not None) == shares_a_day


def test_copies_of_windows_under_other_ids_are_found() -> None:
    samples = samples_of(60)
    copy = samples[(samples["window"] == 7)].iloc[3:].assign(window=60)
    links = linked_windows(pd.concat([samples, copy], ignore_index=True))
    assert links[["first", "second"]].to_numpy().tolist() == [[7, 60]]
    assert links["num_shared"].tolist() == [6]


def test_windows_that_share_hours_alone_are_not_linked() -> None:
    assert linked_windows(samples_of(300)).empty
    assert linking_columns(["r_9", "r_5", "r_187"]) is None


def test_a_single_counter_that_stands_still_links_nothing() -> None:
    still = samples_of(4).assign(r_242=5244.0).drop(columns="r_241")
    assert linked_windows(still).empty


def test_twins_with_the_same_reads_but_other_writes_are_not_linked() -> None:
    assert linked_windows(samples_of(4).assign(r_242=5244.0)).empty


def test_unknown_counters_do_not_hide_a_copy() -> None:
    samples = samples_of(20)
    copy = samples[samples["window"] == 3].assign(window=20)
    both = pd.concat([samples, copy], ignore_index=True)
    both["r_242"] = np.nan
    assert linked_windows(both)[["first", "second"]].to_numpy().tolist() == [[3, 20]]


def test_copies_on_both_sides_are_refused_and_on_one_side_they_pass() -> None:
    pool = examples_at_landmarks(num_drives=60, num_landmarks=1)
    names = np.array([f"window {number}" for number in range(len(pool))], object)
    rows = np.arange(len(pool))
    train, test = rows[:30], rows[30:]
    split = Split("drive", "made", pool, pool, (replace(whole(pool, pool, 1)[0], train=train, test=test),))
    for second, reason in ((5, None), (40, "near_duplicate_windows")):
        links = pd.DataFrame({"first": [3], "second": [second], "num_shared": [28]})
        leak = near_duplicates(split, links, names, rows, rows)
        assert (leak.reason if leak else None) == reason
    assert leak is not None
    assert (leak.pairs[0].first, leak.pairs[0].second) == ("window 3", "window 40")


def test_copies_linked_through_a_third_stand_together() -> None:
    links = pd.DataFrame({"first": [0, 1], "second": [1, 4]})
    group = components(links, 6)
    assert group[0] == group[1] == group[4] >= 0
    assert (group[[2, 3, 5]] == -1).all()


def test_drives_that_hold_the_same_readings_under_two_serials_are_linked() -> None:
    samples = samples_of(5)
    readings = samples.rename(columns={"r_9": "ata_9", "r_241": "ata_241", "r_242": "ata_242"})
    readings["drive_key"] = "drive:" + readings.pop("window").astype(str)
    readings["day"] = (readings["ata_9"] / 24).astype(int)
    copy = readings[readings["drive_key"] == "drive:2"].assign(drive_key="drive:copy")
    table = ibis.memtable(pa.Table.from_pandas(pd.concat([readings, copy]), preserve_index=False))
    links = consecutive_links(table, ibis.duckdb.connect(), "drive_key", "day", "ata_9", ["ata_241", "ata_242"])
    assert links[["first", "second"]].to_numpy().tolist() == [["drive:2", "drive:copy"]]


@pytest.mark.parametrize("name", ["max_hours", "n_records", "ttf_days", "failure_time", "serial_number", "date"])
def test_a_column_that_tells_the_future_or_the_drive_is_found_by_its_name(name: str) -> None:
    pool = examples_at_landmarks()
    told = replace(
        pool,
        features=pool.features.assign(**{name: 0.0}),
        catalogue=(*pool.catalogue, Feature(name, "", None, None)),
    )
    leak = forward_looking(told)
    assert leak is not None
    assert leak.reason == "forward_looking_column"
    assert leak.pairs[0].first == name


def test_a_column_that_knows_the_day_of_failure_is_found_under_any_name() -> None:
    pool = examples_at_landmarks(num_drives=800)
    rest = np.log1p(pool.days_to_end).astype(np.float32)
    leak = forward_looking(replace(pool, features=pool.features.assign(vibration=rest)))
    assert leak is not None
    assert [pair.first for pair in leak.pairs] == ["vibration"]


def test_permuted_labels_disagree_with_the_known_failures() -> None:
    pool = with_history(examples_at_landmarks())
    permuted = pool.with_labels(Dealer(pool).deal(np.random.default_rng(1)))
    leak = landmark_labels(permuted)
    assert leak is not None
    assert leak.reason == "label_disagrees"
    assert len(leak.pairs) == 5


def windows_of(**changes: object) -> pd.DataFrame:
    table = {
        "window_id": ["w1", "w2"],
        "drive_key": ["drive:file:B3:1", "drive:file:B3:2"],
        "model": "B3",
        "failed": [True, False],
        "last_day": pd.to_datetime(["2018-05-01", "2018-05-01"]),
        "failure_day": pd.to_datetime(["2018-05-03", None]),
        "ttf_days": [2.0, np.nan],
    }
    return pd.DataFrame({**table, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"failure_day": pd.to_datetime([None, None])}, "without a failure day"),
        ({"failure_day": pd.to_datetime(["2018-05-03", "2018-05-09"])}, "healthy, with a failure day"),
        ({"ttf_days": [2.0, 4.0]}, "healthy, with days to failure"),
        ({"failure_day": pd.to_datetime(["2018-04-20", None])}, "read on after its failure"),
        ({"ttf_days": [9.0, np.nan]}, "days to failure are not those"),
    ],
)
def test_windows_whose_label_and_days_do_not_go_together_are_told(changes: dict[str, object], said: str) -> None:
    assert window_labels(windows_of()) is None
    leak = window_labels(windows_of(**changes))
    assert leak is not None
    assert leak.reason == "label_disagrees"
    assert said in leak.pairs[0].why


def test_labels_that_disagree_with_a_list_of_failures_are_told() -> None:
    events = pd.DataFrame(
        {
            "drive_key": ["drive:file:B3:1", "drive:file:B3:9"],
            "model": "B3",
            "day": pd.to_datetime(["2018-05-03", "2019-01-01"]),
        }
    )
    assert window_events(windows_of(), events) is None
    other_day = events.assign(day=pd.to_datetime(["2018-05-01", "2019-01-01"]))
    told = window_events(windows_of(), other_day)
    assert told is not None
    assert told.pairs[0].why == "the list has another day of failure"
    healthy_failed = events.assign(drive_key=["drive:file:B3:1", "drive:file:B3:2"])
    told = window_events(windows_of(), healthy_failed)
    assert told is not None
    assert told.pairs[0].first == "w2"


def test_many_drives_that_read_on_after_their_failure_are_told_and_one_of_many_is_not() -> None:
    failed = pd.Series(pd.Timestamp("2020-01-01"), index=[f"d{number}" for number in range(40)])
    last = failed.copy()
    last.iloc[0] += pd.Timedelta(days=3)
    assert read_after_failure(last, failed) is None
    last.iloc[:5] += pd.Timedelta(days=3)
    leak = read_after_failure(last, failed)
    assert leak is not None
    assert leak.reason == "label_disagrees"


def test_a_refusal_carries_its_reason_and_pairs() -> None:
    pool = examples_at_landmarks()
    leak = shared_drives(one_pool(pool, "random"), landmark_spans(pool, pool))
    assert leak is not None
    error = LeakageError(leak)
    assert error.exit_status == 3
    assert error.details["reason"] == "overlapping_windows"
    assert set(error.details["pairs"][0]) == {"first", "second", "why"}


@pytest.mark.data
def test_random_rows_of_the_leaky_windows_are_refused(shared_data: Path) -> None:
    request = EvaluationRequest(
        "alibaba-windows", shared_data / "alibaba-windows" / "leaky.csv", split="random", seeds=1
    )
    source = read_split(request, lambda stage, done, total: None)
    leak = find_leaks(source, request, lambda stage, done, total: None)[0]
    assert leak.reason == "near_duplicate_windows"
    names = set(source.windows[0].window_ids)
    assert {pair.first for pair in leak.pairs} | {pair.second for pair in leak.pairs} <= names
    label = source.windows[0].examples.label
    links = linked_windows(source.windows[0].samples)
    linked = components(links, len(label)) >= 0
    assert linked[label].all()
    assert linked[~label].sum() == 6


@pytest.mark.data
@pytest.mark.parametrize("kind", ["drive", "random"])
def test_the_windows_of_different_drives_pass_and_agree_with_the_tickets(shared_data: Path, kind: str) -> None:
    request = EvaluationRequest(
        "alibaba-windows",
        shared_data / "alibaba-windows" / "train.csv",
        split=kind,  # type: ignore[arg-type]
        seeds=1,
        events=shared_data / "alibaba-failures.csv",
    )
    source = read_split(request, lambda stage, done, total: None)
    assert find_leaks(source, request, lambda stage, done, total: None) == []
