"""Statements made by nouns and adjectives: correlations, null effects, causes, costs, and measured values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.assertion import CORRELATES, DECREASE, INCREASE, MEASURED, NO_EFFECT, NONE
from ingest.literature.extraction.clauses import Context, context_of, negations
from ingest.literature.extraction.drafts import LEVELS, Draft, Target, outcome_of, targets
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
from ingest.literature.extraction.verb_patterns import agents, prepositional
from ingest.literature.extraction.verbs import BAD, CAUSE, DOWN, GOOD, PREVENT, UP, families, forms

if TYPE_CHECKING:
    from spacy.tokens import Token

_CORRELATIONS = frozenset(
    "correlation association relationship relation link dependence dependency correspondence".split()
)  # noqa: SIM905
_EFFECTS = frozenset("effect impact influence bearing role difference consequence toll".split())  # noqa: SIM905
_CAUSES = frozenset("cause driver source reason culprit contributor origin root trigger factor".split())  # noqa: SIM905
_CURES = frozenset("remedy cure mitigation protection safeguard countermeasure defence defense antidote".split())  # noqa: SIM905
_PREDICTORS = frozenset("predictor indicator precursor sign symptom harbinger proxy marker signature".split())  # noqa: SIM905
_RESULTS = frozenset("result consequence effect symptom outcome product".split())  # noqa: SIM905
_NULL = frozenset("no little negligible minimal insignificant marginal scant zero hardly any nil scarcely".split()) - {
    "any"
}
_WEAK = frozenset("weak limited slight small modest low moderate loose poor faint".split())  # noqa: SIM905
_STRONG = frozenset("strong positive close clear significant high direct robust marked tight pronounced".split())  # noqa: SIM905
_INVERSE = frozenset("negative inverse inversely negatively reverse".split())  # noqa: SIM905
_NEGATIVE = frozenset(
    "negative adverse detrimental harmful severe damaging devastating deleterious bad serious heavy".split()
)  # noqa: SIM905
_POSITIVE = frozenset("positive beneficial favourable favorable".split())  # noqa: SIM905
_HARMFUL = {"harmful": BAD, "detrimental": BAD, "damaging": BAD, "beneficial": GOOD, "fatal": BAD, "responsible": CAUSE,
            "conducive": CAUSE, "effective": PREVENT, "to blame": CAUSE}  # fmt: skip
_TIES = frozenset("correlate associate link relate tie connect couple".split())  # noqa: SIM905
_DUE = {("due", "to"): 2, ("because", "of"): 2, ("owing", "to"): 2, ("thanks", "to"): 2, ("attributable", "to"): 2}
_BE = frozenset("is are was were be been remains remained being becomes became stays stayed".split())  # noqa: SIM905


_TELLS = frozenset("find found observe observed see saw seen measure measured detect detected notice noticed".split())  # noqa: SIM905


def noun_drafts(sentence: Sentence, token: Token) -> Iterator[Draft]:
    """All statements that hang on one noun, adjective or plain verb."""
    word = singular(sentence.lowered[token.i])
    if word in _CORRELATIONS and token.tag_.startswith("NN"):
        yield from _correlation(sentence, token)
    if word in _EFFECTS and token.tag_.startswith("NN"):
        yield from _effect(sentence, token)
    if token.dep_ == "attr" and token.tag_.startswith("NN"):
        yield from _nominal(sentence, token, word)
    if word in _CURES and token.dep_ == "dobj":
        yield from _cure(sentence, token)
    if word in _CAUSES and token.dep_ == "pobj" and token.head.lower_ == "as":
        yield from _named_cause(sentence, token)
    if token.tag_.startswith(("JJ", "VBN", "VBD", "RB")):
        yield from _adjective(sentence, token)
        yield from _compared(sentence, token)
    if token.tag_.startswith("VB"):
        yield from _tied(sentence, token)
        yield from _kept(sentence, token)
        yield from _cost_verb(sentence, token)
    if word in ("due", "because", "owing", "thanks", "attributable"):
        yield from _due(sentence, token)
    if word in ("cost", "expense", "price") and token.dep_ == "pobj" and token.head.lower_ == "at":
        yield from _at_the_cost(sentence, token)


def _governor(token: Token) -> Token:
    current = token
    for _ in range(10):
        if current.tag_.startswith(("VB", "MD")) or current.dep_ == "ROOT":
            return current
        current = current.head
    return current


def _modifiers(sentence: Sentence, noun: Token) -> set[str]:
    return {sentence.lowered[i] for i in range(noun.left_edge.i, noun.i)}


def _pobj(token: Token, *prepositions: str) -> Token | None:
    for child in token.rights:
        if child.dep_ in ("prep", "agent", "dative", "aux", "mark") and child.lower_ in prepositions:
            inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            if inner is not None:
                return inner
    return None


def with_repeated(first: Token) -> list[Token]:
    """Coordinated nouns, the preposition repeated or not ("on X or on Y")."""
    found = list(conjuncts(first))
    for sibling in first.head.children:
        if sibling.dep_ == "conj" and sibling.tag_ in ("IN", "TO"):
            found += [noun for c in sibling.children if c.dep_ == "pobj" for noun in conjuncts(c)]
    return found


def _pairs(
    sentence: Sentence, subjects: list[Token], others: list[Token], relation: str, direction: str | None, verb: int,
    pattern: str, context: Context,
) -> Iterator[Draft]:  # fmt: skip
    phrases = [object_phrase(sentence, other, whole=True) for other in others]
    for subject in subjects:
        for k, phrase in enumerate(phrases):
            draft = Draft(
                subject_phrase(sentence, subject), relation, phrase, direction, verb, pattern, context,
                object_kind(phrase) is not None or object_kind(subject_phrase(sentence, subject)) is not None, k, len(phrases),
            )  # fmt: skip
            yield draft.denied() if context.negated else draft


def _sign(words: set[str]) -> str:
    if words & _INVERSE:
        return DECREASE
    return INCREASE if words & {"positive", "positively", "direct"} else NONE


def _correlation(sentence: Sentence, noun: Token) -> Iterator[Draft]:
    """ "a strong correlation between X and Y", "X shows no correlation with Y"."""
    governor = _governor(noun)
    context = context_of(sentence, governor)
    words = _modifiers(sentence, noun)
    if not context.stated or (noun.dep_ == "pobj" and noun.head.lower_ not in ("in", "by")):
        return
    if noun.dep_ == "dobj" and sentence.lemma(governor.i) not in _STATING:
        return  # "we study the correlation between X and Y" states none
    if noun.dep_ in ("nsubj", "nsubjpass"):
        judged = {sentence.lowered[c.i] for c in governor.rights if c.dep_ in ("acomp", "attr", "oprd")}
        if sentence.lowered[governor.i] in _BE and not any(c.dep_ == "acomp" for c in governor.rights):
            return
        if judged & (_NULL | {"absent"}):
            context = replace(context, negated=True)
        words = words | judged
        if sentence.lowered[governor.i] not in _BE and sentence.lowered[governor.i] not in _TELLS | {"exists", "exist", "holds"}:
            return
    own = context.negated if noun.dep_ in ("dobj", "attr", "nsubj", "nsubjpass") else False
    context = replace(context, negated=own or bool(words & _NULL) or _is_absent(sentence, governor))
    direction = _sign(words)
    strong = bool(words & (_STRONG | _INVERSE | _NULL | _WEAK)) or singular(sentence.lowered[noun.i]) == "correlation"
    if not strong:
        return
    between = _pobj(noun, "between") or (
        prepositional(governor, "between") if noun.dep_ in ("attr", "dobj", "nsubj", "nsubjpass") else None
    )
    if between is not None:
        both = list(conjuncts(between))
        if len(both) >= 2:
            yield from _pairs(sentence, both[:-1], both[-1:], CORRELATES, direction, governor.i, "correlation", context)
        return
    if (
        singular(sentence.lowered[noun.i]) in ("dependence", "dependency")
        and (on := _pobj(noun, "on", "upon")) is not None
    ):
        subjects = list(conjuncts(of_complement(noun))) if of_complement(noun) is not None else list(context.subjects)  # type: ignore[arg-type]
        relation = NO_EFFECT if context.negated else CORRELATES
        yield from _pairs(sentence, list(conjuncts(on)), subjects, relation, NONE, governor.i, "correlation", context)
        return
    other = _pobj(noun, "with", "to") or (prepositional(governor, "with") if noun.dep_ == "dobj" else None)
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
    yield from _pairs(
        sentence, subjects, list(conjuncts(other)), CORRELATES, direction, governor.i, "correlation", context
    )


def _is_absent(sentence: Sentence, verb: Token) -> bool:
    return sentence.lowered[verb.i] in ("lack", "lacks", "lacked", "absent")


_STATING = frozenset(
    "have show exhibit find observe see discover reveal report note detect confirm demonstrate identify display bear exert "
    "play make take be establish notice".split()  # noqa: SIM905
)


def _effect(sentence: Sentence, noun: Token) -> Iterator[Draft]:
    """ "has no effect on Y", "the effect of X on Y is negligible", "has an adverse impact on Y"."""
    governor = _governor(noun)
    context = context_of(sentence, governor)
    if not context.stated:
        return
    words = _modifiers(sentence, noun)
    owner = of_complement(noun) or next((c for c in noun.children if c.dep_ == "poss"), None)
    target = _pobj(noun, "on", "upon", "in", "to") or (_deep_pobj(owner, "on", "upon") if owner is not None else None)
    target = target or prepositional(governor, "on") or prepositional(governor, "to")
    if target is None or target.i <= noun.i:
        return
    minor = "only" in words and bool(words & {"minor", "marginal", "slight", "small", "little"})
    null = bool(words & _NULL) or context.negated or minor
    if noun.dep_ in ("nsubj", "nsubjpass"):
        null = _judged_null(sentence, governor, words, context)
        if owner is None or not null:
            return
    elif noun.dep_ not in ("dobj", "attr", "pobj") or (noun.dep_ == "dobj" and sentence.lemma(governor.i) not in _STATING):
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
                yield Draft(subject, NO_EFFECT, phrase, NONE, governor.i, "null", denied, _is_known(phrase), k)
    elif words & (_NEGATIVE | _POSITIVE) or singular(sentence.lowered[noun.i]) == "toll":
        change = GOOD if words & _POSITIVE else BAD
        yield from _changed(sentence, subjects, targets(sentence, target), change, governor.i, "effect", context)


def _judged_null(sentence: Sentence, verb: Token, words: set[str], context: Context) -> bool:
    """ "is negligible", "is not significant", "no effect … was found"."""
    judged = {
        sentence.lowered[c.i] for c in verb.subtree if c.i > verb.i and c.dep_ in ("acomp", "amod", "attr", "advmod")
    }
    found = sentence.lowered[verb.i]
    if words & _NULL:
        return found in _TELLS or found in _BE
    if context.negated:
        return found in _BE and bool(judged & {"significant", "noticeable", "measurable", "discernible"})
    return found in _BE and bool(judged & (_NULL | {"small", "minor"}))


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


def _changed(
    sentence: Sentence, subjects: list[Token] | list[Phrase], found: list[Target], change: str, verb: int, pattern: str,
    context: Context,
) -> Iterator[Draft]:  # fmt: skip
    for subject in subjects:
        phrase = subject if isinstance(subject, Phrase) else subject_phrase(sentence, subject)
        for k, target in enumerate(found):
            result = outcome_of(target.change or change, target)
            if result is not None:
                draft = Draft(
                    phrase, result[0], target.phrase, result[1], verb, pattern, context, target.kind.sure, k, len(found)
                )
                yield draft.denied() if context.negated else draft


def _nominal(sentence: Sentence, noun: Token, word: str) -> Iterator[Draft]:
    """ "X is the main cause of Y", "the main cause of Y is X", "X is a good predictor of Y"."""
    verb = noun.head
    context = context_of(sentence, verb)
    if not context.stated or sentence.lowered[verb.i] not in _BE:
        return
    target = _pobj(noun, "of", "for", "to", "behind", "against")
    if target is not None:
        if word in _CAUSES and (
            word != "factor" or _modifiers(sentence, noun) & {"main", "dominant", "key", "contributing", "decisive"}
        ):
            yield from _changed(
                sentence, list(context.subjects), targets(sentence, target), CAUSE, verb.i, "nominal", context
            )
        elif word in _CURES:
            yield from _changed(
                sentence, list(context.subjects), targets(sentence, target), PREVENT, verb.i, "nominal", context
            )
        elif word in _PREDICTORS:
            yield from _pairs(
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
            yield from _changed(sentence, list(conjuncts(target)), found, CAUSE, verb.i, "origin", context)
    for subject in context.subjects:  # "the main cause of Y is X"
        if (
            singular(sentence.lowered[subject.i]) in _CAUSES - {"factor"}
            and (of := _pobj(subject, "of", "for", "behind")) is not None
        ):
            yield from _changed(
                sentence, list(conjuncts(noun)), targets(sentence, of), CAUSE, verb.i, "nominal", context
            )


def _cure(sentence: Sentence, noun: Token) -> Iterator[Draft]:
    """ "offers no protection against Y"."""
    context = context_of(sentence, noun.head)
    target = _pobj(noun, "against", "from", "for") or prepositional(noun.head, "against")
    if context.stated and not context.passive and target is not None:
        absent = bool(_modifiers(sentence, noun) & _NULL)
        found = [replace(t, change=None) for t in targets(sentence, target)]
        context = replace(context, negated=context.negated or absent)
        yield from _changed(sentence, list(context.subjects), found, PREVENT, noun.head.i, "nominal", context)


def _named_cause(sentence: Sentence, noun: Token) -> Iterator[Draft]:
    """ "X was identified as the root cause of Y"."""
    verb = noun.head.head
    context = context_of(sentence, verb)
    target = _pobj(noun, "of", "for", "behind")
    if context.stated and context.passive and target is not None and not context.negated:
        yield from _changed(
            sentence, list(context.subjects), targets(sentence, target), CAUSE, verb.i, "nominal", context
        )


def _adjective(sentence: Sentence, token: Token) -> Iterator[Draft]:
    """ "proportional to", "independent of", "insensitive to", "harmful to", "responsible for"."""
    word = sentence.lowered[token.i]
    verb = token.head if token.dep_ in ("acomp", "attr", "oprd") else token
    if word in ("proportional", "independent", "insensitive", "uncorrelated", "unrelated", "unaffected", "immune", "predictive",
                "indicative", "sensitive", "unchanged", "irrelevant", "neutral", *_HARMFUL):  # fmt: skip
        context = context_of(sentence, verb)
        if not context.stated or not context.subjects:
            return
        other = _pobj(token, "to", "of", "with", "by", "from", "for", "against", "in", "at") or prepositional(
            verb, "to"
        )
        if other is None:
            if (
                word in ("uncorrelated", "unrelated", "independent")
                and len(context.subjects) == 2
                and not context.negated
            ):
                both, denied = list(context.subjects), replace(context, negated=True)
                yield from _pairs(sentence, both[:1], both[1:], CORRELATES, NONE, verb.i, "correlation", denied)
            return
        subjects, others = list(context.subjects), list(conjuncts(other))
        if word == "proportional":
            words = {sentence.lowered[c.i] for c in token.children}
            yield from _pairs(
                sentence,
                others,
                subjects,
                CORRELATES,
                DECREASE if words & _INVERSE else INCREASE,
                verb.i,
                "proportional",
                context,
            )
        elif word in ("independent", "insensitive", "unaffected", "immune"):
            if not context.negated and (
                word != "immune" or any(map(_is_known, [object_phrase(sentence, s) for s in subjects]))
            ):
                yield from _pairs(
                    sentence, others, subjects, NO_EFFECT, NONE, verb.i, "null", replace(context, negated=True)
                )
        elif word in ("irrelevant", "neutral"):
            if not context.negated:
                yield from _pairs(
                    sentence, subjects, others, NO_EFFECT, NONE, verb.i, "null", replace(context, negated=True)
                )
        elif word in ("uncorrelated", "unrelated"):
            if not context.negated:
                yield from _pairs(
                    sentence, subjects, others, CORRELATES, NONE, verb.i, "correlation", replace(context, negated=True)
                )
        elif word in ("predictive", "indicative"):
            yield from _pairs(sentence, subjects, others, CORRELATES, NONE, verb.i, "predictor", context)
        elif word in _HARMFUL:
            found = [t for t in targets(sentence, other) if word != "responsible" or "garbage" not in t.phrase.text and "GC" not in t.phrase.text]
            if _HARMFUL[word] == PREVENT and other.tag_ == "VBG":
                return
            yield from _changed(sentence, subjects, found, _HARMFUL[word], verb.i, "adjective", context)


def _compared(sentence: Sentence, token: Token) -> Iterator[Draft]:
    """ "the latency of X is 3x higher than that of Y" says it of X; "X is less prone to errors"."""
    word, verb = sentence.lowered[token.i], token.head
    if token.dep_ not in ("acomp", "attr", "oprd") or sentence.lowered[verb.i] not in _BE:
        return
    context = context_of(sentence, verb)
    if not context.stated or not context.subjects:
        return
    if word in ("prone", "vulnerable", "susceptible", "resistant", "resilient"):
        degree = {sentence.lowered[c.i] for c in token.lefts}
        other = _pobj(token, "to", "against")
        if other is not None and degree & {"more", "less"}:
            worse = ("more" in degree) == (word in ("prone", "vulnerable", "susceptible"))
            found = [t for t in targets(sentence, other) if t.kind.burden]
            yield from _changed(
                sentence, list(context.subjects), found, CAUSE if worse else PREVENT, verb.i, "comparison", context
            )
        return
    change = next((change for change, words in LEVELS.items() if word in words), None)
    than = any(sentence.lowered[c.i] == "than" for c in [*token.children, *verb.rights])
    if change is None or not than:
        return
    for head in context.subjects:
        of = of_complement(head)
        if of is None or object_kind(object_phrase(sentence, head)) is None:
            continue
        found = [t for t in targets(sentence, head)[:1] if t.phrase.last <= head.i]
        yield from _changed(sentence, list(conjuncts(of)), found, change, verb.i, "comparison", context)


def _is_known(phrase: Phrase) -> bool:
    return object_kind(phrase) is not None


def _tied(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """ "X correlates with Y", "X is associated with Y"; "Y does not depend on X" is a null effect."""
    form = forms().get(sentence.lowered[verb.i])
    if form is None or verb.dep_ == "amod":
        return
    if form.lemma in _TIES:
        other = _pobj(verb, "with", "to") or next((inner for c in verb.rights if c.dep_ == "advmod" for inner in [_pobj(c, "with", "to")] if inner is not None), None)
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
                yield from _pairs(sentence, subjects[:1], subjects[1:], CORRELATES, direction, verb.i, "tied", context)
            return
        yield from _pairs(sentence, subjects, list(conjuncts(other)), CORRELATES, direction, verb.i, "tied", context)
    elif form.lemma in ("precede", "foreshadow", "herald", "track", "mirror", "predict", "foretell"):
        context = context_of(sentence, verb)
        head = next((c for c in verb.children if c.dep_ == "dobj"), None)
        who = agents(sentence, verb)
        if not context.stated or not context.subjects:
            return
        if context.passive and who and form.lemma not in ("predict", "foretell"):
            yield from _pairs(
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
            and _is_known(object_phrase(sentence, head))
            and _is_known(object_phrase(sentence, context.subjects[0]))
        ):
            yield from _pairs(
                sentence, list(context.subjects), list(conjuncts(head)), CORRELATES, NONE, verb.i, "predictor", context
            )
    elif form.lemma in ("depend", "vary", "scale", "differ", "change"):
        other = _pobj(verb, "on", "upon", "with")
        context = context_of(sentence, verb)
        if other is None or not context.stated or not context.subjects or other.tag_ == "CD":
            return
        if context.negated:
            if form.lemma != "differ":
                yield from _pairs(
                    sentence, list(conjuncts(other)), list(context.subjects), NO_EFFECT, NONE, verb.i, "null", context
                )
        elif form.lemma == "scale" and _is_known(object_phrase(sentence, context.subjects[0])):
            yield from _pairs(
                sentence, list(conjuncts(other)), list(context.subjects), CORRELATES, INCREASE, verb.i, "tied", context
            )


def _kept(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """ "keeps latency low", "makes recovery slower"."""
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
                yield from _changed(
                    sentence, list(context.subjects), targets(sentence, heads[0]), bound, verb.i, "kept", context
                )
        if adjective is None:
            continue
        word = sentence.lowered[adjective.i]
        if word in ("unaltered", "unchanged", "unaffected", "untouched", "intact", "constant") and form.lemma in (
            "leave",
            "keep",
        ):
            heads = [c for c in adjective.children if c.dep_ == "nsubj"] or [
                c for c in verb.children if c.dep_ == "dobj"
            ]
            null = replace(context, negated=True)
            if context.passive:
                for who in agents(sentence, verb):
                    for head in context.subjects:
                        yield Draft(who, NO_EFFECT, object_phrase(sentence, head), NONE, verb.i, "null", null)
                continue
            yield from _pairs(sentence, list(context.subjects), heads, NO_EFFECT, NONE, verb.i, "null", null)
            continue
        if word == "likely":
            degree = {sentence.lowered[c.i] for c in adjective.children}
            word = "higher" if "more" in degree else "lower" if "less" in degree else word
        change = next((change for change, words in LEVELS.items() if word in words), None)
        if form.lemma in ("keep", "hold"):
            change = DOWN if word in ("low", "small", "short", "down") else UP if word in ("high", "long") else change
        heads = [c for c in adjective.children if c.dep_ == "nsubj"] or [c for c in verb.children if c.dep_ == "dobj"]
        if change and heads:
            yield from _changed(
                sentence, list(context.subjects), targets(sentence, heads[0]), change, verb.i, "kept", context
            )


def _amount_after(preposition: Token) -> bool:
    return any(token.tag_ == "CD" for token in preposition.subtree)


def _cost_verb(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """ "costs 4 % of the rated endurance"."""
    form = forms().get(sentence.lowered[verb.i])
    if form is None or form.lemma != "cost":
        return
    context = context_of(sentence, verb)
    head = next((c for c in verb.children if c.dep_ == "dobj"), None)
    if context.stated and head is not None:
        found = [t for t in targets(sentence, head) if t.kind.better == "up"]
        yield from _changed(sentence, list(context.subjects), found, BAD, verb.i, "cost", context)


def _at_the_cost(sentence: Sentence, noun: Token) -> Iterator[Draft]:
    """ "at the expense of throughput", "at the cost of additional wear"."""
    of = of_complement(noun)
    governor = _governor(noun)
    context = context_of(sentence, governor)
    if of is None or not context.stated or context.negated or context.passive:
        return
    context = replace(context, hedged=False, distance=max(1, context.distance))
    for target in targets(sentence, of):
        change = target.change or (DOWN if target.kind.better == "up" else CAUSE)
        yield from _changed(
            sentence, list(context.subjects), [replace(target, change=None)], change, governor.i, "cost", context
        )


def _due(sentence: Sentence, token: Token) -> Iterator[Draft]:
    """ "Y increases due to X", "errors due to X", "Y is due to X"."""
    following = sentence.lowered[token.i + 1] if token.i + 1 < len(sentence.pieces) else ""
    if (sentence.lowered[token.i], following) not in _DUE:
        return
    marker = sentence.tokens[token.i + 1]
    inner = next(
        (c for c in (*marker.children, *token.children) if c.dep_ in ("pobj", "pcomp") and c.i > marker.i), None
    )
    if inner is None or inner.tag_ == "VBG" and False:
        return
    who = [subject_phrase(sentence, head) for head in conjuncts(inner)]
    above = token.head if token.head.i < token.i else token
    if above.tag_.startswith("NN") and above.i < token.i:
        context = context_of(sentence, _governor(above))
        if context.stated and token.i - above.i <= 3:
            yield from _changed(
                sentence, who, targets(sentence, above)[:1], CAUSE, token.i, "due_noun", replace(context, negated=False)
            )
        return
    verb = _governor(token)
    context = context_of(sentence, verb)
    if not context.stated or not context.subjects:
        return
    form = forms().get(sentence.lowered[verb.i])
    names = families().get(form.lemma, frozenset()) if form else frozenset()
    found = [t for head in context.subjects for t in targets(sentence, head)[:1]]
    has_object = any(c.dep_ == "dobj" for c in verb.children)
    if sentence.lowered[verb.i] in _BE and verb.i >= token.i - 3:
        yield from _changed(sentence, who, found, CAUSE, verb.i, "due", context)
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
            yield from _changed(sentence, who, found, change, verb.i, "due", context)
        elif form is not None and form.lemma in ("occur", "happen", "arise", "exist"):
            yield from _changed(sentence, who, [t for t in found if t.kind.burden], CAUSE, verb.i, "due", context)


def measured_drafts(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """ "The median latency was 95 µs", "Model A had an AFR of 1.2 %"."""
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
    )
    has = form is not None and form.lemma in ("have", "show", "exhibit", "reach", "achieve", "deliver", "attain", "see", "sustain", "record", "report", "experience", "provide", "observe", "yield")  # fmt: skip
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
    """ "The larger the drive, the longer the rebuild time"."""
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
    if len(phrases) == 2 and all(sign in (UP, DOWN) for sign in signs) and _is_known(phrases[1]):
        direction = INCREASE if signs[0] == signs[1] else DECREASE
        yield Draft(phrases[0], CORRELATES, phrases[1], direction, phrases[1].first, "ratio", Context())


def _value_of_metric(sentence: Sentence, verb: Token, context: Context) -> Iterator[Draft]:
    for child in verb.rights:
        if (
            child.dep_ == "prep"
            and child.lower_ in ("at", "to", "from", "between")
            and sentence.lowered[verb.i] not in _BE
        ):
            child = next((c for c in child.children if c.dep_ == "pobj"), child)  # noqa: PLW2901
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


def _value_span(sentence: Sentence, head: Token) -> tuple[int, int] | None:
    """First and last token of a number with its unit, directly at ``head``."""
    first = next((t.i for t in head.subtree if t.tag_ == "CD" and abs(t.i - head.i) <= 2), None)
    if head.text == "percent" and of_complement(head) is not None:
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
    of = _pobj(head, "of", "at")
    if is_numeric(sentence, head) and (inner := of_complement(head)) is not None:  # "delivers 2 GB/s of bandwidth"
        phrase, of = object_phrase(sentence, inner), head
    if (
        of is None
        or object_kind(phrase) is None
        or any(w in words for words in LEVELS.values() for w in _modifiers(sentence, head))
    ):
        return
    value = _value_span(sentence, of)
    if value is None:
        return
    for subject in context.subjects:
        name = subject_phrase(sentence, subject)
        if names_something(sentence, name):
            yield Draft(name, MEASURED, phrase, None, verb.i, "metric", context, value=value)


__all__ = ["agents", "measured_drafts", "noun_drafts"]
