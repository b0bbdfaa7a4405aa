"""The graph model of failure risk: what it learns from neighbours, what it refuses, and what it never sees."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from graph_fleets import LANDMARKS, examples_of, fleet_in_racks, told_by

from gnn.health.examples import Examples
from gnn.health.graph_data import neighbourhoods
from gnn.health.history import TICKETS, FleetHistory
from gnn.health.metrics import auc, average_precision
from gnn.health.models.graph import FittedGraph, GraphAblation, GraphModel
from gnn.health.neighbours import neighbour_effects
from gnn.health.topology import RELATIONS, Places, coverage, usable_relations
from graph.errors import RefusedError


@cache
def fleet(seed: int, correlated: bool = True) -> Examples:
    return examples_of(fleet_in_racks(seed, correlated=correlated), seed)


@cache
def fitted() -> FittedGraph:
    return GraphModel().fit(fleet(0), 0)


def with_history(examples: Examples, **changes: Any) -> Examples:
    assert examples.history is not None
    return replace(examples, history=replace(examples.history, **changes))


def history_of(examples: Examples) -> FleetHistory:
    assert examples.history is not None
    return examples.history


def known(examples: Examples) -> Examples:
    return examples.take(np.flatnonzero(examples.is_known))


def figures(name: type[GraphModel], correlated: bool) -> tuple[float, float]:
    model, test = name().fit(fleet(0, correlated), 0), known(fleet(1, correlated))
    scores = model.scores(test)
    return auc(test.label, scores), average_precision(test.label, scores)


def test_where_hosts_go_bad_the_graph_beats_its_ablation() -> None:
    graph, ablation = figures(GraphModel, True), figures(GraphAblation, True)
    assert graph[0] > ablation[0] + 0.03
    assert graph[1] > ablation[1] + 0.05


def test_where_drives_fail_on_their_own_the_graph_gains_nothing() -> None:
    graph, ablation = figures(GraphModel, False), figures(GraphAblation, False)
    assert graph[0] < ablation[0] + 0.03
    assert graph[1] < ablation[1] + 0.05


def test_the_mean_probability_is_the_base_rate() -> None:
    train = known(fleet(0))
    np.testing.assert_allclose(fitted().scores(train).mean(), train.label.mean(), rtol=0.35)


def test_a_score_does_not_depend_on_who_is_scored_with_it() -> None:
    test = fleet(1)
    rows = np.arange(0, len(test), 7)
    np.testing.assert_allclose(fitted().scores(test.take(rows)), fitted().scores(test)[rows], rtol=1e-5)


def test_nothing_after_a_landmark_changes_a_score() -> None:
    test = fleet(1)
    middle = LANDMARKS[2]
    rows = test.landmark == middle
    drives = history_of(test).drives.copy()
    later = drives["failure_day"] > pd.Timestamp(middle)
    drives.loc[later, ["failure_day", "last_day"]] = pd.NaT, pd.Timestamp("2024-07-28")
    assert later.sum() > 10
    changed = with_history(test, drives=drives).take(rows)
    np.testing.assert_array_equal(fitted().scores(changed), fitted().scores(test.take(rows)))


def test_failures_before_the_landmark_raise_the_risk_of_their_host() -> None:
    test = fleet(1)
    around = neighbourhoods(test, RELATIONS)
    host = around.kinds["host"]
    recent = host.features(around.peers)[host.of_example, 1]
    scores = fitted().scores(test)
    assert np.median(scores[recent > np.log(2.5)]) > 2 * np.median(scores[recent == 0])


def test_failures_of_a_place_are_counted_by_hand() -> None:
    test = fleet(1)
    history, around = history_of(test), neighbourhoods(test, RELATIONS)
    host = around.kinds["host"]
    features = host.features(around.peers)
    places = history.placements[history.placements["relation"] == "host"].set_index("place")["drive_key"]
    for node in range(0, len(host.key), 17):
        drives = history.drives.loc[places[host.key[node]]]
        days = (pd.Timestamp(around.landmarks[host.landmark[node]]) - drives["failure_day"]).dt.days
        recent, long = int(days.between(0, 30).sum()), int(days.between(0, 90).sum())
        np.testing.assert_allclose(features[node, 1:3], np.log1p([recent, long]), rtol=1e-6)
        serving = drives["failure_day"].isna() | (days < 0)
        np.testing.assert_allclose(features[node, 0], np.log1p(serving.sum()), rtol=1e-6)


def test_drives_without_a_place_and_of_unseen_places_and_models_are_scored() -> None:
    test = fleet(1)
    placements = history_of(test).placements
    nowhere = with_history(test, placements=placements.iloc[:0])
    elsewhere = with_history(test, placements=placements.assign(place="new:" + placements["place"]))
    unknown = replace(test, history=None)
    for examples in (nowhere, elsewhere, unknown):
        scores = fitted().scores(examples)
        assert np.isfinite(scores).all()
        assert 0 < scores.mean() < 0.5
    np.testing.assert_allclose(fitted().scores(elsewhere), fitted().scores(test), rtol=1e-5)


def test_places_told_by_tickets_count_for_nothing() -> None:
    with pytest.raises(RefusedError, match="failure tickets"):
        GraphModel().fit(told_by(fleet(0), TICKETS), 0)
    test = fleet(1)
    assert (Places(history_of(told_by(test, TICKETS)), "host").on(np.arange(5), np.repeat(LANDMARKS[:1], 5)) < 0).all()


def test_topology_of_failed_drives_alone_is_refused_in_words() -> None:
    train = fleet(0)
    history = history_of(train)
    failed = history.drives.index[history.drives["failure_day"].notna()]
    placements = history.placements[history.placements["drive_key"].isin(failed)]
    leaking = with_history(train, placements=placements)
    assert not coverage(leaking, "host").is_alike
    with pytest.raises(RefusedError, match="does not cover failed and healthy drives alike"):
        GraphModel().fit(leaking, 0)


def test_half_of_all_drives_with_a_place_will_do() -> None:
    train = fleet(0)
    history = history_of(train)
    half = history.drives.index[np.random.default_rng(0).random(len(history.drives)) < 0.5]
    placements = history.placements[history.placements["drive_key"].isin(half)]
    assert "host" in usable_relations(with_history(train, placements=placements))


def test_a_fleet_without_topology_is_refused_and_its_ablation_is_not() -> None:
    train = with_history(fleet(0), placements=history_of(fleet(0)).placements.iloc[:0])
    with pytest.raises(RefusedError, match="inventory of hosts or racks"):
        GraphModel().fit(train, 0)
    assert GraphAblation().fit(train, 0).kinds == ()


def test_few_failures_are_refused() -> None:
    train = fleet(0)
    failing = np.unique(train.drive[train.label])
    few = train.take(np.flatnonzero(~np.isin(train.drive, failing[8:])))
    with pytest.raises(RefusedError, match="expected at least 20"):
        GraphModel().fit(few, 0)


def test_neighbours_that_raised_the_risk_are_named_strongest_first() -> None:
    test = fleet(1)
    history = history_of(test)
    riskiest = np.argsort(-fitted().scores(test))[:20]
    reasons = neighbour_effects(fitted(), test, riskiest)
    assert len(reasons) == 20
    host = history.placements[history.placements["relation"] == "host"].set_index("drive_key")["place"]
    rack = history.placements[history.placements["relation"] == "rack"].set_index("drive_key")["place"]
    named = 0
    for row, effects in zip(riskiest, reasons, strict=True):
        own = test.drive_keys[test.drive[row]]
        assert [e.contribution for e in effects] == sorted((e.contribution for e in effects), reverse=True)
        for effect in effects:
            assert effect.contribution > 0
            if effect.label == "Drive":
                named += 1
                assert effect.key != own
                assert host[effect.key] == host[own] or rack[effect.key] == rack[own]
                assert effect.path.startswith(
                    "Drive RUNS_ON Host" if host[effect.key] == host[own] else "Drive IN_RACK"
                )
                if "failed on" in effect.statement:
                    assert history.drives["failure_day"].loc[effect.key] <= pd.Timestamp(test.landmark[row])
    assert named > 5


def test_leaving_out_a_host_is_scoring_without_it() -> None:
    test = fleet(1)
    row = int(np.argmax(fitted().scores(test)))
    one = test.take(np.array([row]))
    effect = next(e for e in neighbour_effects(fitted(), one, most=50)[0] if e.label == "Host")
    placements = history_of(test).placements
    is_host = (placements["drive_key"] == test.drive_keys[test.drive[row]]) & (placements["relation"] == "host")
    without = with_history(one, placements=placements[~is_host])
    scores = np.concatenate([fitted().scores(one), fitted().scores(without)])
    before, after = np.log(scores / (1 - scores))
    np.testing.assert_allclose(effect.contribution, before - after, rtol=1e-3)


def test_other_models_have_no_neighbours() -> None:
    test = fleet(1).take(np.arange(4))
    assert neighbour_effects(GraphAblation().fit(fleet(0), 0), test) == [[], [], [], []]
