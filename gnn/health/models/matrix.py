"""What the models of histories share: which examples teach, and numbers out of a feature table by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit

from gnn.health.examples import Examples
from gnn.health.feature_plan import HOURS
from graph.errors import RefusedError
from graph.ontology import smart
from graph.windows.landmarks import POWER_CYCLES

MIN_FAILING_DRIVES = 5
LAST = "_last"
REPEATED = ("_ever_max", "_rise_ever")
SMALLEST_P = 1e-9
# Beyond so many standard deviations a value says no more than "extreme".
_FURTHEST = 6.0


def followed_days(train: Examples, model: str) -> int:
    """Horizon in days of examples that have a follow-up in time.

    Raises:
        RefusedError: They are case-control windows.
    """
    if train.horizon_days is None:
        raise RefusedError(
            f"Model '{model}' cannot learn: these examples have no follow-up (case-control windows), so "
            "nothing is a risk by horizon. Use a window classifier."
        )
    return train.horizon_days


def teaching(train: Examples, model: str, min_failing_drives: int = MIN_FAILING_DRIVES) -> Examples:
    """The examples whose label is known, in an order that does not depend on how they came.

    Args:
        train: Examples.
        model: Name of the model, for the refusal.
        min_failing_drives: Fewer drives than these cannot teach it.

    Raises:
        RefusedError: One class is missing or too few drives fail.
    """
    known = train.take(np.flatnonzero(train.is_known))
    failing, healthy = known.num_failures, int((~known.label).sum())
    within = "" if train.horizon_days is None else f" within {train.horizon_days} days"
    if failing < min_failing_drives:
        raise RefusedError(
            f"Model '{model}' cannot learn: of {len(np.unique(known.drive))} drives with a known outcome {failing} "
            f"fail{within}, expected at least {min_failing_drives}. Give a longer history or more drives."
        )
    if not healthy:
        raise RefusedError(
            f"Model '{model}' cannot learn: all {len(known)} examples with a known outcome fail{within}; expected "
            f"examples that do not fail as well."
        )
    return known.take(np.lexsort((known.landmark, known.drive)))


def numbers(examples: Examples, columns: Sequence[str]) -> np.ndarray:
    """Features by name as float32, shape ``(num_examples, len(columns))``; NaN where unknown, infinite or lacking."""
    table = examples.features.reindex(columns=list(columns)).to_numpy(np.float32, na_value=np.nan)
    table[~np.isfinite(table)] = np.nan
    return table


def useful(examples: Examples) -> list[str]:
    """Features that a model of histories takes, sorted by name.

    Left out are what others say as well (the highest value so far, the rise since first seen), which costs precision
    on validation, and power cycles and power-on hours but for the age: cycles come with maintenance of the whole
    machine room, so they stand for a date, and the rank of other drives suffers for it.
    """
    kept = []
    for item in examples.catalogue:
        attribute = "" if item.attribute is None else smart.column(item.attribute)
        if attribute not in (*POWER_CYCLES, *HOURS) and not item.name.endswith(REPEATED):
            kept.append(item.name)
    return sorted(kept)


def informative(examples: Examples) -> tuple[str, ...]:
    """Those of the useful features with at least two different known values."""
    kept = []
    for name in useful(examples):
        values = numbers(examples, [name])[:, 0]
        known = values[~np.isnan(values)]
        if len(known) and known.min() < known.max():
            kept.append(name)
    return tuple(kept)


def last_values(examples: Examples) -> list[str]:
    """Columns of the latest value of an attribute, power-on hours left out (they are the age), sorted."""
    found = (item.name for item in examples.catalogue if item.attribute is not None and item.name.endswith(LAST))
    return sorted(name for name in found if name.removesuffix(LAST) not in HOURS)


def placed(examples: Examples, columns: Sequence[str], values: np.ndarray) -> np.ndarray:
    """Contributions of a model's columns put where the catalogue has them; 0 for columns that it does not use."""
    at = {name: place for place, name in enumerate(columns)}
    full = np.zeros((len(examples), len(examples.catalogue)))
    for place, item in enumerate(examples.catalogue):
        if item.name in at:
            full[:, place] = values[:, at[item.name]]
    return full


def log_odds(p: np.ndarray) -> np.ndarray:
    """Logit, finite also for 0 and 1."""
    return np.asarray(logit(np.clip(p, SMALLEST_P, 1 - SMALLEST_P)))


def shifted(log_odds_before: np.ndarray, weight: np.ndarray, base_rate: float) -> float:
    """What must be added to log-odds so that their mean probability is the base rate.

    Args:
        log_odds_before: Shape ``(num_examples,)``.
        weight: How often each example counts, shape ``(num_examples,)``.
        base_rate: Aim, in (0, 1).
    """
    low, high = -30.0, 30.0
    total = weight.sum()
    for _ in range(60):
        middle = (low + high) / 2
        mean = float(weight @ expit(log_odds_before + middle)) / total
        low, high = (middle, high) if mean < base_rate else (low, middle)
    return (low + high) / 2


