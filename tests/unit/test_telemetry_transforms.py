"""What each format means: models, days, places and what is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import RefusedError
from ingest.telemetry import (
    alibaba_tickets,
    alibaba_windows,
    atoll_daily,
    backblaze_daily,
    backblaze_history,
)
from ingest.telemetry.files import chunks, look_over
from ingest.telemetry.normalised import Normalised, RawRows

DAY_ZERO = date(2015, 2, 5)


def raw(columns: Mapping[str, Sequence[object]]) -> RawRows:
    rows = pa.table({name: pa.array(values) for name, values in columns.items()})
    return RawRows(Path("here.csv"), rows, np.arange(2, rows.num_rows + 2, dtype=np.int64))


def window(hours: Sequence[float], values: Sequence[float], **other: object) -> RawRows:
    row = {"disk_id": "7", "ds": "2019-06-30", "model": "MB1", "app": "WSM", "failure_time": "", "failure": "0"} | other
    row |= {"r_9": json.dumps(hours), "r_5": json.dumps(values)}
    return raw({name: [str(value)] for name, value in row.items()})


@given(st.lists(st.integers(0, 200), min_size=1, max_size=30))
def test_days_of_a_window_follow_its_power_on_hours(steps: list[int]) -> None:
    hours = np.cumsum(steps).astype(float)
    found = alibaba_windows.transform(window(hours.tolist(), [float(i) for i in range(len(hours))]), "lab")
    days = found.readings["day"].to_pylist()
    assert days[-1] == date(2019, 6, 30)
    assert days == sorted(days)
    for day, at in zip(days, hours, strict=True):
        assert abs((days[-1] - day).days - (hours[-1] - at) / 24) <= 0.5
    assert found.readings["ata_9"].to_pylist() == hours.tolist()
    assert found.readings["sequence"].to_pylist() == list(range(len(hours)))


@pytest.mark.parametrize(
    ("hours", "values", "column", "reason"),
    [
        ([1.0, 25.0], [math.nan, math.nan], "r_9", "no other reading"),
        ([math.nan, 25.0], [0.0, 0.0], "r_9", "gaps"),
        ([], [], "r_9", "no sample has a day"),
        ([25.0, 1.0], [0.0, 0.0], "r_9", "out of order"),
        ([1.0, 25.0], [0.0], "r_5", "not as many samples"),
        ([1.0, 25.0], [0.0, -3.0], "r_5", "below 0"),
    ],
)
def test_a_window_that_cannot_be_dated_or_read_is_refused(
    hours: list[float], values: list[float], column: str, reason: str
) -> None:
    found = alibaba_windows.transform(window(hours, values), "lab")
    (reject,) = found.rejects.to_pylist()
    assert reject["column"] == column
    assert reason in reject["reason"]
    assert all(table.num_rows == 0 for table in found.tables().values())


def test_an_attribute_without_values_is_absent_and_the_window_stays() -> None:
    found = alibaba_windows.transform(window([1.0, 25.0], [math.nan, 4.0]), "lab")
    assert found.readings["ata_5"].to_pylist() == [None, 4.0]


def test_windows_and_tickets_name_one_drive_alike() -> None:
    windows = alibaba_windows.transform(window([1.0], [0.0], model="MB1"), "lab")
    ticket = {"model": "B3", "failure_time": "2019-06-30 10:00:00", "failure": "1", "app": "none", "disk_id": "7"}
    ticket |= {"node_id": "1", "rack_id": "2", "machine_room_id": "3"}
    tickets = alibaba_tickets.transform(raw({name: [value] for name, value in ticket.items()}), "lab")
    (ours,), (theirs,) = windows.drives.to_pylist(), tickets.drives.to_pylist()
    assert ours["drive_key"] == theirs["drive_key"] == "drive:lab:B3:7"
    assert (ours["alias"], theirs["alias"]) == ("MB1", None)
    assert tickets.placements["application"].to_pylist() == [None]
    assert tickets.readings.num_rows == 0


def test_a_failed_window_without_a_day_of_failure_is_refused() -> None:
    found = alibaba_windows.transform(window([1.0], [0.0], failure="1"), "lab")
    assert found.rejects["column"].to_pylist() == ["failure_time"]


def test_window_ids_are_no_drives() -> None:
    with pytest.raises(RefusedError, match=r"here.csv:2: disk_id 'mb2_round2_0897857' names a window"):
        alibaba_windows.transform(window([1.0], [0.0], disk_id="mb2_round2_0897857"), "lab")


@st.composite
def histories(draw: st.DrawFn) -> dict[str, list[object]]:
    """Intervals of one drive, each beginning where the one before it ended."""
    bounds = np.cumsum([draw(st.integers(0, 50)), *draw(st.lists(st.integers(1, 900), min_size=1, max_size=8))])
    num = len(bounds) - 1
    last = DAY_ZERO + timedelta(days=draw(st.integers(0, 400)))
    return {
        "serial_number": ["S"] * num,
        "model": ["ST4000DM000"] * num,
        "size_tb": [4.0] * num,
        "min_date": [DAY_ZERO] * num,
        "max_date": [last] * num,
        "min_hours": [int(bounds[0])] * num,
        "max_hours": [int(bounds[-1])] * num,
        "tstart": bounds[:-1].tolist(),
        "tstop": bounds[1:].tolist(),
        "fails": [*([0] * (num - 1)), draw(st.integers(0, 1))],
        "smart_5": [float(i) for i in range(num)],
    }


@given(histories())
def test_a_history_stays_within_its_time_and_ends_on_its_last_day(history: dict[str, list[object]]) -> None:
    found = backblaze_history.transform(raw(history), "lab")
    assert found.rejects.num_rows == 0
    readings = found.readings.to_pandas().sort_values("sequence")
    last = history["max_date"][0]
    assert readings["day"].min() >= DAY_ZERO
    assert readings["day"].is_monotonic_increasing
    assert readings["day"].iloc[-1] == last
    assert readings["ata_5"].iloc[-1] == len(history["tstart"]) - 1
    known = readings.dropna(subset="ata_9")
    assert known["ata_9"].is_monotonic_increasing
    assert found.failures["day"].to_pylist() == [last] * int(sum(map(int, history["fails"])))  # type: ignore[call-overload]
    assert set(found.intervals["last_day"].to_pylist()) == {last}


@given(histories())
def test_what_looks_into_the_future_is_in_no_reading(history: dict[str, list[object]]) -> None:
    """But for the last interval, another end of the drive's time changes no reading."""
    longer = dict(history)
    num = len(history["tstart"])
    longer["max_date"] = [DAY_ZERO + timedelta(days=1000)] * num
    longer["max_hours"] = [int(history["max_hours"][0]) + 1] * num  # type: ignore[call-overload]
    ours = _begins(backblaze_history.transform(raw(history), "lab"), last=history["max_date"][0])
    theirs = _begins(backblaze_history.transform(raw(longer), "lab"), last=history["max_date"][0])
    assert ours == theirs


