"""Splits of examples: no drive on both sides, every row judged once, and time cut with room between."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from risk_fleets import examples_at_landmarks

from gnn.health.landmark_plan import PROTOCOL_TEST, PROTOCOL_TRAIN, STEP_DAYS, landmark_days, plan_landmarks
from gnn.health.splits import drive_folds, drive_halves, hashed_share, random_folds, whole
from graph.errors import InputError, RefusedError

OBSERVED = (date(2020, 1, 1), date(2022, 12, 31))


def test_no_drive_stands_on_both_sides_of_a_fold_of_drives() -> None:
    pool = examples_at_landmarks()
    for part in drive_folds(pool, seeds=3, folds=5):
        assert not set(pool.drive[part.train]) & set(pool.drive[part.test])


def test_the_folds_of_a_seed_judge_every_row_once() -> None:
    pool = examples_at_landmarks()
    for make in (drive_folds, random_folds):
        parts = make(pool, seeds=2, folds=4)
        for seed in (0, 1):
            judged = np.concatenate([part.test for part in parts if part.seed == seed])
            np.testing.assert_array_equal(np.sort(judged), np.arange(len(pool)))


def test_every_fold_of_drives_holds_its_share_of_failures() -> None:
    pool = examples_at_landmarks()
    for part in drive_folds(pool, seeds=1, folds=5):
        assert abs(pool.take(part.test).num_failures - pool.num_failures / 5) < 1


def test_another_seed_deals_the_drives_out_anew() -> None:
    pool = examples_at_landmarks()
    first, second = (drive_folds(pool, 1, 5, seed)[0].test for seed in (0, 1))
    assert set(pool.drive[first]) != set(pool.drive[second])


def test_fewer_failing_drives_than_folds_are_told() -> None:
    pool = examples_at_landmarks(num_drives=40)
    few = pool.take(np.flatnonzero(~pool.label | (pool.drive == pool.drive[pool.label][0])))
    with pytest.raises(InputError, match=r"1 drives fail within the horizon: too few for 5 folds"):
        drive_folds(few, 1, 5)


def test_halves_of_drives_never_meet_and_change_with_the_salt() -> None:
    pool = examples_at_landmarks()
    parts = drive_halves(pool, pool, seeds=5)
    for part in parts:
        assert not set(pool.drive[part.train]) & set(pool.drive[part.test])
        assert 0.35 < len(part.train) / len(pool) < 0.65
    halves = [frozenset(pool.drive[part.train]) for part in parts]
    assert len(set(halves)) == 5
    # Independent salts share half of a half; a linear hash would share all or nothing of it.
    shared = [len(one & two) / len(one) for one in halves for two in halves if one is not two]
    assert 0.35 < min(shared) < max(shared) < 0.65


def test_a_drive_falls_on_the_same_side_in_every_file() -> None:
    np.testing.assert_array_equal(
        hashed_share(["drive:one:M:S1", "drive:one:M:S2"], 3), hashed_share(["drive:two:N:S1", "drive:file:M:S2"], 3)
    )


@given(st.lists(st.text("ABCXYZ0123456789", min_size=4, max_size=12), min_size=1, max_size=20), st.integers(0, 99))
def test_shares_are_numbers_between_0_and_1(serials: list[str], salt: int) -> None:
    shares = hashed_share([f"drive:f:m:{serial}" for serial in serials], salt)
    assert ((shares >= 0) & (shares < 1)).all()


def test_two_files_are_learnt_from_and_judged_as_a_whole() -> None:
    train, test = examples_at_landmarks(seed=1), examples_at_landmarks(seed=2)
    parts = whole(train, test, 3)
    assert [part.seed for part in parts] == [0, 1, 2]
    assert len(parts[0].train) == len(train)
    assert len(parts[0].test) == len(test)


def test_the_protocols_landmarks_are_those_of_the_published_figures() -> None:
    train, test = landmark_days(*PROTOCOL_TRAIN), landmark_days(*PROTOCOL_TEST)
    assert (train[0], train[-1], len(train)) == (date(2014, 6, 1), date(2015, 11, 23), 19)
    assert (test[0], test[-1], len(test)) == (date(2016, 2, 1), date(2016, 7, 30), 7)


def test_forward_in_time_begins_where_the_outcomes_of_training_end() -> None:
    plan = plan_landmarks(OBSERVED, 30, "drive+time", embargo_days=210)
    assert plan.train[-1] + timedelta(days=30) <= plan.test[0]
    assert plan.test[-1] + timedelta(days=30) <= OBSERVED[1]
    assert plan.embargo_days == (plan.test[0] - plan.train[-1]).days


def test_time_alone_keeps_an_embargo_of_window_and_horizon() -> None:
    plan = plan_landmarks(OBSERVED, 30, "time", embargo_days=210)
    assert plan.embargo_days is not None
    assert plan.embargo_days >= 210


def test_dates_closer_than_the_embargo_are_refused() -> None:
    with pytest.raises(RefusedError, match=r"embargo of 210 days .* 91 days apart"):
        plan_landmarks(
            OBSERVED,
            30,
            "time",
            embargo_days=210,
            train=(date(2020, 1, 1), date(2020, 1, 1)),
            test=(date(2020, 4, 1), date(2020, 12, 1)),
        )


def test_a_test_that_begins_before_training_knows_its_outcomes_is_told() -> None:
    with pytest.raises(InputError, match="lies 10 days after the last of training"):
        plan_landmarks(
            OBSERVED,
            30,
            "drive+time",
            embargo_days=210,
            train=(date(2021, 1, 1), date(2021, 1, 1)),
            test=(date(2021, 1, 11), date(2021, 6, 1)),
        )


def test_a_horizon_longer_than_the_follow_up_is_told() -> None:
    with pytest.raises(InputError, match=r"--horizon-days 1200: longer than the follow-up.* expected at most 1088"):
        plan_landmarks(OBSERVED, 1200, "drive", embargo_days=1380)


def test_a_short_file_falls_back_to_drives_and_says_so() -> None:
    short = (date(2020, 1, 1), date(2020, 2, 10))
    plan = plan_landmarks(short, 30, "drive+time", embargo_days=210, may_fall_back=True)
    assert plan.kind == "drive"
    assert plan.train == plan.test
    assert "Split by drive" in plan.notes[0]
    with pytest.raises(InputError, match="time is too short"):
        plan_landmarks(short, 30, "drive+time", embargo_days=210)


@given(st.integers(60, 2000), st.integers(1, 59), st.sampled_from(["drive", "drive+time", "time"]))
def test_no_landmark_is_asked_whose_horizon_is_not_observed(days: int, horizon: int, kind: str) -> None:
    observed = (date(2020, 1, 1), date(2020, 1, 1) + timedelta(days=days))
    try:
        plan = plan_landmarks(observed, horizon, kind, embargo_days=180 + horizon, may_fall_back=True)  # type: ignore[arg-type]
    except InputError:
        assert days < horizon + 7
        return
    assert max(*plan.train, *plan.test) + timedelta(days=horizon) <= observed[1]
    assert all(later - earlier >= timedelta(days=7) for earlier, later in zip(plan.train, plan.train[1:], strict=False))
    assert STEP_DAYS == 30
