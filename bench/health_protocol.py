"""The Backblaze history by its fixed protocol: every model, both references, five salts, and each gate met or missed.

``python -m bench.health_protocol [--quick]``; quick means two salts without the slow checks. Landmarks every 30 days,
training 2014-06-01 to 2015-12-01, test 2016-02-01 to 2016-08-25, drives halved by SHA-256 of salt and serial number;
outcomes are known to training up to 30 days after its last date. The scores are the models' own, uncalibrated:
``atoll evaluate risk`` chooses a calibration on validation and judges that.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from app.analysis.risk_sources import history_from_files
from bench import timing
from gnn.health.bootstrap import Part, Replicates, bootstrap
from gnn.health.examples import Examples, make_examples
from gnn.health.landmark_plan import PROTOCOL_TEST, PROTOCOL_TRAIN, landmark_days
from gnn.health.port import model_named
from gnn.health.reliability import ece, observed_over_predicted
from gnn.health.selection import HISTORY_REFERENCES
from gnn.health.splits import drive_halves

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "backblaze-history.parquet"
HORIZON_DAYS = 30
SALTS = 5
MODELS = ("count_rule", *HISTORY_REFERENCES, "logistic", "hazard", "cox", "lightgbm", "blend")
QUICK_MODELS = (*HISTORY_REFERENCES, "lightgbm")
# What validation inside training chooses in every salt; the command tells it in `why`.
CHOSEN = "lightgbm"


@dataclass(frozen=True)
class Figures:
    """How one model did, a value a salt where there are several.

    Args:
        fit_seconds: Mean time of a fit, wall.
        ece_share: Expected calibration error over the test's base rate.
        top: Share of the riskiest examples to observed over predicted failures among them.
    """

    fit_seconds: float
    ece_share: list[float]
    top: Mapping[float, list[float]]


@dataclass(frozen=True, slots=True)
class Gate:
    """One demand and what was found."""

    what: str
    found: str
    is_met: bool


def protocol_examples(path: Path = DATA) -> tuple[Examples, Examples]:
    """Training and test examples of the protocol, all drives."""
    history = history_from_files([path], "backblaze-history").history
    cut = PROTOCOL_TRAIN[1] + timedelta(days=HORIZON_DAYS)
    train = make_examples(history, landmark_days(*PROTOCOL_TRAIN), HORIZON_DAYS, cut=cut)
    return train, make_examples(history, landmark_days(*PROTOCOL_TEST), HORIZON_DAYS)


def judge(train: Examples, test: Examples, names: Sequence[str], salts: int) -> tuple[list[Part], dict[str, Figures]]:
    """Fit every model on one half of the drives and score the other, salt by salt."""
    parts: list[Part] = []
    seconds: dict[str, list[float]] = {name: [] for name in names}
    errors: dict[str, list[float]] = {name: [] for name in names}
    tops: dict[str, dict[float, list[float]]] = {name: {0.01: [], 0.1: [], 1.0: []} for name in names}
    for split in drive_halves(train, test, salts):
        learn = train.take(split.train)
        seen = test.take(split.test[test.is_known[split.test]])
        scores = {}
        for name in names:
            begun = time.perf_counter()
            fitted = model_named(name).fit(learn, split.seed)
            seconds[name].append(time.perf_counter() - begun)
            scores[name] = fitted.scores(seen)
            errors[name].append(ece(seen.label, scores[name]) / seen.label.mean())
            for share, found in tops[name].items():
                found.append(observed_over_predicted(seen.label, scores[name], share))
        parts.append(Part(seen.label, seen.drive_keys[seen.drive], scores))
    return parts, {name: Figures(float(np.mean(seconds[name])), errors[name], tops[name]) for name in names}


def gates(replicates: Replicates, figures: Figures, chosen: str) -> list[Gate]:
    """The demands of the protocol on the chosen model."""
    r0, r1 = (replicates.paired(chosen, name) for name in HISTORY_REFERENCES)
    found = [
        Gate("AP >= .085", f"{replicates.ap[chosen]:.4f}", replicates.ap[chosen] >= 0.085),
        Gate("AP >= .11 (aim)", f"{replicates.ap[chosen]:.4f}", replicates.ap[chosen] >= 0.11),
        Gate("AUC >= .79", f"{replicates.auc[chosen]:.4f}", replicates.auc[chosen] >= 0.79),
    ]
    for what, delta, least in (
        ("AP over R0 >= .045, interval above 0", r0.delta_ap, 0.045),
        ("AUC over R0 >= .03, interval above 0", r0.delta_auc, 0.03),
        ("AP over R1 >= .015, interval above 0", r1.delta_ap, 0.015),
    ):
        told = f"{delta.value:+.4f} ({delta.low:+.4f} to {delta.high:+.4f})"
        found.append(Gate(what, told, delta.value >= least and delta.low > 0))
    auc = r1.delta_auc
    found.append(
        Gate(
            "AUC over R1 >= -.005 (aim 0)", f"{auc.value:+.4f} ({auc.low:+.4f} to {auc.high:+.4f})", auc.value >= -0.005
        )
    )
    for share, name in ((0.01, "1 %"), (0.1, "10 %")):
        each = figures.top[share]
        mean = float(np.mean(each))
        found.append(
            Gate(
                f"observed/predicted in the top {name}: mean .8 to 1.25, each .75 to 1.3",
                f"{mean:.2f} ({', '.join(f'{value:.2f}' for value in each)})",
                0.8 <= mean <= 1.25 and min(each) >= 0.75 and max(each) <= 1.3,
            )
        )
    error = float(np.mean(figures.ece_share))
    told = f"{error:.3f} ({', '.join(f'{value:.3f}' for value in figures.ece_share)})"
    return [*found, Gate("calibration error <= .2 of the base rate", told, error <= 0.2)]


def main() -> None:
    """Print the table and the gates; exit status 1 where one (not an aim) is missed."""
    quick = "--quick" in sys.argv
    if not DATA.exists():
        print(f"health_protocol: {DATA} is not on this machine, nothing measured")
        return
    train, test = protocol_examples()
    names = QUICK_MODELS if quick else MODELS
    parts, figures = judge(train, test, names, 2 if quick else SALTS)
    replicates = bootstrap(parts)
    positives = ", ".join(str(int(part.label.sum())) for part in parts)
    print(f"Backblaze history, {HORIZON_DAYS} days ahead\n  {timing.conditions()}")
    print(
        f"  train {train.label[train.is_known].mean():.3%} of {int(train.is_known.sum()):,}, test "
        f"{test.label[test.is_known].mean():.3%} of {int(test.is_known.sum()):,}; test failures by salt {positives}"
    )
    heads = f"{'AUC (95 %)':>25}{'AP (95 %)':>25}{'O/P 1 %':>9}{'10 %':>6}{'all':>6}{'ECE/base':>10}{'fit s':>7}"
    print(f"  {'model':<11}{heads}")
    for name in names:
        auc, ap, told = replicates.auc_interval(name), replicates.ap_interval(name), figures[name]
        over = "".join(f"{np.mean(told.top[share]):>{width}.2f}" for share, width in ((0.01, 9), (0.1, 6), (1.0, 6)))
        print(
            f"  {name:<11}{f'{auc.value:.4f} ({auc.low:.3f} to {auc.high:.3f})':>25}"
            f"{f'{ap.value:.4f} ({ap.low:.3f} to {ap.high:.3f})':>25}{over}"
            f"{np.mean(told.ece_share):>10.3f}{told.fit_seconds:>7.1f}"
        )
    held = gates(replicates, figures[CHOSEN], CHOSEN)
    print(f"  gates of {CHOSEN}")
    for gate in held:
        print(f"    {'met   ' if gate.is_met else 'MISSED'} {gate.what}: {gate.found}")
    sys.exit(int(any(not gate.is_met and "aim" not in gate.what for gate in held)))


if __name__ == "__main__":
    main()
