"""Writing batches: compare with what is stored, create what is new, hold back what would change visible data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import neo4j
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InputError
from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import WriteCounts
from graph.stores import content
from graph.stores.columns import Row, node_rows, relation_rows, row_dicts
from graph.stores.connection import Connection, own, records
from graph.stores.plain import plain
from graph.stores.tally import HeldBack, OpenRun, RelationKind, Tally

OPERATIONS = 10_000
FEW_TAILS = 64  # a list that long is searched for each relationship


@dataclass(slots=True)
class _Outcome:
    """What one transaction did, taken over only once it is committed."""

    counts: WriteCounts = field(default_factory=WriteCounts)
    created: Tally = field(default_factory=Tally)
    held: HeldBack = field(default_factory=HeldBack)


class Writer:
    """Writes the batches of open runs over Bolt.

    Args:
        connection: To the store.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, active: OpenRun, batch: Batch) -> WriteCounts:
        """Write nodes, then relationships, in transactions of at most ``OPERATIONS``."""
        nodes = [(table, node_rows(table)) for table in batch.nodes]  # a batch that cannot be stored writes nothing
        relations = [(table, relation_rows(table)) for table in batch.relations]
        counts = WriteCounts()
        new_keys: dict[str, set[str]] = {}
        for table, rows in nodes:
            known_empty = self._is_empty("count_nodes", label=table.label) and _is_unique(rows, ["key"])
            for part in _parts(rows):
                counts += self._commit(active, _node_work(self, active, table, part, known_empty, new_keys))
        for relation, rows in relations:
            identity = ["head", "tail"] + ["valid_from"] * ("valid_from" in rows.column_names)
            known_empty = self._is_empty("count_relations", relation=relation.relation) and _is_unique(rows, identity)
            for part in _parts(rows):
                counts += self._commit(active, _relation_work(self, active, relation, part, known_empty, new_keys))
        return counts

    def _is_empty(self, query: str, **parts: str) -> bool:
        return not self._connection.ask(query, None, **parts)[0][0]

    def _commit(self, active: OpenRun, work: Callable[[neo4j.ManagedTransaction], _Outcome]) -> WriteCounts:
        """One transaction: the work, and the run's tally, so that a killed run still knows what it wrote."""

        def transaction(tx: neo4j.ManagedTransaction) -> tuple[_Outcome, Tally]:
            outcome = work(tx)
            total = active.created.plus(outcome.created)
            if not outcome.created.is_empty() or outcome.created.content:
                records(
                    tx,
                    own("update_run"),
                    {"run": active.run.key, "properties": total.to_properties()},
                )
            return outcome, total

        outcome, active.created = self._connection.write(transaction)
        _merge(active.held, outcome.held)
        return outcome.counts

    def nodes(
        self,
        tx: neo4j.ManagedTransaction,
        active: OpenRun,
        label: str,
        rows: pa.Table,
        known_empty: bool,
        new_keys: set[str],
    ) -> _Outcome:
        """Write one part of a node table inside a transaction."""
        outcome = _Outcome()
        given = {row["key"]: row for row in row_dicts(rows)} if known_empty else _by_key(row_dicts(rows))
        stored: dict[str, list[Any]] = {}
        names = [name for name in rows.column_names if name != "key"]
        if not known_empty:
            text = own("read_nodes", label=label)
            epoch = epoch_of(tx)
            stored = {row[0]: row for row in records(tx, text, {"keys": list(given), "names": names})}
        fresh = [row for key, row in given.items() if key not in stored]
        mine: list[Row] = []
        changes, held_changes = Changes(), Changes()
        for key, (_, run, sources, values) in stored.items():
            held = active.held.nodes.get(label, {}).get(key, {})
            known = present(names, values) | held
            changed = {name: value for name, value in given[key].items() if name != "key" and known.get(name) != value}
            kept = active.held.sources.get((label, key), sources or [])
            union = kept if active.run.source in kept else sorted([*kept, active.run.source])
            if not changed and union == kept:
                continue
            outcome.counts.nodes_written += 1
            if run == active.run.key:
                mine.append({"key": key, "properties": changed, "sources": union})
                changes.add({"key": key}, known, changed)
            else:
                outcome.held.nodes.setdefault(label, {})[key] = changed
                outcome.held.sources[label, key] = union
                held_changes.add({"key": key}, known, changed)
                outcome.held.epochs.add(epoch)
        outcome.created.content += changes.of_nodes(label)
        outcome.held.content += held_changes.of_nodes(label)
        if mine:
            records(tx, own("update_nodes", label=label), {"rows": mine})
        if fresh:
            text = own("create_nodes", label=label)
            records(tx, text, {"rows": fresh, "run": active.run.key, "source": active.run.source})
            outcome.counts.nodes_written += len(fresh)
            outcome.created.nodes[label] = len(fresh)
            outcome.created.content += _content_of_nodes(label, rows, fresh)
            new_keys.update(row["key"] for row in fresh)
        outcome.created.content %= content.MODULUS
        return outcome

    def relations(
        self,
        tx: neo4j.ManagedTransaction,
        active: OpenRun,
        kind: RelationKind,
        rows: pa.Table,
        known_empty: bool,
        new_keys: dict[str, set[str]],
    ) -> _Outcome:
        """Write one part of a relation table inside a transaction."""
        outcome = _Outcome()
        relation, head_label, tail_label = kind
        parts = {"relation": relation, "head_label": head_label, "tail_label": tail_label}
        given = _by_identity(row_dicts(rows))
        names = [name for name in rows.column_names if name not in ("head", "tail")]
        new_heads, new_tails = new_keys.get(head_label, set()), new_keys.get(tail_label, set())
        # What was created in this very call has no relationships yet, so only older ends are looked up.
        heads = {h for h, t, _ in given if not known_empty and h not in new_heads and t not in new_tails}
        stored: dict[Any, tuple[str | None, list[Any]]] = {}
        if heads:
            epoch = epoch_of(tx)
            tails = {tail for head, tail, _ in given if head in heads}
            for head, tail, valid_from, run, values in stored_relations(tx, kind, heads, tails, names):
                identity = (head, tail, plain(valid_from))
                if identity in given:
                    stored[identity] = (run, values)
        fresh = [
            {"head": h, "tail": t, "properties": row} for (h, t, v), row in given.items() if (h, t, v) not in stored
        ]
        mine: list[Row] = []
        changes, held_changes = Changes(), Changes()
        for identity, (run, values) in stored.items():
            known = present(names, values) | active.held.relations.get(kind, {}).get(identity, {})
            changed = {name: value for name, value in given[identity].items() if known.get(name) != value}
            if not changed:
                continue
            outcome.counts.relationships_written += 1
            ends = {"head": identity[0], "tail": identity[1], "valid_from": identity[2]}
            if run == active.run.key:
                mine.append(_relation_row(identity, changed))
                changes.add(ends, known, changed)
            else:
                outcome.held.relations.setdefault(kind, {})[identity] = changed
                held_changes.add(ends, known, changed)
                outcome.held.epochs.add(epoch)
        outcome.created.content += changes.of_relations(relation)
        outcome.held.content += held_changes.of_relations(relation)
        if mine:
            records(tx, own("update_relations", **parts), {"rows": mine})
        if fresh:
            self._create_relations(tx, active, kind, fresh)
            outcome.counts.relationships_written += len(fresh)
            outcome.created.relations[relation] = len(fresh)
            outcome.created.content += _content_of_relations(relation, rows, fresh)
        outcome.created.content %= content.MODULUS
        return outcome

    def _create_relations(
        self, tx: neo4j.ManagedTransaction, active: OpenRun, kind: RelationKind, fresh: list[Row]
    ) -> None:
        relation, head_label, tail_label = kind
        text = own("create_relations", relation=relation, head_label=head_label, tail_label=tail_label)
        created = records(tx, text, {"rows": fresh, "run": active.run.key, "source": active.run.source})[0][0]
        if created == len(fresh):
            return
        for end, label in (("head", head_label), ("tail", tail_label)):
            keys = {row[end] for row in fresh}
            text = own("stored_keys", label=label)
            missing = sorted(keys - {row[0] for row in records(tx, text, {"keys": list(keys)})})
            if missing:
                raise InputError(
                    f"{relation}: {len(missing)} {end}s are not stored as {label}, the first is '{missing[0]}'. "
                    "Write the nodes before their relationships."
                )
        raise InputError(f"{relation}: {len(fresh)} relationships were given and {created} could be created.")


