"""A batch as RDF, for export and for the SHACL shapes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rdflib import RDF, XSD, BNode, Graph, Literal, Namespace, URIRef

from graph.ontology import property_named
from graph.ontology.iri import DEFAULT_BASE, iri
from graph.ontology.model import Batch

ONTOLOGY = Namespace("https://atoll.example/ontology#")


def rdf_graph(batch: Batch, base: str = DEFAULT_BASE) -> Graph:
    """Triples of a batch: a node is an IRI made from its key, a relationship one triple.

    Properties of a relationship stand on an ``rdf:Statement`` about that triple, which has the relationship's type as
    a class too so that shapes can find it. Values keep the type they have; what
    the ontology says about them is for the shapes to judge.

    Args:
        batch: Nodes and relationships.
        base: Base of the IRIs of nodes.

    Raises:
        InputError: A key is empty or an IRI.
    """
    graph = Graph()
    graph.bind("", ONTOLOGY)
    for nodes in batch.nodes:
        for row in nodes.rows.to_pylist():
            subject = URIRef(iri(row["key"], base))
            graph.add((subject, RDF.type, ONTOLOGY[nodes.label]))
            _describe(graph, subject, row)
    for table in batch.relations:
        for row in table.rows.to_pylist():
            head, tail = (URIRef(iri(row.pop(end), base)) for end in ("head", "tail"))
            graph.add((head, ONTOLOGY[table.relation], tail))
            if any(value is not None for value in row.values()):
                statement = BNode()
                graph.add((statement, RDF.type, RDF.Statement))
                graph.add((statement, RDF.type, ONTOLOGY[table.relation]))
                graph.add((statement, RDF.subject, head))
                graph.add((statement, RDF.predicate, ONTOLOGY[table.relation]))
                graph.add((statement, RDF.object, tail))
                _describe(graph, statement, row)
    return graph


def _describe(graph: Graph, subject: URIRef | BNode, row: dict[str, Any]) -> None:
    for name, value in row.items():
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                graph.add((subject, ONTOLOGY[name], _literal(name, item)))


def _literal(name: str, value: Any) -> Literal:
    """Literal of the value's own type; whole numbers fit a float property as they do in the stores."""
    if isinstance(value, bool):
        return Literal(value)
    if isinstance(value, int):
        whole = property_named(name).type != "float64"
        return Literal(value, datatype=XSD.long) if whole else Literal(float(value), datatype=XSD.double)
    if isinstance(value, float):
        return Literal(value, datatype=XSD.double)
    if isinstance(value, datetime):
        return Literal(value.isoformat(), datatype=XSD.dateTimeStamp)
    if isinstance(value, date):
        return Literal(value)
    return Literal(str(value))
