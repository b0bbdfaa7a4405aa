"""What an ingest of literature did, for people and for scripts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class LiteratureReport:
    """What one ingest read; counts are of the documents that were named, stored now or before.

    Args:
        documents: Documents read, or known already with the same content.
        works: Works that they render or summarise.
        passages: Passages of their texts.
        assertions: Assertions found in them.
        high: Assertions of the high tier, the ones that are evidence.
        unsourced_claims: Statements of foreign graphs, which name no document.
        quarantined: Files, statements and triples that could not be used.
        contradictions: Contradictions in which these documents take part.
        triples_read: Triples of foreign graphs: mapped, quarantined or duplicate.
        mapped: Triples that became part of the graph.
        duplicate: Triples that say what another one says.
        repairs: Repairs of foreign graphs.
        repairs_by_kind: The same by kind.
        shacl_conforms: Whether what was written keeps the shapes; None where nothing was checked.
        pages: Pages of the documents that have pages.
        seconds: From the call to the end.
        new_documents: Documents that the store did not have in this form.
        files_read: Files that were read.
        files_skipped: Files of other kinds that lay beside them.
        quarantine: Path of the quarantine file.
        refused_files: Sentences on files that could not be read.
        rejected_by_reason: Quarantined statements and triples by reason.
        notes: What the reader must be told.
        stopped: Why not everything was read: a limit, or an endpoint that failed; None where all was.
        extractor: Name and version of the extractor.
        cost: What a language model cost, where prices are set.
        tokens: Tokens that a language model used.
        store_version: Version of the store afterwards.
    """

    documents: int = 0
    works: int = 0
    passages: int = 0
    assertions: int = 0
    high: int = 0
    unsourced_claims: int = 0
    quarantined: int = 0
    contradictions: int = 0
    triples_read: int = 0
    mapped: int = 0
    duplicate: int = 0
    repairs: int = 0
    repairs_by_kind: dict[str, int] = field(default_factory=dict)
    shacl_conforms: bool | None = None
    pages: int = 0
    seconds: float = 0.0
    new_documents: int = 0
    files_read: int = 0
    files_skipped: int = 0
    quarantine: str | None = None
    refused_files: list[str] = field(default_factory=list)
    rejected_by_reason: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    stopped: str | None = None
    extractor: str = ""
    cost: float | None = None
    tokens: int = 0
    store_version: int = 0

    def to_json(self) -> dict[str, Any]:
        """All fields, as ``docs/json/ingest-literature-1.json`` describes them."""
        return asdict(self)
