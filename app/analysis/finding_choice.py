"""Which findings there are to answer, and which of them a person means."""

from __future__ import annotations

from dataclasses import dataclass

from app.analysis.assess import Writing, ensure_assessed
from app.analysis.drive_description import resolve_drive
from app.analysis.fleet_data import (
    drives_out_of_service,
    fleet_names,
    resolve_fleet,
    stored_findings,
    worst_first,
)
from app.analysis.results import FindingRow, Jsonable
from app.analysis.rules.base import Progress
from graph.errors import InputError, nearest
from graph.ontology.model import Severity
from graph.ports import GraphStore
from graph.readings import ReadingsLake

LEVELS = {"red": (Severity.RED,), "amber": (Severity.RED, Severity.AMBER)}
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class FindingList(Jsonable):
    """Open findings of a fleet, or of all, worst first.

    Args:
        fleet: Name of the fleet; None for all fleets.
        findings: Those listed.
        answered: Open findings at least as bad as the level to which an answer holds, listed or not.
        out_of_service: Those on drives that failed, were retired or were lost sight of, listed or not.
        store_version: Version read.
    """

    fleet: str | None
    findings: list[FindingRow]
    answered: int
    out_of_service: int
    store_version: int


def list_findings(
    store: GraphStore,
    lake: ReadingsLake,
    fleet: str | None = None,
    *,
    level: str = "amber",
    with_answered: bool = False,
    writing: Writing | None = None,
    progress: Progress | None = None,
) -> FindingList:
    """Open findings at least as bad as a level, worst first, assessing fleets that are out of date.

    Args:
        store: The graph.
        lake: The daily readings.
        fleet: Name; None for all fleets.
        level: ``red``, ``amber`` (amber and red) or ``all`` (informative ones too).
        with_answered: Also those to which an answer holds, and those on drives out of service.
        writing: Opens the workspace's write lock where a fleet must be assessed; None: the caller holds it.
        progress: As for ``assess_fleet``.

    Raises:
        InputError: No such fleet.
    """
    names = [resolve_fleet(store, fleet, {})[0]] if fleet else list(fleet_names(store))
    rows: list[FindingRow] = []
    gone: set[str] = set()
    for name in names:
        ensure_assessed(store, lake, name, writing=writing, progress=progress)
        rows += stored_findings(store, name)
        gone |= drives_out_of_service(store, name)
    wanted = worst_first([row for row in rows if level == "all" or row.severity in LEVELS[level]])
    shown = [row for row in wanted if with_answered or not (row.is_answered or row.subject in gone)]
    answered = sum(row.is_answered for row in wanted)
    out_of_service = sum(row.subject in gone for row in wanted)
    return FindingList(fleet, shown, answered, out_of_service, store.version())


def choose_finding(
    store: GraphStore,
    lake: ReadingsLake,
    finding_id: str,
    rule: str | None = None,
    *,
    writing: Writing | None = None,
    progress: Progress | None = None,
) -> tuple[str, FindingRow]:
    """The open finding that a person means, and the name of its fleet.

    Args:
        store: The graph.
        lake: The daily readings.
        finding_id: Key of a finding, also one of an earlier day whose rule still holds on the same subject; or the
            drive's serial number or key, or the key of a rack, host, model, room or fleet.
        rule: Name of the rule; needed where the subject has several findings.
        writing: As for ``list_findings``.
        progress: As for ``assess_fleet``.

    Raises:
        InputError: There is no such finding, it is resolved, or several are meant; names the nearest.
    """
    by_fleet: list[tuple[str, FindingRow]] = []
    for name in fleet_names(store):
        ensure_assessed(store, lake, name, writing=writing, progress=progress)
        by_fleet += [(name, row) for row in stored_findings(store, name)]
    if not by_fleet:
        raise InputError("No finding is open in this workspace, so there is nothing to answer.")
    if finding_id.startswith("finding:"):
        return _by_key(store, finding_id, by_fleet)
    subjects = {row.subject for _, row in by_fleet}
    subject = finding_id if finding_id in subjects else None
    if subject is None and ":" in finding_id and not finding_id.startswith("drive:"):
        named = nearest(finding_id, sorted(subjects))
        raise InputError(f"'{finding_id}': no finding is open on anything of this key.{named}")
    subject = subject or resolve_drive(store, finding_id)
    own = [(name, row) for name, row in by_fleet if row.subject == subject]
    rules = sorted({row.rule for _, row in own})
    if not own:
        raise InputError(f"'{finding_id}': no finding is open on it, so there is nothing to answer.")
    if rule is not None:
        own = [(name, row) for name, row in own if row.rule == rule]
        if not own:
            raise InputError(
                f"'{finding_id}' has no open finding of rule '{rule}'.{nearest(rule, rules)} Open: {', '.join(rules)}."
            )
    if len(own) > 1:
        shown = ", ".join(rules[:MOST_NAMED])
        raise InputError(
            f"'{finding_id}' has {len(own)} open findings. Name the rule after it, for example "
            f"'{finding_id} {rules[0]}'. Open: {shown}."
        )
    return own[0]


def _by_key(store: GraphStore, key: str, by_fleet: list[tuple[str, FindingRow]]) -> tuple[str, FindingRow]:
    for name, row in by_fleet:
        if row.key == key:
            return name, row
    stored = store.query("finding", {"finding": key}).records()
    if not stored:
        raise InputError(f"'{key}': there is no such finding.{nearest(key, [row.key for _, row in by_fleet])}")
    # The window moves with every day of data; what was copied yesterday means today's finding of the same rule.
    pair = (stored[0]["subject"], stored[0]["rule"])
    for name, row in by_fleet:
        if name == stored[0]["fleet"] and (row.subject, row.rule) == pair:
            return name, row
    resolved = stored[0]["resolved_at"]
    raise InputError(
        f"'{key}': this finding is resolved{f' since {resolved:%Y-%m-%d}' if resolved else ''}, "
        "so there is nothing to answer."
    )
