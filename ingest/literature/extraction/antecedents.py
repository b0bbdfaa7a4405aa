"""What a relative pronoun, a participle or a coordinated pronoun stands for; nothing where that is not sure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import conjuncts

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECTS = ("nsubj", "csubj")

PASSIVE_SUBJECTS = ("nsubjpass", "csubjpass")


def is_passive(verb: Token) -> bool:
    """Is the verb a participle with a passive auxiliary, or one that stands alone behind its noun?"""
    if any(child.dep_ in ("auxpass", "nsubjpass", "csubjpass") for child in verb.children):
        return True
    if verb.tag_ not in ("VBN", "VBD"):
        return False
    if verb.dep_ == "acl" and verb.tag_ == "VBD":
        return True
    if verb.dep_ in ("acl", "advcl") and verb.tag_ == "VBN":
        return not any(child.dep_ == "aux" for child in verb.children)
    if verb.dep_ == "conj" and verb.tag_ == "VBN" and not own_subject(verb):
        return is_passive(verb.head) and not any(child.dep_ == "dobj" for child in verb.children)
    return False


def own_subject(verb: Token) -> list[Token]:
    """Subjects that stand before a verb in its own clause, coordinated ones included."""
    found = [child for child in verb.children if child.dep_ in (*SUBJECTS, *PASSIVE_SUBJECTS) and child.i < verb.i]
    return [noun for token in found for noun in conjuncts(token)]


def loose_subject(sentence: Sentence, verb: Token) -> list[Token]:
    """The noun phrase directly before a finite verb to which the parser gave no subject, with what is coordinated.

    Adverbs and auxiliaries between are passed over; the phrase is followed to its first noun, never over a comma.
    """
    i = verb.i - 1
    while i >= 0 and (
        sentence.tokens[i].tag_ in ("RB", "MD")
        or sentence.tokens[i].dep_ in ("aux", "auxpass", "neg")
        or (sentence.tokens[i].tag_ == "CC" and i and sentence.tokens[i - 1].tag_ == "RB")
    ):
        i -= 1
    if i < 0 or not sentence.tokens[i].tag_.startswith("NN"):
        return []
    head = sentence.tokens[i]
    for _ in range(8):
        above = head.head
        if above.i >= head.i or above.i == head.i or "," in sentence.lowered[above.i : head.i]:
            break
        if not above.tag_.startswith(("NN", "IN", "VB", "TO")) or head.dep_ in ("nsubj", "nsubjpass", "ROOT"):
            break
        head = above
    if not head.tag_.startswith("NN") or any(sentence.lowered[k] in ("if", "when", "how") for k in range(head.i)):
        return []
    return list(conjuncts(head)) if head.i <= i else []


def coordinated_antecedent(sentence: Sentence, verb: Token, pronoun: Token) -> list[Token]:
    """The subject of the clause before, where a pronoun agrees with it and both are coordinated; else the pronoun."""
    before = verb.head
    if verb.dep_ != "conj":  # "…, so they reduce", "…; it thus averts"
        before = next(
            (c for c in verb.lefts if c.dep_ in ("ccomp", "parataxis") and c.tag_ in ("VBZ", "VBP", "VBD")), verb
        )
        between = {sentence.lowered[i] for i in range(before.right_edge.i, pronoun.i + 1)}
        if before.i == verb.i or before.i > pronoun.i or not between & {"so", ";", "and", "thus", "hence"}:
            return [pronoun]
    if not before.tag_.startswith(("VB", "MD")) or sentence.lowered[pronoun.i] not in ("it", "they"):
        return [pronoun]
    own = own_subject(before)
    plural = len(own) > 1 or (bool(own) and own[0].tag_ in ("NNS", "NNPS"))
    if not own or own[0].tag_ == "PRP" or plural != (sentence.lowered[pronoun.i] == "they"):
        return [pronoun]
    return own


def relative(sentence: Sentence, verb: Token, context: Context) -> tuple[Token, Context] | None:
    """Go from a relative clause to the clause over its antecedent, which becomes the subject."""
    head = verb.head
    subject = next((c for c in verb.children if c.dep_ in (*SUBJECTS, *PASSIVE_SUBJECTS)), None)
    pronoun = subject is not None and sentence.lowered[subject.i] in ("that", "which", "who", "what")
    if context.subjects and not pronoun:
        return None  # the relative clause has a subject of its own
    antecedent = _antecedent(sentence, verb, head, subject)
    if antecedent is None:
        return head, replace(context, stated=False)
    return verb_above(antecedent), replace(
        context, subjects=antecedent_conjuncts(antecedent, verb), distance=2, relative=True
    )


def antecedent_conjuncts(antecedent: Token, verb: Token) -> tuple[Token, ...]:
    """Coordinated antecedents where the verb is plural and the pronoun follows them all, else the nearest."""
    if verb.tag_ == "VBP" or any(
        child.lower_ in ("are", "were", "have") for child in verb.children if child.dep_ in ("aux", "auxpass")
    ):
        chain = [antecedent]
        while chain[0].dep_ == "conj" and chain[0].head.tag_.startswith("NN"):
            chain.insert(0, chain[0].head)
        return tuple(chain)
    return (antecedent,)


def _antecedent(sentence: Sentence, verb: Token, head: Token, subject: Token | None) -> Token | None:
    """The noun that which or that stands for; None where number and noun disagree and no clause is meant."""
    comma = subject is not None and subject.i > 0 and sentence.lowered[subject.i - 1] == ","
    if comma and head.dep_ == "dobj" and sentence.lowered[subject.i] == "which" and _is_thing(sentence, head):  # type: ignore[union-attr]
        return _clause_subject(sentence, head.head)
    singular_verb = verb.tag_ == "VBZ" or any(
        child.lower_ in ("is", "was", "has") for child in verb.children if child.dep_ in ("aux", "auxpass")
    )
    plural_verb = verb.tag_ == "VBP" or any(
        child.lower_ in ("are", "were", "have") for child in verb.children if child.dep_ in ("aux", "auxpass")
    )
    if head.tag_.startswith("VB"):  # the whole clause is meant
        return _clause_subject(sentence, head)
    plural_noun = head.tag_ in ("NNS", "NNPS") or any(c.dep_ == "conj" for c in head.children)
    if singular_verb and plural_noun:
        governor = head
        for _ in range(8):
            if governor.tag_.startswith("VB") or governor.dep_ == "ROOT":
                break
            if governor.dep_ == "pobj" and governor.head.head.tag_ in ("NN", "NNP") and governor.head.lower_ == "of":
                return governor.head.head  # "the number of blocks, which grows"
            governor = governor.head
        return _clause_subject(sentence, governor) if comma and governor.tag_.startswith("VB") else None
    if plural_verb and head.tag_ in ("NN", "NNP"):
        if head.dep_ == "pobj" and head.head.head.tag_ in ("NNS", "NNPS"):
            return head.head.head
        return head if head.dep_ == "conj" else None
    return copular(head)


def _is_thing(sentence: Sentence, noun: Token) -> bool:
    """Is a noun a thing rather than a property or fault, so that a clause after it speaks of what was done to it?"""
    concept = sentence.pieces[noun.i].concept
    return concept is None or concept.label in ("Component", "Condition")


def copular(noun: Token) -> Token:
    """The subject of "X is a drive that …", the first noun of "X, a scheme that …"."""
    if noun.dep_ == "attr" and noun.head.lower_ in ("is", "are", "was", "were"):
        own = [child for child in noun.head.children if child.dep_ in SUBJECTS]
        return own[0] if own and own[0].tag_ != "PRP" else noun  # "it is the buffer that limits"
    if noun.dep_ == "appos":
        return noun.head
    return noun


def _clause_subject(sentence: Sentence, verb: Token) -> Token | None:
    own = own_subject(verb)
    if own and not is_passive(verb):
        return own[0]
    if is_passive(verb):
        for child in verb.children:
            if child.dep_ == "agent":
                return next((c for c in child.children if c.dep_ == "pobj"), None)
    if verb.dep_ == "conj" and not own:
        return _clause_subject(sentence, verb.head)
    return None


def verb_above(noun: Token) -> Token:
    """The verb over a noun, so that a relative clause inside an aim or a question is seen as such."""
    current = noun
    for _ in range(12):
        if current.tag_.startswith(("VB", "MD")) or current.dep_ == "ROOT":
            return current
        current = current.head
    return current
