"""The random graphs that the store benchmarks write, and the peers that write them by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import neo4j
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graph.ontology.model import Batch, NodeTable, RelationTable

RUN = "run:bench"
SOURCE = "bench"

DIRECT = """
import json, sys, time
from pathlib import Path
import arcadedb_embedded as arcadedb
import pyarrow.parquet as pq
from arcadedb_embedded.graph_batch import GraphBatch
folder, count = Path(sys.argv[1]), int(sys.argv[2])
with arcadedb.create_database(str(folder / "direct"), jvm_kwargs={"heap_size": "1g"}) as database:
    for label in ("Drive", "Host"):
        database.command("sql", f"CREATE VERTEX TYPE {label}")
        database.command("sql", f"CREATE PROPERTY {label}.key STRING")
        database.command("sql", f"CREATE INDEX ON {label} (key) UNIQUE")
    database.command("sql", "CREATE EDGE TYPE RUNS_ON")
    began = time.perf_counter()
    origin = {"run": "run:bench", "source": "bench"}
    batch = GraphBatch.create(database._java_db, use_wal=True, expected_edge_count=count)
    rids = {}
    for label in ("Drive", "Host"):
        rows = pq.read_table(folder / f"{label}.parquet").to_pylist()
        rows = [{**row, **origin, "sources": ["bench"]} for row in rows]
        rids.update(zip((row["key"] for row in rows), batch.create_vertices(label, rows)))
    for part in pq.ParquetFile(folder / "RUNS_ON.parquet").iter_batches(100_000):
        heads, tails = part["head"].to_pylist(), part["tail"].to_pylist()
        batch.new_edges([rids[h] for h in heads], "RUNS_ON", [rids[t] for t in tails], [origin] * len(heads))
    batch.close()
    print(json.dumps({"seconds": time.perf_counter() - began}))
"""


def random_graph(num_nodes: int, num_relations: int, seed: int = 0, prefix: str = "") -> Batch:
    """Half drives, half hosts, and distinct random RUNS_ON relationships between them.

    Args:
        num_nodes: Nodes in all.
        num_relations: Relationships; at most ``(num_nodes / 2) ** 2``.
        seed: Of the pairs.
        prefix: Part of every key, so that two graphs can be disjoint.
    """
    half = num_nodes // 2
    labels = {"Drive": "drive:bench:MX", "Host": "host:bench"}
    keys = {
        label: pa.array([f"{start}:{prefix}{number:07}" for number in range(half)]) for label, start in labels.items()
    }
    nodes = tuple(
        NodeTable(
            label,
            pa.table({"key": key, "name": key, **({"capacity_bytes": np.arange(half)} if label == "Drive" else {})}),
        )
        for label, key in keys.items()
    )
    pairs = np.random.default_rng(seed).choice(half * half, num_relations, replace=False)
    ends = {"head": keys["Drive"].take(pa.array(pairs // half)), "tail": keys["Host"].take(pa.array(pairs % half))}
    return Batch(nodes, (RelationTable("RUNS_ON", "Drive", "Host", pa.table(ends)),))


def load_directly(batch: Batch, folder: Path) -> float:
    """Load the graph by ArcadeDB's own Python batch interface, in a process that does nothing else; wall seconds."""
    for table in batch.nodes:
        pq.write_table(table.rows, folder / f"{table.label}.parquet")
    relations = batch.relations[0].rows
    pq.write_table(relations, folder / "RUNS_ON.parquet")
    done = subprocess.run(
        [sys.executable, "-c", DIRECT, str(folder), str(relations.num_rows)],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    return float(json.loads(done.stdout.splitlines()[-1])["seconds"])


def write_by_hand(driver: neo4j.Driver, batch: Batch, size: int, verb: str, database: str | None = None) -> None:
    """The loop that people write: UNWIND ``size`` rows with ``verb`` (CREATE or MERGE), one transaction each."""
    for table in batch.nodes:
        if verb == "CREATE":
            text = f"UNWIND $rows AS row CREATE (n:{table.label}) SET n = row, n.run = $run, n.source = $source"
        else:
            text = f"UNWIND $rows AS row MERGE (n:{table.label} {{key: row.key}}) SET n += row, n.run = $run"
        for rows in _chunks(table.rows, size):
            driver.execute_query(text, rows=rows, run=RUN, source=SOURCE, database_=database)
    for relation in batch.relations:
        text = (
            f"UNWIND $rows AS row MATCH (h:{relation.head_label} {{key: row.head}}) "
            f"MATCH (t:{relation.tail_label} {{key: row.tail}}) {verb} (h)-[r:{relation.relation}]->(t) "
            "SET r.run = $run, r.source = $source"
        )
        for rows in _chunks(relation.rows, size):
            driver.execute_query(text, rows=rows, run=RUN, source=SOURCE, database_=database)


def _chunks(rows: pa.Table, size: int) -> Iterator[list[dict[str, object]]]:
    for start in range(0, rows.num_rows, size):
        yield rows.slice(start, size).to_pylist()
