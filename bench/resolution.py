"""Entity resolution against labelled pairs, beside letters alone and the encoder alone; and its speed on one core.

Run: ``python -m bench.resolution [--quick]``. The pairs are split by the parity of ``sha256(a + tab + b)``: thresholds
were tuned on the even half only. Of the odd half nothing is printed but counts. The author had the first thirty lines
of the file on the screen before the split was made, so the odd half is counted without these too.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.intervals import wilson

if TYPE_CHECKING:
    from ingest.literature.resolution import Judgement

GOLD = Path(__file__).parent / "gold"
NUM_MENTIONS = 2000
LIMIT_SECONDS = 15.0
GATE_PRECISION, GATE_RECALL = 0.95, 0.8
FIRST_LINES = 30
Score = Callable[[Sequence[tuple[str, str]]], list[float]]


class Pair(NamedTuple):
    """One labelled pair of phrases."""

    a: str
    b: str
    same: bool

    @property
    def seen(self) -> bool:
        """Whether it belongs to the half that may be looked at."""
        return int(hashlib.sha256(f"{self.a}\t{self.b}".encode()).hexdigest(), 16) % 2 == 0


class Counts(NamedTuple):
    """How a judge did on pairs."""

    hits: int
    false: int
    missed: int
    rejected: int

    def __str__(self) -> str:
        return (
            f"precision {_share(self.hits, self.hits + self.false)}, "
            f"recall {_share(self.hits, self.hits + self.missed)} "
            f"({self.hits} found, {self.false} wrong, {self.missed} missed, {self.rejected} rejected rightly)"
        )


def _share(hits: int, total: int) -> str:
    low, high = wilson(hits, total)
    return f"{hits / total if total else 0:.3f} [{low:.3f}, {high:.3f}]"


def pairs() -> list[Pair]:
    """The labelled pairs."""
    rows = (json.loads(line) for line in (GOLD / "pairs.jsonl").read_text(encoding="utf-8").splitlines())
    return [Pair(row["a"], row["b"], row["same"]) for row in rows]


def count(of: Sequence[Pair], decided: Sequence[bool]) -> Counts:
    """Decisions against labels."""
    both = [(pair.same, said) for pair, said in zip(of, decided, strict=True)]
    return Counts(
        both.count((True, True)), both.count((False, True)), both.count((True, False)), both.count((False, False))
    )


def sure_of(judgement: Judgement) -> bool:
    """Whether a merge by this judgement is accepted without asking."""
    from app.analysis.merge_search import is_sure

    return is_sure(judgement)


def threshold_at(of: Sequence[Pair], scores: Sequence[float], recall: float) -> float:
    """The highest threshold at which scores reach a recall."""
    right = sorted((score for pair, score in zip(of, scores, strict=True) if pair.same), reverse=True)
    return right[min(len(right), max(1, math.ceil(recall * len(right)))) - 1]


def mentions() -> list[str]:
    """Distinct phrases as papers word them: spans of the gold sentences, phrases of the pairs, both with modifiers."""
    found: dict[str, None] = {}
    for line in (GOLD / "sentences.jsonl").read_text(encoding="utf-8").splitlines():
        for assertion in json.loads(line)["assertions"]:
            found |= dict.fromkeys((assertion["subject"], assertion["object"]))
    for pair in pairs():
        found |= dict.fromkeys((pair.a, pair.b))
    plain = list(found)
    for frame in ("{} of QLC drives", "higher {}", "{} in the field", "average {}", "{} under load"):
        found |= dict.fromkeys(frame.format(phrase) for phrase in plain)
    return list(found)[:NUM_MENTIONS]


def main() -> int:
    """Print the report; with ``--quick`` without the timing."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from rapidfuzz import fuzz

    from bench.timing import conditions
    from graph.ontology.concepts import concepts
    from graph.retrieval import Encoder
    from ingest.literature.resolution import Resolver

    encoder = Encoder()
    resolver = Resolver(concepts(), encoder=encoder)

    def letters(of: Sequence[tuple[str, str]]) -> list[float]:
        return [fuzz.token_sort_ratio(a.lower(), b.lower()) for a, b in of]

    def vectors(of: Sequence[tuple[str, str]]) -> list[float]:
        left, right = encoder.encode([a for a, _ in of]), encoder.encode([b for _, b in of])
        return [float(value) for value in (left * right).sum(axis=1)]

    print(f"Entity resolution\n  {conditions()}")
    everything = pairs()
    halves = {"seen": [p for p in everything if p.seen], "unseen": [p for p in everything if not p.seen]}
    judged = {name: [resolver.same(p.a, p.b) for p in half] for name, half in halves.items()}
    counts = {name: count(half, [j.same for j in judged[name]]) for name, half in halves.items()}
    for name, half in halves.items():
        print(f"  {name} half, {len(half)} pairs: {counts[name]}")
    later = set(everything[FIRST_LINES:])
    rest = [(p, j.same) for p, j in zip(halves["unseen"], judged["unseen"], strict=True) if p in later]
    told = count([p for p, _ in rest], [same for _, same in rest])
    print(f"  unseen half without the first {FIRST_LINES} lines, {len(rest)} pairs: {told}")
    sure = [(p, sure_of(j)) for p, j in zip(halves["seen"], judged["seen"], strict=True)]
    told = count([p for p, _ in sure], [same for _, same in sure])
    print(f"  seen half, what is sure enough to merge without asking: {told}")
    recall = counts["seen"].hits / (counts["seen"].hits + counts["seen"].missed)
    for title, scores in (("rapidfuzz token_sort_ratio", letters), ("encoder's cosine", vectors)):
        _baseline(title, scores, halves, recall)
    unseen = counts["unseen"]
    precise = unseen.hits / max(1, unseen.hits + unseen.false) >= GATE_PRECISION
    wide = unseen.hits / max(1, unseen.hits + unseen.missed) >= GATE_RECALL
    print(f"  gate on the unseen half, precision {GATE_PRECISION} at recall {GATE_RECALL}: {_met(precise and wide)}")
    if "--quick" not in sys.argv[1:]:
        _speed(resolver.__class__, encoder.__class__)
    return 0 if precise and wide else 1


