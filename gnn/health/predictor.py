"""From a chosen model to forecasts: calibrated risk at every supported horizon, with its band."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from scipy.special import expit, logit

from gnn.health.bands import Band, fit_bands
from gnn.health.calibration import Calibration
from gnn.health.counts import estimate_overdispersion
from gnn.health.examples import Examples, Feature
from gnn.health.horizons import LONGEST_DATED_DAYS, HorizonCurve, dated_failures, fit_horizons
from gnn.health.metrics import time_to_failure_error
from gnn.health.port import FittedModel, model_named
from gnn.health.reliability import ReliabilityBin, reliability_table
from gnn.health.selection import HISTORY_REFERENCES, Selection, choose_model
from graph.errors import RefusedError

AUTO = "auto"
# Days that people ask for; those beyond the supported follow-up are left out.
ASKED_DAYS = (7, 14, 30, 60, 90, 120, 180, 270, 365, 540, 730)
Z_80_PERCENT = 1.2815515594
# What a drive model that was never seen may differ by where training has too few models to tell: a factor of two in
# the odds at the ends of the 80 % band.
UNKNOWN_MODEL_LOG_ODDS = float(np.log(2.0))
FEWEST_DRIVES = 20
_SMALLEST = 1e-7
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Forecast:
    """Risks of drives.

    Args:
        horizons_days: Ascending; the last is the follow-up that the training data support.
        p: Probability of failure within each horizon, float64, shape ``(num_examples, num_horizons)``.
        low: Lower end of the 80 % band, the same shape.
        high: Upper end.
        risk: ``p`` at the trained horizon, shape ``(num_examples,)``.
        members: What each refit on resampled drives says at the trained horizon, shape ``(num_examples, num_refits)``.
        is_known_model: Whether training saw drives of this model, shape ``(num_examples,)``.
    """

    horizons_days: list[int]
    p: np.ndarray
    low: np.ndarray
    high: np.ndarray
    risk: np.ndarray
    members: np.ndarray
    is_known_model: np.ndarray


@dataclass(frozen=True)
class RiskPredictor:
    """A chosen model with all that makes its scores forecasts.

    Args:
        name: Name of the model in the registry.
        horizon_days: Horizon it was trained for.
        fitted: The model, trained on all drives.
        calibration: Chosen on validation.
        curve: From the trained horizon to every supported one.
        band: Refits on resampled drives.
        overdispersion: How much counts of failures vary beyond chance between landmarks and drive models.
        unseen_log_odds: Half width, in log-odds, that a drive model adds to the 80 % band where training never saw it.
        base_rate: Share of training examples that failed within the horizon.
        models: Drive models seen in training, and how many drives of each.
        catalogue: The features it learnt from.
        notes: What is weak about it, a sentence each; shown with every forecast.
    """

    name: str
    horizon_days: int
    fitted: FittedModel
    calibration: Calibration
    curve: HorizonCurve
    band: Band
    overdispersion: float
    unseen_log_odds: float
    base_rate: float
    models: dict[str, int]
    catalogue: tuple[Feature, ...]
    notes: list[str] = field(default_factory=list)

    @property
    def horizons_days(self) -> list[int]:
        """Horizons of a forecast."""
        end = self.curve.supported_days
        return sorted({days for days in ASKED_DAYS if days < end} | {self.horizon_days, end})

    def risk(self, examples: Examples) -> np.ndarray:
        """Calibrated probability of failure within the trained horizon, shape ``(num_examples,)``."""
        return self.calibration.p(self.fitted.scores(examples))

    def forecast(self, examples: Examples) -> Forecast:
        """Forecast drives at their landmarks.

        Args:
            examples: Features by name; a column that is missing counts as unknown. Outcomes are not looked at.

        Returns:
            Monotone in the horizon; the band of a drive whose model training never saw is widened.
        """
        risk = self.risk(examples)
        members = self.band.members(examples, risk)
        low, high = self.band.low_high(examples, risk)
        known = examples.groups["model"].isin(self.models).to_numpy(bool)
        if not known.all():
            low, high = (
                np.where(known, low, self._widened(risk, low, -1)),
                np.where(known, high, self._widened(risk, high, 1)),
            )
        horizons = self.horizons_days
        return Forecast(
            horizons_days=horizons,
            p=self.curve.p(risk, horizons),
            low=self.curve.p(np.minimum(low, risk), horizons),
            high=self.curve.p(np.maximum(high, risk), horizons),
            risk=risk,
            members=members,
            is_known_model=known,
        )

    def state(self) -> dict[str, Any]:
        """As plain JSON values; ``restore`` makes the same predictor again."""
        return {
            "model": self.name,
            "horizon_days": self.horizon_days,
            "fitted": self.fitted.state(),
            "calibration": self.calibration.state(),
            "curve": self.curve.state(),
            "band": self.band.state(),
            "overdispersion": self.overdispersion,
            "unseen_log_odds": self.unseen_log_odds,
            "base_rate": self.base_rate,
            "models": self.models,
            "catalogue": [asdict(item) for item in self.catalogue],
            "notes": self.notes,
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> RiskPredictor:
        """A predictor from its ``state``."""
        model = model_named(state["model"])
        return cls(
            name=state["model"],
            horizon_days=int(state["horizon_days"]),
            fitted=model.restore(state["fitted"]),
            calibration=Calibration.restore(state["calibration"]),
            curve=HorizonCurve.restore(state["curve"]),
            band=Band.restore(state["band"]),
            overdispersion=float(state["overdispersion"]),
            unseen_log_odds=float(state["unseen_log_odds"]),
            base_rate=float(state["base_rate"]),
            models=dict(state["models"]),
            catalogue=tuple(Feature(**item) for item in state["catalogue"]),
            notes=list(state["notes"]),
        )

    def _widened(self, risk: np.ndarray, end: np.ndarray, sign: int) -> np.ndarray:
        """The end of a band moved out by what an unseen drive model may add; independent, so squares are added."""
        centre = logit(np.clip(risk, _SMALLEST, 1 - _SMALLEST))
        own = logit(np.clip(end, _SMALLEST, 1 - _SMALLEST)) - centre
        return np.asarray(expit(centre + sign * np.hypot(own, self.unseen_log_odds)))


@dataclass(frozen=True)
class Trained:
    """A predictor, and what its card tells of how it came about.

    Args:
        predictor: The predictor.
        selection: What validation said of every model.
        reliability: Calibrated risk against outcomes on validation.
        time_error_days: Mean absolute error of the median time to failure, and of the constant; None: too few failures.
        weaknesses: What is weak about the data that it learnt from, a sentence each.
    """

    predictor: RiskPredictor
    selection: Selection
    reliability: list[ReliabilityBin]
    time_error_days: tuple[float, float] | None
    weaknesses: list[str]


def train_predictor(
    examples: Examples, model: str = AUTO, *, seed: int = 0, progress: Progress | None = None
) -> Trained:
    """Choose a model on validation, fit it on all examples, and learn its calibration, curve and band.

    Args:
        examples: Training examples with a horizon; ``has_failed`` and ``days_to_end`` reach up to the cut.
        model: Name of a model, or ``auto`` to choose on validation.
        seed: Of everything random.
        progress: Called with a stage, what is done and of how much (None: unknown).

    Raises:
        RefusedError: Windows of a case-control set, one class only, or too few drives or failures; says why.
        InputError: There is no such model.
    """
    tell = progress or (lambda stage, done, total: None)
    check_trainable(examples)
    names = None if model == AUTO else [model_named(model).name]
    beside = [name for name in HISTORY_REFERENCES if names is None or name not in names]
    selection = choose_model(examples, names, seed=seed, beside=beside, progress=progress)
    tell("fit the model", 0, None)
    chosen = model_named(selection.name)
    fitted = chosen.fit(examples, seed)
    if fitted.output != "risk":
        raise RefusedError(f"Model '{selection.name}' gives a score, not a risk. Use --model {AUTO}.")
    judged = examples.is_known & ~np.isnan(selection.scores)
    p_judged = selection.calibration.p(selection.scores[judged])
    label = examples.label[judged]
    tell("fit the curve", 0, None)
    p_all = selection.calibration.p(selection.scores)
    curve = fit_horizons(
        p_all,
        examples.days_to_end,
        examples.has_failed,
        examples.drive,
        int(examples.horizon_days or 0),
        landmark=examples.landmark,
    )
    tell("fit the band", 0, None)
    band = fit_bands(chosen, examples, selection.calibration, seed=seed)
    drive_model = examples.groups["model"].fillna("").to_numpy(str)[judged]
    days = examples.landmark[judged]
    groups = np.char.add(np.char.add(drive_model, " "), days.astype(str))
    return Trained(
        RiskPredictor(
            name=selection.name,
            horizon_days=int(examples.horizon_days or 0),
            fitted=fitted,
            calibration=selection.calibration,
            curve=curve,
            band=band,
            overdispersion=estimate_overdispersion(label, p_judged, groups, landmark=days),
            unseen_log_odds=_between_models(label, p_judged, drive_model),
            base_rate=float(examples.label[examples.is_known].mean()),
            models=_drives_by_model(examples),
            catalogue=examples.catalogue,
            notes=list(band.notes),
        ),
        selection,
        reliability_table(label, p_judged),
        _time_error(examples, p_all, curve),
        weaknesses(examples),
    )


def check_trainable(examples: Examples) -> None:
    """Make sure that a risk can be learnt at all.

    Raises:
        RefusedError: It cannot; says why and what would help.
    """
    if examples.horizon_days is None:
        raise RefusedError(
            "These windows were drawn by outcome and healthy drives have no follow-up, so no risk by horizon can be "
            "learnt from them, only a score that ranks. Judge one with 'atoll evaluate risk --format alibaba-windows'."
        )
    known = examples.is_known
    drives, failed = len(np.unique(examples.drive[known])), examples.num_failures
    days = examples.horizon_days
    if not failed:
        raise RefusedError(
            f"None of {drives:,} drives failed within {days} days of a day on which the risk was asked, so there is "
            "nothing to learn. Read more history, or failures with 'atoll ingest telemetry', or ask a longer "
            "--horizon-days."
        )
    if failed == drives:
        raise RefusedError(
            f"All {drives:,} drives with a known outcome failed within {days} days: a model needs drives that lived "
            "too. Read the healthy drives of the fleet as well."
        )
    if drives < FEWEST_DRIVES:
        raise RefusedError(
            f"{drives} drives have a known outcome, {failed} of them failed; expected at least {FEWEST_DRIVES} drives, "
            "since a risk learnt from fewer would be chance. Read more drives."
        )


def _between_models(label: np.ndarray, p: np.ndarray, drive_model: np.ndarray) -> float:
    """Half width of the 80 % band of how the odds of one drive model differ from what is predicted of it."""
    if len(np.unique(drive_model)) < 3:
        return UNKNOWN_MODEL_LOG_ODDS
    variance = estimate_overdispersion(label, p, drive_model)
    return max(Z_80_PERCENT * float(np.sqrt(np.log1p(max(variance, 0.0)))), UNKNOWN_MODEL_LOG_ODDS)


def _drives_by_model(examples: Examples) -> dict[str, int]:
    seen = examples.groups.assign(drive=examples.drive).drop_duplicates("drive")["model"].dropna()
    return {str(name): int(count) for name, count in sorted(seen.value_counts().items())}


def weaknesses(examples: Examples) -> list[str]:
    """What is weak about training data: features of one value, drive models without any attribute."""
    notes = []
    constant = _constant_columns(examples)
    if constant:
        notes.append(f"{len(constant)} of {len(examples.catalogue)} features hold one value only and say nothing.")
    missing = _missing_models(examples)
    if missing:
        notes.append(f"Not one attribute is known of any drive of {_listed(missing)}: only age, maker and size tell.")
    return notes


def _constant_columns(examples: Examples) -> list[str]:
    table = examples.features
    return [str(name) for name in table if not table[name].nunique(dropna=True) > 1]


def _missing_models(examples: Examples) -> list[str]:
    own = [item.name for item in examples.catalogue if item.attribute]
    if not own:
        return []
    known = examples.features[own].notna().any(axis=1)
    by_model = known.groupby(examples.groups["model"].fillna("unknown")).any()
    return [str(name) for name in by_model.index[~by_model]]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more models"


def _time_error(examples: Examples, p: np.ndarray, curve: HorizonCurve) -> tuple[float, float] | None:
    """Error of the median time to failure of drives that failed, beside that of the best constant."""
    within = min(curve.supported_days, LONGEST_DATED_DAYS)
    failed = dated_failures(examples, within)
    if len(np.unique(examples.drive[failed])) < FEWEST_DRIVES:
        return None
    days = examples.days_to_end[failed]
    own, constant = time_to_failure_error(days, curve.median_days(p[failed], within), float(np.median(days)))
    return float(own), float(constant)
