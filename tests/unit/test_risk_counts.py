"""Intervals for the number of failures: the distribution, what it holds, and what groups beyond chance do to it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gnn.health.counts import (
    CountInterval,
    count_distribution,
    count_interval,
    estimate_overdispersion,
    interval_coverage,
    spares,
)


def by_convolution(p: list[float]) -> np.ndarray:
    chances = np.ones(1)
    for chance in p:
        chances = np.convolve(chances, [1 - chance, chance])
    return chances


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_the_distribution_of_a_count_equals_the_convolution_of_its_drives(p: list[float]) -> None:
    found, expected = count_distribution(np.array(p)), by_convolution(p)
    assert found == pytest.approx(expected[: len(found)], abs=1e-9)
    assert found.sum() == pytest.approx(1, abs=1e-6)


def test_a_large_fleet_of_small_risks_is_nearly_poisson_and_its_far_tail_is_all_that_is_left_out() -> None:
    found = count_distribution(np.full(50_000, 2e-4))
    assert found == pytest.approx(stats.poisson.pmf(np.arange(len(found)), 10), abs=1e-4)
    assert found.sum() > 1 - 1e-6


@given(st.floats(0.1, 40), st.floats(0.001, 0.5))
@settings(max_examples=30, deadline=None)
def test_a_common_factor_adds_its_variance_to_the_count(expected: float, overdispersion: float) -> None:
    p = np.full(5_000, expected / 5_000)
    chances = count_distribution(p, overdispersion=overdispersion)
    counts = np.arange(len(chances))
    mean = chances @ counts
    assert mean == pytest.approx(expected, rel=1e-3)
    variance = chances @ (counts - mean) ** 2
    assert variance == pytest.approx(expected + overdispersion * expected**2, rel=0.06)


@given(st.lists(st.floats(0, 0.3), min_size=1, max_size=80), st.floats(0.5, 0.95), st.floats(0, 0.3))
@settings(deadline=None, max_examples=50)
def test_an_interval_holds_its_level_and_none_shorter_does(p: list[float], level: float, more: float) -> None:
    chances = count_distribution(np.array(p), overdispersion=more)
    found = count_interval(np.array(p), level=level, overdispersion=more)
    width = found.high - found.low
    held = np.cumsum(np.r_[0, chances])
    assert held[found.high + 1] - held[found.low] >= level - 1e-6
    if width > 0:
        shorter = held[width:] - held[:-width]
        assert shorter.max() < level + 1e-6


def test_the_spread_of_the_refits_widens_the_interval_and_none_leaves_it() -> None:
    p = np.full(10_000, 0.004)
    plain = count_interval(p)
    assert count_interval(p, totals=np.full(20, 40.0)) == plain
    spread = count_interval(p, totals=np.linspace(20, 60, 20))
    assert spread.high - spread.low > 1.5 * (plain.high - plain.low)
    assert plain.expected == pytest.approx(40)


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=60))
@settings(deadline=None)
def test_spares_suffice_with_their_probability_and_one_fewer_does_not(p: list[float]) -> None:
    need = spares(np.array(p), probability=0.95)
    held = np.cumsum(count_distribution(np.array(p)))
    assert held[need] >= 0.95 - 1e-9
    assert need == 0 or held[need - 1] < 0.95
    several = [spares(np.array(p), probability=share) for share in (0.5, 0.8, 0.95, 0.99)]
    assert all(first <= second for first, second in pairwise(several))


def test_a_group_that_cannot_fail_needs_no_spare() -> None:
    assert count_interval(np.zeros(5)) == CountInterval(0.0, 0, 0)
    assert spares(np.zeros(5)) == 0
    assert spares(np.ones(5)) == 5


def groups(seed: int, overdispersion: float, num_groups: int = 200, size: int = 400) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    p = rng.beta(0.5, 15, num_groups * size)
    group = np.repeat(np.arange(num_groups), size)
    factor = rng.gamma(1 / overdispersion, overdispersion, num_groups) if overdispersion else np.ones(num_groups)
    return rng.random(len(p)) < np.minimum(p * factor[group], 1), p, group


def test_overdispersion_is_found_where_it_is_and_none_where_it_is_not() -> None:
    assert estimate_overdispersion(*groups(0, 0.15)) == pytest.approx(0.15, rel=0.3)
    assert estimate_overdispersion(*groups(1, 0.0)) < 0.01


def test_a_few_groups_hardly_tell_and_count_neither_as_none_nor_as_all_they_show() -> None:
    label, p, group = groups(2, 0.15, num_groups=40)
    many = estimate_overdispersion(label, p, group)
    one = estimate_overdispersion(label, p, np.zeros(len(p)))
    few = [estimate_overdispersion(*groups(seed, 0.0, num_groups=6)) for seed in range(10, 20)]
    assert 0.01 < one < many
    assert 0.001 < np.mean(few) < 0.05


@pytest.mark.parametrize("overdispersion", [0.0, 0.15])
def test_intervals_hold_about_as_many_groups_as_they_say_and_too_few_if_the_scatter_is_left_out(
    overdispersion: float,
) -> None:
    known = estimate_overdispersion(*groups(3, overdispersion))
    label, p, group = groups(4, overdispersion)
    found = interval_coverage(label, p, group, overdispersion=known)
    assert found.num_groups == 200
    assert 0.74 <= found.share <= 0.91
    if overdispersion:
        assert interval_coverage(label, p, group).share < 0.7


def test_only_groups_with_enough_expected_failures_are_judged() -> None:
    p = np.r_[np.full(100, 0.06), np.full(100, 0.04)]
    label = np.zeros(200, bool)
    label[:6] = True
    group = [("2016-02-01", "A")] * 100 + [("2016-02-01", "B")] * 100
    found = interval_coverage(label, p, group)
    assert [(judged.group, judged.num_drives, judged.observed) for judged in found.groups] == [
        (("2016-02-01", "A"), 100, 6)
    ]
    assert found.share == 1.0
    assert np.isnan(interval_coverage(label, p, group, min_expected=50).share)


def test_the_refits_of_every_example_are_summed_by_group() -> None:
    label, p, group = groups(5, 0.0, num_groups=6)
    members = p[:, None] * np.linspace(0.5, 1.5, 11)
    wide, plain = interval_coverage(label, p, group, members=members), interval_coverage(label, p, group)
    for broad, narrow in zip(wide.groups, plain.groups, strict=True):
        assert broad.interval.high - broad.interval.low > narrow.interval.high - narrow.interval.low


def test_rare_models_do_not_make_large_groups_look_unsure() -> None:
    large = groups(6, 0.0, num_groups=40)
    small = groups(7, 2.0, num_groups=400, size=20)
    label, p = (np.concatenate([large[row], small[row]]) for row in (0, 1))
    group = np.concatenate([large[2], 1_000 + small[2]])
    assert estimate_overdispersion(label, p, group) < 0.02
    assert estimate_overdispersion(label, p, group, min_expected=0) > 0.02
    assert estimate_overdispersion(*small) > 1  # None of these is large, so all are taken.


def test_recent_landmarks_tell_more_of_how_groups_scatter_now() -> None:
    early, late = groups(8, 0.5, num_groups=60), groups(9, 0.0, num_groups=12)
    label, p = (np.concatenate([early[row], late[row]]) for row in (0, 1))
    group = np.concatenate([early[2], 100 + late[2]])
    landmark = np.datetime64("2014-01-01") + 30 * group
    now = estimate_overdispersion(label, p, group, landmark=landmark)
    assert now < 0.06
    assert estimate_overdispersion(label, p, group) > 0.2
    mixed = np.random.default_rng(0).permutation(len(p))
    assert estimate_overdispersion(label[mixed], p[mixed], group[mixed], landmark=landmark[mixed]) == pytest.approx(now)
