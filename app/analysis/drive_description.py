"""One drive: verdict and reason, findings, readings, and the path from the worst finding to its source."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from app.analysis import wording
from app.analysis.answers import with_answers
from app.analysis.assess import Writing, ensure_assessed
from app.analysis.drive_history import drive_changes, drive_log
from app.analysis.drive_results import DriveDescription, PathNode
from app.analysis.drive_series import attribute_series
from app.analysis.fleet_data import PLACES, finding_row, worst_first
from app.analysis.latest import latest_readings
from app.analysis.literature import drive_literature
from app.analysis.literature_drive import literature_path
from app.analysis.results import FindingRow
from app.analysis.rules.base import RULES, Progress, attributes_read, rule_base_version
from app.analysis.rules.inputs import Inputs, load_inputs
from app.analysis.rules.window_rules import WindowRule
from app.analysis.verdicts import unread_reason, verdict_of
from graph.errors import InputError, nearest
from graph.ontology import smart
from graph.ontology.model import Severity
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.stored import current_manifest, ingest_runs

MOST_NAMED = 5


def describe_drive(
    store: GraphStore,
    lake: ReadingsLake,
    drive_id: str,
    *,
    writing: Writing | None = None,
    progress: Progress | None = None,
) -> DriveDescription:
    """Describe a drive, assessing its fleet first where that is out of date.

    Args:
        store: The graph.
        lake: The daily readings.
        drive_id: Key or serial number.
        writing: Opens the workspace's write lock where the fleet must be assessed; None: the caller holds it.
        progress: As for ``assess_fleet``.

    Raises:
        InputError: No drive has this key or serial, or several have the serial.
    """
    key = resolve_drive(store, drive_id)
    record = store.query("drive", {"drive": key}).records()[0]
    fleet = str(record["fleet"]).removeprefix("fleet:")
    ensure_assessed(store, lake, fleet, writing=writing, progress=progress)
    version = store.version()
    drives = pd.DataFrame([record]).set_index("drive").rename_axis("drive_key")
    manifest = current_manifest(ingest_runs(store), fleet)
    readings = lake.readings([manifest]) if manifest else None
    own = readings.filter(readings.drive_key == key) if readings is not None else None
    latest = latest_readings(own, drives, lake.connection).iloc[0]
    frame = pd.DataFrame() if own is None else lake.connection.to_pandas(own).sort_values("day", ignore_index=True)
    inputs = None if own is None or frame.empty else load_inputs(fleet, drives, own, lake.connection, attributes_read())
    findings = _findings(store, fleet, key)
    facts = _facts(store, key, record, latest)
    verdict = verdict_of(findings, is_read=bool(latest["is_read"]))
    return DriveDescription(
        drive=str(record["serial"]),
        key=key,
        fleet=fleet,
        synthetic=bool(record["synthetic"]),
        model=str(record["model"]),
        facts=facts,
        verdict=verdict,
        verdict_reason=_reason(findings, facts, verdict),
        since_day=findings[0].since_day if findings else None,
        before=_before(findings, inputs),
        findings=findings,
        series=attribute_series(frame, drives, findings),
        evidence_path=_evidence_path(store, findings[0]) if findings else [],
        store_version=version,
        data_time=_data_time(store, fleet),
        rule_base_version=rule_base_version(),
        num_rules=len(RULES),
        changes=drive_changes(store, key),
        logs=drive_log(store, key),
        literature=drive_literature(store, key),
    )


def resolve_drive(store: GraphStore, drive_id: str) -> str:
    """Key of the drive meant by a key or a serial number; a key may name the model as one of the sources does.

    Raises:
        InputError: There is none, or the serial is borne by several drives.
    """
    if drive_id.startswith("drive:"):
        if store.query("drive", {"drive": drive_id}).rows:
            return drive_id
        named = store.query("drives_by_alias", {"alias": drive_id.replace("drive:", "alias:", 1)}).records()
        if len(named) == 1:
            return str(named[0]["drive"])
        serial = drive_id.rsplit(":", 1)[-1]
    else:
        serial = drive_id
    found = store.query("drives_by_serial", {"serial": serial}).records()
    if drive_id != serial or not found:
        known = [row["drive"] for row in found] or [row["serial"] for row in store.query("serials").records()]
        raise InputError(f"Drive '{drive_id}': there is none with this key or serial number.{nearest(drive_id, known)}")
    if len(found) > 1:
        keys = ", ".join(str(row["drive"]) for row in found[:MOST_NAMED])
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise InputError(f"Drive '{drive_id}': {len(found)} drives bear this serial number. Name one: {keys}{more}.")
    return str(found[0]["drive"])


def _findings(store: GraphStore, fleet: str, key: str) -> list[FindingRow]:
    records = store.query("drive_findings", {"drive": key}).records()
    open_ones = [record for record in records if record["status"] == "open"]
    rows = [finding_row({**record, "subject": key, "subject_label": "Drive"}) for record in open_ones]
    return worst_first(with_answers(store, fleet, rows))


def _facts(store: GraphStore, key: str, record: dict[str, Any], latest: pd.Series) -> dict[str, Any]:
    age = latest["age_days"]
    facts: dict[str, Any] = {
        "vendor": record["vendor"],
        "capacity_bytes": record["capacity_bytes"],
        "medium": record["medium"],
        "model_key": f"model:{record['model']}",
        "age_days": None if pd.isna(age) else round(float(age), 1),
        "first_day": record["first_day"],
        "last_day": record["last_day"],
        "drive_days": record["drive_days"],
        "num_readings": int(latest["num_readings"]),
        "last_reading": latest["last_reading"],
        "room": None,
        "site": None,
        "failure_day": None,
        "failure_status": None,
    }
    facts |= dict.fromkeys((*PLACES.values(), *(f"{name}_key" for name in PLACES.values())))
    for row in store.query("drive_places", {"drive": key}).records():
        if row["relation"] == "HAS_FAILURE":
            is_back = row["status"] == "retired" and record["last_day"] is not None and row["day"] < record["last_day"]
            if facts["failure_status"] != "failed" and not is_back:
                facts |= {"failure_day": row["day"], "failure_status": row["status"]}
        elif facts[PLACES[row["relation"]]] is None or row["valid_to"] is None:
            name = PLACES[row["relation"]]
            facts |= {name: row["name"], f"{name}_key": row["place"]}
            if row["room"]:
                facts |= {"room": row["room"], "site": row["site"]}
    return facts


def _reason(findings: list[FindingRow], facts: dict[str, Any], verdict: Severity) -> str:
    """One sentence: the worst finding, or why there is none."""
    status = str(facts["failure_status"] or "").replace("_", " ")
    ended = f" {status.capitalize()} on {facts['failure_day']}." if status else ""
    if findings:
        return findings[0].statement + ended
    if verdict is Severity.UNKNOWN:
        days = facts["num_readings"]
        return (f"{unread_reason(days)}." if days else "This drive was never read.") + ended
    return f"No finding in {facts['num_readings']:,} readings up to {facts['last_reading']}.{ended}"


def _before(findings: list[FindingRow], inputs: Inputs | None) -> str:
    """How long a milder severity of the same rule had held before the verdict, where that can be told."""
    worst = findings[0] if findings else None
    if inputs is None or worst is None or worst.severity is not Severity.RED or not worst.since_day:
        return ""
    rule = next((item for item in RULES if item.name == worst.rule), None)
    if not isinstance(rule, WindowRule) or worst.attribute is None:
        return ""
    history = inputs.history([worst.subject], [rule.column(worst.attribute)])
    flash = bool(inputs.is_flash[worst.subject])
    amber = rule.since_severity(Severity.AMBER, worst.attribute, history, flash=flash)
    if amber is None or amber >= worst.since_day:
        return ""
    return f"Before that amber for {wording.days((worst.since_day - amber).days)}."


def _evidence_path(store: GraphStore, finding: FindingRow) -> list[PathNode]:
    """Finding, window, attribute, what a bad value of it points to, and the strongest evidence about that."""
    path = [PathNode("HealthFinding", finding.key, finding.short, "")]
    for item in finding.evidence[:1]:
        detail = item.detail
        name = f"{detail.get('first_day')} to {detail.get('last_day')}, {detail.get('num_readings')} readings"
        path.append(PathNode("TelemetryWindow", item.ref, name, "CITES"))
    if finding.attribute:
        rows = store.query("attribute_meaning", {"attribute": finding.attribute}).records()
        shown = f"{finding.attribute} {smart.attribute(finding.attribute).name}"
        path.append(PathNode("SmartAttribute", finding.attribute, shown, "READS"))
        known = literature_path(store, finding.attribute)
        if known:
            return path + known
        for label, relation, column in (("Mechanism", "INDICATES", "mechanism"), ("Metric", "MEASURES", "metric")):
            row = next((item for item in rows if item[column]), None)
            if row:
                path.append(PathNode(label, row[column], row[f"{column}_name"], relation))
                break
    return path


def _data_time(store: GraphStore, fleet: str) -> date | None:
    days = [row["last_day"] for row in store.query("fleets").records() if row["name"] == fleet]
    return days[0] if days else None
