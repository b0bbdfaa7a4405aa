"""The readings of one drive as its page draws them: decoded, with unit, limits and resets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.analysis import wording
from app.analysis.drive_results import AttributeSeries
from app.analysis.results import FindingRow
from app.analysis.rules.base import RULES
from app.analysis.rules.inputs import WINDOW_DAYS
from app.analysis.rules.thermal import PLAUSIBLE_CELSIUS, TEMPERATURES
from app.analysis.rules.window_rules import WindowRule
from graph.ontology import smart
from graph.ontology.meaning import NOT_DECODED, Meaning, decoded, meaning_of

SERIES_DAYS = 90
NORMALIZED = "normalized"
# Shown after the attributes that have findings, in this order, before all others.
SHOWN_FIRST = (
    "smart:ata:5", "smart:scsi:grown_defects", "smart:nvme:media_errors", "smart:ata:187", "smart:nvme:temperature",
    "smart:ata:194", "smart:nvme:percentage_used", "smart:nvme:available_spare", "smart:ata:177", "smart:ata:197",
    "smart:nvme:data_units_written", "smart:ata:241", "smart:ata:9", "smart:nvme:power_on_hours", "smart:ata:199",
)  # fmt: skip
# Attributes whose device threshold is an attribute of its own, which needs no chart of its own then.
LIMITED_BY = {
    "smart:nvme:available_spare": "smart:nvme:available_spare_threshold",
    "smart:scsi:temperature": "smart:scsi:temperature_trip",
}
Floats = npt.NDArray[np.float64]


def attribute_series(frame: pd.DataFrame, drives: pd.DataFrame, findings: list[FindingRow]) -> list[AttributeSeries]:
    """Series of the attributes that have readings in the last ``SERIES_DAYS`` days, those with findings first.

    An ATA device's threshold is one of its normalised value; where it reports one, that value has a series of its own
    behind the others.

    Args:
        frame: Readings of the drive, raw, sorted by day.
        drives: The drive's row: ``model``, ``vendor``.
        findings: Open findings of the drive, worst first.
    """
    if frame.empty:
        return []
    frame = frame.copy()
    frame["day"] = pd.to_datetime(frame["day"]).dt.date
    frame = frame[frame["day"] > frame["day"].iloc[-1] - timedelta(days=SERIES_DAYS)]
    model, told = str(drives["model"].iloc[0]), drives["vendor"].iloc[0]
    vendor = told if isinstance(told, str) else None
    found: dict[str, AttributeSeries] = {}
    normalized: list[AttributeSeries] = []
    for name in frame.columns:
        key = smart.key_of(name)
        if key is None or not frame[name].notna().any():
            continue
        meaning = meaning_of(key, model=model, vendor=vendor)
        own = _normalized(frame, key, meaning, findings)
        if meaning.kind == NORMALIZED:
            # The raw value of these is the vendor's secret; the normalised one counts.
            if own is not None:
                found[key] = replace(own, name=meaning.name)
            continue
        found[key] = _decoded(frame, name, key, meaning, findings, model, vendor)
        if own is not None and own.device_threshold is not None:
            normalized.append(own)
    for key, limit in LIMITED_BY.items():
        if key in found and limit in found:
            found[key] = _with_device_threshold(found[key], found.pop(limit).values[-1])
    flagged = [row.attribute for row in findings if row.attribute in found]
    order = dict.fromkeys([*flagged, *(key for key in SHOWN_FIRST if key in found), *found])
    # The nearer to its threshold, the earlier.
    normalized.sort(key=lambda item: item.values[-1] - (item.device_threshold or 0))
    return [*(found[str(key)] for key in order), *normalized]


def _decoded(
    frame: pd.DataFrame,
    name: str,
    key: str,
    meaning: Meaning,
    findings: list[FindingRow],
    model: str,
    vendor: str | None,
) -> AttributeSeries:
    raw = frame[name].to_numpy(dtype=float)
    result = decoded(key, raw, model=model, vendor=vendor)
    values = result.values
    if result.decoder == NOT_DECODED:  # what cannot be decoded is shown as it is, without a unit
        values, meaning = raw, replace(meaning, unit="unit:UNITLESS", unit_label="")
    keep = np.isfinite(values)
    if key in TEMPERATURES:
        keep &= (values > PLAUSIBLE_CELSIUS[0]) & (values < PLAUSIBLE_CELSIUS[1])
    days = frame["day"].to_numpy()[keep]
    return _one(key, meaning, list(days), values[keep], raw[keep], result.decoder, findings)


def _normalized(frame: pd.DataFrame, key: str, meaning: Meaning, findings: list[FindingRow]) -> AttributeSeries | None:
    """The normalised value of an ATA attribute with the device's threshold, where it reports one above 0."""
    if smart.attribute(key).protocol != "ata":
        return None
    name, limit = smart.normalized_column(key), smart.threshold_column(key)
    if name not in frame or not frame[name].notna().any():
        return None
    rows = frame[["day", name]].dropna()
    values = rows[name].to_numpy(dtype=float)
    plain = replace(meaning, name=f"{meaning.name}, normalised", unit="unit:UNITLESS", unit_label="", kind="gauge")
    own = findings if meaning.kind == NORMALIZED else []
    item = _one(key, plain, list(rows["day"]), values, values, NORMALIZED, own)
    reported = frame[limit].dropna() if limit in frame else pd.Series(dtype=float)
    threshold = float(reported.iloc[-1]) if len(reported) else 0.0
    return _with_device_threshold(item, threshold) if threshold > 0 else item  # 0: the device sets none


