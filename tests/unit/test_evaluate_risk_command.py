"""`atoll evaluate risk` as a user runs it: figures under their schema, refusals with reasons, bad input in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from command_line import Atoll
from risk_fleets import write_daily

from app.cli import main

DAILY = ("--format", "backblaze-daily", "--train")
QUICK = ("--models", "count_rule,logistic", "--seeds", "2", "--folds", "3")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("risk")


@pytest.fixture(scope="module")
def atoll(folder: Path) -> Atoll:
    return Atoll(folder / "workspace")


@pytest.fixture(scope="module")
def fleet(folder: Path) -> Path:
    return write_daily(folder / "fleet.parquet", num_drives=200, num_days=200)


@pytest.fixture(scope="module")
def evaluated(atoll: Atoll, fleet: Path) -> dict[str, Any]:
    return atoll.json("evaluate", "risk", "--format", "backblaze-daily", "--train", str(fleet), *QUICK)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The sentence that a user reads; in this process, for a dozen starts of Python take a minute."""
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", "risk", *arguments, "--json"])
    assert stop.value.code == 2
    printed = capsys.readouterr()
    told: str = json.loads(printed.out)["error"]
    assert "\n" not in told
    assert printed.err.startswith("atoll: ")
    return told


def test_only_the_format_and_a_file_are_needed(evaluated: dict[str, Any], folder: Path) -> None:
    names = [model["name"] for model in evaluated["models"]]
    assert evaluated["chosen"] in names
    assert evaluated["reference"] == "R1"
    assert {"R0", "R1", "count_rule", "logistic"} == set(names)
    assert evaluated["horizon_days"] == 30
    assert not (folder / "workspace").exists()


def test_the_chosen_model_is_compared_with_the_reference_first(evaluated: dict[str, Any]) -> None:
    first = evaluated["paired"][0]
    assert (first["a"], first["b"]) == (evaluated["chosen"], "R1")
    figures = {model["name"]: model for model in evaluated["models"]}
    assert first["delta_ap"] == pytest.approx(figures[first["a"]]["ap"] - figures["R1"]["ap"])
    low, high = first["ci"]["delta_ap"]
    assert low <= first["delta_ap"] <= high


def test_a_figure_is_the_mean_of_its_seeds_and_lies_in_its_interval(evaluated: dict[str, Any]) -> None:
    for model in evaluated["models"]:
        assert len(model["per_seed"]) == 2
        for name in ("auc", "ap", "recall"):
            assert model[name] == pytest.approx(sum(seed[name] for seed in model["per_seed"]) / 2)
        assert model["auc_ci"][0] <= model["auc"] <= model["auc_ci"][1]


def test_errors_that_climb_before_failure_are_learnt(evaluated: dict[str, Any]) -> None:
    figures = {model["name"]: model for model in evaluated["models"]}
    chosen = figures[evaluated["chosen"]]
    assert chosen["auc"] > 0.9
    assert chosen["ap"] > 5 * evaluated["base_rate"]
    assert chosen["lead_time_days"] > 0


def test_permuted_labels_teach_nothing(evaluated: dict[str, Any]) -> None:
    control = evaluated["controls"]["permuted_labels"]
    assert control["num"] >= 50
    assert control["ci"][0] <= 0.5 <= control["ci"][1]


def test_two_files_are_the_split(atoll: Atoll, fleet: Path, folder: Path) -> None:
    other = write_daily(folder / "other.parquet", num_drives=120, num_days=200, seed=5)
    found = atoll.json(
        "evaluate", "risk", "--format", "backblaze-daily", "--train", str(fleet), "--test", str(other), *QUICK
    )
    assert found["split"] == "drive+time"
    assert found["embargo_days"] >= 30
    assert found["num_drives"] <= 120


def test_the_same_file_on_both_sides_is_refused_and_told_under_a_warning(atoll: Atoll, fleet: Path) -> None:
    both = ("--format", "backblaze-daily", "--train", str(fleet), "--test", str(fleet), *QUICK)
    error = atoll.json("evaluate", "risk", *both, status=3)
    assert error["reason"] == "overlapping_windows"
    assert error["pairs"][0]["first"].split()[0] == error["pairs"][0]["second"].split()[0]
    result = atoll.run("evaluate", "risk", *both, "--allow-leak")
    assert result.returncode == 0, result.stderr
    assert "warning: this split leaks (overlapping_windows)" in result.stderr
    assert "THIS SPLIT LEAKS" in result.stdout


def test_random_rows_are_refused(atoll: Atoll, fleet: Path) -> None:
    error = atoll.json(
        "evaluate", "risk", "--format", "backblaze-daily", "--train", str(fleet), "--split", "random", status=3
    )
    assert error["reason"] == "overlapping_windows"


