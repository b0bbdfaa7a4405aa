"""What the pages draw from the results of the analyses, with no browser and no store."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from drawn_pages import drawn, text_of

from app.analysis.drive_results import AttributeSeries, DriveChange, DriveDescription, LogRow, PathNode
from app.analysis.results import (
    Answer,
    EvidenceRow,
    FindingRow,
    FleetOverview,
    HeatCell,
    RateRow,
    SurvivalCurve,
    Window,
)
from app.views import drive_charts, fleet_charts
from graph.ontology.model import Severity

DAYS = [date(2026, 8, 24) + timedelta(days=offset) for offset in range(90)]


def finding(severity: Severity = Severity.RED, **changes: Any) -> FindingRow:
    row = FindingRow(
        key="finding:1", rule="realloc-rise", rule_version=2, subject="drive:lab:MB2:S1", subject_label="Drive",
        subject_name="S1", attribute="smart:ata:5", severity=severity,
        statement="Reallocated blocks rose by 61 in 30 days (limit 50).", short="Reallocated blocks +61 in 30 d",
        value=61.0, threshold=50.0, unit="blocks", threshold_source="heuristic", window=Window(DAYS[-30], DAYS[-1]),
        since_day=DAYS[-3], status="open", evidence=[EvidenceRow("telemetry_window", "window:1")],
    )  # fmt: skip
    return replace(row, **changes)


def series(**changes: Any) -> AttributeSeries:
    item = AttributeSeries(
        "smart:ata:5", "Reallocated blocks", "blocks", DAYS, [float(max(0, n - 60)) for n in range(90)], 50.0,
        "limit 50 blocks", Severity.RED, 29.0, [],
    )  # fmt: skip
    return replace(item, **changes)


def described(**changes: Any) -> DriveDescription:
    whole = DriveDescription(
        drive="S1", key="drive:lab:MB2:S1", fleet="lab", synthetic=False, model="MB2",
        facts={"capacity_bytes": 3.84e12, "rack": "R-1", "last_day": DAYS[-1]}, verdict=Severity.RED,
        verdict_reason="Reallocated blocks rose by 61 in 30 days.", since_day=DAYS[-3],
        before="Before that amber for 12 days.",
        findings=[finding()], series=[series()],
        evidence_path=[
            PathNode("HealthFinding", "finding:1", "Reallocated blocks +61", ""),
            PathNode("TelemetryWindow", "window:1", "30 readings", "CITES"),
        ],
        store_version=3, data_time=DAYS[-1], rule_base_version="1.0.0", num_rules=20,
    )  # fmt: skip
    return replace(whole, **changes)


def overview(**changes: Any) -> FleetOverview:
    whole = FleetOverview(
        fleet="lab", synthetic=False, sentence="Nothing turned red.", drives=2000, racks=24, models=6, afr_percent=1.06,
        afr_low=0.66, afr_high=1.63, afr_reason=None, failures=21, red=7, amber=32, new_red=3, stale=26, stale_hours=48,
        weeks=DAYS[::7][-12:], drives_series=[2000.0] * 12, afr_series=[1.0] * 12, red_series=[4.0] * 12,
        stale_series=[2.0] * 12, heat=[HeatCell("R-1", "MB2", 10, 3, 0.3), HeatCell("R-2", "MB2", 10, 0, 0.0)],
        hot_spot=None, store_version=3, data_time=DAYS[-1], rule_base_version="1.0.0", num_rules=20,
    )  # fmt: skip
    return replace(whole, **changes)


def draw_drive(whole: object) -> None:
    from app.views import drive

    drive.draw(whole)  # type: ignore[arg-type]


def draw_overview(whole: object, drives: object) -> None:
    from app.views import overview

    overview.draw(whole, "lab", drives)  # type: ignore[arg-type]


def test_the_drive_page_says_verdict_reason_and_the_source_of_each_finding() -> None:
    shown = text_of(drawn(draw_drive, described()))
    assert "Red]" in shown
    assert "Red since 2026-11-19 (2 days). Before that amber for 12 days." in shown
    assert "Reallocated blocks rose by 61 in 30 days (limit 50)." in shown
    assert r"smart\:ata\:5 · rule realloc-rise 2 · limit heuristic · 30 days to 2026-11-21" in shown


def test_a_drive_known_from_tickets_only_is_unknown_and_says_why() -> None:
    empty = described(verdict=Severity.UNKNOWN, verdict_reason="Nothing was ever read.", since_day=None, before="",
                      findings=[], series=[], evidence_path=[])  # fmt: skip
    shown = text_of(drawn(draw_drive, empty))
    assert "Unknown]" in shown
    assert "no rule could look at it" in shown
    assert "No readings of this drive" in shown


def test_names_that_look_like_markup_are_shown_as_they_are() -> None:
    shown = text_of(drawn(draw_drive, described(findings=[finding(statement="**bold** [link](x) `code`")])))
    assert r"\*\*bold\*\* \[link\](x) \`code\`" in shown


def test_the_overview_shows_four_indicators_and_the_interval() -> None:
    drives = pd.DataFrame(
        {
            "verdict": ["red"] * 39, "serial": [f"S{n}" for n in range(39)], "model": "MB2", "rack": "R-1",
            "top_reason": "x", "open_for_days": 2, "trend": [[1.0, 2.0]] * 39, "answer": None,
        }
    )  # fmt: skip
    app = drawn(draw_overview, overview(), drives)
    assert [(metric.label, metric.value) for metric in app.metric] == [
        ("Drives", "2,000"), ("Failure rate a year", "1.06 %"), ("Red drives", "7"), ("Stale drives", "26"),
    ]  # fmt: skip
    assert app.metric[1].delta == "0.66 to 1.63 %"
    assert "showing 14 of 39 drives" in text_of(app)


def test_answered_drives_need_no_attention_and_are_shown_on_request() -> None:
    drives = pd.DataFrame(
        {
            "verdict": ["red", "amber", "amber"], "serial": ["S1", "S2", "S3"], "model": "MB2", "rack": "R-1",
            "top_reason": "x", "open_for_days": 2, "trend": [[1.0, 2.0]] * 3,
            "answer": [None, "snoozed: fan comes on Friday", "acknowledged: known"],
        }
    )  # fmt: skip
    app = drawn(draw_overview, overview(answered=2), drives)
    assert app.toggle[0].label == "Show 2 answered"
    assert "showing 1 of 1 drive" in text_of(app)
    app.toggle[0].set_value(True).run()
    assert "showing 3 of 3 drives" in text_of(app)
    shown = app.dataframe[0].value
    assert [list(cell) for cell in shown["verdict"]] == [["■ Red"], ["▲ Amber", "snoozed"], ["▲ Amber", "acknowledged"]]
    assert shown["answer"].tolist()[1] == "snoozed: fan comes on Friday"


def test_where_everything_is_answered_that_is_said_and_no_drive_turns_green() -> None:
    drives = pd.DataFrame({"verdict": ["red"], "serial": ["S1"], "model": "MB2", "rack": "R-1", "top_reason": "x",
                           "open_for_days": 2, "trend": [[1.0]], "answer": ["acknowledged: known"]})  # fmt: skip
    shown = text_of(drawn(draw_overview, overview(answered=1), drives))
    assert "No drive in service is amber or red that nobody answered." in shown


def answer(**changes: Any) -> Answer:
    given = Answer(
        "acknowledgement:1", "acknowledged", Severity.RED, "cable *ordered*", None,
        datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "ann", True, None,
    )  # fmt: skip
    return replace(given, **changes)


def test_an_answered_drive_keeps_its_verdict_and_says_by_whom_why_and_when() -> None:
    app = drawn(draw_drive, described(findings=[finding(answer=answer())]))
    shown = text_of(app)
    assert "Red]" in shown
    assert r":gray-badge[:material/done_all: Acknowledged] cable \*ordered\*" in shown
    assert r"acknowledged by ann on 2026-11-20 09\:30 UTC\: cable \*ordered\*" in shown
    assert [button.label for button in app.button] == ["Reopen"]


def test_an_answer_that_no_longer_holds_is_told_and_may_be_given_again() -> None:
    app = drawn(draw_drive, described(findings=[finding(answer=answer(holds=False, ended="worse"))]))
    shown = text_of(app)
    assert "gray-badge" not in shown
    assert "but it got worse than the red that was answered" in shown
    assert [button.label for button in app.button] == ["Acknowledge", "Snooze"]


def test_a_fleet_without_drive_days_has_no_rate_and_no_made_up_zero() -> None:
    bare = overview(
        afr_percent=None, afr_low=None, afr_high=None, afr_reason="No drive-day was observed.", racks=0,
        drives_series=[], afr_series=[None] * 12, red_series=[], stale_series=[], heat=[], data_time=None,
    )  # fmt: skip
    app = drawn(draw_overview, bare, pd.DataFrame())
    assert app.metric[1].value == "none"
    assert "every verdict is unknown" in text_of(app)


@pytest.mark.parametrize("num_models", [1, 6, 80])
def test_fleet_charts_stay_readable_with_any_number_of_models(num_models: int) -> None:
    rows = [RateRow(f"M{n}", 100, n, 36500 + n, float(n), n * 0.5, n * 2.0) for n in range(num_models)]
    spec = fleet_charts.rate_chart(rows)[0].to_dict()
    assert len(next(iter(spec["datasets"].values()))) == min(num_models, fleet_charts.MOST_RATE_ROWS)
    ages = [float(n) for n in range(1000)]
    falling = [1 - n / 5000 for n in range(1000)]
    curves = [SurvivalCurve(f"M{n}", 100, n, ages, falling, falling, falling) for n in range(num_models)]
    spec = fleet_charts.survival_chart(curves)[0].to_dict()
    assert sum(len(rows) for rows in spec["datasets"].values()) < 5000


def test_the_worst_survival_is_judged_where_models_can_be_compared() -> None:
    young = SurvivalCurve("young", 5, 1, [0.0, 10.0], [1.0, 0.5], [0.9, 0.1], [1.0, 0.9])
    bad = SurvivalCurve("bad", 500, 50, [0.0, 10.0, 1000.0], [1.0, 0.9, 0.8], [1.0, 0.88, 0.75], [1.0, 0.92, 0.85])
    good = SurvivalCurve("good", 500, 5, [0.0, 10.0, 2000.0], [1.0, 0.99, 0.7], [1.0, 0.98, 0.5], [1.0, 0.995, 0.8])
    assert fleet_charts.worst_curve([young, bad, good]).model == "bad"


def test_a_trend_shows_the_devices_threshold_moves_and_the_raw_value() -> None:
    item = series(
        device_threshold=36.0, device_threshold_label="device threshold 36", decoder="low32",
        raw_values=[float(n) + 2**32 for n in range(90)],
    )  # fmt: skip
    changes = [
        DriveChange(DAYS[40], "host", "h1", "h2"), DriveChange(DAYS[40], "rack", "r1", "r2"),
        DriveChange(DAYS[60], "firmware", "A1", "A2"),
    ]  # fmt: skip
    first, last = drive_charts.trend_window([item])
    chart, alternative = drive_charts.trend_chart(item, first, last, changes)
    drawn_as = json.dumps(chart.to_dict())
    for told in ("limit 50 blocks", "device threshold 36", '"moved"', '"firmware"', '"title": "Raw"', "low32"):
        assert told in drawn_as
    assert "limit 50 blocks; device threshold 36; host h1 to h2 on" in alternative


def test_moves_and_own_logs_of_a_drive_are_listed() -> None:
    logs = [
        LogRow("self-test", 1200, "short", "Completed: read failure", False, 7_012_345, None, DAYS[-1]),
        LogRow("self-test", 900, "long", "Completed without error", True, None, None, DAYS[-1]),
        LogRow("error", 1100, "UNC", None, None, 7_012_345, "WP at LBA = *x*", DAYS[-2]),
    ]
    app = drawn(draw_drive, described(logs=logs, changes=[DriveChange(DAYS[40], "host", "h*1", "h2")]))
    shown = text_of(app)
    assert r"host h\*1 to h2" in shown
    assert "2 entries, 1 failed" in shown
    tests, errors = (table.value for table in app.dataframe)
    assert tests["result"].tolist() == ["failed", "passed"]
    assert tests["lba"].tolist()[0] == "7,012,345"
    assert errors["description"].tolist() == ["WP at LBA = *x*"]
    assert "result" not in errors


@pytest.mark.parametrize(
    "item",
    [
        series(),
        series(days=DAYS[:1], values=[3.0], threshold=None, threshold_label=None),
        series(values=[0.0] * 90, threshold=None, threshold_label=None),
        series(resets=[DAYS[40]], threshold=None, threshold_label=None),
    ],
)
def test_a_trend_is_drawn_for_one_reading_for_constants_and_across_resets(item: AttributeSeries) -> None:
    first, last = drive_charts.trend_window([item])
    chart, alternative = drive_charts.trend_chart(item, first, last)
    assert chart.to_dict()["layer"]
    assert "Reallocated blocks (blocks)" in alternative
    assert ("reset" in alternative) == bool(item.resets)
