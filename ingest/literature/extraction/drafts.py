"""A statement as a pattern found it, before spans of text, quantity and confidence are added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.assertion import NONE
from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.desirability import Kind, outcome
from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import Phrase, conjuncts, object_kind, object_phrase, of_complement
from ingest.literature.extraction.verbs import BAD, DOWN, GOOD, UP
from ingest.literature.extraction.wordlists import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True)
class Draft:
    """One statement.

    Args:
        subject: Its subject.
        relation: One of the seven relations.
        object: Its object.
        direction: increase, decrease, none, or None.
        verb: Token of the predicate.
        pattern: Name of the construction, for confidence and tests.
        context: What holds for the predicate.
        sure: The object's kind is named by the vocabulary.
        rank: Place of the object among its coordinated ones, from 0.
        ranks: How many there are.
        subject_rank: The same of the subject.
        subject_ranks: How many subjects there are.
        value: Span of the value, of ``measured`` only.
    """

    subject: Phrase
    relation: str
    object: Phrase
    direction: str | None
    verb: int
    pattern: str
    context: Context
    sure: bool = True
    rank: int = 0
    ranks: int = 1
    subject_rank: int = 0
    subject_ranks: int = 1
    value: tuple[int, int] | None = None

    def denied(self) -> Draft:
        """The same statement denied: its direction is none."""
        return replace(self, direction=NONE, context=replace(self.context, negated=True))


LEVELS = {
    UP: word_set(
        "higher longer larger greater more increased elevated additional extra excessive lengthier heavier stronger "
        "deeper highest longest largest most greatest increasing growing rising bigger undue prolonged doubled "
        "amplified extended raised enlarged fuller heightened"
    ),
    DOWN: word_set(
        "lower shorter smaller fewer less reduced decreased diminished decreasing shrinking falling shallower lighter "
        "weaker lowest smallest shortest fewest least declining halved lowered shortened rarer scarcer lesser thinner"
    ),
    GOOD: word_set("better improved superior faster enhanced improving steadier richer best"),
    BAD: word_set("worse degraded worst slower inferior poorer poor impaired degrading"),
}
CHANGE_NOUNS = {
    UP: word_set(
        "increase rise growth surge jump spike gain escalation inflation extension prolongation doubling tripling "
        "elevation boost increment climb speedup acceleration lengthening"
    ),
    DOWN: word_set(
        "decrease drop reduction decline fall cut saving shrinkage decay halving diminution shortening dip loss "
        "collapse lowering elimination"
    ),
    GOOD: word_set("improvement enhancement"),
    BAD: word_set("degradation deterioration worsening slowdown"),
}


_SMALL = word_set("low small little minimal negligible modest slight minor lower limited insignificant")


@dataclass(frozen=True)
class Target:
    """What is changed: the phrase, its kind, and the change that the words around it state, if any."""

    phrase: Phrase
    kind: Kind
    change: str | None
    absent: bool = False
    small: bool = False


def level_of(sentence: Sentence, head: Token) -> str | None:
    """The change that a comparative before a noun states ("a 30 % lower latency")."""
    for child in head.lefts:
        word = sentence.lowered[child.i]
        for change, level_words in LEVELS.items():
            if word in level_words:
                return change
        if child.dep_ in ("amod", "advmod", "nmod") and child.text in ("percent", "times"):
            continue
    # the parser may hang the comparative on a compound: look between the article and the head
    for i in range(head.left_edge.i, head.i):
        word = sentence.lowered[i]
        for change, level_words in LEVELS.items():
            if word in level_words and i and sentence.lowered[i - 1] != "than":
                return change
    for i in range(max(0, head.left_edge.i - 2), head.i):
        word = sentence.lowered[i]
        if word in ("twice", "double", "triple", "thrice") or (
            word in ("times", "×", "x") and sentence.lowered[i + 1] in ("the", "as")
        ):
            return UP
        if word == "half" and sentence.lowered[i + 1] == "the":
            return DOWN
    return None


def share_of(sentence: Sentence, noun: Token) -> list[Token]:
    """What a share is taken of ("31 % of all drive returns"): the nouns after of, else the noun itself."""
    word = singular(sentence.lowered[noun.i])
    if (
        noun.text == "percent"
        or noun.tag_ == "CD"
        or word
        in (
            "share",
            "majority",
            "fraction",
            "most",
            "half",
            "third",
            "quarter",
            "fifth",
            "tenth",
            "case",
            "portion",
            "percent",
            "bulk",
            "deal",
            "plenty",
        )
    ):
        inner = of_complement(noun)
        if inner is None and noun.text == "percent":  # "gains 15 % in transfer rate"
            after = noun.i + 1
            if after < len(sentence.pieces) and sentence.lowered[after] == "in":
                inner = next((c for c in sentence.tokens[after].children if c.dep_ == "pobj"), None)
        if inner is not None:
            return list(conjuncts(inner))
    return [noun]


def targets(sentence: Sentence, head: Token) -> list[Target]:
    """What the coordinated nouns from ``head`` on say is changed, words of change unwrapped.

    "a drop in throughput and latency" gives both with DOWN; "lower latency" gives latency with DOWN; "read errors"
    gives itself without a change.
    """
    found: list[Target] = []
    inherited: str | None = None
    for noun in [inner for each in conjuncts(head) for inner in share_of(sentence, each)]:
        change, metrics = _unwrapped(sentence, noun)
        if change is None and metrics == [noun] and inherited:
            change = inherited
        for metric in metrics:
            phrase = object_phrase(sentence, metric)
            if change and metric.i == noun.i and _is_change_noun(sentence, noun):
                phrase = _before_change(sentence, noun) or phrase
            kind = object_kind(phrase)
            if kind is not None:
                absent = "no" in sentence.lowered[noun.left_edge.i : noun.i]
                small = bool(set(sentence.lowered[noun.left_edge.i : noun.i]) & _SMALL)
                found.append(Target(phrase, kind, change, absent, small))
        inherited = change if level_of(sentence, noun) and change else inherited
    return found


def _is_change_noun(sentence: Sentence, noun: Token) -> bool:
    return change_noun(sentence, noun) is not None


def change_noun(sentence: Sentence, noun: Token) -> str | None:
    """The change that a noun states ("increase", "drop")."""
    word = singular(sentence.lowered[noun.i])
    return next((change for change, nouns in CHANGE_NOUNS.items() if word in nouns), None)


def _before_change(sentence: Sentence, noun: Token) -> Phrase | None:
    """The metric that stands before its word of change ("a throughput drop")."""
    first = noun.i - 1
    if first < 0 or sentence.tokens[first].tag_[:2] not in ("NN", "JJ") or first < noun.left_edge.i:
        return None
    start = first
    while start - 1 >= noun.left_edge.i and sentence.tokens[start - 1].tag_ in ("NN", "NNP", "NNS"):
        if sentence.tokens[start - 1].text in ("percent", "times"):
            break
        start -= 1
    begin, end = sentence.pieces[start].start, sentence.pieces[first].end
    phrase = Phrase(start, first, first, sentence.text[begin:end], begin, end)
    return phrase if object_kind(phrase) else None


def _unwrapped(sentence: Sentence, noun: Token) -> tuple[str | None, list[Token]]:
    change = change_noun(sentence, noun)
    piece = sentence.pieces[noun.i]
    if change is None or (
        piece.concept is not None and piece.concept.label in ("Metric", "Mechanism") and " " in piece.text
    ):
        return level_of(sentence, noun), [noun]
    inner: Token | None = None
    for child in noun.rights:
        if child.dep_ == "prep" and child.lower_ in ("in", "of", "to"):
            inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            if inner is not None and (inner.tag_ in ("CD",) or inner.text in ("percent", "times")):
                inner = next(
                    (c for p in inner.rights if p.lower_ == "in" for c in p.children if c.dep_ == "pobj"), None
                )
                if inner is None:  # else "a rise of 20 % in latency"
                    continue
            break
    if inner is None and noun.i + 1 < len(sentence.pieces) and sentence.lowered[noun.i + 1] in ("in", "of"):
        loose = sentence.tokens[noun.i + 1]  # hung on the verb
        inner = next((c for c in loose.children if c.dep_ == "pobj" and c.tag_.startswith("NN")), None)
        if inner is not None and (inner.text in ("percent", "times") or any(c.tag_ == "CD" for c in inner.lefts)):
            inner = None
    if inner is not None:
        nouns = list(conjuncts(inner))
        if singular(sentence.lowered[noun.i]) == "loss":
            kinds = [object_kind(object_phrase(sentence, each)) for each in nouns]
            if not all(kind is not None and kind.better == "up" and not kind.burden for kind in kinds):
                return level_of(sentence, noun), [noun]
        return change, nouns
    if _before_change(sentence, noun) is not None:
        return change, [noun]
    return level_of(sentence, noun), [noun]


def combined(change: str, target: Target) -> str | None:
    """What a verb that does ``change`` to a target does to what the target names.

    "reduces the increase in latency" says nothing sure, "causes a drop in throughput" is DOWN.
    """
    if target.change is None:
        return change
    return None if change in (UP, DOWN, GOOD, BAD) else target.change


def outcome_of(change: str, target: Target) -> tuple[str, str] | None:
    """Relation and direction, None where the two do not go together ("causes throughput")."""
    from ingest.literature.extraction.verbs import CAUSE, PREVENT

    if change in (CAUSE, PREVENT) and target.kind.better == "up":
        return None
    if change in (CAUSE, UP) and target.small:
        return None  # "incurs a low overhead" says no rise
    return outcome(change, target.kind)


__all__ = [
    "CHANGE_NOUNS",
    "LEVELS",
    "Draft",
    "Target",
    "change_noun",
    "combined",
    "level_of",
    "of_complement",
    "outcome_of",
    "targets",
]
