"""The account of an import: every triple that was read has exactly one fate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from ingest.literature.foreign.terms import Triple


class Fate(IntEnum):
    """What became of a triple."""

    OPEN = 0
    MAPPED = 1
    DUPLICATE = 2
    QUARANTINED = 3


@dataclass(frozen=True, slots=True)
class QuarantinedTriple:
    """A triple that could not be used.

    Args:
        subject: Subject as read.
        predicate: Predicate as read.
        object: Object as read.
        reason: Why, with the place.
    """

    subject: str
    predicate: str
    object: str
    reason: str

    @property
    def place(self) -> str:
        """Where it stands: its subject."""
        return self.subject

    @property
    def value(self) -> str:
        """What is said there: predicate and object."""
        return f"{self.predicate} {self.object}"


class Ledger:
    """Fates of the triples of one graph, so that ``read = mapped + quarantined + duplicate`` holds by construction."""

    def __init__(self, triples: Sequence[Triple]) -> None:
        """All triples open.

        Args:
            triples: As read, each by its position.
        """
        self._triples = triples
        self._fates = bytearray(len(triples))
        self._reasons: dict[int, str] = {}

    def fate(self, at: int) -> Fate:
        """Fate of the triple at a position."""
        return Fate(self._fates[at])

    def is_open(self, at: int) -> bool:
        """Whether nothing became of it yet."""
        return not self._fates[at]

    def map(self, at: int) -> None:
        """It became a node, a property, a relationship or a declaration in the report."""
        self._settle(at, Fate.MAPPED)

    def duplicate(self, at: int) -> None:
        """It says what another triple, or the catalogue, says already."""
        self._settle(at, Fate.DUPLICATE)

    def quarantine(self, at: int, reason: str) -> None:
        """It cannot be used; the reason names the place."""
        self._settle(at, Fate.QUARANTINED)
        self._reasons[at] = reason

    def count(self, fate: Fate) -> int:
        """Triples with that fate."""
        return self._fates.count(fate)

    def open_positions(self) -> list[int]:
        """Triples that nothing became of yet, in order."""
        return [at for at, fate in enumerate(self._fates) if not fate]

    def quarantined(self) -> tuple[QuarantinedTriple, ...]:
        """All quarantined triples with their reasons, in the order in which they were read."""
        rows = []
        for at in sorted(self._reasons):
            subject, predicate, object_ = self._triples[at]
            rows.append(QuarantinedTriple(subject.text, predicate.text, object_.text, self._reasons[at]))
        return tuple(rows)

    def by_predicate(self) -> dict[str, Counter[str]]:
        """Fates by predicate, for the report."""
        found: dict[str, Counter[str]] = {}
        for triple, fate in zip(self._triples, self._fates, strict=True):
            found.setdefault(triple.predicate.text, Counter())[Fate(fate).name.lower()] += 1
        return found

    def _settle(self, at: int, fate: Fate) -> None:
        if self._fates[at]:
            raise AssertionError(f"triple {at} is {Fate(self._fates[at]).name} already and cannot become {fate.name}")
        self._fates[at] = fate
