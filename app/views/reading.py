"""What the pages read: the open workspace and the results of the use-cases, cached by store version.

One process serves all sessions of a workspace. The store's driver may be used by many threads; the readings' engine
may not, so analyses take turns.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pandas as pd
import streamlit as st

import queries
from app.analysis import descriptive
from app.analysis.answers import answer_finding
from app.analysis.drive_results import DriveDescription
from app.analysis.filters import apply_filters
from app.analysis.fleet_table import fleet_table
from app.analysis.results import FindingRow, FleetDescription, FleetOverview
from app.settings import Settings, load
from app.views.remembered import RememberedReads
from app.wiring import Workspace, open_workspace
from graph.errors import RefusedError, StoreError
from graph.ontology import smart, terms
from graph.ports import GraphStore

MOST_RUNS = 1000
MOST_REMEMBERED = 50
READ_AGAIN_SECONDS = 3600  # a snooze ends by the calendar, which no version tells
_TURN = threading.RLock()


@dataclass(frozen=True, slots=True)
class Fleet:
    """A fleet that can be chosen.

    Args:
        key: Key of the Fleet node.
        name: Its name.
        synthetic: True where its data are made up.
        drives: Number of its drives.
    """

    key: str
    name: str
    synthetic: bool
    drives: int


def settings() -> Settings:
    """The workspace and store that the app was told (``ATOLL_WORKSPACE``, ``NEO4J_…``)."""
    return load()


@st.cache_resource(show_spinner=False)
def _open(opened_with: Settings) -> Workspace:
    opened = open_workspace(opened_with)
    return replace(opened, store=cast(GraphStore, RememberedReads(opened.store)))


def workspace() -> Workspace:
    """The open workspace; the embedded server is started where none runs."""
    return _open(settings())


def forget_store() -> None:
    """Close the connection, so that the next run opens a new one."""
    _open.clear()


def store_version() -> int:
    """Present version of the store; connects again once, since an idle embedded server ends itself."""
    try:
        return workspace().store.version()
    except StoreError:
        forget_store()
        return workspace().store.version()


def now() -> datetime:
    """Time of reading, UTC."""
    return datetime.now(UTC)


class BeingWrittenError(RefusedError):
    """The fleet must be assessed first, and another command is writing just now."""


@contextmanager
def _writing() -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(workspace().writing())
        except RefusedError as error:
            raise BeingWrittenError(str(error)) from error
        yield


FilterValues = tuple[tuple[str, tuple[str, ...]], ...]


@st.cache_data(max_entries=4, show_spinner=False)
def _fleets(version: int) -> list[Fleet]:
    rows = workspace().store.query("fleets").records()
    return [Fleet(row["fleet"], row["name"], bool(row["synthetic"]), int(row["drives"])) for row in rows]


def fleets() -> list[Fleet]:
    """Fleets of the workspace, by name."""
    return _fleets(store_version())


@st.cache_data(max_entries=8, ttl=READ_AGAIN_SECONDS, show_spinner=False)
def overview(fleet: str, version: int) -> tuple[FleetOverview, datetime]:
    """What the first screen shows, and when it was read."""
    opened = workspace()
    with _TURN:
        return descriptive.overview(opened.store, opened.lake, fleet, writing=_writing), now()


@st.cache_data(max_entries=16, ttl=READ_AGAIN_SECONDS, show_spinner=False)
def fleet(fleet: str, version: int, filters: FilterValues) -> tuple[FleetDescription, datetime]:
    """Rates, survival and counts of a fleet under filters, and when it was read."""
    opened = workspace()
    with _TURN:
        return descriptive.describe_fleet(opened.store, opened.lake, fleet, dict(filters), writing=_writing), now()


@st.cache_resource(max_entries=3, ttl=READ_AGAIN_SECONDS, show_spinner=False)
def table(fleet: str, version: int) -> pd.DataFrame:
    """All drives of a fleet, worst first, as ``fleet_table`` gives them; shared by all sessions, never changed."""
    opened = workspace()
    with _TURN:
        return fleet_table(opened.store, opened.lake, fleet, writing=_writing)


def drives(fleet: str, version: int, filters: FilterValues) -> pd.DataFrame:
    """Drives of a fleet under filters, worst first."""
    return apply_filters(table(fleet, version), dict(filters), with_verdict=True)


def choices(fleet: str, version: int, names: Sequence[str]) -> dict[str, list[str]]:
    """Values that the drives of a fleet have, by filter key, sorted."""
    whole = table(fleet, version)
    return {name: sorted(whole[name].dropna().astype(str).unique()) for name in names}


def attention(fleet: str, version: int) -> pd.DataFrame:
    """Amber and red drives that are in service, worst first; those with an ``answer`` need no attention."""
    whole = table(fleet, version)
    return whole[whole["verdict"].isin(["red", "amber"]) & whole["status"].eq("in service")]


@st.cache_data(max_entries=16, ttl=READ_AGAIN_SECONDS, show_spinner=False)
def drive(identity: str, version: int) -> tuple[DriveDescription, datetime]:
    """One drive by key or serial, and when it was read.

    Raises:
        InputError: There is none, or a serial that several drives bear.
    """
    opened = workspace()
    with _TURN:
        return descriptive.describe_drive(opened.store, opened.lake, identity, writing=_writing), now()


def answer(finding: FindingRow, fleet: str, status: str, reason: str, until: date | None) -> None:
    """Store an answer to a finding in the name of the app's user.

    Raises:
        InputError: Reason or end of the snooze cannot be used.
        RefusedError: Another command is writing.
    """
    opened = workspace()
    with _TURN, opened.writing():
        answer_finding(opened.store, fleet, finding, status, reason, settings().user, until=until)


@st.cache_data(max_entries=4, show_spinner=False)
def runs(version: int) -> pd.DataFrame:
    """Complete runs, newest first, with their counts."""
    rows = workspace().store.query("runs", {"limit": MOST_RUNS})
    return pd.DataFrame(rows.rows, columns=list(rows.columns))


def schema_version() -> str:
    """Number of the last schema migration of this kind of store."""
    steps = queries.migrations(workspace().store.kind)
    return f"{steps[-1][0]}" if steps else ""


def quarantine_files() -> list[Path]:
    """Files of rejected rows, newest first."""
    folder = settings().workspace / "quarantine"
    if not folder.is_dir():
        return []
    return sorted((p for p in folder.iterdir() if p.is_file()), key=lambda p: -p.stat().st_mtime)


@st.cache_data(max_entries=4, show_spinner=False)
def quarantine_rows(path: Path, changed: float) -> pd.DataFrame:
    """Rejected rows of one file, as text; ``changed`` is the file's time, so that a new one is read again."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    if path.suffix in (".jsonl", ".ndjson"):
        return pd.read_json(path, lines=True, dtype=False)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@st.cache_data(max_entries=64, show_spinner=False)
