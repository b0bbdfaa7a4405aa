"""Forecasting a fleet: each drive in service at a landmark gets a ``RiskForecast`` node."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from app.analysis.fleet_data import resolve_fleet
from app.analysis.risk_features import FeatureCache, features_version
from app.analysis.risk_nodes import forecast_batch
from app.analysis.risk_reading import is_forecast_stale
from app.analysis.risk_reasons import Reasons, reasons_of
from app.analysis.risk_results import ForecastReport
from app.analysis.risk_sources import history_from_store
from app.analysis.risk_training import observed_until, refuse_case_control
from app.analysis.rules.base import Progress
from gnn.health import artifact
from gnn.health.examples import Examples
from gnn.health.history import FleetHistory
from gnn.health.predictor import Forecast, RiskPredictor
from graph.errors import InputError
from graph.ports import GraphStore, WriteCounts
from graph.readings import ReadingsLake
from ingest.telemetry.stored import current_manifest, ingest_runs

TREND_WEEKS = 12
# A drive that was not seen for longer may long be gone: of it nothing is said.
LONGEST_SILENCE_DAYS = 30
STALE_DAYS = 7
DRIVES_A_BATCH = 20_000


@dataclass(frozen=True)
class ModelRun:
    """A training as stored: ``key``, name of the ``model``, ``horizon_days`` and the hash of its file."""

    key: str
    model: str
    horizon_days: int
    artifact_sha256: str


@dataclass(frozen=True)
class Scored:
    """A fleet at a landmark, scored.

    Args:
        examples: Drives in service and their features.
        forecast: Their risks.
        trend_landmarks: Weekly days, oldest first, the last is the landmark.
        trend: Risk on each, NaN before a drive was first seen, shape ``(num_drives, num_landmarks)``.
        reasons: Of each drive.
        last_seen: Last day with data of each drive, datetime64[D].
        num_left_out: Drives that may be in service but were not seen for too long.
    """

    examples: Examples
    forecast: Forecast
    trend_landmarks: list[date]
    trend: np.ndarray
    reasons: list[Reasons]
    last_seen: np.ndarray
    num_left_out: int


def latest_model_run(store: GraphStore, fleet: str) -> ModelRun:
    """The newest training on a fleet.

    Raises:
        InputError: There is none.
    """
    for row in store.query("model_runs").records():
        if row["fleet"] == fleet and row["task"] == "risk":
            return ModelRun(row["model_run"], row["model"], int(row["horizon_days"]), row["artifact_sha256"])
    refuse_case_control(store, fleet)
    raise InputError(f"Fleet '{fleet}': no model is trained yet. Run 'atoll train risk --fleet {fleet}'.")


def forecast_fleet(
    store: GraphStore,
    lake: ReadingsLake,
    workspace: Path,
    fleet: str | None = None,
    *,
    landmark: date | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ForecastReport:
    """Forecast every drive in service with the fleet's newest model and store what it says.

    The same model, landmark and data give the same forecasts: a second call writes nothing. All of them become visible
    at once when the run completes; one that was killed is invisible, and the next call resumes or removes it. The
    caller holds the workspace's write lock.

    Args:
        store: The graph.
        lake: The daily readings.
        workspace: Folder of the workspace.
        fleet: Name of the fleet; needed where there are several.
        landmark: Day on which the risk is asked; nothing after it is looked at. None: the last day of data.
        dry_run: Compute everything and write no node.
        progress: Called with a stage, what is done and of how much (None: unknown).

    Raises:
        InputError: No such fleet, no model trained yet, or no drive in service at the landmark.
        StoreError: The model's file is missing or another.
    """
    timing = _Timing(progress)
    name, _ = resolve_fleet(store, fleet, {})
    model_run = latest_model_run(store, name)
    timing.stage("read fleet")
    history = history_from_store(store, lake, name)
    predictor = artifact.load(workspace, model_run.key, model_run.artifact_sha256)
    until = observed_until(history)
    asked = landmark or until
    if asked > until:
        raise InputError(f"Landmark {asked}: nothing is known of it. Fleet '{name}': its data end on {until}.")
    gone = _ends(store, name)
    fingerprint = _fingerprint(model_run, asked, history, gone)
    if not dry_run and (stored := _stored(store, name, fingerprint, model_run, asked)) is not None:
        if is_forecast_stale(store, name):  # data came in that change nothing here: noted, so that nobody asks again
            run = store.begin_run("predict", f"predict:{name}", fingerprint)
            store.complete_run(run, {"fleet": name, "model_run": model_run.key, "landmark": asked})
        return ForecastReport(name, model_run.key, asked, stored, 0, 0, 0, False, store.version(), timing.seconds())
    manifest = current_manifest(ingest_runs(store), name)
    cache = FeatureCache(workspace, name, lake.files([manifest] if manifest else []))
    scored = score_fleet(predictor, history, cache, asked, gone, timing)
    counts = WriteCounts()
    version = store.version()
    if not dry_run:
        timing.stage("store forecasts")
        counts, version = _write(store, name, model_run, predictor, scored, asked, fingerprint)
    return ForecastReport(
        fleet=name,
        run=model_run.key,
        landmark=asked,
        num_drives=len(scored.examples),
        num_left_out=scored.num_left_out,
        nodes_written=counts.nodes_written,
        relationships_written=counts.relationships_written,
        is_dry_run=dry_run,
        store_version=version,
        seconds=timing.seconds(),
    )


def score_fleet(
    predictor: RiskPredictor,
    history: FleetHistory,
    cache: FeatureCache,
    landmark: date,
    gone: dict[str, date],
    timing: _Timing | None = None,
) -> Scored:
    """Score the drives of a fleet that are in service at a landmark.

    Args:
        predictor: The model.
        history: The fleet.
        cache: Features by landmark.
        landmark: Day on which the risk is asked.
        gone: Day on which a drive failed, was retired or was lost sight of.
        timing: Is told the stages.

    Raises:
        InputError: No drive is in service then.
    """
    timing = timing or _Timing(None)
    drives, num_left_out = _in_service(history, landmark, gone)
    horizon = predictor.horizon_days
    landmarks = [landmark - timedelta(weeks=weeks) for weeks in range(TREND_WEEKS - 1, -1, -1)]
    trend = np.full((len(drives), len(landmarks)), np.nan)
    first = history.drives.loc[drives, "first_day"].to_numpy().astype("datetime64[D]")
    seen = {day: first <= np.datetime64(day, "D") for day in landmarks}
    timing.stage("make features")
    cache.prepare(history, {day: drives[there] for day, there in seen.items() if there.any()})
    for column, day in enumerate(landmarks[:-1]):
        timing.stage("score the weeks before", column, TREND_WEEKS - 1)
        if seen[day].any():
            trend[seen[day], column] = predictor.risk(cache.examples(history, drives[seen[day]], day, horizon))
    examples = cache.examples(history, drives, landmark, horizon)
    cache.tidy()
    timing.stage("score")
    forecast = predictor.forecast(examples)
    trend[:, -1] = forecast.risk
    timing.stage("explain")
    last = history.drives.loc[drives, "last_day"].to_numpy().astype("datetime64[D]")
    last_seen = np.minimum(last, np.datetime64(landmark, "D"))
    return Scored(
        examples, forecast, landmarks, trend, reasons_of(predictor, examples, forecast.risk), last_seen, num_left_out
    )


def notes_of(predictor: RiskPredictor, scored: Scored) -> Iterator[list[str]]:
    """What widens or limits each drive's forecast, a sentence each."""
    landmark = scored.trend_landmarks[-1]
    models = scored.examples.groups["model"].fillna("").to_numpy(object)
    silent = (np.datetime64(landmark, "D") - scored.last_seen).astype(int)
    attributes = [item.name for item in scored.examples.catalogue if item.attribute]
    is_read = scored.examples.features[attributes].notna().any(axis=1).to_numpy() if attributes else np.zeros(0, bool)
    for row, model in enumerate(models):
        notes = []
        if not scored.forecast.is_known_model[row]:
            notes.append(
                f"No drive of model {model or 'unknown'} was seen in training, so the band is widened by a factor of "
                f"{np.exp(predictor.unseen_log_odds):.1f} in the odds."
            )
        if silent[row] > STALE_DAYS:
            notes.append(f"Its last reading is {silent[row]} days older than the day of the forecast.")
        if not len(is_read) or not is_read[row]:
            notes.append("Not one attribute of it is known: only age, maker and size tell.")
        yield [*notes, *([scored.reasons[row].note] if scored.reasons[row].note else []), *predictor.notes]


