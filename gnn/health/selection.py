"""Choosing a model, its calibration and its threshold on validation alone.

Validation lies inside the training examples, so the test is never looked at. A model is chosen by its scores of
drives that its fit did not see and, where there are landmarks enough, at later landmarks, whose outcomes the fit did
not know: what does not last shows here. Calibration and threshold are chosen on held-out drives over all training
landmarks: a fit that knows early landmarks alone is another model, and what it gets wrong the final one need not (its
Platt line made the final model predict half too many failures).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from gnn.health import bootstrap
from gnn.health.calibration import Calibration
from gnn.health.examples import Examples
from gnn.health.fitting import ABLATIONS
from gnn.health.reliability import ece, observed_over_predicted
from gnn.health.splits import drive_folds
from gnn.health.validation import NUM_FOLDS, Progress, Validated, forward_parts, held_out_scores, validated_by
from graph.errors import RefusedError

Criterion = Literal["ap", "auc"]
# What is chosen among where nobody names models; references stand beside and are never chosen.
HISTORY_CANDIDATES = ("count_rule", "logistic", "lightgbm", "hazard", "cox", "blend", "graph")
HISTORY_REFERENCES = ("R0", "R1")
WINDOW_CANDIDATES = ("count_rule", "logistic", "lightgbm", "window_classifier")
WINDOW_REFERENCES = ("random_forest",)
RACK_CANDIDATES = ("rack_logistic",)
RACK_REFERENCES = ("count_recency",)
REFERENCES = frozenset((*HISTORY_REFERENCES, *WINDOW_REFERENCES, *RACK_REFERENCES))
NUM_REPLICATES = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """How one model did on validation.

    Args:
        name: Its name in the registry.
        output: ``risk`` or ``score``; None where it could not learn.
        auc: Area under the ROC curve; None where it could not learn.
        ap: Average precision.
        auc_ci: 95 % interval, bootstrap over drives.
        ap_ci: The same of average precision.
        ece: Expected calibration error after calibration.
        obs_over_pred_top1pct: Failures observed for each predicted among the riskiest 1 %, after calibration.
        obs_over_pred_top10pct: The same of the riskiest 10 %.
        calibration: Name of the calibration that validation chose.
        threshold: Calibrated score from which alarms have the highest F1.
        is_reference: A yardstick, never chosen.
        note: Why it could not learn or may not be chosen.
    """

    name: str
    output: str | None = None
    auc: float | None = None
    ap: float | None = None
    auc_ci: tuple[float, float] | None = None
    ap_ci: tuple[float, float] | None = None
    ece: float | None = None
    obs_over_pred_top1pct: float | None = None
    obs_over_pred_top10pct: float | None = None
    calibration: str = "none"
    threshold: float | None = None
    is_reference: bool = False
    note: str = ""


@dataclass(frozen=True)
class Selection:
    """What validation chose.

    Args:
        name: Name of the model.
        why: A sentence or two.
        calibration: Fitted on ``scores``.
        threshold: Calibrated score from which alarms have the highest F1 on validation.
        scores: The chosen model's scores of drives that the fit did not see, before calibration, at all landmarks,
            shape ``(num_examples,)``.
        candidates: Every model asked for, with its figures or why it has none.
        validated: Scores, calibration and threshold of every model that could learn.
        is_forward: True where models were compared at landmarks later than what the fits knew.
    """

    name: str
    why: str
    calibration: Calibration
    threshold: float
    scores: np.ndarray
    candidates: list[Candidate]
    validated: dict[str, Validated] = field(repr=False)
    is_forward: bool = False


def choose_model(
    train: Examples,
    names: Sequence[str] | None = None,
    *,
    seed: int = 0,
    beside: Sequence[str] = (),
    criterion: Criterion | None = None,
    progress: Progress | None = None,
) -> Selection:
    """Choose among models on validation inside ``train``.

    The highest average precision wins (of windows, whose base rate was made, the highest AUC). A model on the graph
    is eligible only where it beats its own no-graph ablation, the interval of the difference above 0.

    Args:
        train: Training examples; nothing else is looked at.
        names: Candidates; None: all for examples of this kind. A single one is taken, and calibrated.
        seed: Of the folds and the fits.
        beside: Models to judge as well, never chosen.
        criterion: ``ap`` or ``auc``; None: by the kind of examples.
        progress: Called with a stage, what is done and of how much.

    Raises:
        InputError: Too few drives with or without failure to hold any out.
        RefusedError: No candidate could learn; says why of each.
    """
    wanted = list(names) if names is not None else list(default_candidates(train)[0])
    others = [name for name in beside if name not in wanted]
    others += [ABLATIONS[name] for name in wanted if name in ABLATIONS and ABLATIONS[name] not in [*wanted, *others]]
    by = criterion or ("auc" if train.horizon_days is None else "ap")
    tell = progress or (lambda stage, done, total: None)
    # One model alone is not compared.
    forward = forward_parts(train, seed) if len(wanted) + len(others) > 1 else None
    scores, outputs, refused = held_out_scores(train, [*wanted, *others], drive_folds(train, 1, NUM_FOLDS, seed), tell)
    ranked = scores
    if forward is not None:
        ranked, _, too_early = held_out_scores(train, list(scores), forward, tell)
        refused |= too_early
    # References are pinned: they are judged as they come.
    validated = {
        name: validated_by(train, scores[name], found, outputs[name], is_calibrated=name not in REFERENCES)
        for name, found in ranked.items()
    }
    if not any(name in validated for name in wanted):
        told = " ".join(f"{name}: {why}" for name, why in refused.items())
        raise RefusedError(f"No model can learn from these examples. {told}")
    judged = _judged(train, validated, seed)
    notes = _graph_notes(judged, wanted, by)
    candidates = [
        _candidate(
            train, name, validated.get(name), outputs.get(name), judged, refused.get(name) or notes.get(name, "")
        )
        for name in [*wanted, *others]
    ]
    eligible = [name for name in wanted if name in validated and name not in notes]
    if not eligible:
        raise RefusedError(f"No model may be chosen. {' '.join(notes.values())}")
    figure = judged.ap if by == "ap" else judged.auc
    # max keeps the first of equals, and candidates stand simplest first.
    best = max(eligible, key=lambda name: figure[name])
    return Selection(
        name=best,
        why=_why(best, eligible, judged, by, forward is not None, validated[best].calibration.method, units_of(train)),
        calibration=validated[best].calibration,
        threshold=validated[best].threshold,
        scores=validated[best].scores,
        candidates=candidates,
        validated=validated,
        is_forward=forward is not None,
    )


def default_candidates(examples: Examples) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Models to choose among and references to stand beside them, by the kind of examples."""
    if examples.horizon_days is None:
        return WINDOW_CANDIDATES, WINDOW_REFERENCES
    if units_of(examples) == "racks":
        return RACK_CANDIDATES, RACK_REFERENCES
    return HISTORY_CANDIDATES, HISTORY_REFERENCES


