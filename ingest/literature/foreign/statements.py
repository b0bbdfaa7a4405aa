"""Statements about statements: subject, predicate and object under a node of their own, with source and confidence."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ingest.literature.foreign.source import Source
from ingest.literature.foreign.terms import DC, DCTERMS, OWL, SKOS, TYPE, Kind, Term, local_name

_PARTS = {
    "subject": "subject",
    "annotatedSource": "subject",
    "predicate": "predicate",
    "annotatedProperty": "predicate",
    "object": "object",
    "objectLiteral": "object",
    "objectValue": "object",
    "annotatedTarget": "object",
}
_TEXTS = frozenset(("source", "quote", "text", "sentence", "evidence", "comment", "value"))
_TYPES = frozenset(("Assertion", "Statement", "Claim"))


@dataclass(slots=True)
class Statement:
    """One statement of a foreign graph.

    Args:
        origin: Node that it stands under; None for a plain triple.
        subject: What it speaks of.
        predicate: IRI of what it says.
        object: What it says it of.
        text: The sentence that the source gives with it; empty where it gives none.
        confidence: The source's own, 0 to 1; None where it gives none.
        document: IRI of the document that the source names.
        unit: Unit of the object, as the source spells it.
        negated: The source denies it.
    """

    origin: Term | None
    subject: Term
    predicate: Term
    object: Term
    text: str = ""
    confidence: float | None = None
    document: str | None = None
    unit: str | None = None
    negated: bool = False
    repairs: list[str] = field(default_factory=list)

    @property
    def spo(self) -> tuple[Term, Term, Term]:
        """What it says, without who says it."""
        return self.subject, self.predicate, self.object


def take_statements(source: Source) -> list[Statement]:
    """Reified statements in the order in which they appear; their triples are settled.

    A statement without, or with two of, subject, predicate or object says nothing that could be kept: all its triples
    go into quarantine.
    """
    found = []
    for subject in source.subjects():
        positions = source.about(subject)
        if (
            not subject.is_literal
            and _is_statement(source, positions)
            and (statement := _take(source, subject, positions)) is not None
        ):
            found.append(statement)
    return found


def _part(source: Source, at: int) -> str | None:
    iri = source[at].predicate.text
    return None if iri.startswith((DCTERMS, DC, SKOS)) else _PARTS.get(local_name(iri))


def _is_statement(source: Source, positions: list[int]) -> bool:
    parts = {part for at in positions if (part := _part(source, at)) is not None}
    if len(parts) >= 2:
        return True
    return any(
        source[at].predicate.text == TYPE
        and not source[at].object.text.startswith(OWL)
        and local_name(source[at].object.text) in _TYPES
        for at in positions
    )


def _take(source: Source, subject: Term, positions: list[int]) -> Statement | None:
    parts: dict[str, list[int]] = {"subject": [], "predicate": [], "object": []}
    others: list[int] = []
    for at in positions:
        part = _part(source, at)
        (others if part is None else parts[part]).append(at)
    reason = _broken(source, parts)
    if reason:
        for at in positions:
            source.ledger.quarantine(at, f"{source.place(subject)}: {reason}")
        return None
    ends = {part: source[at[0]].object for part, at in parts.items()}
    statement = Statement(subject, ends["subject"], ends["predicate"], ends["object"])
    for at in (at[0] for at in parts.values()):
        source.ledger.map(at)
    for at in others:
        problem = _detail(statement, source[at].predicate.text, source[at].object)
        if problem:
            source.ledger.quarantine(at, f"{source.place(subject)}: {problem}")
        else:
            source.ledger.map(at)
    return statement


def _broken(source: Source, parts: dict[str, list[int]]) -> str | None:
    for part, positions in parts.items():
        if not positions:
            return f"the statement has no {part}"
        if len(positions) > 1:
            return f"the statement has {len(positions)} {part}s, expected one"
    if source[parts["subject"][0]].object.is_literal:
        return "the subject of the statement is a literal, expected an IRI"
    if source[parts["predicate"][0]].object.kind is not Kind.IRI:
        return "the predicate of the statement is no IRI"
    if not source[parts["object"][0]].object.text.strip():
        return "the object of the statement is empty"
    return None


def _detail(statement: Statement, predicate: str, value: Term) -> str | None:
    """Keep what else is said of a statement; the problem where it cannot be kept."""
    name = local_name(predicate)
    if predicate == TYPE:
        return None
    if name == "confidence":
        number = _number(value)
        if number is None or not 0 <= number <= 1:
            return f"confidence '{value.text}' is no number from 0 to 1"
        if statement.confidence is not None:
            return "the statement has a confidence already"
        statement.confidence = number
    elif name in _TEXTS and value.is_literal:
        if statement.text:
            return "the statement has a source text already"
        if not value.text.strip():
            return "the source text is empty"
        statement.text = value.text
    elif name in _TEXTS or name == "wasDerivedFrom":
        if statement.document:
            return "the statement names a document already"
        statement.document = value.text
    elif name in ("unit", "hasUnit") and statement.unit is None:
        statement.unit = local_name(value.text) if value.kind is Kind.IRI else value.text
    elif name == "negated" and value.text in ("true", "false", "1", "0"):
        statement.negated = value.text in ("true", "1")
    else:
        return f"no rule reads '{name}' of a statement"
    return None


def _number(value: Term) -> float | None:
    try:
        number = float(value.text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
