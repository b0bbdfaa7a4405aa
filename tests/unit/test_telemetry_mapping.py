"""Mapping files: what they may say, what is refused and where, and what units become."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.ontology import decoders, smart
from ingest.telemetry.formats import Format
from ingest.telemetry.mapped_times import NAMED, checked_format, instants
from ingest.telemetry.mapping import load
from ingest.telemetry.mapping_units import FAMILIES, RAW, checked_unit, impossible, to_raw
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.registry import format_named

ROOT = Path(__file__).parents[2]
BASE = """\
atoll_mapping: 1
name: lab
version: 3
columns:
  Tag: {means: day, format: iso}
  Nr: serial
  Typ: model
"""


def mapped(folder: Path, text: str) -> Format:
    path = folder / "mapping.yaml"
    path.write_text(text)
    return format_named("mapped", SourceOptions(mapping=path))


def read(folder: Path, mapping: str, content: str, name: str = "table.csv") -> Normalised:
    chosen = mapped(folder, mapping)
    (folder / name).write_text(content)
    pieces = list(chosen.reader.chunks(chosen.reader.look_over(folder / name)))
    (found,) = [chosen.transform(piece, "lab") for piece in pieces if isinstance(piece, RawRows)]
    return found


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


LONG = """\
atoll_mapping: 1
name: long
version: 1
layout: long
columns:
  ts: {means: time, format: epoch-seconds}
  sn: serial
  m: model
  attr: attribute
  v: raw
  n: normalized
"""


def test_rows_of_one_drive_and_time_become_one_wherever_they_stand(tmp_path: Path) -> None:
    table = (
        "ts,sn,m,attr,v,n\n1700000000,S1,M1,5,1,100\n1700000000,S2,M1,5,2,99\n1700000000,S1,M1,194,30,70\n"
        "1700000000,S1,M1,Power_Cycle_Count,12,100\n1700000000,S1,M1,of_nobody,1,1\n1700000000,S1,M1,5,1,100\n"
    )
    chosen = mapped(tmp_path, LONG)
    (tmp_path / "table.csv").write_text(table)
    assert chosen.unknown(chosen.reader.look_over(tmp_path / "table.csv")) == ("attr=of_nobody",)
    found = read(tmp_path, LONG, table)
    rows = found.readings.to_pylist()
    assert [(row["row"], row["ata_5"], row["ata_5_normalized"], row["ata_12"]) for row in rows] == [
        (2, 1, 100, 12),
        (3, 2, 99, None),
    ]
    assert rows[0]["ata_194"] == 30


def test_two_values_of_one_attribute_at_one_time_are_not_averaged_but_told(tmp_path: Path) -> None:
    chosen = mapped(tmp_path, LONG)
    path = tmp_path / "table.csv"
    path.write_text("ts,sn,m,attr,v,n\n1700000000,S1,M1,5,1,100\n1700000000,S1,M1,5,9,100\n")
    pieces = list(chosen.reader.chunks(chosen.reader.look_over(path)))
    (refused,) = [piece for piece in pieces if isinstance(piece, pa.Table)]
    assert refused["row"].to_pylist() == [3]
    assert "another value than row 2" in refused["reason"][0].as_py()
    (rows,) = [piece for piece in pieces if isinstance(piece, RawRows)]
    assert chosen.transform(rows, "lab").readings["ata_5"].to_pylist() == [1]


def test_in_a_long_table_an_attribute_that_needs_a_unit_must_be_given_one(tmp_path: Path) -> None:
    table = "ts,sn,m,attr,v,n\n1700000000,S1,M1,t,310,\n"
    listed = LONG + 'attributes:\n  t: {means: "smart:nvme:temperature", unit: kelvin}\n'
    found = read(tmp_path, listed, table)
    assert found.readings["nvme_temperature"].to_pylist() == [37]
    with pytest.raises(InputError, match=r"mapping.yaml:13: 'smart:nvme:temperature' .* needs its unit"):
        read(tmp_path, listed.replace(", unit: kelvin", ""), table)
    with pytest.raises(InputError, match=r"attribute 'smart:nvme:temperature' in column 'attr': .* needs its unit"):
        read(tmp_path, LONG, table.replace(",t,", ",smart:nvme:temperature,"))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_a_mapping_or_an_error_of_the_user(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    with pytest.raises(InputError):
        load(path)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(
    ["day", "serial", "model", "smart:ata:5", "iso", "kelvin", "attribute"]
)  # fmt: skip
keys = st.sampled_from(["means", "format", "unit", "guessed", "value", "columns", "name", "missing", "constants", "x"])
trees = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from([*yaml.safe_load(BASE), "layout", "missing", "constants", "attributes", "ignore"]), trees)
def test_a_mapping_with_anything_in_any_place_loads_or_is_an_error_of_the_user(
    tmp_path: Path, place: str, tree: object
) -> None:
    path = tmp_path / "any.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(BASE), place: tree}, allow_unicode=True), encoding="utf-8")
    with suppress(InputError):
        assert load(path).columns


def test_the_example_of_the_documentation_reads_what_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "telemetry.md").read_text()
    example = page.split("```yaml\n")[1].split("```")[0]
    table = (
        "Zeit;Seriennummer;Modell;Kapazität;Temperatur;Betrieb;A5;A5n;Bemerkung\n"
        "01.10.2026 08:00;S1;ST4000DM000;4;104,0;600000;-1;100;neu\n"
    )
    found = read(tmp_path, example, table)
    (reading,) = found.readings.to_pylist()
    assert (reading["day"], reading["ata_9"], reading["ata_5"]) == (date(2026, 10, 1), 10_000, None)
    assert reading["device_temperature"] == pytest.approx(40)
    assert found.drives["capacity_bytes"].to_pylist() == [4_000_000_000_000]
    assert found.placements["site"].to_pylist() == ["frankfurt"]


def test_typed_columns_of_parquet_are_read_as_they_are(tmp_path: Path) -> None:
    mapping = """\
