"""What the rules look at: the drives of one fleet, their recent readings (decoded) and their latest windows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

from graph.ontology import smart
from graph.ontology.meaning import Meaning, meaning_of
from graph.ontology.model import Evidence
from graph.windows import DEFINITION_VERSION, latest_windows, rolling_windows

Floats = npt.NDArray[np.float64]

WINDOW_DAYS = 30
HISTORY_DAYS = 120
# Attributes that only flash drives have; one reading of any of them tells the medium where the model does not.
FLASH_COLUMNS = tuple(f"ata_{n}" for n in (170, 171, 172, 173, 177, 180, 181, 182))


@dataclass(slots=True)
class Inputs:
    """One fleet at one time.

    Args:
        fleet: Name.
        drives: One row a drive, index ``drive_key``: ``serial, model, vendor, medium``, names and keys of ``host``,
            ``rack``, ``room``, ``failure_day``, ``failure_status``.
        daily: Recent readings, sorted by drive and day: ``drive`` (row in ``windows``), ``day`` (days since
            1970-01-01), one column an attribute, decoded.
        windows: Latest window of each drive that was read, index ``drive_key``, sorted.
        table: The recent readings as a table, for windows at earlier days.
        connection: Backend that computes them.
        data_day: Last day of data in the fleet.
    """

    fleet: str
    drives: pd.DataFrame
    daily: pd.DataFrame
    windows: pd.DataFrame
    table: ir.Table
    connection: Backend
    data_day: date
    _readable: dict[tuple[str, tuple[str, ...], bool], pd.Series] = field(default_factory=dict)

    def drive_at(self, row: int) -> str:
        """Key of the drive in a row of the windows."""
        return str(self.windows.index.to_numpy()[row])

    def days_of(self, drive: str) -> tuple[date, date]:
        """First and last day of a drive's latest window."""
        first: date = self.windows.at[drive, "first_day"]  # type: ignore[assignment]
        last: date = self.windows.at[drive, "last_day"]  # type: ignore[assignment]
        return first, last

    @property
    def first_day_of_fleet(self) -> date:
        """First day of the window that ends with the fleet's data."""
        return self.data_day - timedelta(days=WINDOW_DAYS - 1)

    @property
    def is_flash(self) -> pd.Series:
        """Whether each drive that was read holds flash: by its model where that is known, else by its attributes."""
        seen = [f"{name}_last" for name in FLASH_COLUMNS if f"{name}_last" in self.windows]
        seen += [name for name in map(str, self.windows) if name.startswith("nvme_") and name.endswith("_last")]
        medium = self.drives["medium"].reindex(self.windows.index)
        by_attribute = self.windows[seen].notna().any(axis=1) if seen else pd.Series(False, index=self.windows.index)
        return medium.eq("flash") | (medium.isna() & by_attribute)

    def readable(self, key: str, kinds: tuple[str, ...], *, normalized: bool = False) -> pd.Series:
        """Whether an attribute can be read on each drive's model (see ``readable``)."""
        if (key, kinds, normalized) not in self._readable:
            drives = self.drives.reindex(self.windows.index)
            self._readable[key, kinds, normalized] = readable(drives, key, kinds, normalized=normalized)
        return self._readable[key, kinds, normalized]

    def matrix(self, values: npt.ArrayLike, num_days: int) -> Floats:
        """Values of the recent readings by drive and day, each drive's last day in the last column.

        Args:
            values: One a row of ``daily``.
            num_days: Columns.

        Returns:
            Shape ``(num_drives_read, num_days)``; NaN where there is no reading.
        """
        drive, day = self.daily["drive"].to_numpy(), self.daily["day"].to_numpy()
        column = num_days - 1 - (self.last_days[drive] - day)
        inside = column >= 0
        result = np.full((len(self.windows), num_days), np.nan)
        result[drive[inside], column[inside]] = np.asarray(values, dtype=float)[inside]
        return result

    def last_in_window(self, columns: list[str]) -> pd.DataFrame:
        """Last values of some columns in each drive's window: one row a drive that was read, NaN for none."""
        inside = self.daily["day"] > self.last_days[self.daily["drive"]] - WINDOW_DAYS
        last = self.daily.loc[inside, ["drive", *columns]].groupby("drive").last()
        return last.reindex(np.arange(len(self.windows)))

    @property
    def last_days(self) -> npt.NDArray[np.int64]:
        """Last day of each drive that was read, days since 1970-01-01."""
        return _day_numbers(self.windows["last_day"])

    def evidence(self, drive: str) -> Evidence:
        """The latest window of a drive, as what a claim rests on."""
        first, last = self.days_of(drive)
        return Evidence(
            kind="telemetry_window",
            ref=f"window:{drive}:{last}:{WINDOW_DAYS}:{DEFINITION_VERSION}",
            detail={
                "fleet": self.fleet,
                "drive": drive,
                "first_day": first.isoformat(),
                "last_day": last.isoformat(),
                "num_readings": int(self.windows["num_readings"].loc[drive]),
                "content_sha256": self.windows.at[drive, "content_sha256"],
            },
        )

    def history(self, drives: list[str], columns: list[str]) -> pd.DataFrame:
        """Rolling windows of some drives: one row a drive and day, sorted, with the measures of these columns."""
        table = self.table.filter(self.table.drive_key.isin(drives)).select("drive_key", "day", *columns)
        frame = self.connection.to_pandas(rolling_windows(table, WINDOW_DAYS))
        for name in ("day", "first_day", "last_day"):
            frame[name] = pd.to_datetime(frame[name]).dt.date
        return frame.sort_values(["drive_key", "day"], kind="stable", ignore_index=True)


