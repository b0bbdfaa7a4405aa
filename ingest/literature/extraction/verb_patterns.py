"""Statements made by a verb: active, passive, phrasal, and quantities that move by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.assertion import CORRELATES, DECREASE, INCREASE, NO_EFFECT, NONE
from ingest.literature.extraction.clauses import Context, context_of, is_passive
from ingest.literature.extraction.drafts import LEVELS, Draft, Target, combined, outcome_of, targets
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import Phrase, conjuncts, object_phrase, subject_phrase
from ingest.literature.extraction.verbs import (
    AFFECT,
    BAD,
    CAUSE,
    DOWN,
    GOOD,
    HAVE,
    PREVENT,
    SHIFT_BAD,
    SHIFT_DOWN,
    SHIFT_GOOD,
    SHIFT_UP,
    UP,
    families,
    forms,
)

if TYPE_CHECKING:
    from spacy.tokens import Token

# verb and preposition: what the pair does to the preposition's object
PHRASAL = {
    ("lead", "to"): CAUSE,
    ("result", "in"): CAUSE,
    ("contribute", "to"): CAUSE,
    ("account", "for"): CAUSE,
    ("translate", "into"): CAUSE,
    ("translate", "to"): CAUSE,
    ("culminate", "in"): CAUSE,
    ("add", "to"): UP,
    ("detract", "from"): BAD,
    ("interfere", "with"): BAD,
    ("protect", "against"): PREVENT,
    ("protect", "from"): PREVENT,
    ("guard", "against"): PREVENT,
    ("shield", "from"): PREVENT,
    ("shield", "against"): PREVENT,
    ("defend", "against"): PREVENT,
    ("compensate", "for"): PREVENT,
    ("cut", "into"): BAD,
    ("eat", "into"): BAD,
}
# the grammatical subject comes from the preposition's object
ORIGINS = {
    ("stem", "from"),
    ("result", "from"),
    ("arise", "from"),
    ("originate", "from"),
    ("originate", "in"),
    ("come", "from"),
    ("emanate", "from"),
    ("derive", "from"),
}
ORIGINS_PASSIVE = {
    ("attribute", "to"),
    ("ascribe", "to"),
    ("trace", "to"),
    ("blame", "on"),
    ("owe", "to"),
    ("root", "in"),
    ("explain", "by"),
}
PARTICLES = {("drive", "up"): UP, ("push", "up"): UP, ("drive", "down"): DOWN, ("bring", "down"): DOWN, ("cut", "down"): DOWN,
             ("speed", "up"): GOOD, ("slow", "down"): BAD, ("bring", "about"): CAUSE, ("give", "rise"): CAUSE,
             ("push", "down"): DOWN, ("keep", "down"): DOWN, ("force", "up"): UP, ("tear", "down"): DOWN}  # fmt: skip
BAD_ADVERBS = frozenset("adversely negatively severely badly unfavourably detrimentally".split())  # noqa: SIM905
GOOD_ADVERBS = frozenset("positively favourably favorably beneficially".split())  # noqa: SIM905
_SHIFTS = {SHIFT_UP: UP, SHIFT_DOWN: DOWN, SHIFT_GOOD: GOOD, SHIFT_BAD: BAD}
_ORDER = (UP, DOWN, GOOD, BAD, CAUSE, PREVENT)


def verb_drafts(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """All statements of one verb."""
    form = forms().get(sentence.lowered[verb.i])
    if form is None or not (verb.tag_.startswith("VB") or verb.dep_ in ("ROOT", "relcl", "ccomp", "conj")):
        return
    if verb.dep_ in ("amod", "compound", "aux", "auxpass", "det"):
        return
    lemma = form.lemma
    names = families().get(lemma, frozenset())
    context = context_of(sentence, verb)
    if not context.stated:
        return
    passive = is_passive(verb)
    yield from _phrasal(sentence, verb, lemma, context, passive=passive)
    if lemma == "outperform" or lemma in ("beat", "surpass", "exceed"):
        yield from _outperform(sentence, verb, context)
    change = _change(sentence, verb, lemma, names)
    if change is not None:
        if passive:
            yield from _passive(sentence, verb, change, context)
        else:
            yield from _active(sentence, verb, change, context, "active")
    elif HAVE in names and not passive:
        yield from _active(sentence, verb, HAVE, context, "has")
    if AFFECT in names and context.negated:
        yield from _unaffected(sentence, verb, context, passive=passive)
    if not passive:
        yield from _shift(sentence, verb, names, context)


def _change(sentence: Sentence, verb: Token, lemma: str, names: frozenset[str]) -> str | None:
    for child in verb.children:
        word = sentence.lowered[child.i]
        if (child.dep_ in ("prt", "advmod", "dobj") or child.i == verb.i + 1) and (lemma, word) in PARTICLES:
            return PARTICLES[lemma, word]
    if AFFECT in names:
        adverbs = {sentence.lowered[child.i] for child in verb.children if child.dep_ == "advmod"}
        return BAD if adverbs & BAD_ADVERBS else GOOD if adverbs & GOOD_ADVERBS else None
    return next((change for change in _ORDER if change in names), None)


def objects(sentence: Sentence, verb: Token) -> list[Target]:
    """What the verb's objects name; the complement's subject where the parser made a clause of it."""
    heads = [child for child in verb.children if child.dep_ in ("dobj", "attr", "oprd", "dative") and child.i > verb.i]
    if not heads and sentence.lemma(verb.i) == "suffer":
        heads = [inner for inner in [prepositional(verb, "from")] if inner is not None]
    if not heads:
        heads = [
            inner
            for child in verb.children
            if child.dep_ in ("ccomp", "xcomp") and child.i > verb.i and not child.tag_.startswith("VB")
            for inner in [child, *(c for c in child.children if c.dep_ == "nsubj")]
        ]
    return [target for head in heads[:1] for target in targets(sentence, head)]


def _drafts(
    sentence: Sentence,
    subjects: list[Phrase],
    found: list[Target],
    change: str,
    verb: Token,
    context: Context,
    pattern: str,
) -> Iterator[Draft]:
    kept = []
    for target in found:
        final = target.change if change == HAVE else combined(change, target)
        result = outcome_of(final, target) if final else None
        if result is not None:
            kept.append((target, result))
    for i, subject in enumerate(subjects):
        for k, (target, (relation, direction)) in enumerate(kept):
            draft = Draft(
                subject, relation, target.phrase, direction, verb.i, pattern, context, target.kind.sure,
                k, len(kept), i, len(subjects),
            )  # fmt: skip
            yield draft.denied() if context.negated else draft


def _active(sentence: Sentence, verb: Token, change: str, context: Context, pattern: str) -> Iterator[Draft]:
    subjects = [subject_phrase(sentence, head) for head in context.subjects]
    yield from _drafts(sentence, subjects, objects(sentence, verb), change, verb, context, pattern)


def agents(sentence: Sentence, verb: Token) -> list[Phrase]:
    """Who or what does it in a passive: after by, through or via; a gerund with its object counts."""
    found: list[Phrase] = []
    for child in verb.rights:
        if child.dep_ in ("agent", "prep") and child.lower_ in ("by", "through", "via"):
            inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            if inner is None or inner.tag_ == "CD" or inner.text in ("percent", "times", "factor", "order"):
                continue
            if (
                any(c.tag_ == "CD" for c in inner.lefts)
                and inner.tag_.startswith("NN")
                and inner.i - inner.left_edge.i <= 1
            ):
                continue
            heads = list(conjuncts(inner)) if inner.tag_ != "VBG" else [inner]
            found += [subject_phrase(sentence, head) for head in heads]
    return found


def _passive(sentence: Sentence, verb: Token, change: str, context: Context) -> Iterator[Draft]:
    who = agents(sentence, verb)
    if not who or not context.subjects:
        return
    found = [target for head in context.subjects for target in targets(sentence, head)[:1]]
    yield from _drafts(sentence, who, found, change, verb, context, "passive")


def prepositional(verb: Token, preposition: str) -> Token | None:
    """The object of one of the verb's prepositions ("leads to X", "brought about by X")."""
    for child in verb.rights:
        if child.dep_ in ("prep", "agent", "prt", "advmod", "dative") and child.lower_ == preposition:
            inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            if inner is not None:
                return inner
        if child.lower_ in ("rise", "back", "partly", "mainly", "largely", "primarily"):
            inner = prepositional(child, preposition)
            if inner is not None:
                return inner
    return None


