"""Sentences of a document's prose, as spans of its stored text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.literature.document import PROSE, ReadDocument


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STARTERS = (
    "The|We|This|These|Those|In|It|Its|However|For|To|Our|They|Their|There|When|While|If|As|An|Thus|Hence|Then|"
    "Therefore|Moreover|Furthermore|Also|Although|Because|Since|But|And|On|At|By|From|With|Both|Each|All|Most|Some|"
    "Finally|First|Second|Third|Next|Note|Such|Here|Similarly|Instead|Unlike|After|Before|During|Under|Overall|Such"
)
# After these the point never ends a sentence ...
_NEVER = _words(
    "e.g i.e eg ie cf vs viz ca approx fig figs eq eqs eqn eqns sect sects dr mr mrs prof vol pp nos resp incl esp "
    "aka a.k.a w.r.t wrt proc univ dept"
)
# ... after these only before a word that begins sentences, and after these only not before a number.
_SELDOM = _words(
    "al etc inc ltd corp co u.s u.k ph.d m.sc b.sc max min avg std tab tabs sec secs ref refs ch chap app alg thm def "
    "prop lem cor st sr gen ed eds rev jan feb mar apr jun jul aug sep sept oct nov dec"
)
_NUMBERED = _words("no art para p")
_END = re.compile(
    r"(?P<stop>[.!?…])(?P<after>[\"'”’»)\]]*(?:(?<=[a-z\])]\.)\d{1,2}(?=\s)|\s?\[\d[\d,\s–-]*\](?=\s+[^a-z\s]))?[\"'”’»)]*)"
    r"(?P<white>\s+)(?=[A-Z0-9À-ÞΑ-Ω\"'“‘«(\[§•▪<~±µ$#*])"
)
_BREAK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+•▪◦‣–]|\(?(?:\d{1,3}|[a-z])[.)])\s)|\s+(?=[•▪◦‣]\s)")
# A reference in brackets behind the point belongs to the sentence before.
_BELONGS = re.compile(r"(?:\[\d[\d,\s–-]*\]|\((?:[A-Z][\w#.-]{0,12}|\w{1,9}\.? [\w.#-]{1,8})\)\.?)\s*(?:$|[•▪])")
# A citation of the word before it, whose own point or mark ended none ("Yahoo! [25], and").
_CITED = re.compile(r"\[\d[\d,\s–-]*\][,;)]")
_WORD = re.compile(r"[\w.]+$")
_ONLY_NUMBER = re.compile(r"^\W*(?:\d{1,3}(?:\.\d+)*|[A-Za-z]|[ivxIVX]{1,5})$")
_STARTER = re.compile(rf"[\"'“‘(]?(?:{_STARTERS})\b")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence.

    Args:
        start: First character in the document's text.
        end: Character after the last.
        page: Page on which it begins; None where the format has none.
        section: Heading that it stands under.
        block_index: Block that it stands in.
    """

    start: int
    end: int
    page: int | None
    section: str
    block_index: int


def sentences(document: ReadDocument) -> list[Sentence]:
    """Sentences of a document's prose blocks, in order.

    They are slices of the stored text: nothing is stripped but white space between two of them, so that together they
    hold every other character of the prose exactly once.
    """
    starts = [span.start for span in document.pages]
    found = []
    for index, block in enumerate(document.blocks):
        if block.kind != PROSE:
            continue
        for start, end in split(document.text[block.start : block.end]):
            at = block.start + start
            page = document.pages[max(0, bisect_right(starts, at) - 1)].number if starts else None
            found.append(Sentence(at, block.start + end, page, block.section, index))
    return found


def split(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of one paragraph.

    Yields:
        Start and end of each, without the white space around it.
    """
    start = 0
    for end, after in _boundaries(text):
        if end > start and text[start:end].strip():
            yield _trimmed(text, start, end)
            start = after
    if text[start:].strip():
        yield _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _boundaries(text: str) -> list[tuple[int, int]]:
    """Where a sentence ends and where the next may begin."""
    found = [(one.start(), one.end()) for one in _BREAK.finditer(text)]
    start = 0
    for one in _END.finditer(text):
        if _ends(text, start, one):
            found.append((one.start("white"), one.end()))
            start = one.end()
    return sorted(found)


def _ends(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether a point ends a sentence."""
    if _CITED.match(text, found.end()):
        return False
    if found["stop"] != ".":
        return True
    before = text[max(start, found.start() - 24) : found.start()]
    following = text[found.end() : found.end() + 60]
    if _BELONGS.match(following):
        return False
    if _ONLY_NUMBER.match(text[start : found.start()][-40:].strip()):
        return False  # the number of a list's item, or a footnote's mark
    word = _WORD.search(before)
    last = word[0].lower().lstrip(".") if word else ""
    if found["after"]:
        return last not in {"fig", "figs", "e.g", "i.e"} or bool(_STARTER.match(following))
    if last in _NEVER:
        return False
    if last in _NUMBERED:
        return not following[:1].isdigit()
    if last in _SELDOM or (len(last) == 1 and last.isalpha() and before[-1:].isupper()):
        return bool(_STARTER.match(following))
    if re.fullmatch(r"(?:[a-z]\.)+[a-z]", last):  # U.S.A., D.C.
        return bool(_STARTER.match(following))
    return True
