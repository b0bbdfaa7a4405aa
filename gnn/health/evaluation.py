"""Figures of every model on a test that none of them saw, with intervals, controls and slices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gnn.health import bootstrap, controls
from gnn.health.chosen_figures import count_intervals, mean_of, reliability, time_to_failure
from gnn.health.examples import Examples
from gnn.health.fitting import ABLATIONS
from gnn.health.judging import Judged, bootstrap_parts, chosen_name, judge, refitted
from gnn.health.metrics import (
    at_threshold,
    auc,
    average_precision,
    c_index,
    lead_time_days,
    ppv_at_prevalence,
)
from gnn.health.reliability import ece, observed_over_predicted
from gnn.health.selection import Criterion
from gnn.health.splits import Split
from graph.errors import RefusedError

Progress = Callable[[str, int, int | None], None]
FEWEST_IN_SLICE = 10


@dataclass(frozen=True)
class Slice:
    """Part of the test, judged with the same fits.

    Args:
        name: In words.
        mask: Test rows, bool, shape ``(num_test,)``.
    """

    name: str
    mask: np.ndarray


@dataclass(frozen=True)
class Task:
    """What is to be evaluated.

    Args:
        split: Examples and parts.
        candidates: Models to choose among, simplest first.
        references: Models that stand beside; the last is the one to beat.
        criterion: ``ap`` or ``auc``, what validation goes by.
        slices: Parts of the test to report apart.
        is_without_ages: Also refit the chosen model and the reference without ages.
    """

    split: Split
    candidates: Sequence[str]
    references: Sequence[str]
    criterion: Criterion
    slices: Sequence[Slice] = ()
    is_without_ages: bool = False


@dataclass(frozen=True)
class Evaluation:
    """All figures, as plain values; ``docs/json/evaluate-risk-1.json`` says what each is."""

    models: list[dict[str, Any]]
    reference: str
    paired: list[dict[str, Any]]
    controls: dict[str, Any]
    slices: list[dict[str, Any]]
    base_rate: float
    train_base_rate: float
    num_drives: int
    num_failures: int
    chosen: str
    why: str
    votes: list[str]
    nested: dict[str, float]
    validation: list[dict[str, Any]]
    count_intervals: dict[str, Any] | None
    time_to_failure: dict[str, Any] | None
    reliability: list[dict[str, Any]]
    notes: list[str] = field(default_factory=list)


def evaluate(task: Task, *, progress: Progress | None = None) -> Evaluation:
    """Fit, choose, judge and control.

    Args:
        task: What is to be evaluated.
        progress: Called with a stage, what is done and of how much.

    Raises:
        InputError: Too few drives of a class.
        RefusedError: No model can learn.
    """
    tell = progress or (lambda stage, done, total: None)
    judged = judge(task.split, task.candidates, task.references, criterion=task.criterion, progress=progress)
    chosen, why = chosen_name(judged, task.criterion)
    notes = [*task.split.notes, *(f"{name} is not among the models: {said}" for name, said in _told(judged.refused))]
    notes += sorted({item.note for part in judged.selections for item in part.candidates if item.note and item.auc})
    reference = next((name for name in reversed(task.references) if name in judged.scores), None)
    if reference is None:
        raise RefusedError(f"No reference could learn, so there is nothing to compare with. {' '.join(notes)}")
    tell("controls", 0, None)
    beside = _control_scores(judged, notes)
    tell("bootstrap over drives", 0, None)
    drawn = bootstrap.bootstrap(bootstrap_parts(task.split, {**judged.scores, **beside}))
    permuted = controls.permuted_labels(task.split, progress=progress)
    tell("slices", 0, None)
    slices = [_slice(judged, part, chosen, reference, notes) for part in task.slices]
    if task.is_without_ages:
        slices.append(_without_ages(task, chosen, reference, notes))
    rows = np.unique(np.concatenate([judged.rows(number) for number in range(judged.num_seeds)]))
    test = task.split.test
    known_train = task.split.train.label[task.split.train.is_known]
    return Evaluation(
        models=[_model(judged, name, drawn) for name in judged.scores],
        reference=reference,
        paired=[
            _paired(drawn, chosen, other) for other in dict.fromkeys((reference, *judged.scores)) if other != chosen
        ],
        controls={
            **{
                name: {"auc": drawn.auc[name], "ci": _ends(drawn.auc_interval(name))} if name in beside else None
                for name in ("date_only", "age_only")
            },
            "permuted_labels": {
                "auc": permuted.auc,
                "ci": [permuted.low, permuted.high],
                "level": controls.LEVEL,
                "sd": permuted.sd,
                "num": permuted.num,
            },
        },
        slices=[item for item in slices if item],
        base_rate=float(test.label[rows].mean()),
        train_base_rate=float(known_train.mean()),
        num_drives=len(np.unique(test.drive[rows])),
        num_failures=test.take(rows).num_failures,
        chosen=chosen,
        why=why,
        votes=[selection.name for selection in judged.selections],
        nested=_nested(judged, chosen),
        validation=_validation(judged),
        count_intervals=count_intervals(judged, chosen),
        time_to_failure=time_to_failure(judged, chosen, notes),
        reliability=reliability(judged, chosen),
        notes=notes,
    )


def _told(refused: dict[str, str]) -> list[tuple[str, str]]:
    """Reasons worth telling: an ablation whose model could not learn has none of its own."""
    silent = {ablation for name, ablation in ABLATIONS.items() if name in refused}
    return [(name, said) for name, said in refused.items() if name not in silent]


def _model(judged: Judged, name: str, drawn: bootstrap.Replicates) -> dict[str, Any]:
    per_seed = [_figures(judged, name, number) for number in range(judged.num_seeds)]
    mean = {
        key: mean_of([row[key] for row in per_seed]) for key in per_seed[0] if key not in ("seed", "ppv_at_prevalence")
    }
    prevalences = per_seed[0]["ppv_at_prevalence"]
    return {
        "name": name,
        "output": judged.outputs[name] if judged.split.test.horizon_days is not None else "score",
        **mean,
        "auc_ci": _ends(drawn.auc_interval(name)),
        "ap_ci": _ends(drawn.ap_interval(name)),
        "ppv_at_prevalence": {key: mean_of([row["ppv_at_prevalence"][key] for row in per_seed]) for key in prevalences},
        "calibration": [selection.validated[name].calibration.method for selection in judged.selections],
        "threshold": [selection.validated[name].threshold for selection in judged.selections],
        "per_seed": per_seed,
    }


def _figures(judged: Judged, name: str, number: int) -> dict[str, Any]:
    test, rows = judged.split.test, judged.rows(number)
    label, score = test.label[rows], judged.scores[name][number, rows]
    alarms = at_threshold(label, judged.margins[name][number, rows], 0.0)
    is_risk = judged.outputs[name] == "risk" and test.horizon_days is not None
    followed = judged.rows(number, is_known=False)
    followed = followed[np.isfinite(test.days_to_end[followed])]
    lead = lead_time_days(
        test.drive[followed],
        test.days_to_end[followed],
        test.has_failed[followed],
        test.label[followed],
        judged.margins[name][number, followed],
        0.0,
    )
    return {
        "seed": judged.split.seeds[number],
        "auc": auc(label, score),
        "ap": average_precision(label, score),
        "precision": alarms.precision,
        "recall": alarms.recall,
        "false_positive_rate": alarms.false_positive_rate,
        # A score is no probability: nothing was predicted that could be held against what was observed.
        "ece": ece(label, score) if is_risk else None,
        "obs_over_pred_top1pct": observed_over_predicted(label, score, 0.01) if is_risk else None,
        "obs_over_pred_top10pct": observed_over_predicted(label, score, 0.1) if is_risk else None,
        "ppv_at_prevalence": {
            str(share): value for share, value in ppv_at_prevalence(alarms.recall, alarms.false_positive_rate).items()
        },
        "lead_time_days": lead.median_days,
        "c_index": c_index(
            test.days_to_end[followed],
            test.has_failed[followed],
            judged.scores[name][number, followed],
            test.landmark[followed],
        )
        if test.horizon_days is not None
        else None,
        "base_rate": float(label.mean()),
        "num_failures": int(test.take(rows).num_failures),
    }


def _paired(drawn: bootstrap.Replicates, a: str, b: str) -> dict[str, Any]:
    found = drawn.paired(a, b)
    return {
        "a": a,
        "b": b,
        "delta_auc": found.delta_auc.value,
        "delta_ap": found.delta_ap.value,
        "ci": {"delta_auc": _ends(found.delta_auc), "delta_ap": _ends(found.delta_ap)},
        "p": {"delta_auc": found.p_auc, "delta_ap": found.p_ap},
    }


def _control_scores(judged: Judged, notes: list[str]) -> dict[str, np.ndarray]:
    """Scores of the date alone and of the age alone, shaped as the models' are."""
    split = judged.split
    columns = {"date_only": controls.date_column(split), "age_only": controls.age_column(split)}
    found = {}
    for name, column in columns.items():
        if column is None:
            notes.append("No power-on age is known, so there is no control by age alone.")
            continue
        scores = np.full((judged.num_seeds, len(split.test)), np.nan)
        for part in split.parts:
            scores[split.seeds.index(part.seed), part.test] = controls.alone(column, split, part)
        found[name] = scores
    return found


