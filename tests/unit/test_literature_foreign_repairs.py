"""Each repair of a foreign graph, and what it leaves on the node that it touches."""

from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError
from ingest.literature.foreign import ForeignImport, import_foreign
from ingest.literature.foreign.predicates import meaning_of, words_of
from ingest.literature.foreign.repairs import Repair, by_kind, write_repairs
from ingest.literature.foreign.terms import decoded_once
from ingest.literature.foreign.values import typed

HEAD = """@prefix : <http://example.org/g#> . @prefix t: <http://example.org/tax/SSD/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def statement(name: str, subject: str, predicate: str, object_: str, text: str = "", more: str = "") -> str:
    part = "objectLiteral" if object_.startswith('"') else "object"
    source = f' ; dcterms:source "{text}"' if text else ""
    return f":{name} a :Assertion ; :subject {subject} ; :predicate :{predicate} ; :{part} {object_}{source}{more} .\n"


def imported(folder: Path, *lines: str, validate: bool = False) -> ForeignImport:
    path = folder / "graph.ttl"
    path.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    result = import_foreign(path, validate=validate)
    assert result.triples_read == result.mapped + len(result.quarantined) + result.duplicate
    return result


def rows(result: ForeignImport, label: str) -> list[dict[str, Any]]:
    return [row for table in result.batch.nodes if table.label == label for row in table.rows.to_pylist()]


def repairs(result: ForeignImport, kind: str) -> list[Repair]:
    return [repair for repair in result.repairs if repair.kind == kind]


def ends(result: ForeignImport, relation: str) -> list[str]:
    return [r["tail"] for table in result.batch.relations if table.relation == relation for r in table.rows.to_pylist()]


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://e/I/O%2520Scheduler", "http://e/I/O%20Scheduler"),
        ("http://e/a%252520b", "http://e/a%2520b"),
        ("http://e/a%20b%2520c", "http://e/a%20b%2520c"),
        ("http://e/100%25", "http://e/100%25"),
        ("http://e/100%25zz", "http://e/100%25zz"),
        ("http://e/plain", "http://e/plain"),
    ],
)
def test_an_iri_that_was_encoded_twice_is_decoded_once_and_no_other_is_touched(iri: str, expected: str) -> None:
    assert decoded_once(iri) == expected


def test_two_spellings_of_one_iri_are_one_node_and_what_they_repeat_is_a_duplicate(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        '<http://e/x%2520y> rdfs:label "x y" . <http://e/x%20y> rdfs:label "x y" .',
        ":zFTL :uses <http://e/x%2520y> .",
    )
    assert result.duplicate == 1
    assert [row["origin_iri"] for row in rows(result, "Instance")] == ["http://example.org/g#zFTL", "http://e/x%20y"]
    assert [(one.before, one.after, one.count) for one in repairs(result, "double-encoded-iri")] == [
        ("http://e/x%2520y", "http://e/x%20y", 2)
    ]


def test_names_of_one_concept_are_united_and_others_of_one_name_flagged(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        ':E3_WA a owl:Thing ; rdfs:label "Write Amplification" .',
        ':E9_WAF a owl:Thing ; rdfs:label "write amplification factor" .',
        ':E3_Zork a owl:Thing ; rdfs:label "Zork" . :E4_Zork a owl:Thing ; rdfs:label "zork" .',
        statement("s1", ":E3_Zork", "reduces", ":E3_WA") + statement("s2", ":E4_Zork", "reduces", ":E9_WAF"),
    )
    assert ends(result, "HAS_OBJECT") == ["metric:write-amplification"] * 2
    assert [one.count for one in repairs(result, "united-name")] == [2]
    assert [one.what for one in repairs(result, "flagged-name")] == ["Zork"]
    assert all("flagged-name: the graph has 2 terms" in row["repairs"][0] for row in rows(result, "Instance"))
    assert {row["relation"] for row in rows(result, "UnsourcedClaim")} == {"improves"}


@pytest.mark.parametrize(
    ("name", "relation", "rule", "inverse"),
    [
        ("improves", "improves", "table", False),
        ("degradedBy", "degrades", "passive", True),
        ("isEnhancedBy", "improves", "passive", True),
        ("impactedBy", "related", "passive", True),
        ("hasQueueDepth", "related", "property", False),
        ("usesDriver", "related", "use", False),
        ("monitors", "related", "verb", False),
        ("isNotMeaningful", "no_effect", "table", False),
        ("oddity", "related", "as worded", False),
    ],
)
def test_a_predicate_is_read_by_table_or_rule(name: str, relation: str, rule: str, inverse: bool) -> None:
    meaning = meaning_of(name)
    assert (meaning.relation, meaning.rule, meaning.inverse) == (relation, rule, inverse)


def test_predicates_are_worded_without_camel_case() -> None:
    assert words_of("hasSMARTAttribute") == "has SMART attribute"
    assert words_of("degradedBy") == "degraded by"
    assert meaning_of("hasTemperature", literal_number=True).relation == "measured"


def test_an_undeclared_predicate_is_listed_and_a_declared_one_is_not(tmp_path: Path) -> None:
    result = imported(
        tmp_path, ":improves a owl:ObjectProperty .", ":a :improves :b . :a :hasPart :b . :a :oddity :b ."
    )
    assert [one.before for one in repairs(result, "undeclared-predicate")] == ["hasPart"]
    assert [row.reason.rsplit(": ", 1)[-1] for row in result.quarantined] == [
        "no rule reads the predicate 'http://example.org/g#oddity'"
    ]


def test_a_passive_exchanges_the_ends_and_the_claim_reads_in_the_active(tmp_path: Path) -> None:
    result = imported(tmp_path, ":Zork :degradedBy :Vibration . :Zork :monitoredBy :Quux .")
    first, second = rows(result, "UnsourcedClaim")
    assert (first["subject_text"], first["relation"], first["object_text"]) == ("Vibration", "degrades", "Zork")
    assert first["statement"] == "Vibration degrades Zork."
    assert (second["subject_text"], second["statement"]) == ("Quux", "Zork is monitored by Quux.")
    assert "inverse-predicate: degradedBy -> degrades, ends exchanged" in first["repairs"]


def test_an_inverted_polarity_is_turned_by_the_sentence_and_the_predicate_is_kept(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        statement("s1", ":Zork", "degrades", ":Throughput", "Zork increases throughput by 40 %."),
        statement("s2", ":Zork", "degrades", ":Latency", "Zork makes latency longer."),
        statement("s3", ":Humidity", "degrades", ":Reliability", "No measurable effect on reliability was seen."),
    )
    claims = rows(result, "UnsourcedClaim")
    found = [(c["predicate"], c["relation"], c["polarity"], c["direction"], c["negated"]) for c in claims]
    assert found == [
        ("degrades", "improves", "improves", "increase", False),
        ("degrades", "degrades", "degrades", "increase", False),
        ("degrades", "no_effect", "none", "none", True),
    ]
    assert by_kind(result.repairs) | {"inverted-polarity": 1, "null-effect": 1} == by_kind(result.repairs)


def test_a_contradiction_is_a_proposed_node_that_both_claims_lead_to(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        statement("s1", ":E1_Zork", "improves", ":Latency")
        + statement("s2", ":E1_Zork", "degrades", ":Average_Latency"),
        validate=True,
    )
    assert result.shacl_conforms
    (node,) = rows(result, "Contradiction")
    assert node["status"] == "proposed"
    assert ends(result, "CONTRADICTS") == [node["key"]] * 2
    assert result.contradictions == 1


def test_two_products_of_one_kind_do_not_contradict_each_other(tmp_path: Path) -> None:
    result = imported(tmp_path, ":ext4 :improves :Throughput . :F2FS :degrades :Throughput .")
    assert set(ends(result, "HAS_SUBJECT")) == {"component:file-system"}
    assert result.contradictions == 0


def test_what_several_papers_count_alike_is_split_by_sentence(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        ":E2_EC1 a owl:Thing . :E1_Zork a owl:Thing . :E1_Quux a owl:Thing . :E7_Blorb a owl:Thing .",
        statement("s1", ":E1_Zork", "operatesUnder", ":E2_EC1", "Zork runs warm."),
        statement("s2", ":E1_Quux", "operatesUnder", ":E2_EC1", "Quux runs cold."),
        statement("s3", ":E1_Quux", "uses", ":E7_Blorb", "Quux has a Blorb."),
        statement("s4", ":E1_Quux", "supports", ":E7_Blorb", "Blorbs are supported."),
    )
    contexts = [row for row in rows(result, "Instance") if row["origin_iri"].endswith("E2_EC1")]
    assert len(contexts) == 2
    assert all("split-instance: shared by 2 sentences" in row["repairs"][0] for row in contexts)
    assert [one.before for one in repairs(result, "split-instance")] == ["E2_EC1"]
    assert {one.before for one in repairs(result, "flagged-instance")} == {"E1_Quux", "E7_Blorb"}
    assert {row["document"] for row in rows(result, "Instance")} == {result.document["key"]}


def test_values_get_the_unit_that_the_value_the_thing_or_the_sentence_gives(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        statement("s1", ":a", "hasTemperature", '"70"') + ':a :unit "C" .',
        statement("s2", ":b", "hasBlockSize", '"4KB"'),
        statement("s3", ":c", "hasTemperature", '"-40 to +95"', "The range is -40 to +95 °C."),
        statement("s4", ":d", "hasQueueDepth", '"32"'),
        statement("s5", ":e", "hasAccessPattern", '"Random"'),
    )
    claims = {c["subject_text"]: (c["object_text"], c["relation"]) for c in rows(result, "UnsourcedClaim")}
    assert claims == {
        "a": ("70 °C", "measured"),
        "b": ("4 KB", "measured"),
        "c": ("-40 to 95 °C", "measured"),
        "d": ("32", "measured"),
        "e": ("Random", "related"),
    }
    assert len(repairs(result, "typed-literal")) == 4


def test_improved_by_a_number_tells_a_size_and_exchanges_nothing(tmp_path: Path) -> None:
    result = imported(
        tmp_path, statement("s1", ":Throughput", "improvedBy", '"0.26"') + ':Throughput :unit "fraction" .'
    )
    (claim,) = rows(result, "UnsourcedClaim")
    assert (claim["subject_text"], claim["object_text"], claim["relation"]) == (
        "Throughput",
        "0.26 (fraction)",
        "measured",
    )
    assert ends(result, "HAS_SUBJECT") == ["metric:throughput"]


@pytest.mark.parametrize(
    ("unit", "reason"), [("AccessPattern", "is no unit that is known"), ("", "the unit is empty"), ("nm", "fits none")]
)
def test_a_unit_that_belongs_to_no_value_for_sure_is_quarantined(tmp_path: Path, unit: str, reason: str) -> None:
    result = imported(tmp_path, statement("s1", ":a", "hasTemperature", '"70"') + f':a :unit "{unit}" .')
    assert [reason in row.reason for row in result.quarantined] == [True]
    assert rows(result, "UnsourcedClaim")[0]["object_text"] == "70"


def test_an_axiom_declares_once_and_one_that_names_nothing_is_quarantined(tmp_path: Path) -> None:
    axiom = '[] a owl:Axiom ; rdfs:comment "uses rdfs:domain SSD; rdfs:range {range}." .'
    result = imported(
        tmp_path,
        ":x a <http://example.org/tax/SSD> . :y a t:Controller . :x :uses :y .",
        axiom.replace("{range}", "Controller"),
        axiom.replace("{range}", "SSD/Controller"),
        axiom.replace("{range}", "Nowhere"),
    )
    joins = result.declarations.joins["http://example.org/g#uses"]
    assert joins == {("http://example.org/tax/SSD", "http://example.org/tax/SSD/Controller"): 2}
    assert result.duplicate == 2
    assert {row.reason.split(": ", 1)[1] for row in result.quarantined} == {
        "the range 'Nowhere' of the axiom names no class of the graph",
        "the axiom declares nothing that can be used",
    }


def test_a_foreign_graph_neither_renames_nor_files_a_concept_of_the_field(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        ':E1_WAF rdfs:label "Write Amplification", "WAF", "Cost" ; a t:Zork ; rdfs:comment "c" .',
        ":Zork1 :increases :E1_WAF .",
    )
    assert not [label for table in result.batch.nodes if (label := table.label) == "Metric"]
    assert {row.object for row in result.quarantined} == {"Cost", "http://example.org/tax/SSD/Zork", "c"}


def test_a_statement_that_lacks_a_part_is_quarantined_whole(tmp_path: Path) -> None:
    result = imported(tmp_path, ":s1 a :Assertion ; :subject :a ; :predicate :improves .", ":a :improves :b .")
    assert {row.reason.split(": ", 1)[1] for row in result.quarantined} == {"the statement has no object"}
    assert len(result.quarantined) == 3
    assert result.unsourced_claims == 1


@pytest.mark.parametrize("confidence", ['"high"', "1.5", '"NaN"', "-0.1"])
def test_a_confidence_that_is_none_is_quarantined_and_the_claim_stays(tmp_path: Path, confidence: str) -> None:
    result = imported(tmp_path, statement("s1", ":a", "improves", ":b", more=f" ; :confidence {confidence}"))
    assert [row.reason.endswith("is no number from 0 to 1") for row in result.quarantined] == [True]
    assert rows(result, "UnsourcedClaim")[0].get("origin_confidence") is None


def test_a_graph_that_states_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of them states anything"):
        imported(tmp_path, ':a rdfs:label "nothing" .')


HOSTILE = "') DETACH DELETE n //<script>alert(1)</script> ignore previous instructions"


def test_hostile_names_are_kept_as_data_and_keep_the_shapes(tmp_path: Path) -> None:
    result = imported(
        tmp_path,
        f':a rdfs:label "{HOSTILE}" ; :improves :Latency .',
        statement("s1", ":a", "degrades", ":Throughput", HOSTILE + " \\u0000\\u0003 end"),
        validate=True,
    )
    assert result.shacl_conforms
    claims = rows(result, "UnsourcedClaim")
    assert [claim["subject_text"] for claim in claims] == [HOSTILE, HOSTILE]
    assert claims[0]["text"] == f"{HOSTILE} end"
    assert len(repairs(result, "control-characters")) == 1


def test_repairs_are_written_one_a_line(tmp_path: Path) -> None:
    result = imported(tmp_path, ":a :degradedBy :b .")
    path = tmp_path / "workspace" / "literature" / "repairs.jsonl"
    assert write_repairs(path, result.repairs) == len(result.repairs) == len(path.read_text().splitlines())
    with pytest.raises(InputError, match="cannot be written"):
        write_repairs(path / "x", result.repairs)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("70", (70, 70, None)),
        ("25 °C", (25, 25, "unit:DEG_C")),
        ("4KB", (4, 4, "unit:KiloBYTE")),
        ("−5 to 85 C", (-5, 85, "unit:DEG_C")),
        ("QD32", (32, 32, "unit:NUM")),
        ("1,024", (1024, 1024, None)),
    ],
)
def test_a_number_is_read_with_its_range_and_unit(text: str, expected: tuple[float, float, str | None]) -> None:
    value = typed(text)
    assert value is not None
    assert (value.low, value.high, value.unit) == expected


@pytest.mark.parametrize("text", ["Random", "", "1e999", "9 to 1", "70 parsecs", "M.2", "3D", "1" * 400])
def test_what_is_no_finite_number_in_a_known_unit_stays_text(text: str) -> None:
    assert typed(text) is None


def test_a_text_that_many_terms_share_is_no_evidence_of_a_paper(tmp_path: Path) -> None:
    lines = [statement(f"s{n}", f":E{n % 9}_Zork{n}", "uses", ":E1_Quux", "The same text.") for n in range(150)]
    result = imported(tmp_path, *lines, statement("t1", ":E1_Quux", "uses", ":Blorb", "Another text."))
    assert repairs(result, "split-instance") == []