def readable(drives: pd.DataFrame, key: str, kinds: tuple[str, ...], *, normalized: bool = False) -> pd.Series:
    """Whether an attribute can be read and has one of the kinds on each drive's model, vendor overrides considered.

    Args:
        drives: Columns ``model`` and ``vendor``.
        key: Key of the attribute.
        kinds: ``cumulative``, ``gauge``, ``normalized``, ``event``.
        normalized: True where the normalised value is read: it needs no decoder.
    """
    pairs = list(zip(drives["model"].map(_text), drives["vendor"].map(_text), strict=True))
    meant = {pair: meaning_of(key, model=pair[0] or "", vendor=pair[1]) for pair in set(pairs)}
    fits = {pair: one.kind in kinds and (normalized or one.is_readable) for pair, one in meant.items()}
    return pd.Series([fits[pair] for pair in pairs], index=drives.index, dtype=bool)


def _with_thresholds(columns: list[str]) -> dict[str, str]:
    """Columns, with their keys, of what devices hold against a threshold of their own: value, worst and threshold."""
    keys = [key for name in columns if (key := smart.threshold_key_of(name)) is not None]
    return {
        name(key): key for key in keys for name in (smart.normalized_column, smart.worst_column, smart.threshold_column)
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _day_numbers(dates: pd.Series) -> npt.NDArray[np.int64]:
    return pd.to_datetime(dates).to_numpy().astype("datetime64[D]").astype(np.int64)


def load_inputs(
    fleet: str, drives: pd.DataFrame, readings: ir.Table, connection: Backend, attributes: tuple[str, ...]
) -> Inputs:
    """Read what the rules need of a fleet.

    Args:
        fleet: Name.
        drives: As in ``Inputs``.
        readings: Raw readings of the lake, at least one row.
        connection: Backend the readings live on.
        attributes: Keys of the attributes the rules read.

    Returns:
        The inputs; each drive's last ``HISTORY_DAYS`` days count, up to its own last day.
    """
    wanted = {smart.column(key): key for key in attributes}
    wanted |= {smart.normalized_column(key): key for key in attributes if smart.attribute(key).protocol == "ata"}
    # Held against a threshold by the device itself: only their last values count, so no window is computed of them.
    beside = {name: key for name, key in _with_thresholds(list(readings.columns)).items() if name not in wanted}
    wanted |= beside
    present = [name for name in readings.columns if name in wanted]
    last = readings.day.max().over(ibis.window(group_by="drive_key"))
    recent = readings.select("drive_key", "day", *present, last_day=last)
    recent = recent.filter(recent.last_day.delta(recent.day, unit="day") < HISTORY_DAYS).drop("last_day")
    frame = connection.to_pandas(recent)
    frame = frame[frame["drive_key"].isin(drives.index)]
    frame = frame.sort_values(["drive_key", "day"], kind="stable", ignore_index=True)
    decode_columns(frame, {name: wanted[name] for name in present if smart.key_of(name)}, drives)
    frame["day"] = pd.to_datetime(frame["day"]).dt.date
    table = ibis.memtable(pa.Table.from_pandas(frame.drop(columns=list(beside), errors="ignore"), preserve_index=False))
    windows = connection.to_pandas(latest_windows(table, WINDOW_DAYS)).set_index("drive_key").sort_index()
    for name in ("first_day", "last_day"):
        windows[name] = pd.to_datetime(windows[name]).dt.date
    codes = pd.Index(windows.index).get_indexer(pd.Index(frame["drive_key"]))
    daily = frame.drop(columns=["drive_key", "day"]).assign(drive=codes, day=_day_numbers(frame["day"]))
    return Inputs(fleet, drives, daily, windows, table, connection, max(windows["last_day"]))


def decode_columns(frame: pd.DataFrame, keys: dict[str, str], drives: pd.DataFrame) -> None:
    """Decode raw columns in place, for each model as its vendor means them; what cannot be decoded becomes NaN.

    Args:
        frame: Rows with a column or an index ``drive_key``.
        keys: Keys of the attributes by the columns that hold their raw values.
        drives: Index ``drive_key``, columns ``model`` and ``vendor``.
    """
    owner = frame["drive_key"] if "drive_key" in frame else frame.index.to_series()
    models, pairs = pd.MultiIndex.from_frame(drives[["model", "vendor"]].map(_text)).factorize()
    position = pd.Index(drives.index).get_indexer(pd.Index(owner))
    rows_model = np.where(position >= 0, models[position], -1) if len(models) else np.full(len(frame), -1)
    for column, key in keys.items():
        by_meaning: dict[Meaning, list[int]] = {}
        for number, (model, vendor) in enumerate(pairs):
            by_meaning.setdefault(meaning_of(key, model=_text(model) or "", vendor=_text(vendor)), []).append(number)
        raw = frame[column].to_numpy(dtype=float)
        values = raw.copy()
        for meaning, numbers in by_meaning.items():
            if meaning.changes_values:
                rows = np.isin(rows_model, numbers)
                values[rows] = meaning.decode(raw[rows])
        frame[column] = values


def decode_column(frame: pd.DataFrame, column: str, key: str, drives: pd.DataFrame) -> None:
    """Decode one raw column in place (see ``decode_columns``)."""
    decode_columns(frame, {column: key}, drives)
