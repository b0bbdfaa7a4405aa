"""Claims that papers make, each with its source, and the side it takes where sources differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.analysis.results import Jsonable
from graph.ports import GraphStore
from ingest.literature.contradictions import BAD, GOOD, side_of

FOR, AGAINST, NO_EFFECT = "for", "against", "no effect"
SIDES = (FOR, AGAINST, NO_EFFECT)
NOTE = "summary"
SHORT_TITLE = 40


@dataclass(frozen=True, slots=True)
class Claim(Jsonable):
    """One assertion with its source.

    Args:
        key: Of the assertion.
        statement: As one sentence.
        quote: The verbatim words.
        document: Key of the document that was read.
        document_kind: pdf, text, jats, html, summary …; a summary is Atoll's note on the work.
        work: Key of the work; None where it is not known.
        title: Of the work.
        authors: Of the work, in order.
        year: Of the work.
        page: Page on which the quote begins, from 1; None where the document has no pages.
        section: Heading it stands under.
        start: First character of the quote in the document's text.
        end: Character after its last.
        relation: improves, degrades, causes, mitigates, correlates, no_effect or measured.
        polarity: improves, degrades or none.
        negated: The source denies it.
        hedged: The source says may, can or suggests.
        tier: high or candidate.
        confidence: 0 to 1.
        confidence_parts: What the confidence is made of, ``name=value`` each.
        condition: Circumstances as worded.
        population: Kinds of drives as worded.
        quantity: Size of the effect as worded.
        num_works: Independent works that state the same.
        checked: Of notes: who or what confirmed it.
        subject: Key of what it speaks of, with its label and name.
        subject_label: Label of the subject.
        subject_name: Name of the subject.
        object: Key of what it says something about, with its label and name.
        object_label: Label of the object.
        object_name: Name of the object.
        is_evidence: High tier and, for notes, confirmed; everything else is a candidate.
        contradictions: Keys of the contradictions it takes part in.
        side: ``for`` states it as most works do, ``against`` states the opposite, ``no effect`` reports none.
    """

    key: str
    statement: str
    quote: str
    document: str
    document_kind: str | None
    work: str | None
    title: str | None
    authors: list[str]
    year: int | None
    page: int | None
    section: str | None
    start: int
    end: int
    relation: str
    polarity: str | None
    negated: bool
    hedged: bool
    tier: str
    confidence: float | None
    confidence_parts: list[str]
    condition: str | None
    population: str | None
    quantity: str | None
    num_works: int | None
    checked: str | None
    subject: str
    subject_label: str
    subject_name: str
    object: str
    object_label: str
    object_name: str
    is_evidence: bool
    contradictions: list[str]
    side: str = FOR

    @property
    def source(self) -> str:
        """What support is counted in: the work, or the document where no work is known."""
        return self.work or self.document

    @property
    def is_note(self) -> bool:
        """Read in a note of ours, not in the work itself."""
        return self.document_kind == NOTE


def claims_of(store: GraphStore, records: Iterable[Mapping[str, Any]]) -> list[Claim]:
    """Claims from rows of the literature queries, each with its side.

    Args:
        store: The graph; asked for the other sides of contradictions.
        records: Rows with the columns of ``claims_of_concept``.
    """
    claims = [_claim(record) for record in records]
    contested = sorted({key for claim in claims for key in claim.contradictions})
    leading = _leading_sides(store, contested) if contested else {}
    return [replace(claim, side=_side(claim, leading)) for claim in claims]


def _claim(row: Mapping[str, Any]) -> Claim:
    return Claim(
        key=row["assertion"],
        statement=str(row["statement"]),
        quote=str(row["quote"]),
        document=row["document"],
        document_kind=row["document_kind"],
        work=row["work"],
        title=row["title"],
        authors=list(row["authors"] or ()),
        year=row["year"],
        page=row["page"],
        section=row["section"],
        start=int(row["quote_start"]),
        end=int(row["quote_end"]),
        relation=str(row["relation"]),
        polarity=row["polarity"],
        negated=bool(row["negated"]),
        hedged=bool(row["hedged"]),
        tier=str(row["tier"]),
        confidence=row["confidence"],
        confidence_parts=list(row["confidence_parts"] or ()),
        condition=row["condition"],
        population=row["population"],
        quantity=row["quantity"],
        num_works=row["num_works"],
        checked=row["checked"],
        subject=row["subject"],
        subject_label=row["subject_label"],
        subject_name=str(row["subject_name"]),
        object=row["object"],
        object_label=row["object_label"],
        object_name=str(row["object_name"]),
        is_evidence=bool(row["evidence"]),
        contradictions=list(row["contradictions"] or ()),
    )


def _leading_sides(store: GraphStore, keys: Sequence[str]) -> dict[str, str]:
    """Of each contradiction the side, improves or degrades, that most works take.

    Works with evidence count first, then all works, then the best confidence; where all are equal, improves leads.
    """
    works: dict[tuple[str, str], dict[str, tuple[bool, float]]] = defaultdict(dict)
    for row in store.query("contradictions", {"keys": list(keys), "limit": 5000}).records():
        if row["side"] in (GOOD, BAD):
            source = row["work"] or row["document"]
            sure, best = works[row["contradiction"], row["side"]].get(source, (False, 0.0))
            confidence = max(best, row["assertion_confidence"] or 0.0)
            works[row["contradiction"], row["side"]][source] = (sure or bool(row["evidence"]), confidence)

    def weight(key: str, side: str) -> tuple[int, int, float]:
        sources = works[key, side].values()
        return sum(sure for sure, _ in sources), len(sources), max((best for _, best in sources), default=0.0)

    return {key: BAD if weight(key, BAD) > weight(key, GOOD) else GOOD for key in keys}


def _side(claim: Claim, leading: Mapping[str, str]) -> str:
    if claim.negated or claim.relation == "no_effect":
        return NO_EFFECT
    stated = side_of(claim.relation, claim.polarity, negated=claim.negated)
    against = stated and any(leading[key] != stated for key in claim.contradictions)
    return AGAINST if against else FOR


def works_by_side(claims: Iterable[Claim]) -> dict[str, int]:
    """Works that take each side; a work counts once a side, however many sentences it gives to it."""
    sources: dict[str, set[str]] = {side: set() for side in SIDES}
    for claim in claims:
        sources[claim.side].add(claim.source)
    return {side: len(found) for side, found in sources.items()}


def strongest(claims: Sequence[Claim], count: int) -> list[Claim]:
    """The best claims: evidence first, then by confidence, and of different works before two of one."""
    ordered = sorted(claims, key=lambda claim: (not claim.is_evidence, -(claim.confidence or 0.0), claim.key))
    first_of_work: dict[str, Claim] = {}
    for claim in ordered:
        first_of_work.setdefault(claim.source, claim)
    firsts = list(first_of_work.values())
    rest = [claim for claim in ordered if claim not in firsts]
    chosen = [*firsts, *rest][:count]
    return sorted(chosen, key=ordered.index)


def short_name(title: str | None, authors: Sequence[str], year: int | None) -> str:
    """How a work is cited in a line: ``Lindqvist and Oyelaran 2021``, ``Chen et al. 2019``, else its title, cut."""
    families = [author.split()[-1] for author in authors if author.strip()]
    if not families:
        named = title or "Untitled"
        name = named if len(named) <= SHORT_TITLE else named[: SHORT_TITLE - 1].rstrip() + "…"
    elif len(families) <= 2:
        name = " and ".join(families)
    else:
        name = f"{families[0]} et al."
    return f"{name} {year}" if year else name
