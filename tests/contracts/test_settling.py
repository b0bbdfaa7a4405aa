"""What is settled in each store: who takes part in a contradiction, and that nothing stays of who no longer does."""

from __future__ import annotations

from typing import Any

import pytest

from app.analysis.merging import decide, merge_key
from graph.ontology.model import Batch
from graph.ontology.rows import node_table, relation_table
from graph.ports import GraphStore
from ingest.literature.settle import settle

WEAR, ERRORS, OWN = "mechanism:nand-wear-out", "metric:raw-bit-error-rate", "instance:d3:our-rate"
SAID = {
    "assertion:d1:0:a": ("degrades", ERRORS, "Metric"),
    "assertion:d2:0:a": ("improves", ERRORS, "Metric"),
    "assertion:d3:0:a": ("improves", OWN, "Instance"),
}
MERGE = merge_key((ERRORS, OWN))
PARTS = ["reading=0.9", "quote=1", "hedge=1", "study=1", "check=1", "support=1", "works=1", "opposed=0"]


def write(store: GraphStore, batch: Batch) -> None:
    run = store.begin_run("literature", "test", "settling")
    store.write(run, batch)
    store.complete_run(run)


def said(key: str) -> dict[str, Any]:
    relation = SAID[key][0]
    return {
        "key": key, "name": f"It {relation} the rate.", "statement": f"It {relation} the rate.", "quote": "q",
        "document": f"document:{key.split(':')[1]}", "work": f"work:{key.split(':')[1]}", "start": 0, "end": 1,
        "relation": relation, "polarity": relation, "negated": False, "hedged": False, "tier": "high",
        "status": "accepted", "study_type": "field_study", "confidence": 0.9, "confidence_parts": PARTS,
        "num_works": 1, "subject_text": "wear", "object_text": "the rate",
    }  # fmt: skip


@pytest.fixture
def settled(store: GraphStore) -> GraphStore:
    """Two works that differ on one pair, and a third that speaks of a thing of its own, which may be the same."""
    ends = [("HAS_OBJECT", "Assertion", label, [(key, tail)]) for key, (_, tail, label) in SAID.items()]
    merge = {"key": MERGE, "name": "one", "status": "proposed", "method": "test 1", "confidence": 0.9}
    write(
        store,
        Batch(
            (
                node_table("Mechanism", [{"key": WEAR, "name": "wear"}]),
                node_table("Metric", [{"key": ERRORS, "name": "RBER"}]),
                node_table("Instance", [{"key": OWN, "name": "our rate", "document": "document:d3"}]),
                node_table("Assertion", [said(key) for key in SAID]),
                node_table("Merge", [merge]),
            ),
            (
                relation_table("HAS_SUBJECT", "Assertion", "Mechanism", [(key, WEAR) for key in SAID]),
                *(relation_table(*end) for end in ends),
                relation_table("MERGES", "Merge", "Metric", [(MERGE, ERRORS)]),
                relation_table("MERGES", "Merge", "Instance", [(MERGE, OWN)]),
            ),
        ),
    )
    settle(store)
    return store


def parties(store: GraphStore) -> list[list[str]]:
    return [sorted(row["assertions"]) for row in store.query("stored_contradictions").records()]


def test_an_assertion_that_no_longer_takes_part_leaves_a_contradiction_that_goes_on(settled: GraphStore) -> None:
    first, second, third = SAID
    assert parties(settled) == [[first, second]]
    decide(settled, [MERGE], "accepted", "ann", "one rate")
    assert parties(settled) == [[first, second, third]]
    decide(settled, [MERGE], "proposed", "ann")
    assert parties(settled) == [[first, second]]


def test_a_contradiction_that_was_decided_on_keeps_its_status_when_its_parties_change(settled: GraphStore) -> None:
    (stored,) = settled.query("stored_contradictions").records()
    row = {"key": stored["contradiction"], "name": stored["name"], "status": "accepted"}
    write(settled, Batch((node_table("Contradiction", [row]),)))
    for status in ("accepted", "proposed"):
        decide(settled, [MERGE], status, "ann", "one rate or not")
        assert [row["status"] for row in settled.query("stored_contradictions").records()] == ["accepted"]


def test_a_rejected_assertion_neither_supports_nor_contradicts(settled: GraphStore) -> None:
    first, second, _ = SAID
    write(settled, Batch((node_table("Assertion", [{"key": second, "name": "x", "status": "rejected"}]),)))
    assert settle(settled) == 0
    assert parties(settled) == []
    (record,) = (row for row in settled.query("assertions_to_settle").records() if row["assertion"] == first)
    assert "opposed=0" in record["confidence_parts"]


def test_settling_what_is_settled_makes_no_run(settled: GraphStore) -> None:
    before = len(settled.query_free("MATCH (r:Run) RETURN r.key").rows)
    assert settle(settled) == 1
    assert len(settled.query_free("MATCH (r:Run) RETURN r.key").rows) == before


def test_what_becomes_known_of_a_work_counts_for_what_was_read_of_it_before(settled: GraphStore) -> None:
    first, second, _ = SAID
    work = {"key": "work:d1", "name": "On wear", "title": "On wear", "study_type": "vendor"}
    write(settled, Batch((node_table("Work", [work]),)))
    settle(settled)
    parts = {row["assertion"]: row["confidence_parts"] for row in settled.query("assertions_to_settle").records()}
    assert "study=0.75" in parts[first]
    assert "study=1" in parts[second]
