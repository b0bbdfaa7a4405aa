"""From a document and what was found in it to rows of the graph, held against the shapes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from graph.ontology.model import Batch
from graph.ontology.rows import node_table, together
from graph.ontology.seed import ontology_batch
from graph.ontology.shacl import violations
from ingest.literature.document import Bibliography, Block, PageSpan, ReadDocument
from ingest.literature.document_rows import DocumentRows, Resolve
from ingest.literature.endpoints import Endpoint, endpoint_of
from ingest.literature.extraction.assertion import ExtractedAssertion, Quantity
from ingest.literature.statements import sentence

FIRST = "Read disturb raises write amplification by 12 % in TLC drives."
SECOND = "Caching of metadata does not reduce frobnication."
TEXT = f"4 Results\n\n{FIRST}\n\n{SECOND}"


def found_in(text: str, subject: str, relation: str, object_: str, **more: object) -> ExtractedAssertion:
    at, to = text.index(subject), text.index(object_)
    return ExtractedAssertion(
        subject=subject,
        relation=relation,
        object=object_,
        quote=text,
        start=0,
        end=len(text),
        subject_span=(at, at + len(subject)),
        object_span=(to, to + len(object_)),
        **{"direction": "increase", "confidence": 0.9, "tier": "high", "method": "test 1", **more},  # type: ignore[arg-type]
    )


def paper(kind: str = "pdf", **more: object) -> ReadDocument:
    second = TEXT.index(SECOND)
    blocks = (
        Block("heading", 0, 9),
        Block("prose", 11, 11 + len(FIRST), "4 Results"),
        Block("prose", second, len(TEXT), "4 Results"),
    )
    pages = (PageSpan(3, 0, second), PageSpan(4, second, len(TEXT)))
    sha256 = hashlib.sha256(kind.encode()).hexdigest()
    work = Bibliography(title="A study of the disturbance of reads", study_type="experiment")
    return ReadDocument(f"{kind}.x", kind, sha256, TEXT, blocks, pages, 4, work, **more)  # type: ignore[arg-type]


def known(names: Sequence[str]) -> list[tuple[str | None, bool]]:
    return [(None, False) for _ in names]


def rows_of(document: ReadDocument) -> DocumentRows:
    rows = DocumentRows(document, "work:x", known, [])
    quantity = Quantity("12 %", 12.0, 12.0, "unit:PERCENT")
    more = {"quantity": quantity, "population": "TLC drives", "predicate": "raises"}
    assert (
        rows.add(found_in(FIRST, "Read disturb", "degrades", "write amplification", **more), TEXT.index(FIRST)) is None
    )
    denied = found_in(SECOND, "Caching of metadata", "mitigates", "frobnication", direction="none", negated=True)
    assert rows.add(denied, TEXT.index(SECOND)) is None
    return rows


def table(batch: Batch, label: str) -> list[dict[str, object]]:
    return next(nodes.rows.to_pylist() for nodes in batch.nodes if nodes.label == label)


@pytest.mark.parametrize("kind", ["pdf", "summary"])
def test_rows_of_a_document_keep_the_shapes(kind: str) -> None:
    works = Batch((node_table("Work", [{"key": "work:x", "name": "W", "title": "W"}]),))
    batch = rows_of(paper(kind)).batch("test 1")
    whole = Batch((*batch.nodes, *works.nodes), batch.relations)
    assert violations(whole, known=ontology_batch()) == []


def test_batches_of_several_documents_together_hold_every_row_of_each() -> None:
    parts = [rows_of(paper(kind)).batch("test 1") for kind in ("pdf", "text", "summary")]
    whole = together(parts)
    assert len({nodes.label for nodes in whole.nodes}) == len(whole.nodes)
    for label in ("Document", "Passage", "Assertion"):
        known = [{key: value for key, value in row.items() if value is not None} for row in table(whole, label)]
        apart = [row for part in parts for row in table(part, label)]
        assert known == [{key: value for key, value in row.items() if value is not None} for row in apart]
    count = sum(one.rows.num_rows for part in parts for one in part.relations)
    assert sum(one.rows.num_rows for one in whole.relations) == count > 0


def test_every_assertion_has_its_page_section_span_and_quote() -> None:
    for row in table(rows_of(paper()).batch("test 1"), "Assertion"):
        assert TEXT[row["start"] : row["end"]] == row["quote"]  # type: ignore[misc]
        assert row["section"] == "4 Results"
    assert [row["page"] for row in table(rows_of(paper()).batch("test 1"), "Assertion")] == [3, 4]


def test_a_phrase_without_a_concept_is_an_instance_of_its_document_alone() -> None:
    keys = [{row["key"] for row in table(rows_of(paper(kind)).batch("test 1"), "Instance")} for kind in ("pdf", "text")]
    assert len(keys[0]) == len(keys[1]) > 0
    assert not keys[0] & keys[1]


def known_now(names: Sequence[str]) -> list[tuple[str | None, bool]]:
    return [("mechanism:nand-wear-out", True) for _ in names]


def keys_with(resolve: Resolve, **more: object) -> set[object]:
    text = "Our frobnicator raises gizmos by 12 %."
    document = ReadDocument("x", "text", "0" * 64, text, (Block("prose", 0, len(text)),))
    rows = DocumentRows(document, "work:x", resolve, [])
    assert rows.add(found_in(text, "Our frobnicator", "degrades", "gizmos", **more), 0) is None
    return {row["key"] for row in table(rows.batch("test 1"), "Assertion")}


def test_what_is_read_otherwise_another_time_is_another_node_and_what_is_read_alike_the_same() -> None:
    """A store takes no property and no relationship off a node that is written again."""
    sized = {"quantity": Quantity("12 %", 12.0, 12.0, "unit:PERCENT")}
    first = keys_with(known, **sized)
    assert keys_with(known, **sized, confidence=0.4, method="test 2") == first
    assert len(first | keys_with(known) | keys_with(known_now, **sized)) == 3


def test_phrases_that_differ_in_signs_alone_are_different_instances() -> None:
    phrases = ["gizmo < 2", "gizmo > 2", "µ", "σ", "+gizmo+", "x" * 90 + "1", "x" * 90 + "2"]
    text = ". ".join(phrases) + " fails."
    document = ReadDocument("x", "text", "0" * 64, text, (Block("prose", 0, len(text)),))
    rows = DocumentRows(document, None, known, [])
    for phrase in phrases:
        found = found_in(text, "fails", "causes", phrase)
        assert rows.add(found, 0) is None
    instances = table(rows.batch("test 1"), "Instance")
    assert {row["name"] for row in instances} == {"fails", *phrases}
    assert len({row["key"] for row in instances}) == len(instances)


def test_a_quote_that_is_not_the_text_is_not_kept() -> None:
    rows = DocumentRows(paper(), "work:x", known, [])
    assert rows.add(found_in(FIRST, "Read disturb", "degrades", "write amplification"), 5)
    assert rows.num_assertions == 0


def test_a_note_that_nobody_checked_is_never_of_the_high_tier() -> None:
    unchecked = table(rows_of(paper("summary")).batch("test 1"), "Assertion")
    assert {row["tier"] for row in unchecked} == {"candidate"}
    at = TEXT.index(FIRST)
    checked = paper("summary", checked="page: read", confirmed=((at, at + len(FIRST)),))
    assert [row["tier"] for row in table(rows_of(checked).batch("test 1"), "Assertion")] == ["high", "candidate"]


def test_the_sentence_says_direction_size_and_denial() -> None:
    said = [row["statement"] for row in table(rows_of(paper()).batch("test 1"), "Assertion")]
    assert said == [
        "Read disturb raises write amplification (12 %, TLC drives).",
        "Caching of metadata does not mitigate frobnication.",
    ]


def test_a_hedge_is_shown() -> None:
    assert sentence(found_in(FIRST, "Read disturb", "degrades", "write amplification", hedged=True)).endswith(
        "(hedged)."
    )


def test_a_subject_with_more_words_than_its_concept_stays_the_documents_own() -> None:
    """Placing many SSDs in one rack is not what an SSD is."""
    assert endpoint_of("Placing many SSDs of one model in the same rack").is_whole is False
    assert endpoint_of("Lowering the temperature") == Endpoint("metric:temperature", True, -1, "temperature")


def test_words_of_change_in_front_are_not_what_is_resolved() -> None:
    assert endpoint_of("The smaller frobnication factor").rest == "frobnication factor"
    assert endpoint_of("The smaller frobnication factor").sign == -1


@pytest.mark.parametrize(
    ("subject", "verb"),
    [
        ("Write-dominant workloads", "cause"),
        ("Heat and dust", "cause"),
        ("Placing many SSDs", "causes"),
        ("Loss of mappings", "causes"),
        ("Faults in one file", "cause"),
        ("A virus", "causes"),
    ],
)
def test_the_verb_agrees_with_its_subject(subject: str, verb: str) -> None:
    text = f"{subject} cause failures."
    assert sentence(found_in(text, subject, "causes", "failures")) == f"{subject} {verb} failures."


def test_a_rate_is_raised_and_not_caused() -> None:
    text = "Heat causes a higher bit error rate."
    found = found_in(text, "Heat", "causes", "bit error rate", object_concept="metric:raw-bit-error-rate")
    assert sentence(found) == "Heat raises bit error rate."
