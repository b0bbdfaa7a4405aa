"""Hot spots: racks, hosts, rooms, models and firmware with more affected drives than chance explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.analysis import wording
from app.analysis.discovery import adjusted
from app.analysis.hotspots import hot_spots
from app.analysis.rules.inputs import Inputs
from app.analysis.rules.model import Limit, Rule
from graph.ontology.model import Evidence, Finding, Severity

FALSE_DISCOVERY_RATE = 0.05
LEAST_AFFECTED = 3
LEAST_RATIO = 2.0
MOST_EVIDENCE = 10
PLACES = {"Rack": "rack", "Host": "host", "Room": "room", "DriveModel": "model"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpotRule(Rule):
    """Groups of one kind with an excess of affected drives.

    Args:
        label: Label of the groups.
        affected: Column of the judged drives that says which are affected.
        noun: How the affected are called.
    """

    label: str
    affected: str
    noun: str

    def find(self, inputs: Inputs) -> list[Finding]:
        """Nothing by itself: what is affected is known only when all drives are judged (see ``find_groups``)."""
        return []

    def find_groups(self, inputs: Inputs, judged: pd.DataFrame) -> list[Finding]:
        """Findings on groups.

        Args:
            inputs: The fleet.
            judged: Drives that were read, index ``drive_key``: names and keys of places, ``model``, the column
                ``affected`` names.
        """
        column = f"{PLACES[self.label]}_key"
        placed = judged[judged[column].notna()]
        if not placed[self.affected].any():
            return []
        # Models are compared with each other; places only after their mix of models is taken out.
        spots = hot_spots(placed, column, self.affected, None if self.label == "DriveModel" else "model")
        spots["adjusted"] = adjusted(spots["p_value"].to_numpy(dtype=float))
        rate = self.false_discovery_rate or 0
        spots = spots[
            (spots["adjusted"] <= rate)
            & (spots["affected"] >= LEAST_AFFECTED)
            & (spots["affected"] >= LEAST_RATIO * spots["expected"])
        ]
        found = []
        for key, spot in spots.iterrows():
            members = placed[(placed[column] == key) & placed[self.affected]]
            name = str(members[PLACES[self.label]].iloc[0])
            kind = "Model" if self.label == "DriveModel" else self.label
            chance = wording.probability(float(spot["p_value"]))
            counts = _counts(spot)
            found.append(
                self.group_finding(
                    str(key),
                    self.label,
                    self.limits[0],
                    f"{kind} {name} holds more {self.noun} drives than chance explains ({counts}, {chance}).",
                    f"{kind} {name}: {counts}",
                    float(spot["p_value"]),
                    tuple(inputs.evidence(str(drive)) for drive in sorted(members.index)[:MOST_EVIDENCE]),
                    inputs,
                )
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareHotSpotRule(Rule):
    """A firmware with an excess of affected drives among the drives of its model; the finding is on the model."""

    def find(self, inputs: Inputs) -> list[Finding]:
        """Nothing by itself (see ``find_groups``)."""
        return []

    def find_groups(self, inputs: Inputs, judged: pd.DataFrame) -> list[Finding]:
        """Findings on models, for the firmware with the smallest p-value of each."""
        placed = judged[judged["firmware"].notna()].assign(pair=lambda t: t["model_key"] + "\t" + t["firmware"])
        if not len(placed) or not placed["is_flagged"].any():
            return []
        spots = hot_spots(placed, "pair", "is_flagged", "model")
        spots["adjusted"] = adjusted(spots["p_value"].to_numpy(dtype=float))
        spots = spots[
            (spots["adjusted"] <= (self.false_discovery_rate or 0))
            & (spots["affected"] >= LEAST_AFFECTED)
            & (spots["affected"] >= LEAST_RATIO * spots["expected"])
        ]
        found: dict[str, Finding] = {}
        for pair, spot in spots.sort_values("p_value", kind="stable").iterrows():
            model, _, firmware = str(pair).partition("\t")
            if model in found:
                continue
            members = placed[(placed["pair"] == pair) & placed["is_flagged"]]
            counts = _counts(spot)
            found[model] = self.group_finding(
                model,
                "DriveModel",
                self.limits[0],
                f"Firmware {firmware} of model {members['model'].iloc[0]} runs on more amber and red drives "
                f"than chance explains ({counts}, {wording.probability(float(spot['p_value']))}).",
                f"Firmware {firmware}: {counts}",
                float(spot["p_value"]),
                tuple(inputs.evidence(str(drive)) for drive in sorted(members.index)[:MOST_EVIDENCE]),
                inputs,
            )
        return [found[model] for model in sorted(found)]


def _counts(spot: pd.Series) -> str:
    """``6 of 20, 1.5 expected``."""
    expected = wording.number(round(float(spot["expected"]), 1))
    return f"{int(spot['affected'])} of {int(spot['drives'])}, {expected} expected"


def collapsed(rule: Rule, findings: list[Finding], inputs: Inputs) -> list[Finding]:
    """Replace the findings of a rule by one on the fleet where so many drives show it that the source is the cause."""
    looked_at = len(inputs.windows)
    if rule.collapse_share is None or len(findings) <= max(rule.collapse_share * looked_at, LEAST_AFFECTED):
        return findings
    limit = Limit(findings[0].severity, rule.collapse_share * 100)
    share = wording.number(round(100 * len(findings) / looked_at, 1))
    evidence: tuple[Evidence, ...] = tuple(
        item for finding in findings[:MOST_EVIDENCE] for item in finding.claim.evidence
    )
    example = findings[0].short
    return [
        rule.group_finding(
            f"fleet:{inputs.fleet}",
            "Fleet",
            limit,
            f"{len(findings):,} of {looked_at:,} drives show the same fault of the data ({share} %, limit "
            f"{wording.number(limit.value)} %), for example: {example}. The source is the cause, not the drives.",
            f"{len(findings):,} drives: {example}",
            100 * len(findings) / looked_at,
            evidence,
            inputs,
        )
    ]


def judged_drives(inputs: Inputs, findings: list[Finding]) -> pd.DataFrame:
    """The drives that were read, with ``is_flagged`` (amber or red by these findings) and ``is_failed``."""
    worst: dict[str, int] = {}
    for finding in findings:
        worst[finding.subject] = min(worst.get(finding.subject, 9), finding.severity.rank)
    judged = inputs.drives.reindex(inputs.windows.index)
    ranks = np.array([worst.get(str(drive), 9) for drive in judged.index])
    return judged.assign(
        is_flagged=ranks <= Severity.AMBER.rank, is_failed=judged["failure_status"].eq("failed").to_numpy(dtype=bool)
    )


EXACT = (
    "Exact test of the number of affected drives given how many of each drive model are affected in the fleet "
    "(hypergeometric, one-sided); at least three, at least twice as many as expected; false discovery rate 5 % "
    "(Benjamini-Hochberg)."
)
SHOWN_LIMIT = "amber at a false discovery rate of 5 % (**heuristic**)"
HOT_SPOT_RULES: tuple[HotSpotRule, ...] = tuple(
    HotSpotRule(
        name=f"hot-spot-{name}-{place}",
        version=1,
        attributes=(),
        test=EXACT if label != "DriveModel" else EXACT.replace(" of each drive model", ""),
        unit="p-value",
        limits=(Limit(Severity.AMBER, FALSE_DISCOVERY_RATE),),
        reason="What affected drives share is the cause to look at first: cooling, power, vibration, a bad batch.",
        false_discovery_rate=FALSE_DISCOVERY_RATE,
        limits_text=SHOWN_LIMIT,
        label=label,
        affected=affected,
        noun=noun,
    )
    for name, affected, noun in (("findings", "is_flagged", "amber and red"), ("failures", "is_failed", "failed"))
    for place, label in (("rack", "Rack"), ("host", "Host"), ("room", "Room"), ("model", "DriveModel"))
)
FIRMWARE_RULE = FirmwareHotSpotRule(
    name="hot-spot-findings-firmware",
    version=1,
    attributes=(),
    test=EXACT,
    unit="p-value",
    limits=(Limit(Severity.AMBER, FALSE_DISCOVERY_RATE),),
    reason="A firmware that stands out among the drives of its model is the cause to look at first.",
    false_discovery_rate=FALSE_DISCOVERY_RATE,
    limits_text=SHOWN_LIMIT,
)
