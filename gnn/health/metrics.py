"""How good a score or a probability is: ranking, thresholds and lead time; what a probability is worth stands beside.

Everything takes numpy arrays of one entry an example and, where ``weight`` is accepted, how often each example counts
(a drive bootstrap draws whole drives several times or not at all). A higher score is likelier to fail; ties never
depend on the order of the examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PREVALENCES = (0.001, 0.005, 0.01, 0.05)
# A fleet of a million drives has thousands of failures: so many a landmark fix the C-index to the third decimal.
MAX_EVENTS = 2_000
# Pairs compared at once, so that the C-index of a large fleet stays within a few hundred megabytes.
_PAIRS_AT_ONCE = 20_000_000


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What alarms at ``score >= threshold`` are worth; NaN where nothing stands below the fraction line.

    Args:
        threshold: Alarms are raised from here on.
        precision: Share of alarms that are failures.
        recall: Share of failures that raise an alarm.
        f1: Harmonic mean of both; 0 where no failure is found.
        false_positive_rate: Share of healthy examples that raise an alarm.
        num_alarms: Alarms raised (their weight).
    """

    threshold: float
    precision: float
    recall: float
    f1: float
    false_positive_rate: float
    num_alarms: float


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Days between the alarm and the failure of the drives that were found in time.

    Args:
        median_days: Median; NaN where no drive was found.
        q1_days: Lower quartile.
        q3_days: Upper quartile.
        num_found: Failed drives with an alarm at a landmark within the horizon before their failure.
        num_failed: Failed drives with such a landmark at all.
    """

    median_days: float
    q1_days: float
    q3_days: float
    num_found: int
    num_failed: int


@dataclass(frozen=True, slots=True)
class _Levels:
    """Weight of failures and of the healthy at each distinct score, highest first."""

    score: np.ndarray
    failed: np.ndarray
    healthy: np.ndarray


def auc(label: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Probability that a failure scores above a healthy example; ties count half.

    Args:
        label: bool, shape ``(num_examples,)``.
        score: Shape ``(num_examples,)``.
        weight: How often each example counts, shape ``(num_examples,)``; None: once.

    Returns:
        In [0, 1]; NaN where one of the classes is empty.

    References:
        Hanley and McNeil, Radiology 1982.
    """
    levels = _levels(label, score, weight)
    failed, healthy = levels.failed.sum(), levels.healthy.sum()
    if failed <= 0 or healthy <= 0:
        return float("nan")
    below = healthy - np.cumsum(levels.healthy) + levels.healthy / 2
    return float(levels.failed @ below / (failed * healthy))


