"""Case-control windows and their tables: files in, examples and what the leakage guard needs out, without any store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from app.analysis.checked_rows import checked_rows
from app.analysis.rules.base import Progress
from gnn.health.examples import Examples
from gnn.health.windows import window_examples
from graph.errors import InputError
from ingest.telemetry import columns
from ingest.telemetry.alibaba_windows import WINDOW_ID, sample_column
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.registry import format_named

FORMAT_NAME = "alibaba-windows"


@dataclass(frozen=True)
class WindowSet:
    """Windows of samples, each with its outcome.

    Args:
        examples: One row a window, ``horizon_days`` None; its rows are in the order of all arrays here.
        window_ids: ``sample_id`` of each window (object), its place in the file where there is none.
        models: Drive model as the tickets name it (object).
        serials: ``disk_id`` (object); of files that name windows instead of drives, the window's name.
        last_day: datetime64[D], day of the last sample.
        failure_day: datetime64[D], as the file states it, also where it states that the drive did not fail; else NaT.
        ttf_days: float64, days from the last sample to the failure as the file states it (where below 0: NaN).
        samples: One row a sample, oldest first within its window: ``window`` (position), ``day`` (worked out from
            hours) and the attributes as the file names them (``r_9`` …; float64, NaN unknown).
        has_drives: False where the ids name windows, so that nobody knows which windows are of one drive.
        rows_read: Rows read.
        rows_rejected: Rows that could not be used.
        rejections: Sentences on the first of them, each with place, value and reason.
        sha256: Hash over the files.
    """

    examples: Examples
    window_ids: np.ndarray
    models: np.ndarray
    serials: np.ndarray
    last_day: np.ndarray
    failure_day: np.ndarray
    ttf_days: np.ndarray
    samples: pd.DataFrame
    has_drives: bool
    rows_read: int
    rows_rejected: int
    rejections: list[str] = field(default_factory=list)
    sha256: str = ""


def window_set(paths: Sequence[Path], format_name: str = FORMAT_NAME, *, progress: Progress | None = None) -> WindowSet:
    """Read windows of samples as an ingest would, with the same checks, but let files without drives pass.

    An ingest refuses a file whose ids name windows (``leaky.csv`` beside ``train.csv``), because such windows cannot
    be related to anything. An evaluation must read it nevertheless, to say what is wrong with it: there each window
    counts as a drive of its own.

    Args:
        paths: Files, or folders of them.
        format_name: Name of their format.
        progress: Called with a stage, what is done and of how much (None: unknown).

    Raises:
        InputError: A file cannot be read or is not of the format, or no row of it can be used.
    """
    chosen = format_named(format_name)
    if format_name != FORMAT_NAME:
        raise InputError(f"Format '{format_name}' holds no windows of samples; expected {FORMAT_NAME}.")
    rows = checked_rows(paths, chosen, progress, _with_named_windows)
    windows: list[pd.DataFrame] = []
    samples: list[pd.DataFrame] = []
    num_windows = 0
    for raw, content in rows.pieces:
        own_windows, own_samples = _tables(raw, content, num_windows)
        num_windows += len(own_windows)
        windows.append(own_windows)
        samples.append(own_samples)
    known = pd.concat(windows, ignore_index=True)
    read = pd.concat(samples, ignore_index=True)
    return WindowSet(
        examples=window_examples(known, _daily(read)),
        window_ids=known["window_id"].to_numpy(object),
        models=known["model"].to_numpy(object),
        serials=known["serial"].to_numpy(object),
        last_day=known["last_day"].to_numpy("datetime64[D]"),
        failure_day=known["failure_day"].to_numpy("datetime64[D]"),
        ttf_days=known["ttf_days"].to_numpy(np.float64),
        samples=read.drop(columns="sequence").rename(columns=_as_in_the_file),
        has_drives=bool(known["has_drive"].all()),
        rows_read=rows.rows_read,
        rows_rejected=rows.rows_rejected,
        rejections=rows.rejections,
        sha256=rows.sha256,
    )


def _with_named_windows(raw: RawRows) -> RawRows:
    """Rows in which ids that name windows say so, since the format takes nothing but drives."""
    at = raw.rows.column_names.index("disk_id")
    named = pc.replace_substring_regex(raw.rows["disk_id"].cast(pa.string()), WINDOW_ID, r"window:\0")
    return replace(raw, rows=raw.rows.set_column(at, "disk_id", named))


def _tables(raw: RawRows, content: Normalised, num_before: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Windows and samples of one piece, the windows numbered on from ``num_before``."""
    windows = content.drives.select(["row", "drive_key", "model", "vendor", "serial"]).to_pandas()
    placed = content.placements.select(["row", "application"]).to_pandas()
    readings = content.readings.to_pandas()
    ends = readings.groupby("row", as_index=False)["day"].max().rename(columns={"day": "last_day"})
    for found in (placed, ends, _outcomes(raw)):
        windows = windows.merge(found, on="row", how="left", validate="one_to_one")
    for name in ("last_day", "failure_day"):
        windows[name] = pd.to_datetime(windows[name]).astype("datetime64[ns]")
    windows["has_drive"] = ~windows["serial"].str.startswith("window:")
    windows["window_id"] = windows["row"].map(_window_ids(raw))
    position = pd.Series(np.arange(num_before, num_before + len(windows)), index=windows["row"])
    readings.insert(0, "window", readings["row"].map(position).astype("int64"))
    return windows.drop(columns="row"), readings.drop(columns=["row", "drive_key"])


def _outcomes(raw: RawRows) -> pd.DataFrame:
    """What each row states of its outcome, whether or not its columns agree: that is for the leakage guard to judge."""
    ttf_days = np.full(raw.rows.num_rows, np.nan)
    if "ttf_days" in raw.rows.column_names:
        stated, _ = columns.numbers(raw.rows["ttf_days"])
        ttf_days = np.where(stated < 0, np.nan, stated)
    return pd.DataFrame(
        {
            "row": raw.numbers,
            "failed": columns.flags(raw.rows["failure"])[0],
            "failure_day": columns.days(raw.rows["failure_time"])[0].to_pandas(),
            "ttf_days": ttf_days,
        }
    )


def _window_ids(raw: RawRows) -> pd.Series:
    if "sample_id" in raw.rows.column_names:
        names = raw.rows["sample_id"].cast(pa.string()).to_pandas()
    else:
        names = pd.Series([f"{raw.path.name}:{number}" for number in raw.numbers])
    return pd.Series(names.to_numpy(object), index=raw.numbers)


def _daily(samples: pd.DataFrame) -> pd.DataFrame:
    """One reading a window and day; of several samples of a day the last one counts, as in an ingest."""
    latest = samples.sort_values(["window", "sequence"], kind="stable").drop_duplicates(["window", "day"], keep="last")
    return latest.drop(columns="sequence")


def _as_in_the_file(column: str) -> str:
    own = f"r_{column.removeprefix('ata_')}"
    return own if column.startswith("ata_") and sample_column(own) == column else column
