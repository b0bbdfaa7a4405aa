"""Where drives were on a day, as far as a model may know, and whether places cover failed and healthy drives alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from gnn.health.examples import DAY, Examples
from gnn.health.history import TICKETS, FleetHistory
from graph.errors import RefusedError

RELATIONS = ("host", "rack", "room", "application")
# Without one of these there is no neighbourhood that the drive's own features do not tell already.
NEEDED = ("host", "rack")
LEAST_FAILED = 20
# Known places of failed and of healthy drives may differ by this share, or place itself would tell the outcome.
LARGEST_DIFFERENCE = 0.05
LEAST_SHARE = 0.1
LEVEL = 0.95
_LONG_AGO, _NEVER = np.datetime64("1900-01-01", "D"), np.datetime64("2200-01-01", "D")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many drives of each outcome have a place of one kind.

    Args:
        relation: ``host``, ``rack``, ``room`` or ``application``.
        num_failed: Drives that failed within the horizon of a landmark.
        num_failed_placed: Those of them with a place.
        num_healthy: Drives that did not.
        num_healthy_placed: Those of them with a place.
        low: Lower end of the 95 % interval of the difference in shares, failed less healthy.
        high: Upper end.
        p: Of equal shares (Fisher's exact test, two-sided).
    """

    relation: str
    num_failed: int
    num_failed_placed: int
    num_healthy: int
    num_healthy_placed: int
    low: float
    high: float
    p: float

    @property
    def is_alike(self) -> bool:
        """Places are known of enough drives, and the shares may be equal but for 5 in 100."""
        placed = self.num_failed_placed + self.num_healthy_placed
        enough = placed >= LEAST_SHARE * (self.num_failed + self.num_healthy)
        return enough and self.low <= LARGEST_DIFFERENCE and self.high >= -LARGEST_DIFFERENCE

    def __str__(self) -> str:
        return (
            f"{self.relation}: known of {self.num_failed_placed} of {self.num_failed} failed and of "
            f"{self.num_healthy_placed} of {self.num_healthy} healthy drives (Fisher p {self.p:.2g})"
        )


class Places:
    """Places of one kind over time, without those that a failure ticket told.

    Args:
        history: The fleet.
        relation: ``host``, ``rack``, ``room``, ``application``, or ``model``, which is no place but groups drives too.
    """

    def __init__(self, history: FleetHistory, relation: str) -> None:
        self.relation = relation
        if relation == "model":
            told = history.drives["model"].dropna().rename("place").rename_axis("drive_key").reset_index()
            nothing = np.full(len(told), np.datetime64("NaT", "ns"))
            told = told.assign(valid_from=nothing, valid_to=nothing)
        else:
            placements = history.placements
            told = placements[(placements["relation"] == relation) & (placements["told_by"] != TICKETS)]
        drive = history.drives.index.get_indexer(pd.Index(told["drive_key"]))
        code, keys = pd.factorize(told["place"], sort=True)
        begin = told["valid_from"].to_numpy("datetime64[D]")
        end = told["valid_to"].to_numpy("datetime64[D]")
        known = pd.DataFrame(
            {
                "drive": drive,
                "place": code,
                "begin": np.where(np.isnat(begin), _LONG_AGO, begin),
                "end": np.where(np.isnat(end), _NEVER, end),
            }
        )
        self.keys = np.asarray(keys, dtype=object)
        self._told = known[(known["drive"] >= 0) & (known["place"] >= 0)].sort_values("begin", kind="stable")

    def on(self, drive: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Position in ``keys`` of the place of each drive on a day, -1 where none is known.

        Args:
            drive: Positions in ``history.drives``, shape ``(n,)``.
            day: datetime64[D], the same shape.
        """
        asked = pd.DataFrame({"drive": drive, "day": day.astype("datetime64[s]"), "row": np.arange(len(drive))})
        pairs = asked.merge(self._told, on="drive")
        holds = (pairs["begin"] <= pairs["day"]) & (pairs["end"] >= pairs["day"])
        latest = pairs[holds].sort_values("begin", kind="stable").drop_duplicates("row", keep="last")
        found = np.full(len(drive), -1, np.int64)
        found[latest["row"]] = latest["place"]
        return found


def coverage(examples: Examples, relation: str) -> Coverage:
    """How places of one kind cover the drives by outcome.

    The interval of the difference is Newcombe's (hybrid score, Statistics in Medicine 17, 1998, method 10).

    Args:
        examples: With their history; only those whose label is known count.
        relation: The kind of place.
    """
    history = examples.history
    known = np.flatnonzero(examples.is_known)
    placed = np.zeros(len(known), bool)
    if history is not None:
        rows = history.drives.index.get_indexer(pd.Index(examples.drive_keys[examples.drive[known]]))
        placed = Places(history, relation).on(rows, examples.landmark[known].astype(DAY)) >= 0
    by_drive = (
        pd.DataFrame({"drive": examples.drive[known], "failed": examples.label[known], "placed": placed})
        .groupby("drive")
        .max()
    )
    failed, healthy = by_drive[by_drive["failed"]], by_drive[~by_drive["failed"]]
    counts = (len(failed), int(failed["placed"].sum()), len(healthy), int(healthy["placed"].sum()))
    table = [[counts[1], counts[0] - counts[1]], [counts[3], counts[2] - counts[3]]]
    p = float(stats.fisher_exact(table).pvalue) if counts[0] and counts[2] else 1.0
    low, high = _difference(*counts)
    return Coverage(relation, *counts, low, high, p)


def usable_relations(train: Examples) -> tuple[str, ...]:
    """Kinds of place that cover failed and healthy drives alike.

    Raises:
        RefusedError: Neither host nor rack does, or too few drives failed to learn from; says why in words.
    """
    found = [coverage(train, relation) for relation in RELATIONS]
    if found[0].num_failed < LEAST_FAILED:
        raise RefusedError(
            f"The graph model is not trained: {found[0].num_failed} drives fail within the horizon of a training "
            f"landmark, expected at least {LEAST_FAILED}."
        )
    alike = tuple(item.relation for item in found if item.is_alike)
    if not set(alike) & set(NEEDED):
        told = "; ".join(str(item) for item in found if item.relation in NEEDED)
        raise RefusedError(
            "The graph model is not trained: topology does not cover failed and healthy drives alike, so having a "
            f"place would tell the outcome or nothing. {told}. Places told by failure tickets do not count. Expected "
            "an inventory of hosts or racks for both."
        )
    return alike


def _difference(num_failed: int, failed_placed: int, num_healthy: int, healthy_placed: int) -> tuple[float, float]:
    if not (num_failed and num_healthy):
        return -1.0, 1.0
    one, two = failed_placed / num_failed, healthy_placed / num_healthy
    first = stats.binomtest(failed_placed, num_failed).proportion_ci(LEVEL, "wilson")
    second = stats.binomtest(healthy_placed, num_healthy).proportion_ci(LEVEL, "wilson")
    low = one - two - np.hypot(one - first.low, second.high - two)
    high = one - two + np.hypot(first.high - one, two - second.low)
    return float(low), float(high)
