"""What predictive analysis returns; the CLI, pages and queries render nothing else."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import pandas as pd


@dataclass(frozen=True, slots=True)
class RiskReason:
    """One reason for a drive's risk.

    Args:
        feature: Name of the feature.
        statement: In words, with value and unit: ``Reported uncorrectable errors rose by 12 in 30 days``.
        attribute: Key of the SMART attribute (``smart:ata:187``), or None.
        value: Value of the feature, in ``unit``; None where unknown.
        unit: Its unit.
        contribution: What it adds to the log-odds of failure; above 0 raises the risk.
        num_works: Works of the literature with an assertion on the attribute.
    """

    feature: str
    statement: str
    attribute: str | None
    value: float | None
    unit: str
    contribution: float
    num_works: int = 0


@dataclass(frozen=True, slots=True)
class NeighbourReason:
    """A neighbour in the graph that raised a drive's risk.

    Args:
        key: Key of the neighbouring node (a drive, host, rack, application).
        label: Its label.
        name: Its display name.
        path: How it is reached, ``Drive RUNS_ON Host IN_RACK Rack``.
        statement: In words.
        contribution: What the drive's log-odds lose when this neighbour is left out.
    """

    key: str
    label: str
    name: str
    path: str
    statement: str
    contribution: float


@dataclass(frozen=True)
class DriveRisk:
    """Risk of one drive as a stored forecast.

    Args:
        key: Key of the ``RiskForecast``.
        drive: Key of the drive.
        serial: Serial number.
        fleet: Its fleet.
        synthetic: True where the fleet's data were generated.
        run: Key of the ``ModelRun``.
        model: Name of the model chosen (``lightgbm``).
        landmark: Day on which the risk is asked; nothing after it was looked at.
        horizons_days: Ascending; the last is the follow-up that the data support.
        p: Probability of failure within each horizon.
        low: Lower end of the 80 % band.
        high: Upper end.
        trend_landmarks: Up to 12 weekly days, oldest first, the last is ``landmark``.
        trend_p: Probability within 30 days (or the horizon trained for) on each.
        reasons: Strongest first.
        neighbours: Strongest first; empty where no graph model was chosen.
        base_rate: Share of drives that failed within the horizon trained for, in training.
        horizon_days: That horizon.
        notes: What widens or limits the forecast, a sentence each (unseen drive model, stale readings, few failures).
    """

    key: str
    drive: str
    serial: str
    fleet: str
    synthetic: bool
    run: str
    model: str
    landmark: date
    horizons_days: list[int]
    p: list[float]
    low: list[float]
    high: list[float]
    trend_landmarks: list[date]
    trend_p: list[float]
    reasons: list[RiskReason]
    neighbours: list[NeighbourReason]
    base_rate: float
    horizon_days: int
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RiskCell:
    """One cell of the rack × model map: drives in service, and the failures expected of them within the horizon."""

    rack: str
    model: str
    num_drives: int
    expected_failures: float
    mean_p: float


@dataclass(frozen=True, slots=True)
class SpareDemand:
    """Spare drives of one model for the horizon.

    Args:
        model: Drive model.
        capacity_bytes: Its capacity, None unknown.
        num_drives: In service.
        expected_failures: Mean of the count.
        low: Lower end of the 80 % prediction interval of the count.
        high: Upper end.
        spares: Spares that suffice with probability .95.
    """

    model: str
    capacity_bytes: int | None
    num_drives: int
    expected_failures: float
    low: int
    high: int
    spares: int


@dataclass(frozen=True)
class FleetRisk:
    """Risk of a fleet at its latest forecast.

    Args:
        fleet: Its name.
        synthetic: True where its data were generated.
        run: Key of the ``ModelRun``.
        model: Name of the model chosen.
        landmark: Day of the forecast.
        horizon_days: Horizon of all counts, 30 by default.
        num_drives: Drives in service with a forecast.
        expected_failures: Mean of the count.
        low: Lower end of the 80 % prediction interval of the count.
        high: Upper end.
        drives: One row a drive in service, riskiest first: index ``drive_key``; ``serial, model, rack, p, low, high``
            (within the horizon), ``top_reason`` (str), ``trend`` (list of p, oldest first).
        heat: Cells with a rack; empty where no rack is known.
        spares: By drive model, most expected failures first.
        is_stale: True where readings came in after the forecast.
        notes: What limits the forecast, a sentence each.
    """

    fleet: str
    synthetic: bool
    run: str
    model: str
    landmark: date
    horizon_days: int
    num_drives: int
    expected_failures: float
    low: int
    high: int
    drives: pd.DataFrame
    heat: list[RiskCell]
    spares: list[SpareDemand]
    is_stale: bool = False
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As plain values, a drive a row."""
        shown = {name: value for name, value in vars(self).items() if name not in ("drives", "heat", "spares")}
        return {
            **shown,
            "drives": self.drives.rename_axis("drive").reset_index().to_dict("records"),
            "heat": [asdict(cell) for cell in self.heat],
            "spares": [asdict(item) for item in self.spares],
        }


