"""What all stores that speak Bolt and Cypher share; what differs is in ``neo4j_store`` and ``embedded_store``."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from graph.errors import InputError, StoreError
from graph.ontology.model import Batch
from graph.ports import Problem, Rows, Run, WriteCounts
from graph.stores import identity
from graph.stores.check import Inspector
from graph.stores.connection import Connection, rows_of
from graph.stores.reader import Reader
from graph.stores.returned import returned_columns
from graph.stores.runs import Runs
from graph.stores.writer import Writer


class CypherStore(ABC):
    """The ``GraphStore`` port over one Bolt connection.

    Args:
        connection: As the user who may write.
        workspace_id: Id of the workspace that the store must belong to.
        url: As the user gave it.
        adopt: Take over a store of another workspace or with foreign labels.

    Raises:
        RefusedError: The store belongs to another workspace or holds foreign labels.
        StoreError: It cannot be reached.
    """

    kind: ClassVar[str]

    def __init__(self, connection: Connection, workspace_id: str, url: str, *, adopt: bool = False) -> None:
        self.url = url
        self._connection = connection
        self._workspace_id = workspace_id
        self._writer = Writer(connection)
        self._runs = Runs(connection, self._purge_by_scan())
        self._reader = Reader(connection)
        identity.claim(connection, self.kind, workspace_id, url, adopt=adopt)

    def version(self) -> int:
        """Number of completed runs that changed data."""
        meta = identity.read_meta(self._connection)
        if meta is None:
            raise StoreError(f"{self.url}: the store lost its AtollMeta node. Restore a backup.")
        return int(meta["version"])

    def begin_run(self, kind: str, source: str, fingerprint: str) -> Run:
        """Start a run, resume a leftover with the same fingerprint, remove any other leftover."""
        return self._runs.begin(kind, source, fingerprint)

    def write(self, run: Run, batch: Batch) -> WriteCounts:
        """Write in transactions of at most 10,000 operations, each all or nothing."""
        return self._writer.write(self._runs.active(run), batch)

    def load(self, run: Run, batch: Batch) -> WriteCounts:
        """Write a large batch by the fastest way the store has; over Bolt that is ``write``."""
        return self.write(run, batch)

    def delete(self, run: Run, label: str, keys: list[str]) -> int:
        """Delete nodes and their relationships when the run completes; returns how many will go."""
        return self._runs.delete(run, label, keys)

    def complete_run(self, run: Run, properties: Mapping[str, Any] | None = None) -> int:
        """Make the run visible in one transaction and return the store version."""
        return self._runs.complete(run, properties or {})

    def remove_run(self, run_key: str) -> None:
        """Remove an incomplete run and all it wrote."""
        self._runs.remove(run_key)

    def incomplete_runs(self) -> list[dict[str, Any]]:
        """Runs that are not complete: key, kind, source, started_at."""
        return [
            {name: run[name] for name in ("key", "kind", "source", "started_at")} for run in self._runs.incomplete()
        ]

    def query(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int | None = None,
        timeout_seconds: float | None = None,
    ) -> Rows:
        """Run a query of the catalogue; incomplete runs are invisible to it."""

        def execute(text: str, values: Mapping[str, Any]) -> Rows:
            return self._execute(self._connection, text, values, limit, timeout_seconds)

        return self._reader.query(name, parameters or {}, execute)

    def query_free(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        timeout_seconds: float = 30.0,
    ) -> Rows:
        """Run a reader's own Cypher through the guard."""
        self._admit(cypher, parameters or {})
        return self._execute(self._free_connection(), cypher, parameters or {}, limit, timeout_seconds)

    @abstractmethod
    def plan(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> str:
        """The server's plan of a read-only statement, as text."""

    def check(self) -> list[Problem]:
        """Look for damage and for writes that did not come from us."""
        return Inspector(self._connection, self.kind, self._workspace_id).problems() + self._server_problems()

    @abstractmethod
    def backup(self, directory: Path) -> Path:
        """Write a backup below ``directory`` and return its path."""

    @abstractmethod
    def restore(self, backup: Path) -> None:
        """Replace the content by that of a backup."""

    def close(self) -> None:
        """Release the connection; the server goes on."""
        self._connection.close()

    @abstractmethod
    def _admit(self, cypher: str, parameters: Mapping[str, Any]) -> None:
        """Refuse a free statement that would not be harmless, as far as it shows before running."""

    @abstractmethod
    def _free_connection(self) -> Connection:
        """The connection that free statements use."""

    def _purge_by_scan(self) -> Callable[[str], None] | None:
        """What removes a run's records by a scan, where the server offers that."""
        return None

    def _server_problems(self) -> list[Problem]:
        """Problems that only the server itself can see."""
        return []

    def _execute(
        self,
        connection: Connection,
        text: str,
        parameters: Mapping[str, Any],
        limit: int | None,
        timeout_seconds: float | None,
    ) -> Rows:
        """Send one statement in a read session and read its rows; once more where the server had gone away."""
        if limit is not None and limit < 1:
            raise InputError(f"limit is {limit}, expected 1 or more.")
        if timeout_seconds is not None and timeout_seconds <= 0:
            raise InputError(f"timeout_seconds is {timeout_seconds}, expected more than 0.")
        try:
            return self._run(connection, text, parameters, limit, timeout_seconds)
        except StoreError:
            connection.close()
            return self._run(connection, text, parameters, limit, timeout_seconds)

    def _run(
        self,
        connection: Connection,
        text: str,
        parameters: Mapping[str, Any],
        limit: int | None,
        timeout_seconds: float | None,
    ) -> Rows:
        import neo4j

        started = time.perf_counter()
        with connection.session(read_only=True) as session:
            query = neo4j.Query(text, timeout=timeout_seconds)
            rows = rows_of(session.run(query, dict(parameters)), limit, started)
        return rows if rows.columns else replace(rows, columns=returned_columns(text))
