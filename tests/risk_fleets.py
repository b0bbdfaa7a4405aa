"""Small fleets at landmarks, whose failures follow from one counter, for tests of splits, guard and evaluation."""

from __future__ import annotations

from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gnn.health.examples import Examples, Feature
from gnn.health.history import FleetHistory

FIRST_DAY = pd.Timestamp("2024-01-01")


def examples_at_landmarks(
    *, num_drives: int = 400, num_landmarks: int = 8, seed: int = 0, horizon_days: int = 30, noise: float = 1.0
) -> Examples:
    """Drives at monthly landmarks; one in eight fails, its counter is up in the month before."""
    rng = np.random.default_rng(seed)
    last = 30 * num_landmarks + 60
    fails = rng.random(num_drives) < 1 / 8
    end = np.where(fails, rng.integers(20, last - 30, num_drives), last)
    days = np.arange(num_landmarks) * 30
    drive, at = np.nonzero(days[None, :] < end[:, None])
    to_end = (end[drive] - days[at]).astype(float)
    label = fails[drive] & (to_end <= horizon_days)
    features = pd.DataFrame(
        {
            "errors": (rng.normal(0, noise, len(drive)) + 2 * label).astype(np.float32),
            "noise": rng.normal(0, 1, len(drive)).astype(np.float32),
            "age_days": (days[at] + drive % 97).astype(np.float32),
        }
    )
    catalogue = (
        Feature("errors", "errors", "smart:ata:187", 30, "errors"),
        Feature("noise", "noise", None, 7),
        Feature("age_days", "age", None, None, "days"),
    )
    keys = np.array([f"drive:made:M{number % 2}:S{number:05d}" for number in range(num_drives)], object)
    order = np.argsort(keys, kind="stable")
    place = np.empty(num_drives, np.int64)
    place[order] = np.arange(num_drives)
    start = np.datetime64(FIRST_DAY, "D")
    return Examples(
        features=features,
        catalogue=catalogue,
        drive=place[drive],
        drive_keys=keys[order],
        landmark=start + days[at].astype("timedelta64[D]"),
        label=label,
        is_known=np.ones(len(drive), bool),
        days_to_end=to_end,
        has_failed=fails[drive],
        groups=pd.DataFrame({"model": [f"M{number % 2}" for number in drive], "vendor": "Maker"}),
        horizon_days=horizon_days,
    )


def with_history(examples: Examples) -> Examples:
    """The same examples with the history that their outcomes come from."""
    from dataclasses import replace

    ends = pd.DataFrame(
        {"drive": examples.drive, "end": examples.landmark + examples.days_to_end.astype("timedelta64[D]")}
    )
    last = ends.groupby("drive")["end"].max().reindex(range(len(examples.drive_keys)))
    failed = pd.Series(examples.has_failed).groupby(examples.drive).max().reindex(range(len(examples.drive_keys)))
    drives = pd.DataFrame({"last_day": last.to_numpy()}, index=examples.drive_keys)
    drives["failure_day"] = drives["last_day"].where(failed.fillna(value=False).to_numpy(bool))
    connection = ibis.duckdb.connect()
    readings = ibis.memtable(pa.table({"drive_key": pa.array([], pa.string()), "day": pa.array([], pa.date32())}))
    return replace(examples, history=FleetHistory("made", "made", drives, readings, connection, pd.DataFrame()))


def write_daily(
    path: Path, *, num_drives: int = 300, num_days: int = 240, share_failing: float = 0.2, seed: int = 0
) -> Path:
    """A fleet in Backblaze's daily format: reported errors climb in the weeks before a failure."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(num_drives):
        fails = rng.random() < share_failing
        end = int(rng.integers(40, num_days)) if fails else num_days
        days = np.arange(0, end, 3)
        if fails:
            days = np.unique(np.r_[days, end - 1])
        errors = np.floor(np.clip(days - (end - 40), 0, None) * rng.uniform(0.2, 1.5)) if fails else np.zeros(len(days))
        if not fails and rng.random() < 0.05:
            errors = np.full(len(days), 3.0)
        start = rng.integers(1000, 20000)
        rows.append(
            pd.DataFrame(
                {
                    "date": (FIRST_DAY + pd.to_timedelta(days, "D")).date,
                    "serial_number": f"{path.stem}-{number:04d}",
                    "model": f"ST{4 + number % 3}000DM",
                    "capacity_bytes": 4_000_000_000_000,
                    "failure": (days == end - 1) & fails,
                    "smart_9_raw": start + days * 24.0,
                    "smart_187_raw": errors,
                    "smart_241_raw": rng.integers(10**8, 10**9) + np.cumsum(rng.integers(1, 10**6, len(days))) * 1.0,
                }
            )
        )
    table = pd.concat(rows, ignore_index=True)
    table["failure"] = table["failure"].astype("int8")
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path)
    return path
