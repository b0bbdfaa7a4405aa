"""Features of drives at landmarks: numbers known by then, from landmark windows, maker, size and age."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from gnn.health.examples import Feature
from gnn.health.feature_plan import ERRORS, HOURS, LOOK_BACKS_DAYS, Measure, measures_of
from gnn.health.history import FleetHistory
from graph.errors import InputError
from graph.windows.landmarks import landmark_windows

DAYS_A_MONTH = 30.0
MAKER_OTHER = "maker_other"
"""Where ``makers`` are given: one of another maker than those."""

# What looks beyond the landmark, names a drive or a date, or tells that a failure or a ticket is on file.
FORBIDDEN = (
    "min_date",
    "max_date",
    "min_hours",
    "max_hours",
    "n_records",
    "tstart",
    "tstop",
    "fails",
    "serial",
    "drive_key",
    "disk_id",
    "model",
    "day",
    "date",
    "landmark",
    "first_day",
    "last_day",
    "month",
    "year",
    "failure",
    "failed",
    "failure_day",
    "ticket",
    "ttf_days",
    "rack",
    "room",
    "host",
    "node",
)
_WORDS = re.compile(
    r"(?<![a-z])(serial|ticket|ttf|fails?|failures?|n_records|(min|max)_(date|hours)|date|model|drive_key)(?![a-z])"
)


def check_names(names: Iterable[str], what: str = "Feature") -> None:
    """Make sure that no column may tell the outcome, the drive or the date.

    Args:
        names: Names of features, or of columns that features are made of.
        what: What they are, for the message.

    Raises:
        InputError: One may; it names it.
    """
    for name in names:
        if name in FORBIDDEN or _WORDS.search(name.lower()):
            raise InputError(
                f"{what} '{name}': looks into the future, or names a drive, a date or a failure, "
                "so no model may read it. Features come from attributes of readings, age, maker and size alone."
            )


def features_of(
    history: FleetHistory, probes: pd.DataFrame, makers: Sequence[str] | None = None
) -> tuple[pd.DataFrame, tuple[Feature, ...]]:
    """Features of drives on given days.

    Args:
        history: The fleet; of its drives only ``vendor, capacity_bytes`` are read.
        probes: ``drive_key`` and ``landmark`` (datetime64), one row a probe, no two the same.
        makers: Makers with a column of their own; None for all makers of the fleet.

    Returns:
        float32, one row a probe in the order of ``probes``, NaN where unknown; and what the columns mean.

    Raises:
        InputError: A column of the readings may not be read (see ``check_names``), or a drive is not in the history.
    """
    attributes = [name for name in history.readings.columns if name not in ("drive_key", "day")]
    check_names(attributes, "Column of the readings")
    position = history.drives.index.get_indexer(probes["drive_key"])
    if (position < 0).any():
        raise InputError(f"Drive '{probes['drive_key'].iloc[int(np.argmin(position))]}' is not in '{history.name}'.")
    windows = _Windows(_windows(history, probes, position))
    columns: dict[str, np.ndarray] = {}
    catalogue: list[Feature] = []

    def add(feature: Feature, values: np.ndarray) -> None:
        columns[feature.name] = values.astype(np.float32, copy=False)
        catalogue.append(feature)

    age_days = _age_days(windows, attributes)
    months = np.maximum(age_days, DAYS_A_MONTH) / DAYS_A_MONTH
    for name in attributes:
        for measure in measures_of(name):
            add(measure.feature, _measured(windows, name, measure, months))
    for feature, values in _counted(windows, [name for name in ERRORS if name in attributes]):
        add(feature, values)
    add(
        Feature("days_since_any_change", "days since any counter of trouble changed", None, None, "days"),
        windows["days_since_any_change"],
    )
    add(
        Feature("age_days", "days in operation by power-on hours, else days since first seen", None, None, "days"),
        age_days,
    )
    for feature, values in _made(history, position, makers):
        add(feature, values)
    check_names(columns)
    return pd.DataFrame(columns, copy=False), tuple(catalogue)


class _Windows:
    """Landmark windows as float64 arrays in the order of the probes."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __contains__(self, name: str) -> bool:
        return name in self._table.column_names

    def __getitem__(self, name: str) -> np.ndarray:
        values: np.ndarray = self._table.column(name).to_numpy()
        return values


