"""`atoll evaluate risk`: from files to figures that were held against the leakage guard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.analysis.rack_source import FORMAT_NAME as TICKETS
from app.analysis.results import plain
from app.analysis.risk_guard import find_leaks
from app.analysis.risk_splits import EvaluationRequest, SourceSplit, read_split
from app.analysis.rules.base import Progress
from app.analysis.window_source import FORMAT_NAME as WINDOWS
from gnn.health.evaluation import Evaluation, Slice, Task, evaluate
from gnn.health.leakage import Leak, LeakageError
from gnn.health.port import model_named
from gnn.health.selection import (
    HISTORY_CANDIDATES,
    HISTORY_REFERENCES,
    RACK_CANDIDATES,
    RACK_REFERENCES,
    REFERENCES,
    WINDOW_CANDIDATES,
    WINDOW_REFERENCES,
    Criterion,
    units_of,
)
from gnn.health.splits import Split
from graph.errors import InputError
from ingest.telemetry.alibaba import MODEL_BY_ALIAS

MOST_MODELS_SLICED = 4
MOST_MAKERS_SLICED = 4


@dataclass(frozen=True)
class RiskEvaluation:
    """What `atoll evaluate risk` prints.

    Args:
        request: What was asked.
        split: The split that was judged.
        figures: All figures.
        leak: What the guard found, where it was told to let it pass; empty otherwise.
        rejected: Rows of each file that could not be used.
        notes: What limits the figures, a sentence each.
    """

    request: EvaluationRequest
    split: Split
    figures: Evaluation
    leak: list[Leak]
    rejected: list[dict[str, Any]]
    notes: list[str] = field(default_factory=list)

    @property
    def units(self) -> str:
        """What was judged, in words: drives, or racks."""
        return units_of(self.split.test)

    def to_json(self) -> dict[str, Any]:
        """The keys of ``evaluate-risk-1`` but ``schema``."""
        split = self.split
        found: dict[str, Any] = plain(
            {
                "format": self.request.format_name,
                "split": split.kind,
                "split_label": split.label,
                "seeds": split.seeds,
                "folds": len(split.parts) // len(split.seeds),
                "horizon_days": split.test.horizon_days,
                "embargo_days": split.embargo_days,
                "train_landmarks": _range(split.train.landmark),
                "test_landmarks": _range(split.test.landmark),
                **vars(self.figures),
                "leak": [leak.to_json() for leak in self.leak],
                "rejected": self.rejected,
                "notes": self.notes,
            }
        )
        return found


def evaluate_risk(request: EvaluationRequest, progress: Progress) -> RiskEvaluation:
    """Read, split, guard, fit, judge.

    Args:
        request: What is asked.
        progress: Called with a stage, what is done and of how much (None: unknown).

    Raises:
        InputError: A file or option cannot be used, or the data hold too little.
        LeakageError: The split leaks and ``allow_leak`` was not given.
        RefusedError: The format refuses the file, or no model can learn.
    """
    candidates, references = _models(request)
    source = read_split(request, progress)
    leaks = find_leaks(source, request, progress)
    if leaks and not request.allow_leak:
        raise LeakageError(leaks[0])
    task = Task(
        split=source.split,
        candidates=candidates,
        references=references,
        criterion=_criterion(request.format_name),
        slices=_slices(source, request.format_name),
        is_without_ages=request.format_name == WINDOWS,
    )
    figures = evaluate(task, progress=progress)
    notes = [*source.split.notes, *figures.notes]
    notes += [
        f"{item['file']}: {item['rows_rejected']:,} of {item['rows_read']:,} rows could not be used."
        for item in source.rejected
        if item["rows_rejected"]
    ]
    return RiskEvaluation(request, source.split, figures, leaks, source.rejected, list(dict.fromkeys(notes)))


def _models(request: EvaluationRequest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Candidates and references of the format; those the user named, where he did."""
    candidates: tuple[str, ...]
    references: tuple[str, ...]
    if request.format_name == WINDOWS:
        candidates, references = WINDOW_CANDIDATES, WINDOW_REFERENCES
    elif request.format_name == TICKETS:
        candidates, references = RACK_CANDIDATES, RACK_REFERENCES
    else:
        candidates, references = HISTORY_CANDIDATES, HISTORY_REFERENCES
    if request.models is None:
        return candidates, references
    for name in request.models:
        model_named(name)
    named = tuple(name for name in request.models if name not in REFERENCES)
    if not named:
        raise InputError(
            f"--models {','.join(request.models)}: references alone; name at least one to judge, "
            f"such as {candidates[-1]}."
        )
    return named, references


def _criterion(format_name: str) -> Criterion:
    return "auc" if format_name == WINDOWS else "ap"


def _slices(source: SourceSplit, format_name: str) -> list[Slice]:
    test = source.split.test
    if format_name == TICKETS:
        return []
    model = test.groups["model"].astype(str)
    if format_name == WINDOWS:
        ends_at_once = test.has_failed & (np.nan_to_num(test.days_to_end, nan=1.0) <= 0)
        alias = {name: f"{name} ({own})" for own, name in MODEL_BY_ALIAS.items()}
        own = [Slice(f"model {alias.get(name, name)}", (model == name).to_numpy()) for name in sorted(model.unique())]
        return [*own, Slice("ttf = 0 removed", ~ends_at_once)]
    by_size = model[test.is_known].value_counts().index[:MOST_MODELS_SLICED]
    vendor = test.groups["vendor"].astype(str)
    makers = vendor[test.is_known & test.groups["vendor"].notna().to_numpy()].value_counts().index[:MOST_MAKERS_SLICED]
    return [
        *(Slice(f"maker {name}", (vendor == name).to_numpy()) for name in makers),
        *(Slice(f"model {name}", (model == name).to_numpy()) for name in by_size),
    ]


def _range(landmark: np.ndarray) -> dict[str, Any]:
    days = np.unique(landmark)
    return {"first": str(days[0]), "last": str(days[-1]), "num": len(days)}
