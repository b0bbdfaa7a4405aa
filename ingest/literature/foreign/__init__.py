"""Foreign RDF: read safely, repaired with every repair listed, and written as claims without a source."""

from __future__ import annotations

from ingest.literature.foreign.formats import is_foreign
from ingest.literature.foreign.importing import ForeignImport, import_foreign, repair, to_batch
from ingest.literature.foreign.ledger import QuarantinedTriple
from ingest.literature.foreign.reading import ForeignGraph, read_foreign
from ingest.literature.foreign.repairs import Repair

__all__ = [
    "ForeignGraph",
    "ForeignImport",
    "QuarantinedTriple",
    "Repair",
    "import_foreign",
    "is_foreign",
    "read_foreign",
    "repair",
    "to_batch",
]
