"""A store that remembers what its catalogue queries answered, for as long as the store's version stands."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import queries
from graph.ports import GraphStore, Rows


class RememberedReads:
    """The ``GraphStore`` behind it, with catalogue queries answered once a version.

    A fleet of 74,000 drives takes many seconds to read, and each of a page's parts reads it. Queries over the log of
    runs are always asked again, since the log moves without the version.

    Args:
        store: The store that answers.
    """

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._version = -1
        self._answers: dict[str, Rows] = {}
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def query(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int | None = None,
        timeout_seconds: float | None = None,
    ) -> Rows:
        """As ``GraphStore.query``; the rows are shared, so nobody may change them."""
        if ":Run" in queries.get(name).statement:
            return self._store.query(name, parameters, limit=limit, timeout_seconds=timeout_seconds)
        version = self._store.version()
        key = json.dumps([name, parameters, limit], sort_keys=True, default=str)
        with self._lock:
            if version != self._version:
                self._version, self._answers = version, {}
            if key in self._answers:
                return self._answers[key]
        rows = self._store.query(name, parameters, limit=limit, timeout_seconds=timeout_seconds)
        # A run may have completed while the rows came.
        if self._store.version() == version:
            with self._lock:
                if self._version == version:
                    self._answers[key] = rows
        return rows
