"""Reading stored forecasts: the risk of a drive, of a fleet, and how they changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import queries
from app.analysis.filters import Filters, apply_filters
from app.analysis.fleet_data import load_fleet, resolve_fleet, with_known_models
from app.analysis.risk_nodes import stored_neighbours, stored_reasons
from app.analysis.risk_results import DriveRisk, FleetRisk, RiskCell, RiskChange, SpareDemand
from gnn.health.artifact import cards
from gnn.health.card import ModelCard
from gnn.health.counts import count_interval, spares
from graph.ports import GraphStore

SPARES_SUFFICE = 0.95
LONGEST_HISTORY = 1_000


def drive_risk(store: GraphStore, drive: str) -> DriveRisk | None:
    """The latest forecast of a drive; None where there is none.

    Args:
        store: The graph.
        drive: Key of the drive.
    """
    records = store.query("forecasts_of_drive", {"drive": drive, "limit": 1}).records()
    if not records:
        return None
    row = records[0]
    return DriveRisk(
        key=row["forecast"],
        drive=drive,
        serial=row["serial"],
        fleet=row["fleet"],
        synthetic=bool(row["synthetic"]),
        run=row["model_run"],
        model=row["model"],
        landmark=row["landmark"],
        horizons_days=list(row["horizons_days"]),
        p=list(row["p"]),
        low=list(row["low"]),
        high=list(row["high"]),
        trend_landmarks=list(row["trend_landmarks"] or ()),
        trend_p=list(row["trend_p"] or ()),
        reasons=stored_reasons(row["reasons"], works_on_attributes(store) if row["reasons"] else {}),
        neighbours=stored_neighbours(row["neighbours"]),
        base_rate=row["base_rate"],
        horizon_days=int(row["horizon_days"]),
        notes=[*(row["notes"] or ()), *stale_note(store, row["fleet"], row["model_run"], row["landmark"])],
    )


def drive_risk_history(store: GraphStore, drive: str) -> list[RiskChange]:
    """Every stored forecast of a drive, oldest first."""
    records = store.query("forecasts_of_drive", {"drive": drive, "limit": LONGEST_HISTORY}).records()
    changes = []
    for row in reversed(records):
        at = list(row["horizons_days"]).index(row["horizon_days"])
        changes.append(
            RiskChange(
                key=row["forecast"],
                run=row["model_run"],
                model=row["model"],
                landmark=row["landmark"],
                horizon_days=int(row["horizon_days"]),
                p=row["p"][at],
                low=row["low"][at],
                high=row["high"][at],
                top_reason=_statement((row["reasons"] or [None])[0]),
            )
        )
    return changes


def fleet_risk(
    store: GraphStore, fleet: str | None, filters: Filters | None = None, *, landmark: date | None = None
) -> FleetRisk | None:
    """The latest forecast of a fleet; None where there is none.

    Args:
        store: The graph.
        fleet: Name of the fleet; needed where there are several.
        filters: Which drives count; a verdict is not looked at.
        landmark: Day of an earlier forecast; None: the latest, without the drives that left since.

    Raises:
        InputError: No such fleet, or a filter names what no drive has.
    """
    chosen: Filters = {key: values for key, values in (filters or {}).items() if key != "verdict"}
    name, synthetic = resolve_fleet(store, fleet, chosen)
    last = latest_forecast(store, name, landmark)
    if last is None:
        return None
    question = {"model_run": last["model_run"], "landmark": last["landmark"]}
    stored = _frame(store, "forecasts_of_fleet", question).set_index("drive").rename_axis("drive_key")
    data = load_fleet(store, name, synthetic)
    asked = {key: values for key, values in chosen.items() if key != "fleet"}
    kept = apply_filters(data.drives, with_known_models(store, data, asked), with_verdict=False)
    if landmark is None:  # who has left since needs no spare any more
        kept = kept[kept["failure_status"].isna()]
    stored = stored[stored.index.isin(kept.index)]
    horizon, model = _of_run(store, last["model_run"])
    drives = _drives(stored, kept, horizon)
    members = _members(stored)
    overdispersion = model["overdispersion"]
    risk = drives["p"].to_numpy(float)
    interval = count_interval(risk, overdispersion=overdispersion, totals=members.sum(axis=0))
    return FleetRisk(
        fleet=name,
        synthetic=synthetic,
        run=last["model_run"],
        model=model["name"],
        landmark=last["landmark"],
        horizon_days=horizon,
        num_drives=len(drives),
        expected_failures=float(risk.sum()),
        low=interval.low,
        high=interval.high,
        drives=drives,
        heat=_heat(drives),
        spares=_spares(drives, kept, members, overdispersion),
        is_stale=_is_stale(store, name, last["completed_at"]),
        notes=[
            *_fleet_notes(stored, len(kept) if landmark is None else len(stored)),
            *stale_note(store, name, last["model_run"], last["landmark"]),
        ],
    )


def model_cards(workspace: Path) -> list[ModelCard]:
    """Cards of the workspace's models, newest first.

    Raises:
        InputError: A card is damaged.
    """
    return cards(workspace)


def latest_forecast(store: GraphStore, fleet: str, landmark: date | None = None) -> dict[str, Any] | None:
    """The last day on which a fleet was asked, or the one given, and who answered.

    Returns:
        ``run, model_run, landmark, completed_at``; None where it was never asked.
    """
    runs = store.query("forecast_runs", {"fleet": fleet}).records()
    return next((run for run in runs if landmark is None or run["landmark"] == landmark), None)


def is_forecast_stale(store: GraphStore, fleet: str) -> bool:
    """Whether data came in, or another model was trained, after the fleet's last forecast."""
    last = latest_forecast(store, fleet)
    if last is None:
        return True
    newest = next((row["model_run"] for row in store.query("model_runs").records() if row["fleet"] == fleet), None)
    return newest != last["model_run"] or _is_stale(store, fleet, last["completed_at"])


