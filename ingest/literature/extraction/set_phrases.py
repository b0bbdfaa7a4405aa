"""Set phrases whose parts stand in a fixed order, read without the parser's tree: nulls, comparisons of constancy.

"regardless of the queue depth, throughput stays the same", "does not matter for", "makes no difference to". The noun
phrases beside the phrase are found by their tags alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.literature.extraction.assertion import CORRELATES, NO_EFFECT, NONE
from ingest.literature.extraction.clauses import context_of
from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.drafts import Draft, outcome_of, targets
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import Phrase, object_kind, object_phrase, subject_phrase
from ingest.literature.extraction.verbs import CAUSE

if TYPE_CHECKING:
    from spacy.tokens import Token

_NO = r"(?:no|little|virtually no|practically no|almost no|hardly any|scarcely any|negligible|minimal)"
_SAME = r"(?:the same|constant|unchanged|flat|stable|steady|unaltered)"
# groups: what follows the phrase is the object ("after") or the cause ("cause")
_BE = r"(?:is|are|was|were)"
_STAY = r"(?:remain(?:s|ed)?|stay(?:s|ed)?)"
_BRING = r"(?:produced?|yield(?:s|ed)?|brings?|brought|causes?|caused|shows?|showed)"
_BEFORE_AND_AFTER = tuple(
    (re.compile(pattern), relation, caused)
    for relation, caused, patterns in (
        (
            NO_EFFECT,
            False,
            (
                r"\b(?:does|do|did) not matter (?:for|to)\b|\bmatters? (?:little|not) (?:for|to)\b",
                r"\b(?:did|does) nothing (?:for|to)\b|\bcosts? nothing in\b",
                rf"\bcarr(?:y|ies|ied) {_NO} information (?:about|on)\b",
                rf"\b{_BE} of (?:no|little|minor) (?:consequence|importance|significance|relevance) (?:for|to)\b",
                rf"\b{_BRING} {_NO} (?:\w+ )?(?:change|difference) in\b",
            ),
        ),
        (
            NO_EFFECT,
            True,
            (
                rf"\b(?:{_STAY}|{_BE}) (?:\w+ly )?{_SAME},? (?:regardless|irrespective|independently|independent) of\b",
                rf"\b{_STAY} (?:\w+ly )?{_SAME} (?:as|when|while|with)\b",
            ),
        ),
        (
            CORRELATES,
            False,
            (
                r"\b(?:coincides?|coincided|goes? hand in hand|went hand in hand|goes along|go along) with\b",
                rf"\b{_BE} accompanied by\b",
            ),
        ),
    )
    for pattern in patterns
)


def set_phrases(sentence: Sentence) -> Iterator[Draft]:
    """Statements of all set phrases of a sentence."""
    for pattern, relation, caused in _BEFORE_AND_AFTER:
        match = pattern.search(sentence.text)
        if match is None:
            continue
        verb = next((i for i, p in enumerate(sentence.pieces) if p.start >= match.start()), None)
        left, right = noun_before(sentence, match.start()), noun_after(sentence, match.end())
        if verb is None or left is None or right is None or not _is_stated(sentence, verb):
            continue
        subject, target = (right, left) if caused else (left, right)
        phrase = object_phrase(sentence, target)
        if object_kind(phrase) is not None or object_kind(subject_phrase(sentence, subject)) is not None:
            context = Context(negated=relation == NO_EFFECT)
            yield Draft(subject_phrase(sentence, subject), relation, phrase, NONE, verb, "set", context)
    yield from behind(sentence)


_BEHIND = re.compile(
    r"\b(?:is|are|was|were|be|lies|lie|lay) (?:at the (?:root|heart|bottom|origin) of|behind|to blame for)\b"
)


def behind(sentence: Sentence) -> Iterator[Draft]:
    """As in "X is at the root of Y", "X was behind the spike in Y"."""
    match = _BEHIND.search(sentence.text)
    left = noun_before(sentence, match.start()) if match else None
    right = noun_after(sentence, match.end()) if match else None
    if match is None or left is None or right is None:
        return
    verb = next(i for i, p in enumerate(sentence.pieces) if p.start >= match.start())
    if not _is_stated(sentence, verb):
        return
    for target in targets(sentence, right)[:1]:
        result = outcome_of(target.change or CAUSE, target)
        if result is not None:
            yield Draft(subject_phrase(sentence, left), result[0], target.phrase, result[1], verb, "set", Context())


def _is_stated(sentence: Sentence, verb: int) -> bool:
    governor = sentence.tokens[verb]
    for _ in range(6):
        if governor.tag_.startswith("VB") or governor.dep_ == "ROOT":
            break
        governor = governor.head
    return context_of(sentence, governor).stated


def noun_before(sentence: Sentence, offset: int) -> Token | None:
    """Head of the noun phrase, with its complements, that ends where a phrase begins."""
    index = max((i for i, piece in enumerate(sentence.pieces) if piece.end <= offset), default=-1)
    while index >= 0 and sentence.tokens[index].tag_ in ("RB", "MD", "VBZ", "VBD", "VBP", "TO"):
        index -= 1
    if index < 0 or not sentence.tokens[index].tag_.startswith(("NN", "VBG", "CD")):
        return None
    head = sentence.tokens[index]
    edge = head.left_edge.i
    if edge and sentence.tokens[edge - 1].dep_ == "mark" and sentence.lowered[edge - 1] in ("after", "before", "until"):
        return None  # the noun of a circumstance that was read as a clause
    for _ in range(6):  # up through "the age of the drive" and "changing the size"
        above = head.head
        if (above.i < head.i and above.tag_.startswith(("NN", "IN")) and head.dep_ in ("pobj", "prep", "compound")) or (
            above.tag_ == "VBG" and above.i < head.i and head.dep_ == "dobj"
        ):
            head = above
        else:
            break
    return head if head.tag_.startswith(("NN", "VBG")) else None


def noun_after(sentence: Sentence, offset: int) -> Token | None:
    """Head of the noun phrase that begins where a phrase ends."""
    index = next((i for i, piece in enumerate(sentence.pieces) if piece.start >= offset), None)
    if index is None:
        return None
    last = None
    for i in range(index, min(index + 8, len(sentence.pieces))):
        tag = sentence.tokens[i].tag_
        following = sentence.lowered[i + 1] if i + 1 < len(sentence.pieces) else ""
        if tag.startswith("NN") or (tag == "VBG" and following in ("by", "of")):
            last = i
        elif last is not None or not tag.startswith(("DT", "JJ", "PRP$", "CD", "VBG", "VBN", "RB", "PDT")):
            break
    return sentence.tokens[last] if last is not None else None


__all__ = ["Phrase", "noun_after", "noun_before", "set_phrases"]
