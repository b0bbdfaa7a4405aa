"""Features of drives at landmarks: what attributes, age, maker and size said by then, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from gnn.health.decoding import RAW, decoded_readings
from gnn.health.feature_plan import ERRORS, HOURS, Feature, Measure, measures_of
from gnn.health.guard import check_columns, check_names
from gnn.health.history import FleetHistory
from graph.errors import InputError
from graph.windows.landmarks import LOOK_BACKS_DAYS, landmark_windows
from graph.windows.shape import attributes, measured

DAYS_A_MONTH = 30.0
OTHER_MAKER = "other"

Column = tuple[Feature, np.ndarray]


def features_of(
    history: FleetHistory, probes: pd.DataFrame, makers: Sequence[str] | None = None
) -> tuple[pd.DataFrame, tuple[Feature, ...]]:
    """Features of drives on given days.

    Args:
        history: The fleet.
        probes: ``drive_key`` and ``landmark`` (datetime64), one row a probe, no two the same.
        makers: As for ``features_from``.

    Returns:
        float32, one row a probe in the order of ``probes``, NaN where unknown; and what the columns mean.

    Raises:
        InputError: A drive is not in the history, two probes are the same, or a column of the readings may not be read.
    """
    windows = windows_of(history, probes)
    frame, catalogue = features_from(windows, history.drives, makers)
    asked = pd.MultiIndex.from_arrays([_at(history, probes["drive_key"]), probes["landmark"].astype("datetime64[s]")])
    given = pd.MultiIndex.from_arrays(
        [_at(history, windows.column("drive_key").to_pandas()), windows.column("landmark").to_pandas()]
    )
    return frame.take(given.get_indexer(asked)).reset_index(drop=True), catalogue


def windows_of(history: FleetHistory, probes: pd.DataFrame) -> pa.Table:
    """Landmark windows of drives with decoded values, which are all that features are made of.

    Args:
        history: The fleet; of its drives only ``model`` and ``vendor`` are read, to decode.
        probes: As for ``features_of``.

    Returns:
        As ``landmark_windows``, in no order; they can be stored, and features made of them later.

    Raises:
        InputError: As for ``features_of``.
    """
    if probes.duplicated(["drive_key", "landmark"]).any():
        raise InputError(f"Probes of '{history.name}': a drive is asked for twice at one landmark.")
    names = measured(attributes(history.readings))
    check_columns(names)
    asked_for = np.unique(_at(history, probes["drive_key"]))
    days = probes["landmark"].to_numpy().astype("datetime64[D]")
    readings = history.readings.select("drive_key", "day", *names)
    readings = readings.filter(readings.day <= pd.Timestamp(days.max()).date())
    if len(asked_for) < len(history.drives):
        chosen = pa.table({"drive_key": pa.array(history.drives.index[asked_for], pa.string())})
        readings = readings.semi_join(ibis.memtable(chosen), "drive_key")
    asked = ibis.memtable(pa.table({"drive_key": pa.array(probes["drive_key"], pa.string()), "landmark": days}))
    windows = landmark_windows(decoded_readings(readings, history.drives), asked, LOOK_BACKS_DAYS)
    found: pa.Table = history.connection.to_pyarrow(windows)
    return found


def features_from(
    windows: pa.Table, drives: pd.DataFrame, makers: Sequence[str] | None = None
) -> tuple[pd.DataFrame, tuple[Feature, ...]]:
    """Features from landmark windows.

    Args:
        windows: As ``windows_of`` makes them.
        drives: Index ``drive_key``; only ``vendor`` and ``capacity_bytes`` are read.
        makers: Makers with a column of their own, others together being ``maker_other``; None for all makers there.

    Returns:
        float32, one row a window, NaN where unknown; and what the columns mean.
    """
    known = _Known(windows)
    age_days = _age_days(known)
    months = np.maximum(age_days, DAYS_A_MONTH) / DAYS_A_MONTH
    columns: list[Column] = []
    for name in known.attributes:
        for measure in measures_of(name, is_packed=known.has(name + RAW)):
            columns.append((measure.feature, _measured(known, measure, months)))
    columns += _counted(known, [name for name in ERRORS if known.has(name)])
    changed = Feature(
        "days_since_any_change", "days since any error counter or power cycle changed", None, None, "days"
    )
    age = Feature("age_days", "days of operation: power-on hours, else since first seen", None, None, "days")
    columns += [(changed, known["days_since_any_change"]), (age, age_days)]
    columns += _made(drives.reindex(windows.column("drive_key").to_pandas()), makers)
    check_names(feature.name for feature, _ in columns)
    frame = pd.DataFrame({feature.name: values.astype(np.float32) for feature, values in columns}, copy=False)
    return frame, tuple(feature for feature, _ in columns)


class _Known:
    """Columns of landmark windows as float64, NaN where null."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        lasts = [name.removesuffix("_last") for name in table.column_names if name.endswith("_last")]
        self.attributes = [name for name in lasts if not name.endswith(RAW)]

    def has(self, attribute: str) -> bool:
        return f"{attribute}_last" in self._table.column_names

    def __getitem__(self, name: str) -> np.ndarray:
        return np.asarray(self._table.column(name).to_numpy(), np.float64)


