"""Small fleets in racks and hosts, where drives fail one after another in a bad host, or each on its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from gnn.health.examples import Examples, Feature
from gnn.health.history import FleetHistory
from graph.projection import INVENTORY

FIRST = date(2024, 1, 1)
NUM_DAYS = 210
LANDMARKS = np.array([np.datetime64(FIRST + timedelta(days=day), "D") for day in range(30, NUM_DAYS - 29, 30)])
DRIVES_PER_HOST = 10
HORIZON_DAYS = 30


def fleet_in_racks(seed: int = 0, num_hosts: int = 60, *, correlated: bool = True) -> FleetHistory:
    """A fleet whose failures come from bad hosts, or are as many at random; its own errors tell of a few more.

    Args:
        seed: Of all draws.
        num_hosts: Hosts of ten drives, five to a rack.
        correlated: Whether hosts go bad.
    """
    rng = np.random.default_rng(seed)
    number = np.arange(num_hosts * DRIVES_PER_HOST)
    host = number // DRIVES_PER_HOST
    bad = rng.random(num_hosts) < 0.2
    begun = rng.integers(0, NUM_DAYS - 60, num_hosts)
    ill = bad[host] & (rng.random(len(number)) < 0.6)
    day = begun[host] + rng.integers(0, 75, len(number))
    if not correlated:
        ill = rng.permutation(ill)
        day = rng.integers(0, NUM_DAYS, len(number))
    failing = ill & (day > 1) & (day < NUM_DAYS)
    last = np.where(failing, day, NUM_DAYS - 1)
    keys = [f"drive:t:M{place % 2}:{place:05d}" for place in number]
    origin = np.datetime64(FIRST, "ns")
    days = origin + last.astype("timedelta64[D]")
    drives = pd.DataFrame(
        {
            "model": [f"M{place % 2}" for place in number],
            "vendor": "Acme",
            "capacity_bytes": 1e12,
            "first_day": origin,
            "last_day": days,
            "failure_day": np.where(failing, days, np.datetime64("NaT")),
        },
        index=pd.Index(keys, name="drive_key"),
    )
    return FleetHistory("t", "store", drives, *_readings(keys, last, rng), _placed(keys, host), synthetic=True)


def _readings(keys: list[str], last: np.ndarray, rng: np.random.Generator) -> tuple[ibis.expr.types.Table, object]:
    """Readings every ten days; errors of one drive in ten rise."""
    step = np.arange(0, NUM_DAYS, 10)
    rising = rng.random(len(keys)) < 0.1
    rows = [
        pd.DataFrame(
            {
                "drive_key": key,
                "day": [FIRST + timedelta(days=int(day)) for day in step[step <= last[place]]],
                "ata_5": np.cumsum(rng.poisson(1.0 if rising[place] else 0.0, (step <= last[place]).sum())) * 1.0,
            }
        )
        for place, key in enumerate(keys)
    ]
    connection = ibis.duckdb.connect()
    table = pa.Table.from_pandas(pd.concat(rows, ignore_index=True), preserve_index=False)
    return connection.create_table("readings", ibis.memtable(table)), connection


def _placed(keys: list[str], host: np.ndarray) -> pd.DataFrame:
    relations = {"host": host, "rack": host // 5, "room": host // 30, "application": host % 3}
    parts = [
        pd.DataFrame({"drive_key": keys, "relation": name, "place": [f"{name}:t:{place}" for place in number]})
        for name, number in relations.items()
    ]
    return pd.concat(parts, ignore_index=True).assign(
        valid_from=np.datetime64(FIRST, "ns"), valid_to=np.datetime64("NaT", "ns"), told_by=INVENTORY
    )


def examples_of(history: FleetHistory, seed: int = 0) -> Examples:
    """Examples with features that tell nothing, but for one that is a little higher where a drive will fail."""
    rng = np.random.default_rng(seed + 1000)
    last = history.drives["last_day"].to_numpy("datetime64[D]")
    failure = history.drives["failure_day"].to_numpy("datetime64[D]")
    at, drive = np.nonzero(last > LANDMARKS[:, None])
    days_to_end = (last[drive] - LANDMARKS[at]).astype(float)
    has_failed = ~np.isnat(failure[drive])
    label = has_failed & (days_to_end <= HORIZON_DAYS)
    features = pd.DataFrame(rng.normal(size=(len(drive), 4)), columns=[f"ata_{number}_last" for number in range(4)])
    features["age_days"] = rng.uniform(0, 1000, len(drive))
    features["ata_187_last"] = rng.normal(size=len(drive)) + 1.5 * label
    features = features.astype(np.float32)
    return Examples(
        features=features,
        catalogue=tuple(Feature(name, name.replace("_", " "), None, None) for name in features.columns),
        drive=drive,
        drive_keys=history.drives.index.to_numpy(object),
        landmark=LANDMARKS[at],
        label=label,
        is_known=label | (days_to_end >= HORIZON_DAYS),
        days_to_end=days_to_end,
        has_failed=has_failed,
        groups=history.drives[["model", "vendor"]].iloc[drive].reset_index(drop=True),
        horizon_days=HORIZON_DAYS,
        history=history,
    )


def graph_examples(seed: int = 0) -> Examples:
    """Examples of a small fleet with bad hosts, for the contract of models."""
    return examples_of(fleet_in_racks(seed, 40), seed)


def told_by(examples: Examples, source: str) -> Examples:
    """The same examples, their places told by another source."""
    assert examples.history is not None
    placements = examples.history.placements.assign(told_by=source)
    return replace(examples, history=replace(examples.history, placements=placements))
