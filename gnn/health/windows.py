"""Examples of case-control windows: a class for each window, and never a risk by horizon.

Such a set holds about as many failed drives as healthy ones and follows no healthy drive up, so a score learnt from it
ranks windows and says nothing of how many drives will fail by when. Its features come from the samples of the window
alone. Places are not among them, wherever they are known from: the tickets name places of failed drives only, so that
having a rack would mean having failed.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from gnn.health.examples import DAY, Examples, Feature
from graph.errors import InputError
from graph.ontology import smart
from graph.windows import latest_windows
from graph.windows.landmarks import FALLS, RISES, families, landmark_windows

LOOK_BACKS_DAYS = (1, 2, 4, 7, 14)
WHOLE_WINDOW_DAYS = 3650  # more than any window spans, so that all of its samples count
AGE = "ata_9"
WRITTEN, READ, ERASES = "ata_241", "ata_242", "ata_177"
Add = Callable[[str, pd.Series, str, str | None, int | None, str], None]
COLUMNS = ("drive_key", "model", "vendor", "application", "last_day", "failed", "failure_day")


def window_examples(windows: pd.DataFrame, readings: pd.DataFrame) -> Examples:
    """Make one example of each window.

    Args:
        windows: One row a window: ``drive_key, model, vendor, application`` (text or None), ``last_day``
            (datetime64), ``failed`` (bool) and ``failure_day`` (datetime64 or NaT). The outcome makes the label and
            nothing else.
        readings: ``window`` (position in ``windows``), ``day`` (datetime64) and one float64 column an attribute of the
            lake; one row a window and day.

    Returns:
        Examples with ``horizon_days`` None, in the order of ``windows``; ``days_to_end`` is the time from the last
        sample to the failure (0 on the same day) and NaN for healthy drives, which nobody followed up.

    Raises:
        InputError: There are no windows, or a column is missing.
    """
    missing = [name for name in COLUMNS if name not in windows.columns]
    if missing:
        raise InputError(f"Windows: column '{missing[0]}' is missing; expected {', '.join(COLUMNS)}.")
    if windows.empty:
        raise InputError("Windows: there are none; expected at least one.")
    features, catalogue = window_features(windows["last_day"], readings)
    groups = windows[["model", "vendor", "application"]].astype(object).reset_index(drop=True)
    keys, drive = np.unique(windows["drive_key"].to_numpy(object), return_inverse=True)
    failed = windows["failed"].to_numpy(bool)
    days_to_end = (windows["failure_day"] - windows["last_day"]).dt.days.to_numpy(np.float64)
    return Examples(
        features=features,
        catalogue=catalogue,
        drive=drive.astype(np.int64),
        drive_keys=keys,
        landmark=windows["last_day"].to_numpy(DAY),
        label=failed,
        is_known=np.ones(len(windows), bool),
        days_to_end=np.where(failed, days_to_end, np.nan),
        has_failed=failed,
        groups=groups.where(groups.notna(), None),
        horizon_days=None,
    )


def window_features(last_day: pd.Series, readings: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Feature, ...]]:
    """Compute the features of windows from their own samples.

    Args:
        last_day: Day of the last sample of each window, shape ``(num_windows,)``; its landmark.
        readings: As for ``window_examples``.

    Returns:
        float32 features, shape ``(num_windows, num_features)``, and what each column means.
    """
    measures = _measures(last_day, readings)
    found = _Columns()
    names = [name for name in readings.columns if name not in ("window", "day")]
    for name in names:
        _add_attribute(found.add, measures, name)
    for name in (WRITTEN, READ, ERASES):
        if name in names:
            _add_recent_over_earlier(found.add, measures, name)
    _add_ratios(found.add, measures, names)
    return pd.DataFrame(found.values, dtype=np.float32).reset_index(drop=True), tuple(found.catalogue)


class _Columns:
    """Columns and their meaning, as they are made."""

    def __init__(self) -> None:
        self.values: dict[str, pd.Series] = {}
        self.catalogue: list[Feature] = []

    def add(
        self, name: str, values: pd.Series, meaning: str, attribute: str | None, days: int | None, unit: str
    ) -> None:
        self.values[name] = values
        self.catalogue.append(Feature(name, meaning, attribute, days, unit))


def _measures(last_day: pd.Series, readings: pd.DataFrame) -> pd.DataFrame:
    """All measures of the windows, in their order: those at the landmark, and those of a window as a whole."""
    names = [f"{position:09d}" for position in range(len(last_day))]
    day = {"day": pd.to_datetime(readings["day"]).dt.date}
    keyed = readings.drop(columns=["window", "day"]).assign(
        drive_key=readings["window"].map(dict(enumerate(names))), **day
    )
    probes = pd.DataFrame({"drive_key": names, "landmark": pd.to_datetime(last_day).dt.date.to_numpy()})
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET enable_progress_bar = false")
    table, asked = (ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False)) for frame in (keyed, probes))
    whole = latest_windows(table, WHOLE_WINDOW_DAYS)
    slopes_of_all = whole.select("drive_key", *(name for name in whole.columns if name.endswith("_slope_per_day")))
    try:
        found = connection.to_pandas(landmark_windows(table, asked, LOOK_BACKS_DAYS)).set_index("drive_key")
        slopes = connection.to_pandas(slopes_of_all).set_index("drive_key")
    finally:
        connection.disconnect()
    found, slopes = found.reindex(names), slopes.reindex(names)
    # A gauge has a slope at the landmark too, but over 30 days only.
    return found.drop(columns=[name for name in slopes if name in found]).join(slopes)


def _add_attribute(add: Add, measures: pd.DataFrame, name: str) -> None:
    key = smart.key_of(name)
    known = smart.attribute(key) if key else None
    if known is not None and known.kind == "normalized":
        return  # its raw value means nothing across models
    what, unit = (known.name.lower(), known.unit_label) if known else (name, "")
    add(f"{name}_last", measures[f"{name}_last"], f"latest {what}", key, None, unit)
    if name == AGE:
        return  # the clock of the window: it rises with time and by nothing else
    seen = measures[f"{name}_last"].notna()
    never = (measures["days_observed"] + 1).where(seen)
    meaning = f"days since {what} last changed (none seen: one more than the window has)"
    add(f"{name}_days_since_change", measures[f"{name}_days_since_change"].fillna(never), meaning, key, None, "days")
    meaning = f"change of {what} a day over the window"
    add(f"{name}_slope_per_day", measures[f"{name}_slope_per_day"], meaning, key, None, f"{unit} a day")
    for family, measure in ((RISES, "rise"), (FALLS, "fall")):
        if family not in families(name):
            continue
        for days in LOOK_BACKS_DAYS:
            column = f"{name}_{measure}_{days}_days"
            add(column, measures[column], f"{measure} of {what} in {days} days", key, days, unit)
        add(
            f"{name}_{measure}",
            measures[f"{name}_{measure}_ever"],
            f"{measure} of {what} in the window",
            key,
            None,
            unit,
        )


def _add_recent_over_earlier(add: Add, measures: pd.DataFrame, name: str) -> None:
    key = smart.key_of(name)
    what = smart.attribute(key).name.lower() if key else name
    for days in LOOK_BACKS_DAYS:
        recent = measures[f"{name}_rise_{days}_days"]
        earlier = (measures[f"{name}_rise_ever"] - recent).clip(lower=0)
        before = (measures["days_observed"] - days).clip(lower=1)
        ratio = pd.Series(np.log((recent / days + 1) / (earlier / before + 1)))
        meaning = f"{what} a day in the last {days} days over that in the days before"
        add(f"{name}_recent_over_earlier_{days}_days", ratio, meaning, key, None, "log(ratio)")


def _add_ratios(add: Add, measures: pd.DataFrame, names: list[str]) -> None:
    ratios = (
        # Told by the hours, so it is left out wherever ages are.
        (WRITTEN, AGE, "ata_241_per_hour", "written per power-on hour", "smart:ata:9"),
        (READ, WRITTEN, "ata_242_per_written", "read per written", "smart:ata:242"),
        (ERASES, WRITTEN, "ata_177_per_written", "erases per written", "smart:ata:177"),
    )
    for above, below, name, meaning, key in ratios:
        if above in names and below in names:
            ratio = np.log1p(measures[f"{above}_last"]) - np.log1p(measures[f"{below}_last"])
            add(name, ratio, meaning, key, None, "log(ratio)")
