"""How each label looks: one colour and one shape, the same in graph, legend and charts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.views import charts
from graph.ontology import terms

# Names of the canvas for the shapes of the charts.
SHAPES = {
    "circle": "ellipse", "square": "rectangle", "diamond": "diamond", "triangle-up": "triangle", "cross": "plus",
    "triangle-right": "pointer",
}  # fmt: skip
# Labels that no chart shows have no role in the theme: their colours, light and dark, and their shapes.
OWN = {
    "Acknowledgement": ("#57616F", "#AEB8C6", "tag"),
    "AtollMeta": ("#5B5B5B", "#B8B8B8", "octagon"),
    "Component": ("#2E6B4F", "#7FCFA6", "hexagon"),
    "Condition": ("#50702B", "#B9D47A", "octagon"),
    "Contradiction": ("#8C4A12", "#F0AE6E", "vee"),
    "DeviceLogEntry": ("#2B7C86", "#5FB4BF", "tag"),
    "DriveAlias": ("#4A6AA8", "#93B0E6", "tag"),
    "Instance": ("#6B7A2A", "#CBD68A", "pentagon"),
    "Merge": ("#7A6228", "#CDB877", "star"),
    "ModelRun": ("#3A5F5B", "#93C9BF", "pentagon"),
    "RiskForecast": ("#8A2F6B", "#DE8FC4", "vee"),
    "Run": ("#6A6A74", "#A4A4B0", "hexagon"),
    "SmartOverride": ("#135E6B", "#8AD1DE", "pentagon"),
}
OTHER = ("#5A6272", "#A9B3C1", "rhomboid")


def shape(label: str) -> str:
    """Shape of a label's nodes, as the canvas names it."""
    return SHAPES[charts.SHAPES[label]] if label in charts.SHAPES else OWN.get(label, OTHER)[2]


def legend(labels: Iterable[str]) -> list[dict[str, Any]]:
    """What the canvas must know of each label that occurs: count, shape and colours, in the order of the palette.

    ``own`` holds the colours (light, dark) of a label that is no role of the theme.
    """
    counts: dict[str, int] = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    order = {label: place for place, label in enumerate((*charts.NODE_LABELS, *OWN))}
    return [
        {
            "label": label,
            "count": counts[label],
            "shape": shape(label),
            "own": None if label in charts.NODE_LABELS else list(OWN.get(label, OTHER)[:2]),
            "description": terms.LABELS[label].description if label in terms.LABELS else "",
        }
        for label in sorted(counts, key=lambda label: (order.get(label, len(order)), label))
    ]
