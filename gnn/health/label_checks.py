"""Labels against what is known to have happened."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gnn.health.examples import DAY, Examples
from gnn.health.leakage import SHOWN_PAIRS, Leak, LeakPair

# A drive that was repaired and put back reads on after its failure; that is rare where failures are dated right.
MOST_PUT_BACK = 0.05


def window_labels(windows: pd.DataFrame) -> Leak | None:
    """Case-control windows whose label, days to failure and failure day do not go together.

    Args:
        windows: One row a window: ``window_id``, ``failed`` (bool), ``last_day``, ``failure_day`` (datetime64, NaT
            where none), ``ttf_days`` (float; NaN or below 0 where none).
    """
    failed, ttf = windows["failed"].to_numpy(bool), windows["ttf_days"].to_numpy(float)
    ends = (windows["failure_day"] - windows["last_day"]).dt.days.to_numpy(float)
    has_day, has_ttf = ~np.isnan(ends), ttf >= 0
    checks = (
        (failed & ~has_day, "labelled as failed, without a failure day"),
        (~failed & has_day, "labelled as healthy, with a failure day"),
        (~failed & has_ttf, "labelled as healthy, with days to failure"),
        (has_day & (ends < 0), "read on after its failure"),
        (failed & has_day & has_ttf & (ends >= 0) & (ends != ttf), "days to failure are not those to its failure day"),
    )
    return _leak("windows", windows["window_id"].to_numpy(), windows["failure_day"], checks)


def window_events(windows: pd.DataFrame, events: pd.DataFrame) -> Leak | None:
    """Windows against a list of failures.

    Only failures within the days that the list covers, of drive models that it names, can be missed.

    Args:
        windows: As ``window_labels`` takes them, with ``drive_key`` and ``model``.
        events: ``drive_key, model, day`` (datetime64), one row a failure.
    """
    first = events.groupby("drive_key")["day"].min().rename("event_day")
    joined = windows.join(first, on="drive_key")
    failed, event = joined["failed"].to_numpy(bool), joined["event_day"]
    begin, end = events["day"].min(), events["day"].max()
    is_covered = joined["failure_day"].between(begin, end) & joined["model"].isin(events["model"].unique())
    has_event = event.notna().to_numpy()
    checks = (
        (~failed & has_event, "labelled as healthy, but the list knows its failure"),
        (failed & has_event & (event != joined["failure_day"]).to_numpy(), "the list has another day of failure"),
        (failed & ~has_event & is_covered.to_numpy(), "labelled as failed, but the list does not know it"),
    )
    return _leak("windows", joined["window_id"].to_numpy(), event, checks)


def landmark_labels(examples: Examples) -> Leak | None:
    """Labels of examples at landmarks against the failure days of their history."""
    if examples.history is None or examples.horizon_days is None:
        return None
    day = examples.history.drives["failure_day"].reindex(examples.drive_keys).to_numpy()[examples.drive]
    ends = (day.astype(DAY) - examples.landmark) / np.timedelta64(1, "D")
    fails = (ends > 0) & (ends <= examples.horizon_days)
    keys = examples.drive_keys[examples.drive]
    checks = (
        (examples.is_known & examples.label & ~fails, "labelled as failing, but did not fail within the horizon"),
        (examples.is_known & ~examples.label & fails, "labelled as healthy, but failed within the horizon"),
        (ends <= 0, "asked for its risk after its failure"),
    )
    return _leak("examples", keys, pd.Series(day), checks, examples.landmark)


def read_after_failure(last_reading: pd.Series, failure_day: pd.Series) -> Leak | None:
    """Drives with readings after their failure, where they are too many to have been repaired and put back.

    Args:
        last_reading: Last day with readings, by drive key.
        failure_day: First failure, by drive key; NaT where none.
    """
    failed = failure_day[failure_day.notna()]
    after = last_reading.reindex(failed.index) > failed
    if after.sum() <= MOST_PUT_BACK * len(failed):
        return None
    checks = ((after.to_numpy(), "read on after its failure"),)
    return _leak("failed drives", failed.index.to_numpy(), failed, checks)


def _leak(
    what: str,
    names: np.ndarray,
    event_days: pd.Series,
    checks: tuple[tuple[np.ndarray, str], ...],
    at: np.ndarray | None = None,
) -> Leak | None:
    wrong = np.logical_or.reduce([check for check, _ in checks]) if len(names) else np.array([], bool)
    if not wrong.any():
        return None
    days = event_days.to_numpy().astype(DAY)
    pairs = []
    for check, why in checks:
        for row in np.flatnonzero(check)[:SHOWN_PAIRS]:
            pairs.append(
                LeakPair(str(names[row]), "no failure" if np.isnat(days[row]) else f"failure {days[row]}", why)
            )
    told = "; ".join(f"{int(check.sum()):,} {why}" for check, why in checks if check.any())
    return Leak(
        "label_disagrees",
        f"The labels of {int(wrong.sum()):,} of {len(names):,} {what} disagree with what is known: {told}.",
        pairs[:SHOWN_PAIRS],
    )