def _baseline(title: str, score: Score, halves: dict[str, list[Pair]], recall: float) -> None:
    """A score with one threshold, set on the seen half to reach our recall there, and to 0.8."""
    seen = halves["seen"]
    of_seen = score([(p.a, p.b) for p in seen])
    for wanted in (recall, GATE_RECALL):
        threshold = threshold_at(seen, of_seen, wanted)
        for name, half in halves.items():
            decided = [value >= threshold for value in score([(p.a, p.b) for p in half])]
            print(f"  {title} at recall {wanted:.2f} of the seen half, {name}: {count(half, decided)}")


def _speed(resolver_type: type, encoder_type: type) -> None:
    from graph.ontology.concepts import concepts

    phrases = mentions()
    encoder = encoder_type()
    spent, start = _cpu_seconds(), time.perf_counter()
    resolver = resolver_type(concepts(), encoder=encoder)
    found = resolver.resolve(phrases)
    cpu, wall = _cpu_seconds() - spent, time.perf_counter() - start
    methods = sorted({each.method for each in found})
    told = ", ".join(f"{method} {sum(each.method == method for each in found)}" for method in methods)
    print(f"  {len(phrases)} distinct mentions against {len(concepts())} concepts, first use, one thread:")
    print(f"    {cpu:.1f} s of CPU, {wall:.1f} s by the clock (limit {LIMIT_SECONDS:g}: {_met(cpu <= LIMIT_SECONDS)})")
    start = time.perf_counter()
    resolver.resolve(phrases)
    print(f"    again, all encoded: {time.perf_counter() - start:.2f} s; by {told}")


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _met(holds: bool) -> str:
    return "met" if holds else "MISSED"


if __name__ == "__main__":
    sys.exit(main())
