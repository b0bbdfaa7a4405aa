"""What the terms of a foreign graph are here: concepts of the field, SMART attributes, or instances of its document."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from graph.ontology.catalogue import catalogue
from ingest.literature.extraction.lexicon import lookup, named, words
from ingest.literature.foreign.names import clean, comparable, is_placeholder, name_of, number_and_name, spaced
from ingest.literature.foreign.repairs import FLAGGED_INSTANCE, FLAGGED_NAME, SPLIT_INSTANCE, UNITED_NAME, Repairs
from ingest.literature.foreign.source import Source
from ingest.literature.foreign.statements import Statement
from ingest.literature.foreign.terms import OWL, RDF, RDFS, SKOS, TYPE, Kind, Term, local_name

LABELS = frozenset((RDFS + "label", SKOS + "prefLabel", SKOS + "altLabel"))
CLASSES = frozenset((TYPE, RDFS + "isDefinedBy", RDFS + "subClassOf", SKOS + "broader"))
GENERIC = frozenset(
    (
        *(OWL + name for name in ("Thing", "NamedIndividual", "Class")),
        *(RDFS + name for name in ("Class", "Resource")),
        SKOS + "Concept",
    )
)
_MOST_IN_A_SENTENCE = 100  # a text that more terms share is no sentence of a paper
_SMART_ID = re.compile(r"\[ID:\s*(\d{1,3})\]")


@dataclass(slots=True)
class Entity:
    """One term of the graph.

    Args:
        term: Its IRI or blank node, encoded once.
        name: As shown.
        concept: Key of the concept or SMART attribute that it names exactly; None for an instance.
        is_class: The graph uses it as a class.
        classes: Terms that it is said to be a case of.
        is_split: Several papers mean different things by it, so that each sentence has its own.
        repairs: What was repaired or flagged, a line each.
    """

    term: Term
    name: str
    concept: str | None = None
    is_class: bool = False
    classes: list[Term] = field(default_factory=list)
    is_split: bool = False
    repairs: list[str] = field(default_factory=list)


class Entities:
    """All terms that statements or descriptions speak of."""

    def __init__(self, source: Source, statements: Sequence[Statement], skipped: Iterable[Term]) -> None:
        """Name and resolve the terms of a graph.

        Args:
            source: The graph.
            statements: Its statements.
            skipped: Subjects that are no things: statements, axioms, declared predicates.
        """
        self._source = source
        self._by_term: dict[Term, Entity] = {}
        labels: dict[Term, list[str]] = defaultdict(list)
        classes: dict[Term, list[Term]] = defaultdict(list)
        used_as_class: set[Term] = set()
        no_things = set(skipped)
        things: dict[Term, None] = {}
        for at in source:
            subject, predicate, object_ = source[at]
            if subject in no_things or subject.is_literal:
                continue
            if source.ledger.is_open(at):
                things.setdefault(subject)
            if predicate.text in LABELS and object_.is_literal:
                labels[subject].append(object_.text)
            elif predicate.text in CLASSES and not object_.is_literal and not object_.text.startswith((OWL, RDF, RDFS)):
                used_as_class.add(object_)
                if object_ != subject:
                    classes[subject].append(object_)
        for statement in statements:
            things.setdefault(statement.subject)
            if not statement.object.is_literal:
                things.setdefault(statement.object)
        for thing in (*things, *used_as_class):
            if thing not in self._by_term:
                self._by_term[thing] = _entity(thing, labels[thing], classes[thing], thing in used_as_class)
        self._compare_names(source.repairs, things)
        self._part_papers(source.repairs, statements)

    def __getitem__(self, term: Term) -> Entity:
        return self._by_term[term]

    def get(self, term: Term) -> Entity | None:
        """The entity of a term, or None where the term is none."""
        return self._by_term.get(term)

    def _compare_names(self, repairs: Repairs, things: Iterable[Term]) -> None:
        """Terms of one name: united where the field knows the name, else flagged."""
        by_name: dict[str, list[Entity]] = defaultdict(list)
        for thing in things:
            entity = self._by_term[thing]
            by_name[entity.concept or comparable(entity.name)].append(entity)
        for group in by_name.values():
            if len(group) < 2:
                continue
            concept = group[0].concept
            spellings = sorted({entity.name for entity in group})
            shown = spellings[0]
            if concept is not None:
                listed = ", ".join(spellings[:5]) + (", …" if len(spellings) > 5 else "")
                repairs.note(UNITED_NAME, concept, f"{len(group)} IRIs: {listed}", concept, len(group))
                continue
            repairs.note(
                FLAGGED_NAME, shown, f"{len(group)} IRIs", "kept apart: nothing says that they are one", len(group)
            )
            for entity in group:
                entity.repairs.append(f"{FLAGGED_NAME}: the graph has {len(group)} terms of this name")

    def _part_papers(self, repairs: Repairs, statements: Sequence[Statement]) -> None:
        """Find what several papers share. See docs/foreign-rdf.md for what counts as evidence."""
        contexts: dict[str, list[Entity]] = defaultdict(list)
        uses: dict[int, int] = defaultdict(int)
        by_id: dict[int, Entity] = {}
        where: dict[int, set[str]] = defaultdict(set)
        for statement in statements:
            context = context_of(statement)
            for term in (statement.subject, statement.object):
                entity = None if term.is_literal else self._by_term[term]
                if entity is None or entity.concept is not None or entity.is_class:
                    continue
                by_id[id(entity)] = entity
                uses[id(entity)] += 1
                where[id(entity)].add(context)
                contexts[context].append(entity)
        beside = _numbers_beside(contexts)
        for number, entity in by_id.items():
            if len(where[number]) < 2:
                continue
            count, local = len(where[number]), local_name(entity.term.text)
            clash = next(((n, names) for n, names in sorted(beside[number].items()) if len(names) > 1), None)
            class_names = [self._by_term[term].name for term in entity.classes if term in self._by_term]
            if clash is not None:
                why = f"stands beside E{clash[0]} of {len(clash[1])} names"
            elif is_placeholder(entity.name, class_names):
                why = "its name is one that every paper has"
            else:
                repairs.note(FLAGGED_INSTANCE, entity.term.text, local, "paper unknown", uses[number])
                entity.repairs.append(f"{FLAGGED_INSTANCE}: paper unknown, {count} sentences speak of it")
                continue
            entity.is_split = True
            repairs.note(
                SPLIT_INSTANCE, entity.term.text, local, f"one for each of {count} sentences: {why}", uses[number]
            )
            entity.repairs.append(f"{SPLIT_INSTANCE}: shared by {count} sentences of unknown papers, {why}")


def context_of(statement: Statement) -> str:
    """What two statements share if they surely stand in the same paper: their sentence, else only themselves."""
    return statement.text or (statement.origin.text if statement.origin else repr(statement.spo))


def _numbers_beside(contexts: dict[str, list[Entity]]) -> dict[int, dict[str, set[str]]]:
    """By entity, the names by number of the terms that share a sentence with it.

    A paper counts its terms E1, E2, …, so that a term which stands beside two different E2 stands in two papers.
    """
    beside: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for entities in contexts.values():
        here = {id(entity): entity for entity in entities}
        if len(here) > _MOST_IN_A_SENTENCE:
            continue
        numbered = {one: found for one, entity in here.items() if (found := number_and_name(entity.term.text))}
        for one in here:
            for other, (number, name) in numbered.items():
                if other != one:
                    beside[one][number].add(name)
    return beside


def _entity(term: Term, labels: list[str], classes: list[Term], is_class: bool) -> Entity:
    name = name_of(term.text, labels) if term.kind is Kind.IRI else (clean(min(labels)) if labels else term.text)
    return Entity(term, name or term.text, named_key(name), is_class, classes)


def named_key(name: str) -> str | None:
    """Key of the SMART attribute or concept that a name names exactly; None where the field has no such name."""
    if found := _SMART_ID.search(name):
        key = f"smart:ata:{int(found.group(1))}"
        if key in _smart_keys():
            return key
        name = name[: found.start()]
    concept = named(words(name))
    return concept.key if concept else None


def kind_of(name: str) -> str | None:
    """Key of the concept that a name is a case of by its head: ``Zork_SSD_1`` is an SSD, ``EC1`` is only a code."""
    return lookup(spaced(re.sub(r"[\s_#-]+\d+$", "", name)))


@cache
def _smart_keys() -> frozenset[str]:
    return frozenset(row["key"] for row in catalogue()["nodes"]["SmartAttribute"])
