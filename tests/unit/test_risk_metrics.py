"""Figures of risk, held against scikit-learn and lifelines, and what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from lifelines import KaplanMeierFitter
from lifelines.utils import concordance_index
from scipy.stats import binomtest
from sklearn import metrics as sklearn_metrics

from gnn.health.metrics import (
    at_threshold,
    auc,
    average_precision,
    best_threshold,
    c_index,
    lead_time_days,
    ppv_at_prevalence,
    threshold_at_false_positive_rate,
    time_to_failure_error,
)
from gnn.health.reliability import ece, observed_over_predicted, observed_within, reliability_table

Judged = tuple[np.ndarray, np.ndarray, np.ndarray]


@st.composite
def judged(draw: st.DrawFn) -> Judged:
    """Labels of both classes, scores with many ties, and how often each counts."""
    num = draw(st.integers(2, 40))
    label = draw(arrays.arrays(bool, num))
    label[:2] = (True, False)
    score = draw(arrays.arrays(int, num, elements=st.integers(0, 9))) / 9
    weight = draw(arrays.arrays(int, num, elements=st.integers(0, 3)))
    weight[:2] = np.maximum(weight[:2], 1)
    order = np.array(draw(st.permutations(range(num))))
    return label[order], score[order], weight[order]


@given(judged())
def test_area_and_average_precision_equal_scikit_learn_with_ties_and_weights(case: Judged) -> None:
    label, score, weight = case
    assert auc(label, score) == pytest.approx(sklearn_metrics.roc_auc_score(label, score))
    assert average_precision(label, score) == pytest.approx(sklearn_metrics.average_precision_score(label, score))
    assert auc(label, score, weight) == pytest.approx(sklearn_metrics.roc_auc_score(label, score, sample_weight=weight))
    assert average_precision(label, score, weight) == pytest.approx(
        sklearn_metrics.average_precision_score(label, score, sample_weight=weight)
    )


@given(judged())
def test_a_weight_counts_as_so_many_copies(case: Judged) -> None:
    label, score, weight = case
    copies = np.repeat(np.arange(len(label)), weight)
    assert average_precision(label, score, weight) == pytest.approx(average_precision(label[copies], score[copies]))
    assert ece(label, score, weight=weight) == pytest.approx(ece(label[copies], score[copies]))
    top = observed_over_predicted(label, score, 0.3, weight)
    assert top == pytest.approx(observed_over_predicted(label[copies], score[copies], 0.3), nan_ok=True)


@pytest.mark.parametrize("label", [[True, True], [False, False]])
def test_one_class_has_no_area(label: list[bool]) -> None:
    assert np.isnan(auc(np.array(label), np.array([0.1, 0.2])))
    assert np.isnan(average_precision(np.zeros(2, bool), np.array([0.1, 0.2])))


@given(judged(), st.integers(0, 9))
def test_alarms_equal_scikit_learn_at_every_threshold(case: Judged, step: int) -> None:
    label, score, weight = case
    alarm = score >= step / 9
    found = at_threshold(label, score, step / 9, weight)
    options = {"sample_weight": weight, "zero_division": np.nan}
    assert found.precision == pytest.approx(sklearn_metrics.precision_score(label, alarm, **options), nan_ok=True)
    assert found.recall == pytest.approx(sklearn_metrics.recall_score(label, alarm, **options))
    assert found.f1 == pytest.approx(sklearn_metrics.f1_score(label, alarm, **options))
    healthy = weight[~label].sum()
    assert found.false_positive_rate == pytest.approx(weight[alarm & ~label].sum() / healthy)
    assert found.num_alarms == weight[alarm].sum()


@given(judged())
def test_the_chosen_threshold_has_the_highest_f1_of_all(case: Judged) -> None:
    label, score, _ = case
    best = at_threshold(label, score, best_threshold(label, score)).f1
    assert best == pytest.approx(max(at_threshold(label, score, value).f1 for value in np.unique(score)))


def test_without_failures_the_best_threshold_raises_no_alarm() -> None:
    assert best_threshold(np.zeros(3, bool), np.arange(3.0)) == np.inf


@given(judged(), st.floats(0, 1))
def test_a_threshold_at_a_false_positive_rate_keeps_it_and_the_next_lower_one_would_not(
    case: Judged, rate: float
) -> None:
    label, score, _ = case
    threshold = threshold_at_false_positive_rate(label, score, rate)
    assert at_threshold(label, score, threshold).false_positive_rate <= rate + 1e-9
    lower = score[score < threshold]
    if len(lower):
        assert at_threshold(label, score, lower.max()).false_positive_rate > rate


def test_precision_falls_with_prevalence_as_bayes_says() -> None:
    # The design's own figure: recall .707 at precision .947 among 390 of 789 is about 9 % at .5 % prevalence.
    recall = 0.707
    false_positive_rate = recall * 390 / 0.947 * (1 - 0.947) / 399
    assert ppv_at_prevalence(recall, false_positive_rate)[0.005] == pytest.approx(0.084, abs=0.005)
    assert ppv_at_prevalence(recall, false_positive_rate, (390 / 789,))[390 / 789] == pytest.approx(0.947)
    assert np.isnan(ppv_at_prevalence(0.0, 0.0)[0.01])


def test_lead_time_starts_with_the_run_of_alarms_that_holds_until_the_failure_is_near() -> None:
    drive = np.array([0, 0, 0, 0, 1, 1, 2, 2, 3])
    days = np.array([110.0, 80, 50, 20, 45, 15, 42, 12, 300])
    failed = np.array([True] * 8 + [False])
    label = days <= 30
    # Drive 0: an alarm, silence, then two; drive 1 only far ahead; drive 2 only near; drive 3 lives on in alarm.
    score = np.array([0.9, 0.1, 0.9, 0.9, 0.9, 0.1, 0.1, 0.9, 0.9])
    found = lead_time_days(drive, days, failed, label, score, 0.5)
    assert (found.num_found, found.num_failed) == (2, 3)
    assert (found.median_days, found.q1_days, found.q3_days) == (31.0, 21.5, 40.5)
    mixed = np.random.default_rng(0).permutation(len(drive))
    assert lead_time_days(drive[mixed], days[mixed], failed[mixed], label[mixed], score[mixed], 0.5) == found


def test_no_drive_found_has_no_lead_time() -> None:
    found = lead_time_days(np.array([0]), np.array([9.0]), np.array([True]), np.array([True]), np.array([0.1]), 0.5)
    assert (found.num_found, found.num_failed) == (0, 1)
    assert np.isnan(found.median_days)


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_concordance_equals_lifelines_with_ties_and_censoring(seed: int) -> None:
    rng = np.random.default_rng(seed)
    days, score = rng.integers(1, 12, 60).astype(float), rng.integers(0, 6, 60) / 5
    failed = rng.random(60) < 0.5
    failed[0], days[0] = True, 1.0
    assert c_index(days, failed, score) == pytest.approx(concordance_index(days, -score, failed), abs=0.02)
    # On distinct days both count exactly the same pairs; on the same day lifelines counts failures tied in score.
    distinct = days + rng.random(60)
    assert c_index(distinct, failed, score) == pytest.approx(concordance_index(distinct, -score, failed))


def test_concordance_compares_within_a_landmark_and_by_a_sample_of_failures_in_large_fleets() -> None:
    rng = np.random.default_rng(1)
    days, failed = rng.exponential(100, 6_000), rng.random(6_000) < 0.3
    score = -days + rng.normal(0, 80, 6_000)
    landmark = np.repeat([0, 1], 3_000)
    # A shift of one landmark's scores changes no pair within it.
    moved = score + 1_000 * landmark
    assert c_index(days, failed, moved, landmark) == c_index(days, failed, score, landmark)
    assert c_index(days, failed, moved) != c_index(days, failed, score)
    sampled = c_index(days, failed, score, landmark, max_events=200)
    assert sampled == pytest.approx(c_index(days, failed, score, landmark), abs=0.02)
    assert np.isnan(c_index(days, np.zeros(6_000, bool), score))


def test_time_to_failure_stands_beside_the_constant() -> None:
    assert time_to_failure_error(np.array([10.0, 30.0]), np.array([15.0, 30.0]), 20.0) == (2.5, 10.0)
    assert np.isnan(time_to_failure_error(np.array([]), np.array([]), 20.0)[0])


@given(judged())
def test_a_reliability_table_holds_every_example_once_and_never_tears_ties_apart(case: Judged) -> None:
    label, p, _ = case
    for bins in ("equal_mass", "equal_width"):
        table = reliability_table(label, p, bins=bins)
        assert sum(row.num_examples for row in table) == len(label)
        assert sum(row.num_failures for row in table) == label.sum()
        assert [row.predicted for row in table] == sorted(row.predicted for row in table)
    mixed = np.random.default_rng(0).permutation(len(label))
    assert ece(label[mixed], p[mixed]) == pytest.approx(ece(label, p))


def test_bins_of_equal_mass_are_of_equal_mass_and_carry_wilsons_interval() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(1, 200, 5_000)
    label = rng.random(5_000) < p
    table = reliability_table(label, p)
    assert [row.num_examples for row in table] == [500] * 10
    row = table[-1]
    expected = binomtest(int(row.num_failures), 500).proportion_ci(method="wilson")
    assert (row.low, row.high) == pytest.approx((expected.low, expected.high))
    none, every = (reliability_table(np.full(9, failed), np.full(9, 0.3))[0] for failed in (False, True))
    assert (none.low, every.high) == (0.0, 1.0)
    assert reliability_table(label, p, bins="equal_width")[0].num_examples > 4_900


def test_calibration_error_is_small_for_true_probabilities_and_tells_a_doubled_risk() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(0.3, 30, 200_000)
    label = rng.random(200_000) < p
    base = label.mean()
    assert ece(label, p) < base / 20
    assert ece(label, 2 * p) == pytest.approx(base, rel=0.1)
    # A constant at the base rate is calibrated, though it ranks nothing.
    assert ece(label, np.full(200_000, base)) == pytest.approx(0, abs=1e-12)


def test_observed_over_predicted_looks_at_the_riskiest_only() -> None:
    label = np.array([True, False, False, True])
    p = np.array([0.5, 0.1, 0.2, 0.4])
    assert observed_over_predicted(label, p, 0.25) == 2.0
    assert observed_over_predicted(label, p, 0.5) == pytest.approx(2 / 0.9)
    assert observed_over_predicted(label, p) == pytest.approx(2 / 1.2)
    # Of three tied examples one fits: a third of each counts.
    assert observed_over_predicted(np.array([True, False, False]), np.full(3, 0.5), 1 / 3) == pytest.approx(2 / 3)
    assert np.isnan(observed_over_predicted(label, np.zeros(4), 0.5))


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_what_failed_within_a_horizon_equals_lifelines_under_censoring(seed: int) -> None:
    rng = np.random.default_rng(seed)
    days, failed = rng.integers(1, 90, 200).astype(float), rng.random(200) < 0.4
    asked = [1, 10, 30, 60, 89]
    fitted = KaplanMeierFitter().fit(days, failed)
    assert observed_within(days, failed, asked)[:4] == pytest.approx(1 - fitted.predict(asked).to_numpy()[:4])
    assert np.isnan(observed_within(days, failed, [1_000])[0])
