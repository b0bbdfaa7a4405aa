"""Rules on what counters stand at, for drives that were read too seldom to say what they rose by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from app.analysis import wording
from app.analysis.rules.inputs import Inputs
from app.analysis.rules.model import Limit, Rule
from app.analysis.rules.window_rules import WindowRule
from graph.ontology import smart
from graph.ontology.model import Finding

# With fewer readings in the window a rise can hardly be seen, so what counters stand at is all that is known.
LEAST_READINGS = 7
FIRST_SIGHT = f"Only where the window holds fewer than {LEAST_READINGS} readings; later the rise tells."
UNCORRECTED = tuple(f"smart:scsi:{name}_uncorrected_errors" for name in ("read", "write", "verify"))
MOVED = tuple(key.replace("uncorrected_errors", "gigabytes") for key in UNCORRECTED)
DATA_SHEETS = "device data sheets: one unrecoverable read in 10^15 bits (Seagate Exos X16)"
ERRORS_A_BIT = 1e-15
BITS_A_GIGABYTE = 8e9
LARGEST_CHANCE = 0.01
# Counter of time too hot or slowed down, its unit in hours, and how it is called.
HOT_TIMES = {
    "smart:nvme:critical_comp_time": (1 / 60, "above its critical temperature"),
    "smart:nvme:warning_temp_time": (1 / 60, "above its warning temperature"),
    "smart:nvme:thermal_management_2_time": (1 / 3600, "in heavy thermal throttling"),
}


def on_first_sight(inputs: Inputs) -> pd.Series:
    """Whether each drive that was read has too few readings for a rise to be seen."""
    return inputs.windows["num_readings"] < LEAST_READINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSightRule(WindowRule):
    """A level held against limits as long as a drive has few readings."""

    def may_read(self, inputs: Inputs, key: str) -> np.ndarray:
        """Drives of which the attribute is read: those with few readings."""
        # Named, because a class with slots is made anew and no longer is the one that ``super`` without it means.
        return np.asarray(WindowRule.may_read(self, inputs, key) & on_first_sight(inputs).to_numpy())


@dataclass(frozen=True, slots=True, kw_only=True)
class ScsiUncorrectedLevelRule(Rule):
    """Uncorrected errors of SCSI drives that the amount of data moved does not explain."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives, of the worst counter; one reading suffices, for the counter covers the drive's life."""
        found: dict[str, tuple[float, Finding]] = {}
        for key in UNCORRECTED:
            column = smart.column(key)
            if f"{column}_last" not in inputs.windows:
                continue
            # The lowest of the window: a count that was there all the time, so one misread value is none.
            errors = inputs.windows[f"{column}_min"].to_numpy(dtype=float)
            moved_column = column.replace("uncorrected_errors", "gigabytes")
            moved = inputs.windows.get(f"{moved_column}_last", pd.Series(np.nan, index=inputs.windows.index))
            expected = moved.to_numpy(dtype=float) * BITS_A_GIGABYTE * ERRORS_A_BIT
            chance = stats.poisson.sf(errors - 1, np.nan_to_num(expected, nan=0.0))
            for row in np.flatnonzero((errors >= self.limits[-1].value) & (chance < LARGEST_CHANCE)).tolist():
                drive = inputs.drive_at(row)
                if drive in found and found[drive][0] >= errors[row]:
                    continue
                limit = next(item for item in self.limits if errors[row] >= item.value)
                found[drive] = (
                    float(errors[row]),
                    self._finding(inputs, drive, key, limit, errors[row], expected[row], moved.iloc[row]),
                )
        return [found[drive][1] for drive in sorted(found)]

    def _finding(
        self, inputs: Inputs, drive: str, key: str, limit: Limit, errors: float, expected: float, gigabytes: float
    ) -> Finding:
        operation = key.removeprefix("smart:scsi:").removesuffix("_uncorrected_errors")
        what = wording.measured(errors, f"uncorrected {operation} errors")
        over = ""
        if np.isfinite(expected):
            allowed = wording.number(float(f"{expected:.1g}")) if expected else "0"
            over = f" in {wording.measured(round(gigabytes), 'GB')}; data sheets allow {allowed}"
        return self.finding(
            inputs,
            drive,
            limit,
            f"{what[0].upper()}{what[1:]}{over} (limit {wording.number(limit.value)}).",
            f"{what[0].upper()}{what[1:]}, limit {wording.number(limit.value)}",
            value=errors,
            attribute=key,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HotShareRule(Rule):
    """Share of a drive's life that it was too hot or throttled, as long as it has few readings."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives, of the counter with the largest share."""
        hours = inputs.windows.get(f"{smart.column('smart:nvme:power_on_hours')}_last")
        if hours is None:
            return []
        found: dict[str, tuple[float, Finding]] = {}
        first = on_first_sight(inputs).to_numpy()
        for key, (hours_a_unit, name) in HOT_TIMES.items():
            column = f"{smart.column(key)}_last"
            if column not in inputs.windows:
                continue
            time_hours = inputs.windows[column].to_numpy(dtype=float) * hours_a_unit
            on = hours.to_numpy(dtype=float)
            share = 100 * np.divide(time_hours, on, out=np.full(len(on), np.nan), where=on > 0)
            limit = self.limits[0]
            for row in np.flatnonzero(first & (share >= limit.value)).tolist():
                drive = inputs.drive_at(row)
                if drive in found and found[drive][0] >= share[row]:
                    continue
                percent = wording.measured(float(share[row]), "%")
                statement = f"The drive was {name} for {percent} of its {wording.measured(on[row], 'h')} (limit 1 %)."
                found[drive] = (
                    float(share[row]),
                    self.finding(
                        inputs,
                        drive,
                        limit,
                        statement,
                        f"{percent} of its life {name}, limit 1 %",
                        value=float(share[row]),
                        attribute=key,
                    ),
                )
        return [found[drive][1] for drive in sorted(found)]
