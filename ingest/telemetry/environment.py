"""The environment of places: temperature, humidity, vibration and power of hosts, racks, rooms and sites."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InputError, nearest
from ingest.telemetry import columns, files
from ingest.telemetry.files import Reader, SourceFile
from ingest.telemetry.formats import Format
from ingest.telemetry.normalised import (
    DRIVES,
    FAILURES,
    INTERVALS,
    PLACE_READINGS,
    PLACEMENTS,
    READING_KEYS,
    Normalised,
    RawRows,
    table,
)
from ingest.telemetry.rows import RowCheck
from ingest.telemetry.workload import TIMES, check_time, header_of, in_short, times

LABELS = MappingProxyType({"host": "Host", "rack": "Rack", "room": "Room", "site": "Site"})  # the finest first
KIND, PLACE = "place_kind", "place"
STANDARD_GRAVITY = 9.80665  # m/s²
# Where drives run, outdoor sites and the hot side of a rack included.
COLDEST_CELSIUS, HOTTEST_CELSIUS = -40.0, 60.0
DRIEST_PERCENT, WETTEST_PERCENT = 1.0, 100.0
STRONGEST_M_S2 = 1000.0
MOST_WATTS = 1e9
# What is measured: column of the readings, and how the values of each column of the source become it.
MEASURES = MappingProxyType(
    {
        "temperature_celsius": ("temperature_celsius", "celsius"),
        "temperature_kelvin": ("temperature_celsius", "kelvin"),
        "temperature_fahrenheit": ("temperature_celsius", "fahrenheit"),
        "humidity_percent": ("humidity_percent", "percent"),
        "vibration_rms_m_s2": ("vibration_rms_m_s2", "m/s²"),
        "vibration_rms_g": ("vibration_rms_m_s2", "g"),
        "power_watts": ("power_watts", "watts"),
        "power_kilowatts": ("power_watts", "kilowatts"),
    }
)
KNOWN = (*TIMES, *LABELS, KIND, PLACE, *MEASURES)


def transform(raw: RawRows, fleet: str) -> Normalised:
    """Normalise measurements in places.

    Args:
        raw: Rows with ``day`` or ``time``, a place, and any of ``MEASURES``.
        fleet: Name of the fleet; the key of a place carries it.
    """
    check = RowCheck(raw)
    there = raw.rows.column_names
    is_exact = "time" in there
    instant = times(check, "time") if is_exact else None
    day = instant.cast(pa.date32(), safe=False) if instant is not None else check.day("day")
    label, place = _places(check)
    values = {target: _measured(check, name) for name, (target, _) in MEASURES.items() if name in there}
    holds = np.zeros(raw.rows.num_rows, bool)
    for numbers in values.values():
        holds |= ~np.isnan(numbers)
    check.refuse(~holds, "", "holds no measurement")
    usable = pa.array(check.usable)
    content: dict[str, object] = {
        "row": pa.array(raw.numbers, pa.int64()).filter(usable),
        "label": label.filter(usable),
        "place": place.filter(usable),
        "day": day.filter(usable),
        **{name: pa.array(numbers[check.usable], from_pandas=True) for name, numbers in values.items()},
    }
    if instant is not None:
        content["observed_at"] = instant.filter(usable)
    return Normalised(
        drives=DRIVES.empty_table(),
        placements=PLACEMENTS.empty_table(),
        failures=FAILURES.empty_table(),
        readings=READING_KEYS.empty_table(),
        intervals=INTERVALS.empty_table(),
        rejects=check.rejects(),
        place_readings=table(PLACE_READINGS, content, int(check.usable.sum())),
    )


def _places(check: RowCheck) -> tuple[pa.Array, pa.Array]:
    """Label and id of the place of each row; of a row that names several the finest."""
    rows = check.raw.rows
    if KIND in rows.column_names:
        kind, place = pc.utf8_lower(columns.strings(rows[KIND])), check.text(PLACE)
        known = pc.fill_null(pc.is_in(kind, pa.array(list(LABELS))), fill_value=False)
        strange = ~known.to_numpy(zero_copy_only=False)
        check.refuse(strange, KIND, f"is no kind of place; expected {', '.join(LABELS)}")
        kinds = pa.array(list(LABELS))
        return pa.array(list(LABELS.values())).take(pc.index_in(kind, kinds)), place
    own = {name: columns.identifiers(rows[name]) for name in LABELS if name in rows.column_names}
    label, place = pa.nulls(rows.num_rows, pa.string()), pa.nulls(rows.num_rows, pa.string())
    for name, values in own.items():
        label = pc.if_else(pc.and_(pc.is_null(place), pc.is_valid(values)), LABELS[name], label)
        place = pc.coalesce(place, values)
    check.refuse(~columns.present(place), next(iter(own)), "is empty, a place is needed")
    return label, place


def _measured(check: RowCheck, name: str) -> np.ndarray:
    """Values of a column in the unit of the readings; those that cannot be there are refused with a hint."""
    values = check.number(name)
    target, unit = MEASURES[name]
    if target == "temperature_celsius":
        _check_temperature(check, name, values, unit)
        return _celsius(values, unit)
    if target == "humidity_percent":
        hint = "relative humidity is above 1 and at most 100 %; is it a fraction?"
        share = (values >= 0) & (values < DRIEST_PERCENT)
        check.refuse(share, name, f"is impossible: {hint}")
        check.refuse((values < 0) | (values > WETTEST_PERCENT), name, "is impossible: relative humidity is 0 to 100 %")
        return values
    check.refuse(values < 0, name, "is impossible: below 0")
    if target == "vibration_rms_m_s2":
        converted = values * STANDARD_GRAVITY if unit == "g" else values
        check.refuse(converted > STRONGEST_M_S2, name, f"is impossible in {unit}; is the unit another, such as mm/s²?")
        return converted
    converted = values * 1000 if unit == "kilowatts" else values
    check.refuse(converted > MOST_WATTS, name, f"is impossible in {unit}; is the unit another?")
    return converted


def _check_temperature(check: RowCheck, name: str, values: np.ndarray, unit: str) -> None:
    own = _celsius(values, unit)
    wrong = (own < COLDEST_CELSIUS) | (own > HOTTEST_CELSIUS)
    for other in ("celsius", "fahrenheit", "kelvin"):
        fits = _celsius(values, other)
        looks = wrong & (other != unit) & (fits >= 0) & (fits <= HOTTEST_CELSIUS)
        reason = f"is impossible in {unit} where drives run; it looks like {other}: name the column temperature_{other}"
        check.refuse(looks, name, reason)
    check.refuse(
        wrong, name, f"is impossible in {unit} where drives run ({COLDEST_CELSIUS:g} to {HOTTEST_CELSIUS:g} °C)"
    )


def _celsius(values: np.ndarray, unit: str) -> np.ndarray:
    return {"celsius": values, "kelvin": values - 273.15, "fahrenheit": (values - 32) / 1.8}[unit]


def look_over(path: Path) -> SourceFile:
    """Look a table over and make sure that it has the columns.

    Raises:
        InputError: It cannot be read, lacks a column, or has one quantity in two units.
    """
    file = files.look_over(path)
    check_time(file, "environment")
    named = [name for name in LABELS if name in file.columns]
    pair = [name for name in (KIND, PLACE) if name in file.columns]
    if (named and pair) or len(pair) == 1 or not (named or pair):
        raise InputError(
            f"{path}:1: format 'environment' needs the place: one or more of {', '.join(LABELS)}, or both {KIND} and "
            f"{PLACE}; the file has {in_short(file.columns)}.{_nearest_there('rack', file)}"
        )
    measured = [name for name in MEASURES if name in file.columns]
    if not measured:
        raise InputError(
            f"{path}:1: format 'environment' needs a measurement whose name tells the unit: {', '.join(MEASURES)}; "
            f"the file has {in_short(file.columns)}.{_nearest_there('temperature_celsius', file)}"
        )
    targets = [MEASURES[name][0] for name in measured]
    if len(set(targets)) < len(targets):
        raise InputError(f"{path}:1: {', '.join(measured)}: one quantity stands there in two units; leave one out.")
    return replace(file, unread=tuple(name for name in file.columns if name not in KNOWN))


def _nearest_there(expected: str, file: SourceFile) -> str:
    """A column that may be a misspelt expected one; the user is told which of their own, and what it should be."""
    close = nearest(expected, file.columns)
    return close.replace("Did you mean", "Nearest column there:").replace("?", f": should it be '{expected}'?")


def recognises(head: bytes) -> bool:
    """Whether a CSV that begins so is a table of places."""
    names = header_of(head)
    return bool(set(MEASURES) & names) and bool({*LABELS, PLACE} & names) and "serial" not in names


FORMAT = Format(
    name="environment",
    required=(),
    transform=transform,
    knows=lambda column: column in KNOWN,
    reader=Reader((".csv", ".parquet"), look_over, files.chunks),
    recognises=recognises,
    notes=(
        "Of a place and day the mean of all samples of this run counts; a day that comes again in a later run "
        "replaces it, so give whole days.",
    ),
)
