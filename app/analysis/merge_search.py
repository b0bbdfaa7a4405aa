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

SURE_METHOD, SURE_SCORE = "names", 0.95
"""Accepted at once: no pair of the seen half that was judged so was wrong (docs/resolution.md)."""
_OWN = re.compile(
    r"(?i)^(?:our|we|this|that|these|those|the (?:proposed|present|former|latter|same|authors?)|proposed|such|it)\b"
    r"|\b(?:drive|model|system|scheme|method|design|workload|trace|vendor|manufacturer|configuration|group|case|type|"
    r"chip|device|family|population)[ -](?:[A-Z]|[IVX]+|\d+|[A-Z]-?\d)$"
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
    return bool(_OWN.search(name.strip()))


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
        named.add(name)
        stays = End(resolution.key, resolution.label or "", _name_of(resolution.key))
        is_sure = resolution.method != "meaning" and resolution.score >= SURE_SCORE
        told = f"'{name}' resolves to {resolution.key} by {resolution.method}"
        for row in by_name[name]:
            goes = End(row["instance"], "Instance", name)
            merges[goes.key, stays.key] = Found(stays, goes, resolution.score, told, is_sure)
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
    how = str(judgement.parts["method"])
    is_sure = known and how in {SURE_METHOD, "words"} and judgement.score >= SURE_SCORE
    for other in others:
        if other["document"] == first["document"]:
            continue
        stays, goes = (End(row["instance"], "Instance", row["name"]) for row in (first, other))
        told = f"'{first['name']}' and '{other['name']}' are judged one by {how}"
        merges.setdefault((goes.key, stays.key), Found(stays, goes, judgement.score, told, is_sure))


def _name_of(key: str) -> str:
    if key.startswith("smart:"):
        return attribute(key).name
    return next(concept.name for concept in concepts() if concept.key == key)
