"""Stated sizes: numbers with units, ranges, factors and fractions, each a slice of the text and a parsed value."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.literature.extraction.assertion import Quantity

_UNITS = {
    "%": "PERCENT",
    "percent": "PERCENT",
    "per cent": "PERCENT",
    "percentage points": "PERCENT",
    "percentage point": "PERCENT",
    "×": "UNITLESS",
    "x": "UNITLESS",
    "times": "UNITLESS",
    "fold": "UNITLESS",
    "ns": "NanoSEC",
    "µs": "MicroSEC",
    "μs": "MicroSEC",
    "us": "MicroSEC",
    "microseconds": "MicroSEC",
    "ms": "MilliSEC",
    "milliseconds": "MilliSEC",
    "s": "SEC",
    "seconds": "SEC",
    "second": "SEC",
    "minutes": "MIN",
    "minute": "MIN",
    "min": "MIN",
    "h": "HR",
    "hours": "HR",
    "hour": "HR",
    "days": "DAY",
    "day": "DAY",
    "weeks": "WK",
    "week": "WK",
    "months": "MO",
    "month": "MO",
    "years": "YR",
    "year": "YR",
    "°C": "DEG_C",
    "degrees Celsius": "DEG_C",
    "°F": "DEG_F",
    "K": "K",
    "W": "W",
    "mW": "MilliW",
    "watts": "W",
    "V": "V",
    "mV": "MilliV",
    "J": "J",
    "Hz": "HZ",
    "MHz": "MegaHZ",
    "rpm": "REV-PER-MIN",
    "IOPS": "PER-SEC",
    "operations per second": "PER-SEC",
    "dB": "DeciB",
    "P/E cycles": "NUM",
    "PE cycles": "NUM",
    "cycles": "NUM",
    "bits": "BIT",
    "bit": "BIT",
    "nm": "NanoM",
}
for _letter, _decimal, _binary in (
    ("", "", ""),
    ("K", "Kilo", "Kibi"),
    ("k", "Kilo", "Kibi"),
    ("M", "Mega", "Mebi"),
    ("G", "Giga", "Gibi"),
    ("T", "Tera", "Tebi"),
    ("P", "Peta", "Pebi"),
):
    _UNITS[f"{_letter}B"] = f"{_decimal}BYTE"
    _UNITS[f"{_letter}B/s"] = f"{_decimal}BYTE-PER-SEC"
    if _letter:
        _UNITS[f"{_letter}iB"] = f"{_binary}BYTE"
        _UNITS[f"{_letter}iB/s"] = f"{_binary}BYTE-PER-SEC"
        _UNITS[f"{_letter}bit/s"] = f"{_decimal}BIT-PER-SEC"
        _UNITS[f"{_letter}IOPS"] = "PER-SEC"
_SCALES = {"K": 1e3, "k": 1e3, "M": 1e6, "million": 1e6, "thousand": 1e3, "billion": 1e9, "": 1.0}
_WORDS = {
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
    "nine": 9.0,
    "ten": 10.0,
    "twelve": 12.0,
    "a dozen": 12.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "fifty": 50.0,
    "a hundred": 100.0,
    "one hundred": 100.0,
    "a thousand": 1000.0,
    "an": 1.0,
    "a": 1.0,
}
_FRACTIONS = {
    "half": 50.0,
    "one half": 50.0,
    "a half": 50.0,
    "a third": 100 / 3,
    "one third": 100 / 3,
    "two thirds": 200 / 3,
    "a quarter": 25.0,
    "one quarter": 25.0,
    "three quarters": 75.0,
    "a fifth": 20.0,
    "one fifth": 20.0,
    "two fifths": 40.0,
    "three fifths": 60.0,
    "four fifths": 80.0,
    "a sixth": 100 / 6,
    "one sixth": 100 / 6,
    "an eighth": 12.5,
    "one eighth": 12.5,
    "a tenth": 10.0,
    "one tenth": 10.0,
}
_NUMBER = r"[~≈]?[-−]?\d[\d,]*(?:\.\d+)?(?:\s?(?:[eE×]\s?10\s?[-−^]?\s?\d+))?"
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_VALUE = rf"{_NUMBER}(?:\s?(?:million|thousand|billion)|\s?[KM](?=\s?IOPS))?(?:[\s-]?(?:{_UNIT})(?![A-Za-z]))?"
_WORD = "|".join(sorted((w for w in _WORDS if w not in ("a", "an")), key=len, reverse=True))
_BOUND = r"(?:(?P<bound>up to|as much as|as many as|at most|at least|more than|over|less than|fewer than|under)\s+)?"
_PATTERN = re.compile(
    rf"{_BOUND}(?:"
    rf"(?P<factor>a factor of (?:about |roughly |nearly |almost |up to )?(?:{_NUMBER}|{_WORD})(?:\s?(?:to|–|"
    rf"-)\s?(?:{_NUMBER}|{_WORD}))?)"
    rf"|(?P<orders>(?:(?:{_NUMBER}|{_WORD}|an?) (?:to (?:{_NUMBER}|{_WORD}) )?orders? of magnitude))"
    rf"|(?P<from>(?:from|between)\s+{_VALUE}\s+(?:to|and)\s+(?:(?:about|nearly|almost|roughly) )?{_VALUE})"
    rf"|(?P<range>{_VALUE}\s?(?:–|-|to|and up to)\s?{_VALUE})"
    rf"|(?P<fraction>\b(?:{'|'.join(sorted(_FRACTIONS, key=len, reverse=True))})\b)"
    rf"|(?P<times>\b(?:{_WORD})[\s-](?:times|fold)\b(?: the (?:median|mean|average))?|\b(?:two|three|four|five|"
    rf"ten)fold\b|"
    rf"{_NUMBER}\s?times the (?:median|mean|average))"
    rf"|(?P<value>(?<![\w.]){_VALUE}))",
)
_BARE = re.compile(r"(?<![A-Za-z\d.,])[-−]?\d[\d,]*(?:\.\d+)?")
_UPPER, _LOWER = ("up to", "as much as", "as many as", "at most", "less than", "fewer than", "under"), ("at least",)


class Found(NamedTuple):
    """A quantity and where it stands."""

    quantity: Quantity
    start: int
    end: int
    named_unit: bool
    relative: bool


def find(text: str) -> list[Found]:
    """All quantities of a text in order of place; they do not overlap.

    Numbers that only name something ("Figure 3", "RAID 6", "[12]") are found too: their place decides.
    """
    return [_read(match) for match in _PATTERN.finditer(text)]


def _read(match: re.Match[str]) -> Found:
    bound = match["bound"] or ""
    words = match[0]
    core = words[len(bound) :].strip() if bound else words
    unit, named_unit, relative = _unit(core)
    low, high = _ends(core)
    if match["orders"]:
        low, high = (10.0 ** (low or 1), 10.0 ** (high or 1))
        unit, named_unit, relative = "UNITLESS", True, True
    elif match["factor"] or match["times"]:
        unit, named_unit, relative = "UNITLESS", True, True
    elif match["fraction"]:
        low = high = round(_FRACTIONS[core.lower()], 4)
        unit, named_unit, relative = "PERCENT", True, True
    if bound in _UPPER:
        low = None
    elif bound:
        high = None
    quantity = Quantity(words.strip(), low, high, f"unit:{unit}" if unit else None)
    return Found(quantity, match.start(), match.end(), named_unit, relative)


def _unit(words: str) -> tuple[str | None, bool, bool]:
    """QUDT name of the last unit, whether one is written, and whether it is a share or a factor."""
    found = re.findall(rf"[\d.,\s-](?:million |thousand |billion |[KM]\s?(?=IOPS))?({_UNIT})(?![A-Za-z/])", words)
    if not found:
        return "NUM", False, False
    name = _UNITS[found[-1]]
    return name, True, name in ("PERCENT", "UNITLESS")


def _ends(words: str) -> tuple[float | None, float | None]:
    values = [
        float(text.replace(",", "").replace("−", "-").rstrip(".")) for text in _BARE.findall(words.replace("–", " "))
    ]
    scale = next((_SCALES[name] for name in ("million", "thousand", "billion") if name in words), 1.0)
    if re.search(r"\dK\s?IOPS|\d K IOPS", words):
        scale = 1e3
    if (power := re.search(r"(?:[eE]|×\s?10\s?\^?)\s?([-−]?\d+)", words)) and values:
        values, scale = values[:1], 10.0 ** float(power[1].replace("−", "-"))
    if not values:
        values = [
            value for name, value in _WORDS.items() if re.search(rf"\b{name}(?:\b|fold)", words) and len(name) > 2
        ][:2]
        values = values or ([1.0] if re.search(r"\ban?\b", words) else [])
    if not values:
        return None, None
    values = [value * scale for value in values]
    return min(values), max(values)
