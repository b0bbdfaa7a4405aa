"""Rules on what drives say of themselves: overall health, their own thresholds, self-tests, smartctl's exit status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.analysis import wording
from app.analysis.rules.inputs import Inputs
from app.analysis.rules.model import Limit, Rule
from graph.ontology import smart
from graph.ontology.meaning import meaning_of
from graph.ontology.model import Finding, Severity

RED, AMBER, GREEN = Severity.RED, Severity.AMBER, Severity.GREEN
OVERALL = "smart:device:overall_failed"
EXIT_STATUS = "smart:device:exit_status"
FAILED_TESTS = "smart:device:failed_self_tests"
LAST_TEST_FAILED = "smart:device:last_self_test_failed"
TEMPERATURE_ATTRIBUTES = ("smart:ata:190", "smart:ata:194")
# 0 is a threshold that nothing reaches, 254 and 255 are none (ACS, attribute thresholds).
LARGEST_THRESHOLD = 253
HEALTH_FAILED, BELOW_NOW, BELOW_BEFORE, TEST_ERRORS = 3, 4, 5, 7
# Bit of smartctl's exit status: what it says. The other bits say what rules of their own find.
INFORMATIVE_BITS = (
    (0, "smartctl did not understand its command line"),
    (1, "the device could not be opened or identified"),
    (2, "a SMART command failed or a checksum was wrong"),
    (6, "the device's error log has entries"),
)
SMARTCTL = "smartctl(8), EXIT STATUS"


def last_of(inputs: Inputs, column: str) -> npt.NDArray[np.float64]:
    """Last value of a column on each drive that was read; NaN where there is none."""
    values = inputs.windows.get(f"{column}_last")
    return np.full(len(inputs.windows), np.nan) if values is None else values.to_numpy(dtype=float)


def exit_bit(inputs: Inputs, bit: int) -> npt.NDArray[np.bool_]:
    """Whether the last exit status of smartctl has a bit, for each drive that was read."""
    status = np.nan_to_num(last_of(inputs, smart.column(EXIT_STATUS)), nan=0).astype(np.int64)
    return np.asarray((status >> bit & 1) == 1)


def says_failed(inputs: Inputs) -> npt.NDArray[np.bool_]:
    """Whether each drive says FAILED of its overall health; where it says nothing, smartctl's exit status tells."""
    overall = last_of(inputs, smart.column(OVERALL))
    return np.where(np.isfinite(overall), overall == 1, exit_bit(inputs, HEALTH_FAILED))


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallRule(Rule):
    """The drive's own overall verdict is FAILED."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives whose last reading says so; a rule that says why replaces them (see ``base``)."""
        return [
            self.finding(
                inputs,
                inputs.drive_at(row),
                self.limits[0],
                "The drive reports that its overall health has FAILED.",
                "Drive reports FAILED",
                value=1,
                attribute=OVERALL,
            )
            for row in np.flatnonzero(says_failed(inputs)).tolist()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class BelowThresholdRule(Rule):
    """Normalised values at or below the threshold that the device states for them."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives, naming the attributes: below now counts more than below in the past."""
        found: dict[str, Finding] = {}
        now: dict[int, list[tuple[str, float, float]]] = {}
        before: dict[int, list[tuple[str, float, float]]] = {}
        for key, value, worst, threshold in _against_thresholds(inputs):
            is_now = value <= threshold
            for row in np.flatnonzero(is_now).tolist():
                now.setdefault(row, []).append((key, float(value[row]), float(threshold[row])))
            for row in np.flatnonzero((worst <= threshold) & (value > threshold)).tolist():
                before.setdefault(row, []).append((key, float(worst[row]), float(threshold[row])))
        for row in sorted({*now, *before}):
            found[inputs.drive_at(row)] = self._named(inputs, row, now.get(row, []), before.get(row, []))
        for row in np.flatnonzero(exit_bit(inputs, BELOW_NOW) | exit_bit(inputs, BELOW_BEFORE)).tolist():
            found.setdefault(inputs.drive_at(row), self._unnamed(inputs, row))
        return [found[drive] for drive in sorted(found)]

    def _named(
        self, inputs: Inputs, row: int, now: list[tuple[str, float, float]], before: list[tuple[str, float, float]]
    ) -> Finding:
        drive = inputs.drive_at(row)
        # Worst first: what is below now and is no temperature, which only says that the drive is too warm.
        now = sorted(now, key=lambda item: item[0] in TEMPERATURE_ATTRIBUTES)
        told, limit = (now, self.limits[0]) if now else (before, self.limits[1])
        if all(key in TEMPERATURE_ATTRIBUTES for key, _, _ in told):
            limit = self.limits[1]
            verb = "Is too hot by the device's own threshold" if now else "Was too hot by the device's own threshold"
        else:
            verb = "At or below the device's own threshold"
            verb = f"{verb} now" if now else f"Was {verb[0].lower()}{verb[1:]} in the past"
        names = [self._name(inputs, drive, key) for key, _, _ in told]
        text = "; ".join(
            f"{name} {wording.number(value)}, threshold {wording.number(threshold)}"
            for name, (_, value, threshold) in zip(names, told, strict=True)
        )
        more = (
            f" Earlier also: {', '.join(self._name(inputs, drive, key) for key, _, _ in before)}."
            if now and before
            else ""
        )
        key, value, threshold = told[0]
        others = f" and {len(told) - 1} more" if len(told) > 1 else ""
        return self.finding(
            inputs,
            drive,
            limit,
            f"{verb}: {text} (normalised values, lower is worse).{more}",
            f"{names[0]}{others} {'at or below' if now else 'was at or below'} its threshold",
            value=value,
            attribute=key,
            threshold=threshold,
        )

    def _unnamed(self, inputs: Inputs, row: int) -> Finding:
        """What is known where the source gives smartctl's exit status but no thresholds."""
        is_now = bool(exit_bit(inputs, BELOW_NOW)[row])
        when = "is" if is_now else "was once"
        return self.finding(
            inputs,
            inputs.drive_at(row),
            Limit(RED if is_now else AMBER, 1, SMARTCTL),
            f"An attribute {when} at or below the device's threshold, says smartctl; the source does not tell which.",
            f"An attribute {when} at or below its threshold",
            value=1,
            attribute=EXIT_STATUS,
        )

    def _name(self, inputs: Inputs, drive: str, key: str) -> str:
        model, vendor = inputs.drives.at[drive, "model"], inputs.drives.at[drive, "vendor"]
        return meaning_of(
            key, model=model if isinstance(model, str) else "", vendor=vendor if isinstance(vendor, str) else None
        ).name


def _against_thresholds(
    inputs: Inputs,
) -> Iterator[tuple[str, npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """Each attribute with thresholds: key, last value, worst value and threshold of each drive, NaN where not known."""
    keys = sorted({key for name in map(str, inputs.daily) if (key := smart.threshold_key_of(name)) is not None})
    names = {
        name(key): key for key in keys for name in (smart.normalized_column, smart.worst_column, smart.threshold_column)
    }
    last = inputs.last_in_window([name for name in names if name in inputs.daily])
    for key in keys:
        value, worst, threshold = (
            last[name].to_numpy(dtype=float) if name in last else np.full(len(last), np.nan)
            for name in (smart.normalized_column(key), smart.worst_column(key), smart.threshold_column(key))
        )
        yield key, value, worst, np.where((threshold > 0) & (threshold <= LARGEST_THRESHOLD), threshold, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestRule(Rule):
    """Self-tests of the drive that failed."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on drives whose latest self-test failed, or with failed ones in the log."""
        last, failed = (last_of(inputs, smart.column(key)) for key in (LAST_TEST_FAILED, FAILED_TESTS))
        # Without the log itself, smartctl's exit status says that it has errors.
        unknown = np.isnan(last) & np.isnan(failed) & exit_bit(inputs, TEST_ERRORS)
        found = []
        for row in np.flatnonzero((last == 1) | (failed > 0) | unknown).tolist():
            is_last, count = last[row] == 1, failed[row] if failed[row] > 0 else 1.0
            if unknown[row]:
                statement = short = "The self-test log has errors"
            elif is_last:
                statement = "The latest self-test failed"
                short = statement
                if count > 1:
                    statement += f", as did {wording.measured(count - 1, 'others')} in the log"
            else:
                statement = f"{wording.measured(count, 'self-tests')} in the log failed"
                statement += "; the latest did not" if last[row] == 0 else ""
                short = f"{wording.measured(count, 'self-tests')} failed earlier"
            found.append(
                self.finding(
                    inputs,
                    inputs.drive_at(row),
                    self.limits[0] if is_last else self.limits[1],
                    f"{statement}.",
                    short,
                    value=count,
                    attribute=EXIT_STATUS if unknown[row] else LAST_TEST_FAILED if is_last else FAILED_TESTS,
                )
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitStatusRule(Rule):
    """Bits of smartctl's exit status that no other rule speaks of, by name: a remark."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Remarks on drives whose last exit status has such a bit."""
        found = []
        status = last_of(inputs, smart.column(EXIT_STATUS))
        for row in np.flatnonzero(status > 0).tolist():
            names = [name for bit, name in INFORMATIVE_BITS if int(status[row]) >> bit & 1]
            if not names:
                continue
            text = "; ".join(names)
            found.append(
                self.finding(
                    inputs,
                    inputs.drive_at(row),
                    self.limits[0],
                    f"smartctl remarks: {text} (exit status {int(status[row])}).",
                    f"smartctl remarks: {text}",
                    value=float(status[row]),
                    attribute=EXIT_STATUS,
                )
            )
        return found


REPORTED_RULES: tuple[Rule, ...] = (
    OverallRule(
        name="overall-failed",
        version=1,
        attributes=(OVERALL, EXIT_STATUS),
        test="Last reading says FAILED, or where it says nothing smartctl's exit status has bit 3. Not told beside the "
        "critical warning or the attribute below its threshold that is the reason.",
        unit="",
        limits=(Limit(RED, 1, "device field: SMART RETURN STATUS (ACS-4), informational exceptions (SPC-5)"),),
        limits_text="red where the drive says so (device field: SMART RETURN STATUS (ACS-4), informational exceptions "
        "(SPC-5), critical warning (NVMe Base Specification))",
        reason="The drive itself expects to fail.",
    ),
    BelowThresholdRule(
        name="below-threshold",
        version=1,
        attributes=(EXIT_STATUS,),
        reads="normalised value, worst value and threshold of every ATA attribute that states one; "
        "`smart:device:exit_status` where there is none",
        test="Last normalised value at or below the device's threshold (now), or the worst value so far (in the past). "
        "Thresholds of 0, 254 and 255 are none.",
        unit="",
        limits=(Limit(RED, 1, "device field: threshold"), Limit(AMBER, 1, "device field: threshold")),
        limits_text="red at or below the threshold now, amber in the past (device field: attribute threshold; the "
        "comparison is that of SMART RETURN STATUS, ATA8-ACS); temperatures (190, 194) are never more than amber "
        "(**heuristic**)",
        reason="The vendor set the threshold where the attribute predicts failure or the end of the design life.",
    ),
    SelfTestRule(
        name="self-test-failed",
        version=1,
        attributes=(LAST_TEST_FAILED, FAILED_TESTS, EXIT_STATUS),
        test="Result of the latest self-test that ended, and failed ones in the log.",
        unit="tests",
        limits=(
            Limit(RED, 1, "device field: self-test log (ACS-4, SPC-5)"),
            Limit(AMBER, 1, "device field: self-test log (ACS-4, SPC-5)"),
        ),
        limits_text="red where the latest self-test failed, amber where an earlier one did (device field: self-test "
        "log, ACS-4, SPC-5)",
        reason="The drive found what it could not read on its own medium; a test that passed later clears most of it.",
    ),
    ExitStatusRule(
        name="exit-status",
        version=1,
        attributes=(EXIT_STATUS,),
        test="Bits 0, 1, 2 and 6 of smartctl's last exit status; the others are told by rules of their own.",
        unit="bits",
        limits=(Limit(GREEN, 1, SMARTCTL),),
        reason="Says what could not be read, and that there is a log to look at; entries may be years old.",
    ),
)
