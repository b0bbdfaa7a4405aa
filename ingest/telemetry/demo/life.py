"""What a year does to healthy drives: load, warmth, wear, restarts and harmless errors, as gains a day."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from ingest.telemetry.demo.layout import APPLICATIONS, MODELS

TERABYTE = 1e12
RATED_DAYS = 5 * 365
HIGHEST_HEALTHY_WEAR = 80.0


@dataclass(slots=True)
class Life:
    """State of all drives on all days, shape ``(num_drives, num_days)`` unless told otherwise.

    Args:
        gains: What each counter gains a day: ``written`` and ``read`` (bytes), ``wear`` (percent of rated life),
            ``hours``, ``power_cycles``, ``unsafe_shutdowns``, ``grown_blocks``, ``program_failures``,
            ``erase_failures``, ``uncorrectable``, ``crc``, ``throttles``, ``warm_minutes``.
        starts: What each counter stood at before the first day, shape ``(num_drives, 1)``.
        celsius: Temperature in °C.
        firmware: Position in the model's firmware versions.
        missing: Days without a reading.
        resets: Days on which the drive's usage counters begin anew.
        zero_sensor: Days on which the temperature sensor reads 0.
    """

    gains: dict[str, np.ndarray]
    starts: dict[str, np.ndarray]
    celsius: np.ndarray
    firmware: np.ndarray
    missing: np.ndarray
    resets: np.ndarray = field(init=False)
    zero_sensor: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.resets = np.zeros(self.celsius.shape, bool)
        self.zero_sensor = np.zeros(self.celsius.shape, bool)


def live(fleet: pd.DataFrame, days: pd.DatetimeIndex, random: np.random.Generator) -> Life:
    """Let every drive of the fleet live healthily.

    Args:
        fleet: As planned; only layout and ``first`` are read.
        days: The days.
        random: Source of randomness.
    """
    shape = (len(fleet), len(days))
    load = _load(fleet, days, random)
    restarts, crashes = _restarts(fleet, len(days), random)
    firmware, updates = _firmware(fleet, len(days), random)
    age_days = random.uniform(60, 4 * 365, (shape[0], 1)) * (fleet["first"].to_numpy()[:, None] == 0)
    starts, gains = _use(fleet, load, age_days, random)
    hours = 24.0 - random.uniform(0, 0.5, shape) * (restarts > 0)
    gains |= {
        "hours": hours,
        "power_cycles": restarts + updates,
        "unsafe_shutdowns": crashes,
        # Few blocks go bad in a healthy drive, and mostly one at a time.
        "grown_blocks": (random.random(shape) < 0.4 / 365).astype(float),
        "program_failures": (random.random(shape) < 0.05 / 365).astype(float),
        "erase_failures": (random.random(shape) < 0.03 / 365).astype(float),
        "uncorrectable": (random.random(shape) < 0.04 / 365) * random.integers(1, 3, shape).astype(float),
        "crc": (random.random(shape) < 0.10 / 365) * random.integers(1, 4, shape).astype(float),
        "throttles": np.zeros(shape),
        "warm_minutes": np.zeros(shape),
    }
    starts |= _old_errors(shape[0], age_days, random)
    missing = (random.random(shape) < 0.003) | _outages(fleet, len(days), random)
    return Life(gains, starts, _celsius(fleet, days, load, random), firmware, missing)


def wandering(shape: tuple[int, int], memory: float, spread: float, random: np.random.Generator) -> np.ndarray:
    """Autocorrelated noise along the second axis: first order, stationary standard deviation ``spread``."""
    steps = random.normal(0, spread * np.sqrt(1 - memory**2), shape)
    steps[:, 0] /= np.sqrt(1 - memory**2)
    return np.asarray(lfilter([1.0], [1.0, -memory], steps, axis=1))


def _load(fleet: pd.DataFrame, days: pd.DatetimeIndex, random: np.random.Generator) -> np.ndarray:
    """Load of each drive and day; 1 is usual."""
    weekend = np.asarray(days.dayofweek >= 5)
    weekly = np.array([np.where(weekend, app.weekend, 1.0) for app in APPLICATIONS])
    shared = 1 + wandering((len(APPLICATIONS), len(days)), 0.8, 0.08, random)
    own = np.exp(wandering((len(fleet), len(days)), 0.6, 0.12, random))
    hosts = int(fleet["host"].max()) + 1
    # Work moves between hosts: some carry another load from some day on, for good.
    moves = np.where(random.random(hosts) < 0.15, random.uniform(0.7, 1.5, hosts), 1.0)
    since = random.integers(0, len(days), hosts)
    moved = np.where(np.arange(len(days)) >= since[:, None], moves[:, None], 1.0)
    application, host = fleet["application"].to_numpy(), fleet["host"].to_numpy()
    return np.clip((weekly * shared)[application] * own * moved[host], 0.05, 3.0)


def _use(
    fleet: pd.DataFrame, load: np.ndarray, age_days: np.ndarray, random: np.random.Generator
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Bytes written and read, and the wear that follows from them: counters before the first day, and gains."""
    terabytes = np.array([model.terabytes for model in MODELS])[fleet["model"]]
    rated = np.array([model.dwpd for model in MODELS])[fleet["model"]] * terabytes * TERABYTE
    usual = np.array([app.utilisation for app in APPLICATIONS])[fleet["application"]]
    usual = usual * np.exp(random.normal(0, 0.2, len(fleet)))
    reads = np.array([app.read_share for app in APPLICATIONS])[fleet["application"]][:, None]
    written = (usual * rated)[:, None] * load
    life_bytes = (rated * RATED_DAYS)[:, None]
    wear = 100 * written / life_bytes
    before = np.minimum(100 * usual[:, None] * age_days / RATED_DAYS, HIGHEST_HEALTHY_WEAR - wear.sum(1, keepdims=True))
    before = np.maximum(before, 0)
    starts = {"wear": before, "written": before / 100 * life_bytes, "read": before / 100 * life_bytes * reads}
    starts["hours"] = age_days * 24
    return starts, {"written": written, "read": written * reads, "wear": wear}


