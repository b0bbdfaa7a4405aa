"""What ingest and the rule base really store keeps the shapes of the ontology, on every store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
from stored_graph import whole_graph

from app.analysis.answers import answer_finding
from app.analysis.assess import assess_fleet
from app.analysis.fleet_data import stored_findings
from graph.ontology.shacl import violations
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.pipeline import ingest_telemetry

Raw = Callable[..., list[dict[str, Any]]]


def daily_rows() -> Iterator[dict[str, Any]]:
    """Forty days of six drives; one of them fails, one moves, one loses sectors."""
    start = date(2026, 1, 1)
    for number in range(6):
        for offset in range(40):
            if number == 1 and offset > 30:
                continue
            yield {
                "day": start + timedelta(days=offset),
                "serial": f"S{number}",
                "model": ("ST4000DM000", "WDC WD30EFRX")[number % 2],
                "capacity_bytes": 4_000_787_030_016,
                "firmware": "CC54",
                "host": f"host-{number if number != 2 or offset < 20 else 9}",
                "rack": f"rack-{number % 2}",
                "room": "room-1",
                "site": "lab",
                "application": "archive",
                "failure": int(number == 1 and offset == 30),
                "ata_5": 3 * offset if number == 0 else 0,
                "ata_9": 1000 + 24 * offset,
                "ata_194": 30 + offset % 3,
            }


def test_what_is_stored_keeps_the_shapes(store: GraphStore, raw: Raw, tmp_path: Path) -> None:
    source = tmp_path / "lab.csv"
    pyarrow.csv.write_csv(pa.Table.from_pylist(list(daily_rows())), source)
    lake = ReadingsLake(tmp_path / "readings")
    ingest_telemetry([source], "atoll-daily", "lab", store=store, lake=lake, workspace=tmp_path)
    assess_fleet(store, lake, "lab")
    answer_finding(
        store, "lab", stored_findings(store, "lab")[0], "snoozed", "x", "ann", until=datetime.now(UTC).date()
    )
    graph = whole_graph(raw)
    present = {table.label for table in graph.nodes} | {table.relation for table in graph.relations}
    assert {
        "Drive",
        "FailureEvent",
        "TelemetryWindow",
        "HealthFinding",
        "READS",
        "RUNS_ON",
        "CITES",
        "ANSWERS",
    } <= present
    assert violations(graph) == []
