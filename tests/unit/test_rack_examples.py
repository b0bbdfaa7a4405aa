"""Racks that fail again: what counts as one rack, what reaches its features, and what its label says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rack_tickets import END, LABEL_END, START, rack_histories, rack_tickets, with_last_day

from app.analysis.rack_source import RackPeriod, rack_set
from gnn.health.metrics import auc, average_precision
from gnn.health.port import model_named
from gnn.health.racks import rack_examples
from graph.errors import InputError, RefusedError

HEADER = "model,failure_time,failure,app,disk_id,node_id,rack_id,machine_room_id\n"


def row_of(tickets: pd.DataFrame, rack: str) -> dict[str, float]:
    examples = rack_examples(tickets, START, END, LABEL_END)
    at = list(examples.drive_keys).index(rack)
    return dict(examples.features.iloc[at])


def ticket(rack: str, day: str, *, model: str = "A1", host: str = "host:1", room: str = "room:1") -> dict[str, object]:
    drive = f"drive:test:{model}:{rack}{day}{host}"
    stamp = pd.Timestamp(day)
    return {
        **{"drive_key": drive, "model": model, "vendor": "Alibaba vendor A", "rack": rack},
        **{"host": host, "room": room, "day": stamp},
    }


def written(tmp_path: Path, lines: list[str]) -> Path:
    path = tmp_path / "tickets.csv"
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_rack_tells_how_many_failed_how_long_ago_and_on_how_many_hosts() -> None:
    tickets = pd.DataFrame(
        [
            ticket("rack:a", "2018-02-01"),
            ticket("rack:a", "2018-06-20", model="B1", host="host:2"),
            ticket("rack:b", "2018-06-30"),
            ticket("rack:b", "2018-12-31"),
        ]
    )
    assert row_of(tickets, "rack:a") == {
        "num_hosts": 2,
        "num_failures": 2,
        "days_since_failure": 10,
        "failures_of_model_A1": 1,
        "failures_of_model_B1": 1,
    }
    examples = rack_examples(tickets, START, END, LABEL_END)
    assert list(examples.drive_keys) == ["rack:a", "rack:b"]
    assert examples.label.tolist() == [False, True]
    assert examples.days_to_end.tolist() == [184, 184]


def test_a_rack_seen_in_several_rooms_is_one_rack() -> None:
    tickets = pd.DataFrame(
        [
            ticket("rack:a", "2018-02-01", room="room:1"),
            ticket("rack:a", "2018-03-01", room="room:2"),
            ticket("rack:b", "2018-12-31"),
        ]
    )
    examples = rack_examples(tickets, START, END, LABEL_END)
    assert list(examples.drive_keys) == ["rack:a"]
    assert examples.features["num_failures"].tolist() == [2]


@settings(max_examples=25)
@given(seed=st.integers(0, 5), day=st.integers(1, 400))
def test_nothing_after_the_landmark_reaches_the_features(seed: int, day: int) -> None:
    tickets = with_last_day(rack_tickets(seed, num_racks=30))
    later = tickets.assign(day=pd.Timestamp(END) + pd.Timedelta(days=day), drive_key=tickets["drive_key"] + "x")
    more = pd.concat([tickets, later], ignore_index=True)
    before, after = (rack_examples(each, START, END, LABEL_END) for each in (tickets, more))
    pd.testing.assert_frame_equal(before.features, after.features)
    if day <= (LABEL_END - END).days:
        assert after.label.all()


def test_features_name_no_rack_no_room_and_no_application() -> None:
    names = {feature.name for feature in rack_histories().catalogue}
    assert not [name for name in names if any(word in name for word in ("rack", "room", "application", "day_of"))]


def test_tickets_that_end_before_the_outcomes_are_refused() -> None:
    with pytest.raises(InputError, match=r"the tickets end on 2018-\d\d-\d\d, before 2019-06-30"):
        rack_examples(rack_tickets(), START, END, date(2019, 6, 30))


def test_a_period_without_failures_names_the_days_of_the_tickets() -> None:
    with pytest.raises(InputError, match=r"none failed from 2010-01-01 to 2010-06-30; the tickets run from 2018"):
        rack_examples(rack_tickets(), date(2010, 1, 1), date(2010, 6, 30), date(2010, 12, 31))


@pytest.mark.parametrize(("start", "end", "label_end"), [(END, START, LABEL_END), (START, END, END)])
def test_days_out_of_order_are_refused(start: date, end: date, label_end: date) -> None:
    with pytest.raises(InputError, match="expected days in this order"):
        rack_examples(rack_tickets(), start, end, label_end)


def test_models_of_racks_refuse_examples_that_are_no_racks() -> None:
    racks = rack_histories()
    others = replace(racks, features=racks.features.iloc[:, 3:], catalogue=racks.catalogue[3:])
    with pytest.raises(RefusedError, match="are no racks"):
        model_named("rack_logistic").fit(others, 0)


def test_permuted_outcomes_teach_nothing_on_the_mean() -> None:
    train, test = rack_histories(0), rack_histories(1)
    rng = np.random.default_rng(0)
    found = []
    for _ in range(50):
        shuffled = train.with_labels(rng.permutation(train.label))
        found.append(auc(test.label, model_named("rack_logistic").fit(shuffled, 0).scores(test)))
    found_well = auc(test.label, model_named("rack_logistic").fit(train, 0).scores(test))
    assert abs(np.mean(found) - 0.5) < 3 * np.std(found) / np.sqrt(50)
    assert found_well > 0.6


def test_rows_that_cannot_be_used_are_told_with_their_place(tmp_path: Path) -> None:
    lines = [f"A1,2018-0{month}-01 10:00:00,1,RM,{month},7,11,3" for month in range(1, 9)]
    lines += ["A1,2019-06-30 10:00:00,1,RM,90,7,12,3", "A1,yesterday,1,RM,91,7,12,3"]
    read = rack_set([written(tmp_path, lines)])
    assert (read.rows_read, read.rows_rejected) == (10, 1)
    (told,) = read.rejections
    assert told.startswith(f"{tmp_path}/tickets.csv:11: failure_time 'yesterday' ")
    assert list(read.train.drive_keys) == ["rack:file:11"]
    assert read.train.label.tolist() == [True]
    assert read.test.label.tolist() == [False]


def test_a_failure_told_twice_counts_once(tmp_path: Path) -> None:
    twice = ["A1,2018-02-01 10:00:00,1,RM,5,7,11,3"] * 2
    read = rack_set([written(tmp_path, [*twice, "A1,2019-06-30 10:00:00,1,RM,90,7,12,3"])])
    assert read.train.features["num_failures"].tolist() == [1]


def test_outcomes_that_overlap_the_judged_period_are_refused(tmp_path: Path) -> None:
    late = RackPeriod(date(2018, 1, 1), date(2018, 6, 30), date(2019, 1, 31))
    with pytest.raises(InputError, match="after the landmark 2018-12-31"):
        rack_set([written(tmp_path, ["A1,2018-02-01 10:00:00,1,RM,5,7,11,3"])], train=late)


@pytest.mark.data
def test_real_racks_are_as_many_as_were_counted(shared_data: Path) -> None:
    read = rack_set([shared_data / "alibaba-failures.csv"])
    assert (len(read.test), read.rows_read, read.rows_rejected) == (2982, 18_387, 0)
    assert read.test.label.mean() == pytest.approx(0.247, abs=0.001)
    figures = {}
    for name in ("count_recency", "rack_logistic"):
        scores = model_named(name).fit(read.train, 0).scores(read.test)
        figures[name] = auc(read.test.label, scores), average_precision(read.test.label, scores)
    assert figures["rack_logistic"][0] >= 0.72
    assert figures["rack_logistic"][1] >= 0.42 > figures["count_recency"][1]
