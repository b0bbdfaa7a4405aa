"""Running the rule base over a fleet and storing what it finds."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from app.analysis.fleet_data import FleetData, load_fleet, resolve_fleet, stored_findings
from app.analysis.results import Assessment, FindingRow, is_worse
from app.analysis.rules.base import Progress, attributes_read, find_all, rule_base_version
from app.analysis.rules.inputs import Inputs, load_inputs
from graph.ontology.model import Batch, Finding, NodeTable, RelationTable, findings_sha256
from graph.ports import GraphStore
from graph.readings import ReadingsLake

Writing = Callable[[], AbstractContextManager[None]]
CONTENT: dict[str, pa.DataType] = {
    "key": pa.string(),
    "name": pa.string(),
    "fleet": pa.string(),
    "subject": pa.string(),
    "subject_label": pa.string(),
    "rule": pa.string(),
    "rule_version": pa.int64(),
    "severity": pa.string(),
    "statement": pa.string(),
    "short": pa.string(),
    "attribute": pa.string(),
    "value": pa.float64(),
    "threshold": pa.float64(),
    "unit": pa.string(),
    "threshold_source": pa.string(),
    "method": pa.string(),
    "first_day": pa.date32(),
    "last_day": pa.date32(),
    "since_day": pa.date32(),
    "begun_day": pa.date32(),
    "evidence": pa.list_(pa.string()),
    "status": pa.string(),
}


def assess_fleet(store: GraphStore, lake: ReadingsLake, fleet: str, *, progress: Progress | None = None) -> Assessment:
    """Run the rule base over a fleet and store its findings as one run.

    A finding that is stored already is left as it is, one that no longer holds becomes resolved, so a second run over
    the same data changes nothing. The caller holds the workspace's write lock.

    Args:
        store: The graph.
        lake: The daily readings.
        fleet: Name of the fleet.
        progress: Called with a stage, what is done and of how much (None: unknown).

    Returns:
        What was found and what of it is new.

    Raises:
        InputError: There is no such fleet.
        StoreError: Store or readings cannot be reached.
    """
    started = time.perf_counter()
    tell = progress or (lambda stage, done, total: None)
    name, synthetic = resolve_fleet(store, fleet, {})
    tell("read fleet", 0, None)
    data = load_fleet(store, name, synthetic)
    tell("read readings", 0, None)
    inputs = fleet_inputs(store, lake, data)
    found = find_all(inputs, tell) if inputs else []
    tell("store findings", 0, None)
    stored = {row.key: row for row in stored_findings(store, name)}
    current = {finding.key for finding in found}
    version = _store_findings(store, data, found, stored)
    return Assessment(
        fleet=name,
        drives=len(data.drives),
        num_findings=len(found),
        added=len(current - set(stored)),
        resolved=len(set(stored) - current),
        by_severity=dict(sorted(Counter(finding.severity.value for finding in found).items())),
        by_rule=dict(sorted(Counter(finding.rule for finding in found).items())),
        findings_sha256=findings_sha256((finding.key, finding.statement) for finding in found),
        data_version=data_version(data),
        rule_base_version=rule_base_version(),
        store_version=version,
        seconds=time.perf_counter() - started,
    )


def ensure_assessed(
    store: GraphStore,
    lake: ReadingsLake,
    fleet: str,
    *,
    writing: Writing | None = None,
    progress: Progress | None = None,
) -> Assessment | None:
    """Assess a fleet where its data or the rule base are newer than its last assessment.

    Args:
        store: The graph.
        lake: The daily readings.
        fleet: Name of the fleet.
        writing: Opens the workspace's write lock; None where the caller holds it.
        progress: As for ``assess_fleet``.

    Returns:
        The new assessment, or None where the stored one stands.

    Raises:
        RefusedError: Another command is writing.
    """
    if is_assessed(store, fleet):
        return None
    with writing() if writing else nullcontext():
        # Another process may have assessed it while this one waited.
        return None if is_assessed(store, fleet) else assess_fleet(store, lake, fleet, progress=progress)


def is_assessed(store: GraphStore, fleet: str) -> bool:
    """Whether this rule base has run over the fleet since data last came in."""
    last = next((run for run in store.query("assessments").records() if run["fleet"] == fleet), None)
    if last is None or last["rule_base_version"] != rule_base_version():
        return False
    runs = [run for run in store.query("ingest_runs").records() if run["fleet"] == fleet]
    return all(run["completed_at"] <= last["completed_at"] for run in runs)


def fleet_inputs(store: GraphStore, lake: ReadingsLake, data: FleetData) -> Inputs | None:
    """What the rules look at, with the windows' hashes as the graph holds them; None where nothing was ever read."""
    readings = data.readings(lake)
    if readings is None:
        return None
    inputs = load_inputs(data.name, data.drives, readings, lake.connection, attributes_read())
    rows = store.query("windows_of_fleet", {"fleet": f"fleet:{data.name}"}).records()
    hashes = {(row["drive"], row["last_day"]): row["content_sha256"] for row in rows}
    stored = [hashes.get(pair) for pair in zip(inputs.windows.index, inputs.windows["last_day"], strict=True)]
    inputs.windows["content_sha256"] = pd.Series(stored, index=inputs.windows.index).fillna("")
    return inputs


