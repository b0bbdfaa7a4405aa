"""When wear runs out: the interval covers what comes, on simulated drives whose end is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from rule_fleets import DAYS, found

from app.analysis.projection import wear_out
from graph.ontology.model import Severity

Floats = npt.NDArray[np.float64]
SEEN_DAYS, EARLIER_DAYS, LATER_DAYS = 120, 900, 1300


def synthetic(
    seed: int, *, num_drives: int = 400, variation: float, persistence: float, left_days: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """Synthetic drives, written more on some days than on others, less at the weekend, and worn in proportion.

    Args:
        seed: Of the random numbers.
        num_drives: How many.
        variation: Coefficient of variation of a day's writes.
        persistence: Correlation of a day with the day before.
        left_days: Between how many days from the last reading wear reaches 100 %.

    Returns:
        Wear in percent (not rounded) and written data of the days seen, and the days left.
    """
    random = np.random.default_rng(seed)
    total = EARLIER_DAYS + LATER_DAYS
    state = np.zeros((num_drives, total))
    shocks = random.normal(size=state.shape) * np.sqrt(1 - persistence**2)
    for day in range(1, total):
        state[:, day] = persistence * state[:, day - 1] + shocks[:, day]
    sigma = np.sqrt(np.log(1 + variation**2))
    weekend = np.where(np.arange(total) % 7 >= 5, 0.5, 1.0)
    written = np.cumsum(np.exp(sigma * state - sigma**2 / 2) * weekend, axis=1)
    left = random.uniform(*left_days, size=num_drives)
    last = EARLIER_DAYS - 1
    at_end = np.array([np.interp(last + days, np.arange(total), row) for days, row in zip(left, written, strict=True)])
    wear = 100 * written / at_end[:, None]
    seen = slice(EARLIER_DAYS - SEEN_DAYS, EARLIER_DAYS)
    return wear[:, seen], written[:, seen], left


@pytest.mark.parametrize("rounding", [np.floor, np.ceil])
@pytest.mark.parametrize("with_writes", [True, False])
@pytest.mark.parametrize(
    ("variation", "persistence", "left_days"),
    [(0.3, 0.0, (20, 500)), (0.5, 0.5, (20, 400)), (0.8, 0.8, (20, 400)), (0.5, 0.8, (10, 60))],
)
def test_ninety_percent_intervals_cover_at_least_what_they_say(
    variation: float, persistence: float, left_days: tuple[int, int], with_writes: bool, rounding: np.ufunc
) -> None:
    wear, written, left = synthetic(7, variation=variation, persistence=persistence, left_days=left_days)
    told = wear_out(rounding(wear), written if with_writes else None)
    known = np.isfinite(told.early_days)
    assert known.mean() >= (0.8 if with_writes else 0.05)
    covered = (told.early_days <= left) & (left <= told.late_days)
    assert covered[known].mean() >= 0.9


def test_weeks_of_heavy_writing_cost_some_coverage_but_not_much() -> None:
    wear, written, left = synthetic(7, num_drives=1000, variation=1.0, persistence=0.9, left_days=(20, 400))
    told = wear_out(np.floor(wear), written)
    assert ((told.early_days <= left) & (left <= told.late_days)).mean() >= 0.85


def test_intervals_say_something() -> None:
    """An interval that covers because it is as wide as a life is of no use."""
    wear, written, left = synthetic(3, variation=0.5, persistence=0.5, left_days=(150, 400))
    told = wear_out(np.floor(wear), written)
    width = (told.late_days - told.early_days) / left
    assert np.nanmedian(width) < 1.25
    assert (told.late_days > told.early_days).all()


def test_nothing_is_said_of_too_little() -> None:
    wear, written, _ = synthetic(5, num_drives=20, variation=0.5, persistence=0.5, left_days=(100, 300))
    used = np.floor(wear)
    short = used.copy()
    short[:, :80] = np.nan
    rare = np.full_like(used, np.nan)
    rare[:, ::5] = used[:, ::5]
    assert np.isnan(wear_out(short, np.where(np.isnan(short), np.nan, written)).early_days).all()
    assert np.isnan(wear_out(rare, np.where(np.isnan(rare), np.nan, written)).early_days).all()
    assert np.isnan(wear_out(np.full_like(used, 50.0)).early_days).all()
    assert np.isnan(wear_out(np.full_like(used, 103.0), written).early_days).all()
    falling = written.copy()
    falling[:, 60:] -= written[:, 60:61]
    assert np.isnan(wear_out(np.floor(wear[:, :1]) + 0 * used, falling).early_days).all()


def test_missing_days_do_not_change_the_rate() -> None:
    wear, written, left = synthetic(11, variation=0.3, persistence=0.3, left_days=(100, 300))
    gaps = np.random.default_rng(0).random(wear.shape) < 0.3
    told = wear_out(np.where(gaps, np.nan, np.floor(wear)), np.where(gaps, np.nan, written))
    known = np.isfinite(told.early_days)
    assert known.mean() > 0.8
    assert ((told.early_days <= left) & (left <= told.late_days))[known].mean() >= 0.9


def drive(percent_a_day: float, used: float, **more: object) -> dict[str, object]:
    """A drive with readings on 60 days, whose wear and writes both grow steadily."""
    days = np.arange(DAYS) - (DAYS - 1)
    wear = used + percent_a_day * days
    return {"nvme_percentage_used": np.floor(wear), "nvme_data_units_written": np.floor(1e6 * wear), **more}


@pytest.mark.parametrize(
    ("percent_a_day", "used", "severity"),
    [(0.2, 95.5, Severity.RED), (0.2, 70.5, Severity.AMBER), (0.2, 40.5, None), (0.01, 60.5, None)],
)
def test_the_early_end_of_the_range_decides(percent_a_day: float, used: float, severity: Severity | None) -> None:
    findings = found({"d": drive(percent_a_day, used)})
    finding = findings.get("d wear-out-date")
    assert (finding and finding.severity) is severity
    if finding:
        assert finding.statement.count("between 2026-") == 1
        assert "90 % interval" in finding.statement
        assert "d wear" not in findings  # the range says more than the level
