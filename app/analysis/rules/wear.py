"""Rules on wear and spare of flash."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.analysis import wording
from app.analysis.rules.inputs import Inputs
from app.analysis.rules.model import Limit, Rule
from app.analysis.rules.reported import says_failed
from app.analysis.rules.window_rules import WindowRule, fall_of_level, level, used_up
from graph.ontology.model import Finding, Severity

RED, AMBER = Severity.RED, Severity.AMBER
NVME = "NVMe Base Specification, SMART / Health Information log"
RATED = f"{NVME}: 100 is the vendor's rated endurance"
READINGS_TO_BELIEVE = 2
LAST_READINGS = 3

# Bit of the NVMe critical warning: what it says, and how bad that is.
CRITICAL_WARNINGS = (
    (0, "spare below threshold", RED),
    (1, "temperature outside its thresholds", AMBER),
    (2, "reliability degraded", RED),
    (3, "medium read only", RED),
    (4, "volatile memory backup failed", RED),
    (5, "persistent memory region read only or unreliable", AMBER),
)
WARNS = "Drive warns: "
ONLY_SPARE = WARNS + CRITICAL_WARNINGS[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpareRule(Rule):
    """Available spare against the threshold that the drive itself reports."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on NVMe drives; the median of the last three readings counts, so one misread value is none."""
        spare, threshold = "nvme_available_spare", "nvme_available_spare_threshold"
        if spare not in inputs.daily:
            return []
        own = inputs.windows.get(f"{threshold}_last")
        found = []
        recent = _last_median(inputs, spare)
        for row in np.flatnonzero(np.isfinite(recent)).tolist():
            reported = np.nan if own is None else float(own.iloc[row])
            limit = self.limits[0] if np.isnan(reported) else Limit(RED, reported, f"device field: {threshold}")
            near = Limit(AMBER, limit.value + self.limits[1].value, self.limits[1].source)
            reached = limit if recent[row] < limit.value else near if recent[row] < near.value else None
            if reached is None:
                continue
            left, bound = wording.measured(recent[row], "%"), wording.measured(reached.value, "%")
            found.append(
                self.finding(
                    inputs,
                    inputs.drive_at(row),
                    reached,
                    f"Spare blocks left: {left} (limit {bound}).",
                    f"Spare blocks {left} left, limit {bound}",
                    value=recent[row],
                    attribute=self.attributes[0],
                )
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalWarningRule(Rule):
    """Bits of the NVMe critical warning, by name."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives that showed a bit in two of their last three readings (in one where there is but one)."""
        column = "nvme_critical_warning"
        if column not in inputs.daily:
            return []
        rows = inputs.daily[["drive", column]].dropna()
        last = rows.groupby("drive", sort=True).tail(LAST_READINGS)
        last = last[last.groupby("drive")[column].transform("max") > 0]
        failed = says_failed(inputs)
        found = []
        for row in sorted(set(last["drive"].tolist())):
            values = last.loc[last["drive"] == row, column]
            bits = values.to_numpy(dtype=np.int64)
            # A drive that says FAILED as well is believed at once.
            needed = 1 if failed[row] else min(READINGS_TO_BELIEVE, len(bits))
            shown = [item for item in CRITICAL_WARNINGS if (bits >> item[0] & 1).sum() >= needed]
            if not shown:
                continue
            worst = RED if failed[row] else min((severity for _, _, severity in shown), key=lambda item: item.rank)
            names = "; ".join(name for _, name, _ in shown)
            found.append(
                self.finding(
                    inputs,
                    inputs.drive_at(row),
                    Limit(worst, 1, self.limits[0].source),
                    f"The drive warns: {names} (critical warning {int(bits[-1])}).",
                    WARNS + names,
                    value=float(bits[-1]),
                    attribute=self.attributes[0],
                )
            )
        return found


def _last_median(inputs: Inputs, column: str) -> np.ndarray:
    """Median of each drive's last three readings of a column; NaN where it has none."""
    rows = inputs.daily[["drive", column]].dropna()
    median = rows.groupby("drive").tail(LAST_READINGS).groupby("drive")[column].median()
    return median.reindex(np.arange(len(inputs.windows))).to_numpy(dtype=float)


WEAR_TEST = "Last value against the rated endurance."
WEAR_REASON = "Beyond its rated endurance the vendor no longer vouches for retention and errors."
WEAR_LIMITS = (Limit(RED, 100, RATED), Limit(AMBER, 90))

NORMALIZED_LIMITS = (Limit(RED, 99, "device field: normalised value 1, its lowest"), Limit(AMBER, 90))

WEAR_RULES: tuple[Rule, ...] = (
    WindowRule(
        name="wear",
        version=2,
        subject="Media wear of rated life",
        attributes=("smart:nvme:percentage_used", "smart:scsi:percentage_used", "smart:device:percentage_used"),
        kinds=("gauge",),
        measure=level,
        rises=False,
        test=WEAR_TEST,
        unit="%",
        limits=WEAR_LIMITS,
        reason=WEAR_REASON,
    ),
    WindowRule(
        name="wear-left-ata",
        version=1,
        subject="Media wear of rated life",
        attributes=("smart:ata:231", "smart:ata:169"),
        kinds=("gauge",),
        measure=used_up,
        rises=False,
        flash_only=True,
        test=WEAR_TEST + " The raw value counts the percent left.",
        unit="%",
        limits=(Limit(RED, 99, "device field: life left 1 % or less"), Limit(AMBER, 90)),
        reason=WEAR_REASON,
    ),
    WindowRule(
        name="wear-used-ata",
        version=1,
        subject="Media wear of rated life",
        attributes=("smart:ata:202",),
        kinds=("gauge",),
        measure=level,
        rises=False,
        test=WEAR_TEST + " Read only where the vendor's meaning is percent of life used.",
        unit="%",
        limits=(Limit(RED, 100, "device field: percent of rated life used"), Limit(AMBER, 90)),
        reason=WEAR_REASON,
    ),
    WindowRule(
        name="wear-indicator-ata",
        version=1,
        subject="Media wear of rated life",
        attributes=("smart:ata:233",),
        kinds=("normalized",),
        normalized=True,
        measure=used_up,
        rises=False,
        flash_only=True,
        test=WEAR_TEST + " The normalised value counts from 100 down.",
        unit="%",
        limits=NORMALIZED_LIMITS,
        reason=WEAR_REASON,
    ),
    WindowRule(
        name="wear-levelling-ata",
        version=1,
        subject="Media wear of rated life",
        attributes=("smart:ata:177", "smart:ata:173"),
        normalized=True,
        measure=used_up,
        rises=False,
        flash_only=True,
        test=WEAR_TEST + " The normalised value counts from 100 down.",
        unit="%",
        limits=NORMALIZED_LIMITS,
        reason=WEAR_REASON,
    ),
    SpareRule(
        name="spare-low",
        version=1,
        attributes=("smart:nvme:available_spare", "smart:nvme:available_spare_threshold"),
        test="Median of the last three readings below the threshold that the drive reports; amber within 10 % of it.",
        unit="%",
        limits=(Limit(RED, 10), Limit(AMBER, 10)),
        limits_text=f"red below the drive's own threshold (device field: available_spare_threshold, {NVME}), or below "
        "10 % where it reports none (**heuristic**); amber less than 10 % above that (**heuristic**)",
        reason="Without spare blocks the drive can replace no more bad ones and turns read only.",
    ),
    WindowRule(
        name="spare-low-ata",
        version=1,
        subject="Reserve left",
        attributes=("smart:ata:232", "smart:ata:170"),
        kinds=("normalized",),
        normalized=True,
        measure=level,
        rises=False,
        above=False,
        flash_only=True,
        test="Last normalised value.",
        unit="%",
        limits=(Limit(RED, 10), Limit(AMBER, 20)),
        reason="Without reserved blocks the drive can replace no more bad ones.",
    ),
    WindowRule(
        name="spare-fall",
        version=1,
        subject="Available spare",
        attributes=("smart:nvme:available_spare",),
        kinds=("gauge",),
        measure=fall_of_level,
        test="Highest minus last value of the last 30 days.",
        unit="%",
        limits=(Limit(AMBER, 5),),
        reason="Spare that is used up fast means blocks going bad fast.",
    ),
    CriticalWarningRule(
        name="critical-warning",
        version=2,
        attributes=("smart:nvme:critical_warning",),
        test="A bit set in two of the last three readings; in one where there is but one, or where the drive says "
        "FAILED of its overall health, and is then red whatever the bit.",
        unit="",
        limits=(Limit(RED, 1, NVME),),
        limits_text=f"red for spare, reliability, read only and backup of volatile memory; amber for temperature and "
        f"persistent memory region ({NVME})",
        reason="The drive itself says that it is failing.",
    ),
)

WEAR_NAMES = tuple(rule.name for rule in WEAR_RULES if rule.name.startswith("wear"))
