"""Rules that hold one measure of a drive's window against limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from app.analysis import wording
from app.analysis.rules.inputs import Inputs
from app.analysis.rules.model import Limit, Rule
from graph.ontology import smart
from graph.ontology.model import Finding, Severity

Measure = Callable[[pd.DataFrame, str], pd.Series]


def rise(windows: pd.DataFrame, column: str) -> pd.Series:
    """How far a counter rose in the window.

    A counter that fell once counts from its lowest value since, so one misread value is no rise; one that fell more
    often is no counter that can be read.
    """
    resets = windows[f"{column}_num_resets"]
    since_reset = windows[f"{column}_last"] - windows[f"{column}_min"]
    return windows[f"{column}_rise"].where(resets == 0, since_reset.where(resets == 1))


def rise_of_level(windows: pd.DataFrame, column: str) -> pd.Series:
    """How far a gauge stands above its lowest value in the window."""
    return windows[f"{column}_last"] - windows[f"{column}_min"]


def fall_of_level(windows: pd.DataFrame, column: str) -> pd.Series:
    """How far a gauge stands below its highest value in the window."""
    return windows[f"{column}_max"] - windows[f"{column}_last"]


def level(windows: pd.DataFrame, column: str) -> pd.Series:
    """The last value."""
    return windows[f"{column}_last"]


def lowest_level(windows: pd.DataFrame, column: str) -> pd.Series:
    """The lowest value: a count that was there all the time, so one misread value is none."""
    return windows[f"{column}_min"]


def used_up(windows: pd.DataFrame, column: str) -> pd.Series:
    """Life used in percent where the value counts what is left from 100 down; always 0 means that it counts nothing."""
    left = windows[f"{column}_last"]
    return (100 - left).where((left >= 0) & (left <= 100) & (windows[f"{column}_max"] > 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule(Rule):
    """One measure against limits, on one or more attributes; of several, the worst is the finding.

    Args:
        subject: What the sentence speaks of (``Reallocated blocks``).
        measure: From windows and column to values; NaN where nothing can be said.
        kinds: Kinds the attribute must have on the drive's model for the rule to read it.
        above: True where high values are bad.
        rises: True where the value is a change over the window, False for a level.
        flash_limits: Limits for flash drives where they differ.
        flash_only: Read flash drives only.
        normalized: Read the normalised value.
        remark: Ends the sentence, after the limit (``cable or backplane, not media``).
    """

    subject: str
    measure: Measure = rise
    kinds: tuple[str, ...] = ("cumulative",)
    above: bool = True
    rises: bool = True
    flash_limits: tuple[Limit, ...] | None = None
    flash_only: bool = False
    normalized: bool = False
    remark: str = ""

    def column(self, key: str) -> str:
        """Readings column of an attribute."""
        return smart.normalized_column(key) if self.normalized else smart.column(key)

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on all drives, one a drive: of several attributes the worst, then the first."""
        found: dict[str, tuple[int, Finding]] = {}
        flash = inputs.is_flash.to_numpy()
        for key in self.attributes:
            column = self.column(key)
            if f"{column}_last" not in inputs.windows:
                continue
            may_read = self.may_read(inputs, key)
            values = self.measure(inputs.windows, column).where(may_read)
            limits = np.where(flash, self._reached(values, flash=True), self._reached(values, flash=False))
            for row in np.flatnonzero(limits >= 0).tolist():
                drive = inputs.drive_at(row)
                limit = self._limits(flash=bool(flash[row]))[limits[row]]
                if drive not in found or limit.severity.rank < found[drive][0]:
                    found[drive] = (limit.severity.rank, self._finding(inputs, drive, key, limit, values.iloc[row]))
        return [found[drive][1] for drive in sorted(found)]

    def may_read(self, inputs: Inputs, key: str) -> np.ndarray:
        """Drives that were read of which this rule reads the attribute."""
        is_meant = inputs.readable(key, self.kinds, normalized=self.normalized).to_numpy()
        return np.asarray(is_meant & (inputs.is_flash.to_numpy() | (not self.flash_only)))

    def since(self, finding: Finding, history: pd.DataFrame, *, flash: bool) -> date | None:
        """First day of the unbroken stretch, up to the last day, on which the condition held.

        Args:
            finding: Of this rule.
            history: Rolling windows of its drive, by day.
            flash: Whether the drive holds flash.
        """
        return self.since_severity(finding.severity, str(finding.attribute), history, flash=flash)

    def since_severity(self, severity: Severity, key: str, history: pd.DataFrame, *, flash: bool) -> date | None:
        """First day of the unbroken stretch, up to the last day, on which an attribute was at least this bad."""
        values = self.measure(history, self.column(key))
        limits = self._limits(flash=flash)
        worst = [index for index, limit in enumerate(limits) if limit.severity.rank <= severity.rank]
        held = np.isin(self.worst_limits(values, limits, above=self.above), worst)
        if not held.size or not held[-1]:
            return None
        breaks = np.flatnonzero(~held)
        first: date = history["day"].iloc[breaks[-1] + 1 if breaks.size else 0]
        return first

    def _limits(self, *, flash: bool) -> tuple[Limit, ...]:
        return self.flash_limits if flash and self.flash_limits else self.limits

    def _reached(self, values: pd.Series, *, flash: bool) -> np.ndarray:
        return self.worst_limits(values, self._limits(flash=flash), above=self.above)

    def _finding(self, inputs: Inputs, drive: str, key: str, limit: Limit, value: float) -> Finding:
        first_day, last_day = inputs.days_of(drive)
        span = min(self.days, (last_day - first_day).days + 1)
        remark = f": {self.remark}" if self.remark else ""
        if self.rises:
            verb, sign = ("rose", "+") if self.measure is not fall_of_level else ("fell", "−")
            fact = f"{self.subject} {verb} by {self._amount(value)} in {wording.days(span)}"
            short = f"{self.subject} {sign}{self._amount(value)} in {span} d, limit {wording.number(limit.value)}"
        else:
            fact = f"{self.subject}: {wording.measured(value, self.unit)}"
            short = f"{self.subject} {wording.measured(value, self.unit)}, limit {self._amount(limit.value)}"
        statement = f"{fact} (limit {self._amount(limit.value)}){remark}."
        return self.finding(inputs, drive, limit, statement, short, value=value, attribute=key)

    def _amount(self, value: float) -> str:
        """Percent always carries its sign, counts are named by the subject."""
        return wording.measured(value, "%") if self.unit == "%" else wording.number(value)


def with_since(findings: list[Finding], rules: dict[str, WindowRule], inputs: Inputs) -> list[Finding]:
    """Fill in since when each finding of a window rule has held, from the drive's earlier windows."""
    ours = [finding for finding in findings if finding.rule in rules and finding.attribute]
    if not ours:
        return findings
    columns = sorted({rules[finding.rule].column(str(finding.attribute)) for finding in ours})
    history = inputs.history(sorted({finding.subject for finding in ours}), columns)
    by_drive = dict(tuple(history.groupby("drive_key", sort=False)))
    flash = inputs.is_flash
    return [
        replace(
            finding,
            since_day=rules[finding.rule].since(finding, by_drive[finding.subject], flash=bool(flash[finding.subject])),
        )
        if finding.rule in rules and finding.attribute
        else finding
        for finding in findings
    ]
