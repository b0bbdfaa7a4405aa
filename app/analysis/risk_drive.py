"""Asking the risk of one drive, its fleet being forecast first where that is out of date."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from app.analysis.assess import Writing
from app.analysis.drive_description import resolve_drive
from app.analysis.risk_forecasts import LONGEST_SILENCE_DAYS, forecast_fleet, latest_model_run
from app.analysis.risk_reading import drive_risk, is_forecast_stale
from app.analysis.risk_results import DriveRisk
from app.analysis.rules.base import Progress
from graph.errors import InputError
from graph.ports import GraphStore
from graph.readings import ReadingsLake


def predict_drive(
    store: GraphStore,
    lake: ReadingsLake,
    workspace: Path,
    drive_id: str,
    *,
    writing: Writing | None = None,
    progress: Progress | None = None,
) -> DriveRisk:
    """The latest risk of a drive.

    Args:
        store: The graph.
        lake: The daily readings.
        workspace: Folder of the workspace.
        drive_id: Key or serial number.
        writing: Opens the workspace's write lock where the fleet must be forecast; None: the caller holds it.
        progress: As for ``forecast_fleet``.

    Raises:
        InputError: No drive has this key or serial, no model is trained, or nothing was ever said of the drive.
    """
    key = resolve_drive(store, drive_id)
    record = store.query("drive", {"drive": key}).records()[0]
    fleet = str(record["fleet"]).removeprefix("fleet:")
    latest_model_run(store, fleet)
    if is_forecast_stale(store, fleet):
        with writing() if writing else nullcontext():
            forecast_fleet(store, lake, workspace, fleet, progress=progress)
    risk = drive_risk(store, key)
    ended = _end(store, fleet, key)
    if risk is None:
        silent = f"in the last {LONGEST_SILENCE_DAYS} days of the fleet's data it was not seen"
        why = ended or f"{silent}, or it has no readings"
        raise InputError(f"Drive '{drive_id}': there is no forecast of it: {why}.")
    return replace(risk, notes=[f"This forecast is of the past: {ended}.", *risk.notes]) if ended else risk


def _end(store: GraphStore, fleet: str, drive: str) -> str:
    """How the service of a drive ended, in words; empty where it goes on."""
    for row in store.query("failures_of_fleet", {"fleet": f"fleet:{fleet}"}).records():
        if row["drive"] == drive:
            return f"the drive {'was ' * (row['status'] != 'failed')}{row['status'].replace('_', ' ')} on {row['day']}"
    return ""
