"""Which features each attribute of a drive gives, by what the SMART catalogue says it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gnn.health.decoding import RAW
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

# Counters of errors that are counted together. 196 and 198 count what 5 and 197 do, and an error log fills with what
# is no error of the drive, so they are left out.
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
    "nvme_critical_warning",
    "scsi_grown_defects",
    "scsi_read_uncorrected_errors",
    "scsi_write_uncorrected_errors",
    "scsi_verify_uncorrected_errors",
)
# Power-on hours, the first that a drive has counts.
HOURS = ("ata_9", "nvme_power_on_hours", "scsi_power_on_hours", "device_power_on_hours")

# Use and wear go on every day: a short and a long window tell whether they go faster.
SLOW_DAYS = (30, 180)


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of a feature matrix.

    Args:
        name: Column, such as ``ata_187_rise_30_days``.
        meaning: What it says, a short phrase for people (``rise of reported uncorrectable errors in 30 days``).
        attribute: Key of the SMART attribute that it comes from (``smart:ata:187``), None for age, maker and the like.
        look_back_days: How far before the landmark it looks; None: over everything seen of the drive so far.
        unit: Unit of its value (``errors``, ``days``, ``°C``, ``log(1 + errors)``).
    """

    name: str
    meaning: str
    attribute: str | None
    look_back_days: int | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One feature of one attribute.

    Args:
        feature: The feature.
        window: Column of ``landmark_windows`` that it is made of.
        is_per_month: The value is divided by the months of age.
    """

    feature: Feature
    window: str
    is_per_month: bool = False


def measures_of(name: str, *, is_packed: bool = False) -> list[Measure]:
    """Features of an attribute column of the lake.

    Args:
        name: The column.
        is_packed: Some model packs its raw values, so that what they mean stands beside them as ``{name}_level``.
    """
    return list(_measures(name, is_packed)) if measured([name]) else []


def _measures(name: str, is_packed: bool) -> Iterator[Measure]:
    key = smart.key_of(name) or smart.normalized_key_of(name)
    meant = smart.attribute(key) if key else None
    shown = (meant.name[0].lower() + meant.name[1:]) if meant else name
    unit = meant.unit_label if meant else ""
    if name.endswith("_normalized"):
        shown, unit = f"normalised value of {shown}", "vendor scale"

    def made(suffix: str, meaning: str, back: int | None = None, *, window: str = "", per: str = "") -> Measure:
        of = "days" if suffix.startswith("days") else unit + per
        return Measure(Feature(f"{name}_{suffix}", meaning, key, back, of), f"{name}_{window or suffix}")

    if is_packed:
        raw = Feature(f"{name}_last", f"latest {shown}, raw as the maker packs it", key, None, "raw")
        yield Measure(raw, f"{name}{RAW}_last")
        if name not in HOURS:
            yield made("level", f"latest {shown}", window="last")
    else:
        yield made("last", f"latest {shown}")
    if name in HOURS:
        return  # age tells more: it goes on between readings
    family = families(name)
    if counts_trouble(name):
        yield made("ever_max", f"highest {shown} so far")
        for back in LOOK_BACKS_DAYS:
            yield made(f"rise_{back}_days", f"rise of {shown} in {back} days", back)
        yield made("rise_ever", f"rise of {shown} since first seen")
        yield made("days_since_change", f"days since {shown} last changed")
        monthly = made("per_month", f"{shown} for each month of age", window="last", per=" a month")
        yield Measure(monthly.feature, monthly.window, is_per_month=True)
    elif RISES in family:
        for back in SLOW_DAYS:
            yield made(f"rise_{back}_days", f"rise of {shown} in {back} days", back)
    if FALLS in family:
        for back in SLOW_DAYS:
            yield made(f"fall_{back}_days", f"fall of {shown} in {back} days", back)
        yield made("fall_ever", f"fall of {shown} since first seen")
    if LEVELS in family:
        days = GAUGE_DAYS
        yield made(f"mean_{days}_days", f"mean {shown} over {days} days", days, window=f"mean_{days}_days")
        yield made("ever_max", f"highest {shown} so far")
        trend = f"trend of {shown} over {days} days"
        yield made(f"slope_{days}_days", trend, days, window=f"slope_per_day_{days}_days", per=" a day")
