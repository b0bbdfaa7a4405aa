"""Statements made by a verb: active, passive, phrasal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.antecedents import is_passive
from ingest.literature.extraction.assertion import NO_EFFECT, NONE
from ingest.literature.extraction.clauses import context_of
from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.desirability import Kind
from ingest.literature.extraction.drafts import Draft, Target, change_noun, targets
from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import Phrase, conjuncts, object_phrase, subject_phrase
from ingest.literature.extraction.predicates import SHIFTS, agents, drafts, prepositional, repeated
from ingest.literature.extraction.quantities import find
from ingest.literature.extraction.shifts import introduced, shift
from ingest.literature.extraction.verbs import AFFECT, BAD, CAUSE, DOWN, GOOD, HAVE, PREVENT, UP, families, forms
from ingest.literature.extraction.wordlists import word_set

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
    ("burn", "through"): BAD,
    ("end", "in"): CAUSE,
    ("pay", "in"): HAVE,
    ("insulate", "from"): PREVENT,
    ("safeguard", "against"): PREVENT,
    ("relieve", "of"): PREVENT,
    ("free", "from"): PREVENT,
    ("free", "of"): PREVENT,
    ("rid", "of"): PREVENT,
    ("save", "from"): PREVENT,
    ("spare", "from"): PREVENT,
    ("conduce", "to"): CAUSE,
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
    ("flow", "from"),
    ("follow", "from"),
    ("spring", "from"),
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

PARTICLES = {
    (pair.split("-")[0], pair.split("-")[1]): change
    for change, pairs_of_words in (
        (UP, "drive-up push-up force-up free-up step-up bring-up"),
        (
            DOWN,
            "drive-down bring-down cut-down push-down keep-down tear-down drag-down pull-down hold-down cut-back "
            "scale-down eat-up use-up",
        ),
        (GOOD, "speed-up"),
        (BAD, "slow-down hold-back hold-up"),
        (CAUSE, "bring-about give-rise set-off spark-off touch-off"),
        (
            PREVENT,
            "stave-off fend-off ward-off even-out iron-out rule-out smooth-out soak-up sort-out weed-out head-off "
            "filter-out",
        ),
    )
    for pair in pairs_of_words.split()
}

BAD_ADVERBS = word_set("adversely negatively severely badly unfavourably detrimentally")

GOOD_ADVERBS = word_set("positively favourably favorably beneficially")

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
        yield from drafts(sentence, subjects, targets(sentence, inner), UP, verb, context, "phrasal")
    if lemma in ("shave", "cut", "knock", "take") and (inner := prepositional(verb, "off")) is not None and not passive:
        subjects = [subject_phrase(sentence, head) for head in context.subjects]
        yield from drafts(sentence, subjects, targets(sentence, inner), DOWN, verb, context, "phrasal")
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
        yield from shift(sentence, verb, names, context)
        yield from introduced(sentence, verb)


MOVERS = word_set("push bring take move send carry drive shift change get pull")


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
    """As in "affects Y only marginally", "neither X nor Y affects Z"."""
    words = [sentence.lowered[c.i] for c in verb.children if c.dep_ in ("advmod", "npadvmod", "dobj")]
    if set(words) & {"marginally", "negligibly", "minimally", "imperceptibly", "insignificantly"}:
        return True
    return any(sentence.lowered[c.i] == "neither" for head in context.subjects for c in head.children)


_TELLING = word_set(
    "describes discusses explains studies measures shows reports evaluates examines analyses compares plots "
    "depicts illustrates quantifies considers addresses attributes predicts detects tolerates presents "
    "investigates requires models simulates estimates computes expects assumes"
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
    """As in "causes latency to rise", "lets wear grow", "makes throughput drop"."""
    if lemma not in ("cause", "let", "make", "allow", "force", "lead", "help", "drive"):
        return
    for child in verb.rights:
        form = forms().get(sentence.lowered[child.i])
        if child.dep_ not in ("ccomp", "xcomp") or form is None or not child.tag_.startswith("VB"):
            continue
        names = families().get(form.lemma, frozenset())
        change = next((change for family, change in SHIFTS.items() if family in names), None)
        heads = [c for c in child.children if c.dep_ == "nsubj"] or [c for c in verb.children if c.dep_ == "dobj"]
        if change is None or not heads or any(c.dep_ == "dobj" for c in child.children):
            continue
        subjects = [subject_phrase(sentence, head) for head in context.subjects]
        yield from drafts(sentence, subjects, targets(sentence, heads[0]), change, verb, context, "active")


def objects(sentence: Sentence, verb: Token) -> list[Target]:
    """What the verb's objects name; the complement's subject where the parser made a clause of it."""
    heads = [child for child in verb.children if child.dep_ in ("dobj", "attr", "oprd", "dative") and child.i > verb.i]
    heads = heads[-1:] if len(heads) > 1 and heads[0].dep_ in ("dobj", "dative") else heads  # "spares the drive writes"
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


def _active(sentence: Sentence, verb: Token, change: str, context: Context, pattern: str) -> Iterator[Draft]:
    subjects = [subject_phrase(sentence, head) for head in context.subjects]
    found = objects(sentence, verb)
    if sentence.lemma(verb.i) in SPEEDS and all(
        singular(sentence.lowered[target.phrase.head]) in OPERATIONS for target in found
    ):
        found = _operations(sentence, verb)
        change = GOOD if change in (UP, GOOD) else BAD
        if sentence.lemma(verb.i) in LONGER:
            change = BAD
    yield from drafts(sentence, subjects, found, change, verb, context, pattern)


SPEEDS = word_set(
    "speed accelerate slow hasten quicken delay hamper jeopardise jeopardize stall impede hinder disturb disrupt "
    "expedite facilitate endanger hobble lengthen prolong protract"
)
LONGER = word_set("lengthen prolong protract")
OPERATIONS = word_set(
    "read write access lookup query scan rebuild recovery reconstruction request operation compaction transfer "
    "boot update insertion checkpoint restore repair training search convergence mount recording backup migration "
    "import ingestion replication startup commit sync deletion analysis inference deployment"
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


def _passive(sentence: Sentence, verb: Token, change: str, context: Context) -> Iterator[Draft]:
    who = agents(sentence, verb)
    if not who or not context.subjects:
        return
    found = [target for head in context.subjects for target in targets(sentence, head)[:1]]
    yield from drafts(sentence, who, found, change, verb, context, "passive")


def _phrasal(sentence: Sentence, verb: Token, lemma: str, context: Context, *, passive: bool) -> Iterator[Draft]:
    subjects = [subject_phrase(sentence, head) for head in context.subjects]
    for (name, preposition), change in PHRASAL.items():
        if name != lemma or (passive and lemma not in ("link",)):
            continue
        inner = prepositional(verb, preposition)
        if inner is not None:
            found = [target for each in repeated(verb, inner) for target in targets(sentence, each)]
            if lemma == "interfere" and context.negated:
                yield from _null(
                    sentence, subjects, [object_phrase(sentence, n) for n in conjuncts(inner)], verb, context
                )
            else:
                yield from drafts(sentence, subjects, found, change, verb, context, "phrasal")
    if lemma == "give" and any(sentence.lowered[c.i] == "rise" for c in verb.children):
        inner = prepositional(verb, "to")
        if inner is not None:
            yield from drafts(sentence, subjects, targets(sentence, inner), CAUSE, verb, context, "phrasal")
    if lemma == "expose" and (inner := prepositional(verb, "to")) is not None and not passive:
        yield from drafts(sentence, subjects, targets(sentence, inner), CAUSE, verb, context, "phrasal")
    for name, preposition in ORIGINS_PASSIVE if passive else ORIGINS:
        inner = prepositional(verb, preposition) if name == lemma else None
        if inner is not None:
            found = [target for head in context.subjects for target in targets(sentence, head)[:1]]
            who = [subject_phrase(sentence, head) for head in conjuncts(inner)]
            yield from drafts(sentence, who, found, CAUSE, verb, context, "origin")


def _outperform(sentence: Sentence, verb: Token, context: Context) -> Iterator[Draft]:
    """As in "X outperforms Y in terms of latency": better, of each property that is named."""
    subjects = [subject_phrase(sentence, head) for head in context.subjects]
    for token in verb.subtree:
        if token.lower_ == "in" and token.i > verb.i:
            inner = next((c for c in token.children if c.dep_ == "pobj"), None)
            if inner is not None and inner.lower_ in ("terms", "term"):
                of = next((c for c in inner.children if c.lower_ == "of"), None)
                inner = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
            if inner is not None:
                yield from drafts(sentence, subjects, targets(sentence, inner), GOOD, verb, context, "outperform")


def _null(
    sentence: Sentence, subjects: list[Phrase], found: list[Phrase], verb: Token, context: Context
) -> Iterator[Draft]:
    context = replace(context, negated=True)
    for subject in subjects:
        for k, phrase in enumerate(found):
            yield Draft(subject, NO_EFFECT, phrase, NONE, verb.i, "null", context, rank=k, ranks=len(found))


def _unaffected(sentence: Sentence, verb: Token, context: Context, *, passive: bool) -> Iterator[Draft]:
    """As in "does not affect", "is not influenced by"."""
    if passive:
        who = agents(sentence, verb)
        yield from _null(
            sentence, who, [object_phrase(sentence, head, whole=True) for head in context.subjects], verb, context
        )
        return
    heads = [n for child in verb.children if child.dep_ == "dobj" for n in conjuncts(child)]
    subjects = [subject_phrase(sentence, head) for head in context.subjects]
    yield from _null(sentence, subjects, [object_phrase(sentence, head, whole=True) for head in heads], verb, context)