@dataclass(frozen=True, slots=True)
class RiskChange:
    """One stored forecast of a drive in its history.

    Args:
        key: Key of the ``RiskForecast``.
        run: Key of the ``ModelRun``.
        model: Name of the model.
        landmark: Day on which the risk was asked.
        horizon_days: Horizon of ``p``.
        p: Probability of failure within it.
        low: Lower end of the 80 % band.
        high: Upper end.
        top_reason: The strongest reason in words, None where nothing stands out.
    """

    key: str
    run: str
    model: str
    landmark: date
    horizon_days: int
    p: float
    low: float
    high: float
    top_reason: str | None


@dataclass(frozen=True)
class RiskTraining:
    """What a training did.

    Args:
        run: Key of the ``ModelRun``.
        fleet: What it learnt from.
        synthetic: True where those data were generated.
        model: Name of the model chosen.
        why: What was chosen and why.
        horizon_days: Horizon it was trained for.
        supported_days: Where the risk curve stops.
        num_drives: Drives it learnt from.
        num_failures: Drives among them that failed within the horizon of a landmark.
        base_rate: Share of training examples that failed within it.
        trained_until: Last day whose outcomes it knew.
        validation: Figures of the chosen model on validation: ``ap, ap_ci, auc, auc_ci, ece, obs_over_pred_top1pct,
            obs_over_pred_top10pct``; None where unknown.
        notes: What is weak about it, a sentence each.
        card: Path of the model card inside the workspace.
        is_new: False where the fleet's newest model is of the same data, model and seed: nothing was written.
        store_version: Version of the store afterwards.
        seconds: Time taken.
    """

    run: str
    fleet: str
    synthetic: bool
    model: str
    why: str
    horizon_days: int
    supported_days: int
    num_drives: int
    num_failures: int
    base_rate: float
    trained_until: date
    validation: dict[str, Any]
    notes: list[str]
    card: str
    is_new: bool
    store_version: int
    seconds: float


@dataclass(frozen=True)
class ForecastReport:
    """What a forecast of a fleet did.

    Args:
        fleet: Its name.
        run: Key of the ``ModelRun``.
        landmark: Day on which the risk was asked.
        num_drives: Drives in service that got a forecast.
        num_left_out: Drives in service that were not seen for so long before the landmark that nothing can be said.
        nodes_written: Nodes made or changed.
        relationships_written: Relationships made or changed.
        is_dry_run: True where nothing was to be written.
        store_version: Version of the store afterwards.
        seconds: Time taken by each stage.
    """

    fleet: str
    run: str
    landmark: date
    num_drives: int
    num_left_out: int
    nodes_written: int
    relationships_written: int
    is_dry_run: bool
    store_version: int
    seconds: dict[str, float]
