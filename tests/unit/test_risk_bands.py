"""The band about a drive's probability: it holds the truth, and grows where less is known."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from gnn.health.bands import Band, fit_bands
from gnn.health.calibration import Calibration
from gnn.health.examples import Examples, Feature
from gnn.health.models.logistic import Logistic

SLOPES = np.array([1.0, 0.5, 0.0])
NO_CALIBRATION = Calibration()


def examples(seed: int, num_drives: int, intercept: float, per_drive: int = 2) -> tuple[Examples, np.ndarray]:
    """Drives at landmarks whose log-odds are linear in what the model sees, and their true probabilities."""
    rng = np.random.default_rng(seed)
    num = num_drives * per_drive
    values = np.abs(rng.normal(size=(num, 3)))
    p = expit(intercept + np.log1p(values) @ SLOPES * 2)
    label = rng.random(num) < p
    names = [f"ata_{number}_last" for number in range(3)]
    made = Examples(
        features=pd.DataFrame(values.astype(np.float32), columns=names),
        catalogue=tuple(Feature(name, name, "smart:ata:5", None) for name in names),
        drive=np.arange(num) // per_drive,
        drive_keys=np.array([f"drive:{number:06d}" for number in range(num_drives)], object),
        landmark=np.full(num, np.datetime64("2015-01-01")) + 30 * (np.arange(num) % per_drive),
        label=label,
        is_known=np.ones(num, bool),
        days_to_end=np.where(label, 15.0, 200.0),
        has_failed=label,
        groups=pd.DataFrame({"model": ["M"] * num, "vendor": ["V"] * num}),
        horizon_days=30,
    )
    return made, p


def fit(seed: int, num_drives: int, intercept: float = -5.5) -> tuple[Band, Examples]:
    train, _ = examples(seed, num_drives, intercept)
    return fit_bands(Logistic(), train, NO_CALIBRATION, seed=seed), train


def test_eighty_per_cent_bands_hold_the_truth_of_a_model_that_can_reach_it() -> None:
    held = []
    for seed in range(14):
        train, _ = examples(100 + seed, 4_000, -5.5)
        band = fit_bands(Logistic(), train, NO_CALIBRATION, seed=seed)
        asked, truth = examples(900 + seed, 200, -5.5)
        p = Logistic().fit(train, seed).scores(asked)
        low, high = band.low_high(asked, p)
        assert ((low <= p) & (p <= high)).all()
        held.append(np.mean((low <= truth) & (truth <= high)))
    assert 0.6 <= np.mean(held) <= 0.95


def test_more_drives_give_a_narrower_band_and_few_failures_a_note_in_words() -> None:
    asked, p = examples(1, 300, -5.5)
    widths = []
    for num_drives in (300, 1_500, 12_000):
        low, high = fit(2, num_drives)[0].low_high(asked, p)
        widths.append(np.median(logit(high) - logit(low)))
    assert widths[0] > 1.5 * widths[1] > 1.5 * widths[2]
    few, train = fit(2, 300)
    assert few.widening > 1
    assert few.notes[0].startswith(f"Only {train.num_failures} drives failed in training")


def test_where_no_refit_can_learn_a_wide_band_is_assumed_and_said() -> None:
    band, train = fit(3, 60, -8.0)
    assert train.num_failures < 5
    asked, _ = examples(4, 50, -5.5)
    p = np.full(len(asked), 0.02)
    low, high = band.low_high(asked, p)
    assert (high / p > 3).all()
    assert (low < p).all()
    assert "a wide band is assumed" in band.notes[-1]
    assert band.members(asked, p).min() < 0.02 < band.members(asked, p).max()


def test_a_higher_level_gives_a_wider_band_and_the_ends_keep_order() -> None:
    band, _ = fit(5, 2_000)
    asked, p = examples(6, 200, -5.5)
    narrow, wide = band.low_high(asked, p, 0.5), band.low_high(asked, p, 0.95)
    assert (wide[0] <= narrow[0]).all()
    assert (narrow[1] <= wide[1]).all()


def test_the_refits_scatter_about_the_probability_and_their_totals_as_failures_do() -> None:
    band, train = fit(7, 6_000)
    asked, p = examples(8, 3_000, -5.5)
    members = band.members(asked, p)
    totals = members.sum(axis=0)
    assert totals.mean() == pytest.approx(p.sum(), rel=0.1)
    # About as uncertain as a count of so many failures is, one over its root.
    assert totals.std() / totals.mean() == pytest.approx(train.label.sum() ** -0.5, rel=0.6)


def test_thinning_the_healthy_leaves_the_refits_at_the_natural_base_rate() -> None:
    train, _ = examples(9, 8_000, -6.5)
    band = fit_bands(Logistic(), train, NO_CALIBRATION, seed=0)
    p = Logistic().fit(train, 0).scores(train)
    # The log-odds on which the spread was learnt are those of the model on all drives, not of the thinned ones.
    assert train.label.mean() < 0.02
    assert np.median(logit(p)) == pytest.approx(band.centre[0], abs=0.4)


def test_a_band_is_restored_from_json_and_the_same_seed_gives_the_same_band() -> None:
    band, _ = fit(10, 600)
    again, _ = fit(10, 600)
    restored = Band.restore(json.loads(json.dumps(band.state())))
    asked, p = examples(11, 50, -5.5)
    assert np.allclose(restored.low_high(asked, p), band.low_high(asked, p), rtol=1e-3)
    assert (again.differences == band.differences).all()
    assert restored.state() == band.state()


def test_features_that_the_asked_drives_lack_count_as_unknown() -> None:
    band, _ = fit(12, 1_000)
    asked, p = examples(13, 50, -5.5)
    lacking = Examples(**{**vars(asked), "features": asked.features[["ata_0_last"]]})
    low, high = band.low_high(lacking, p)
    assert np.isfinite(low).all()
    assert (low < high).all()
