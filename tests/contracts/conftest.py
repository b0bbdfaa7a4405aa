"""A small graph with one of everything the catalogue's examples name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from stored_literature import literature

from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import GraphStore

DAY = date(2024, 5, 1)
NOW = datetime(2024, 5, 2, 12, 30, 0, 123456, tzinfo=UTC)


def nodes(label: str, rows: list[dict[str, Any]]) -> NodeTable:
    return NodeTable(label, pa.Table.from_pylist([{"name": row["key"], **row} for row in rows]))


def relations(relation: str, head: str, tail: str, rows: list[dict[str, Any]]) -> RelationTable:
    return RelationTable(relation, head, tail, pa.Table.from_pylist(rows))


def fleet_batch(serials: list[str], fleet: str = "demo") -> Batch:
    """Drives in one rack of one fleet, each with host, window, reading, failure and finding."""
    drives = [f"drive:{fleet}:M1:{serial}" for serial in serials]
    windows = [f"window:{drive}:{DAY}:30:1" for drive in drives]
    findings = [f"finding:{drive}:realloc-rise:1:{DAY}:{DAY}" for drive in drives]
    logs = [f"log:{drive}:self-test:1200-short" for drive in drives]
    model_run = f"model-run:{fleet}"
    forecasts = [f"forecast:{model_run}:{drive}:{DAY}" for drive in drives]
    answers = [f"acknowledgement:{drive}:realloc-rise:1" for drive in drives]
    hosts = [f"host:{fleet}:{serial}" for serial in serials]
    aliases = [f"alias:{fleet}:X1:{serial}" for serial in serials]
    shared = [
        nodes("Fleet", [{"key": f"fleet:{fleet}", "name": fleet, "synthetic": True}]),
        nodes("DriveModel", [{"key": "model:M1"}]),
        nodes("Rack", [{"key": f"rack:{fleet}:R1", "fleet": fleet}]),
        nodes("Room", [{"key": f"room:{fleet}:A", "fleet": fleet}]),
        nodes(
            "EnvironmentWindow",
            [
                {
                    "key": f"environment:rack:{fleet}:R1:{DAY}:30:1",
                    "fleet": fleet,
                    "place": f"rack:{fleet}:R1",
                    "first_day": date(2024, 4, 2),
                    "last_day": DAY,
                    "window_days": 30,
                    "num_readings": 30,
                    "temperature_mean": 24.5,
                }
            ],
        ),
        nodes("Application", [{"key": f"application:{fleet}:web", "fleet": fleet}]),
        nodes(
            "ModelRun",
            [
                {
                    "key": model_run,
                    "task": "risk",
                    "fleet": fleet,
                    "model": "lightgbm",
                    "horizon_days": 30,
                    "supported_days": 60,
                    "trained_until": DAY,
                    "base_rate": 0.01,
                    "num_drives": 200,
                    "num_failures": 40,
                    "metrics": "{}",
                    "created_at": NOW,
                }
            ],
        ),
        nodes("Firmware", [{"key": "firmware:M1:1.0"}]),
        nodes("SmartAttribute", [{"key": "smart:ata:5", "protocol": "ata", "unit": "unit:NUM", "kind": "cumulative"}]),
        nodes("Metric", [{"key": "metric:reallocated"}]),
        nodes("Mechanism", [{"key": "mechanism:wear"}]),
    ]
    own = [
        nodes(
            "Drive",
            [
                {
                    "key": drive,
                    "name": serial,
                    "serial": serial,
                    "model": "M1",
                    "fleet": fleet,
                    "capacity_bytes": 10**12,
                    "first_day": date(2024, 1, 1),
                    "last_day": DAY,
                    "drive_days": 120,
                }
                for drive, serial in zip(drives, serials, strict=True)
            ],
        ),
        nodes("Host", [{"key": host, "fleet": fleet} for host in hosts]),
        nodes(
            "DriveAlias",
            [
                {"key": alias, "name": f"X1 {serial}", "alias": f"X1:{serial}", "fleet": fleet, "drive": drive}
                for alias, serial, drive in zip(aliases, serials, drives, strict=True)
            ],
        ),
        nodes(
            "TelemetryWindow",
            [
                {"key": key, "first_day": date(2024, 4, 2), "last_day": DAY, "window_days": 30, "num_readings": 30}
                for key in windows
            ],
        ),
        nodes(
            "FailureEvent",
            [
                {"key": f"failure:{d}:{DAY}", "day": DAY, "status": "failed", "drive": d, "precision": "day"}
                for d in drives
            ],
        ),
        nodes(
            "DeviceLogEntry",
            [
                {
                    "key": key,
                    "name": "Self-test: short",
                    "fleet": fleet,
                    "drive": drive,
                    "log": "self-test",
                    "power_on_hours": 1200,
                    "kind": "short",
                    "status": "Completed without error",
                    "passed": True,
                    "first_day": DAY,
                }
                for key, drive in zip(logs, drives, strict=True)
            ],
        ),
        nodes(
            "HealthFinding",
            [
                {
                    "key": key,
                    "subject": drive,
                    "subject_label": "Drive",
                    "fleet": fleet,
                    "rule": "realloc-rise",
                    "rule_version": 1,
                    "severity": "red",
                    "status": "open",
                    "statement": f"{drive}: reallocated blocks rose.",
                    "attribute": "smart:ata:5",
                    "value": 61.0,
                    "threshold": 50.0,
                    "evidence": ["{}"],
                    "first_day": date(2024, 4, 2),
                    "last_day": DAY,
                    "since_day": date(2024, 4, 20),
                    "begun_day": date(2024, 4, 20),
                    "assessed_at": NOW,
                }
                for key, drive in zip(findings, drives, strict=True)
            ],
        ),
        nodes(
            "RiskForecast",
            [
                {
                    "key": key,
                    "fleet": fleet,
                    "drive": drive,
                    "model_run": model_run,
                    "landmark": DAY,
                    "horizon_days": 30,
                    "horizons_days": [30, 60],
                    "p": [0.25, 0.5],
                    "low": [0.125, 0.25],
                    "high": [0.5, 0.75],
                    "risk": 0.25,
                    "base_rate": 0.01,
                    "trend_landmarks": [date(2024, 4, 24), DAY],
                    "trend_p": [0.125, 0.25],
                    "reasons": ['{"feature": "ata_5"}'],
                    "notes": ["A sentence."],
                }
                for key, drive in zip(forecasts, drives, strict=True)
            ],
        ),
        nodes(
            "Acknowledgement",
            [
                {
                    "key": answer,
                    "subject": drive,
                    "fleet": fleet,
                    "rule": "realloc-rise",
                    "severity": "red",
                    "status": "snoozed",
                    "reason": "spare ordered",
                    "until": date(2024, 5, 20),
                    "made_at": NOW,
                    "made_by": "ann",
                }
                for answer, drive in zip(answers, drives, strict=True)
            ],
        ),
    ]
    pairs = list(zip(drives, hosts, windows, findings, strict=True))
    since = {"valid_from": date(2024, 1, 1)}
    links = [
        relations("IN_FLEET", "Drive", "Fleet", [{"head": d, "tail": f"fleet:{fleet}"} for d in drives]),
        relations("OF_MODEL", "Drive", "DriveModel", [{"head": d, "tail": "model:M1"} for d in drives]),
        relations(
            "HAS_ALIAS", "Drive", "DriveAlias", [{"head": d, "tail": a} for d, a in zip(drives, aliases, strict=True)]
        ),
        relations("RUNS_ON", "Drive", "Host", [{"head": d, "tail": h, "slot": "1", **since} for d, h, _, _ in pairs]),
        relations("IN_RACK", "Drive", "Rack", [{"head": d, "tail": f"rack:{fleet}:R1", **since} for d in drives]),
        relations("IN_RACK", "Host", "Rack", [{"head": h, "tail": f"rack:{fleet}:R1"} for h in hosts]),
        relations(
            "MEASURED_IN",
            "EnvironmentWindow",
            "Rack",
            [{"head": f"environment:rack:{fleet}:R1:{DAY}:30:1", "tail": f"rack:{fleet}:R1"}],
        ),
        relations("IN_ROOM", "Rack", "Room", [{"head": f"rack:{fleet}:R1", "tail": f"room:{fleet}:A"}]),
        relations(
            "SERVES", "Drive", "Application", [{"head": d, "tail": f"application:{fleet}:web", **since} for d in drives]
        ),
        relations(
            "RUNS_FIRMWARE", "Drive", "Firmware", [{"head": d, "tail": "firmware:M1:1.0", **since} for d in drives]
        ),
        relations("HAS_WINDOW", "Drive", "TelemetryWindow", [{"head": d, "tail": w} for d, _, w, _ in pairs]),
        relations(
            "READS",
            "TelemetryWindow",
            "SmartAttribute",
            [
                {"head": w, "tail": "smart:ata:5", "first": 0.0, "last": 61.0, "rise": 61.0, "last_change_day": DAY}
                for w in windows
            ],
        ),
        relations("HAS_FAILURE", "Drive", "FailureEvent", [{"head": d, "tail": f"failure:{d}:{DAY}"} for d in drives]),
        relations(
            "LOGGED", "Drive", "DeviceLogEntry", [{"head": d, "tail": e} for d, e in zip(drives, logs, strict=True)]
        ),
        relations("FOUND_ON", "HealthFinding", "Drive", [{"head": f, "tail": d} for d, _, _, f in pairs]),
        relations(
            "ANSWERS",
            "Acknowledgement",
            "HealthFinding",
            [{"head": a, "tail": f} for a, f in zip(answers, findings, strict=True)],
        ),
        relations("CITES", "HealthFinding", "TelemetryWindow", [{"head": f, "tail": w} for _, _, w, f in pairs]),
        relations(
            "CONCERNS", "HealthFinding", "SmartAttribute", [{"head": f, "tail": "smart:ata:5"} for f in findings]
        ),
        relations("TRAINED_ON", "ModelRun", "Fleet", [{"head": model_run, "tail": f"fleet:{fleet}"}]),
        relations("PREDICTED_BY", "RiskForecast", "ModelRun", [{"head": f, "tail": model_run} for f in forecasts]),
        relations(
            "FORECASTS",
            "RiskForecast",
            "Drive",
            [{"head": f, "tail": d} for f, d in zip(forecasts, drives, strict=True)],
        ),
        relations(
            "RESTS_ON",
            "RiskForecast",
            "TelemetryWindow",
            [{"head": f, "tail": w} for f, w in zip(forecasts, windows, strict=True)],
        ),
        relations(
            "CONCERNS", "RiskForecast", "SmartAttribute", [{"head": f, "tail": "smart:ata:5"} for f in forecasts]
        ),
        relations("MEASURES", "SmartAttribute", "Metric", [{"head": "smart:ata:5", "tail": "metric:reallocated"}]),
        relations("INDICATES", "SmartAttribute", "Mechanism", [{"head": "smart:ata:5", "tail": "mechanism:wear"}]),
    ]
    read_nodes, read_links = literature(serials)
    shared += [nodes(label, rows) for label, rows in read_nodes.items()]
    links += [relations(*ends, rows) for ends, rows in read_links.items()]
    return Batch((*shared, *own), tuple(links))


@pytest.fixture(scope="session")
def make_nodes() -> Callable[..., NodeTable]:
    return nodes


@pytest.fixture(scope="session")
def make_relations() -> Callable[..., RelationTable]:
    return relations


@pytest.fixture(scope="session")
def make_fleet() -> Callable[..., Batch]:
    return fleet_batch


@pytest.fixture(scope="session")
def write_run() -> Callable[..., int]:
    """Writes a batch as one complete run and returns the store's version after it."""

    def write(
        store: GraphStore, batch: Batch, fingerprint: str, how: str = "write", source: str = "test", **done: Any
    ) -> int:
        run = store.begin_run("ingest", source, fingerprint)
        getattr(store, how)(run, batch)
        return store.complete_run(run, done)

    return write