def test_drives_copied_under_another_serial_are_refused(atoll: Atoll, fleet: Path, folder: Path) -> None:
    rows = pd.read_parquet(fleet)
    copied = rows[rows["serial_number"] == rows["serial_number"].iloc[0]].assign(serial_number="copy")
    rows.to_parquet(folder / "first.parquet")
    fresh = pd.read_parquet(write_daily(folder / "fresh.parquet", num_drives=80, num_days=200, seed=9))
    pd.concat([fresh, copied]).to_parquet(folder / "second.parquet")
    files = ("--train", str(folder / "first.parquet"), "--test", str(folder / "second.parquet"))
    error = atoll.json("evaluate", "risk", "--format", "backblaze-daily", *files, status=3)
    assert error["reason"] == "near_duplicate_windows"
    assert {error["pairs"][0][side].rsplit(":", 1)[1] for side in ("first", "second")} >= {"copy"}


def test_text_says_what_was_chosen_and_whether_it_is_better(atoll: Atoll, fleet: Path) -> None:
    arguments = ("--format", "backblaze-daily", "--train", str(fleet), "--split", "drive", *QUICK)
    result = atoll.run("evaluate", "risk", *arguments)
    assert result.returncode == 0, result.stderr
    assert "chosen: " in result.stdout
    assert "Against the reference R1 it is " in result.stdout
    assert "control, permuted labels: AUC" in result.stdout


def test_a_file_or_format_that_is_not_there_is_told(
    fleet: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there is no such file" in refused(capsys, *DAILY, str(folder / "nothing.parquet"))
    assert "Did you mean 'backblaze-daily'" in refused(capsys, "--format", "backblaze-dayly", "--train", str(fleet))
    assert "Format 'mapped'" in refused(capsys, "--format", "mapped", "--train", str(fleet))
    text = folder / "table.csv"
    text.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "column 'date' is missing" in refused(capsys, *DAILY, str(fleet), "--test", str(text))


def test_an_option_that_cannot_be_used_is_told(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        (("--horizon-days", "400"), "longer than the follow-up"),
        (("--models", "lightgmb"), "Did you mean 'lightgbm'"),
        (("--models", "R1"), "references alone"),
        (("--train-landmarks", "2024-01-01"), "expected FROM:TO"),
        (("--train-landmarks", "2024-03-01:2024-01-01"), "the end lies before the beginning"),
        (("--split", "drives"), "Did you mean 'drive'"),
        (("--split", "time"), "time is too short"),
        (("--split", "random", "--test", str(fleet)), "leave out --test"),
    ):
        assert said in refused(capsys, *DAILY, str(fleet), *arguments)


def test_a_fleet_that_teaches_nothing_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    healthy = write_daily(folder / "healthy.parquet", num_drives=30, share_failing=0)
    assert "none of its 30 drives fails" in refused(capsys, *DAILY, str(healthy))
    ten = write_daily(folder / "ten.parquet", num_drives=10, share_failing=0.5)
    assert "too few to learn from" in refused(capsys, *DAILY, str(ten))
    failing = write_daily(folder / "failing.parquet", num_drives=20, share_failing=1.1)
    assert "all of its 20 drives fail" in refused(capsys, *DAILY, str(failing))


def test_constant_columns_and_attributes_missing_for_a_model_do_not_stop_it(
    atoll: Atoll, fleet: Path, folder: Path
) -> None:
    rows = pd.read_parquet(fleet)
    rows["smart_5_raw"] = 0.0
    rows.loc[rows["model"] == "ST4000DM", "smart_187_raw"] = None
    rows.to_parquet(folder / "gaps.parquet")
    found = atoll.json(
        "evaluate", "risk", "--format", "backblaze-daily", "--train", str(folder / "gaps.parquet"), *QUICK
    )
    assert found["chosen"] in [model["name"] for model in found["models"]]


@pytest.mark.data
def test_random_rows_of_the_leaky_windows_are_refused_with_pairs(atoll: Atoll, shared_data: Path) -> None:
    leaky = shared_data / "alibaba-windows" / "leaky.csv"
    arguments = ("--format", "alibaba-windows", "--train", str(leaky), "--split", "random")
    error = atoll.json("evaluate", "risk", *arguments, status=3)
    assert error["reason"] == "near_duplicate_windows"
    assert error["pairs"]
    assert "6 of 500 healthy" in error["error"]


@pytest.mark.data
def test_the_drive_split_of_the_windows_is_judged_against_the_forest(atoll: Atoll, shared_data: Path) -> None:
    train = shared_data / "alibaba-windows" / "train.csv"
    arguments = (
        "--format",
        "alibaba-windows",
        "--train",
        str(train),
        "--split",
        "drive",
        "--seeds",
        "1",
        "--folds",
        "2",
    )
    found = atoll.json("evaluate", "risk", *arguments, "--models", "logistic")
    assert found["reference"] == "random_forest"
    assert found["horizon_days"] is None
    assert {model["ece"] for model in found["models"]} == {None}
    names = [part["name"] for part in found["slices"]]
    assert names == ["model B2 (MB2)", "model B3 (MB1)", "ttf = 0 removed", "without ages"]
    assert not found["leak"]
