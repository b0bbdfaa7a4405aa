"""Validation inside training: scores of held-out drives, and the calibration and threshold that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gnn.health.calibration import METHODS, Calibration, Method, choose_calibration
from gnn.health.examples import Examples
from gnn.health.fitting import fit_all
from gnn.health.metrics import best_threshold
from gnn.health.splits import Part, drive_folds

Progress = Callable[[str, int, int | None], None]
NUM_FOLDS = 3
# Validation asks at the later landmarks of training; below so many landmarks or failures only drives are held out.
LATE_SHARE = 0.4
FEWEST_LANDMARKS = 6
FEWEST_FAILURES = 30


@dataclass(frozen=True)
class Validated:
    """One model's scores on validation and what follows from them.

    Args:
        scores: Scores of drives that the fit did not see, at all landmarks, float64, shape ``(num_examples,)``.
        calibration: Chosen and fitted on them.
        threshold: On the calibrated scale.
        ranked: The scores by which models are compared: those of held-out drives at later landmarks, NaN elsewhere,
            or ``scores`` where time is too short.
    """

    scores: np.ndarray
    calibration: Calibration
    threshold: float
    ranked: np.ndarray


def forward_parts(train: Examples, seed: int) -> list[Part] | None:
    """Folds of drives inside training, learnt at its earlier landmarks and judged at its later ones.

    Args:
        train: Training examples.
        seed: Of the folds.

    Returns:
        Parts, positions in ``train`` on both sides: every outcome of the landmarks to learn from lies before the first
        landmark to judge. None where landmarks or failures are too few.

    Raises:
        InputError: Too few drives with or without failure to hold any out.
    """
    late = _late(train)
    if late is None:
        return None
    known_by = train.landmark + np.timedelta64(train.horizon_days or 0, "D")
    return [
        Part(seed, part.fold, part.train[known_by[part.train] <= late], part.test[train.landmark[part.test] >= late])
        for part in drive_folds(train, 1, NUM_FOLDS, seed)
    ]


def held_out_scores(
    train: Examples, names: Sequence[str], parts: Sequence[Part], progress: Progress
) -> tuple[dict[str, np.ndarray], dict[str, str], dict[str, str]]:
    """Scores of each part's held-out examples by models that learnt from the others.

    Args:
        train: Training examples.
        names: Models.
        parts: What is learnt from and judged.
        progress: Called with a stage, what is done and of how much.

    Returns:
        Name to scores, shape ``(num_examples,)``, NaN where no part judges; name to output; and name to the reason why
        a model could not learn from every part.
    """
    scores: dict[str, np.ndarray] = {}
    outputs: dict[str, str] = {}
    refused: dict[str, str] = {}
    for number, part in enumerate(parts):
        progress("validating models", number, len(parts))
        fitted, failed = fit_all(train.take(part.train), _still_asked(names, refused), part.seed)
        refused.update(failed)
        judged = train.take(part.test)
        for name, model in fitted.items():
            outputs[name] = model.output
            scores.setdefault(name, np.full(len(train), np.nan))[part.test] = model.scores(judged)
    return {name: found for name, found in scores.items() if name not in refused}, outputs, refused


def validated_by(
    train: Examples, scores: np.ndarray, ranked: np.ndarray, output: str, *, is_calibrated: bool
) -> Validated:
    """Choose a model's calibration and threshold from its scores of held-out drives.

    Args:
        train: Training examples.
        scores: At all landmarks, shape ``(num_examples,)``.
        ranked: By which it is compared, NaN where it is not.
        output: ``risk`` or ``score``.
        is_calibrated: False for references, which are judged as they come.
    """
    known = train.is_known
    label, drive = train.label[known], train.drive[known]
    # A score of a case-control set is no risk: there is no rate that it could be calibrated to.
    is_risk = output == "risk" and train.horizon_days is not None
    chosen = Calibration()
    if is_risk and is_calibrated:
        methods = _lasting_methods(train, scores)
        chosen = choose_calibration(label, scores[known], drive, methods=methods).calibration
    p = chosen.p(scores[known]) if is_risk else scores[known]
    return Validated(scores, chosen, best_threshold(label, p), ranked)


def _still_asked(names: Sequence[str], refused: dict[str, str]) -> list[str]:
    return [name for name in names if name not in refused]


def _lasting_methods(train: Examples, scores: np.ndarray) -> tuple[Method, ...]:
    """Calibrations to choose among: a slope or steps only where the later landmarks alone would choose them too.

    A shift of the intercept is safe. A slope that the early landmarks ask for and the later do not has passed already,
    and what comes after training is nearer to the later ones.
    """
    late = _late(train)
    if late is None:
        return METHODS
    rows = train.is_known & (train.landmark >= late)
    later = choose_calibration(train.label[rows], scores[rows], train.drive[rows]).calibration.method
    return METHODS[: max(METHODS.index(later), METHODS.index("shift")) + 1]


def _late(train: Examples) -> np.datetime64 | None:
    """The first landmark of validation; None where time is too short to hold any back."""
    if train.horizon_days is None:
        return None
    days = np.unique(train.landmark)
    if len(days) < FEWEST_LANDMARKS:
        return None
    first = days[int(np.ceil(len(days) * (1 - LATE_SHARE)))]
    failing = train.label & train.is_known
    early = failing & (train.landmark + np.timedelta64(train.horizon_days, "D") <= first)
    later = failing & (train.landmark >= first)
    return first if min(early.sum(), later.sum()) >= FEWEST_FAILURES else None
