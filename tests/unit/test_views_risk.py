"""What the pages draw of forecasts and model cards, with no browser and no store."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from drawn_pages import drawn, text_of
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.analysis.results import FleetOverview, HeatCell
from app.analysis.risk_results import DriveRisk, FleetRisk, NeighbourReason, RiskCell, RiskReason, SpareDemand
from app.views import drive_risk, fleet_risk, fleet_risk_charts, formats, model_charts, risk_charts
from gnn.health.card import FeatureRow, ModelCard, ModelRow, ReliabilityRow

LANDMARK = date(2026, 11, 21)
HORIZONS = [7, 14, 30, 60, 90, 120, 150, 180]
WEEKS = [LANDMARK - timedelta(days=7 * back) for back in range(11, -1, -1)]


def forecast(**changes: Any) -> DriveRisk:
    p = [1 - math.exp(-0.0014 * days) for days in HORIZONS]
    whole = DriveRisk(
        key="forecast:run:drive", drive="drive:lab:MB2:S1", serial="S1", fleet="lab", synthetic=True, run="model:lab:1",
        model="lightgbm", landmark=LANDMARK, horizons_days=HORIZONS, p=p, low=[0.5 * x for x in p],
        high=[1.7 * x for x in p], trend_landmarks=WEEKS, trend_p=[0.004 + 0.003 * n for n in range(12)],
        reasons=[
            RiskReason("a", "Reported uncorrectable errors rose by 12 in 30 days", "smart:ata:187", 12.0, "errors",
                       1.32, 5),
            RiskReason("b", "Age is **4.2** years", "smart:ata:9", 1533.0, "days", -0.4, 0),
            RiskReason("c", "Its maker is not known", None, None, "", 0.001),
        ],
        neighbours=[
            NeighbourReason("drive:lab:MB2:S7", "Drive", "S7", "Drive RUNS_ON Host RUNS_ON Drive",
                            "Drive S7 in the same host failed 6 days before", 0.5),
            NeighbourReason("rack:lab:R-1", "Rack", "lab-R 1", "Drive RUNS_ON Host IN_RACK Rack", "3 of 40 failed",
                            0.2),
            NeighbourReason("host:lab:h1", "Host", "h1", "Drive RUNS_ON Host", "2 of 8 failed", 0.1),
        ],
        base_rate=0.0034, horizon_days=30, notes=["The drive's model was *unseen* in training."],
    )  # fmt: skip
    return replace(whole, **changes)


def fleet_forecast(**changes: Any) -> FleetRisk:
    drives = pd.DataFrame(
        {
            "serial": ["S1", "S2", "S3"], "model": "MB2", "rack": ["R-1", "R-2", None], "p": [0.4, 0.2, 0.001],
            "low": [0.2, 0.1, 0.0], "high": [0.6, 0.3, 0.004], "top_reason": ["errors rose", "old", None],
            "trend": [[0.1, 0.4], [0.2], [0.001, 0.001]],
        },
        index=pd.Index(["drive:lab:MB2:S1", "drive:lab:MB2:S2", "drive:lab:MB2:S3"], name="drive_key"),
    )  # fmt: skip
    whole = FleetRisk(
        fleet="lab", synthetic=True, run="model:lab:1", model="lightgbm", landmark=LANDMARK, horizon_days=30,
        num_drives=200, expected_failures=2.4, low=1, high=4, drives=drives,
        heat=[RiskCell("R-1", "MB2", 10, 0.4, 0.04), RiskCell("R-2", "MB2", 2, 0.3, 0.15)],
        spares=[SpareDemand("MB2", 3_840_000_000_000, 150, 2.0, 1, 4, 5), SpareDemand("MC1", None, 50, 0.4, 0, 1, 2)],
    )  # fmt: skip
    return replace(whole, **changes)


def overview() -> FleetOverview:
    return FleetOverview(
        fleet="lab", synthetic=True, sentence="Nothing turned red.", drives=200, racks=2, models=2, afr_percent=1.06,
        afr_low=0.66, afr_high=1.63, afr_reason=None, failures=21, red=1, amber=1, new_red=0, stale=0, stale_hours=48,
        weeks=[], drives_series=[200.0], afr_series=[], red_series=[], stale_series=[],
        heat=[HeatCell("R-1", "MB2", 10, 3, 0.3)], hot_spot=None, store_version=3, data_time=LANDMARK,
        rule_base_version="1.0.0", num_rules=20,
    )  # fmt: skip


def table(verdicts: list[str], answers: list[str | None] | None = None) -> pd.DataFrame:
    serials = [f"S{n}" for n in range(1, len(verdicts) + 1)]
    return pd.DataFrame(
        {
            "verdict": verdicts, "drive_key": [f"drive:lab:MB2:{serial}" for serial in serials], "serial": serials,
            "model": "MB2", "rack": "R-1", "top_reason": "finding", "open_for_days": 2, "trend": [[1.0, 2.0]] * 3,
            "answer": answers or [None] * len(verdicts), "status": "in service",
        }
    )  # fmt: skip


def charts_of(app: AppTest) -> list[str]:
    return [json.dumps(json.loads(item.proto.spec)) for item in app.get("vega_lite_chart")]


def draw_drive_risk(risk: object, failure_day: object) -> None:
    from app.views import drive_risk

    drive_risk.draw(risk, failure_day)  # type: ignore[arg-type]


def draw_fleet_risk(risk: object) -> None:
    from app.views import fleet_risk

    fleet_risk.draw(risk)  # type: ignore[arg-type]


def draw_overview(whole: object, drives: object, risk: object) -> None:
    from app.views import overview

    overview.draw(whole, "lab", drives, risk)  # type: ignore[arg-type]


def draw_drives(whole: object, risk: object) -> None:
    from app.views import fleet, reading

    fleet.draw_drives(reading.Fleet("fleet:lab", "lab", True, 3), whole, risk)  # type: ignore[arg-type]


def draw_card(card: object) -> None:
    from app.views import models

    models.draw(card)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0412, "4.1 %"), (0.07, "7.0 %"), (0.123, "12 %"), (0.00034, "0.034 %"), (0.0999, "10 %"), (1.0, "100 %"),
     (0.0, "0 %"), (1e-7, "under 0.001 %"), (None, ""), (float("nan"), "")],
)  # fmt: skip
def test_probabilities_keep_two_figures(share: float | None, text: str) -> None:
    assert formats.probability(share) == text


@given(st.floats(1e-5, 1.0))
def test_a_probability_as_text_is_the_probability_within_five_percent_of_itself(share: float) -> None:
    told = float(formats.probability(share).removesuffix(" %")) / 100
    assert told == pytest.approx(share, rel=0.051)


def test_the_risk_is_told_in_words_with_its_band_and_the_average() -> None:
    assert drive_risk.in_words(forecast()) == (
        "**4.1 %** within 30 days, 12 times the fleet's average, 80 % band 2.1 to 7.0 %"
    )


def test_a_curve_shorter_than_the_trained_horizon_tells_the_horizon_that_it_reaches() -> None:
    short = forecast(horizons_days=[7, 14], p=[0.01, 0.02], low=[0.005, 0.01], high=[0.02, 0.04])
    assert drive_risk.in_words(short).startswith("**2.0 %** within 14 days, 13 times")


def test_the_drive_page_shows_the_curve_where_it_stops_and_why() -> None:
    app = drawn(draw_drive_risk, forecast(), None)
    shown = text_of(app)
    assert "The data support 180 days; beyond them no figure is given." in shown
    assert r"The drive's model was \*unseen\* in training." in shown
    curve, weeks, contributions = charts_of(app)
    assert "Days after 2026-11-21" in curve
    assert "Probability of failure" in curve
    assert "Day of the forecast" in weeks
    assert "Added to the log-odds of failure" in contributions


def test_a_curve_never_goes_beyond_the_supported_horizon() -> None:
    chart, alternative = risk_charts.curve_chart(forecast())
    rows = [row for data in chart.to_dict()["datasets"].values() for row in data]
    assert max(row["days"] for row in rows) == 180
    assert "180 days, where the curve ends because the data support no longer horizon" in alternative


def test_reasons_say_what_they_do_with_their_attribute_and_its_literature() -> None:
    shown = text_of(drawn(draw_drive_risk, forecast(), None))
    assert shown.count("Raises]") == 4  # the first reason and three neighbours
    assert shown.count("Lowers]") == 1
    assert shown.count("No effect]") == 1
    assert "[Literature on this attribute](literature?concept=smart%3Aata%3A187), 5 Works" in shown
    assert r"1\. Reported uncorrectable errors rose by 12 in 30 days" in shown
    assert r"2\. Age is \*\*4.2\*\* years" in shown
    assert "no literature on this attribute" in shown
    assert "not a SMART attribute" in shown


def test_neighbours_link_to_their_pages_where_they_have_one() -> None:
    shown = text_of(drawn(draw_drive_risk, forecast(), None))
    assert "Drive [S7](drive?fleet=lab&id=drive%3Alab%3AMB2%3AS7)" in shown
    assert "Rack [R 1](fleet?fleet=lab&rack=lab-R+1)" in shown
    assert "Host h1 · " in shown


def test_the_model_run_is_cited_and_links_to_its_card() -> None:
    shown = text_of(drawn(draw_drive_risk, forecast(), None))
    assert r"Model run [model\:lab\:1](models?run=model%3Alab%3A1)" in shown
    assert "Nothing after 2026-11-21 was looked at." in shown


def test_a_forecast_of_a_failed_drive_is_told_as_one_from_before() -> None:
    shown = text_of(drawn(draw_drive_risk, forecast(), date(2026, 11, 25)))
    assert "It is the last forecast before its end of service on 2026-11-25." in shown


def test_a_model_that_cannot_explain_itself_says_so() -> None:
    shown = text_of(drawn(draw_drive_risk, forecast(reasons=[], neighbours=[], trend_p=[0.01],
                                                   trend_landmarks=[LANDMARK]), None))  # fmt: skip
    assert "This model cannot say" in shown
    assert "too briefly for earlier forecasts" in shown


def test_the_fleet_shows_expected_failures_spares_and_the_map() -> None:
    app = drawn(draw_fleet_risk, fleet_forecast())
    shown = text_of(app)
    assert "**2.4** failures expected within 30 days of 2026-11-21, 80 % interval **1 to 4**, of 200 drives" in shown
    spares = app.dataframe[0].value
    assert spares["spares"].tolist() == [5, 2]
    assert spares["interval"].tolist() == ["1 to 4", "0 to 1"]
    assert spares["capacity"].tolist()[0] == pytest.approx(3.84)
    assert any("Rack" in chart and "expected_failures" in chart for chart in charts_of(app))


def test_a_fleet_without_racks_has_no_map_and_keeps_its_spares() -> None:
    app = drawn(draw_fleet_risk, fleet_forecast(heat=[], is_stale=True, notes=["Data came *in* after this."]))
    assert len(charts_of(app)) == 1
    assert r"Data came \*in\* after this." in text_of(app)


def test_where_no_drive_kept_by_the_filters_has_a_forecast_that_is_said() -> None:
    bare = fleet_forecast(num_drives=0, expected_failures=0.0, drives=fleet_forecast().drives.iloc[:0], heat=[],
                          spares=[])  # fmt: skip
    app = drawn(draw_fleet_risk, bare)
    assert "None of these drives is in service and has a forecast." in text_of(app)
    assert fleet_risk.with_risk(table(["red", "green", "green"]), bare)["risk"].isna().all()


def test_racks_are_ordered_by_what_the_map_shows_and_cut_to_the_worst() -> None:
    cells = [RiskCell("big", "M", 100, 1.0, 0.01), RiskCell("small", "M", 2, 0.5, 0.25)]
    assert fleet_risk_charts.worst_racks(cells, "expected_failures") == ["big", "small"]
    assert fleet_risk_charts.worst_racks(cells, "mean_p") == ["small", "big"]
    many = [RiskCell(f"r{n}", "M", 1, n / 100, n / 100) for n in range(40)]
    chart, _ = fleet_risk_charts.heat_chart(many, "lab", 30, "mean_p")
    assert len(next(iter(chart.to_dict()["datasets"].values()))) == fleet_risk_charts.WORST_RACKS


def test_a_high_risk_needs_attention_whatever_the_verdict_and_red_comes_first() -> None:
    listed = fleet_risk.needing_attention(table(["green", "red", "green"]), fleet_forecast())
    assert listed["serial"].tolist() == ["S2", "S1"]
    calm = fleet_risk.needing_attention(table(["green", "amber", "green"]), fleet_forecast(expected_failures=20.0))
    assert calm["serial"].tolist() == ["S2"]
    uncertain = fleet_forecast()
    uncertain.drives["low"] = 0.0
    assert fleet_risk.needing_attention(table(["green", "red", "green"]), uncertain)["serial"].tolist() == ["S2"]


def test_drives_without_a_forecast_keep_their_place_with_no_made_up_risk() -> None:
    risk = fleet_forecast()
    joined = fleet_risk.with_risk(table(["red", "red", "red"]), replace(risk, drives=risk.drives.iloc[:1]))
    assert joined["risk"].isna().tolist() == [False, True, True]
    assert joined["risk_trend"].tolist() == [[0.1, 0.4], [], []]


def test_the_overview_with_a_forecast_shows_expected_failures_risk_and_band() -> None:
    risk = fleet_forecast()
    listed = fleet_risk.needing_attention(table(["red", "amber", "green"]), risk)
    app = drawn(draw_overview, overview(), listed, risk)
    assert [(metric.label, metric.value) for metric in app.metric] == [
        ("Drives", "200"), ("Expected failures", "2.4"), ("Red drives", "1"), ("Stale drives", "0"),
    ]  # fmt: skip
    assert app.metric[1].delta == "1 to 4 in 30 d"
    shown = app.dataframe[0].value
    assert shown["risk"].tolist() == pytest.approx([40.0, 20.0])
    assert shown["band"].tolist() == ["20 to 60 %", "10 to 30 %"]
    assert "Red first, then by risk, showing 2 of 2 drives" in text_of(app)
    assert "mean_p" in charts_of(app)[0]


def test_the_overview_without_a_model_keeps_the_failure_rate_and_says_how_to_get_one() -> None:
    app = drawn(draw_overview, overview(), table(["red", "amber", "amber"]), None)
    assert app.metric[1].label == "Failure rate a year"
    assert "`atoll train risk`" in text_of(app)
    assert "`atoll predict fleet`" in text_of(app)


def test_expected_failures_week_by_week_end_with_what_the_drives_sum_to() -> None:
    weeks = fleet_risk.expected_by_week(fleet_forecast())
    assert weeks == pytest.approx([0.101, 0.601])


@pytest.mark.parametrize(("highest", "top"), [(0.3, 1.0), (1.4, 2.0), (41.0, 50.0), (100.0, 100.0), (math.nan, 100.0)])
def test_risk_bars_end_at_the_round_number_above_the_highest(highest: float, top: float) -> None:
    assert fleet_risk.bar_top(pd.Series([highest, math.nan])) == top


@settings(max_examples=25, deadline=None)
@given(
    p=st.lists(st.floats(0, 1), min_size=1, max_size=8),
    base_rate=st.floats(0, 0.5),
    days=st.integers(1, 400),
)
def test_a_curve_of_any_forecast_has_axes_and_an_alternative(p: list[float], base_rate: float, days: int) -> None:
    rising = sorted(p)
    risk = forecast(horizons_days=[days * n for n in range(1, len(p) + 1)], p=rising, low=rising, high=rising,
                    base_rate=base_rate)  # fmt: skip
    spec = json.dumps(risk_charts.curve_chart(risk)[0].to_dict())
    assert "Days after" in spec
    assert "NaN" not in spec
    assert drive_risk.in_words(risk).startswith("**")


def test_the_fleets_drives_are_ordered_by_verdict_or_by_risk() -> None:
    risk = fleet_forecast()
    empty = dict.fromkeys(("host", "application", "firmware", "last_reading", "failure_day"))
    numbers = dict.fromkeys(("capacity_bytes", "age_days", "wear_percent", "temperature_celsius", "reallocated"))
    drives = table(["red", "green", "green"]).assign(**empty, **numbers).iloc[[2, 1, 0]]
    app = drawn(draw_drives, fleet_risk.with_risk(drives, risk), risk)
    assert app.dataframe[0].value["Risk"].tolist() == pytest.approx([0.1, 20.0, 40.0])
    assert "worst first" in text_of(app)
    app.button_group[0].set_value("Risk").run()
    assert not app.exception
    assert app.dataframe[0].value["Risk"].tolist() == pytest.approx([40.0, 20.0, 0.1])
    assert app.dataframe[0].value["80 % band"].tolist() == ["20 to 60 %", "10 to 30 %", "0 to 0.40 %"]
    assert "highest risk first" in text_of(app)


def test_without_a_forecast_the_fleets_table_has_no_risk_and_no_choice_of_order() -> None:
    empty = dict.fromkeys(("host", "application", "firmware", "last_reading", "failure_day"))
    numbers = dict.fromkeys(("capacity_bytes", "age_days", "wear_percent", "temperature_celsius", "reallocated"))
    app = drawn(draw_drives, table(["red", "green", "green"]).assign(**empty, **numbers), None)
    assert "Risk" not in app.dataframe[0].value
    assert len(app.button_group) == 0


def card(**changes: Any) -> ModelCard:
    chosen = ModelRow("lightgbm", 0.112, (0.09, 0.13), 0.8, (0.78, 0.82), 0.0006, 1.02, 0.97, True, False)
    baseline = ModelRow("count_rule", 0.06, None, 0.7, None, None, None, None, False, True)
    refused = ModelRow("graph", None, None, None, None, None, None, None, False, False, "*not* better than no graph")
    whole = ModelCard(
        run="model:lab:1", model="lightgbm", fleet="lab", synthetic=True,
        trained_at=datetime(2026, 11, 22, 6, 10, tzinfo=UTC), horizon_days=30, first_landmark=date(2026, 3, 1),
        last_landmark=date(2026, 10, 1), cut=date(2026, 10, 31), num_drives=2000, num_failures=43, num_examples=14000,
        base_rate=0.0034, why="It has the highest average precision.", validation="By drive, five folds.",
        calibration="platt", follow_up_days=180, models=[chosen, baseline, refused],
        reliability=[ReliabilityRow(0.0002, 0.0, 0.0, 0.0006, 5000), ReliabilityRow(0.05, 0.055, 0.04, 0.08, 1000)],
        time_error_days=(61.0, 74.5),
        features=[FeatureRow("age_days", "age", None, None, "days", 0.1),
                  FeatureRow("ata_187_rise_30_days", "rise of errors", "smart:ata:187", 30, "errors", 0.4)],
        limits=["Few failures (43)."], versions={"code": "1.2.0"}, hashes={"data": "sha256:ab"},
        notes=["A <b>note</b>."],
    )  # fmt: skip
    return replace(whole, **changes)


def test_a_model_card_says_what_was_chosen_why_and_where_its_limits_lie() -> None:
    app = drawn(draw_card, card())
    shown = text_of(app)
    assert "### lightgbm was chosen" in shown
    assert "It has the highest average precision. By drive, five folds." in shown
    assert "43 failures" in shown
    assert "base rate 0.34 %" in shown
    assert "off by 61 days on average, a constant by 74.5 days" in shown
    assert "- Few failures (43)." in shown
    assert r"A \<b\>note\</b\>." in shown
    assert r"**graph**: \*not\* better than no graph" in shown


def test_a_model_card_compares_with_intervals_and_lists_look_backs() -> None:
    app = drawn(draw_card, card())
    models, features = (frame.value for frame in app.dataframe)
    assert models["model"].tolist() == ["lightgbm (chosen)", "count_rule (baseline)", "graph"]
    assert models["ap"].tolist() == ["0.112 (0.090 to 0.130)", "0.060", None]
    assert features["look_back"].tolist() == ["30 d", "all seen so far"]
    assert features["attribute"].tolist()[0] == "smart:ata:187"
    comparison, reliability = charts_of(app)
    assert "Average precision on validation, with 95 % interval" in comparison
    assert "Share that failed" in reliability


def test_a_bare_model_card_is_drawn_and_says_what_is_missing() -> None:
    app = drawn(draw_card, card(models=[], reliability=[], features=[], limits=[], notes=[], time_error_days=None))
    shown = text_of(app)
    for told in ("No other model was compared.", "Too few failures", "No feature was recorded.", "None is known."):
        assert told in shown


@pytest.mark.parametrize("observed", [0.0, 0.02, 1.0])
def test_reliability_is_drawn_where_nobody_and_where_everybody_failed(observed: float) -> None:
    chart, alternative = model_charts.reliability_chart([ReliabilityRow(0.02, observed, 0.0, 1.0, 10)], 0.95)
    assert "95 % interval" in alternative
    low, high = chart.to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert 0 < low < high <= 1
