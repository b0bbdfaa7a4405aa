"""Merges: what several documents word differently and may be one, proposed, decided on, and taken back at will."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from app.analysis.answers import checked_reason
from app.analysis.results import Jsonable
from graph.errors import InputError, nearest
from graph.ontology.model import Batch, RelationTable
from graph.ontology.rows import node_table
from graph.ports import GraphStore
from ingest.literature.resolution.canonical import canonical_of, is_instance
from ingest.literature.settle import settle

if TYPE_CHECKING:
    from ingest.literature.resolution import Resolver

PROPOSED, ACCEPTED, REJECTED = "proposed", "accepted", "rejected"
STATUSES = (PROPOSED, ACCEPTED, REJECTED)
METHOD = "resolution 1"
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Member(Jsonable):
    """One node of a merge.

    Args:
        key: Its key.
        label: Its label.
        name: As its document words it, or the concept's name.
        document: Key of the document, of instances.
        canonical: True for the one that stays.
    """

    key: str
    label: str
    name: str
    document: str | None
    canonical: bool


@dataclass(frozen=True, slots=True)
class MergeRow(Jsonable):
    """One merge.

    Args:
        key: ``merge:{hash of its members' keys}``.
        name: What is said to be one.
        status: ``proposed``, ``accepted`` or ``rejected``; only accepted merges count.
        method: What proposed it, with its version.
        confidence: Of the proposal, 0 to 1.
        found: Why it was proposed.
        reason: Why it was decided so, and by whom; None while nobody did.
        members: The one that stays first.
    """

    key: str
    name: str
    status: str
    method: str
    confidence: float
    found: str | None
    reason: str | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Proposals(Jsonable):
    """What a search for merges found.

    Args:
        instances: Instances looked at.
        pairs: Pairs of phrases judged.
        proposed: New merges that wait for a decision.
        accepted: New merges that were accepted at once.
        known: Merges found again; they stay as they were decided.
        store_version: Version of the store afterwards.
    """

    instances: int
    pairs: int
    proposed: int
    accepted: int
    known: int
    store_version: int


def merge_key(members: Sequence[str]) -> str:
    """Key of the merge of these nodes, whatever their order."""
    together = "\n".join(sorted(members))
    return f"merge:{hashlib.sha256(together.encode()).hexdigest()[:16]}"


def list_merges(store: GraphStore, status: str | None = None) -> list[MergeRow]:
    """The stored merges by key, those with one status only where it is given.

    Raises:
        InputError: There is no such status.
    """
    if status is not None and status not in STATUSES:
        raise InputError(f"--status '{status}': expected {', '.join(STATUSES)}.{nearest(status, STATUSES)}")
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in store.query("merges", {"status": status}).records():
        rows[record["merge"]].append(record)
    return [_merge(records) for _, records in sorted(rows.items())]


def _merge(records: list[dict[str, Any]]) -> MergeRow:
    first = records[0]
    members = tuple(
        Member(row["member"], row["member_label"], row["member_name"], row["document"], bool(row["canonical"]))
        for row in records
    )
    return MergeRow(
        first["merge"],
        first["name"],
        first["status"],
        first["method"],
        first["confidence"],
        first["description"],
        first["reason"] or None,
        members,
    )


def canonical_map(store: GraphStore) -> dict[str, str]:
    """From every member of an accepted merge to the node that stays for it, over several merges."""
    return canonical_of(store.query("merged_concepts").records())


def propose_merges(store: GraphStore, resolver: Resolver, progress: Progress = lambda *_: None) -> Proposals:
    """Look for instances of different documents that are one thing, or a concept of the field, and store what is new.

    Merges that are stored keep their status. The caller holds the write lock.

    Args:
        store: The graph.
        resolver: Judges.
        progress: Told how many pairs are judged.

    Raises:
        StoreError: The store cannot be reached.
    """
    from app.analysis.merge_search import search

    candidates = store.query("merge_candidates").records()
    known = {row.key for row in list_merges(store)}
    found = search(candidates, resolver, progress)
    rows, ends = [], []
    for each in found.merges:
        key = merge_key((each.stays.key, each.goes.key))
        if key in known:
            continue
        rows.append(
            {
                "key": key,
                "name": f"{each.goes.name} = {each.stays.name}",
                "status": ACCEPTED if each.is_sure else PROPOSED,
                "method": METHOD,
                "confidence": each.score,
                "description": each.told,
                "reason": "accepted by rule: both are known names of one thing" if each.is_sure else "",
            }
        )
        ends += [(key, each.stays, True), (key, each.goes, False)]
    if rows:
        _write(store, "merge-search", rows, ends)
    accepted = sum(row["status"] == ACCEPTED for row in rows)
    if accepted:
        settle(store)
    return Proposals(
        len(candidates), found.pairs, len(rows) - accepted, accepted, len(found.merges) - len(rows), store.version()
    )


def _write(store: GraphStore, source: str, rows: list[dict[str, Any]], ends: Sequence[tuple[str, Any, bool]]) -> None:
    by_label: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for key, node, stays in ends:
        by_label[node.label].append({"head": key, "tail": node.key, "canonical": stays})
    relations = tuple(
        RelationTable("MERGES", "Merge", label, pa.Table.from_pylist(part)) for label, part in sorted(by_label.items())
    )
    digest = hashlib.sha256(repr((source, rows, store.version())).encode()).hexdigest()
    run = store.begin_run("merge", f"literature:{source}", digest)
    store.write(run, Batch((node_table("Merge", rows),), relations))
    store.complete_run(run)


def decide(store: GraphStore, keys: Sequence[str], status: str, user: str, reason: str = "") -> list[MergeRow]:
    """Accept or reject merges, or take decisions back (``proposed``); what depends on merges is counted anew.

    The nodes that are merged stay as they are, so a merge that is taken back leaves no trace in what is shown. Either
    all decisions are stored or none. The caller holds the write lock.

    Args:
        store: The graph.
        keys: Of the merges.
        status: One of ``STATUSES``.
        user: Who decides.
        reason: Why; needed to accept or to reject.

    Returns:
        The merges as they are now, in the order of the keys.

    Raises:
        InputError: No such merge or status, no reason, or two concepts of the field would become one.
        StoreError: The store cannot be reached.
    """
    if status not in STATUSES:
        raise InputError(f"status '{status}': expected {', '.join(STATUSES)}.{nearest(status, STATUSES)}")
    text = checked_reason(reason) if reason or status != PROPOSED else "taken back"
    merges = {row.key: row for row in list_merges(store)}
    for key in keys:
        if key not in merges:
            raise InputError(
                f"'{key}': there is no such merge.{nearest(key, merges)} 'atoll concept merges' lists those stored."
            )
    changing = [merges[key] for key in dict.fromkeys(keys) if merges[key].status != status]
    if status == ACCEPTED:
        _refuse_two_concepts(store, changing)
    if changing:
        rows = [
            {"key": merge.key, "name": merge.name, "status": status, "reason": f"{user}: {text}"} for merge in changing
        ]
        _write(store, "merge-decision", rows, ())
        settle(store)
    now = {row.key: row for row in list_merges(store)}
    return [now[key] for key in dict.fromkeys(keys)]


def _refuse_two_concepts(store: GraphStore, accepting: Sequence[MergeRow]) -> None:
    """Two concepts of the field stay two, also where instances would join them by way of other merges."""
    records = store.query("merged_concepts").records()
    records += [
        {"merge": merge.key, "member": member.key, "canonical": member.canonical}
        for merge in accepting
        for member in merge.members
    ]
    for goes, stays in sorted(canonical_of(records).items()):
        if not is_instance(goes):
            raise InputError(
                f"These merges cannot be accepted: with those that are accepted already they would make {stays} and "
                f"{goes} one. Undo or leave out one of them ('atoll concept merges' lists them)."
            )
