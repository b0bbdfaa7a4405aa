"""Windows stay portable: Spark's compiler takes the very same expressions, and edge cases behave."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import pyarrow as pa
import pytest
import sqlglot
from ibis.config import Config

from graph.errors import InputError
from graph.windows import DEFINITION_VERSION, MEASURES, attributes, latest_windows, rolling_windows, window_columns

START = date(2026, 1, 1)


def readings(*values: float | None, days: tuple[int, ...] | None = None) -> ibis.expr.types.Table:
    """One drive's readings of one attribute."""
    at = days if days is not None else tuple(range(len(values)))
    return ibis.memtable(
        pa.table(
            {
                "drive_key": pa.array(["drive:f:m:1"] * len(values), pa.string()),
                "day": pa.array([START + timedelta(day) for day in at], pa.date32()),
                "ata_9": pa.array(values, pa.float64()),
            }
        )
    )


def latest(*values: float | None, days: tuple[int, ...] | None = None, length: int = 30) -> dict[str, object]:
    (row,) = latest_windows(readings(*values, days=days), days=length).to_pyarrow().to_pylist()
    return {name: row[column] for name, column in window_columns("ata_9").items()} | row


def test_a_counter_that_restarts_goes_on_rising() -> None:
    window = latest(100, 124, 148, 3, 27)

    assert (window["rise"], window["num_resets"]) == (72, 1)


def test_the_slope_is_a_day_of_the_calendar_whatever_is_missing() -> None:
    assert latest(0, 48, 240, days=(0, 2, 10))["slope_per_day"] == pytest.approx(24)


def test_the_last_change_is_the_day_of_the_reading_that_differs() -> None:
    assert latest(5, 5, 7, 7, None)["last_change_day"] == START + timedelta(2)
    assert latest(5, 5, 5)["last_change_day"] is None


def test_a_single_reading_has_no_slope_and_no_rise() -> None:
    window = latest(5)

    assert (window["first"], window["last"], window["rise"], window["num_resets"]) == (5, 5, 0, 0)
    assert window["slope_per_day"] is None


def test_a_window_without_a_value_is_all_null() -> None:
    window = latest(None, float("nan"))

    assert window["num_readings"] == 2
    assert {window[measure] for measure in MEASURES} == {None}


def test_what_lies_before_the_window_plays_no_part() -> None:
    window = latest(0, 1000, 1001, days=(0, 40, 41))

    assert (window["first"], window["rise"], window["first_day"]) == (1000, 1, START + timedelta(40))


def test_the_last_rolling_window_is_the_latest_window() -> None:
    table = readings(1, 5, None, 2, 8, days=(0, 20, 33, 35, 47))
    last = rolling_windows(table).filter(ibis._.day == START + timedelta(47)).to_pyarrow().to_pylist()[0]
    own = latest_windows(table).to_pyarrow().to_pylist()[0]

    assert {name: value for name, value in last.items() if name != "day"} == {
        name: value for name, value in own.items() if name != "content_sha256"
    }


@pytest.mark.parametrize("function", [latest_windows, rolling_windows])
def test_bad_arguments_are_told(function: object) -> None:
    assert callable(function)
    with pytest.raises(InputError, match="at least 1"):
        function(readings(1.0), days=0)
    with pytest.raises(InputError, match="column 'day' is missing"):
        function(readings(1.0).drop("day"))


def test_every_column_beside_the_keys_is_an_attribute() -> None:
    assert attributes(readings(1.0)) == ["ata_9"]
    assert isinstance(DEFINITION_VERSION, int)


class SparkOptions(Config):
    """What the Spark backend would register, were it installed; its compiler reads it."""

    treat_nan_as_null: bool = False


@pytest.mark.parametrize("function", [latest_windows, rolling_windows])
def test_spark_takes_the_same_expression(function: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ibis.options, "pyspark", SparkOptions())
    table = ibis.table({"drive_key": "string", "day": "date", "ata_5": "float64", "nvme_media_errors": "float64"}, "r")
    assert callable(function)

    text = ibis.to_sql(function(table), dialect="pyspark")

    assert sqlglot.parse_one(text, dialect="spark")
