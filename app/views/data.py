"""Data: what was loaded when, what was rejected and why, versions, and whether the store is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from app.views import formats, frame, reading, states, tables
from graph.ontology.terms import ONTOLOGY_VERSION
from graph.ports import Problem

RUNS_SHOWN = 12
REASONS_SHOWN = 8
PREVIEW_ROWS = 200
LARGEST_DOWNLOAD = 50_000_000


def show() -> None:
    """Draw the page."""
    head = frame.open_page("Data")
    fleet = frame.select_fleet(head)
    version = reading.store_version()
    runs = reading.runs(version)
    unfinished = reading.workspace().store.incomplete_runs()
    sources = _sources(runs)
    head.say(
        f"{formats.plural(len(reading.fleets()), 'fleet')} from {formats.plural(len(sources), 'source')} in "
        f"{formats.escape(reading.settings().workspace)}.",
        synthetic=fleet.synthetic,
    )
    for run in unfinished:
        st.warning(
            f"The run of {formats.moment(run.get('started_at'))} from {formats.escape(run.get('source', ''))} is not "
            "complete: it goes on, or was stopped and the same command resumes it. What it wrote is hidden until then.",
            title="Ingest not finished" if run.get("kind") == "ingest" else "Run not finished",
            icon=":material/hourglass_top:",
        )
    left, right = st.columns([17, 8])
    with left, frame.card():
        frame.card_title("Sources", "Latest run of each; files of all runs")
        _source_table(sources)
    with right, frame.card():
        frame.card_title("Store")
        _store(version)
    with frame.card(height="content"):
        frame.card_title(
            "Runs", f"Latest first, showing {min(RUNS_SHOWN, len(runs))} of {formats.plural(len(runs), 'run')}"
        )
        _run_table(runs)
    with frame.card(height="content"):
        _quarantine(runs)
    frame.footer(fleet=fleet, data_time=None, read_at=reading.now(), store_version=version)


def _sources(runs: pd.DataFrame) -> pd.DataFrame:
    """Latest complete ingest of each source (fleet, format and mapping), with files and last day of all its runs."""
    ingests = runs[runs["kind"] == "ingest"] if len(runs) else runs
    if not len(ingests):
        return ingests
    identity = ["fleet", "source", "mapping"]
    files = ingests.groupby(identity, dropna=False)["num_files"].transform("sum")
    days = pd.to_datetime(ingests["last_day"])
    latest = days.groupby([ingests[name] for name in identity], dropna=False).transform("max")
    return ingests.assign(num_files=files, last_day=latest).drop_duplicates(identity)


def _source_table(sources: pd.DataFrame) -> None:
    if sources.empty:
        st.markdown(formats.small("Nothing was ingested yet."))
        return
    ages = [(reading.now() - moment).total_seconds() / 3600 for moment in sources["completed_at"]]
    shown = pd.DataFrame(
        {
            "fleet": sources["fleet"],
            "format": sources["format"],
            "mapping": sources["mapping"],
            "to": [None if pd.isna(day) else formats.day(day.date()) for day in sources["last_day"]],
            "read": [formats.moment(moment) for moment in sources["completed_at"]],
            "age": ages,
            "files": pd.to_numeric(sources["num_files"]),
            "rows": sources["rows_read"],
            "replaced": sources["rows_replaced"],
            "rejected": sources["rows_rejected"],
        }
    ).dropna(axis="columns", how="all")
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        height=tables.height(len(shown), 8),
        column_config={
            "fleet": st.column_config.TextColumn("Fleet"),
            "format": st.column_config.TextColumn("Format"),
            "mapping": st.column_config.TextColumn("Mapping", help="Name, version and hash of the mapping file"),
            "to": st.column_config.TextColumn("Data to", width=80, help="Last day that the source tells of"),
            "read": st.column_config.TextColumn("Last read", width=156),
            "age": st.column_config.NumberColumn("Age", format="%.0f h ago", width=64),
            "files": st.column_config.NumberColumn("Files", format="localized", width=50),
            "rows": st.column_config.NumberColumn("Rows read", format="localized", width=80),
            "replaced": st.column_config.NumberColumn(
                "Replaced", format="localized", width=72, help="Rows that corrected a stored day"
            ),
            "rejected": st.column_config.NumberColumn("Rejected", format="localized", width=72),
        },
        placeholder="",
        alt="Sources with their latest run",
    )


def _store(version: int) -> None:
    store = reading.workspace().store
    facts = {
        "Kind": "embedded server" if store.kind == "embedded" else "Neo4j",
        "Address": store.url,
        "Store version": f"{version:,}",
        "Ontology": ONTOLOGY_VERSION,
        "Schema": reading.schema_version(),
    }
    st.markdown("  \n".join(f"{formats.small(k)} :small[{formats.escape(v)}]" for k, v in facts.items() if v))
    if st.button(
        "Check the store", icon=":material/fact_check:", help="Looks for damage and for writes not made by Atoll"
    ):
        with states.loading(60):
            st.session_state["problems"] = (version, store.check())
    checked_at, problems = st.session_state.get("problems", (None, []))
    if checked_at == version:
        _problems(problems)


def _problems(problems: list[Problem]) -> None:
    if not problems:
        st.success(
            "No damage, and no write that did not come from Atoll.",
            title="Store is sound",
            icon=":material/check_circle:",
        )
        return
    text = "  \n".join(f"{formats.escape(problem.kind)}: {formats.escape(problem.detail)}" for problem in problems[:10])
    st.error(text, title=f"{formats.plural(len(problems), 'problem')} found", icon=":material/error:")
    st.code("atoll store check\natoll store restore BACKUP", language=None)


def _run_table(runs: pd.DataFrame) -> None:
    if runs.empty:
        st.markdown(formats.small("No run is complete yet."))
        return
    seconds = (pd.to_datetime(runs["completed_at"]) - pd.to_datetime(runs["started_at"])).dt.total_seconds()
    shown = pd.DataFrame(
        {
            "completed": [formats.moment(moment) for moment in runs["completed_at"]],
            "kind": runs["kind"],
            "fleet": runs["fleet"],
            "source": runs["source"],
            "rows": runs["rows_read"],
            "replaced": runs["rows_replaced"],
            "rejected": runs["rows_rejected"],
            "nodes": runs["nodes_written"],
            "relationships": runs["relationships_written"],
            "version": runs["store_version"],
            "seconds": seconds,
        }
    ).dropna(axis="columns", how="all")
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        height=tables.height(len(shown), RUNS_SHOWN),
        column_config={
            "completed": st.column_config.TextColumn("Completed"),
            "kind": st.column_config.TextColumn("Kind"),
            "fleet": st.column_config.TextColumn("Fleet"),
            "source": st.column_config.TextColumn("Source"),
            "rows": st.column_config.NumberColumn("Rows read", format="localized"),
            "replaced": st.column_config.NumberColumn("Replaced", format="localized"),
            "rejected": st.column_config.NumberColumn("Rejected", format="localized"),
            "nodes": st.column_config.NumberColumn("Nodes written", format="localized"),
            "relationships": st.column_config.NumberColumn("Relationships", format="localized"),
            "version": st.column_config.NumberColumn("Store version", format="localized"),
            "seconds": st.column_config.NumberColumn("Took", format="%.1f s"),
        },
        placeholder="",
        alt="Runs that wrote this store, latest first",
    )


def _quarantine(runs: pd.DataFrame) -> None:
    files = reading.quarantine_files()
    frame.card_title("Quarantine", formats.plural(len(files), "file"))
    if not files:
        st.markdown(":material/check_circle: No row was rejected.")
        st.markdown(
            formats.small(
                "Rows that cannot be used are kept in a file beside their source's name, each with its reason."
            )
        )
        return
    by_name = {Path(str(row["quarantine"])).name: row for _, row in runs.iterrows() if row["quarantine"]}
    path = st.selectbox(
        "File", files, format_func=lambda file: _file_line(file, by_name.get(file.name)), key="quarantine_file"
    )
    rows = reading.quarantine_rows(path, path.stat().st_mtime)
    reason = "reason" if "reason" in rows.columns else rows.columns[-1]
    counts = rows[reason].value_counts()
    left, right = st.columns([8, 17])
    with left:
        st.dataframe(
            counts.head(REASONS_SHOWN).rename_axis("reason").reset_index(name="rows"),
            hide_index=True,
            row_height=tables.ROW_HEIGHT,
            height=tables.height(min(len(counts), REASONS_SHOWN), REASONS_SHOWN),
            column_config={
                "reason": st.column_config.TextColumn("Reason"),
                "rows": st.column_config.NumberColumn("Rows", format="localized", width=72),
            },
            alt="Rejected rows by reason",
        )
        _download(path)
    with right:
        st.dataframe(
            rows.head(PREVIEW_ROWS),
            hide_index=True,
            row_height=tables.ROW_HEIGHT,
            height=tables.height(min(len(rows), REASONS_SHOWN), REASONS_SHOWN),
            alt="Rejected rows with their reasons",
        )
        st.markdown(formats.small(f"Showing {min(PREVIEW_ROWS, len(rows)):,} of {formats.plural(len(rows), 'row')}"))


def _file_line(path: Path, run: pd.Series | None) -> str:
    """What the file was rejected from, where its run is complete, else its name."""
    size = formats.data_size(path.stat().st_size)
    if run is None:
        return f"{path.name} ({size}), of a run that is not complete"
    rejected = formats.plural(int(run["rows_rejected"]), "row")
    return f"{run['fleet']}, {run['format']}, {formats.moment(run['completed_at'])}: {rejected} ({size})"


def _download(path: Path) -> Any:
    if path.stat().st_size > LARGEST_DOWNLOAD:
        return st.markdown(formats.small(f"Large file: copy it from {formats.escape(path)}"))
    return st.download_button(
        "Download",
        path.read_bytes,
        path.name,
        icon=":material/download:",
        on_click="ignore",
        key="quarantine_get",
    )
