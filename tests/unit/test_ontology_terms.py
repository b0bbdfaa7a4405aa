"""The ontology is complete, consistent in itself, and what is generated from it is current."""

from __future__ import annotations

import re

import pytest
from rdflib import OWL, RDF, Graph, URIRef

from graph import ontology
from graph.errors import InputError
from graph.ontology.generate import HERE, PAGE, outputs

ISSUE_LABELS = (
    "Fleet Drive DriveModel Vendor Firmware Host Enclosure Rack Room Site Application Workload TelemetryWindow "
    "SmartAttribute HealthFinding FailureEvent EnvironmentWindow Work Document Passage Assertion UnsourcedClaim "
    "Concept Metric Mechanism Mitigation"
)
TELEMETRY_EDGES = """
Drive IN_FLEET Fleet; Drive OF_MODEL DriveModel; DriveModel MADE_BY Vendor; Drive RUNS_FIRMWARE Firmware;
Drive RUNS_ON Host; Drive IN_RACK Rack; Host IN_RACK Rack; Rack IN_ROOM Room; Room AT_SITE Site;
Drive IN_ENCLOSURE Enclosure; Drive SERVES Application; Application HAS_WORKLOAD Workload; Drive HAS_ALIAS DriveAlias;
Drive HAS_WINDOW TelemetryWindow; TelemetryWindow READS SmartAttribute; Drive HAS_FAILURE FailureEvent;
HealthFinding FOUND_ON Drive; HealthFinding FOUND_ON Rack; HealthFinding FOUND_ON Host;
HealthFinding FOUND_ON DriveModel;
HealthFinding FOUND_ON Fleet; HealthFinding FOUND_ON Room; HealthFinding CITES TelemetryWindow;
HealthFinding CONCERNS SmartAttribute; SmartAttribute MEASURES Metric; SmartAttribute INDICATES Mechanism;
SmartOverride OVERRIDES SmartAttribute; SmartOverride DECLARED_BY Vendor
"""
LITERATURE_EDGES = """
Document RENDERS Work; Document SUMMARISES Work; Passage PASSAGE_OF Document; Assertion STATED_IN Passage;
Assertion FROM_DOCUMENT Document; Assertion HAS_SUBJECT SmartAttribute; Assertion HAS_OBJECT Metric;
Assertion HAS_OBJECT Concept; Assertion CONTRADICTS Contradiction; Assertion SUPPORTS Assertion; Merge MERGES Concept
"""


def edges(text: str) -> list[tuple[str, str, str]]:
    return [tuple(edge.split()) for edge in text.replace("\n", " ").split(";") if edge.strip()]  # type: ignore[misc]


def test_generated_files_are_current() -> None:
    stale = [path.name for path, text in outputs().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, f"run: python -m graph.ontology.generate (stale: {stale})"


def test_every_class_of_the_issue_is_a_label() -> None:
    assert set(ISSUE_LABELS.split()) <= set(ontology.labels())


@pytest.mark.parametrize(("head", "name", "tail"), edges(TELEMETRY_EDGES) + edges(LITERATURE_EDGES))
def test_relationship_joins_the_labels_of_the_design(head: str, name: str, tail: str) -> None:
    found = ontology.relation(name, head, tail)
    assert found.description


def test_telemetry_and_literature_join_at_attribute_metric_and_concept() -> None:
    objects = ontology.relation("HAS_OBJECT").tails
    assert {"SmartAttribute", "Metric", "Concept"} <= set(objects)
    assert ontology.relation("MEASURES").tails == ("Metric",)
    assert ontology.label("Metric").parent == "Concept"


def test_placement_and_firmware_carry_their_time() -> None:
    for name in ("RUNS_FIRMWARE", "RUNS_ON", "IN_RACK", "IN_ENCLOSURE", "SERVES"):
        assert {"valid_from", "valid_to"} <= set(ontology.relation(name).properties)


def test_labels_and_relationship_types_are_disjoint_in_any_case() -> None:
    # one namespace in the embedded store: a type that bears a label's name fails there
    folded = [name.casefold() for name in [*ontology.labels(), *ontology.relations()]]
    assert len(set(folded)) == len(folded)
    without_underscores = [name.replace("_", "") for name in folded]
    assert len(set(without_underscores)) == len(folded)


def test_names_follow_the_conventions() -> None:
    assert all(re.fullmatch(r"([A-Z][a-z]+)+", name) for name in ontology.labels())
    assert all(re.fullmatch(r"[A-Z]+(_[A-Z]+)*", name) for name in ontology.relations())
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) for name in ontology.properties())


def test_every_property_is_used_by_a_label_or_a_relationship() -> None:
    used = {name for label in ontology.labels().values() for name in label.properties}
    used |= {name for relation in ontology.relations().values() for name in relation.properties}
    assert set(ontology.properties()) == used


def test_every_property_that_names_a_unit_names_one_of_qudt() -> None:
    units = {item.unit for item in ontology.properties().values() if item.unit}
    assert units
    assert all(re.fullmatch(r"unit:[A-Za-z0-9_-]+", unit) for unit in units)


def test_the_ontology_has_a_version_iri() -> None:
    graph = Graph().parse(HERE / "atoll.ttl")
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    assert graph.value(header, OWL.versionIRI) == URIRef(f"{header}/{ontology.ONTOLOGY_VERSION}")


def test_an_unknown_relation_is_answered_with_the_closest_and_the_choices() -> None:
    with pytest.raises(InputError, match=r"relation 'RUN_ON' is not in .*Did you mean 'RUNS_ON'\? Known: AFFECTS, "):
        ontology.relation("RUN_ON")


def test_a_relation_between_wrong_labels_is_refused() -> None:
    with pytest.raises(InputError, match=r"'RUNS_ON' may not lead to 'Rack'.* allows Host"):
        ontology.relation("RUNS_ON", "Drive", "Rack")


@pytest.mark.parametrize("lookup", [ontology.label, ontology.property_named])
def test_unknown_labels_and_properties_are_refused(lookup: object) -> None:
    with pytest.raises(InputError, match=r"is not in graph/ontology/atoll\.ttl"):
        lookup("Nonsense")  # type: ignore[operator]


def test_the_page_draws_every_label_and_relationship() -> None:
    page = PAGE.read_text(encoding="utf-8")
    drawn = "".join(re.findall(r"```mermaid\n(.*?)```", page, re.DOTALL))
    for name in ontology.relations():
        assert f"|{name}|" in drawn, name
    for name, label in ontology.labels().items():
        assert label.side == "store" or re.search(rf"\b{name}\b", drawn), name
