"""One contract for every model of failure risk, whatever it learns from."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from inspect import getdoc
from typing import Any

import numpy as np
import pytest
from risk_examples import EXAMPLES, HISTORIES, case_control, history_examples
from scipy.special import logit

from gnn.health.examples import Examples
from gnn.health.port import MODELS, FittedModel, model_named
from graph.errors import InputError, RefusedError

NAMES = sorted(EXAMPLES)


@cache
def learnt(name: str) -> tuple[FittedModel, Examples]:
    """A model and the examples that taught it, fitted once for all tests that only read."""
    train = EXAMPLES[name](0)
    return model_named(name).fit(train, 0), train


def known(examples: Examples) -> Examples:
    return examples.take(examples.is_known)


def with_features(examples: Examples, **columns: Any) -> Examples:
    return replace(examples, features=examples.features.assign(**columns).astype(np.float32))


def test_every_registered_model_is_under_the_contract() -> None:
    assert sorted(MODELS) == NAMES


def test_an_unknown_model_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match=r"Did you mean 'lightgbm'\?"):
        model_named("lightgmb")


@pytest.mark.parametrize("name", NAMES)
class TestContract:
    def test_it_cites_its_paper(self, name: str) -> None:
        told = getdoc(type(model_named(name))) or ""
        assert "References:" in told
        assert any(str(year) in told for year in range(1950, 2027))

    def test_scores_are_probabilities_one_an_example(self, name: str) -> None:
        fitted, train = learnt(name)
        scores = fitted.scores(train)
        assert scores.shape == (len(train),)
        assert scores.dtype == np.float64
        assert np.isfinite(scores).all()
        assert scores.min() >= 0
        assert scores.max() <= 1
        assert fitted.name == name

    def test_it_finds_what_was_planted(self, name: str) -> None:
        fitted, _ = learnt(name)
        test = known(EXAMPLES[name](1))
        scores = fitted.scores(test)
        pairs = scores[test.label][:, None] - scores[~test.label]
        assert (pairs > 0).mean() + (pairs == 0).mean() / 2 > 0.55

    def test_the_same_seed_gives_the_same_scores(self, name: str) -> None:
        fitted, train = learnt(name)
        np.testing.assert_array_equal(model_named(name).fit(train, 0).scores(train), fitted.scores(train))

    def test_the_order_of_rows_and_columns_says_nothing(self, name: str) -> None:
        fitted, train = learnt(name)
        order = np.random.default_rng(3).permutation(len(train))
        columns = np.random.default_rng(4).permutation(train.features.shape[1])
        mixed = train.take(order)
        mixed = replace(
            mixed,
            features=mixed.features.iloc[:, columns],
            catalogue=tuple(train.catalogue[place] for place in columns),
        )
        np.testing.assert_allclose(fitted.scores(mixed), fitted.scores(train)[order], rtol=1e-6)
        again = model_named(name).fit(mixed, 0)
        np.testing.assert_allclose(again.scores(train), fitted.scores(train), rtol=1e-6, atol=1e-9)

    def test_missing_columns_count_as_unknown(self, name: str) -> None:
        fitted, train = learnt(name)
        unknown = with_features(train, **dict.fromkeys(train.features.columns[:3], np.nan))
        lacking = replace(train, features=train.features.iloc[:, 3:], catalogue=train.catalogue[3:])
        np.testing.assert_array_equal(fitted.scores(lacking), fitted.scores(unknown))

    def test_constant_and_unknown_columns_do_no_harm(self, name: str) -> None:
        train = EXAMPLES[name](0)
        first, second = train.features.columns[:2]
        dull = with_features(train, **{first: 7.0, second: np.nan})
        scores = model_named(name).fit(dull, 0).scores(dull)
        assert np.isfinite(scores).all()
        assert scores.std() > 0

    def test_where_no_feature_varies_all_score_alike(self, name: str) -> None:
        train = EXAMPLES[name](0)
        dull = with_features(train, **dict.fromkeys(train.features.columns, 1.0))
        try:
            fitted = model_named(name).fit(dull, 0)
        except RefusedError:
            return
        same_groups = dull.take(np.zeros(50, np.int64))
        assert np.ptp(fitted.scores(same_groups)) == 0

    @pytest.mark.parametrize("value", [False, True])
    def test_one_class_is_refused_in_words(self, name: str, value: bool) -> None:
        train = EXAMPLES[name](0)
        label = np.full(len(train), value)
        with pytest.raises(RefusedError, match=r"expected|one class|no .*fail"):
            model_named(name).fit(replace(train, label=label, has_failed=label, is_known=np.ones(len(train), bool)), 0)

    def test_its_state_is_json_and_restores_it(self, name: str) -> None:
        fitted, train = learnt(name)
        state = json.loads(json.dumps(fitted.state(), allow_nan=False))
        restored = model_named(name).restore(state)
        np.testing.assert_array_equal(restored.scores(train), fitted.scores(train))
        assert (restored.name, restored.output) == (fitted.name, fitted.output)

    def test_a_risk_keeps_the_base_rate(self, name: str) -> None:
        fitted, train = learnt(name)
        if fitted.output != "risk":
            return
        seen = known(train)
        assert fitted.scores(seen).mean() == pytest.approx(seen.label.mean(), rel=0.1)

    def test_contributions_add_up_to_the_log_odds(self, name: str) -> None:
        fitted, train = learnt(name)
        # Of a graph model the features' part alone adds up; without a history there is no neighbourhood beside it.
        some = replace(train.take(np.arange(0, len(train), 7)), history=None)
        parts = fitted.contributions(some)
        if parts is None:
            return
        assert parts.shape == (len(some), len(some.catalogue))
        rest = logit(fitted.scores(some)) - parts.sum(axis=1)
        np.testing.assert_allclose(rest, rest[0], atol=1e-4)

    def test_examples_of_one_more_column_score_the_same(self, name: str) -> None:
        fitted, train = learnt(name)
        more = with_features(train, unheard_of=np.arange(len(train)))
        np.testing.assert_array_equal(fitted.scores(more), fitted.scores(train))


@pytest.mark.parametrize("name", HISTORIES)
class TestModelsOfHistories:
    def test_few_failures_are_refused_and_told(self, name: str) -> None:
        train = history_examples()
        failing = np.unique(train.drive[train.label])[4:]
        spared = train.take(~np.isin(train.drive, failing))
        with pytest.raises(RefusedError, match=r"4 fail within 30 days, expected at least 5"):
            model_named(name).fit(spared, 0)

    def test_a_small_fleet_can_be_learnt(self, name: str) -> None:
        small = history_examples(num_drives=120)
        scores = model_named(name).fit(small, 0).scores(small)
        assert 0 < scores.mean() < 0.5

    def test_an_unseen_drive_model_and_maker_get_a_score(self, name: str) -> None:
        fitted, train = learnt(name)
        groups = train.groups.assign(model="never seen", vendor=None)
        stranger = replace(with_features(train, maker_seagate=np.nan), groups=groups)
        assert np.isfinite(fitted.scores(stranger)).all()

    def test_outcomes_of_unknown_examples_do_not_teach_a_label(self, name: str) -> None:
        train = history_examples()
        flipped = replace(train, label=np.where(train.is_known, train.label, ~train.label))
        np.testing.assert_array_equal(model_named(name).fit(flipped, 0).scores(train), learnt(name)[0].scores(train))


@pytest.mark.parametrize("name", ["count_rule", "logistic", "lightgbm"])
def test_without_a_horizon_a_model_gives_a_score_and_no_risk(name: str) -> None:
    assert model_named(name).fit(case_control(), 0).output == "score"


@pytest.mark.parametrize("name", ["hazard", "cox", "blend"])
def test_without_follow_up_no_hazard_is_learnt(name: str) -> None:
    with pytest.raises(RefusedError, match="case-control"):
        model_named(name).fit(case_control(), 0)
