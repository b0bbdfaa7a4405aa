"""Which node stands for which, by the merges that are accepted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any


def canonical_of(records: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """From every member of an accepted merge to the one that stays, over several merges.

    Members that merges join in one way or another are one group, and the whole group has one that stays: a concept or
    attribute of the field before an instance, then one that no merge of the group gives up, then the first by key. So
    the result depends on the set of accepted merges alone, not on their order.

    Args:
        records: Rows with ``merge``, ``member`` and ``canonical``, as the query ``merged_concepts`` returns them.

    Returns:
        Only members that do not stand for themselves.
    """
    members: dict[str, set[str]] = defaultdict(set)
    given_up: set[str] = set()
    for record in records:
        members[record["merge"]].add(record["member"])
        if not record["canonical"]:
            given_up.add(record["member"])
    group: dict[str, set[str]] = {}
    for joined in members.values():
        united = set().union(joined, *(group[member] for member in joined if member in group))
        for member in united:
            group[member] = united
    stays: dict[int, str] = {}
    for united in group.values():
        if id(united) not in stays:
            stays[id(united)] = min(united, key=lambda key: (is_instance(key), key in given_up, key))
    return {member: stay for member, united in sorted(group.items()) if (stay := stays[id(united)]) != member}


def is_instance(key: str) -> bool:
    """Whether a key is that of an instance, which one document words, and not of the field's vocabulary."""
    return key.startswith("instance:")
