"""Compares a store with what its own runs say it holds."""

from __future__ import annotations

from typing import Any

from graph.ports import Problem
from graph.stores import content, identity
from graph.stores.connection import Connection
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
        problems += [
            Problem("foreign_label", f"nodes are labelled {name}, which is not Atoll's") for name in found_labels
        ]
        problems += [Problem("foreign_type", f"relationships are {name}, which is not Atoll's") for name in found_types]
        problems += [Problem("schema", f"missing: {text}") for text in identity.missing(self._connection, self._kind)]
        expected = Tally.from_properties(meta)
        for run in self._connection.ask("runs_with_status", {"status": LOADING}):
            expected = expected.plus(Tally.from_properties(plain(run[0])))
        stored = self._count()
        differences = _differences(stored, expected)
        problems += differences + self._unsourced(stored)
        if not differences and self._content(stored) != expected.content:
            problems.append(
                Problem("content", "properties were changed by something else than Atoll's runs; the counts agree")
            )
        return problems

    def _count(self) -> Tally:
        """Numbers of what is stored, names of which there is nothing left out."""
        nodes = {name: self._connection.ask("count_nodes", label=name)[0][0] for name in labels()}
        types = {name: self._connection.ask("count_relations", relation=name)[0][0] for name in relations()}
        return Tally(
            {name: number for name, number in nodes.items() if number},
            {name: number for name, number in types.items() if number},
        )

    def _unsourced(self, stored: Tally) -> list[Problem]:
        problems = []
        for name in stored.nodes:
            number = self._connection.ask("unsourced_nodes", label=name)[0][0]
            if number:
                problems.append(Problem("unsourced", f"{number:,} {name} nodes lack key, run or source"))
        for name in stored.relations:
            number = self._connection.ask("unsourced_relations", relation=name)[0][0]
            if number:
                problems.append(Problem("unsourced", f"{number:,} {name} relationships lack run or source"))
        return problems

    def _content(self, stored: Tally) -> int:
        total = 0
        for name in stored.nodes:
            total += content.of_stored_nodes(
                name, [plain(row[0]) for row in self._connection.ask("all_nodes", label=name)]
            )
        for name in stored.relations:
            rows: list[dict[str, Any]] = [
                {"head": head, "tail": tail, **plain(values)}
                for _, head, _, tail, values in self._connection.ask("all_relations", relation=name)
            ]
            total += content.of_stored_relations(name, rows)
        return total % content.MODULUS


def _differences(stored: Tally, expected: Tally) -> list[Problem]:
    problems = []
    for what, found, left in (
        ("nodes", stored.nodes, expected.nodes),
        ("relationships", stored.relations, expected.relations),
    ):
        for name in sorted({**found, **left}):
            if found.get(name, 0) != left.get(name, 0):
                told = f"{name}: {found.get(name, 0):,} {what} are stored, our runs left {left.get(name, 0):,}"
                problems.append(Problem("count", told))
    return problems
