"""On which days risk is asked: for training, and later for the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from gnn.health.splits import SplitKind
from graph.errors import InputError, RefusedError

Range = tuple[date, date]
# The protocol of the Backblaze history, see bench/health_protocol.py: what published figures compare with.
PROTOCOL_TRAIN: Range = (date(2014, 6, 1), date(2015, 12, 1))
PROTOCOL_TEST: Range = (date(2016, 2, 1), date(2016, 8, 25))
STEP_DAYS = 30
SHORT_STEP_DAYS = 7
# Of the time in which risk can be asked, so much is for training where the data set the dates.
TRAINING_SHARE = 0.6
WARM_UP_DAYS = 7


@dataclass(frozen=True)
class LandmarkPlan:
    """Landmarks of training and test.

    Args:
        kind: The split that they serve; ``drive`` where time proved too short to be cut.
        train: Ascending.
        test: Ascending; the same list where time is not cut.
        notes: Why they are what they are.
    """

    kind: SplitKind
    train: list[date]
    test: list[date]
    notes: list[str] = field(default_factory=list)

    @property
    def embargo_days(self) -> int | None:
        """Days between the last training and the first test landmark; None where time is not cut."""
        return (self.test[0] - self.train[-1]).days if self.train != self.test else None


def landmark_days(first: date, last: date, step_days: int = STEP_DAYS) -> list[date]:
    """Every ``step_days`` from ``first``, none after ``last``."""
    return [first + timedelta(days=step) for step in range(0, (last - first).days + 1, step_days)]


def plan_landmarks(
    observed: Range,
    horizon_days: int,
    kind: SplitKind,
    *,
    embargo_days: int,
    train: Range | None = None,
    test: Range | None = None,
    may_fall_back: bool = False,
) -> LandmarkPlan:
    """Choose landmarks whose whole horizon is observed.

    Args:
        observed: First and last day of readings.
        horizon_days: Horizon of the risk.
        kind: The split. ``drive`` and ``random`` use all landmarks on both sides; ``drive+time`` begins the test
            where the outcomes of training end; ``time`` keeps the embargo as well, since it meets the same drives.
        embargo_days: Longest look-back of a feature plus the horizon.
        train: First and last training landmark, where the user gave them.
        test: First and last test landmark, where the user gave them.
        may_fall_back: Use ``drive`` where time is too short to be cut, and say so.

    Raises:
        InputError: The horizon is longer than the follow-up, or time too short for the split.
        RefusedError: The user's dates leave less than the embargo between training and test of the same drives.
    """
    first, last = observed[0] + timedelta(days=WARM_UP_DAYS), observed[1] - timedelta(days=horizon_days)
    if last < first:
        raise InputError(
            f"--horizon-days {horizon_days}: longer than the follow-up. Readings run from {observed[0]} to "
            f"{observed[1]}, {(observed[1] - observed[0]).days} days; expected at most "
            f"{max((observed[1] - observed[0]).days - WARM_UP_DAYS, 0)}."
        )
    # A month apart is enough where there are many months; a short file is asked every week.
    step = STEP_DAYS if (last - first).days >= 6 * STEP_DAYS else SHORT_STEP_DAYS
    if kind in ("drive", "random"):
        begin, end = train or test or (first, last)
        days = landmark_days(begin, end, step)
        return LandmarkPlan(kind, days, days, [f"Landmarks every {step} days from {days[0]} to {days[-1]}."])
    gap = embargo_days if kind == "time" else horizon_days
    if train is None and test is None:
        learnable = (last - first).days - gap
        if learnable < SHORT_STEP_DAYS:
            told = (
                f"Risk can be asked from {first} to {last}; to cut time, {gap} days must lie between training and "
                f"test, and nothing is left."
            )
            if not may_fall_back:
                raise InputError(f"--split {kind}: time is too short. {told} Use --split drive.")
            days = landmark_days(first, last, step)
            return LandmarkPlan("drive", days, days, [f"Split by drive, not by time as well. {told}"])
        until = first + timedelta(days=int(learnable * TRAINING_SHARE))
        train = (first, until)
    if train is None and test is not None:
        train = (first, test[0] - timedelta(days=gap))
    train_days = landmark_days(*train, step) if train else []
    if not train_days:
        raise InputError(f"No training landmark lies {gap} days before the test's first, {test and test[0]}.")
    test_days = landmark_days(*(test or (train_days[-1] + timedelta(days=gap), last)), step)
    plan = LandmarkPlan(kind, train_days, test_days)
    _hold_gap(plan, gap)
    return plan


def _hold_gap(plan: LandmarkPlan, gap: int) -> None:
    if not plan.test:
        raise InputError(
            f"No test landmark is left {gap} days after the last training landmark, {plan.train[-1]}. "
            f"Give earlier --train-landmarks."
        )
    apart = (plan.test[0] - plan.train[-1]).days
    if apart >= gap:
        return
    if plan.kind == "time":
        raise RefusedError(
            f"--split time: the same drives stand on both sides, so an embargo of {gap} days (window plus horizon) is "
            f"needed between the last training landmark, {plan.train[-1]}, and the first of the test, {plan.test[0]}, "
            f"which are {apart} days apart. Give later --test-landmarks or use --split drive+time."
        )
    raise InputError(
        f"The first test landmark, {plan.test[0]}, lies {apart} days after the last of training, {plan.train[-1]}; "
        f"expected at least the horizon, {gap} days, or training would know outcomes of the test's time."
    )
