"""The filter grammar."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.filters import FILTER_KEYS, apply_filters, parse_filters
from graph.errors import InputError

DRIVES = pd.DataFrame(
    {
        "serial": ["A1", "A2", "B1"],
        "model": ["MX 1", "MX 1", "MY"],
        "rack": ["row-1", None, "row-2"],
        "verdict": ["red", "green", "green"],
    }
)
KEYS = [key for key in FILTER_KEYS if key != "verdict"]


def test_values_with_blanks_stand_in_quotes() -> None:
    assert parse_filters('model="MX 1" rack=r1') == {"model": ("MX 1",), "rack": ("r1",)}


def test_no_text_is_no_filter() -> None:
    assert parse_filters("  ") == {}


def test_the_same_key_twice_means_either() -> None:
    assert parse_filters("rack=r1 rack=r2") == {"rack": ("r1", "r2")}


@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        st.text(alphabet=st.characters(exclude_characters='"', exclude_categories=("Cs",)), min_size=1).filter(
            str.strip
        ),
    )
)
def test_what_is_written_is_read_back(filters: dict[str, str]) -> None:
    text = " ".join(f'{key}="{value}"' for key, value in filters.items())
    assert parse_filters(text) == {key: (value,) for key, value in filters.items()}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("modle=MX", "Did you mean 'model'?"),
        ("verdict=rde", "Did you mean 'red'?"),
        ("model", "key=value"),
        ("model=", "key=value"),
        ('model="MX', "key=value"),
        ("model=MX 1", "key=value"),
    ],
)
def test_a_mistake_is_told_with_the_nearest_choice(text: str, said: str) -> None:
    with pytest.raises(InputError, match="Filter") as raised:
        parse_filters(text)
    assert said in str(raised.value)


def test_drives_are_kept_by_name_and_serials_by_their_beginning() -> None:
    kept = apply_filters(DRIVES, {"model": "MX 1", "serial": "A"}, with_verdict=True)
    assert kept["serial"].tolist() == ["A1", "A2"]
    assert apply_filters(DRIVES, {"serial": "Z"}, with_verdict=True).empty


def test_rates_do_not_follow_a_filter_on_the_outcome() -> None:
    assert len(apply_filters(DRIVES, {"verdict": ["red"]}, with_verdict=True)) == 1
    assert len(apply_filters(DRIVES, {"verdict": ["red"]}, with_verdict=False)) == 3


def test_a_value_that_no_drive_has_is_told() -> None:
    with pytest.raises(InputError, match=r"rack='row-3': no drive has it\. Did you mean 'row-[12]'\?"):
        apply_filters(DRIVES, {"rack": "row-3"}, with_verdict=True)
