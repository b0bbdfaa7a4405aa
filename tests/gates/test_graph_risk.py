"""Gate: the graph model beats its no-graph ablation where failures of neighbours go together, and only there."""

from __future__ import annotations

import pytest

from bench.graph_risk import SEEDS, Outcome, measure

pytestmark = pytest.mark.gate
NUM_DRIVES = 4000


def told(outcome: Outcome) -> str:
    return f"{outcome.difference} AUC {outcome.aucs} AP {outcome.aps} failures {outcome.num_failures}"


def test_the_graph_beats_its_ablation_where_faults_of_places_were_planted() -> None:
    outcome = measure("correlated", NUM_DRIVES, SEEDS)
    assert outcome.difference is not None
    assert outcome.difference.delta_auc.low > 0, told(outcome)
    assert outcome.difference.delta_ap.low > 0, told(outcome)


def test_the_graph_does_not_beat_its_ablation_where_drives_fail_on_their_own() -> None:
    outcome = measure("independent", NUM_DRIVES, SEEDS)
    assert outcome.difference is not None
    assert outcome.difference.delta_auc.low <= 0, told(outcome)
    assert outcome.difference.delta_ap.low <= 0, told(outcome)
