"""A workspace for tests of telemetry, and rows of Backblaze's daily format."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.pipeline import IngestReport, ingest_telemetry
from ingest.telemetry.stored import current_manifest, ingest_runs

ZERO = date(2024, 5, 1)
HEADER = ["date", "serial_number", "model", "capacity_bytes", "failure", "smart_5_raw", "smart_9_raw"]
MODEL = "ST4000DM000"


class Bench:
    """A workspace with its store and readings, and files that are written and ingested in one step."""

    def __init__(self, store: GraphStore, workspace: Path, folder: Path) -> None:
        self.store = store
        self.workspace = workspace
        self.folder = folder
        self.lake = ReadingsLake(workspace / "readings")

    def file(self, rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER, name: str = "rows.csv") -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
        return path

    def ingest(
        self, *paths: Path, format: str = "backblaze-daily", fleet: str | None = None, **options: Any
    ) -> IngestReport:
        return ingest_telemetry(
            paths, format, fleet or self.fleet, store=self.store, lake=self.lake, workspace=self.workspace, **options
        )

    @property
    def fleet(self) -> str:
        """A fleet of its own for each test, so that one store serves all."""
        return self.folder.name.replace("_", "-")

    def readings(self, fleet: str | None = None) -> list[dict[str, Any]]:
        manifest = current_manifest(ingest_runs(self.store), fleet or self.fleet)
        assert manifest is not None
        return sorted(
            self.lake.readings([manifest]).to_pyarrow().to_pylist(), key=lambda row: (row["drive_key"], row["day"])
        )

    def cypher(self, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
        return self.store.query_free(text, {"fleet": self.fleet, **parameters}).rows

    def drive(self) -> tuple[Any, ...]:
        """Capacity, first day, last day and days under observation of drive S1."""
        names = ("capacity_bytes", "first_day", "last_day", "drive_days")
        given = ", ".join(f"d.{name} AS {name}" for name in names)
        (found,) = self.cypher(f"MATCH (d:Drive {{fleet: $fleet, serial: 'S1'}}) RETURN {given}")
        return found


def row(day: int, serial: str = "S1", smart_5: object = 0, *, failure: int = 0, hours: object = "") -> list[object]:
    return [ZERO + timedelta(days=day), serial, MODEL, 4000787030016, failure, smart_5, hours]
