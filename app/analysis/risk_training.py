"""Training a risk model on a fleet of the workspace: its files, its card and its node, in one run of the store."""

from __future__ import annotations

import hashlib
import json
import math
import time
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from app.analysis.fleet_data import resolve_fleet
from app.analysis.risk_features import features_version
from app.analysis.risk_results import RiskTraining
from app.analysis.risk_sources import history_from_store
from app.analysis.rules.base import Progress
from app.analysis.window_source import FORMAT_NAME as WINDOWS
from gnn.health import artifact
from gnn.health.card import FeatureRow, ModelCard, ModelRow, ReliabilityRow
from gnn.health.examples import Examples, make_examples
from gnn.health.explanation import importance
from gnn.health.history import FleetHistory
from gnn.health.landmark_plan import plan_landmarks
from gnn.health.predictor import AUTO, Trained, train_predictor
from graph.errors import RefusedError
from graph.ontology import ONTOLOGY_VERSION
from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.stored import ingest_runs

HORIZON_DAYS = 30
# Sets that were drawn by outcome: a share of failed drives there says nothing about any fleet.
CASE_CONTROL_FORMATS = (WINDOWS,)
EXPLAINED_EXAMPLES = 2_000
FIGURES = ("ap", "ap_ci", "auc", "auc_ci", "ece", "obs_over_pred_top1pct", "obs_over_pred_top10pct")


def train_risk(
    store: GraphStore,
    lake: ReadingsLake,
    workspace: Path,
    fleet: str | None = None,
    *,
    horizon_days: int = HORIZON_DAYS,
    model: str = AUTO,
    seed: int = 0,
    progress: Progress | None = None,
) -> RiskTraining:
    """Train a risk model on all that is known of a fleet.

    The same data, model and seed give the same model run: a second training adds nothing. The caller holds the
    workspace's write lock.

    Args:
        store: The graph.
        lake: The daily readings.
        workspace: Folder of the workspace; the model's files go below it.
        fleet: Name of the fleet; needed where there are several.
        horizon_days: Horizon of the risk.
        model: Name of a model, or ``auto``.
        seed: Of everything random.
        progress: Called with a stage, what is done and of how much (None: unknown).

    Raises:
        InputError: No such fleet or model, no readings, or a horizon longer than the follow-up.
        RefusedError: The fleet cannot teach a risk; says why and what would help.
    """
    started = time.perf_counter()
    tell = progress or (lambda stage, done, total: None)
    name, synthetic = resolve_fleet(store, fleet, {})
    refuse_case_control(store, name)
    version = store.version()
    tell("read fleet", 0, None)
    history = history_from_store(store, lake, name)
    tell("make features", 0, None)
    examples = training_examples(history, horizon_days)
    trained = train_predictor(examples, model, seed=seed, progress=progress)
    text = artifact.model_text(trained.predictor)
    sha256 = artifact.model_sha256(text)
    key = f"model-run:{sha256[:16]}"
    until = observed_until(history)
    hashes = {"data": dataset_sha256(examples), "model": sha256}
    card = _card(key, name, synthetic, examples, trained, until, hashes, version)
    known = [row["model_run"] for row in store.query("model_runs").records() if row["fleet"] == name]
    is_new = known[:1] != [key]  # the one trained last is the one that forecasts
    tell("store the model", 0, None)
    if is_new:
        version = _store(store, workspace, text, card, trained)
    elif not artifact.folder_of(workspace, key).exists():
        artifact.save(workspace, key, text, card)
    chosen = card.chosen
    return RiskTraining(
        run=key,
        fleet=name,
        synthetic=synthetic,
        model=trained.predictor.name,
        why=trained.selection.why,
        horizon_days=horizon_days,
        supported_days=trained.predictor.curve.supported_days,
        num_drives=card.num_drives,
        num_failures=card.num_failures,
        base_rate=card.base_rate,
        trained_until=until,
        validation={figure: getattr(chosen, figure, None) for figure in FIGURES},
        notes=card.notes,
        card=_card_path(key),
        is_new=is_new,
        store_version=version,
        seconds=time.perf_counter() - started,
    )