def _phrasal(sentence: Sentence, verb: Token, lemma: str, context: Context, *, passive: bool) -> Iterator[Draft]:
    subjects = [subject_phrase(sentence, head) for head in context.subjects]
    for (name, preposition), change in PHRASAL.items():
        if name != lemma or (passive and lemma not in ("link",)):
            continue
        inner = prepositional(verb, preposition)
        if inner is not None:
            if lemma == "interfere" and context.negated:
                yield from _null(
                    sentence, subjects, [object_phrase(sentence, n) for n in conjuncts(inner)], verb, context
                )
            else:
                yield from _drafts(sentence, subjects, targets(sentence, inner), change, verb, context, "phrasal")
    if lemma == "give" and any(sentence.lowered[c.i] == "rise" for c in verb.children):
        inner = prepositional(verb, "to")
        if inner is not None:
            yield from _drafts(sentence, subjects, targets(sentence, inner), CAUSE, verb, context, "phrasal")
    for name, preposition in ORIGINS_PASSIVE if passive else ORIGINS:
        inner = prepositional(verb, preposition) if name == lemma else None
        if inner is not None:
            found = [target for head in context.subjects for target in targets(sentence, head)[:1]]
            who = [subject_phrase(sentence, head) for head in conjuncts(inner)]
            yield from _drafts(sentence, who, found, CAUSE, verb, context, "origin")


