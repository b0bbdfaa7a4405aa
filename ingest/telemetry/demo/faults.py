"""What each failure mechanism does to the drives that have it, as the field sees it (docs/demo-fleet.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ingest.telemetry.demo.layout import BUGGY_FIRMWARE, MODELS
from ingest.telemetry.demo.life import RATED_DAYS, TERABYTE, Life

WARNING_CELSIUS = 70.0


@dataclass(frozen=True, slots=True)
class Patients:
    """The drives with one mechanism.

    Args:
        rows: Their positions in the fleet.
        onset: Day number on which it began, shape ``(num_patients, 1)``.
        last: Day number of their last day, the same shape.
        fleet: Their rows of the plan.
    """

    rows: np.ndarray
    onset: np.ndarray
    last: np.ndarray
    fleet: pd.DataFrame

    def ill(self, num_days: int) -> np.ndarray:
        """Days since the onset, shape ``(num_patients, num_days)``."""
        day = np.arange(num_days)
        return (day >= self.onset) & (day <= self.last)

    def progress(self, num_days: int) -> np.ndarray:
        """0 up to the onset, 1 on the last day, even in between."""
        span = np.maximum(self.last - self.onset, 1)
        return np.clip((np.arange(num_days) - self.onset) / span, 0, 1)


Fault = Callable[[Life, Patients, np.random.Generator], None]


def fall_ill(life: Life, fleet: pd.DataFrame, random: np.random.Generator) -> None:
    """Add to the life of the fleet what its mechanisms do."""
    _past_heat_wave(life, fleet, random)
    for name, fault in FAULTS.items():
        rows = np.flatnonzero(fleet["mechanism"] == name)
        if len(rows):
            some = fleet.iloc[rows]
            patients = Patients(rows, some["onset"].to_numpy()[:, None], some["last"].to_numpy()[:, None], some)
            fault(life, patients, random)


def _past_heat_wave(life: Life, fleet: pd.DataFrame, random: np.random.Generator) -> None:
    """A cooling fault of one rack that was mended months ago: its drives are healthy."""
    num_days = life.celsius.shape[1]
    healthy_racks = fleet.groupby("rack")["mechanism"].agg(lambda names: (names == "overheating").sum() == 0)
    rack = random.choice(healthy_racks.index[healthy_racks])
    start = num_days // 3
    life.celsius[fleet["rack"] == rack, start : start + 14] += 9.0


def _media_wear(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """Far more written than the drive is rated for: its rated life is used up by the last day."""
    rows = patients.rows
    models = [MODELS[position] for position in patients.fleet["model"]]
    life_bytes = np.array([model.dwpd * model.terabytes for model in models])[:, None] * TERABYTE * RATED_DAYS
    heavy = random.uniform(0.8, 1.6, (len(rows), 1)) / (life.gains["written"][rows].mean(1, keepdims=True) * RATED_DAYS)
    life.gains["written"][rows] *= heavy * life_bytes
    life.gains["wear"][rows] = 100 * life.gains["written"][rows] / life_bytes
    lived = np.take_along_axis(life.gains["wear"][rows].cumsum(1), patients.last, axis=1)
    before = np.maximum(random.uniform(100, 125, (len(rows), 1)) - lived, 0)
    life.starts["wear"][rows] = before
    life.starts["written"][rows] = before / 100 * life_bytes
    life.starts["hours"][rows] = before / 100 * RATED_DAYS / random.uniform(0.8, 1.6, (len(rows), 1)) * 24


def _spare_depletion(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """Blocks go bad ever faster until hardly a spare one is left."""
    num_days = life.celsius.shape[1]
    reserve = np.array([MODELS[position].reserve_blocks for position in patients.fleet["model"]])[:, None]
    used = reserve * random.uniform(0.84, 0.98, reserve.shape) - life.starts["grown_blocks"][patients.rows]
    curve = np.round(used * patients.progress(num_days) ** random.uniform(1.5, 3.0, reserve.shape))
    life.gains["grown_blocks"][patients.rows] += np.diff(curve, axis=1, prepend=0)
    life.gains["uncorrectable"][patients.rows] += patients.ill(num_days) & (random.random(curve.shape) < 0.02)


def _reallocation_burst(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """After a first few, many blocks go bad within days; then it slows down."""
    shape = (len(patients.rows), life.celsius.shape[1])
    total = np.maximum(random.lognormal(np.log(120), 0.6, (shape[0], 1)), 20)
    since = np.arange(shape[1]) - patients.onset
    share = np.where(since >= 0, np.exp(-since / 5.0), 0) * patients.ill(shape[1])
    share /= np.maximum(share.sum(1, keepdims=True), 1e-9)
    life.gains["grown_blocks"][patients.rows] += random.poisson(total * share)
    life.gains["uncorrectable"][patients.rows] += random.poisson(0.02 * total * share)


def _uncorrectable_growth(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """Uncorrectable errors on some days, several at once, more and more often; some blocks are retired for it."""
    shape = (len(patients.rows), life.celsius.shape[1])
    bad_day = patients.ill(shape[1]) & (random.random(shape) < 0.15 + 0.35 * patients.progress(shape[1]))
    errors = bad_day * (1 + random.poisson(1.5, shape))
    life.gains["uncorrectable"][patients.rows] += errors
    life.gains["grown_blocks"][patients.rows] += random.binomial(errors, 0.3)


def _program_erase_failures(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """Pages that cannot be programmed and blocks that cannot be erased, each one retired."""
    shape = (len(patients.rows), life.celsius.shape[1])
    rate = patients.ill(shape[1]) * (0.2 + 1.2 * patients.progress(shape[1]))
    programs, erases = random.poisson(rate), random.poisson(0.4 * rate)
    life.gains["program_failures"][patients.rows] += programs
    life.gains["erase_failures"][patients.rows] += erases
    life.gains["grown_blocks"][patients.rows] += programs + erases


def _interface_errors(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """A poor cable or backplane: checksum errors of the link, of every drive behind it, none of the medium."""
    shape = (len(patients.rows), life.celsius.shape[1])
    rate = random.uniform(1.0, 10.0, (shape[0], 1)) * np.exp(random.normal(0, 0.5, shape))
    life.gains["crc"][patients.rows] += random.poisson(rate) * patients.ill(shape[1])


def _overheating(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """The rack's cooling fails: within three days the drives are warmer by what their place in the air makes of it."""
    shape = (len(patients.rows), life.celsius.shape[1])
    warmer = random.uniform(9, 13, (shape[0], 1)) + 0.3 * patients.fleet["slot"].to_numpy()[:, None]
    ramp = np.clip((np.arange(shape[1]) - patients.onset) / 3, 0, 1)
    life.celsius[patients.rows] += warmer * ramp


