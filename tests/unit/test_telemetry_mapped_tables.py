"""Tables that a mapping file reads."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mapped_tables import BASE, ROOT, mapped, read

from graph.errors import InputError
from ingest.telemetry.mapped_times import NAMED, checked_format, instants
from ingest.telemetry.mapping import load
from ingest.telemetry.normalised import RawRows
from ingest.telemetry.reading import open_source
from ingest.telemetry.reading import read as read_all
from ingest.telemetry.spill import Spill

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


def test_names_of_columns_that_sql_would_confuse_stay_apart(tmp_path: Path) -> None:
    mapping = LONG.replace("  n: normalized", "  V: worst\n  first_number: normalized\n  said: rack")
    table = "ts,sn,m,attr,v,V,first_number,said\n1700000000,S1,M1,5,1,99,100,r1\n1700000000,S1,M1,194,30,60,70,r1\n"
    found = read(tmp_path, mapping, table)
    (row,) = found.readings.to_pylist()
    assert (row["ata_5"], row["ata_5_worst"], row["ata_5_normalized"], row["ata_194"]) == (1, 99, 100, 30)
    assert found.placements["rack"].to_pylist() == ["r1"]


def test_a_row_that_names_no_attribute_is_told(tmp_path: Path) -> None:
    chosen = mapped(tmp_path, LONG)
    path = tmp_path / "table.csv"
    path.write_text("ts,sn,m,attr,v,n\n1700000000,S1,M1,5,1,100\n1700000000,S1,M1, ,9,100\n")
    pieces = list(chosen.reader.chunks(chosen.reader.look_over(path)))
    (refused,) = [piece.to_pylist() for piece in pieces if isinstance(piece, pa.Table)]
    assert [(row["row"], row["column"]) for row in refused] == [(3, "attr")]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Nr", pa.array([["S1"]])),
        ("Nr", pa.array([b"\xff\xfe"])),
        ("Tag", pa.array([2**31 - 1], pa.int32()).cast(pa.date32())),
        ("smart_5", pa.array([date(2024, 1, 1)])),
        ("smart_5", pa.array([{"raw": 1}])),
    ],
)
def test_a_column_of_a_type_that_cannot_be_read_is_an_error_of_the_user(
    tmp_path: Path, name: str, values: pa.Array
) -> None:
    chosen = mapped(tmp_path, f"{BASE}  smart_5: {{means: 'smart:ata:5'}}\n")
    content = {"Tag": pa.array([date(2024, 1, 1)]), "Nr": ["S1"], "Typ": ["M1"], "smart_5": [1.0], name: values}
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table(content), path)
    source = open_source([path], chosen, frozenset(), lambda stage, done, total: None, named=[path])
    (tmp_path / "spill").mkdir()
    with pytest.raises(InputError, match=r"table\.parquet: a column is of a type, or holds a value"):
        read_all(source, "lab", Spill(tmp_path / "spill"), lambda stage, done, total: None)


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
