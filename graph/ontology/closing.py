"""SHACL shapes that close each label: only the ontology's properties and relationships, with their types and ends."""

from __future__ import annotations

from collections.abc import Mapping

from graph.ontology.vocabulary import Label, Property, Relation

_HEADER = """\
# What may stand on a node of each label. Generated from atoll.ttl by `python -m graph.ontology.generate`: do not edit.
# What must stand there is in shapes.ttl.
@prefix : <https://atoll.example/ontology#> .
@prefix shape: <https://atoll.example/shapes#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_DATATYPES = {
    "int64": "xsd:long",
    "float64": "xsd:double",
    "string": "xsd:string",
    "bool": "xsd:boolean",
    "date": "xsd:date",
    "datetime": "xsd:dateTimeStamp",
}


def closed_shapes(
    labels: Mapping[str, Label], relations: Mapping[str, Relation], properties: Mapping[str, Property]
) -> str:
    """Turtle of one closed node shape a label, and one a relationship type for the statements about it.

    A label's shape lists the datatype of each property and the labels each relationship may lead to; a type's shape
    lists the properties it may carry. A property that is no array has one value at most.
    """
    blocks = [_HEADER]
    for label in labels.values():
        lines = [_property(properties[name]) for name in label.properties]
        lines += [_relationship(r) for r in relations.values() if label.name in r.heads]
        blocks.append(_shape(f"Closed{label.name}", f":{label.name}", "rdf:type", lines))
    ignored = "rdf:type rdf:subject rdf:predicate rdf:object"
    for relation in relations.values():
        lines = [_property(properties[name]) for name in sorted({*relation.properties, "source", "run"})]
        blocks.append(_shape(f"Closed_{relation.name}", f":{relation.name}", ignored, lines))
    return "\n".join(blocks)


def _shape(name: str, target: str, ignored: str, lines: list[str]) -> str:
    head = (
        f"shape:{name} a sh:NodeShape ; sh:targetClass {target} ; sh:closed true ; sh:ignoredProperties ( {ignored} ) ;"
    )
    return " ;\n".join([f"{head}\n{lines[0]}", *lines[1:]]) + " .\n"


def _property(item: Property) -> str:
    most = "" if item.many else " ; sh:maxCount 1"
    return f"    sh:property [ sh:path :{item.name} ; sh:datatype {_DATATYPES[item.type]}{most} ]"


def _relationship(relation: Relation) -> str:
    ends = [f"[ sh:class :{tail} ]" for tail in relation.tails]
    allowed = f"sh:class :{relation.tails[0]}" if len(ends) == 1 else f"sh:or ( {' '.join(ends)} )"
    return f"    sh:property [ sh:path :{relation.name} ; sh:nodeKind sh:IRI ; {allowed} ]"
