"""Telemetry in, findings out: the one way that commands bring data in and have the rule base look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.analysis.results import Assessment
from app.analysis.rules.base import Progress
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.pipeline import ingest_telemetry
from ingest.telemetry.report import IngestReport


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in, and what the rule base says of the fleet since; None where it was not asked."""

    report: IngestReport
    assessment: Assessment | None


def ingest_and_assess(
    paths: Sequence[Path],
    format_name: str,
    fleet: str,
    *,
    store: GraphStore,
    lake: ReadingsLake,
    workspace: Path,
    dry_run: bool = False,
    assess: bool = True,
    progress: Progress | None = None,
    **options: Any,
) -> Intake:
    """Ingest telemetry and run the rule base over its fleet. The caller holds the workspace's write lock.

    Args:
        paths: Files, or folders of them.
        format_name: A name in ``registry.FORMATS``.
        fleet: Name of the fleet.
        store: The graph.
        lake: The daily readings.
        workspace: Folder of the workspace.
        dry_run: Read, check and compare, and write nothing.
        assess: Run the rule base afterwards (never after a dry run).
        progress: Called with a stage, what is done and of how much (None: unknown).
        **options: As ``ingest_telemetry`` takes them.

    Raises:
        InputError: A file, the format or the fleet cannot be used.
        RefusedError: Synthetic and real data would mix in one fleet.
        StoreError: The store or the readings cannot be reached.
    """
    report = ingest_telemetry(
        paths,
        format_name,
        fleet,
        store=store,
        lake=lake,
        workspace=workspace,
        dry_run=dry_run,
        progress=progress,
        **options,
    )
    if not assess or dry_run:
        return Intake(report, None)
    from app.analysis.assess import assess_fleet  # the rules need statistics, whose import takes a second

    return Intake(report, assess_fleet(store, lake, fleet, progress=progress))
