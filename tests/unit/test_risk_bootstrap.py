"""The bootstrap over drives, held against the figures that it resamples and against what an interval promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnn.health.bootstrap import Part, Replicates, bootstrap, draw_drives
from gnn.health.metrics import auc, average_precision
from graph.errors import InputError


def part(seed: int, num_drives: int = 60, per_drive: int = 3, strength: float = 1.0) -> Part:
    rng = np.random.default_rng(seed)
    drive = np.repeat(np.arange(num_drives), per_drive)
    label = np.repeat(rng.random(num_drives) < 0.2, per_drive)
    label[:per_drive], label[-per_drive:] = True, False
    noise = rng.normal(size=len(drive))
    return Part(label, drive, {"better": np.round(noise + strength * label, 1), "worse": np.round(noise, 1)})


@given(st.integers(0, 10_000), st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_replicates_are_the_figures_under_the_drawn_drives(seed: int, num_parts: int) -> None:
    parts = [part(seed + number) for number in range(num_parts)]
    drawn = bootstrap(parts, num_replicates=5, seed=seed)
    counts = draw_drives(60, 5, np.random.default_rng(seed))
    for number in range(5):
        weights = [counts[piece.drive, number] for piece in parts]
        for name in ("better", "worse"):
            areas = [auc(piece.label, piece.scores[name], weight) for piece, weight in zip(parts, weights, strict=True)]
            precisions = [
                average_precision(piece.label, piece.scores[name], weight)
                for piece, weight in zip(parts, weights, strict=True)
            ]
            assert drawn.auc_drawn[name][number] == pytest.approx(np.mean(areas), nan_ok=True)
            assert drawn.ap_drawn[name][number] == pytest.approx(np.mean(precisions), nan_ok=True)


def test_a_drive_is_drawn_equally_often_in_every_part_even_under_its_key() -> None:
    whole = part(0)
    keys = np.array([f"drive:{number:03d}" for number in whole.drive], object)
    named = Part(whole.label, keys, whole.scores)
    once, twice = bootstrap([named], num_replicates=50), bootstrap([named, named], num_replicates=50)
    assert np.allclose(once.ap_drawn["better"], twice.ap_drawn["better"])
    assert np.allclose(once.ap_drawn["better"], bootstrap([whole], num_replicates=50).ap_drawn["better"])


def test_as_many_drives_are_drawn_as_there_are() -> None:
    counts = draw_drives(40, 200, np.random.default_rng(0))
    assert (counts.sum(axis=0) == 40).all()
    assert counts.var() == pytest.approx(1, abs=0.1)


def test_the_same_seed_gives_the_same_interval_and_the_value_is_that_of_all_drives() -> None:
    case = part(3)
    first, second = (bootstrap([case], num_replicates=100, seed=4) for _ in range(2))
    assert first.auc_interval("better") == second.auc_interval("better")
    interval = first.ap_interval("worse")
    assert interval.value == pytest.approx(average_precision(case.label, case.scores["worse"]))
    assert interval.low < interval.value < interval.high


def test_examples_of_one_drive_do_not_narrow_the_interval() -> None:
    once = part(5, per_drive=1)
    copied = Part(
        np.repeat(once.label, 20), np.repeat(once.drive, 20), {"better": np.repeat(once.scores["better"], 20)}
    )
    single = bootstrap([Part(once.label, once.drive, {"better": once.scores["better"]})], num_replicates=300)
    many = bootstrap([copied], num_replicates=300)
    assert many.auc_interval("better").low == pytest.approx(single.auc_interval("better").low)
    assert many.auc_interval("better").high == pytest.approx(single.auc_interval("better").high)


def test_a_clear_difference_is_told_and_none_is_not() -> None:
    clear = bootstrap([part(7, num_drives=400, strength=1.5)], num_replicates=400).paired("better", "worse")
    assert clear.delta_auc.low > 0
    assert clear.delta_ap.low > 0
    assert clear.p_auc < 0.02
    none = bootstrap([part(8, num_drives=400, strength=0.0)], num_replicates=400).paired("better", "worse")
    assert (none.delta_auc.value, none.delta_auc.low, none.delta_auc.high, none.p_auc) == (0, 0, 0, 1)


def covers(seed: int) -> bool:
    case = part(seed, num_drives=150, per_drive=2, strength=1.0)
    interval = bootstrap([case], num_replicates=200, seed=seed).auc_interval("better")
    return interval.low <= 0.7602 <= interval.high  # Two normals one standard deviation apart.


def test_intervals_of_auc_hold_the_truth_about_as_often_as_they_say() -> None:
    assert np.mean([covers(seed) for seed in range(120)]) == pytest.approx(0.95, abs=0.06)


def test_a_replicate_without_failures_says_nothing_instead_of_zero() -> None:
    label = np.array([True, False, False])
    drawn = bootstrap([Part(label, np.arange(3), {"one": np.array([0.9, 0.5, 0.1])})], num_replicates=200)
    assert np.isnan(drawn.auc_drawn["one"]).any()
    assert drawn.auc_interval("one").low == 1.0


def test_an_unknown_model_and_parts_of_different_models_are_refused() -> None:
    drawn: Replicates = bootstrap([part(0)], num_replicates=5)
    with pytest.raises(InputError, match="Did you mean 'better'"):
        drawn.paired("beter", "worse")
    other = Part(part(0).label, part(0).drive, {"better": part(0).scores["better"]})
    with pytest.raises(InputError, match="same models"):
        bootstrap([part(0), other])
    with pytest.raises(InputError, match="no test"):
        bootstrap([])
