"""Calibration methods and their choice: what each mends, and that none costs what it should not."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from gnn.health.calibration import METHODS, Calibration, Method, choose_calibration, fit_calibration
from gnn.health.metrics import auc, average_precision
from gnn.health.reliability import ece
from graph.errors import InputError, RefusedError

TRUE_RISKS = (0.5, 20.0)


def fleet(seed: int, num: int = 20_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, true probabilities and drives (two examples each)."""
    rng = np.random.default_rng(seed)
    p = np.clip(rng.beta(*TRUE_RISKS, num), 1e-5, 1)
    return rng.random(num) < p, p, np.arange(num) // 2


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_order_is_restored_from_json_and_never_certain(method: Method) -> None:
    label, p, _ = fleet(0)
    fitted = fit_calibration(method, label, expit(logit(p) * 0.7 + 1))
    restored = Calibration.restore(json.loads(json.dumps(fitted.state())))
    asked = np.linspace(0, 1, 1_001)
    assert (restored.p(asked) == fitted.p(asked)).all()
    assert ((fitted.p(asked) > 0) & (fitted.p(asked) < 1)).all()
    assert (np.diff(fitted.p(asked[1:-1])) > 0).all()
    score = expit(logit(p) * 0.7 + 1)
    assert auc(label, fitted.p(score)) == pytest.approx(auc(label, score), abs=1e-6)
    assert average_precision(label, fitted.p(score)) == pytest.approx(average_precision(label, score), abs=1e-4)


@pytest.mark.parametrize("method", ["shift", "platt", "isotonic"])
def test_mean_predicted_equals_observed_on_validation(method: Method) -> None:
    label, p, _ = fleet(1)
    score = expit(logit(p) + 1.5)
    assert fit_calibration(method, label, score).p(score).mean() == pytest.approx(label.mean(), rel=1e-4)


@given(st.floats(-3, 3), st.integers(0, 1_000))
@settings(max_examples=20, deadline=None)
def test_a_shift_undoes_a_shift(moved: float, seed: int) -> None:
    label, p, _ = fleet(seed, 5_000)
    plain = fit_calibration("shift", label, p).intercept
    assert fit_calibration("shift", label, expit(logit(p) + moved)).intercept == pytest.approx(plain - moved, abs=1e-4)


def test_platt_finds_slope_and_intercept_and_isotonic_a_curve() -> None:
    label, p, _ = fleet(2, 100_000)
    found = fit_calibration("platt", label, expit((logit(p) - 0.5) / 2))
    assert (found.slope, found.intercept) == pytest.approx((2.0, 0.5), abs=0.2)
    bent = p**2 / (p**2 + 0.01)
    assert ece(label, fit_calibration("isotonic", label, bent).p(bent)) < 0.1 * ece(label, bent)


def test_a_weight_counts_as_so_many_copies() -> None:
    label, p, _ = fleet(3, 4_000)
    weight = np.random.default_rng(0).integers(0, 3, len(label))
    copies = np.repeat(np.arange(len(label)), weight)
    for method in ("shift", "platt"):
        weighted = fit_calibration(method, label, p, weight)
        copied = fit_calibration(method, label[copies], p[copies])
        assert (weighted.intercept, weighted.slope) == pytest.approx((copied.intercept, copied.slope), abs=0.02)


@pytest.mark.parametrize(("distort", "expected"), [(0.0, "none"), (0.7, "shift")])
def test_validation_chooses_the_simplest_that_serves(distort: float, expected: str) -> None:
    chosen = []
    for seed in range(5):
        label, p, drive = fleet(10 + seed, 10_000)
        chosen.append(choose_calibration(label, expit(logit(p) + distort), drive).calibration.method)
    assert chosen.count(expected) >= 4


def test_a_wrong_slope_with_plenty_of_failures_is_mended() -> None:
    label, p, drive = fleet(4, 30_000)
    choice = choose_calibration(label, expit(logit(p) * 2.5 + 4), drive)
    assert choice.calibration.method in ("platt", "isotonic")
    assert choice.log_loss["none"] > choice.log_loss["platt"]
    assert choice.above_best["none"] > 1


def test_few_failures_leave_the_shift_and_none_leaves_the_score_as_it_is() -> None:
    label, p, drive = fleet(5, 2_000)
    few = label & (np.cumsum(label) <= 8)
    assert set(choose_calibration(few, p, drive).log_loss) == {"none", "shift"}
    choice = choose_calibration(np.zeros(2_000, bool), p, drive)
    assert choice.calibration == Calibration()
    assert choice.calibration.p(np.array([0.25])) == pytest.approx([0.25])


def test_what_cannot_be_fitted_is_refused_in_words() -> None:
    with pytest.raises(RefusedError, match="3 failures among 10 validation examples; expected at least 20"):
        fit_calibration("platt", np.arange(10) < 3, np.linspace(0, 1, 10))
    with pytest.raises(InputError, match="Did you mean 'platt'"):
        fit_calibration("plat", np.arange(10) < 3, np.linspace(0, 1, 10))  # type: ignore[arg-type]


def test_a_score_that_ranks_the_wrong_way_round_is_shifted_only() -> None:
    label, p, _ = fleet(6)
    assert fit_calibration("platt", label, 1 - p).method == "shift"
