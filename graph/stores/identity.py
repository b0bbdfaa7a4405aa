"""Whose store it is: the AtollMeta node, foreign labels, and numbered migrations."""

from __future__ import annotations

import re
from typing import Any

import queries
from graph.errors import RefusedError, StoreError
from graph.stores.connection import Connection
from graph.stores.plain import plain
from graph.stores.vocabulary import own_labels, relations

_TARGET = re.compile(r"FOR \(n:(?P<label>\w+)\) (?P<verb>REQUIRE|ON) \(?n\.(?P<property>\w+)")


def read_meta(connection: Connection) -> dict[str, Any] | None:
    """Properties of the AtollMeta node; None where the store has none."""
    rows = connection.ask("read_meta")
    return plain(rows[0][0]) if rows else None


def foreign_names(connection: Connection) -> tuple[list[str], list[str]]:
    """Labels and relationship types in use that the ontology does not know."""
    labels = [row[0] for row in connection.ask("labels_in_store")]
    types = [row[0] for row in connection.ask("relation_types_in_store")]
    return (
        _in_use(connection, "count_nodes", "label", sorted(set(labels) - own_labels())),
        _in_use(connection, "count_relations", "relation", sorted(set(types) - set(relations()))),
    )


def _in_use(connection: Connection, counting: str, part: str, names: list[str]) -> list[str]:
    """Those that something bears: a server remembers names that nothing bears any more."""
    used = []
    for name in names:
        # One of odd characters cannot be written into the statement, so it counts as used.
        countable = re.fullmatch(r"[A-Za-z]\w*", name)
        if not countable or connection.ask(counting, None, **{part: name})[0][0]:
            used.append(name)
    return used


def claim(connection: Connection, kind: str, workspace_id: str, shown: str, *, adopt: bool) -> None:
    """Make sure the store is this workspace's, marking an empty one as such, and bring its schema up to date.

    Args:
        connection: To the store.
        kind: ``neo4j`` or ``embedded``.
        workspace_id: Id of the workspace.
        shown: How messages name the store.
        adopt: Take over a store with another id or with labels that are not ours.

    Raises:
        RefusedError: It belongs to another workspace or holds labels that are not ours.
    """
    meta = read_meta(connection)
    if meta is not None and meta.get("workspace_id") != workspace_id and not adopt:
        raise RefusedError(
            f"{shown}: this store belongs to workspace {meta.get('workspace_id')}, not to {workspace_id}. "
            "Name that workspace with --workspace, another store with --store, or take it over with --adopt."
        )
    if meta is None and not adopt:
        labels, types = foreign_names(connection)
        if labels or types:
            raise RefusedError(
                f"{shown}: this store holds data that is not Atoll's ({', '.join([*labels, *types][:5])}). "
                "Use an empty database, or take it over with --adopt."
            )
    if missing(connection, kind):
        migrate(connection, kind, shown)
    if meta is None or meta.get("workspace_id") != workspace_id:
        first: dict[str, Any] = {"workspace_id": workspace_id, "name": "Atoll"}
        if meta is None:
            first |= {"version": 0, "epoch": 0}
        connection.tell("create_meta", {"properties": first})
    latest = max(number for number, _ in queries.migrations(kind))
    if meta is None or meta.get("schema_version") != latest:
        connection.tell("update_meta", {"properties": {"schema_version": latest}})


def statements(kind: str) -> list[str]:
    """Every schema statement of a store, those for each label written out, in order of number."""
    written: list[str] = []
    for _, query in queries.migrations(kind):
        if "label" in query.template:
            for label in sorted(own_labels()):
                # Named after label and property: IF NOT EXISTS skips silently where the name is taken elsewhere.
                snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", label).lower()
                written.append(query.text(label=label, name=f"{snake}_key_unique"))
        else:
            written.append(query.text())
    return written


def missing(connection: Connection, kind: str) -> list[str]:
    """Schema statements whose constraint or index the store lacks."""
    found: set[tuple[str, str, str]] = set()
    with connection.session() as session:
        for verb, listing in (("REQUIRE", "SHOW CONSTRAINTS"), ("ON", "SHOW INDEXES")):
            for record in session.run(listing):
                names, properties = record["labelsOrTypes"] or [], record["properties"] or []
                if len(names) == 1 and len(properties) == 1:
                    found.add((verb, names[0], properties[0]))
    lacking = []
    for statement in statements(kind):
        target = _TARGET.search(statement)
        if target and (target["verb"], target["label"], target["property"]) not in found:
            lacking.append(statement)
    return lacking


def migrate(connection: Connection, kind: str, shown: str) -> None:
    """Apply what is missing of the schema, then verify that it is really there.

    Raises:
        StoreError: A constraint or index is not there afterwards: its name is taken by another.
    """
    for statement in missing(connection, kind):
        connection.statement(statement)
    for statement in missing(connection, kind):
        raise StoreError(
            f"{shown}: a schema statement had no effect, its name is taken by another constraint or index: {statement}"
        )
