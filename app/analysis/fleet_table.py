"""The table of a fleet's drives."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from app.analysis.assess import Writing, ensure_assessed
from app.analysis.filters import Filters, apply_filters
from app.analysis.fleet_data import FleetData, load_fleet, resolve_fleet, stored_findings, with_known_models
from app.analysis.latest import latest_readings
from app.analysis.results import SHOWN_ORDER, FindingRow
from app.analysis.rules.base import Progress
from app.analysis.rules.inputs import decode_column
from app.analysis.verdicts import judge
from graph.ontology import smart
from graph.ports import GraphStore
from graph.readings import ReadingsLake

WEEKS = 12
COLUMNS = (
    "verdict", "drive_key", "serial", "model", "capacity_bytes", "rack", "host", "application", "firmware", "age_days",
    "wear_percent", "temperature_celsius", "reallocated", "trend", "last_reading", "top_reason", "open_for_days",
    "vendor", "room", "status", "failure_day", "since_day", "first_day", "alarm", "answer",
)  # fmt: skip


def fleet_table(
    store: GraphStore,
    lake: ReadingsLake,
    fleet: str | None = None,
    filters: Filters | None = None,
    *,
    writing: Writing | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Drives of a fleet with their verdict and latest readings, worst first.

    Args:
        store: The graph.
        lake: The daily readings.
        fleet: Name; needed where there are several.
        filters: As ``parse_filters`` gives them.
        writing: Opens the write lock where the fleet must be assessed first.
        progress: As for ``assess_fleet``.

    Returns:
        Columns ``COLUMNS``: verdict in lower case; ``trend`` the last values of up to 12 weeks of the attribute
        behind the top reason, else an empty list; ages in days; days as dates; ``alarm`` the worst unanswered
        severity and ``answer`` what was answered, as ``judge`` gives them; None or NaN where not known. Of drives with
        equal verdict those that nobody answered come first.

    Raises:
        InputError: Unknown fleet or filter.
    """
    chosen = filters or {}
    name, synthetic = resolve_fleet(store, fleet, chosen)
    ensure_assessed(store, lake, name, writing=writing, progress=progress)
    data = load_fleet(store, name, synthetic)
    drives = judged_fleet(data, lake, stored_findings(store, name))
    others = with_known_models(store, data, {key: chosen[key] for key in chosen if key != "fleet"})
    kept = apply_filters(drives, others, with_verdict=True)
    kept = kept.assign(
        order=kept["verdict"].map({severity.value: SHOWN_ORDER.index(severity) for severity in SHOWN_ORDER}),
        is_answered=kept["answer"].notna(),
    )
    kept = kept.sort_values(["order", "is_answered", "open_for_days", "serial"], kind="stable")
    kept["trend"] = _trends(data, lake, kept)
    return kept.rename_axis("drive_key").reset_index()[list(COLUMNS)]


def judged_fleet(data: FleetData, lake: ReadingsLake, findings: list[FindingRow]) -> pd.DataFrame:
    """Drives with places, latest readings and verdicts, index ``drive_key``."""
    drives = data.drives.join(latest_readings(data.readings(lake), data.drives, lake.connection))
    return drives.join(judge(drives, findings, data.data_time))


def _trends(data: FleetData, lake: ReadingsLake, drives: pd.DataFrame) -> list[list[float]]:
    """Last value of each of the last twelve weeks, up to the drive's own last day, of the top reason's attribute."""
    flagged = drives[drives["top_attribute"].notna() & drives["verdict"].isin(["red", "amber"])]
    readings = data.readings(lake)
    series: dict[str, list[float]] = {}
    for key, part in flagged.groupby("top_attribute", sort=True):
        attribute = str(key)
        columns = [smart.column(attribute)]
        if smart.attribute(attribute).protocol == "ata":
            columns.append(smart.normalized_column(attribute))
        column = next((item for item in columns if readings is not None and item in readings.columns), None)
        if column is None or readings is None:
            continue
        first = min(part["last_reading"]) - timedelta(days=7 * WEEKS)
        rows = readings.filter(readings.drive_key.isin(list(part.index)) & (readings.day > first))
        frame = lake.connection.to_pandas(rows.select("drive_key", "day", column)).dropna()
        if not column.endswith("_normalized"):
            decode_column(frame, column, attribute, data.drives)
        last = pd.to_datetime(frame["drive_key"].map(part["last_reading"]))
        frame["week"] = (last - pd.to_datetime(frame["day"])).dt.days // 7
        weekly = frame[frame["week"] < WEEKS].sort_values("day").groupby(["drive_key", "week"])[column].last().dropna()
        for drive, values in weekly.groupby("drive_key"):
            series[str(drive)] = [float(value) for value in np.flip(values.to_numpy(dtype=float))]
    return [series.get(str(drive), []) for drive in drives.index]
