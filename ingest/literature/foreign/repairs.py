"""Repairs of an import, listed one by one: what was wrong, what it was before and after, and how often."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graph.errors import InputError

DOUBLE_ENCODED = "double-encoded-iri"
CONTROL_CHARACTERS = "control-characters"
UNITED_NAME = "united-name"
FLAGGED_NAME = "flagged-name"
UNDECLARED_PREDICATE = "undeclared-predicate"
INVERSE_PREDICATE = "inverse-predicate"
SPLIT_INSTANCE = "split-instance"
FLAGGED_INSTANCE = "flagged-instance"
TYPED_LITERAL = "typed-literal"
INVERTED_POLARITY = "inverted-polarity"
NULL_EFFECT = "null-effect"
SIDE_FROM_METRIC = "side-from-metric"
CONTRADICTION = "contradiction"
KINDS = (
    DOUBLE_ENCODED,
    CONTROL_CHARACTERS,
    UNITED_NAME,
    FLAGGED_NAME,
    UNDECLARED_PREDICATE,
    INVERSE_PREDICATE,
    SPLIT_INSTANCE,
    FLAGGED_INSTANCE,
    TYPED_LITERAL,
    INVERTED_POLARITY,
    NULL_EFFECT,
    SIDE_FROM_METRIC,
    CONTRADICTION,
)
"""Kinds of repair; docs/foreign-rdf.md says what each means."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that was repaired or flagged.

    Args:
        kind: One of ``KINDS``.
        what: What it concerns: an IRI, a name, a predicate, a pair of concepts.
        before: What the source says.
        after: What the graph says now.
        count: Triples or claims that it touches.
    """

    kind: str
    what: str
    before: str
    after: str
    count: int = 1

    def to_json(self) -> dict[str, Any]:
        """The repair as a line of the report."""
        return asdict(self)


class Repairs:
    """Collects repairs; the same repair on several triples is one entry with its count."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str, str], int] = {}

    def note(self, kind: str, what: str, before: str, after: str, count: int = 1) -> str:
        """Note a repair; returns it in one line for the node that it touches."""
        entry = (kind, what, before, after)
        self._counts[entry] = self._counts.get(entry, 0) + count
        return f"{kind}: {before} -> {after}"

    def listed(self) -> tuple[Repair, ...]:
        """All repairs by kind in the order of ``KINDS``, then by what they concern."""
        found = [Repair(*entry, count) for entry, count in self._counts.items()]
        return tuple(sorted(found, key=lambda one: (KINDS.index(one.kind), one.what, one.before, one.after)))


def write_repairs(path: Path, repairs: Iterable[Repair]) -> int:
    """Write repairs as JSON lines, into a folder that is made where it is missing; returns how many.

    Raises:
        InputError: The file cannot be written.
    """
    lines = [json.dumps(repair.to_json(), ensure_ascii=False) for repair in repairs]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: the list of repairs cannot be written ({error.strerror}).") from error
    return len(lines)


def by_kind(repairs: Iterable[Repair]) -> dict[str, int]:
    """How many repairs of each kind there are."""
    counts: dict[str, int] = {}
    for repair in repairs:
        counts[repair.kind] = counts.get(repair.kind, 0) + 1
    return counts
