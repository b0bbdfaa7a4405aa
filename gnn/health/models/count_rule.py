"""The count rule: how many of the error counters that matter stand above zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.isotonic import IsotonicRegression

from gnn.health.examples import Examples
from gnn.health.models.matrix import LAST, log_odds, numbers, placed, teaching
from gnn.health.port import Output
from graph.ontology import smart

# Backblaze, "What SMART stats tell us about hard drives" (2016), and the same of other protocols.
COUNTED = (
    *("smart:ata:5", "smart:ata:187", "smart:ata:188", "smart:ata:197", "smart:ata:198"),
    *("smart:nvme:media_errors", "smart:nvme:critical_warning"),
    *("smart:scsi:grown_defects", "smart:scsi:read_uncorrected_errors", "smart:scsi:write_uncorrected_errors"),
)


@dataclass(frozen=True)
class FittedCountRule:
    """The rule with the share that failed at each count.

    Args:
        rates: Share that failed of the examples with 0, 1, 2 … counters above zero; never falls.
        output: A risk, or a score where the training set had no horizon.
    """

    rates: tuple[float, ...]
    output: Output = "risk"
    name: str = "count_rule"

    def scores(self, examples: Examples) -> np.ndarray:
        """The training share of its count, shape ``(num_examples,)``; what is unknown counts as zero."""
        above = numbers(examples, _columns()) > 0
        return np.asarray(self.rates)[np.minimum(above.sum(axis=1), len(self.rates) - 1)]

    def contributions(self, examples: Examples) -> np.ndarray:
        """Log-odds over a drive without errors, in equal parts to the counters above zero."""
        above = numbers(examples, _columns()) > 0
        num_above = above.sum(axis=1, keepdims=True)
        extra = log_odds(self.scores(examples)) - log_odds(np.array(self.rates[:1]))
        parts = np.where(above, extra[:, None] / np.maximum(num_above, 1), 0.0)
        return placed(examples, _columns(), parts)

    def state(self) -> dict[str, Any]:
        """The rates."""
        return {"rates": list(self.rates), "output": self.output}


class CountRule:
    """Counts the error counters above zero, as operators do by hand; its probability is the share that failed.

    References:
        Klein, "What SMART Hard Disk Stats Tell Us About Hard Drives", Backblaze 2016 (attributes 5, 187, 188, 197 and
        198 above zero). Barlow et al., Statistical Inference under Order Restrictions, 1972 (rates that never fall).
    """

    name = "count_rule"
    output: Output = "risk"

    def fit(self, train: Examples, seed: int) -> FittedCountRule:
        """Learn the share that failed at each count, drawn towards the base rate by one failure's weight."""
        known = teaching(train, self.name)
        count = (numbers(known, _columns()) > 0).sum(axis=1)
        num_counts = len(COUNTED) + 1
        of = np.bincount(count, minlength=num_counts).astype(float)
        failed = np.bincount(count, weights=known.label, minlength=num_counts)
        base_rate = known.label.mean()
        # One failure at the base rate in all, spread as the examples are: it keeps the mean rate where it was.
        prior = np.maximum(of / of.sum(), 1e-3) / base_rate
        rates = (failed + prior * base_rate) / (of + prior)
        counts = np.arange(num_counts)
        rising = IsotonicRegression().fit(counts, rates, sample_weight=of + prior).predict(counts)
        return FittedCountRule(tuple(map(float, rising)), "score" if train.horizon_days is None else "risk")

    def restore(self, state: Mapping[str, Any]) -> FittedCountRule:
        """A fitted rule from its ``state``."""
        return FittedCountRule(tuple(state["rates"]), state["output"])


def _columns() -> tuple[str, ...]:
    return tuple(smart.column(key) + LAST for key in COUNTED)
