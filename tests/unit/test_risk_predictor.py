"""From examples to forecasts: calibrated, monotone, with honest bands, and refused where nothing can be learnt."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnn.health.examples import Examples, Feature
from gnn.health.predictor import RiskPredictor, Trained, train_predictor
from graph.errors import InputError, RefusedError

CATALOGUE = (
    Feature("ata_5_last", "latest reallocated sectors", "smart:ata:5", None, "sectors"),
    Feature("ata_187_rise_30_days", "rise of reported errors in 30 days", "smart:ata:187", 30, "errors"),
    Feature("age_days", "days in operation", None, None, "days"),
    Feature("ata_199_last", "latest interface errors", "smart:ata:199", None, "errors"),
)


def examples(num_drives: int = 900, num_landmarks: int = 8, seed: int = 0, rate: float = 0.02) -> Examples:
    """Drives with a hazard that their errors tell, asked every 30 days for up to 300 days."""
    random = np.random.default_rng(seed)
    signal = random.normal(size=num_drives)
    hazard = rate / 30 * np.exp(1.2 * signal)
    ends = random.exponential(1 / hazard)
    drive = np.repeat(np.arange(num_drives), num_landmarks)
    day = np.tile(np.arange(num_landmarks) * 30, num_drives)
    there = ends[drive] > day
    drive, day = drive[there], day[there]
    left = np.minimum(ends[drive], 300) - day
    has_failed = ends[drive] <= 300
    label = has_failed & (left <= 30)
    noisy = signal[drive] + random.normal(0, 0.3, len(drive))
    features = pd.DataFrame(
        {
            "ata_5_last": np.maximum(np.round(np.exp(noisy)) - 1, 0),
            "ata_187_rise_30_days": np.where(random.random(len(drive)) < 0.2, np.nan, np.maximum(noisy, 0)),
            "age_days": 500.0 + day,
            "ata_199_last": 3.0,
        },
        dtype=np.float32,
    )
    return Examples(
        features=features,
        catalogue=CATALOGUE,
        drive=drive.astype(np.int64),
        drive_keys=np.array([f"drive:f:m:{number:04d}" for number in range(num_drives)], object),
        landmark=np.datetime64("2025-01-01", "D") + day.astype("timedelta64[D]"),
        label=label,
        is_known=label | (left >= 30),
        days_to_end=np.maximum(left, 0.5),
        has_failed=has_failed,
        groups=pd.DataFrame({"model": np.array(["M1", "M2", "M3"], object)[drive % 3], "vendor": "V"}),
        horizon_days=30,
    )


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train_predictor(examples(), "logistic")


@pytest.fixture(scope="module")
def asked() -> Examples:
    return examples(seed=1)


def test_a_forecast_rises_with_the_horizon_and_lies_inside_its_band(trained: Trained, asked: Examples) -> None:
    found = trained.predictor.forecast(asked)
    assert found.horizons_days == sorted(found.horizons_days)
    assert 30 in found.horizons_days
    assert found.horizons_days[-1] == trained.predictor.curve.supported_days
    assert (np.diff(found.p, axis=1) >= 0).all()
    assert (found.low <= found.p + 1e-12).all()
    assert (found.p <= found.high + 1e-12).all()
    assert ((found.low > 0) & (found.high < 1)).all()
    np.testing.assert_allclose(found.p[:, found.horizons_days.index(30)], found.risk)


def test_predicted_failures_agree_with_those_of_drives_never_seen(trained: Trained, asked: Examples) -> None:
    found = trained.predictor.forecast(asked)
    known = asked.is_known
    assert 0.75 < asked.label[known].sum() / found.risk[known].sum() < 1.3
    riskiest = np.argsort(-found.risk[known])[: known.sum() // 10]
    assert asked.label[known][riskiest].mean() > 2 * asked.label[known].mean()


def test_a_predictor_restored_from_json_forecasts_the_same(trained: Trained, asked: Examples) -> None:
    again = RiskPredictor.restore(json.loads(json.dumps(trained.predictor.state(), allow_nan=False)))
    before, after = trained.predictor.forecast(asked), again.forecast(asked)
    for name in ("p", "low", "high", "members"):
        np.testing.assert_allclose(getattr(after, name), getattr(before, name), rtol=1e-4, atol=1e-7)


def test_the_same_seed_learns_the_same_and_another_seed_another_band(trained: Trained) -> None:
    state = trained.predictor.state()
    assert train_predictor(examples(), "logistic").predictor.state() == state
    assert train_predictor(examples(), "logistic", seed=1).predictor.state()["band"] != state["band"]


def test_outcomes_are_not_looked_at_when_forecasting(trained: Trained, asked: Examples) -> None:
    turned = replace(asked, label=~asked.label, has_failed=~asked.has_failed, days_to_end=asked.days_to_end[::-1])
    np.testing.assert_array_equal(trained.predictor.forecast(turned).p, trained.predictor.forecast(asked).p)


def test_a_drive_model_that_training_never_saw_has_a_wider_band_and_the_same_risk(
    trained: Trained, asked: Examples
) -> None:
    foreign = replace(asked, groups=asked.groups.assign(model="M9"))
    known, unknown = trained.predictor.forecast(asked), trained.predictor.forecast(foreign)
    np.testing.assert_array_equal(unknown.p, known.p)
    assert (unknown.low < known.low).all()
    assert (unknown.high > known.high).all()
    assert not unknown.is_known_model.any()
    assert known.is_known_model.all()


@settings(max_examples=25)
@given(st.sets(st.sampled_from([item.name for item in CATALOGUE])), st.integers(0, 5))
def test_whatever_columns_are_missing_every_risk_is_a_probability(missing: set[str], start: int) -> None:
    some = EXAMPLES.take(np.arange(start, start + 20))
    kept = [item for item in CATALOGUE if item.name not in missing]
    less = replace(some, features=some.features[[item.name for item in kept]], catalogue=tuple(kept))
    found = PREDICTOR.forecast(less)
    assert ((found.p > 0) & (found.p < 1)).all()
    assert (found.low <= found.high).all()


EXAMPLES = examples(seed=2)
PREDICTOR = train_predictor(examples(num_drives=400, rate=0.04), "count_rule").predictor


def test_choosing_is_told_for_every_model_and_references_are_never_chosen(trained: Trained) -> None:
    rows = {row.name: row for row in trained.selection.candidates}
    assert {"logistic", "R0", "R1"} <= set(rows)
    assert rows["R0"].is_reference
    assert trained.selection.name == "logistic"
    assert sum(row.num_failures for row in trained.reliability) > 0


def test_a_column_of_one_value_is_told(trained: Trained) -> None:
    assert "1 of 4 features hold one value only and say nothing." in trained.weaknesses


def test_a_drive_model_without_any_attribute_is_told() -> None:
    some = examples(num_drives=300, rate=0.06)
    bare = some.features.copy()
    bare.loc[some.groups["model"] == "M2", ["ata_5_last", "ata_187_rise_30_days", "ata_199_last"]] = np.nan
    told = train_predictor(replace(some, features=bare), "count_rule").weaknesses
    assert any("Not one attribute is known of any drive of M2" in note for note in told)


def test_few_failures_widen_the_band_and_are_told() -> None:
    few = examples(num_drives=300, rate=0.004)
    assert 8 < few.num_failures < 30
    told = train_predictor(few, "count_rule").predictor.notes
    assert any(f"Only {few.num_failures} drives failed" in note for note in told)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"horizon_days": None}, "only a score that ranks.*evaluate risk"),
        ({"label": None}, "None of 900 drives failed within 30 days.*Read more history"),
    ],
)
def test_what_cannot_teach_a_risk_is_refused_with_a_way_out(changed: dict[str, None], told: str) -> None:
    whole = examples()
    values = {name: np.zeros(len(whole), bool) if name == "label" else None for name in changed}
    with pytest.raises(RefusedError, match=told):
        train_predictor(replace(whole, **values), "logistic")


def test_a_fleet_of_failures_only_is_refused() -> None:
    whole = examples()
    failing = whole.take(whole.label)
    with pytest.raises(RefusedError, match="a model needs drives that lived too"):
        train_predictor(failing, "logistic")


def test_ten_drives_are_refused() -> None:
    whole = examples()
    failing = np.unique(whole.drive[whole.label])[:4]
    living = np.setdiff1d(whole.drive, whole.drive[whole.label])[:6]
    with pytest.raises(RefusedError, match="10 drives have a known outcome, 4 of them failed"):
        train_predictor(whole.take(np.isin(whole.drive, [*failing, *living]) & whole.is_known), "logistic")


def test_an_unknown_model_names_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'logistic'"):
        train_predictor(examples(), "logistics")
