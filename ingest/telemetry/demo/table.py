"""From the lives of drives to what their SMART logs say, as rows of an ``atoll-daily`` table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from ingest.telemetry.demo.faults import WARNING_CELSIUS
from ingest.telemetry.demo.layout import APPLICATIONS, MODELS
from ingest.telemetry.demo.life import Life

DRIVES_PER_CHUNK = 250
SPARE_THRESHOLD = 10.0  # percent; what drives report as available_spare_threshold
RELIABILITY_ERRORS = 40  # uncorrectable errors from which on a drive calls itself unreliable
PROGRAM_ERASE_CYCLES = 3000
USAGE_COUNTERS = ("hours", "written", "read", "power_cycles")
PLACES = ("host", "rack", "room", "site")


def tables(fleet: pd.DataFrame, days: pd.DatetimeIndex, life: Life) -> Iterator[pa.Table]:
    """Yield the fleet's rows in chunks of drives, all with the same columns.

    Args:
        fleet: The plan.
        days: The days.
        life: What happened.
    """
    readings = {"nvme": _nvme, "ata": _ata}
    protocols = np.array([model.protocol for model in MODELS])[fleet["model"]]
    schema = [(name, pa.float64()) for name in (*NVME_COLUMNS, *ATA_COLUMNS)]
    for protocol, columns in readings.items():
        rows = np.flatnonzero(protocols == protocol)
        for start in range(0, len(rows), DRIVES_PER_CHUNK):
            chunk = rows[start : start + DRIVES_PER_CHUNK]
            kept = _kept(fleet.iloc[chunk], life, chunk)
            values = columns(fleet.iloc[chunk], life, chunk)
            count = int(kept.sum())
            table = _identity(fleet.iloc[chunk], days, life.firmware[chunk], kept)
            for name, kind in schema:
                column = pa.array(values[name][kept], from_pandas=True) if name in values else pa.nulls(count, kind)
                table = table.append_column(name, column)
            yield table


def counter(life: Life, rows: np.ndarray, name: str) -> np.ndarray:
    """A counter's value at the end of each day."""
    gains = life.gains[name][rows]
    total = life.starts.get(name, np.zeros((len(life.celsius), 1)))[rows] + gains.cumsum(1)
    if name in USAGE_COUNTERS:
        forgotten = np.where(life.resets[rows], total - gains, 0.0)
        total -= np.maximum.accumulate(forgotten, axis=1)
    return np.asarray(total)


def _kept(fleet: pd.DataFrame, life: Life, rows: np.ndarray) -> np.ndarray:
    """Drive-days that have a row: between a drive's first and last day, without the missing ones."""
    day = np.arange(life.celsius.shape[1])
    first, last = fleet["first"].to_numpy()[:, None], fleet["last"].to_numpy()[:, None]
    # The row that reports a failure is always there.
    failing = fleet["failed"].to_numpy()[:, None] & (day == last)
    return np.asarray((day >= first) & (day <= last) & (~life.missing[rows] | failing))


def _identity(fleet: pd.DataFrame, days: pd.DatetimeIndex, firmware: np.ndarray, kept: np.ndarray) -> pa.Table:
    """What is known of the drive beside its SMART log."""
    drive, day = np.nonzero(kept)
    model = fleet["model"].to_numpy()
    names = {
        "serial": fleet["serial"].to_numpy(),
        "model": np.array([MODELS[m].name for m in model]),
        "vendor": np.array([MODELS[m].vendor for m in model]),
    }
    versions = np.array([version for m in MODELS for version in m.firmware])
    offsets = np.cumsum([0, *(len(m.firmware) for m in MODELS)])
    columns: dict[str, pa.Array] = {"day": pa.array(days.to_numpy()[day].astype("datetime64[D]"))}
    columns |= {name: pa.array(values[drive].astype(str)) for name, values in names.items()}
    capacity = np.array([round(MODELS[m].terabytes * 1e12) for m in model])
    columns["capacity_bytes"] = pa.array(capacity[drive])
    columns["firmware"] = pa.array(versions[offsets[model][drive] + firmware[kept]])
    for place in PLACES:
        labels = np.array([f"demo-{place}-{number + 1:03d}" for number in fleet[place]])
        columns[place] = pa.array(labels[drive])
    applications = np.array([APPLICATIONS[position].name for position in fleet["application"]])
    columns["application"] = pa.array(applications[drive])
    failing = fleet["failed"].to_numpy()[drive] & (day == fleet["last"].to_numpy()[drive])
    columns["failure"] = pa.array(failing.astype("int8"))
    return pa.table(columns)


def _celsius(life: Life, rows: np.ndarray) -> np.ndarray:
    """What the temperature sensor tells: whole degrees, 0 where it cannot be read."""
    return np.where(life.zero_sensor[rows], 0.0, np.round(life.celsius[rows]))