def refuse_case_control(store: GraphStore, fleet: str) -> None:
    """Make sure that a fleet was not drawn by outcome.

    Raises:
        RefusedError: It was.
    """
    formats = {run.format for run in ingest_runs(store) if run.fleet == fleet and run.readings_manifest}
    drawn = sorted(formats & set(CASE_CONTROL_FORMATS))
    if drawn:
        raise RefusedError(
            f"Fleet '{fleet}' comes from '{drawn[0]}', a case-control set: half of its drives failed because they were "
            "drawn so, and healthy ones have no follow-up. A window classifier can rank such drives by a score, but no "
            f"risk by horizon can be learnt. Judge it with 'atoll evaluate risk --format {drawn[0]} --train FILE'."
        )


def training_examples(history: FleetHistory, horizon_days: int) -> Examples:
    """Examples at every landmark whose whole horizon was observed."""
    observed = (history.drives["first_day"].min().date(), observed_until(history))
    plan = plan_landmarks(observed, horizon_days, "drive", embargo_days=0)
    return make_examples(history, plan.train, horizon_days)


def observed_until(history: FleetHistory) -> date:
    """Last day of observation of a fleet."""
    last: date = history.drives["last_day"].max().date()
    return last


def dataset_sha256(examples: Examples) -> str:
    """Hash of what a model learns from: drives, landmarks, outcomes, and the data that the features come from."""
    digest = hashlib.sha256((examples.history.sha256 if examples.history else "").encode())
    digest.update("\n".join(map(str, examples.drive_keys)).encode())
    digest.update("\n".join(item.name for item in examples.catalogue).encode())
    for part in (examples.drive, examples.landmark.astype(np.int64), examples.days_to_end, examples.has_failed):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def code_version() -> str:
    """Version of this program."""
    return metadata.version("atoll-kg")


def _card(
    key: str,
    fleet: str,
    synthetic: bool,
    examples: Examples,
    trained: Trained,
    until: date,
    hashes: dict[str, str],
    store_version: int,
) -> ModelCard:
    predictor, selection = trained.predictor, trained.selection
    known = examples.is_known
    return ModelCard(
        run=key,
        model=predictor.name,
        fleet=fleet,
        synthetic=synthetic,
        trained_at=datetime.now(UTC),
        horizon_days=predictor.horizon_days,
        first_landmark=examples.landmark.min().astype(object),
        last_landmark=examples.landmark.max().astype(object),
        cut=until,
        num_drives=len(np.unique(examples.drive[known])),
        num_failures=examples.num_failures,
        num_examples=int(known.sum()),
        base_rate=predictor.base_rate,
        why=selection.why,
        validation=(
            "Models were compared on drives that were held out, at the later landmarks of training; calibration, curve "
            "and reliability come from held-out drives at all landmarks."
            if selection.is_forward
            else "Models were compared on drives that were held out, at all landmarks: time was too short to cut."
        )
        + " The figures below chose the model, so they flatter it a little; 'atoll evaluate risk' keeps a test apart.",
        calibration=predictor.calibration.method,
        follow_up_days=predictor.curve.supported_days,
        models=[
            ModelRow(
                name=row.name,
                **{figure: _finite(getattr(row, figure)) for figure in FIGURES},
                is_chosen=row.name == selection.name,
                is_reference=row.is_reference,
                note=row.note,
            )
            for row in selection.candidates
        ],
        reliability=[
            ReliabilityRow(row.predicted, row.observed, row.low, row.high, int(row.num_examples))
            for row in trained.reliability
        ],
        time_error_days=trained.time_error_days,
        features=_features(examples, trained),
        limits=_limits(predictor.horizon_days, trained, fleet, synthetic),
        versions={
            "code": code_version(),
            "ontology": ONTOLOGY_VERSION,
            "features": features_version(),
            "store": str(store_version),
        },
        hashes=hashes,
        notes=[*predictor.notes, *trained.weaknesses],
    )


