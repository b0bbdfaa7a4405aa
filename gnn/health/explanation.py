"""What raised a risk: contributions of features, merged by the SMART attribute that they come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gnn.health.examples import Examples, Feature
from gnn.health.feature_plan import ERRORS

# Log-odds below which a contribution changes the odds by less than 5 %, which nobody would act upon.
SMALLEST_CONTRIBUTION = 0.05


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for a score.

    Args:
        feature: The feature that says most of it.
        value: Its value; None where unknown.
        contribution: What all features of the same attribute add to the log-odds; above 0 raises the risk.
    """

    feature: Feature
    value: float | None
    contribution: float


def causes(examples: Examples, contributions: np.ndarray, most: int = 4) -> list[list[Cause]]:
    """The strongest reasons of each example.

    Features of one attribute (its value, its rise over 7 and 30 days, …) tell one story and are strongly correlated, so
    that a model spreads what it says over them as it likes: their contributions are summed, and the one that adds most
    in the direction of the sum speaks for all. What lowers a risk is named only where nothing raises it.

    Args:
        examples: What was scored.
        contributions: Log-odds that each feature adds, shape ``(num_examples, num_features)``, columns as in
            ``examples.catalogue``.
        most: Most reasons an example.

    Returns:
        For each example its reasons, what raises the risk most first; may be empty.
    """
    if not len(examples):
        return []
    catalogue = examples.catalogue
    contributions = attributed(examples, contributions)
    groups = _groups(catalogue)
    num_groups = int(groups.max()) + 1
    merged = np.zeros((len(examples), num_groups))
    for column, group in enumerate(groups):
        merged[:, group] += contributions[:, column]
    members = [np.flatnonzero(groups == group) for group in range(num_groups)]
    values = examples.features.to_numpy(np.float64)
    order = np.argsort(-merged, axis=1, kind="stable")[:, :most]
    lowering = np.argsort(merged, axis=1, kind="stable")[:, :1]
    found = []
    for row in range(len(examples)):
        chosen = [group for group in order[row] if merged[row, group] >= SMALLEST_CONTRIBUTION]
        if not chosen and merged[row, lowering[row, 0]] <= -SMALLEST_CONTRIBUTION:
            chosen = [lowering[row, 0]]
        own = []
        for group in chosen:
            among = members[group]
            signed = contributions[row, among] * np.sign(merged[row, group])
            column = int(among[np.argmax(signed)])
            value = float(values[row, column])
            own.append(Cause(catalogue[column], None if np.isnan(value) else value, float(merged[row, group])))
        found.append(own)
    return found


def attributed(examples: Examples, contributions: np.ndarray) -> np.ndarray:
    """Contributions with those of counts over all error counters given to the counters that they count.

    ``errors_log_sum`` is a sum over attributes, so what it adds for a drive is shared out by each attribute's term of
    that sum; likewise the rises, and the numbers of counters above zero. Where no counter shows anything, as on a drive
    without errors, it stays where it is.

    Args:
        examples: What was scored.
        contributions: Shape ``(num_examples, num_features)``.

    Returns:
        The same shape and the same sums by example.
    """
    place = {item.name: column for column, item in enumerate(examples.catalogue)}
    shared = contributions.copy()
    for name, column in place.items():
        found = _counted_by(name)
        if found is None:
            continue
        suffixes, term = found
        named = [[f"{counter}_{suffix}" for suffix in suffixes] for counter in ERRORS]
        # Of a packed counter the decoded level stands beside the raw value and is what was counted.
        known = [[counted for counted in names if counted in place] for names in named]
        parts = [place[names[0]] for names in known if names]
        if not parts:
            continue
        values = np.nan_to_num(examples.features.iloc[:, parts].to_numpy(np.float64), nan=0.0)
        terms = term(np.maximum(values, 0.0))
        total = terms.sum(axis=1)
        some = total > 0
        shared[np.ix_(some, parts)] += terms[some] / total[some, None] * contributions[some, column, None]
        shared[some, column] = 0.0
    return shared


def importance(contributions: np.ndarray) -> np.ndarray:
    """Mean absolute contribution of each feature in log-odds, shape ``(num_features,)``."""
    return np.abs(contributions).mean(axis=0)


def _counted_by(name: str) -> tuple[tuple[str, ...], Callable[[np.ndarray], np.ndarray]] | None:
    """Of a count over error counters: suffixes of what it counts, the first that is there, and what it makes of it."""
    if name == "errors_log_sum":
        return ("level", "last"), np.log1p
    if name == "num_errors_now":
        return ("level", "last"), _is_above_zero
    if name == "num_errors_ever":
        return ("ever_max",), _is_above_zero
    if rising := re.fullmatch(r"num_errors_rising_(\d+_days)", name):
        return (f"rise_{rising[1]}",), _is_above_zero
    if rises := re.fullmatch(r"errors_rise_log_sum_(\d+_days)", name):
        return (f"rise_{rises[1]}",), np.log1p
    return None


def _is_above_zero(values: np.ndarray) -> np.ndarray:
    return (values > 0).astype(np.float64)


def _groups(catalogue: Sequence[Feature]) -> np.ndarray:
    """Number of each feature's group: one a SMART attribute, and one each for features of none."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(item.attribute or f"feature {item.name}", len(numbers)) for item in catalogue])
