"""How sure a reading is: a product of the construction's own precision and what weakens it.

    confidence = base(construction) * product of the weakenings that apply

The bases are the precision each construction reached on the seen half of the gold set and on papers; the high tier
starts at ``HIGH_FROM``.
"""

from __future__ import annotations

from ingest.literature.extraction.assertion import Quantity
from ingest.literature.extraction.drafts import Draft
from ingest.literature.extraction.parsing import Sentence

HIGH_FROM = 0.8
BASES = {
    "active": 0.95,
    "passive": 0.95,
    "phrasal": 0.95,
    "origin": 0.9,
    "has": 0.9,
    "null": 0.9,
    "correlation": 0.92,
    "tied": 0.9,
    "shift": 0.85,
    "proportional": 0.92,
    "nominal": 0.9,
    "predictor": 0.75,
    "due": 0.88,
    "due_noun": 0.6,
    "effect": 0.88,
    "adjective": 0.85,
    "kept": 0.85,
    "cost": 0.75,
    "outperform": 0.75,
    "introduced": 0.75,
    "comparison": 0.8,
    "ratio": 0.8,
    "set": 0.82,
    "unlisted": 0.8,
    "depends": 0.62,
    "value": 0.7,
    "metric": 0.75,
}
WEAK_SUBJECT, UNSURE_OBJECT, FAR, RELATIVE, HEDGE, LONG, EFFECT_SIZE = 0.7, 0.75, 0.95, 0.9, 0.97, 0.93, 1.03


def confidence_of(sentence: Sentence, draft: Draft, naming: str, quantity: Quantity | None) -> float:
    """Confidence of one reading, 0 to 1.

    Args:
        sentence: Where it was read.
        draft: What was read.
        naming: ``well`` or ``weakly``: how well the subject names a thing.
        quantity: Size of the effect, where one was found.
    """
    value = BASES[draft.pattern]
    if naming != "well":
        value *= WEAK_SUBJECT
    if not draft.sure:
        value *= UNSURE_OBJECT
    if draft.context.distance:
        value *= FAR**draft.context.distance
    if draft.context.relative:
        value *= RELATIVE
    if draft.context.hedged:
        value *= HEDGE
    if len(sentence.pieces) > 40:
        value *= LONG
    if quantity is not None:
        value *= EFFECT_SIZE
    return round(min(value, 0.99), 3)
