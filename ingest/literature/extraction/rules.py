"""Extraction without a language model: dependency patterns over the field's vocabulary.

The quote is always a slice of the text. A sentence whose subject is a pronoun yields nothing. See docs/extraction.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.literature.extraction.assertion import (
    CANDIDATE,
    HIGH,
    MEASURED,
    ExtractedAssertion,
)
from ingest.literature.extraction.circumstances import condition_of, population_of, quantity_of
from ingest.literature.extraction.comparisons import measured_drafts, ratio_drafts
from ingest.literature.extraction.drafts import Draft
from ingest.literature.extraction.judging import HIGH_FROM, confidence_of
from ingest.literature.extraction.lexicon import lookup
from ingest.literature.extraction.noun_patterns import noun_drafts
from ingest.literature.extraction.parsing import Sentence, parse
from ingest.literature.extraction.phrases import names_something, subject_phrase
from ingest.literature.extraction.quantities import find
from ingest.literature.extraction.screening import stands_apart, worth_parsing
from ingest.literature.extraction.set_phrases import set_phrases
from ingest.literature.extraction.stock_phrases import stock_phrases
from ingest.literature.extraction.verb_patterns import verb_drafts

METHOD = "rules 1"
_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])|\n\s*\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|etc|al|Fig|Figs|Eq|Sec|No|approx|resp|Dr|Prof|Inc|Ltd|St|Tab|Ref|Vol|pp|Proc|"
    r"incl|max|min|avg|w\.r\.t)\.|"
    r"\b[A-Z]\.)$"
)


class RuleExtractor:
    """Reads sentences with rules; the parser is loaded once, at the first sentence that is worth it."""

    method = METHOD

    def extract(self, texts: Sequence[str]) -> list[list[ExtractedAssertion]]:
        """Assertions of each text, in the order of their place.

        Args:
            texts: Sentences or short passages; offsets of the result are into these.
        """
        results: list[list[ExtractedAssertion]] = [[] for _ in texts]
        owners: list[int] = []

        def worth() -> Iterator[Sentence]:
            for i, text in enumerate(texts):
                if stands_apart(text):
                    continue
                for start, end in split(text):
                    sentence = text[start:end]
                    if worth_parsing(sentence):
                        owners.append(i)
                        yield Sentence(sentence, start)

        waiting = list(worth())
        if not waiting:
            return results
        positions = {id(sentence): owner for sentence, owner in zip(waiting, owners, strict=True)}
        for sentence in parse(waiting):
            owner = positions[id(sentence)]
            results[owner] += assertions_of(sentence)
        return results


def split(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a short passage, without the white space around them."""
    spans, start = [], 0
    ends = [match for match in _END.finditer(text) if not _ABBREVIATION.search(text[: match.start()].rstrip())]
    for begin, end in [(match.start(), match.end()) for match in ends] + [(len(text), len(text))]:
        piece = text[start:begin]
        left, right = len(piece) - len(piece.lstrip()), len(piece.rstrip())
        if right > left:
            spans.append((start + left, start + right))
        start = end
    return spans


def assertions_of(sentence: Sentence) -> list[ExtractedAssertion]:
    """All assertions of a parsed sentence, each subject, object and relation once."""
    quantities = find(sentence.text)
    respectively = "respectively" in sentence.text
    population = population_of(sentence)
    best: dict[tuple[int, int], tuple[float, Draft, ExtractedAssertion]] = {}
    for draft in _with_ellipsis(sentence, list(drafts_of(sentence))):
        naming = names_something(sentence, draft.subject)
        if naming is None or _overlap(draft) or _interrupted(sentence, draft):
            continue
        if respectively and 1 < draft.ranks == draft.subject_ranks and draft.rank != draft.subject_rank:
            continue
        quantity = quantity_of(sentence, draft, quantities, respectively=respectively)
        confidence = confidence_of(sentence, draft, naming, quantity)
        key = (draft.subject.head, draft.object.head)
        if key in best and best[key][0] >= confidence:
            continue
        best[key] = (confidence, draft, _finished(sentence, draft, quantity, confidence, population))
    kept = [assertion for _, _, assertion in best.values()]
    return sorted(kept, key=lambda found: (found.subject_span, found.object_span))


def _interrupted(sentence: Sentence, draft: Draft) -> bool:
    """Does a colon, a semicolon or a quotation mark stand between a subject and its verb?"""
    first, last = sorted((draft.subject.end, sentence.pieces[draft.verb].start))
    if re.search(r"[:;“”]", sentence.text[first:last]):
        return True
    if draft.subject.last < draft.verb and sentence.tokens[draft.verb].tag_ in ("VBZ", "VBP", "VBD"):
        between = sentence.lowered[draft.subject.last + 1 : draft.verb]
        if "while" in between or "whereas" in between:  # "…, while using a high width raises the frequency"
            return draft.pattern != "set"
    quoted = [match.span() for match in re.finditer(r"[“\"][^“”\"]{8,}[”\"]", sentence.text)]
    return any(start <= draft.subject.start and draft.object.end <= end for start, end in quoted)


def _overlap(draft: Draft) -> bool:
    return draft.subject.first <= draft.object.last and draft.object.first <= draft.subject.last


def drafts_of(sentence: Sentence) -> Iterable[Draft]:
    """Statements of all patterns, in the order of the sentence's words."""
    for token in sentence.tokens:
        yield from verb_drafts(sentence, token)
        yield from noun_drafts(sentence, token)
        yield from measured_drafts(sentence, token)
    yield from ratio_drafts(sentence)
    yield from set_phrases(sentence)
    yield from stock_phrases(sentence)


def _with_ellipsis(sentence: Sentence, drafts: list[Draft]) -> list[Draft]:
    """The same denied of another subject: "… but SMART 189 does not"."""
    for token in sentence.tokens:
        if (
            token.lower_ not in ("does", "do", "did")
            or token.tag_ == "VB"
            or token.dep_ not in ("conj", "ROOT", "advcl")
        ):
            continue
        subject = next((c for c in token.children if c.dep_ == "nsubj"), None)
        if subject is None or not any(c.dep_ == "neg" for c in token.children):
            continue
        if any(c.tag_.startswith("VB") for c in token.children) or subject.tag_ == "PRP":
            continue
        before = [draft for draft in drafts if draft.object.last < subject.i and not draft.context.negated]
        first = before[0].subject.head if before else -1
        phrase = subject_phrase(sentence, subject)
        return drafts + [replace(draft.denied(), subject=phrase) for draft in before if draft.subject.head == first]
    return drafts


def _finished(
    sentence: Sentence, draft: Draft, quantity: object, confidence: float, population: str | None
) -> ExtractedAssertion:
    offset = sentence.offset
    subject, target, context = draft.subject, draft.object, draft.context
    return ExtractedAssertion(
        subject=subject.text,
        relation=draft.relation,
        object=target.text,
        direction=draft.direction,
        quote=sentence.text,
        start=offset,
        end=offset + len(sentence.text),
        subject_span=(offset + subject.start, offset + subject.end),
        object_span=(offset + target.start, offset + target.end),
        predicate=sentence.pieces[draft.verb].text,
        quantity=quantity,  # type: ignore[arg-type]
        condition=condition_of(sentence, draft),
        population=population,
        hedged=context.hedged,
        negated=context.negated,
        confidence=confidence,
        tier=HIGH if confidence >= HIGH_FROM and draft.relation != MEASURED else CANDIDATE,
        subject_concept=lookup(subject.text),
        object_concept=lookup(target.text) if draft.relation != MEASURED or draft.pattern == "metric" else None,
        method=METHOD,
    )
