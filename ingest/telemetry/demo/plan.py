"""Which drive of the demo fleet suffers from what, since when, and which fail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ingest.telemetry.demo.layout import BUGGY_MODEL, MODELS, lay_out

HEALTHY = "healthy"
SUDDEN = "sudden-failure"
POWER_FEED = "power-feed"
BACKPLANE = "backplane"


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One failure mechanism.

    Args:
        name: As in docs/demo-fleet.md.
        share: Share of the fleet's drives, or of its hosts or racks, that have it.
        unit: What it hits as a whole: ``drive``, ``host`` or ``rack``.
        onset: Earliest and latest onset in days before the drive's last day.
        failing: Share of its drives that fail within the year.
        protocol: Drives on which it can be seen; None for all.
        model: Only drives of this model; None for all.
    """

    name: str
    share: float
    unit: str
    onset: tuple[int, int]
    failing: float = 0.0
    protocol: str | None = None
    model: int | None = None


# What hits a whole rack or host is placed before what hits single drives. Sources: docs/demo-fleet.md.
MECHANISMS = (
    Mechanism("overheating", 0.025, "rack", (16, 26)),
    Mechanism("firmware-bug", 0.015, "host", (26, 45), model=BUGGY_MODEL),
    Mechanism("power-loss", 0.010, "host", (28, 60)),
    Mechanism("interface-errors", 0.005, "host", (20, 70), protocol="ata"),
    Mechanism("bad-cable", 0.002, "drive", (20, 70), protocol="ata"),
    Mechanism("media-wear", 0.010, "drive", (300, 330), failing=0.10),
    Mechanism("spare-depletion", 0.006, "drive", (50, 140), failing=0.60),
    Mechanism("reallocation-burst", 0.006, "drive", (6, 25), failing=0.40, protocol="ata"),
    Mechanism("uncorrectable-growth", 0.007, "drive", (20, 70), failing=0.40),
    Mechanism("program-erase-failures", 0.004, "drive", (25, 60), failing=0.40, protocol="ata"),
    Mechanism("thermal-throttling", 0.004, "drive", (15, 80), protocol="nvme"),
    Mechanism("missing-days", 0.006, "drive", (35, 50)),
    Mechanism("zero-temperature", 0.004, "drive", (10, 60)),
    Mechanism("counter-reset", 0.004, "drive", (4, 25)),
    Mechanism(SUDDEN, 0.003, "drive", (0, 0), failing=1.0),
)


@dataclass(frozen=True, slots=True)
class SharedFault:
    """A fault of a place that kills its drives one after another, none of which shows it before.

    Args:
        name: As in docs/demo-fleet.md.
        share: Share of the fleet's hosts or racks that have it once in the year.
        unit: ``host`` or ``rack``.
        days: Days from its first day until it is found and mended.
        failing: Share of the place's drives that fail in these days.
    """

    name: str
    share: float
    unit: str
    days: int
    failing: float


SHARED_FAULTS = (SharedFault(POWER_FEED, 0.15, "rack", 90, 0.25), SharedFault(BACKPLANE, 0.05, "host", 60, 0.5))


def fail_together(fleet: pd.DataFrame, num_days: int, random: np.random.Generator, *, correlated: bool) -> None:
    """Let drives that are healthy otherwise fail without any sign of their own, by the faults of their places.

    Args:
        fleet: As planned by ``plan_fleet``; changed in place.
        num_days: Number of days.
        random: Source of randomness.
        correlated: False spreads as many failures evenly over all drives and days instead: the control.
    """
    free = ((fleet["mechanism"] == HEALTHY) & (fleet["first"] == 0)).to_numpy()
    for fault in SHARED_FAULTS:
        groups = fleet[fault.unit].to_numpy()
        hit = random.permutation(groups.max() + 1)[: max(1, round(fault.share * (groups.max() + 1)))]
        # Some begin before the first day and some are not over on the last.
        onset = random.integers(1 - fault.days, num_days, len(hit))
        begun = np.zeros(groups.max() + 1, int)
        begun[hit] = onset
        ill = np.flatnonzero(np.isin(groups, hit) & free & (random.random(len(fleet)) < fault.failing))
        last = begun[groups[ill]] + random.integers(0, fault.days, len(ill))
        ill, last = ill[(last >= 1) & (last < num_days)], last[(last >= 1) & (last < num_days)]
        if not correlated:
            ill = random.permutation(np.flatnonzero(free))[: len(ill)]
            last = random.integers(1, num_days, len(ill))
        fleet.loc[ill, "mechanism"] = fault.name if correlated else SUDDEN
        fleet.loc[ill, "last"] = fleet.loc[ill, "onset"] = last
        fleet.loc[ill, "failed"] = True
        free[ill] = False


