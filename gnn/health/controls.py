"""Controls: what a figure is worth when nothing, or only a trace of how the set was drawn, can be learnt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gnn.health.examples import DAY, Examples
from gnn.health.metrics import auc
from gnn.health.splits import Part, Split

Progress = Callable[[str, int, int | None], None]
NUM_PERMUTATIONS = 50
# Fifty means of permuted fits are judged at 99 %: at 95 % every twentieth honest evaluation would look like a leak.
LEVEL = 0.99
CRITICAL = 2.68  # Student's t for 99 % with 49 degrees of freedom
HEALTHY_EACH = 20
FEWEST_LEARNT = 2_000
AGES = ("age_days", "ata_9_last", "nvme_power_on_hours_last")
AGE_ATTRIBUTES = frozenset(("smart:ata:9", "smart:ata:12", "smart:nvme:power_on_hours", "smart:nvme:power_cycles"))
# A small model of the same family as the strongest candidate: the control is refitted fifty times.
SMALL_MODEL = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 7,
    "min_data_in_leaf": 10,
    "feature_fraction": 0.5,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
NUM_TREES = 40


@dataclass(frozen=True)
class Permuted:
    """AUC under permuted labels.

    Args:
        auc: Mean over the permutations; .5 where nothing leaks.
        low: Lower end of the 99 % interval of the mean.
        high: Upper end.
        sd: Standard deviation between permutations: one alone proves nothing.
        num: Permutations.
    """

    auc: float
    low: float
    high: float
    sd: float
    num: int


def age_columns(examples: Examples) -> list[str]:
    """Features made of power-on hours, power cycles or days since first seen."""
    aged = [feature.name for feature in examples.catalogue if feature.attribute in AGE_ATTRIBUTES]
    return aged + [name for name in AGES[:1] if name in examples.features.columns and name not in aged]


def without_columns(examples: Examples, names: list[str]) -> Examples:
    """The same examples with some features left out."""
    kept = tuple(feature for feature in examples.catalogue if feature.name not in names)
    return replace(examples, features=examples.features.drop(columns=names), catalogue=kept)


def alone(values: dict[str, np.ndarray], split: Split, part: Part) -> np.ndarray:
    """Scores of a small model that sees one column alone.

    Args:
        values: The column at ``train`` and at ``test``, shape ``(num_examples,)`` each.
        split: The split.
        part: What is learnt from and judged.
    """
    train, test = values["train"][part.train, None], values["test"][part.test, None]
    known = split.train.is_known[part.train]
    smallest = max(10, int(known.sum()) // 100)
    return _scores(train[known], split.train.label[part.train][known], test, part.seed, smallest)


def date_column(split: Split) -> dict[str, np.ndarray]:
    """The landmark's day as a number, at training and test."""
    return {
        "train": split.train.landmark.astype(DAY).astype(float),
        "test": split.test.landmark.astype(DAY).astype(float),
    }


def age_column(split: Split) -> dict[str, np.ndarray] | None:
    """Power-on age at the landmark, at training and test; None where no age is known."""
    for name in AGES:
        if name in split.train.features.columns and name in split.test.features.columns:
            return {
                "train": split.train.features[name].to_numpy(float),
                "test": split.test.features[name].to_numpy(float),
            }
    return None


def permuted_labels(split: Split, *, num: int = NUM_PERMUTATIONS, progress: Progress | None = None) -> Permuted:
    """Refit on labels that were dealt out anew among the drives, and judge against labels dealt out the same way.

    Each failing drive hands its failing landmarks to another drive that was at risk on all of them, so that every
    landmark keeps its number of failures; then AUC is taken within fold and landmark. So neither a base rate that
    moves with time nor folds of unequal shares can move the mean from .5; rows of one drive on both sides can.

    Args:
        split: The split, folds included.
        num: Permutations in all, spread over the seeds.
        progress: Called with a stage, what is done and of how much.
    """
    tell = progress or (lambda stage, done, total: None)
    seeds = split.seeds
    found: list[float] = []
    train_dealer = Dealer(split.train)
    test_dealer = train_dealer if split.is_one_pool else Dealer(split.test)
    train_table = split.train.features.to_numpy(np.float32)
    test_table = train_table if split.is_one_pool else split.test.features.to_numpy(np.float32)
    for number in range(num):
        tell("permuting labels", number, num)
        seed = seeds[number % len(seeds)]
        rng = np.random.default_rng((number, seed))
        train_label = train_dealer.deal(rng)
        test_label = train_label if split.is_one_pool else test_dealer.deal(rng)
        figures, weights = [], []
        for part in (part for part in split.parts if part.seed == seed):
            learn = _sample(split.train, part.train, train_label, rng)
            judge = _sample(split.test, part.test, test_label, rng)
            if len(np.unique(train_label[learn])) < 2:
                continue
            scores = _scores(
                train_table[learn],
                train_label[learn],
                test_table[judge],
                number,
                SMALL_MODEL["min_data_in_leaf"],
            )
            for chosen in _strata(split.test, judge):
                label = test_label[judge][chosen]
                pairs = int(label.sum()) * int((~label).sum())
                if pairs:
                    figures.append(auc(label, scores[chosen]))
                    weights.append(float(label.sum()))
        if figures:
            found.append(float(np.average(figures, weights=weights)))
    mean, sd = float(np.mean(found)), float(np.std(found, ddof=1))
    half = CRITICAL * sd / np.sqrt(len(found))
    return Permuted(mean, mean - half, mean + half, sd, len(found))


