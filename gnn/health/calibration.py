"""Calibration of a score on validation: none, a shift of the intercept, Platt's line, or isotonic.

A shift of the intercept is safe: it has one parameter and mends a base rate that moved. Platt's slope, learnt late in
training, broke one salt in five on the Backblaze history, so more is taken only where validation clearly pays for it.
Every method keeps the order of the scores, so calibration changes neither AUC nor average precision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from graph.errors import InputError, RefusedError, nearest

Method = Literal["none", "shift", "platt", "isotonic"]
# Simplest first: the order in which ties are broken.
METHODS: tuple[Method, ...] = get_args(Method)
# Each step of an isotonic fit is a share of its own and needs failures; below so many the steps are noise.
MIN_FAILURES_ISOTONIC = 100
MIN_FAILURES_PLATT = 20
_SMALLEST = 1e-7


@dataclass(frozen=True, slots=True)
class Calibration:
    """A monotone map from scores to probabilities, on the logit.

    Args:
        method: Which of the four.
        intercept: Added to the logit (``shift``, ``platt``).
        slope: What the logit is multiplied by, above 0 (``platt``).
        knots: Logits of the score at which an isotonic map is given, ascending.
        values: Its logits there, ascending; between knots it is a line, outside them the shift at the end goes on.
    """

    method: Method = "none"
    intercept: float = 0.0
    slope: float = 1.0
    knots: tuple[float, ...] = ()
    values: tuple[float, ...] = ()

    def p(self, score: np.ndarray) -> np.ndarray:
        """Calibrated probability, float64 strictly inside (0, 1), the shape of ``score``."""
        place = _logit(score)
        if self.knots:
            inside = np.interp(place, self.knots, self.values)
            outside = place - np.clip(place, self.knots[0], self.knots[-1])
            return expit(inside + outside)
        return expit(self.intercept + self.slope * place)

    def state(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Calibration:
        """A calibration from its ``state``."""
        return cls(
            _known(state["method"]),
            float(state["intercept"]),
            float(state["slope"]),
            tuple(map(float, state["knots"])),
            tuple(map(float, state["values"])),
        )


@dataclass(frozen=True)
class CalibrationChoice:
    """Which calibration validation chose, and against what.

    Args:
        calibration: The one chosen, fitted on the whole of validation.
        log_loss: Mean log loss of each method, cross-validated over drives; methods that validation cannot feed lack.
        above_best: How far each lies above the best, in standard errors of that difference over drives.
    """

    calibration: Calibration
    log_loss: dict[Method, float]
    above_best: dict[Method, float]


def fit_calibration(
    method: Method, label: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None
) -> Calibration:
    """Fit one method.

    Args:
        method: ``none``, ``shift`` (mean predicted equals observed), ``platt`` or ``isotonic``.
        label: bool, shape ``(num_examples,)``.
        score: In [0, 1], shape ``(num_examples,)``.
        weight: How often each example counts; None: once.

    Raises:
        InputError: There is no such method.
        RefusedError: One class is missing or, for ``platt`` and ``isotonic``, failures are too few.

    References:
        Platt 1999; Zadrozny and Elkan, KDD 2002 (isotonic).
    """
    _known(method)
    if method == "none":
        return Calibration()
    label = np.asarray(label, bool)
    count = np.ones(len(label)) if weight is None else np.asarray(weight, float)
    failures = count[label].sum()
    needed = {"shift": 1, "platt": MIN_FAILURES_PLATT, "isotonic": MIN_FAILURES_ISOTONIC}[method]
    if failures < needed or count[~label].sum() <= 0:
        raise RefusedError(
            f"Calibration '{method}': {failures:g} failures among {count.sum():g} validation examples; expected at "
            f"least {needed} and as well examples that did not fail. Use 'none'."
        )
    place = _logit(score)
    if method == "shift":
        return Calibration("shift", intercept=_shift(label, place, count))
    if method == "platt":
        intercept, slope = _line(label, place, count)
        # A line that falls says that the score ranks the wrong way round: that is no calibration.
        return (
            Calibration("platt", intercept, slope) if slope > 0 else Calibration("shift", _shift(label, place, count))
        )
    return _isotonic(label, place, count)


def choose_calibration(
    label: np.ndarray,
    score: np.ndarray,
    drive: np.ndarray,
    *,
    methods: tuple[Method, ...] = METHODS,
    num_folds: int = 5,
    seed: int = 0,
) -> CalibrationChoice:
    """Choose the simplest method whose log loss is within one standard error of the best.

    Folds are of drives. The standard error is that of the difference to the best, summed by drive: the loss itself
    varies far more than what a calibration changes of it, and would let every error of the base rate pass.

    Args:
        label: bool, validation only, shape ``(num_examples,)``.
        score: In [0, 1], as the model gave them to drives that it did not train on.
        drive: Drive of each example.
        methods: Simplest first.
        num_folds: Folds of drives.
        seed: Of the folds.

    References:
        Breiman et al., Classification and Regression Trees, 1984 (one standard error).
    """
    label, score = np.asarray(label, bool), np.asarray(score, float)
    drives, at = np.unique(drive, return_inverse=True)
    # Failed drives are dealt out first, so that each fold holds its share of the few.
    has_failed = np.bincount(at, weights=label, minlength=len(drives)) > 0
    order = np.lexsort((np.random.default_rng(seed).random(len(drives)), ~has_failed))
    fold = np.empty(len(drives), int)
    fold[order] = np.arange(len(drives)) % num_folds
    losses: dict[Method, np.ndarray] = {}
    for method in methods:
        p = np.empty(len(label))
        try:
            for number in range(num_folds):
                held_out = fold[at] == number
                p[held_out] = fit_calibration(method, label[~held_out], score[~held_out]).p(score[held_out])
            fit_calibration(method, label, score)
        except RefusedError:
            continue
        losses[method] = -np.log(np.where(label, p, 1 - p))
    if not losses:
        return CalibrationChoice(Calibration(), {}, {})
    best = min(losses, key=lambda method: losses[method].mean())
    above: dict[Method, float] = {}
    for method, loss in losses.items():
        by_drive = np.bincount(at, weights=loss - losses[best], minlength=len(drives))
        error = np.sqrt(len(drives)) * by_drive.std()
        above[method] = float(by_drive.sum() / error) if error > 0 else 0.0
    chosen = next(method for method in methods if method in above and above[method] <= 1)
    mean = {method: float(loss.mean()) for method, loss in losses.items()}
    return CalibrationChoice(fit_calibration(chosen, label, score), mean, above)


def _shift(label: np.ndarray, place: np.ndarray, count: np.ndarray) -> float:
    observed = count[label].sum()
    return float(brentq(lambda shift: count @ expit(place + shift) - observed, -50, 50, xtol=1e-10))


def _line(label: np.ndarray, place: np.ndarray, count: np.ndarray) -> tuple[float, float]:
    # Newton's steps of a logistic regression on one centred column; halved where a step would overshoot.
    middle = float(np.average(place, weights=count))
    columns = np.column_stack([np.ones(len(place)), place - middle])

    def loss(line: np.ndarray) -> float:
        linear = columns @ line
        return float(count @ (np.logaddexp(0, linear) - label * linear))

    line = np.array([_shift(label, np.zeros(len(place)), count), 0.0])
    for _ in range(50):
        p = expit(columns @ line)
        gradient = columns.T @ (count * (p - label))
        curvature = (columns * (count * p * (1 - p))[:, None]).T @ columns + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        now = loss(line)
        while loss(line - step) > now + 1e-9 and np.abs(step).max() > 1e-9:
            step /= 2
        line = line - step
        if np.abs(step).max() < 1e-9:
            break
    return float(line[0] - line[1] * middle), float(line[1])


def _isotonic(label: np.ndarray, place: np.ndarray, count: np.ndarray) -> Calibration:
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression().fit(place, label, count).predict(place)
    _, at = np.unique(fitted, return_inverse=True)
    mass = np.bincount(at, weights=count)
    failed = np.bincount(at, weights=count * label)
    centre = np.bincount(at, weights=count * place) / mass
    # Half a failure of the base rate's kind is added to each step: none is ever certain, none impossible.
    base = failed.sum() / mass.sum()
    level = _logit((failed + base / 2) / (mass + 0.5))
    # A little slope keeps the order of scores within a step, so that calibration never ties what the model told apart.
    rising = np.maximum.accumulate(level) + 1e-6 * (centre - centre[0])
    knots, free = tuple(map(float, centre)), Calibration("isotonic", knots=tuple(centre), values=tuple(rising))
    # Lines between the steps move the mean a little: put it back to what was observed.
    back = _shift(label, _logit(free.p(expit(place))), count)
    return Calibration("isotonic", knots=knots, values=tuple(map(float, rising + back)))


def _logit(score: np.ndarray) -> np.ndarray:
    return logit(np.clip(np.asarray(score, float), _SMALLEST, 1 - _SMALLEST))


def _known(method: str) -> Method:
    for known in METHODS:
        if method == known:
            return known
    raise InputError(f"Calibration '{method}': there is none.{nearest(method, METHODS)} Known: {', '.join(METHODS)}.")
