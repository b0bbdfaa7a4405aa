"""Series of a drive's page: decoded with the raw value beside it, and the device's own thresholds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from app.analysis.drive_results import AttributeSeries
from app.analysis.drive_series import attribute_series

DAYS = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(40)]


def series_of(model: str = "MX-1", vendor: str | None = None, **columns: Any) -> dict[str, AttributeSeries]:
    """Series by attribute; a normalised one beside its raw one under ``KEY normalised``."""
    frame = pd.DataFrame({"day": pd.to_datetime(DAYS), **columns})
    found = attribute_series(frame, pd.DataFrame({"model": [model], "vendor": [vendor]}), [])
    return {item.attribute + (" normalised" if item.decoder == "normalized" else ""): item for item in found}


def test_a_packed_raw_value_is_shown_decoded_with_raw_value_and_decoder() -> None:
    packed = [float(2 + (n // 10) * (1 + 2**16 + 2**32)) for n in range(40)]
    item = series_of("ST16000NM001G-2KK103", ata_188=packed)["smart:ata:188"]
    assert item.raw_values == packed
    assert item.decoder not in ("identity", "none")
    assert item.values[-1] == 5, "all timeouts stand in the lowest part"
    assert len(item.values) == len(item.raw_values) == len(item.days)


def test_what_nobody_can_decode_is_shown_raw_without_a_unit_and_says_so() -> None:
    item = series_of(ata_241=[2.0**30 + n for n in range(40)])["smart:ata:241"]
    assert (item.decoder, item.unit) == ("none", "")
    assert item.values == item.raw_values


def test_the_threshold_of_an_ata_device_is_drawn_on_the_normalised_value() -> None:
    found = series_of(ata_5=[0.0] * 40, ata_5_normalized=[100.0 - n for n in range(40)], ata_5_threshold=[36.0] * 40)
    assert found["smart:ata:5"].device_threshold is None
    item = found["smart:ata:5 normalised"]
    assert (item.name, item.device_threshold) == ("Reallocated sectors, normalised", 36.0)
    assert item.device_threshold_label == "device threshold 36"
    assert item.change == -29


def test_a_device_that_sets_no_threshold_has_no_line_and_no_second_chart() -> None:
    for threshold in ([0.0] * 40, [np.nan] * 40):
        found = series_of(ata_5=[0.0] * 40, ata_5_normalized=[100.0] * 40, ata_5_threshold=threshold)
        assert list(found) == ["smart:ata:5"]


def test_normalised_values_stand_last_the_nearest_to_its_threshold_first() -> None:
    found = series_of(
        ata_5=[0.0] * 40, ata_5_normalized=[100.0] * 40, ata_5_threshold=[10.0] * 40,
        ata_9=[24.0 * n for n in range(40)],
        ata_10=[0.0] * 40, ata_10_normalized=[98.0] * 40, ata_10_threshold=[97.0] * 40,
    )  # fmt: skip
    assert list(found)[-2:] == ["smart:ata:10 normalised", "smart:ata:5 normalised"]


def test_the_spare_of_an_nvme_drive_carries_its_threshold_which_has_no_chart_of_its_own() -> None:
    found = series_of(nvme_available_spare=[99.0] * 40, nvme_available_spare_threshold=[10.0] * 40)
    assert list(found) == ["smart:nvme:available_spare"]
    assert found["smart:nvme:available_spare"].device_threshold_label == "device threshold 10 %"


def test_the_trip_temperature_of_a_scsi_drive_is_the_threshold_of_its_temperature() -> None:
    found = series_of(scsi_temperature=[40.0] * 40, scsi_temperature_trip=[60.0] * 40)
    assert found["smart:scsi:temperature"].device_threshold == 60.0
    assert "smart:scsi:temperature_trip" not in found


def test_a_reading_that_no_sensor_gives_is_left_out_with_its_raw_value() -> None:
    item = series_of(ata_194=[0.0] * 10 + [35.0] * 30)["smart:ata:194"]
    assert len(item.values) == len(item.raw_values) == 30
