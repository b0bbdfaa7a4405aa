"""The logs that a drive keeps itself, as tables: self-tests and errors."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.analysis.drive_results import LogRow
from app.views import formats, frame, tables

ROWS_SHOWN = 8
TITLES = {"self-test": "Self-test log", "error": "Error log"}
RESULTS = {True: "passed", False: "failed", None: ""}


def draw(rows: Sequence[LogRow]) -> None:
    """One table a log, newest entry first; what no entry has is left out."""
    for log, title in TITLES.items():
        own = [row for row in rows if row.log == log]
        if own:
            failed = sum(row.passed is False for row in own)
            note = formats.plural(len(own), "entry", "entries") + (f", {failed:,} failed" if failed else "")
            frame.card_title(title, note)
            _table(own, title)


def _table(rows: Sequence[LogRow], title: str) -> None:
    shown = pd.DataFrame(
        {
            "hours": [row.power_on_hours for row in rows],
            "kind": [row.kind for row in rows],
            "result": [RESULTS[row.passed] or None for row in rows],
            "status": [row.status for row in rows],
            "lba": [None if row.lba is None else f"{row.lba:,}" for row in rows],
            "description": [row.description for row in rows],
            "seen": [row.first_day for row in rows],
        }
    ).dropna(axis="columns", how="all")
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        height=tables.height(len(shown), ROWS_SHOWN),
        column_config={
            "hours": st.column_config.NumberColumn("Power-on hours", format="localized", width=112),
            "kind": st.column_config.TextColumn("Kind"),
            "result": st.column_config.TextColumn("Result", width=72),
            "status": st.column_config.TextColumn("Status", width="medium"),
            "lba": st.column_config.TextColumn("First error at LBA"),
            "description": st.column_config.TextColumn("Description", width="large"),
            "seen": st.column_config.DateColumn("First seen", format="YYYY-MM-DD", width=96),
        },
        placeholder="",
        alt=f"{title}, newest first",
    )
