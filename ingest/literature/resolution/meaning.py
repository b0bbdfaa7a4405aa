"""How near a phrase's meaning is to that of each known thing, by the sentence encoder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from graph.retrieval import Encoder
from ingest.literature.resolution import wording
from ingest.literature.resolution.naming import NameSet

if TYPE_CHECKING:
    from numpy.typing import NDArray

DESCRIPTIVE_WORDS = 4
_TELLING = wording.STOP | frozenset(
    ["how", "what", "when", "where", "before", "after", "until", "while", "so", "beside", "between", "without"]
)


def is_descriptive(phrase: str) -> bool:
    """Whether a phrase tells what a thing is instead of naming it.

    It has four words or more, and begins with a verb's -ing form or has function words among them; what hyphens join
    (``page-to-die mapping``) is one word here.
    """
    words = phrase.lower().split()
    return len(words) >= DESCRIPTIVE_WORDS and (words[0].endswith("ing") or any(word in _TELLING for word in words))


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near one phrase is to the name sets.

    Args:
        cosines: ``(sets,)``: the largest cosine with any name or definition of the set, -1 to 1.
        texts: ``(sets,)``: number of that name or definition.
    """

    cosines: NDArray[np.float32]
    texts: NDArray[np.int64]

    def rank(self, columns: Sequence[int]) -> int:
        """How many sets outside ``columns`` are nearer than the nearest of these; 0 for the best."""
        best = self.cosines[list(columns)].max()
        others = np.delete(self.cosines, list(columns))
        return int((others > best).sum())

    def margin(self, columns: Sequence[int]) -> float:
        """Cosine of the nearest of ``columns`` less that of the nearest other set."""
        others = np.delete(self.cosines, list(columns))
        return float(self.cosines[list(columns)].max() - others.max()) if len(others) else 1.0


class Meanings:
    """The name sets as vectors; the encoder is loaded when the first phrase is compared.

    Args:
        sets: The name sets.
        encoder: Makes the vectors.
    """

    def __init__(self, sets: Sequence[NameSet], encoder: Encoder) -> None:
        self.column = {each.key: number for number, each in enumerate(sets)}
        self._encoder = encoder
        pairs = [
            (number, text)
            for number, each in enumerate(sets)
            for text in (*each.names, *each.definitions)
            if not wording.is_acronym(text) and wording.smart_number(text) is None and "_" not in text
        ]
        named = {number for number, _ in pairs}
        pairs += [(number, each.names[0]) for number, each in enumerate(sets) if number not in named]
        pairs.sort()
        self.texts = [text for _, text in pairs]
        self._starts = np.searchsorted([number for number, _ in pairs], np.arange(len(sets)))
        self._ends = np.append(self._starts[1:], len(pairs))

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        return self._encoder.encode(self.texts)

    def encode(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of phrases, ``(len(phrases), 384)``."""
        return self._encoder.encode(phrases)

    def near(self, phrases: Sequence[str]) -> Iterable[Nearness]:
        """How near each phrase is to the sets, in the order of the phrases."""
        if not phrases:
            return
        cosines = self._encoder.encode(phrases) @ self._vectors.T
        best = np.maximum.reduceat(cosines, self._starts, axis=1)
        for row, top in zip(cosines, best, strict=True):
            texts = np.array([s + int(row[s:e].argmax()) for s, e in zip(self._starts, self._ends, strict=True)])
            yield Nearness(top, texts)
