"""How numbers, units, days and foreign text are written, the same on every page."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlencode

COMPACT_FROM = 1e7
LEAST_PERCENT = 0.001
BYTE_UNITS = ("B", "bytes", "BYTE")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$:])")


def escape(text: object) -> str:
    """Escape text that came with the data, so that it is shown as it is and never becomes Markdown."""
    return _MARKDOWN.sub(r"\\\1", str(text)).replace("\n", " ")


def small(markdown: str) -> str:
    """Small grey Markdown: sentences of fact, sources, footers (contrast 7.5 and 8.7, unlike a caption's)."""
    return f":small[:gray[{markdown}]]"


def number(value: float | None, digits: int = 3) -> str:
    """``12,345``; ``1.06``; at most ``digits`` significant figures below 1,000; empty for what is missing."""
    if value is None or not math.isfinite(value):
        return ""
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    decimals = max(0, digits - 1 - magnitude)
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def quantity(value: float | None, unit: str) -> str:
    """A number with its unit: ``46 °C``, ``71 %``, ``84``, ``84.8 G LBAs``; bytes as GB, TB or PB."""
    if value is None or not math.isfinite(value):
        return ""
    if unit in BYTE_UNITS:
        return data_size(value)
    if abs(value) >= COMPACT_FROM:
        return f"{number(value / 1e9)} G {unit}" if abs(value) >= 1e9 else f"{number(value / 1e6)} M {unit}"
    return f"{number(value, 5 if abs(value) >= 1000 else 3)} {unit}".rstrip()


def data_size(num_bytes: float | None) -> str:
    """Bytes in decimal units, ``3.84 TB``; empty for what is missing."""
    if num_bytes is None or not math.isfinite(num_bytes):
        return ""
    for limit, unit in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if abs(num_bytes) >= limit:
            return f"{number(num_bytes / limit)} {unit}"
    return f"{num_bytes:.0f} B"


def signed(value: float | None, unit: str = "") -> str:
    """A change with its sign: ``+61``, ``−2.1 %``, ``±0``."""
    if value is None or not math.isfinite(value):
        return ""
    if value == 0:
        return f"±0 {unit}".rstrip()
    return ("+" if value > 0 else "") + quantity(value, unit)


def rate(percent: float | None) -> str:
    """A rate in % a year with two decimals: ``1.06 %``."""
    return "" if percent is None or not math.isfinite(percent) else f"{percent:,.2f} %"


def interval(low: float | None, high: float | None) -> str:
    """An interval in %: ``0.66 to 1.63 %``; the level belongs in the help or the axis."""
    if low is None or high is None:
        return ""
    return f"{low:,.2f} to {high:,.2f} %"


def probability(share: float | None) -> str:
    """A probability in % with two significant figures, zeros kept: ``4.1 %``, ``7.0 %``, ``12 %``, ``0.034 %``."""
    if share is None or not math.isfinite(share):
        return ""
    percent = 100 * share
    if percent < LEAST_PERCENT:
        return f"under {LEAST_PERCENT} %" if percent > 0 else "0 %"
    return f"{_two_figures(percent)} %"


def band(low: float | None, high: float | None) -> str:
    """A band of probabilities: ``2.3 to 7.0 %``; the level belongs in the help or the axis."""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return ""
    first = probability(low).removesuffix(" %")
    return f"{first} to {probability(high)}"


def _two_figures(value: float) -> str:
    rounded = float(f"{value:.1e}")
    return f"{rounded:,.{max(0, 1 - math.floor(math.log10(rounded)))}f}"


def times(ratio: float) -> str:
    """How many times as much: ``12 times``, ``1.4 times``, ``0.3 times``; ``about`` where it is nearly the same."""
    if 0.95 <= ratio <= 1.05:
        return "about"
    return f"{number(ratio, 2)} times"


def age(days: float | None) -> str:
    """An age: ``2.8 y`` from one year on, days below."""
    if days is None or not math.isfinite(days):
        return ""
    return f"{days / 365.25:.1f} y" if days >= 365 else f"{days:,.0f} d"


def day(value: date | None) -> str:
    """``2026-11-21``."""
    return "" if value is None else value.isoformat()[:10]


def moment(value: datetime | None) -> str:
    """``2026-11-22 06:10 UTC``; the value must be in UTC."""
    return "" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def days_between(first: date | None, last: date | None) -> str:
    """``3 days`` or ``1 day``."""
    if first is None or last is None:
        return ""
    count = (last - first).days
    return f"{count:,} day{'' if count == 1 else 's'}"


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """``1 drive``, ``2,000 drives``."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def within(fleet: str, name: str | None) -> str:
    """A place's name on its fleet's pages: without the fleet's own name in front (``demo-rack-003``: ``rack-003``)."""
    if not name:
        return ""
    for mark in "-_:./ ":
        if name.startswith(fleet + mark) and len(name) > len(fleet) + 1:
            return name[len(fleet) + 1 :]
    return name


def told_apart(names: Sequence[str]) -> dict[str, str]:
    """Names without the words that all of them begin with (``SYNTH-NVME-A``: ``NVME-A``), where several differ."""
    if len(set(names)) < 2:
        return {name: name for name in names}
    shared = os.path.commonprefix(sorted(set(names)))  # noqa: RUF071 - characters are meant, not path parts
    cut = max((shared.rfind(mark) for mark in "-_:./ "), default=-1) + 1
    return {name: name[cut:] or name for name in names}


def link(page: str, /, **parameters: object) -> str:
    """Relative address of a page with what it shows in the query string; None parameters are left out.

    The default page has no path of its own, so it is ``./``.
    """
    query = urlencode({key: str(value) for key, value in parameters.items() if value is not None})
    return f"{page or './'}{'?' + query if query else ''}"


def drive_link(fleet: str, model: str | None, serial: str) -> str:
    """Address of a drive's page; the model is in it because a serial is unique only with its model."""
    return link("drive", fleet=fleet, model=model, id=serial)
