"""Noun phrases: the shortest words that name a subject or an object, and whether they name anything at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ingest.literature.extraction.desirability import COUNTS, Kind, kind_of
from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.quantities import find
from ingest.literature.extraction.wordlists import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

MAX_SUBJECT = 16
PRONOUNS = word_set(
    "it this that these those they them he she we i you us one ones which who what whom itself themselves such "
    "both all some many most others other another each none former latter same there here everything nothing "
    "something anything everyone nobody any few several much more less half rest whatever whichever either "
    "neither so"
)
EMPTY_NOUNS = word_set(
    "approach method technique scheme mechanism system result finding observation effect behaviour behavior "
    "problem trend change work study paper section figure design solution strategy policy algorithm model idea "
    "fact case way reason number value thing factor aspect phenomenon difference step option setting choice "
    "feature analysis experiment proposal evaluation measurement table test situation issue process author "
    "researcher people user operator vendor manufacturer example insight evidence challenge practice "
    "implementation prototype framework architecture optimization optimisation improvement reduction increase "
    "decrease rate point part amount addition set group kind type sort total majority variant version property "
    "parameter assumption limitation drawback advantage benefit tool layer lot configuration literature figures "
    "equation formula theorem first second third latter former operation side leader follower client administrator "
    "developer company "
    "customer baseline benchmark observation note evaluation experiment finding answer question protocol product "
    "event goal purpose aim time condition contrast term report survey course measure year month order end range "
    "line"
)
_DETERMINED = word_set("the this that these those our its their such his her your my a an each")
_STRIPPED = word_set(
    "the a an this that these those its their our his her your my such any some all each every both only "
    "even also not no either neither just thus hence sometimes often simply usually typically generally "
    "always while whereas • , ; : - – — ' therefore however and or but so then more less up much far "
    '"'
)
_LEVELS = word_set(
    "non-negligible fewest least longest twice double triple half most many higher lower longer shorter larger "
    "greater smaller faster slower better worse more fewer less increased reduced decreased elevated improved "
    "degraded additional extra excessive superior inferior lengthier heavier lighter poorer shallower deeper "
    "stronger weaker high low large small long short considerable significant substantial significantly "
    "substantially noticeable considerably slightly much far noticeably dramatically dramatic severe serious "
    "sharp marked drastic major minor slight modest great good bad poor further even sudden quick gradual rapid "
    "steady undue needless unnecessary frequent notable steep strong massive huge overall markedly sharply "
    "visibly clearly drastically lowest highest best worst smallest largest"
)
_KEPT_LEVELS: frozenset[str] = frozenset()
POPULATION = word_set(
    "drive disk ssd hdd device block cell page chip die system cluster server node array model fleet flash nand "
    "machine pool tier archive rack population app tlc mlc qlc slc member sample one those store"
)
_CIRCUMSTANCES = word_set(
    "in at under during for within after before among across above below over throughout when while with without "
    "by from until upon"
)
NUMERIC_TAGS = frozenset({"CD", "$"})


class Phrase(NamedTuple):
    """Tokens ``first`` to ``last`` with their head, and the words as the source has them."""

    first: int
    last: int
    head: int
    text: str
    start: int
    end: int


def conjuncts(head: Token) -> Iterator[Token]:
    """A noun and the nouns coordinated with it, in order; numbers and verbs are left out."""
    yield head
    waiting = [head]
    while waiting:
        for child in waiting.pop(0).children:
            if child.dep_ in ("conj", "appos") and child.i > head.i and child.tag_[:2] in ("NN", "VBG"[:2], "JJ", "PR"):
                if child.dep_ == "appos" and not any(c.dep_ == "cc" for c in child.head.children if c.i > child.head.i):
                    continue
                if child.tag_.startswith("VB") and child.tag_ != "VBG":
                    continue
                yield child
                waiting.append(child)


def of_complement(head: Token) -> Token | None:
    """The noun after ``of`` that belongs to a head."""
    for child in head.children:
        if child.lower_ == "of" and child.i > head.i:
            return next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
    return None


def is_numeric(sentence: Sentence, token: Token) -> bool:
    """Is it a number or a unit with a number before it?"""
    if token.tag_ in NUMERIC_TAGS or token.text in ("percent", "times"):
        return True
    if not any(child.tag_ in NUMERIC_TAGS for child in token.lefts):
        return False
    found = find(sentence.slice(token.left_edge.i, token.i))
    return bool(found) and found[-1].named_unit and found[-1].end == len(sentence.slice(token.left_edge.i, token.i))


def subject_phrase(sentence: Sentence, head: Token) -> Phrase:
    """The words of a subject: with its word of change, without article, amounts, clauses and what follows a comma."""
    if singular(sentence.lowered[head.i]) in (
        "factor",
        "technique",
        "method",
        "mechanism",
        "approach",
        "measure",
        "scheme",
        "reason",
        "event",
    ):
        for child in head.rights:  # "factors such as the amount of writes"
            if child.lower_ == "as" and child.i and sentence.lowered[child.i - 1] == "such":
                inner = next((c for c in child.children if c.dep_ == "pobj"), None)
                if inner is not None:
                    return subject_phrase(sentence, inner)
    first, last = head.left_edge.i, head.i
    # conjoined heads to the right are phrases of their own
    for child in head.rights:
        if child.dep_ == "relcl" and child.i - head.i > 1 and _restricts(sentence, child, last):
            last = child.right_edge.i  # "a scrub that staggers its passes"
            break
        if child.dep_ in ("conj", "cc", "punct", "appos", "relcl", "ccomp", "advcl", "mark"):
            if child.dep_ != "punct" or child.text in (",", ";", ":", "—", "–"):
                break
            continue
        if (
            child.dep_ in ("prep", "dative", "aux")
            and child.lower_ in ("from", "to", "by")
            and _amount(sentence, child)
        ):
            break
        if child.dep_ == "acl" and child.tag_ == "VBN" and sentence.lowered[child.i] in ("compared", "relative"):
            break
        if child.dep_ in ("dobj", "npadvmod") and child.i > head.i + 1 and is_numeric(sentence, child):
            break  # "raising the ratio to 28 %"
        end = _edge(sentence, child)
        if end - first > MAX_SUBJECT:
            break
        last = max(last, end)
    if first == 1 and sentence.tokens[0].tag_ in ("JJR", "RBR") and sentence.tokens[0].head.i > head.i:
        first = 0  # "Longer retention ages result in": hung on the verb
    marks = [i for i in range(first, head.i) if sentence.lowered[i] in (",", ";", ":", "—", "–")]
    if marks and not all(sentence.tokens[i - 1].tag_.startswith("JJ") for i in marks):
        first = marks[-1] + 1
    return _trimmed(sentence, first, last, head.i, levels=False)


def _restricts(sentence: Sentence, clause: Token, last: int) -> bool:
    """Is a relative clause short, begun with "that" and not set off by a comma, so that it belongs to the name?"""
    first = clause.left_edge.i
    return first == last + 1 and sentence.lowered[first] in ("that", "whose") and clause.right_edge.i - first <= 12


def _edge(sentence: Sentence, token: Token) -> int:
    """Last token of a dependent before a comma, a relative clause, a coordination or an amount."""
    last = token.i
    for child in token.rights:
        if child.dep_ in ("relcl", "appos") or child.text in (",", ";", ":", "—"):
            break
        if (
            child.dep_ in ("prep", "dative", "aux")
            and child.lower_ in ("from", "to", "by")
            and _amount(sentence, child)
        ):
            break
        if child.dep_ in ("cc", "conj") and token.tag_.startswith("VB"):
            break
        last = max(last, _edge(sentence, child))
    return last


def _amount(sentence: Sentence, preposition: Token) -> bool:
    inner = next((child for child in preposition.children if child.dep_ in ("pobj", "pcomp")), None)
    return inner is not None and is_numeric(sentence, inner)


def object_phrase(sentence: Sentence, head: Token, *, whole: bool = False) -> Phrase:
    """The words of an object: without article, amounts, words of degree, circumstances and the drives it is said of.

    With ``whole`` the drives are kept ("endurance of client drives").
    """
    first, last = head.left_edge.i, head.i
    for child in head.lefts:
        if child.dep_ == "poss":
            first = head.i if child.right_edge.i + 1 > head.i else child.right_edge.i + 1
    alone = _trimmed(sentence, first, last, head.i, levels=True)
    known = kind_of(alone.text) is not None and singular(sentence.lowered[head.i]) not in COUNTS
    followers = list(head.rights)
    loose = sentence.tokens[last + 1] if last + 1 < len(sentence.tokens) else None
    if loose is not None and loose.dep_ == "prep" and loose.head.i == head.head.i and loose.lower_ == "on":
        followers.insert(0, loose)  # "relieves contention on the channel", hung on the verb
    for child in followers:
        if child.dep_ == "acl" and child.tag_ == "VBN" and child.i == last + 1 and first == last and _is_burden(alone):
            if child.right_edge.i - child.i <= 5 and any(c.dep_ == "agent" for c in child.children):
                last = child.right_edge.i  # "the drift caused by charge de-trapping"
            break
        if child.dep_ in ("conj", "cc", "appos", "relcl", "acl", "advcl") or child.text in (",", ";", ":", "—"):
            break
        if child.dep_ != "prep" or child.i != last + 1:
            break
        inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
        if (
            inner is None
            or sentence.lowered[inner.i] in PRONOUNS
            or is_numeric(sentence, inner)
            or (
                child.lower_ in _CIRCUMSTANCES
                and not _counts_in(sentence, head, child)
                and not _acts(sentence, head, child)
            )
        ):
            break
        bare = (
            last == head.i
            and " " not in sentence.pieces[head.i].text
            and _is_burden(alone)
            and child.lower_ in ("on", "in", "of", "between", "by")
        )
        if sentence.lowered[head.i] == "loss" and child.lower_ == "of":
            bare = True  # a loss says nothing without what is lost
        if known and not whole and _is_population(sentence, inner) and not bare:
            break
        if (
            known
            and child.lower_ not in ("of", "against", "on", "to", "between", "per")
            and not _acts(sentence, head, child)
        ):
            break
        last = max(last, _short_edge(sentence, inner))
    if whole and last + 1 < len(sentence.pieces) and sentence.lowered[last + 1] in ("within", "inside"):
        period = next((c for c in sentence.tokens[last + 1].children if c.dep_ == "pobj"), None)
        if period is not None and singular(sentence.lowered[period.i]) in ("day", "hour", "week", "month", "year"):
            last = period.i  # "replacement within thirty days"
    return _trimmed(sentence, first, last, head.i, levels=True)


def _is_burden(phrase: Phrase) -> bool:
    kind = object_kind(phrase)
    return kind is not None and kind.burden


def _acts(sentence: Sentence, head: Token, child: Token) -> bool:
    """As in "interference by background scans": who interferes belongs to the name."""
    return child.lower_ in ("by", "from") and sentence.lowered[head.i] in ("interference", "contention", "blocking")


def _counts_in(sentence: Sentence, head: Token, child: Token) -> bool:
    return child.lower_ == "in" and singular(sentence.lowered[head.i]) in ("number", "rate", "probability", "frequency")


def _short_edge(sentence: Sentence, inner: Token) -> int:
    """The inner noun with its own ``of`` complement once, without circumstances."""
    last = inner.i
    if inner.tag_ == "VBG" and inner.right_edge.i - inner.i <= 6:
        return inner.right_edge.i
    coordinated = [child for child in inner.rights if child.dep_ == "conj" and child.tag_.startswith("NN")]
    if len(coordinated) == 1 and coordinated[0].i - inner.i <= 4:
        last = coordinated[0].i
    for child in inner.rights:
        if child.dep_ == "prep" and child.lower_ in ("of", "to", "against") and child.i == last + 1:
            deeper = next((c for c in child.children if c.dep_ == "pobj"), None)
            if deeper is None or _is_population(sentence, deeper) or is_numeric(sentence, deeper):
                break
            last = deeper.i
        else:
            break
    return last


def _is_population(sentence: Sentence, token: Token) -> bool:
    piece = sentence.pieces[token.i]
    if token.i - token.left_edge.i >= 3:
        return False  # so much said of it that it matters
    if piece.concept is not None:
        if piece.concept.label == "Condition":
            return singular(piece.text.lower().split()[-1]) in POPULATION
        return piece.concept.label == "Component" and piece.concept.key not in _PARTS
    return singular(piece.text.lower().split("-")[-1]) in POPULATION or token.tag_ in ("NNP", "NNPS", "CD")


_PARTS = frozenset(
    {"component:ftl", "component:firmware", "component:smart-log", "component:dram-cache", "component:namespace"}
)


def _trimmed(sentence: Sentence, first: int, last: int, head: int, *, levels: bool) -> Phrase:
    lowered = sentence.lowered
    if levels and "off" in lowered[first:head]:  # "shaves 3 µs off the latency"
        first = lowered.index("off", first) + 1
    if "," in lowered[first:head] and (sentence.tokens[first].tag_ in ("IN", "RB") or lowered[first].endswith("ly")):
        first = max(i for i in range(first, head) if lowered[i] == ",") + 1
    while first < head and (
        lowered[first] in _STRIPPED
        or (levels and lowered[first] in _LEVELS and lowered[first] not in _KEPT_LEVELS)
        or (levels and _is_amount(sentence, first, head))
    ):
        first += 1
    while last > head and sentence.tokens[last].tag_ in ("IN", "RB", "RBR", "JJR", "TO"):
        last -= 1
    while last > head and lowered[last] in (",", ";", ":", "and", "or", "-", "–"):
        last -= 1
    start, end = sentence.pieces[first].start, sentence.pieces[last].end
    return Phrase(first, last, head, sentence.text[start:end], start, end)


def _is_amount(sentence: Sentence, first: int, head: int) -> bool:
    """Does the phrase begin with an amount ("30 % lower latency"), not with a name ("99th-percentile latency")?"""
    token, following = sentence.tokens[first], sentence.tokens[min(first + 1, head)]
    return (
        token.tag_ in NUMERIC_TAGS
        or token.text in ("percent", "times")
        or (following.text in ("percent", "times") and following.i < head and token.tag_ != "NN")
        or (
            sentence.lowered[first]
            in ("about", "up", "to", "roughly", "nearly", "almost", "around", "than", "at", "least")
        )
    )


def names_something(sentence: Sentence, phrase: Phrase) -> str | None:
    """How well a subject names a thing: ``well``, ``weakly`` (left to the candidates) or None (a pronoun, a number)."""
    token = sentence.tokens[phrase.head]
    word = sentence.lowered[phrase.head]
    if word in PRONOUNS or token.tag_ in ("PRP", "EX", "WP", "WDT", "CD", "DT", "PRP$", "RB", "IN", "MD", "."):
        return None
    if not any(character.isalpha() for character in phrase.text) or len(phrase.text) < 2:
        return None
    before = _determiner(sentence, phrase)
    modified = phrase.first < phrase.head
    if any(sentence.lowered[i] in ("whether", "how", "why", "what") for i in range(phrase.first, phrase.last + 1)):
        return None
    if re.match(r"\d+\.\d+\s", phrase.text):
        return None  # the number of a section
    inner = of_complement(token)
    if inner is not None and phrase.last >= inner.i and sentence.lowered[inner.i] in PRONOUNS:
        return None
    if any(child.tag_ in ("WDT", "WP$") and child.i < token.i for child in token.children):
        return None
    some = singular(word) in ("variety", "number", "range", "set", "lot", "series", "combination")
    if some and inner is not None and singular(sentence.lowered[inner.i]) in EMPTY_NOUNS:
        return None
    if sentence.lowered[phrase.first] in ("same", "other", "latter", "former", "proposed", "resulting"):
        return "weakly"
    if singular(word) in EMPTY_NOUNS and sentence.pieces[phrase.head].concept is None and token.tag_ != "VBG":
        if inner is not None and phrase.last >= inner.i:
            return "weakly" if before in ("this", "these", "that", "those", "such", "our", "its", "their") else "well"
        if before in ("this", "these", "that", "those", "such", "its", "their"):
            return "weakly" if modified else None
        if not modified and before not in ("our", "the"):
            return None
        kinds = {sentence.tokens[i].dep_ for i in range(phrase.first, phrase.head)}
        named = "compound" in kinds or any(sentence.pieces[i].concept for i in range(phrase.first, phrase.head))
        return (
            "well"
            if named and before != "our" and sentence.lowered[phrase.first] not in ("proposed", "new", "same")
            else "weakly"
        )
    return "weakly" if before in ("this", "these", "such", "its", "their", "that", "those", "other") else "well"


def _determiner(sentence: Sentence, phrase: Phrase) -> str:
    if not phrase.first:
        return ""
    token = sentence.tokens[phrase.first - 1]
    return (
        sentence.lowered[token.i] if token.tag_ in ("DT", "PRP$", "PDT", "JJ") and token.head.i >= phrase.first else ""
    )


def object_kind(phrase: Phrase) -> Kind | None:
    """Desirability of what an object names, None where it is no property, fault or burden."""
    return kind_of(phrase.text)
