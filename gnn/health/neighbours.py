"""Which neighbours in the graph raised a drive's risk: what its log-odds lose when one is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gnn.health.examples import DAY, Examples
from gnn.health.graph_data import LONG_DAYS, RECENT_DAYS, Kind, Neighbourhoods
from gnn.health.history import FleetHistory
from gnn.health.models.graph import FittedGraph
from gnn.health.models.matrix import log_odds

# Left out one by one are neighbours in these; a room or a model has too many for one to matter.
NEAR = {"host": "RUNS_ON", "rack": "IN_RACK"}
PLACES = {"host": "Drive RUNS_ON Host", "rack": "Drive IN_RACK Rack", "application": "Drive SERVES Application"}
LEAST_EFFECT = 0.01
"""In log-odds: what changes the odds by less than 1 in 100 is no reason."""
COPIES_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class NeighbourEffect:
    """A neighbour that raised a drive's risk.

    Args:
        key: Key of the neighbouring node.
        label: Its label: ``Drive``, ``Host``, ``Rack`` or ``Application``.
        name: Last part of its key, for display where its node's name is not at hand.
        path: How it is reached.
        statement: In words.
        contribution: What the drive's log-odds lose when it is left out, above 0.
    """

    key: str
    label: str
    name: str
    path: str
    statement: str
    contribution: float


@dataclass(frozen=True, slots=True)
class _Leaving:
    """One copy of an example with something left out: a peer (position), or the place of a kind (None)."""

    example: int
    kind: str
    peer: int | None


def neighbour_effects(
    fitted: object, examples: Examples, rows: Sequence[int] | np.ndarray | None = None, most: int = 3
) -> list[list[NeighbourEffect]]:
    """Neighbours that raised the risk of drives, strongest first.

    A drive that failed, or whose errors rose, is left out of the host and the rack that it shares with the drive, and
    a host, rack or application is left out as a whole; the rest of the graph stays.

    Args:
        fitted: A fitted model; of others than ``graph`` nothing is returned.
        examples: Drives at landmarks, with their history.
        rows: Positions of the examples to explain; None for all.
        most: Most neighbours of an example.

    Returns:
        One list an explained example.
    """
    chosen = np.arange(len(examples)) if rows is None else np.asarray(rows, np.int64)
    history = examples.history
    if not isinstance(fitted, FittedGraph) or not fitted.kinds or history is None:
        return [[] for _ in chosen]
    some = examples.take(chosen)
    around = fitted.around(some)
    own = log_odds(fitted.boosting.scores(some))
    before = fitted.log_odds(own, around)
    leavings = _leavings(some, around, history)
    found: list[list[NeighbourEffect]] = [[] for _ in chosen]
    for start in range(0, len(leavings), COPIES_AT_ONCE):
        part = leavings[start : start + COPIES_AT_ONCE]
        example = np.array([item.example for item in part])
        lost = before[example] - fitted.log_odds(own[example], _without(around, part))
        for item, effect in zip(part, lost, strict=True):
            if effect >= LEAST_EFFECT:
                found[item.example].append(_told(around, history, item, float(effect)))
    return [sorted(effects, key=lambda effect: -effect.contribution)[:most] for effects in found]


def _leavings(examples: Examples, around: Neighbourhoods, history: FleetHistory) -> list[_Leaving]:
    """What to leave out of each example: its places where anything befell a drive, and its near peers."""
    self_drive = history.drives.index.get_indexer(pd.Index(examples.drive_keys))[examples.drive]
    seen: set[tuple[int, int]] = set()
    found = []
    for name in PLACES:
        if name not in around.kinds:
            continue
        kind = around.kinds[name]
        beside = _peers_by_place(kind)
        for example in np.flatnonzero(kind.of_example >= 0):
            peers = [p for p in beside[kind.of_example[example]] if around.peers.drive[p] != self_drive[example]]
            if peers:
                found.append(_Leaving(int(example), name, None))
            for peer in peers if name in NEAR else []:
                if (int(example), int(peer)) not in seen:
                    seen.add((int(example), int(peer)))
                    found.append(_Leaving(int(example), name, int(peer)))
    return found


def _peers_by_place(kind: Kind) -> list[np.ndarray]:
    order = np.argsort(kind.place, kind="stable")
    ends = np.searchsorted(kind.place[order], np.arange(1, len(kind.key)))
    return np.split(kind.peer[order], ends)


def _without(around: Neighbourhoods, leavings: list[_Leaving]) -> Neighbourhoods:
    """The graph of copies: each has a host and a rack of its own, from which its peer is left out."""
    example = np.array([item.example for item in leavings])
    peer = np.array([-1 if item.peer is None else item.peer for item in leavings])
    kinds = {}
    for name, kind in around.kinds.items():
        of_copy = kind.of_example[example].copy()
        of_copy[[item.kind == name and item.peer is None for item in leavings]] = -1
        if name not in NEAR:
            kinds[name] = replace(kind, of_example=of_copy)
            continue
        held = np.flatnonzero(of_copy >= 0)
        node = of_copy[held]
        beside = _peers_by_place(kind)
        linked = [beside[place][beside[place] != peer[copy]] for copy, place in zip(held, node, strict=True)]
        own = np.full(len(leavings), -1)
        own[held] = np.arange(len(held))
        kinds[name] = Kind(
            key=kind.key[node],
            landmark=kind.landmark[node],
            num_drives=kind.num_drives[node],
            peer=np.concatenate([*linked, np.empty(0, np.int64)]).astype(np.int64),
            place=np.repeat(np.arange(len(held)), [len(part) for part in linked]),
            of_example=own,
        )
    return replace(around, kinds=kinds)


def _told(around: Neighbourhoods, history: FleetHistory, item: _Leaving, effect: float) -> NeighbourEffect:
    peers = around.peers
    kind = around.kinds[item.kind]
    node = kind.of_example[item.example]
    place, label = str(kind.key[node]), item.kind.capitalize()
    if item.peer is None:
        here = kind.peer[kind.place == node]
        failed = here[peers.failed[here]]
        recent = int((peers.days[failed] <= RECENT_DAYS).sum())
        rising = int((~peers.failed[here]).sum())
        told = [f"{_drives(recent)} failed in {RECENT_DAYS} days"] if recent else []
        told += [f"{_drives(len(failed))} failed in {LONG_DAYS} days"] if len(failed) > recent else []
        told += [f"errors of {_drives(rising)} rose in {RECENT_DAYS} days"] if rising else []
        statement = f"{label} {shown(place)}: {', '.join(told)}"
        return NeighbourEffect(place, label, shown(place), PLACES[item.kind], statement, effect)
    drive = str(history.drives.index[peers.drive[item.peer]])
    beside = f"drive {shown(drive)} in the same {item.kind}"
    if peers.failed[item.peer]:
        days = int(peers.days[item.peer])
        day = around.landmarks[peers.landmark[item.peer]] - np.timedelta64(days, "D")
        ago = f"{days} {'day' if days == 1 else 'days'} before"
        statement = f"D{beside[1:]} failed on {day.astype(DAY)}, {ago}"
    else:
        statement = f"Errors of {beside} rose by {peers.rise[item.peer]:.0f} in {RECENT_DAYS} days"
    path = f"{PLACES[item.kind]} {NEAR[item.kind]} Drive"
    return NeighbourEffect(drive, "Drive", shown(drive), path, statement, effect)


def shown(key: str) -> str:
    """The part of a key that people know the node by."""
    return key.rsplit(":", 1)[-1]


def _drives(number: int) -> str:
    return f"{number} drive" if number == 1 else f"{number} drives"
