"""Writing the demo fleet, and the healthy fleet with shuffled days that no rule may find anything in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from graph.errors import InputError
from ingest.telemetry.demo.faults import fall_ill
from ingest.telemetry.demo.life import Life, live
from ingest.telemetry.demo.plan import fail_together, plan_fleet
from ingest.telemetry.demo.table import tables

LAST_DAY = date(2026, 10, 31)
SEED = 20261031
METADATA = {"atoll.synthetic": "true", "atoll.generator": "atoll demo fleet 1"}
LEAST_DRIVES = 200
LEAST_DAYS = 90
# Whether failures beyond those of single drives come from faults of places, or at random as a control to that.
Variant = Literal["single", "correlated", "independent"]


def write_demo_fleet(
    path: Path, *, drives: int = 2000, days: int = 365, seed: int = SEED, variant: Variant = "single"
) -> Path:
    """Write the synthetic demo fleet as an ``atoll-daily`` Parquet file, marked synthetic in its metadata.

    The same arguments give the same rows.

    Args:
        path: File to write.
        drives: Number of drives, at least 200.
        days: Number of days, at least 90; the last one is 2026-10-31.
        seed: Seed of all randomness.
        variant: ``single``: the demo fleet. ``correlated``: beside its mechanisms, racks with a bad power feed and
            hosts with a bad backplane lose healthy drives one after another. ``independent``: as many more failures,
            at random: the control to that.

    Returns:
        ``path``.

    Raises:
        InputError: Too few drives or days to hold every mechanism.
    """
    fleet, calendar, random = _planned(drives, days, seed, healthy=False, variant=variant)
    life = live(fleet, calendar, random)
    fall_ill(life, fleet, random)
    return _write(path, fleet, calendar, life)


def healthy_shuffled(path: Path, *, drives: int = 2000, days: int = 365, seed: int = SEED + 1) -> Path:
    """Write a fleet of healthy drives whose days are shuffled within each drive: nothing in it can be a trend.

    Gauges are shuffled as they are, counters by what they gain a day. Arguments, result and errors as for
    ``write_demo_fleet``.
    """
    fleet, calendar, random = _planned(drives, days, seed, healthy=True)
    life = live(fleet, calendar, random)
    day = np.arange(days)
    # Days before a drive joined stay in front; all others change places, together for all attributes.
    order = np.argsort(
        np.where(day < fleet["first"].to_numpy()[:, None], -1.0, random.random((drives, days))), kind="stable"
    )
    for name, gains in life.gains.items():
        life.gains[name] = np.take_along_axis(gains, order, axis=1)
    life.celsius = np.take_along_axis(life.celsius, order, axis=1)
    return _write(path, fleet, calendar, life)


def planted_mechanisms(
    *, drives: int = 2000, days: int = 365, seed: int = SEED, variant: Variant = "single"
) -> pd.DataFrame:
    """Tell what each drive of ``write_demo_fleet`` suffers from; for tests alone, no workspace ever holds it.

    Args:
        drives: As given to ``write_demo_fleet``.
        days: The same.
        seed: The same.
        variant: The same.

    Returns:
        One row a drive: ``serial, mechanism`` (``healthy`` where there is none), ``onset_day`` (None where
        there is none), ``last_day``, ``failed``, and ``host`` and ``rack`` as in the file.
    """
    fleet, calendar, _ = _planned(drives, days, seed, healthy=False, variant=variant)
    dates = np.array([*calendar.date, None])
    return pd.DataFrame(
        {
            "serial": fleet["serial"],
            "mechanism": fleet["mechanism"],
            "onset_day": dates[fleet["onset"]],
            "last_day": dates[fleet["last"]],
            "failed": fleet["failed"],
            "host": [f"demo-host-{number + 1:03d}" for number in fleet["host"]],
            "rack": [f"demo-rack-{number + 1:03d}" for number in fleet["rack"]],
        }
    )


def _planned(
    drives: int, days: int, seed: int, *, healthy: bool, variant: Variant = "single"
) -> tuple[pd.DataFrame, pd.DatetimeIndex, np.random.Generator]:
    """Plan, calendar and the randomness that is left."""
    if drives < LEAST_DRIVES or days < LEAST_DAYS:
        raise InputError(
            f"Demo fleet of {drives} drives and {days} days: expected at least {LEAST_DRIVES} drives and "
            f"{LEAST_DAYS} days, so that every mechanism has its place."
        )
    calendar = pd.date_range(end=LAST_DAY, periods=days, freq="D")
    # The plan draws from a stream of its own, so that it can be told again without the year.
    plan_seed, life_seed, shared_seed = np.random.SeedSequence(seed).spawn(3)
    fleet = plan_fleet(drives, days, np.random.default_rng(plan_seed), healthy=healthy)
    if variant != "single":
        fail_together(fleet, days, np.random.default_rng(shared_seed), correlated=variant == "correlated")
    return fleet, calendar, np.random.default_rng(life_seed)


def _write(path: Path, fleet: pd.DataFrame, calendar: pd.DatetimeIndex, life: Life) -> Path:
    """Write the rows; a file that is there afterwards is complete."""
    writer: pq.ParquetWriter | None = None
    unfinished = path.with_name(f".{path.name}.tmp")
    try:
        for table in tables(fleet, calendar, life):
            if writer is None:
                writer = pq.ParquetWriter(unfinished, table.schema.with_metadata(METADATA), compression="zstd")
            writer.write_table(table)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error}).") from error
    finally:
        if writer is not None:
            writer.close()
    unfinished.replace(path)
    return path
