"""Paired timing: ours and a peer in turn, on the same machine in the same minutes, told as ratios with their spread."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ratio:
    """How long ours took against a peer.

    Args:
        name: What was timed.
        peer: What it was held against.
        ours_seconds: Time of each of our runs.
        peer_seconds: Time of each of the peer's runs, in the same order.
        target: The ratio we want to stay below, if there is one.
    """

    name: str
    peer: str
    ours_seconds: tuple[float, ...]
    peer_seconds: tuple[float, ...]
    target: float | None = None

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours over the peer's, pair by pair."""
        return tuple(ours / peer for ours, peer in zip(self.ours_seconds, self.peer_seconds, strict=True))

    @property
    def median(self) -> float:
        """Median of the pairwise ratios."""
        return statistics.median(self.ratios)

    def __str__(self) -> str:
        """One line: the ratio with its spread, the times behind it, the target."""
        goal = (
            ""
            if self.target is None
            else f", target {self.target:g}: {'met' if self.median <= self.target else 'MISSED'}"
        )
        return (
            f"{self.name} / {self.peer}: {self.median:.2f} "
            f"(min {min(self.ratios):.2f}, max {max(self.ratios):.2f}, {len(self.ratios)} pairs; "
            f"{statistics.median(self.ours_seconds):.2f} s against {statistics.median(self.peer_seconds):.2f} s{goal})"
        )


def paired(
    name: str,
    ours: Callable[[], object],
    peer_name: str,
    peer: Callable[[], object],
    *,
    repeats: int = 5,
    target: float | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Ratio:
    """Time two callables in turn, swapping who goes first, after one untimed run of each.

    Args:
        name: What ours is called in the report.
        ours: Our side.
        peer_name: What the peer is called.
        peer: The peer's side.
        repeats: Number of pairs, at least 1.
        target: Ratio to stay below.
        clock: What is read before and after; ``time.process_time`` for work inside this process, which others on the
            machine disturb less.
    """
    sides = (ours, peer)
    for side in sides:
        side()
    times: tuple[list[float], list[float]] = ([], [])
    for repeat in range(repeats):
        for which in (0, 1) if repeat % 2 == 0 else (1, 0):
            times[which].append(seconds(sides[which], clock))
    return Ratio(name, peer_name, tuple(times[0]), tuple(times[1]), target)


def seconds(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Time of one call: wall time, or what ``clock`` measures."""
    start = clock()
    call()
    return clock() - start


def conditions() -> str:
    """Commit, processors and load of the machine, for the head of a report."""
    root = Path(__file__).resolve().parent.parent
    commit = _git(root, "rev-parse", "--short", "HEAD")
    state = " with uncommitted changes" if _git(root, "status", "--porcelain", "--untracked-files=no") else ""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return f"commit {commit or 'unknown'}{state}; {os.cpu_count()} processors; load {load}"


def report(title: str, ratios: Sequence[Ratio], notes: Sequence[str] = ()) -> None:
    """Print a benchmark's result."""
    print(f"{title}\n  {conditions()}")
    for line in [*notes, *map(str, ratios)]:
        print(f"  {line}")


def _git(root: Path, *arguments: str) -> str:
    """What git says about this checkout; empty where there is no git."""
    try:
        return subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
