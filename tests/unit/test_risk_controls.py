"""Controls and selection: permuted labels teach nothing, a planted leak shows in them, and validation chooses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from risk_fleets import examples_at_landmarks

from gnn.health.controls import Dealer, age_columns, permuted_labels, without_columns
from gnn.health.selection import choose_model
from gnn.health.splits import Split, drive_folds, random_folds
from gnn.health.validation import forward_parts, validated_by
from graph.errors import RefusedError


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_labels_dealt_anew_keep_each_landmarks_failures_and_fail_no_drive_twice(seed: int) -> None:
    pool = examples_at_landmarks(num_drives=150, seed=seed % 7)
    dealt = Dealer(pool).deal(np.random.default_rng(seed))
    for day in np.unique(pool.landmark):
        at = pool.landmark == day
        assert dealt[at].sum() == pool.label[at].sum()
    assert np.unique(pool.drive[dealt], return_counts=True)[1].max(initial=0) == 1


def test_a_drive_that_fails_at_several_landmarks_hands_on_all_of_them() -> None:
    pool = examples_at_landmarks(horizon_days=60)
    dealt = Dealer(pool).deal(np.random.default_rng(0))
    before, after = (np.sort(np.unique(pool.drive[label], return_counts=True)[1]) for label in (pool.label, dealt))
    np.testing.assert_array_equal(before, after)
    assert not np.array_equal(dealt, pool.label)


def test_permuted_labels_of_an_honest_split_are_ranked_at_random() -> None:
    pool = examples_at_landmarks()
    found = permuted_labels(Split("drive", "made", pool, pool, drive_folds(pool, 2, 3)), num=50)
    assert found.num == 50
    assert found.low <= 0.5 <= found.high


def test_a_drive_on_both_sides_shows_under_permuted_labels() -> None:
    pool = examples_at_landmarks(num_drives=250, num_landmarks=10, horizon_days=210)
    # What tells the drive apart is all that a leak needs.
    identity = (pool.drive * 7919 % 251).astype(np.float32)
    told = replace(pool, features=pool.features.assign(identity=identity))
    found = permuted_labels(Split("random", "made", told, told, random_folds(told, 1, 3)), num=10)
    assert found.low > 0.5


def test_ages_are_left_out_by_what_they_come_from() -> None:
    pool = examples_at_landmarks()
    assert age_columns(pool) == ["age_days"]
    assert list(without_columns(pool, ["age_days"]).features.columns) == ["errors", "noise"]


def test_validation_forward_in_time_knows_no_outcome_of_what_it_judges() -> None:
    pool = examples_at_landmarks(num_drives=1500)
    parts = forward_parts(pool, 0)
    assert parts is not None
    for part in parts:
        assert not set(pool.drive[part.train]) & set(pool.drive[part.test])
        known_by = pool.landmark[part.train].max() + np.timedelta64(30, "D")
        assert known_by <= pool.landmark[part.test].min()


def test_few_landmarks_are_not_cut_in_time() -> None:
    assert forward_parts(examples_at_landmarks(num_landmarks=3), 0) is None


def test_the_model_that_ranks_held_out_drives_best_is_chosen_and_references_are_not() -> None:
    pool = examples_at_landmarks(num_drives=800)
    chosen = choose_model(pool, ["count_rule", "logistic"], beside=("R1",))
    figures = {candidate.name: candidate for candidate in chosen.candidates}
    assert chosen.name == "logistic"
    assert figures["R1"].is_reference
    assert figures["logistic"].ap is not None
    assert np.isfinite(chosen.scores).all()
    assert "logistic was chosen on validation" in chosen.why


def test_the_choice_does_not_depend_on_what_is_not_training() -> None:
    pool = examples_at_landmarks(num_drives=500)
    one, two = (choose_model(pool, ["logistic"], seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.scores, two.scores)
    assert one.calibration == two.calibration


def test_calibration_is_of_risks_alone() -> None:
    pool = examples_at_landmarks(num_drives=300, num_landmarks=1)
    windows = replace(pool, horizon_days=None, label=pd.Series(np.arange(len(pool)) % 2 == 0).to_numpy())
    found = choose_model(windows, ["logistic"])
    assert found.calibration.method == "none"
    assert found.candidates[0].ece is None


def test_a_graph_model_without_a_graph_is_no_candidate() -> None:
    pool = examples_at_landmarks(num_drives=300)
    with pytest.raises(RefusedError, match=r"No model can learn from these examples\. graph: "):
        choose_model(pool, ["graph"])


def test_a_slope_that_only_early_landmarks_ask_for_is_not_taken() -> None:
    pool = examples_at_landmarks(num_drives=6000, num_landmarks=10, noise=1.5)
    rng = np.random.default_rng(0)
    log_odds = rng.normal(-3, 1.5, len(pool))
    early = pool.landmark < np.unique(pool.landmark)[6]

    def calibrated(lasts: bool) -> str:
        slope = np.where(early | np.full(len(pool), lasts), 0.4, 1.0)
        label = rng.random(len(pool)) < 1 / (1 + np.exp(-slope * log_odds))
        score = 1 / (1 + np.exp(-log_odds))
        told = pool.with_labels(label)
        return validated_by(told, score, score, "risk", is_calibrated=True).calibration.method

    assert calibrated(lasts=True) in ("platt", "isotonic")
    assert calibrated(lasts=False) in ("none", "shift")
