"""`atoll train risk` and `atoll predict`, as a user runs them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest
from command_line import Atoll
from failing_fleet import daily_rows, write_daily

ROWS = daily_rows(drives=120, days=110)
MODEL = ROWS.loc[ROWS["serial"] == ROWS["serial"].unique()[10], "model"].iloc[0]


@pytest.fixture(scope="module")
def atoll(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Atoll]:
    """A workspace with a fleet that fails, one that does not, one of ten drives, and one drawn by outcome."""
    folder = tmp_path_factory.mktemp("risk")
    atoll = Atoll(folder / "workspace")
    healthy = ROWS.groupby("serial").filter(lambda rows: not rows["failure"].any())
    few = ROWS[ROWS["serial"].isin(ROWS["serial"].unique()[:10])]
    for fleet, rows in (("lab", ROWS), ("spotless", healthy), ("few", few)):
        atoll.json(
            "ingest",
            "telemetry",
            "--format",
            "atoll-daily",
            "--fleet",
            fleet,
            str(write_daily(folder / f"{fleet}.csv", rows)),
        )
    windows = pd.DataFrame(
        {
            "disk_id": range(4),
            "ds": "2019-06-29",
            "model": "MB1",
            "app": "DB",
            "failure_time": ["2019-06-30", "2019-06-30", "", ""],
            "failure": [1, 1, 0, 0],
            "r_5": "[0, 1]",
            "r_9": "[100, 124]",
        }
    )
    windows.to_csv(folder / "windows.csv", index=False)
    atoll.json("ingest", "telemetry", "--format", "alibaba-windows", "--fleet", "drawn", str(folder / "windows.csv"))
    yield atoll
    atoll.run("store", "stop")


def test_predicting_before_training_names_the_command_that_trains(atoll: Atoll) -> None:
    serial = ROWS["serial"].unique()[10]
    for asked in (("fleet", "--fleet", "spotless"), ("drive", f"drive:lab:{MODEL}:{serial}")):
        error = atoll.json("predict", *asked, status=2)["error"]
        assert "no model is trained yet. Run 'atoll train risk --fleet" in error


@pytest.mark.parametrize(
    ("fleet", "told"),
    [
        ("spotless", "so there is nothing to learn"),
        ("few", "expected at least 20 drives"),
        ("drawn", "atoll evaluate risk --format alibaba-windows"),
    ],
)
def test_a_fleet_that_cannot_teach_a_risk_is_refused_in_words(atoll: Atoll, fleet: str, told: str) -> None:
    assert told in atoll.json("train", "risk", "--fleet", fleet, status=3)["error"]


def test_a_horizon_beyond_the_follow_up_and_an_unknown_model_are_bad_input(atoll: Atoll) -> None:
    assert (
        "longer than the follow-up"
        in atoll.json("train", "risk", "--fleet", "lab", "--horizon-days", "365", status=2)["error"]
    )
    assert (
        "Did you mean 'logistic'"
        in atoll.json("train", "risk", "--fleet", "lab", "--model", "logistics", status=2)["error"]
    )


def test_a_fleet_is_trained_predicted_and_explained(atoll: Atoll) -> None:
    training = atoll.json("train", "risk", "--fleet", "lab", "--model", "logistic")
    assert training["is_new"]
    assert training["validation"]["auc"] > 0.6
    card = (atoll.workspace / training["card"]).read_text(encoding="utf-8")
    assert "Never read a date out of it" in " ".join(card.split()) or "never read a date out of it" in card
    assert atoll.json("train", "risk", "--fleet", "lab", "--model", "logistic")["is_new"] is False

    dry = atoll.json("predict", "fleet", "--fleet", "lab", "--dry-run")
    assert dry["risk"] is None
    first = atoll.json("predict", "fleet", "--fleet", "lab", "--limit", "5")
    assert first["forecast"]["nodes_written"] == first["risk"]["num_drives"] == dry["forecast"]["num_drives"]
    assert len(first["risk"]["drives"]) == first["risk"]["num_drives_shown"] == 5
    second = atoll.json("predict", "fleet", "--fleet", "lab", "--limit", "5")
    assert second["forecast"]["nodes_written"] == 0
    assert second["risk"] == first["risk"]
    filtered = atoll.json("predict", "fleet", "--fleet", "lab", "--filter", "model=ST4000DM000")
    assert {row["model"] for row in filtered["risk"]["drives"]} == {"ST4000DM000"}
    assert (
        "no drive has it"
        in atoll.json("predict", "fleet", "--fleet", "lab", "--filter", "rack=none", status=2)["error"]
    )

    worst = first["risk"]["drives"][0]
    drive = atoll.json("predict", "drive", worst["drive"])
    assert drive["p"][drive["horizons_days"].index(30)] == worst["p"]
    assert drive["horizons_days"][-1] == training["supported_days"]
    assert drive["reasons"][0]["contribution"] > 0
    text = atoll.run("predict", "drive", worst["drive"]).stdout
    assert "80 % band" in text
    assert f"the curve stops at {training['supported_days']} days" in text
    assert drive["reasons"][0]["statement"] in text
    shown = atoll.run("predict", "fleet", "--fleet", "lab", "--limit", "3").stdout
    assert "Spares for 95 %" in shown
    assert "showing 3 of" in shown


def test_a_landmark_that_is_no_day_of_the_fleet_is_bad_input(atoll: Atoll) -> None:
    atoll.json("train", "risk", "--fleet", "lab", "--model", "logistic")
    assert (
        "expected a date" in atoll.json("predict", "fleet", "--fleet", "lab", "--landmark", "soon", status=2)["error"]
    )
    late = atoll.json("predict", "fleet", "--fleet", "lab", "--landmark", "2030-01-01", status=2)["error"]
    assert "its data end on" in late
    early = atoll.json("predict", "fleet", "--fleet", "lab", "--landmark", "2020-01-01", status=2)["error"]
    assert "no drive is in service on 2020-01-01" in early
