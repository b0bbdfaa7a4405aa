"""Comparisons and values: "the latency of X is lower than that of Y", "the median was 95 µs"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.literature.extraction.arguments import BE, changed, is_known, modifiers, pobj
from ingest.literature.extraction.assertion import CORRELATES, DECREASE, INCREASE, MEASURED
from ingest.literature.extraction.clauses import context_of
from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.desirability import COUNTS
from ingest.literature.extraction.drafts import LEVELS, Draft, targets
from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import (
    Phrase,
    conjuncts,
    is_numeric,
    names_something,
    object_kind,
    object_phrase,
    of_complement,
    subject_phrase,
)
from ingest.literature.extraction.verbs import CAUSE, DOWN, PREVENT, UP, forms
from ingest.literature.extraction.wordlists import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_SHOWING = word_set(
    "have show exhibit reach achieve deliver attain see sustain record report experience provide observe yield"
)


def compared(sentence: Sentence, token: Token) -> Iterator[Draft]:
    """As in "the latency of X is 3x higher than that of Y" says it of X; "X is less prone to errors"."""
    word, verb = sentence.lowered[token.i], token.head
    if token.dep_ not in ("acomp", "attr", "oprd") or sentence.lowered[verb.i] not in BE:
        return
    context = context_of(sentence, verb)
    if not context.stated or not context.subjects:
        return
    if word in ("prone", "vulnerable", "susceptible", "resistant", "resilient"):
        degree = {sentence.lowered[c.i] for c in token.lefts}
        other = pobj(token, "to", "against")
        if other is not None and degree & {"more", "less"}:
            worse = ("more" in degree) == (word in ("prone", "vulnerable", "susceptible"))
            found = [t for t in targets(sentence, other) if t.kind.burden]
            yield from changed(
                sentence, list(context.subjects), found, CAUSE if worse else PREVENT, verb.i, "comparison", context
            )
        return
    change = next((change for change, words in LEVELS.items() if word in words), None)
    than = any(sentence.lowered[c.i] == "than" for c in [*token.children, *verb.rights])
    if change is None or not than:
        return
    for head in context.subjects:
        of = of_complement(head)
        if of is not None and singular(sentence.lowered[head.i]) in COUNTS:
            of = pobj(of, "for", "of", "in") or pobj(head, "for", "in")
        if of is None and (preposition := _beside_than(sentence, token, verb)) is not None:
            of = pobj(token, preposition) or pobj(verb, preposition) or pobj(head, preposition)
        if of is None or object_kind(object_phrase(sentence, head)) is None:
            continue
        found = [t for t in targets(sentence, head)[:1] if t.phrase.last < of.i]
        yield from changed(sentence, list(conjuncts(of)), found, change, verb.i, "comparison", context)


def _beside_than(sentence: Sentence, token: Token, verb: Token) -> str | None:
    """The preposition that is repeated after than ("lower for A than for B", "higher under A than under B")."""
    for i in range(token.i + 1, min(verb.i + 30, len(sentence.pieces) - 1)):
        if sentence.lowered[i] == "than":
            following = sentence.lowered[i + 1]
            return following if following in ("for", "with", "in", "on", "under", "at", "by") else None
    return None


def measured_drafts(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """As in "The median latency was 95 µs", "Model A had an AFR of 1.2 %"."""
    form = forms().get(sentence.lowered[verb.i])
    be = sentence.lowered[verb.i] in (
        "is",
        "are",
        "was",
        "were",
        "averaged",
        "averages",
        "reached",
        "reaches",
        "amounts",
        "amounted",
        "equals",
        "stayed",
        "remained",
        "stands",
        "stood",
        "peaked",
        "peaks",
        "ranged",
        "ranges",
        "totalled",
        "totaled",
        "settled",
    )
    has = form is not None and form.lemma in _SHOWING
    if not (be or has):
        return
    context = context_of(sentence, verb)
    if not context.stated or not context.subjects or context.negated or context.passive or context.hedged:
        return
    if be:
        yield from _value_of_metric(sentence, verb, context)
    if has:
        yield from _metric_of_subject(sentence, verb, context)


def ratio_drafts(sentence: Sentence) -> Iterator[Draft]:
    """As in "The larger the drive, the longer the rebuild time"."""
    match = re.match(
        r"\s*The\s+(\w+)\s+(?:the\s+)?([^,;.]{3,60}),\s+the\s+(\w+)\s+(?:the\s+)?([^,;.]{3,60})[.;]?\s*$", sentence.text
    )
    if match is None:
        return
    signs = [
        next(
            (
                change
                for change, words in LEVELS.items()
                if match[i].lower() in words
                or (match[i].lower() in ("hotter", "older", "bigger", "fuller") and change == UP)
            ),
            None,
        )
        for i in (1, 3)
    ]
    phrases = []
    for group in (2, 4):
        inside = [
            i for i, p in enumerate(sentence.pieces) if match.start(group) <= p.start and p.end <= match.end(group)
        ]
        if inside:
            begin, end = sentence.pieces[inside[0]].start, sentence.pieces[inside[-1]].end
            phrases.append(Phrase(inside[0], inside[-1], inside[-1], sentence.text[begin:end], begin, end))
    if len(phrases) == 2 and all(sign in (UP, DOWN) for sign in signs) and is_known(phrases[1]):
        direction = INCREASE if signs[0] == signs[1] else DECREASE
        yield Draft(phrases[0], CORRELATES, phrases[1], direction, phrases[1].first, "ratio", Context())


def _value_of_metric(sentence: Sentence, verb: Token, context: Context) -> Iterator[Draft]:
    inner = [
        next((c for c in child.children if c.dep_ == "pobj"), child)
        if child.lower_ in ("at", "to", "from", "between") and sentence.lowered[verb.i] not in BE
        else child
        for child in verb.rights
    ]
    for child in inner:
        if child.dep_ in ("attr", "acomp", "dobj", "npadvmod", "pobj") and child.i - verb.i <= 6:
            value = _value_span(sentence, child)
            if value is None:
                continue
            for head in context.subjects:
                subject = subject_phrase(sentence, head)
                if object_kind(object_phrase(sentence, head)) is None:
                    continue
                begin, end = sentence.pieces[value[0]].start, sentence.pieces[value[1]].end
                phrase = Phrase(value[0], value[1], value[1], sentence.text[begin:end], begin, end)
                yield Draft(subject, MEASURED, phrase, None, verb.i, "value", context, value=value)
            return


def _value_span(sentence: Sentence, head: Token, *, shared: bool = False) -> tuple[int, int] | None:
    """First and last token of a number with its unit, directly at ``head``."""
    first = next((t.i for t in head.subtree if t.tag_ == "CD" and abs(t.i - head.i) <= 2), None)
    if head.text == "percent" and of_complement(head) is not None and not shared:
        return None  # a share of something is no value of its own
    if first is None or not sentence.pieces[first].text[0].isdigit():
        return None
    last = first
    if last + 1 < len(sentence.pieces) and (head.i > first or sentence.tokens[last + 1].text in ("percent", "times")):
        last = max(head.i, last + 1) if head.i - first <= 2 else last + 1
    if any(
        sentence.lowered[i] in words
        for i in range(first, min(last + 2, len(sentence.pieces)))
        for words in LEVELS.values()
    ):
        return None
    return first, last


def _metric_of_subject(sentence: Sentence, verb: Token, context: Context) -> Iterator[Draft]:
    head = next((c for c in verb.children if c.dep_ == "dobj"), None)
    if head is None:
        return
    phrase = object_phrase(sentence, head)
    of, shared = pobj(head, "of", "at"), False
    if singular(sentence.lowered[head.i]) in ("value", "score", "figure") and head.i and phrase.first < head.i:
        before = object_phrase(sentence, sentence.tokens[head.i - 1])  # "AUC values of .9"
        phrase = before if object_kind(before) is not None else phrase
    if is_numeric(sentence, head) and (inner := of_complement(head)) is not None:  # "delivers 2 GB/s of bandwidth"
        phrase, of, shared = object_phrase(sentence, inner), head, True
    if (
        of is None
        or object_kind(phrase) is None
        or any(w in words for words in LEVELS.values() for w in modifiers(sentence, head))
    ):
        return
    value = _value_span(sentence, of, shared=shared)
    if value is None:
        return
    for subject in context.subjects:
        name = subject_phrase(sentence, subject)
        if names_something(sentence, name):
            yield Draft(name, MEASURED, phrase, None, verb.i, "metric", context, value=value)
