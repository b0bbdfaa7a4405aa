"""Trained on a stored fleet and stored again as forecasts, on every store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from failing_fleet import daily_rows, write_daily
from stored_graph import whole_graph

from app.analysis.risk_drive import predict_drive
from app.analysis.risk_forecasts import forecast_fleet
from app.analysis.risk_reading import (
    drive_risk,
    drive_risk_history,
    fleet_risk,
    is_forecast_stale,
    model_cards,
    works_on_attributes,
)
from app.analysis.risk_training import train_risk
from graph.errors import InputError, StoreError
from graph.ontology.shacl import violations
from graph.ports import GraphStore
from graph.projection import training_projection
from graph.readings import ReadingsLake
from ingest.telemetry.pipeline import ingest_telemetry

Raw = Callable[..., list[dict[str, Any]]]
FLEET = "lab"
ROWS = daily_rows()
LAST_DAY: date = ROWS["day"].max()


def ingest(store: GraphStore, folder: Path, rows: pd.DataFrame, name: str) -> ReadingsLake:
    lake = ReadingsLake(folder / "readings")
    source = write_daily(folder / f"{name}.csv", rows)
    ingest_telemetry([source], "atoll-daily", FLEET, store=store, lake=lake, workspace=folder)
    return lake


@pytest.fixture
def lake(store: GraphStore, tmp_path: Path) -> ReadingsLake:
    """The fleet, but for its last week."""
    return ingest(store, tmp_path, ROWS[ROWS["day"] <= LAST_DAY - timedelta(days=7)], "first")


def test_a_fleet_is_trained_forecast_and_read(store: GraphStore, lake: ReadingsLake, tmp_path: Path, raw: Raw) -> None:
    before = training_projection(store, FLEET).sha256
    training = train_risk(store, lake, tmp_path, model="logistic")
    assert training.is_new
    assert training.trained_until == LAST_DAY - timedelta(days=7)
    report = forecast_fleet(store, lake, tmp_path)
    assert report.landmark == LAST_DAY - timedelta(days=7)
    assert report.num_drives > 100

    risk = fleet_risk(store, None)
    assert risk is not None
    assert (risk.run, risk.num_drives, risk.is_stale) == (training.run, report.num_drives, False)
    assert risk.drives["p"].is_monotonic_decreasing
    assert risk.expected_failures == pytest.approx(risk.drives["p"].sum())
    assert risk.low <= risk.expected_failures <= risk.high
    assert sum(item.num_drives for item in risk.spares) == risk.num_drives
    assert sum(cell.expected_failures for cell in risk.heat) == pytest.approx(risk.expected_failures)
    assert all(item.low <= item.spares for item in risk.spares)
    one_rack = fleet_risk(store, FLEET, {"rack": "rack-3", "verdict": "red"})
    assert one_rack is not None
    assert set(one_rack.drives["rack"]) == {"rack-3"}
    by_rack = store.query("risk_by_rack", {"model_run": risk.run, "landmark": risk.landmark}).records()
    cells = {(cell.rack, cell.model): cell.expected_failures for cell in risk.heat}
    assert {(row["name"], row["model"]): pytest.approx(row["expected_failures"]) for row in by_rack} == cells

    worst = str(risk.drives.index[0])
    own = drive_risk(store, worst)
    assert own is not None
    assert own.p[own.horizons_days.index(30)] == risk.drives["p"].iloc[0]
    assert own.trend_p[-1] == risk.drives["p"].iloc[0]
    assert len(own.trend_p) == len(own.trend_landmarks) == 12
    assert (np.diff(own.p) >= 0).all()
    assert any(reason.attribute in ("smart:ata:5", "smart:ata:187") for reason in own.reasons)
    assert own.reasons[0].contribution == max(reason.contribution for reason in own.reasons)
    failed_soon = set(ROWS.loc[(ROWS["failure"] == 1) & (ROWS["day"] > own.landmark), "serial"])
    assert failed_soon <= set(risk.drives["serial"].head(60))

    assert violations(whole_graph(raw)) == []
    assert store.check() == []
    # No model trains on its own output.
    assert training_projection(store, FLEET).sha256 == before
    again = train_risk(store, lake, tmp_path, model="logistic")
    assert (again.run, again.is_new) == (training.run, False)
    (card,) = model_cards(tmp_path)
    assert (card.run, card.num_failures, card.base_rate) == (training.run, training.num_failures, training.base_rate)
    assert f"Base rate {100 * card.base_rate:.3g} %" in (tmp_path / training.card).read_text(encoding="utf-8")


def test_asking_twice_adds_nothing_and_new_days_keep_the_old_forecasts(
    store: GraphStore, lake: ReadingsLake, tmp_path: Path
) -> None:
    train_risk(store, lake, tmp_path, model="count_rule")
    dry = forecast_fleet(store, lake, tmp_path, dry_run=True)
    version = store.version()
    assert (dry.is_dry_run, dry.nodes_written, fleet_risk(store, FLEET)) == (True, 0, None)
    first = forecast_fleet(store, lake, tmp_path)
    assert first.nodes_written == first.num_drives == dry.num_drives
    assert store.version() == version + 1
    second = forecast_fleet(store, lake, tmp_path)
    assert (second.nodes_written, second.relationships_written, second.num_drives) == (0, 0, first.num_drives)
    assert store.version() == version + 1
    (worst,) = fleet_risk(store, FLEET).drives.index[:1]  # type: ignore[union-attr]
    assert len(drive_risk_history(store, worst)) == 1
    window = "MATCH (:RiskForecast)-[:RESTS_ON]->(w) RETURN count(DISTINCT w)"
    num_windows = store.query_free(window).scalar()
    assert num_windows == first.num_drives

    ingest(store, tmp_path, ROWS[ROWS["day"] > LAST_DAY - timedelta(days=14)], "second")
    assert is_forecast_stale(store, FLEET)
    stale = drive_risk(store, worst)
    assert stale is not None
    assert any("Data came in after this forecast" in note for note in stale.notes)
    assert store.query_free(window).scalar() == num_windows  # what a forecast rests on outlives newer windows
    third = forecast_fleet(store, lake, tmp_path)
    assert third.landmark == LAST_DAY
    assert not is_forecast_stale(store, FLEET)
    living = str(fleet_risk(store, FLEET).drives.index[0])  # type: ignore[union-attr]
    changes = drive_risk_history(store, living)
    assert [change.landmark for change in changes] == [LAST_DAY - timedelta(days=7), LAST_DAY]
    earlier = fleet_risk(store, FLEET, landmark=LAST_DAY - timedelta(days=7))
    assert earlier is not None
    assert earlier.num_drives == first.num_drives


def test_a_forecast_of_a_past_day_is_what_it_would_have_been_then(
    store: GraphStore, lake: ReadingsLake, tmp_path: Path
) -> None:
    train_risk(store, lake, tmp_path, model="count_rule")
    then = LAST_DAY - timedelta(days=7)
    forecast_fleet(store, lake, tmp_path)
    before = fleet_risk(store, FLEET, landmark=then)
    ingest(store, tmp_path, ROWS[ROWS["day"] > then], "second")
    forecast_fleet(store, lake, tmp_path, landmark=then)
    after = fleet_risk(store, FLEET, landmark=then)
    assert before is not None
    assert after is not None
    pd.testing.assert_frame_equal(before.drives, after.drives)


def test_a_forecast_that_is_killed_leaves_nothing_visible_and_is_made_whole_by_the_next(
    store: GraphStore, lake: ReadingsLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_risk(store, lake, tmp_path, model="count_rule")
    monkeypatch.setattr("app.analysis.risk_forecasts.DRIVES_A_BATCH", 50)

    def killed(*arguments: Any, **named: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "complete_run", killed)
        with pytest.raises(KeyboardInterrupt):
            forecast_fleet(store, lake, tmp_path)
    assert len(store.incomplete_runs()) == 1
    assert fleet_risk(store, FLEET) is None
    assert store.query("model_runs").rows
    report = forecast_fleet(store, lake, tmp_path)
    risk = fleet_risk(store, FLEET)
    assert risk is not None
    assert risk.num_drives == report.num_drives
    assert store.incomplete_runs() == []
    assert store.check() == []


def test_a_training_that_is_killed_leaves_no_model(
    store: GraphStore, lake: ReadingsLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("gnn.health.artifact.save", killed)
        with pytest.raises(KeyboardInterrupt):
            train_risk(store, lake, tmp_path, model="count_rule")
    assert store.query("model_runs").rows == []
    assert model_cards(tmp_path) == []
    with pytest.raises(InputError, match=r"no model is trained yet\. Run 'atoll train risk --fleet lab'"):
        forecast_fleet(store, lake, tmp_path)
    assert train_risk(store, lake, tmp_path, model="count_rule").is_new
    assert len(store.query("model_runs").rows) == 1
    assert store.check() == []


def test_the_model_trained_last_forecasts_and_another_file_in_its_place_is_refused(
    store: GraphStore, lake: ReadingsLake, tmp_path: Path
) -> None:
    rule = train_risk(store, lake, tmp_path, model="count_rule")
    other = train_risk(store, lake, tmp_path, model="logistic")
    assert forecast_fleet(store, lake, tmp_path).run == other.run
    train_risk(store, lake, tmp_path, model="count_rule")
    assert is_forecast_stale(store, FLEET)
    assert forecast_fleet(store, lake, tmp_path).run == rule.run
    model = tmp_path / "models" / rule.run.removeprefix("model-run:") / "model.json"
    model.write_text(model.read_text().replace('"count_rule"', '"logistic"'))
    with pytest.raises(StoreError, match=r"its checksum differs.*train again"):
        forecast_fleet(store, lake, tmp_path, dry_run=True)


def test_a_drive_is_asked_by_its_serial_and_one_that_failed_says_so(
    store: GraphStore, lake: ReadingsLake, tmp_path: Path
) -> None:
    train_risk(store, lake, tmp_path, model="logistic")
    gone = ROWS.loc[(ROWS["failure"] == 1) & (ROWS["day"] < LAST_DAY - timedelta(days=20)), "serial"].iloc[0]
    with pytest.raises(InputError, match="there is no forecast of it: the drive failed on"):
        predict_drive(store, lake, tmp_path, gone)
    living = next(
        serial for serial in ROWS["serial"].unique() if not ROWS.loc[ROWS["serial"] == serial, "failure"].any()
    )
    risk = predict_drive(store, lake, tmp_path, living)
    assert risk.serial == living
    assert replace(risk, notes=[]) == replace(drive_risk(store, risk.drive), notes=[])  # type: ignore[type-var]


def test_works_are_counted_once_however_many_assertions_they_hold(
    store: GraphStore, make_fleet: Any, write_run: Any, fingerprint: str
) -> None:
    write_run(store, make_fleet(["S1", "S2"]), fingerprint, fleet="demo")
    found = store.query("evidence_for_attribute", {"attribute": "smart:ata:5"}).records()
    works = {row["work"] for row in found if row["work"]}
    assert works_on_attributes(store)["smart:ata:5"] == len(works) > 0
