"""What the pages read: the open workspace and the results of the use-cases, cached by store version.

One process serves all sessions of a workspace. The store's driver may be used by many threads; the readings' engine
may not, so analyses take turns.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from app.settings import Settings, load
from app.wiring import Workspace, open_workspace
from graph.errors import StoreError

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
    return open_workspace(opened_with)


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
