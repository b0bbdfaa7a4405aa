"""Ways in which foreign graphs reify a statement, and what they say of their terms besides."""

from pathlib import Path
from typing import Any

import pytest

from ingest.literature.foreign import ForeignImport, import_foreign

HEAD = """@prefix ex: <http://example.org/g#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
"""
ZORK = "ex:Zork ex:improves ex:Latency ."


def imported(folder: Path, *lines: str) -> ForeignImport:
    path = folder / "graph.ttl"
    path.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    result = import_foreign(path)
    assert result.triples_read == result.mapped + len(result.quarantined) + result.duplicate
    assert result.shacl_conforms, result.violations
    return result


def rows(result: ForeignImport, label: str) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if value is not None}
        for table in result.batch.nodes
        if table.label == label
        for row in table.rows.to_pylist()
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[] a rdf:Statement ; rdf:subject ex:Zork ; rdf:predicate ex:improves ; rdf:object ex:Latency .",
        "[] a owl:Axiom ; owl:annotatedSource ex:Zork ; owl:annotatedProperty ex:improves ; "
        "owl:annotatedTarget ex:Latency .",
        "ex:c a ex:Claim ; ex:subject ex:Zork ; ex:predicate ex:improves ; ex:object ex:Latency .",
        ZORK,
    ],
    ids=["rdf:Statement", "owl:Axiom", "a claim class", "plain"],
)
def test_every_way_to_state_it_makes_the_same_claim(tmp_path: Path, text: str) -> None:
    (claim,) = rows(imported(tmp_path, text), "UnsourcedClaim")
    assert (claim["statement"], claim["polarity"]) == ("Zork improves Latency.", "improves")


def test_a_source_that_is_an_address_is_kept_as_such_and_the_claim_stays_unsourced(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        "[] rdf:subject ex:Zork ; rdf:predicate ex:improves ; rdf:object ex:Latency ; "
        "dcterms:source <https://doi.org/10.1/x>, <https://doi.org/10.1/y> ; ex:negated true .",
    )
    (claim,) = rows(result, "UnsourcedClaim")
    assert claim["external_id"] in {"https://doi.org/10.1/x", "https://doi.org/10.1/y"}
    assert (claim["negated"], claim["polarity"], claim["direction"]) == (True, "none", "none")
    assert claim["statement"] == "Zork does not improve Latency."
    assert [row.reason.endswith("names a document already") for row in result.quarantined] == [True]


def test_a_statement_about_a_statement_speaks_of_it_as_an_instance(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        "ex:s1 a rdf:Statement ; rdf:subject ex:Zork ; rdf:predicate ex:improves ; rdf:object ex:Latency .",
        "ex:s2 a rdf:Statement ; rdf:subject ex:Quux ; rdf:predicate ex:supports ; rdf:object ex:s1 .",
    )
    assert sorted(row["name"] for row in rows(result, "Instance")) == ["Quux", "Zork", "s1"]


def test_classes_labels_and_comments_land_on_the_instance(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        ZORK,
        'ex:Zork a ex:SSD, ex:Gizmo, owl:NamedIndividual ; rdfs:label "Zork", "Zork drive"@en, "Zork drive" ;',
        '  skos:definition "A made-up drive." ; rdfs:comment "A made-up drive." .',
    )
    (zork,) = [row for row in rows(result, "Instance") if row["name"] == "Zork"]
    assert zork["aliases"] == ["Zork drive"]
    assert zork["description"] == "In its graph a case of Gizmo. A made-up drive."
    kinds = [r["tail"] for t in result.batch.relations if t.relation == "INSTANCE_OF" for r in t.rows.to_pylist()]
    assert kinds == ["component:ssd"]
    assert result.duplicate == 2


def test_a_head_gives_the_document_its_title_and_predicates_keep_their_words(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        ZORK,
        '<> a owl:Ontology ; dcterms:title "Zork graph" ; foaf:maker ex:me .',
        'ex:improves a owl:ObjectProperty ; rdfs:label "makes better" ; rdfs:domain ex:Thing ; rdfs:range ex:Metric .',
    )
    assert result.document["name"] == "Zork graph"
    declared = result.declarations
    assert declared.words["http://example.org/g#improves"] == ["makes better"]
    assert set(declared.joins["http://example.org/g#improves"]) == {
        ("http://example.org/g#Thing", ""),
        ("", "http://example.org/g#Metric"),
    }
    assert [row.predicate.rsplit("/", 1)[-1] for row in result.quarantined] == ["maker"]


@pytest.mark.parametrize(
    ("name", "expected"), [("Zork_SSD_1", ["component:ssd"]), ("SSD#9", ["component:ssd"]), ("EC1", []), ("SSD1", [])]
)
def test_the_head_of_a_name_tells_what_it_is_a_case_of_and_a_code_tells_nothing(
    tmp_path: Path, name: str, expected: list[str]
) -> None:
    result = imported(tmp_path, f'ex:Zork rdfs:label "{name}" ; ex:improves ex:Latency .')
    kinds = [r["tail"] for t in result.batch.relations if t.relation == "INSTANCE_OF" for r in t.rows.to_pylist()]
    assert kinds == expected


def test_a_smart_attribute_is_known_by_the_number_in_its_name(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        'ex:a rdfs:label "Reported Uncorrectable Errors  [ID: 187]" . ex:Zork ex:hasSMARTAttribute ex:a .',
    )
    ends = [(t.tail_label, t.rows.to_pylist()[0]["tail"]) for t in result.batch.relations if t.relation == "HAS_OBJECT"]
    assert ends == [("SmartAttribute", "smart:ata:187")]


def test_an_import_that_is_not_validated_says_so(tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl"
    path.write_text(HEAD + ZORK)
    assert import_foreign(path, validate=False).shacl_conforms is None