def _at(history: FleetHistory, keys: pd.Series) -> np.ndarray:
    at: np.ndarray = history.drives.index.get_indexer(pd.Index(keys))
    if (at < 0).any():
        raise InputError(f"Drive '{keys.iloc[int(np.argmin(at))]}' is not one of '{history.name}'.")
    return at


def _age_days(known: _Known) -> np.ndarray:
    """Days of operation: the last known power-on hours and the days since, else the days since the first reading."""
    age = np.full(len(known["days_observed"]), np.nan)
    for name in filter(known.has, HOURS):
        age = np.where(np.isnan(age), known[f"{name}_last"] / 24 + known[f"{name}_days_since_value"], age)
    return np.where(np.isnan(age), known["days_observed"], age)


def _measured(known: _Known, measure: Measure, months: np.ndarray) -> np.ndarray:
    values = known[measure.window]
    return values / months if measure.is_per_month else values


def _counted(known: _Known, errors: list[str]) -> Iterator[Column]:
    """How many counters of errors are above zero now, ever, and rising, and the sums of their logarithms."""
    if not errors:
        return
    level = np.stack([known[f"{name}_last"] for name in errors])
    is_unknown = np.isnan(level).all(axis=0)

    def column(name: str, meaning: str, back: int | None, unit: str, values: np.ndarray) -> Column:
        return Feature(name, meaning, None, back, unit), np.where(is_unknown, np.nan, np.nansum(values, axis=0))

    highest = np.stack([known[f"{name}_ever_max"] for name in errors])
    yield column("num_errors_now", "error counters above zero", None, "counters", level > 0)
    yield column("num_errors_ever", "error counters that were ever above zero", None, "counters", highest > 0)
    logs, log_unit = np.log1p(np.maximum(level, 0)), "log(1 + errors)"
    yield column("errors_log_sum", "logarithms of all error counters, summed", None, log_unit, logs)
    for back in LOOK_BACKS_DAYS:
        rise = np.stack([known[f"{name}_rise_{back}_days"] for name in errors])
        meaning = f"error counters that rose in {back} days"
        yield column(f"num_errors_rising_{back}_days", meaning, back, "counters", rise > 0)
        meaning = f"logarithms of the rises of all error counters in {back} days, summed"
        yield column(f"errors_rise_log_sum_{back}_days", meaning, back, log_unit, np.log1p(rise))


def _made(drives: pd.DataFrame, makers: Sequence[str] | None) -> Iterator[Column]:
    """Maker, one column each, and size, of each window's drive."""
    code, present = pd.factorize(drives["vendor"], sort=True)
    own = list(present) if makers is None else list(makers)
    # -1 where the maker is not known at all, len(own) where it has no column of its own.
    place = {maker: at for at, maker in enumerate(own)}
    at = np.append([place.get(maker, len(own)) for maker in present], -1).astype(np.int64)[code]
    for number, maker in enumerate([*own, OTHER_MAKER] if makers is not None else own):
        feature = Feature(maker_column(maker), f"made by {maker}", None, None, "0 or 1")
        yield feature, np.where(at < 0, np.nan, at == number)
    size = drives["capacity_bytes"].to_numpy(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        log2 = np.where(size > 0, np.log2(size), np.nan)
    yield Feature("capacity_log2", "capacity, as a binary logarithm", None, None, "log2(bytes)"), log2


def maker_column(maker: str) -> str:
    """Column of a maker: ``Western Digital`` is ``maker_western_digital``."""
    return "maker_" + re.sub(r"[^a-z0-9]+", "_", maker.lower()).strip("_")
