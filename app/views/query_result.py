"""A query's result: what ran, and its rows as table, JSON and plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from app.analysis.neighbourhood import keys_in
from app.views import formats, graph_explorer, reading, tables
from graph.ports import Rows

JSON_ROWS = 200
STATEMENT_LINES = 8
STATEMENT_HEIGHT = 180
GRAPH_HEIGHT = 430


@dataclass(frozen=True, slots=True)
class Answer:
    """One statement that ran.

    Args:
        name: Name of the catalogue's query, or ``free Cypher``.
        statement: The Cypher.
        parameters: Its parameters.
        rows: What came back.
        store_version: Version it was read at.
        unfinished: Number of incomplete runs that free Cypher may have seen.
        command: The same on the command line.
        address: Relative address that runs it again.
    """

    name: str
    statement: str
    parameters: Mapping[str, Any]
    rows: Rows
    store_version: int
    unfinished: int
    command: str
    address: str


def plain(value: Any) -> Any:
    """Turn a value of a row into what JSON can say."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def table(rows: Rows) -> pd.DataFrame:
    """Rows as a table: nodes, lists and maps as JSON text, the rest as it is."""
    cells = [
        [json.dumps(plain(v), ensure_ascii=False) if isinstance(v, dict | list | tuple) else v for v in row]
        for row in rows.rows
    ]
    return pd.DataFrame(cells, columns=list(rows.columns))


def show(answer: Answer) -> None:
    """Draw the result card's content."""
    rows = answer.rows
    count = (
        f"First {formats.plural(len(rows.rows), 'row')}, more exist"
        if rows.truncated
        else formats.plural(len(rows.rows), "row")
    )
    frame_ = table(rows)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        st.markdown("### Result", width="content", anchors=False)
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            st.markdown(
                formats.small(
                    f"{count} · {formats.number(rows.milliseconds)} ms · store version {answer.store_version}"
                ),
                width="content",
            )
            st.download_button(
                "CSV", frame_.to_csv(index=False).encode(), f"{answer.name.replace(' ', '-')}.csv", "text/csv",
                icon=":material/download:", type="tertiary", on_click="ignore",
            )  # fmt: skip
            with st.popover("Link", icon=":material/link:", type="tertiary"):
                st.markdown(formats.small("This address runs the query again:"))
                st.code(f"{st.context.url or ''}{answer.address}", language=None, wrap_lines=True)
    long = answer.statement.count("\n") >= STATEMENT_LINES
    st.code(answer.statement, language=None, wrap_lines=True, height=STATEMENT_HEIGHT if long else "content")
    if answer.unfinished:
        st.warning(
            f"{formats.plural(answer.unfinished, 'run')} not complete: free Cypher sees what was written so far, "
            "the catalogue does not.",
            icon=":material/hourglass_top:",
        )
    keys = keys_in(rows)
    names = ["Table", *(["Graph"] if keys else []), "JSON", "Plan"]
    tabs = dict(zip(names, st.tabs(names, key="result_tab", on_change="rerun"), strict=True))
    with tabs["Table"]:
        _table(frame_, answer)
    if keys and tabs["Graph"].open:
        with tabs["Graph"]:
            graph_explorer.show_nodes(keys, key_prefix="result_graph", height=GRAPH_HEIGHT)
    with tabs["JSON"]:
        records = [dict(zip(rows.columns, plain(row), strict=True)) for row in rows.rows[:JSON_ROWS]]
        if len(rows.rows) > JSON_ROWS:
            st.markdown(
                formats.small(f"The first {JSON_ROWS} of {formats.plural(len(rows.rows), 'row')}; the CSV has all.")
            )
        st.code(json.dumps(records, ensure_ascii=False, indent=2), language=None, height=430)
    with tabs["Plan"]:
        if tabs["Plan"].open:
            st.code(reading.plan(answer.statement, dict(answer.parameters)), language=None, height=430)


def _table(data: pd.DataFrame, answer: Answer) -> None:
    if data.empty:
        st.markdown(
            formats.small(":material/inbox: No row answers this. Check the parameters, or choose another query.")
        )
        return
    config: dict[str, Any] = {}
    for column in data.columns:
        found = data[column].dropna()
        if found.empty:
            continue
        if column in ("verdict", "severity"):
            data[column] = data[column].map(tables.verdict_cell)
            config[column] = tables.verdict_column(column)
        elif found.map(lambda value: isinstance(value, str) and value.startswith("drive:")).all():
            data[column] = [
                None if value is None else "drive?id=" + quote(str(value), safe=":") for value in data[column]
            ]
            config[column] = st.column_config.LinkColumn(column, display_text=r"id=(.*)$")
        elif pd.api.types.is_float_dtype(found):
            config[column] = st.column_config.NumberColumn(column, format="%.4g")
    st.dataframe(
        data, hide_index=True, row_height=tables.ROW_HEIGHT, height=tables.height(len(data), 14), column_config=config,
        alt=f"Rows of {answer.name}",
        placeholder="",
    )  # fmt: skip
