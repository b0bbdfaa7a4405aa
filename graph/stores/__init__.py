"""Stores behind the ``GraphStore`` port, opened by URL; an adapter is imported only when its scheme is asked for."""

from __future__ import annotations

import importlib
from pathlib import Path

from graph.errors import InputError, nearest
from graph.ports import GraphStore

_BOLT = "graph.stores.neo4j_store:open_neo4j"
_OPENERS = {
    "embedded": "graph.stores.embedded_store:open_embedded",
    **dict.fromkeys(("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"), _BOLT),
}


def open_store(
    url: str,
    *,
    workspace: Path | None = None,
    workspace_id: str,
    username: str | None = None,
    password: str | None = None,
    database: str | None = None,
    adopt: bool = False,
) -> GraphStore:
    """Open the store at an address, marking an empty one as this workspace's.

    Args:
        url: ``neo4j://host:7687``, ``neo4j+s://…``, ``bolt://…``, or ``embedded:WORKSPACE``, whose server is started
            where none runs.
        workspace: Folder of the workspace; where ``embedded:`` names none.
        workspace_id: Id of the workspace; the store carries it too.
        username: Neo4j user.
        password: Its password; None where the server asks for none.
        database: Neo4j database; None for the server's default.
        adopt: Take over a store with another id or with labels that are not ours.

    Raises:
        InputError: The address has an unknown scheme or none.
        RefusedError: The store belongs to another workspace.
        StoreError: It cannot be reached.
    """
    scheme, colon, rest = url.partition(":")
    if scheme not in _OPENERS or not colon or (scheme != "embedded" and not rest.startswith("//")):
        raise InputError(
            f"store '{url}': unknown scheme.{nearest(scheme, _OPENERS)} "
            "Expected embedded:WORKSPACE, neo4j://HOST:PORT, neo4j+s://HOST or bolt://HOST:PORT."
        )
    module, function = _OPENERS[scheme].split(":")
    store: GraphStore = getattr(importlib.import_module(module), function)(
        url,
        workspace=workspace,
        workspace_id=workspace_id,
        username=username,
        password=password,
        database=database,
        adopt=adopt,
    )
    return store