def _slice(judged: Judged, part: Slice, chosen: str, reference: str, notes: list[str]) -> dict[str, Any] | None:
    test = judged.split.test
    rows = np.unique(np.concatenate([judged.rows(number) for number in range(judged.num_seeds)]))
    rows = rows[part.mask[rows]]
    failures = test.take(rows).num_failures
    healthy = len(np.unique(test.drive[rows])) - failures
    if min(failures, healthy) < FEWEST_IN_SLICE:
        notes.append(
            f"Slice {part.name}: {failures} failures and {healthy} drives without; too few to say anything "
            f"(at least {FEWEST_IN_SLICE} of each)."
        )
        return None
    parts = bootstrap_parts(judged.split, judged.scores, part.mask)
    if any(not piece.label.any() or piece.label.all() for piece in parts):
        notes.append(f"Slice {part.name}: one class only in the test of some seed.")
        return None
    return _slice_figures(part.name, test.take(rows), bootstrap.bootstrap(parts), chosen, reference)


def _slice_figures(
    name: str, rows: Examples, drawn: bootstrap.Replicates, chosen: str, reference: str
) -> dict[str, Any]:
    return {
        "name": name,
        "num_drives": len(np.unique(rows.drive)),
        "num_failures": rows.num_failures,
        "base_rate": float(rows.label.mean()),
        "models": [
            {
                "name": model,
                "auc": drawn.auc[model],
                "ap": drawn.ap[model],
                "auc_ci": _ends(drawn.auc_interval(model)),
                "ap_ci": _ends(drawn.ap_interval(model)),
            }
            for model in drawn.auc
        ],
        "paired": [_paired(drawn, chosen, reference)] if chosen != reference else [],
    }


