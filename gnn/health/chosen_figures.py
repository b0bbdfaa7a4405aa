"""What the probabilities of the chosen model are worth: counts, dates and reliability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gnn.health.counts import estimate_overdispersion, interval_coverage
from gnn.health.examples import Examples
from gnn.health.horizons import LONGEST_DATED_DAYS, dated_failures, fit_horizons
from gnn.health.judging import Judged
from gnn.health.metrics import time_to_failure_error
from gnn.health.reliability import reliability_table
from graph.errors import RefusedError

COUNT_LEVEL = 0.8
FEWEST_EXPECTED = 5


def count_intervals(judged: Judged, chosen: str) -> dict[str, Any] | None:
    """How often the interval for the number of failures by landmark and drive model holds the observed number."""
    test = judged.split.test
    if test.horizon_days is None or judged.outputs[chosen] != "risk":
        return None
    groups = covered = 0
    for number, seed in enumerate(judged.split.seeds):
        rows, group = judged.rows(number), _groups(test)
        at = next(place for place, part in enumerate(judged.split.parts) if part.seed == seed)
        spread = _overdispersion(judged, at, chosen)
        found = interval_coverage(
            test.label[rows],
            judged.scores[chosen][number, rows],
            group[rows],
            level=COUNT_LEVEL,
            min_expected=FEWEST_EXPECTED,
            overdispersion=spread,
        )
        groups, covered = groups + found.num_groups, covered + found.num_covered
    return {
        "level": COUNT_LEVEL,
        "groups": groups,
        "covered": covered,
        "share": covered / groups if groups else None,
        "least_expected": FEWEST_EXPECTED,
    }


def _overdispersion(judged: Judged, at: int, chosen: str) -> float:
    part, validated = judged.split.parts[at], judged.selections[at].validated[chosen]
    train = judged.split.train.take(part.train)
    rows = np.flatnonzero(train.is_known)
    p = validated.calibration.p(validated.scores[rows])
    return estimate_overdispersion(train.label[rows], p, _groups(train)[rows], landmark=train.landmark[rows])


def _groups(examples: Examples) -> np.ndarray:
    model = examples.groups["model"].astype(str).to_numpy(str)
    return np.char.add(np.char.add(examples.landmark.astype(str), " "), model)


def time_to_failure(judged: Judged, chosen: str, notes: list[str]) -> dict[str, Any] | None:
    """Error of the median of the risk curve as a date of failure, beside that of a constant."""
    test = judged.split.test
    if test.horizon_days is None or judged.outputs[chosen] != "risk":
        return None
    errors = []
    for at, part in enumerate(judged.split.parts):
        train, validated = judged.split.train.take(part.train), judged.selections[at].validated[chosen]
        p = validated.calibration.p(validated.scores)
        try:
            curve = fit_horizons(
                p,
                train.days_to_end,
                train.has_failed,
                train.drive,
                test.horizon_days,
                landmark=train.landmark,
            )
        except RefusedError as error:
            notes.append(f"No error of the time to failure: {error}")
            return None
        within = min(curve.supported_days, LONGEST_DATED_DAYS)
        learnt = train.days_to_end[dated_failures(train, within)]
        failing = part.test[dated_failures(test.take(part.test), within)]
        if not len(learnt) or not len(failing):
            notes.append(f"No error of the time to failure: no landmark was followed for {within} days.")
            return None
        number = judged.split.seeds.index(part.seed)
        median = curve.median_days(judged.scores[chosen][number, failing], within)
        errors.append((*time_to_failure_error(test.days_to_end[failing], median, float(np.median(learnt))), within))
    return {
        "mae_days": mean_of([row[0] for row in errors]),
        "constant_mae_days": mean_of([row[1] for row in errors]),
        "within_days": int(np.median([row[2] for row in errors])),
    }


def reliability(judged: Judged, chosen: str) -> list[dict[str, Any]]:
    """Reliability table of the chosen model over all seeds; empty where its output is a score."""
    test = judged.split.test
    if test.horizon_days is None or judged.outputs[chosen] != "risk":
        return []
    rows = [judged.rows(number) for number in range(judged.num_seeds)]
    label = np.concatenate([test.label[found] for found in rows])
    p = np.concatenate([judged.scores[chosen][number, found] for number, found in enumerate(rows)])
    # A drive may be tested under several seeds; its weight is shared out, so that the intervals stay honest.
    weight = np.full(len(p), 1 / judged.num_seeds)
    return [
        {
            "predicted": row.predicted,
            "observed": row.observed,
            "low": row.low,
            "high": row.high,
            "num_examples": float(row.num_examples),
            "num_failures": float(row.num_failures),
        }
        for row in reliability_table(label, p, weight=weight)
    ]


def mean_of(values: Sequence[float | None]) -> float | None:
    """Mean of the known ones; None where there is none."""
    known = [value for value in values if value is not None and np.isfinite(value)]
    return float(np.mean(known)) if known else None
