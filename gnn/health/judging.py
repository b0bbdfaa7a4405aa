"""Fitting every model on every part of a split and scoring the rows that it did not see."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from gnn.health import bootstrap
from gnn.health.fitting import fit_all
from gnn.health.selection import REFERENCES, Criterion, Selection, choose_model, units_of
from gnn.health.splits import Part, Split
from graph.errors import InputError, RefusedError

Progress = Callable[[str, int, int | None], None]
MOST_WORKERS = 4


@dataclass(frozen=True)
class Judged:
    """Scores of all models on the test, by seed.

    Args:
        split: The split.
        selections: What validation chose in each part, in the order of ``split.parts``.
        scores: Name to calibrated scores, shape ``(num_seeds, num_test)``; NaN where a row is no test row of a seed.
        margins: Scores less the threshold that validation chose: at 0 or above there is an alarm.
        outputs: Name to ``risk`` or ``score``.
        refused: Name to the reason why a model asked for has no figures.
        notes: What happened on the way, a sentence each.
    """

    split: Split
    selections: list[Selection]
    scores: dict[str, np.ndarray]
    margins: dict[str, np.ndarray]
    outputs: dict[str, str]
    refused: dict[str, str]
    notes: list[str] = field(default_factory=list)

    def rows(self, number: int, *, is_known: bool = True) -> np.ndarray:
        """Positions of the test rows of the seed of that number; of known label only, unless told otherwise."""
        rows = np.isfinite(next(iter(self.scores.values()))[number])
        return np.flatnonzero(rows & self.split.test.is_known if is_known else rows)

    @property
    def num_seeds(self) -> int:
        """Seeds."""
        return len(self.split.seeds)


def judge(
    split: Split,
    candidates: Sequence[str],
    references: Sequence[str],
    *,
    criterion: Criterion | None = None,
    progress: Progress | None = None,
) -> Judged:
    """Fit and score all models on all parts.

    Each part chooses, calibrates and sets its thresholds inside its own training rows; then every model learns from
    all of them and scores the test rows once.

    Args:
        split: The split.
        candidates: Models to choose among.
        references: Models to stand beside.
        criterion: What validation goes by; None: by the kind of examples.
        progress: Called with a stage, what is done and of how much.

    Raises:
        InputError: Too few drives with or without failure.
        RefusedError: No candidate can learn.
    """
    tell = progress or (lambda stage, done, total: None)
    done = 0
    tell("fitting models", done, len(split.parts))

    def one(part: Part) -> _PartScores:
        nonlocal done
        scored = _judge_part(split, part, candidates, references, criterion)
        done += 1
        tell("fitting models", done, len(split.parts))
        return scored

    # The models keep to one thread each, and their libraries leave the interpreter while they fit.
    with ThreadPoolExecutor(max_workers=_workers(split)) as pool:
        scored = list(pool.map(one, split.parts))
    seeds, shape = split.seeds, (len(split.seeds), len(split.test))
    refused = {name: why for part in scored for name, why in part.refused.items()}
    names = [name for name in scored[0].scores if all(name in part.scores for part in scored)]
    scores = {name: np.full(shape, np.nan) for name in names}
    margins = {name: np.full(shape, np.nan) for name in names}
    for part, found in zip(split.parts, scored, strict=True):
        row = seeds.index(part.seed)
        for name in names:
            scores[name][row, part.test] = found.scores[name]
            margins[name][row, part.test] = found.scores[name] - found.selection.validated[name].threshold
    return Judged(
        split=split,
        selections=[found.selection for found in scored],
        scores=scores,
        margins=margins,
        outputs={name: scored[0].outputs[name] for name in names},
        refused={name: refused.get(name, "It could not learn in every part.") for name in refused if name not in names},
    )


def chosen_name(judged: Judged, criterion: Criterion) -> tuple[str, str]:
    """The model with the best mean figure on validation over all parts, and why in words.

    Args:
        judged: Scores and selections.
        criterion: What validation goes by.
    """
    means: dict[str, list[float]] = {}
    for selection in judged.selections:
        for candidate in selection.candidates:
            figure = candidate.ap if criterion == "ap" else candidate.auc
            if candidate.name in judged.scores and figure is not None:
                means.setdefault(candidate.name, []).append(figure)
    # What most parts would not have let stand, such as a graph model that does not beat itself without the graph, is
    # not chosen for the one part that would; nor is what some part could not train.
    noted = Counter(item.name for selection in judged.selections for item in selection.candidates if item.note)
    votes = Counter(
        selection.name
        for selection in judged.selections
        if selection.name in judged.scores and 2 * noted[selection.name] <= len(judged.selections)
    )
    if not votes:
        raise RefusedError("No model could learn in every part of the split, so that none can be judged.")
    mean = {name: float(np.mean(figures)) for name, figures in means.items()}
    best = max(votes, key=lambda name: mean[name])
    what = "average precision" if criterion == "ap" else "AUC"
    ranked = sorted(mean.items(), key=lambda item: -item[1])
    told = ", ".join(f"{name} {value:.4f}{' (reference)' * (name in REFERENCES)}" for name, value in ranked)
    held_out = f"held-out {units_of(judged.split.train)}"
    where = (
        f"{held_out} at later landmarks of training" if judged.selections[0].is_forward else f"{held_out} of training"
    )
    return best, (
        f"{best} has the highest mean {what} on validation ({where}) of the models that may be chosen, over "
        f"{len(judged.selections)} parts, in {votes[best]} of which it was the best: {told}."
    )


def refitted(split: Split, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Scores of models fitted on every part, without validation: for slices whose features differ.

    Returns:
        Name to scores before calibration, shape ``(num_seeds, num_test)``, NaN where a row is no test row of a seed.

    Raises:
        RefusedError: One of them cannot learn.
    """
    scores = {name: np.full((len(split.seeds), len(split.test)), np.nan) for name in names}

    def one(part: Part) -> None:
        fitted, refused = fit_all(split.train.take(part.train), names, part.seed)
        if refused:
            raise RefusedError(next(iter(refused.values())))
        for name, model in fitted.items():
            scores[name][split.seeds.index(part.seed), part.test] = model.scores(split.test.take(part.test))

    with ThreadPoolExecutor(max_workers=_workers(split)) as pool:
        list(pool.map(one, split.parts))
    return scores


