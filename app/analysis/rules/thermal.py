"""Rules on temperature: against limits, against the cohort, as a trend and as a step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.analysis import wording
from app.analysis.change_point import change_points
from app.analysis.discovery import adjusted
from app.analysis.outlier import SMALLEST_COHORT, cohort_outliers
from app.analysis.rules.inputs import HISTORY_DAYS, Inputs
from app.analysis.rules.levels import FIRST_SIGHT, HOT_TIMES, HotShareRule
from app.analysis.rules.model import Limit, Rule
from app.analysis.rules.window_rules import WindowRule
from app.analysis.trend import trends
from graph.ontology import smart
from graph.ontology.model import Finding, Severity

Floats = npt.NDArray[np.float64]

RED, AMBER = Severity.RED, Severity.AMBER
NVME = "NVMe Base Specification, SMART / Health Information log"
TEMPERATURES = (
    "smart:nvme:temperature",
    "smart:ata:194",
    "smart:ata:190",
    "smart:scsi:temperature",
    "smart:device:temperature",  # as the source decoded it, where our catalogue cannot
)
# A sensor that reads whole degrees cannot be believed below one degree; 0 and less is a sensor that reads nothing.
RESOLUTION_CELSIUS = 1.0
PLAUSIBLE_CELSIUS = (0.0, 125.0)
COHORT_DAYS = 21
LEAST_READINGS = 7
LEAST_Z = 3.5
LEAST_RACKS = 4
TREND_DAYS = 60
TREND_LEAST_DAYS = 21


def temperatures(inputs: Inputs) -> tuple[Floats, npt.NDArray[np.object_]]:
    """Temperature of each recent reading in °C, and the attribute it comes from for each drive.

    Returns:
        One value a row of ``daily`` (NaN: none, or not plausible), and one key a drive (None: no temperature).
    """
    keys = np.full(len(inputs.windows), None, dtype=object)
    values = np.full(len(inputs.daily), np.nan)
    drive = inputs.daily["drive"].to_numpy()
    for key in TEMPERATURES:
        column = smart.column(key)
        if column not in inputs.daily:
            continue
        raw = inputs.daily[column].to_numpy(dtype=float)
        raw = np.where((raw > PLAUSIBLE_CELSIUS[0]) & (raw < PLAUSIBLE_CELSIUS[1]), raw, np.nan)
        has = np.zeros(len(keys), dtype=bool)
        has[drive[np.isfinite(raw)]] = True
        new = has & pd.isna(keys)
        keys[new] = key
        values = np.where(new[drive], raw, values)
    return values, keys


def cohort_offsets(inputs: Inputs) -> tuple[Floats, pd.Series, npt.NDArray[np.object_]]:
    """How far each recent reading lies above the median of the drive's cohort on the same day.

    The cohort are the drives of the same model in the same room where these stand in at least four racks, else all
    drives of the model: a rack that is hot as a whole must not become the measure of itself. (That many drives of one
    rack stand out is what the hot-spot rules find.)

    Returns:
        Offsets in °C, one a row of ``daily``; the cohort of each drive; its temperature attribute.
    """
    values, keys = temperatures(inputs)
    placed = inputs.drives[["model", "room", "rack"]].reindex(inputs.windows.index)
    model = placed["model"].fillna("").to_numpy(dtype=object)
    room = (placed["model"] + " in " + placed["room"]).fillna("").to_numpy(dtype=object)
    racks = placed["rack"].where(pd.notna(keys)).groupby(room).transform("nunique").to_numpy()
    cohort = pd.Series(np.where(racks < LEAST_RACKS, model, room))
    drive = inputs.daily["drive"].to_numpy()
    groups = pd.DataFrame({"cohort": pd.factorize(cohort)[0][drive], "day": inputs.daily["day"], "value": values})
    by_day = groups.groupby(["cohort", "day"], sort=False)["value"]
    median = by_day.transform("median").where(by_day.transform("count") >= SMALLEST_COHORT)
    return values - median.to_numpy(), cohort, keys


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureLimitRule(Rule):
    """Temperature above what data sheets allow, on several days."""

    flash_limits: tuple[Limit, ...]

    def find(self, inputs: Inputs) -> list[Finding]:
        """The third highest of the last seven readings counts, so one spike, or two, fail no drive."""
        values, keys = temperatures(inputs)
        rows = pd.DataFrame({"drive": inputs.daily["drive"], "value": values}).dropna()
        recent = rows.groupby("drive").tail(LEAST_READINGS).sort_values(["drive", "value"], kind="stable")
        third = recent.groupby("drive")["value"].nth(-3)
        drives = recent["drive"].loc[third.index]
        found = []
        flash = inputs.is_flash.to_numpy()
        for row, value in zip(np.asarray(drives).tolist(), np.asarray(third).tolist(), strict=True):
            limits = self.flash_limits if flash[row] else self.limits
            reached = next((limit for limit in limits if value >= limit.value), None)
            if reached is None:
                continue
            number, bound = wording.measured(value, "°C"), wording.measured(reached.value, "°C")
            statement = (
                f"Temperature was {number} or more in three of the last {LEAST_READINGS} readings (limit {bound})."
            )
            short = f"Temperature {number}, limit {bound}"
            drive = inputs.drive_at(row)
            found.append(self.finding(inputs, drive, reached, statement, short, value=value, attribute=str(keys[row])))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureCohortRule(Rule):
    """A drive hotter than its cohort, day after day."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives whose median offset is large in degrees, in robust scores and after FDR control."""
        offsets, cohort, keys = cohort_offsets(inputs)
        matrix = inputs.matrix(offsets, COHORT_DAYS)
        enough = np.isfinite(matrix).sum(axis=1) >= LEAST_READINGS
        outliers = cohort_outliers(np.where(enough[:, None], matrix, np.nan), cohort, RESOLUTION_CELSIUS)
        limit = self.limits[0]
        is_found = (
            (outliers.offset >= limit.value)
            & (outliers.z >= LEAST_Z)
            & (adjusted(outliers.p_value) <= (self.false_discovery_rate or 0))
        )
        long = inputs.matrix(offsets, HISTORY_DAYS)
        found = []
        for row in np.flatnonzero(is_found).tolist():
            since = _since(long[row], limit.value)
            span = len(long[row]) - since
            degrees = wording.measured(round(float(outliers.offset[row]), 1), "°C")
            bound = wording.measured(limit.value, "°C")
            drive = inputs.drive_at(row)
            found.append(
                self.finding(
                    inputs,
                    drive,
                    limit,
                    f"Temperature has been {degrees} above its cohort's median for {wording.days(span)} "
                    f"(limit {bound}, cohort of {int(outliers.cohort_size[row]):,} drives).",
                    f"Temperature {degrees} above cohort for {span} d",
                    value=outliers.offset[row],
                    attribute=str(keys[row]),
                    since_day=_day(inputs, row, since, long.shape[1]),
                )
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureStepRule(Rule):
    """One step up of a drive's temperature against its cohort."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives with a significant step of enough degrees that still holds."""
        offsets, _, keys = cohort_offsets(inputs)
        matrix = inputs.matrix(offsets, self.days)
        steps = change_points(matrix)
        limit = self.limits[0]
        is_found = (adjusted(steps.p_value) <= (self.false_discovery_rate or 0)) & (steps.step >= limit.value)
        found = []
        for row in np.flatnonzero(is_found).tolist():
            day = _day(inputs, row, int(steps.column[row]), self.days)
            degrees = wording.measured(round(float(steps.step[row]), 1), "°C")
            statement = (
                f"Temperature rose by {degrees} against its cohort on {day} "
                f"(limit {wording.measured(limit.value, '°C')}, {wording.probability(steps.p_value[row])})."
            )
            short = f"Temperature step of {degrees} on {day}"
            drive = inputs.drive_at(row)
            value = steps.step[row]
            found.append(
                self.finding(
                    inputs, drive, limit, statement, short, value=value, attribute=str(keys[row]), since_day=day
                )
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureTrendRule(Rule):
    """A steady rise of a drive's temperature against its cohort."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives with a significant trend of enough degrees over the days looked at."""
        offsets, _, keys = cohort_offsets(inputs)
        matrix = inputs.matrix(offsets, self.days)
        is_read = np.isfinite(matrix)
        span = np.where(is_read.any(axis=1), matrix.shape[1] - np.argmax(is_read, axis=1), 0)
        tested = trends(matrix)
        risen = tested.slope_per_day * span
        limit = self.limits[0]
        p_value = np.where(span >= TREND_LEAST_DAYS, tested.p_value, np.nan)
        is_found = (adjusted(p_value) <= (self.false_discovery_rate or 0)) & (risen >= limit.value)
        found = []
        for row in np.flatnonzero(is_found).tolist():
            degrees = wording.measured(round(float(risen[row]), 1), "°C")
            statement = (
                f"Temperature has risen by {degrees} against its cohort over {wording.days(int(span[row]))} "
                f"(limit {wording.measured(limit.value, '°C')}, {wording.probability(tested.p_value[row])})."
            )
            short = f"Temperature +{degrees} against cohort in {int(span[row])} d"
            drive = inputs.drive_at(row)
            found.append(
                self.finding(inputs, drive, limit, statement, short, value=risen[row], attribute=str(keys[row]))
            )
        return found


def _since(offsets: Floats, limit: float) -> int:
    """First column from which on the median of each seven readings lies at or above the limit."""
    read = np.flatnonzero(np.isfinite(offsets))
    rolling = pd.Series(offsets[read]).rolling(LEAST_READINGS, min_periods=1, center=True).median().to_numpy()
    below = np.flatnonzero(rolling < limit)
    return int(read[min(below[-1] + 1, len(read) - 1)] if below.size else read[0])


def _day(inputs: Inputs, row: int, column: int, num_days: int) -> date:
    """Date of a column of ``Inputs.matrix``."""
    return wording.as_date(int(inputs.last_days[row]) - (num_days - 1 - column))


COHORT_REASON = "One drive hotter than its like points to its fan, slot or itself; heat shortens life and costs speed."
THERMAL_RULES: tuple[Rule, ...] = (
    TemperatureLimitRule(
        name="temp-limit",
        version=1,
        attributes=TEMPERATURES,
        test="Third highest of the last seven readings against the operating limit: disks 60 °C, flash 70 °C.",
        unit="°C",
        limits=(Limit(RED, 70), Limit(AMBER, 60, "device data sheets: operating limit 60 °C (Seagate Exos X16)")),
        flash_limits=(Limit(RED, 80), Limit(AMBER, 70, "device data sheets: operating limit 70 °C (Samsung PM983)")),
        reason="Outside its operating range the drive throttles, ages and may lose data.",
        days=LEAST_READINGS,
    ),
    TemperatureCohortRule(
        name="temp-cohort",
        version=1,
        attributes=TEMPERATURES,
        test=f"Median over {COHORT_DAYS} days of the difference to the median of model and room on the same day; "
        f"robust score at least {LEAST_Z} (Iglewicz and Hoaglin 1993), false discovery rate 1 % (Benjamini-Hochberg).",
        unit="°C",
        limits=(Limit(AMBER, 5),),
        reason=COHORT_REASON,
        days=COHORT_DAYS,
        false_discovery_rate=0.01,
    ),
    TemperatureStepRule(
        name="temp-step",
        version=1,
        attributes=TEMPERATURES,
        test=f"Pettitt's test on {TREND_DAYS} days of the difference to the cohort, corrected for autocorrelation; "
        "false discovery rate 1 % (Benjamini-Hochberg).",
        unit="°C",
        limits=(Limit(AMBER, 5),),
        reason="Something changed on one day: a fan, a neighbour, a move.",
        days=TREND_DAYS,
        false_discovery_rate=0.01,
    ),
    TemperatureTrendRule(
        name="temp-trend",
        version=1,
        attributes=TEMPERATURES,
        test=f"Mann-Kendall on {TREND_DAYS} days of the difference to the cohort, variance corrected for "
        "autocorrelation (Hamed and Rao 1998); Theil-Sen slope times days; "
        "false discovery rate 1 % (Benjamini-Hochberg).",
        unit="°C",
        limits=(Limit(AMBER, 5),),
        reason="A slow rise against its like points to dust or a failing fan.",
        days=TREND_DAYS,
        false_discovery_rate=0.01,
    ),
    WindowRule(
        name="overheat-time",
        version=1,
        subject="Minutes above the critical temperature",
        attributes=("smart:nvme:critical_comp_time",),
        test="Rise of the counter in the last 30 days.",
        unit="min",
        limits=(Limit(RED, 60), Limit(AMBER, 1, f"{NVME}: critical composite temperature threshold")),
        reason="The drive was hotter than its own critical threshold.",
    ),
    WindowRule(
        name="thermal-throttling",
        version=1,
        subject="Seconds of heavy thermal throttling",
        attributes=("smart:nvme:thermal_management_2_time",),
        test="Rise of the counter in the last 30 days.",
        unit="s",
        limits=(Limit(AMBER, 600),),
        reason="The drive slows down to protect itself; its host sees latency.",
    ),
    WindowRule(
        name="throttling-transitions",
        version=1,
        subject="Thermal throttling transitions",
        attributes=("smart:nvme:thermal_management_2_transitions", "smart:nvme:thermal_management_1_transitions"),
        test="Rise of the counter in the last 30 days.",
        unit="transitions",
        limits=(Limit(AMBER, 10),),
        reason="The drive slows down to protect itself; its host sees latency.",
    ),
    WindowRule(
        name="warm-time",
        version=1,
        subject="Minutes above the warning temperature",
        attributes=("smart:nvme:warning_temp_time",),
        test="Rise of the counter in the last 30 days.",
        unit="min",
        limits=(Limit(AMBER, 60),),
        reason="The drive was hotter than its own warning threshold.",
    ),
    HotShareRule(
        name="hot-share",
        version=1,
        attributes=(*HOT_TIMES, "smart:nvme:power_on_hours"),
        test=f"Time of the counter over all power-on time. {FIRST_SIGHT}",
        unit="%",
        limits=(Limit(AMBER, 1),),
        reason="A good part of its life the drive was too hot or slowed down; the rise will tell whether it still is.",
    ),
)
