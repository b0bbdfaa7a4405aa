"""Numbers with their units, as a text writes them and as they are compared."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from ingest.literature.extraction.assertion import Quantity

_NAMES: tuple[tuple[str, str | None, tuple[str, ...]], ...] = (
    ("%", "unit:PERCENT", ("%", "percent", "per cent")),
    ("pp", "unit:PERCENT", ("percentage points", "percentage point", "pp")),
    ("x", "unit:UNITLESS", ("x", "×", "times", "fold", "-fold")),
    ("ns", "unit:NanoSEC", ("ns", "nanoseconds")),
    ("us", "unit:MicroSEC", ("us", "µs", "μs", "microseconds", "microsecond")),
    ("ms", "unit:MilliSEC", ("ms", "milliseconds", "millisecond")),
    ("s", "unit:SEC", ("s", "seconds", "second", "sec")),
    ("min", "unit:MIN", ("min", "minutes", "minute")),
    ("h", "unit:HR", ("h", "hours", "hour", "hrs")),
    ("d", "unit:DAY", ("days", "day")),
    ("wk", "unit:WK", ("weeks", "week")),
    ("mo", "unit:MO", ("months", "month")),
    ("yr", "unit:YR", ("years", "year")),
    ("°c", "unit:DEG_C", ("°c", "degrees celsius", "degrees c")),
    ("k", None, ("k",)),
    ("v", "unit:V", ("v",)),
    ("w", "unit:W", ("w",)),
    ("mw", "unit:MilliW", ("mw",)),
    ("j", "unit:J", ("j",)),
    ("hz", "unit:HZ", ("hz",)),
    ("khz", "unit:KiloHZ", ("khz",)),
    ("mhz", "unit:MegaHZ", ("mhz",)),
    ("ghz", "unit:GigaHZ", ("ghz",)),
    ("b", "unit:BYTE", ("b", "bytes")),
    ("kb", "unit:KiloBYTE", ("kb",)),
    ("mb", "unit:MegaBYTE", ("mb",)),
    ("gb", "unit:GigaBYTE", ("gb",)),
    ("tb", "unit:TeraBYTE", ("tb",)),
    ("pb", "unit:PetaBYTE", ("pb",)),
    ("kib", "unit:KibiBYTE", ("kib",)),
    ("mib", "unit:MebiBYTE", ("mib",)),
    ("gib", "unit:GibiBYTE", ("gib",)),
    ("tib", "unit:TebiBYTE", ("tib",)),
    ("mb/s", "unit:MegaBYTE-PER-SEC", ("mb/s",)),
    ("gb/s", "unit:GigaBYTE-PER-SEC", ("gb/s",)),
    ("mib/s", None, ("mib/s",)),
    ("gib/s", None, ("gib/s",)),
    ("kb/s", None, ("kb/s",)),
    ("iops", "unit:NUM-PER-SEC", ("iops",)),
    ("kiops", None, ("kiops",)),
    ("g", None, ("g",)),
    ("db", "unit:DeciB", ("db",)),
    ("rpm", "unit:REV-PER-MIN", ("rpm",)),
    ("cycles", "unit:NUM", ("cycles", "cycle", "p/e cycles", "erase cycles", "program/erase cycles")),
)
_UNITS = {name: (short, qudt) for short, qudt, names in _NAMES for name in names}
_WORDS = {"half": 0.5, "twice": 2.0, "twofold": 2.0, "threefold": 3.0, "fourfold": 4.0, "tenfold": 10.0}
_FACTORS = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_UNIT = "|".join(sorted((re.escape(unit).replace(r"\ ", r"\s+") for unit in _UNITS), key=len, reverse=True))
_NUMBER = r"[-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-−+]?\d+)?|[-−+]?\.\d+"
_FIGURE = re.compile(
    rf"(?<![\w.])(?P<number>{_NUMBER})(?:\s*(?P<factor>thousand|million|billion)\b)?"
    rf"(?:[\s-]*(?P<unit>{_UNIT})(?![\w]))?",
    re.IGNORECASE,
)
_BITS = re.compile(r"[kKMGT]b(?:/s)?")  # megabits, while MB are megabytes
_WORD = re.compile(r"\b(" + "|".join(_WORDS) + r")\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,|-|–|—|to|and|or|up to|down to|through)\s*(?:and|or)?\s*", re.IGNORECASE)


class Figure(NamedTuple):
    """A number as it stands in a text.

    Attributes:
        value: The number; a percentage is not divided.
        unit: Name of the unit as it is compared (``%``, ``ms``); empty where none stands there.
        start: First character.
        end: Character after the last, unit included.
        inherited: True where the unit stands at the other end of a range.
    """

    value: float
    unit: str
    start: int
    end: int
    inherited: bool = False


@lru_cache(maxsize=4_096)
def figures(text: str) -> tuple[Figure, ...]:
    """All numbers of a text. In ``3 to 5 ms`` and ``3–5 ms`` the first has the unit of the second.

    Args:
        text: A sentence, or the words of a quantity.
    """
    found: list[Figure] = []
    for match in _FIGURE.finditer(text):
        try:
            told = match["number"].replace("−", "-").replace(",", "")
            value = float(told) * _FACTORS.get((match["factor"] or "").lower(), 1.0)
        except ValueError:
            continue
        if not math.isfinite(value):
            continue
        name = " ".join((match["unit"] or "").lower().split())
        unit = _UNITS[name][0] if name else ""
        if _BITS.fullmatch(match["unit"] or ""):
            unit = unit.replace("b", "bit", 1)
        found.append(Figure(value, unit, match.start(), match.end()))
    for i in range(len(found) - 2, -1, -1):
        one, after = found[i], found[i + 1]
        if not one.unit and after.unit and _BETWEEN.fullmatch(text, one.end, after.start):
            found[i] = one._replace(unit=after.unit, inherited=True)
    found += [Figure(_WORDS[match[1].lower()], "x", match.start(), match.end()) for match in _WORD.finditer(text)]
    return tuple(sorted(found, key=lambda figure: figure.start))


def missing(words: str, sentence: str) -> str | None:
    """The first number of ``words`` that does not stand in the sentence with the same unit; None where all do."""
    there = {(figure.value, figure.unit) for figure in figures(sentence)}
    # The first end of a range may be cut out of it without its unit.
    there |= {(figure.value, "") for figure in figures(sentence) if figure.inherited}
    for figure in figures(words):
        if (figure.value, figure.unit) not in there:
            return words[figure.start : figure.end]
    return None


def quantity_of(words: str, unit: str | None = None) -> Quantity:
    """A quantity from the source's words: of a range both ends, else the one number.

    Args:
        words: A slice of the source.
        unit: QUDT name where another place knows it.
    """
    found = figures(words)
    if not found:
        return Quantity(words, unit=unit)
    values = [figure.value for figure in found]
    named = {figure.unit for figure in found if figure.unit}
    if unit is None and len(named) == 1:
        name = named.pop()
        unit = next((qudt for short, qudt in _UNITS.values() if short == name), None)
    return Quantity(words, min(values), max(values), unit) if len(values) <= 2 else Quantity(words, unit=unit)


def change_of(words: str) -> int:
    """Sign of ``from A to B`` with one unit: 1 up, -1 down, 0 where the words say no such thing."""
    match = re.search(r"\bfrom\b(.+?)\b(?:down |up )?to\b(.+)", words, re.IGNORECASE | re.DOTALL)
    if not match:
        return 0
    first, second = figures(match[1]), figures(match[2])
    if len(first) != 1 or not second:
        return 0
    one, two = first[0], second[0]
    if one.unit and two.unit and one.unit != two.unit:
        return 0
    return (two.value > one.value) - (two.value < one.value)