def works_on_attributes(store: GraphStore) -> dict[str, int]:
    """Number of works with evidence about each attribute."""
    return {row["attribute"]: int(row["num_works"]) for row in store.query("works_on_attributes").records()}


def stale_note(store: GraphStore, fleet: str, model_run: str, landmark: date) -> list[str]:
    """A sentence where readings came in after a fleet's forecast."""
    runs = store.query("forecast_runs", {"fleet": fleet}).records()
    own = [row for row in runs if row["model_run"] == model_run and row["landmark"] == landmark]
    if own and _is_stale(store, fleet, own[0]["completed_at"]):
        again = f"atoll predict fleet --fleet {fleet}"
        return [f"Data came in after this forecast of {landmark}. Ask again with '{again}'."]
    return []


def _is_stale(store: GraphStore, fleet: str, completed_at: datetime) -> bool:
    return any(
        run["completed_at"] > completed_at for run in store.query("ingest_runs").records() if run["fleet"] == fleet
    )


def _of_run(store: GraphStore, model_run: str) -> tuple[int, dict[str, Any]]:
    row = next(row for row in store.query("model_runs").records() if row["model_run"] == model_run)
    figures = json.loads(row["metrics"] or "{}")
    return int(row["horizon_days"]), {"name": row["model"], "overdispersion": figures.get("overdispersion") or 0.0}


def _drives(stored: pd.DataFrame, kept: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Drives with what pages and tables show, riskiest first."""
    ends = [
        (low[list(days).index(horizon)], high[list(days).index(horizon)])
        for days, low, high in zip(stored["horizons_days"], stored["low"], stored["high"], strict=True)
    ]
    return pd.DataFrame(
        {
            "serial": stored["serial"],
            "model": stored["model"],
            "rack": kept["rack"].reindex(stored.index),
            "p": stored["risk"].astype(float),
            "low": [low for low, _ in ends],
            "high": [high for _, high in ends],
            "top_reason": [_statement(text) for text in stored["top_reason"]],
            "trend": [list(values or ()) for values in stored["trend_p"]],
        },
        index=stored.index,
    )


def _members(stored: pd.DataFrame) -> np.ndarray:
    if not len(stored):
        return np.zeros((0, 1))
    return np.array(stored["members"].tolist(), float)


def _heat(drives: pd.DataFrame) -> list[RiskCell]:
    placed = drives[drives["rack"].notna()]
    cells = placed.groupby(["rack", "model"])["p"].agg(["size", "sum", "mean"]).reset_index()
    return [
        RiskCell(str(rack), str(model), int(number), float(expected), float(mean))
        for rack, model, number, expected, mean in cells.itertuples(index=False, name=None)
    ]


def _spares(drives: pd.DataFrame, kept: pd.DataFrame, members: np.ndarray, overdispersion: float) -> list[SpareDemand]:
    found = []
    names = drives["model"].to_numpy(str)
    for name in np.unique(names):
        own = names == name
        risk, totals = drives["p"].to_numpy(float)[own], members[own].sum(axis=0)
        interval = count_interval(risk, overdispersion=overdispersion, totals=totals)
        sizes = kept.loc[kept["model"] == name, "capacity_bytes"].dropna()
        found.append(
            SpareDemand(
                model=str(name),
                capacity_bytes=int(sizes.max()) if len(sizes) else None,
                num_drives=int(own.sum()),
                expected_failures=float(risk.sum()),
                low=interval.low,
                high=interval.high,
                spares=spares(risk, probability=SPARES_SUFFICE, overdispersion=overdispersion, totals=totals),
            )
        )
    return sorted(found, key=lambda item: (-item.expected_failures, item.model))


def _fleet_notes(stored: pd.DataFrame, num_in_service: int) -> list[str]:
    """What holds of all drives once, what holds of some with their number."""
    notes: dict[str, int] = {}
    for own in stored["notes"]:
        for note in own or ():
            notes[note] = notes.get(note, 0) + 1
    found = [note for note, count in notes.items() if count == len(stored)]
    unknown = sum(any("was seen in training" in note for note in own or ()) for own in stored["notes"])
    if unknown and unknown < len(stored):
        found.append(f"{unknown:,} drives are of models that training never saw; their bands are widened.")
    if num_in_service > len(stored):
        missing = num_in_service - len(stored)
        found.append(f"{missing:,} drives in service have no forecast: not seen for too long, or new.")
    return found


def _statement(text: str | None) -> str | None:
    return json.loads(text)["statement"] if text else None


def _frame(store: GraphStore, name: str, parameters: dict[str, Any]) -> pd.DataFrame:
    columns: Iterable[str] = queries.get(name).returns
    return pd.DataFrame(store.query(name, parameters).rows, columns=list(columns), dtype=object)