def _spare(fleet: pd.DataFrame, life: Life, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spare blocks left, and the same in percent."""
    reserve = np.array([MODELS[m].reserve_blocks for m in fleet["model"]])[:, None]
    left = np.maximum(reserve - counter(life, rows, "grown_blocks"), 0)
    return left, np.ceil(100 * left / reserve)


def _nvme(fleet: pd.DataFrame, life: Life, rows: np.ndarray) -> dict[str, np.ndarray]:
    """The NVMe SMART log (NVM Express Base Specification 2.0, 5.16.1.3)."""
    celsius = _celsius(life, rows)
    _, spare = _spare(fleet, life, rows)
    written, read = counter(life, rows, "written"), counter(life, rows, "read")
    errors = counter(life, rows, "uncorrectable")
    warning = 1 * (spare < SPARE_THRESHOLD) + 2 * (celsius >= WARNING_CELSIUS) + 4 * (errors >= RELIABILITY_ERRORS)
    return {
        "nvme_critical_warning": warning.astype(float),
        "nvme_temperature": celsius,
        "nvme_available_spare": spare,
        "nvme_available_spare_threshold": np.full(spare.shape, SPARE_THRESHOLD),
        "nvme_percentage_used": np.minimum(np.floor(counter(life, rows, "wear")), 255),
        "nvme_data_units_read": np.floor(read / 512_000),
        "nvme_data_units_written": np.floor(written / 512_000),
        "nvme_host_reads": np.floor(read / 65_536),
        "nvme_host_writes": np.floor(written / 65_536),
        "nvme_controller_busy_time": np.floor((read + written) / 60e9),
        "nvme_power_cycles": counter(life, rows, "power_cycles"),
        "nvme_power_on_hours": np.floor(counter(life, rows, "hours")),
        "nvme_unsafe_shutdowns": counter(life, rows, "unsafe_shutdowns"),
        "nvme_media_errors": errors,
        "nvme_num_err_log_entries": errors + counter(life, rows, "unsafe_shutdowns"),
        "nvme_warning_temp_time": counter(life, rows, "warm_minutes"),
        "nvme_thermal_management_1_transitions": counter(life, rows, "throttles"),
    }


def _ata(fleet: pd.DataFrame, life: Life, rows: np.ndarray) -> dict[str, np.ndarray]:
    """The ATA attributes; each model tells its wear in another one, as vendors do."""
    left, spare = _spare(fleet, life, rows)
    wear = counter(life, rows, "wear")
    life_left = np.clip(100 - np.floor(wear), 1, 100)
    attribute = np.array([MODELS[m].wear_attribute for m in fleet["model"]])[:, None]
    return {
        "ata_5": counter(life, rows, "grown_blocks"),
        "ata_9": np.floor(counter(life, rows, "hours")),
        "ata_12": counter(life, rows, "power_cycles"),
        "ata_171": counter(life, rows, "program_failures"),
        "ata_172": counter(life, rows, "erase_failures"),
        "ata_174": counter(life, rows, "unsafe_shutdowns"),
        "ata_177": np.where(attribute == 177, np.floor(wear / 100 * PROGRAM_ERASE_CYCLES), np.nan),
        "ata_177_normalized": np.where(attribute == 177, life_left, np.nan),
        "ata_180": left,
        "ata_187": counter(life, rows, "uncorrectable"),
        "ata_194": _celsius(life, rows),
        "ata_199": counter(life, rows, "crc"),
        "ata_231": np.where(attribute == 231, life_left, np.nan),
        "ata_232_normalized": spare,
        "ata_233_normalized": np.where(attribute == 233, life_left, np.nan),
        "ata_241": np.floor(counter(life, rows, "written") / 512),
        "ata_242": np.floor(counter(life, rows, "read") / 512),
    }


NVME_COLUMNS = (
    "nvme_critical_warning",
    "nvme_temperature",
    "nvme_available_spare",
    "nvme_available_spare_threshold",
    "nvme_percentage_used",
    "nvme_data_units_read",
    "nvme_data_units_written",
    "nvme_host_reads",
    "nvme_host_writes",
    "nvme_controller_busy_time",
    "nvme_power_cycles",
    "nvme_power_on_hours",
    "nvme_unsafe_shutdowns",
    "nvme_media_errors",
    "nvme_num_err_log_entries",
    "nvme_warning_temp_time",
    "nvme_thermal_management_1_transitions",
)
ATA_COLUMNS = (
    "ata_5",
    "ata_9",
    "ata_12",
    "ata_171",
    "ata_172",
    "ata_174",
    "ata_177",
    "ata_177_normalized",
    "ata_180",
    "ata_187",
    "ata_194",
    "ata_199",
    "ata_231",
    "ata_232_normalized",
    "ata_233_normalized",
    "ata_241",
    "ata_242",
)