def _node_work(
    writer: Writer, active: OpenRun, table: NodeTable, rows: pa.Table, known_empty: bool, new_keys: dict[str, set[str]]
) -> Callable[[neo4j.ManagedTransaction], _Outcome]:
    created = new_keys.setdefault(table.label, set())
    return lambda tx: writer.nodes(tx, active, table.label, rows, known_empty, created)


def _relation_work(
    writer: Writer,
    active: OpenRun,
    table: RelationTable,
    rows: pa.Table,
    known_empty: bool,
    new_keys: dict[str, set[str]],
) -> Callable[[neo4j.ManagedTransaction], _Outcome]:
    kind = (table.relation, table.head_label, table.tail_label)
    return lambda tx: writer.relations(tx, active, kind, rows, known_empty, new_keys)


def _parts(rows: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, rows.num_rows, OPERATIONS):
        yield rows.slice(start, OPERATIONS)


def _is_unique(rows: pa.Table, columns: list[str]) -> bool:
    if len(columns) == 1:
        return pc.count_distinct(rows.column(columns[0])).as_py() == rows.num_rows
    return rows.select(columns).group_by(columns).aggregate([]).num_rows == rows.num_rows


def _by_key(rows: list[Row]) -> dict[str, Row]:
    """Rows by key; where a key comes twice the later values win."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row["key"], {}).update(row)
    return found


def _by_identity(rows: list[Row]) -> dict[Any, Row]:
    found: dict[Any, Row] = {}
    for row in rows:
        identity = (row.pop("head"), row.pop("tail"), row.get("valid_from"))
        found.setdefault(identity, {}).update(row)
    return found


def present(names: list[str], values: list[Any]) -> Row:
    """The values that are there, by name."""
    return {name: plain(value) for name, value in zip(names, values, strict=True) if value is not None}


def _relation_row(identity: Any, properties: Row) -> Row:
    return {"head": identity[0], "tail": identity[1], "valid_from": identity[2], "properties": properties}


def _content_of_nodes(label: str, rows: pa.Table, fresh: list[Row]) -> int:
    if len(fresh) == rows.num_rows:
        return content.of_nodes(label, rows)
    return content.of_stored_nodes(label, fresh)


def _content_of_relations(relation: str, rows: pa.Table, fresh: list[Row]) -> int:
    if len(fresh) == rows.num_rows:
        return content.of_relations(relation, rows)
    return content.of_stored_relations(
        relation, [{"head": row["head"], "tail": row["tail"], **row["properties"]} for row in fresh]
    )


def epoch_of(tx: neo4j.ManagedTransaction) -> int:
    """Number of the store's state that this transaction sees: it moves whenever a run completes or is removed."""
    return int(plain(records(tx, own("read_meta"))[0][0])["epoch"])


