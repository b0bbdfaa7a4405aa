"""Stated sizes: the words are a slice, the values and units are right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.literature.extraction.quantities import find


@pytest.mark.parametrize(
    ("text", "words", "low", "high", "unit"),
    [
        ("fell by 46 % at", "46 %", 46, 46, "PERCENT"),
        ("grew from 8 ms to 190 ms", "from 8 ms to 190 ms", 8, 190, "MilliSEC"),
        ("a 12–40 % cut", "12–40 %", 12, 40, "PERCENT"),
        ("by up to 37 % in", "up to 37 %", None, 37, "PERCENT"),
        ("at least 5 days", "at least 5 days", 5, None, "DAY"),
        ("by a factor of ten", "a factor of ten", 10, 10, "UNITLESS"),
        ("three orders of magnitude", "three orders of magnitude", 1000, 1000, "UNITLESS"),
        ("by a fifth", "a fifth", 20, 20, "PERCENT"),
        ("2.5x higher", "2.5x", 2.5, 2.5, "UNITLESS"),
        ("95 µs", "95 µs", 95, 95, "MicroSEC"),
        ("1,155 MiB/s", "1,155 MiB/s", 1155, 1155, "MebiBYTE-PER-SEC"),
        ("1.5 million IOPS", "1.5 million IOPS", 1.5e6, 1.5e6, "PER-SEC"),
        ("4 KiB", "4 KiB", 4, 4, "KibiBYTE"),
        ("70 °C", "70 °C", 70, 70, "DEG_C"),
    ],
)
def test_a_size_is_read(text: str, words: str, low: float | None, high: float | None, unit: str) -> None:
    quantity = find(text)[0].quantity
    assert (quantity.text, quantity.low, quantity.high, quantity.unit) == (words, low, high, f"unit:{unit}")


@given(st.text(max_size=100))
def test_sizes_of_any_text_are_slices_in_order(text: str) -> None:
    found = find(text)
    assert all(one.quantity.text in text[one.start : one.end] for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)


@given(st.integers(0, 10**6), st.sampled_from(["%", "ms", "GB/s", "hours", "°C"]))
def test_a_whole_number_with_a_unit_keeps_its_value(value: int, unit: str) -> None:
    (one,) = find(f"It is {value:,} {unit} here")
    assert one.quantity.low == one.quantity.high == value
