"""Reasons of a risk in words, with value and unit."""

from __future__ import annotations

import re

from app.analysis.wording import measured, number
from gnn.health.examples import Feature

_LATEST = re.compile(r"latest (?P<what>.+)")
_MOVED = re.compile(r"(?P<how>rise|fall) of (?P<what>.+?) (?P<when>in \d+ days|since first seen)")
_CHANGED = re.compile(r"days since (?P<what>.+?) (?:last )?changed")
VERBS = {"rise": "rose", "fall": "fell"}


def statement(feature: Feature, value: float | None) -> str:
    """What a feature says of a drive, without a full stop: ``Reallocated sectors rose by 12 in 30 days``.

    Args:
        feature: What was measured.
        value: How much, in the feature's unit; None where unknown.
    """
    meaning = feature.meaning
    if value is None:
        if found := _CHANGED.fullmatch(meaning):
            return _sentence(f"{found['what']} never changed")
        return _sentence(f"{meaning}: unknown")
    value = float(f"{value:.6g}")
    if feature.unit == "0 or 1":
        return _sentence(meaning if value else f"not {meaning}")
    if feature.name == "capacity_log2":
        return f"Capacity {measured(float(f'{2**value / 1e12:.3g}'), 'TB')}"
    if feature.name == "age_days":
        return f"Age {measured(float(round(value)), 'days')}"
    if found := _LATEST.fullmatch(meaning):
        return _sentence(f"{found['what']}: {_amount(value, feature.unit, found['what'])}")
    if found := _MOVED.fullmatch(meaning):
        what, verb = found["what"], VERBS[found["how"]]
        if value == 0:
            return _sentence(f"{what} did not {found['how']} {found['when']}")
        return _sentence(f"{what} {verb} by {_amount(value, feature.unit, what)} {found['when']}")
    if found := _CHANGED.fullmatch(meaning):
        when = "on that day" if value == 0 else f"{measured(value, 'days')} before"
        return _sentence(f"{found['what']} changed last {when}")
    return _sentence(f"{meaning}: {_amount(value, feature.unit, meaning)}")


def _amount(value: float, unit: str, what: str) -> str:
    """A number with its unit, which is left out where what is measured names it already."""
    return number(value) if what.lower().split(" (")[0].endswith(unit.lower()) else measured(value, unit)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