def stored_relations(
    tx: neo4j.ManagedTransaction, kind: RelationKind, heads: Collection[str], tails: Collection[str], names: list[str]
) -> Iterator[list[Any]]:
    """Stored relationships of one kind that leave some nodes: head, tail, valid_from, run, values of ``names``.

    Where few tails are meant, only relationships to these are read: a telemetry window reads many attributes, of which
    a change concerns few.
    """
    relation, head_label, tail_label = kind
    parts = {"relation": relation, "head_label": head_label, "tail_label": tail_label}
    values = {"heads": list(heads), "names": names}
    if len(tails) <= FEW_TAILS:
        yield from records(tx, own("read_relations_to", **parts), {**values, "tails": list(tails)})
    else:
        yield from records(tx, own("read_relations", **parts), values)


@dataclass(slots=True)
class Changes:
    """Values of entities before and after they change, gathered so that they are hashed at once."""

    before: list[Row] = field(default_factory=list)
    after: list[Row] = field(default_factory=list)

    def add(self, identity: Row, known: Row, changed: Row) -> None:
        """Note that an entity with the values ``known`` gets the values ``changed``."""
        self.before.append(identity | {name: known[name] for name in changed if name in known})
        self.after.append(identity | changed)

    def of_nodes(self, label: str) -> int:
        """What the changes of nodes add to the content hash."""
        return content.of_changes(label, content.NODE, self.before, self.after)

    def of_relations(self, relation: str) -> int:
        """What the changes of relationships add to the content hash."""
        return content.of_changes(relation, content.RELATION, self.before, self.after)


def _merge(into: HeldBack, new: HeldBack) -> None:
    into.content = (into.content + new.content) % content.MODULUS
    into.epochs |= new.epochs
    for label, nodes in new.nodes.items():
        for key, properties in nodes.items():
            into.nodes.setdefault(label, {}).setdefault(key, {}).update(properties)
    into.sources.update(new.sources)
    for kind, relations in new.relations.items():
        for identity, properties in relations.items():
            into.relations.setdefault(kind, {}).setdefault(identity, {}).update(properties)
