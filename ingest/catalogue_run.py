"""Write the catalogue of attributes and concepts where a store does not have this version of it."""

from __future__ import annotations

import hashlib

from graph.ontology.seed import SOURCE, ontology_batch
from graph.ports import GraphStore


def write_catalogue(store: GraphStore) -> None:
    """Write SMART attributes, metrics, mechanisms and concepts as a run of their own; nothing where they stand there.

    Raises:
        StoreError: The store cannot be reached.
    """
    batch = ontology_batch()
    digest = hashlib.sha256()
    for rows in [*(table.rows for table in batch.nodes), *(table.rows for table in batch.relations)]:
        digest.update(str(rows.to_pylist()).encode())
    inputs = {"source": SOURCE, "fingerprint": digest.hexdigest()}
    if store.query("runs_with_fingerprint", inputs).rows:
        return
    run = store.begin_run("schema", **inputs)
    store.write(run, batch)
    store.complete_run(run)
