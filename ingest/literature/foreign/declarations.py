"""What a foreign graph declares of its predicates: that they exist, and which classes they join."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from ingest.literature.foreign.names import comparable
from ingest.literature.foreign.source import Source
from ingest.literature.foreign.terms import OWL, RDF, RDFS, TYPE, Kind, Term, local_name

_AXIOM = OWL + "Axiom"
_COMMENT = RDFS + "comment"
_DOMAIN, _RANGE = RDFS + "domain", RDFS + "range"
_PROPERTY_TYPES = frozenset(
    (RDF + "Property", *(OWL + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")))
)
_WORDS = frozenset((RDFS + "label", RDFS + "comment"))
_WRITTEN = re.compile(r"^\s*(\S+)\s+rdfs:domain\s+(.+?)\s*;\s*rdfs:range\s+(.+?)\s*\.?\s*$")


@dataclass(slots=True)
class Declarations:
    """Declared predicates of a graph.

    Args:
        declared: IRIs of the predicates that are declared with a type.
        joins: By IRI of a predicate, the pairs of domain and range that are declared, with how often.
        words: By IRI of a predicate, its labels and comments.
    """

    declared: set[str] = field(default_factory=set)
    joins: dict[str, dict[tuple[str, str], int]] = field(default_factory=lambda: defaultdict(dict))
    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def take_declarations(source: Source, used: Iterable[str]) -> Declarations:
    """Declarations of predicates, as triples or written out in the comments of axioms; their triples are settled.

    An axiom's comment that declares what an earlier one declares is a duplicate. One whose predicate, domain or range
    is not in the graph, or is the name of several classes, goes into quarantine.

    Args:
        source: The graph.
        used: IRIs of the predicates that statements use.
    """
    found = Declarations()
    axioms: list[Term] = []
    for at in source:
        subject, predicate, object_ = source[at]
        if not source.ledger.is_open(at):
            continue
        if predicate.text == TYPE and object_.text in _PROPERTY_TYPES and subject.kind is Kind.IRI:
            found.declared.add(subject.text)
            source.ledger.map(at)
        elif predicate.text in (_DOMAIN, _RANGE):
            pair = (object_.text, "") if predicate.text == _DOMAIN else ("", object_.text)
            found.joins[subject.text][pair] = found.joins[subject.text].get(pair, 0) + 1
            source.ledger.map(at)
        elif predicate.text == TYPE and object_.text == _AXIOM:
            axioms.append(subject)
    for iri in sorted(found.declared):
        for at in source.about(Term(Kind.IRI, iri)):
            if source.ledger.is_open(at) and source[at].predicate.text in _WORDS and source[at].object.is_literal:
                found.words[iri].append(source[at].object.text)
                source.ledger.map(at)
    if axioms:
        names = _Names(source, {*used, *found.declared})
        for axiom in axioms:
            _take_axiom(source, axiom, names, found)
    return found


class _Names:
    """Predicates and classes of a graph by what a comment calls them."""

    def __init__(self, source: Source, predicates: set[str]) -> None:
        self.predicates = {local_name(iri): iri for iri in sorted(predicates)}
        self._classes: dict[str, set[str]] = defaultdict(set)
        for iri in _classes(source):
            steps = [comparable(step) for step in unquote(iri, errors="replace").split("/")]
            for start in range(len(steps)):
                self._classes["/".join(steps[start:])].add(iri)

    def of_class(self, written: str) -> tuple[str | None, str]:
        """IRI of the class that a comment names; else None and what is wrong."""
        if written.startswith("xsd:"):
            return f"http://www.w3.org/2001/XMLSchema#{written[4:]}", ""
        if written.startswith(("owl:", "rdfs:")):
            return (OWL if written.startswith("owl:") else RDFS) + written.partition(":")[2], ""
        found = self._classes.get("/".join(comparable(step) for step in unquote(written).split("/")), set())
        if len(found) == 1:
            return next(iter(found)), ""
        return None, "names no class of the graph" if not found else f"names {len(found)} classes of the graph"


def _classes(source: Source) -> set[str]:
    """IRIs used as classes, with the classes above them where the IRIs are paths."""
    direct = {
        source[at].object.text
        for at in source
        if source[at].object.kind is Kind.IRI
        and (source[at].predicate.text in (TYPE, RDFS + "isDefinedBy", RDFS + "subClassOf"))
        and not source[at].object.text.startswith((OWL, RDF, RDFS))
    }
    direct |= {
        source[at].subject.text
        for at in source
        if source[at].predicate.text == RDFS + "isDefinedBy" and source[at].subject == source[at].object
    }
    above = set(direct)
    for iri in direct:
        steps = []
        while iri := iri.rpartition("/")[0]:
            steps.append(iri)
            if iri in direct:  # everything between two classes is one as well
                above.update(steps)
    return above


def _take_axiom(source: Source, axiom: Term, names: _Names, found: Declarations) -> None:
    positions = [at for at in source.about(axiom) if source.ledger.is_open(at)]
    comments = [at for at in positions if source[at].predicate.text == _COMMENT]
    others = [at for at in positions if at not in comments and source[at].predicate.text != TYPE]
    for at in others:
        source.ledger.quarantine(
            at, f"{source.place(axiom)}: no rule reads '{local_name(source[at].predicate.text)}' of an axiom"
        )
    fates = []
    for at in comments:
        key, reason = _declared(source[at].object.text, names)
        if key is None:
            source.ledger.quarantine(at, f"{source.place(axiom)}: {reason}")
            fates.append("quarantine")
            continue
        predicate, pair = key
        known = found.joins[predicate]
        fates.append("duplicate" if pair in known else "map")
        (source.ledger.duplicate if pair in known else source.ledger.map)(at)
        known[pair] = known.get(pair, 0) + 1
    for at in positions:
        if source[at].predicate.text != TYPE:
            continue
        if "map" in fates:
            source.ledger.map(at)
        elif "duplicate" in fates:
            source.ledger.duplicate(at)
        else:
            source.ledger.quarantine(at, f"{source.place(axiom)}: the axiom declares nothing that can be used")


def _declared(comment: str, names: _Names) -> tuple[tuple[str, tuple[str, str]] | None, str]:
    """Predicate with domain and range that a comment declares; else None and the reason."""
    written = _WRITTEN.match(comment)
    if not written:
        return None, "the comment of the axiom is not 'predicate rdfs:domain class; rdfs:range class.'"
    name, domain, range_ = written.groups()
    predicate = names.predicates.get(name)
    if predicate is None:
        return None, f"the predicate '{name}' of the axiom is not in the graph"
    pair = []
    for end, text in (("domain", domain), ("range", range_)):
        iri, problem = names.of_class(text)
        if iri is None:
            return None, f"the {end} '{text}' of the axiom {problem}"
        pair.append(iri)
    return (predicate, (pair[0], pair[1])), ""
