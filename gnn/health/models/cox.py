"""Cox's proportional hazards, as a check on the others: one ranking for all horizons."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gnn.health.examples import Examples
from gnn.health.models.hazard import along_path
from gnn.health.models.matrix import Standard, followed_days, placed, teaching, thinned, useful
from gnn.health.port import Output
from graph.errors import RefusedError

MOST_HEALTHY = 10_000
# The first with which Newton's steps arrive is taken: on rare, collinear counters they may run away.
PENALTIES = (0.1, 0.3, 1.0, 3.0)
# Few features, as collinear ones keep the regression from converging.
TAKEN = re.compile(r".*_last|maker_.*|num_errors_.*|errors_.*log_sum.*|age_days|capacity_log2|days_since_any_change")
FOLLOW_UP_HORIZONS = 3


@dataclass(frozen=True)
class FittedCox:
    """Hazard ratios and the cumulative hazard of an average example at the horizon.

    Args:
        standard: How features become columns about 0.
        coefficients: Log hazard ratio per standard deviation.
        cumulative_hazard: Of an example whose columns are all 0, over the horizon.
    """

    standard: Standard
    coefficients: np.ndarray
    cumulative_hazard: float
    name: str = "cox"
    output: Output = "risk"

    def scores(self, examples: Examples) -> np.ndarray:
        """Probability of failure within the horizon, shape ``(num_examples,)``."""
        return np.asarray(-np.expm1(-self._hazard(self._line(self.standard.table(examples)))))

    def contributions(self, examples: Examples) -> np.ndarray:
        """Log-odds over an average example, along the straight path from it (Sundararajan et al., ICML 2017)."""
        table = self.standard.table(examples)
        line = self._line(table)

        def slopes(share: float) -> np.ndarray:
            # P = 1 - exp(-H): the derivative of its log-odds by log H is H / P.
            hazard = self._hazard(share * line)
            return np.asarray(hazard / -np.expm1(-hazard))

        parts = table * self.coefficients * along_path(slopes)[:, None]
        return placed(examples, self.standard.columns, self.standard.by_feature(parts))

    def _line(self, table: np.ndarray) -> np.ndarray:
        return np.asarray(table.astype(np.float64) @ self.coefficients)

    def _hazard(self, line: np.ndarray) -> np.ndarray:
        return np.asarray(self.cumulative_hazard * np.exp(np.clip(line, -30, 30)))

    def state(self) -> dict[str, Any]:
        """Scales, hazard ratios and cumulative hazard."""
        return {
            "standard": self.standard.state(),
            "coefficients": self.coefficients.tolist(),
            "cumulative_hazard": self.cumulative_hazard,
        }


class Cox:
    """Cox regression by lifelines on standardised features, healthy examples thinned and weighted up.

    References:
        Cox, "Regression models and life-tables", JRSS B 1972. van Houwelingen, "Dynamic prediction by landmarking in
        event history analysis", Scandinavian Journal of Statistics 2007 (landmarks stacked).
    """

    name = "cox"
    output: Output = "risk"

    def fit(self, train: Examples, seed: int) -> FittedCox:
        """Learn from all examples, those of unknown label included: they were observed for a while."""
        horizon_days = followed_days(train, self.name)
        teaching(train, self.name)
        order = np.lexsort((train.landmark, train.drive))
        follow_up = FOLLOW_UP_HORIZONS * horizon_days
        failed = (train.has_failed & (train.days_to_end <= follow_up))[order]
        chosen, weight = thinned(failed, MOST_HEALTHY, seed)
        drawn = train.take(order[chosen])
        standard = Standard.of(drawn, [name for name in useful(drawn) if TAKEN.fullmatch(name)])
        table = standard.table(drawn).astype(np.float64)
        columns = [f"x{place}" for place in range(table.shape[1])]
        frame = pd.DataFrame(table, columns=columns).assign(
            days=np.minimum(drawn.days_to_end, follow_up), failed=failed[chosen], weight=weight
        )
        if not columns:  # nothing varies: the share that failed is all there is to know
            frame, columns = frame.assign(x0=0.0), []
        coefficients, hazard = _regressed(frame, columns, horizon_days)
        return FittedCox(standard, coefficients, hazard)

    def restore(self, state: Mapping[str, Any]) -> FittedCox:
        """A fitted model from its ``state``."""
        return FittedCox(
            Standard.restore(state["standard"]),
            np.asarray(state["coefficients"], float),
            float(state["cumulative_hazard"]),
        )


def _regressed(frame: pd.DataFrame, columns: list[str], horizon_days: int) -> tuple[np.ndarray, float]:
    """Log hazard ratios, and the cumulative hazard (Breslow 1972) at the horizon where all columns are 0."""
    from lifelines import CoxPHFitter, NelsonAalenFitter
    from lifelines.exceptions import ConvergenceError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of weights that are not whole: standard errors, which are not used
        if not columns:
            curve = NelsonAalenFitter().fit(frame.days, frame.failed, weights=frame.weight)
            return np.zeros(0), float(curve.predict(horizon_days))
        for penalty in PENALTIES:
            fitter = CoxPHFitter(penalizer=penalty)
            try:
                fitter.fit(frame, "days", "failed", weights_col="weight")
            except ConvergenceError:
                continue
            if fitter.log_likelihood_ratio_test().test_statistic > 0:  # better than no features at all
                found = fitter.params_[columns].to_numpy(float)
                baseline = fitter.baseline_cumulative_hazard_.iloc[:, 0]
                at_mean = float(baseline[baseline.index <= horizon_days].max())
                return found, at_mean * float(np.exp(-frame[columns].mean().to_numpy() @ found))
    raise RefusedError(
        f"Model 'cox' cannot learn: the regression did not converge on {len(columns)} columns with any penalty up to "
        f"{PENALTIES[-1]:g}. Use 'hazard'."
    )
