"""The page of all rules, written from the rules themselves: ``python -m app.analysis.rules.table > docs/rules.md``."""

from __future__ import annotations

import sys

from app.analysis import wording
from app.analysis.rules.base import RULES
from app.analysis.rules.model import HEURISTIC, Limit, Rule
from app.analysis.rules.window_rules import WindowRule
from graph.ontology import smart

HEAD = """# Rules

This page is generated from the code (`python -m app.analysis.rules.table > docs/rules.md`) and tested to be current.
Every finding comes from one of these rules; each is executed, tested, and names where its limit comes from. A limit
that cites no device field, standard or paper is a **heuristic** and is called so wherever it is shown.

How they work together:

- A rule looks at the drive's latest window of 30 days that ends with its own last reading, or at the days named.
- Counters count what they rose by in the window, so old errors that stand still are no finding, and a finding resolves
  once the rise lies more than 30 days back. A counter that fell more than once in the window is not read.
- Raw values that a vendor packs or counts in a unit of its own (Seagate's 188, temperatures with their extremes) are
  decoded first ([Decoding](decoding.md)). What cannot be decoded no rule reads: the raw values of 1 and 7, a packed
  value or one whose unit differs by vendor where the vendor is not known.
- What a counter stands at is a finding only where it says something by itself: spare, wear, uncorrected errors of SCSI
  drives, or as long as a drive was read too seldom for a rise to be seen.
- One cause is one finding: a rule that says more replaces one that says less, where it is at least as bad.
- Rules that test a hypothesis control the false discovery rate over the whole fleet, and demand a least effect.
- Where a fault of the data shows on more drives than the share given, its cause is the source: one finding on the
  fleet replaces those on the drives.
- A drive's verdict is its worst open finding: red, amber, unknown (not read), green.
"""


def page() -> str:
    """The page as Markdown."""
    rows = "\n".join(_row(rule) for rule in RULES)
    columns = "| rule | reads | test | limits | reason |\n|---|---|---|---|---|"
    return f"{HEAD}\n{len(RULES)} rules:\n\n{columns}\n{rows}\n"


def _row(rule: Rule) -> str:
    reads = rule.reads or ", ".join(f"`{key}` {smart.attribute(key).name}" for key in rule.attributes) or "no attribute"
    if isinstance(rule, WindowRule) and rule.normalized:
        reads += " (normalised values)"
    limits = [rule.limits_text] if rule.limits_text else [_limit(rule, limit) for limit in rule.limits]
    flash = getattr(rule, "flash_limits", None)
    if flash:
        limits += [f"flash: {_limit(rule, limit)}" for limit in flash]
    test = rule.test
    if rule.collapse_share is not None:
        test += f" One finding on the fleet above {wording.number(100 * rule.collapse_share)} % of the drives."
    cells = (f"`{rule.name}` {rule.version}", reads, test, "; ".join(limits), rule.reason)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _limit(rule: Rule, limit: Limit) -> str:
    source = "**heuristic**" if limit.source == HEURISTIC else limit.source
    bound = "down to" if isinstance(rule, WindowRule) and not rule.above else "from"
    return f"{limit.severity.value} {bound} {wording.measured(limit.value, rule.unit)} ({source})"


if __name__ == "__main__":
    sys.stdout.write(page())
