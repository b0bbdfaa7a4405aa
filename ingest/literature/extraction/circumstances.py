"""Under which circumstances and of which drives a statement holds, and which of the sentence's sizes is its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.literature.extraction.assertion import MEASURED, Quantity
from ingest.literature.extraction.drafts import Draft
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import is_numeric
from ingest.literature.extraction.quantities import Found, find
from ingest.literature.extraction.wordlists import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_PLACES = word_set(
    "in at under during for within after before among across above below over throughout on without on of until"
)
_MARKS = word_set("when while whenever once if unless until as")
_COMPARING = word_set("to than with versus especially particularly except")
_EMPTY = re.compile(
    r"^in half\b|^while \w+ing\b|"
    r"^(?:at the (?:cost|expense|price)|without \w+ing)\b|^(?:in|for|at|on|of)\s+(?:this|these|our|"
    r"the same|general|particular|practice|addition|contrast|fact|turn|total|average|terms|"
    r"order|most cases|example|instance|comparison|short|all|many|(?:the )?(?:paper|figure|table|section|case|"
    r"result|end|"
    r"other hand|way|sense))\b",
    re.IGNORECASE,
)
_POPULATION = re.compile(
    r"\b(?:(?:(?:3D|planar|enterprise|consumer|client|desktop|nearline|data[- ]cent(?:re|er)|NVMe|SATA|SAS|"
    r"PCIe|ZNS|SMR|CMR|helium)[\s-]+)*"
    r"(?:SLC|MLC|TLC|QLC|PLC|3D NAND|enterprise|consumer|client|nearline|NVMe|SATA|SAS|ZNS|SMR|helium)"
    r"(?:[\s-]+(?:NAND|flash|SSDs?|HDDs?|drives?|disks?|blocks?|chips?|devices?|SSD models?))*)"
)


def population_of(sentence: Sentence) -> str | None:
    """The first kind of drive that the sentence names, as worded."""
    match = _POPULATION.search(sentence.text)
    return match[0] if match else None


def condition_of(sentence: Sentence, draft: Draft) -> str | None:
    """The principal circumstance, as worded: after the object, at the verb, or at the sentence's head."""
    verb, head = sentence.tokens[draft.verb], sentence.tokens[draft.object.head]
    taken = [(draft.subject.first, draft.subject.last), (draft.object.first, draft.object.last)]
    seen: list[Token] = [*head.rights, *verb.rights, *[c for c in verb.lefts if c.i < draft.subject.first]]
    seen += [
        grandchild
        for child in verb.rights
        if child.dep_ in ("prep", "agent", "dobj", "xcomp", "attr")
        for inner in child.children
        for grandchild in [inner, *inner.rights]
    ]
    seen += [
        grandchild
        for child in head.rights
        if child.dep_ == "prep"
        for inner in child.children
        for grandchild in inner.rights
    ]
    current = verb
    for _ in range(3):
        if current.dep_ not in ("conj", "ccomp", "advcl", "xcomp", "pcomp"):
            break
        current = current.head
        seen += [c for c in current.lefts if c.dep_ in ("prep", "advcl")] + [
            c for c in current.rights if c.i > draft.object.last
        ]
    for token in seen:
        text = _circumstance(sentence, token, taken, near=token.head.i == head.i)
        if text:
            return text
    intro = sentence.introduction
    return intro if intro and not _EMPTY.match(intro) else None


def _circumstance(sentence: Sentence, token: Token, taken: list[tuple[int, int]], *, near: bool) -> str | None:
    if any(first <= token.i <= last for first, last in taken):
        return None
    if token.dep_ == "advcl" and any(
        sentence.lowered[c.i] in _MARKS for c in token.children if c.dep_ in ("mark", "advmod")
    ):
        first, last = token.left_edge.i, token.right_edge.i
    elif token.dep_ == "prep" and token.lower_ in _PLACES and (token.lower_ != "of" or near):
        inner = next((c for c in token.children if c.dep_ in ("pobj", "pcomp")), None)
        if inner is None or (inner.text == "percent" and token.lower_ in ("of", "by", "in", "for")):
            return None
        first, last = token.i, inner.i if is_numeric(sentence, inner) else inner.right_edge.i
    else:
        return None
    while last > first and sentence.lowered[last] in (",", ".", ";", ":"):
        last -= 1
    for i in range(first + 1, last):
        if sentence.lowered[i] in (",", ";") and token.dep_ == "prep" and not sentence.pieces[i - 1].text[0].isdigit():
            last = i - 1
            break
    text = sentence.slice(first, last)
    if first and sentence.lowered[first - 1] in _COMPARING:
        return None  # "compared to without it": what it is held against, not where it holds
    if token.lower_ == "of" and _POPULATION.fullmatch(text[len("of ") :]):
        return None  # the drives it is said of
    if (
        _EMPTY.match(text)
        or len(text) > 140
        or any(first <= head <= last for _, head in taken if head > first and first < taken[1][0])
    ):
        return None
    return text


