"""Which features each attribute of a drive gives, by what the SMART catalogue says it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gnn.health.examples import Feature
from graph.ontology import smart
from graph.windows.landmarks import (
    FALLS,
    GAUGE_DAYS,
    LEVELS,
    LOOK_BACKS_DAYS,
    RISES,
    counts_trouble,
    families,
)
from graph.windows.shape import measured

__all__ = ["ERRORS", "HOURS", "LOOK_BACKS_DAYS", "Measure", "measures_of"]

# Counters of errors that are counted together; 196 and 198 count what 5 and 197 do, so they are left out.
ERRORS = (
    "ata_5",
    "ata_187",
    "ata_188",
    "ata_197",
    "ata_171",
    "ata_172",
    "ata_181",
    "ata_182",
    "ata_183",
    "ata_184",
    "nvme_media_errors",
    "nvme_num_err_log_entries",
    "nvme_critical_warning",
    "scsi_grown_defects",
    "scsi_read_uncorrected_errors",
    "scsi_write_uncorrected_errors",
    "scsi_verify_uncorrected_errors",
)
# Power-on hours, the first that a drive has counts.
HOURS = ("ata_9", "nvme_power_on_hours", "scsi_power_on_hours", "device_power_on_hours")

_SLOW_DAYS = (30, 180)


@dataclass(frozen=True, slots=True)
class Measure:
    """One feature of one attribute.

    Args:
        feature: The feature.
        window: Suffix of the column of ``landmark_windows`` that it is made of.
        is_per_month: The value is divided by the months of age.
    """

    feature: Feature
    window: str
    is_per_month: bool = False


def measures_of(name: str) -> list[Measure]:
    """Features of an attribute column of the lake; none for a device's thresholds and worst values."""
    return list(_measures(name)) if measured([name]) else []


def _measures(name: str) -> Iterator[Measure]:
    key = smart.key_of(name) or smart.normalized_key_of(name)
    meant = smart.attribute(key) if key else None
    shown = meant.name.lower() if meant else name
    unit = meant.unit_label if meant else ""
    if name.endswith("_normalized"):
        shown, unit = f"normalised value of {shown}", "vendor scale"

    def made(suffix: str, meaning: str, back: int | None, *, unit: str = unit, window: str | None = None) -> Measure:
        return Measure(Feature(f"{name}_{suffix}", meaning, key, back, unit), window or suffix)

    family = families(name)
    yield made("last", f"latest {shown}", None)
    if counts_trouble(name):
        yield made("ever_max", f"highest {shown} so far", None)
        for back in LOOK_BACKS_DAYS:
            yield made(f"rise_{back}_days", f"rise of {shown} in {back} days", back)
        yield made("rise_ever", f"rise of {shown} since first seen", None)
        yield made("days_since_change", f"days since {shown} last changed", None, unit="days")
        monthly = Feature(f"{name}_per_month", f"{shown} for each month of age", key, None, f"{unit} a month")
        yield Measure(monthly, "last", is_per_month=True)
    elif RISES in family:
        for back in _SLOW_DAYS:
            yield made(f"rise_{back}_days", f"rise of {shown} in {back} days", back)
    if FALLS in family:
        for back in _SLOW_DAYS:
            yield made(f"fall_{back}_days", f"fall of {shown} in {back} days", back)
        yield made("fall_ever", f"fall of {shown} since first seen", None)
    if LEVELS in family:
        days = GAUGE_DAYS
        yield made(f"mean_{days}_days", f"mean {shown} over {days} days", days, window="mean")
        yield made(f"max_{days}_days", f"highest {shown} in {days} days", days, window="max")
        yield made(
            f"slope_per_day_{days}_days",
            f"trend of {shown} over {days} days",
            days,
            unit=f"{unit} a day",
            window="slope_per_day",
        )
