"""The SMART catalogue: keys, columns, meanings, vendors' own meanings and packed values."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError
from graph.ontology import smart
from graph.ontology.decoders import DECODERS, decode

IN_USE = [*range(1, 19), 22, 23, 24, 160, 161, *range(163, 184), 184, *range(187, 203), 206, 218, 220, 222, 223, 224]
IN_USE += [225, 226, *range(230, 236), *range(240, 253), 254, 255]


@pytest.mark.parametrize("number", IN_USE)
def test_every_ata_attribute_in_use_is_in_the_catalogue(number: int) -> None:
    found = smart.attribute(f"smart:ata:{number}")
    assert (found.number, found.protocol) == (number, "ata")
    assert found.name
    assert found.unit.startswith("unit:")
    assert found.source


def test_every_field_of_the_nvme_health_log_is_in_the_catalogue() -> None:
    fields = (
        "critical_warning temperature available_spare available_spare_threshold percentage_used data_units_read "
        "data_units_written host_reads host_writes controller_busy_time power_cycles power_on_hours unsafe_shutdowns "
        "media_errors num_err_log_entries warning_temp_time critical_comp_time"
    )
    assert {f"smart:nvme:{field}" for field in fields.split()} <= {item.key for item in smart.attributes()}


def test_scsi_counts_defects_and_uncorrected_errors() -> None:
    for field in ("grown_defects", "read_uncorrected_errors", "write_uncorrected_errors", "non_medium_errors"):
        found = smart.attribute(f"smart:scsi:{field}")
        assert (found.kind, found.bad_direction) == ("cumulative", "up")


def test_columns_and_keys_are_each_other_s_inverse() -> None:
    for item in smart.attributes():
        name = smart.column(item.key)
        assert re.fullmatch(r"[a-z0-9_]+", name)
        assert smart.key_of(name) == item.key
        assert smart.normalized_key_of(name) is None
        if item.protocol == "ata":
            assert smart.key_of(smart.normalized_column(item.key)) is None
            assert smart.normalized_key_of(smart.normalized_column(item.key)) == item.key
    assert len({smart.column(item.key) for item in smart.attributes()}) == len(smart.attributes())
    assert smart.column("smart:ata:5") == "ata_5"
    assert smart.column("smart:nvme:percentage_used") == "nvme_percentage_used"
    assert smart.key_of("drive_key") is None


def test_only_ata_has_normalised_values() -> None:
    with pytest.raises(InputError, match="only ATA"):
        smart.normalized_column("smart:nvme:percentage_used")


def test_an_unknown_attribute_is_answered_with_the_closest() -> None:
    with pytest.raises(
        InputError, match=r"'smart:nvme:percent_used' is not in .*Did you mean 'smart:nvme:percentage_used'"
    ):
        smart.attribute("smart:nvme:percent_used")


def test_names_units_and_directions_say_what_the_field_says() -> None:
    realloc, temperature, hours = (smart.attribute(f"smart:ata:{number}") for number in (5, 194, 9))
    assert (realloc.name, realloc.unit_label, realloc.kind, realloc.bad_direction) == (
        "Reallocated sectors",
        "sectors",
        "cumulative",
        "up",
    )
    assert (temperature.unit, temperature.kind) == ("unit:DEG_C", "gauge")
    assert (hours.unit, hours.bad_direction) == ("unit:HR", "none")
    assert smart.attribute("smart:ata:197").kind == "gauge"
    assert smart.attribute("smart:nvme:data_units_written").factor == 512_000


@pytest.mark.parametrize(
    ("model", "vendor"),
    [
        ("ST4000DM000", "Seagate"),
        ("WDC WD30EFRX", "Western Digital"),
        ("WD Blue SA510 2.5 250GB", "Western Digital"),
        ("HGST HMS5C4040ALE640", "HGST"),
        ("Hitachi HDS722020ALA330", "Hitachi"),
        ("TOSHIBA MG08ACA16TA", "Toshiba"),
        ("SAMSUNG HD103UJ", "Samsung"),
        ("CT250MX500SSD1", "Crucial"),
        ("MTFDDAV240TCB", "Micron"),
        ("INTEL SSDSC2KB240G7", "Intel"),
        ("KINGSTON SKC400S371T", "Kingston"),
        ("MB1", None),
    ],
)
def test_the_vendor_is_read_from_the_model_name(model: str, vendor: str | None) -> None:
    assert smart.vendor_of(model) == vendor


@pytest.mark.parametrize(
    ("number", "model", "unit", "factor"),
    [
        (241, "INTEL SSDSC2KB240G7", "unit:MebiBYTE", 32),
        (241, "KINGSTON SKC400S371T", "unit:GibiBYTE", 1),
        (9, "Maxtor 6Y080L0", "unit:HR", 1),
        (202, "Micron_5300_MTFDDAK1T9TDS", "unit:PERCENT", 1),
        (200, "ST16000NM001G-2KK103", "unit:UNITLESS", 1),
        (241, "Seagate IronWolfPro ZA3840NX10001-2ZH104", "unit:GibiBYTE", 1),
        (241, "Seagate BarraCuda 120 SSD ZA250CM10003", "unit:UNITLESS", 1),
    ],
)
def test_a_vendor_s_own_meaning_is_found(number: int, model: str, unit: str, factor: float) -> None:
    found = smart.override_for(f"smart:ata:{number}", model=model)
    assert found is not None
    assert (found.unit, found.factor) == (unit, factor)


def test_a_meaning_holds_only_for_the_models_it_names() -> None:
    assert smart.override_for("smart:ata:241", model="WDC WDS250G2B0A") is not None
    assert smart.override_for("smart:ata:241", model="WDC WD30EFRX") is None
    assert smart.override_for("smart:ata:188", model="Seagate BarraCuda 120 SSD ZA250CM10003") is None
    assert smart.override_for("smart:ata:5", model="ST4000DM000") is None


def test_a_controller_s_meaning_is_found_where_the_source_names_it() -> None:
    found = smart.override_for("smart:ata:169", model="UNBRANDED", vendor="Silicon Motion")
    assert found is not None
    assert found.name == "Remaining life"


def test_every_override_names_a_decoder_an_attribute_and_a_vendor() -> None:
    for item in smart.overrides():
        assert item.decoder in DECODERS
        assert smart.attribute(item.attribute)
        assert item.vendor in smart.vendors()
        assert item.source
        re.compile(item.model_pattern)


@pytest.mark.parametrize(
    ("decoder", "raw", "decoded"),
    [
        ("timeouts_in_low16", 51540393996, 12),  # Seagate Exos X16: 12, 12, 12
        ("timeouts_in_low16", 17180131332, 4),
        ("errors_over_operations", 330010684, 0),  # Seagate: 330 million seeks, no error
        ("errors_over_operations", (3 << 32) | 17, 3),
        ("temperature_in_low8", (41 << 32) | (17 << 16) | 25, 25),  # 25 (Min/Max 17/41)
        ("temperature_in_low8", 0xFB, -5),
        ("hours_in_low32", (8635 << 32) | 12523, 12523),
        ("low16", (808 << 16) | 888, 888),  # 888 (Average 808)
        ("minutes_to_hours", 90, 1.5),
        ("half_minutes_to_hours", 120, 1),
        ("seconds_to_hours", 7200, 2),
    ],
)
def test_packed_values_decode_as_smartctl_shows_them(decoder: str, raw: int, decoded: float) -> None:
    assert decode(decoder, raw) == decoded


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1))
def test_what_was_packed_comes_back(high: int, low: int) -> None:
    raw = (high << 32) | low
    assert decode("errors_over_operations", raw) == high
    assert decode("hours_in_low32", raw) == low
    assert decode("timeouts_in_low16", raw) == low % 2**16


@pytest.mark.parametrize("decoder", DECODERS)
def test_missing_values_stay_missing(decoder: str) -> None:
    decoded = decode(decoder, [np.nan, 0.0])
    assert np.isnan(decoded[0])
    assert decoded[1] == 0


def test_an_unknown_decoder_is_refused() -> None:
    with pytest.raises(InputError, match="Did you mean 'low16'"):
        decode("low_16", 1)


def test_the_catalogue_loads_without_parsing_turtle() -> None:
    code = "import sys; from graph.ontology import smart; smart.attributes(); print('rdflib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.data
def test_every_attribute_of_the_real_files_is_in_the_catalogue(shared_data: Path) -> None:
    seen: set[str] = set()
    for path in (shared_data / "backblaze-daily-csv").glob("*.csv"):
        with path.open() as lines:
            seen |= {f"smart:ata:{number}" for number in re.findall(r"smart_(\d+)_raw", next(lines))}
    with (shared_data / "alibaba-windows" / "train.csv").open() as lines:
        seen |= {f"smart:ata:{number}" for number in re.findall(r"\br_(\d+)\b", next(lines))}
    with (shared_data / "alibaba-failures.csv").open() as lines:
        seen |= {f"smart:ata:{number}" for number in re.findall(r"\b[rn]_(\d+)\b", next(lines))}
    for path in (shared_data / "smartctl").glob("*.json"):
        content = json.loads(path.read_text())
        seen |= {f"smart:ata:{row['id']}" for row in content.get("ata_smart_attributes", {}).get("table", [])}
        log = content.get("nvme_smart_health_information_log", {})
        seen |= {f"smart:nvme:{field}" for field in log if field != "temperature_sensors"}
    missing = sorted(seen - {item.key for item in smart.attributes()})
    assert not missing, missing
