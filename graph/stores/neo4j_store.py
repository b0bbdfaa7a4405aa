"""A Neo4j server, 5.26 or later, as a store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graph.stores import dump, guard
from graph.stores.connection import Address, Connection
from graph.stores.store import CypherStore


class Neo4jStore(CypherStore):
    """A Neo4j database: a free statement's plan is looked at, then it runs in READ mode with the server's timeout."""

    kind = "neo4j"

    def plan(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> str:
        """The operator tree of a read-only statement."""
        return guard.plan_text(self._explain(cypher, parameters or {}))

    def backup(self, directory: Path) -> Path:
        """Write every node and relationship as JSON lines (Neo4j Community has no online backup over Bolt)."""
        return dump.write(self._connection, directory)

    def restore(self, backup: Path) -> None:
        """Replace the content by a backup that ``backup`` wrote.

        The present content is dumped beside the backup first; that dump is removed once the new content is in place.
        """
        dump.replace(self._connection, backup, self._workspace_id)

    def _admit(self, cypher: str, parameters: Mapping[str, Any]) -> None:
        self._explain(cypher, parameters)

    def _free_connection(self) -> Connection:
        return self._connection

    def _explain(self, cypher: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        guard.admit_text(cypher)
        with self._connection.session(read_only=True) as session:
            summary = session.run("EXPLAIN " + cypher, dict(parameters)).consume()
        plan: Mapping[str, Any] | None = summary.plan
        guard.admit_plan(summary.query_type, plan)
        return plan or {}


def open_neo4j(
    url: str,
    *,
    workspace: Path | None,
    workspace_id: str,
    username: str | None,
    password: str | None,
    database: str | None,
    adopt: bool,
) -> Neo4jStore:
    """Open a database of a Neo4j server; ``workspace`` is not needed."""
    address = Address(url, username if password is not None else None, password, database, url)
    return Neo4jStore(Connection(lambda: address), workspace_id, url, adopt=adopt)
