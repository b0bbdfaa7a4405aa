"""Compares a store with what its own runs say it holds."""

from __future__ import annotations

from typing import Any

import queries
from graph.ports import Problem
from graph.stores import content, identity
from graph.stores.connection import Connection, records
from graph.stores.plain import plain
from graph.stores.runs import LOADING
from graph.stores.tally import Tally
from graph.stores.vocabulary import labels, relations


class Inspector:
    """Looks for writes that did not come from us.

    Args:
        connection: To the store.
        kind: ``neo4j`` or ``embedded``.
        workspace_id: Id of the workspace.
    """

    def __init__(self, connection: Connection, kind: str, workspace_id: str) -> None:
        self._connection = connection
        self._kind = kind
        self._workspace_id = workspace_id

    def problems(self) -> list[Problem]:
        """Everything that is not as our runs left it; empty where all is."""
        meta = identity.read_meta(self._connection)
        if meta is None:
            return [Problem("no_meta", "the AtollMeta node is gone: restore a backup")]
        problems: list[Problem] = []
        if meta.get("workspace_id") != self._workspace_id:
            problems.append(Problem("other_workspace", f"AtollMeta names workspace {meta.get('workspace_id')}"))
        found_labels, found_types = identity.foreign_names(self._connection)
        problems += [Problem("foreign_label", f"nodes are labelled {name}, which is not Atoll's") for name in found_labels]
        problems += [Problem("foreign_type", f"relationships are {name}, which is not Atoll's") for name in found_types]
        problems += [Problem("schema", f"missing: {text}") for text in identity.missing(self._connection, self._kind)]
        expected = Tally.from_properties(meta)
        for run in self._rows("runs_with_status", {"status": LOADING}):
            expected = expected.plus(Tally.from_properties(plain(run[0])))
        counted = self._counts(expected, problems)
        self._unsourced(problems)
        if counted and self._content() != expected.content:
            problems.append(
                Problem("content", "properties were changed by something else than Atoll's runs; the counts agree")
            )
        return problems

    def _counts(self, expected: Tally, problems: list[Problem]) -> bool:
        """Hold the numbers against the log; True where all agree."""
        before = len(problems)
        for name in labels():
            number = self._rows("count_nodes", label=name)[0][0]
            if number != expected.nodes.get(name, 0):
                problems.append(
                    Problem("count", f"{name}: {number:,} nodes are stored, our runs left {expected.nodes.get(name, 0):,}")
                )
        for name in relations():
            number = self._rows("count_relations", relation=name)[0][0]
            if number != expected.relations.get(name, 0):
                left = expected.relations.get(name, 0)
                problems.append(Problem("count", f"{name}: {number:,} relationships are stored, our runs left {left:,}"))
        return len(problems) == before

    def _unsourced(self, problems: list[Problem]) -> None:
        for name in labels():
            number = self._rows("unsourced_nodes", label=name)[0][0]
            if number:
                problems.append(Problem("unsourced", f"{number:,} {name} nodes lack key, run or source"))
        for name in relations():
            number = self._rows("unsourced_relations", relation=name)[0][0]
            if number:
                problems.append(Problem("unsourced", f"{number:,} {name} relationships lack run or source"))

    def _content(self) -> int:
        total = 0
        for name in labels():
            stored = [plain(row[0]) for row in self._rows("all_nodes", label=name)]
            total += content.of_stored_nodes(name, stored)
        for name in relations():
            rows = self._rows("all_relations", relation=name)
            stored = [{"head": head, "tail": tail, **plain(values)} for _, head, _, tail, values in rows]
            total += content.of_stored_relations(name, stored)
        return total % content.MODULUS

    def _rows(self, query: str, parameters: dict[str, Any] | None = None, **parts: str) -> list[list[Any]]:
        text = queries.get(query, "write").text(**parts)
        found: list[list[Any]] = self._connection.read(lambda tx: records(tx, text, parameters))
        return found
