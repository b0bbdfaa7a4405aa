"""A sample of one drive, as any tool's document gives it, and samples as normalised tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InputError
from graph.windows.shape import COLLECTED_AT
from ingest.telemetry import columns
from ingest.telemetry.identity import drive_keys, vendors
from ingest.telemetry.normalised import (
    DRIVES,
    FAILURES,
    INTERVALS,
    LOG_ENTRIES,
    PLACEMENTS,
    READING_KEYS,
    Normalised,
    RawRows,
    table,
)
from ingest.telemetry.rows import RowCheck

TIME = "local_time.time_t"
LAST_SECOND = 253_402_300_799  # of the year 9999: what comes after it is no time at all
COLDEST_CELSIUS, HOTTEST_CELSIUS = -60, 150  # what the electronics of a drive can have
KELVIN_AT_0_CELSIUS = 273  # as smartctl and nvme-cli count, so that both give the same drive the same temperature
PLACEHOLDERS = frozenset(
    (
        *("redacted", "unknown", "none", "null", "(null)", "n/a", "na", "notavailable", "notspecified"),
        *("default", "defaultstring", "serialnumber", "tobefilledbyo.e.m.", "123456789", "0123456789", "1234567890"),
        *("123456789012", "0123456789abcdef", "123456789abc"),
    )
)
ONE_CHARACTER = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of a log that the drive keeps itself; fields as in ``normalised.LOG_ENTRIES``."""

    log: str
    entry: str
    power_on_hours: int | None = None
    kind: str | None = None
    status: str | None = None
    passed: bool | None = None
    lba: int | None = None
    description: str | None = None


@dataclass(slots=True)
class Sample:
    """What one document says of one drive at one time.

    Args:
        serial: Serial number.
        model: Model.
        time_seconds: When it was read, in seconds since 1970 (UTC).
        protocol: ``ata``, ``nvme`` or ``scsi``.
        medium: ``flash`` or ``disk``.
        firmware: Its revision.
        capacity_bytes: Of the whole drive.
        host: Machine that it is in.
        readings: Values by column of the lake.
        log: Entries of its own logs.
        ids: World-wide names and the like, which tell drives apart whose serial number is a placeholder.
        unread: What means nothing and was kept out.
        notes: What the report should say.
    """

    serial: str
    model: str
    time_seconds: int
    protocol: str | None = None
    medium: str | None = None
    firmware: str | None = None
    capacity_bytes: int | None = None
    host: str | None = None
    readings: dict[str, float] = field(default_factory=dict)
    log: list[LogEntry] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    @property
    def has_placeholder(self) -> bool:
        """Whether the serial number is no serial number."""
        return is_placeholder(self.serial)


# Columns of the raw rows that are no readings, by the name that people find in smartctl's output.
TEXTS = {
    "serial_number": "serial",
    "model_name": "model",
    "firmware_version": "firmware",
    "device.protocol": "protocol",
    "rotation_rate": "medium",
    "host": "host",
}
LOG = "log_entries"
LOG_FIELDS = [item.name for item in fields(LogEntry)]
LOG_TYPE = pa.list_(pa.struct([LOG_ENTRIES.field(name) for name in LOG_FIELDS]))


def is_placeholder(text: str) -> bool:
    """Whether a tool or a person put this where a name was missing or should not be shown."""
    bare = re.sub(r"[\s_-]+", "", text.lower())
    return not bare or bare in PLACEHOLDERS or ONE_CHARACTER.fullmatch(bare) is not None


def named_drive(text: str | None) -> tuple[str, str] | None:
    """Model and serial number of ``--drive MODEL:SERIAL``.

    Raises:
        InputError: It is not written so.
    """
    if text is None:
        return None
    model, _, serial = (part.strip() for part in text.rpartition(":"))
    if not model or not serial:
        raise InputError(f"--drive '{text}': expected MODEL:SERIAL, as ST16000NM001G-2KK103:ZL2PB26X.")
    return model, serial


