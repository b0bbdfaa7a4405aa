"""Contributions become reasons: merged by attribute, in words, with value and unit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.risk_wording import statement
from gnn.health.examples import Examples, Feature
from gnn.health.explanation import attributed, causes

CATALOGUE = (
    Feature("ata_5_last", "latest reallocated sectors", "smart:ata:5", None, "sectors"),
    Feature("ata_5_rise_30_days", "rise of reallocated sectors in 30 days", "smart:ata:5", 30, "sectors"),
    Feature("ata_187_last", "latest reported errors", "smart:ata:187", None, "errors"),
    Feature("errors_log_sum", "logarithms of all error counters, summed", None, None, "log(1 + errors)"),
    Feature("age_days", "days of operation", None, None, "days"),
)


def examples(values: list[list[float]]) -> Examples:
    number = len(values)
    nothing = np.zeros(number, bool)
    return Examples(
        features=pd.DataFrame(values, columns=[item.name for item in CATALOGUE], dtype=np.float32),
        catalogue=CATALOGUE,
        drive=np.arange(number),
        drive_keys=np.array([f"d{row}" for row in range(number)], object),
        landmark=np.full(number, np.datetime64("2026-01-01", "D")),
        label=nothing,
        is_known=nothing,
        days_to_end=np.ones(number),
        has_failed=nothing,
        groups=pd.DataFrame({"model": [None] * number, "vendor": None}),
        horizon_days=30,
    )


def test_features_of_one_attribute_are_one_reason_and_the_strongest_speaks() -> None:
    ((first, second),) = causes(examples([[8, 3, 0, 0, 100]]), np.array([[0.2, 0.5, 0.0, 0.0, 0.3]]))
    assert (first.feature.name, first.value, first.contribution) == ("ata_5_rise_30_days", 3.0, pytest.approx(0.7))
    assert (second.feature.name, second.contribution) == ("age_days", pytest.approx(0.3))


def test_a_sum_over_counters_is_shared_out_to_the_counters_that_rose() -> None:
    some = examples([[np.e - 1, 0, np.e**3 - 1, 4, 100]])
    shared = attributed(some, np.array([[0.0, 0.0, 0.0, 2.0, 0.0]]))
    np.testing.assert_allclose(shared[0, [0, 2, 3]], [0.5, 1.5, 0.0], rtol=1e-5)
    ((first, second),) = causes(some, np.array([[0.0, 0.0, 0.0, 2.0, 0.0]]))
    assert (first.feature.attribute, second.feature.attribute) == ("smart:ata:187", "smart:ata:5")


def test_what_lowers_a_risk_is_named_only_where_nothing_raises_it() -> None:
    some = examples([[0, 0, 0, 0, 10], [0, 0, 0, 0, 10], [0, 0, 0, 0, 10]])
    given_parts = np.array([[0.0, 0, 0, -0.9, 0.4], [0.0, 0, 0, -0.9, -0.1], [0.0, 0, 0, -0.01, 0.0]])
    raised, lowered, flat = causes(some, given_parts)
    assert [cause.feature.name for cause in raised] == ["age_days"]
    assert [cause.feature.name for cause in lowered] == ["errors_log_sum"]
    assert flat == []


@given(
    st.lists(
        st.tuples(*[st.floats(0, 1e6, allow_nan=False)] * len(CATALOGUE), *[st.floats(-5, 5)] * len(CATALOGUE)),
        min_size=1,
        max_size=5,
    )
)
def test_sharing_out_neither_adds_nor_loses(rows: list[tuple[float, ...]]) -> None:
    table = np.array(rows)
    parts = table[:, len(CATALOGUE) :]
    shared = attributed(examples(table[:, : len(CATALOGUE)].tolist()), parts)
    np.testing.assert_allclose(shared.sum(axis=1), parts.sum(axis=1), atol=1e-9)


@pytest.mark.parametrize(
    ("feature", "value", "told"),
    [
        (CATALOGUE[0], 1234.0, "Reallocated sectors: 1,234"),
        (CATALOGUE[1], 12.0, "Reallocated sectors rose by 12 in 30 days"),
        (CATALOGUE[1], 0.0, "Reallocated sectors did not rise in 30 days"),
        (CATALOGUE[1], None, "Rise of reallocated sectors in 30 days: unknown"),
        (CATALOGUE[4], 400.0, "Age 400 days"),
        (Feature("x", "rise of total written in 30 days", "smart:ata:241", 30, "GiB"), 2.5,
         "Total written rose by 2.5 GiB in 30 days"),
        (Feature("x", "days since pending sectors last changed", "smart:ata:197", None, "days"), 0.0,
         "Pending sectors changed last on that day"),
        (Feature("x", "days since pending sectors last changed", "smart:ata:197", None, "days"), 1.0,
         "Pending sectors changed last 1 day before"),
        (Feature("x", "days since pending sectors last changed", "smart:ata:197", None, "days"), None,
         "Pending sectors never changed"),
        (Feature("maker_x", "made by X", None, None, "0 or 1"), 1.0, "Made by X"),
        (Feature("maker_x", "made by X", None, None, "0 or 1"), 0.0, "Not made by X"),
        (Feature("capacity_log2", "capacity", None, None, "log2(bytes)"), float(np.log2(4e12)), "Capacity 4 TB"),
    ],
)  # fmt: skip
def test_a_reason_is_a_sentence_with_value_and_unit(feature: Feature, value: float | None, told: str) -> None:
    assert statement(feature, value) == told
