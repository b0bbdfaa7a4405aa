"""Finds what may be merged among the instances of all documents."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.ontology.concepts import concepts
from graph.ontology.smart import attribute

if TYPE_CHECKING:
    from ingest.literature.resolution import Judgement, Resolver

SURE_METHODS, SURE_SCORE = frozenset({"names", "words"}), 0.95
"""Accepted at once: no pair of the seen half that was judged so was wrong (docs/resolution.md)."""
_OWN = re.compile(
    r"^(?:our|we|this|that|these|those|the (?:proposed|present|former|latter|same|authors?)|proposed|such|it)\b"
    r"|\b(?:ssd|hdd|disk|drive|model|system|scheme|method|design|workload|profile|context|trace|vendor|manufacturer|"
    r"configuration|setup|group|case|type|chip|device|family|population)[ -]?(?:[a-z]|[ivx]+|\d+|[a-z]-?\d)$"
)


@dataclass(frozen=True, slots=True)
class End:
    """A node that takes part."""

    key: str
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """One merge that was found.

    Args:
        stays: The node that stays.
        goes: The one it stands for.
        score: Of the judgement, 0 to 1.
        told: Why, in words.
        is_sure: Whether it may be accepted at once.
    """

    stays: End
    goes: End
    score: float
    told: str
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Search:
    """All that was found, and how many pairs of phrases were judged."""

    merges: list[Found]
    pairs: int


def is_own(name: str) -> bool:
    """Whether a phrase means something only inside its document (``our scheme``, ``Model A``, ``this effect``)."""
    return bool(_OWN.search(" ".join(re.sub(r"[_#]", " ", name).lower().split())))


def search(
    candidates: Sequence[Mapping[str, Any]], resolver: Resolver, progress: Callable[[str, int, int | None], None]
) -> Search:
    """Merges among instances, and of instances with concepts.

    Args:
        candidates: Rows of the query ``merge_candidates``.
        resolver: Judges.
        progress: Told how many pairs are judged.
    """
    by_name: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in candidates:
        if not is_own(row["name"]):
            by_name[row["name"]].append(row)
    merges: dict[tuple[str, str], Found] = {}
    named = set()
    for name, resolution in zip(by_name, resolver.resolve(list(by_name)), strict=True):
        if resolution.key is None or not resolution.is_same:
            continue
        stays = End(resolution.key, resolution.label or "", _name_of(resolution.key))
        # An alias may be a kind ("ext4" of file systems); one with the concept is only what is so beside its own name.
        judgement = resolver.same(name, _spoken(stays))
        if not judgement.same:
            continue
        named.add(name)
        told = f"'{name}' and {resolution.key} are judged one by {judgement.parts['method']}"
        for row in by_name[name]:
            goes = End(row["instance"], "Instance", name)
            merges[goes.key, stays.key] = Found(stays, goes, judgement.score, told, is_sure(judgement))
    pairs = resolver.candidate_pairs([name for name in by_name if name not in named])
    for number, (a, b) in enumerate(pairs):
        judgement = resolver.same(a, b)
        if judgement.same:
            _join(merges, [*by_name[a], *by_name[b]], judgement, resolver.is_known(a) and resolver.is_known(b))
        if number % 500 == 0:
            progress("judge", number, len(pairs))
    for name, rows in by_name.items():
        if name not in named:
            known = resolver.is_known(name)
            _join(merges, rows, resolver.same(name, name), known)
    return Search(sorted(merges.values(), key=lambda each: (each.stays.key, each.goes.key)), len(pairs))


def _join(
    merges: dict[tuple[str, str], Found], rows: Iterable[Mapping[str, Any]], judgement: Judgement, known: bool
) -> None:
    """Merge instances with the first of them by key; two of one document stay two."""
    first, *others = sorted(rows, key=lambda row: str(row["instance"]))
    sure = known and is_sure(judgement)
    for other in others:
        if other["document"] == first["document"]:
            continue
        stays, goes = (End(row["instance"], "Instance", row["name"]) for row in (first, other))
        told = f"'{first['name']}' and '{other['name']}' are judged one by {judgement.parts['method']}"
        merges.setdefault((goes.key, stays.key), Found(stays, goes, judgement.score, told, sure))


def is_sure(judgement: Judgement) -> bool:
    """Whether a merge by this judgement is accepted without asking: both are names, nearly word for word."""
    return judgement.parts["method"] in SURE_METHODS and judgement.score >= SURE_SCORE


def _spoken(end: End) -> str:
    """A concept by its name; an ATA attribute by its number, which no other thing bears."""
    return end.key.replace("smart:ata:", "SMART ") if end.key.startswith("smart:ata:") else end.name


def _name_of(key: str) -> str:
    if key.startswith("smart:"):
        return attribute(key).name
    return next(concept.name for concept in concepts() if concept.key == key)
