"""Statements made by nouns and adjectives: causes, cures, costs, and what is kept or made so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.arguments import (
    BE,
    INVERSE,
    NULL,
    changed,
    governor_of,
    is_known,
    modifiers,
    pairs,
    pobj,
)
from ingest.literature.extraction.assertion import CORRELATES, DECREASE, INCREASE, NO_EFFECT, NONE
from ingest.literature.extraction.clauses import context_of
from ingest.literature.extraction.comparisons import compared
from ingest.literature.extraction.correlations import correlation, effect, tied
from ingest.literature.extraction.drafts import LEVELS, Draft, targets
from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import conjuncts, object_phrase, of_complement, subject_phrase
from ingest.literature.extraction.predicates import agents, prepositional
from ingest.literature.extraction.verbs import BAD, CAUSE, DOWN, GOOD, PREVENT, UP, families, forms
from ingest.literature.extraction.wordlists import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_CORRELATIONS = word_set("correlation association relationship relation link dependence dependency correspondence")

_EFFECTS = word_set("effect impact influence bearing role difference consequence toll")

_CAUSES = word_set("cause driver source reason culprit contributor origin root trigger factor")

_CURES = word_set("remedy cure mitigation protection safeguard countermeasure defence defense antidote")

_PREDICTORS = word_set("predictor indicator precursor sign symptom harbinger proxy marker signature")

_RESULTS = word_set("result consequence effect symptom outcome product")


_HARMFUL = {"harmful": BAD, "detrimental": BAD, "damaging": BAD, "beneficial": GOOD, "fatal": BAD, "responsible": CAUSE,
            "conducive": CAUSE, "effective": PREVENT, "to blame": CAUSE}  # fmt: skip

_DUE = {("due", "to"): 2, ("because", "of"): 2, ("owing", "to"): 2, ("thanks", "to"): 2, ("attributable", "to"): 2}

_RELATING = word_set(
    "proportional independent insensitive uncorrelated unrelated unaffected immune predictive indicative sensitive "
    "unchanged irrelevant neutral"
)


def noun_drafts(sentence: Sentence, token: Token) -> Iterator[Draft]:
    """All statements that hang on one noun, adjective or plain verb."""
    word = singular(sentence.lowered[token.i])
    if word in _CORRELATIONS and token.tag_.startswith("NN"):
        yield from correlation(sentence, token)
    if word in _EFFECTS and token.tag_.startswith("NN"):
        yield from effect(sentence, token)
    if token.dep_ == "attr" and token.tag_.startswith("NN"):
        yield from _nominal(sentence, token, word)
    if word in _CURES and token.dep_ == "dobj":
        yield from _cure(sentence, token)
    if word in _CAUSES and token.dep_ == "pobj" and token.head.lower_ == "as":
        yield from _named_cause(sentence, token)
    if token.tag_.startswith(("JJ", "VBN", "VBD", "RB")):
        yield from _adjective(sentence, token)
        yield from compared(sentence, token)
    if token.tag_.startswith("VB"):
        yield from tied(sentence, token)
        yield from _kept(sentence, token)
        yield from _cost_verb(sentence, token)
    if word in ("due", "because", "owing", "thanks", "attributable"):
        yield from _due(sentence, token)
    if word in ("cost", "expense", "price") and token.dep_ == "pobj" and token.head.lower_ == "at":
        yield from _at_the_cost(sentence, token)


def _nominal(sentence: Sentence, noun: Token, word: str) -> Iterator[Draft]:
    """As in "X is the main cause of Y", "the main cause of Y is X", "X is a good predictor of Y"."""
    verb = noun.head
    context = context_of(sentence, verb)
    if not context.stated or sentence.lowered[verb.i] not in BE:
        return
    target = pobj(noun, "of", "for", "to", "behind", "against")
    if target is not None:
        if word in _CAUSES and (
            word != "factor" or modifiers(sentence, noun) & {"main", "dominant", "key", "contributing", "decisive"}
        ):
            yield from changed(
                sentence, list(context.subjects), targets(sentence, target), CAUSE, verb.i, "nominal", context
            )
        elif word in _CURES:
            yield from changed(
                sentence, list(context.subjects), targets(sentence, target), PREVENT, verb.i, "nominal", context
            )
        elif word in _PREDICTORS:
            yield from pairs(
                sentence,
                list(context.subjects),
                list(conjuncts(target)),
                CORRELATES,
                NONE,
                verb.i,
                "predictor",
                context,
            )
        elif word in _RESULTS:
            found = [t for head in context.subjects for t in targets(sentence, head)[:1]]
            yield from changed(sentence, list(conjuncts(target)), found, CAUSE, verb.i, "origin", context)
    for subject in context.subjects:  # "the main cause of Y is X"
        if (
            singular(sentence.lowered[subject.i]) in _CAUSES - {"factor"}
            and (of := pobj(subject, "of", "for", "behind")) is not None
        ):
            yield from changed(
                sentence, list(conjuncts(noun)), targets(sentence, of), CAUSE, verb.i, "nominal", context
            )


def _cure(sentence: Sentence, noun: Token) -> Iterator[Draft]:
    """As in "offers no protection against Y"."""
    context = context_of(sentence, noun.head)
    target = pobj(noun, "against", "from", "for") or prepositional(noun.head, "against")
    if context.stated and not context.passive and target is not None:
        absent = bool(modifiers(sentence, noun) & NULL)
        found = [replace(t, change=None) for t in targets(sentence, target)]
        context = replace(context, negated=context.negated or absent)
        yield from changed(sentence, list(context.subjects), found, PREVENT, noun.head.i, "nominal", context)


def _named_cause(sentence: Sentence, noun: Token) -> Iterator[Draft]:
    """As in "X was identified as the root cause of Y"."""
    verb = noun.head.head
    context = context_of(sentence, verb)
    target = pobj(noun, "of", "for", "behind")
    if context.stated and context.passive and target is not None and not context.negated:
        yield from changed(
            sentence, list(context.subjects), targets(sentence, target), CAUSE, verb.i, "nominal", context
        )


def _adjective(sentence: Sentence, token: Token) -> Iterator[Draft]:
    """As in "proportional to", "independent of", "insensitive to", "harmful to", "responsible for"."""
    word = sentence.lowered[token.i]
    verb = token.head if token.dep_ in ("acomp", "attr", "oprd") else token
    if word in _RELATING or word in _HARMFUL:
        context = context_of(sentence, verb)
        if not context.stated or not context.subjects:
            return
        other = pobj(token, "to", "of", "with", "by", "from", "for", "against", "in", "at") or prepositional(verb, "to")
        if other is None:
            if (
                word in ("uncorrelated", "unrelated", "independent")
                and len(context.subjects) == 2
                and not context.negated
            ):
                both, denied = list(context.subjects), replace(context, negated=True)
                yield from pairs(sentence, both[:1], both[1:], CORRELATES, NONE, verb.i, "correlation", denied)
            return
        subjects, others = list(context.subjects), list(conjuncts(other))
        if word == "proportional":
            words = {sentence.lowered[c.i] for c in token.children}
            yield from pairs(
                sentence,
                others,
                subjects,
                CORRELATES,
                DECREASE if words & INVERSE else INCREASE,
                verb.i,
                "proportional",
                context,
            )
        elif word in ("independent", "insensitive", "unaffected", "immune"):
            if not context.negated and (
                word != "immune" or any(map(is_known, [object_phrase(sentence, s) for s in subjects]))
            ):
                yield from pairs(
                    sentence, others, subjects, NO_EFFECT, NONE, verb.i, "null", replace(context, negated=True)
                )
        elif word in ("irrelevant", "neutral"):
            if not context.negated:
                yield from pairs(
                    sentence, subjects, others, NO_EFFECT, NONE, verb.i, "null", replace(context, negated=True)
                )
        elif word in ("uncorrelated", "unrelated"):
            if not context.negated:
                yield from pairs(
                    sentence, subjects, others, CORRELATES, NONE, verb.i, "correlation", replace(context, negated=True)
                )
        elif word in ("predictive", "indicative"):
            yield from pairs(sentence, subjects, others, CORRELATES, NONE, verb.i, "predictor", context)
        elif word in _HARMFUL:
            found = [
                t
                for t in targets(sentence, other)
                if word != "responsible" or ("garbage" not in t.phrase.text and "GC" not in t.phrase.text)
            ]
            if _HARMFUL[word] == PREVENT and other.tag_ == "VBG":
                return
            yield from changed(sentence, subjects, found, _HARMFUL[word], verb.i, "adjective", context)


def _kept(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """As in "keeps latency low", "makes recovery slower"."""
    form = forms().get(sentence.lowered[verb.i])
    if form is None or form.lemma not in ("keep", "make", "hold", "leave", "render"):
        return
    context = context_of(sentence, verb)
    if not context.stated or not context.subjects:
        return
    nouns = [c for c in verb.rights if c.dep_ == "dobj"]
    for child in [*verb.rights, *[c for noun in nouns for c in noun.rights if c.tag_ == "JJ"]]:
        adjective = (
            child
            if child.tag_.startswith(("JJ", "RB")) and child.dep_ in ("oprd", "acomp", "ccomp", "xcomp", "advmod")
            else None
        )
        if child.dep_ == "prep" and child.lower_ in ("below", "under", "above") and form.lemma in ("keep", "hold"):
            heads = [c for c in verb.children if c.dep_ == "dobj"]
            if heads and _amount_after(child):
                bound = UP if child.lower_ == "above" else DOWN
                yield from changed(
                    sentence, list(context.subjects), targets(sentence, heads[0]), bound, verb.i, "kept", context
                )
        if adjective is None:
            continue
        word = sentence.lowered[adjective.i]
        if word in ("unaltered", "unchanged", "unaffected", "untouched", "intact", "constant") and form.lemma in (
            "leave",
            "keep",
        ):
            heads = [c for c in adjective.children if c.dep_ in ("nsubj", "npadvmod")] or [
                c for c in verb.children if c.dep_ == "dobj"
            ]
            null = replace(context, negated=True)
            if context.passive:
                for who in agents(sentence, verb):
                    for head in context.subjects:
                        yield Draft(who, NO_EFFECT, object_phrase(sentence, head), NONE, verb.i, "null", null)
                continue
            yield from pairs(sentence, list(context.subjects), heads, NO_EFFECT, NONE, verb.i, "null", null)
            continue
        if word == "likely":
            degree = {sentence.lowered[c.i] for c in adjective.children}
            word = "higher" if "more" in degree else "lower" if "less" in degree else word
        change = next((change for change, words in LEVELS.items() if word in words), None)
        if form.lemma in ("keep", "hold"):
            change = DOWN if word in ("low", "small", "short", "down") else UP if word in ("high", "long") else change
        heads = [c for c in adjective.children if c.dep_ in ("nsubj", "npadvmod")] or [
            c for c in verb.children if c.dep_ == "dobj"
        ]
        if change and heads:
            yield from changed(
                sentence, list(context.subjects), targets(sentence, heads[0]), change, verb.i, "kept", context
            )


def _amount_after(preposition: Token) -> bool:
    return any(token.tag_ == "CD" for token in preposition.subtree)


def _cost_verb(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """As in "costs 4 % of the rated endurance"."""
    form = forms().get(sentence.lowered[verb.i])
    if form is None or form.lemma != "cost":
        return
    context = context_of(sentence, verb)
    heads = [c for c in verb.children if c.dep_ == "dobj"]
    head = heads[-1] if heads else None  # "cost the array half of its throughput"
    if context.stated and head is not None:
        found = [t for t in targets(sentence, head) if t.kind.better == "up"]
        yield from changed(sentence, list(context.subjects), found, BAD, verb.i, "cost", context)


def _at_the_cost(sentence: Sentence, noun: Token) -> Iterator[Draft]:
    """As in "at the expense of throughput", "at the cost of additional wear"."""
    of = of_complement(noun)
    governor = governor_of(noun)
    context = context_of(sentence, governor)
    if of is None or not context.stated or context.negated or context.passive:
        return
    context = replace(context, hedged=False, distance=max(1, context.distance))
    for target in targets(sentence, of):
        change = target.change or (DOWN if target.kind.better == "up" else CAUSE)
        yield from changed(
            sentence, list(context.subjects), [replace(target, change=None)], change, governor.i, "cost", context
        )


def _due(sentence: Sentence, token: Token) -> Iterator[Draft]:
    """As in "Y increases due to X", "errors due to X", "Y is due to X"."""
    following = sentence.lowered[token.i + 1] if token.i + 1 < len(sentence.pieces) else ""
    if (sentence.lowered[token.i], following) not in _DUE:
        return
    marker = sentence.tokens[token.i + 1]
    inner = next(
        (c for c in (*marker.children, *token.children) if c.dep_ in ("pobj", "pcomp") and c.i > marker.i), None
    )
    if inner is None:
        return
    who = [subject_phrase(sentence, head) for head in conjuncts(inner)]
    above = token.head if token.head.i < token.i else token
    if above.tag_.startswith("NN") and above.i < token.i:
        context = context_of(sentence, governor_of(above))
        if context.stated and token.i - above.i <= 3:
            yield from changed(
                sentence, who, targets(sentence, above)[:1], CAUSE, token.i, "due_noun", replace(context, negated=False)
            )
        return
    verb = governor_of(token)
    context = context_of(sentence, verb)
    if not context.stated or not context.subjects:
        return
    form = forms().get(sentence.lowered[verb.i])
    names = families().get(form.lemma, frozenset()) if form else frozenset()
    found = [t for head in context.subjects for t in targets(sentence, head)[:1]]
    has_object = any(c.dep_ == "dobj" and c.i != token.i for c in verb.children)
    if sentence.lowered[verb.i] in BE and verb.i >= token.i - 3:
        yield from changed(sentence, who, found, CAUSE, verb.i, "due", context)
    elif not has_object:
        change = next(
            (
                c
                for family, c in (("shift_up", UP), ("shift_down", DOWN), ("shift_good", GOOD), ("shift_bad", BAD))
                if family in names
            ),
            None,
        )
        if change is not None:
            yield from changed(sentence, who, found, change, verb.i, "due", context)
        elif form is not None and form.lemma in ("occur", "happen", "arise", "exist", "manifest", "emerge", "appear"):
            yield from changed(sentence, who, [t for t in found if t.kind.burden], CAUSE, verb.i, "due", context)