def _without_ages(task: Task, chosen: str, reference: str, notes: list[str]) -> dict[str, Any] | None:
    """Everything refitted without what tells a drive's age: how far does the figure rest on whom the set drew?"""
    split = task.split
    aged = controls.age_columns(split.train)
    if not aged:
        return None
    train = controls.without_columns(split.train, aged)
    test = train if split.is_one_pool else controls.without_columns(split.test, aged)
    names = list(dict.fromkeys((chosen, reference)))
    try:
        scores = refitted(replace(split, train=train, test=test), names)
    except RefusedError as error:
        notes.append(f"Slice without ages: {error}")
        return None
    parts = bootstrap_parts(split, scores)
    rows = np.flatnonzero(np.isfinite(scores[chosen]).any(axis=0) & test.is_known)
    drawn = bootstrap.bootstrap(parts)
    return {**_slice_figures("without ages", test.take(rows), drawn, chosen, reference), "left_out": aged}


def _nested(judged: Judged, fallback: str) -> dict[str, float]:
    """Figures where each part is judged by the model that its own validation chose, else by the fallback."""
    scores = np.full((judged.num_seeds, len(judged.split.test)), np.nan)
    for part, selection in zip(judged.split.parts, judged.selections, strict=True):
        row = judged.split.seeds.index(part.seed)
        name = selection.name if selection.name in judged.scores else fallback
        scores[row, part.test] = judged.scores[name][row, part.test]
    test = judged.split.test
    figures = []
    for number in range(judged.num_seeds):
        rows = judged.rows(number)
        figures.append(
            (auc(test.label[rows], scores[number, rows]), average_precision(test.label[rows], scores[number, rows]))
        )
    return {"auc": float(np.mean([row[0] for row in figures])), "ap": float(np.mean([row[1] for row in figures]))}


def _validation(judged: Judged) -> list[dict[str, Any]]:
    """Mean figures of each model on validation, over the parts."""
    table = []
    for name in judged.scores:
        found = [item for part in judged.selections for item in part.candidates if item.name == name and item.auc]
        table.append(
            {
                "name": name,
                "auc": mean_of([item.auc for item in found]),
                "ap": mean_of([item.ap for item in found]),
                "ece": mean_of([item.ece for item in found]),
                "is_reference": bool(found and found[0].is_reference),
                "note": next((item.note for item in found if item.note), ""),
            }
        )
    return table


def _ends(interval: bootstrap.Interval) -> list[float]:
    return [interval.low, interval.high]
