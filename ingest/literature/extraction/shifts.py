"""Quantities that move by themselves: "latency rises with queue depth", "with TRIM enabled, wear falls"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.literature.extraction.antecedents import is_passive
from ingest.literature.extraction.assertion import CORRELATES, DECREASE, INCREASE
from ingest.literature.extraction.clauses import context_of
from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.drafts import LEVELS, Draft, Target, targets
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import Phrase, conjuncts, subject_phrase
from ingest.literature.extraction.predicates import SHIFTS, drafts
from ingest.literature.extraction.verbs import BAD, DOWN, GOOD, SHIFT_DOWN, SHIFT_UP, UP, families, forms

if TYPE_CHECKING:
    from spacy.tokens import Token


def shift(sentence: Sentence, verb: Token, names: frozenset[str], context: Context) -> Iterator[Draft]:
    """As in "latency rises with queue depth", "errors increase as blocks age"."""
    change = next((change for family, change in SHIFTS.items() if family in names), None) or _becomes(sentence, verb)
    if change is not None and verb.dep_ == "acl":
        yield from _consequence(sentence, verb, change)
    if change is None or any(child.dep_ == "dobj" for child in verb.children):
        return
    found = [target for head in context.subjects for target in targets(sentence, head)[:1]]
    found = [target for target in found if target.change is None]
    if not found:
        return
    for child in [*[c for c in verb.lefts if c.dep_ == "advcl"], *verb.rights]:
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


def _consequence(sentence: Sentence, verb: Token, change: str) -> Iterator[Draft]:
    """As in "X groups writes, with the effect that wear falls": the subject of the clause before does it."""
    noun = verb.head
    if sentence.lowered[noun.i] not in ("effect", "result", "consequence", "outcome") or noun.head.lower_ != "with":
        return
    context = context_of(sentence, noun.head.head)
    if context.stated and not context.passive and not context.negated:
        subjects = [subject_phrase(sentence, head) for head in context.subjects]
        found = [t for child in verb.children if child.dep_ == "nsubj" for t in targets(sentence, child)[:1]]
        yield from drafts(sentence, subjects, found, change, verb, context, "introduced")


_OPENINGS = (
    "as a result of ",
    "as a consequence of ",
    "because of ",
    "due to ",
    "owing to ",
    "thanks to ",
    "in consequence of ",
)


def _opened(sentence: Sentence, verb: Token, change: str, cause: str) -> Iterator[Draft]:
    """As in "As a consequence of the shorter pulse, the error rate climbs"."""
    context = context_of(sentence, verb)
    token = next(
        (t for t in sentence.tokens if sentence.pieces[t.i].start >= len(cause) and t.tag_.startswith(("NN", "VBG"))),
        None,
    )
    if token is None or not context.stated or any(child.dep_ == "dobj" for child in verb.children):
        return
    while token.head.tag_.startswith("NN") and token.dep_ in ("compound", "amod", "nmod") and token.head.i > token.i:
        token = token.head
    if token.i >= verb.i:
        return
    found = [target for head in context.subjects for target in targets(sentence, head)[:1]]
    yield from drafts(sentence, [subject_phrase(sentence, token)], found, change, verb, context, "introduced")


def introduced(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """As in "With TRIM enabled, write amplification falls to 1.2": what stands after with does it."""
    form = forms().get(sentence.lowered[verb.i])
    names = families().get(form.lemma, frozenset()) if form else frozenset()
    change = next((change for family, change in SHIFTS.items() if family in names), None)
    first = sentence.tokens[0]
    mine = first.head.i == verb.i or (verb.dep_ == "conj" and first.head.i == verb.head.i)
    cause = next((words for words in _OPENINGS if sentence.text.lower().startswith(words)), None)
    if change is not None and cause is not None and not is_passive(verb):
        yield from _opened(sentence, verb, change, cause)
        return
    if change is None or sentence.lowered[0] != "with" or not mine or is_passive(verb):
        return
    inner = next((c for c in first.children if c.dep_ in ("pobj", "pcomp")), None)
    context = context_of(sentence, verb)
    if inner is None or not context.stated or any(child.dep_ == "dobj" for child in verb.children):
        return
    if inner.tag_.startswith("VB"):
        inner = next((c for c in inner.children if c.dep_ == "nsubj"), inner)
    found = [target for head in context.subjects for target in targets(sentence, head)[:1]]
    yield from drafts(sentence, [subject_phrase(sentence, inner)], found, change, verb, context, "introduced")


def _becomes(sentence: Sentence, verb: Token) -> str | None:
    """As in "becomes longer", "become more frequent", "is higher"."""
    if sentence.lowered[verb.i] not in (
        "become",
        "becomes",
        "became",
        "get",
        "gets",
        "getting",
        "got",
        "grows",
        "grow",
        "grew",
        "is",
        "are",
        "was",
        "were",
    ):
        return None
    for child in verb.rights:
        if child.dep_ not in ("acomp", "attr", "advmod", "oprd"):
            continue
        word = sentence.lowered[child.i]
        degree = {sentence.lowered[c.i] for c in child.lefts}
        if word in (
            "frequent",
            "common",
            "likely",
            "severe",
            "pronounced",
            "prevalent",
            "numerous",
            "probable",
            "serious",
        ):
            return UP if "more" in degree else DOWN if "less" in degree else None
        change = next((change for change, words in LEVELS.items() if word in words), None)
        if change is not None:
            return change
    return None


def _without_change(sentence: Sentence, head: Token) -> tuple[Phrase, bool]:
    """The subject after "with"; "with decreasing distance" turns the sign."""
    flipped = any(sentence.lowered[i] in LEVELS[DOWN] for i in range(head.left_edge.i, head.i))
    phrase = subject_phrase(sentence, head)
    first = sentence.lowered[phrase.first]
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
