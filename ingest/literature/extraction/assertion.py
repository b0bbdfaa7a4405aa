"""What an extractor finds in a text, whichever extractor it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

IMPROVES, DEGRADES, CAUSES, MITIGATES = "improves", "degrades", "causes", "mitigates"
CORRELATES, NO_EFFECT, MEASURED = "correlates", "no_effect", "measured"
RELATIONS = (IMPROVES, DEGRADES, CAUSES, MITIGATES, CORRELATES, NO_EFFECT, MEASURED)
INCREASE, DECREASE, NONE = "increase", "decrease", "none"
DIRECTIONS = (INCREASE, DECREASE, NONE)
HIGH, CANDIDATE = "high", "candidate"
TIERS = (HIGH, CANDIDATE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A stated size of an effect or a measured value.

    Args:
        text: The source's words, a slice of it (``37 %``, ``from 3 to 5 ms``, ``2.5x``).
        low: Lower end in ``unit``; None where the words give no number.
        high: Upper end in ``unit``; equal to ``low`` for a single value.
        unit: QUDT name (``unit:PERCENT``, ``unit:MilliSEC``; factors are ``unit:UNITLESS``); None where unknown.
    """

    text: str
    low: float | None = None
    high: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ExtractedAssertion:
    """One statement of a text.

    ``text[start:end] == quote`` always holds, and the spans of subject and object lie inside ``start`` to ``end``.

    Args:
        subject: Words of the subject, with its word of change (``Raising the temperature``).
        relation: One of ``RELATIONS``.
        object: Words of the object, without the word of change that the relation carries.
        direction: Of the object as named: increase, decrease or none; None for ``measured`` without a comparison.
        quote: The sentence, a slice of the text.
        start: First character of the quote in the text, from 0.
        end: Character after its last.
        subject_span: Start and end of the subject in the text.
        object_span: Start and end of the object in the text.
        predicate: The author's verb or phrase (``cuts``, ``is correlated with``).
        quantity: Size of the effect, or the value.
        condition: Circumstances as worded (``at 70 °C, write-heavy``).
        population: Kinds of drives as worded (``TLC``, ``enterprise SSDs``).
        hedged: The source says may, can, suggests or the like.
        negated: The source denies it; then ``direction`` is none.
        confidence: Of this reading, 0 to 1.
        tier: ``high`` or ``candidate``: only the first is evidence by default.
        subject_concept: Key of the canonical concept where the lexicon names it.
        object_concept: The same of the object.
        method: Name and version of the extractor.
    """

    subject: str
    relation: str
    object: str
    direction: str | None
    quote: str
    start: int
    end: int
    subject_span: tuple[int, int]
    object_span: tuple[int, int]
    predicate: str = ""
    quantity: Quantity | None = None
    condition: str | None = None
    population: str | None = None
    hedged: bool = False
    negated: bool = False
    confidence: float = 0.0
    tier: str = CANDIDATE
    subject_concept: str | None = None
    object_concept: str | None = None
    method: str = ""

    def to_json(self) -> dict[str, Any]:
        """The assertion as ``atoll extract`` prints it."""
        return {
            "subject": self.subject,
            "relation": self.relation,
            "object": self.object,
            "direction": self.direction,
            "quantity": self.quantity.text if self.quantity else None,
            "condition": self.condition,
            "hedged": self.hedged,
            "negated": self.negated,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "confidence": round(self.confidence, 3),
            "tier": self.tier,
        }
