"""Literature as a whole: how much there is, what is found by a search, where it is thin, and what helps a drive."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields

from app.analysis.literature_claims import Claim, claims_of, strongest
from app.analysis.results import Jsonable
from graph.ports import GraphStore

MOST_CLAIMS = 2000
BEST = 2
"""Claims shown under a finding."""


@dataclass(frozen=True, slots=True)
class LiteratureCounts(Jsonable):
    """How much literature a graph holds; ``evidence`` counts the assertions that are no candidates."""

    works: int
    documents: int
    passages: int
    assertions: int
    evidence: int
    contradictions: int
    unsourced_claims: int


@dataclass(frozen=True, slots=True)
class SearchHit(Jsonable):
    """What a search found: a work, a concept or an assertion.

    Args:
        kind: work, concept or assertion.
        key: Of what was found.
        label: Of concepts the label; of assertions the key of the work.
        name: Title, name or statement.
        detail: Year of a work, description of a concept, quote of an assertion.
        document: Of assertions.
        page: Of assertions.
    """

    kind: str
    key: str
    label: str | None
    name: str
    detail: str | None
    document: str | None
    page: int | None


@dataclass(frozen=True, slots=True)
class Gap(Jsonable):
    """Where literature is thin: ``no evidence`` at all, or ``one work`` alone."""

    gap: str
    label: str
    key: str
    name: str
    works: int
    assertions: int


@dataclass(frozen=True, slots=True)
class FindingLiterature(Jsonable):
    """What literature says of one finding's attribute.

    Args:
        finding: Key of the finding.
        attribute: Key of the attribute.
        works: Works that speak of it, of the metric it measures or of the mechanism it points to.
        evidence_works: Works whose statements count as evidence.
        best: The strongest claims, evidence first.
    """

    finding: str
    attribute: str
    works: int
    evidence_works: int
    best: list[Claim]


@dataclass(frozen=True, slots=True)
class AttributeEvidence(Jsonable):
    """The strongest claim that an attribute leads to, and the concept by which it does."""

    about: str
    about_name: str
    claim: Claim


def counts(store: GraphStore) -> LiteratureCounts:
    """Count works, documents, passages, assertions, contradictions and unsourced claims."""
    found = {row["kind"]: int(row["number"]) for row in store.query("literature_counts").records()}
    # A kind of which there is nothing may have no row.
    return LiteratureCounts(**{item.name: found.get(item.name, 0) for item in fields(LiteratureCounts)})


def search(store: GraphStore, text: str, limit: int = 8) -> list[SearchHit]:
    """Works, concepts and assertions that contain a text, at most ``limit`` of each kind."""
    wanted = text.strip()
    if not wanted:
        return []
    rows = store.query("literature_search", {"text": wanted, "limit": limit}).records()
    return [
        SearchHit(row["kind"], row["key"], row["label"], str(row["name"]), row["detail"], row["document"], row["page"])
        for row in rows
    ]


def gaps(store: GraphStore) -> list[Gap]:
    """Attributes and mechanisms without evidence, then concepts that one work alone speaks of."""
    rows = store.query("coverage_gaps").records()
    return [
        Gap(row["gap"], row["label"], row["concept"], str(row["name"]), row["works"], row["assertions"]) for row in rows
    ]


def drive_literature(store: GraphStore, drive: str) -> list[FindingLiterature]:
    """What literature says of each open finding of a drive; findings without any are left out.

    Args:
        store: The graph.
        drive: Key of the drive.
    """
    records = store.query("drive_literature", {"drive": drive, "limit": MOST_CLAIMS}).records()
    claims = claims_of(store, records)
    of_finding: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for record, claim in zip(records, claims, strict=True):
        of_finding[record["finding"], record["attribute"]].append(claim)
    return [
        FindingLiterature(
            finding,
            attribute,
            works=len({claim.source for claim in found}),
            evidence_works=len({claim.source for claim in found if claim.is_evidence}),
            best=strongest(found, BEST),
        )
        for (finding, attribute), found in of_finding.items()
    ]


def best_evidence(store: GraphStore, attribute: str) -> AttributeEvidence | None:
    """The strongest claim about an attribute, its metric or its mechanism, where it counts as evidence; else None."""
    records = store.query("evidence_for_attribute", {"attribute": attribute, "limit": 1}).records()
    if not records or not records[0]["evidence"]:
        return None
    return AttributeEvidence(records[0]["about"], str(records[0]["about_name"]), claims_of(store, records)[0])
