"""The rule base as a whole: all rules, its version, and one function that runs it over a fleet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from app.analysis.rules.inputs import FLASH_COLUMNS, Inputs
from app.analysis.rules.media import MEDIA_RULES
from app.analysis.rules.model import Rule
from app.analysis.rules.placement import FIRMWARE_RULE, HOT_SPOT_RULES, collapsed, judged_drives
from app.analysis.rules.quality import QUALITY_RULES
from app.analysis.rules.reported import REPORTED_RULES
from app.analysis.rules.thermal import THERMAL_RULES
from app.analysis.rules.wear import ONLY_SPARE, WEAR_NAMES, WEAR_RULES
from app.analysis.rules.wear_out import WEAR_OUT_RULE
from app.analysis.rules.window_rules import WindowRule, with_since
from graph.ontology import smart
from graph.ontology.model import Finding
from graph.windows import DEFINITION_VERSION

DRIVE_RULES: tuple[Rule, ...] = (
    *REPORTED_RULES,
    *MEDIA_RULES,
    *WEAR_RULES,
    WEAR_OUT_RULE,
    *THERMAL_RULES,
    *QUALITY_RULES,
)
RULES: tuple[Rule, ...] = (*DRIVE_RULES, *HOT_SPOT_RULES, FIRMWARE_RULE)
# Moves by hand with what the engine does; the digest moves with any rule.
ENGINE_VERSION = "1.1"
Progress = Callable[[str, int, int | None], None]


def rule_base_version() -> str:
    """Version of the rule base: that of the engine and a digest of all rules, versions and limits."""
    lines = [
        f"{rule.name} {rule.version} {[(limit.severity.value, limit.value, limit.source) for limit in rule.limits]}"
        for rule in sorted(RULES, key=lambda rule: rule.name)
    ]
    text = "\n".join([*lines, f"windows {DEFINITION_VERSION}"])
    return f"{ENGINE_VERSION}.{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def attributes_read() -> tuple[str, ...]:
    """Keys of all attributes that any rule reads, and of those that tell flash from disks."""
    keys = {key for rule in RULES for key in rule.attributes}
    keys |= {key for name in FLASH_COLUMNS if (key := smart.key_of(name))}
    return tuple(sorted(keys))


def find_all(inputs: Inputs, progress: Progress | None = None) -> list[Finding]:
    """Run the rule base over a fleet.

    Args:
        inputs: The fleet.
        progress: Called with stage, rules done and rules in all.

    Returns:
        Findings sorted by key; the same for the same readings, whatever store the fleet stands in.
    """
    found: list[Finding] = []
    for done, rule in enumerate(DRIVE_RULES):
        if progress:
            progress("rules", done, len(RULES))
        found += collapsed(rule, rule.find(inputs), inputs)
    found = _without_repeats(found)
    window_rules = {rule.name: rule for rule in DRIVE_RULES if isinstance(rule, WindowRule)}
    found = with_since(found, window_rules, inputs)
    judged = judged_drives(inputs, found)
    for spot_rule in HOT_SPOT_RULES:
        found += spot_rule.find_groups(inputs, judged)
    found += FIRMWARE_RULE.find_groups(inputs, judged)
    if progress:
        progress("rules", len(RULES), len(RULES))
    return sorted(found, key=lambda finding: finding.key)


# Of two rules that speak of one cause, the one that says more: rule, those that make it unnecessary.
TOLD_BY = {
    "temp-trend": ("temp-step", "temp-cohort"),
    "temp-step": ("temp-cohort",),
    "overall-failed": ("critical-warning", "below-threshold"),
    "scsi-uncorrected-level": ("scsi-uncorrected-rise",),
    "grown-defects-level": ("realloc-rise",),
    "media-error-level": ("media-error-rise",),
    "pending-level": ("pending-rise",),
    "uncorrectable-level": ("uncorrectable-rise",),
    **dict.fromkeys(WEAR_NAMES, ("wear-out-date",)),
    # What smartctl decoded is not told beside the vendor's attribute that it comes from.
    "wear": ("wear-out-date", *(name for name in WEAR_NAMES if name != "wear")),
}
# What is below the device's threshold is not told again by a rule with limits of ours on the same attribute.
SAME_ATTRIBUTE = (*WEAR_NAMES, "spare-low-ata", "realloc-level")


def _without_repeats(findings: list[Finding]) -> list[Finding]:
    """Leave out what another finding on the same drive, at least as bad, already tells."""
    ranks = {(finding.subject, finding.rule): finding.severity.rank for finding in findings}
    below = {(item.subject, item.attribute): item.severity.rank for item in findings if item.rule == "below-threshold"}

    def is_told(finding: Finding) -> bool:
        told = [ranks.get((finding.subject, rule)) for rule in TOLD_BY.get(finding.rule, ())]
        if finding.rule in SAME_ATTRIBUTE:
            told.append(below.get((finding.subject, finding.attribute)))
        if finding.rule == "critical-warning" and finding.short == ONLY_SPARE:
            told.append(ranks.get((finding.subject, "spare-low")))
        return any(rank is not None and rank <= finding.severity.rank for rank in told)

    return [finding for finding in findings if not is_told(finding)]
