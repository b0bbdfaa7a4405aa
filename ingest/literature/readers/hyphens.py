"""Words broken at a line's end: joined, or kept with their hyphen, by what else the document writes."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# First halves after which a break is a break of one word although both halves are words ("with-out", "work-load").
_JOINING = _words(
    "any back base book can data down every fire for foot frame grand hand hard head hence here how im in inter key "
    "life mean mis more net never new no off on other out over per pre road soft some sub super them there through "
    "time to trans trade under up use what when where which who with work your"
)
# First halves that keep their hyphen before a word of the document ("self-healing", "non-volatile").
_KEEPING = _words(
    "non self well high low long short cross multi quasi ex all intra read write user cost time fault "
    "open end three two one four single double half full near post anti co de re real large small best worst"
)
# Second halves that are words but more often endings ("purpose-fully").
_ENDINGS = _words(
    "able age ally ant ate ed en ent er fold ful fully hood ion ing ish less ly men ness or ship some ward wise"
)
# Second halves of compounds, whatever else the document says ("latency-sensitive").
_COMPOUNDING = _words(
    "aware based bound centric driven free friendly heavy intensive level like local only optimal oriented resilient "
    "scale sensitive side size sized specific tolerant wide"
)
# Words inside compounds of several ("end-to-end", "state-of-the-art").
_LINKING = _words("a and at by in of on or per the to with")
# First halves that no word begins with unless the document writes it so ("non-negligible").
_PREFIXES = _words("non self well cross multi quasi")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST = re.compile(r"[\w./:@~%-]*$")
_FIRST = re.compile(r"^[\w./:@~%-]*")
_EDGE = re.compile(r"[\w-]+")


class Vocabulary:
    """Words that a document writes unbroken, in lower case, with how often."""

    def __init__(self) -> None:
        self._words: Counter[str] = Counter()
        self._beginnings: set[str] | None = None

    def add(self, line: str, *, begun: bool = False, broken: bool = False) -> None:
        """Count a line's words, halves left out.

        Args:
            line: Its text.
            begun: The line before ended with a hyphen, so that the first word may be the second half of one.
            broken: It ends with a hyphen itself.
        """
        words = _WORD.findall(line.lower())
        for word in words[int(begun) : len(words) - int(broken)]:
            self._words[word] += 1
            if word.count("-") > 1:  # of "end-to-end" also "to-end" is known
                halves = word.split("-")
                self._words.update("-".join(pair) for pair in pairwise(halves))
        self._beginnings = None

    def count(self, word: str) -> int:
        """How often a word stands in the document, whatever its case."""
        return self._words[word.lower()]

    def begins_one(self, word: str) -> bool:
        """Whether a longer word of the document begins with this one, its ending aside."""
        if self._beginnings is None:
            self._beginnings = {known[:length] for known in self._words for length in range(5, len(known) + 1)}
        return word.lower() in self._beginnings

    def keeps_hyphen(self, before: str, after: str) -> bool:
        """Whether the hyphen between two lines belongs to the word.

        Args:
            before: The line before, without its hyphen.
            after: The line after.
        """
        left, right = _LAST.search(before), _FIRST.search(after)
        first, second = (left[0] if left else ""), (right[0] if right else "")
        if "://" in first or "www." in first or "@" in first or "/" in first or first.count("-") > 1:
            return True
        if not first or not second or not second[0].isalpha() or not first[-1].isalpha():
            return True
        return self._keeps_in_words(first.split("/")[-1], second.split("/")[0].rstrip(".:"))

    def _keeps_in_words(self, first: str, second: str) -> bool:
        found = _EDGE.match(second)
        second = found[0] if found else second
        stem, head = second.split("-")[0], first.rsplit("-", maxsplit=1)[-1]
        joined, kept = self.count(head + stem), self.count(f"{head}-{stem}")
        if joined or kept:
            return kept > joined
        if stem[0].isupper() or (head.isupper() and len(head) > 1):
            return True
        if "-" in first and head.lower() in _LINKING:
            return True
        if len(head) == 1 or head.lower() in _PREFIXES:
            return not self.begins_one(head + stem)
        if stem in _ENDINGS or self.begins_one(head + stem):
            return False
        if stem in _COMPOUNDING and len(head) > 3:
            return True
        if (self.count(stem) and len(stem) > 2) or (len(stem) > 6 and self.begins_one(stem[:6])):
            if head.lower() in _KEEPING:
                return True
            return bool(self.count(head)) and len(head) > 2 and head.lower() not in _JOINING
        return False