def quantity_of(sentence: Sentence, draft: Draft, quantities: list[Found], *, respectively: bool) -> Quantity | None:
    """The size that belongs to a statement; in a respectively-list the one of the same rank."""
    if draft.relation == MEASURED and draft.value is not None:
        begin = sentence.pieces[draft.value[0]].start
        end = sentence.pieces[draft.value[1]].end
        inside = [found for found in quantities if found.end > begin and found.start < end]
        return inside[0].quantity if inside else None
    verb_start = sentence.pieces[draft.verb].start
    first, last = draft.object.start, draft.object.end
    usable = [found for found in quantities if _usable(sentence, draft, found)]
    if respectively:
        ranks, rank = (draft.ranks, draft.rank) if draft.ranks > 1 else (draft.subject_ranks, draft.subject_rank)
        end = sentence.text.find("respectively", verb_start)
        end = end if end > 0 else len(sentence.text)
        listed = [found for found in usable if verb_start < found.start < end and found.named_unit]
        if ranks == 1 and len(listed) > 1:
            return None
        if 1 < ranks <= len(listed):
            return listed[-ranks:][rank].quantity
    before = [found for found in usable if _left_of_object(sentence, draft, found)]
    if before:
        return before[-1].quantity
    stop = _next_clause(sentence, draft)
    after = [found for found in usable if found.start >= last and found.end <= stop and _introduced(sentence, found)]
    if after:
        return after[0].quantity
    between = [f for f in usable if verb_start < f.start < first and f.relative and _introduced(sentence, f)]
    return between[0].quantity if between else None


def _left_of_object(sentence: Sentence, draft: Draft, found: Found) -> bool:
    """Does the size stand among the words before the object ("a 30 % lower latency", "a 22 % reduction in latency")?"""
    if not found.relative or found.end > draft.object.start or found.start < sentence.pieces[draft.verb].start:
        return False
    head = sentence.tokens[draft.object.head]
    left = head.left_edge.i
    above = head
    for _ in range(3):
        if above.dep_ not in ("pobj", "prep"):
            break
        above = above.head
        left = min(left, above.left_edge.i) if above.tag_.startswith("NN") else left
    return found.start >= sentence.pieces[left].start - 8


def _usable(sentence: Sentence, draft: Draft, found: Found) -> bool:
    if draft.subject.start <= found.start < draft.subject.end or draft.object.start <= found.start < draft.object.end:
        return False
    return found.named_unit or sentence.text[max(0, found.start - 3) : found.start].lower() == "by "


def _introduced(sentence: Sentence, found: Found) -> bool:
    """Is it said by how much, from what to what or to what, rather than where or when?"""
    before = sentence.text[: found.start].rstrip().lower()
    words = before.split()[-3:] if before else []
    if found.quantity.text.lower().startswith(("from ", "between ")):
        return found.named_unit
    last = words[-1].strip("(,~") if words else ""
    if last in ("by", "to") and last != "at":
        return True
    if last in (
        "about",
        "nearly",
        "almost",
        "roughly",
        "around",
        "approximately",
        "over",
        "than",
        "another",
        "of",
        "an",
        "and",
        "average",
        "only",
    ):
        return found.relative and (
            last != "of" or "reduction" in before[-40:] or "increase" in before[-40:] or "improvement" in before[-40:]
        )
    return (found.relative and last in ("", "(", "a", "and", "latency", "factor")) or before.endswith("(")


def _next_clause(sentence: Sentence, draft: Draft) -> int:
    """Where the statement's own words end: the next coordinated verb or clause after the object."""
    verb = sentence.tokens[draft.verb]
    following = [
        token.i
        for token in sentence.tokens
        if token.i > draft.object.last
        and token.i > verb.i
        and token.tag_ in ("VBZ", "VBD", "VBP", "VB")
        and token.dep_ in ("conj", "ccomp", "advcl", "relcl", "ROOT", "xcomp", "parataxis")
    ]
    stop = sentence.pieces[min(following)].start if following else len(sentence.text)
    marks = [at for mark in ":;" if (at := sentence.text.find(mark, draft.object.end)) > 0]
    return min([stop, *marks])


__all__ = ["condition_of", "find", "population_of", "quantity_of"]