def _old_errors(count: int, age_days: np.ndarray, random: np.random.Generator) -> dict[str, np.ndarray]:
    """Small counts from before the first day that never move again: harmless, and no reason to fail a drive."""

    def some(share: float, most: int) -> np.ndarray:
        return np.where(random.random(count) < share, random.integers(1, most + 1, count), 0)[:, None].astype(float)

    restarts = np.round(age_days / 60 + random.integers(3, 15, (count, 1)))
    return {
        "grown_blocks": some(0.25, 12),
        "program_failures": some(0.06, 3),
        "erase_failures": some(0.04, 3),
        "uncorrectable": some(0.05, 4),
        "crc": some(0.12, 8),
        "power_cycles": restarts,
        "unsafe_shutdowns": np.round(restarts * random.uniform(0, 0.4, (count, 1))),
        "throttles": some(0.05, 3),
        "warm_minutes": some(0.03, 20),
    }


def _restarts(fleet: pd.DataFrame, num_days: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Restarts of hosts, every two months or so, and which of them were no clean shutdowns."""
    hosts = int(fleet["host"].max()) + 1
    restarts = random.random((hosts, num_days)) < 1 / 60
    crashes = restarts & (random.random(restarts.shape) < 0.07)
    host = fleet["host"].to_numpy()
    return restarts[host].astype(float), crashes[host].astype(float)


def _firmware(fleet: pd.DataFrame, num_days: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Firmware of each day, and the days on which it was updated: host by host, six in ten within the year."""
    hosts = int(fleet["host"].max()) + 1
    day = np.where(random.random(hosts) < 0.6, random.integers(0, num_days, hosts), num_days)
    new = (np.arange(num_days) >= day[:, None])[fleet["host"]]
    updated = np.arange(num_days) == day[fleet["host"]][:, None]
    return new.astype(int), updated.astype(float)


def _celsius(fleet: pd.DataFrame, days: pd.DatetimeIndex, load: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Temperature: the room's air, its seasons and whims, the place in the host, the model, the load, the drive."""
    count = len(days)
    rooms, hosts = int(fleet["room"].max()) + 1, int(fleet["host"].max()) + 1
    room, host = fleet["room"].to_numpy(), fleet["host"].to_numpy()
    season = 1.5 * np.cos(2 * np.pi * (np.asarray(days.dayofyear) - 205) / 365.25)  # warmest in late July
    air = 23 + random.normal(0, 1.0, (rooms, 1)) + season + wandering((rooms, count), 0.85, 0.5, random)
    around = random.normal(0, 0.8, (hosts, 1)) + wandering((hosts, count), 0.7, 0.4, random)
    heat = np.array([model.heat for model in MODELS])[fleet["model"]][:, None]
    own = random.normal(0, 0.8, (len(fleet), 1)) + wandering((len(fleet), count), 0.5, 0.6, random)
    place = 0.3 * fleet["slot"].to_numpy()[:, None]
    celsius = air[room] + around[host] + place + heat * (0.85 + 0.15 * load) + own
    return np.asarray(celsius)


def _outages(fleet: pd.DataFrame, num_days: int, random: np.random.Generator) -> np.ndarray:
    """Days on which a whole site sent nothing: two for each."""
    sites = int(fleet["site"].max()) + 1
    silent = np.zeros((sites, num_days), bool)
    silent[np.arange(sites).repeat(2), random.integers(0, num_days, sites * 2)] = True
    return silent[fleet["site"]]
