"""Charts: Altair specifications whose colours are roles, so that marks follow a live switch of theme.

``theme.chartCategoricalColors`` is one ordered list of roles; every chart uses the one scale below, whose domain is
the role names and whose range the theme supplies in the browser. Only axis text carries a hex.
"""

from __future__ import annotations

from collections.abc import Sequence
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

LABEL_PIXELS = 6.4
"""Width of a character of a label."""
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


def labelled_scale(labels: Sequence[str], top: float, pixels: int) -> alt.Scale:
    """Scale from 0 to ``top`` of a chart so many pixels wide that leaves room for the labels right of what it draws."""
    share = LABEL_PIXELS * max(len(text) for text in labels) / pixels
    return alt.Scale(domain=[0, top / (1 - share) or 1.0], nice=False)


def interval_layers(
    base: Any, value: str, across: alt.Scale, sentence: alt.Axis, *, colour: str = "one", end: str = "high"
) -> Any:
    """A rule from column ``low`` to ``high``, a point on ``value``, and ``label`` right of ``end``.

    Args:
        base: Chart with its data and what stands on the other axis; has a column ``muted`` that holds that role.
        value: Column of the point.
        across: Scale of the figures.
        sentence: Their axis.
        colour: Column with the role of rule and point.
        end: Column that the label stands beside.
    """
    return alt.layer(
        base.mark_rule(strokeWidth=2).encode(
            x=alt.X("low:Q", scale=across, axis=sentence), x2="high:Q", color=role(colour)
        ),
        base.mark_point(size=56, filled=True, opacity=1).encode(
            x=alt.X(f"{value}:Q", scale=across), color=role(colour)
        ),
        base.mark_text(align="left", dx=8, fontSize=11).encode(
            x=alt.X(f"{end}:Q", scale=across), text="label:N", color=role("muted")
        ),
    )
