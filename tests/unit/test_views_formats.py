"""How numbers and foreign text are written on the pages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.views import formats


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (0, "0"),
        (12345, "12,345"),
        (1.0612, "1.06"),
        (0.04321, "0.0432"),
        (-2.1, "−2.1"),
    ],
)
def test_numbers_have_thousands_and_three_figures_and_missing_is_empty(value: float | None, text: str) -> None:
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("num_bytes", "text"),
    [(3.84e12, "3.84 TB"), (960197124096, "960 GB"), (15.36e12, "15.4 TB"), (512, "512 B"), (None, "")],
)
def test_capacities_are_decimal(num_bytes: float | None, text: str) -> None:
    assert formats.data_size(num_bytes) == text


def test_units_stand_after_a_space_and_changes_carry_their_sign() -> None:
    assert formats.quantity(46, "°C") == "46 °C"
    assert formats.quantity(26304, "h") == "26,304 h"
    assert formats.signed(61) == "+61"
    assert formats.signed(-2.1, "%") == "−2.1 %"
    assert formats.signed(0, "%") == "±0 %"
    assert formats.rate(1.0589) == "1.06 %"
    assert formats.interval(0.661, 1.634) == "0.66 to 1.63 %"
    assert formats.age(1022) == "2.8 y"
    assert formats.days_between(date(2026, 11, 19), date(2026, 11, 22)) == "3 days"
    assert formats.plural(1, "drive") == "1 drive"


def test_a_drive_is_linked_with_its_model_since_a_serial_may_not_be_unique() -> None:
    assert formats.drive_link("demo", "MB2", "S1&2/é") == "drive?fleet=demo&model=MB2&id=S1%262%2F%C3%A9"
    assert formats.link("", fleet="demo", model=None) == "./?fleet=demo"


@given(st.text(alphabet=st.sampled_from("ab_*[]()`~$:<>#|{}\\!-+. 1\n")))
def test_foreign_text_never_becomes_markdown(text: str) -> None:
    shown = MarkdownIt("commonmark").render("x" + formats.escape(text) + "x")
    assert not any(tag in shown for tag in ("<em", "<strong", "<a ", "<code", "<img", "<h1", "<h2"))
