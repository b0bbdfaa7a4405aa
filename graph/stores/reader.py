"""Queries of the catalogue: incomplete runs invisible, and never half of a run that completes meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import queries
from graph.errors import InputError, StoreError
from graph.ports import Rows
from graph.stores.connection import Connection

ATTEMPTS = 8
Execute = Callable[[str, Mapping[str, Any]], Rows]


class Reader:
    """Runs read queries between two looks at the stamp of the store.

    Args:
        connection: To the store.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def query(self, name: str, parameters: Mapping[str, Any], execute: Execute) -> Rows:
        """Run one query of the catalogue.

        Args:
            name: Of the query.
            parameters: Its parameters.
            execute: Sends a statement and reads its rows.

        Raises:
            InputError: No such query, or a parameter that does not fit.
            StoreError: Runs complete faster than the query can be read.
        """
        try:
            query = queries.get(name)
            values = queries.coerce(query, dict(parameters))
        except queries.QueryError as error:
            raise InputError(str(error)) from error
        before = self._stamp()
        for _ in range(ATTEMPTS):
            rows = execute(query.statement, {**values, queries.HIDDEN_RUNS: before[1]})
            after = self._stamp()
            if after == before:
                return rows
            before = after
        raise StoreError(f"{name}: the store changed during each of {ATTEMPTS} attempts to read it. Try again.")

    def _stamp(self) -> tuple[int, list[str]]:
        rows = self._connection.ask("read_stamp")
        if not rows:
            raise StoreError("The store lost its AtollMeta node. Restore a backup with 'atoll store restore BACKUP'.")
        return int(rows[0][0]), sorted(rows[0][1])
