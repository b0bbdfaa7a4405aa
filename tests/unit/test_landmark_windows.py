"""Landmark windows held against a plain loop over pandas, on both engines, and blind to what comes later."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.config import Config

from graph.errors import InputError
from graph.windows.landmarks import FALLS, LEVELS, RISES, families, landmark_windows
from graph.windows.spark import SparkEngine

START = date(2026, 1, 1)
# A counter, damage, use, a temperature, what is left of spare blocks, a normalised value, a packed raw value.
ATTRIBUTES = ("ata_5", "ata_197", "ata_9", "ata_194", "nvme_available_spare", "ata_5_normalized", "ata_1")
BACKS = (7, 30)

values = st.one_of(
    st.none(), st.just(float("nan")), st.integers(0, 3).map(float), st.floats(-1e6, 1e6, width=32), st.just(2.0**41)
)
reading = st.tuples(*(values for _ in ATTRIBUTES))
drives = st.dictionaries(st.integers(0, 90), reading, min_size=1, max_size=8)
asked_days = st.lists(st.integers(-5, 100), min_size=1, max_size=4, unique=True)
fleets = st.lists(st.tuples(drives, asked_days), min_size=4, max_size=9)
History = dict[int, tuple[float | None, ...]]
Fleet = list[tuple[History, list[int]]]


def tables(fleet: Fleet) -> tuple[pa.Table, pa.Table]:
    rows = [
        {"drive_key": f"d{number}", "day": START + timedelta(day), **dict(zip(ATTRIBUTES, found, strict=True))}
        for number, (history, _) in enumerate(fleet)
        for day, found in history.items()
    ]
    schema = pa.schema([("drive_key", pa.string()), ("day", pa.date32()), *((n, pa.float64()) for n in ATTRIBUTES)])
    probes = [
        {"drive_key": f"d{number}", "landmark": START + timedelta(day)}
        for number, (_, asked) in enumerate(fleet)
        for day in asked
    ]
    return pa.Table.from_pylist(rows, schema), pa.Table.from_pylist(
        probes, pa.schema([("drive_key", pa.string()), ("landmark", pa.date32())])
    )


def computed(fleet: Fleet) -> pd.DataFrame:
    readings, probes = tables(fleet)
    return indexed(landmark_windows(ibis.memtable(readings), ibis.memtable(probes), BACKS).to_pandas())


def indexed(found: pd.DataFrame) -> pd.DataFrame:
    return found.assign(landmark=pd.to_datetime(found["landmark"])).set_index(["drive_key", "landmark"]).sort_index()


def reference(history: History, landmark: int) -> dict[str, float]:
    """One row by the words of its definition."""
    seen = {day: history[day] for day in sorted(history) if day <= landmark}
    row = {"num_readings": float(len(seen))}
    row |= {f"num_readings_{back}_days": float(sum(day > landmark - back for day in seen)) for back in BACKS}
    row["days_since_reading"] = landmark - max(seen) if seen else np.nan
    row["days_observed"] = landmark - min(seen) if seen else np.nan
    latest_change: list[int] = []
    for place, name in enumerate(ATTRIBUTES):
        family = families(name)
        points = [(day, found[place]) for day, found in seen.items()]
        known = [(day, value) for day, value in points if value is not None and not np.isnan(value)]
        steps = [(day, value - before) for (_, before), (day, value) in pairwise(known)]
        moved = [day for day, step in steps if step != 0]
        row[f"{name}_last"] = known[-1][1] if known else np.nan
        row[f"{name}_days_since_value"] = landmark - known[-1][0] if known else np.nan
        row[f"{name}_ever_max"] = max((value for _, value in known), default=np.nan)
        if family & {RISES, FALLS}:
            row[f"{name}_days_since_change"] = landmark - moved[-1] if moved else np.nan
        if name in ("ata_5", "ata_197"):
            latest_change += moved
        for measure, sign, of in (("rise", 1, RISES), ("fall", -1, FALLS)):
            if of not in family:
                continue
            for back in (*BACKS, 10_000):
                suffix = "ever" if back == 10_000 else f"{back}_days"
                sums = sum(max(sign * step, 0.0) for day, step in steps if day > landmark - back)
                row[f"{name}_{measure}_{suffix}"] = sums if known else np.nan
        if FALLS in family:
            row[f"{name}_ever_min"] = min((value for _, value in known), default=np.nan)
        if LEVELS in family:
            recent = [(day, value) for day, value in known if day > landmark - 30]
            level = np.array([value for _, value in recent])
            days = np.array([day for day, _ in recent], float)
            row[f"{name}_mean_30_days"] = level.mean() if recent else np.nan
            many = len(recent) > 1
            row[f"{name}_slope_per_day_30_days"] = np.polyfit(days - days.mean(), level, 1)[0] if many else np.nan
    row["days_since_any_change"] = landmark - max(latest_change) if latest_change else np.nan
    return row


@settings(max_examples=12)
@given(fleets)
def test_landmark_windows_are_what_their_words_say(fleet: Fleet) -> None:
    found = computed(fleet)

    assert len(found) == sum(len(asked) for _, asked in fleet)
    for number, (history, asked) in enumerate(fleet):
        known = [abs(v) for row in history.values() for v in row if v is not None and not np.isnan(v)]
        scale = 1 + max(known, default=0)
        for day in asked:
            row = found.xs((f"d{number}", pd.Timestamp(START) + pd.Timedelta(days=day)))
            expected = reference(history, day)
            assert set(row.index) == set(expected)
            for name, wanted in expected.items():
                # Sums over 30 days are differences of running sums, so they are as exact as the largest of those.
                loose = scale * (1e-6 if "slope" in name else 1e-9)
                assert row[name] == pytest.approx(wanted, rel=1e-9, abs=loose, nan_ok=True), name


@settings(max_examples=8)
@given(fleets, fleets)
def test_nothing_after_the_landmark_changes_anything(fleet: Fleet, other: Fleet) -> None:
    last = [max(asked) for _, asked in fleet]
    later = [history for history, _ in other]
    changed = [
        (
            {day: row for day, row in history.items() if day <= end}
            | {end + 1 + day: row for day, row in later[number % len(later)].items()},
            asked,
        )
        for number, ((history, asked), end) in enumerate(zip(fleet, last, strict=True))
    ]

    pd.testing.assert_frame_equal(computed(changed), computed(fleet), check_exact=True)


def random_fleet(seed: int) -> Fleet:
    random = np.random.default_rng(seed)
    fleet = []
    for _ in range(12):
        days = sorted(random.choice(90, 12, replace=False).tolist())
        found = np.where(
            random.random((12, len(ATTRIBUTES))) < 0.3, np.nan, random.integers(0, 5, (12, len(ATTRIBUTES)))
        )
        fleet.append((dict(zip(days, map(tuple, found.tolist()), strict=True)), [-3, 20, 50, 80, 200]))
    return fleet


def test_both_engines_give_the_same_landmark_windows(spark: SparkEngine, tmp_path: Path) -> None:
    fleet = random_fleet(0)
    readings, probes = tables(fleet)
    readings = readings.select(["drive_key", "day", "ata_5", "ata_194", "nvme_available_spare"])
    for name, table in (("readings", readings), ("probes", probes)):
        pq.write_table(table, tmp_path / f"{name}.parquet")
    given = [spark.readings([str(tmp_path / f"{name}.parquet")]) for name in ("readings", "probes")]
    spark.write(landmark_windows(given[0], given[1], (7,)), tmp_path / "windows")
    theirs = pd.read_parquet(tmp_path / "windows")
    theirs = (
        theirs.assign(landmark=pd.to_datetime(theirs["landmark"])).set_index(["drive_key", "landmark"]).sort_index()
    )
    ours = indexed(landmark_windows(ibis.memtable(readings), ibis.memtable(probes), (7,)).to_pandas())

    assert list(theirs.columns) == list(ours.columns)
    pd.testing.assert_frame_equal(theirs, ours, rtol=1e-9, atol=1e-9, check_dtype=False, check_index_type=False)


def test_a_reading_on_the_landmark_counts_and_one_on_the_next_day_does_not() -> None:
    history: History = {0: (0.0,) + (None,) * 6, 10: (4.0,) + (None,) * 6, 11: (9.0,) + (None,) * 6}

    row = computed([(history, [10])]).iloc[0]

    assert (row["ata_5_last"], row["ata_5_rise_7_days"], row["ata_5_days_since_change"]) == (4.0, 4.0, 0.0)


def test_a_rise_on_the_first_day_of_the_window_counts_and_one_before_it_does_not() -> None:
    history: History = {0: (0.0,) + (None,) * 6, 3: (2.0,) + (None,) * 6, 4: (5.0,) + (None,) * 6}

    assert computed([(history, [10])]).iloc[0]["ata_5_rise_7_days"] == 3.0


def test_an_attribute_that_appears_late_has_not_risen() -> None:
    history: History = {0: (None,) * 7, 5: (8.0,) + (None,) * 6}

    row = computed([(history, [6])]).iloc[0]

    assert (row["ata_5_rise_ever"], row["ata_5_ever_max"]) == (0.0, 8.0)
    assert np.isnan(row["ata_5_days_since_change"])


def test_a_drive_without_a_reading_by_then_is_asked_for_all_the_same() -> None:
    row = computed([({50: (1.0,) * 7}, [10])]).iloc[0]

    assert row["num_readings"] == 0
    assert row.drop(["num_readings", "num_readings_7_days", "num_readings_30_days"]).isna().all()


def test_bad_arguments_are_told() -> None:
    readings, probes = map(ibis.memtable, tables([({0: (1.0,) * 7}, [1])]))

    with pytest.raises(InputError, match="at least 1"):
        landmark_windows(readings, probes, (0,))
    with pytest.raises(InputError, match="column 'landmark' is missing"):
        landmark_windows(readings, probes.drop("landmark"))
    with pytest.raises(InputError, match="column 'day' is missing"):
        landmark_windows(readings.drop("day"), probes)


class SparkOptions(Config):
    """What the Spark backend would register, were it installed; its compiler reads it."""

    treat_nan_as_null: bool = False


def test_spark_takes_the_same_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ibis.options, "pyspark", SparkOptions())
    readings = ibis.table({"drive_key": "string", "day": "date", **dict.fromkeys(ATTRIBUTES, "float64")}, "r")
    probes = ibis.table({"drive_key": "string", "landmark": "date"}, "p")

    assert sqlglot.parse_one(ibis.to_sql(landmark_windows(readings, probes), dialect="pyspark"), dialect="spark")
