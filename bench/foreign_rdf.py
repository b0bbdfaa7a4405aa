"""A foreign graph from file to batch, against rdflib only parsing the same file.

``python -m bench.foreign_rdf [PATH] [--pairs N] [--quick]``; PATH defaults to
``../shared/data/koral-literature.ttl``. Ours reads, repairs and maps the file to the batch that would be written; the
peer is ``rdflib.Graph().parse``, which indexes the triples and does nothing else. Both run in this process and are
timed in processor seconds. Validation against the SHACL shapes is timed by itself, since it is pyshacl's.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rdflib import Graph

from bench.timing import paired, report
from ingest.literature.foreign import import_foreign, read_foreign
from ingest.literature.foreign.repairs import by_kind

DEFAULT = Path("../shared/data/koral-literature.ttl")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--quick", action="store_true", help="three pairs, no validation")
    options = parser.parse_args()
    if not options.path.exists():
        sys.exit(f"{options.path}: not there; name a file of RDF")
    pairs = 3 if options.quick else options.pairs
    path = options.path
    imported = import_foreign(path, validate=False)
    parsed = len(Graph().parse(path))
    distinct = len(set(read_foreign(path).triples))
    if parsed != distinct:
        sys.exit(f"{path}: rdflib holds {parsed:,} triples, the import read {distinct:,} different ones")

    def peer() -> None:
        Graph().parse(path)

    ratios = [
        paired(name, ours, "rdflib parsing", peer, repeats=pairs, clock=time.process_time)
        for name, ours in (
            ("reading", lambda: read_foreign(path)),
            ("import to the batch", lambda: import_foreign(path, validate=False)),
        )
    ]
    fates = f"{imported.mapped:,} mapped, {imported.duplicate:,} duplicate, {len(imported.quarantined):,} quarantined"
    notes = [
        f"{path.name}: {imported.triples_read:,} triples: {fates}",
        f"repairs: {', '.join(f'{kind} {count}' for kind, count in by_kind(imported.repairs).items())}",
        "times are processor seconds",
    ]
    if not options.quick:
        began = time.process_time()
        conforms = import_foreign(path).shacl_conforms
        notes.append(f"import with validation: {time.process_time() - began:.1f} s, SHACL conforms: {conforms}")
    report("foreign RDF to a batch", ratios, notes)


if __name__ == "__main__":
    main()
