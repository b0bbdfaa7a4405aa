"""Which pairs of phrases are worth judging, so that not every pair has to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from graph.retrieval import Encoder
from ingest.literature.resolution import wording
from ingest.literature.resolution.naming import Names

COMMON_WORD = 30
"""A word that more phrases hold than this brings no pair together; "latency" and "error" would bring thousands."""
NUM_NEIGHBOURS = 5
LEAST_COSINE = 0.6
_ROWS_AT_ONCE = 1000


def candidate_pairs(phrases: Sequence[str], names: Names, encoder: Encoder) -> list[tuple[str, str]]:
    """Pairs that share a name set, a word that few phrases hold, or initials, or are neighbours by meaning.

    Args:
        phrases: Distinct phrases.
        names: Finds name sets.
        encoder: Makes vectors.

    Returns:
        Pairs in alphabetical order, each once, the earlier phrase first.
    """
    ordered = sorted(set(phrases))
    blocks: dict[str, list[str]] = defaultdict(list)
    for phrase in ordered:
        words = wording.content(phrase)
        blocks[f"tight {wording.tight(phrase)}"].append(phrase)
        for key in names.find(phrase).keys:
            blocks[f"set {key}"].append(phrase)
        for word in {wording.stem(word) for word in words} - {""}:
            blocks[f"word {word}"].append(phrase)
        initials = "".join(word[0] for word in words) if len(words) > 1 else wording.tight(phrase)
        blocks[f"initials {initials}"].append(phrase)
    found: set[tuple[str, str]] = set()
    for name, members in blocks.items():
        if len(members) <= COMMON_WORD or name.startswith(("set ", "tight ")):
            found.update(combinations(members, 2))
    # Two phrases that are both known are settled by their names; meaning is asked where one is not.
    unknown = {phrase for phrase in ordered if not names.find(phrase).keys}
    found.update(_neighbours(ordered, unknown, encoder))
    return sorted(found)


def _neighbours(ordered: Sequence[str], unknown: set[str], encoder: Encoder) -> Iterable[tuple[str, str]]:
    if len(ordered) < 2 or not unknown:
        return
    vectors = encoder.encode(ordered)
    for start in range(0, len(ordered), _ROWS_AT_ONCE):
        cosines = vectors[start : start + _ROWS_AT_ONCE] @ vectors.T
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -1.0
        count = min(NUM_NEIGHBOURS, len(ordered) - 1)
        nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        for row, columns in enumerate(nearest):
            for column in columns:
                pair = (ordered[start + row], ordered[int(column)])
                if cosines[row, column] >= LEAST_COSINE and not unknown.isdisjoint(pair):
                    yield min(pair), max(pair)
