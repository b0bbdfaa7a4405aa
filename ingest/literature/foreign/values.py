"""Values and units that a foreign graph gives as text."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

UNITS: dict[str, tuple[str, str]] = {
    "c": ("unit:DEG_C", "°C"),
    "°c": ("unit:DEG_C", "°C"),
    "celsius": ("unit:DEG_C", "°C"),
    "k": ("unit:K", "K"),
    "rh": ("unit:PERCENT_RH", "% RH"),
    "%rh": ("unit:PERCENT_RH", "% RH"),
    "%": ("unit:PERCENT", "%"),
    "percent": ("unit:PERCENT", "%"),
    "fraction": ("unit:UNITLESS", "(fraction)"),
    "times": ("unit:UNITLESS", "x"),
    "x": ("unit:UNITLESS", "x"),
    "percentile": ("unit:PERCENT", "percentile"),
    "qd": ("unit:NUM", "requests in the queue"),
    "kb": ("unit:KiloBYTE", "KB"),
    "kib": ("unit:KibiBYTE", "KiB"),
    "mb": ("unit:MegaBYTE", "MB"),
    "mib": ("unit:MebiBYTE", "MiB"),
    "gb": ("unit:GigaBYTE", "GB"),
    "gib": ("unit:GibiBYTE", "GiB"),
    "nm": ("unit:NanoM", "nm"),
    "mev": ("unit:MegaEV", "MeV"),
    "ms": ("unit:MilliSEC", "ms"),
    "us": ("unit:MicroSEC", "µs"),
    "µs": ("unit:MicroSEC", "µs"),
    "s": ("unit:SEC", "s"),
    "h": ("unit:HR", "h"),
    "w": ("unit:W", "W"),
}
"""Units by the spelling of the source, lower case: QUDT name and the unit as shown."""

_KINDS = {
    "hastemperature": {"unit:DEG_C", "unit:K"},
    "hasrelativehumidity": {"unit:PERCENT_RH", "unit:PERCENT"},
    "hasblocksize": {"unit:KiloBYTE", "unit:KibiBYTE", "unit:MegaBYTE", "unit:MebiBYTE"},
    "hasqueuedepth": {"unit:NUM"},
    "haslithographynode": {"unit:NanoM"},
    "percentile": {"unit:PERCENT"},
}
"""Units that fit a predicate (lower case); a predicate that is not named here takes any."""

_NUMBER = r"[-−+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?"
_VALUE = re.compile(
    rf"^\s*(?P<qd>QD)?(?P<low>{_NUMBER})(?:\s*(?:to|–|\.\.)\s*(?P<high>{_NUMBER}))?\s*(?P<unit>[^\d\s].*)?$"
)


@dataclass(frozen=True, slots=True)
class TypedValue:
    """A number or a range, with its unit where one is known.

    Args:
        low: Lower end.
        high: Upper end; equal to ``low`` for a single value.
        unit: QUDT name; None where the source tells none.
        shown: As shown: ``25 °C``.
        origin: Where the unit comes from: ``value``, ``unit statement``, ``sentence`` or ``""``.
    """

    low: float
    high: float
    unit: str | None
    shown: str
    origin: str = ""


def typed(text: str) -> TypedValue | None:
    """The number that a literal spells, with the unit that stands in it; None where it is no number."""
    found = _VALUE.match(text)
    if not found:
        return None
    spelled = (found["unit"] or "").strip()
    unit = UNITS.get(spelled.casefold()) or (UNITS["qd"] if found["qd"] else None)
    if spelled and unit is None:
        return None
    low = _number(found["low"])
    high = _number(found["high"]) if found["high"] else low
    if low > high or not math.isfinite(low) or not math.isfinite(high):
        return None
    return TypedValue(low, high, unit[0] if unit else None, _shown(low, high, unit), "value" if unit else "")


def with_unit(value: TypedValue, spelled: str, origin: str) -> TypedValue | None:
    """The value in the unit that the source spells elsewhere; None where that is no unit."""
    unit = UNITS.get(spelled.strip().casefold())
    return TypedValue(value.low, value.high, unit[0], _shown(value.low, value.high, unit), origin) if unit else None


def fits(predicate: str, spelled: str) -> bool:
    """Whether a unit is one that values of the predicate (its local name) are given in."""
    unit = UNITS.get(spelled.strip().casefold())
    kinds = _KINDS.get(predicate.casefold())
    return unit is not None and (kinds is None or unit[0] in kinds)


def is_particular(predicate: str) -> bool:
    """Whether the predicate (its local name) takes units of one kind only."""
    return predicate.casefold() in _KINDS


def unit_in(sentence: str, value: TypedValue, predicate: str) -> str | None:
    """The unit that the source's sentence writes behind the value, where it fits the predicate."""
    for found in re.finditer(
        rf"(?<![\d.]){re.escape(_digits(value.high))}\s?(°\s?C|℃|%\s?RH|%|KiB|KB|MB|nm|C\b)", sentence
    ):
        spelled = found.group(1).replace("℃", "°C").replace(" ", "")
        if predicate.casefold() == "hasrelativehumidity" and spelled == "%":
            spelled = "%RH"
        if fits(predicate, spelled):
            return spelled
    return None


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def _digits(value: float) -> str:
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else repr(value)


def _shown(low: float, high: float, unit: tuple[str, str] | None) -> str:
    digits = _digits(low) if low == high else f"{_digits(low)} to {_digits(high)}"
    return f"{digits} {unit[1]}" if unit else digits
