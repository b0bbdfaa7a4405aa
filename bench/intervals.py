"""Intervals of shares, as the benchmarks print them."""

from __future__ import annotations

from scipy.stats import binomtest


def wilson(right: int, num: int) -> tuple[float, float]:
    """95 % interval of ``right`` of ``num`` by Wilson's score (JASA 1927); everything where nothing was counted."""
    if not num:
        return 0.0, 1.0
    interval = binomtest(right, num).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)
