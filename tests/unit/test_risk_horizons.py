"""The curve over horizons, on fleets whose hazards are known."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnn.health.horizons import HorizonCurve, fit_horizons
from gnn.health.reliability import observed_within
from graph.errors import InputError, RefusedError

HORIZON = 30


@dataclass(frozen=True)
class Fleet:
    """What was seen of a fleet, and what is true of it: the probability within any horizon."""

    p: np.ndarray
    days_to_end: np.ndarray
    has_failed: np.ndarray
    drive: np.ndarray
    near: np.ndarray
    far: np.ndarray
    change_days: float

    def truth(self, horizon_days: float) -> np.ndarray:
        near_days = min(horizon_days, self.change_days)
        return -np.expm1(-(self.near * near_days + self.far * (horizon_days - near_days)))


def fleet(seed: int, num: int = 20_000, follow_up_days: float = 400, rate: float = 1.0) -> Fleet:
    """Hazards that differ a hundredfold for 60 days and far less afterwards; ends of observation at random."""
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=num)
    near, far, change = rate * 2e-5 * np.exp(1.3 * signal), rate * 4e-5 * np.exp(0.4 * signal), 60.0
    hazard = rng.exponential(size=num)
    failure = np.where(hazard < near * change, hazard / near, change + (hazard - near * change) / far)
    end_of_observation = rng.uniform(1, follow_up_days, num)
    end = np.ceil(np.minimum(failure, end_of_observation))
    return Fleet(-np.expm1(-near * HORIZON), end, failure <= end_of_observation, np.arange(num), near, far, change)


def fitted(known: Fleet) -> HorizonCurve:
    return fit_horizons(known.p, known.days_to_end, known.has_failed, known.drive, HORIZON)


def test_the_curve_is_calibrated_at_every_horizon_also_among_the_riskiest() -> None:
    known, other = fleet(0, 60_000, rate=4.0), fleet(1, 60_000, rate=4.0)
    curve = fitted(known)
    asked = [15, 45, 60, 90, 180, 270]
    predicted = curve.p(other.p, asked)
    riskiest = np.argsort(-other.p)[: len(other.p) // 10]
    for column, days in enumerate(asked):
        truth = other.truth(days)
        assert predicted[:, column].mean() == pytest.approx(truth.mean(), rel=0.1)
        assert predicted[riskiest, column].mean() == pytest.approx(truth[riskiest].mean(), rel=0.15)
    # And against what was observed, as it is judged where no truth is known.
    observed = observed_within(other.days_to_end, other.has_failed, asked)
    assert predicted.mean(axis=0) == pytest.approx(observed, rel=0.25)


def test_censored_drives_count_for_the_days_on_which_they_were_watched() -> None:
    curve = fitted(fleet(2, 40_000))
    known = fleet(2, 40_000)
    # Left out, as a share of those watched to the end would, or counted as healthy, the curve would be off by far.
    observed = known.has_failed[known.days_to_end <= 270].sum() / len(known.p)
    truth = known.truth(270).mean()
    assert observed < 0.75 * truth
    assert curve.p(known.p, [270]).mean() == pytest.approx(truth, rel=0.12)


CURVE = fitted(fleet(3))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(1, 400))
def test_risk_rises_with_horizon_and_score_and_meets_the_calibrated_probability(p: list[float], extra: int) -> None:
    scores = np.sort(np.array(p))
    asked = sorted({1, 7, HORIZON, 31, min(extra, CURVE.supported_days), CURVE.supported_days})
    found = CURVE.p(scores, asked)
    assert (found[:, asked.index(HORIZON)] == scores).all()
    assert (np.diff(found, axis=1) >= -1e-8).all()
    assert (np.diff(found, axis=0) >= -1e-8).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_the_curve_stops_where_failures_or_drives_run_out_and_says_so() -> None:
    short = fitted(fleet(4, follow_up_days=100))
    assert short.supported_days < 120
    assert min(short.num_failures[short.grid_days.index(HORIZON) :]) >= short.min_failures >= 5
    assert f"stops at {short.supported_days} days" in short.note
    with pytest.raises(InputError, match=f"Horizon of 365 days.*1 to {short.supported_days} days"):
        short.p(np.array([0.1]), [30, 365])
    with pytest.raises(InputError, match="Horizon of 0 days"):
        short.p(np.array([0.1]), [0])
    assert fitted(fleet(4, follow_up_days=400)).supported_days >= 270


def test_many_landmarks_of_one_drive_are_one_failure() -> None:
    known = fleet(5, 3_000)
    one = fitted(known)
    times = 10
    many = fit_horizons(
        np.repeat(known.p, times),
        np.repeat(known.days_to_end, times),
        np.repeat(known.has_failed, times),
        np.repeat(known.drive, times),
        HORIZON,
    )
    assert many.num_failures == one.num_failures
    assert many.supported_days == one.supported_days


def test_a_small_fleet_keeps_its_trained_horizon_under_a_stated_smaller_minimum() -> None:
    small = fleet(6, 400, rate=20.0)
    curve = fitted(small)
    assert 5 <= curve.min_failures < 20
    assert str(curve.min_failures) in curve.note
    few = fleet(7, 60, rate=8.0)
    assert fitted(few).supported_days == HORIZON
    assert fitted(few).p(np.array([0.3]), [15, 30])[0] == pytest.approx([1 - 0.7**0.5, 0.3], abs=0.1)


def test_without_a_failure_within_the_horizon_there_is_no_curve() -> None:
    known = fleet(8, 500)
    with pytest.raises(RefusedError, match="none of 500 drives failed within 30 days"):
        fit_horizons(known.p, known.days_to_end, np.zeros(500, bool), known.drive, HORIZON)


def test_the_median_day_halves_the_failures_within_the_supported_follow_up() -> None:
    p = np.array([1e-4, 1e-3, 0.02, 0.5, 0.999])
    days = CURVE.median_days(p)
    assert (np.diff(days) <= 1e-9).all()
    last = CURVE.p(p, [CURVE.supported_days])[:, 0]
    below = np.array([CURVE.p(p[[row]], [max(1, int(day))])[0, 0] for row, day in enumerate(days)])
    above = np.array([CURVE.p(p[[row]], [int(day) + 1])[0, 0] for row, day in enumerate(days)])
    assert (below[:4] <= last[:4] / 2 + 1e-9).all()
    assert (above >= last / 2 - 1e-9).all()
    within = CURVE.median_days(p, 60)
    assert (within[:4] <= 35).all()  # Near half of 60 days at low risk, sooner at high risk.
    assert (within[:3] > 15).all()
    with pytest.raises(InputError, match="Horizon of 9999 days"):
        CURVE.median_days(p, 9_999)


def test_a_curve_is_restored_from_json() -> None:
    restored = HorizonCurve.restore(json.loads(json.dumps(CURVE.state())))
    assert restored == CURVE


@given(st.integers(10, 120))
@settings(max_examples=10, deadline=None)
def test_any_trained_horizon_stands_on_the_curve(horizon_days: int) -> None:
    known = fleet(9, 4_000, rate=5.0)
    p = known.truth(horizon_days)
    curve = fit_horizons(p, known.days_to_end, known.has_failed, known.drive, horizon_days)
    assert horizon_days in curve.grid_days
    assert (curve.p(p, [horizon_days])[:, 0] == p).all()


def test_each_step_is_learnt_from_the_latest_landmarks_that_hold_enough_failures() -> None:
    # At the old landmarks risky drives went on failing fast; at the latest ones what shows today fades.
    old, new = fleet(10, 60_000, rate=4.0), fleet(11, 60_000, rate=4.0)
    lasting = np.random.default_rng(0).exponential(size=len(old.p)) / old.near
    end_of_observation = np.random.default_rng(1).uniform(1, 400, len(old.p))
    days = np.r_[np.ceil(np.minimum(lasting, end_of_observation)), new.days_to_end]
    failed = np.r_[lasting <= end_of_observation, new.has_failed]
    p, drive = np.r_[old.p, new.p], np.arange(120_000)
    landmark = np.repeat(np.array(["2015-01-01", "2015-06-01"], "datetime64[D]"), 60_000)
    truth = new.truth(180)
    riskiest = np.argsort(-new.p)[:6_000]
    plain = fit_horizons(p, days, failed, drive, HORIZON).p(new.p, [180])[:, 0]
    recent = fit_horizons(p, days, failed, drive, HORIZON, landmark=landmark).p(new.p, [180])[:, 0]
    assert recent[riskiest].mean() == pytest.approx(truth[riskiest].mean(), rel=0.1)
    assert plain[riskiest].mean() > 1.2 * truth[riskiest].mean()


def test_a_base_rate_that_fell_since_the_old_landmarks_is_not_laid_on_the_far_horizons() -> None:
    # Only the old landmarks were followed for long, and at them twice as many failed as their scores said.
    known = fleet(12, 60_000, rate=4.0)
    is_old = known.drive % 2 == 0
    said = np.where(is_old, -np.expm1(np.log1p(-known.p) / 2), known.p)
    followed = is_old | (known.days_to_end <= 60)
    days = np.where(followed, known.days_to_end, 60)
    landmark = np.where(is_old, np.datetime64("2014-01-01"), np.datetime64("2015-06-01"))
    curve = fit_horizons(said, days, known.has_failed & followed, known.drive, HORIZON, landmark=landmark)
    assert curve.p(known.p, [180]).mean() == pytest.approx(known.truth(180).mean(), rel=0.12)
