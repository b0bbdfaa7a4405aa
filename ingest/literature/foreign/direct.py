"""Plain triples that state something, and units that a graph hangs on the wrong node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ingest.literature.foreign.predicates import meaning_of
from ingest.literature.foreign.source import Source
from ingest.literature.foreign.statements import Statement
from ingest.literature.foreign.terms import DC, DCTERMS, OWL, PROV, RDF, RDFS, SKOS, Kind, Term, local_name
from ingest.literature.foreign.values import UNITS, fits, is_particular, typed

DESCRIBING = (RDF, RDFS, OWL, SKOS, DCTERMS, DC, PROV, "http://xmlns.com/foaf/0.1/", "http://rdfs.org/ns/void#")
"""Vocabularies that describe a graph rather than state something of drives."""

_UNIT = frozenset(("unit", "hasUnit"))


def take_direct(source: Source, statements: Sequence[Statement]) -> list[Statement]:
    """Plain triples that state something; their triples are settled.

    One that a reified statement states as well is a duplicate of it. One whose predicate neither the table nor a rule
    can read is left open.

    Returns:
        Statements without an origin, in the order of the file.
    """
    known = {statement.spo for statement in statements}
    found = []
    for at in source:
        subject, predicate, object_ = source[at]
        if not source.ledger.is_open(at) or predicate.kind is not Kind.IRI or subject.is_literal:
            continue
        if (subject, predicate, object_) in known:
            source.ledger.duplicate(at)
            continue
        name = local_name(predicate.text)
        if predicate.text.startswith(DESCRIBING) or name in _UNIT or not object_.text.strip():
            continue
        if meaning_of(name).rule != "as worded":
            source.ledger.map(at)
            found.append(Statement(None, subject, predicate, object_))
    return found


def take_units(source: Source, statements: Iterable[Statement]) -> None:
    """Give units that stand on a thing to the statements about that thing whose values they fit.

    A graph that says "EC1 has temperature 70" and "EC1 unit C" means the unit of the value. Which value is sure where
    the predicate takes units of one kind and the thing has one unit of that kind, or where the thing has one value and
    one unit; every other unit goes into quarantine.
    """
    values: dict[Term, list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.object.is_literal:
            values[statement.subject].append(statement)
    units: dict[Term, list[int]] = defaultdict(list)
    for at in source:
        if source.ledger.is_open(at) and local_name(source[at].predicate.text) in _UNIT:
            units[source[at].subject].append(at)
    for subject, positions in units.items():
        spelled = {at: source[at].object.text for at in positions}
        for at in positions:
            problem = _give(spelled[at], list(spelled.values()), values[subject])
            if problem:
                source.ledger.quarantine(at, f"{source.place(subject)}: {problem}")
            else:
                source.ledger.map(at)


def _give(unit: str, all_units: Sequence[str], values: Sequence[Statement]) -> str | None:
    """Give a unit to the values it is of; the problem where that is not sure."""
    if unit.strip().casefold() not in UNITS:
        return f"'{unit}' is no unit that is known" if unit.strip() else "the unit is empty"
    numbers = [one for one in values if typed(one.object.text) is not None]
    if not numbers:
        return f"unit '{unit}' stands on a thing without a number"
    particular = [one for one in numbers if is_particular(name := _name(one)) and fits(name, unit)]
    if particular:
        for one in particular:
            rivals = {other for other in all_units if fits(_name(one), other)}
            if len(rivals) > 1:
                beside = ", ".join(sorted(rivals - {unit}))
                return f"unit '{unit}' stands beside {beside}: which value has which is not said"
            one.unit = unit
        return None
    if len(numbers) == 1 and len(all_units) == 1 and fits(_name(numbers[0]), unit):
        numbers[0].unit = unit
        return None
    return f"unit '{unit}' fits none of the {len(numbers)} numbers of the thing for sure"


def _name(statement: Statement) -> str:
    return local_name(statement.predicate.text)
