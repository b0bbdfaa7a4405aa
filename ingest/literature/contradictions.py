"""Statements that cannot all hold: the same subject and object, and the opposite said of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

GOOD, BAD, NONE_ = "improves", "degrades", "no effect"


@dataclass(frozen=True, slots=True)
class Stated:
    """What one stored assertion says, in canonical terms.

    Args:
        key: Of the assertion.
        work: Key of the work that says it; the document's where no work is known.
        subject: Key of the concept it speaks of.
        object: Key of the concept that it says something about.
        side: ``improves``, ``degrades`` or ``no effect``; empty where it takes no side (measured, correlates).
        tier: high or candidate.
        confidence: Before support is counted.
    """

    key: str
    work: str
    subject: str
    object: str
    side: str
    tier: str = "candidate"
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Contradicting:
    """One pair of subject and object on which sources differ.

    Args:
        key: Identity: the pair.
        subject: Key of the subject.
        object: Key of the object.
        sides: Keys of the assertions by side, two sides or more.
        confidence: The weaker of the two strongest sides.
    """

    key: str
    subject: str
    object: str
    sides: dict[str, tuple[str, ...]]
    confidence: float


def side_of(relation: str, polarity: str | None, *, negated: bool) -> str:
    """The side that a statement takes; a denied relation and a null effect are the side of no effect."""
    if relation in ("measured", "correlates"):
        return ""
    if negated or relation == "no_effect":
        return NONE_
    return polarity if polarity in (GOOD, BAD) else ""


def turned(side: str) -> str:
    """The same said of the opposite change of the subject."""
    return {GOOD: BAD, BAD: GOOD}.get(side, side)


def find_contradictions(stated: Iterable[Stated]) -> list[Contradicting]:
    """Pairs of subject and object on which two sides are taken, by key."""
    by_pair: dict[tuple[str, str], dict[str, list[Stated]]] = defaultdict(lambda: defaultdict(list))
    for one in stated:
        if one.side:
            by_pair[one.subject, one.object][one.side].append(one)
    found = []
    for (subject, object_), sides in sorted(by_pair.items()):
        if len(sides) < 2:
            continue
        strongest = sorted((max(one.confidence for one in group) for group in sides.values()), reverse=True)
        digest = hashlib.sha256(f"{subject}\t{object_}".encode()).hexdigest()[:16]
        members = {side: tuple(sorted(one.key for one in group)) for side, group in sorted(sides.items())}
        found.append(Contradicting(f"contradiction:{digest}", subject, object_, members, round(strongest[1], 3)))
    return found


def works_by_side(stated: Iterable[Stated]) -> dict[tuple[str, str], dict[str, set[str]]]:
    """Works by what they say of each pair of subject and object: support and opposition are counted in these."""
    works: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in stated:
        if one.side:
            works[one.subject, one.object][one.side].add(one.work)
    return works
