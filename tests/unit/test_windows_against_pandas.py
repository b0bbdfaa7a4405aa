"""Windows held against a plain loop over pandas, whatever the readings look like."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.windows import latest_windows, rolling_windows, window_columns

ATTRIBUTES = ("ata_5", "nvme_media_errors")
START = date(2026, 1, 1)

values = st.one_of(
    st.none(),
    st.just(float("nan")),
    st.integers(0, 1000).map(float),
    st.floats(-1e6, 1e6, allow_nan=False, width=32),
    st.integers(2**40, 2**41).map(float),
)


@st.composite
def fleets(draw: st.DrawFn) -> pd.DataFrame:
    rows = []
    for drive in range(draw(st.integers(6, 12))):
        days = draw(st.lists(st.integers(0, 80), min_size=1, max_size=10, unique=True))
        rows += [(f"drive:f:m:{drive}", START + timedelta(day), draw(values), draw(values)) for day in days]
    frame = pd.DataFrame(draw(st.permutations(rows)), columns=["drive_key", "day", *ATTRIBUTES])
    # Several drives an example: building the plan costs far more than running it.
    return frame.astype(dict.fromkeys(ATTRIBUTES, "float64"))


def reference(window: pd.DataFrame) -> dict[str, object]:
    """One window by the words of its definition."""
    window = window.sort_values("day")
    found: dict[str, object] = {
        "first_day": window.day.iloc[0],
        "last_day": window.day.iloc[-1],
        "num_readings": len(window),
    }
    for name in ATTRIBUTES:
        known = window.dropna(subset=name)
        measured = known[name].to_numpy()
        days = np.array([(day - START).days for day in known.day], dtype=float)
        changes = np.diff(measured)
        column = window_columns(name)
        if not len(measured):
            found |= dict.fromkeys(column.values())
            continue
        found |= {
            column["first"]: measured[0],
            column["last"]: measured[-1],
            column["min"]: measured.min(),
            column["max"]: measured.max(),
            column["rise"]: changes[changes > 0].sum(),
            column["slope_per_day"]: np.polyfit(days - days.mean(), measured, 1)[0] if len(measured) > 1 else None,
            column["last_change_day"]: known.day.iloc[np.flatnonzero(changes)[-1] + 1] if changes.any() else None,
            column["num_resets"]: int((changes < 0).sum()),
        }
    return found


def assert_same(row: dict[str, object], expected: dict[str, object], scale: float) -> None:
    for name, wanted in expected.items():
        got = row[name]
        if isinstance(wanted, float | np.floating):
            assert got == pytest.approx(float(wanted), rel=1e-9, abs=1e-11 * scale), name
        else:
            assert got == wanted, name


def scale_of(frame: pd.DataFrame) -> float:
    return 1 + float(np.nanmax(np.abs(frame[list(ATTRIBUTES)].to_numpy()), initial=0))


@settings(max_examples=12, deadline=None)
@given(fleets(), st.integers(1, 40))
def test_latest_windows_equal_the_definition(frame: pd.DataFrame, days: int) -> None:
    rows = latest_windows(ibis.memtable(frame), days=days).to_pyarrow().to_pylist()

    assert len(rows) == frame.drive_key.nunique()
    for row in rows:
        own = frame[frame.drive_key == row["drive_key"]]
        window = own[own.day > own.day.max() - timedelta(days)]
        assert_same(row, reference(window), scale_of(frame))


@settings(max_examples=12, deadline=None)
@given(fleets(), st.integers(1, 40))
def test_rolling_windows_equal_the_definition(frame: pd.DataFrame, days: int) -> None:
    rows = rolling_windows(ibis.memtable(frame), days=days).to_pyarrow().to_pylist()

    assert len(rows) == len(frame)
    for row in rows:
        own = frame[frame.drive_key == row["drive_key"]]
        window = own[(own.day <= row["day"]) & (own.day > row["day"] - timedelta(days))]
        assert_same(row, reference(window), scale_of(frame))


@settings(max_examples=8, deadline=None)
@given(fleets())
def test_content_hash_covers_days_and_values_and_nothing_else(frame: pd.DataFrame) -> None:
    rows = latest_windows(ibis.memtable(frame), days=30).to_pyarrow().to_pylist()
    other_order = frame.sort_values("day")[["nvme_media_errors", "day", "ata_5", "drive_key"]].assign(ata_9=np.nan)
    again = latest_windows(ibis.memtable(other_order), days=30).to_pyarrow().to_pylist()

    hashes = {row["drive_key"]: row["content_sha256"] for row in rows}
    assert {row["drive_key"]: row["content_sha256"] for row in again} == hashes
    for key, digest in hashes.items():
        own = frame[frame.drive_key == key]
        window = own[own.day > own.day.max() - timedelta(30)].sort_values("day")
        lines = []
        for reading in window.itertuples():
            known = [(name, getattr(reading, name)) for name in ATTRIBUTES if not np.isnan(getattr(reading, name))]
            lines.append(str(reading.day) + "".join(f" {name}={value + 0.0:.0f}" for name, value in known))
        if all(value.is_integer() for value in window[list(ATTRIBUTES)].stack()):
            assert digest == hashlib.sha256("\n".join(lines).encode()).hexdigest()
        assert len(digest) == 64
