"""The statistics behind the rules, held against references and against what they are meant for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from app.analysis.change_point import change_points
from app.analysis.discovery import adjusted
from app.analysis.hotspots import hot_spots
from app.analysis.outlier import cohort_outliers
from app.analysis.rates import annualised_failure_rate, rates_by, rates_by_age
from app.analysis.survival import survival_by_model
from app.analysis.trend import trends


def autoregressive(rng: np.random.Generator, rows: int, days: int, phi: float) -> np.ndarray:
    noise = rng.normal(size=(rows, days))
    values = np.empty_like(noise)
    values[:, 0] = noise[:, 0] / np.sqrt(1 - phi**2)
    for day in range(1, days):
        values[:, day] = phi * values[:, day - 1] + noise[:, day]
    return values


def test_trend_equals_the_reference_where_nothing_is_autocorrelated() -> None:
    values = autoregressive(np.random.default_rng(0), 60, 40, -0.3) + np.linspace(0, 1, 40)
    ours = trends(values)
    theirs = [pymannkendall.original_test(row) for row in values]
    assert ours.slope_per_day == pytest.approx([found.slope for found in theirs])
    assert np.isclose(ours.p_value, [found.p for found in theirs]).mean() > 0.9


def test_trend_of_whole_degrees_accounts_for_ties_and_never_beats_the_plain_test() -> None:
    values = np.round(np.random.default_rng(8).normal(35, 1, size=(50, 40)))
    plain = np.array([pymannkendall.original_test(row).p for row in values])
    ours = trends(values).p_value
    assert (ours >= plain - 1e-9).all()
    assert np.isclose(ours, plain).sum() > 5


def test_trend_counts_missing_days_as_time() -> None:
    values = np.arange(30.0)[None, :].copy()
    values[0, [3, 4, 5, 17]] = np.nan
    found = trends(values)
    assert found.slope_per_day[0] == pytest.approx(1.0)
    assert found.num_values[0] == 26
    assert found.p_value[0] < 1e-6


def test_trend_of_too_few_or_constant_values_is_no_trend() -> None:
    values = np.full((2, 20), np.nan)
    values[0, :9] = np.arange(9)
    values[1] = 5
    found = trends(values)
    assert np.isnan(found.p_value[0])
    assert not found.p_value[1] < 0.05


def test_correction_keeps_false_alarms_of_autocorrelated_series_far_below_those_of_plain_mann_kendall() -> None:
    values = autoregressive(np.random.default_rng(1), 400, 60, 0.8)
    plain = np.mean([pymannkendall.original_test(row).p < 0.05 for row in values])
    assert plain > 0.3
    assert np.mean(trends(values).p_value < 0.05) < plain / 3
    assert np.mean(trends(values).p_value < 0.001) < 0.02


def test_a_step_is_found_at_its_day_with_its_height() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(40, 0.7, size=(5, 60))
    values[:, 33:] += 7
    values[:, [5, 20]] = np.nan
    found = change_points(values)
    assert (found.p_value < 1e-4).all()
    assert (found.column == 33).all()
    assert found.step == pytest.approx(7, abs=0.7)


def test_steps_in_independent_noise_are_as_rare_as_the_level_says() -> None:
    values = np.random.default_rng(3).normal(size=(2000, 40))
    assert np.mean(change_points(values).p_value < 0.05) < 0.06


def test_steps_in_autocorrelated_noise_stay_rare() -> None:
    values = autoregressive(np.random.default_rng(4), 1000, 60, 0.7)
    assert np.mean(change_points(values).p_value < 0.001) < 0.01


def test_a_series_that_does_not_vary_has_no_change_point() -> None:
    found = change_points(np.full((1, 40), 5.0))
    assert np.isnan(found.p_value[0])
    assert found.column[0] == -1


def test_a_drive_hotter_than_its_cohort_stands_apart_and_a_warm_week_of_all_does_not() -> None:
    rng = np.random.default_rng(5)
    values = 35 + rng.normal(0, 1, size=(40, 21))
    values[:, 10:] += 6
    values[7] += 8
    values[8, 3] = 90
    offsets = values - np.median(values, axis=0)
    found = cohort_outliers(offsets, pd.Series(["m"] * 40), resolution=1.0)
    assert np.flatnonzero(found.z > 3.5).tolist() == [7]
    assert found.offset[7] == pytest.approx(8, abs=1)
    assert set(found.cohort_size) == {40}


def test_a_quarter_of_the_cohort_turned_hot_does_not_hide_itself() -> None:
    values = 35 + np.random.default_rng(9).normal(0, 1, size=(80, 21))
    values[:22] += 7
    found = cohort_outliers(values - np.median(values, axis=0), pd.Series(["m"] * 80), resolution=1.0)
    assert (found.z[:22] > 3.5).all()
    assert (found.z[22:] < 3.5).all()


def test_a_cohort_of_few_drives_judges_nobody() -> None:
    found = cohort_outliers(np.zeros((5, 21)), pd.Series(["m"] * 5), resolution=1.0)
    assert np.isnan(found.p_value).all()


@pytest.mark.parametrize(("failures", "drive_days"), [(0, 1000), (1, 365), (120, 868_524), (5000, 10_000)])
def test_the_interval_of_a_rate_is_the_exact_poisson_interval(failures: int, drive_days: int) -> None:
    rate, low, high = annualised_failure_rate(failures, drive_days)
    assert rate is not None
    assert low is not None
    assert high is not None
    scale = 36500 / drive_days
    assert rate == pytest.approx(failures * scale)
    assert stats.poisson.cdf(failures, high / scale) == pytest.approx(0.025)
    if failures:
        assert stats.poisson.sf(failures - 1, low / scale) == pytest.approx(0.025)
    else:
        assert low == 0


def test_the_rate_of_the_daily_file_is_five_percent() -> None:
    rate, low, high = annualised_failure_rate(120, 868_524)
    assert (round(rate or 0, 2), round(low or 0, 1), round(high or 0, 1)) == (5.04, 4.2, 6.0)


def test_without_drive_days_there_is_no_rate() -> None:
    assert annualised_failure_rate(3, 0) == (None, None, None)


@given(
    st.lists(st.tuples(st.floats(0, 3000), st.integers(1, 2000), st.booleans(), st.booleans()), min_size=1, max_size=40)
)
@settings(deadline=None)
def test_age_bands_share_out_all_days_and_all_failures(lives: list[tuple[float, int, bool, bool]]) -> None:
    drives = pd.DataFrame(
        {
            "entry_age_days": [entry if known else np.nan for entry, _, _, known in lives],
            "exit_age_days": [entry + days if known else np.nan for entry, days, _, known in lives],
            "drive_days": [days for _, days, _, _ in lives],
            "num_failures": [int(failed) for _, _, failed, _ in lives],
        }
    )
    bands = rates_by_age(drives)
    assert sum(band.drive_days for band in bands) == pytest.approx(drives["drive_days"].sum(), abs=len(bands))
    assert sum(band.failures for band in bands) == drives["num_failures"].sum()


def test_groups_count_all_drives_and_failures_but_rate_only_what_was_watched() -> None:
    drives = pd.DataFrame({"model": ["A", "A", "B", None], "drive_days": [365, 0, 0, 9], "num_failures": [2, 1, 1, 0]})
    rows = rates_by(drives, "model")
    assert [(row.group, row.drives, row.failures, row.drive_days) for row in rows] == [("A", 2, 3, 365), ("B", 1, 1, 0)]
    assert [row.afr_percent for row in rows] == [pytest.approx(200), None]


def test_groups_without_a_rate_are_listed_with_their_counts() -> None:
    drives = pd.DataFrame({"model": ["A", "B", "B"], "drive_days": [1, 1, 0], "num_failures": [1, 0, 1]})
    rows = rates_by(drives, "model", is_rated=False)
    assert [(row.group, row.drives, row.failures) for row in rows] == [("B", 2, 1), ("A", 1, 1)]
    assert {(row.afr_percent, row.afr_low, row.afr_high) for row in rows} == {(None, None, None)}


def test_survival_of_drives_watched_from_an_age_on_does_not_count_years_nobody_watched() -> None:
    rng = np.random.default_rng(6)
    life = rng.exponential(1000, size=6000)
    entry = rng.uniform(0, 1500, size=6000)
    watched = life > entry
    end = entry + 400
    drives = pd.DataFrame(
        {
            "model": "M",
            "entry_age_days": entry[watched],
            "exit_age_days": np.minimum(life, end)[watched],
            "is_failed": (life <= end)[watched],
        }
    )
    (curve,) = survival_by_model(drives)
    start = curve.age_days[0]
    for age in (500, 1000, 1500):
        at = np.searchsorted(curve.age_days, age, side="right") - 1
        assert curve.survival[at] == pytest.approx(np.exp(-(age - start) / 1000), rel=0.15)
        assert curve.low[at] <= curve.survival[at] <= curve.high[at]


def test_survival_needs_enough_drives() -> None:
    drives = pd.DataFrame(
        {"model": "M", "entry_age_days": [0.0] * 19, "exit_age_days": [9.0] * 19, "is_failed": [False] * 19}
    )
    assert survival_by_model(drives) == []


def test_a_rack_of_a_bad_model_is_no_bad_rack() -> None:
    drives = pd.DataFrame(
        {
            "rack": ["r1"] * 20 + ["r2"] * 20 + ["r3"] * 20 + ["r4"] * 20,
            "model": ["bad"] * 20 + ["good"] * 60,
            "is_affected": [True] * 10 + [False] * 10 + [True] * 8 + [False] * 52,
        }
    )
    by_rack = hot_spots(drives, "rack", "is_affected", "model")
    assert by_rack.loc["r1", "p_value"] == 1.0
    assert by_rack.loc["r2", "p_value"] == pytest.approx(stats.hypergeom.sf(7, 60, 8, 20))
    assert hot_spots(drives, "rack", "is_affected").loc["r1", "p_value"] < 0.01


def test_the_exact_test_over_two_strata_agrees_with_dealing_out_at_random() -> None:
    rng = np.random.default_rng(7)
    drives = pd.DataFrame(
        {"rack": ["a"] * 12 + ["b"] * 28, "model": (["x"] * 6 + ["y"] * 6) + (["x"] * 20 + ["y"] * 8)}
    )
    drives["is_affected"] = False
    drives.loc[[0, 1, 6, 7, 12, 13, 30], "is_affected"] = True
    exact = hot_spots(drives, "rack", "is_affected", "model").loc["a", "p_value"]
    hits = 0
    for _ in range(4000):
        dealt = drives.groupby("model")["is_affected"].transform(lambda part: rng.permutation(part.to_numpy()))
        hits += dealt[drives["rack"] == "a"].sum() >= 4
    assert exact == pytest.approx(hits / 4000, abs=0.03)


def test_adjusted_p_values_leave_out_what_was_not_tested() -> None:
    p_values = np.array([0.001, np.nan, 0.04, 0.5])
    found = adjusted(p_values)
    assert np.isnan(found[1])
    assert found[[0, 2, 3]] == pytest.approx([0.003, 0.06, 0.5])
