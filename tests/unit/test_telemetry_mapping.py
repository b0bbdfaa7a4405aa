"""What a mapping file may say, and how its mistakes are told."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mapped_tables import BASE, ROOT, mapped, read

from graph.errors import InputError
from graph.ontology import decoders, smart
from ingest.telemetry.mapping import load
from ingest.telemetry.mapping_units import FAMILIES, RAW, checked_unit, impossible, to_raw


def test_the_schema_that_is_shipped_is_the_one_that_is_documented() -> None:
    shipped = (ROOT / "ingest/telemetry/mapping-1.json").read_text()
    assert shipped == (ROOT / "docs/json/mapping-1.json").read_text()
    choices = json.loads(shipped)["properties"]["columns"]["additionalProperties"]["oneOf"][1]["properties"]["unit"]
    assert set(choices["enum"]) == {RAW, *(unit for family in FAMILIES.values() for unit in family)}


def test_a_mapping_says_who_it_is_and_changes_what_a_file_is(tmp_path: Path) -> None:
    first = mapped(tmp_path, BASE)
    assert first.mapping is not None
    assert first.mapping.startswith("lab v3 (")
    assert first.settings[:8] in first.mapping
    assert mapped(tmp_path, BASE + "  A: smart:ata:5\n").settings != first.settings


def test_a_table_in_another_language_separator_and_decimal_mark_is_read(tmp_path: Path) -> None:
    mapping = """\
atoll_mapping: 1
name: german
version: 1
separator: ";"
decimal: ","
time_zone: Europe/Berlin
missing: [-1, n/a]
constants: {model: ST4000DM000, site: ffm}
columns:
  Zeitpunkt: {means: time, format: day-first}
  Nr: serial
  Größe: {means: capacity, unit: TB}
  Temperatur: {means: "smart:device:temperature", unit: fahrenheit}
  A5: smart:ata:5
  A5n: {means: "smart:ata:5", value: normalized}
  defekt: failure
