"""Charts: Altair specifications whose colours are roles, so that marks follow a live switch of theme.

``theme.chartCategoricalColors`` is one ordered list of roles; every chart uses the one scale below, whose domain is
the role names and whose range the theme supplies in the browser. Only axis text carries a hex.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import streamlit as st

NODE_LABELS = (
    "Drive", "DriveModel", "Vendor", "Firmware", "Fleet", "Host", "Enclosure", "Rack", "Room", "Site",
    "TelemetryWindow", "SmartAttribute", "EnvironmentWindow", "HealthFinding", "FailureEvent", "Application",
    "Workload", "Concept", "Metric", "Mechanism", "Mitigation", "Work", "Document", "Passage", "Assertion",
    "UnsourcedClaim",
)  # fmt: skip
ROLES = (
    "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "red", "amber", "green", "unknown", "ink", "muted", *NODE_LABELS
)  # fmt: skip
# Within a family of hues the shape differs, so that no type is told by colour alone.
SHAPES = {
    "Drive": "circle", "DriveModel": "square", "Vendor": "diamond", "Firmware": "triangle-up", "Fleet": "cross",
    "Host": "circle", "Enclosure": "triangle-up", "Rack": "square", "Room": "diamond", "Site": "cross",
    "TelemetryWindow": "square", "SmartAttribute": "circle", "EnvironmentWindow": "diamond",
    "HealthFinding": "diamond", "FailureEvent": "cross", "Application": "circle", "Workload": "square",
    "Concept": "circle", "Metric": "square", "Mechanism": "triangle-up", "Mitigation": "diamond",
    "Work": "square", "Document": "circle", "Passage": "diamond", "Assertion": "triangle-right",
    "UnsourcedClaim": "cross",
}  # fmt: skip

PADDING = {"left": 0, "right": 4, "top": 2, "bottom": 8}


def muted_ink() -> str:
    """Hex of axis text; goes stale until the next run when the theme is switched live."""
    return "#A9B3C1" if st.context.theme.type == "dark" else "#4B5565"


def role(name: str) -> alt.Color:
    """Colour encoding by a constant column ``role`` that holds role names."""
    return alt.Color(f"{name}:N", scale=alt.Scale(domain=list(ROLES)), legend=None)


def axis(grid: bool, **options: Any) -> alt.Axis:
    """Axis without line and ticks, with small muted labels."""
    settings: dict[str, Any] = {
        "domain": False, "ticks": False, "grid": grid, "labelFontSize": 11, "labelColor": muted_ink(),
        "labelFlush": False, "titleFontSize": 11, "titleFontWeight": "normal", "titleColor": muted_ink(), "title": None,
    }  # fmt: skip
    return alt.Axis(**{**settings, **options})


def dress(chart: Any, height: int) -> Any:
    """Give a chart its height and padding, and no frame."""
    return chart.properties(height=height, padding=PADDING).configure_view(stroke=None)
