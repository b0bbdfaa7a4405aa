"""A store's content as JSON lines: the backup of a Neo4j database over Bolt.

Neo4j Community has no online backup that a client may ask for, so every node and relationship is read in one
transaction and written out; dates and times are tagged, all else is JSON as it is.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import neo4j

from graph.errors import InputError, StoreError
from graph.stores.connection import Connection, own
from graph.stores.plain import plain
from graph.stores.runs import chunks
from graph.stores.vocabulary import META, RUN, labels, own_labels, relations

NODES, RELATIONS, FORMAT = "nodes.jsonl.gz", "relationships.jsonl.gz", "format.json"
VERSION = 1
Record = dict[str, Any]


def write(connection: Connection, directory: Path) -> Path:
    """Write the whole content below ``directory``, as of one moment.

    Args:
        connection: To the store.
        directory: Made where it does not exist; the dump stands in its folder ``graph``.

    Returns:
        The folder of the dump.

    Raises:
        InputError: The folder cannot be written.
    """
    folder = directory / "graph"

    def transaction(tx: neo4j.ManagedTransaction) -> None:
        with gzip.open(folder / NODES, "wt", encoding="utf-8", compresslevel=3) as file:
            for label in (META, RUN, *labels()):
                for row in tx.run(own("all_nodes", label=label)):
                    file.write(_line({"label": label, "stored": plain(row["stored"])}))
        with gzip.open(folder / RELATIONS, "wt", encoding="utf-8", compresslevel=3) as file:
            for relation in relations():
                text = own("all_relations", relation=relation)
                for row in tx.run(text):
                    file.write(_line({"relation": relation, **plain(dict(row))}))

    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection.read(transaction)
        (folder / FORMAT).write_text(json.dumps({"format": "atoll-graph-dump", "version": VERSION}) + "\n")
    except OSError as error:
        raise InputError(f"{folder}: the backup cannot be written ({error.strerror}).") from error
    return folder


def replace(connection: Connection, backup: Path, workspace_id: str) -> None:
    """Replace the content of the store by a dump.

    The dump is read through before anything is deleted, and the present content is kept as ``graph-before`` beside
    it until the new content is in place.

    Args:
        connection: To the store.
        backup: Folder given to ``write``.
        workspace_id: The id that the restored store shall carry.

    Raises:
        InputError: There is no dump, or it is damaged or of another version.
        StoreError: The store failed on the way; the message says where its former content lies.
    """
    folder = backup / "graph"
    _validate(folder)
    before = write(connection, backup / "graph-before")
    try:
        _fill(connection, folder, workspace_id)
    except StoreError as error:
        raise StoreError(f"{error} The content before is kept in {before}; restore it with 'store restore'.") from error
    for file in before.iterdir():
        file.unlink()
    before.rmdir()
    before.parent.rmdir()


def _fill(connection: Connection, folder: Path, workspace_id: str) -> None:
    for label in sorted(own_labels()):
        keys = [row[0].get("key") for row in connection.ask("all_nodes", label=label)]
        for part in chunks(keys, 1000):
            connection.tell("delete_nodes", {"keys": part}, label=label)
    # The meta node comes last: a store that was filled halfway is refused, not taken for whole.
    meta: list[Record] = []
    for parts, rows in _grouped(folder / NODES, ("label",)):
        stored = [row["stored"] for row in rows]
        if parts["label"] == META:
            meta = stored
        else:
            connection.tell("restore_nodes", {"rows": stored}, **parts)
    for parts, rows in _grouped(folder / RELATIONS, ("relation", "head_label", "tail_label")):
        connection.tell("restore_relations", {"rows": rows}, **parts)
    connection.tell("create_meta", {"properties": {**meta[0], "workspace_id": workspace_id}})


def _validate(folder: Path) -> None:
    try:
        found = json.loads((folder / FORMAT).read_text())
        if found.get("version") != VERSION:
            raise InputError(f"{folder}: a dump of version {found.get('version')}, expected {VERSION}.")
        number = sum(row["label"] == META for row in _lines(folder / NODES))
        for _ in _lines(folder / RELATIONS):
            pass
    except (OSError, EOFError, ValueError, KeyError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{folder}: not a whole dump of a graph ({error}). Expected a folder of 'store backup'."
        ) from error
    if number != 1:
        raise InputError(f"{folder}: the dump names {number} stores, expected one.")


def _grouped(path: Path, names: tuple[str, ...]) -> Iterator[tuple[dict[str, str], list[Record]]]:
    """Runs of rows with the same labels and type, in parts small enough for one transaction."""
    part: list[Record] = []
    now: dict[str, str] = {}
    for row in _lines(path):
        parts = {name: row[name] for name in names}
        if part and (parts != now or len(part) == 10_000):
            yield now, part
            part = []
        now = parts
        part.append(row)
    if part:
        yield now, part


def _lines(path: Path) -> Iterator[Record]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line, object_hook=_untag)


def _line(row: Record) -> str:
    return json.dumps(row, default=_tag, ensure_ascii=False, allow_nan=False) + "\n"


def _tag(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot be written to a dump")


def _untag(value: dict[str, Any]) -> Any:
    if "$datetime" in value:
        return datetime.fromisoformat(value["$datetime"])
    if "$date" in value:
        return date.fromisoformat(value["$date"])
    return value
