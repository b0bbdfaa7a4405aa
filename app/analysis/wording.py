"""Numbers, dates and sentences as findings show them: at most three significant figures, units, no adjectives."""

from __future__ import annotations

from datetime import date

import numpy as np

THOUSAND = 1000


def number(value: float) -> str:
    """``12,345``, ``7``, ``4.2``, ``0.031``: whole numbers in full, others with three significant figures."""
    if float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) >= THOUSAND:
        return f"{round(value):,}"
    text = f"{value:.3g}"
    return f"{float(text):f}".rstrip("0").rstrip(".") if "e" in text else text


def measured(value: float, unit: str) -> str:
    """A number with its unit, a space between: ``61 blocks``, ``7 °C``, ``104 %``; one of something is singular."""
    if not unit:
        return number(value)
    if value == 1 and unit.endswith("ies"):
        unit = unit.removesuffix("ies") + "y"
    elif value == 1 and len(unit) > 1:
        unit = unit.removesuffix("s")
    return f"{number(value)} {unit}"


def days(count: int) -> str:
    """``1 day``, ``30 days``."""
    return "1 day" if count == 1 else f"{count:,} days"


def probability(p_value: float) -> str:
    """``p = 0.0004``, with one significant figure below 0.001 and a floor: ``p < 0.000001``."""
    if p_value < 1e-6:
        return "p < 0.000001"
    digits = 1 if p_value < 1e-3 else 2
    return "p = " + np.format_float_positional(float(f"{p_value:.{digits}g}"), trim="-")


def as_date(day: int) -> date:
    """The date of a day counted from 1970-01-01."""
    return date.fromordinal(int(day) + date(1970, 1, 1).toordinal())
