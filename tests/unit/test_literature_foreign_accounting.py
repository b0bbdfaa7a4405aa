"""Every triple of a foreign graph has exactly one fate, whatever the graph says."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.ontology.model import Batch
from ingest.literature.foreign import ForeignGraph, repair, to_batch
from ingest.literature.foreign.ledger import Fate, Ledger
from ingest.literature.foreign.terms import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, Kind, Term, Triple

NS = "http://example.org/g#"
PREDICATES = [
    *(NS + name for name in ("subject", "predicate", "object", "objectLiteral", "confidence", "unit", "improves")),
    *(NS + name for name in ("degradedBy", "hasTemperature", "hasQueueDepth", "oddly", "reduces", "negated")),
    *(RDF + name for name in ("type", "subject", "predicate", "object")),
    *(RDFS + name for name in ("label", "comment", "isDefinedBy", "subClassOf", "domain", "range")),
    *(OWL + name for name in ("annotatedSource", "annotatedProperty", "annotatedTarget", "sameAs")),
    *(DCTERMS + name for name in ("source", "title", "subject")),
    SKOS + "broader",
]
THINGS = [
    *(NS + name for name in ("E1_SSD", "E2_EC1", "E2_Other", "E1_GC", "Assertion", "improves", "s1", "s2")),
    "http://example.org/tax/SSD/I/O%2520Scheduler",
    "http://example.org/tax/SSD/I/O%20Scheduler",
    "http://example.org/tax/SSD",
    *(OWL + name for name in ("Thing", "Axiom", "ObjectProperty", "Ontology")),
    RDF + "Statement",
]
iris = st.sampled_from(THINGS).map(lambda iri: Term(Kind.IRI, iri))
blanks = st.integers(1, 3).map(lambda number: Term(Kind.BLANK, f"_:b{number}"))
literals = st.builds(
    Term,
    st.just(Kind.LITERAL),
    st.one_of(
        st.sampled_from(
            (
                "0.9",
                "1.7",
                "1e999",
                "9 to 1",
                "25",
                "C",
                "4KB",
                "true",
                "",
                " ",
                "improves rdfs:domain SSD; rdfs:range SSD.",
                "latency drops",
            )
        ),
        st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace").decode()),
    ),
    st.sampled_from(("", XSD + "string", XSD + "decimal")),
    st.sampled_from(("", "en")),
)
triples = st.builds(
    Triple,
    st.one_of(iris, blanks, literals),
    st.sampled_from(PREDICATES).map(lambda iri: Term(Kind.IRI, iri)),
    iris | blanks | literals,
)


@st.composite
def graphs(draw: st.DrawFn) -> list[Triple]:
    """Random triples, some of them whole statements, in any order."""
    found = draw(st.lists(triples, max_size=20))
    for number in range(draw(st.integers(0, 4))):
        origin = Term(Kind.IRI, f"{NS}statement{number}")
        verb = Term(
            Kind.IRI, NS + draw(st.sampled_from(("improves", "degradedBy", "hasTemperature", "reduces", "oddly")))
        )
        subject, object_ = draw(iris | blanks), draw(iris | blanks | literals)
        for part, value in (("subject", subject), ("predicate", verb), ("object", object_)):
            found.append(Triple(origin, Term(Kind.IRI, NS + part), value))
        if draw(st.booleans()):
            found.append(Triple(origin, Term(Kind.IRI, DCTERMS + "source"), draw(literals)))
        if draw(st.booleans()):
            found.append(Triple(subject, verb, object_))
    return draw(st.permutations(found))


def graph_of(*found: Triple) -> ForeignGraph:
    return ForeignGraph(Path("random.ttl"), "Turtle", "0" * 64, 1, tuple(found))


def as_json(batch: Batch) -> str:
    tables = [(table.label, table.rows.to_pylist()) for table in batch.nodes]
    relations = [
        (table.relation, table.head_label, table.tail_label, table.rows.to_pylist()) for table in batch.relations
    ]
    return json.dumps([tables, relations], ensure_ascii=True, default=str)


@settings(max_examples=400, deadline=None)
@given(graphs())
def test_every_triple_of_any_graph_has_exactly_one_fate(found: list[Triple]) -> None:
    repaired = repair(graph_of(*found))
    assert len(found) == repaired.mapped + repaired.duplicate + len(repaired.quarantined)
    assert all(
        row.reason.startswith("random.ttl, ") and len(row.reason) > len("random.ttl, <x>: ")
        for row in repaired.quarantined
    )


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_what_stands_there_twice_is_counted_as_duplicate_and_changes_nothing(found: list[Triple]) -> None:
    once, twice = repair(graph_of(*found)), repair(graph_of(*found, *found))
    assert once.mapped == twice.mapped
    assert len(once.quarantined) == len(twice.quarantined)
    assert twice.duplicate == once.duplicate + len(found)
    assert as_json(to_batch(once)) == as_json(to_batch(twice))


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_keys_are_unique_and_relationships_lead_to_nodes_of_the_batch_or_the_catalogue(found: list[Triple]) -> None:
    from graph.ontology.catalogue import catalogue

    repaired = repair(graph_of(*found))
    batch = to_batch(repaired)
    keys = [(table.label, key) for table in batch.nodes for key in table.rows.column("key").to_pylist()]
    assert len(keys) == len(set(keys))
    there = set(keys) | {(label, row["key"]) for label, rows in catalogue()["nodes"].items() for row in rows}
    for table in batch.relations:
        for row in table.rows.to_pylist():
            assert (table.head_label, row["head"]) in there
            assert (table.tail_label, row["tail"]) in there
    claims = [key for label, key in keys if label == "UnsourcedClaim"]
    assert len(claims) == len(repaired.claims)
    for relation in ("HAS_SUBJECT", "HAS_OBJECT"):
        heads = [
            row["head"] for table in batch.relations if table.relation == relation for row in table.rows.to_pylist()
        ]
        assert len(heads) == len(set(heads))
    assert not [label for label, _ in keys if label in ("Assertion", "Concept", "Metric")]


def test_a_settled_triple_cannot_be_settled_again() -> None:
    ledger = Ledger(graph_of(Triple(Term(Kind.IRI, "a"), Term(Kind.IRI, "b"), Term(Kind.IRI, "c"))).triples)
    ledger.quarantine(0, "place: reason")
    with pytest.raises(AssertionError, match="QUARANTINED already"):
        ledger.map(0)
    assert ledger.count(Fate.QUARANTINED) == 1
