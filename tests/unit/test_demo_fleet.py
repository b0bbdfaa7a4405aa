"""The demo fleet: seeded, marked synthetic, physically possible, and silent about the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from graph.errors import InputError
from graph.ontology import smart
from ingest.telemetry.demo import healthy_shuffled, planted_mechanisms, write_demo_fleet
from ingest.telemetry.demo.faults import FAULTS
from ingest.telemetry.demo.fleet import Variant
from ingest.telemetry.demo.plan import HEALTHY, MECHANISMS, SUDDEN

SIZE: dict[str, Any] = {"drives": 600, "days": 200}
NOT_ATTRIBUTES = 12
COUNTERS = [
    *(f"ata_{number}" for number in (5, 9, 12, 171, 172, 174, 187, 199, 241, 242)),
    *(f"nvme_{name}" for name in ("data_units_written", "power_on_hours", "unsafe_shutdowns", "media_errors")),
    "nvme_percentage_used",
]


@pytest.fixture(scope="module")
def fleet_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_demo_fleet(tmp_path_factory.mktemp("demo") / "fleet.parquet", **SIZE)


@pytest.fixture(scope="module")
def rows(fleet_file: Path) -> pd.DataFrame:
    return pd.read_parquet(fleet_file).sort_values(["serial", "day"], ignore_index=True)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return planted_mechanisms(**SIZE).set_index("serial")


def test_the_same_seed_gives_the_same_rows_and_another_gives_others(fleet_file: Path, tmp_path: Path) -> None:
    again = write_demo_fleet(tmp_path / "again.parquet", **SIZE)
    other = write_demo_fleet(tmp_path / "other.parquet", **SIZE, seed=1)

    assert pq.read_table(again).equals(pq.read_table(fleet_file))
    assert not pq.read_table(other).equals(pq.read_table(fleet_file))


def test_the_file_is_marked_synthetic_and_so_is_every_model(fleet_file: Path, rows: pd.DataFrame) -> None:
    assert pq.read_schema(fleet_file).metadata[b"atoll.synthetic"] == b"true"
    assert rows.model.str.startswith("SYNTH-").all()
    assert rows.vendor.str.startswith("Synthetic ").all()


def test_the_truth_stands_nowhere_in_the_file(fleet_file: Path) -> None:
    content = fleet_file.read_bytes()
    columns = pq.read_schema(fleet_file).names

    assert not any(mechanism.name.encode() in content for mechanism in MECHANISMS)
    assert "mechanism" not in columns


def test_every_column_beside_the_identity_is_an_attribute_of_the_catalogue(fleet_file: Path) -> None:
    names = pq.read_schema(fleet_file).names[NOT_ATTRIBUTES:]

    assert [n for n in names if smart.key_of(n) is None and smart.normalized_key_of(n) is None] == []


def test_each_drive_has_one_row_a_day_and_fails_at_most_on_its_last(rows: pd.DataFrame, truth: pd.DataFrame) -> None:
    assert not rows.duplicated(["serial", "day"]).any()
    assert rows.serial.nunique() == SIZE["drives"]
    failed = rows[rows.failure == 1].set_index("serial")
    assert set(failed.index) == set(truth.index[truth.failed])
    assert (failed.day == rows.groupby("serial").day.max()[failed.index]).all()


@pytest.mark.parametrize("name", COUNTERS)
def test_counters_never_fall_but_where_a_reset_was_planted(name: str, rows: pd.DataFrame, truth: pd.DataFrame) -> None:
    fell = rows[rows.groupby("serial")[name].diff() < 0].serial.unique()

    assert set(truth.mechanism[fell]) <= {"counter-reset", "firmware-bug"}


def test_each_mechanism_is_planted_and_has_an_effect(truth: pd.DataFrame) -> None:
    assert set(truth.mechanism) == {HEALTHY, *(mechanism.name for mechanism in MECHANISMS)}
    assert {mechanism.name for mechanism in MECHANISMS} == {*FAULTS, SUDDEN}
    sick = truth[truth.mechanism != HEALTHY]
    assert sick.onset_day.notna().all()
    assert truth[truth.mechanism == HEALTHY].onset_day.isna().all()


def test_harmless_errors_are_common_among_healthy_drives(rows: pd.DataFrame, truth: pd.DataFrame) -> None:
    last = rows.groupby("serial").last()
    healthy = last[(truth.mechanism == HEALTHY).reindex(last.index)]

    assert (healthy.ata_5 >= 3).mean() > 0.05
    assert (healthy.ata_199 > 0).mean() > 0.05


def test_warmth_is_autocorrelated_and_seasonal(rows: pd.DataFrame, truth: pd.DataFrame) -> None:
    healthy = rows[rows.serial.isin(truth.index[truth.mechanism == HEALTHY])]
    warmth = healthy.nvme_temperature.fillna(healthy.ata_194)
    by_drive = warmth.groupby(healthy.serial)
    lagged = np.corrcoef(
        *(warmth - by_drive.transform("mean"))[by_drive.shift().notna()].align(
            (by_drive.shift() - by_drive.transform("mean")).dropna(), join="inner"
        )
    )[0, 1]
    by_month = warmth.groupby(pd.to_datetime(healthy.day).dt.month).mean()

    assert lagged > 0.3
    assert by_month[7] > by_month[10]


def test_shuffled_days_leave_no_memory(tmp_path: Path) -> None:
    path = healthy_shuffled(tmp_path / "healthy.parquet", **SIZE)
    rows = pd.read_parquet(path).sort_values(["serial", "day"])
    warmth = rows.nvme_temperature.fillna(rows.ata_194)
    centred = warmth - warmth.groupby(rows.serial).transform("mean")
    lagged = centred.groupby(rows.serial).shift()
    both = lagged.notna()

    assert abs(np.corrcoef(centred[both], lagged[both])[0, 1]) < 0.05
    assert rows.failure.sum() == 0
    assert not any((rows.groupby("serial")[name].diff() < 0).any() for name in COUNTERS)


def test_a_fleet_too_small_for_every_mechanism_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least 200 drives"):
        write_demo_fleet(tmp_path / "fleet.parquet", drives=20)


def test_a_folder_that_is_not_there_is_told_in_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_demo_fleet(tmp_path / "nowhere" / "fleet.parquet", **SIZE)


def test_the_page_names_every_mechanism() -> None:
    page = (Path(__file__).parents[2] / "docs/demo-fleet.md").read_text(encoding="utf-8")

    assert [mechanism.name for mechanism in MECHANISMS if f"`{mechanism.name}`" not in page] == []


def failing(variant: Variant) -> pd.DataFrame:
    planted = planted_mechanisms(drives=4000, variant=variant)
    return planted[planted["failed"]]


def together(failures: pd.DataFrame, place: str) -> float:
    """Share of failures that come within 30 days after another one in the same place."""
    days = pd.to_datetime(failures["last_day"])
    gaps = failures.assign(day=days).sort_values("day").groupby(place)["day"].diff().dt.days
    return float((gaps <= 30).mean())


def test_faults_of_places_kill_neighbours_one_after_another_and_the_control_does_not() -> None:
    correlated, independent = failing("correlated"), failing("independent")
    assert 150 < len(correlated) < 400
    assert abs(len(correlated) - len(independent)) < 0.1 * len(correlated)
    assert together(correlated, "rack") > 3 * together(independent, "rack")
    assert together(correlated, "host") > 4 * together(independent, "host")


def test_drives_that_die_of_a_fault_of_their_place_show_nothing_of_it(tmp_path: Path) -> None:
    planted = planted_mechanisms(**SIZE, variant="correlated")
    hit = planted[planted["mechanism"].isin(["power-feed", "backplane"])]
    assert len(hit) > 5
    plain, faulty = (
        pq.read_table(write_demo_fleet(tmp_path / f"{name}.parquet", **SIZE, variant=name)).to_pandas()
        for name in ("single", "correlated")
    )
    days = faulty.merge(hit[["serial", "last_day"]], on="serial")
    before = days[days["day"] < days["last_day"]].drop(columns=["last_day", "failure"])
    same = before.merge(plain.drop(columns="failure"), how="inner")
    assert len(same) == len(before) > 0
    ends = faulty[faulty["failure"] == 1].set_index("serial")["day"]
    assert (ends.reindex(hit["serial"]).to_numpy() == hit["last_day"].to_numpy()).all()
