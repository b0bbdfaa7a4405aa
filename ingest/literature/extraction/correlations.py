"""Correlations and effects: "a strong correlation between X and Y", "has no effect on Y", "does not depend on X"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.arguments import (
    BE,
    INVERSE,
    NULL,
    STATING,
    changed,
    governor_of,
    is_known,
    modifiers,
    pairs,
    pobj,
    with_repeated,
)
from ingest.literature.extraction.assertion import CORRELATES, DECREASE, INCREASE, NO_EFFECT, NONE
from ingest.literature.extraction.clauses import context_of
from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.drafts import Draft, targets
from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import Phrase, conjuncts, object_phrase, of_complement, subject_phrase
from ingest.literature.extraction.predicates import agents, prepositional
from ingest.literature.extraction.verbs import BAD, GOOD, forms
from ingest.literature.extraction.wordlists import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

WEAK = word_set("weak limited slight small modest low moderate loose poor faint")

_STRONG = word_set("strong positive close clear significant high direct robust marked tight pronounced")

_NEGATIVE = word_set("negative adverse detrimental harmful severe damaging devastating deleterious bad serious heavy")

_POSITIVE = word_set("positive beneficial favourable favorable")

_TIES = word_set("correlate associate link relate tie connect couple")

_TELLS = word_set(
    "find found observe observed see saw seen measure measured detect detected notice noticed "
    "established demonstrated identified discerned discovered apparent evident visible reported shown"
)


def _sign(words: set[str]) -> str:
    if words & INVERSE:
        return DECREASE
    return INCREASE if words & {"positive", "positively", "direct"} else NONE


def correlation(sentence: Sentence, noun: Token) -> Iterator[Draft]:
    """As in "a strong correlation between X and Y", "X shows no correlation with Y"."""
    governor = governor_of(noun)
    context = context_of(sentence, governor)
    words = modifiers(sentence, noun)
    if not context.stated or (noun.dep_ == "pobj" and noun.head.lower_ not in ("in", "by")):
        return
    if noun.dep_ == "dobj" and sentence.lemma(governor.i) not in STATING:
        return  # "we study the correlation between X and Y" states none
    if noun.dep_ in ("nsubj", "nsubjpass"):
        judged = {sentence.lowered[c.i] for c in governor.rights if c.dep_ in ("acomp", "attr", "oprd")}
        if sentence.lowered[governor.i] in BE and not any(c.dep_ == "acomp" for c in governor.rights):
            return
        if judged & (NULL | {"absent"}):
            context = replace(context, negated=True)
        words = words | judged
        if sentence.lowered[governor.i] not in BE and sentence.lowered[governor.i] not in _TELLS | {
            "exists",
            "exist",
            "holds",
        }:
            return
    own = context.negated if noun.dep_ in ("dobj", "attr", "nsubj", "nsubjpass") else False
    context = replace(context, negated=own or bool(words & NULL) or _is_absent(sentence, governor))
    direction = _sign(words)
    strong = bool(words & (_STRONG | INVERSE | NULL | WEAK)) or singular(sentence.lowered[noun.i]) == "correlation"
    if not strong:
        return
    between = pobj(noun, "between") or (
        prepositional(governor, "between") if noun.dep_ in ("attr", "dobj", "nsubj", "nsubjpass") else None
    )
    if between is not None:
        both = list(conjuncts(between))
        if len(both) >= 2:
            yield from pairs(sentence, both[:-1], both[-1:], CORRELATES, direction, governor.i, "correlation", context)
        return
    if (
        singular(sentence.lowered[noun.i]) in ("dependence", "dependency")
        and (on := pobj(noun, "on", "upon")) is not None
    ):
        subjects = list(conjuncts(of_complement(noun))) if of_complement(noun) is not None else list(context.subjects)  # type: ignore[arg-type]
        relation = NO_EFFECT if context.negated else CORRELATES
        yield from pairs(sentence, list(conjuncts(on)), subjects, relation, NONE, governor.i, "correlation", context)
        return
    other = pobj(noun, "with", "to") or (prepositional(governor, "with") if noun.dep_ == "dobj" else None)
    if other is None:
        return
    of = of_complement(noun)
    subjects = (
        list(conjuncts(of))
        if of is not None
        else list(context.subjects)
        if noun.dep_ in ("dobj", "pobj", "attr")
        else []
    )
    yield from pairs(
        sentence, subjects, list(conjuncts(other)), CORRELATES, direction, governor.i, "correlation", context
    )


def _is_absent(sentence: Sentence, verb: Token) -> bool:
    return sentence.lowered[verb.i] in ("lack", "lacks", "lacked", "absent")


def effect(sentence: Sentence, noun: Token) -> Iterator[Draft]:
    """As in "has no effect on Y", "the effect of X on Y is negligible", "has an adverse impact on Y"."""
    governor = governor_of(noun)
    context = context_of(sentence, governor)
    if not context.stated:
        return
    words = modifiers(sentence, noun)
    owner = of_complement(noun) or next((c for c in noun.children if c.dep_ == "poss"), None)
    target = pobj(noun, "on", "upon", "in", "to") or (_deep_pobj(owner, "on", "upon") if owner is not None else None)
    target = target or prepositional(governor, "on") or prepositional(governor, "to")
    if target is None or target.i <= noun.i:
        return
    minor = "only" in words and bool(words & {"minor", "marginal", "slight", "small", "little"})
    neither = any(sentence.lowered[c.i] == "neither" for head in context.subjects for c in head.children)
    null = bool(words & NULL) or context.negated or minor or neither
    if noun.dep_ in ("nsubj", "nsubjpass"):
        null = _judged_null(sentence, governor, words, context)
        if owner is None or not null:
            return
    elif noun.dep_ not in ("dobj", "attr", "pobj") or (
        noun.dep_ == "dobj" and sentence.lemma(governor.i) not in STATING
    ):
        return
    heads = list(conjuncts(owner)) if owner is not None and owner.i < target.i else list(context.subjects)
    subjects = [_before_preposition(sentence, subject_phrase(sentence, head), target) for head in heads]
    if singular(sentence.lowered[noun.i]) in ("role", "consequence") and not null:
        return
    if null:
        denied = replace(context, negated=True)
        for subject in subjects:
            for k, head in enumerate(with_repeated(target)):
                phrase = object_phrase(sentence, head, whole=True)
                yield Draft(subject, NO_EFFECT, phrase, NONE, governor.i, "null", denied, is_known(phrase), k)
    elif words & (_NEGATIVE | _POSITIVE) or singular(sentence.lowered[noun.i]) == "toll":
        change = GOOD if words & _POSITIVE else BAD
        yield from changed(sentence, subjects, targets(sentence, target), change, governor.i, "effect", context)


def _judged_null(sentence: Sentence, verb: Token, words: set[str], context: Context) -> bool:
    """As in "is negligible", "is not significant", "no effect … was found"."""
    judged = {
        sentence.lowered[c.i] for c in verb.subtree if c.i > verb.i and c.dep_ in ("acomp", "amod", "attr", "advmod")
    }
    found = sentence.lowered[verb.i]
    if words & NULL:
        return found in _TELLS or found in BE
    if context.negated:
        return found in BE and bool(judged & {"significant", "noticeable", "measurable", "discernible"})
    return found in BE and bool(judged & (NULL | {"small", "minor"}))


def _deep_pobj(noun: Token, *prepositions: str) -> Token | None:
    """The object of a preposition that hangs somewhere below a noun ("of altitude on the failure rate")."""
    for token in noun.subtree:
        if token.dep_ == "prep" and token.lower_ in prepositions:
            return next((c for c in token.children if c.dep_ == "pobj"), None)
    return None


def _before_preposition(sentence: Sentence, phrase: Phrase, target: Token) -> Phrase:
    """A subject without the object that the parser hung below it."""
    if not phrase.first <= target.i <= phrase.last or target.head.i <= phrase.head:
        return phrase
    last = target.head.i - 1
    end = sentence.pieces[last].end
    return Phrase(phrase.first, last, phrase.head, sentence.text[phrase.start : end], phrase.start, end)


def tied(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """As in "X correlates with Y", "X is associated with Y"; "Y does not depend on X" is a null effect."""
    form = forms().get(sentence.lowered[verb.i])
    if form is None or verb.dep_ == "amod":
        return
    if form.lemma in _TIES:
        other = pobj(verb, "with", "to") or next(
            (
                inner
                for c in verb.rights
                if c.dep_ == "advmod"
                for inner in [pobj(c, "with", "to")]
                if inner is not None
            ),
            None,
        )
        context = context_of(sentence, verb)
        if not context.stated or not context.subjects:
            return
        words = {sentence.lowered[c.i] for c in verb.children if c.dep_ in ("advmod", "npadvmod")}
        direction = (
            DECREASE
            if words & {"inversely", "negatively"}
            else INCREASE
            if words & {"positively", "directly"}
            else NONE
        )
        subjects = list(context.subjects)
        if form.lemma in ("associate", "link", "tie", "relate", "couple", "connect") and form.form not in ("ed", "en"):
            return
        if other is None:  # "X and Y are correlated"
            if len(subjects) == 2 and form.lemma in ("correlate", "relate", "associate"):
                yield from pairs(sentence, subjects[:1], subjects[1:], CORRELATES, direction, verb.i, "tied", context)
            return
        yield from pairs(sentence, subjects, list(conjuncts(other)), CORRELATES, direction, verb.i, "tied", context)
    elif form.lemma in ("precede", "foreshadow", "herald", "track", "mirror", "predict", "foretell"):
        context = context_of(sentence, verb)
        head = next((c for c in verb.children if c.dep_ == "dobj"), None)
        who = agents(sentence, verb)
        if not context.stated or not context.subjects:
            return
        if context.passive and who and form.lemma not in ("predict", "foretell"):
            yield from pairs(
                sentence,
                [sentence.tokens[phrase.head] for phrase in who],
                list(context.subjects),
                CORRELATES,
                NONE,
                verb.i,
                "predictor",
                context,
            )
        elif (
            not context.passive
            and head is not None
            and is_known(object_phrase(sentence, head))
            and is_known(object_phrase(sentence, context.subjects[0]))
        ):
            yield from pairs(
                sentence, list(context.subjects), list(conjuncts(head)), CORRELATES, NONE, verb.i, "predictor", context
            )
    elif form.lemma in ("depend", "vary", "scale", "differ", "change"):
        other = pobj(verb, "on", "upon", "with")
        context = context_of(sentence, verb)
        if other is None or not context.stated or not context.subjects or other.tag_ == "CD":
            return
        if context.negated:
            if form.lemma != "differ":
                yield from pairs(
                    sentence, list(conjuncts(other)), list(context.subjects), NO_EFFECT, NONE, verb.i, "null", context
                )
        elif form.lemma == "scale" and is_known(object_phrase(sentence, context.subjects[0])):
            yield from pairs(
                sentence, list(conjuncts(other)), list(context.subjects), CORRELATES, INCREASE, verb.i, "tied", context
            )
