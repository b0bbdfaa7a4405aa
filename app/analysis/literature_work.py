"""One work: its bibliography, its documents, what is asserted in them, and the text of their pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.analysis.literature_claims import Claim, claims_of
from app.analysis.results import Jsonable
from graph.errors import InputError, nearest
from graph.ports import GraphStore

PASSAGES_AT_ONCE = 40
"""Passages shown together of a document that has no pages."""
MOST_CLAIMS = 5000
"""Assertions read of one document: the most that the query gives."""


@dataclass(frozen=True, slots=True)
class WorkRow(Jsonable):
    """One work in a list.

    Args:
        key: Of the work.
        title: Its title.
        authors: In order.
        year: Of publication.
        venue: Journal, conference or publisher.
        doi: Lower case.
        arxiv_id: Without version.
        study_type: field_study, experiment, simulation, survey, standard, vendor, method or unknown.
        documents: Documents of it that were read.
        assertions: Assertions in them.
    """

    key: str
    title: str
    authors: list[str]
    year: int | None
    venue: str | None
    doi: str | None
    arxiv_id: str | None
    study_type: str | None
    documents: int
    assertions: int


@dataclass(frozen=True, slots=True)
class DocumentRow(Jsonable):
    """One document of a work.

    Args:
        key: Of the document.
        kind: pdf, text, jats, html, bibliography, summary or graph.
        path: File that was read.
        num_pages: None where it has none.
        num_characters: Of the stored text.
        checked: Of notes: who confirmed it against the work.
        method: Extractor that read it.
        num_passages: Stretches of its text.
    """

    key: str
    kind: str | None
    path: str | None
    num_pages: int | None
    num_characters: int | None
    checked: str | None
    method: str | None
    num_passages: int


@dataclass(frozen=True, slots=True)
class WorkDescription(Jsonable):
    """One work with all that was read in it.

    Args:
        work: Its bibliography.
        url: Where its publisher has it.
        cited_by: Works of this graph that cite it.
        documents: What was read of it: texts of the work first, then notes.
        claims: Its assertions, by document and in the order of the text.
        store_version: Version read.
    """

    work: WorkRow
    url: str | None
    cited_by: int
    documents: list[DocumentRow]
    claims: list[Claim]
    store_version: int


@dataclass(frozen=True, slots=True)
class PassageRow(Jsonable):
    """One stretch of a document's text, with the keys of the assertions quoted from it."""

    key: str
    kind: str
    section: str | None
    page: int | None
    last_page: int | None
    start: int
    end: int
    text: str
    assertions: list[str] = field(default_factory=list)


def works(store: GraphStore) -> list[WorkRow]:
    """Works of the graph, those with assertions first, by title."""
    return [_work(row, row["documents"], row["assertions"]) for row in store.query("literature_works").records()]


def describe_work(store: GraphStore, identity: str) -> WorkDescription:
    """Describe one work.

    Args:
        store: The graph.
        identity: Key, DOI, arXiv id, title, or key of one of its documents.

    Raises:
        InputError: There is no such work.
    """
    version = store.version()
    key = resolve_work(store, identity)
    rows = store.query("literature_work", {"work": key}).records()
    documents = [
        DocumentRow(
            row["document"], row["document_kind"], row["path"], row["num_pages"], row["num_characters"],
            row["checked"], row["method"], row["num_passages"],
        )
        for row in rows
        if row["document"]
    ]  # fmt: skip
    claims = [claim for document in documents for claim in claims_of_document(store, document.key)]
    return WorkDescription(
        work=_work(rows[0], len(documents), len(claims)),
        url=rows[0]["url"],
        cited_by=int(rows[0]["cited_by"]),
        documents=documents,
        claims=claims,
        store_version=version,
    )


def resolve_work(store: GraphStore, identity: str) -> str:
    """Key of the work that a key, DOI, arXiv id, title or document's key means.

    Raises:
        InputError: There is none; names the nearest title.
    """
    given = identity.strip()
    if given.startswith("document:"):
        for row in store.query("stored_documents", {"keys": [given]}).records():
            if row["work"]:
                return str(row["work"])
    if given.startswith("work:") and store.query("literature_work", {"work": given}).rows:
        return given
    plain = given.lower().removeprefix("https://doi.org/").removeprefix("doi:").removeprefix("arxiv:")
    named = store.query("works_named", {"text": plain}).records() if plain else []
    if named:
        return str(named[0]["work"])
    choices = [name for work in works(store) for name in (work.title, work.doi, work.key) if name]
    raise InputError(
        f"Work '{identity}': the graph holds none with this key, DOI, arXiv id or title.{nearest(given, choices)}"
    )


def claims_of_document(store: GraphStore, document: str) -> list[Claim]:
    """Assertions of a document in the order of its text."""
    return claims_of(store, store.query("claims_of_document", {"document": document, "limit": MOST_CLAIMS}).records())


def passages(store: GraphStore, document: str, page: int | None, part: int = 1) -> list[PassageRow]:
    """Passages of a page, or of one part of a document without pages.

    Args:
        store: The graph.
        document: Key of the document.
        page: From 1; None for a document without pages.
        part: From 1, of ``PASSAGES_AT_ONCE`` passages each; only without pages.
    """
    asked: dict[str, Any] = {"document": document, "page": page}
    if page is None:
        asked |= {"skip": (part - 1) * PASSAGES_AT_ONCE, "limit": PASSAGES_AT_ONCE}
    return [
        PassageRow(
            row["passage"], str(row["kind"]), row["section"], row["page"], row["last_page"],
            int(row["passage_start"]), int(row["passage_end"]), str(row["text"]), list(row["assertions"]),
        )
        for row in store.query("document_page", asked).records()
    ]  # fmt: skip


def _work(row: dict[str, Any], documents: int, assertions: int) -> WorkRow:
    return WorkRow(
        key=row["work"],
        title=str(row["title"] or "Untitled"),
        authors=list(row["authors"] or ()),
        year=row["year"],
        venue=row["venue"],
        doi=row["doi"],
        arxiv_id=row["arxiv_id"],
        study_type=row["study_type"],
        documents=int(documents),
        assertions=int(assertions),
    )
