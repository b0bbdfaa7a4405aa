"""Answers to findings on each store: kept across new days, over when the finding is worse, new, or the time is up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.analysis.alarms import alarm_rate, episodes
from app.analysis.answers import answer_finding, sentence, with_answers
from app.analysis.assess import assess_fleet
from app.analysis.descriptive import describe_drive, describe_fleet, fleet_table, overview
from app.analysis.finding_choice import choose_finding, list_findings
from app.analysis.fleet_data import load_fleet, stored_findings
from app.analysis.results import FindingRow
from app.analysis.textfile import write_textfile
from graph.errors import InputError
from graph.ontology.model import Severity
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.pipeline import ingest_telemetry

FIRST = date(2026, 1, 1)
HEADER = "day,serial,model,capacity_bytes,host,rack,ata_5,ata_9,ata_199"


class Lab:
    """Four drives whose counters a test says day by day; each call brings the next days in and assesses them."""

    def __init__(self, store: GraphStore, folder: Path) -> None:
        self.store, self.folder, self.day = store, folder, 0
        self.lake = ReadingsLake(folder / "readings")

    def go_on(
        self, days: int, reallocated: Callable[[int], int] = lambda day: 0, crc: Callable[[int], int] = lambda day: 0
    ) -> None:
        """Read the next days, where the first drive has these counters, and run the rule base."""
        rows = [HEADER]
        for day in range(self.day, self.day + days):
            for number in range(4):
                bad = number == 0
                rows.append(
                    f"{FIRST + timedelta(day)},SN{number},MX-1,960197124096,h{number},r1,"
                    f"{reallocated(day) if bad else 0},{8000 + 24 * day},{crc(day) if bad else 0}"
                )
        path = self.folder / f"{self.day}.csv"
        path.write_text("\n".join(rows) + "\n")
        self.day += days
        ingest_telemetry([path], "atoll-daily", "lab", store=self.store, lake=self.lake, workspace=self.folder)
        assess_fleet(self.store, self.lake, "lab")

    def finding(self, rule: str = "realloc-rise") -> FindingRow:
        (row,) = (row for row in stored_findings(self.store, "lab") if row.rule == rule)
        return row

    def answer(self, status: str = "acknowledged", rule: str = "realloc-rise", until: date | None = None) -> FindingRow:
        row = self.finding(rule)
        return answer_finding(self.store, "lab", row, status, "spare  ordered\n", "ann", until=until)


@pytest.fixture
def lab(store: GraphStore, tmp_path: Path) -> Lab:
    made = Lab(store, tmp_path)
    made.go_on(40, lambda day: max(0, day - 25))  # 14 blocks in 30 days: amber
    return made


def test_an_answer_outlives_re_runs_and_new_days_and_says_who_why_and_when(lab: Lab) -> None:
    before = lab.finding()
    assert before.severity is Severity.AMBER
    answered = lab.answer()
    assert answered.answer is not None
    assert (answered.answer.reason, answered.answer.made_by, answered.answer.holds) == ("spare ordered", "ann", True)
    version = lab.store.version()
    assess_fleet(lab.store, lab.lake, "lab")
    assert lab.store.version() == version
    assert lab.finding().answer == answered.answer

    lab.go_on(3, lambda day: 14)
    moved = lab.finding()
    assert moved.key != before.key
    assert moved.is_answered
    assert moved.begun_day == before.begun_day


def test_an_answered_drive_keeps_its_verdict_and_leaves_what_needs_attention(lab: Lab) -> None:
    lab.go_on(1, lambda day: 14, lambda day: 0)
    assert overview(lab.store, lab.lake).amber == 1
    assert describe_fleet(lab.store, lab.lake).answered == {"red": 0, "amber": 0}
    lab.answer()

    first = overview(lab.store, lab.lake)
    assert (first.red, first.amber, first.answered) == (0, 0, 1)
    assert all(cell.amber_red == 0 for cell in first.heat)
    described = describe_fleet(lab.store, lab.lake)
    assert described.verdicts["amber"] == 1
    assert described.answered == {"red": 0, "amber": 1}
    table = fleet_table(lab.store, lab.lake).set_index("serial")
    assert table.loc["SN0", ["verdict", "alarm", "answer"]].tolist() == ["amber", None, "acknowledged: spare ordered"]
    drive = describe_drive(lab.store, lab.lake, "SN0")
    assert drive.verdict is Severity.AMBER
    assert drive.findings[0].answer is not None
    assert drive.to_json()["findings"][0]["answer"]["reason"] == "spare ordered"
    assert list_findings(lab.store, lab.lake, "lab").findings == []
    assert len(list_findings(lab.store, lab.lake, "lab", with_answered=True).findings) == 1


def test_the_textfile_marks_what_is_answered_and_leaves_drives_out_of_service_out(lab: Lab, tmp_path: Path) -> None:
    target = tmp_path / "atoll.prom"

    def samples(name: str) -> list[tuple[dict[str, str], float]]:
        written = write_textfile(lab.store, lab.lake, target)
        families = {family.name: family for family in text_string_to_metric_families(target.read_text())}
        assert written.series == sum(len(family.samples) for family in families.values())
        return [(sample.labels, sample.value) for sample in families[name].samples]

    drive = {"fleet": "lab", "model": "MX-1", "serial": "SN0"}
    about = {"rule": "realloc-rise", "attribute": "smart:ata:5", "severity": "amber"}
    assert samples("atoll_drive_finding") == [({**drive, **about, "answered": "false"}, 1)]
    lab.answer()
    assert samples("atoll_drive_finding") == [({**drive, **about, "answered": "true"}, 1)]
    assert samples("atoll_drive_verdict") == [({**drive, "verdict": "amber", "answered": "true"}, 1)]
    assert samples("atoll_fleet_drives") == [({"fleet": "lab"}, 4)]
    midnight = datetime(2026, 2, 9, tzinfo=UTC).timestamp()
    assert samples("atoll_data_time_seconds") == [({"fleet": "lab"}, midnight)]
    ((_, ingested),) = samples("atoll_last_ingest_time_seconds")
    assert 0 <= datetime.now(UTC).timestamp() - ingested < 600

    path = lab.folder / "failed.csv"
    path.write_text(f"day,serial,model,failure,ata_5\n{FIRST + timedelta(40)},SN0,MX-1,1,14\n")
    ingest_telemetry([path], "atoll-daily", "lab", store=lab.store, lake=lab.lake, workspace=lab.folder)
    assert samples("atoll_drive_finding") == samples("atoll_drive_verdict") == []
    listed = list_findings(lab.store, lab.lake, "lab")
    assert (listed.findings, listed.out_of_service) == ([], 1)
    assert len(list_findings(lab.store, lab.lake, "lab", with_answered=True).findings) == 1


def test_a_second_finding_that_nobody_answered_keeps_the_alarm(lab: Lab) -> None:
    lab.go_on(5, lambda day: 14 + (day - 39) * 12, lambda day: (day - 39) * 20)  # red, and amber on the interface
    lab.answer()
    table = fleet_table(lab.store, lab.lake).set_index("serial")
    assert table.loc["SN0", ["verdict", "alarm", "answer"]].tolist() == ["red", "amber", None]
    assert table.loc["SN0", "top_reason"].startswith("Interface CRC errors")
    assert (overview(lab.store, lab.lake).red, overview(lab.store, lab.lake).amber) == (0, 1)
    lab.answer(rule="crc-rise")
    assert fleet_table(lab.store, lab.lake).set_index("serial").loc["SN0", "alarm"] is None


def test_an_answer_ends_when_the_finding_is_worse_and_comes_back_when_it_is_not(lab: Lab) -> None:
    lab.answer()
    lab.go_on(3, lambda day: 70)
    worse = lab.finding()
    assert worse.severity is Severity.RED
    assert worse.answer is not None
    assert (worse.is_answered, worse.answer.ended) == (False, "worse")
    assert "it got worse than the amber that was answered" in sentence(worse.answer)
    assert worse.begun_day == FIRST + timedelta(40), "at red, the episode began when it turned red"
    lab.answer()
    assert lab.finding().is_answered


def test_a_finding_that_was_resolved_and_begins_anew_is_an_alarm_again(lab: Lab) -> None:
    lab.answer()
    lab.go_on(40, lambda day: 14)
    assert stored_findings(lab.store, "lab") == []
    lab.go_on(6, lambda day: 14 + 4 * (day - 79))
    again = lab.finding()
    assert again.severity is Severity.AMBER
    assert again.answer is not None
    assert (again.is_answered, again.answer.ended) == (False, "new-episode")
    assert again.begun_day is not None
    assert again.begun_day > FIRST + timedelta(79)
    assert overview(lab.store, lab.lake).amber == 1


def test_a_break_that_no_assessment_saw_begins_a_new_episode(lab: Lab) -> None:
    lab.answer()
    lab.go_on(46, lambda day: 14 if day < 75 else 14 + 4 * (day - 74))  # resolved and anew within one batch
    again = lab.finding()
    assert again.answer is not None
    assert again.answer.ended == "new-episode"


def test_a_snooze_ends_the_day_after_its_last_day_by_the_calendar(lab: Lab) -> None:
    today = datetime.now(UTC).date()
    lab.answer("snoozed", until=today + timedelta(days=2))
    rows = [lab.finding()]
    for days, holds in ((0, True), (2, True), (3, False)):
        (row,) = with_answers(lab.store, "lab", rows, today + timedelta(days=days))
        assert row.is_answered is holds
        assert row.answer is not None
        assert row.answer.ended == (None if holds else "snooze-over")


def test_the_last_answer_counts_and_all_are_kept(lab: Lab) -> None:
    lab.answer("snoozed", until=datetime.now(UTC).date())
    lab.answer("acknowledged")
    reopened = lab.answer("reopened")
    assert reopened.answer is not None
    assert (reopened.answer.status, reopened.is_answered) == ("reopened", False)
    records = lab.store.query("answers_of_fleet", {"fleet": "fleet:lab"}).records()
    assert [record["status"] for record in records] == ["snoozed", "acknowledged", "reopened"]
    with pytest.raises(InputError, match="nothing to reopen"):
        lab.answer("reopened")


@pytest.mark.parametrize(
    ("reason", "until", "told"),
    [
        (" \n ", date(2999, 1, 1), "reason is empty"),
        ("x" * 1001, date(2999, 1, 1), "1,001 characters"),
        ("x", None, "needs its end"),
        ("x", date(2020, 1, 1), "that day is over"),
        ("x", date(2999, 1, 1), "more than 366 days"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_and_nothing_is_stored(
    lab: Lab, reason: str, until: date | None, told: str
) -> None:
    version = lab.store.version()
    with pytest.raises(InputError, match=told):
        answer_finding(lab.store, "lab", lab.finding(), "snoozed", reason, "ann", until=until)
    assert lab.store.version() == version


def test_a_finding_is_chosen_by_key_of_any_day_or_by_drive_and_rule(lab: Lab) -> None:
    yesterday = lab.finding().key
    lab.go_on(2, lambda day: 14, lambda day: (day - 39) * 20)
    today = lab.finding().key
    for named in ((today,), (yesterday,), ("SN0", "realloc-rise"), ("drive:lab:MX-1:SN0", "realloc-rise")):
        fleet, row = choose_finding(lab.store, lab.lake, *named)
        assert (fleet, row.key) == ("lab", today)
    for named, told in [
        (("SN0",), r"2 open findings\. Name the rule after it.*crc-rise, realloc-rise"),
        (("SN0", "realoc-rise"), r"Did you mean 'realloc-rise'"),
        (("SN1",), "no finding is open on it"),
        (("SN00",), "Did you mean 'SN0'"),
        ((today.replace("realloc", "reallok"),), "there is no such finding. Did you mean 'finding:"),
        (("rack:lab:r9",), "no finding is open on anything of this key"),
    ]:
        with pytest.raises(InputError, match=told):
            choose_finding(lab.store, lab.lake, *named)
    lab.go_on(40, lambda day: 14)
    with pytest.raises(InputError, match="No finding is open"):
        choose_finding(lab.store, lab.lake, yesterday)


def test_alarms_are_counted_by_when_they_began_and_by_the_drives_time_under_observation(lab: Lab) -> None:
    data = load_fleet(lab.store, "lab", False)
    amber = alarm_rate(lab.store, "lab", data.drives, data.data_time, Severity.AMBER)
    assert (amber.alarms, amber.drives, amber.drive_weeks) == (1, 4, 16.0)
    assert amber.per_1000_drives_week == pytest.approx(1000 / 16)
    # Garwood's exact interval for one event: 0.02532 to 5.5716.
    assert (amber.ci_low, amber.ci_high) == (pytest.approx(1.5824, rel=1e-3), pytest.approx(348.23, rel=1e-4))
    red = alarm_rate(lab.store, "lab", data.drives, data.data_time, Severity.RED)
    assert (red.alarms, red.ci_low) == (0, 0.0)

    lab.go_on(3, lambda day: 70)  # turns red: one red alarm, and no second amber one
    described = describe_fleet(lab.store, lab.lake, level=Severity.AMBER)
    assert described.alarms is not None
    assert described.alarms.alarms == 1
    described = describe_fleet(lab.store, lab.lake)
    assert described.alarms is not None
    assert described.alarms.alarms == 1
    lab.answer()
    again = describe_fleet(lab.store, lab.lake)
    assert again.alarms == described.alarms, "an answer does not undo that an alarm was raised"

    lab.go_on(40, lambda day: 70)
    assert describe_fleet(lab.store, lab.lake).findings == []
    weeks = describe_fleet(lab.store, lab.lake, weeks=7).alarms
    assert weeks is not None
    assert weeks.alarms == 1, "resolved since, and still counted"
    last = describe_fleet(lab.store, lab.lake).alarms
    assert last is not None
    assert last.alarms == 0


def test_a_drive_that_entered_late_counts_with_its_days_and_not_with_what_it_brought(lab: Lab) -> None:
    rows = ["day,serial,model,ata_5,ata_9"]
    rows += [f"{FIRST + timedelta(day)},USED,MX-1,5000,{9000 + 24 * day}" for day in range(33, 40)]
    path = lab.folder / "used.csv"
    path.write_text("\n".join(rows) + "\n")
    ingest_telemetry([path], "atoll-daily", "lab", store=lab.store, lake=lab.lake, workspace=lab.folder)
    described = describe_fleet(lab.store, lab.lake, level=Severity.AMBER)
    assert described.alarms is not None
    assert (described.alarms.drives, described.alarms.drive_weeks) == (5, 17.0)
    assert (described.alarms.alarms, described.alarms.on_entry) == (1, 1)


def test_new_since_goes_by_the_day_on_which_the_episode_began(lab: Lab) -> None:
    begun = lab.finding().begun_day
    assert begun is not None
    lab.go_on(5, lambda day: 14)
    assert len(describe_fleet(lab.store, lab.lake, new_since=begun).findings) == 1
    assert describe_fleet(lab.store, lab.lake, new_since=begun + timedelta(days=1)).findings == []


def test_episodes_are_joined_over_severities_and_parted_where_they_were_over() -> None:
    def row(severity: str, begun: int, seen: int, last: int, resolved: int | None, *, dated: int = 1) -> dict:
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        return {
            "subject": "d", "rule": "r", "severity": severity, "begun_day": FIRST + timedelta(begun),
            "first_seen": moment + timedelta(days=seen), "last_day": FIRST + timedelta(last),
            "resolved_at": None if resolved is None else moment + timedelta(days=resolved),
            "is_open": int(resolved is None), "is_dated": dated,
        }  # fmt: skip

    turned = [row("amber", 1, 2, 5, 6), row("red", 6, 6, 9, 10), row("amber", 1, 10, 12, None)]
    assert [item.begun_day.day for item in episodes(turned, Severity.AMBER)] == [2]
    assert [item.begun_day.day for item in episodes(turned, Severity.RED)] == [7]
    twice = [row("red", 1, 2, 5, 6), row("red", 9, 9, 12, None)]
    assert len(episodes(twice, Severity.RED)) == len(episodes(twice, Severity.AMBER)) == 2
    unseen = [row("amber", 1, 2, 5, 12), row("amber", 10, 12, 12, None)]
    assert len(episodes(unseen, Severity.AMBER)) == 2
