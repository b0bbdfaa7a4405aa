"""What the tables share: their height, the verdict's column, links to drives."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.views import severity
from graph.ontology.model import Severity

ROW_HEIGHT = 30
HEADER_HEIGHT = 32


def height(num_rows: int, most: int) -> int:
    """Height in px of a table of ``num_rows`` rows, at most ``most`` of them seen at once."""
    return HEADER_HEIGHT + ROW_HEIGHT * max(1, min(num_rows, most))


def verdict_cell(value: Any) -> list[str] | None:
    """A verdict as the verdict column takes it; None where the value is none."""
    try:
        return [severity.TABLE_WORDS[Severity(value)]]
    except ValueError:
        return None


def verdict_column(label: str = "Verdict", width: int = 92) -> Any:
    """Mark and word on the verdict's tint."""
    return st.column_config.MultiselectColumn(
        label,
        width=width,
        options=list(severity.TABLE_WORDS.values()),
        color=[severity.COLORS[found] for found in severity.TABLE_WORDS],
    )


def drive_column(label: str = "Drive", width: int = 84) -> Any:
    """A serial that is a link to its drive's page."""
    return st.column_config.LinkColumn(label, width=width, display_text=r"id=([^&]*)")
