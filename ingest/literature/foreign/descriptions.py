"""What a foreign graph says of its terms besides statements: names, classes, comments."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from graph.ontology.catalogue import catalogue
from ingest.literature.extraction.lexicon import concept_of
from ingest.literature.foreign.entities import CLASSES, GENERIC, LABELS, Entities, Entity, named_key
from ingest.literature.foreign.names import clean, comparable
from ingest.literature.foreign.source import Source
from ingest.literature.foreign.terms import DC, DCTERMS, OWL, RDFS, SKOS, TYPE, Term

_TEXTS = frozenset((RDFS + "comment", SKOS + "definition", SKOS + "note", DCTERMS + "description", DC + "description"))
_TITLES = frozenset((DCTERMS + "title", DC + "title", RDFS + "label"))


class Descriptions:
    """Names, concepts and comments by term; all triples about entities are settled while they are collected.

    Attributes:
        title: Title that the graph gives itself.
        aliases: Further names of instances.
        kinds: Keys of the concepts that instances are said to be cases of.
        texts: Comments on instances, and classes that the field has no name for.
    """

    def __init__(self, source: Source, entities: Entities) -> None:
        """Collect what is said of each entity.

        Args:
            source: The graph; what is settled already is left alone.
            entities: Its terms.
        """
        self.title: str | None = None
        self.aliases: dict[Term, dict[str, None]] = defaultdict(dict)
        self.kinds: dict[Term, dict[str, None]] = defaultdict(dict)
        self.texts: dict[Term, dict[str, None]] = defaultdict(dict)
        self._source, self._entities = source, entities
        for subject in source.subjects():
            positions = [at for at in source.about(subject) if source.ledger.is_open(at)]
            if any(
                source[at].predicate.text == TYPE and source[at].object.text == OWL + "Ontology" for at in positions
            ):
                self._take_header(positions)
                continue
            entity = entities.get(subject)
            if entity is None:
                continue
            # Types come before rdfs:isDefinedBy, which repeats them.
            for at in sorted(positions, key=lambda at: source[at].predicate.text != TYPE):
                self._take(entity, at)

    def _take_header(self, positions: list[int]) -> None:
        for at in positions:
            predicate, value = self._source[at].predicate.text, self._source[at].object
            if predicate in _TITLES and value.is_literal and self.title is None and clean(value.text):
                self.title = clean(value.text)
                self._source.ledger.map(at)
            elif predicate == TYPE:
                self._source.ledger.map(at)

    def _take(self, entity: Entity, at: int) -> None:
        _, predicate, value = self._source[at]
        if predicate.text in LABELS and value.is_literal:
            self._take_label(entity, at, clean(value.text))
        elif predicate.text in CLASSES and not value.is_literal:
            self._take_class(entity, at, value)
        elif predicate.text in _TEXTS and value.is_literal:
            self._take_text(entity, at, clean(value.text))

    def _take_label(self, entity: Entity, at: int, label: str) -> None:
        if not label:
            self._refuse(entity, at, "the label is empty")
        elif entity.concept is not None:
            if named_key(label) == entity.concept:
                self._source.ledger.duplicate(at)
            else:
                what = f"'{_short(label)}' is no known name of '{entity.concept}'"
                self._refuse(entity, at, f"{what}; a foreign graph does not name concepts")
        elif label in self.aliases[entity.term]:
            self._source.ledger.duplicate(at)
        else:
            self.aliases[entity.term][label] = None
            self._source.ledger.map(at)

    def _take_class(self, entity: Entity, at: int, value: Term) -> None:
        ledger = self._source.ledger
        if value.text in GENERIC:
            ledger.map(at)
        elif value == entity.term:
            ledger.map(at)  # an IRI that is defined by itself is declared thereby, and became what it names
        elif entity.concept is not None:
            kind = self._entities[value].concept if self._entities.get(value) else None
            if kind is not None and (kind == entity.concept or (entity.concept, kind) in _broader()):
                ledger.duplicate(at)
            else:
                self._refuse(entity, at, f"what '{entity.concept}' is a case of is not for a foreign graph to say")
        else:
            self._take_kind(entity, at, value)

    def _take_kind(self, entity: Entity, at: int, value: Term) -> None:
        """A class of an instance: a concept where the field has a name for it, else words."""
        found = self._entities.get(value)
        if found is not None and found.concept is not None and concept_of(found.concept) is not None:
            place, what = self.kinds[entity.term], found.concept
        else:
            name = found.name if found is not None else value.text
            place, what = self.texts[entity.term], f"In its graph a case of {name}."
        if what in place:
            self._source.ledger.duplicate(at)
        else:
            place[what] = None
            self._source.ledger.map(at)

    def _take_text(self, entity: Entity, at: int, text: str) -> None:
        if not text:
            self._refuse(entity, at, "the comment is empty")
        elif entity.concept is not None:
            self._refuse(
                entity, at, f"'{entity.concept}' is a concept of the field; a foreign graph does not describe concepts"
            )
        elif text in self.texts[entity.term]:
            self._source.ledger.duplicate(at)
        else:
            self.texts[entity.term][text] = None
            self._source.ledger.map(at)

    def _refuse(self, entity: Entity, at: int, reason: str) -> None:
        self._source.ledger.quarantine(at, f"{self._source.place(entity.term)}: {reason}")


@cache
def _broader() -> frozenset[tuple[str, str]]:
    return frozenset(
        (head, tail)
        for relation, *_, pairs in catalogue()["relations"]
        if relation == "BROADER"
        for head, tail in pairs
    )


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def other_names(entity: Entity, aliases: dict[str, None]) -> list[str]:
    """Names of an instance besides the one that is shown."""
    return [alias for alias in aliases if comparable(alias) != comparable(entity.name)]
