"""Statements made by a verb: active, passive, phrasal, and quantities that move by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.assertion import CORRELATES, DECREASE, INCREASE, NO_EFFECT, NONE
from ingest.literature.extraction.clauses import Context, context_of, is_passive
from ingest.literature.extraction.desirability import Kind
from ingest.literature.extraction.drafts import LEVELS, Draft, Target, change_noun, combined, outcome_of, targets
from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import Phrase, conjuncts, object_phrase, subject_phrase
from ingest.literature.extraction.quantities import find
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
    ("go", "into"): CAUSE,
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
    ("bite", "into"): BAD,
    ("weigh", "on"): BAD,
    ("come", "with"): HAVE,
    ("make", "for"): HAVE,
    ("bring", "with"): HAVE,
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
             ("push", "down"): DOWN, ("keep", "down"): DOWN, ("force", "up"): UP, ("tear", "down"): DOWN,
             ("drag", "down"): DOWN, ("stave", "off"): PREVENT, ("fend", "off"): PREVENT, ("ward", "off"): PREVENT, ("free", "up"): UP, ("even", "out"): PREVENT, ("iron", "out"): PREVENT, ("rule", "out"): PREVENT, ("smooth", "out"): PREVENT, ("pull", "down"): DOWN, ("hold", "down"): DOWN, ("hold", "back"): BAD, ("hold", "up"): BAD,
             ("cut", "back"): DOWN, ("scale", "down"): DOWN, ("step", "up"): UP, ("eat", "up"): DOWN, ("use", "up"): DOWN, ("bring", "up"): UP}  # fmt: skip
BAD_ADVERBS = frozenset("adversely negatively severely badly unfavourably detrimentally".split())  # noqa: SIM905
GOOD_ADVERBS = frozenset("positively favourably favorably beneficially".split())  # noqa: SIM905
_SHIFTS = {SHIFT_UP: UP, SHIFT_DOWN: DOWN, SHIFT_GOOD: GOOD, SHIFT_BAD: BAD}
_ORDER = (UP, DOWN, GOOD, BAD, CAUSE, PREVENT)


def verb_drafts(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """All statements of one verb."""
    form = forms().get(sentence.lowered[verb.i])
    if form is None and verb.tag_.startswith("VB"):
        yield from _unlisted(sentence, verb)
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
    if lemma == "add" and (inner := prepositional(verb, "to")) is not None and not passive:
        subjects = [subject_phrase(sentence, head) for head in context.subjects]
        yield from _drafts(sentence, subjects, targets(sentence, inner), UP, verb, context, "phrasal")
    if lemma in ("shave", "cut", "knock", "take") and (inner := prepositional(verb, "off")) is not None and not passive:
        subjects = [subject_phrase(sentence, head) for head in context.subjects]
        yield from _drafts(sentence, subjects, targets(sentence, inner), DOWN, verb, context, "phrasal")
    if not passive:
        yield from _made_to(sentence, verb, lemma, context)
    if lemma in MOVERS and not passive and (moved := _moved(sentence, verb)) is not None:
        change = moved
    if change is not None:
        if passive:
            yield from _passive(sentence, verb, change, context)
        else:
            yield from _active(sentence, verb, change, context, "active")
    elif HAVE in names and not passive:
        yield from _active(sentence, verb, HAVE, context, "has")
    if AFFECT in names and (context.negated or _is_slight(sentence, verb, context)):
        yield from _unaffected(sentence, verb, context, passive=passive)
    if not passive:
        yield from _shift(sentence, verb, names, context)
        yield from introduced(sentence, verb)


MOVERS = frozenset("push bring take move send carry drive shift change get pull".split())  # noqa: SIM905


def _moved(sentence: Sentence, verb: Token) -> str | None:
    """The direction of a move between two values ("pushes the latency from 80 to 140 µs")."""
    end = sentence.pieces[verb.right_edge.i].end
    if re.search(r"\bto (?:zero|nil|nothing|almost nothing)\b", sentence.text[sentence.pieces[verb.i].end : end]):
        return DOWN
    for found in find(sentence.text[sentence.pieces[verb.i].end : end]):
        ends = [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", found.quantity.text)]
        if found.quantity.text.startswith("from ") and len(ends) == 2 and ends[0] != ends[1]:
            return UP if ends[0] < ends[1] else DOWN
    return None


def _is_slight(sentence: Sentence, verb: Token, context: Context) -> bool:
    """ "affects Y only marginally", "neither X nor Y affects Z"."""
    words = [sentence.lowered[c.i] for c in verb.children if c.dep_ in ("advmod", "npadvmod", "dobj")]
    if set(words) & {"marginally", "negligibly", "minimally", "imperceptibly", "insignificantly"}:
        return True
    return any(sentence.lowered[c.i] == "neither" for head in context.subjects for c in head.children)


_TELLING = frozenset(
    "describes discusses explains studies measures shows reports evaluates examines analyses compares plots depicts "
    "illustrates quantifies considers addresses attributes predicts detects tolerates presents investigates requires "
    "models simulates estimates computes expects assumes".split()  # noqa: SIM905
)


def _unlisted(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """A verb of no family whose object says what changes ("buys a 25 % gain in throughput")."""
    word = sentence.lowered[verb.i]
    if word in _TELLING or verb.tag_ == "VBN" or verb.dep_ in ("amod", "aux", "auxpass"):
        return
    head = next((c for c in verb.children if c.dep_ == "dobj"), None)
    if (
        head is None
        or change_noun(sentence, head) is None
        or sentence.lowered[head.left_edge.i] not in ("a", "an", "no", "another")
    ):
        return
    context = context_of(sentence, verb)
    if context.stated:
        yield from _active(sentence, verb, HAVE, context, "unlisted")


def _change(sentence: Sentence, verb: Token, lemma: str, names: frozenset[str]) -> str | None:
    for child in verb.children:
        word = sentence.lowered[child.i]
        if (child.dep_ in ("prt", "advmod", "dobj") or child.i == verb.i + 1) and (lemma, word) in PARTICLES:
            return PARTICLES[lemma, word]
    if AFFECT in names:
        adverbs = {sentence.lowered[child.i] for child in verb.children if child.dep_ == "advmod"}
        return BAD if adverbs & BAD_ADVERBS else GOOD if adverbs & GOOD_ADVERBS else None
    return next((change for change in _ORDER if change in names), None)


def _made_to(sentence: Sentence, verb: Token, lemma: str, context: Context) -> Iterator[Draft]:
    """ "causes latency to rise", "lets wear grow", "makes throughput drop"."""
    if lemma not in ("cause", "let", "make", "allow", "force", "lead", "help", "drive"):
        return
    for child in verb.rights:
        form = forms().get(sentence.lowered[child.i])
        if child.dep_ not in ("ccomp", "xcomp") or form is None or not child.tag_.startswith("VB"):
            continue
        names = families().get(form.lemma, frozenset())
        change = next((change for family, change in _SHIFTS.items() if family in names), None)
        heads = [c for c in child.children if c.dep_ == "nsubj"] or [c for c in verb.children if c.dep_ == "dobj"]
        if change is None or not heads or any(c.dep_ == "dobj" for c in child.children):
            continue
        subjects = [subject_phrase(sentence, head) for head in context.subjects]
        yield from _drafts(sentence, subjects, targets(sentence, heads[0]), change, verb, context, "active")


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
    """ "contributes to the accuracy": what is good is made better, not caused."""
    return sentence.lemma(verb.i) == "contribute" and target.kind.better == "up" and target.change is None


def _active(sentence: Sentence, verb: Token, change: str, context: Context, pattern: str) -> Iterator[Draft]:
    subjects = [subject_phrase(sentence, head) for head in context.subjects]
    found = objects(sentence, verb)
    if not found and sentence.lemma(verb.i) in ("speed", "accelerate", "slow", "hasten", "quicken", "delay", "hamper"):
        found = _operations(sentence, verb)
        change = GOOD if change in (UP, GOOD) else BAD
    yield from _drafts(sentence, subjects, found, change, verb, context, pattern)


OPERATIONS = frozenset(
    "read write access lookup query scan rebuild recovery reconstruction request operation compaction transfer boot "
    "update insertion checkpoint restore repair training search".split()  # noqa: SIM905
)


def _operations(sentence: Sentence, verb: Token) -> list[Target]:
    """Operations that are made faster or slower ("speeds up random reads")."""
    heads = [n for child in verb.children if child.dep_ == "dobj" for n in conjuncts(child)]
    phrases = [object_phrase(sentence, head) for head in heads]
    phrases = [phrase._replace(last=phrase.head, end=sentence.pieces[phrase.head].end) for phrase in phrases]
    phrases = [phrase._replace(text=sentence.text[phrase.start : phrase.end]) for phrase in phrases]
    return [
        Target(phrase, Kind("up", burden=False, sure=False), None)
        for phrase in phrases
        if singular(sentence.lowered[phrase.head].split()[-1]) in OPERATIONS
    ]


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
    if lemma == "expose" and (inner := prepositional(verb, "to")) is not None and not passive:
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
        yield from _null(sentence, who, [object_phrase(sentence, head, whole=True) for head in context.subjects], verb, context)
        return
    heads = [n for child in verb.children if child.dep_ == "dobj" for n in conjuncts(child)]
    subjects = [subject_phrase(sentence, head) for head in context.subjects]
    yield from _null(sentence, subjects, [object_phrase(sentence, head, whole=True) for head in heads], verb, context)


def _shift(sentence: Sentence, verb: Token, names: frozenset[str], context: Context) -> Iterator[Draft]:
    """ "latency rises with queue depth", "errors increase as blocks age"."""
    change = next((change for family, change in _SHIFTS.items() if family in names), None) or _becomes(sentence, verb)
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


_OPENINGS = ("as a result of ", "as a consequence of ", "because of ", "due to ", "owing to ", "thanks to ", "in consequence of ")


def _opened(sentence: Sentence, verb: Token, change: str, cause: str) -> Iterator[Draft]:
    """ "As a consequence of the shorter pulse, the error rate climbs"."""
    context = context_of(sentence, verb)
    token = next((t for t in sentence.tokens if sentence.pieces[t.i].start >= len(cause) and t.tag_.startswith(("NN", "VBG"))), None)
    if token is None or not context.stated or any(child.dep_ == "dobj" for child in verb.children):
        return
    while token.head.tag_.startswith("NN") and token.dep_ in ("compound", "amod", "nmod") and token.head.i > token.i:
        token = token.head
    if token.i >= verb.i:
        return
    found = [target for head in context.subjects for target in targets(sentence, head)[:1]]
    yield from _drafts(sentence, [subject_phrase(sentence, token)], found, change, verb, context, "introduced")


def introduced(sentence: Sentence, verb: Token) -> Iterator[Draft]:
    """ "With TRIM enabled, write amplification falls to 1.2": what stands after with does it."""
    form = forms().get(sentence.lowered[verb.i])
    names = families().get(form.lemma, frozenset()) if form else frozenset()
    change = next((change for family, change in _SHIFTS.items() if family in names), None)
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
    yield from _drafts(sentence, [subject_phrase(sentence, inner)], found, change, verb, context, "introduced")


def _becomes(sentence: Sentence, verb: Token) -> str | None:
    """ "becomes longer", "become more frequent", "is higher"."""
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
