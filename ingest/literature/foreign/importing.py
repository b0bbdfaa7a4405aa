"""The import of a foreign graph from file to batch, with its account, its repairs and its quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.errors import InputError
from graph.ontology.model import Batch
from ingest.literature.foreign.batch import to_tables
from ingest.literature.foreign.claims import Claim, make_claim
from ingest.literature.foreign.conformity import conforms
from ingest.literature.foreign.contradictions import ClaimContradiction, contradictions_of
from ingest.literature.foreign.declarations import Declarations, take_declarations
from ingest.literature.foreign.descriptions import Descriptions
from ingest.literature.foreign.direct import take_direct, take_units
from ingest.literature.foreign.entities import Entities
from ingest.literature.foreign.ledger import Fate, QuarantinedTriple
from ingest.literature.foreign.predicates import meaning_of
from ingest.literature.foreign.reading import ForeignGraph, read_foreign
from ingest.literature.foreign.repairs import UNDECLARED_PREDICATE, Repair, Repairs
from ingest.literature.foreign.source import Source
from ingest.literature.foreign.statements import Statement, take_statements
from ingest.literature.foreign.terms import Kind, Term, local_name


@dataclass(frozen=True, slots=True)
class Repaired:
    """A foreign graph after repair, before it is a batch.

    Args:
        graph: As read.
        document: Key of the document that the file becomes.
        claims: Its statements.
        entities: Its terms.
        descriptions: What it says of its terms.
        declarations: What it declares of its predicates.
        contradictions: Pairs of which it says both.
        repairs: What was repaired or flagged.
        mapped: Triples that became something.
        duplicate: Triples that say what another, or the catalogue, says already.
        quarantined: Triples that could not be used.
    """

    graph: ForeignGraph
    document: str
    claims: tuple[Claim, ...]
    entities: Entities
    descriptions: Descriptions
    declarations: Declarations
    contradictions: tuple[ClaimContradiction, ...]
    repairs: tuple[Repair, ...]
    mapped: int
    duplicate: int
    quarantined: tuple[QuarantinedTriple, ...]


@dataclass(frozen=True, slots=True)
class ForeignImport:
    """What an import hands over; ``triples_read = mapped + len(quarantined) + duplicate`` always.

    Args:
        document: Row of the Document node.
        batch: Everything that is written.
        triples_read: Statements of the file, repeated ones counted each time.
        mapped: Triples that became nodes, properties, relationships or declarations.
        quarantined: Triples that could not be used, each with its reason.
        duplicate: Triples that say what another triple, or the catalogue, says already.
        repairs: What was repaired or flagged.
        contradictions: Contradiction nodes.
        unsourced_claims: UnsourcedClaim nodes.
        shacl_conforms: Whether the batch keeps the shapes; None where that was not asked for.
        violations: What it breaks, a line each.
        notes: What the report should say.
        declarations: What the graph declares of its predicates.
    """

    document: dict[str, Any]
    batch: Batch
    triples_read: int
    mapped: int
    quarantined: tuple[QuarantinedTriple, ...]
    duplicate: int
    repairs: tuple[Repair, ...]
    contradictions: int
    unsourced_claims: int
    shacl_conforms: bool | None
    violations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    declarations: Declarations = field(default_factory=Declarations)

    @property
    def quarantined_rows(self) -> tuple[tuple[str, str, str, str], ...]:
        """Subject, predicate, object and reason of each triple that could not be used."""
        return tuple((one.subject, one.predicate, one.object, one.reason) for one in self.quarantined)


def import_foreign(path: Path, *, known: Batch | None = None, validate: bool = True) -> ForeignImport:
    """Read, repair and map a file of RDF.

    Args:
        path: Turtle, N-Triples, JSON-LD or RDF/XML.
        known: What the batch may lead to when it is validated; the catalogue unless given.
        validate: Hold the batch against the SHACL shapes, which takes longer than all the rest.

    Raises:
        InputError: The file cannot be read or parsed, or states nothing.
    """
    repaired = repair(read_foreign(path))
    if not repaired.claims:
        raise InputError(
            f"{path}: {repaired.graph.triples_read:,} triples were read, but none of them states anything of a subject "
            "and an object; expected reified statements or plain triples with predicates such as improves."
        )
    document, batch = to_tables(repaired)
    problems = conforms(batch, known) if validate else ()
    return ForeignImport(
        document=document,
        batch=batch,
        triples_read=repaired.graph.triples_read,
        mapped=repaired.mapped,
        quarantined=repaired.quarantined,
        duplicate=repaired.duplicate,
        repairs=repaired.repairs,
        contradictions=len(repaired.contradictions),
        unsourced_claims=len(repaired.claims),
        shacl_conforms=not problems if validate else None,
        violations=problems,
        notes=_notes(repaired),
        declarations=repaired.declarations,
    )


def to_batch(repaired: Repaired) -> Batch:
    """Document, claims, instances and contradictions of a repaired graph; the same file gives the same batch."""
    return to_tables(repaired)[1]


def repair(graph: ForeignGraph) -> Repaired:
    """Give every triple of a graph its fate, and list what was repaired on the way."""
    source = Source(graph)
    statements = take_statements(source)
    take_units(source, statements)
    statements += take_direct(source, statements)
    declarations = take_declarations(source, {statement.predicate.text for statement in statements})
    _note_undeclared(statements, declarations, source.repairs)
    skipped = {statement.origin for statement in statements if statement.origin is not None}
    skipped |= {Term(Kind.IRI, iri) for iri in declarations.declared}
    entities = Entities(source, statements, skipped)
    descriptions = Descriptions(source, entities)
    claims = tuple(make_claim(statement, entities, source.document, source.repairs) for statement in statements)
    contradictions = tuple(contradictions_of(claims, source.document, source.repairs))
    for at in source.ledger.open_positions():
        subject, predicate, _ = source[at]
        reason = (
            "a literal can be no subject" if subject.is_literal else f"no rule reads the predicate '{predicate.text}'"
        )
        source.ledger.quarantine(at, f"{source.place(subject)}: {reason}")
    ledger = source.ledger
    return Repaired(
        graph,
        source.document,
        claims,
        entities,
        descriptions,
        declarations,
        contradictions,
        source.repairs.listed(),
        ledger.count(Fate.MAPPED),
        ledger.count(Fate.DUPLICATE),
        ledger.quarantined(),
    )


def _note_undeclared(statements: Sequence[Statement], declarations: Declarations, repairs: Repairs) -> None:
    """List the predicates that statements use and the graph declares nowhere, with how they are read."""
    uses: dict[str, int] = {}
    for statement in statements:
        uses[statement.predicate.text] = uses.get(statement.predicate.text, 0) + 1
    for iri, count in uses.items():
        if iri not in declarations.declared:
            meaning = meaning_of(local_name(iri))
            turned = ", ends exchanged" if meaning.inverse else ""
            after = f"{meaning.relation}{turned} (rule: {meaning.rule})"
            repairs.note(UNDECLARED_PREDICATE, iri, local_name(iri), after, count)


def _notes(repaired: Repaired) -> tuple[str, ...]:
    notes = [
        f"{len(repaired.claims):,} statements name no document that was read: they are unsourced claims, "
        "searchable and never evidence."
    ]
    if not any(claim.text for claim in repaired.claims):
        notes.append("No statement gives the sentence it was taken from, so that no polarity could be checked.")
    return tuple(notes)
