"""Survival over age by model: Kaplan-Meier with drives that come under observation at an age."""

from __future__ import annotations

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter

from app.analysis.results import SurvivalCurve

SMALLEST_MODEL = 20
SMALLEST_RISK_SET = 10
MOST_POINTS = 200


def survival_by_model(drives: pd.DataFrame, most_models: int = 12) -> list[SurvivalCurve]:
    """Kaplan-Meier curves of the models with the most drives, age in days of power-on time.

    A drive that was not watched from new enters at the age of its first reading (left truncation), so it does not
    count as a survivor of ages nobody watched. A curve covers the longest stretch of ages at which at least ten drives
    were watched throughout: it is survival given that the drive reached its first age.

    Args:
        drives: Columns ``model``, ``entry_age_days``, ``exit_age_days`` (NaN: age unknown, left out), ``is_failed``.
        most_models: Curves returned at most.

    Returns:
        Curves by model name; models with fewer than 20 drives of known age are left out.

    References:
        Kaplan and Meier, JASA 53, 1958; Tsai, Jewell and Wang, Biometrika 74, 1987 (left truncation). Band: exponential
        Greenwood, as lifelines computes it.
    """
    known = drives[drives["exit_age_days"].notna() & (drives["exit_age_days"] > drives["entry_age_days"])]
    sizes = known["model"].value_counts()
    models = sizes[sizes >= SMALLEST_MODEL].sort_index().sort_values(ascending=False, kind="stable").index[:most_models]
    curves = [_curve(str(model), known[known["model"] == model]) for model in models]
    return sorted((curve for curve in curves if curve), key=lambda curve: curve.model)


def _curve(model: str, drives: pd.DataFrame) -> SurvivalCurve | None:
    entry, exit_ = drives["entry_age_days"].to_numpy(float), drives["exit_age_days"].to_numpy(float)
    failed = drives["is_failed"].to_numpy(dtype=bool)
    ages = np.unique(np.concatenate([entry, exit_]))
    at_risk = np.searchsorted(np.sort(entry), ages, side="right") - np.searchsorted(np.sort(exit_), ages, side="right")
    watched = np.flatnonzero(at_risk >= SMALLEST_RISK_SET)
    if not len(watched):
        return None
    # Ages between two stretches may have been watched on a handful of drives, or on none.
    stretches = np.split(watched, np.flatnonzero(np.diff(watched) > 1) + 1)
    watched = max(stretches, key=lambda stretch: ages[stretch[-1]] - ages[stretch[0]])
    begin, end = ages[watched[0]], ages[min(watched[-1] + 1, len(ages) - 1)]
    keep = (exit_ > begin) & (entry < end)
    until = np.minimum(exit_[keep], end)
    fitter = KaplanMeierFitter(label="survival")
    fitter.fit(until, failed[keep] & (exit_[keep] <= end), entry=np.maximum(entry[keep], begin))
    table = fitter.survival_function_.join(fitter.confidence_interval_)
    table = table[(table.index >= begin) & (table.index <= end)]
    # Only where the estimate steps, and the two ends: what lies between is flat.
    values = table.to_numpy()
    steps = np.flatnonzero(np.r_[True, np.diff(values[:, 0]) != 0]).tolist()
    if len(steps) > MOST_POINTS:
        steps = [steps[i] for i in np.unique(np.linspace(0, len(steps) - 1, MOST_POINTS).astype(int))]
    chosen = table.iloc[sorted({*steps, len(table) - 1})].ffill().fillna(1.0)
    age = chosen.index.to_numpy(float)
    age[0] = begin
    return SurvivalCurve(
        model=model,
        num_drives=int(keep.sum()),
        num_failures=int((failed[keep] & (exit_[keep] <= end)).sum()),
        age_days=[round(float(value), 2) for value in age],
        survival=[float(value) for value in chosen.iloc[:, 0]],
        low=[float(value) for value in chosen.iloc[:, 1]],
        high=[float(value) for value in chosen.iloc[:, 2]],
    )
