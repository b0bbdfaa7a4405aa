"""The typed model: what travels between the rooms, independent of any store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import pyarrow as pa


class Severity(StrEnum):
    """How bad a finding is; also a drive's verdict, which is its worst open finding."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """0 for the worst (red) to 3, so that sorting puts the worst first."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class NodeTable:
    """Nodes of one label, one a row.

    Args:
        label: A label of the ontology.
        rows: Columns ``key`` and ``name`` (strings, never null) and one column a property. A null is "no value":
            it neither sets nor clears the property. Types: int64, float64, string, bool, date32, timestamp[us, UTC]
            and lists of these.
    """

    label: str
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class RelationTable:
    """Relationships of one type between two labels, one a row.

    Args:
        relation: A relationship type of the ontology.
        head_label: Label of the heads.
        tail_label: Label of the tails.
        rows: Columns ``head`` and ``tail`` (keys, never null) and one column a property. ``(head, relation, tail)``
            is the identity, with ``valid_from`` where that column exists.
    """

    relation: str
    head_label: str
    tail_label: str
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class Batch:
    """Nodes, then the relationships among them and what is stored already."""

    nodes: tuple[NodeTable, ...] = ()
    relations: tuple[RelationTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a claim rests on: a stored node, and where its data came from.

    Args:
        kind: ``telemetry_window``, ``failure_event``, ``assertion`` or ``model_run``.
        ref: Key of that node.
        detail: Flat facts for the reader: fleet, drive, first and last day, number of readings, content hash.
    """

    kind: str
    ref: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable statement with its evidence, confidence and method.

    Args:
        statement: The sentence shown to people.
        evidence: At least one.
        method: Name of the rule, model or extractor that made it.
        confidence: In ``[0, 1]``; None where the method gives none.
    """

    statement: str
    evidence: tuple[Evidence, ...]
    method: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found on one subject in one window.

    Args:
        subject: Key of the drive, rack, host, drive model or fleet it is about.
        subject_label: Its label.
        rule: Name of the rule, kebab-case (``realloc-rise``).
        rule_version: Counts up when a rule's meaning changes.
        severity: Red, amber or green (a check that passed is no finding; green ones are informative).
        claim: Statement and evidence.
        first_day: First day of the data the finding speaks of.
        last_day: Last day of it.
        since_day: First day on which the condition held, where the data tell.
        attribute: Key of the SMART attribute, or None.
        value: What was measured, in ``unit``.
        threshold: What it was held against, in ``unit``.
        unit: QUDT name or the unit as shown (``blocks``, ``°C``, ``%``).
        threshold_source: Device field, standard or paper that the threshold comes from, or ``heuristic``.
        short: The statement in a few words for tables (``Reallocated blocks +61 in 30 d, limit 50``).
    """

    subject: str
    subject_label: str
    rule: str
    rule_version: int
    severity: Severity
    claim: Claim
    first_day: date
    last_day: date
    since_day: date | None = None
    attribute: str | None = None
    value: float | None = None
    threshold: float | None = None
    unit: str = ""
    threshold_source: str = "heuristic"
    short: str = ""

    @property
    def key(self) -> str:
        """Identity: subject, rule, rule version and window; a re-run adds none."""
        return f"finding:{self.subject}:{self.rule}:{self.rule_version}:{self.first_day}:{self.last_day}"

    @property
    def statement(self) -> str:
        """The sentence shown to people."""
        return self.claim.statement


def findings_sha256(findings: Iterable[tuple[str, str]]) -> str:
    """Hash findings by ``(key, statement)``, order-free, so that two stores can be compared."""
    digest = hashlib.sha256()
    for key, statement in sorted(findings):
        digest.update(f"{key}\t{statement}\n".encode())
    return digest.hexdigest()