def units_of(examples: Examples) -> str:
    """What is judged, in words: ``drives``, or ``racks`` where failures are known by tickets alone."""
    return "racks" if len(examples.drive_keys) and str(examples.drive_keys[0]).startswith("rack:") else "drives"


def _judged(train: Examples, validated: dict[str, Validated], seed: int) -> bootstrap.Replicates:
    rows = np.isfinite(next(iter(validated.values())).ranked) & train.is_known
    scores = {name: model.ranked[rows] for name, model in validated.items()}
    part = bootstrap.Part(train.label[rows], train.drive[rows], scores)
    return bootstrap.bootstrap([part], num_replicates=NUM_REPLICATES, seed=seed)


def _graph_notes(judged: bootstrap.Replicates, wanted: Sequence[str], by: Criterion) -> dict[str, str]:
    """Why a model on the graph may not be chosen."""
    notes = {}
    for name, ablation in ABLATIONS.items():
        if name not in wanted or name not in judged.auc:
            continue
        if ablation not in judged.auc:
            notes[name] = "It cannot be compared with its no-graph ablation."
            continue
        difference = judged.paired(name, ablation)
        gain = difference.delta_ap if by == "ap" else difference.delta_auc
        if not gain.low > 0:
            notes[name] = (
                f"Not better than its no-graph ablation: {_metric(by)} differs by {gain.value:+.4f}, 95 % interval "
                f"{gain.low:+.4f} to {gain.high:+.4f}."
            )
    return notes


def _candidate(
    train: Examples,
    name: str,
    model: Validated | None,
    output: str | None,
    judged: bootstrap.Replicates,
    note: str,
) -> Candidate:
    is_reference = name in REFERENCES
    if model is None:
        return Candidate(name, is_reference=is_reference, note=note)
    rows = train.is_known
    label, is_risk = train.label[rows], output == "risk" and train.horizon_days is not None
    p = model.calibration.p(model.scores[rows])
    area, precision = judged.auc_interval(name), judged.ap_interval(name)
    return Candidate(
        name=name,
        output=output,
        auc=area.value,
        ap=precision.value,
        auc_ci=(area.low, area.high),
        ap_ci=(precision.low, precision.high),
        ece=ece(label, p) if is_risk else None,
        obs_over_pred_top1pct=observed_over_predicted(label, p, 0.01) if is_risk else None,
        obs_over_pred_top10pct=observed_over_predicted(label, p, 0.1) if is_risk else None,
        calibration=model.calibration.method,
        threshold=model.threshold,
        is_reference=is_reference,
        note=note,
    )


def _why(
    best: str,
    eligible: Sequence[str],
    judged: bootstrap.Replicates,
    by: Criterion,
    is_forward: bool,
    method: str,
    units: str,
) -> str:
    where = f"{units} held out and later landmarks of training" if is_forward else f"{units} held out of training"
    figure = judged.ap if by == "ap" else judged.auc
    text = f"{best} was chosen on validation ({where}): "
    rivals = sorted((name for name in eligible if name != best), key=lambda name: -figure[name])
    if rivals:
        difference = judged.paired(best, rivals[0])
        gain = difference.delta_ap if by == "ap" else difference.delta_auc
        clear = "above 0" if gain.low > 0 else "with 0 inside, so the two are alike"
        text += (
            f"{_metric(by)} {figure[best]:.4f}, the highest, before {rivals[0]} with {figure[rivals[0]]:.4f} "
            f"(difference {gain.low:+.4f} to {gain.high:+.4f}, {clear})"
        )
    else:
        text += f"the only candidate, {_metric(by)} {figure[best]:.4f}"
    ahead = [name for name in judged.auc if name in REFERENCES and figure[name] > figure[best]]
    if ahead:
        text += f"; the reference {ahead[0]} reached {figure[ahead[0]]:.4f} there"
    return f"{text}. Calibration: {method}."


def _metric(by: Criterion) -> str:
    return "average precision" if by == "ap" else "AUC"