def _begins(found: Normalised, last: object) -> list[dict[str, object]]:
    readings = found.readings.to_pylist()
    return [each for each in readings if each["sequence"] % 2 == 0 and each["day"] < last]


@pytest.mark.parametrize(
    ("column", "value"), [("tstop", 9), ("tstart", 0), ("max_date", date(2014, 1, 1)), ("tstop", 10_000)]
)
def test_an_interval_that_contradicts_itself_is_refused(column: str, value: object) -> None:
    row = {"serial_number": "S", "model": "M", "size_tb": 4.0, "min_date": DAY_ZERO, "max_date": date(2015, 3, 1)}
    row |= {"min_hours": 9, "max_hours": 500, "tstart": 9, "tstop": 500, "fails": 0, "smart_5": 0.0, column: value}
    found = backblaze_history.transform(raw({name: [each] for name, each in row.items()}), "lab")
    assert found.rejects.num_rows == 1
    assert found.readings.num_rows == found.intervals.num_rows == 0


def daily(**columns: Sequence[object]) -> RawRows:
    num = len(next(iter(columns.values())))
    row = {"date": "2023-10-01", "serial_number": "S", "model": "ST4000DM000", "capacity_bytes": "1", "failure": "0"}
    return raw({**{name: [value] * num for name, value in row.items()}, **columns})


def test_places_of_backblaze_are_unique_through_what_stands_above_them() -> None:
    found = backblaze_daily.transform(
        daily(
            datacenter=["sac0", "iad1", "", ""],
            cluster_id=["0", "50", "50", ""],
            vault_id=["1012", "1012", "1012", "1012"],
            pod_id=["5.0", "5", "5", "5"],
            pod_slot_num=["11.0", "", "3", ""],
        ),
        "lab",
    )
    placed = found.placements
    assert placed["host"].to_pylist() == ["sac0-1012-5", "iad1-1012-5", "cluster-50-1012-5", "1012-5"]
    assert placed["rack"].to_pylist() == ["sac0-1012", "iad1-1012", "cluster-50-1012", "1012"]
    assert placed["room"].to_pylist() == ["sac0-cluster-0", "iad1-cluster-50", "cluster-50", None]
    assert placed["site"].to_pylist() == ["sac0", "iad1", None, None]
    assert placed["slot"].to_pylist() == [11, None, 3, None]