def _with_device_threshold(item: AttributeSeries, threshold: float) -> AttributeSeries:
    label = f"device threshold {wording.measured(threshold, item.unit)}"
    return replace(item, device_threshold=threshold, device_threshold_label=label)


def _one(
    key: str,
    meaning: Meaning,
    days: list[date],
    values: Floats,
    raw: Floats,
    decoder: str,
    findings: list[FindingRow],
) -> AttributeSeries:
    unit = {"unit:UNITLESS": ""}.get(meaning.unit, meaning.unit_label)
    threshold, label = _threshold(key, days, values, findings, unit)
    own = [row.severity for row in findings if row.attribute == key]
    month = [value for day, value in zip(days, values, strict=True) if day > days[-1] - timedelta(days=WINDOW_DAYS)]
    falls = np.flatnonzero(np.diff(values) < 0) + 1 if meaning.kind == "cumulative" else np.array([], dtype=int)
    return AttributeSeries(
        attribute=key,
        name=meaning.name,
        unit=unit,
        days=days,
        values=[float(value) for value in values],
        threshold=threshold,
        threshold_label=label,
        severity=min(own, key=lambda severity: severity.rank) if own else None,
        change=float(month[-1] - month[0]) if len(month) > 1 else None,
        resets=[days[index] for index in falls],
        raw_values=[float(value) for value in raw],
        decoder=decoder,
    )


def _threshold(
    key: str, days: list[date], values: Floats, findings: list[FindingRow], unit: str
) -> tuple[float | None, str | None]:
    """The line that the worst finding on an attribute was held against, in the attribute's own unit.

    For a rule on a rise that line is the lowest value of the window plus the limit.
    """
    row = next((item for item in findings if item.attribute == key and item.threshold is not None), None)
    rule = next((item for item in RULES if row and item.name == row.rule), None)
    if row is None or row.threshold is None or not len(values):
        return None, None
    if isinstance(rule, WindowRule) and rule.rises:
        inside = [value for day, value in zip(days, values, strict=True) if day >= row.window.first_day]
        if not inside or not rule.above:
            return None, None
        return float(min(inside)) + row.threshold, f"limit +{wording.number(row.threshold)} in {rule.days} d"
    if isinstance(rule, WindowRule) and rule.measure.__name__ == "used_up":
        return 100 - row.threshold, f"limit {wording.measured(100 - row.threshold, unit)}"
    if row.rule in ("temp-limit", "spare-low") or (isinstance(rule, WindowRule) and not rule.rises):
        return row.threshold, f"limit {wording.measured(row.threshold, row.unit)}"
    return None, None
