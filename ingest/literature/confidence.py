"""The confidence of an assertion, from what can be verified of it.

confidence = reading × quote × hedge × study × check × support, cut to [0, 1], where

- reading: how often this construction was read rightly on annotated sentences (the extractor's own figure);
- quote: 1 where the quote is a slice of the stored text, else 0 (such an assertion is never stored);
- hedge: .8 where the source says may, can or suggests, else 1;
- study: by the kind of study, see ``STUDY_WEIGHTS``;
- check: .6 for a note that nobody confirmed against the work, else 1;
- support: ``1 + (1 - 1/n) × .25`` for n independent works that state the same, times ``n / (n + m)`` for m works that
  state the opposite. Works are counted, never sentences; a note that nobody confirmed counts for itself only.

No model's own score enters. The weights are a convention, not a measurement; each part is stored beside the product.
"""

from __future__ import annotations

from dataclasses import dataclass

HEDGED_WEIGHT = 0.8
UNCHECKED_NOTE_WEIGHT = 0.6
SUPPORT_GAIN = 0.25
STUDY_WEIGHTS = {
    "field_study": 1.0,
    "standard": 1.0,
    "experiment": 0.95,
    "survey": 0.9,
    "method": 0.9,
    "simulation": 0.85,
    "unknown": 0.85,
    "vendor": 0.75,
}


@dataclass(frozen=True, slots=True)
class ConfidenceParts:
    """What a confidence is made of.

    Args:
        reading: The extractor's figure, 0 to 1.
        hedged: The source hedges.
        study_type: A key of ``STUDY_WEIGHTS``; anything else counts as unknown.
        is_unchecked_note: A note that nobody confirmed against its work.
        num_works: Independent works that state the same, this one included (at least 1).
        num_opposed: Works that state the opposite.
    """

    reading: float
    hedged: bool = False
    study_type: str = "unknown"
    is_unchecked_note: bool = False
    num_works: int = 1
    num_opposed: int = 0

    def factors(self) -> dict[str, float]:
        """The factors by name, in the order of the formula."""
        works = max(self.num_works, 1)
        support = (1 + (1 - 1 / works) * SUPPORT_GAIN) * works / (works + self.num_opposed)
        return {
            "reading": self.reading,
            "quote": 1.0,
            "hedge": HEDGED_WEIGHT if self.hedged else 1.0,
            "study": STUDY_WEIGHTS.get(self.study_type, STUDY_WEIGHTS["unknown"]),
            "check": UNCHECKED_NOTE_WEIGHT if self.is_unchecked_note else 1.0,
            "support": support,
        }

    def confidence(self) -> float:
        """The product, at most 1, to three decimals."""
        product = 1.0
        for factor in self.factors().values():
            product *= factor
        return round(min(product, 1.0), 3)

    def as_text(self) -> list[str]:
        """The parts as stored and shown: ``reading=0.94``, …, ``works=3``, ``opposed=1``."""
        parts = [f"{name}={value:.3g}" for name, value in self.factors().items()]
        return [*parts, f"works={max(self.num_works, 1)}", f"opposed={self.num_opposed}"]
