"""Tells the rows of a batch that are certainly new, which a bulk load may take, from those that must be compared."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import Run
from graph.stores import content
from graph.stores.columns import node_rows, relation_rows
from graph.stores.connection import Connection
from graph.stores.runs import chunks
from graph.stores.tally import Tally


@dataclass(frozen=True, slots=True)
class Parts:
    """A batch in two parts.

    Args:
        certain: Rows whose node or relationship is not stored and comes once.
        uncertain: All others.
        tally: Numbers and content of the certain ones.
    """

    certain: Batch
    uncertain: Batch
    tally: Tally


def split(connection: Connection, batch: Batch) -> Parts:
    """Split a batch into what is certainly new and what is not.

    Raises:
        InputError: A label, type or value that cannot be stored.
    """
    tally = Tally()
    certain_nodes: list[NodeTable] = []
    other_nodes: list[NodeTable] = []
    relations = [(table, relation_rows(table)) for table in batch.relations]
    new: dict[str, pa.Array] = {}
    for table in batch.nodes:
        rows = node_rows(table)
        if not rows.num_rows:
            continue
        keys = rows.column("key").combine_chunks()
        seen = new.get(table.label)
        if len(keys.unique()) < len(keys) or (seen is not None and pc.any(pc.is_in(keys, value_set=seen)).as_py()):
            other_nodes.append(table)
            continue
        stored = pc.is_in(keys, value_set=pa.array(_stored(connection, table.label, keys), pa.string()))
        fresh, old = rows.filter(pc.invert(stored)), rows.filter(stored)
        if old.num_rows:
            other_nodes.append(NodeTable(table.label, old))
        if fresh.num_rows:
            certain_nodes.append(NodeTable(table.label, fresh))
            fresh_keys = fresh.column("key").combine_chunks()
            new[table.label] = fresh_keys if seen is None else pa.concat_arrays([seen, fresh_keys])
            tally = tally.plus(Tally({table.label: fresh.num_rows}, {}, content.of_nodes(table.label, fresh)))
    certain_relations: list[RelationTable] = []
    other_relations: list[RelationTable] = []
    seen_types: set[str] = set()
    for relation, rows in relations:
        if not rows.num_rows:
            continue
        for is_new, part in _split_relations(connection, relation, rows, new, seen_types):
            made = RelationTable(relation.relation, relation.head_label, relation.tail_label, part)
            (certain_relations if is_new else other_relations).append(made)
            if is_new:
                hashed = content.of_relations(relation.relation, part)
                tally = tally.plus(Tally({}, {relation.relation: part.num_rows}, hashed))
        seen_types.add(relation.relation)
    return Parts(
        Batch(tuple(certain_nodes), tuple(certain_relations)), Batch(tuple(other_nodes), tuple(other_relations)), tally
    )


def _split_relations(
    connection: Connection, table: RelationTable, rows: pa.Table, new: dict[str, pa.Array], seen_types: set[str]
) -> list[tuple[bool, pa.Table]]:
    identity = ["head", "tail"] + ["valid_from"] * ("valid_from" in rows.column_names)
    if rows.select(identity).group_by(identity).aggregate([]).num_rows < rows.num_rows or table.relation in seen_types:
        return [(False, rows)]
    if not connection.ask("count_relations", relation=table.relation)[0][0]:
        return [(True, rows)]
    # A node that is new has no relationships yet.
    fresh = pa.chunked_array([pa.array([False] * rows.num_rows, pa.bool_())])
    for end, label in (("head", table.head_label), ("tail", table.tail_label)):
        if label in new:
            fresh = pc.or_(fresh, pc.is_in(rows.column(end), value_set=new[label]))
    parts = [(True, rows.filter(fresh)), (False, rows.filter(pc.invert(fresh)))]
    return [(is_new, part) for is_new, part in parts if part.num_rows]


def _stored(connection: Connection, label: str, keys: pa.Array) -> list[str]:
    if not connection.ask("count_nodes", label=label)[0][0]:
        return []
    found: list[str] = []
    for part in chunks(keys.to_pylist()):
        found += [row[0] for row in connection.ask("stored_keys", {"keys": part}, label=label)]
    return found


def with_origin(batch: Batch, run: Run) -> tuple[list[NodeTable], list[RelationTable]]:
    """The tables of a batch with the columns that the store itself adds: run, source and sources."""

    def origin(rows: pa.Table) -> pa.Table:
        number = rows.num_rows
        rows = rows.append_column("run", pa.repeat(pa.scalar(run.key), number))
        return rows.append_column("source", pa.repeat(pa.scalar(run.source), number))

    nodes = [
        NodeTable(
            table.label,
            origin(table.rows).append_column(
                "sources", pa.repeat(pa.scalar([run.source], pa.list_(pa.string())), table.rows.num_rows)
            ),
        )
        for table in batch.nodes
    ]
    relations = [
        RelationTable(table.relation, table.head_label, table.tail_label, origin(table.rows))
        for table in batch.relations
    ]
    return nodes, relations