class Dealer:
    """Deals the labels of examples out anew among their drives; what does not change is worked out once.

    Args:
        pool: Examples; those of unknown label get none.
    """

    def __init__(self, pool: Examples) -> None:
        self._num_rows = len(pool)
        rows = pd.DataFrame({"drive": pool.drive, "row": np.arange(len(pool))})[pool.is_known]
        # Case-control windows: a drive has one window, and dates are part of how the set was drawn, not time at risk.
        place = rows.groupby("drive").cumcount() if pool.horizon_days is None else pool.landmark[pool.is_known]
        rows = rows.assign(place=pd.factorize(place, sort=True)[0]).sort_values(["place", "drive"])
        ends = np.flatnonzero(np.diff(rows["place"].to_numpy())) + 1
        self._at_risk = np.split(rows["drive"].to_numpy(), ends)
        self._rows = np.split(rows["row"].to_numpy(), ends)
        failing = rows[pool.label[rows["row"]]].groupby("drive")["place"].agg(["min", "max"])
        # How many drives fail at each run of landmarks: one where a horizon is as long as the step between them.
        runs, counts = np.unique(failing.to_numpy(int).reshape(-1, 2), axis=0, return_counts=True)
        self._blocks: list[tuple[int, int, int]] = np.column_stack([runs, counts]).tolist()

    def deal(self, rng: np.random.Generator) -> np.ndarray:
        """Labels dealt out anew, bool, shape ``(num_examples,)``.

        As many failures at each landmark as before, each block of failing landmarks on one drive, as before.
        """
        label = np.zeros(self._num_rows, bool)
        taken = np.empty(0, np.int64)
        for first, last, num in self._blocks:
            free = self._at_risk[first]
            for place in range(first + 1, last + 1):
                free = np.intersect1d(free, self._at_risk[place], assume_unique=True)
            free = np.setdiff1d(free, taken, assume_unique=True)
            drawn = np.sort(rng.choice(free, min(num, len(free)), replace=False))
            taken = np.concatenate([taken, drawn])
            for place in range(first, last + 1):
                label[self._rows[place][np.searchsorted(self._at_risk[place], drawn)]] = True
        return label


def _sample(pool: Examples, rows: np.ndarray, label: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """All failures of known label and some of the healthy: the control needs no base rate, only speed."""
    known = rows[pool.is_known[rows]]
    failing, healthy = known[label[known]], known[~label[known]]
    wanted = max(HEALTHY_EACH * len(failing), FEWEST_LEARNT)
    if len(healthy) > wanted:
        healthy = rng.choice(healthy, wanted, replace=False)
    return np.sort(np.r_[failing, healthy])


def _strata(pool: Examples, rows: np.ndarray) -> list[np.ndarray]:
    if pool.horizon_days is None:
        return [np.arange(len(rows))]
    days = pool.landmark[rows]
    return [np.flatnonzero(days == day) for day in np.unique(days)]


def _scores(train: np.ndarray, label: np.ndarray, test: np.ndarray, seed: int, smallest: object) -> np.ndarray:
    import lightgbm

    parameters = {**SMALL_MODEL, "seed": seed, "min_data_in_leaf": smallest}
    booster = lightgbm.train(parameters, lightgbm.Dataset(train, label.astype(np.int8)), NUM_TREES)
    return np.asarray(booster.predict(test, num_threads=1), float)
