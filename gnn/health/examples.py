"""Examples: one row a drive and landmark, with what was known by then and what happened after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from gnn.health.feature_plan import Feature
from gnn.health.features import features_of
from gnn.health.history import FleetHistory
from graph.errors import InputError

__all__ = ["Examples", "Feature", "groups_of", "make_examples"]

DAY = np.dtype("datetime64[D]")
PLACES = ("host", "rack", "room", "application")


@dataclass(frozen=True)
class Examples:
    """Drives at landmarks.

    Args:
        features: float32, shape ``(num_examples, num_features)``, index 0…n-1; NaN where unknown. Nothing in it was
            learnt after the landmark, none of it names a drive or a date.
        catalogue: What each column means, in the order of the columns.
        drive: int64, position of the drive in ``drive_keys``, shape ``(num_examples,)``.
        drive_keys: Keys of the drives (of racks, where racks are judged), object, sorted.
        landmark: datetime64[D], shape ``(num_examples,)``.
        label: bool; failed in ``(landmark, landmark + horizon_days]``.
        is_known: bool; False where neither a failure nor the whole horizon was observed: ``label`` then says nothing.
        days_to_end: float64; days from the landmark to failure or to the end of observation (or the cut), > 0.
        has_failed: bool; what happened at ``days_to_end`` is a failure.
        groups: Columns ``model, vendor`` and whatever places are known (``application, host, rack, room``): for
            slices and for the graph model, never features.
        horizon_days: Horizon of ``label``; None for case-control windows, where ``label`` is the class and nothing is
            a risk by horizon.
        history: What it was made from; models with a graph need its placements and failures up to the landmark.
    """

    features: pd.DataFrame
    catalogue: tuple[Feature, ...]
    drive: np.ndarray
    drive_keys: np.ndarray
    landmark: np.ndarray
    label: np.ndarray
    is_known: np.ndarray
    days_to_end: np.ndarray
    has_failed: np.ndarray
    groups: pd.DataFrame
    horizon_days: int | None
    history: FleetHistory | None = None

    def __len__(self) -> int:
        """Number of examples."""
        return len(self.drive)

    @property
    def num_failures(self) -> int:
        """Drives (not examples) that fail within the horizon of one of their landmarks."""
        return len(np.unique(self.drive[self.label & self.is_known]))

    def take(self, chosen: np.ndarray) -> Examples:
        """Some of the examples, by mask or positions; ``drive_keys`` stays whole."""
        return replace(
            self,
            features=self.features.loc[chosen].reset_index(drop=True)
            if chosen.dtype == bool
            else self.features.iloc[chosen].reset_index(drop=True),
            groups=self.groups.loc[chosen].reset_index(drop=True)
            if chosen.dtype == bool
            else self.groups.iloc[chosen].reset_index(drop=True),
            **{
                name: getattr(self, name)[chosen]
                for name in ("drive", "landmark", "label", "is_known", "days_to_end", "has_failed")
            },
        )

    def with_labels(self, label: np.ndarray) -> Examples:
        """The same examples under other labels (a permutation, as a control)."""
        return replace(self, label=label)


def make_examples(
    history: FleetHistory,
    landmarks: list[date],
    horizon_days: int,
    *,
    cut: date | None = None,
    drives: np.ndarray | None = None,
) -> Examples:
    """Make the examples of a fleet: each drive under observation at each landmark.

    Args:
        history: The fleet.
        landmarks: Days on which the risk is asked, ascending.
        horizon_days: Days after a landmark within which a failure counts.
        cut: Last day whose outcomes are known (training): what ends later is censored there. None: all is known.
        drives: Keys of the drives to make examples of; None for all.

    Raises:
        InputError: No drive is under observation at any landmark.
    """
    ascending = np.sort(np.array(landmarks, dtype=DAY))
    position, days = _at_risk(history, ascending, drives)
    if not len(position):
        span = f"{history.drives['first_day'].min():%Y-%m-%d} to {history.drives['last_day'].max():%Y-%m-%d}"
        raise InputError(
            f"No drive of '{history.name}' is under observation at any landmark "
            f"({', '.join(map(str, ascending[:3]))}{', …' if len(ascending) > 3 else ''}); its drives are from {span}."
        )
    keys = history.drives.index.to_numpy(object)
    drive_keys, drive = np.unique(position, return_inverse=True)
    probes = pd.DataFrame({"drive_key": keys[position], "landmark": days.astype("datetime64[ns]")})
    features, catalogue = features_of(history, probes)
    days_to_end, has_failed = _outcomes(history, position, days, cut)
    label = has_failed & (days_to_end <= horizon_days)
    return Examples(
        features=features,
        catalogue=catalogue,
        drive=drive.astype(np.int64),
        drive_keys=keys[drive_keys],
        landmark=days,
        label=label,
        is_known=label | (days_to_end >= horizon_days),
        days_to_end=days_to_end,
        has_failed=has_failed,
        groups=groups_of(history, probes),
        horizon_days=horizon_days,
        history=history,
    )


def _at_risk(history: FleetHistory, landmarks: np.ndarray, drives: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the drives under observation at each landmark, by landmark, and that landmark."""
    first = history.drives["first_day"].to_numpy().astype(DAY)
    last = history.drives["last_day"].to_numpy().astype(DAY)
    wanted = np.ones(len(first), bool) if drives is None else history.drives.index.isin(drives)
    at = [np.flatnonzero(wanted & (first <= day) & (day < last)) for day in landmarks]
    return np.concatenate([*at, np.empty(0, np.int64)]).astype(np.int64), np.repeat(
        landmarks, [len(part) for part in at]
    )


def _outcomes(
    history: FleetHistory, position: np.ndarray, days: np.ndarray, cut: date | None
) -> tuple[np.ndarray, np.ndarray]:
    """Days from each landmark to the end of what is known, and whether a failure ends it."""
    last = history.drives["last_day"].to_numpy().astype(DAY)[position]
    failure = history.drives["failure_day"].to_numpy().astype(DAY)[position]
    end = last if cut is None else np.minimum(last, np.datetime64(cut, "D"))
    has_failed = ~np.isnat(failure) & (failure <= end)
    end = np.where(has_failed, failure, end)
    return (end - days).astype(np.float64), has_failed


def groups_of(history: FleetHistory, probes: pd.DataFrame) -> pd.DataFrame:
    """Model, vendor and the places valid at each probe's landmark.

    Args:
        history: The fleet.
        probes: ``drive_key`` and ``landmark`` (datetime64).

    Returns:
        Columns ``model, vendor`` and those of ``PLACES`` that any drive has, one row a probe, None where unknown.
    """
    found = history.drives[["model", "vendor"]].reindex(probes["drive_key"]).reset_index(drop=True).astype(object)
    asked = probes.reset_index(names="row") if "row" not in probes else probes
    for relation in PLACES:
        placed = history.placements[history.placements["relation"] == relation]
        if placed.empty:
            continue
        joined = asked.merge(placed[["drive_key", "place", "valid_from", "valid_to"]], on="drive_key")
        began = joined["valid_from"].isna() | (joined["valid_from"] <= joined["landmark"])
        lasts = joined["valid_to"].isna() | (joined["landmark"] <= joined["valid_to"])
        latest = (
            joined[began & lasts].sort_values("valid_from", na_position="first").drop_duplicates("row", keep="last")
        )
        found[relation] = latest.set_index("row")["place"].reindex(range(len(probes))).astype(object).to_numpy()
    return found.where(found.notna(), None)
