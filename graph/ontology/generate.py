"""Make everything that is derived from the Turtle: ``python -m graph.ontology.generate`` (``--check`` only compares).

From ``atoll.ttl`` come ``terms.py``, the shapes of ``closed.ttl`` and the drawings of ``docs/ontology.md``; from
``smart.ttl`` and ``concepts.ttl`` come ``catalogue.json`` and ``docs/decoding.md``. So that a command starts at once,
nothing parses Turtle when it runs. The queries of ``queries/explore`` get their list of labels.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, RDFS, XSD, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import IdentifiedNode, Literal, Node

from graph.ontology import any_label, decoding_page, drawing
from graph.ontology.closing import closed_shapes
from graph.ontology.vocabulary import Label, Property, Relation

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "ontology.md"
DECODING = PAGE.with_name("decoding.md")
EXPLORE = HERE.parent.parent / "queries" / "explore"
ATOLL = Namespace("https://atoll.example/ontology#")
QUDT = Namespace("http://qudt.org/schema/qudt/")
UNIT = "http://qudt.org/vocab/unit/"
TYPES = {
    XSD.long: "int64",
    XSD.double: "float64",
    XSD.string: "string",
    XSD.boolean: "bool",
    XSD.date: "date",
    XSD.dateTimeStamp: "datetime",
}


def _name(node: Node) -> str:
    return str(node).rsplit("#", 1)[-1]


def _one(graph: Graph, subject: Node, predicate: URIRef) -> Any:
    values = list(graph.objects(subject, predicate))
    if len(values) != 1:
        raise ValueError(f"{subject}: expected one {predicate}, found {len(values)}")
    return values[0]


def _comment(graph: Graph, subject: Node) -> str:
    return str(_one(graph, subject, RDFS.comment))


def _classes(graph: Graph, node: Node) -> list[str]:
    """Labels that a domain or range stands for: itself or the members of its union, each with its subclasses."""
    union = graph.value(node, OWL.unionOf)
    members = list(Collection(graph, union)) if isinstance(union, IdentifiedNode) else [node]
    classes = {c for m in members for c in graph.transitive_subjects(RDFS.subClassOf, m) if c is not None}
    return sorted(map(_name, classes))


def read_terms(graph: Graph) -> tuple[dict[str, Label], dict[str, Relation], dict[str, Property]]:
    """Labels, relationship types and properties of the ontology, each sorted by name.

    Raises:
        ValueError: A term lacks its description, side, domain, range or has a datatype that no store keeps.
    """
    properties: dict[str, Property] = {}
    of_label: dict[str, set[str]] = defaultdict(set)
    class_names = sorted(_name(c) for c in graph.subjects(RDF.type, OWL.Class) if isinstance(c, URIRef))
    for node in sorted(graph.subjects(RDF.type, OWL.DatatypeProperty), key=_name):
        name, unit = _name(node), graph.value(node, QUDT.hasUnit)
        properties[name] = Property(
            name=name,
            type=TYPES[_one(graph, node, RDFS.range)],
            many=graph.value(node, ATOLL.many) is not None,
            unit=str(unit).replace(UNIT, "unit:") if unit is not None else "",
            description=_comment(graph, node),
        )
        for domain in graph.objects(node, RDFS.domain):
            for label in class_names if domain == OWL.Thing else _classes(graph, domain):
                of_label[label].add(name)
    relations = {
        _name(node): Relation(
            name=_name(node),
            heads=tuple(_classes(graph, _one(graph, node, RDFS.domain))),
            tails=tuple(_classes(graph, _one(graph, node, RDFS.range))),
            description=_comment(graph, node),
            properties=tuple(sorted(_name(p) for p in graph.objects(node, ATOLL.carries))),
        )
        for node in sorted(graph.subjects(RDF.type, OWL.ObjectProperty), key=_name)
    }
    labels = {
        name: Label(
            name=name,
            side=str(_one(graph, ATOLL[name], ATOLL.side)),
            description=_comment(graph, ATOLL[name]),
            properties=tuple(sorted(of_label[name])),
            parent=next((_name(p) for p in graph.objects(ATOLL[name], RDFS.subClassOf)), ""),
        )
        for name in class_names
    }
    return labels, relations, properties


def terms_module(graph: Graph) -> str:
    """Text of ``terms.py``, one term a line."""
    labels, relations, properties = read_terms(graph)
    version = str(next(graph.objects(None, OWL.versionInfo)))
    lines = [
        '"""Terms of the ontology. Generated from atoll.ttl by `python -m graph.ontology.generate`: do not edit."""',
        "",
        "# ruff: noqa: E501",
        "# fmt: off",
        "from graph.ontology.vocabulary import Label, Property, Relation",
        "",
        f"ONTOLOGY_VERSION = {version!r}",
    ]
    for constant, type_name, terms in (
        ("LABELS", "Label", labels),
        ("RELATIONS", "Relation", relations),
        ("PROPERTIES", "Property", properties),
    ):
        lines += ["", f"{constant}: dict[str, {type_name}] = {{"]
        lines += [f"    {name!r}: {term!r}," for name, term in terms.items()]
        lines += ["}"]
    return "\n".join([*lines, ""])


def catalogue_of(terms: Graph, smart: Graph) -> dict[str, Any]:
    """Nodes by label and relationships by (type, head label, tail label), as plain values."""
    labels, relations, properties = read_terms(terms)
    nodes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    label_of = {node: _name(c) for node, c in smart.subject_objects(RDF.type)}
    key_of = {node: str(_one(smart, node, ATOLL.key)) for node in label_of}
    edges: dict[tuple[str, str, str], list[list[str]]] = defaultdict(list)
    for node, label in label_of.items():
        row: dict[str, Any] = {}
        for predicate, value in smart.predicate_objects(node):
            name = _name(predicate)
            if isinstance(value, Literal):
                if name not in labels[label].properties:
                    raise ValueError(f"{key_of[node]}: {label} has no property '{name}'")
                if properties[name].many:
                    row[name] = sorted([*row.get(name, []), value.toPython()])
                else:
                    row[name] = value.toPython()
            elif name in relations:
                edges[name, label, label_of[value]].append([key_of[node], key_of[value]])
        nodes[label].append(row)
    _denormalise(nodes, edges)
    return {
        "nodes": {label: sorted(rows, key=lambda r: _order(r["key"])) for label, rows in sorted(nodes.items())},
        "relations": [
            [*ends, sorted(pairs, key=lambda p: (_order(p[0]), p[1]))] for ends, pairs in sorted(edges.items())
        ],
    }


def _denormalise(nodes: dict[str, list[dict[str, Any]]], edges: dict[tuple[str, str, str], list[list[str]]]) -> None:
    """Give each override the key of its attribute and the name of its vendor, so that one look-up finds both."""
    attribute = dict(edges["OVERRIDES", "SmartOverride", "SmartAttribute"])
    vendor = dict(edges["DECLARED_BY", "SmartOverride", "Vendor"])
    names = {row["key"]: row["name"] for row in nodes["Vendor"]}
    for row in nodes["SmartOverride"]:
        row["attribute"] = attribute[row["key"]]
        row["vendor"] = names[vendor[row["key"]]]


def _order(key: str) -> list[tuple[int, str]]:
    """Sort key that puts ``smart:ata:9`` before ``smart:ata:10``."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in key.split(":")]


def outputs() -> dict[Path, str]:
    """What every generated file should hold."""
    terms = Graph().parse(HERE / "atoll.ttl")
    smart = Graph().parse(HERE / "smart.ttl").parse(HERE / "concepts.ttl")
    catalogue = catalogue_of(terms, smart)
    made = {
        HERE / "terms.py": terms_module(terms),
        HERE / "catalogue.json": json.dumps(catalogue, indent=1, ensure_ascii=False) + "\n",
        DECODING: decoding_page.page(catalogue["nodes"]),
    }
    labels, relations, properties = read_terms(terms)
    made[HERE / "closed.ttl"] = closed_shapes(labels, relations, properties)
    made[PAGE] = drawing.fill(PAGE.read_text(encoding="utf-8"), labels, relations, properties)
    made |= {path: any_label.fill(path.read_text(encoding="utf-8"), labels) for path in EXPLORE.glob("*.cypher")}
    return made


def main() -> int:
    """Write the generated files, or with ``--check`` say which are out of date (exit status 1)."""
    stale = [(path, text) for path, text in outputs().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" not in sys.argv[1:]:
        for path, text in stale:
            path.write_text(text, encoding="utf-8")
    for path, _ in stale:
        sys.stderr.write(f"{path.name}\n")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
