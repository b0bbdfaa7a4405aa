"""One drive: verdict and reason, findings, readings, and the path from the worst finding to its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from app.analysis import wording
from app.analysis.answers import with_answers
from app.analysis.assess import Writing, ensure_assessed
from app.analysis.fleet_data import PLACES, finding_row, worst_first
from app.analysis.latest import latest_readings
from app.analysis.results import AttributeSeries, DriveDescription, FindingRow, PathNode
from app.analysis.rules.base import RULES, Progress, attributes_read, rule_base_version
from app.analysis.rules.inputs import WINDOW_DAYS, Inputs, load_inputs
from app.analysis.rules.thermal import PLAUSIBLE_CELSIUS, TEMPERATURES
from app.analysis.rules.window_rules import WindowRule
from app.analysis.verdicts import unread_reason, verdict_of
from graph.errors import InputError, nearest
from graph.ontology import smart
from graph.ontology.meaning import NOT_DECODED, Meaning, decoded, meaning_of
from graph.ontology.model import Severity
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.stored import current_manifest, ingest_runs

SERIES_DAYS = 90
MOST_NAMED = 5
# Shown after the attributes that have findings, in this order, before all others.
SHOWN_FIRST = (
    "smart:ata:5", "smart:scsi:grown_defects", "smart:nvme:media_errors", "smart:ata:187", "smart:nvme:temperature",
    "smart:ata:194", "smart:nvme:percentage_used", "smart:nvme:available_spare", "smart:ata:177", "smart:ata:197",
    "smart:nvme:data_units_written", "smart:ata:241", "smart:ata:9", "smart:nvme:power_on_hours", "smart:ata:199",
)  # fmt: skip


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
        series=_series(frame, drives, findings),
        evidence_path=_evidence_path(store, findings[0]) if findings else [],
        store_version=version,
        data_time=_data_time(store, fleet),
        rule_base_version=rule_base_version(),
        num_rules=len(RULES),
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
            if facts["failure_status"] != "failed":
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


def _series(frame: pd.DataFrame, drives: pd.DataFrame, findings: list[FindingRow]) -> list[AttributeSeries]:
    if frame.empty:
        return []
    frame = frame.copy()
    frame["day"] = pd.to_datetime(frame["day"]).dt.date
    frame = frame[frame["day"] > frame["day"].iloc[-1] - timedelta(days=SERIES_DAYS)]
    model, told = str(drives["model"].iloc[0]), drives["vendor"].iloc[0]
    vendor = told if isinstance(told, str) else None
    found: dict[str, AttributeSeries] = {}
    for column in frame.columns:
        key = smart.key_of(column)
        if key is None or not frame[column].notna().any():
            continue
        meaning = meaning_of(key, model=model, vendor=vendor)
        shown = column
        if meaning.kind == "normalized":
            # The raw value of these is the vendor's secret; the normalised one counts.
            shown = f"{column}_normalized"
            if shown not in frame or not frame[shown].notna().any():
                continue
        else:
            result = decoded(key, frame[column], model=model, vendor=vendor)
            if result.decoder != NOT_DECODED:  # what cannot be decoded is shown as it is, without a unit
                frame[column] = result.values
            else:
                meaning = replace(meaning, unit="unit:UNITLESS", unit_label="")
        found[key] = _one_series(key, meaning, frame[["day", shown]].dropna(), findings)
    told = [row.attribute for row in findings if row.attribute in found]
    order = dict.fromkeys([*told, *(key for key in SHOWN_FIRST if key in found), *found])
    return [found[str(key)] for key in order]


def _one_series(
    key: str, meaning: Meaning, rows: pd.DataFrame, findings: list[FindingRow]
) -> AttributeSeries:
    days, values = list(rows["day"]), rows.iloc[:, 1].to_numpy(dtype=float)
    if key in TEMPERATURES:
        plausible = (values > PLAUSIBLE_CELSIUS[0]) & (values < PLAUSIBLE_CELSIUS[1])
        days, values = [day for day, good in zip(days, plausible, strict=True) if good], values[plausible]
    unit = {"unit:UNITLESS": ""}.get(meaning.unit, meaning.unit_label)
    threshold, label = _threshold(key, days, values, findings, unit)
    own = [row.severity for row in findings if row.attribute == key]
    month = [value for day, value in zip(days, values, strict=True) if day > days[-1] - timedelta(days=WINDOW_DAYS)]
    falls = np.flatnonzero(np.diff(values) < 0) + 1 if meaning.kind == "cumulative" else np.array([], dtype=int)
    return AttributeSeries(
        attribute=key,
        name=meaning.name,
        unit=unit,
        days=days,
        values=[float(value) for value in values],
        threshold=threshold,
        threshold_label=label,
        severity=min(own, key=lambda severity: severity.rank) if own else None,
        change=float(month[-1] - month[0]) if len(month) > 1 else None,
        resets=[days[index] for index in falls],
    )


def _threshold(
    key: str, days: list[date], values: np.ndarray, findings: list[FindingRow], unit: str
) -> tuple[float | None, str | None]:
    """The line that the worst finding on an attribute was held against, in the attribute's own unit.

    For a rule on a rise that line is the lowest value of the window plus the limit.
    """
    row = next((item for item in findings if item.attribute == key and item.threshold is not None), None)
    rule = next((item for item in RULES if row and item.name == row.rule), None)
    if row is None or row.threshold is None or not len(values):
        return None, None
    if isinstance(rule, WindowRule) and rule.rises:
        inside = [value for day, value in zip(days, values, strict=True) if day >= row.window.first_day]
        if not inside or not rule.above:
            return None, None
        return float(min(inside)) + row.threshold, f"limit +{wording.number(row.threshold)} in {rule.days} d"
    if isinstance(rule, WindowRule) and rule.measure.__name__ == "used_up":
        return 100 - row.threshold, f"limit {wording.measured(100 - row.threshold, unit)}"
    if row.rule in ("temp-limit", "spare-low") or (isinstance(rule, WindowRule) and not rule.rises):
        return row.threshold, f"limit {wording.measured(row.threshold, row.unit)}"
    return None, None


def _evidence_path(store: GraphStore, finding: FindingRow) -> list[PathNode]:
    """Finding, the window it cites, the attribute read there, and what a bad value of it points to."""
    path = [PathNode("HealthFinding", finding.key, finding.short, "")]
    for item in finding.evidence[:1]:
        detail = item.detail
        name = f"{detail.get('first_day')} to {detail.get('last_day')}, {detail.get('num_readings')} readings"
        path.append(PathNode("TelemetryWindow", item.ref, name, "CITES"))
    if finding.attribute:
        rows = store.query("attribute_meaning", {"attribute": finding.attribute}).records()
        shown = f"{finding.attribute} {smart.attribute(finding.attribute).name}"
        path.append(PathNode("SmartAttribute", finding.attribute, shown, "READS"))
        for label, relation, column in (("Mechanism", "INDICATES", "mechanism"), ("Metric", "MEASURES", "metric")):
            row = next((item for item in rows if item[column]), None)
            if row:
                path.append(PathNode(label, row[column], row[f"{column}_name"], relation))
                break
    return path


def _data_time(store: GraphStore, fleet: str) -> date | None:
    days = [row["last_day"] for row in store.query("fleets").records() if row["name"] == fleet]
    return days[0] if days else None
