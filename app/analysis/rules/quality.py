"""Rules on the data themselves: what cannot be believed, what is missing, what stopped coming."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from app.analysis import wording
from app.analysis.rules.inputs import Inputs
from app.analysis.rules.model import Limit, Rule
from app.analysis.rules.thermal import PLAUSIBLE_CELSIUS, TEMPERATURES
from graph.ontology import smart
from graph.ontology.model import Finding, Severity

STALE_HOURS = 48
HOURS = ("smart:ata:9", "smart:nvme:power_on_hours", "smart:scsi:power_on_hours", "smart:device:power_on_hours")
COUNTERS = (
    *HOURS,
    *(f"smart:ata:{number}" for number in (5, 12, 187, 188, 199, 241, 242)),
    "smart:nvme:power_cycles",
    "smart:nvme:data_units_written",
    "smart:nvme:media_errors",
    "smart:nvme:unsafe_shutdowns",
    "smart:scsi:grown_defects",
)
MOST_RESETS = 2
LEAST_READINGS = 10
# A reset begins anew; what falls a little is a reading out of order or a corrected count.
LARGEST_REMAINDER = 0.5
SOURCE_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterResetRule(Rule):
    """A counter that only grows fell, and stayed lower."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives; a counter that falls again and again is no counter and is left out."""
        found: dict[str, Finding] = {}
        for key in self.attributes:
            column = smart.column(key)
            if f"{column}_last" not in inputs.windows:
                continue
            windows = inputs.windows
            resets = windows[f"{column}_num_resets"]
            fell = resets.between(1, MOST_RESETS) & (windows[f"{column}_last"] < windows[f"{column}_max"])
            fell &= windows["num_readings"] >= LEAST_READINGS
            for row in np.flatnonzero(fell & inputs.readable(key, ("cumulative",))).tolist():
                drive = inputs.drive_at(row)
                if drive in found:
                    continue
                name = smart.attribute(key).name
                day, earlier, before, after = _fall(inputs, row, column)
                # One reading that stood alone above its neighbours is a misread value, not a count that was lost.
                if after > LARGEST_REMAINDER * before or earlier <= after:
                    continue
                found[drive] = self.finding(
                    inputs,
                    drive,
                    self.limits[0],
                    f"{name} fell from {wording.number(before)} to {wording.number(after)} on {day}: "
                    "the counter was reset.",
                    f"{name} reset on {day}",
                    value=float(resets.iloc[row]),
                    attribute=key,
                    since_day=day,
                )
        return [found[drive] for drive in sorted(found)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule(Rule):
    """Power-on hours rose faster than the calendar."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives whose hours rose without a reset by more than the days allow."""
        found: dict[str, Finding] = {}
        windows = inputs.windows
        elapsed = pd.to_datetime(windows["last_day"]) - pd.to_datetime(windows["first_day"])
        allowed = (elapsed.dt.days + 1) * 24 + 24
        for key in self.attributes:
            column = smart.column(key)
            if f"{column}_last" not in windows:
                continue
            too_fast = (windows[f"{column}_rise"] > allowed) & (windows[f"{column}_num_resets"] == 0)
            for row in np.flatnonzero(too_fast).tolist():
                drive = inputs.drive_at(row)
                hours, most = windows[f"{column}_rise"].iloc[row], float(allowed.iloc[row])
                span = wording.days(int(elapsed.iloc[row].days) + 1)
                found[drive] = self.finding(
                    inputs,
                    drive,
                    self.limits[0],
                    f"Power-on hours rose by {wording.number(hours)} in {span} "
                    f"(the calendar allows {wording.number(most)}).",
                    f"Power-on hours +{wording.number(hours)}, calendar {wording.number(most)}",
                    value=float(hours),
                    attribute=key,
                    threshold=most,
                )
        return [found[drive] for drive in sorted(found)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpossibleTemperatureRule(Rule):
    """A temperature sensor that reads 0 °C or what no drive survives."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives with enough such readings; they are left out of every other rule."""
        found: dict[str, Finding] = {}
        for key in self.attributes:
            column = smart.column(key)
            if column not in inputs.daily:
                continue
            matrix = inputs.matrix(inputs.daily[column], self.days)
            read = np.isfinite(matrix)
            wrong = read & ((matrix <= PLAUSIBLE_CELSIUS[0]) | (matrix >= PLAUSIBLE_CELSIUS[1]))
            for row in np.flatnonzero(wrong.sum(axis=1) >= self.limits[0].value).tolist():
                drive = inputs.drive_at(row)
                if drive in found:
                    continue
                count, shown = int(wrong[row].sum()), float(matrix[row][wrong[row]][-1])
                text = f"{wording.measured(shown, '°C')} on {count} of {int(read[row].sum())} days"
                found[drive] = self.finding(
                    inputs,
                    drive,
                    self.limits[0],
                    f"Temperature reads {text} (limit {wording.days(int(self.limits[0].value))}): not used.",
                    f"Temperature reads {text}",
                    value=float(count),
                    attribute=key,
                )
        return [found[drive] for drive in sorted(found)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingDaysRule(Rule):
    """Days without a reading inside the window."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives with too many gaps."""
        found = []
        limit = self.limits[0]
        elapsed = pd.to_datetime(inputs.windows["last_day"]) - pd.to_datetime(inputs.windows["first_day"])
        total_days = elapsed.dt.days + 1
        missing = total_days - inputs.windows["num_readings"]
        for row in np.flatnonzero(missing >= limit.value).tolist():
            drive, count, total = inputs.drive_at(row), missing.iloc[row], int(total_days.iloc[row])
            text = f"{int(count)} of {wording.days(total)}"
            found.append(
                self.finding(
                    inputs,
                    drive,
                    limit,
                    f"No reading on {text} (limit {wording.number(limit.value)}).",
                    f"No reading on {text}",
                    value=float(count),
                    attribute=None,
                )
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleRule(Rule):
    """A drive that is in service and is no longer read."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives without an end of service whose last reading is too old."""
        found = []
        limit = self.limits[0]
        for drive, last in stale_drives(inputs.drives, inputs.windows["last_day"], inputs.data_day):
            hours = (inputs.data_day - last).days * 24
            text = f"{hours:,} h"
            found.append(
                self.finding(
                    inputs,
                    drive,
                    limit,
                    f"No reading for {text} (limit {STALE_HOURS} h).",
                    f"No reading for {text}, limit {STALE_HOURS} h",
                    value=float(hours),
                    attribute=None,
                    since_day=last,
                )
            )
        return found


def stale_drives(drives: pd.DataFrame, last_days: pd.Series, data_day: date) -> Iterator[tuple[str, date]]:
    """Drives without an end of service that were not read for 48 h before the fleet's data time, with their last day.

    Readings carry a day, so a drive counts from the end of its last day: one that misses two whole days is stale.
    """
    in_service = drives["failure_status"].reindex(last_days.index).isna()
    for drive, last in last_days[in_service].items():
        if (data_day - last).days * 24 >= STALE_HOURS:
            yield str(drive), last


def _fall(inputs: Inputs, row: int, column: str) -> tuple[date, float, float, float]:
    """Day of a drive's last fall of a counter, the two values before and the one after."""
    rows = inputs.daily[inputs.daily["drive"] == row][["day", column]].dropna()
    values = rows[column].to_numpy()
    at = int(np.flatnonzero(np.diff(values) < 0)[-1]) + 1
    day = wording.as_date(int(rows["day"].iloc[at]))
    return day, float(values[max(at - 2, 0)]), float(values[at - 1]), float(values[at])


QUALITY_RULES: tuple[Rule, ...] = (
    CounterResetRule(
        name="counter-reset",
        version=1,
        attributes=COUNTERS,
        test="Counter below its highest value after one or two falls, to half or less, in the last 30 days; at least "
        "ten readings.",
        unit="resets",
        limits=(Limit(Severity.AMBER, 1),),
        reason="Counters do not fall: the drive was replaced under its name, reflashed, or lost its log.",
        collapse_share=SOURCE_SHARE,
    ),
    ClockRule(
        name="clock-fast",
        version=1,
        attributes=HOURS,
        test="Power-on hours rose by more than 24 h a day and one day more in the last 30 days.",
        unit="h",
        limits=(Limit(Severity.GREEN, 24, "definition: a day has 24 hours"),),
        reason="Ages computed from this counter are wrong; some models count minutes.",
        collapse_share=SOURCE_SHARE,
    ),
    ImpossibleTemperatureRule(
        name="temp-impossible",
        version=1,
        attributes=TEMPERATURES,
        test="Readings of 0 °C or less, or of 125 °C or more, in the last 30 days.",
        unit="days",
        limits=(Limit(Severity.GREEN, 3),),
        reason="A sensor that reads nothing must not be taken for a cold drive.",
        collapse_share=SOURCE_SHARE,
    ),
    MissingDaysRule(
        name="missing-days",
        version=1,
        attributes=(),
        test="Days without a reading between the first and the last day of the window.",
        unit="days",
        limits=(Limit(Severity.GREEN, 6),),
        reason="With a fifth of the days missing, rises and trends are less certain.",
        collapse_share=SOURCE_SHARE,
    ),
    StaleRule(
        name="stale",
        version=1,
        attributes=(),
        test="Hours from the last reading to the last data of the fleet; drives that failed or left are not looked at.",
        unit="h",
        limits=(Limit(Severity.UNKNOWN, STALE_HOURS),),
        reason="What is not read cannot be judged.",
        collapse_share=0.5,
    ),
)
