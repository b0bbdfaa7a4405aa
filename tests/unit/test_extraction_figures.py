"""Numbers with their units, as the verifier compares them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.literature.extraction.assertion import Quantity
from ingest.literature.extraction.verification import figures


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3 to 5 ms", [(3, "ms"), (5, "ms")]),
        ("3–5 µs and 1,200 IOPS", [(3, "us"), (5, "us"), (1200, "iops")]),
        ("from 11.2 ms to 3.4 milliseconds", [(11.2, "ms"), (3.4, "ms")]),
        ("2.5x, twofold and 1.3×", [(2.5, "x"), (2, "x"), (1.3, "x")]),
        ("at -5 °C, RAID5 and p99 in 2 million hours", [(-5, "°c"), (2_000_000, "h")]),
        ("500 Mb/s, 500 MB/s", [(500, "mbit/s"), (500, "mb/s")]),
        ("1e-15; 10 percentage points", [(1e-15, ""), (10, "pp")]),
    ],
)
def test_figures_are_read_with_units_and_ranges(text: str, wanted: list[tuple[float, str]]) -> None:
    assert [(figure.value, figure.unit) for figure in figures.figures(text)] == wanted


@pytest.mark.parametrize(
    ("told", "sign"), [("from 3 to 5 ms", 1), ("from 5 to 3 ms", -1), ("30 %", 0), ("from A to B", 0)]
)
def test_from_and_to_give_a_direction(told: str, sign: int) -> None:
    assert figures.change_of(told) == sign


@pytest.mark.parametrize(
    ("words", "sentence", "lacking"),
    [
        ("3", "between 3 and 5 ms", None),
        ("5", "between 3 and 5 ms", "5"),
        ("3 ms", "between 3 and 5 ms", None),
        ("twice", "two times the latency", "twice"),
        ("no number", "nothing", None),
    ],
)
def test_the_first_number_that_a_sentence_lacks_is_named(words: str, sentence: str, lacking: str | None) -> None:
    assert figures.missing(words, sentence) == lacking


def test_a_quantity_of_a_range_has_both_ends_and_the_unit() -> None:
    assert figures.quantity_of("from 11.2 ms to 3.4 ms") == Quantity(
        "from 11.2 ms to 3.4 ms", 3.4, 11.2, "unit:MilliSEC"
    )
    assert figures.quantity_of("by half") == Quantity("by half", 0.5, 0.5, "unit:UNITLESS")
    assert figures.quantity_of("most") == Quantity("most")


@given(st.text(alphabet="0123456789.,-–+e %msx toandfrom°Cµ", max_size=40))
def test_every_figure_stands_where_it_says(text: str) -> None:
    for figure in figures.figures(text):
        assert text[figure.start : figure.end].strip()
        assert math.isfinite(figure.value)
    assert figures.missing(text, text) is None
