"""Tables of what drives were asked to do: totals of whole days, and what cannot be one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.detection import format_of
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.pipeline import ingest_telemetry
from ingest.telemetry.registry import format_named
from ingest.telemetry.workload import MEASURES

HEADER = "day,serial,model,read_bytes,written_bytes,read_operations,write_operations,queue_depth,application,host\n"
ROW = "2026-10-01,S1,M1,1000,2000,10,20,1.5,db,h1\n"


def read(folder: Path, content: str, name: str = "work.csv") -> Normalised:
    path = folder / name
    path.write_text(content)
    return rows_of(path)


def rows_of(path: Path) -> Normalised:
    chosen = format_named("workload")
    pieces = chosen.reader.chunks(chosen.reader.look_over(path))
    (found,) = [chosen.transform(piece, "lab") for piece in pieces if isinstance(piece, RawRows)]
    return found


def test_a_day_of_work_is_a_reading_of_its_drive(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + ROW)
    (reading,) = found.readings.to_pylist()
    assert (reading["drive_key"], reading["day"]) == ("drive:lab:M1:S1", date(2026, 10, 1))
    assert {name: reading[f"host_{name}_per_day"] for name in list(MEASURES)[:4]} == {
        "read_bytes": 1000,
        "written_bytes": 2000,
        "read_operations": 10,
        "write_operations": 20,
    }
    assert reading["host_queue_depth"] == 1.5
    (place,) = found.placements.to_pylist()
    assert (place["application"], place["host"]) == ("db", "h1")


def test_parquet_gives_the_same_as_csv(tmp_path: Path) -> None:
    ours = read(tmp_path, HEADER + ROW)
    pq.write_table(pa_csv.read_csv(tmp_path / "work.csv"), tmp_path / "work.parquet")
    assert rows_of(tmp_path / "work.parquet").readings.drop(["row"]) == ours.readings.drop(["row"])


def test_a_time_tells_its_day_in_utc(tmp_path: Path) -> None:
    content = HEADER.replace("day,", "time,") + ROW.replace("2026-10-01", "2026-10-01T00:30:00+02:00")
    assert read(tmp_path, content).readings["day"].to_pylist() == [date(2026, 9, 30)]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("read_bytes", "-1", "below 0"),
        ("written_bytes", "1e18", "is it a total since the machine started"),
        ("write_operations", "1e13", "more than a drive can do in a day"),
        ("queue_depth", "1e9", "more requests than any queue holds"),
        ("read_operations", "many", "not a finite number"),
        ("day", "2999-01-01", "in the future"),
        ("day", "10/01/2026", "is not a day"),
        ("serial", "", "is empty"),
    ],
)
def test_what_cannot_be_is_refused_and_the_rest_is_kept(tmp_path: Path, column: str, value: str, reason: str) -> None:
    fields = ROW.strip().split(",")
    fields[HEADER.strip().split(",").index(column)] = value
    found = read(tmp_path, HEADER + ",".join(fields) + "\n" + ROW.replace("S1", "S2"))
    (reject,) = found.rejects.to_pylist()
    assert (reject["row"], reject["column"], reject["value"]) == (2, column, value)
    assert reason in reject["reason"]
    assert found.drives["serial"].to_pylist() == ["S2"]


def test_a_row_that_says_nothing_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + "2026-10-01,S1,M1,,,,,,,\n")
    assert found.rejects["reason"].to_pylist() == ["holds no value besides the drive's name"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("day,time,serial,model,read_bytes", "both 'day' and 'time'"),
        ("serial,model,read_bytes", "neither 'day' nor 'time'"),
        ("day,serial,read_bytes", "column 'model' is missing"),
        ("day,serial,model,ata_5", "needs at least one of read_bytes"),
        ("day;serial;model;read_bytes", "separated by ';'"),
    ],
)
def test_a_table_without_what_is_needed_is_refused_as_a_whole(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        read(tmp_path, f"{header}\n1,2,3,4,5\n")
    assert message in str(raised.value)


def test_a_table_of_work_is_recognised_and_a_daily_table_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "work.csv").write_text(HEADER + ROW)
    (tmp_path / "daily.csv").write_text("day,serial,model,ata_5\n2026-10-01,S1,M1,0\n")
    assert format_of([tmp_path / "work.csv"]) == "workload"
    assert format_of([tmp_path / "daily.csv"]) == "atoll-daily"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=8) | st.sampled_from(["2026-10-01", "1e400", "-0", "nan"]), max_size=12)))
def test_any_rows_are_read_or_refused(tmp_path: Path, rows: list[list[str]]) -> None:
    content = HEADER + ROW + "".join(",".join(row).replace("\n", " ").replace("\r", " ") + "\n" for row in rows)
    path = tmp_path / "work.csv"
    path.write_text(content, encoding="utf-8", errors="replace")
    try:
        found = rows_of(path)
    except InputError as error:
        assert str(path) in str(error)  # noqa: PT017
        return
    assert "S1" in found.drives["serial"].to_pylist()
    for name in found.readings.column_names[4:]:
        assert all(value is None or value >= 0 for value in found.readings[name].to_pylist())


def test_a_second_total_of_a_day_is_refused_and_a_repeat_changes_nothing(store: GraphStore, tmp_path: Path) -> None:
    path, lake = tmp_path / "work.csv", ReadingsLake(tmp_path / "readings")
    path.write_text(HEADER + ROW + ROW + ROW.replace(",1000,", ",7000,"))

    def ingest() -> Any:
        return ingest_telemetry([path], "workload", "lab", store=store, lake=lake, workspace=tmp_path)

    first, second = ingest(), ingest()
    assert (first.drives, first.rows_deduplicated, first.rows_rejected) == (1, 1, 1)
    assert "differs from an earlier row" in first.examples[0]
    (manifest,) = [record["readings_manifest"] for record in store.query("latest_manifests").records()]
    table: pa.Table = lake.readings([manifest]).to_pyarrow()
    assert table["host_read_bytes_per_day"].to_pylist() == [1000]
    assert (second.nodes_written, second.new_readings) == (0, 0)