def _outperform(sentence: Sentence, verb: Token, context: Context) -> Iterator[Draft]:
    """ "X outperforms Y in terms of latency": better, of each property that is named."""
    subjects = [subject_phrase(sentence, head) for head in context.subjects]
    for token in verb.subtree:
        if token.lower_ == "in" and token.i > verb.i:
            inner = next((c for c in token.children if c.dep_ == "pobj"), None)
            if inner is not None and inner.lower_ in ("terms", "term"):
                of = next((c for c in inner.children if c.lower_ == "of"), None)
                inner = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
            if inner is not None:
                yield from _drafts(sentence, subjects, targets(sentence, inner), GOOD, verb, context, "outperform")


def _null(
    sentence: Sentence, subjects: list[Phrase], found: list[Phrase], verb: Token, context: Context
) -> Iterator[Draft]:
    context = replace(context, negated=True)
    for subject in subjects:
        for k, phrase in enumerate(found):
            yield Draft(subject, NO_EFFECT, phrase, NONE, verb.i, "null", context, rank=k, ranks=len(found))


def _unaffected(sentence: Sentence, verb: Token, context: Context, *, passive: bool) -> Iterator[Draft]:
    """ "does not affect", "is not influenced by"."""
    if passive:
        who = agents(sentence, verb)
        yield from _null(sentence, who, [object_phrase(sentence, head) for head in context.subjects], verb, context)
        return
    heads = [n for child in verb.children if child.dep_ == "dobj" for n in conjuncts(child)]
    subjects = [subject_phrase(sentence, head) for head in context.subjects]
    yield from _null(sentence, subjects, [object_phrase(sentence, head) for head in heads], verb, context)


def _shift(sentence: Sentence, verb: Token, names: frozenset[str], context: Context) -> Iterator[Draft]:
    """ "latency rises with queue depth", "errors increase as blocks age"."""
    change = next((change for family, change in _SHIFTS.items() if family in names), None)
    if change is None or any(child.dep_ == "dobj" for child in verb.children):
        return
    found = [target for head in context.subjects for target in targets(sentence, head)[:1]]
    found = [target for target in found if target.change is None]
    if not found:
        return
    for child in verb.rights:
        word = child.lower_
        inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
        if child.dep_ == "prep" and word == "with" and inner is not None and inner.tag_ != "CD":
            for head in conjuncts(inner):
                subject, flipped = _without_change(sentence, head)
                yield from _correlated(subject, found, change, verb, context, flipped=flipped)
        elif child.dep_ == "advcl" and any(
            sentence.lowered[c.i] in ("as", "when", "once") for c in child.children if c.dep_ in ("mark", "advmod")
        ):
            other = _shift_sign(sentence, child)
            heads = [c for c in child.children if c.dep_ in ("nsubj", "nsubjpass")]
            marks = {sentence.lowered[c.i] for c in child.children if c.dep_ in ("mark", "advmod")}
            if other is not None and heads and "as" in marks:
                subject = subject_phrase(sentence, heads[0])
                yield from _correlated(subject, found, change, verb, context, flipped=other == DOWN)
    if (inner := _proportion(sentence, verb)) is not None:
        yield from _correlated(subject_phrase(sentence, inner), found, change, verb, context, flipped=False)


def _without_change(sentence: Sentence, head: Token) -> tuple[Phrase, bool]:
    """The subject after "with"; "with decreasing distance" turns the sign."""
    first = sentence.lowered[head.left_edge.i]
    flipped = any(sentence.lowered[i] in LEVELS[DOWN] for i in range(head.left_edge.i, head.i))
    phrase = subject_phrase(sentence, head)
    if first in (
        "increasing",
        "decreasing",
        "growing",
        "rising",
        "higher",
        "lower",
        "larger",
        "smaller",
        "increased",
        "falling",
    ):
        start = phrase.first + (1 if sentence.lowered[phrase.first] == first else 0)
        begin = sentence.pieces[start].start
        phrase = Phrase(start, phrase.last, phrase.head, sentence.text[begin : phrase.end], begin, phrase.end)
    return phrase, flipped


def _proportion(sentence: Sentence, verb: Token) -> Token | None:
    for token in verb.subtree:
        if (
            token.lower_ in ("proportion", "line", "proportionally", "step", "tandem", "lockstep", "parallel")
            and token.i > verb.i
        ):
            for child in token.children:
                if child.lower_ in ("to", "with"):
                    return next((c for c in child.children if c.dep_ == "pobj"), None)
    return None


def _shift_sign(sentence: Sentence, verb: Token) -> str | None:
    form = forms().get(sentence.lowered[verb.i])
    names = families().get(form.lemma, frozenset()) if form else frozenset()
    if SHIFT_UP in names or UP in names or (form and form.lemma in ("age", "wear")):
        return UP
    return DOWN if SHIFT_DOWN in names or DOWN in names else None


def _correlated(
    subject: Phrase, found: list[Target], change: str, verb: Token, context: Context, *, flipped: bool
) -> Iterator[Draft]:
    for k, target in enumerate(found):
        rises = change == UP or (change in (GOOD, BAD) and (change == GOOD) == (target.kind.better == "up"))
        direction = INCREASE if rises != flipped else DECREASE
        draft = Draft(
            subject, CORRELATES, target.phrase, direction, verb.i, "shift", context, target.kind.sure, k, len(found)
        )
        yield draft.denied() if context.negated else draft
