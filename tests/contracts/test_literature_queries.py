"""What the literature queries and the use-cases over them find, the same on each store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from stored_literature import COUNT, FIRST, NOTE, PAPER, SCRUB, SECOND, TEXTS, WEAR

from app.analysis.literature import best_evidence, counts, drive_literature, gaps, search
from app.analysis.literature_concept import concepts, describe_concept
from app.analysis.literature_drive import literature_path
from app.analysis.literature_work import describe_work, passages, works
from app.commands.literature_text import print_concept, print_work
from graph.errors import InputError
from graph.ports import GraphStore

SCHEMAS = Path(__file__).parents[2] / "docs" / "json"
DRIVE = "drive:demo:M1:S1"


@pytest.fixture
def read(store: GraphStore, make_fleet: Any, write_run: Callable[..., int], fingerprint: str) -> GraphStore:
    """Two drives, two works with a paper and a note, four assertions, one rejected, two candidates, two claims."""
    write_run(store, make_fleet(["S1", "S2"]), fingerprint)
    return store


def held_by_its_schema(name: str, payload: dict[str, Any]) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.validate(json.loads(json.dumps({"schema": name, **payload})), schema)


def test_counts_leave_out_what_was_rejected_and_keep_unsourced_claims_apart(read: GraphStore) -> None:
    found = counts(read)
    assert (found.works, found.documents, found.passages) == (2, 2, 3)
    assert (found.assertions, found.evidence, found.contradictions, found.unsourced_claims) == (6, 3, 1, 2)


def test_a_concept_shows_both_sides_and_counts_each_work_once(read: GraphStore) -> None:
    found = describe_concept(read, WEAR)
    assert {claim.key: claim.side for claim in found.claims} == {
        "assertion:a1": "for", "assertion:a2": "against", "assertion:a3": "for", "assertion:a4": "no effect",
    }  # fmt: skip
    assert found.works_by_side == {"for": 1, "against": 1, "no effect": 1}
    assert (found.works, found.evidence_works, found.is_contested) == (2, 1, True)
    assert (found.first_year, found.last_year) == (2010, 2021)
    assert found.attributes == ["smart:ata:5"]
    first = found.claims[0]
    assert (first.page, first.quote, first.work, first.is_evidence) == (1, TEXTS[PAPER, 1], FIRST, True)
    held_by_its_schema("describe-concept-1", found.to_json())
    print_concept(found)


def test_an_unchecked_note_is_a_candidate_and_a_checked_one_of_the_high_tier_is_evidence(
    read: GraphStore, make_nodes: Any, write_run: Callable[..., int], fingerprint: str
) -> None:
    from graph.ontology.model import Batch

    def noted() -> bool:
        return next(claim for claim in describe_concept(read, WEAR).claims if claim.document == NOTE).is_evidence

    assert not noted()
    high = {"key": "assertion:a2", "name": "x", "tier": "high"}
    write_run(read, Batch((make_nodes("Assertion", [high]),)), fingerprint + "2")
    assert not noted(), "of the high tier, but nobody confirmed it against the work"
    write_run(read, Batch((make_nodes("Assertion", [high | {"checked": "ann"}]),)), fingerprint + "3")
    assert noted()


def test_an_accepted_merge_brings_the_claims_of_both_and_a_rejected_contradiction_is_none(
    read: GraphStore, make_nodes: Any, write_run: Callable[..., int], fingerprint: str
) -> None:
    from graph.ontology.model import Batch

    assert [claim.key for claim in describe_concept(read, "concept:wear-out").claims] == [
        claim.key for claim in describe_concept(read, WEAR).claims
    ]
    gone = [
        make_nodes("Merge", [{"key": "merge:m1", "status": "rejected"}]),
        make_nodes("Contradiction", [{"key": "contradiction:c1", "status": "rejected"}]),
    ]
    write_run(read, Batch(tuple(gone)), fingerprint + "2")
    assert [claim.key for claim in describe_concept(read, "concept:wear-out").claims] == ["assertion:a4"]
    found = describe_concept(read, WEAR)
    assert (found.is_contested, found.works_by_side["against"]) == (False, 0)
    assert counts(read).contradictions == 0


def test_unsourced_claims_are_found_by_concept_and_by_its_cases_and_never_among_the_claims(read: GraphStore) -> None:
    found = describe_concept(read, WEAR)
    assert [row.key for row in found.unsourced] == ["claim:u1", "claim:u2"]
    assert not {row.key for row in found.unsourced} & {claim.key for claim in found.claims}
    assert best_evidence(read, "smart:ata:5") is not None


def test_a_work_is_found_by_doi_title_or_document_and_its_claims_stand_in_the_order_of_the_text(
    read: GraphStore,
) -> None:
    found = describe_work(read, "https://doi.org/10.1/W1")
    assert found == describe_work(read, "on WEAR") == describe_work(read, PAPER)
    assert found.work.authors == ["A. Lindqvist", "B. Oyelaran"]
    assert (found.cited_by, found.work.assertions, found.documents[0].num_passages) == (1, 5, 2)
    assert [claim.key for claim in found.claims] == [
        "assertion:a1", "assertion:d1:S1", "assertion:d1:S2", "assertion:a3", "assertion:a4",
    ]  # fmt: skip
    held_by_its_schema("describe-work-1", found.to_json())
    print_work(found)
    assert [row.key for row in works(read)] == [SECOND, FIRST]
    with pytest.raises(InputError, match="Did you mean 'On wear'"):
        describe_work(read, "On ware")
    with pytest.raises(InputError, match="'nothing-here'"):
        describe_concept(read, "nothing-here")


def test_a_page_gives_its_passages_and_every_quote_is_the_text_at_its_place(read: GraphStore) -> None:
    claims = {claim.key: claim for claim in describe_work(read, FIRST).claims}
    (second,) = passages(read, PAPER, 2)
    assert second.assertions == ["assertion:a3", "assertion:a4"]
    for key in second.assertions:
        start, end = claims[key].start - second.start, claims[key].end - second.start
        assert second.text[start:end] == claims[key].quote
    assert passages(read, PAPER, 3) == []
    assert [row.text for row in passages(read, NOTE, None)] == [TEXTS[NOTE, None]]
    assert passages(read, NOTE, None, part=2) == []


def test_a_drives_findings_reach_their_literature_in_one_query(read: GraphStore) -> None:
    (found,) = drive_literature(read, DRIVE)
    assert found.attribute == "smart:ata:5"
    assert (found.works, found.evidence_works) == (2, 1)
    assert [claim.key for claim in found.best] == ["assertion:a1", "assertion:a2"]
    assert drive_literature(read, "drive:demo:M1:none") == []


def test_an_evidence_path_ends_in_the_work_and_its_page(read: GraphStore) -> None:
    path = literature_path(read, "smart:ata:5")
    assert [(node.label, node.relation) for node in path] == [
        ("Mechanism", "INDICATES"), ("Assertion", "HAS_SUBJECT"), ("Work", "FROM_DOCUMENT"),
    ]  # fmt: skip
    assert path[-1].name == "Lindqvist and Oyelaran 2021, p. 1"
    assert literature_path(read, "smart:ata:6") == []


def test_mechanisms_behind_a_symptom_are_counted_in_works_and_declared_ones_are_marked(read: GraphStore) -> None:
    for symptom in ("smart:ata:5", COUNT):
        (row,) = read.query("mechanisms_behind_symptom", {"symptom": symptom}).records()
        assert (row["mechanism"], row["works"], row["evidence_works"], row["declared"]) == (WEAR, 1, 1, True)
        assert row["assertions"] == 1, "what says the opposite is no support"


def test_mitigations_come_with_the_range_of_their_effect_its_unit_and_its_condition(read: GraphStore) -> None:
    (row,) = read.query("mitigations_with_effects", {"target": WEAR}).records()
    assert (row["mitigation"], row["low"], row["high"], row["unit"]) == (SCRUB, 10.0, 20.0, "unit:PERCENT")
    assert (row["conditions"], row["works"], row["evidence_works"]) == (["at 40 °C"], 1, 1)


def test_a_contradiction_shows_both_sides_with_their_sources(read: GraphStore) -> None:
    rows = read.query("contradictions", {"concept": COUNT}).records()
    assert [(row["side"], row["work"], row["evidence"]) for row in rows] == [
        ("degrades", FIRST, True), ("improves", SECOND, False),
    ]  # fmt: skip
    assert read.query("contradictions", {"concept": SCRUB}).rows == []


def test_support_is_counted_in_works_and_not_in_sentences(
    read: GraphStore, make_nodes: Any, make_relations: Any, write_run: Callable[..., int], fingerprint: str
) -> None:
    from stored_literature import assertion

    from graph.ontology.model import Batch

    before = {row["subject"]: row["works"] for row in read.query("most_supported_claims").records()}
    again = assertion("again", PAPER, 1, TEXTS[PAPER, 1])
    ends = {"HAS_SUBJECT": ("Mechanism", WEAR), "HAS_OBJECT": ("Metric", COUNT), "FROM_DOCUMENT": ("Document", PAPER)}
    links = [
        make_relations(relation, "Assertion", label, [{"head": again["key"], "tail": tail}])
        for relation, (label, tail) in ends.items()
    ]
    write_run(read, Batch((make_nodes("Assertion", [again]),), tuple(links)), fingerprint + "2")
    rows = {row["subject"]: row for row in read.query("most_supported_claims").records()}
    assert (rows[WEAR]["works"], rows[WEAR]["assertions"]) == (before[WEAR], 2) == (1, 2)


def test_works_and_concepts_are_listed_with_their_support(read: GraphStore) -> None:
    rows = read.query("works_by_concept", {"concept": WEAR}).records()
    assert [(row["work"], row["assertions"], row["evidence"]) for row in rows] == [(FIRST, 3, 3), (SECOND, 1, 0)]
    listed = {row.key: (row.works, row.evidence_works, row.assertions) for row in concepts(read)}
    assert listed[WEAR] == (2, 1, 3)
    assert listed[COUNT] == (2, 1, 4)
    assert not any(key.startswith("instance:") for key in listed)


def test_gaps_name_attributes_without_evidence_and_concepts_of_one_work(
    read: GraphStore, make_nodes: Any, write_run: Callable[..., int], fingerprint: str
) -> None:
    from graph.ontology.model import Batch

    write_run(read, Batch((make_nodes("Mechanism", [{"key": "mechanism:unknown"}]),)), fingerprint + "2")
    found = {(gap.gap, gap.key): gap.works for gap in gaps(read)}
    assert found == {("no evidence", "mechanism:unknown"): 0, ("one work", SCRUB): 1}


@pytest.mark.parametrize("text", ["' OR 1=1 //", "$limit", "}) DETACH DELETE", "\\", ".*", "_", '"'])
def test_a_search_takes_its_text_literally(read: GraphStore, text: str) -> None:
    assert search(read, text) == []
    assert counts(read).works == 2


def test_a_work_is_found_by_its_doi_however_many_works_there_are(
    read: GraphStore, make_nodes: Any, write_run: Callable[..., int], fingerprint: str
) -> None:
    from graph.ontology.model import Batch

    rows = [{"key": f"work:doi:10.9/z{n}", "title": f"A {n}", "doi": f"10.9/z{n}"} for n in range(2_100)]
    write_run(read, Batch((make_nodes("Work", rows),)), fingerprint + "2")
    listed = {work.key for work in works(read)}
    beyond = next(row["key"] for row in rows if row["key"] not in listed)
    assert describe_work(read, beyond.removeprefix("work:")).work.key == beyond


def test_a_search_finds_works_concepts_and_quotes_whatever_their_case(read: GraphStore) -> None:
    assert {(hit.kind, hit.key) for hit in search(read, "SCRUBB")} == {
        ("concept", SCRUB), ("assertion", "assertion:a3"),
    }  # fmt: skip
    assert [hit.key for hit in search(read, "lindqvist")] == [FIRST]
    assert [hit.key for hit in search(read, "Media Scan")] == [SCRUB]
    assert len([hit for hit in search(read, "wear", limit=2) if hit.kind == "assertion"]) == 2
    assert search(read, "  ") == []