def bootstrap_parts(
    split: Split, scores: dict[str, np.ndarray], mask: np.ndarray | None = None
) -> list[bootstrap.Part]:
    """What the bootstrap over drives takes: one part a seed.

    Args:
        split: The split.
        scores: Name to scores, shape ``(num_seeds, num_test)``, NaN where a row is no test row of a seed.
        mask: Test rows to keep, bool, shape ``(num_test,)``; None: all.
    """
    wanted = split.test.is_known if mask is None else split.test.is_known & mask
    parts = []
    for number in range(len(split.seeds)):
        rows = np.flatnonzero(np.isfinite(next(iter(scores.values()))[number]) & wanted)
        own = {name: values[number, rows] for name, values in scores.items()}
        parts.append(bootstrap.Part(split.test.label[rows], split.test.drive[rows], own))
    return parts


def _workers(split: Split) -> int:
    return max(1, min(os.cpu_count() or 1, len(split.parts), MOST_WORKERS))


@dataclass(frozen=True)
class _PartScores:
    selection: Selection
    scores: dict[str, np.ndarray]
    outputs: dict[str, str]
    refused: dict[str, str]


def _judge_part(
    split: Split, part: Part, candidates: Sequence[str], references: Sequence[str], criterion: Criterion | None
) -> _PartScores:
    train, test = split.train.take(part.train), split.test.take(part.test)
    for pool, what in ((train, "training"), (test, "test")):
        label = pool.label[pool.is_known]
        if not label.any() or label.all():
            raise InputError(
                f"The {what} rows of seed {part.seed}, fold {part.fold} are of one class: "
                f"{int(label.sum())} of {len(label)} with a known outcome fail. Both are needed."
            )
    selection = choose_model(train, candidates, seed=part.seed, beside=references, criterion=criterion)
    scores: dict[str, np.ndarray] = {}
    outputs: dict[str, str] = {}
    refused = {candidate.name: candidate.note for candidate in selection.candidates if candidate.auc is None}
    fitted, failed = fit_all(train, list(selection.validated), part.seed)
    refused |= failed
    for name, model in fitted.items():
        raw, outputs[name] = model.scores(test), model.output
        is_risk = model.output == "risk" and train.horizon_days is not None
        scores[name] = selection.validated[name].calibration.p(raw) if is_risk else raw
    return _PartScores(selection, scores, outputs, refused)
