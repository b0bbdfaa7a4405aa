"""The life of a run: begin or resume, delete, complete in one transaction, remove."""

from __future__ import annotations

import contextlib
import math
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import neo4j

from graph.errors import InputError, StoreError
from graph.ports import Run
from graph.stores import content
from graph.stores.connection import Connection, own, records
from graph.stores.plain import plain
from graph.stores.tally import OpenRun, Tally
from graph.stores.vocabulary import check_label
from graph.stores.writer import OPERATIONS, Changes, present, stored_relations

LOADING, COMPLETE = "loading", "complete"
DISCARD = "discard"  # kind of a run that holds what another one deleted, until it is removed


class Runs:
    """Begins, completes and removes runs.

    Args:
        connection: To the store.
        purge: Removes all that a run wrote by a scan of the records, where the server offers that: a bulk load that was
            cut short leaves relationships that Cypher does not find.
    """

    def __init__(self, connection: Connection, purge: Callable[[str], None] | None = None) -> None:
        self._connection = connection
        self._purge = purge
        self._open: dict[str, OpenRun] = {}

    def begin(self, kind: str, source: str, fingerprint: str) -> Run:
        """Start a run, or resume the leftover with the same fingerprint; other leftovers are removed."""
        if not source or not fingerprint:
            raise InputError(f"begin_run: source is {source!r} and fingerprint {fingerprint!r}. Expected texts.")
        resumed: OpenRun | None = None
        for leftover in self.incomplete():
            same = leftover["fingerprint"] == fingerprint and leftover["kind"] == kind and leftover["source"] == source
            if same and resumed is None:
                run = Run(leftover["key"], kind, source, fingerprint, resumed=True)
                resumed = OpenRun(run, Tally.from_properties(leftover))
                if leftover.get("bulk"):
                    self._empty(leftover["key"], resumed.created)
                    resumed.created = Tally()
                    self._update(run.key, {**resumed.created.to_properties(), "bulk": False})
            else:
                self.remove(leftover["key"])
        if resumed is None:
            resumed = OpenRun(Run(f"run:{uuid.uuid4()}", kind, source, fingerprint))
            self._connection.tell("begin_run", {"properties": _loading(resumed.run)})
        self._open[resumed.run.key] = resumed
        return resumed.run

    def active(self, run: Run) -> OpenRun:
        """The open run behind a handle.

        Raises:
            InputError: It is complete, removed, or was begun by another store object.
        """
        if run.key not in self._open:
            raise InputError(f"{run.key}: this run is not open here. Begin one with begin_run.")
        return self._open[run.key]

    def incomplete(self) -> list[dict[str, Any]]:
        """Runs that are loading, oldest first, with all their properties."""
        return [plain(row[0]) for row in self._connection.ask("runs_with_status", {"status": LOADING})]

    def delete(self, run: Run, label: str, keys: Sequence[str]) -> int:
        """Note nodes for deletion when the run completes; returns how many of them are stored."""
        check_label(label)
        active = self.active(run)
        going = active.held.deletions.setdefault(label, {})
        before = len(going)
        for part in chunks(list(dict.fromkeys(keys))):
            found = self._connection.ask("stored_keys", {"keys": part}, label=label)
            going.update(dict.fromkeys(row[0] for row in found))
        if not going:
            del active.held.deletions[label]
        return len(going) - before

    def note_bulk(self, run: Run, labels: Iterable[str], relations: Iterable[str]) -> None:
        """Before a bulk load: note what it will touch, so that a killed one can be found again."""
        active = self.active(run)
        touched = active.created.plus(Tally(dict.fromkeys(labels, 0), dict.fromkeys(relations, 0)))
        self._update(run.key, {**touched.to_properties(), "bulk": True})
        active.created = touched

    def note_loaded(self, run: Run, loaded: Tally) -> None:
        """After a bulk load: add what it created."""
        active = self.active(run)
        active.created = active.created.plus(loaded)
        self._update(run.key, {**active.created.to_properties(), "bulk": False})

    def complete(self, run: Run, properties: Mapping[str, Any]) -> int:
        """Apply what was held back and make the run visible, in one transaction; returns the store version."""
        active = self.active(run)
        for name, value in properties.items():
            if isinstance(value, dict) or (isinstance(value, float) and not math.isfinite(value)):
                raise InputError(
                    f"{run.key}.{name}: {value!r} cannot be stored. Expected text, number, day, time or list."
                )

        discarding = Run(f"run:{uuid.uuid4()}", DISCARD, run.source, run.key)

        def transaction(tx: neo4j.ManagedTransaction) -> int:
            meta = plain(records(tx, own("read_meta"))[0][0])
            changed = not (active.created.is_empty() and active.held.is_empty())
            tally = Tally.from_properties(meta).plus(active.created)
            tally.content = (tally.content + self._apply_changes(tx, active, int(meta["epoch"]))) % content.MODULUS
            if active.held.deletions:
                tally = tally.plus(self._discard(tx, active, discarding), sign=-1)
            version = int(meta["version"]) + int(changed)
            done = {"status": COMPLETE, "completed_at": datetime.now(UTC), "store_version": version, **properties}
            records(tx, own("update_run"), {"run": run.key, "properties": done})
            update = {"version": version, "epoch": int(meta["epoch"]) + 1, **tally.to_properties()}
            records(tx, own("update_meta"), {"properties": update})
            return version

        version = int(self._connection.write(transaction))
        del self._open[run.key]
        if active.held.deletions:
            with contextlib.suppress(StoreError):  # the run is complete; the next one removes what is left
                self.remove(discarding.key)
        return version

    def _apply_changes(self, tx: neo4j.ManagedTransaction, active: OpenRun, epoch: int) -> int:
        """Apply held-back properties; returns what that adds to the content hash."""
        held = active.held
        # While writing they were compared with what is stored; nothing visible changes but in a new epoch.
        added = held.content if held.epochs <= {epoch} else self._content_of_changes(tx, active)
        for label, nodes in held.nodes.items():
            text = own("update_nodes", label=label)
            for keys in chunks(list(nodes)):
                rows = [{"key": k, "properties": nodes[k], "sources": held.sources[label, k]} for k in keys]
                records(tx, text, {"rows": rows})
        for kind, relations in held.relations.items():
            relation, head_label, tail_label = kind
            text = own("update_relations", relation=relation, head_label=head_label, tail_label=tail_label)
            for identities in chunks(list(relations)):
                rows = [
                    {"head": h, "tail": t, "valid_from": v, "properties": relations[h, t, v]} for h, t, v in identities
                ]
                records(tx, text, {"rows": rows})
        return added

    def _content_of_changes(self, tx: neo4j.ManagedTransaction, active: OpenRun) -> int:
        """What held-back changes add to the content hash, against what is stored now."""
        added = 0
        for label, nodes in active.held.nodes.items():
            text = own("read_nodes", label=label)
            for keys in chunks(list(nodes)):
                changes = Changes()
                names = sorted({name for key in keys for name in nodes[key]})
                for key, _, _, values in records(tx, text, {"keys": keys, "names": names}):
                    changes.add({"key": key}, present(names, values), nodes[key])
                added += changes.of_nodes(label)
        for kind, relations in active.held.relations.items():
            for identities in chunks(list(relations)):
                changes = Changes()
                names = sorted({name for identity in identities for name in relations[identity]})
                heads, tails = ({identity[end] for identity in identities} for end in (0, 1))
                wanted = set(identities)
                for head, tail, valid_from, _, values in stored_relations(tx, kind, heads, tails, names):
                    identity = (head, tail, plain(valid_from))
                    if identity in wanted:
                        ends = {"head": head, "tail": tail, "valid_from": identity[2]}
                        changes.add(ends, present(names, values), relations[identity])
                added += changes.of_relations(kind[0])
        return added

    def _discard(self, tx: neo4j.ManagedTransaction, active: OpenRun, discarding: Run) -> Tally:
        """Hide the noted nodes and what is attached to them, by handing them to a run that is never completed.

        Deleting takes long where a neighbour has very many relationships, and readers need not wait for it. A
        relationship between two of the nodes is counted once.
        """
        gone, counted = Tally(), set[str]()
        for label, keys in active.held.deletions.items():
            for part in chunks(list(keys)):
                nodes = [plain(row[1]) for row in records(tx, own("read_nodes_whole", label=label), {"keys": part})]
                gone = gone.plus(Tally({label: len(nodes)}, {}, content.of_stored_nodes(label, nodes)))
                by_type: dict[str, list[dict[str, Any]]] = {}
                for identity, relation, head, tail, stored in records(
                    tx, own("read_attached", label=label), {"keys": part}
                ):
                    if identity not in counted:
                        counted.add(identity)
                        by_type.setdefault(relation, []).append({"head": head, "tail": tail, **plain(stored)})
                for relation, attached in by_type.items():
                    hashed = content.of_stored_relations(relation, attached)
                    gone = gone.plus(Tally({}, {relation: len(attached)}, hashed))
                records(tx, own("discard_nodes", label=label), {"keys": part, "run": discarding.key})
        properties = {**_loading(discarding), **gone.to_properties()}
        records(tx, own("begin_run"), {"properties": properties})
        return gone

    def remove(self, run_key: str) -> None:
        """Remove an incomplete run and all it wrote; it stays invisible until the last of it is gone."""
        found = [plain(row[0]) for row in self._connection.ask("read_run", {"run": run_key})]
        if not found:
            raise InputError(f"{run_key}: there is no such run. 'atoll query runs' lists them.")
        if found[0]["status"] != LOADING:
            raise InputError(f"{run_key}: this run is complete and cannot be removed.")
        self._empty(run_key, Tally.from_properties(found[0]))
        self._connection.tell("delete_run", {"run": run_key})
        self._open.pop(run_key, None)

    def _empty(self, run_key: str, touched: Tally) -> None:
        """Delete all that an incomplete run wrote; the run itself stays, so a kill here leaves nothing visible."""
        if self._purge is not None:
            self._purge(run_key)
            return
        for relation in touched.relations:
            heads: dict[str, list[str]] = {}
            for label, key in self._connection.ask("relation_heads_of_run", {"run": run_key}, relation=relation):
                heads.setdefault(label, []).append(key)
            for label, keys in heads.items():
                for part in chunks(keys, OPERATIONS // 10):
                    parts = {"label": label, "relation": relation}
                    self._connection.tell("delete_relations_of_run", {"keys": part, "run": run_key}, **parts)
        for label in touched.nodes:
            created = [row[0] for row in self._connection.ask("nodes_of_run", {"run": run_key}, label=label)]
            for part in chunks(created):
                self._connection.tell("delete_nodes", {"keys": part}, label=label)

    def _update(self, run_key: str, properties: Mapping[str, Any]) -> None:
        self._connection.tell("update_run", {"run": run_key, "properties": dict(properties)})


def _loading(run: Run) -> dict[str, Any]:
    """Properties of a run that begins."""
    return {
        "key": run.key,
        "name": f"{run.kind} of {run.source}",
        "kind": run.kind,
        "source": run.source,
        "fingerprint": run.fingerprint,
        "status": LOADING,
        "started_at": datetime.now(UTC),
    }


def chunks(keys: list[Any], size: int = OPERATIONS) -> Iterator[list[Any]]:
    """Parts of at most ``size``."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