def test_a_capacity_of_minus_one_is_unknown_and_the_row_is_kept() -> None:
    found = backblaze_daily.transform(daily(capacity_bytes=["-1", "-7", "8.00156E+12"]), "lab")
    assert found.drives["capacity_bytes"].to_pylist() == [None, 8_001_560_000_000]
    assert found.rejects["value"].to_pylist() == ["-7"]


def test_a_gauge_may_be_negative_and_a_normalised_value_is_one_byte() -> None:
    found = backblaze_daily.transform(
        daily(smart_194_raw=["-4", "30", "30"], smart_194_normalized=["100", "256", "255"]), "lab"
    )
    assert found.readings["ata_194"].to_pylist() == [-4.0, 30.0]
    assert found.rejects["column"].to_pylist() == ["smart_194_normalized"]


def test_a_drive_day_without_any_value_still_is_a_day_under_observation() -> None:
    found = backblaze_daily.transform(daily(smart_5_raw=[""]), "lab")
    assert found.readings.num_rows == 1


def test_the_vendor_given_counts_before_the_one_guessed() -> None:
    rows = {"day": ["2024-05-01"] * 2, "serial": ["1", "2"], "model": ["ST4000DM000"] * 2, "vendor": ["", "OEM"]}
    assert atoll_daily.transform(raw(rows), "lab").drives["vendor"].to_pylist() == ["Seagate", "OEM"]


# On the real files: no row is lost, and what pandas counts is what comes out.


@pytest.mark.data
@pytest.mark.parametrize(
    "name", ["2013-04-10", "failures-2023Q2-two-schemas", "failures-2023Q4", "failures-2024Q4-day-first-dates"]
)
def test_no_row_of_any_years_schema_is_lost(shared_data: Path, name: str) -> None:
    path = shared_data / "backblaze-daily-csv" / f"{name}.csv"
    theirs = pd.read_csv(path, dtype=str, keep_default_na=False)
    file = look_over(path)
    found = [backblaze_daily.transform(piece, "lab") for piece in chunks(file) if isinstance(piece, RawRows)]
    assert backblaze_daily.FORMAT.unknown(file) == ()
    assert sum(each.rejects.num_rows for each in found) == 0
    drives = pa.concat_tables([each.drives for each in found]).to_pandas()
    assert list(zip(drives["model"], drives["serial"], strict=True)) == list(
        zip(theirs["model"].str.strip(), theirs["serial_number"].str.strip(), strict=True)
    )
    assert sum(each.failures.num_rows for each in found) == (theirs["failure"] == "1").sum()
    readings = pd.concat([each.readings.to_pandas() for each in found])
    assert sorted(set(readings["day"])) == sorted(
        set(pd.to_datetime(theirs["date"], dayfirst="day-first" in name).dt.date)
    )
    for number in (5, 9, 194, 197):
        assert readings[f"ata_{number}"].notna().sum() == (theirs[f"smart_{number}_raw"] != "").sum()
    if "vault_id" in theirs:
        assert sum(each.placements.num_rows for each in found) == len(theirs)


@pytest.mark.data
def test_failed_windows_are_the_tickets_of_the_same_drives_and_days(shared_data: Path) -> None:
    (windows,) = [
        alibaba_windows.transform(piece, "lab")
        for piece in chunks(look_over(shared_data / "alibaba-windows" / "train.csv"))
        if isinstance(piece, RawRows)
    ]
    (tickets,) = [
        alibaba_tickets.transform(piece, "lab")
        for piece in chunks(look_over(shared_data / "alibaba-failures.csv"))
        if isinstance(piece, RawRows)
    ]
    assert windows.rejects.num_rows == tickets.rejects.num_rows == 0
    pairs = [
        set(zip(*each.failures.select(["drive_key", "day"]).to_pydict().values(), strict=True))
        for each in (windows, tickets)
    ]
    assert len(pairs[0]) == 390
    assert pairs[0] <= pairs[1]


@pytest.mark.data
def test_the_leaky_windows_are_refused(shared_data: Path) -> None:
    piece = next(iter(chunks(look_over(shared_data / "alibaba-windows" / "leaky.csv"))))
    assert isinstance(piece, RawRows)
    with pytest.raises(RefusedError, match="names a window"):
        alibaba_windows.transform(piece, "lab")