def average_precision(label: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Precision at each distinct score, weighted by the recall that it adds; no interpolation.

    Args:
        label: bool, shape ``(num_examples,)``.
        score: Shape ``(num_examples,)``.
        weight: How often each example counts, shape ``(num_examples,)``; None: once.

    Returns:
        In [0, 1], of a constant score the base rate; NaN where nothing failed.

    References:
        Manning, Raghavan and Schütze, Introduction to Information Retrieval, 2008 (as scikit-learn).
    """
    levels = _levels(label, score, weight)
    failed = levels.failed.sum()
    if failed <= 0:
        return float("nan")
    found = np.cumsum(levels.failed)
    alarms = found + np.cumsum(levels.healthy)
    return float(levels.failed @ np.divide(found, alarms, out=np.zeros_like(found), where=alarms > 0) / failed)


def at_threshold(
    label: np.ndarray, score: np.ndarray, threshold: float, weight: np.ndarray | None = None
) -> AtThreshold:
    """Precision, recall, F1 and false positives of alarms at ``score >= threshold``.

    Args:
        label: bool, shape ``(num_examples,)``.
        score: Shape ``(num_examples,)``.
        threshold: Lowest score that raises an alarm.
        weight: How often each example counts; None: once.
    """
    label = np.asarray(label, bool)
    count = np.ones(len(label)) if weight is None else np.asarray(weight, float)
    alarm = np.asarray(score) >= threshold
    found, alarms = count[alarm & label].sum(), count[alarm].sum()
    failed, healthy = count[label].sum(), count[~label].sum()
    return AtThreshold(
        threshold=float(threshold),
        precision=_share(found, alarms),
        recall=_share(found, failed),
        f1=_share(2 * found, alarms + failed),
        false_positive_rate=_share(alarms - found, healthy),
        num_alarms=float(alarms),
    )


def best_threshold(label: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> float:
    """The score from which alarms reach the highest F1; to be chosen on validation, never on the test.

    Args:
        label: bool, shape ``(num_examples,)``.
        score: Shape ``(num_examples,)``.
        weight: How often each example counts; None: once.

    Returns:
        One of the scores, the highest of equally good ones; infinity (no alarm) where nothing failed.
    """
    levels = _levels(label, score, weight)
    failed = levels.failed.sum()
    if failed <= 0:
        return float("inf")
    found = np.cumsum(levels.failed)
    return float(levels.score[np.argmax(2 * found / (found + np.cumsum(levels.healthy) + failed))])


def threshold_at_false_positive_rate(
    label: np.ndarray, score: np.ndarray, rate: float, weight: np.ndarray | None = None
) -> float:
    """The lowest score from which at most ``rate`` of the healthy examples raise an alarm.

    Args:
        label: bool, shape ``(num_examples,)``.
        score: Shape ``(num_examples,)``.
        rate: Share of healthy examples, in [0, 1].
        weight: How often each example counts; None: once.

    Returns:
        One of the scores; infinity (no alarm) where even the highest score raises too many.
    """
    levels = _levels(label, score, weight)
    allowed = np.cumsum(levels.healthy) <= rate * levels.healthy.sum() + 1e-9
    return float(levels.score[allowed][-1]) if allowed.any() else float("inf")


def ppv_at_prevalence(
    recall: float, false_positive_rate: float, prevalences: Sequence[float] = PREVALENCES
) -> dict[float, float]:
    """Precision that the same alarms would have where failures are as rare as stated (Bayes' rule).

    A case-control set is half failures; a fleet is not. Recall and false positive rate do not depend on prevalence,
    precision does.

    Args:
        recall: Share of failures that raise an alarm.
        false_positive_rate: Share of healthy examples that raise an alarm.
        prevalences: Shares of failures among all.

    Returns:
        Prevalence to precision; NaN where nothing raises an alarm.
    """
    return {share: _share(recall * share, recall * share + false_positive_rate * (1 - share)) for share in prevalences}


def lead_time_days(
    drive: np.ndarray,
    days_to_end: np.ndarray,
    has_failed: np.ndarray,
    label: np.ndarray,
    score: np.ndarray,
    threshold: float,
) -> LeadTime:
    """How long before its failure a drive that was found in time had stood in alarm.

    A failed drive is found if some landmark within the horizon before its failure (``label``) raises an alarm. From
    the last such landmark the run of alarms is followed back, landmark by landmark, until the first without an alarm:
    the lead time is from the first alarm of that run to the failure. So an alarm that was raised and withdrawn years
    ahead adds nothing, and one that held from early on counts from there.

    Args:
        drive: Drive of each example, shape ``(num_examples,)``.
        days_to_end: Days from the landmark to the failure or the end of observation.
        has_failed: True where that end is a failure.
        label: True where the failure falls within the horizon.
        score: Higher is likelier to fail.
        threshold: Lowest score that raises an alarm, from validation.
    """
    label = np.asarray(label, bool)
    ends_in_failure = np.asarray(has_failed, bool) | label
    order = np.lexsort((np.asarray(days_to_end)[ends_in_failure], np.asarray(drive)[ends_in_failure]))
    days, of = np.asarray(days_to_end)[ends_in_failure][order], np.asarray(drive)[ends_in_failure][order]
    near, alarm = label[ends_in_failure][order], (np.asarray(score) >= threshold)[ends_in_failure][order]
    leads = []
    # Nearest the failure first within a drive.
    starts = np.flatnonzero(np.r_[True, of[1:] != of[:-1]]) if len(of) else np.empty(0, int)
    num_failed = 0
    for start, stop in zip(starts, np.r_[starts[1:], len(of)].astype(int), strict=True):
        num_failed += bool(near[start:stop].any())
        found = np.flatnonzero((near & alarm)[start:stop])
        if len(found):
            silent = np.flatnonzero(~alarm[start + found[0] : stop])
            last = start + found[0] + silent[0] - 1 if len(silent) else stop - 1
            leads.append(days[last])
    q1, median, q3 = np.quantile(leads, (0.25, 0.5, 0.75)) if leads else (np.nan,) * 3
    return LeadTime(float(median), float(q1), float(q3), len(leads), num_failed)


def c_index(
    days_to_end: np.ndarray,
    has_failed: np.ndarray,
    score: np.ndarray,
    landmark: np.ndarray | None = None,
    *,
    max_events: int = MAX_EVENTS,
) -> float:
    """Share of comparable pairs in which the drive that fails first scores higher (Harrell), pooled over landmarks.

    A pair is comparable where one drive is known to fail before the other's failure or end of observation; drives are
    compared at one landmark only, so that each drive counts once a pair. Tied scores count half, failures on the same
    day are not compared. Of a landmark with more than ``max_events`` failures, so many are drawn (seed 0) and compared
    with all drives.

    Args:
        days_to_end: Days from the landmark to failure or the end of observation, shape ``(num_examples,)``.
        has_failed: True where that end is a failure.
        score: Higher is likelier to fail.
        landmark: Landmark of each example; None: all at one.
        max_events: Failures compared at one landmark.

    Returns:
        In [0, 1]; NaN where no pair is comparable.

    References:
        Harrell et al., JAMA 1982.
    """
    days, failed, score = (np.asarray(values) for values in (days_to_end, has_failed, score))
    at = np.zeros(len(days), int) if landmark is None else np.unique(landmark, return_inverse=True)[1]
    rng = np.random.default_rng(0)
    right = pairs = 0.0
    for number in range(at.max() + 1 if len(at) else 0):
        here = at == number
        end, is_event, value = days[here], failed[here].astype(bool), score[here]
        events = np.flatnonzero(is_event)
        if len(events) > max_events:
            events = rng.choice(events, max_events, replace=False)
        step = max(1, _PAIRS_AT_ONCE // max(1, len(end)))
        for chunk in (events[start : start + step] for start in range(0, len(events), step)):
            outlives = (end > end[chunk, None]) | ((end == end[chunk, None]) & ~is_event)
            lower = value < value[chunk, None]
            tied = value == value[chunk, None]
            pairs += outlives.sum()
            right += (outlives & lower).sum() + (outlives & tied).sum() / 2
    return _share(right, pairs)


def time_to_failure_error(
    days_to_failure: np.ndarray, predicted_days: np.ndarray, constant_days: float
) -> tuple[float, float]:
    """Mean absolute error of a predicted time to failure, beside that of a constant.

    Args:
        days_to_failure: True days of the examples that fail, shape ``(num_failures,)``.
        predicted_days: Predicted days, same shape.
        constant_days: The median of the failures in training, the best constant for this error.

    Returns:
        Error of the prediction and of the constant, in days; NaN without failures.
    """
    if not len(days_to_failure):
        return float("nan"), float("nan")
    true = np.asarray(days_to_failure, float)
    return float(np.abs(true - predicted_days).mean()), float(np.abs(true - constant_days).mean())


def _levels(label: np.ndarray, score: np.ndarray, weight: np.ndarray | None) -> _Levels:
    label, score = np.asarray(label, bool), np.asarray(score, float)
    count = np.ones(len(label)) if weight is None else np.asarray(weight, float)
    values, at = np.unique(-score, return_inverse=True)
    failed = np.bincount(at, weights=count * label, minlength=len(values))
    healthy = np.bincount(at, weights=count * ~label, minlength=len(values))
    return _Levels(-values, failed, healthy)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")
