"""A fleet in numbers: failure rates with exact intervals, survival, verdicts and findings."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from app.analysis import wording
from app.analysis.alarms import LEVELS, WEEKS, alarm_rate
from app.analysis.assess import Writing, ensure_assessed
from app.analysis.filters import Filters, apply_filters
from app.analysis.fleet_data import load_fleet, resolve_fleet, stored_findings, with_known_models
from app.analysis.fleet_table import judged_fleet
from app.analysis.rates import annualised_failure_rate, rates_by, rates_by_age
from app.analysis.results import FindingRow, FleetDescription
from app.analysis.rules.base import RULES, Progress, rule_base_version
from app.analysis.survival import survival_by_model
from graph.ontology.model import Severity, findings_sha256
from graph.ports import GraphStore
from graph.readings import ReadingsLake

TERABYTE = 1e12
# Where more of the failures than this are of drives nobody watched, the days watched are not their denominator.
MOST_UNWATCHED = 0.05


def describe_fleet(
    store: GraphStore,
    lake: ReadingsLake,
    fleet: str | None = None,
    filters: Filters | None = None,
    new_since: date | None = None,
    *,
    level: Severity = Severity.RED,
    weeks: int = WEEKS,
    writing: Writing | None = None,
    progress: Progress | None = None,
) -> FleetDescription:
    """Describe a fleet, assessing it first where its findings are older than its data or the rule base.

    Args:
        store: The graph.
        lake: The daily readings.
        fleet: Name; needed where there are several.
        filters: As ``parse_filters`` gives them. Rates, survival and counts of drives ignore a verdict filter, since
            it selects on the outcome; verdicts and findings follow it.
        new_since: Only findings whose episode began on or after this day: the first day from which on assessments
            found it at least this bad without a break, and where the data do not tell, the last day of data when it
            was first found. What began earlier and goes on is not new, what was over and began anew is.
        level: Of ``alarms``: red, or amber for amber and red.
        weeks: Weeks of ``alarms``, up to the last day of data.
        writing: Opens the workspace's write lock where the fleet must be assessed first; None: the caller holds it.
        progress: As for ``assess_fleet``.

    Returns:
        The description; findings are the open ones, on drives and on what holds them.

    Raises:
        InputError: Unknown fleet or filter.
    """
    chosen = filters or {}
    name, synthetic = resolve_fleet(store, fleet, chosen)
    ensure_assessed(store, lake, name, writing=writing, progress=progress)
    data = load_fleet(store, name, synthetic)
    findings = stored_findings(store, name)
    others = with_known_models(store, data, {key: chosen[key] for key in chosen if key != "fleet"})
    everything = judged_fleet(data, lake, findings)
    drives = with_ages(apply_filters(everything, others, with_verdict=False))
    shown = apply_filters(everything, others, with_verdict=True)
    if others:
        findings = _of_drives(findings, shown)
    if new_since:
        findings = [row for row in findings if row.begun_day and row.begun_day >= new_since]
    observed = drives[drives["drive_days"] > 0]
    drive_days = int(observed["drive_days"].sum())
    reason = rate_reason(drives)
    rate, low, high = annualised_failure_rate(int(observed["num_failures"].sum()), 0 if reason else drive_days)
    verdicts = shown["verdict"].value_counts()
    answered = shown.loc[shown["alarm"].ne(shown["verdict"]), "verdict"].value_counts()
    capacities = drives["capacity_bytes"].map(lambda size: _capacity(size) if size else None)
    rated = drives.iloc[:0] if reason else drives
    return FleetDescription(
        fleet=name,
        synthetic=synthetic,
        drives=len(drives),
        failures=int(drives["num_failures"].sum()),
        **_places(store, name, drives if others else None),
        drive_days=drive_days,
        afr_percent=rate,
        afr_low=low,
        afr_high=high,
        afr_reason=reason,
        models=rates_by(drives, "model", is_rated=not reason),
        capacities=rates_by(drives.assign(capacity=capacities), "capacity", is_rated=not reason),
        age_bands=rates_by_age(rated),
        survival=survival_by_model(rated),
        verdicts={severity.value: int(verdicts.get(severity.value, 0)) for severity in Severity},
        findings=findings,
        findings_sha256=findings_sha256((row.key, row.statement) for row in findings),
        store_version=data.store_version,
        data_time=data.data_time,
        rule_base_version=rule_base_version(),
        num_rules=len(RULES),
        answered={severity.value: int(answered.get(severity.value, 0)) for severity in LEVELS},
        alarms=alarm_rate(store, name, drives, data.data_time, level, weeks),
    )


def rate_reason(drives: pd.DataFrame) -> str | None:
    """Why no failure rate can be given, or None where one can."""
    if not int(drives["drive_days"].sum()):
        return "No drive-day was observed: these drives are known from failure tickets only."
    failures = int(drives["num_failures"].sum())
    unwatched = int(drives.loc[drives["drive_days"] == 0, "num_failures"].sum())
    if unwatched > MOST_UNWATCHED * failures:
        return (
            f"{unwatched:,} of {failures:,} failures are of drives without any observed day, so the drive-days "
            "observed are not the exposure of these failures."
        )
    return None


def with_ages(drives: pd.DataFrame) -> pd.DataFrame:
    """Add ``entry_age_days`` and ``exit_age_days``: power-on age when a drive came under observation and left it.

    The age at the last reading is known from power-on hours; the drive entered as many days younger as lie between
    its first and last day, which holds whatever the hours did in between.
    """
    first, last = pd.to_datetime(drives["first_day"]), pd.to_datetime(drives["last_day"])
    span = (last - first).dt.days + 1
    return drives.assign(
        exit_age_days=drives["age_days"].where(drives["age_days"].ge(0)),
        entry_age_days=np.maximum(drives["age_days"] - span, 0.0),
    )


def _capacity(size: float) -> str:
    """``3.84 TB``."""
    return f"{wording.number(size / TERABYTE)} TB"


def _places(store: GraphStore, fleet: str, drives: pd.DataFrame | None) -> dict[str, int]:
    """Numbers of hosts, racks and rooms: of the whole fleet, or of those that hold some drives now."""
    key = {"fleet": f"fleet:{fleet}"}
    if drives is None:
        counts = store.query("fleet_counts", key).records()[0]
        return {name: int(counts[name]) for name in ("hosts", "racks", "rooms")}
    racks = set(drives["rack_key"].dropna())
    rooms = {row["room"] for row in store.query("rooms_of_racks", key).records() if row["rack"] in racks}
    return {"hosts": int(drives["host_key"].nunique()), "racks": len(racks), "rooms": len(rooms)}


def _of_drives(findings: list[FindingRow], drives: pd.DataFrame) -> list[FindingRow]:
    """Findings on these drives and on the racks, hosts, rooms and models that hold them."""
    keys = set(drives.index)
    for column in ("rack_key", "host_key", "room_key", "model_key"):
        keys |= set(drives[column].dropna())
    return [row for row in findings if row.subject in keys]
