"""Writing to both stores: bulk load and upsert, each against the best that can be done by hand on the same server.

``python -m bench.store [--scale S] [--pairs N] [--only embedded|neo4j]``. At scale 1 the load is 200,000 nodes and
2,000,000 relationships. Peers: ArcadeDB's own batch interface in a process of its own; the best of several UNWIND loops
on Neo4j; a MERGE loop for the upsert of 10,000 nodes and 50,000 relationships. Servers are fresh for each load.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import neo4j

from bench.store_graphs import load_directly, random_graph, write_by_hand
from bench.timing import Ratio, report, seconds
from graph.ontology.model import Batch
from graph.ports import GraphStore
from graph.stores import open_store
from graph.stores.embedded import supervisor

LOAD_NODES, LOAD_RELATIONS = 200_000, 2_000_000
UPSERT_NODES, UPSERT_RELATIONS = 10_000, 50_000
HAND_SIZES = (1_000, 5_000, 10_000, 20_000)
STARTER = Path(__file__).parents[1] / "tests" / "neo4j_server" / "starter.py"


def write(store: GraphStore, batch: Batch, *, bulk: bool) -> None:
    """One run, from begin to complete."""
    run = store.begin_run("ingest", "bench", uuid.uuid4().hex)
    (store.load if bulk else store.write)(run, batch)
    store.complete_run(run)


def embedded(action: Callable[[GraphStore, Path], Any]) -> Any:
    """Do something with a fresh embedded store."""
    with tempfile.TemporaryDirectory(prefix="atoll-bench-") as name:
        workspace = Path(name)
        store = open_store(f"embedded:{workspace}", workspace=workspace, workspace_id=str(uuid.uuid4()))
        try:
            return action(store, workspace)
        finally:
            store.close()
            supervisor.stop(workspace)


def on_neo4j(action: Callable[[GraphStore, Any], Any]) -> Any:
    """Do something with a fresh Neo4j Community server."""
    spec = importlib.util.spec_from_file_location("starter", STARTER)
    assert spec is not None
    assert spec.loader is not None
    starter = importlib.util.module_from_spec(spec)
    sys.modules["starter"] = starter
    spec.loader.exec_module(starter)
    with tempfile.TemporaryDirectory(prefix="atoll-bench-") as name:
        server = starter.start(Path(name))
        try:
            store = open_store(
                server.url, workspace_id=str(uuid.uuid4()), username=server.username, password=server.password
            )
            try:
                return action(store, server)
            finally:
                store.close()
        finally:
            server.stop()


def driver_of(server: Any) -> neo4j.Driver:
    """The official driver on a started Neo4j."""
    return neo4j.GraphDatabase.driver(server.url, auth=(server.username, server.password))


def load_embedded(batch: Batch, pairs: int) -> Ratio:
    """Our bulk load against ArcadeDB's batch interface."""
    ours: list[float] = []
    peer: list[float] = []
    for _ in range(pairs):
        ours.append(embedded(lambda store, _: seconds(lambda: write(store, batch, bulk=True))))
        with tempfile.TemporaryDirectory(prefix="atoll-bench-") as folder:
            peer.append(load_directly(batch, Path(folder)))
    return Ratio("embedded load", "ArcadeDB's batch interface directly", tuple(ours), tuple(peer), 1.3)


def load_neo4j(batch: Batch, pairs: int) -> Ratio:
    """Our load against the best UNWIND loop, whose list size is tuned on a tenth of the graph first."""

    def by_hand(graph: Batch, size: int) -> float:
        def action(_: GraphStore, server: Any) -> float:
            with driver_of(server) as driver:
                return seconds(lambda: write_by_hand(driver, graph, size, "CREATE"))

        return float(on_neo4j(action))

    relations = batch.relations[0].rows.num_rows
    sample = random_graph(sum(table.rows.num_rows for table in batch.nodes) // 10, relations // 10)
    tuning = {size: by_hand(sample, size) for size in HAND_SIZES}
    best = min(tuning, key=lambda size: tuning[size])
    ours: list[float] = []
    peer: list[float] = []
    for _ in range(pairs):
        ours.append(on_neo4j(lambda store, _: seconds(lambda: write(store, batch, bulk=True))))
        peer.append(by_hand(batch, best))
    return Ratio("Neo4j load", f"UNWIND loop of {best:,} rows (best of {HAND_SIZES})", tuple(ours), tuple(peer), 1.1)


def upsert(name: str, on_fresh_store: Callable[[Callable[[GraphStore, Any], Any]], Any], pairs: int) -> Ratio:
    """Our write against a MERGE loop; half of the nodes and relationships are stored already."""

    def action(store: GraphStore, where: Any) -> tuple[list[float], list[float]]:
        if name == "embedded":
            endpoint = supervisor.ensure_started(where)
            driver = neo4j.GraphDatabase.driver(
                endpoint.bolt_url, auth=(endpoint.writer.username, endpoint.writer.password)
            )
            database: str | None = endpoint.database
        else:
            driver, database = driver_of(where), None
        ours: list[float] = []
        peer: list[float] = []
        for number in range(pairs + 1):  # the first pair warms the server up and is not counted
            graphs = {
                side: random_graph(UPSERT_NODES, UPSERT_RELATIONS, number, f"{side}{number}-") for side in ("a", "b")
            }
            for graph in graphs.values():
                half = Batch(graph.nodes, tuple(_half(relation) for relation in graph.relations))
                write(store, half, bulk=False)
            ours.append(seconds(partial(write, store, graphs["a"], bulk=False)))
            peer.append(seconds(partial(write_by_hand, driver, graphs["b"], 10_000, "MERGE", database)))
        driver.close()
        return ours[1:], peer[1:]

    ours, peer = on_fresh_store(action)
    return Ratio(f"{name} upsert", "MERGE loop of 10,000 rows", tuple(ours), tuple(peer))


def _half(relation: Any) -> Any:
    return type(relation)(
        relation.relation, relation.head_label, relation.tail_label, relation.rows.slice(0, relation.rows.num_rows // 2)
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--scale", type=float, default=1.0, help="share of the 200,000 nodes and 2,000,000 relationships"
    )
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--only", choices=("embedded", "neo4j"))
    parser.add_argument("--quick", action="store_true", help="a twentieth of the graph, one pair")
    options = parser.parse_args()
    scale, pairs = (0.05, 1) if options.quick else (options.scale, options.pairs)
    batch = random_graph(int(LOAD_NODES * scale), int(LOAD_RELATIONS * scale))
    ratios: list[Ratio] = []
    if options.only != "neo4j":
        ratios += [load_embedded(batch, pairs), upsert("embedded", embedded, pairs)]
    if options.only != "embedded":
        ratios += [load_neo4j(batch, pairs), upsert("Neo4j", on_neo4j, pairs)]
    size = f"load of {int(LOAD_NODES * scale):,} nodes and {int(LOAD_RELATIONS * scale):,} relationships"
    report("Stores", ratios, [size, f"upsert of {UPSERT_NODES:,} nodes and {UPSERT_RELATIONS:,} relationships"])


if __name__ == "__main__":
    main()
