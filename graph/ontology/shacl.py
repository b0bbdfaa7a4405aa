"""Hold a batch against the SHACL shapes of the ontology."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyshacl import validate
from rdflib import RDF, SH, Graph, URIRef
from rdflib.term import Node

from graph.ontology.iri import DEFAULT_BASE, key
from graph.ontology.model import Batch
from graph.ontology.rdf import rdf_graph

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One rule that a batch breaks.

    Args:
        subject: Key of the node, or ``relationship`` where the rule is about a relationship's properties.
        path: Property or relationship type concerned; empty where it is the node as a whole.
        message: What is wrong, as the validator words it.
    """

    subject: str
    path: str
    message: str


@cache
def _shapes() -> Graph:
    return Graph().parse(_HERE / "shapes.ttl").parse(_HERE / "closed.ttl")


def violations(batch: Batch, *, known: Batch | None = None, base: str = DEFAULT_BASE) -> list[Violation]:
    """Rules of ``shapes.ttl`` and ``closed.ttl`` that a batch breaks, sorted; none for a valid batch.

    Args:
        batch: What is to be written.
        known: What the batch may lead to without containing it (the catalogue, nodes stored before).
        base: Base of the IRIs of nodes.

    Raises:
        InputError: A key is empty or an IRI, or a property is not in the ontology.
    """
    data = rdf_graph(batch, base)
    if known is not None:
        data += rdf_graph(known, base)
    _, report, _ = validate(data, shacl_graph=_shapes(), inference="none")
    return sorted({_violation(report, result, base) for result in report.subjects(RDF.type, SH.ValidationResult)})


def _violation(report: Graph, result: Node, base: str) -> Violation:
    focus, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
    message = report.value(result, SH.resultMessage)
    return Violation(
        subject=key(str(focus), base) if isinstance(focus, URIRef) else "relationship",
        path=str(path).rsplit("#", 1)[-1] if isinstance(path, URIRef) else "",
        message=str(message),
    )