def _in_service(history: FleetHistory, landmark: date, gone: dict[str, date]) -> tuple[pd.Index, int]:
    """Keys of the drives in service on a day, sorted, and how many more were not seen for too long."""
    day = pd.Timestamp(landmark)
    known = history.drives
    ended = pd.to_datetime(pd.Series(gone, dtype=object).reindex(known.index))
    there = (known["first_day"] <= day) & ~(ended <= day)
    silent = known["last_day"] < day - pd.Timedelta(days=LONGEST_SILENCE_DAYS)
    drives = known.index[there & ~silent]
    if not len(drives):
        raise InputError(
            f"Fleet '{history.name}': no drive is in service on {landmark}; its data are from "
            f"{known['first_day'].min():%Y-%m-%d} to {known['last_day'].max():%Y-%m-%d}."
        )
    return drives, int((there & silent).sum())


def _ends(store: GraphStore, fleet: str) -> dict[str, date]:
    """First day on which each drive's service ended, whichever way."""
    ends: dict[str, date] = {}
    for row in store.query("failures_of_fleet", {"fleet": f"fleet:{fleet}"}).records():
        ends[row["drive"]] = min(row["day"], ends.get(row["drive"], row["day"]))
    return ends


def _fingerprint(model_run: ModelRun, landmark: date, history: FleetHistory, gone: dict[str, date]) -> str:
    parts: list[Any] = [model_run.key, str(landmark), history.sha256, features_version(), TREND_WEEKS]
    parts.append(sorted((drive, str(day)) for drive, day in gone.items()))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _stored(store: GraphStore, fleet: str, fingerprint: str, model_run: ModelRun, landmark: date) -> int | None:
    """Number of forecasts where the same question was answered before; None where it was not."""
    if not store.query("runs_with_fingerprint", {"source": f"predict:{fleet}", "fingerprint": fingerprint}).rows:
        return None
    found = store.query("num_forecasts", {"model_run": model_run.key, "landmark": landmark}).scalar()
    return int(found or 0)


