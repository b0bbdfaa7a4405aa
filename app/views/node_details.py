"""What the inspector says of a node: its properties with units, where they come from, and its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from importlib.util import find_spec
from typing import Any

from app.analysis.graph_view import GraphNode
from app.views import formats, severity
from graph.ontology import terms
from graph.ontology.model import Severity

UNITS = {
    "unit:DAY": "d", "unit:DEG_C": "°C", "unit:HR": "h", "unit:M-PER-SEC2": "m/s²", "unit:NUM": "", "unit:UNITLESS": "",
    "unit:PERCENT": "%", "unit:PERCENT_RH": "% RH", "unit:W": "W",
}  # fmt: skip
MOST_LETTERS = 400
MOST_ITEMS = 10
SHOWN_ELSEWHERE = ("key", "name")
LAST = ("source", "sources", "run", "ingested_at")
# The unit of these stands in another property of the same node.
BESIDE = {
    "value": ("unit", "value_unit"), "threshold": ("unit",), "value_low": ("value_unit",), "value_high": ("value_unit",)
}  # fmt: skip
DRIVES = ("Drive",)
WORKS = ("Work",)
CONCEPTS = ("Concept", "Component", "Condition", "Mechanism", "Metric", "Mitigation")


def rows(properties: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Property, its words and its value as text with its unit; source and run come last, what is none is left out."""
    names = [name for name in properties if name not in (*SHOWN_ELSEWHERE, *LAST)]
    names += [name for name in LAST if name in properties]
    if properties.get("sources") == [properties.get("source")]:
        names.remove("sources")
    told = ((name, value_text(name, properties)) for name in names)
    return [(name, name.removesuffix("_bytes").replace("_", " "), text) for name, text in told if text]


def value_text(name: str, properties: Mapping[str, Any]) -> str:
    """One property's value as text, in the unit of the ontology or of the property that names it."""
    value = properties[name]
    if isinstance(value, list | tuple):
        items = [_plain(item, "") for item in value[:MOST_ITEMS]]
        rest = f" and {len(value) - MOST_ITEMS:,} more" if len(value) > MOST_ITEMS else ""
        return _cut(", ".join(items)) + rest
    term = terms.PROPERTIES.get(name)
    unit = term.unit if term else ""
    if name in BESIDE:
        unit = next((str(properties[beside]) for beside in BESIDE[name] if properties.get(beside)), "")
    return _plain(value, unit)


def _plain(value: Any, unit: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, int | float):
        if unit == "unit:BYTE":
            return formats.data_size(value)
        if isinstance(value, int) and unit in ("", "unit:YR"):  # a page, a version, a year: no quantity
            return str(value)
        shown = UNITS.get(unit, unit.removeprefix("unit:"))
        return f"{formats.number(value, 5 if abs(value) >= 1000 else 3)} {shown}".rstrip()
    return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1].rstrip() + "…"


def caption(node: GraphNode) -> str:
    """Name below a node; a verdict stands before it as a mark, so that it is not told by colour alone."""
    found = verdict(node)
    return f"{severity.MARKS[found]} {node.name}" if found else node.name


def verdict(node: GraphNode) -> Severity | None:
    """Severity that a node carries; None for most."""
    try:
        return Severity(node.properties["severity"])
    except (KeyError, ValueError):
        return None


def page(node: GraphNode) -> tuple[str, str] | None:
    """Relative address of the page about a node, and the words of its link; None where there is no such page."""
    if node.label in DRIVES:
        return formats.link("drive", fleet=node.properties.get("fleet"), id=node.key), "Open the drive"
    if node.properties.get("subject_label") in DRIVES and node.properties.get("subject"):
        address = formats.link("drive", fleet=node.properties.get("fleet"), id=node.properties["subject"])
        return address, "Open its drive"
    if find_spec("app.views.literature") is None:
        return None
    if node.label in WORKS:
        return formats.link("literature", work=node.key), "Open the work"
    if node.label in CONCEPTS:
        return formats.link("literature", concept=node.key), "Open the concept"
    return None
