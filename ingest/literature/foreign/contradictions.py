"""Unsourced claims that cannot all hold: the same subject and object, the opposite polarity."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.literature.extraction.assertion import DEGRADES, IMPROVES
from ingest.literature.foreign.claims import Claim
from ingest.literature.foreign.entities import Entity
from ingest.literature.foreign.names import comparable
from ingest.literature.foreign.repairs import CONTRADICTION, Repairs


@dataclass(frozen=True, slots=True)
class ClaimContradiction:
    """One pair of subject and object on which a graph says both.

    Args:
        key: Identity: the document and the pair.
        subject: Name of the subject.
        object: Name of the object.
        improving: Keys of the claims that say it improves.
        degrading: Keys of the claims that say it degrades.
    """

    key: str
    subject: str
    object: str
    improving: tuple[str, ...]
    degrading: tuple[str, ...]

    @property
    def claims(self) -> tuple[str, ...]:
        """Keys of all claims of the pair."""
        return self.improving + self.degrading


def contradictions_of(claims: Iterable[Claim], document: str, repairs: Repairs) -> list[ClaimContradiction]:
    """Pairs with claims of both polarities, by key.

    Ends are compared as what the field calls them: a concept by its key, anything else by its IRI. Of components and
    mitigations the name counts too, since the field files products under what they are a case of: that one file system
    is faster and another slower is no contradiction. What is split, because several papers mean different things by
    it, contradicts nothing.
    """
    pairs: dict[tuple[str, str], dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        if claim.polarity not in (IMPROVES, DEGRADES) or claim.subject is None or claim.object is None:
            continue
        if claim.subject.is_split or claim.object.is_split:
            continue
        pairs[_identity(claim.subject), _identity(claim.object)][claim.polarity].append(claim)
    found = []
    for (subject, object_), sides in sorted(pairs.items()):
        if len(sides) < 2:
            continue
        good, bad = sides[IMPROVES], sides[DEGRADES]
        digest = hashlib.sha256(f"{subject} {object_}".encode()).hexdigest()[:16]
        one = ClaimContradiction(
            f"contradiction:{document.removeprefix('document:')}:{digest}",
            good[0].subject_text,
            good[0].object_text,
            tuple(sorted(claim.key for claim in good)),
            tuple(sorted(claim.key for claim in bad)),
        )
        repairs.note(
            CONTRADICTION,
            f"{one.subject} and {one.object}",
            f"{len(good)} improve, {len(bad)} degrade",
            f"linked by {one.key}, proposed",
            len(good) + len(bad),
        )
        found.append(one)
    return found


def _identity(entity: Entity) -> str:
    if entity.concept is None:
        return entity.term.text
    by_name = entity.concept.startswith(("component:", "mitigation:"))
    return f"{entity.concept} {comparable(entity.name)}" if by_name else entity.concept