def _write(
    store: GraphStore,
    fleet: str,
    model_run: ModelRun,
    predictor: RiskPredictor,
    scored: Scored,
    landmark: date,
    fingerprint: str,
) -> tuple[WriteCounts, int]:
    windows: dict[str, str] = {}
    for row in store.query("windows_of_fleet", {"fleet": f"fleet:{fleet}"}).records():
        if row["last_day"] <= landmark:  # newest first, so the first that fits is the latest by then
            windows.setdefault(row["drive"], row["window"])
    attributes = {row["attribute"] for row in store.query("attributes").records()}
    run = store.begin_run("predict", f"predict:{fleet}", fingerprint)
    counts = WriteCounts()
    notes = list(notes_of(predictor, scored))
    for start in range(0, len(scored.examples), DRIVES_A_BATCH):
        rows = range(start, min(start + DRIVES_A_BATCH, len(scored.examples)))
        batch = forecast_batch(fleet, model_run.key, predictor, scored, rows, notes, windows, attributes)
        counts += store.load(run, batch)
    version = store.complete_run(run, {"fleet": fleet, "model_run": model_run.key, "landmark": landmark})
    return counts, version


class _Timing:
    """Tells the stage to whoever watches and keeps how long each took."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress or (lambda stage, done, total: None)
        self._seconds: dict[str, float] = {}
        self._stage: str | None = None
        self._since = time.perf_counter()

    def stage(self, name: str, done: int = 0, total: int | None = None) -> None:
        """A stage begins or goes on."""
        self._note()
        self._stage = name
        self._progress(name, done, total)

    def seconds(self) -> dict[str, float]:
        """Seconds by stage."""
        self._note()
        return {name: round(value, 3) for name, value in self._seconds.items()}

    def _note(self) -> None:
        now = time.perf_counter()
        if self._stage is not None:
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
        self._since = now
