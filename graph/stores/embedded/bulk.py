"""Bulk load: Parquet files go in by ArcadeDB's batch interface, inside the server process.

Rows cross into Java as JSON text that Arrow builds column by column; only tables with dates or datetimes, which JSON
cannot carry, cross value by value. Everything is written through the write-ahead log, so a killed load leaves whole
pages; what it left is removed by removing its run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.errors import InputError, StoreError
from graph.stores.embedded.rows import java_values, json_objects, needs_java_values

# Rows that cross in one call: large enough to hide the crossing, small enough for the parsed JSON to fit the heap.
CHUNK_ROWS = 20_000
LOOKUP_KEYS = 10_000
# Edges that Java sorts and writes at once. Given the expected number instead, it would buffer all of them and run out
# of heap at two million.
BUFFERED_EDGES = 100_000


class BulkLoad:
    """One bulk load into an open database.

    Args:
        database: ``arcadedb_embedded`` database of the server.
        progress: Called with (rows done, rows in all).
    """

    def __init__(self, database: Any, progress: Callable[[int, int], None]) -> None:
        import jpype

        self._java = jpype.JClass
        self._database = database
        self._java_database = database._java_db
        self._progress = progress
        self._keys: dict[str, pa.Array] = {}
        self._rids: dict[str, pa.Array] = {}
        self._done = 0
        self._total = 0

    def load(self, nodes: Sequence[Mapping[str, str]], relations: Sequence[Mapping[str, str]]) -> dict[str, int]:
        """Write new nodes and new relationships.

        Args:
            nodes: ``label`` and ``path`` of a Parquet file with the column ``key`` and one column a property; all rows
                are new nodes.
            relations: ``relation``, ``head_label``, ``tail_label`` and ``path`` of a Parquet file with the columns
                ``head`` and ``tail`` (keys of new or stored nodes) and one column a property; all rows are new.

        Returns:
            ``nodes`` and ``relationships``: how many were written. A null property is left out.

        Raises:
            InputError: A head or tail is neither stored nor among the new nodes; nothing was written.
            StoreError: The database refused a row, such as a key that exists; what was written belongs to the run.
        """
        files = {path: pq.ParquetFile(path) for path in (each["path"] for each in (*nodes, *relations))}
        self._total = sum(file.metadata.num_rows for file in files.values())
        self._find_stored_ends(nodes, relations)
        schema = self._java_database.getSchema()
        for each in nodes:
            schema.getOrCreateVertexType(each["label"])
        for each in relations:
            schema.getOrCreateEdgeType(each["relation"])
        num_relationships = sum(files[each["path"]].metadata.num_rows for each in relations)
        batch = self._java_database.batch().withWAL(True).withBatchSize(BUFFERED_EDGES).build()
        try:
            for each in nodes:
                self._write_nodes(batch, each["label"], files[each["path"]])
            for each in relations:
                self._write_relations(batch, each, files[each["path"]])
        except self._java("java.lang.Throwable") as error:
            batch.abandon()
            if self._java_database.isTransactionActive():
                self._java_database.rollback()
            raise StoreError(f"The embedded store refused a row of the bulk load: {error}") from error
        batch.close()
        return {"nodes": self._total - num_relationships, "relationships": num_relationships}

    def _find_stored_ends(self, nodes: Sequence[Mapping[str, str]], relations: Sequence[Mapping[str, str]]) -> None:
        """Look up every head and tail that is not among the new nodes, before anything is written."""
        for each in nodes:
            keys = _strings(pq.read_table(each["path"], columns=["key"])["key"])
            known = self._keys.get(each["label"])
            self._keys[each["label"]] = keys if known is None else pa.concat_arrays([known, keys])
        stored: dict[str, list[tuple[list[str], list[str]]]] = {}
        for each in relations:
            for end in ("head", "tail"):
                label = each[f"{end}_label"]
                wanted = pc.unique(_strings(pq.read_table(each["path"], columns=[end])[end]))
                known = [self._keys[label]] if label in self._keys else []
                known += [pa.array(keys, pa.string()) for keys, _ in stored.get(label, [])]
                if known:
                    wanted = wanted.filter(pc.invert(pc.is_in(wanted, value_set=pa.concat_arrays(known))))
                if len(wanted):
                    found = self._stored_rids(label, wanted)
                    if len(found[0]) < len(wanted):
                        missing = wanted.filter(pc.invert(pc.is_in(wanted, value_set=pa.array(found[0], pa.string()))))
                        raise InputError(
                            f"{each['relation']}: {len(missing)} of its {end}s are not stored and not in this batch, "
                            f"such as the {label} {missing[0].as_py()!r}. Expected every {end} to exist."
                        )
                    stored.setdefault(label, []).append(found)
        for label, parts in stored.items():
            self._rids[label] = pa.array([rid for _, rids in parts for rid in rids], pa.string())
            keys = pa.array([key for keys, _ in parts for key in keys], pa.string())
            # Stored ones come first: the RIDs of new nodes are appended as they are made.
            known = self._keys.get(label)
            self._keys[label] = keys if known is None else pa.concat_arrays([keys, known])

    def _stored_rids(self, label: str, keys: pa.Array) -> tuple[list[str], list[str]]:
        found_keys: list[str] = []
        rids: list[str] = []
        if not self._java_database.getSchema().existsType(label):
            return found_keys, rids
        for start in range(0, len(keys), LOOKUP_KEYS):
            wanted = keys.slice(start, LOOKUP_KEYS).to_pylist()
            result = self._database.query(
                "sql", f"SELECT key, @rid AS rid FROM `{label}` WHERE key IN :wanted", {"wanted": wanted}
            )
            for row in result.to_list():
                found_keys.append(str(row["key"]))
                rids.append(str(row["rid"]))
        return found_keys, rids

    def _write_nodes(self, batch: Any, label: str, file: pq.ParquetFile) -> None:
        create_json = self._java("com.arcadedb.python.VertexBatcher").createVerticesJson
        made: list[pa.Array] = [self._rids[label]] if label in self._rids else []
        typed = needs_java_values(file.schema_arrow)
        for rows in self._chunks(file):
            if typed:
                rids = [str(rid) for rid in batch.createVertices(label, java_values(rows))]
            else:
                rids = str(create_json(batch, label, _json_array(json_objects(rows)))).split(";")
            made.append(pa.array(rids, pa.string()))
        if made:
            self._rids[label] = pa.concat_arrays(made)

    def _write_relations(self, batch: Any, each: Mapping[str, str], file: pq.ParquetFile) -> None:
        create_json = self._java("com.arcadedb.python.EdgeBatcher").newEdgesJson
        typed = needs_java_values(file.schema_arrow)
        for rows in self._chunks(file):
            ends = [self._ends(rows[end], each[f"{end}_label"]) for end in ("head", "tail")]
            properties = rows.drop_columns(["head", "tail"])
            if typed:
                self._write_typed_relations(batch, each["relation"], ends, properties)
            else:
                whole = properties.add_column(0, "_dst", ends[1]).add_column(0, "_src", ends[0])
                create_json(batch, each["relation"], _json_array(json_objects(whole)))

    def _write_typed_relations(self, batch: Any, relation: str, ends: Sequence[pa.Array], properties: pa.Table) -> None:
        rid = self._java("com.arcadedb.database.RID")
        objects = []
        for end in ends:
            encoded = end.dictionary_encode()
            made = np.array([rid(text) for text in encoded.dictionary.to_pylist()], dtype=object)
            objects.append(made[encoded.indices.to_numpy()])
        for head, tail, values in zip(*objects, java_values(properties), strict=True):
            batch.newEdge(head, relation, tail, values)

    def _ends(self, keys: pa.ChunkedArray, label: str) -> pa.Array:
        return self._rids[label].take(pc.index_in(_strings(keys), value_set=self._keys[label]))

    def _chunks(self, file: pq.ParquetFile) -> Iterator[pa.Table]:
        for rows in file.iter_batches(CHUNK_ROWS):
            yield pa.Table.from_batches([rows])
            self._done += rows.num_rows
            self._progress(self._done, self._total)


def _strings(keys: pa.ChunkedArray) -> pa.Array:
    return keys.cast(pa.string()).combine_chunks()


def _json_array(objects: pa.Array) -> str:
    whole = pa.ListArray.from_arrays(pa.array([0, len(objects)], pa.int32()), objects)
    return "[" + str(pc.binary_join(whole, ",")[0].as_py()) + "]"