ignore: [bla]
"""
    table = (
        "Zeitpunkt;Nr;Größe;Temperatur;A5;A5n;bla;mood;defekt\n"
        "31.12.2023 00:30;S1;4;104,0;-1;100;;;1\n"
        "31.12.2023 00:30;S2;n/a;40.5;3;100;;;0\n"
    )
    chosen = mapped(tmp_path, mapping)
    (tmp_path / "t.csv").write_text(table)
    file = chosen.reader.look_over(tmp_path / "t.csv")
    assert chosen.unknown(file) == ("mood",)
    found = read(tmp_path, mapping, table)
    (drive,) = found.drives.to_pylist()
    assert (drive["drive_key"], drive["capacity_bytes"]) == ("drive:lab:ST4000DM000:S1", 4_000_000_000_000)
    (reading,) = found.readings.to_pylist()
    assert reading["day"] == date(2023, 12, 30)  # half past midnight in Berlin
    assert reading["device_temperature"] == pytest.approx(40)
    assert (reading["ata_5"], reading["ata_5_normalized"]) == (None, 100)
    (failure,) = found.failures.to_pylist()
    assert (failure["observed_at"], failure["precision"]) == (datetime(2023, 12, 30, 23, 30, tzinfo=UTC), "second")
    assert found.placements["site"].to_pylist() == ["ffm"]
    (reject,) = found.rejects.to_pylist()
    assert (reject["row"], reject["column"], reject["value"]) == (3, "Temperatur", "40.5")
    assert "decimal comma" in reject["reason"]


@pytest.mark.parametrize(
    ("form", "value", "day"),
    [
        ("iso", "2024-03-04", date(2024, 3, 4)),
        ("iso", "2024-03-04T23:30:00-02:00", date(2024, 3, 5)),
        ("day-first", "03/04/2024", date(2024, 4, 3)),
        ("month-first", "03/04/2024", date(2024, 3, 4)),
        ("epoch-seconds", "1709510400", date(2024, 3, 4)),
        ("epoch-milliseconds", "1709510400000", date(2024, 3, 4)),
        ('"%Y%m%d"', "20240304", date(2024, 3, 4)),
    ],
)
def test_a_time_is_read_in_the_form_that_the_mapping_names_and_in_no_other(
    tmp_path: Path, form: str, value: str, day: date
) -> None:
    mapping = BASE.replace("{means: day, format: iso}", f"{{means: time, format: {form}}}")
    assert read(tmp_path, mapping, f"Tag,Nr,Typ\n{value},1,M\n").readings["day"].to_pylist() == [day]
    found = read(tmp_path, mapping, "Tag,Nr,Typ\n2024 March 4,1,M\n")
    assert "format" in found.rejects["reason"][0].as_py()


def test_of_several_samples_a_day_the_last_counts(tmp_path: Path) -> None:
    mapping = BASE.replace("means: day, format: iso", "means: time, format: iso") + "  A: smart:ata:5\n"
    found = read(tmp_path, mapping, "Tag,Nr,Typ,A\n2024-03-04T09:00:00,1,M,4\n2024-03-04T08:00:00,1,M,3\n")
    ordered = sorted(found.readings.to_pylist(), key=lambda row: row["sequence"])
    assert [row["ata_5"] for row in ordered] == [3, 4]
    assert ordered[1]["collected_at_seconds"] == datetime(2024, 3, 4, 9, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("Nr: serial", "Nr: seriall"), 6, "'seriall' is no meaning. Did you mean 'serial'?"),
        (("version: 3", "verson: 3"), 3, "'verson' has no meaning here. Did you mean 'version'?"),
        (("atoll_mapping: 1", "atoll_mapping: 2"), 1, "version 2 of mapping files is not known"),
        (("format: iso", "format: isoo"), 5, "'isoo' is no format. Did you mean 'iso'?"),
        (("format: iso", "format: '%d'"), 5, "does not tell year, month and day"),
        ((", format: iso", ""), 5, "a day needs its format"),
        (("  Typ: model\n", ""), 4, "no column means 'model' (or set it below 'constants')"),
        (("Typ: model", "Typ: smart:ata:4711"), 7, "is not in the SMART catalogue"),
        (("Typ: model", "Typ: {means: smart:nvme:temperature}"), 7, "needs its unit; choose among celsius, kelvin"),
        (("Typ: model", "Typ: {means: smart:nvme:temperature, unit: hours}"), 7, "unit 'hours' is none of"),
        (("Typ: model", "Typ: {means: smart:nvme:temperature, unit: kelwin}"), 7, "Did you mean 'kelvin'?"),
        (("Typ: model", "Typ: {means: smart:nvme:media_errors, value: worst}"), 7, "only ATA attributes"),
        (("Typ: model", "Typ: capacity"), 7, "a capacity needs its unit"),
        (("Typ: model", "Typ: {means: model, unit: bytes}"), 7, "'unit' says nothing of 'model'"),
        (("Typ: model", "Typ: model\n  Typ: model"), 8, "stands there twice, first in line 7"),
        (("Typ: model", "Typ: model\n  T2: model"), 8, "'T2' and 'Typ' mean the same"),
        (("Typ: model", "Typ: attribute"), 7, "add 'layout: long'"),
        (("Typ: model", "Typ: model\n  S: slot"), 4, "a slot needs the host"),
        (("version: 3", "version: 3\ntime_zone: Europe/Bonn"), 4, "'Europe/Bonn' is no time zone"),
        (("version: 3", "version: 3\nconstants: {model: X}"), 8, "'model' is a constant and a column"),
        (("Nr: serial", "Nr: &a serial\n  Y: *a"), 7, "a YAML reference"),
        (("Nr: serial", "Nr: [serial"), 7, "is no YAML"),
        (("Nr: serial", "Nr: {means: serial, guessed: true}"), 6, "nobody has confirmed what 'Nr' (line 6) means"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_nearest_choice(
    tmp_path: Path, change: tuple[str, str], line: int, message: str
) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(BASE.replace(*change, 1))
    with pytest.raises(InputError) as raised:
        load(path)
    assert str(raised.value).startswith(f"{path}:{line}: ")
    assert message in str(raised.value)


def test_all_guesses_are_listed_at_once(tmp_path: Path) -> None:
    text = BASE.replace("Nr: serial", "Nr: {means: serial, guessed: true}")
    with pytest.raises(InputError, match=r"'Nr' \(line 6\), 'Typ' \(line 7\) mean"):
        mapped(tmp_path, text.replace("Typ: model", "Typ: {means: model, guessed: true}"))


def test_a_column_that_the_table_lacks_is_told_with_both_places(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"table.csv:1: column 'Nr' is missing, which .*mapping.yaml:6 maps to 'serial'"
    ):
        read(tmp_path, BASE, "Tag,Nrs,Typ\n2024-01-01,1,M\n")
    with pytest.raises(InputError, match="separated by ';'; the mapping says ','"):
        read(tmp_path, BASE, "Tag;Nr;Typ\n2024-01-01;1;M\n")


def test_a_value_in_the_wrong_unit_is_refused_with_the_unit_that_fits(tmp_path: Path) -> None:
    mapping = BASE + '  T: {means: "smart:nvme:temperature", unit: celsius}\n'
    found = read(tmp_path, mapping, "Tag,Nr,Typ,T\n2024-01-01,1,M,310\n2024-01-01,2,M,37\n")
    (reject,) = found.rejects.to_pylist()
    assert reject["reason"] == "is impossible in celsius: no drive runs at that; is the unit kelvin?"
    assert found.readings["nvme_temperature"].to_pylist() == [37]


def test_a_capacity_in_the_wrong_unit_is_refused(tmp_path: Path) -> None:
    mapping = BASE + "  C: {means: capacity, unit: bytes}\n"
    found = read(tmp_path, mapping, "Tag,Nr,Typ,C\n2024-01-01,1,M,4000\n")
    assert "is the unit another?" in found.rejects["reason"][0].as_py()


def test_a_value_in_a_unit_becomes_the_raw_value_that_decodes_to_it_again() -> None:
    cases = {
        ("smart:nvme:temperature", "kelvin", "X", 310.15): 37.0,
        ("smart:nvme:temperature", "kelvin", "X", 310.0): 37.0,
        ("smart:nvme:data_units_written", "GB", "X", 512.0): 1_000_000.0,
        ("smart:nvme:data_units_written", "nvme_data_units", "X", 7.0): 7.0,
        ("smart:scsi:read_gigabytes", "TiB", "X", 1.0): 1099.511627776,
        ("smart:ata:241", "lba_4096", "ST4000DM000", 3.0): 24.0,
        ("smart:ata:241", "GiB", "KINGSTON SKC400", 10.0): 10.0,
        ("smart:device:power_on_hours", "half_minutes", "X", 240.0): 2.0,
        ("smart:nvme:warning_temp_time", "hours", "X", 2.0): 120.0,
    }
    for (key, unit, model, value), raw in cases.items():
        assert to_raw(np.array([value, np.nan]), key, unit, model)[0] == pytest.approx(raw, rel=1e-15), key


def test_hours_of_a_model_that_counts_minutes_are_decoded_to_hours_again() -> None:
    for item in smart.overrides():
        if item.attribute != "smart:ata:9" or not item.decoder.endswith("_to_hours"):
            continue
        model = {"Hitachi": "Hitachi HDS5C3030ALA630"}.get(item.vendor, item.vendor + " X")
        raw = to_raw(np.array([1234.5]), "smart:ata:9", "hours", model)
        found = smart.override_for("smart:ata:9", model=model)
        if raw is not None and found:
            assert decoders.decode(found.decoder, raw)[0] * found.factor == pytest.approx(1234.5)


def test_a_model_that_packs_an_attribute_takes_only_raw_values(tmp_path: Path) -> None:
    packed = next(item for item in smart.overrides() if item.key == "override:ata:241:seagate:ssd")
    assert packed.unit_label == "vendor scale"
    mapping = BASE + '  W: {means: "smart:ata:241", unit: GB}\n'
    found = read(tmp_path, mapping, "Tag,Nr,Typ,W\n2024-01-01,1,ZA250CM10002,5\n2024-01-01,2,ST4000DM000,5\n")
    (reject,) = found.rejects.to_pylist()
    assert reject["row"] == 2
    assert "map the raw value with unit raw" in reject["reason"]


@given(st.sampled_from([item.key for item in smart.attributes()]), st.floats(0, 1e6))
def test_every_unit_of_every_attribute_can_be_converted_or_is_told(key: str, value: float) -> None:
    for unit in (unit for units in FAMILIES.values() for unit in units):
        try:
            checked_unit(key, unit)
        except InputError:
            continue
        raw = to_raw(np.array([value]), key, unit, "a model of nobody")
        assert raw is not None
        assert math.isfinite(raw[0])
        assert impossible(np.array([value]), key, unit) is not None