def _firmware_bug(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """A new firmware that crashes every few days; after a crash, a few drives count their use from zero."""
    shape = (len(patients.rows), life.celsius.shape[1])
    ill = patients.ill(shape[1])
    crashes = (ill & (random.random(shape) < 0.35)).astype(float)
    life.firmware[patients.rows] = np.where(ill, BUGGY_FIRMWARE, life.firmware[patients.rows])
    life.gains["unsafe_shutdowns"][patients.rows] += crashes
    life.gains["power_cycles"][patients.rows] += crashes
    forgets = random.random(shape[0]) < 0.25
    day = random.integers(shape[1] - 24, shape[1] - 2, shape[0])
    life.resets[patients.rows[forgets], day[forgets]] = True


def _power_loss(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """The host's supply drops out every few days: all its drives lose power on the same days."""
    num_days = life.celsius.shape[1]
    hosts, place = np.unique(patients.fleet["host"].to_numpy(), return_inverse=True)
    drops = np.zeros((len(hosts), num_days))
    onsets = np.array([patients.onset[place == number].min() for number in range(len(hosts))])
    for number, onset in enumerate(onsets):
        span = num_days - onset
        days = random.choice(
            np.arange(onset, num_days), size=max(round(span * random.uniform(0.25, 0.45)), 1), replace=False
        )
        drops[number, days] = 1
    life.gains["unsafe_shutdowns"][patients.rows] += drops[place]
    life.gains["power_cycles"][patients.rows] += drops[place]
    life.gains["hours"][patients.rows] -= drops[place] * 0.4


def _thermal_throttling(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """A heat sink that came off: one drive runs far hotter than its neighbours and slows itself to cool."""
    shape = (len(patients.rows), life.celsius.shape[1])
    ill = patients.ill(shape[1])
    life.celsius[patients.rows] += ill * random.uniform(22, 30, (shape[0], 1))
    beyond = np.maximum(life.celsius[patients.rows] - (WARNING_CELSIUS - 8), 0) * ill
    life.gains["throttles"][patients.rows] += random.poisson(2.0 * beyond)
    life.gains["warm_minutes"][patients.rows] += np.round(6.0 * beyond * random.uniform(0.5, 1.5, shape))


def _missing_days(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """The agent on the drive's host times out: half of the days have no reading."""
    shape = (len(patients.rows), life.celsius.shape[1])
    gaps = patients.ill(shape[1]) & (random.random(shape) < random.uniform(0.4, 0.65, (shape[0], 1)))
    gaps[:, -1] = False
    life.missing[patients.rows] |= gaps


def _zero_temperature(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """The sensor cannot be read on most days and tells 0 °C."""
    shape = (len(patients.rows), life.celsius.shape[1])
    share = random.uniform(0.6, 1.0, (shape[0], 1))
    life.zero_sensor[patients.rows] |= patients.ill(shape[1]) & (random.random(shape) < share)


def _counter_reset(life: Life, patients: Patients, random: np.random.Generator) -> None:
    """The usage counters begin anew, as after a service tool cleared them."""
    life.resets[patients.rows, patients.onset[:, 0]] = True


FAULTS: dict[str, Fault] = {
    "media-wear": _media_wear,
    "spare-depletion": _spare_depletion,
    "reallocation-burst": _reallocation_burst,
    "uncorrectable-growth": _uncorrectable_growth,
    "program-erase-failures": _program_erase_failures,
    "interface-errors": _interface_errors,
    "bad-cable": _interface_errors,
    "overheating": _overheating,
    "firmware-bug": _firmware_bug,
    "power-loss": _power_loss,
    "thermal-throttling": _thermal_throttling,
    "missing-days": _missing_days,
    "zero-temperature": _zero_temperature,
    "counter-reset": _counter_reset,
}