def rows_of(path: Path, samples: Sequence[tuple[int, Sample]]) -> RawRows:
    """Samples as rows.

    Args:
        path: Their file.
        samples: Each with its number there.
    """
    found = [sample for _, sample in samples]
    content: dict[str, pa.Array] = {
        name: pa.array([getattr(sample, attribute) for sample in found], pa.string())
        for name, attribute in TEXTS.items()
    }
    content["user_capacity.bytes"] = pa.array([sample.capacity_bytes for sample in found], pa.int64())
    content[TIME] = pa.array([sample.time_seconds for sample in found], pa.int64())
    for name in sorted({name for sample in found for name in sample.readings}):
        content[name] = pa.array([sample.readings.get(name) for sample in found], pa.float64())
    logs = [[{name: getattr(entry, name) for name in LOG_FIELDS} for entry in sample.log] for sample in found]
    content[LOG] = pa.array(logs, LOG_TYPE)
    return RawRows(path, pa.table(content), np.array([number for number, _ in samples], np.int64))


def transform(raw: RawRows, fleet: str) -> Normalised:
    """Normalise samples.

    Args:
        raw: As ``rows_of`` makes them.
        fleet: Name of the fleet.
    """
    check = RowCheck(raw)
    serial, model = check.text("serial_number"), check.text("model_name")
    seconds = raw.rows[TIME].combine_chunks()
    days = seconds.cast(pa.timestamp("s", tz="UTC")).cast(pa.date32(), safe=False)
    future, early = columns.impossible_days(days, check.today)
    check.refuse(future, TIME, f"is impossible: in the future (today is {check.today})")
    hint = "where the clock of the machine was not set, give the time with --collected-at and leave local_time out"
    check.refuse(early, TIME, f"is impossible: before {columns.FIRST_DAY}, when drives had no SMART; {hint}")
    return _tables(check, fleet, serial, model, days, seconds)


def _tables(
    check: RowCheck, fleet: str, serial: pa.Array, model: pa.Array, days: pa.Array, seconds: pa.Array
) -> Normalised:
    usable = pa.array(check.usable)
    rows = check.raw.rows.filter(usable)
    numbers = pa.array(check.raw.numbers).filter(usable)
    models, serials = model.filter(usable), serial.filter(usable)
    sequence = seconds.filter(usable)
    common = {
        "row": numbers,
        "drive_key": drive_keys(fleet, models, serials),
        "day": days.filter(usable),
        "sequence": sequence,
    }
    count = rows.num_rows
    drives = {
        **common,
        "model": models,
        "serial": serials,
        "vendor": vendors(models),
        "capacity_bytes": rows["user_capacity.bytes"],
        "protocol": rows["device.protocol"],
        "medium": rows["rotation_rate"],
    }
    places = {**common, "firmware": rows["firmware_version"], "host": rows["host"]}
    is_placed = pc.or_(pc.is_valid(rows["firmware_version"]), pc.is_valid(rows["host"]))
    readings = {name: rows[name] for name in rows.column_names if name not in _not_readings()}
    readings[COLLECTED_AT] = sequence.cast(pa.float64())
    keyed = table(READING_KEYS, common, count)
    return Normalised(
        drives=table(DRIVES, drives, count),
        placements=table(PLACEMENTS, places, count).filter(is_placed),
        failures=FAILURES.empty_table(),
        readings=pa.table([*keyed.columns, *readings.values()], names=[*keyed.column_names, *readings]),
        intervals=INTERVALS.empty_table(),
        rejects=check.rejects(),
        log_entries=_log_entries(rows[LOG], common),
    )


def _not_readings() -> set[str]:
    return {*TEXTS, "user_capacity.bytes", TIME, LOG}


def _log_entries(logs: pa.ChunkedArray, common: Mapping[str, Any]) -> pa.Table:
    array = logs.combine_chunks()
    if not len(array):
        return LOG_ENTRIES.empty_table()
    owner = pc.list_parent_indices(array)
    entries = pc.list_flatten(array)
    content = {name: pc.struct_field(entries, name) for name in LOG_FIELDS}
    for name in ("row", "drive_key", "day"):
        content[name] = common[name].take(owner)
    return table(LOG_ENTRIES, content, len(entries))
