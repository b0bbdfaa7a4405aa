"""Columns of text become numbers, days and lists; what cannot is marked, never guessed."""

from __future__ import annotations

import json
import math
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.telemetry import columns

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(st.lists(st.one_of(st.none(), FINITE)))
def test_numbers_survive_being_written_as_text(values: list[float | None]) -> None:
    found, unreadable = columns.numbers(
        pa.array(["" if value is None else repr(value) for value in values], pa.string())
    )
    assert not unreadable.any()
    assert [None if math.isnan(value) else value for value in found.tolist()] == values


@given(st.lists(st.text(max_size=12)))
def test_any_text_is_a_number_or_nothing_or_marked(texts: list[str]) -> None:
    found, unreadable = columns.numbers(pa.array(texts, pa.string()))
    assert len(found) == len(unreadable) == len(texts)
    assert np.isnan(found[unreadable]).all()
    assert not np.isinf(found).any()
    for text, value in zip(texts, found.tolist(), strict=True):
        if not math.isnan(value):
            assert float(text) == value


@pytest.mark.parametrize("text", ["1,5", "0x10", "1 000", "inf", "-Infinity", "12h", "--1", "1e999"])
def test_what_is_no_finite_number_is_marked(text: str) -> None:
    assert columns.numbers(pa.array([text]))[1].tolist() == [True]


@pytest.mark.parametrize("text", ["", "  ", "NaN", "null", "None"])
def test_what_says_nothing_is_no_number_and_no_error(text: str) -> None:
    found, unreadable = columns.numbers(pa.array([text]))
    assert np.isnan(found).all()
    assert not unreadable.any()


@given(st.lists(st.dates(min_value=date(1000, 1, 1))))
def test_days_are_read_in_both_orders(values: list[date]) -> None:
    for form in ("{0:%Y}-{0:%m}-{0:%d}", "{0:%d}-{0:%m}-{0:%Y}"):
        found, unreadable = columns.days(pa.array([form.format(value) for value in values], pa.string()))
        assert found.to_pylist() == values
        assert not unreadable.any()


@given(st.lists(st.text(max_size=12)))
def test_any_text_is_a_day_or_nothing_or_marked(texts: list[str]) -> None:
    found, unreadable = columns.days(pa.array(texts, pa.string()))
    for text, value, marked in zip(texts, found.to_pylist(), unreadable.tolist(), strict=True):
        assert (value is None) == (marked or not text.strip())


@pytest.mark.parametrize("text", ["2024-13-01", "30-02-2024", "10-23-2024", "12/31/2024", "2024", "yesterday"])
def test_what_is_no_day_is_marked(text: str) -> None:
    assert columns.days(pa.array([text]))[1].tolist() == [True]


@given(st.lists(st.lists(st.one_of(st.just(math.nan), FINITE), max_size=5), max_size=6))
def test_lists_of_numbers_survive_being_written_as_json(lists: list[list[float]]) -> None:
    values, lengths, unreadable = columns.number_lists(pa.array([json.dumps(each) for each in lists], pa.string()))
    assert not unreadable.any()
    assert lengths.tolist() == [len(each) for each in lists]
    np.testing.assert_array_equal(values, np.array([value for each in lists for value in each], float))


@given(st.lists(st.text(alphabet="[]0123456789., x-", max_size=10), max_size=6))
def test_any_text_is_a_list_or_nothing_or_marked(texts: list[str]) -> None:
    values, lengths, unreadable = columns.number_lists(pa.array(texts, pa.string()))
    assert len(lengths) == len(unreadable) == len(texts)
    assert len(values) == lengths.sum()


def test_numbers_written_as_text_in_a_list_are_numbers() -> None:
    values, lengths, unreadable = columns.number_lists(
        pa.array(['["71.0", "72"]', '["", null, 3]', '["many"]', '["1]'])
    )
    np.testing.assert_array_equal(values[:5], [71.0, 72.0, math.nan, math.nan, 3.0])
    assert lengths.tolist() == [2, 3, 1, 1]
    assert unreadable.tolist() == [False, False, True, True]


def test_a_list_of_arrow_is_read_like_its_text() -> None:
    values, lengths, unreadable = columns.number_lists(pa.array([[1.0, None], None, []], pa.list_(pa.float64())))
    np.testing.assert_array_equal(values, [1.0, math.nan])
    assert lengths.tolist() == [2, 0, 0]
    assert not unreadable.any()


@pytest.mark.parametrize(("text", "flag"), [("1", True), ("0", False), ("1.0", True), ("TRUE", True), ("False", False)])
def test_flags_are_read_as_sources_write_them(text: str, flag: bool) -> None:
    found, unreadable = columns.flags(pa.array([text, "maybe", ""]))
    assert found.tolist() == [flag, False, False]
    assert unreadable.tolist() == [False, True, False]


@pytest.mark.parametrize("values", [pa.array([11.0, None]), pa.array(["11.0", ""]), pa.array([" 11 ", ""])])
def test_a_number_used_as_a_name_has_one_form(values: pa.Array) -> None:
    assert columns.identifiers(values).to_pylist() == ["11", None]