def data_version(data: FleetData) -> str:
    """Fingerprint of the data assessed: readings, drives, failures."""
    failed = data.drives[["failure_day", "failure_status"]].dropna(how="all").to_csv()
    text = f"{data.manifest}\n{len(data.drives)}\n{data.data_time}\n{failed}"
    return hashlib.sha256(text.encode()).hexdigest()


def begun_day(finding: Finding, earlier: FindingRow | None) -> date:
    """Day on which a finding's episode began.

    Its window moves every day, and what the data tell of its beginning reaches back no further than the readings that
    the rules look at; so it is handed on from one assessment to the next for as long as the finding holds.

    Args:
        finding: As just found.
        earlier: What was open until now of the same rule on the same subject.
    """
    own = finding.since_day or finding.last_day
    if earlier is None or is_worse(finding.severity, earlier.severity):
        return own
    if finding.since_day is not None and finding.since_day > earlier.window.last_day:
        return own  # it was over in between, though no assessment saw that
    return min(own, earlier.begun_day or own)


def _store_findings(store: GraphStore, data: FleetData, found: list[Finding], stored: dict[str, FindingRow]) -> int:
    """Write findings, resolve those that no longer hold; returns the store version."""
    source = f"assess:{data.name}"
    fingerprint = hashlib.sha256(f"{source}\n{data_version(data)}\n{rule_base_version()}".encode()).hexdigest()
    run = store.begin_run("assess", source, fingerprint)
    now = datetime.now(UTC)
    held = {finding.key for finding in found}
    gone = {key: stored[key].short for key in sorted(stored) if key not in held}
    new = [finding for finding in found if finding.key not in stored]
    earlier = {(row.subject, row.rule): row for row in stored.values()}
    begun = {finding.key: begun_day(finding, earlier.get((finding.subject, finding.rule))) for finding in found}
    nodes = [
        _findings_table(data.name, [finding for finding in found if finding.key in stored], begun),
        _findings_table(data.name, new, begun, assessed_at=now),
        NodeTable("HealthFinding", _resolved(gone, now)),
    ]
    store.write(run, Batch(tuple(table for table in nodes if table.rows.num_rows), _relations(found)))
    return store.complete_run(run, {"fleet": data.name, "rule_base_version": rule_base_version()})


def _findings_table(
    fleet: str, findings: list[Finding], begun: dict[str, date], assessed_at: datetime | None = None
) -> NodeTable:
    rows: list[dict[str, Any]] = [
        {
            "key": item.key,
            "name": item.short,
            "fleet": fleet,
            "subject": item.subject,
            "subject_label": item.subject_label,
            "rule": item.rule,
            "rule_version": item.rule_version,
            "severity": item.severity.value,
            "statement": item.statement,
            "short": item.short,
            "attribute": item.attribute,
            "value": item.value,
            "threshold": item.threshold,
            "unit": item.unit,
            "threshold_source": item.threshold_source,
            "method": item.claim.method,
            "first_day": item.first_day,
            "last_day": item.last_day,
            "since_day": item.since_day,
            "begun_day": begun[item.key],
            "evidence": [
                json.dumps({"kind": part.kind, "ref": part.ref, "detail": part.detail}, sort_keys=True)
                for part in item.claim.evidence
            ],
            "status": "open",
        }
        for item in findings
    ]
    table = pa.Table.from_pylist(rows, schema=pa.schema(CONTENT))
    if assessed_at is not None:
        times = pa.array([assessed_at] * len(rows), pa.timestamp("us", tz="UTC"))
        table = table.append_column("assessed_at", times)
    return NodeTable("HealthFinding", table)


def _resolved(names: dict[str, str], now: datetime) -> pa.Table:
    status = pa.array(["resolved"] * len(names), pa.string())
    times = pa.array([now] * len(names), pa.timestamp("us", tz="UTC"))
    keys, shown = pa.array(names.keys(), pa.string()), pa.array(names.values(), pa.string())
    return pa.table({"key": keys, "name": shown, "status": status, "resolved_at": times})


def _relations(findings: list[Finding]) -> tuple[RelationTable, ...]:
    """FOUND_ON, CITES and CONCERNS, one table a pair of labels."""
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for item in findings:
        pairs.setdefault(("FOUND_ON", item.subject_label), []).append((item.key, item.subject))
        for part in item.claim.evidence:
            pairs.setdefault(("CITES", "TelemetryWindow"), []).append((item.key, part.ref))
        if item.attribute:
            pairs.setdefault(("CONCERNS", "SmartAttribute"), []).append((item.key, item.attribute))
    return tuple(
        RelationTable(
            relation,
            "HealthFinding",
            label,
            pa.table({"head": [head for head, _ in rows], "tail": [tail for _, tail in rows]}),
        )
        for (relation, label), rows in sorted(pairs.items())
    )