def plan_fleet(num_drives: int, num_days: int, random: np.random.Generator, *, healthy: bool = False) -> pd.DataFrame:
    """Lay out a fleet and decide the fate of each drive.

    Args:
        num_drives: Number of drives.
        num_days: Number of days.
        random: Source of randomness.
        healthy: True for a fleet without any mechanism.

    Returns:
        The layout with ``mechanism``, ``onset`` (day number; the number of days where there is none), ``first`` and
        ``last`` (day numbers of its first and last day) and ``failed``.
    """
    fleet = lay_out(num_drives, random)
    fleet["mechanism"] = HEALTHY
    fleet["onset"] = num_days
    fleet["first"] = _installed(fleet, num_days, random)
    fleet["last"] = num_days - 1
    fleet["failed"] = False
    if healthy:
        return fleet
    protocol = np.array([model.protocol for model in MODELS])[fleet["model"]]
    for mechanism in MECHANISMS:
        free = (fleet["mechanism"] == HEALTHY) & (fleet["first"] == 0)
        if mechanism.protocol:
            free &= protocol == mechanism.protocol
        if mechanism.model is not None:
            free &= fleet["model"] == mechanism.model
        _place(fleet, mechanism, free.to_numpy(), num_days, random)
    return fleet


def _installed(fleet: pd.DataFrame, num_days: int, random: np.random.Generator) -> np.ndarray:
    """First day of each drive: one host in twelve joins within the year, its drives together."""
    num_hosts = int(fleet["host"].max()) + 1
    joins = random.random(num_hosts) < 1 / 12
    day = random.integers(num_days // 10, num_days // 2, num_hosts)
    return np.where(joins, day, 0)[fleet["host"]]


def _place(
    fleet: pd.DataFrame, mechanism: Mechanism, free: np.ndarray, num_days: int, random: np.random.Generator
) -> None:
    """Give a mechanism to as many free drives, hosts or racks as its share says."""
    if mechanism.unit == "drive":
        count = max(1, round(mechanism.share * len(fleet)))
        chosen = random.permutation(np.flatnonzero(free))[:count]
        onset_group = np.arange(len(chosen))
    else:
        groups = fleet[mechanism.unit].to_numpy()
        count = max(1, round(mechanism.share * (groups.max() + 1)))
        # A group that is hit has no drive with another fault, so that the truth of each drive is one word.
        usable = [group for group in np.unique(groups[free]) if mechanism.unit == "rack" or free[groups == group].all()]
        hit = random.permutation(usable)[:count]
        chosen = np.flatnonzero(np.isin(groups, hit) & free)
        onset_group = np.unique(groups[chosen], return_inverse=True)[1]
    early, late = mechanism.onset
    before = random.integers(early, late + 1, len(chosen))[onset_group] if len(chosen) else np.array([], int)
    num_failing = round(mechanism.failing * len(chosen))
    last = np.full(len(chosen), num_days - 1)
    if num_failing:
        last[:num_failing] = random.integers(min(num_days // 6, num_days - 1), num_days, num_failing)
    fleet.loc[chosen, "mechanism"] = mechanism.name
    fleet.loc[chosen, "onset"] = np.maximum(last - before, 0)
    fleet.loc[chosen, "last"] = last
    fleet.loc[chosen[:num_failing], "failed"] = True
