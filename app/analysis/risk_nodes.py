"""Forecasts as nodes and relationships, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from app.analysis.risk_results import NeighbourReason, RiskReason
from gnn.health.predictor import RiskPredictor
from graph.ontology.model import Batch, NodeTable, RelationTable

if TYPE_CHECKING:
    from app.analysis.risk_forecasts import Scored

# So many digits of a probability are kept: more would say no more, and change with the machine.
DIGITS = 6


def forecast_key(model_run: str, drive: str, landmark: object) -> str:
    """Key of a drive's forecast."""
    return f"forecast:{model_run}:{drive}:{landmark}"


def forecast_batch(
    fleet: str,
    model_run: str,
    predictor: RiskPredictor,
    scored: Scored,
    rows: range,
    notes: Sequence[list[str]],
    windows: Mapping[str, str],
    attributes: AbstractSet[str],
) -> Batch:
    """Nodes and relationships of some drives' forecasts.

    Args:
        fleet: Name of the fleet.
        model_run: Key of the model run.
        predictor: The model.
        scored: The scored fleet.
        rows: Which drives of it.
        notes: Sentences of each drive of the fleet.
        windows: The latest window of each drive by the landmark, where it has one.
        attributes: Keys of the attributes that are stored, which a reason can be tied to.
    """
    forecast, landmark = scored.forecast, scored.trend_landmarks[-1]
    drives = [str(scored.examples.drive_keys[row]) for row in rows]
    keys = [forecast_key(model_run, drive, landmark) for drive in drives]
    part = slice(rows.start, rows.stop)
    number = len(keys)
    trends = [_known(scored.trend[row], scored.trend_landmarks) for row in rows]
    reasons = [scored.reasons[row] for row in rows]
    table = pa.table(
        {
            "key": keys,
            "name": [f"{drive.rsplit(':', 1)[-1]} on {landmark}" for drive in drives],
            "fleet": pa.array([fleet] * number, pa.string()),
            "drive": drives,
            "model_run": pa.array([model_run] * number, pa.string()),
            "landmark": pa.array([landmark] * number, pa.date32()),
            "horizon_days": pa.array([predictor.horizon_days] * number, pa.int64()),
            "horizons_days": pa.array([forecast.horizons_days] * number, pa.list_(pa.int64())),
            "p": _lists(forecast.p[part]),
            "low": _lists(forecast.low[part]),
            "high": _lists(forecast.high[part]),
            "risk": pa.array(_rounded(forecast.risk[part])),
            "members": _lists(forecast.members[part]),
            "base_rate": pa.array([predictor.base_rate] * number, pa.float64()),
            "trend_landmarks": pa.array([days for days, _ in trends], pa.list_(pa.date32())),
            "trend_p": pa.array([values for _, values in trends], pa.list_(pa.float64())),
            "reasons": _texts([_text(item) for item in own.attributes] for own in reasons),
            "neighbours": _texts([_text(item) for item in own.neighbours] for own in reasons),
            "notes": _texts(notes[row] for row in rows),
        }
    )
    rested = [(key, windows[drive]) for key, drive in zip(keys, drives, strict=True) if drive in windows]
    named = [
        (key, attribute)
        for key, own in zip(keys, reasons, strict=True)
        for attribute in dict.fromkeys(item.attribute for item in own.attributes)
        if attribute in attributes
    ]
    relations = (
        ("FORECASTS", "Drive", list(zip(keys, drives, strict=True))),
        ("PREDICTED_BY", "ModelRun", [(key, model_run) for key in keys]),
        ("RESTS_ON", "TelemetryWindow", rested),
        ("CONCERNS", "SmartAttribute", named),
    )
    return Batch(
        (NodeTable("RiskForecast", table),),
        tuple(
            RelationTable(
                relation,
                "RiskForecast",
                label,
                pa.table({"head": [head for head, _ in pairs], "tail": [tail for _, tail in pairs]}),
            )
            for relation, label, pairs in relations
            if pairs
        ),
    )


def stored_reasons(texts: Sequence[str] | None, num_works: Mapping[str, int]) -> list[RiskReason]:
    """Reasons as shown, from those of a node, with the works on each attribute."""
    return [
        RiskReason(**{**item, "num_works": num_works.get(item["attribute"] or "", 0)})
        for item in map(json.loads, texts or ())
    ]


def stored_neighbours(texts: Sequence[str] | None) -> list[NeighbourReason]:
    """Neighbours as shown, from those of a node."""
    return [NeighbourReason(**json.loads(text)) for text in texts or ()]


def _texts(values: Iterable[list[str]]) -> pa.Array:
    return pa.array(list(values), pa.list_(pa.string()))


def _text(item: RiskReason | NeighbourReason) -> str:
    content: dict[str, Any] = asdict(item)
    content.pop("num_works", None)  # counted when shown: literature comes in after a forecast too
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _known(values: np.ndarray, landmarks: Sequence[Any]) -> tuple[list[Any], list[float]]:
    known = ~np.isnan(values)
    return [day for day, there in zip(landmarks, known, strict=True) if there], _rounded(values[known]).tolist()


def _rounded(values: np.ndarray) -> np.ndarray:
    """Significant digits, not decimals: risks span four orders of magnitude."""
    magnitude = np.power(10.0, DIGITS - 1 - np.floor(np.log10(np.maximum(values, 1e-12))))
    return np.asarray(np.round(values * magnitude) / magnitude)


def _lists(values: np.ndarray) -> pa.Array:
    flat = _rounded(np.ascontiguousarray(values, np.float64))
    offsets = np.arange(0, flat.size + 1, flat.shape[1], dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat.ravel()))
