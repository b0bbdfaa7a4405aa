"""Small examples on which each model of failure risk must keep its contract.

A model of another kind of examples joins by a line in ``EXAMPLES``: a callable from a seed to examples that it can
learn from, small enough to be fitted within a second or two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from graph_fleets import graph_examples
from rack_tickets import rack_histories

from gnn.health.examples import Examples, Feature

HORIZON_DAYS = 30
LANDMARKS = np.array(["2020-01-01", "2020-01-31", "2020-03-01"], "datetime64[D]")


def history_examples(seed: int = 0, num_drives: int = 500, base_log_odds: float = -4.5) -> Examples:
    """Drives at three landmarks: errors raise the hazard, which is constant for a drive; some drives are lost.

    Args:
        seed: Of all draws.
        num_drives: Drives at the first landmark.
        base_log_odds: Of failing within the horizon without errors.
    """
    rng = np.random.default_rng(seed)
    errors = {name: rng.poisson(rng.gamma(0.3, 2.0, num_drives)) for name in ("ata_5", "ata_187", "ata_197")}
    odds = np.exp(base_log_odds + 0.9 * np.sum([np.log1p(values) for values in errors.values()], axis=0))
    fails = rng.exponential(HORIZON_DAYS / odds)
    watched = np.where(rng.random(num_drives) < 0.1, rng.uniform(30, 100, num_drives), 160.0)
    has_failed, end = fails <= watched, np.minimum(fails, watched)
    parts = []
    for number, day in enumerate((LANDMARKS - LANDMARKS[0]).astype(int)):
        at = np.flatnonzero(end > day)
        table = {f"{name}_last": values[at] for name, values in errors.items()}
        table |= {f"{name}_rise_30_days": np.minimum(values[at], number) for name, values in errors.items()}
        table["ata_198_last"] = np.where(at % 3 == 0, np.nan, errors["ata_197"][at])
        table["ata_187_days_since_change"] = np.where(errors["ata_187"][at] > 0, 5.0 + day, np.nan)
        table["errors_log_sum"] = np.sum([np.log1p(values[at]) for values in errors.values()], axis=0)
        table["age_days"] = 300.0 + 10 * (at % 40) + day
        table["capacity_log2"] = np.where(at % 2, 42.0, 41.0)
        table["maker_seagate"] = (at % 2).astype(float)
        parts.append((at, pd.DataFrame(table, dtype=np.float32), np.full(len(at), day)))
    drive = np.concatenate([at for at, _, _ in parts])
    day = np.concatenate([days for _, _, days in parts])
    features = pd.concat([table for _, table, _ in parts], ignore_index=True)
    days_to_end = end[drive] - day
    label = has_failed[drive] & (days_to_end <= HORIZON_DAYS)
    return Examples(
        features=features,
        catalogue=tuple(_meant(name) for name in features.columns),
        drive=drive.astype(np.int64),
        drive_keys=np.array([f"drive:test:m{number % 4}:{number:04d}" for number in range(num_drives)], object),
        landmark=LANDMARKS[0] + day,
        label=label,
        is_known=label | (days_to_end >= HORIZON_DAYS),
        days_to_end=days_to_end,
        has_failed=has_failed[drive],
        groups=pd.DataFrame({"model": [f"m{number % 4}" for number in drive], "vendor": "Seagate"}),
        horizon_days=HORIZON_DAYS,
    )


def _meant(name: str) -> Feature:
    number = name.split("_")[1]
    return Feature(name, name.replace("_", " "), f"smart:ata:{number}" if name.startswith("ata") else None, None)


def case_control(seed: int = 0) -> Examples:
    """The same without a horizon: half of the drives are cases."""
    return replace(history_examples(seed, base_log_odds=-1.0), horizon_days=None)


# Models that learn from the examples of histories.
HISTORIES = ("count_rule", "logistic", "lightgbm", "hazard", "cox", "blend", "R0", "R1")
EXAMPLES: dict[str, Callable[[int], Examples]] = dict.fromkeys(HISTORIES, history_examples)
EXAMPLES |= dict.fromkeys(("random_forest", "window_classifier"), case_control)
EXAMPLES |= dict.fromkeys(("count_recency", "rack_logistic"), rack_histories)
EXAMPLES |= dict.fromkeys(("graph", "graph_ablation"), graph_examples)
