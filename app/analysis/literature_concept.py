"""One concept: what works state of it, for and against, counted in works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.analysis.literature_claims import Claim, claims_of, works_by_side
from app.analysis.results import Jsonable
from graph.errors import InputError, nearest
from graph.ontology import smart
from graph.ontology.concepts import concepts as field_concepts
from graph.ports import GraphStore

MOST_CLAIMS = 2000
MOST_OF_ATTRIBUTE = 1000
MOST_UNSOURCED = 200


@dataclass(frozen=True, slots=True)
class ConceptRow(Jsonable):
    """One concept, or attribute, in a list.

    Args:
        key: Of the concept.
        label: Its label in the graph.
        name: As shown.
        works: Works that speak of it.
        evidence_works: Works whose statements count as evidence.
        assertions: Statements about it.
        first_year: Of the earliest of these works.
        last_year: Of the latest.
    """

    key: str
    label: str
    name: str
    works: int
    evidence_works: int
    assertions: int
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class UnsourcedRow(Jsonable):
    """A foreign statement that names no document: never evidence."""

    key: str
    statement: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Effect(Jsonable):
    """What helps against a mechanism or betters a metric.

    Args:
        key: Of the mitigation (or whatever is said to help).
        label: Its label.
        name: As shown.
        low: Smallest stated effect, in ``unit``; None where no size is stated.
        high: Largest stated effect.
        unit: QUDT name.
        conditions: Under which circumstances, as worded.
        works: Works that say so.
        evidence_works: Works whose statements count as evidence.
        example: The statement with the highest confidence.
    """

    key: str
    label: str
    name: str
    low: float | None
    high: float | None
    unit: str | None
    conditions: list[str]
    works: int
    evidence_works: int
    example: str


@dataclass(frozen=True, slots=True)
class ConceptDescription(Jsonable):
    """One concept with the claims about it.

    Args:
        key: Of the concept.
        label: Its label: Metric, Mechanism, Mitigation, Condition, Component, Concept, Instance or SmartAttribute.
        name: As shown.
        description: One sentence, where there is one.
        aliases: Other names in use.
        attributes: Keys of the SMART attributes joined to it.
        about: Of a SMART attribute: the metric and mechanism, by key, through which claims concern it.
        works: Works that speak of it.
        evidence_works: Works whose statements count as evidence.
        first_year: Of the earliest work.
        last_year: Of the latest work.
        works_by_side: Works by side: for, against, no effect.
        is_contested: Some of the claims contradict others.
        claims: Evidence first, then by confidence.
        mitigations: Of mechanisms and metrics: what is said to help, with the size of the effect.
        unsourced: Foreign statements without a document, kept apart.
        store_version: Version read.
    """

    key: str
    label: str
    name: str
    description: str | None
    aliases: list[str]
    attributes: list[str]
    about: dict[str, str]
    works: int
    evidence_works: int
    first_year: int | None
    last_year: int | None
    works_by_side: dict[str, int]
    is_contested: bool
    claims: list[Claim]
    mitigations: list[Effect]
    unsourced: list[UnsourcedRow]
    store_version: int

    def of_side(self, side: str) -> list[Claim]:
        """Claims that take a side, evidence first."""
        return [claim for claim in self.claims if claim.side == side]


def concepts(store: GraphStore) -> list[ConceptRow]:
    """Concepts and attributes that assertions speak of, most works first."""
    return [
        ConceptRow(
            row["concept"], row["label"], str(row["name"]), row["works"], row["evidence_works"], row["assertions"],
            row["first_year"], row["last_year"],
        )
        for row in store.query("literature_concepts").records()
    ]  # fmt: skip


def describe_concept(store: GraphStore, identity: str) -> ConceptDescription:
    """Describe one concept, attribute or instance.

    Args:
        store: The graph.
        identity: Key, name or alias; case does not matter.

    Raises:
        InputError: There is no such concept.
    """
    version = store.version()
    key = resolve_concept(store, identity)
    record = store.query("literature_concept", {"concept": key}).records()[0]
    if record["label"] == "SmartAttribute":  # what it measures and points to is what papers speak of
        records = store.query("evidence_for_attribute", {"attribute": key, "limit": MOST_OF_ATTRIBUTE}).records()
    else:
        records = store.query("claims_of_concept", {"concept": key, "limit": MOST_CLAIMS}).records()
    claims = claims_of(store, records)
    about = {row["about"]: str(row["about_name"]) for row in records if row.get("about", key) != key}
    unsourced = store.query("unsourced_claims_of_concept", {"concept": key, "limit": MOST_UNSOURCED}).records()
    years = [claim.year for claim in claims if claim.year]
    helps = [
        row for target in (key, *about) for row in store.query("mitigations_with_effects", {"target": target}).records()
    ]
    return ConceptDescription(
        key=key,
        label=record["label"],
        name=str(record["name"]),
        description=record["description"],
        aliases=sorted({*(record["aliases"] or ()), *record["merged"]}, key=str.casefold),
        attributes=list(record["attributes"]),
        about=about,
        works=len({claim.source for claim in claims}),
        evidence_works=len({claim.source for claim in claims if claim.is_evidence}),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        works_by_side=works_by_side(claims),
        is_contested=any(claim.contradictions for claim in claims),
        claims=claims,
        mitigations=[_effect(row) for row in helps],
        unsourced=[UnsourcedRow(row["claim"], str(row["statement"]), row["text"]) for row in unsourced],
        store_version=version,
    )


def resolve_concept(store: GraphStore, identity: str) -> str:
    """Key of the concept, attribute or instance that a key, name or alias means.

    Raises:
        InputError: There is none; names the nearest.
    """
    given = identity.strip()
    if ":" in given and store.query("literature_concept", {"concept": given}).rows:
        return given
    names: dict[str, str] = {}
    for concept in field_concepts():
        for name in (concept.name, *concept.aliases):
            names.setdefault(name.casefold(), concept.key)
    for attribute in smart.attributes():
        names.setdefault(attribute.name.casefold(), attribute.key)
    key = names.get(given.casefold())
    if key and store.query("literature_concept", {"concept": key}).rows:
        return key
    found = store.query("literature_search", {"text": given, "limit": 100}).records() if given else []
    for row in found:
        if row["kind"] == "concept" and str(row["name"]).casefold() == given.casefold():
            return str(row["key"])
    choices = [concept.name for concept in field_concepts()] + list(names.values())
    raise InputError(
        f"Concept '{identity}': the graph holds none with this key, name or alias.{nearest(given, choices)} "
        "Concepts come with the first ingest; see the Literature page for those that papers speak of."
    )


def _effect(row: dict[str, Any]) -> Effect:
    return Effect(
        row["mitigation"], row["label"], str(row["name"]), row["low"], row["high"], row["unit"],
        [text for text in row["conditions"] if text], row["works"], row["evidence_works"], str(row["example"]),
    )  # fmt: skip