def thinned(label: np.ndarray, most: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """All failures and at most ``most`` healthy examples, with the weights that undo the thinning.

    Args:
        label: bool, shape ``(num_examples,)``.
        most: Most healthy examples kept.
        seed: Of the draw.

    Returns:
        Positions, ascending, and the weight of each, float64, both of shape ``(num_kept,)``.
    """
    healthy = np.flatnonzero(~label)
    if len(healthy) <= most:
        return np.arange(len(label)), np.ones(len(label))
    drawn = np.random.default_rng(seed).choice(healthy, most, replace=False)
    chosen = np.sort(np.concatenate([np.flatnonzero(label), drawn]))
    return chosen, np.where(label[chosen], 1.0, len(healthy) / most)


def person_periods(
    days_to_end: np.ndarray, has_failed: np.ndarray, ends_days: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One row for each period of an example that was watched to its end or to a failure in it.

    Args:
        days_to_end: Above 0, shape ``(num_examples,)``.
        has_failed: bool; whether a failure ended it, the same shape.
        ends_days: Ends of the periods, ascending; the first begins at 0.

    Returns:
        Example, period and whether it failed then, each of shape ``(num_rows,)``.

    References:
        Allison, "Discrete-time methods for the analysis of event histories", Sociological Methodology 1982.
    """
    end = days_to_end[:, None]
    begins = np.concatenate([[0.0], ends_days[:-1]])
    event = has_failed[:, None] & (end > begins) & (end <= ends_days)
    rows, period = np.nonzero(event | (end >= ends_days))
    return rows, period, event[rows, period]


@dataclass(frozen=True)
class Standard:
    """Features as a linear model wants them: log-scaled, standardised, with a mark where unknown.

    ``sign(x) log(1 + |x|)`` tames counters whose values run over five decades. Unknown values become the mean; a
    column of their own says that they were unknown, one for all features that are unknown together.

    Args:
        columns: Features used.
        centre: Mean of each after the logarithm.
        scale: Standard deviation, above 0.
        marked: Features whose being unknown has a column of its own, after the ``columns``.
        mark_share: How often each of those was unknown in training.
    """

    columns: tuple[str, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    marked: tuple[str, ...]
    mark_share: tuple[float, ...]

    @classmethod
    def of(cls, train: Examples, columns: Sequence[str] | None = None) -> Standard:
        """Learn the scales from training examples; of ``columns``, or of all that vary."""
        varying = informative(train)
        used = [name for name in varying if columns is None or name in columns]
        table = _squashed(numbers(train, used))
        unknown = np.isnan(table)
        centre = np.nanmean(table, axis=0, dtype=np.float64) if used else np.zeros(0)
        scale = np.nanstd(table, axis=0, dtype=np.float64) if used else np.zeros(0)
        seen: set[bytes] = set()
        marked: list[int] = []
        for place in range(len(used)):
            pattern = np.packbits(unknown[:, place]).tobytes()
            if unknown[:, place].any() and pattern not in seen:
                seen.add(pattern)
                marked.append(place)
        return cls(
            tuple(used),
            tuple(np.asarray(centre, float).tolist()),
            tuple(np.where(np.asarray(scale) > 0, scale, 1.0).tolist()),
            tuple(used[place] for place in marked),
            tuple(float(unknown[:, place].mean()) for place in marked),
        )

    def table(self, examples: Examples) -> np.ndarray:
        """Float32, shape ``(num_examples, len(columns) + len(marked))``, every column about 0."""
        raw = _squashed(numbers(examples, self.columns))
        at = [self.columns.index(name) for name in self.marked]
        marks = np.isnan(raw[:, at]) - np.asarray(self.mark_share, np.float32)
        scaled = (raw - np.asarray(self.centre, np.float32)) / np.asarray(self.scale, np.float32)
        np.nan_to_num(scaled, copy=False, nan=0.0)
        np.clip(scaled, -_FURTHEST, _FURTHEST, out=scaled)
        return np.concatenate([scaled, marks.astype(np.float32)], axis=1)

    def by_feature(self, values: np.ndarray) -> np.ndarray:
        """What the columns of ``table`` add, summed by feature: a mark counts for its feature."""
        found = values[:, : len(self.columns)].copy()
        for place, name in enumerate(self.marked):
            found[:, self.columns.index(name)] += values[:, len(self.columns) + place]
        return found

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {name: list(value) for name, value in vars(self).items()}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Standard:
        """From its ``state``."""
        return cls(**{name: tuple(value) for name, value in state.items()})


def _squashed(table: np.ndarray) -> np.ndarray:
    squashed: np.ndarray = np.sign(table) * np.log1p(np.abs(table))
    return squashed
