"""From files to the split of an evaluation, by the kind of data that the format holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from app.analysis.rack_source import FORMAT_NAME as TICKETS
from app.analysis.risk_sources import ReadHistory, history_from_files
from app.analysis.rules.base import Progress
from app.analysis.window_source import FORMAT_NAME as WINDOWS
from app.analysis.window_source import WindowSet, window_set
from gnn.health.examples import Examples, make_examples
from gnn.health.history import FleetHistory
from gnn.health.landmark_plan import PROTOCOL_TEST, PROTOCOL_TRAIN, LandmarkPlan, Range, plan_landmarks
from gnn.health.splits import LABELS, Split, SplitKind, drive_folds, drive_halves, random_folds, whole
from graph.errors import InputError, RefusedError
from graph.windows.landmarks import LOOK_BACKS_DAYS
from ingest.telemetry.registry import MAPPED

BACKBLAZE = "backblaze-history"
# A window of thirty samples, and the thirty days within which a failed drive of the set fails.
WINDOW_EMBARGO_DAYS = 60
WINDOW_TRAINING_SHARE = 0.7
FEWEST_DRIVES = 10
FEWEST_IN_A_HALF = 20


@dataclass(frozen=True)
class EvaluationRequest:
    """What `atoll evaluate risk` was asked.

    Args:
        format_name: Name of the files' format.
        train: File to learn from.
        test: File to be judged; None: part of the first.
        horizon_days: Horizon of the risk; means nothing to case-control windows.
        split: How to split; None: as suits the format.
        folds: Folds of drives where drives are dealt into folds.
        seeds: Seeds or salts.
        allow_leak: Give the figure of a split that leaks, with its leaks.
        train_landmarks: First and last training landmark; None: the protocol's or the data's.
        test_landmarks: First and last test landmark.
        models: Candidates; None: all that suit the format.
        events: A list of failures (tickets) that the labels must agree with.
    """

    format_name: str
    train: Path
    test: Path | None = None
    horizon_days: int = 30
    split: SplitKind | None = None
    folds: int = 5
    seeds: int = 5
    allow_leak: bool = False
    train_landmarks: Range | None = None
    test_landmarks: Range | None = None
    models: Sequence[str] | None = None
    events: Path | None = None


@dataclass(frozen=True)
class SourceSplit:
    """A split and what the guard needs to know of its sources.

    Args:
        split: The split.
        histories: Fleets that were read, training first; empty for windows and racks.
        windows: Windows that were read, training first.
        window_rows: For windows: position of each row of ``split.train`` and of ``split.test`` in the windows of all
            files, one after the other.
        rejected: Rows of each file that could not be used, with examples.
    """

    split: Split
    histories: list[ReadHistory] = field(default_factory=list)
    windows: list[WindowSet] = field(default_factory=list)
    window_rows: tuple[np.ndarray, np.ndarray] | None = None
    rejected: list[dict[str, Any]] = field(default_factory=list)


def read_split(request: EvaluationRequest, progress: Progress) -> SourceSplit:
    """Read the files and split them.

    Raises:
        InputError: A file, date or option cannot be used.
        RefusedError: The format refuses the file, or the embargo is not kept.
    """
    if request.format_name == MAPPED:
        raise InputError(
            "Format 'mapped': a table of your own is evaluated once it stands in a format that needs no mapping; "
            "expected for example atoll-daily or backblaze-daily."
        )
    if request.format_name == WINDOWS:
        return window_split(request, progress)
    if request.format_name == TICKETS:
        return rack_split(request, progress)
    return history_split(request, progress)


def history_split(request: EvaluationRequest, progress: Progress) -> SourceSplit:
    """Split a fleet's history: forward in time and by drive unless asked otherwise."""
    kind = request.split or "drive+time"
    read = [history_from_files([path], request.format_name, progress=progress) for path in _files(request)]
    first, last = read[0].history, read[-1].history
    _needs_failures(request.train, first.drives)
    plan = _plan(request, kind, _observed(first.drives), _observed(last.drives))
    train, test = _pools(request, plan, first, last)
    if plan.kind == "drive+time" and request.split is None and request.test is None:
        halves = min(train.num_failures // 2, test.num_failures)
        if halves < FEWEST_IN_A_HALF:
            told = (
                f"Split by drive, not by time as well: halves of drives would hold {train.num_failures // 2} failures "
                f"to learn from and {test.num_failures // 2} to judge (at least {FEWEST_IN_A_HALF} and "
                f"{FEWEST_IN_A_HALF // 2})."
            )
            observed = _observed(first.drives)
            days = plan_landmarks(observed, request.horizon_days, "drive", embargo_days=0)
            plan = LandmarkPlan("drive", days.train, days.test, [told, *days.notes])
            train, test = _pools(request, plan, first, last)
    kind = plan.kind
    _needs_enough(request.train, train)
    if test is not train:
        _needs_both_classes(request.test or request.train, test, request.horizon_days)
    notes = [*plan.notes]
    if request.test is not None or kind == "time":
        parts = whole(train, test, request.seeds)
    elif kind == "drive+time":
        parts = drive_halves(train, test, request.seeds)
    elif kind == "random":
        parts = random_folds(train, request.seeds, request.folds)
    else:
        parts = drive_folds(train, request.seeds, request.folds)
    split = Split(kind, LABELS[kind], train, test, parts, plan.embargo_days, notes)
    return SourceSplit(
        split, histories=read, rejected=[_rejected(path, one) for path, one in zip(_files(request), read, strict=True)]
    )


def _pools(
    request: EvaluationRequest, plan: LandmarkPlan, first: FleetHistory, last: FleetHistory
) -> tuple[Examples, Examples]:
    """Examples to learn from and to judge, the same object where one pool is to be cut."""
    cut = plan.train[-1] + timedelta(days=request.horizon_days) if plan.train != plan.test else None
    train = make_examples(first, plan.train, request.horizon_days, cut=cut)
    if request.test is None and cut is None:
        return train, train
    return train, make_examples(last, plan.test, request.horizon_days)


def window_split(request: EvaluationRequest, progress: Progress) -> SourceSplit:
    """Split case-control windows: by drive unless asked otherwise."""
    kind = request.split or "drive"
    read = [window_set([path], progress=progress) for path in _files(request)]
    pools = [one.examples for one in read]
    _needs_enough(request.train, pools[0])
    _needs_both_classes(request.test or request.train, pools[-1], None)
    first, last = np.arange(len(pools[0])), np.arange(len(pools[-1])) + (len(pools[0]) if request.test else 0)
    train, test, embargo_days, notes = pools[0], pools[-1], None, []
    if request.horizon_days != 30:
        notes.append("--horizon-days means nothing to case-control windows: their output is a score, not a risk.")
    if kind in ("time", "drive+time"):
        early, late, embargo_days = _window_times(request, kind, pools[0], pools[-1])
        if kind == "drive+time":
            seen = pools[0].drive_keys[np.unique(pools[0].drive[early])]
            late = late[~np.isin(pools[-1].drive_keys[pools[-1].drive[late]], seen)]
        train, test, first, last = pools[0].take(early), pools[-1].take(late), first[early], last[late]
        for pool in (train, test):
            _needs_both_classes(request.train, pool, None)
        parts = whole(train, test, request.seeds)
    elif request.test is not None:
        parts = whole(train, test, request.seeds)
    else:
        make = random_folds if kind == "random" else drive_folds
        parts = make(train, request.seeds, request.folds)
    split = Split(kind, LABELS[kind], train, test, parts, embargo_days, notes)
    rejected = [
        {"file": str(path), "rows_read": one.rows_read, "rows_rejected": one.rows_rejected, "examples": one.rejections}
        for path, one in zip(_files(request), read, strict=True)
    ]
    return SourceSplit(split, windows=read, window_rows=(first, last), rejected=rejected)


def rack_split(request: EvaluationRequest, progress: Progress) -> SourceSplit:
    """Racks of failure tickets: learn which failed again, and judge it half a year later."""
    from app.analysis.rack_source import rack_set

    if request.test is not None or request.split not in (None, "time"):
        raise InputError(
            f"Format '{TICKETS}' holds no readings; its racks are judged forward in time within one file: leave out "
            f"--test, and --split or give --split time."
        )
    read = rack_set([request.train], progress=progress)
    for pool in (read.train, read.test):
        _needs_both_classes(request.train, pool, pool.horizon_days)
    embargo = int((read.test.landmark.min() - read.train.landmark.max()) / np.timedelta64(1, "D"))
    notes = [
        *read.notes,
        "Racks, not drives: tickets hold no readings. The same racks stand on both sides, at different times.",
    ]
    label = "same-rack, forward in time"
    split = Split("time", label, read.train, read.test, whole(read.train, read.test, request.seeds), embargo, notes)
    rejected = [
        {
            "file": str(request.train),
            "rows_read": read.rows_read,
            "rows_rejected": read.rows_rejected,
            "examples": read.rejections,
        }
    ]
    return SourceSplit(split, rejected=rejected)


def _plan(request: EvaluationRequest, kind: SplitKind, observed: Range, test_observed: Range) -> LandmarkPlan:
    if request.test is not None and kind == "random":
        raise InputError("--split random cuts the rows of one file; leave out --test or --split.")
    train, test = request.train_landmarks, request.test_landmarks
    notes = []
    if request.format_name == BACKBLAZE and kind == "drive+time" and train is None and test is None:
        fits = observed[0] <= PROTOCOL_TRAIN[0] and PROTOCOL_TEST[1] <= test_observed[1]
        fits = fits and (PROTOCOL_TEST[0] - PROTOCOL_TRAIN[1]).days >= request.horizon_days
        if fits:
            train, test = PROTOCOL_TRAIN, PROTOCOL_TEST
        else:
            notes.append("The protocol's landmarks do not fit this file and horizon; landmarks are the data's own.")
    latest = max(observed[1], test_observed[1]) if kind in ("time", "drive+time") else observed[1]
    plan = plan_landmarks(
        (observed[0], latest),
        request.horizon_days,
        kind,
        embargo_days=max(LOOK_BACKS_DAYS) + request.horizon_days,
        train=train,
        test=test,
        may_fall_back=request.split is None,
    )
    return LandmarkPlan(plan.kind, plan.train, plan.test, [*notes, *plan.notes])


def _window_times(
    request: EvaluationRequest, kind: SplitKind, train: Examples, test: Examples
) -> tuple[np.ndarray, np.ndarray, int]:
    """Rows before and after a cut of time, and the days between them."""
    gap = np.timedelta64(WINDOW_EMBARGO_DAYS if kind == "time" else 1, "D")
    days = np.sort(train.landmark)
    learn, judge = request.train_landmarks, request.test_landmarks
    begin, end = learn or (days[0], days[int(len(days) * WINDOW_TRAINING_SHARE)])
    early = np.flatnonzero((train.landmark >= np.datetime64(begin)) & (train.landmark <= np.datetime64(end)))
    if not len(early):
        raise InputError(f"No window ends between {begin} and {end}; they end from {days[0]} to {days[-1]}.")
    last = train.landmark[early].max()
    from_, to = judge or (last + gap, test.landmark.max())
    late = np.flatnonzero((test.landmark >= np.datetime64(from_)) & (test.landmark <= np.datetime64(to)))
    if not len(late):
        raise InputError(f"No window ends between {from_} and {to}; they end up to {test.landmark.max()}.")
    apart = int((test.landmark[late].min() - last) / np.timedelta64(1, "D"))
    if apart < gap / np.timedelta64(1, "D"):
        raise RefusedError(
            f"--split {kind}: {apart} days lie between the last window of training, {last}, and the first of the test, "
            f"{test.landmark[late].min()}; expected at least {gap / np.timedelta64(1, 'D'):.0f}, the length of a "
            f"window and the days within which its drive fails. Give later --test-landmarks."
        )
    return early, late, apart


def _files(request: EvaluationRequest) -> list[Path]:
    return [request.train] if request.test is None else [request.train, request.test]


def _observed(drives: pd.DataFrame) -> tuple[date, date]:
    return drives["first_day"].min().date(), drives["last_day"].max().date()


def _needs_failures(path: Path, drives: pd.DataFrame) -> None:
    failed = int(drives["failure_day"].notna().sum())
    if not failed:
        raise InputError(f"{path}: none of its {len(drives):,} drives fails, so there is nothing to learn or to judge.")
    if failed == len(drives):
        raise InputError(f"{path}: all of its {failed:,} drives fail; drives that do not fail are needed as well.")


def _needs_enough(path: Path, pool: Examples) -> None:
    """Refuse what no figure could come from: fewer than ten drives of either kind."""
    _needs_both_classes(path, pool, pool.horizon_days)
    failing = pool.num_failures
    healthy = len(np.unique(pool.drive[pool.is_known])) - failing
    if min(failing, healthy) >= FEWEST_DRIVES:
        return
    within = f" within {pool.horizon_days} days of a landmark" if pool.horizon_days is not None else ""
    raise InputError(
        f"{path}: {failing:,} drives fail{within} and {healthy:,} do not: too few to learn from and to judge by. "
        f"Expected at least {FEWEST_DRIVES} of each."
    )


def _needs_both_classes(path: Path, pool: Examples, horizon_days: int | None) -> None:
    label = pool.label[pool.is_known]
    if label.any() and not label.all():
        return
    within = f" within {horizon_days} days of a landmark" if horizon_days is not None else ""
    which = "none" if not label.any() else "all"
    raise InputError(
        f"{path}: {which} of its {len(label):,} examples with a known outcome fails{within}; both classes are needed."
    )


def _rejected(path: Path, read: ReadHistory) -> dict[str, Any]:
    return {
        "file": str(path),
        "rows_read": read.rows_read,
        "rows_rejected": read.rows_rejected,
        "examples": list(read.examples),
    }
