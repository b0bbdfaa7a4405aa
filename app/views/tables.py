"""What the tables share: their height, the verdict's column, links to drives."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.views import formats, severity
from graph.ontology.model import Severity

ROW_HEIGHT = 30
HEADER_HEIGHT = 32
PAGE_WIDTH = 1072
VERDICT_WIDTH = 92
ANSWERED_WIDTH = 190
ANSWERS = ("acknowledged", "snoozed")
PADDING = 20
WIDE_PIXELS, NARROW_PIXELS = 8.1, 5.5
WIDTH_SAMPLE = 2000


def height(num_rows: int, most: int) -> int:
    """Height in px of a table of ``num_rows`` rows, at most ``most`` of them seen at once."""
    return HEADER_HEIGHT + ROW_HEIGHT * max(1, min(num_rows, most))


def verdict_cell(value: Any, answer: Any = None) -> list[str] | None:
    """A verdict as the verdict column takes it, marked where it is answered; None where the value is none."""
    try:
        word = severity.TABLE_WORDS[Severity(value)]
    except ValueError:
        return None
    return [word, str(answer).partition(":")[0]] if isinstance(answer, str) else [word]


def verdict_cells(drives: pd.DataFrame) -> list[list[str] | None]:
    """Verdicts of drives, from ``verdict`` and ``answer``."""
    return [verdict_cell(value, answer) for value, answer in zip(drives["verdict"], drives["answer"], strict=True)]


def verdict_width(drives: pd.DataFrame) -> int:
    """Width in px of the verdict column: more where some are marked as answered."""
    return ANSWERED_WIDTH if drives["answer"].notna().any() else VERDICT_WIDTH


def verdict_column(label: str = "Verdict", width: int = VERDICT_WIDTH) -> Any:
    """Mark and word on the verdict's tint."""
    return st.column_config.MultiselectColumn(
        label,
        width=width,
        options=[*severity.TABLE_WORDS.values(), *ANSWERS],
        color=[*(severity.COLORS[found] for found in severity.TABLE_WORDS), *("gray" for _ in ANSWERS)],
    )


def drive_column(serials: pd.Series, label: str = "Drive") -> Any:
    """A serial that is a link to its drive's page; as wide as the longest serial."""
    return st.column_config.LinkColumn(label, width=text_width(serials, 84), display_text=r"id=([^&]*)")


def drive_links(fleet: str, drives: pd.DataFrame) -> list[str]:
    """Addresses of the drives' pages, from ``model`` and ``serial``."""
    return [
        formats.drive_link(fleet, model, serial)
        for model, serial in zip(drives["model"], drives["serial"], strict=True)
    ]


def text_width(values: pd.Series, least: int = 60, most: int = 190) -> int:
    """Width in px that a text column needs for its longest value."""
    longest = max((_pixels(str(value)) for value in values.head(WIDTH_SAMPLE) if value is not None), default=0.0)
    return min(most, max(least, PADDING + round(longest)))


def _pixels(text: str) -> float:
    """Width of a text in the tables' font, by the mean width of its capitals and digits and of the rest."""
    wide = sum(character.isupper() or character.isdigit() for character in text)
    return WIDE_PIXELS * wide + NARROW_PIXELS * (len(text) - wide)
