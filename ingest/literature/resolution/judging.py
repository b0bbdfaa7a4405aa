"""Whether two phrases name one thing: names first, then acronyms, then meaning and letters together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from ingest.literature.resolution import wording
from ingest.literature.resolution.acronyms import spells
from ingest.literature.resolution.contrasts import contrasted, has_extra_modifier, letters_of
from ingest.literature.resolution.meaning import Meanings, is_descriptive
from ingest.literature.resolution.naming import Named, Names

ACCEPT = 0.5
"""A judgement with this score or more is ``same``."""
# Tuned on the seen half of bench/gold/pairs.jsonl; docs/resolution.md tells what each rests on.
DESCRIBED_COSINE, DESCRIBED_RANK = 0.52, 3
SHARED_WORD_COSINE, SHARED_WORD_RANK = 0.55, 2
NAMED_SCORE = 0.85
BOTH_COSINE = 0.5
WEIGHTS = {"cosine": 0.5, "letters": 0.3, "head": 0.2}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether two phrases name one thing.

    Args:
        same: They do.
        score: 0 to 1; at least ``ACCEPT`` where they do. It orders judgements and is no probability.
        parts: What it is made of: ``method`` and the values behind it.
    """

    same: bool
    score: float
    parts: Mapping[str, float | str] = field(default_factory=dict)


class Judge:
    """Judges pairs of phrases.

    Args:
        names: Finds name sets by words.
        meanings: Finds them by meaning.
        concept_of: The field's concept that a phrase names word for word, or None.
        concept_of_set: The concept that a name set belongs to, or None.
    """

    def __init__(
        self,
        names: Names,
        meanings: Meanings,
        concept_of: Callable[[str], str | None],
        concept_of_set: Mapping[str, str],
    ) -> None:
        self._names, self._meanings = names, meanings
        self._concept_of, self._concept_of_set = concept_of, concept_of_set

    def judge(self, a: str, b: str) -> Judgement:
        """Judge one pair; the order of the two does not count."""
        a, b = sorted((a, b))
        if not (wording.content(a) and wording.content(b)):
            return _told(0.0, "empty")
        if wording.tight(a) == wording.tight(b):
            return _told(1.0, "words")
        named_a, named_b = self._names.find(a), self._names.find(b)
        if named_a.keys and named_b.keys:
            score = min(named_a.score, named_b.score)
            if named_a.keys & named_b.keys:
                return _told(score, "names", a=named_a.how, b=named_b.how)
            return _told(1.0 - score, "other-names", a=named_a.how, b=named_b.how)
        # What explains an acronym counts from here on, not its letters.
        a, b = (wording.alternatives(phrase)[0] for phrase in (a, b))
        if contrasted(a, b):
            return _told(0.02, "contrast")
        if wording.loose(wording.content(a)) == wording.loose(wording.content(b)):
            return _told(0.95, "stems")
        if self._spelled(a, b, named_a, named_b):
            return _told(0.92, "initials")
        if named_a.keys or named_b.keys:
            return self._one_named(a, b, named_a) if named_a.keys else self._one_named(b, a, named_b)
        return self._none_named(a, b)

    def _spelled(self, a: str, b: str, named_a: Named, named_b: Named) -> bool:
        """One is the initials of the other, and is not known to stand for something else."""
        return (wording.is_acronym(a) and not named_a.keys and spells(a, b)) or (
            wording.is_acronym(b) and not named_b.keys and spells(b, a)
        )

    def _one_named(self, name: str, phrase: str, named: Named) -> Judgement:
        columns = [self._meanings.column[key] for key in named.keys]
        (near,) = self._meanings.near([phrase])
        cosine, rank = float(near.cosines[columns].max()), near.rank(columns)
        values: dict[str, float | str] = {"cosine": cosine, "rank": float(rank)}
        belongs = {self._concept_of_set[key] for key in named.keys if key in self._concept_of_set}
        concept = self._concept_of(phrase)
        if concept is not None and belongs and concept not in belongs:
            return _told(0.05, "other-concept", **values)
        if is_descriptive(phrase):
            if self._names.find(wording.head_part(phrase)).keys & named.keys:  # "read latency of QLC drives"
                return _told(0.3 * cosine, "narrower", **values)
            shared = bool(_stems(name) & _stems(phrase))
            least, worst = (SHARED_WORD_COSINE, SHARED_WORD_RANK) if shared else (DESCRIBED_COSINE, DESCRIBED_RANK)
            holds = cosine >= least and rank <= worst
            # Above the threshold the score grows with the cosine; below it stays under ACCEPT.
            return _told(0.5 + 0.4 * (cosine - least) / (1 - least) if holds else 0.4 * cosine, "described", **values)
        nearest = self._meanings.texts[int(near.texts[columns[int(near.cosines[columns].argmax())]])]
        return self._by_parts(nearest, phrase, cosine, rank, values=values)

    def _by_parts(self, name: str, phrase: str, cosine: float, rank: int, values: dict[str, float | str]) -> Judgement:
        letters = fuzz.token_sort_ratio(letters_of(name), letters_of(phrase)) / 100
        heads = float(wording.head(name) == wording.head(phrase))
        score = WEIGHTS["cosine"] * cosine + WEIGHTS["letters"] * letters + WEIGHTS["head"] * heads
        values |= {"letters": letters, "head": heads}
        if wording.numbers(name) != wording.numbers(phrase):
            return _told(0.3 * score, "numbers", **values)
        if has_extra_modifier(name, phrase, frozenset(map(wording.stem, wording.GENERIC))):
            return _told(0.3 * score, "narrower", **values)
        holds = rank == 0 and score >= NAMED_SCORE
        return _told(0.5 + 0.4 * (score - NAMED_SCORE) / (1 - NAMED_SCORE) if holds else 0.4 * score, "alike", **values)

    def _none_named(self, a: str, b: str) -> Judgement:
        near_a, near_b = self._meanings.near([a, b])
        vectors = self._meanings.encode([a, b])
        cosine = float(vectors[0] @ vectors[1])
        if is_descriptive(a) and is_descriptive(b):
            tops = (int(near_a.cosines.argmax()), int(near_b.cosines.argmax()))
            both = float(min(near_a.cosines.max(), near_b.cosines.max()))
            if tops[0] == tops[1] and both >= BOTH_COSINE:
                return _told(0.5 + 0.4 * (both - BOTH_COSINE), "described", cosine=cosine, both=both)
        concepts = {self._concept_of(a), self._concept_of(b)}
        if None not in concepts and len(concepts) == 2:
            return _told(0.05, "other-concept", cosine=cosine)
        return self._by_parts(a, b, cosine, 0, values={"cosine": cosine})


def _stems(phrase: str) -> set[str]:
    return {wording.stem(word) for word in wording.content(phrase)}


def _told(score: float, method: str, **values: float | str) -> Judgement:
    score = min(1.0, max(0.0, score))
    rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in values.items()}
    return Judgement(score >= ACCEPT, round(score, 4), {"method": method, **rounded})
