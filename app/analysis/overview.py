"""What the first screen shows of a fleet."""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir
import pandas as pd

from app.analysis.assess import Writing, ensure_assessed
from app.analysis.fleet_data import FleetData, load_fleet, resolve_fleet, stored_findings
from app.analysis.fleet_description import rate_reason
from app.analysis.fleet_table import WEEKS, judged_fleet
from app.analysis.rates import annualised_failure_rate
from app.analysis.results import FindingRow, FleetOverview, HeatCell
from app.analysis.rules.base import RULES, Progress, rule_base_version
from app.analysis.rules.quality import STALE_HOURS, stale_drives
from graph.ports import GraphStore
from graph.readings import ReadingsLake

WORST_RACKS = 20
NEW_DAYS = 7
STALE_DAYS = STALE_HOURS // 24


def overview(
    store: GraphStore,
    lake: ReadingsLake,
    fleet: str | None = None,
    *,
    writing: Writing | None = None,
    progress: Progress | None = None,
) -> FleetOverview:
    """Counts, series of twelve weeks, the rack × model map and the hot spot of a fleet.

    Red, amber and the map count drives in service whose findings nobody answered: those that failed or left, and those
    that a person acknowledged or snoozed, need no attention.

    Args:
        store: The graph.
        lake: The daily readings.
        fleet: Name; needed where there are several.
        writing: Opens the workspace's write lock where the fleet must be assessed first; None: the caller holds it.
        progress: As for ``assess_fleet``.

    Raises:
        InputError: Unknown fleet.
    """
    name, synthetic = resolve_fleet(store, fleet, {})
    ensure_assessed(store, lake, name, writing=writing, progress=progress)
    data = load_fleet(store, name, synthetic)
    findings = stored_findings(store, name)
    drives = judged_fleet(data, lake, findings)
    serving = drives[drives["status"] == "in service"]
    red = serving[serving["alarm"] == "red"]
    new_red = 0
    if data.data_time:
        since = data.data_time - timedelta(days=NEW_DAYS)
        new_red = sum(day > since for day in red["since_day"])
    read = drives["last_reading"].dropna()
    reason = rate_reason(drives)
    observed = drives[drives["drive_days"] > 0]
    exposure = 0 if reason else int(observed["drive_days"].sum())
    rate, low, high = annualised_failure_rate(int(observed["num_failures"].sum()), exposure)
    hot_spot = _hot_spot(findings)
    series = _series(data, lake, drives, red)
    return FleetOverview(
        fleet=name,
        synthetic=synthetic,
        sentence=_sentence(new_red, hot_spot),
        drives=len(drives),
        racks=int(drives["rack_key"].nunique()),
        models=int(drives["model"].nunique()),
        afr_percent=rate,
        afr_low=low,
        afr_high=high,
        afr_reason=reason,
        failures=int(drives["num_failures"].sum()),
        red=len(red),
        amber=int((serving["alarm"] == "amber").sum()),
        new_red=new_red,
        stale=sum(1 for _ in stale_drives(drives, read, data.data_time)) if data.data_time else 0,
        stale_hours=STALE_HOURS,
        weeks=series.get("weeks", []),
        drives_series=series.get("drives", []),
        afr_series=series.get("afr", []),
        red_series=series.get("red", []),
        stale_series=series.get("stale", []),
        heat=_heat(serving),
        hot_spot=hot_spot,
        store_version=data.store_version,
        data_time=data.data_time,
        rule_base_version=rule_base_version(),
        num_rules=len(RULES),
        answered=int(serving["answer"].notna().sum()),
    )


def _hot_spot(findings: list[FindingRow]) -> str | None:
    """Statement of the most significant hot spot that nobody answered."""
    spots = [
        row for row in findings if row.rule.startswith("hot-spot-") and row.value is not None and not row.is_answered
    ]
    return min(spots, key=lambda row: (row.value, row.key)).statement if spots else None


def _sentence(new_red: int, hot_spot: str | None) -> str:
    turned = f"{new_red:,} {'drive' if new_red == 1 else 'drives'} turned red in the last {NEW_DAYS} days."
    return f"{turned} {hot_spot}" if hot_spot else turned


def _heat(serving: pd.DataFrame) -> list[HeatCell]:
    """Cells of the racks with the largest share of amber and red, among drives that are read."""
    read = serving[serving["rack"].notna() & serving["is_read"]]
    if read.empty:
        return []
    flagged = read.assign(flagged=read["alarm"].notna())
    racks = flagged.groupby("rack", sort=True)["flagged"].mean().sort_values(ascending=False, kind="stable")
    cells = flagged.groupby(["rack", "model"], sort=True)["flagged"].agg(["size", "sum"])
    found = []
    for rack in racks.index[:WORST_RACKS]:
        for model, (size, count) in zip(cells.loc[rack].index, cells.loc[rack].to_numpy(dtype=int), strict=True):
            found.append(HeatCell(str(rack), str(model), int(size), int(count), float(count / size)))
    return found


def _series(data: FleetData, lake: ReadingsLake, drives: pd.DataFrame, red: pd.DataFrame) -> dict[str, list]:
    """Values by week, oldest first, for the weeks that the readings reach back to."""
    readings = data.readings(lake)
    if readings is None or data.data_time is None:
        return {}
    ends = [data.data_time - timedelta(days=7 * back) for back in reversed(range(WEEKS))]
    by_day = lake.connection.to_pandas(readings.group_by("day").agg(count=readings.count()))
    by_day.index = pd.Index(pd.to_datetime(by_day["day"]).dt.date)
    first = min(by_day.index)
    ends = [end for end in ends if end - timedelta(days=6) >= first]
    failed = drives.loc[drives["drive_days"] > 0, "failure_days"].explode().dropna()
    span = timedelta(days=7 * WEEKS)
    found: dict[str, list] = {"weeks": ends, "drives": [], "afr": [], "red": [], "stale": []}
    for end in ends:
        days = by_day.loc[[day for day in by_day.index if end - span < day <= end], "count"].sum()
        failures = int(((failed > end - span) & (failed <= end)).sum())
        found["drives"].append(float(len(_read_between(readings, lake, end - timedelta(days=6), end))))
        found["afr"].append(annualised_failure_rate(failures, int(days))[0])
        found["red"].append(float((red["since_day"] <= end).sum()))
        found["stale"].append(float(_stale_at(readings, lake, drives, end)))
    return found


def _read_between(readings: ir.Table, lake: ReadingsLake, first: date, last: date) -> set[str]:
    rows = readings.filter(readings.day.between(first, last)).select("drive_key").distinct()
    return set(lake.connection.to_pandas(rows)["drive_key"])


def _stale_at(readings: ir.Table, lake: ReadingsLake, drives: pd.DataFrame, end: date) -> int:
    """Drives in service on a day that had been read before, but not in the last 48 h."""
    limit = end - timedelta(days=STALE_DAYS)
    known = drives[drives["last_reading"].notna() & drives["first_day"].notna()]
    serving = known[known["failure_day"].isna() | (known["failure_day"] > end)]
    seen_before = serving.index[serving["first_day"] <= limit]
    return len(set(seen_before) - _read_between(readings, lake, limit + timedelta(days=1), end))