atoll_mapping: 1
name: typed
version: 1
time_zone: Europe/Berlin
missing: [-1]
columns:
  at: {means: time, format: iso}
  sn: serial
  m: model
  t: {means: "smart:nvme:temperature", unit: kelvin}
  e: smart:nvme:media_errors
  broken: failure
"""
    at = pa.array([datetime(2026, 10, 1, 1), datetime(2026, 10, 1, 13)], pa.timestamp("ms"))
    columns = {
        "at": at,
        "sn": pa.array([7, 8]),
        "m": pa.array(["M", "M"]).dictionary_encode(),
        "t": pa.array([310, 311], pa.int16()),
        "e": pa.array([-1, 4], pa.int64()),
        "broken": pa.array([False, True]),
    }
    pq.write_table(pa.table(columns), tmp_path / "table.parquet")
    chosen = mapped(tmp_path, mapping)
    (piece,) = chosen.reader.chunks(chosen.reader.look_over(tmp_path / "table.parquet"))
    assert isinstance(piece, RawRows)
    found = chosen.transform(piece, "lab")
    assert found.rejects.num_rows == 0
    rows = found.readings.to_pylist()
    assert [(row["drive_key"], row["day"], row["nvme_temperature"], row["nvme_media_errors"]) for row in rows] == [
        ("drive:lab:M:7", date(2026, 9, 30), 37, None),  # one o'clock in Berlin
        ("drive:lab:M:8", date(2026, 10, 1), 38, 4),
    ]
    assert found.failures["observed_at"].to_pylist() == [datetime(2026, 10, 1, 11, tzinfo=UTC)]


def test_a_long_table_in_parquet_gives_what_it_gives_as_csv(tmp_path: Path) -> None:
    table = "ts,sn,m,attr,v,n\n1700000000,S1,M1,5,1,100\n1700000000,S2,M1,5,2,99\n1700000000,S1,M1,194,30,70\n"
    ours = read(tmp_path, LONG, table)
    pq.write_table(pa_csv.read_csv(tmp_path / "table.csv"), tmp_path / "table.parquet")
    chosen = mapped(tmp_path, LONG)
    (piece,) = chosen.reader.chunks(chosen.reader.look_over(tmp_path / "table.parquet"))
    assert isinstance(piece, RawRows)
    assert chosen.transform(piece, "lab").readings.drop(["row"]) == ours.readings.drop(["row"])


@given(st.text(max_size=30) | st.from_regex(r"[0-9 .:/TZ+-]{1,25}"), st.text(max_size=12) | st.sampled_from(NAMED))
def test_any_text_is_a_time_of_a_form_or_is_not(text: str, form: str) -> None:
    try:
        checked = checked_format(form, "time")
    except InputError:
        return
    values, unreadable = instants(pa.array([text.replace("\x00", "")], pa.string()), checked, "Europe/Berlin")
    assert bool(unreadable[0]) == (values[0].as_py() is None and bool(text.replace("\x00", "").strip()))


rows = st.lists(st.text(max_size=9) | st.floats().map(str) | st.integers().map(str), min_size=9, max_size=9)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, min_size=1, max_size=4))
def test_any_rows_are_read_by_a_mapping_or_refused(tmp_path: Path, table: list[list[str]]) -> None:
    names = ["Tag", "Nr", "Typ", "T", "A", "An", "C", "F", "W"]
    mapping = BASE + (
        '  T: {means: "smart:nvme:temperature", unit: kelvin}\n  A: smart:ata:9\n'
        '  An: {means: "smart:ata:9", value: normalized}\n  C: {means: capacity, unit: GB}\n  F: failure\n'
        '  W: {means: "smart:ata:241", unit: GiB}\n'
    )
    chosen = mapped(tmp_path, mapping)
    good = ["2026-10-01", "S1", "ST4000DM000", "310", "5", "100", "4000", "0", "1"]
    pq.write_table(
        pa.table(dict(zip(names, map(list, zip(good, *table, strict=True)), strict=True))), tmp_path / "t.parquet"
    )
    (piece,) = chosen.reader.chunks(chosen.reader.look_over(tmp_path / "t.parquet"))
    assert isinstance(piece, RawRows)
    found = chosen.transform(piece, "lab")
    assert found.readings.num_rows + found.rejects.num_rows == len(table) + 1
    assert "S1" in found.drives["serial"].to_pylist()
    assert all(-60 <= value <= 150 for value in found.readings["nvme_temperature"].to_pylist() if value is not None)
