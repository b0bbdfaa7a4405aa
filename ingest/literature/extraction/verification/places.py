"""Where a quote and its phrases stand in a text: search without regard to case, white space and hyphens."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from ingest.literature.extraction.lexicon import normal_word

Span = tuple[int, int]
"""First character and the one after the last."""
MAX_SENTENCE = 1_000
"""Longest sentence in characters; what is longer is a table or a list without stops."""
MAX_PLACES = 6
"""Occurrences of a phrase that are looked at."""
# Hyphens of all kinds, what a hyphen at a line's end becomes in PDF text, and characters without width.
_DROPPED = frozenset("-‐‑‒–—−\xad\x02\ufffe\u200b\u200c\u200d\u2060\ufeff")
_ALIKE = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "×": "x"}
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+\d*|[^\W_]+")
_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])|\n[ \t]*\n\s*")
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|figs?|eqs?|secs?|tabs?|refs?|vs|cf|approx|no|nos|dr|prof|resp|ca|ch|vol|pp?|inc|corp)"
    r"|\b[A-Z]|\.\w)$",
    re.IGNORECASE,
)
_SMALL = "a an the of in on at for to from with by under and or its their as is are was were be"
_TURNING = (
    "no not non without never lack lacking absence absent loss high higher low lower more less fewer increased "
    "increasing raising rising reduced reducing lowering decreased decreasing disabling disabled removing enabling"
)
STOP_WORDS = frozenset(_SMALL.split())
_MUST_STAND = frozenset(_TURNING.split())


def is_edge(text: str, place: int) -> bool:
    """True where no word goes through this place of the text."""
    return not (0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum())


@lru_cache(maxsize=64)
def squeezed(text: str) -> tuple[str, array[int]]:
    """A text in lower case without white space and hyphens, and the place in the text of each of its characters."""
    marks: list[str] = []
    places = array("l")
    for place, mark in enumerate(text):
        if mark in _DROPPED or mark.isspace():
            continue
        plain = mark if mark.isascii() else unicodedata.normalize("NFKC", _ALIKE.get(mark, mark))
        for part in plain.lower():
            if part not in _DROPPED and not part.isspace():
                marks.append(part)
                places.append(place)
    return "".join(marks), places


def occurrences(text: str, phrase: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Places of a phrase between ``start`` and ``end``, whole words only."""
    key, _ = squeezed(phrase)
    if not key:
        return
    # The sentence, not the text, is squeezed where one is given: a long text is squeezed once, for its quotes.
    part = text if end is None else text[start:end]
    shift = 0 if end is None else start
    whole, places = squeezed(part)
    found = whole.find(key)
    while found >= 0:
        first, last = places[found], places[found + len(key) - 1] + 1
        after = found + len(key)
        # A ligature is one character of the text and several here: half of one is no place.
        halved = (found > 0 and places[found - 1] == first) or (after < len(places) and places[after] == last - 1)
        if not halved and is_edge(part, first) and is_edge(part, last):
            yield first + shift, last + shift
        found = whole.find(key, found + 1)


def quote_place(text: str, quote: str) -> Span | None:
    """Place of a quote in its source; None where it does not stand there.

    The slice at that place is the quote: a candidate's own may differ from it in case, white space, hyphens, kinds of
    quotation marks and ligatures, and in nothing else.
    """
    found = text.find(quote) if quote else -1
    if found >= 0 and is_edge(text, found) and is_edge(text, found + len(quote)):
        return found, found + len(quote)
    return next(occurrences(text, quote), None)


def sentences(text: str, start: int, end: int) -> list[Span]:
    """The sentences of a text that ``start`` to ``end`` touches."""
    low, high = max(0, start - MAX_SENTENCE), min(len(text), end + MAX_SENTENCE)
    edges = [low]
    for match in _END.finditer(text, low, high):
        before = text[max(low, match.start() - 8) : match.start()]
        if "\n" not in match[0].strip(" \t") and text[match.start()] == "." and _SHORT.search(before):
            continue
        edges.append(match.end())
    edges.append(high)
    found = []
    for first, last in pairwise(edges):
        if first < end and last > start:
            part = text[first:last]
            found.append((first + len(part) - len(part.lstrip()), last - len(part) + len(part.rstrip())))
    return [(first, last) for first, last in found if first < last]


def tokens(phrase: str) -> list[str]:
    """Words of a phrase as they are compared: lower case, singular, American spelling."""
    return [normal_word(word) for word in _TOKEN.findall(phrase)]


def content(phrase: str) -> list[str]:
    """Its words that carry meaning."""
    return [word for word in tokens(phrase) if word not in STOP_WORDS]


def phrase_places(text: str, phrase: str, sentence: Span) -> list[Span]:
    """Places in a sentence that hold a phrase, the best first.

    Where the phrase does not stand there word by word, the shortest stretch counts that holds its head and all but one
    of its words (of five and more, 70 %); numbers, negations and words of change are never left out.

    Args:
        text: The source.
        phrase: For example ``SSD write amplification``.
        sentence: Where to look.
    """
    bare = re.sub(r"^(?:the|an?)\s+", "", phrase.strip().strip("\"'“”.,;:"), flags=re.IGNORECASE)
    found = []
    for place in occurrences(text, bare, *sentence):
        found.append(place)
        if len(found) == MAX_PLACES:
            break
    return found or _windows(text, bare, sentence)


def _windows(text: str, phrase: str, sentence: Span) -> list[Span]:
    wanted = set(content(phrase))
    if len(wanted) < 2:  # one word would have been found as it is, but for its plural
        need = len(wanted)
    else:
        need = len(wanted) if len(wanted) == 2 else max(2, min(len(wanted) - 1, -(-7 * len(wanted) // 10)))
    if not wanted:
        return []
    head = content(re.split(r"\s(?:of|in|on|for|from|under|at|with|by)\s", phrase)[0])[-1:]
    musts = {word for word in wanted if word in _MUST_STAND or word[0].isdigit()} | set(head)
    stands = [
        (normal_word(match[0]), match.start(), match.end()) for match in _TOKEN.finditer(text, sentence[0], sentence[1])
    ]
    best: tuple[int, Span] | None = None
    reach = 2 * len(wanted) + 3
    for i, (word, start, _) in enumerate(stands):
        if word not in wanted:
            continue
        seen: set[str] = set()
        for width, (other, _, end) in enumerate(stands[i : i + reach]):
            if other in wanted:
                seen.add(other)
                if len(seen) >= need and musts <= seen:
                    size = width - 3 * len(seen)  # a longer stretch is better where it holds a word more
                    if best is None or size < best[0]:
                        best = (size, (start, end))
    return [best[1]] if best else []
