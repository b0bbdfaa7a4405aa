"""The readings lake: merging, versions by manifest, crashes, garbage, and how long drives were observed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InputError, StoreError
from graph.readings import ReadingsLake, exposure

START = date(2026, 1, 20)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[ReadingsLake]:
    opened = ReadingsLake(tmp_path / "readings")
    yield opened
    opened.close()


def rows(*given: tuple[str, int, dict[str, float | None]]) -> pa.Table:
    """Readings of (drive, days after the start, values)."""
    names = sorted({name for _, _, values in given for name in values})
    return pa.table(
        {
            "drive_key": pa.array([drive for drive, _, _ in given], pa.string()),
            "day": pa.array([START + timedelta(day) for _, day, _ in given], pa.date32()),
            **{name: pa.array([values.get(name) for _, _, values in given], pa.float64()) for name in names},
        }
    )


def stored(lake: ReadingsLake, *manifests: str) -> dict[tuple[str, int], dict[str, float]]:
    """What the lake holds, nulls left out, by drive and days after the start."""
    found = {}
    for row in lake.readings(manifests).to_pyarrow().to_pylist():
        key = row.pop("drive_key"), (row.pop("day") - START).days
        assert key not in found
        found[key] = {name: value for name, value in row.items() if value is not None}
    return found


def files(lake: ReadingsLake) -> set[str]:
    return {path.relative_to(lake.root).as_posix() for path in lake.root.rglob("*") if path.is_file()}


def test_a_new_row_replaces_the_stored_one_where_it_has_a_value(lake: ReadingsLake) -> None:
    first = lake.stage("run:1", "f", rows(("a", 0, {"ata_5": 1.0, "ata_9": 24.0}), ("b", 0, {"ata_5": 2.0})))
    second = lake.stage("run:2", "f", rows(("a", 0, {"ata_5": 3.0, "ata_9": None}), ("a", 1, {"ata_5": 4.0})), first)

    assert stored(lake, second) == {
        ("a", 0): {"ata_5": 3.0, "ata_9": 24.0},
        ("b", 0): {"ata_5": 2.0},
        ("a", 1): {"ata_5": 4.0},
    }
    assert stored(lake, first) == {("a", 0): {"ata_5": 1.0, "ata_9": 24.0}, ("b", 0): {"ata_5": 2.0}}


def test_two_sources_of_one_day_are_merged_column_by_column(lake: ReadingsLake) -> None:
    history = lake.stage("run:1", "f", rows(("a", 0, {"ata_187": 1.0, "ata_5": 7.0})))
    daily = lake.stage("run:2", "f", rows(("a", 0, {"ata_194": 30.0})), history)

    assert stored(lake, daily) == {("a", 0): {"ata_187": 1.0, "ata_5": 7.0, "ata_194": 30.0}}


def test_only_touched_months_are_written_anew(lake: ReadingsLake) -> None:
    first = lake.stage("run:1", "f", rows(("a", 0, {"ata_5": 1.0}), ("a", 20, {"ata_5": 1.0})))
    second = lake.stage("run:2", "f", rows(("a", 21, {"ata_5": 2.0})), first)

    manifest = json.loads((lake.root / second).read_text())
    assert [file["path"] for file in manifest["files"]] == [
        "fleet=f/month=2026-01/1.parquet",
        "fleet=f/month=2026-02/2.parquet",
    ]


def test_the_same_rows_again_change_nothing(lake: ReadingsLake) -> None:
    given_rows = rows(("a", 0, {"ata_5": 1.0}), ("b", 40, {"ata_5": None}))
    first = lake.stage("run:1", "f", given_rows)
    before = files(lake)

    assert lake.stage("run:2", "f", given_rows, first) == first
    assert files(lake) == before


def test_not_a_number_and_infinity_are_no_values(lake: ReadingsLake) -> None:
    manifest = lake.stage("run:1", "f", rows(("a", 0, {"ata_5": float("nan"), "ata_9": float("inf"), "ata_12": 1.0})))

    assert stored(lake, manifest) == {("a", 0): {"ata_12": 1.0}}


def test_fleets_are_read_together_with_what_each_lacks_as_null(lake: ReadingsLake) -> None:
    one = lake.stage("run:1", "one", rows(("a", 0, {"ata_5": 1.0})))
    two = lake.stage("run:2", "two/ö", rows(("b", 0, {"nvme_media_errors": 2.0})))

    assert stored(lake, one, two) == {("a", 0): {"ata_5": 1.0}, ("b", 0): {"nvme_media_errors": 2.0}}
    assert lake.readings([one, two]).columns == ("drive_key", "day", "ata_5", "nvme_media_errors")


def test_an_empty_lake_has_an_empty_table(lake: ReadingsLake) -> None:
    assert lake.readings([]).to_pyarrow().num_rows == 0
    assert lake.exposure([]).to_pyarrow().num_rows == 0


def test_places_have_daily_readings_under_a_key_of_their_own(tmp_path: Path) -> None:
    def environment(*given: tuple[str, int, dict[str, float | None]]) -> pa.Table:
        table = rows(*given)
        return table.rename_columns({name: {"drive_key": "place_key"}.get(name, name) for name in table.column_names})

    lake = ReadingsLake(tmp_path / "environment", key="place_key")
    first = lake.stage("run:1", "f", environment(("rack:f:1", 0, {"temperature_celsius": 21.5, "power_watts": 900.0})))
    second = lake.stage(
        "run:2",
        "f",
        environment(("rack:f:1", 0, {"temperature_celsius": 22.5}), ("site:f:a", 20, {"humidity_percent": 40.0})),
        first,
    )

    found = lake.readings([second])
    assert found.columns == ("place_key", "day", "humidity_percent", "power_watts", "temperature_celsius")
    assert sorted(found.to_pyarrow().to_pydict()["temperature_celsius"], key=str) == [22.5, None]
    with pytest.raises(InputError, match=r"rack:f:1 has 2 rows for 2026-01-20"):
        lake.stage("run:3", "f", environment(("rack:f:1", 0, {}), ("rack:f:1", 0, {})), second)
    with pytest.raises(InputError, match="column 'place_key' is missing"):
        lake.stage("run:3", "f", rows(("a", 0, {"ata_5": 1.0})), second)
    lake.close()


@pytest.mark.parametrize("key", ["day", "place key", "x; DROP TABLE y"])
def test_a_key_column_that_is_no_name_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a name like 'drive_key'"):
        ReadingsLake(tmp_path, key=key)


def test_readings_since_a_day_open_no_earlier_month(lake: ReadingsLake) -> None:
    first = lake.stage("run:1", "f", rows(("a", 0, {"ata_1": 1.0})))
    news = rows(("a", 13, {"ata_5": 2.0}), ("a", 14, {"ata_5": 3.0}), ("b", 50, {"ata_5": 4.0}))
    manifest = lake.stage("run:2", "f", news, first)
    since = START + timedelta(14)
    (lake.root / "fleet=f/month=2026-01/1.parquet").write_bytes(b"not opened")

    found = lake.readings([manifest], since=since)

    assert found.columns == ("drive_key", "day", "ata_5")
    assert sorted(found.to_pyarrow().to_pydict()["ata_5"]) == [3.0, 4.0]
    assert lake.readings([manifest], since=date(2027, 1, 1)).to_pyarrow().num_rows == 0


@pytest.mark.parametrize("kind", ["arrow", "memtable", "file", "table of the lake"])
def test_new_rows_come_in_any_form(kind: str, lake: ReadingsLake, tmp_path: Path) -> None:
    table = rows(("a", 0, {"ata_5": 1.0}))
    path = tmp_path / "new.parquet"
    pq.write_table(table, path)
    forms: dict[str, Any] = {
        "arrow": table,
        "memtable": ibis.memtable(table),
        "file": path,
        "table of the lake": lake.connection.read_parquet(str(path)),
    }

    assert stored(lake, lake.stage("run:1", "f", forms[kind])) == {("a", 0): {"ata_5": 1.0}}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (rows(("a", 0, {"ata_5": 1.0})).drop_columns("day"), "column 'day' is missing"),
        (rows(("a", 0, {"ata_5": 1.0}), ("a", 0, {"ata_5": 2.0})), "a has 2 rows for 2026-01-20"),
        (rows(("a", 0, {"ata_5": 1.0})).rename_columns(["drive_key", "day", "smart 5; drop"]), "no attribute column"),
        (pa.table({"drive_key": ["a"], "day": [START], "ata_5": ["1"]}), "is of type string; expected a number"),
        (pa.table({"drive_key": [None, "a"], "day": [START, START], "ata_5": [1.0, 1.0]}), "no drive_key or no day"),
        (pa.table({"drive_key": ["b", "a"], "day": [None, START], "ata_5": [1.0, 1.0]}), "no drive_key or no day"),
    ],
)
def test_rows_that_cannot_be_kept_are_refused_and_leave_nothing(
    bad: pa.Table, message: str, lake: ReadingsLake
) -> None:
    with pytest.raises(InputError, match=message):
        lake.stage("run:1", "f", bad)

    assert files(lake) == set()


def test_a_failure_in_the_middle_leaves_the_old_version_whole(
    lake: ReadingsLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lake.stage("run:1", "f", rows(("a", 0, {"ata_5": 1.0}), ("a", 20, {"ata_5": 1.0})))
    before = stored(lake, first)
    write_month = ReadingsLake._write_month

    def fail_on_the_second(self: ReadingsLake, new: str, old: Any, path: str) -> int:
        if "2026-02" in path:
            raise OSError(28, "No space left on device")
        return write_month(self, new, old, path)

    monkeypatch.setattr(ReadingsLake, "_write_month", fail_on_the_second)
    with pytest.raises(StoreError, match="No space left"):
        lake.stage("run:2", "f", rows(("a", 0, {"ata_5": 5.0}), ("a", 20, {"ata_5": 5.0})), first)

    assert stored(lake, first) == before
    assert lake.collect_garbage([first]) == 1
    assert stored(lake, first) == before


def test_garbage_is_what_no_live_manifest_needs(lake: ReadingsLake) -> None:
    first = lake.stage("run:1", "f", rows(("a", 0, {"ata_5": 1.0}), ("a", 20, {"ata_5": 1.0})))
    second = lake.stage("run:2", "f", rows(("a", 0, {"ata_5": 2.0})), first)
    other = lake.stage("run:3", "g", rows(("b", 0, {"ata_5": 2.0})))
    (lake.root / "fleet=f" / ".incoming-dead").mkdir()
    (lake.root / "fleet=f" / "month=2026-01" / ".4.parquet.ab.tmp").touch()

    lake.collect_garbage([second, other])

    assert files(lake) == {
        "fleet=f/month=2026-01/2.parquet",
        "fleet=f/month=2026-02/1.parquet",
        second,
        "fleet=g/month=2026-01/3.parquet",
        other,
    }
    assert not (lake.root / "fleet=f" / ".incoming-dead").exists()


@pytest.mark.parametrize("damage", ["manifest gone", "manifest cut", "file gone"])
def test_damage_is_told_by_name(damage: str, lake: ReadingsLake) -> None:
    manifest = lake.stage("run:1", "f", rows(("a", 0, {"ata_5": 1.0})))
    if damage == "manifest gone":
        (lake.root / manifest).unlink()
    elif damage == "manifest cut":
        (lake.root / manifest).write_text((lake.root / manifest).read_text()[:40])
    else:
        (lake.root / "fleet=f/month=2026-01/1.parquet").unlink()

    with pytest.raises(StoreError, match="restore a backup"):
        lake.readings([manifest])


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "readings").write_text("a file, no folder")
    with pytest.raises(StoreError, match="cannot be written"):
        ReadingsLake(tmp_path / "readings").stage("run:1", "f", rows(("a", 0, {"ata_5": 1.0})))


def test_a_month_that_is_damaged_is_told_with_the_reason(lake: ReadingsLake) -> None:
    manifest = lake.stage("run:1", "f", rows(("a", 0, {"ata_5": 1.0})))
    (file,) = Path(lake.root).glob("fleet=f/month=*/*.parquet")
    file.chmod(0o644)
    file.write_bytes(b"")
    with pytest.raises(StoreError, match=r"readings: .*too small"):
        lake.readings([manifest])


def test_intervals_stay_with_the_fleet_and_count_once(lake: ReadingsLake) -> None:
    def intervals(*spans: tuple[str, int, int]) -> pa.Table:
        drives, first, last = zip(*spans, strict=True)
        days = [[START + timedelta(day) for day in side] for side in (first, last)]
        return pa.table({"drive_key": list(drives), "first_day": days[0], "last_day": days[1]})

    readings = rows(("a", 0, {"ata_5": 1.0}), ("a", 30, {"ata_5": 1.0}))
    first = lake.stage("run:1", "f", readings, intervals=intervals(("a", 0, 9), ("b", 5, 5)))
    same = lake.stage("run:2", "f", readings, first, intervals=intervals(("b", 5, 5)))
    more = lake.stage("run:3", "f", rows(("c", 1, {"ata_5": 1.0})), first, intervals=intervals(("a", 8, 12)))

    assert same == first
    assert dict(lake.exposure([first]).to_pyarrow().to_pandas().itertuples(index=False)) == {"a": 11, "b": 1}
    assert dict(lake.exposure([more]).to_pyarrow().to_pandas().itertuples(index=False)) == {"a": 14, "b": 1, "c": 1}


spans = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.integers(-3, 12)), max_size=12)
days = st.sets(st.tuples(st.sampled_from("abcd"), st.integers(0, 60)), max_size=25)


@settings(max_examples=40, deadline=None)
@given(days, spans)
def test_each_observed_day_counts_once(read: set[tuple[str, int]], known: list[tuple[str, int, int]]) -> None:
    observed = set(read) | {(drive, day) for drive, first, length in known for day in range(first, first + length + 1)}
    readings = pa.table(
        {
            "drive_key": pa.array([drive for drive, _ in read], pa.string()),
            "day": pa.array([START + timedelta(day) for _, day in read], pa.date32()),
        }
    )
    first, last = (
        [START + timedelta(day) for day in side] for side in ([k[1] for k in known], [k[1] + k[2] for k in known])
    )
    intervals = pa.table(
        {
            "drive_key": pa.array([drive for drive, _, _ in known], pa.string()),
            "first_day": pa.array(first, pa.date32()),
            "last_day": pa.array(last, pa.date32()),
        }
    )

    counted = exposure(ibis.memtable(readings), ibis.memtable(intervals)).to_pyarrow().to_pydict()

    assert dict(zip(counted["drive_key"], counted["drive_days"], strict=True)) == {
        drive: sum(1 for name, _ in observed if name == drive) for drive in {name for name, _ in observed}
    }


@pytest.mark.data
def test_the_daily_file_counts_one_day_a_row(lake: ReadingsLake, shared_data: Path) -> None:
    table = lake.connection.read_parquet(str(shared_data / "backblaze-daily.parquet"))
    key = ibis.literal("drive:backblaze:") + table.model + ":" + table.serial_number
    manifest = lake.stage("run:1", "backblaze", table.select(drive_key=key, day="date", ata_5="smart_5_raw"))

    counted = lake.exposure([manifest])
    assert counted.count().to_pyarrow().as_py() == 22_892
    assert counted.drive_days.sum().to_pyarrow().as_py() == 868_524
