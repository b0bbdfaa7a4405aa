"""Raw values decoded as their vendors mean them, on real drives; what cannot be decoded stays raw."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.ontology import smart
from graph.ontology.decoders import DECODERS
from graph.ontology.decoding_page import DECODERS as DESCRIBED
from graph.ontology.meaning import NOT_DECODED, decoded, meaning_of

# Model, attribute, raw value as the source gives it, what it means, unit, decoder; beside it what smartctl shows.
REAL = [
    ("ST3500418AS", 7, 12834215976973, 2988, "errors", "errors_over_operations"),
    ("ST3500418AS", 1, 234151754, 0, "errors", "errors_over_operations"),
    ("ST3500418AS", 190, 605552673, 33, "°C", "temperature_in_low8"),  # 33 (Min/Max 24/36)
    ("ST3500418AS", 194, 81604378657, 33, "°C", "temperature_in_low8"),  # 33 (0 19 0 0 0)
    ("ST3500418AS", 240, 119898307157947, 122811, "h", "hours_in_low32"),  # 122811 (109 12 0)
    ("ST16000NM001G-2KK103", 188, 51540393996, 12, "timeouts", "timeouts_in_low16"),
    ("ST16000NM001G-2KK103", 240, 4417953684533483, 12523, "h", "hours_in_low32"),  # 12523h+17m+08.635s
    ("ST16000NM001G-2KK103", 241, 385165652077, 385165652077, "LBAs", "identity"),
    ("ST3000NM0033-9ZM178", 188, 17180131332, 4, "timeouts", "timeouts_in_low16"),
    ("ST6000NM0115-1YZ110", 240, 1265348905053451, 44299, "h", "hours_in_low32"),  # 44299h+04m+54.612s
    ("HGST HUH721008ALE604", 3, 25798967692, 396, "ms", "low16"),  # 396 (Average 445)
    ("HGST HUH721008ALE604", 194, 176094773273, 25, "°C", "temperature_in_low8"),  # 25 (Min/Max 17/41)
    ("WDC  WUH721816ALE6L4", 3, 25792217434, 346, "ms", "low16"),  # 346 (Average 342)
    ("WDC  WUH721816ALE6L4", 194, 154619936794, 26, "°C", "temperature_in_low8"),  # 26 (Min/Max 17/36)
    ("TOSHIBA MG05ACA800E", 194, 188979544088, 24, "°C", "temperature_in_low8"),  # 24 (Min/Max 15/44)
    ("TOSHIBA MG07ACA12TE", 194, 1.8468503556e11, 40, "°C", "temperature_in_low8"),
    ("INTEL SSDSC2KB240G7", 190, 521404439, 23, "°C", "temperature_in_low8"),  # 23 (Min/Max 20/31)
    ("INTEL SSDSC2KB240G7", 241, 4149381, 4149381 * 32, "MiB", "identity"),  # Host_Writes_32MiB
    ("INTEL SSDSC2KB240G7", 226, 46141, 46141 / 1024, "%", "identity"),
    ("Micron_5300_MTFDDAK1T9TDS", 194, 150324707352, 24, "°C", "temperature_in_low8"),  # 24 (Min/Max 13/35)
    ("Micron_5300_MTFDDAK1T9TDS", 202, 0, 0, "%", "identity"),
    ("Micron_5300_MTFDDAK1T9TDS", 246, 130006927240, 130006927240, "LBAs", "identity"),
    ("KINGSTON SKC400S371T", 170, 16778378, 1, "blocks", "later_in_bits_24"),  # 1/1162
    ("KINGSTON SKC400S371T", 173, 52953976, 888, "erases", "low16"),  # 888 (Average 808)
    ("KINGSTON SKC400S371T", 194, 188980068383, 31, "°C", "temperature_in_low8"),  # 31 (Min/Max 23/44)
    ("KINGSTON SKC400S371T", 231, 74, 74, "%", "identity"),
    ("KINGSTON SKC400S371T", 233, 840007, 840007, "GiB", "identity"),  # Flash_Writes_GiB
    ("KINGSTON SKC400S371T", 241, 391741, 391741, "GiB", "identity"),  # Lifetime_Writes_GiB
    ("SanDisk pSSD", 230, 10, 10, "%", "identity"),
    ("SanDisk pSSD", 241, 10171055, 10171055, "LBAs", "identity"),
    # The vendor is not known: unit and packing are not either.
    ("ADATA SP920SS", 194, 3342375, None, "raw", NOT_DECODED),
    ("ADATA SP920SS", 231, 0, None, "raw", NOT_DECODED),
    ("ADATA SP920SS", 241, 5101427, None, "raw", NOT_DECODED),
    ("ADATA SP920SS", 242, 4844360, None, "raw", NOT_DECODED),
    ("ADATA SP920SS", 9, 37412, 37412, "h", "identity"),
]


@pytest.mark.parametrize(("model", "number", "raw", "value", "unit", "decoder"), REAL)
def test_packed_values_and_vendors_units_are_decoded_as_on_the_real_drives(
    model: str, number: int, raw: float, value: float | None, unit: str, decoder: str
) -> None:
    found = decoded(f"smart:ata:{number}", raw, model=model)
    assert (found.unit_label, found.decoder) == (unit, decoder)
    assert np.isnan(found.values) if value is None else found.values == value


def _drives(shared_data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((shared_data / "smartctl").glob("*.json")):
        content = json.loads(path.read_text())
        if "ata_smart_attributes" in content:
            yield path.name, content


@pytest.mark.data
def test_power_on_hours_and_temperatures_agree_with_what_smartctl_decoded_itself(shared_data: Path) -> None:
    compared = []
    for name, content in _drives(shared_data):
        raw = {row["id"]: row["raw"]["value"] for row in content["ata_smart_attributes"]["table"]}
        told = {9: content["power_on_time"]["hours"]}
        if "temperature" in content:
            told |= {number: content["temperature"]["current"] for number in (190, 194) if number in raw}
        for number, expected in told.items():
            ours = decoded(f"smart:ata:{number}", raw[number], model=content["model_name"])
            compared.append((name, number, float(ours.values), float(expected)))
    assert [row for row in compared if row[2] != row[3]] == []
    assert len({row[0] for row in compared}) == 14
    assert len(compared) == 33


@pytest.mark.data
def test_the_rows_of_the_table_are_those_of_the_files(shared_data: Path) -> None:
    seen = {
        (content["model_name"], row["id"], float(row["raw"]["value"]))
        for _, content in _drives(shared_data)
        for row in content["ata_smart_attributes"]["table"]
    }
    page = (shared_data / "prometheus" / "smartctl_exporter.prom").read_text()
    models = dict(re.findall(r'^smartctl_device\{.*?device="([^"]+)".*?model_name="([^"]+)"', page, re.M))
    for number, device, raw in re.findall(
        r'^smartctl_device_attribute\{.*?attribute_id="(\d+)".*?value_type="raw",device="([^"]+)"\} (\S+)', page, re.M
    ):
        seen.add((models[device], int(number), float(raw)))
    assert {(model, number, float(raw)) for model, number, raw, *_ in REAL} <= seen


@pytest.mark.data
def test_whatever_smartctl_shows_decoded_is_decoded_the_same(shared_data: Path) -> None:
    """Where smartctl shows a number and more behind it in brackets, the number is what it decoded."""
    compared = 0
    for name, content in _drives(shared_data):
        for row in content["ata_smart_attributes"]["table"]:
            packed = re.fullmatch(r"(\d+)(?: \(.*\)|h\+.*)", row["raw"]["string"])
            if packed:
                ours = decoded(f"smart:ata:{row['id']}", row["raw"]["value"], model=content["model_name"])
                assert ours.values == float(packed[1]), (name, row["id"])
                compared += 1
    assert compared == 21


@pytest.mark.parametrize("number", [241, 242, 231, 169, 246, 233])
def test_what_needs_a_vendor_is_not_read_without_one(number: int) -> None:
    key = f"smart:ata:{number}"
    expected = smart.attribute(key).vendor_specific
    assert meaning_of(key, model="NOBODY KNOWS 1TB").is_readable is not expected
    assert expected or number == 233  # of 233 the normalised value is read


@pytest.mark.parametrize(("number", "raw"), [(9, 5_000_000), (9, 2**32 + 100), (194, 2**32 + 30), (188, 2**32 + 1)])
def test_an_absurd_value_of_an_unknown_maker_stays_raw(number: int, raw: int) -> None:
    found = decoded(f"smart:ata:{number}", [raw, np.nan], model="NOBODY KNOWS 1TB")
    assert np.isnan(found.values).all()
    assert (found.unit_label, found.decoder) == ("raw", NOT_DECODED)


def test_a_plain_value_beside_an_absurd_one_is_still_read() -> None:
    found = decoded("smart:ata:9", [100, 5_000_000], model="NOBODY KNOWS 1TB")
    assert found.values[0] == 100
    assert np.isnan(found.values[1])
    assert found.decoder == "identity"


def test_a_vendor_told_by_the_source_counts_and_one_nobody_knows_does_not_hide_the_model_s() -> None:
    packed = 51540393996
    assert decoded("smart:ata:188", packed, model="ST16000NM001G", vendor="Seagate Technology").values == 12
    assert decoded("smart:ata:169", 60, model="UNBRANDED", vendor="Silicon Motion").unit_label == "%"


@given(st.floats(0, 2**56) | st.just(float("nan")), st.sampled_from(smart.attributes()))
def test_decoding_any_value_gives_a_number_within_the_bounds_or_none(
    raw: float, attribute: smart.SmartAttribute
) -> None:
    for model in ("", "ST16000NM001G", "KINGSTON SKC400S371T", "WDC WDS250G2B0A"):
        found = decoded(attribute.key, raw, model=model)
        meaning = meaning_of(attribute.key, model=model)
        assert np.isnan(found.values) or found.values <= meaning.largest
        assert np.isnan(raw) or (found.decoder == NOT_DECODED) == np.isnan(found.values)


def test_units_of_nvme_counters_are_bytes() -> None:
    found = decoded("smart:nvme:data_units_written", 147556750, model="SAMSUNG MZWLL3T2HAJQ-00005")
    assert (found.values, found.unit_label) == (147556750 * 512_000, "bytes")


def test_the_page_describes_every_decoder() -> None:
    assert set(DESCRIBED) == set(DECODERS)


def test_every_entry_names_its_source() -> None:
    for item in (*smart.attributes(), *smart.overrides()):
        assert len(item.source) >= len("none known"), item.key