def _windows(history: FleetHistory, probes: pd.DataFrame, position: np.ndarray) -> pa.Table:
    days = probes["landmark"].to_numpy().astype("datetime64[D]")
    asked = pa.table({"drive_key": pa.array(probes["drive_key"], pa.string()), "landmark": pa.array(days)})
    readings = history.readings
    if len(np.unique(position)) < len(history.drives):
        chosen = pa.table({"drive_key": pa.array(history.drives.index[np.unique(position)], pa.string())})
        readings = readings.semi_join(ibis.memtable(chosen), "drive_key")
    last = ibis.literal(pd.Timestamp(days.max()).date())
    expression = landmark_windows(readings.filter(readings.day <= last), ibis.memtable(asked), LOOK_BACKS_DAYS)
    found = history.connection.to_pyarrow(expression)
    at = history.drives.index.get_indexer(found.column("drive_key").to_pandas()).astype(np.int64)
    number = found.column("landmark").cast(pa.date32()).cast(pa.int32()).to_numpy().astype(np.int64)
    order = np.lexsort((number, at))
    wanted = np.lexsort((days.astype(np.int64), position))
    rows = np.empty(len(order), np.int64)
    rows[wanted] = order
    return found.drop_columns(["drive_key", "landmark"]).take(pa.array(rows))


def _age_days(windows: _Windows, attributes: list[str]) -> np.ndarray:
    """Days of operation: the last known power-on hours and the days since, else the days since the first reading."""
    age = np.full_like(windows["days_observed"], np.nan)
    for name in HOURS:
        if name in attributes:
            known = windows[f"{name}_last"] / 24 + windows[f"{name}_days_since_value"]
            age = np.where(np.isnan(age), known, age)
    return np.where(np.isnan(age), windows["days_observed"], age)


def _measured(windows: _Windows, name: str, measure: Measure, months: np.ndarray) -> np.ndarray:
    values = windows[f"{name}_{measure.window}"]
    return values / months if measure.is_per_month else values


def _counted(windows: _Windows, errors: list[str]) -> list[tuple[Feature, np.ndarray]]:
    """How many counters of errors are above zero now, ever, and rising, and the sums of their logarithms."""
    if not errors:
        return []
    shown = ", ".join(errors)

    def stacked(suffix: str) -> np.ndarray:
        return np.stack([windows[f"{name}_{suffix}"] for name in errors])

    level = stacked("last")
    unknown = np.isnan(level).all(axis=0)

    def known(values: np.ndarray) -> np.ndarray:
        return np.where(unknown, np.nan, values)

    found = [
        (
            Feature("num_errors_now", f"how many of {shown} are above zero", None, None, "counters"),
            known((level > 0).sum(axis=0)),
        ),
        (
            Feature("num_errors_ever", f"how many of {shown} were ever above zero", None, None, "counters"),
            known((stacked("ever_max") > 0).sum(axis=0)),
        ),
        (
            Feature("errors_log_sum", f"log(1 + value) summed over {shown}", None, None, "log(1 + errors)"),
            known(np.nansum(np.log1p(np.maximum(level, 0)), axis=0)),
        ),
    ]
    for back in LOOK_BACKS_DAYS:
        rise = stacked(f"rise_{back}_days")
        rising = Feature(
            f"num_errors_rising_{back}_days", f"how many of {shown} rose in {back} days", None, back, "counters"
        )
        sums = Feature(
            f"errors_rise_log_sum_{back}_days",
            f"log(1 + rise in {back} days) summed over {shown}",
            None,
            back,
            "log(1 + errors)",
        )
        found.append((rising, known((rise > 0).sum(axis=0))))
        found.append((sums, known(np.nansum(np.log1p(rise), axis=0))))
    return found


def _made(
    history: FleetHistory, position: np.ndarray, makers: Sequence[str] | None
) -> list[tuple[Feature, np.ndarray]]:
    """Maker, one column each, and size."""
    vendor = history.drives["vendor"]
    own = sorted(vendor.dropna().unique()) if makers is None else list(makers)
    at = pd.Index(own).get_indexer(vendor.fillna("")) if own else np.full(len(vendor), -1)
    at = np.where(vendor.isna(), -2, at)[position]
    found = [
        (
            Feature(maker_column(maker), f"made by {maker}", None, None, "0 or 1"),
            np.where(at == -2, np.nan, at == number),
        )
        for number, maker in enumerate(own)
    ]
    if makers is not None:
        other = Feature(MAKER_OTHER, "made by another maker than those of training", None, None, "0 or 1")
        found.append((other, np.where(at == -2, np.nan, at == -1)))
    size = history.drives["capacity_bytes"].to_numpy(np.float64)[position]
    with np.errstate(divide="ignore", invalid="ignore"):
        log2 = np.where(size > 0, np.log2(size), np.nan)
    found.append(
        (Feature("capacity_log2", "binary logarithm of the capacity in bytes", None, None, "log2(bytes)"), log2)
    )
    return found


def maker_column(maker: str) -> str:
    """Column of a maker: ``Western Digital`` is ``maker_western_digital``."""
    return "maker_" + re.sub(r"[^a-z0-9]+", "_", maker.lower()).strip("_")