def plan(statement: str, parameters: dict[str, Any]) -> str:
    """The server's plan of a statement."""
    return workspace().store.plan(statement, parameters)


@st.cache_resource(show_spinner=False)
def attribute_names() -> dict[str, str]:
    """Names of all SMART attributes by key."""
    return {attribute.key: attribute.name for attribute in smart.attributes()}


@st.cache_resource(show_spinner=False)
def vocabulary() -> list[str]:
    """Labels, relationship types and properties of the ontology, for the editor."""
    return [*terms.LABELS, *terms.RELATIONS, *terms.PROPERTIES]


@dataclass(frozen=True, slots=True)
class Ran:
    """One statement that ran, for the history.

    Args:
        name: Name in the catalogue, or ``free Cypher``.
        statement: Its text.
        outcome: Rows and time, or why not.
        address: Query string that runs it again.
    """

    name: str
    statement: str
    outcome: str
    address: str


@st.cache_resource(show_spinner=False)
def _history() -> deque[Ran]:
    return deque(maxlen=MOST_REMEMBERED)


def remember(ran: Ran) -> None:
    """Put a statement on top of the history; it is kept by the server, since a reconnect loses a session."""
    history = _history()
    for old in [item for item in list(history) if item.address == ran.address]:
        history.remove(old)
    history.appendleft(ran)


def history() -> list[Ran]:
    """What ran in this process, newest first, each address once."""
    return list(_history())
