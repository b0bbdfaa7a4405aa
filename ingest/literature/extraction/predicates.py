"""What verbs share: their agents, the objects of their prepositions, and a statement for each subject and object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.drafts import Draft, Target, combined, outcome_of
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import Phrase, conjuncts, subject_phrase
from ingest.literature.extraction.verbs import (
    BAD,
    DOWN,
    GOOD,
    HAVE,
    PREVENT,
    SHIFT_BAD,
    SHIFT_DOWN,
    SHIFT_GOOD,
    SHIFT_UP,
    UP,
)

if TYPE_CHECKING:
    from spacy.tokens import Token

SHIFTS = {SHIFT_UP: UP, SHIFT_DOWN: DOWN, SHIFT_GOOD: GOOD, SHIFT_BAD: BAD}


def drafts(
    sentence: Sentence,
    subjects: list[Phrase],
    found: list[Target],
    change: str,
    verb: Token,
    context: Context,
    pattern: str,
) -> Iterator[Draft]:
    """One statement for each subject and each thing that a verb changes."""
    kept = []
    allows = sentence.lemma(verb.i) in ("allow", "enable", "permit", "support")
    for target in found:
        if allows and target.kind.burden:
            continue
        final = target.change if change == HAVE else combined(change, target)
        if verb_adds(sentence, verb, target):
            final = GOOD
        if (
            target.kind.burden
            and final == BAD
            and sentence.lemma(verb.i) in ("delay", "slow", "stall", "inhibit", "impede", "hinder")
        ):
            final = PREVENT  # what delays a fault works against it
        result = outcome_of(final, target) if final else None
        if result is not None:
            kept.append((target, result))
    for i, subject in enumerate(subjects):
        for k, (target, (relation, direction)) in enumerate(kept):
            draft = Draft(
                subject, relation, target.phrase, direction, verb.i, pattern, context, target.kind.sure,
                k, len(kept), i, len(subjects),
            )  # fmt: skip
            neither = any(sentence.lowered[c.i] == "neither" for c in sentence.tokens[subject.head].children)
            none = subject.first > 0 and sentence.lowered[subject.first - 1] in ("no", "neither", "nor")
            yield draft.denied() if context.negated or target.absent or neither or none else draft


def verb_adds(sentence: Sentence, verb: Token, target: Target) -> bool:
    """As in "contributes to the accuracy": what is good is made better, not caused."""
    return sentence.lemma(verb.i) == "contribute" and target.kind.better == "up" and target.change is None


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


def repeated(verb: Token, first: Token) -> list[Token]:
    """The object of a preposition, and those of the same preposition repeated after a comma ("to A and to B")."""
    found = [first]
    for child in verb.rights:
        if child.dep_ == "conj" and child.tag_ in ("IN", "TO") and child.lower_ == first.head.lower_:
            found += [inner for inner in child.children if inner.dep_ == "pobj"]
    return found


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
