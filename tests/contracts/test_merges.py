"""Merges on each store: proposed by what is known, decided by people, and gone without a trace when taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.analysis.merging import canonical_map, decide, list_merges, merge_key, propose_merges
from app.analysis.results import plain
from graph.errors import InputError
from graph.ontology.model import Batch
from graph.ontology.rows import node_table, relation_table
from graph.ports import GraphStore
from ingest.literature.resolution import Resolver
from ingest.literature.settle import settle

SCHEMAS = Path(__file__).parents[2] / "docs" / "json"
RBER, UBER = "metric:raw-bit-error-rate", "metric:uncorrectable-bit-error-rate"
CAUSE = "mechanism:read-disturb"
YCSB_1, YCSB_2 = "instance:d1:ycsb", "instance:d2:yahoo"
# What each document words, and whether it says that the mechanism worsens it.
WORDED = {
    "d1": {"ycsb": "YCSB", "own": "our scheme", "ber": "bit error rate before correction"},
    "d2": {"yahoo": "Yahoo cloud serving benchmark", "own": "our scheme", "raw": "raw BER"},
    "d3": {"rber": "raw BER"},
}


def statement(document: str, subject: str, target: str, relation: str) -> dict[str, Any]:
    name = f"{subject} {relation} {target}"
    return {
        "key": f"assertion:{document}:{target}", "name": name, "statement": name, "quote": name, "document": document,
        "start": 0, "end": len(name), "relation": relation, "polarity": relation, "negated": False, "hedged": False,
        "tier": "high", "confidence": 0.5, "confidence_parts": ["reading=0.8"], "subject_text": subject,
        "work": f"w:{document}", "study_type": "experiment", "status": "accepted",
    }  # fmt: skip


@pytest.fixture
def papers(store: GraphStore) -> GraphStore:
    """Three documents; two say of raw BER that read disturb worsens it, one says the opposite of the concept itself."""
    instances = [
        {"key": f"instance:{document}:{short}", "name": name, "document": document}
        for document, names in WORDED.items()
        for short, name in names.items()
    ]
    targets = {
        "d1": ("instance:d1:ber", "Instance", "degrades"),
        "d2": ("instance:d2:raw", "Instance", "degrades"),
        "d4": (RBER, "Metric", "improves"),
    }
    assertions = [statement(d, "read disturb", target, relation) for d, (target, _, relation) in targets.items()]
    batch = Batch(
        (
            node_table("Document", [{"key": d, "name": d, "kind": "text"} for d in ("d1", "d2", "d3", "d4")]),
            node_table("Metric", [{"key": key, "name": key} for key in (RBER, UBER)]),
            node_table("Mechanism", [{"key": CAUSE, "name": "Read disturb"}]),
            node_table("Instance", instances),
            node_table("Assertion", assertions),
        ),
        (
            relation_table("INSTANCE_IN", "Instance", "Document", [(row["key"], row["document"]) for row in instances]),
            relation_table("HAS_SUBJECT", "Assertion", "Mechanism", [(row["key"], CAUSE) for row in assertions]),
            relation_table("FROM_DOCUMENT", "Assertion", "Document", [(r["key"], r["document"]) for r in assertions]),
            *(
                relation_table("HAS_OBJECT", "Assertion", label, [(row["key"], row["key"].split(":", 2)[2])])
                for row, (_, label, _) in zip(assertions, targets.values(), strict=True)
            ),
        ),
    )
    run = store.begin_run("literature", "test", "papers")
    store.write(run, batch)
    store.complete_run(run)
    settle(store)
    return store


def shown(store: GraphStore) -> dict[str, Any]:
    """Everything that a reader of the graph sees of what is claimed."""
    claims = {key: store.query("claims_of_concept", {"concept": key}).records() for key in (RBER, CAUSE, YCSB_1)}
    return {
        "claims": claims,
        "settled": store.query("assertions_to_settle").records(),
        "contradictions": store.query("contradictions").records(),
        "canonical": canonical_map(store),
    }


def num_works(seen: dict[str, Any]) -> set[int]:
    return {row["num_works"] for row in seen["claims"][CAUSE] if row["relation"] == "degrades"}


def propose(store: GraphStore) -> Any:
    return propose_merges(store, Resolver())


def undo_all(store: GraphStore) -> None:
    decide(store, [row.key for row in list_merges(store, "accepted")], "proposed", "ann")


def test_known_names_of_one_thing_are_merged_and_what_is_of_one_document_alone_is_not(papers: GraphStore) -> None:
    found = propose(papers)
    assert (found.instances, found.accepted, found.proposed, found.known) == (7, 4, 0, 0)
    assert canonical_map(papers) == {
        YCSB_2: YCSB_1, "instance:d1:ber": RBER, "instance:d2:raw": RBER, "instance:d3:rber": RBER,
    }  # fmt: skip
    (row,) = (row for row in list_merges(papers) if row.key == merge_key((YCSB_2, YCSB_1)))
    assert [(member.key, member.canonical, member.document) for member in row.members] == [
        (YCSB_1, True, "d1"),
        (YCSB_2, False, "d2"),
    ]
    assert "judged one by names" in (row.found or "")


def test_a_merge_that_is_taken_back_leaves_exactly_what_was_shown_before(papers: GraphStore) -> None:
    before = shown(papers)
    propose(papers)
    merged = shown(papers)
    assert num_works(before) == {1}
    assert num_works(merged) == {2}
    assert len(merged["contradictions"]) > len(before["contradictions"])
    assert len(merged["claims"][RBER]) == 3

    undo_all(papers)
    assert shown(papers) == before
    assert {row.status for row in list_merges(papers)} == {"proposed"}

    decide(papers, [row.key for row in list_merges(papers)], "accepted", "ann", "all the same")
    assert shown(papers) == merged


def test_a_second_search_changes_nothing_and_keeps_what_was_decided(papers: GraphStore) -> None:
    propose(papers)
    key = merge_key((YCSB_1, YCSB_2))
    (row,) = decide(papers, [key], "rejected", "ann", "two  versions\nof it")
    assert (row.status, row.reason) == ("rejected", "ann: two versions of it")
    version, stored = papers.version(), list_merges(papers)
    again = propose(papers)
    assert (again.accepted, again.proposed, again.known) == (0, 0, 4)
    assert papers.version() == version
    assert list_merges(papers) == stored
    assert YCSB_2 not in canonical_map(papers)
    assert [row.key for row in list_merges(papers, "rejected")] == [key]


def test_two_concepts_of_the_field_do_not_become_one_by_way_of_an_instance(papers: GraphStore) -> None:
    propose(papers)
    bad = merge_key(("instance:d3:rber", UBER))
    rows = [{"key": bad, "name": "raw BER = UBER", "status": "proposed", "method": "by hand", "confidence": 0.5}]
    run = papers.begin_run("merge", "test", "bad")
    ends = [(bad, UBER), (bad, "instance:d3:rber")]
    relations = tuple(
        relation_table("MERGES", "Merge", label, [end]) for label, end in zip(("Metric", "Instance"), ends, strict=True)
    )
    papers.write(run, Batch((node_table("Merge", rows),), relations))
    papers.complete_run(run)
    before = shown(papers)
    with pytest.raises(InputError, match=f"would make {RBER} and {UBER} one|would make {UBER} and {RBER} one"):
        decide(papers, [bad], "accepted", "ann", "it says so")
    assert shown(papers) == before


def test_decisions_are_all_stored_or_none_and_say_what_is_wrong(papers: GraphStore) -> None:
    propose(papers)
    before = list_merges(papers)
    with pytest.raises(InputError, match=r"there is no such merge.*Did you mean"):
        decide(papers, [before[0].key, before[1].key[:-1]], "rejected", "ann", "no")
    with pytest.raises(InputError, match="reason is empty"):
        decide(papers, [before[0].key], "rejected", "ann")
    with pytest.raises(InputError, match="expected proposed, accepted, rejected"):
        list_merges(papers, "acepted")
    assert list_merges(papers) == before


def test_what_the_commands_print_fits_their_schemas(papers: GraphStore) -> None:
    found = propose(papers)
    rows = plain(list_merges(papers))
    payloads = {
        "concept-propose-1": found.to_json(),
        "concept-merges-1": {"merges": rows, "store_version": 1},
        "concept-decision-1": {"merges": rows, "store_version": 1},
    }
    for name, payload in payloads.items():
        schema = json.loads((SCHEMAS / f"{name}.json").read_text())
        jsonschema.validate({"schema": name, **payload}, schema)
