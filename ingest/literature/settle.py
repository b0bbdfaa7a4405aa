"""After documents came or went: count support in works, find contradictions, and write what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graph.ontology.model import Batch
from graph.ontology.rows import node_table, relation_table
from graph.ports import GraphStore
from ingest.literature.confidence import ConfidenceParts
from ingest.literature.contradictions import (
    Contradicting,
    Stated,
    find_contradictions,
    side_of,
    turned,
    works_by_side,
)
from ingest.literature.endpoints import endpoint_of
from ingest.literature.resolution.canonical import canonical_of, is_instance

METHOD = "contradictions 1"
LONGEST_NAME = 200


def settle(store: GraphStore) -> int:
    """Bring confidences and contradictions up to date with all assertions of the store, as one run.

    Merges that are accepted count; nothing is edited in place but confidence, its parts, the number of works and the
    study type, which is what the work says now. A contradiction that somebody decided on keeps its status.

    Returns:
        Contradictions that this method finds in the store now.
    """
    canonical = canonical_of(store.query("merged_concepts").records())
    records = store.query("assertions_to_settle").records()
    stated = [
        Stated(
            record["assertion"],
            record["work"] or record["document"],
            canonical.get(record["subject"], record["subject"]),
            canonical.get(record["object"], record["object"]),
            _side(record, canonical),
            record["tier"],
            _own_confidence(record),
        )
        for record in records
    ]
    found = find_contradictions(stated)
    names = {record["assertion"]: record["name"] for record in records}
    changed = _changed(records, stated)
    known = {
        record["contradiction"]: record
        for record in store.query("stored_contradictions").records()
        if record["method"] == METHOD
    }
    members = {one.key: {key for side in one.sides.values() for key in side} for one in found}
    gone = sorted(set(known) - set(members))
    # A relationship goes with its node alone, so what an assertion has left is deleted and written anew as it was.
    left = sorted(key for key in members if key in known and set(known[key]["assertions"]) - members[key])
    rows = [_row(one, names, known.get(one.key)) for one in found if one.key in left or _differs(one, names, known)]
    written = {row["key"] for row in rows}
    pairs = [(key, one.key) for one in found if one.key in written for key in sorted(members[one.key])]
    digest = hashlib.sha256(repr((changed, rows, pairs, gone, left)).encode()).hexdigest()
    if left:
        run = store.begin_run("literature", "literature:unsettled", digest)
        store.delete(run, "Contradiction", left)
        store.complete_run(run)
    if changed or rows or gone:
        run = store.begin_run("literature", "literature:settled", digest)
        nodes = [node_table(label, part) for label, part in (("Assertion", changed), ("Contradiction", rows)) if part]
        relations = [relation_table("CONTRADICTS", "Assertion", "Contradiction", pairs)] if pairs else []
        store.write(run, Batch(tuple(nodes), tuple(relations)))
        if gone:
            store.delete(run, "Contradiction", gone)
        store.complete_run(run)
    return len(found)


def _side(record: dict[str, Any], canonical: Mapping[str, str]) -> str:
    """The side that a stored assertion takes of its pair; "lowering X improves Y" is against X, not for it."""
    if any(is_instance(canonical.get(key, key)) for key in (record["subject"], record["object"])):
        return ""
    side = side_of(record["relation"], record["polarity"], negated=bool(record["negated"]))
    return turned(side) if endpoint_of(record["subject_text"] or "").sign < 0 else side


def _parts(record: dict[str, Any]) -> dict[str, float]:
    pairs = (part.partition("=") for part in record["confidence_parts"] or ())
    return {name: float(value) for name, _, value in pairs}


def _own(record: dict[str, Any]) -> ConfidenceParts:
    parts = _parts(record)
    return ConfidenceParts(
        parts.get("reading", 0.0),
        bool(record["hedged"]),
        record["study_type"] or "unknown",
        parts.get("check", 1.0) < 1,
    )


def _own_confidence(record: dict[str, Any]) -> float:
    return _own(record).confidence()


def _changed(records: list[dict[str, Any]], stated: list[Stated]) -> list[dict[str, Any]]:
    """Rows of assertions whose confidence or parts differ from what is stored."""
    # A note that nobody compared with its work speaks for itself only.
    works = works_by_side(
        one for record, one in zip(records, stated, strict=True) if _parts(record).get("check", 1.0) == 1
    )
    rows = []
    for record, one in zip(records, stated, strict=True):
        sides = works.get((one.subject, one.object), {}) if one.side else {}
        same = sides.get(one.side, set())
        opposed = set().union(*(names for side, names in sides.items() if side != one.side)) - same
        parts = replace(_own(record), num_works=max(len(same), 1), num_opposed=len(opposed))
        if parts.as_text() != list(record["confidence_parts"] or ()):
            rows.append(
                {
                    "key": record["assertion"],
                    "name": record["name"],
                    "study_type": parts.study_type,  # a better source may have said it of the Work since
                    "confidence": parts.confidence(),
                    "confidence_parts": parts.as_text(),
                    "num_works": parts.num_works,
                }
            )
    return rows


def _sides(one: Contradicting, names: Mapping[str, str]) -> str:
    return " / ".join(f"{side}: {names[keys[0]]}" for side, keys in one.sides.items())


def _differs(one: Contradicting, names: Mapping[str, str], known: Mapping[str, dict[str, Any]]) -> bool:
    """Whether a contradiction is not stored as it is now."""
    stored = known.get(one.key)
    if stored is None or stored["confidence"] != one.confidence or stored["name"] != _sides(one, names)[:LONGEST_NAME]:
        return True
    return set(stored["assertions"]) != {key for side in one.sides.values() for key in side}


def _row(one: Contradicting, names: Mapping[str, str], stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """The contradiction as a row; one that somebody decided on keeps its status."""
    sides = _sides(one, names)
    status = (stored["status"] if stored else None) or "proposed"
    return {
        "key": one.key,
        "name": sides[:LONGEST_NAME],
        "statement": sides,
        "method": METHOD,
        "confidence": one.confidence,
        "status": status,
    }
