"""The environment of places: units by name, places by their finest name, and windows that move only where days do."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from graph.windows.environment import daily_environment, latest_environment_windows
from ingest.telemetry.detection import format_of
from ingest.telemetry.environment import LABELS, MEASURES, look_over
from ingest.telemetry.environment_windows import environment_lake, environment_manifests
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.pipeline import IngestReport, ingest_telemetry
from ingest.telemetry.registry import format_named


def read(folder: Path, content: str) -> Normalised:
    path = folder / "env.csv"
    path.write_text(content)
    return rows_of(path)


def rows_of(path: Path) -> Normalised:
    chosen = format_named("environment")
    pieces = chosen.reader.chunks(chosen.reader.look_over(path))
    (found,) = [chosen.transform(piece, "lab") for piece in pieces if isinstance(piece, RawRows)]
    return found


def test_each_unit_has_a_name_and_becomes_that_of_the_readings(tmp_path: Path) -> None:
    for column, value, target, expected in (
        ("temperature_celsius", 22, "temperature_celsius", 22),
        ("temperature_kelvin", 295.15, "temperature_celsius", 22),
        ("temperature_fahrenheit", 71.6, "temperature_celsius", 22),
        ("humidity_percent", 40, "humidity_percent", 40),
        ("vibration_rms_m_s2", 0.2, "vibration_rms_m_s2", 0.2),
        ("vibration_rms_g", 0.02, "vibration_rms_m_s2", 0.196133),
        ("power_watts", 4200, "power_watts", 4200),
        ("power_kilowatts", 4.2, "power_watts", 4200),
    ):
        found = read(tmp_path, f"day,rack,{column}\n2026-10-01,r1,{value}\n")
        assert found.rejects.num_rows == 0
        assert found.place_readings[target].to_pylist() == [pytest.approx(expected)]


@pytest.mark.parametrize(
    ("column", "value", "hint"),
    [
        ("temperature_celsius", "75", "looks like fahrenheit: name the column temperature_fahrenheit"),
        ("temperature_celsius", "295", "looks like kelvin: name the column temperature_kelvin"),
        ("temperature_celsius", "-300", "-40 to 60 °C"),
        ("temperature_fahrenheit", "22", None),
        ("temperature_fahrenheit", "295", "looks like kelvin"),
        ("temperature_kelvin", "22", "looks like celsius"),
        ("humidity_percent", "130", "0 to 100 %"),
        ("humidity_percent", "0.45", "is it a fraction?"),
        ("vibration_rms_g", "-1", "below 0"),
        ("vibration_rms_m_s2", "2000", "is the unit another"),
        ("power_watts", "-3", "below 0"),
        ("power_watts", "warm", "not a finite number"),
    ],
)
def test_what_cannot_be_in_a_unit_is_refused_with_the_one_it_looks_like(
    tmp_path: Path, column: str, value: str, hint: str | None
) -> None:
    found = read(tmp_path, f"day,rack,{column}\n2026-10-01,r1,{value}\n")
    if hint is None:  # minus five degrees, which a cold site has
        assert found.rejects.num_rows == 0
        return
    (reject,) = found.rejects.to_pylist()
    assert (reject["row"], reject["column"], reject["value"]) == (2, column, value)
    assert hint in reject["reason"]
    assert found.place_readings.num_rows == 0


def test_a_row_belongs_to_the_finest_place_that_it_names(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "day,host,rack,site,temperature_celsius\n2026-10-01,h1,r1,s1,20\n2026-10-01,,r1,s1,21\n2026-10-01,,,s1,22\n"
        "2026-10-01,,,,23\n",
    )
    places = [(row["label"], row["place"]) for row in found.place_readings.to_pylist()]
    assert places == [("Host", "h1"), ("Rack", "r1"), ("Site", "s1")]
    assert [(row["row"], row["reason"]) for row in found.rejects.to_pylist()] == [(5, "is empty, a place is needed")]


def test_a_place_may_be_told_by_its_kind(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "day,place_kind,place,power_watts\n2026-10-01,Room,7.0,20\n2026-10-01,shelf,1,20\n2026-10-01,,1,20\n",
    )
    assert found.place_readings.select(["label", "place"]).to_pylist() == [{"label": "Room", "place": "7"}]
    assert [row["column"] for row in found.rejects.to_pylist()] == ["place_kind"] * 2


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("day,temperature_celsius", "needs the place"),
        ("day,place,temperature_celsius", "needs the place"),
        ("day,rack,place_kind,place,temperature_celsius", "needs the place"),
        ("day,rack,temperature", "a measurement whose name tells the unit"),
        ("day,rack,temperature_celsius,temperature_kelvin", "one quantity stands there in two units"),
        ("rack,temperature_celsius", "neither 'day' nor 'time'"),
    ],
)
def test_a_table_without_what_is_needed_is_refused_as_a_whole(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        read(tmp_path, f"{header}\n{','.join('1' for _ in header.split(','))}\n")
    assert message in str(raised.value)


def test_a_table_of_places_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "env.csv").write_text("day,rack,temperature_celsius\n2026-10-01,r1,20\n")
    assert format_of([tmp_path / "env.csv"]) == "environment"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["day", "time"]),
    st.lists(st.sampled_from([*LABELS, *MEASURES, "mood"]), min_size=1, max_size=5, unique=True),
    st.lists(st.lists(st.text(max_size=6) | st.floats().map(str), min_size=5, max_size=6), min_size=1, max_size=4),
)
def test_any_rows_are_read_or_refused(tmp_path: Path, time: str, names: list[str], rows: list[list[str]]) -> None:
    lines = [",".join(["2026-10-01", *row])[:200].replace("\n", " ").replace("\r", " ") for row in rows]
    path = tmp_path / "env.csv"
    path.write_text("\n".join([",".join([time, *names]), *lines]) + "\n", encoding="utf-8", errors="replace")
    try:
        found = rows_of(path)
    except InputError as error:
        assert str(path) in str(error)  # noqa: PT017
        return
    celsius = [value for value in found.place_readings["temperature_celsius"].to_pylist() if value is not None]
    assert all(-40 <= value <= 60 for value in celsius)


# Windows.


def samples(*rows: tuple[str, date, float | None, float | None]) -> Any:
    names = ("place_key", "day", "temperature_celsius", "vibration_rms_m_s2")
    types = (pa.string(), pa.date32(), pa.float64(), pa.float64())
    columns = zip(*rows, strict=True)
    return ibis.memtable(
        pa.table([pa.array(column, kind) for column, kind in zip(columns, types, strict=True)], names=list(names))
    )


def test_a_day_is_the_mean_of_its_samples_and_vibration_that_of_the_squares() -> None:
    day = date(2026, 10, 1)
    (row,) = (
        daily_environment(samples(("r", day, 20, 3), ("r", day, 26, 4), ("r", day, None, None)))
        .to_pyarrow()
        .to_pylist()
    )
    assert (row["num_samples"], row["temperature_celsius_min"], row["temperature_celsius_max"]) == (3, 20, 26)
    assert row["temperature_celsius_mean"] == 23
    assert row["vibration_rms_m_s2_mean"] == pytest.approx(math.sqrt((9 + 16) / 2))


def test_a_window_is_the_places_own_last_days_each_counting_the_same() -> None:
    first, last = date(2026, 9, 1), date(2026, 10, 5)
    daily = daily_environment(
        samples(("a", first, 50, 9), ("a", last, 20, 3), ("a", date(2026, 10, 1), 30, 4), ("b", first, 10, None))
    )
    windows = {row["place_key"]: row for row in latest_environment_windows(daily, 30).to_pyarrow().to_pylist()}
    a, b = windows["a"], windows["b"]
    assert (a["first_day"], a["last_day"], a["num_readings"]) == (date(2026, 10, 1), last, 2)
    assert (a["temperature_min"], a["temperature_mean"], a["temperature_max"]) == (20, 25, 30)
    assert a["vibration_rms"] == pytest.approx(math.sqrt((9 + 16) / 2))
    assert (b["last_day"], b["temperature_mean"], b["vibration_rms"], b["humidity_mean"]) == (first, 10, None, None)
    assert a["content_sha256"] != b["content_sha256"]


# What holds once a store is behind the reader.

HEADER = "time,rack,temperature_celsius\n"


def test_places_get_windows_that_move_only_where_their_days_do(store: GraphStore, tmp_path: Path) -> None:
    lake = ReadingsLake(tmp_path / "readings")

    def ingest(content: str) -> IngestReport:
        (tmp_path / "env.csv").write_text(HEADER + content)
        return ingest_telemetry(
            [tmp_path / "env.csv"], "environment", "lab", store=store, lake=lake, workspace=tmp_path
        )

    def windows(place: str) -> list[dict[str, Any]]:
        return store.query("environment_of_place", {"place": place}).records()

    both = "2026-10-01T06:00:00Z,r1,20\n2026-10-01T18:00:00Z,r1,24\n2026-10-01T06:00:00Z,r2,30\n"
    first = ingest(both)
    assert (first.rows_read, first.drives, first.windows) == (3, 0, 0)
    assert [(row["temperature_mean"], row["last_day"]) for row in windows("rack:lab:r1")] == [(22, date(2026, 10, 1))]
    (untouched,) = windows("rack:lab:r2")
    assert ingest(both).nodes_written == 0
    # A corrected day replaces its own, and the window of the other place stays as it is.
    corrected = ingest("2026-10-01T06:00:00Z,r1,18\n")
    assert corrected.nodes_written == 1
    assert [row["temperature_mean"] for row in windows("rack:lab:r1")] == [18]
    # A later day moves the window; the one that it supersedes goes.
    ingest("2026-10-03T06:00:00Z,r1,28\n")
    (moved,) = windows("rack:lab:r1")
    assert (moved["first_day"], moved["last_day"], moved["temperature_mean"]) == (
        date(2026, 10, 1),
        date(2026, 10, 3),
        23,
    )
    assert windows("rack:lab:r2") == [untouched]
    assert store.check() == []
    places = environment_lake(tmp_path)
    stored = places.readings(environment_manifests(store)["lab"][:1]).order_by("place_key", "day").to_pyarrow()
    places.close()
    assert list(zip(stored["place_key"].to_pylist(), stored["temperature_celsius_mean"].to_pylist(), strict=True)) == [
        ("rack:lab:r1", 18),
        ("rack:lab:r1", 28),
        ("rack:lab:r2", 30),
    ]
    related = store.query("environment_of_place", {"place": "rack:lab:r1"}).records()
    assert related[0]["window"] == "environment:rack:lab:r1:2026-10-03:30:1"


def test_a_dry_run_of_places_leaves_nothing(store: GraphStore, tmp_path: Path) -> None:
    (tmp_path / "env.csv").write_text(HEADER + "2026-10-01T06:00:00Z,r1,20\n")
    before = store.version()
    report = ingest_telemetry(
        [tmp_path / "env.csv"],
        "environment",
        "lab",
        store=store,
        lake=ReadingsLake(tmp_path / "readings"),
        workspace=tmp_path,
        dry_run=True,
    )
    assert (report.rows_read, store.version()) == (1, before)
    assert not (tmp_path / "environment").exists()


def test_a_misspelt_measurement_is_told_beside_what_it_should_be(tmp_path: Path) -> None:
    path = tmp_path / "rooms.csv"
    path.write_text("time,rack,temprature_celsius\n2026-11-10T06:00:00Z,r1,25\n")
    expected = "Nearest column there: 'temprature_celsius': should it be 'temperature_celsius'?"
    with pytest.raises(InputError, match=expected.replace("?", r"\?")):
        look_over(path)
