"""Case-control windows: what is read, what a feature sees, and that no trace of the outcome or of a place is in it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.window_source import WindowSet, window_set
from gnn.health.port import model_named
from gnn.health.windows import window_examples
from graph.errors import InputError

FIELDS = ["disk_id", "sample_id", "ds", "model", "app", "failure_time", "failure", "ttf_days", "r_5", "r_9", "r_241"]
HOURS = [1000.0 + 24 * at for at in range(10)]


def line(**values: object) -> dict[str, object]:
    """A healthy drive with ten daily samples, changed by what is given."""
    given = {
        **{"disk_id": 7, "sample_id": "s0", "ds": "2019-06-30", "model": "MB1", "app": "WSM", "failure_time": ""},
        **{"failure": 0, "ttf_days": -1, "r_9": HOURS},
        **{"r_5": [0.0] * 10, "r_241": [100.0 * at for at in range(10)]},
        **values,
    }
    return {name: json.dumps(value) if isinstance(value, list) else value for name, value in given.items()}


def read(tmp_path: Path, *lines: dict[str, object]) -> WindowSet:
    path = tmp_path / "windows.csv"
    pd.DataFrame(lines, columns=FIELDS).to_csv(path, index=False)
    return window_set([path])


def features(tmp_path: Path, **values: object) -> dict[str, float]:
    return dict(read(tmp_path, line(**values)).examples.features.iloc[0])


def test_a_window_is_an_example_with_its_class_and_no_horizon(tmp_path: Path) -> None:
    failed = line(disk_id=8, sample_id="s1", failure=1, failure_time="2019-07-03", ttf_days=3, app="none")
    found = read(tmp_path, line(), failed)
    examples = found.examples
    assert examples.horizon_days is None
    assert examples.label.tolist() == [False, True]
    assert examples.is_known.all()
    assert np.isnan(examples.days_to_end[0])
    assert examples.days_to_end[1] == 3
    assert examples.groups["model"].tolist() == ["B3", "B3"]
    assert examples.groups["application"].tolist() == ["WSM", None]
    assert examples.landmark.tolist() == [pd.Timestamp("2019-06-30").date()] * 2
    assert found.window_ids.tolist() == ["s0", "s1"]


def test_a_disk_id_is_one_drive_only_together_with_its_model(tmp_path: Path) -> None:
    found = read(tmp_path, line(), line(sample_id="s1", model="MB2"), line(sample_id="s2", ds="2019-05-01"))
    assert len(found.examples.drive_keys) == 2
    assert found.examples.drive[0] == found.examples.drive[2] != found.examples.drive[1]


def test_windows_whose_ids_name_windows_are_a_drive_each_and_say_so(tmp_path: Path) -> None:
    named = [line(disk_id=f"mb1_round3_{number:07d}", sample_id=f"s{number}") for number in range(3)]
    found = read(tmp_path, *named)
    assert not found.has_drives
    assert len(found.examples.drive_keys) == 3
    assert read(tmp_path, line()).has_drives


def test_what_the_file_states_of_the_outcome_is_kept_even_where_it_disagrees(tmp_path: Path) -> None:
    found = read(tmp_path, line(failure_time="2019-07-02", ttf_days=2), line(sample_id="s1", disk_id=8))
    assert found.examples.label.tolist() == [False, False]
    assert str(found.failure_day[0]) == "2019-07-02"
    assert found.ttf_days[0] == 2
    assert np.isnat(found.failure_day[1])
    assert np.isnan(found.ttf_days[1])


def test_rows_that_cannot_be_used_are_counted_with_place_and_reason(tmp_path: Path) -> None:
    found = read(tmp_path, line(), line(sample_id="s1", r_9=HOURS[::-1]), line(sample_id="s2", ds="someday"))
    assert (found.rows_read, found.rows_rejected, len(found.examples)) == (3, 2, 1)
    assert [told.split(" ")[0] for told in found.rejections] == [f"{tmp_path}/windows.csv:{at}:" for at in (3, 4)]
    assert "the samples are out of order" in found.rejections[0]


def test_a_file_without_a_usable_row_is_refused_with_the_first_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no row can be used \(1 read\).*ds 'someday'"):
        read(tmp_path, line(ds="someday"))


def test_other_formats_hold_no_windows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no windows of samples"):
        window_set([tmp_path], "backblaze-daily")


def test_samples_come_oldest_first_with_the_counters_as_the_file_names_them(tmp_path: Path) -> None:
    samples = read(tmp_path, line(), line(sample_id="s1", disk_id=8)).samples
    assert {"window", "day", "r_5", "r_9", "r_241"} == set(samples.columns)
    assert samples[samples["window"] == 1]["r_9"].tolist() == HOURS


def test_slopes_and_rises_are_of_real_days_whatever_the_number_of_samples(tmp_path: Path) -> None:
    daily = features(tmp_path)
    gaps = [0, 1, 2, 5, 8, 9]
    sparse = features(
        tmp_path, r_9=[HOURS[at] for at in gaps], r_241=[100.0 * at for at in gaps], r_5=[0.0] * len(gaps)
    )
    assert daily["ata_241_slope_per_day"] == pytest.approx(100)
    assert sparse["ata_241_slope_per_day"] == pytest.approx(100)
    assert sparse["ata_241_rise_4_days"] == daily["ata_241_rise_4_days"] == 400
    assert daily["ata_241_rise"] == 900


def test_recency_tells_days_since_the_last_change_and_where_none_was_seen(tmp_path: Path) -> None:
    changed = features(tmp_path, r_5=[0.0] * 6 + [4.0] * 4)
    assert changed["ata_5_days_since_change"] == 3
    assert (changed["ata_5_rise_2_days"], changed["ata_5_rise_4_days"], changed["ata_5_rise"]) == (0, 4, 4)
    assert features(tmp_path)["ata_5_days_since_change"] == 10


def test_writes_that_cease_show_as_recent_below_earlier(tmp_path: Path) -> None:
    steady = features(tmp_path)
    ceasing = features(tmp_path, r_241=[100.0 * min(at, 5) for at in range(10)])
    assert steady["ata_241_recent_over_earlier_4_days"] == pytest.approx(0)
    assert ceasing["ata_241_recent_over_earlier_4_days"] < -3


@settings(max_examples=8)  # each computes its windows anew
@given(
    outcome=st.sampled_from([(True, "2019-06-30"), (True, "2019-07-09"), (False, None)]),
    place=st.sampled_from(["WSM", "RM", None]),
    shift=st.integers(-300, 300),
)
def test_no_outcome_no_identity_no_date_and_no_place_reaches_a_feature(
    outcome: tuple[bool, str | None], place: str | None, shift: int
) -> None:
    def made(failed: bool, failure_day: str | None, application: str | None, days: int, name: str) -> pd.DataFrame:
        last = pd.Timestamp("2019-06-30") + pd.Timedelta(days=days)
        windows = pd.DataFrame(
            {
                **{"drive_key": [f"drive:file:{name}:1"], "model": [name], "vendor": [f"Alibaba vendor {name[0]}"]},
                **{"application": [application], "last_day": [last], "failed": [failed]},
                "failure_day": pd.to_datetime(pd.Series([failure_day])),
            }
        )
        day = last - pd.to_timedelta(range(9, -1, -1), unit="D")
        readings = pd.DataFrame({"window": 0, "day": day, "ata_9": HOURS, "ata_5": np.arange(10.0) // 4})
        return window_examples(windows, readings).features

    pd.testing.assert_frame_equal(made(*outcome, place, shift, "A3"), made(False, None, "DB", 0, "B2"))


def test_the_catalogue_knows_the_attribute_of_every_column(tmp_path: Path) -> None:
    examples = read(tmp_path, line()).examples
    assert [feature.name for feature in examples.catalogue] == list(examples.features.columns)
    of_age = {feature.name for feature in examples.catalogue if feature.attribute == "smart:ata:9"}
    assert of_age == {"ata_9_last", "ata_241_per_hour"}
    assert all(
        feature.attribute == f"smart:ata:{feature.name.split('_')[1]}"
        for feature in examples.catalogue
        if feature.name not in of_age
    )


def test_tickets_of_the_same_drives_change_nothing_of_the_windows(tmp_path: Path) -> None:
    # Joined, "has a rack" would mean "failed": a folder with both files is read for its windows alone.
    alone = read(tmp_path, line(), line(sample_id="s1", disk_id=8, failure=1, failure_time="2019-06-30", ttf_days=0))
    tickets = "model,failure_time,failure,app,disk_id,node_id,rack_id,machine_room_id\nB3,2019-06-30,1,WSM,8,1,2,3\n"
    (tmp_path / "tickets.csv").write_text(tickets, encoding="utf-8")
    both = window_set([tmp_path])
    pd.testing.assert_frame_equal(both.examples.features, alone.examples.features)
    assert set(both.examples.groups.columns) == {"model", "vendor", "application"}
    assert both.examples.history is None


@pytest.mark.data
def test_real_windows_are_all_read_and_a_broken_file_is_read_for_the_guard(shared_data: Path) -> None:
    folder = shared_data / "alibaba-windows"
    train, leaky = window_set([folder / "train.csv"]), window_set([folder / "leaky.csv"])
    assert (len(train.examples), train.examples.num_failures, train.rows_rejected) == (789, 390, 0)
    assert train.has_drives
    assert (len(leaky.examples), leaky.rows_rejected, leaky.has_drives) == (999, 1, False)
    assert len(leaky.examples.drive_keys) == 999


@pytest.mark.data
def test_real_windows_are_ranked_and_explained(shared_data: Path) -> None:
    examples = window_set([shared_data / "alibaba-windows" / "train.csv"]).examples
    half = np.arange(len(examples)) % 2 == 0
    fitted = model_named("window_classifier").fit(examples.take(half), 0)
    rest = examples.take(~half)
    scores = fitted.scores(rest)
    assert scores[rest.label].mean() > scores[~rest.label].mean() + 0.3
    parts = fitted.contributions(rest.take(np.arange(20)))
    assert parts is not None
    assert np.isfinite(parts).all()
