"""What a rule is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.analysis.rules.inputs import Inputs
from graph.ontology.model import Claim, Evidence, Finding, Severity

HEURISTIC = "heuristic"


@dataclass(frozen=True, slots=True)
class Limit:
    """From where on something is amber or red.

    Args:
        severity: Severity at and beyond the limit.
        value: Limit in the rule's unit.
        source: Device field, standard or paper that the limit comes from, else ``heuristic``.
    """

    severity: Severity
    value: float
    source: str = HEURISTIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(ABC):
    """One rule.

    Args:
        name: Kebab-case; part of every finding's key.
        version: Counts up when the meaning changes.
        attributes: Keys of the SMART attributes it reads; empty where it reads none.
        test: What is tested, one sentence.
        unit: Unit of value and threshold as shown.
        limits: Worst first.
        reason: Why it matters, one sentence.
        days: Length of what it looks at.
        false_discovery_rate: Share of false findings accepted among all of this rule over the fleet, for rules that
            test a hypothesis; None for rules that hold a value against a limit.
        collapse_share: Where more than this share of the drives looked at is found, the cause is the source and one
            finding on the fleet replaces them; None: never.
        limits_text: How the limits are told where their numbers alone do not say it.
        reads: What is read, where the attributes alone do not say it.
    """

    name: str
    version: int
    attributes: tuple[str, ...]
    test: str
    unit: str
    limits: tuple[Limit, ...]
    reason: str
    days: int = 30
    false_discovery_rate: float | None = None
    collapse_share: float | None = None
    limits_text: str = ""
    reads: str = ""

    @abstractmethod
    def find(self, inputs: Inputs) -> list[Finding]:
        """Findings on a fleet, at most one a subject, in the order of subjects."""

    def worst_limits(self, values: pd.Series, limits: tuple[Limit, ...], *, above: bool) -> npt.NDArray[np.int64]:
        """Index of the worst limit that each value reaches; -1 for none (NaN reaches none)."""
        reached = np.full(len(values), -1, dtype=np.int64)
        numbers = values.to_numpy(dtype=float)
        for index in reversed(range(len(limits))):
            beyond = numbers >= limits[index].value if above else numbers <= limits[index].value
            reached[beyond] = index
        return reached

    def finding(
        self,
        inputs: Inputs,
        drive: str,
        limit: Limit,
        statement: str,
        short: str,
        *,
        value: float | None,
        attribute: str | None,
        **more: object,
    ) -> Finding:
        """A finding on a drive in its latest window, citing that window."""
        first_day, last_day = inputs.days_of(drive)
        fields: dict[str, object] = {
            "threshold": limit.value,
            "unit": self.unit,
            "threshold_source": limit.source,
            "since_day": None,
            **more,
        }
        return Finding(
            subject=drive,
            subject_label="Drive",
            rule=self.name,
            rule_version=self.version,
            severity=limit.severity,
            claim=Claim(statement, (inputs.evidence(drive),), f"{self.name} {self.version}"),
            first_day=first_day,
            last_day=last_day,
            attribute=attribute,
            value=None if value is None else float(value),
            short=short,
            **fields,  # type: ignore[arg-type]
        )

    def group_finding(
        self,
        subject: str,
        label: str,
        limit: Limit,
        statement: str,
        short: str,
        value: float,
        evidence: tuple[Evidence, ...],
        inputs: Inputs,
    ) -> Finding:
        """A finding on a rack, host, model, room or fleet, over the last window of the fleet."""
        return Finding(
            subject=subject,
            subject_label=label,
            rule=self.name,
            rule_version=self.version,
            severity=limit.severity,
            claim=Claim(statement, evidence, f"{self.name} {self.version}"),
            first_day=inputs.first_day_of_fleet,
            last_day=inputs.data_day,
            value=float(value),
            threshold=limit.value,
            unit=self.unit,
            threshold_source=limit.source,
            short=short,
        )
