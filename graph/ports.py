"""The GraphStore port: what every store does, whichever server stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from graph.ontology.model import Batch


@dataclass(frozen=True, slots=True)
class Rows:
    """Result of one statement.

    Args:
        columns: Names in the order of the statement.
        rows: One tuple a row, of plain Python values (a node or relationship arrives as a dict).
        truncated: True where the limit cut rows off.
        milliseconds: Time from sending to the last row.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool = False
    milliseconds: float = 0.0

    def records(self) -> list[dict[str, Any]]:
        """Rows as dicts by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def scalar(self) -> Any:
        """The only value of the only row; None where there is no row."""
        return self.rows[0][0] if self.rows else None


@dataclass(frozen=True, slots=True)
class Run:
    """A run of many batches; nothing it wrote is visible until it is complete.

    Args:
        key: ``run:{uuid}``.
        kind: What it does: ``ingest``, ``assess`` or ``schema``.
        source: Name of the source, written on every node and relationship it makes.
        fingerprint: Hash of the inputs; a leftover run with the same one is resumed, any other is removed.
        resumed: True where an unfinished run goes on.
    """

    key: str
    kind: str
    source: str
    fingerprint: str
    resumed: bool = False


@dataclass(slots=True)
class WriteCounts:
    """What a write really changed; a batch written twice counts nothing the second time."""

    nodes_written: int = 0
    relationships_written: int = 0

    def __iadd__(self, other: WriteCounts) -> WriteCounts:
        self.nodes_written += other.nodes_written
        self.relationships_written += other.relationships_written
        return self


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that ``store check`` found wrong."""

    kind: str
    detail: str


@runtime_checkable
class GraphStore(Protocol):
    """One property graph in one server.

    Everything raises ``StoreError`` where the server cannot be reached, ``InputError`` for a label, relationship
    type or property type that the ontology does not know, ``RefusedError`` for what is not allowed.
    """

    url: str
    kind: str  # "neo4j" or "embedded"

    def version(self) -> int:
        """Number that moves with each completed run that changed data (the log of runs is not part of it)."""
        ...

    def begin_run(self, kind: str, source: str, fingerprint: str) -> Run:
        """Start a run, resume a leftover with the same fingerprint, remove any other leftover."""
        ...

    def write(self, run: Run, batch: Batch) -> WriteCounts:
        """Write in transactions of at most 10,000 operations, each all or nothing.

        New nodes and relationships carry the run and stay hidden until it completes. Changes to what is visible
        already are held back and applied in the transaction that completes the run, so a reader sees all or nothing.
        """
        ...

    def load(self, run: Run, batch: Batch) -> WriteCounts:
        """Write a large batch by the fastest way the store has; same result and visibility as ``write``."""
        ...

    def delete(self, run: Run, label: str, keys: list[str]) -> int:
        """Delete nodes and their relationships when the run completes; returns how many will go."""
        ...

    def complete_run(self, run: Run, properties: Mapping[str, Any] | None = None) -> int:
        """Make the run visible in one transaction, store ``properties`` on its node, return the store version."""
        ...

    def remove_run(self, run_key: str) -> None:
        """Remove an incomplete run and all it wrote."""
        ...

    def query(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int | None = None,
        timeout_seconds: float | None = None,
    ) -> Rows:
        """Run a query of the catalogue (``queries/``); incomplete runs are invisible to it.

        Without ``limit`` every row comes; a run past ``timeout_seconds`` raises ``TimeLimitError``.
        """
        ...

    def query_free(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        timeout_seconds: float = 30.0,
    ) -> Rows:
        """Run a reader's own Cypher through the guard: read only, at most ``limit`` rows, within the time limit."""
        ...

    def plan(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> str:
        """The server's plan of a read-only statement, as text."""
        ...

    def incomplete_runs(self) -> list[dict[str, Any]]:
        """Runs that are not complete: key, kind, source, started_at."""
        ...

    def check(self) -> list[Problem]:
        """Look for damage and for writes that did not come from us; empty means healthy."""
        ...

    def backup(self, directory: Path) -> Path:
        """Write a backup below ``directory`` and return its path."""
        ...

    def restore(self, backup: Path) -> None:
        """Replace the content by that of a backup; the old content is kept until the new one is in place."""
        ...

    def close(self) -> None:
        """Release the connection; the server goes on."""
        ...
