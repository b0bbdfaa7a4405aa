"""The model card: what a model is, what it learnt from, how it was chosen, what it is worth and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

INTERVAL_LEVEL = 0.95
SHOWN_FEATURES = 40


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model on validation.

    Args:
        name: Its name.
        ap: Average precision; None where it could not be judged.
        ap_ci: Its 95 % interval over drives.
        auc: Area under the ROC curve.
        auc_ci: Its 95 % interval.
        ece: Expected calibration error.
        obs_over_pred_top1pct: Observed over predicted failures in the top 1 % of risk.
        obs_over_pred_top10pct: The same of the top 10 %.
        is_chosen: It was chosen.
        is_reference: It is a baseline, never chosen.
        note: Why it was refused or is not eligible; empty else.
    """

    name: str
    ap: float | None
    ap_ci: tuple[float, float] | None
    auc: float | None
    auc_ci: tuple[float, float] | None
    ece: float | None
    obs_over_pred_top1pct: float | None
    obs_over_pred_top10pct: float | None
    is_chosen: bool
    is_reference: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """One bin of predicted risk: ``predicted`` mean, ``observed`` share with its 95 % interval, and its size."""

    predicted: float
    observed: float
    low: float
    high: float
    num_examples: int


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature: what it means, how far it looks back, and its mean absolute contribution in log-odds."""

    name: str
    meaning: str
    attribute: str | None
    look_back_days: int | None
    unit: str
    importance: float | None


@dataclass(frozen=True)
class ModelCard:
    """What stands on a model's card.

    Args:
        run: Key of its ``ModelRun``.
        model: Name of the model.
        fleet: What it learnt from.
        synthetic: True where those data were generated.
        trained_at: When, UTC.
        horizon_days: Horizon it was trained for.
        first_landmark: First day on which the risk was asked in training.
        last_landmark: Last such day.
        cut: Last day whose outcomes were known.
        num_drives: Drives it learnt from.
        num_failures: Drives that failed within the horizon of one of their landmarks.
        num_examples: Drives times landmarks with a known outcome.
        base_rate: Share of these that failed within the horizon.
        why: What was chosen and why, in words.
        validation: How validation was made, in words.
        calibration: Name of the calibration.
        follow_up_days: Where the risk curve stops.
        models: Every model that was tried, on validation.
        reliability: Calibrated risk against what happened, on validation.
        time_error_days: Mean absolute error of the median time to failure of drives that failed within the curve, and
            that of the constant beside it; None where too few failed.
        features: What it reads.
        limits: What it must not be used for and where it ends, a sentence each.
        versions: Of code, ontology, features and store.
        hashes: Of the data and the model's file.
        interval_level: Level of the intervals.
    """

    run: str
    model: str
    fleet: str
    synthetic: bool
    trained_at: datetime
    horizon_days: int
    first_landmark: date
    last_landmark: date
    cut: date
    num_drives: int
    num_failures: int
    num_examples: int
    base_rate: float
    why: str
    validation: str
    calibration: str
    follow_up_days: int
    models: list[ModelRow]
    reliability: list[ReliabilityRow]
    time_error_days: tuple[float, float] | None
    features: list[FeatureRow]
    limits: list[str]
    versions: dict[str, str]
    hashes: dict[str, str]
    interval_level: float = INTERVAL_LEVEL
    notes: list[str] = field(default_factory=list)

    @property
    def chosen(self) -> ModelRow | None:
        """The chosen model's row."""
        return next((row for row in self.models if row.is_chosen), None)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return _plain(asdict(self))

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> ModelCard:
        """A card from ``to_json``."""
        days = {name: date.fromisoformat(content[name]) for name in ("first_landmark", "last_landmark", "cut")}
        return cls(
            **{
                **content,
                **days,
                "trained_at": datetime.fromisoformat(content["trained_at"]),
                "models": [
                    ModelRow(**{**row, "ap_ci": _pair(row["ap_ci"]), "auc_ci": _pair(row["auc_ci"])})
                    for row in content["models"]
                ],
                "reliability": [ReliabilityRow(**row) for row in content["reliability"]],
                "time_error_days": _pair(content["time_error_days"]),
                "features": [FeatureRow(**row) for row in content["features"]],
            }
        )

    def to_markdown(self) -> str:
        """As a page."""
        data = " (synthetic: the data were generated)" if self.synthetic else ""
        parts = [
            f"# Model card: {self.model}, failure within {self.horizon_days} days",
            f"Run `{self.run}`, trained {self.trained_at:%Y-%m-%d %H:%M} UTC on {self.fleet}{data}.",
            "## What it says",
            f"The probability that a drive fails within N days of a landmark, for N up to {self.follow_up_days} days, "
            f"with an 80 % band. Calibration: {self.calibration}.",
            "## What it learnt from",
            f"{self.num_drives:,} drives asked between {self.first_landmark} and {self.last_landmark} "
            f"({self.num_examples:,} examples), {self.num_failures:,} of them failed within {self.horizon_days} days "
            f"of a landmark; outcomes after {self.cut} were never seen. Base rate {_percent(self.base_rate)}.",
            "## What was chosen and why",
            f"{self.why} {self.validation}",
            _table(
                ("Model", "AP", "95 %", "AUC", "95 %", "Calibration error", "Top 1 %", "Top 10 %", ""),
                [
                    (
                        f"**{row.name}**" if row.is_chosen else row.name,
                        _number(row.ap),
                        _range(row.ap_ci),
                        _number(row.auc),
                        _range(row.auc_ci),
                        _number(row.ece, 5),
                        _number(row.obs_over_pred_top1pct, 2),
                        _number(row.obs_over_pred_top10pct, 2),
                        " ".join(filter(None, ("baseline" if row.is_reference else "", row.note))),
                    )
                    for row in self.models
                ],
            ),
            "Top 1 % and top 10 %: failures observed over predicted among the drives of highest risk; 1 is right.",
            "## Reliability on validation",
            _table(
                ("Predicted", "Observed", "95 %", "Examples"),
                [
                    (
                        _percent(row.predicted),
                        _percent(row.observed),
                        f"{_percent(row.low)} to {_percent(row.high)}",
                        f"{row.num_examples:,}",
                    )
                    for row in self.reliability
                ],
            ),
            "## What it reads",
            _table(
                ("Feature", "Meaning", "Looks back", "Mean contribution (log-odds)"),
                [
                    (
                        f"`{row.name}`",
                        row.meaning,
                        "over all seen" if row.look_back_days is None else f"{row.look_back_days} days",
                        _number(row.importance),
                    )
                    for row in self.features[:SHOWN_FEATURES]
                ],
            ),
            ""
            if len(self.features) <= SHOWN_FEATURES
            else f"And {len(self.features) - SHOWN_FEATURES} more that say less; all of them stand in `card.json`.",
            "## Limits",
            "\n".join(f"- {sentence}" for sentence in [*self.limits, *self.notes]),
            "## Versions",
            "\n".join(f"- {name}: `{value}`" for name, value in {**self.versions, **self.hashes}.items()),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"


def _pair(values: Sequence[float] | None) -> tuple[float, float] | None:
    return None if values is None else (float(values[0]), float(values[1]))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return value


def _number(value: float | None, digits: int = 3) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _range(pair: tuple[float, float] | None) -> str:
    return "" if pair is None else f"{pair[0]:.3f} to {pair[1]:.3f}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %" if share > 1e-9 else "0 %"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    line: Callable[[Sequence[str]], str] = lambda cells: "| " + " | ".join(cells) + " |"  # noqa: E731
    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)]) if rows else ""
