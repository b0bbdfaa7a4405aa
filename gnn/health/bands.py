"""80 % band of a drive's probability: refits on resampled drives, kept in a form that scores in a moment.

Each refit draws drives with replacement and keeps every failing example of theirs and a share ``r`` of the others.
That share multiplies the odds of failure by ``1 / r`` whatever the features say, so ``log r`` added to the refit's
log-odds undoes it exactly (King and Zeng's prior correction) and no weights need to pass the models' port.

Refits of a large model would be too slow to score a fleet with. What is kept of a refit is therefore how its
log-odds differ from the mean of all refits, as a linear function of the probability and the standardised features,
learnt on drives that the refit did not see. What that function leaves unexplained is drive by drive noise: it widens
the band, by as much as was seen at that level of risk, but adds nothing to the spread of a group's total.

References:
    Efron, Annals of Statistics 1979; King and Zeng, Political Analysis 2001.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import expit

from gnn.health.calibration import Calibration
from gnn.health.examples import Examples
from gnn.health.models.matrix import Standard, log_odds
from gnn.health.port import RiskModel
from graph.errors import RefusedError

LEVEL = 0.8
NUM_REFITS = 12
# So many other examples are kept for each failing one: the variance they would still add is a tenth of the failures'.
OTHERS_PER_FAILURE = 10
FEW_FAILURES = 30
# Fewer refits than this say nothing of a spread.
FEWEST_REFITS = 5
# An example counts where so many refits judge it without having seen its drive.
FEWEST_JUDGES = 3
# Standard deviation of the log-odds where no refit could learn: a factor of about 3.6 either way at 80 %.
UNKNOWN_SPREAD = 1.0
_ASKED = 20_000
_RISK_BINS = 8
# Furthest that one refit's log-odds count as lying from the mean.
_FURTHEST = 4.0
_RIDGE = 20.0


@dataclass(frozen=True)
class Band:
    """How far a drive's log-odds may lie from those of the chosen model.

    Args:
        standard: Scales of the features; None where no refit could learn.
        centre: Mean log-odds of the drives that the spread was learnt on, and their standard deviation.
        differences: Of each refit, what it adds to the log-odds: for 1, the standardised log-odds, their square, and
            each column of ``standard``; shape ``(num_refits, 3 + num_columns)``.
        risk_ends: Log-odds at which ``residual`` is given, ascending.
        residual: Standard deviation of the log-odds that the differences leave unexplained.
        widening: Factor by which few failures widen the band, at least 1.
        notes: What widens it, a sentence each.
    """

    standard: Standard | None
    centre: tuple[float, float]
    differences: np.ndarray
    risk_ends: tuple[float, ...]
    residual: tuple[float, ...]
    widening: float
    notes: tuple[str, ...]

    def members(self, examples: Examples, p: np.ndarray) -> np.ndarray:
        """What each refit would say in place of the calibrated ``p``; their sums by group are the spread of a total.

        Returns:
            Shape ``(num_examples, num_refits)``.
        """
        place = log_odds(p)
        return np.asarray(expit(place[:, None] + self.widening * self._differences(examples, place)))

    def low_high(self, examples: Examples, p: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
        """Ends of the band about the calibrated ``p``, each of shape ``(num_examples,)``; ``low <= p <= high``."""
        place = log_odds(p)
        variance = self._differences(examples, place).var(axis=1)
        variance += np.interp(place, self.risk_ends, self.residual) ** 2
        half = float(stats.norm.ppf((1 + level) / 2)) * self.widening * np.sqrt(variance)
        return np.minimum(expit(place - half), p), np.maximum(expit(place + half), p)

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "standard": None if self.standard is None else self.standard.state(),
            "centre": list(self.centre),
            "differences": self.differences.round(6).tolist(),
            "risk_ends": list(self.risk_ends),
            "residual": list(self.residual),
            "widening": self.widening,
            "notes": list(self.notes),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Band:
        """A band from its ``state``."""
        return cls(
            None if state["standard"] is None else Standard.restore(state["standard"]),
            (float(state["centre"][0]), float(state["centre"][1])),
            np.array(state["differences"], float),
            tuple(map(float, state["risk_ends"])),
            tuple(map(float, state["residual"])),
            float(state["widening"]),
            tuple(state["notes"]),
        )

    def _differences(self, examples: Examples, place: np.ndarray) -> np.ndarray:
        if self.standard is None:
            return np.tile(self.differences[:, 0], (len(place), 1))
        found = _columns(self.standard, examples, place, self.centre) @ self.differences.T
        # Centred and of full variance: the mean of the refits was taken from the same refits.
        found -= found.mean(axis=1, keepdims=True)
        return np.clip(found * np.sqrt(len(self.differences) / (len(self.differences) - 1)), -_FURTHEST, _FURTHEST)


def fit_bands(
    model: RiskModel,
    train: Examples,
    calibration: Calibration,
    *,
    num_refits: int = NUM_REFITS,
    seed: int = 0,
) -> Band:
    """Refit a model on resampled drives and learn how far its log-odds spread.

    Fewer than 30 failing drives widen the band as Student's t is wider than a normal, since then the spread itself is
    hardly known; where hardly any refit can learn, a wide spread is assumed, and the notes say so.

    Args:
        model: The chosen model.
        train: What it was trained on.
        calibration: Chosen on validation; the refits are calibrated alike.
        num_refits: Draws of drives.
        seed: Of the draws and the refits.
    """
    rng = np.random.default_rng(seed)
    failing = train.label & train.is_known
    num_failing = train.num_failures
    # Which share of the others is kept; a small fleet keeps all.
    share = min(1.0, OTHERS_PER_FAILURE * failing.sum() / max(1, (~failing).sum()))
    asked = _asked(failing, rng)
    sample = train.take(asked)
    odds = []
    for number in range(num_refits):
        drawn = _drawn(train, failing, share, rng)
        try:
            refit = model.fit(train.take(drawn), seed * 1_000 + number)
        except RefusedError:
            continue
        found = log_odds(refit.scores(sample)) + np.log(share)
        # A drive that the refit learnt from says how well it remembers, not how it judges others.
        odds.append(np.where(np.isin(sample.drive, train.drive[drawn]), np.nan, log_odds(calibration.p(expit(found)))))
    widening = float(stats.t.ppf(0.9, max(num_failing - 1, 1)) / stats.norm.ppf(0.9))
    notes = []
    if num_failing < FEW_FAILURES:
        times = f"widened {widening:.2g} times" if widening >= 1.05 else "a little wider for it"
        notes.append(f"Only {num_failing} drives failed in training, so the band is {times}.")
    often = np.isfinite(np.reshape(odds, (len(odds), len(sample)))).sum(axis=0) >= FEWEST_JUDGES
    if len(odds) < FEWEST_REFITS or not often.any():
        notes.append("Too few drives failed for the model to be refitted on resampled drives: a wide band is assumed.")
        # Half the refits above, half below, with the standard deviation assumed.
        levels = UNKNOWN_SPREAD * np.array([1.0, -1.0])
        return Band(None, (0.0, 1.0), levels[:, None], (0.0,), (0.0,), max(widening, 1.0), tuple(notes))
    return _learnt(sample.take(often), np.array(odds)[:, often], max(widening, 1.0), tuple(notes))


def _asked(failing: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    # At most a quarter failing, the rest as they come: both ends of the risk are there.
    positions = rng.permutation(len(failing))
    few = positions[failing[positions]][: _ASKED // 4]
    return np.sort(np.concatenate([few, positions[~failing[positions]][: _ASKED - len(few)]]))


def _drawn(train: Examples, failing: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    drives, at = np.unique(train.drive, return_inverse=True)
    times = np.bincount(rng.integers(len(drives), size=len(drives)), minlength=len(drives))[at]
    kept = failing | (rng.random(len(failing)) < share)
    return np.repeat(np.arange(len(failing)), times * kept)


def _learnt(sample: Examples, odds: np.ndarray, widening: float, notes: tuple[str, ...]) -> Band:
    num = np.isfinite(odds).sum(axis=0)
    place = np.nanmean(odds, axis=0)
    centre = (float(place.mean()), float(place.std()) or 1.0)
    standard = Standard.of(sample)
    columns = _columns(standard, sample, place, centre)
    away = np.clip(odds - place, -_FURTHEST, _FURTHEST)
    differences = np.empty((len(odds), columns.shape[1]))
    penalty = _RIDGE * np.eye(columns.shape[1])
    penalty[0, 0] = 1e-6
    for number, seen in enumerate(np.isfinite(away)):
        table, target = columns[seen], away[number, seen]
        differences[number] = np.linalg.solve(table.T @ table + penalty, table.T @ target)
    left = np.nansum((away - differences @ columns.T) ** 2, axis=0) / (num - 1)
    order = np.argsort(place)
    bins = [part for part in np.array_split(order, _RISK_BINS) if len(part)]
    return Band(
        standard,
        centre,
        differences,
        tuple(float(place[part].mean()) for part in bins),
        tuple(float(np.sqrt(left[part].mean())) for part in bins),
        widening,
        notes,
    )


def _columns(standard: Standard, examples: Examples, place: np.ndarray, centre: tuple[float, float]) -> np.ndarray:
    level = np.clip((place - centre[0]) / centre[1], -4, 6)
    return np.column_stack([np.ones(len(place)), level, level**2, standard.table(examples)])
