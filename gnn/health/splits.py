"""Which examples a model learns from and which it is judged on, by seed and fold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from gnn.health.examples import Examples
from graph.errors import InputError

SplitKind = Literal["time", "drive", "drive+time", "random"]
SPLITS: tuple[SplitKind, ...] = ("time", "drive", "drive+time", "random")
# Where the rows of one drive stand on both sides, a figure tells of drives seen before and must say so.
LABELS: dict[SplitKind, str] = {
    "time": "same-drive",
    "drive": "drive-disjoint",
    "drive+time": "drive-disjoint, forward in time",
    "random": "random rows",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One fit: what is learnt from and what is judged.

    Args:
        seed: Seed of the model, and salt of the split where the split has one.
        fold: Number of the fold within the seed.
        train: Positions in ``Split.train``.
        test: Positions in ``Split.test``.
    """

    seed: int
    fold: int
    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Split:
    """Examples and their parts.

    Args:
        kind: ``time``, ``drive``, ``drive+time`` or ``random``.
        label: In words, ``same-drive`` for time alone.
        train: Examples to learn from, their outcomes known up to the training cut.
        test: Examples to be judged; the same object where one pool is cut into folds.
        parts: Seed by seed, fold by fold. The test rows of one seed never repeat.
        embargo_days: Days between the last training and the first test landmark; None where time is not cut.
        notes: What was decided on the way, a sentence each.
    """

    kind: SplitKind
    label: str
    train: Examples
    test: Examples
    parts: tuple[Part, ...]
    embargo_days: int | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def is_one_pool(self) -> bool:
        """True where training and test rows are rows of the same examples."""
        return self.train is self.test

    @property
    def seeds(self) -> list[int]:
        """Seeds, ascending."""
        return sorted({part.seed for part in self.parts})


def serial_of(key: str) -> str:
    """The serial number in a drive's key (``drive:fleet:model:serial``)."""
    return key.rsplit(":", 1)[-1]


def hashed_share(keys: Iterable[str], salt: int) -> np.ndarray:
    """A number in [0, 1) of each drive, from SHA-256 of salt and serial number.

    The same drive falls on the same side on every machine and in every file. (CRC-32 would not do: it is linear, so
    that the halves of one salt repeat in the next.)

    Args:
        keys: Keys of drives.
        salt: Of the hash.
    """
    digests = (hashlib.sha256(f"{salt}:{serial_of(key)}".encode()).digest() for key in keys)
    return np.array([int.from_bytes(digest[:8], "big") for digest in digests], np.float64) / 2.0**64


def drive_halves(train: Examples, test: Examples, seeds: int) -> tuple[Part, ...]:
    """Train on one half of the drives, judge on the other; each seed is a salt that halves anew.

    Args:
        train: Examples at the training landmarks.
        test: Examples at the test landmarks.
        seeds: How many salts, from 0.
    """
    parts = []
    for salt in range(seeds):
        first, second = (hashed_share(pool.drive_keys, salt) < 0.5 for pool in (train, test))
        parts.append(Part(salt, 0, np.flatnonzero(first[train.drive]), np.flatnonzero(~second[test.drive])))
    return tuple(parts)


def drive_folds(pool: Examples, seeds: int, folds: int, first_seed: int = 0) -> tuple[Part, ...]:
    """Cut the drives into folds anew for each seed; no drive stands on both sides of a fold.

    Drives with and without a failure are dealt out apart, so that every fold holds its share of failures.

    Args:
        pool: Examples.
        seeds: How many seeds.
        folds: Folds a seed, at least 2.
        first_seed: The seeds go up from here.

    Raises:
        InputError: Fewer drives with or without failure than folds.
    """
    drives = np.unique(pool.drive)
    failing = np.isin(drives, pool.drive[pool.label & pool.is_known])
    for number, what in ((int(failing.sum()), "fail within the horizon"), (int((~failing).sum()), "do not fail")):
        if number < folds:
            raise InputError(
                f"{number} drives {what}: too few for {folds} folds, each of which needs one. "
                f"Give more data or fewer --folds (at least 2)."
            )
    parts = []
    for seed in range(first_seed, first_seed + seeds):
        fold_of = _dealt(drives, failing, folds, seed)[np.searchsorted(drives, pool.drive)]
        parts += [Part(seed, k, np.flatnonzero(fold_of != k), np.flatnonzero(fold_of == k)) for k in range(folds)]
    return tuple(parts)


def random_folds(pool: Examples, seeds: int, folds: int) -> tuple[Part, ...]:
    """Cut the rows into folds whatever drive they belong to: only there to show what it hides."""
    parts = []
    for seed in range(seeds):
        fold_of = np.random.default_rng(seed).permutation(len(pool)) % folds
        parts += [Part(seed, k, np.flatnonzero(fold_of != k), np.flatnonzero(fold_of == k)) for k in range(folds)]
    return tuple(parts)


def whole(train: Examples, test: Examples, seeds: int) -> tuple[Part, ...]:
    """Learn from all of one and judge on all of the other: two files, or two stretches of time."""
    return tuple(Part(seed, 0, np.arange(len(train)), np.arange(len(test))) for seed in range(seeds))


def _dealt(drives: np.ndarray, failing: np.ndarray, folds: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    fold_of = np.empty(len(drives), np.int64)
    for of in (failing, ~failing):
        positions = rng.permutation(np.flatnonzero(of))
        fold_of[positions] = np.arange(len(positions)) % folds
    return fold_of
