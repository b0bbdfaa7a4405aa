"""Examples: one row a drive and landmark, with what was known by then and what happened after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from gnn.health.history import FleetHistory

DAY = np.dtype("datetime64[D]")


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of a feature matrix.

    Args:
        name: Column, such as ``ata_187_rise_30_days``.
        meaning: What it says, a short phrase for people (``rise of reported uncorrectable errors in 30 days``).
        attribute: Key of the SMART attribute that it comes from (``smart:ata:187``), None for age, maker and the like.
        look_back_days: How far before the landmark it looks; None: over everything seen of the drive so far.
        unit: Unit of its value (``errors``, ``days``, ``°C``, ``log(1 + errors)``).
    """

    name: str
    meaning: str
    attribute: str | None
    look_back_days: int | None
    unit: str = ""


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
        is_known: bool; False where neither a failure nor the whole horizon was observed, so that ``label`` says nothing.
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
    raise NotImplementedError
