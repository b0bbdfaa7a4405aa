"""How a verdict looks: always a word with a mark, never colour alone."""

from __future__ import annotations

from graph.ontology.model import Severity

WORDS = {Severity.RED: "Red", Severity.AMBER: "Amber", Severity.GREEN: "Green", Severity.UNKNOWN: "Unknown"}
COLORS = {Severity.RED: "red", Severity.AMBER: "orange", Severity.GREEN: "green", Severity.UNKNOWN: "gray"}
ICONS = {
    Severity.RED: ":material/error:",
    Severity.AMBER: ":material/warning:",
    Severity.GREEN: ":material/check_circle:",
    Severity.UNKNOWN: ":material/help:",
}
MARKS = {Severity.RED: "■", Severity.AMBER: "▲", Severity.GREEN: "●", Severity.UNKNOWN: "○"}
TABLE_WORDS = {severity: f"{MARKS[severity]} {WORDS[severity]}" for severity in Severity}


def badge(severity: Severity | str) -> str:
    """Markdown of the verdict's badge: icon and word on the tint of its colour."""
    found = Severity(severity)
    return f":{COLORS[found]}-badge[{ICONS[found]} {WORDS[found]}]"


def text_color(severity: Severity | str | None) -> str:
    """Name of the theme colour for a number that carries the severity; grey where it carries none."""
    return "gray" if severity is None or Severity(severity) is Severity.GREEN else COLORS[Severity(severity)]
