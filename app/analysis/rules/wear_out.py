"""When a flash drive reaches its rated life, if it goes on being written as it was: a range of dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.analysis import wording
from app.analysis.projection import CONFIDENCE, LEAST_READ_DAYS, LEAST_SPAN_DAYS, WearOut, wear_out
from app.analysis.rules.inputs import HISTORY_DAYS, Inputs
from app.analysis.rules.model import Limit, Rule
from graph.ontology import smart
from graph.ontology.model import Finding, Severity

Floats = npt.NDArray[np.float64]

# Life used in percent: attribute, kinds it must have on the model, normalised or raw, and how it counts.
WEAR: tuple[tuple[str, tuple[str, ...], bool, Callable[[pd.Series], pd.Series]], ...] = (
    ("smart:nvme:percentage_used", ("gauge",), False, lambda value: value),
    ("smart:scsi:percentage_used", ("gauge",), False, lambda value: value),
    ("smart:device:percentage_used", ("gauge",), False, lambda value: value),
    ("smart:ata:202", ("gauge",), False, lambda value: value),
    ("smart:ata:231", ("gauge",), False, lambda value: (100 - value).where(value.between(1, 100))),
    ("smart:ata:233", ("normalized",), True, lambda value: (100 - value).where(value.between(1, 100))),
    ("smart:ata:177", ("cumulative",), True, lambda value: (100 - value).where(value.between(1, 100))),
    ("smart:ata:173", ("cumulative",), True, lambda value: (100 - value).where(value.between(1, 100))),
)
# Data written by the host over the drive's life; in which unit is no matter here.
WRITTEN = ("smart:nvme:data_units_written", "smart:scsi:write_gigabytes", "smart:ata:241", "smart:ata:246")


@dataclass(frozen=True, slots=True, kw_only=True)
class WearOutRule(Rule):
    """The early end of the projected range of dates is near."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on flash drives for which a range can be told at all."""
        used, keys = _used(inputs)
        if not np.isfinite(used).any():
            return []
        projected = wear_out(used, _written(inputs))
        found = []
        for row in np.flatnonzero(projected.early_days <= self.limits[-1].value).tolist():
            limit = next(item for item in self.limits if projected.early_days[row] <= item.value)
            found.append(self._finding(inputs, row, limit, projected, str(keys[row])))
        return found

    def _finding(self, inputs: Inputs, row: int, limit: Limit, projected: WearOut, key: str) -> Finding:
        drive = inputs.drive_at(row)
        last_day = inputs.days_of(drive)[1]
        early = last_day + timedelta(days=floor(projected.early_days[row]))
        late = last_day + timedelta(days=ceil(projected.late_days[row]))
        rate = wording.number(float(f"{projected.rate_percent[row]:.2g}"))
        basis = " by what the host wrote" if projected.by_writes[row] else ""
        days = floor(projected.early_days[row])
        return self.finding(
            inputs,
            drive,
            limit,
            f"Media wear of {wording.measured(projected.used_percent[row], '%')} reaches 100 % between {early} and "
            f"{late} ({100 * CONFIDENCE:.0f} % interval) at {rate} % a day over the last "
            f"{wording.days(int(projected.span_days[row]))}{basis} (limit {wording.days(int(limit.value))}).",
            f"Wears out between {early} and {late}",
            value=float(days),
            attribute=key,
        )


def _used(inputs: Inputs) -> tuple[Floats, npt.NDArray[np.object_]]:
    """Percent used by drive and day, from the first attribute that tells it, and that attribute's key."""
    used = np.full((len(inputs.windows), HISTORY_DAYS), np.nan)
    keys = np.full(len(inputs.windows), None, dtype=object)
    flash = inputs.is_flash.to_numpy()
    for key, kinds, is_normalized, percent in WEAR:
        column = smart.normalized_column(key) if is_normalized else smart.column(key)
        if column not in inputs.daily:
            continue
        may_read = flash & inputs.readable(key, kinds, normalized=is_normalized).to_numpy() & pd.isna(keys)
        values = inputs.matrix(percent(inputs.daily[column]), HISTORY_DAYS)
        told = may_read & np.isfinite(values).any(axis=1)
        used[told], keys[told] = values[told], key
    return used, keys


def _written(inputs: Inputs) -> Floats:
    """Data written over the drive's life, by drive and day, from the first counter that tells it."""
    written = np.full((len(inputs.windows), HISTORY_DAYS), np.nan)
    for key in WRITTEN:
        column = smart.column(key)
        if column in inputs.daily:
            values = inputs.matrix(inputs.daily[column], HISTORY_DAYS)
            told = np.isfinite(values).any(axis=1) & ~np.isfinite(written).any(axis=1)
            written[told] = values[told]
    return written


WEAR_OUT_RULE = WearOutRule(
    name="wear-out-date",
    version=1,
    attributes=(*(key for key, *_ in WEAR), *WRITTEN),
    test=f"Early end of the {100 * CONFIDENCE:.0f} % interval for the day on which wear reaches 100 %, at the rate of "
    f"the last {HISTORY_DAYS} days (mean and spread of six stretches of them, Student; whole percents are known to one "
    "percent). Where wear moved by fewer than eight percents, the rate of the host's writes, and what a percent took "
    f"over the drive's life. Needs {LEAST_READ_DAYS} readings over {LEAST_SPAN_DAYS} days; else nothing is said.",
    unit="days",
    limits=(Limit(Severity.RED, 30), Limit(Severity.AMBER, 180)),
    limits_text="red where the early end lies within 30 days (**heuristic**), amber within 180 days (**heuristic**)",
    reason="Beyond its rated endurance the vendor no longer vouches for the drive; buying and moving take weeks.",
    days=HISTORY_DAYS,
)