def _features(examples: Examples, trained: Trained) -> list[FeatureRow]:
    """Features, the most telling first; judged on some examples, failures all among them."""
    rest = np.flatnonzero(~examples.label)
    some = rest[:: max(len(rest) // EXPLAINED_EXAMPLES, 1)]
    chosen = np.sort(np.concatenate([np.flatnonzero(examples.label), some]))
    contributions = trained.predictor.fitted.contributions(examples.take(chosen))
    weight = None if contributions is None else importance(contributions)
    rows = [
        FeatureRow(
            item.name,
            item.meaning,
            item.attribute,
            item.look_back_days,
            item.unit,
            None if weight is None else float(weight[column]),
        )
        for column, item in enumerate(examples.catalogue)
    ]
    return sorted(rows, key=lambda row: (-(row.importance or 0.0), row.name))


def _limits(horizon_days: int, trained: Trained, fleet: str, synthetic: bool) -> list[str]:
    predictor = trained.predictor
    limits = [
        f"No risk is told beyond {predictor.curve.supported_days} days, where the follow-up of the training data ends.",
        f"It learnt from {len(predictor.models):,} drive models of {fleet}; for a drive of another model the band is "
        f"widened by a factor of {math.exp(predictor.unseen_log_odds):.1f} in the odds, and other fleets need a model "
        "of their own.",
        f"{predictor.horizon_days} days ahead a probability of a few per cent is high: most drives that it warns of "
        "live on, and many failures come without a sign in SMART.",
    ]
    if trained.time_error_days:
        own, constant = trained.time_error_days
        better = "no better than" if own > 0.95 * constant else "against"
        limits.append(
            f"It ranks drives, it does not date failures: of drives that failed, the median time to failure is off by "
            f"{own:.0f} days on average, {better} {constant:.0f} days of a constant. Never read a date out of it."
        )
    else:
        limits.append("It ranks drives, it does not date failures: never read a date out of it.")
    if synthetic:
        limits.append("Its data were generated: its figures say nothing about real drives.")
    return limits


def _store(store: GraphStore, workspace: Path, text: str, card: ModelCard, trained: Trained) -> int:
    """Put the files in place and the node into the graph; only the completed run makes both visible to a forecast."""
    run = store.begin_run("train", f"train:{card.fleet}", card.hashes["model"])
    chosen = card.chosen
    figures = {
        **{figure: getattr(chosen, figure, None) for figure in FIGURES},
        "overdispersion": trained.predictor.overdispersion,
        "calibration": card.calibration,
        "time_error_days": card.time_error_days,
    }
    told = {name: value if isinstance(value, str) else _finite(value) for name, value in figures.items()}
    node: dict[str, Any] = {
        "key": card.run,
        "name": f"{card.model}, {card.fleet}, {card.horizon_days} days",
        "task": "risk",
        "fleet": card.fleet,
        "model": card.model,
        "horizon_days": card.horizon_days,
        "supported_days": card.follow_up_days,
        "trained_until": card.cut,
        "dataset_sha256": card.hashes["data"],
        "artifact_sha256": card.hashes["model"],
        "store_version": int(card.versions["store"]),
        "ontology_version": card.versions["ontology"],
        "features_version": card.versions["features"],
        "code_version": card.versions["code"],
        "base_rate": card.base_rate,
        "num_drives": card.num_drives,
        "num_failures": card.num_failures,
        "metrics": json.dumps(told, allow_nan=False),
        "card": _card_path(card.run),
        "created_at": card.trained_at,
    }
    rows = pa.Table.from_pylist([node])
    at = rows.schema.get_field_index("created_at")
    rows = rows.set_column(at, "created_at", rows.column(at).cast(pa.timestamp("us", tz="UTC")))
    link = pa.table({"head": [card.run], "tail": [f"fleet:{card.fleet}"]})
    store.write(run, Batch((NodeTable("ModelRun", rows),), (RelationTable("TRAINED_ON", "ModelRun", "Fleet", link),)))
    artifact.save(workspace, card.run, text, card)
    return store.complete_run(run, {"fleet": card.fleet, "model_run": card.run})


def _card_path(run: str) -> str:
    return f"{artifact.FOLDER}/{run.removeprefix('model-run:')}/{artifact.CARD_PAGE}"


def _finite(value: Any) -> Any:
    if isinstance(value, tuple):
        return None if any(not math.isfinite(end) for end in value) else value
    return value if value is None or math.isfinite(value) else None
