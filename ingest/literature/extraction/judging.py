"""How sure a reading is: a product of the construction's own precision and what weakens it.

    confidence = base(construction) * product of the weakenings that apply

The bases are the precision each construction reached on the seen half of the gold set and on papers; the high tier
starts at ``HIGH_FROM``.
"""

from __future__ import annotations

from ingest.literature.extraction.assertion import CORRELATES, Quantity
from ingest.literature.extraction.correlations import WEAK
from ingest.literature.extraction.desirability import COUNTS
from ingest.literature.extraction.drafts import LEVELS, Draft
from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.wordlists import word_set

HIGH_FROM = 0.85
BASES = {
    "active": 0.95,
    "passive": 0.95,
    "phrasal": 0.95,
    "origin": 0.9,
    "has": 0.84,
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
WEAK_SUBJECT, UNSURE_OBJECT, FAR, RELATIVE, HEDGE, LONG, EFFECT_SIZE, LOOSE_END = (
    0.7,
    0.75,
    0.95,
    0.9,
    0.97,
    0.93,
    1.03,
    0.88,
)


def _points_back(sentence: Sentence, draft: Draft) -> bool:
    """Does a demonstrative or a possessive make the object hang on another sentence ("this problem")?"""
    before = sentence.lowered[draft.object.first - 1] if draft.object.first else ""
    return before in ("this", "these", "such", "its", "their", "those")


def _has_loose_end(sentence: Sentence, draft: Draft) -> bool:
    """May the subject or object reach further, or less far, than was read?

    Nobody can tell how much of "of the drives" belongs to an object of one or two words, and a long or a coordinated
    subject is easily cut in the wrong place.
    """
    if draft.subject.last - draft.subject.first > 5:
        return True
    last = draft.object.last
    after = sentence.lowered[last + 1] if last + 1 < len(sentence.pieces) else ""
    if after in ("of", "at", "between", "by") and draft.object.text.count(" ") < 2:
        return not any(character.isdigit() for character in sentence.text[draft.object.end : draft.object.end + 8])
    if last > draft.object.head:
        return singular(sentence.lowered[draft.object.head]) not in COUNTS
    return False


_SUPERLATIVE = word_set("highest lowest longest shortest largest smallest most least best worst greatest fewest")
_LINKING = word_set("in of on for at from with to under during")


def _lacks_measure(sentence: Sentence, draft: Draft) -> bool:
    """Is a comparison without what it is compared with, or one between the bare labels of a table's rows?"""
    if draft.pattern != "has":
        return False
    words = set(sentence.lowered)
    if not words & {"than", "compared", "over", "relative", "versus", "without"}:
        before = sentence.lowered[max(0, draft.object.first - 3) : draft.object.last + 1]
        levels = {word for family in LEVELS.values() for word in family}
        return bool(set(before) & (levels | _SUPERLATIVE))
    head = sentence.pieces[draft.subject.head]
    return draft.subject.first == draft.subject.last and head.concept is None and head.text.isupper()


def _shares_its_end(sentence: Sentence, draft: Draft) -> bool:
    """Is the subject half of a coordination whose complement may belong to both halves, or to neither?

    "Corruptions and errors in the log", "a smaller window for A and B".
    """
    subject = draft.subject
    after = sentence.lowered[subject.last + 1] if subject.last + 1 < len(sentence.pieces) else ""
    before = sentence.lowered[subject.first - 1] if subject.first else ""
    if subject.last + 1 >= draft.verb and before not in ("and", "or"):
        return False
    bare = subject.first == subject.last
    if after in ("and", "or"):
        inside = set(sentence.lowered[subject.first : subject.last + 1])
        rest = set(sentence.lowered[subject.last + 2 : max(draft.verb, subject.last + 2)])
        return bool(inside & _LINKING) or (bare and bool(rest & _LINKING))
    if before in ("and", "or"):
        return (bare and after in _LINKING) or bool(
            set(sentence.lowered[max(0, subject.first - 4) : subject.first - 1]) & _LINKING
        )
    return False


def _is_vague(sentence: Sentence, draft: Draft) -> bool:
    """Is the object no more than a problem or an issue, whatever stands before it?"""
    return singular(sentence.lowered[draft.object.head]) in ("problem", "issue", "complaint", "effect", "impact")


def _is_weak_tie(sentence: Sentence, draft: Draft) -> bool:
    """Is the correlation called weak or limited, so that without these words it says too much?"""
    return draft.relation == CORRELATES and not WEAK.isdisjoint(sentence.lowered)


def _is_bounded(sentence: Sentence, draft: Draft) -> bool:
    """Is it denied for the moment only, or told of one of several subjects in a respectively-list?"""
    if draft.context.negated and not _FOR_NOW.isdisjoint(sentence.lowered):
        return True
    return "respectively" in sentence.lowered and " and " in draft.subject.text


_FOR_NOW = word_set("immediately initially instantly yet directly significantly")


def _is_bare_thing(sentence: Sentence, draft: Draft) -> bool:
    """Is the subject a bare "node" or "drive", of which an event is told rather than a property?"""
    concept = sentence.pieces[draft.subject.head].concept
    return concept is None or concept.label == "Component"


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
    if _points_back(sentence, draft):
        value *= WEAK_SUBJECT
    if (
        "participle" in draft.context.notes
        and draft.subject.first == draft.subject.last
        and _is_bare_thing(sentence, draft)
    ):
        value *= WEAK_SUBJECT
    if _has_loose_end(sentence, draft):
        value *= LOOSE_END
    if _lacks_measure(sentence, draft) or _is_vague(sentence, draft):
        value *= WEAK_SUBJECT
    if _shares_its_end(sentence, draft) or _is_weak_tie(sentence, draft) or _is_bounded(sentence, draft):
        value *= LOOSE_END
    if draft.subject.last - draft.subject.first > 7:
        value *= LONG
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
