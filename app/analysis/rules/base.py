"""The rule base as a whole: all rules, its version, and one function that runs it over a fleet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from app.analysis.rules.inputs import FLASH_COLUMNS, Inputs
from app.analysis.rules.media import MEDIA_RULES
from app.analysis.rules.model import Rule
from app.analysis.rules.placement import FIRMWARE_RULE, HOT_SPOT_RULES, collapsed, judged_drives
from app.analysis.rules.quality import QUALITY_RULES
from app.analysis.rules.thermal import THERMAL_RULES
from app.analysis.rules.wear import WEAR_RULES
from app.analysis.rules.window_rules import WindowRule, with_since
from graph.ontology import smart
from graph.ontology.model import Finding
from graph.windows import DEFINITION_VERSION

DRIVE_RULES: tuple[Rule, ...] = (*MEDIA_RULES, *WEAR_RULES, *THERMAL_RULES, *QUALITY_RULES)
RULES: tuple[Rule, ...] = (*DRIVE_RULES, *HOT_SPOT_RULES, FIRMWARE_RULE)
# Moves by hand with what the engine does; the digest moves with any rule.
ENGINE_VERSION = "1.0"
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


def _without_repeats(findings: list[Finding]) -> list[Finding]:
    """Leave out the trend where the step, and the step where the cohort, already tells of the same warm drive."""
    told = {(finding.subject, finding.rule) for finding in findings}
    implied = {"temp-trend": ("temp-step", "temp-cohort"), "temp-step": ("temp-cohort",)}
    return [
        finding
        for finding in findings
        if not any((finding.subject, stronger) in told for stronger in implied.get(finding.rule, ()))
    ]
