"""A small fleet whose drives fail after their error counters rose: daily rows as `atoll-daily` reads them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

FIRST_DAY = date(2026, 1, 1)
ILL_DAYS = 25


def daily_rows(drives: int = 240, days: int = 150, ill_share: float = 0.35, seed: int = 7) -> pd.DataFrame:
    """One row a drive and day.

    A share of the drives falls ill on a random day; from then on sectors are reallocated, and it fails within
    ``ILL_DAYS``. What falls ill late is still in service on the last day. A few healthy drives have old errors.
    """
    random = np.random.default_rng(seed)
    ill = random.random(drives) < ill_share
    onset = random.integers(20, days + 10, drives)
    failed_on = onset + random.integers(5, ILL_DAYS, drives)
    old_errors = np.where(random.random(drives) < 0.1, random.integers(1, 5, drives), 0)
    celsius = random.normal(35, 3, drives)
    rows = []
    for drive in range(drives):
        last = min(days, failed_on[drive] + 1) if ill[drive] else days
        day = np.arange(last)
        since = np.maximum(day - onset[drive] + 1, 0) if ill[drive] else np.zeros(last, int)
        rows.append(
            pd.DataFrame(
                {
                    "day": pd.to_datetime(FIRST_DAY) + pd.to_timedelta(day, unit="D"),
                    "serial": f"S{drive:04d}",
                    "model": ("ST4000DM000", "WDC WD30EFRX", "HGST HMS5C4040BLE640")[drive % 3],
                    "capacity_bytes": 4_000_787_030_016,
                    "host": f"host-{drive // 6}",
                    "rack": f"rack-{drive // 24}",
                    "failure": ((day == failed_on[drive]) & ill[drive]).astype(int),
                    "ata_5": old_errors[drive] + 4 * since,
                    "ata_187": since // 3,
                    "ata_9": 8_000 + 24 * day,
                    "ata_194": np.round(celsius[drive] + random.normal(0, 1, last)),
                }
            )
        )
    table = pd.concat(rows, ignore_index=True)
    return table.assign(day=table["day"].dt.date)


def write_daily(path: Path, rows: pd.DataFrame) -> Path:
    """Write rows as a CSV file."""
    rows.to_csv(path, index=False)
    return path
