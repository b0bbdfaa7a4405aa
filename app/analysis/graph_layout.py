"""Where nodes are drawn: computed here, so that a browser draws at once and a picture never jumps.

Nodes of one relationship only are set around the node they hang on; what is left is laid out by stress
(Kamada and Kawai 1989) where it is small, by springs (Fruchterman and Reingold 1991) where it is not. What is added
later takes free places around the node it came for; what was drawn keeps its place to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import networkx as nx
import numpy as np

from app.analysis.graph_view import GraphView

Position = tuple[float, float]
Positions = dict[str, Position]

WIDE, HIGH = 92.0, 54.0  # px that a node takes with its name below it
FIRST_RING = 96.0  # px
RING_SLOTS = 12
RING_SPREAD = math.radians(80)
AWAY_WEIGHT = 0.35
PATTERN_ROWS = 40  # each way; far more places than the 300 nodes that are ever drawn
STRETCH = 1.5  # screens are wider than high
MOST_BY_STRESS = 60
SPRING_STEPS = 80
SEED = 7
_DIGITS = 1


def lay_out(view: GraphView) -> Positions:
    """Positions in px of all nodes of a view by their ids; the same view always gets the same.

    The picture's middle is (0, 0); no two nodes stand closer than a name is wide and high.
    """
    edges = tuple(sorted({(edge.head, edge.tail) for edge in view.edges}))
    labels = tuple(node.label for node in view.nodes)
    return dict(_laid_out(tuple(view.ids()), edges, labels, view.center))


def extend(positions: Mapping[str, Position], view: GraphView) -> Positions:
    """Positions for a view that grew: those given are kept as they are, new nodes stand around their parents.

    Args:
        positions: Of nodes that are drawn; those of nodes that are gone are dropped.
        view: What shall be drawn.
    """
    placed = {node: positions[node] for node in view.ids() if node in positions}
    if not placed:
        return lay_out(view)
    space = _Space(placed.values())
    missing = [node for node in view.nodes if node.id not in placed]
    for node in sorted(missing, key=lambda node: view.parents.get(node.id, "")):
        anchors = [view.parents.get(node.id, ""), *sorted(view.neighbours(node.id))]
        parent = next((anchor for anchor in anchors if anchor in placed), None)
        at = placed[parent] if parent else _middle(placed.values())
        away = _outwards(at, [placed[other] for other in view.neighbours(parent or "") if other in placed])
        placed[node.id] = space.take(at, away)
    return placed


@lru_cache(maxsize=256)
def _laid_out(
    nodes: tuple[str, ...], edges: tuple[tuple[str, str], ...], labels: tuple[str, ...], center: str | None
) -> tuple[tuple[str, Position], ...]:
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from((head, tail) for head, tail in edges if head != tail)
    label_of = dict(zip(nodes, labels, strict=True))
    parts = sorted(nx.connected_components(graph), key=lambda part: (center not in part, -len(part), min(part)))
    own = [_component(graph.subgraph(sorted(part)), label_of, center) for part in parts if len(part) > 1]
    alone = sorted((min(part) for part in parts if len(part) == 1), key=lambda node: (label_of[node], node))
    columns = max(1, math.ceil(math.sqrt(len(alone) * STRETCH * HIGH / WIDE)))
    own += (
        [{node: (n % columns * WIDE * 1.1, n // columns * HIGH * 1.3) for n, node in enumerate(alone)}] if alone else []
    )
    placed = _side_by_side(own)
    if not placed:
        return ()
    x0, y0 = placed[center] if center in placed else _box_middle(placed.values())
    return tuple((node, (round(placed[node][0] - x0, _DIGITS), round(placed[node][1] - y0, _DIGITS))) for node in nodes)


def _side_by_side(parts: Sequence[Positions]) -> Positions:
    """Put parts that nothing joins into rows, about as wide together as a screen is."""
    boxes = [np.array(list(part.values())) for part in parts]
    sizes = [box.max(axis=0) - box.min(axis=0) + (WIDE, HIGH) for box in boxes]
    most = max(
        [*(float(size[0]) for size in sizes), math.sqrt(sum(float(size.prod()) for size in sizes) * STRETCH)], default=0
    )
    placed: Positions = {}
    left = top = high = 0.0
    for part, box, size in zip(parts, boxes, sizes, strict=True):
        if left and left + size[0] > most * 1.1:
            left, top, high = 0.0, top + high, 0.0
        for node, place in part.items():
            x, y = np.array(place) - box.min(axis=0) + (left, top)
            placed[node] = (float(x), float(y))
        left, high = left + float(size[0]) + WIDE / 4, max(high, float(size[1]) + HIGH / 4)
    return placed


def _component(graph: Any, label_of: Mapping[str, str], center: str | None) -> Positions:
    """Lay out one connected part: its core first, then the nodes that hang on it."""
    leaves = {node for node in graph if graph.degree(node) == 1 and node != center}
    if len(leaves) == len(graph):  # two nodes and one relationship
        leaves.discard(min(leaves))
    core = graph.subgraph(sorted(set(graph) - leaves))
    hanging = {node: sorted(set(graph[node]) & leaves, key=lambda leaf: (label_of[leaf], leaf)) for node in core}
    placed = _core(core, {node: len(children) for node, children in hanging.items()})
    space = _Space(placed.values())
    for node in sorted(hanging, key=lambda node: -len(hanging[node])):
        away = _outwards(placed[node], [placed[other] for other in core[node]])
        for leaf in hanging[node]:
            placed[leaf] = space.take(placed[node], away)
    return placed


def _core(core: Any, children: Mapping[str, int]) -> Positions:
    names = list(core)
    if len(names) == 1:
        return {names[0]: (0.0, 0.0)}
    if len(names) <= MOST_BY_STRESS:
        found = nx.kamada_kawai_layout(core, pos=nx.circular_layout(core))
    else:
        found = nx.spring_layout(core, seed=SEED, iterations=SPRING_STEPS, k=1.6 / math.sqrt(len(names)))
    points = np.array([found[name] for name in names], dtype=float)
    lengths = [np.hypot(*(points[names.index(a)] - points[names.index(b)])) for a, b in core.edges]
    # Room for the rings of what hangs on the two ends.
    rings = [(_radius(children[a]) + _radius(children[b])) / 2 for a, b in core.edges]
    scale = float(np.median(rings) + FIRST_RING) / max(float(np.median(lengths)), 1e-9)
    points = (points - points.mean(axis=0)) * scale * np.array([STRETCH, 1.0]) / math.sqrt(STRETCH)
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, _apart(points), strict=True)}


def _radius(count: int) -> float:
    """About how far the rings of ``count`` leaves reach, in px."""
    return math.sqrt(count * WIDE * HIGH / math.pi) if count else 0.0


def _apart(points: np.ndarray) -> np.ndarray:
    """Push points apart along the axis where that takes less, until no two overlap."""
    spread = points.copy()
    room = np.array([WIDE, HIGH])
    order = np.arange(len(spread))
    for _ in range(200):
        gap = spread[:, None, :] - spread[None, :, :]
        lack = room - np.abs(gap)
        pairs = np.argwhere((lack > 1e-6).all(axis=2) & (order[:, None] < order[None, :]))
        if not len(pairs):
            return spread
        for first, second in pairs:
            between = spread[first] - spread[second]
            missing = room - np.abs(between)
            if (missing <= 0).any():
                continue
            axis = int(np.argmin(missing / room))
            push = (missing[axis] / 2 + 0.5) * (1.0 if between[axis] >= 0 else -1.0)
            spread[first, axis] += push
            spread[second, axis] -= push
    # Springs may fight for ever: whoever still overlaps takes the nearest free place.
    space = _Space([])
    return np.array([space.take((float(x), float(y)), None) for x, y in spread])


class _Space:
    """The places that are taken."""

    def __init__(self, taken: Iterable[Position]) -> None:
        self._taken = [tuple(place) for place in taken]
        self._points = np.array(self._taken, dtype=float).reshape(-1, 2)

    def take(self, at: Position, away: float | None) -> Position:
        """Take the first free place around ``at``, at first in the direction ``away`` (radians)."""
        for x, y in _places(at, away):
            if (
                not len(self._points)
                or not ((np.abs(self._points[:, 0] - x) < WIDE) & (np.abs(self._points[:, 1] - y) < HIGH)).any()
            ):
                self._points = np.vstack([self._points, (x, y)])
                return (x, y)
        raise ValueError(f"no free place around {at}: {len(self._points)} nodes are more than can be drawn")


def _places(at: Position, away: float | None) -> Iterator[Position]:
    """Places around ``at``: a ring, then a dense pattern outwards, both at first in the direction ``away`` (radians).

    Without a direction ``at`` itself is the first, and all directions are alike.
    """
    if away is None:
        yield at
    else:
        for turn in range(RING_SLOTS):
            angle = away + (turn + 1) // 2 * (1 if turn % 2 else -1) * 2 * math.pi / RING_SLOTS
            if abs(math.remainder(angle - away, 2 * math.pi)) <= RING_SPREAD:
                yield _shifted(at, STRETCH * FIRST_RING * math.cos(angle), FIRST_RING * math.sin(angle))
    for x, y in _pattern(0.0 if away is None else round(away, 1), away is not None):
        yield _shifted(at, x, y)


@lru_cache(maxsize=256)
def _pattern(away: float, biased: bool) -> tuple[Position, ...]:
    """Places around (0, 0) in rows that are shifted against each other, nearest first."""
    found = []
    for row in range(-PATTERN_ROWS, PATTERN_ROWS + 1):
        for column in range(-PATTERN_ROWS, PATTERN_ROWS + 1):
            x, y = (column + (row % 2) / 2) * (WIDE + 2), row * (HIGH + 2)
            distance = math.hypot(x / STRETCH, y)
            if distance >= FIRST_RING * 0.9:
                turned = math.atan2(y, x / STRETCH) - away
                found.append((distance * (1 + (1 - math.cos(turned)) * AWAY_WEIGHT * biased), x, y))
    return tuple((x, y) for _, x, y in sorted(found))


def _shifted(at: Position, x: float, y: float) -> Position:
    return (round(at[0] + x, _DIGITS), round(at[1] + y, _DIGITS))


def _outwards(at: Position, others: Sequence[Position]) -> float:
    """Direction from the middle of the others to ``at``, in radians; up where there are none."""
    if not others:
        return -math.pi / 2
    x, y = _middle(others)
    if math.hypot(at[0] - x, at[1] - y) < 1e-6:
        return -math.pi / 2
    return math.atan2(at[1] - y, at[0] - x)


def _middle(places: Iterable[Position]) -> Position:
    xs, ys = zip(*places, strict=True)
    return (sum(xs) / len(xs), sum(ys) / len(ys))


def _box_middle(places: Iterable[Position]) -> Position:
    xs, ys = zip(*places, strict=True)
    return ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
