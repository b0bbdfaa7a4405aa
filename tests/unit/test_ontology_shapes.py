"""The SHACL shapes: a valid graph passes, and each broken rule is found where it is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ontology.rows import arrow_type
from graph.ontology.seed import ontology_batch
from graph.ontology.shacl import violations

DRIVE = "drive:lab:ST4000DM000:Z305B2QN"
WINDOW = f"window:{DRIVE}:2026-01-30:30:1"
FINDING = f"finding:{DRIVE}:realloc-rise:1:2026-01-01:2026-01-30"
EVENT = f"failure:{DRIVE}:2026-01-31"
NODES: dict[str, dict[str, dict[str, Any]]] = {
    "Fleet": {"fleet:lab": {"synthetic": False}},
    "Vendor": {"vendor:seagate": {}},
    "DriveModel": {"model:ST4000DM000": {"capacity_bytes": 4_000_787_030_016}},
    "Drive": {
        DRIVE: {
            "fleet": "lab",
            "model": "ST4000DM000",
            "serial": "Z305B2QN",
            "capacity_bytes": 4_000_787_030_016,
            "first_day": date(2026, 1, 1),
            "last_day": date(2026, 1, 31),
            "drive_days": 31,
        }
    },
    "Host": {"host:lab:7": {"fleet": "lab"}},
    "Rack": {"rack:lab:3": {"fleet": "lab"}},
    "Room": {"room:lab:1": {"fleet": "lab"}},
    "SmartAttribute": {
        "smart:ata:5": {
            "protocol": "ata",
            "number": 5,
            "unit": "unit:NUM",
            "unit_label": "sectors",
            "kind": "cumulative",
            "bad_direction": "up",
            "description": "Reallocated sectors.",
            "reference": "smartmontools",
        }
    },
    "TelemetryWindow": {
        WINDOW: {
            "drive": DRIVE,
            "first_day": date(2026, 1, 1),
            "last_day": date(2026, 1, 30),
            "window_days": 30,
            "definition_version": 1,
            "num_readings": 30,
            "content_sha256": "0" * 64,
        }
    },
    "FailureEvent": {
        EVENT: {
            "drive": DRIVE,
            "day": date(2026, 1, 31),
            "status": "failed",
            "observed_at": datetime(2026, 1, 31, tzinfo=UTC),
            "precision": "day",
        }
    },
    "HealthFinding": {
        FINDING: {
            "subject": DRIVE,
            "subject_label": "Drive",
            "rule": "realloc-rise",
            "rule_version": 1,
            "severity": "red",
            "statement": "Reallocated sectors rose by 61 in 30 days (limit 50).",
            "method": "realloc-rise",
            "confidence": 0.9,
            "status": "open",
            "first_day": date(2026, 1, 1),
            "last_day": date(2026, 1, 30),
            "value": 61.0,
            "threshold": 50.0,
            "threshold_source": "heuristic",
            "evidence": ['{"kind": "telemetry_window"}'],
        }
    },
    "Metric": {"metric:temperature": {"unit": "unit:DEG_C", "better_direction": "down"}},
    "Mechanism": {"mechanism:overheating": {}},
    "Work": {"work:10.1/x": {"title": "A study", "doi": "10.1145/3292500.3330", "year": 2021}},
    "Document": {"document:x": {"kind": "pdf", "num_pages": 12}},
    "Passage": {"passage:x:1": {"document": "document:x", "page": 3, "start": 100, "end": 180, "text": "Heat slows."}},
    "Assertion": {
        "assertion:x:1": {
            "statement": "Heat raises tail latency.",
            "quote": "Heat slows.",
            "predicate": "raises",
            "method": "reading",
            "status": "accepted",
            "document": "document:x",
            "page": 3,
            "start": 100,
            "end": 111,
            "direction": "increase",
            "relation": "degrades",
            "tier": "high",
            "subject_text": "Heat",
            "object_text": "tail latency",
            "polarity": "degrades",
            "value_low": 5.0,
            "value_high": 30.0,
            "value_unit": "unit:PERCENT",
        }
    },
    "UnsourcedClaim": {"claim:1": {"statement": "Humidity is fine."}},
}
EDGES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("IN_FLEET", DRIVE, "fleet:lab", {}),
    ("OF_MODEL", DRIVE, "model:ST4000DM000", {}),
    ("MADE_BY", "model:ST4000DM000", "vendor:seagate", {}),
    ("RUNS_ON", DRIVE, "host:lab:7", {"valid_from": date(2026, 1, 1), "valid_to": None}),
    ("IN_RACK", "host:lab:7", "rack:lab:3", {"valid_from": None, "valid_to": None}),
    ("IN_ROOM", "rack:lab:3", "room:lab:1", {}),
    ("HAS_WINDOW", DRIVE, WINDOW, {}),
    (
        "READS",
        WINDOW,
        "smart:ata:5",
        {"first": 0.0, "last": 61.0, "min": 0.0, "max": 61.0, "rise": 61.0, "num_resets": 0},
    ),
    ("HAS_FAILURE", DRIVE, EVENT, {}),
    ("FOUND_ON", FINDING, DRIVE, {}),
    ("CITES", FINDING, WINDOW, {}),
    ("CONCERNS", FINDING, "smart:ata:5", {}),
    ("RENDERS", "document:x", "work:10.1/x", {}),
    ("PASSAGE_OF", "passage:x:1", "document:x", {}),
    ("STATED_IN", "assertion:x:1", "passage:x:1", {}),
    ("FROM_DOCUMENT", "assertion:x:1", "document:x", {}),
    ("HAS_SUBJECT", "assertion:x:1", "mechanism:overheating", {}),
    ("HAS_OBJECT", "assertion:x:1", "metric:temperature", {}),
]


def sample(
    changed: dict[str, dict[str, Any]] | None = None,
    without: frozenset[str] = frozenset(),
    extra: tuple[tuple[str, str, str, dict[str, Any]], ...] = (),
) -> Batch:
    """The valid graph, with some properties changed (None takes one away), relationships left out or added."""
    label_of = {key: label for label, rows in NODES.items() for key in rows}
    changes = changed or {}
    nodes = []
    for label, rows in NODES.items():
        full = [{"key": key, "name": key, **row, **changes.get(key, {})} for key, row in rows.items()]
        nodes.append(NodeTable(label, pa.Table.from_pylist(full)))
    kept = [edge for edge in EDGES if edge[0] not in without]
    relations = tuple(
        RelationTable(name, label_of[head], label_of[tail], pa.Table.from_pylist([{"head": head, "tail": tail, **row}]))
        for name, head, tail, row in (*kept, *extra)
    )
    return Batch(tuple(nodes), relations)


def test_a_valid_graph_passes() -> None:
    assert violations(sample()) == []


def test_the_catalogue_passes() -> None:
    assert violations(ontology_batch()) == []


BROKEN: list[tuple[str, dict[str, Any]]] = [
    (DRIVE, {"serial": None}),
    (DRIVE, {"fleet": None}),
    (DRIVE, {"capacity_bytes": 0}),
    (DRIVE, {"capacity_bytes": "4 TB"}),
    (DRIVE, {"drive_days": -1}),
    (DRIVE, {"first_day": date(2027, 1, 1)}),
    (DRIVE, {"first_day": "2026-01-01"}),
    (DRIVE, {"medium": "tape"}),
    (DRIVE, {"quote": "no property of a drive"}),
    (DRIVE, {"name": None}),
    (DRIVE, {"name": ""}),
    ("fleet:lab", {"synthetic": None}),
    ("fleet:lab", {"synthetic": "no"}),
    ("host:lab:7", {"fleet": None}),
    ("smart:ata:5", {"kind": "counter"}),
    ("smart:ata:5", {"bad_direction": "sideways"}),
    ("smart:ata:5", {"unit": "sectors"}),
    ("smart:ata:5", {"number": 256}),
    ("smart:ata:5", {"reference": None}),
    (WINDOW, {"content_sha256": "abc"}),
    (WINDOW, {"num_readings": 0}),
    (WINDOW, {"last_day": date(2025, 1, 1)}),
    (EVENT, {"status": "broken"}),
    (EVENT, {"day": None}),
    (EVENT, {"precision": "hour"}),
    (FINDING, {"severity": "purple"}),
    (FINDING, {"evidence": []}),
    (FINDING, {"confidence": 1.5}),
    (FINDING, {"status": None}),
    (FINDING, {"rule": "Realloc Rise"}),
    ("metric:temperature", {"better_direction": None}),
    ("work:10.1/x", {"doi": "https://doi.org/10.1145/X"}),
    ("document:x", {"kind": "book"}),
    ("assertion:x:1", {"quote": None}),
    ("assertion:x:1", {"document": None}),
    ("assertion:x:1", {"page": None}),
    ("assertion:x:1", {"end": 90}),
    ("assertion:x:1", {"value_unit": None}),
    ("assertion:x:1", {"value_low": 40.0}),
    ("assertion:x:1", {"polarity": "bad"}),
    ("claim:1", {"statement": None}),
]


@pytest.mark.parametrize(
    ("key", "change"), BROKEN, ids=[f"{k.split(':')[0]}-{n}={v}" for k, c in BROKEN for n, v in c.items()]
)
def test_a_broken_property_is_found(key: str, change: dict[str, Any]) -> None:
    found = violations(sample({key: change}))
    assert found
    assert {item.subject for item in found} == {key}


@pytest.mark.parametrize(
    ("missing", "subject"),
    [
        ("IN_FLEET", DRIVE),
        ("OF_MODEL", DRIVE),
        ("HAS_WINDOW", WINDOW),
        ("HAS_FAILURE", EVENT),
        ("FOUND_ON", FINDING),
        ("PASSAGE_OF", "passage:x:1"),
        ("FROM_DOCUMENT", "assertion:x:1"),
        ("HAS_SUBJECT", "assertion:x:1"),
        ("HAS_OBJECT", "assertion:x:1"),
    ],
)
def test_a_missing_relationship_is_found(missing: str, subject: str) -> None:
    found = violations(sample(without=frozenset({missing})))
    assert [item.subject for item in found] == [subject]


@pytest.mark.parametrize(
    ("edge", "subject"),
    [
        (("OF_MODEL", DRIVE, "rack:lab:3", {}), DRIVE),
        (("RUNS_ON", "rack:lab:3", "host:lab:7", {}), "rack:lab:3"),
        (("SUMMARISES", "document:x", "work:10.1/x", {}), "document:x"),
        (("IN_ROOM", "rack:lab:3", "room:lab:1", {"first": 1.0}), "relationship"),
    ],
    ids=["wrong tail", "wrong head", "summary that is a pdf", "property the type does not carry"],
)
def test_a_relationship_that_the_ontology_does_not_know_is_found(
    edge: tuple[str, str, str, dict[str, Any]], subject: str
) -> None:
    found = violations(sample(extra=(edge,)))
    assert subject in {item.subject for item in found}


def test_a_placement_that_ends_before_it_begins_is_found() -> None:
    backwards = {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}
    found = violations(sample(extra=(("IN_RACK", DRIVE, "rack:lab:3", backwards),)))
    assert [(item.subject, item.path) for item in found] == [("relationship", "valid_from")]


def test_a_batch_may_lead_to_what_is_known_already() -> None:
    whole = sample()
    attributes = tuple(table for table in whole.nodes if table.label == "SmartAttribute")
    rest = replace(whole, nodes=tuple(table for table in whole.nodes if table.label != "SmartAttribute"))
    assert violations(rest)
    assert violations(rest, known=Batch(attributes)) == []


def catalogue_columns() -> Iterator[tuple[str, str, pa.DataType]]:
    for table in ontology_batch().nodes:
        for field in table.rows.schema:
            yield table.label, field.name, field.type


def test_the_catalogue_has_the_types_of_the_ontology_and_no_repeated_keys() -> None:
    assert all(kind == arrow_type(name) for _, name, kind in catalogue_columns())
    for table in ontology_batch().nodes:
        keys = table.rows["key"].to_pylist()
        assert len(set(keys)) == len(keys)
    for relation in ontology_batch().relations:
        pairs = list(zip(relation.rows["head"].to_pylist(), relation.rows["tail"].to_pylist(), strict=True))
        assert len(set(pairs)) == len(pairs)
