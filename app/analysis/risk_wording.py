"""Reasons of a risk in words, with value and unit."""

from __future__ import annotations

import math
import re

from app.analysis.wording import measured
from gnn.health.examples import Feature

_LOGARITHM = re.compile(r"log\(1 \+ (?P<unit>.+)\)")


def statement(feature: Feature, value: float | None) -> str:
    """A feature's value as a sentence without its full stop: ``Rise of reallocated sectors in 30 days: 12 sectors``.

    Args:
        feature: What was measured.
        value: How much, in the feature's unit; None where unknown.
    """
    meaning = feature.meaning[:1].upper() + feature.meaning[1:]
    if value is None:
        return f"{meaning}: unknown"
    if feature.unit == "0 or 1":
        return meaning if value else f"Not {feature.meaning}"
    if feature.unit == "log2(bytes)":
        return f"Capacity: {measured(round(2**value / 1e12, 2), 'TB')}"
    if found := _LOGARITHM.fullmatch(feature.unit):
        return f"{meaning}: {measured(float(f'{value:.3g}'), '')} (logarithm; {found['unit']} in one counter: " + (
            f"{measured(round(math.expm1(value)), '')})"
        )
    return f"{meaning}: {measured(float(f'{value:.6g}'), feature.unit)}"
