"""What patterns share: the words around a noun, and statements for each pair of coordinated subjects and objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.drafts import Draft, Target, outcome_of
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import Phrase, conjuncts, object_kind, object_phrase, subject_phrase
from ingest.literature.extraction.wordlists import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

INVERSE = word_set("negative inverse inversely negatively reverse")
NULL = word_set("no little negligible minimal insignificant marginal scant zero hardly any nil scarcely") - {"any"}

BE = word_set("is are was were be been remains remained being becomes became stays stayed")


def governor_of(token: Token) -> Token:
    """The verb over a noun or adjective, or the root."""
    current = token
    for _ in range(10):
        if current.tag_.startswith(("VB", "MD")) or current.dep_ == "ROOT":
            return current
        current = current.head
    return current


def modifiers(sentence: Sentence, noun: Token) -> set[str]:
    """The words before a noun that belong to it, in lower case."""
    return {sentence.lowered[i] for i in range(noun.left_edge.i, noun.i)}


def pobj(token: Token, *prepositions: str) -> Token | None:
    """The object of the first of a word's prepositions that is one of these."""
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


def pairs(
    sentence: Sentence, subjects: list[Token], others: list[Token], relation: str, direction: str | None, verb: int,
    pattern: str, context: Context,
) -> Iterator[Draft]:  # fmt: skip
    """One statement of a relation for each pair of a subject and an object."""
    phrases = [object_phrase(sentence, other, whole=True) for other in others]
    for subject in subjects:
        name = subject_phrase(sentence, subject)
        for k, phrase in enumerate(phrases):
            sure = object_kind(phrase) is not None or object_kind(name) is not None
            draft = Draft(name, relation, phrase, direction, verb, pattern, context, sure, k, len(phrases))
            yield draft.denied() if context.negated else draft


STATING = word_set(
    "have show exhibit find observe see discover reveal report note detect confirm demonstrate identify display "
    "bear exert play make take be establish notice"
)


def changed(
    sentence: Sentence, subjects: list[Token] | list[Phrase], found: list[Target], change: str, verb: int, pattern: str,
    context: Context,
) -> Iterator[Draft]:  # fmt: skip
    """One statement for each subject and each thing that is changed, by what would be better."""
    for subject in subjects:
        phrase = subject if isinstance(subject, Phrase) else subject_phrase(sentence, subject)
        for k, target in enumerate(found):
            result = outcome_of(target.change or change, target)
            if result is not None:
                draft = Draft(
                    phrase, result[0], target.phrase, result[1], verb, pattern, context, target.kind.sure, k, len(found)
                )
                yield draft.denied() if context.negated else draft


def is_known(phrase: Phrase) -> bool:
    """Does the phrase name a property, a fault or a burden?"""
    return object_kind(phrase) is not None
