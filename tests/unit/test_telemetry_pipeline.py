"""From files to readings and graph on the embedded store: nothing lost, nothing doubled, sources that agree."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from telemetry_bench import HEADER, MODEL, ZERO, Bench, row

from graph.errors import InputError, RefusedError, StoreError
from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import GraphStore
from graph.stores import open_store
from graph.stores.embedded import supervisor
from ingest.telemetry.pipeline import IngestReport


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("telemetry")


@pytest.fixture(scope="module")
def shared_store(workspace: Path) -> Iterator[GraphStore]:
    store = open_store(f"embedded:{workspace}", workspace_id="telemetry-tests")
    yield store
    store.close()
    supervisor.stop(workspace)


@pytest.fixture
def bench(shared_store: GraphStore, workspace: Path, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(shared_store, workspace, tmp_path)
    yield made
    made.lake.close()


def test_equal_drive_days_count_once_and_different_ones_are_refused(bench: Bench) -> None:
    path = bench.file([row(0), row(0), row(1, smart_5=4), row(1, smart_5=5), row(1, "S2")])
    report = bench.ingest(path)
    assert (report.rows_read, report.rows_deduplicated, report.rows_rejected) == (5, 1, 1)
    assert [reading["ata_5"] for reading in bench.readings()] == [0.0, 4.0, 0.0]
    assert report.quarantine is not None
    (refused,) = csv.DictReader(Path(report.quarantine).read_text().splitlines())
    assert (refused["source"], refused["row"]) == (str(path), "5")
    assert "differs from an earlier row" in refused["reason"]
    assert refused["raw"] == ",".join(str(value) for value in row(1, smart_5=5))


def test_a_failure_on_a_doubled_day_is_not_lost_with_the_double(bench: Bench) -> None:
    report = bench.ingest(bench.file([row(0, failure=1), row(0, failure=1), row(1, "S2"), row(1, "S2", failure=1)]))
    assert (report.failures, report.rows_deduplicated, report.rows_rejected) == (2, 2, 0)


@pytest.mark.parametrize("failure_first", [True, False])
def test_of_rows_that_differ_only_in_the_failure_the_failure_wins(bench: Bench, failure_first: bool) -> None:
    rows = [row(0, smart_5=3, failure=1), row(0, smart_5=3)]
    report = bench.ingest(bench.file(rows if failure_first else rows[::-1]))
    assert (report.failures, report.rows_deduplicated, report.rows_rejected) == (1, 1, 0)
    events = bench.cypher("MATCH (f:FailureEvent {fleet: $fleet}) RETURN f.day AS day, f.status AS status")
    assert events == [(ZERO, "failed")]
    assert [reading["ata_5"] for reading in bench.readings()] == [3.0]


@pytest.mark.parametrize("failure_first", [True, False])
def test_a_failure_of_a_refused_drive_day_does_not_count_whichever_row_tells_it(
    bench: Bench, failure_first: bool
) -> None:
    rows = [row(0, smart_5=3, failure=1), row(0, smart_5=3)]
    path = bench.file([row(0, smart_5=1), *(rows if failure_first else rows[::-1])])
    report = bench.ingest(path)
    assert (report.failures, report.rows_deduplicated, report.rows_rejected) == (0, 0, 2)


def test_the_quarantine_file_tells_place_value_and_reason_of_each_row(bench: Bench) -> None:
    path = bench.file([row(0), row(1, smart_5=-3), row(2, smart_5="many"), ["2999-01-01", *row(3)[1:]], row(4)])
    report = bench.ingest(path)
    assert (report.rows_read, report.rows_rejected, report.drives) == (5, 3, 1)
    assert len(bench.readings()) == 2
    assert report.quarantine is not None
    found = list(csv.DictReader(Path(report.quarantine).read_text().splitlines()))
    assert [(each["row"], each["column"], each["value"]) for each in found] == [
        ("3", "smart_5_raw", "-3"),
        ("4", "smart_5_raw", "many"),
        ("5", "date", "2999-01-01"),
    ]
    assert all(each["source"] == str(path) and each["reason"] and each["raw"] for each in found)
    assert sum(report.rejected_by_reason.values()) == 3
    assert f"{path}:3: smart_5_raw '-3' is impossible" in report.examples[0]


def test_a_file_without_a_usable_row_is_told_row_by_row(bench: Bench) -> None:
    path = bench.file([["only", "two"], row(0, smart_5="?")])
    report = bench.ingest(path)
    assert (report.rows_read, report.rows_rejected, report.drives) == (2, 2, 0)
    assert report.quarantine is not None
    assert len(Path(report.quarantine).read_text().splitlines()) == 3
    path.write_text(",".join(HEADER) + "\nonly,two\n")
    assert bench.ingest(path, dry_run=True).rows_rejected == 1
    assert bench.ingest(path).drives == 0


def test_rows_out_of_order_give_what_rows_in_order_give(bench: Bench) -> None:
    rows = [row(day, smart_5=day) for day in range(6)]
    bench.ingest(bench.file(rows[::-1], name="turned.csv"))
    version = bench.store.version()
    report = bench.ingest(bench.file(rows))
    assert bench.store.version() == version
    assert report.new_readings == 0


def test_a_later_row_replaces_its_day_and_the_file_before_it_does_not_take_that_back(bench: Bench) -> None:
    bench.ingest(bench.file([row(0, smart_5=1, hours=7)]))
    report = bench.ingest(bench.file([row(0, smart_5=2), row(1, smart_5=2)], name="second.csv"))
    assert (report.rows_rejected, report.rows_replaced, report.new_readings) == (0, 1, 2)
    found = [(reading["ata_5"], reading["ata_9"]) for reading in bench.readings()]
    assert found == [(2.0, 7.0), (2.0, None)]
    assert bench.cypher("MATCH (r:Run {fleet: $fleet}) RETURN r.rows_replaced AS n ORDER BY n") == [(0,), (1,)]
    version = bench.store.version()
    for name in ("rows.csv", "second.csv"):
        again = bench.ingest(bench.folder / name)
        assert (again.rows_replaced, again.new_readings) == (0, 0)
    assert bench.store.version() == version
    assert [reading["ata_5"] for reading in bench.readings()] == [2.0, 2.0]


def test_values_that_were_missing_are_filled_in(bench: Bench) -> None:
    bench.ingest(bench.file([row(0, smart_5=1)]))
    report = bench.ingest(bench.file([row(0, smart_5="", hours=100)], name="second.csv"))
    assert (report.rows_rejected, report.new_readings) == (0, 1)
    (reading,) = bench.readings()
    assert (reading["ata_5"], reading["ata_9"]) == (1.0, 100.0)


def test_of_a_folder_only_new_files_are_read(bench: Bench) -> None:
    folder = bench.folder / "days"
    bench.file([row(0)], name="days/2024-05-01.csv")
    bench.file([row(1)], name="days/2024-05-02.csv")
    first = bench.ingest(folder)
    assert (first.files_read, first.rows_read, first.last_day) == (2, 2, ZERO + timedelta(days=1))
    bench.file([row(2, smart_5=9)], name="days/2024-05-03.csv")
    (folder / "2024-05-01.csv").rename(folder / "renamed.csv")
    second = bench.ingest(folder)
    assert (second.files_read, second.files_skipped, second.rows_read) == (1, 2, 1)
    third = bench.ingest(folder)
    assert (third.files_read, third.store_version) == (0, second.store_version)
    assert len(bench.readings()) == 3
    assert bench.drive() == (4000787030016, ZERO, ZERO + timedelta(days=2), 3)


def test_an_unusable_file_of_a_folder_is_named_and_the_others_are_read(bench: Bench) -> None:
    folder = bench.folder / "days"
    bench.file([row(0)], name="days/2024-05-01.csv")
    bare = bench.file([], name="days/2024-05-02.csv")
    (folder / "2024-05-03.csv").touch()
    bench.file([["a table", "of something else"]], ["x", "y"], name="days/notes.csv")
    report = bench.ingest(folder)
    assert (report.files_read, report.rows_read, report.drives) == (1, 1, 1)
    refused = [note for note in report.notes if note.startswith("Refused")]
    assert len(refused) == 3
    assert f"{bare}: has a header but no rows" in refused[0]
    assert "2024-05-03.csv: is empty" in refused[1]
    assert "notes.csv:1: column 'date' is missing" in refused[2]
    again = bench.ingest(folder)
    assert (again.files_read, again.files_skipped) == (0, 1)
    assert [note for note in again.notes if note.startswith("Refused")] == refused
    with pytest.raises(InputError, match="has a header but no rows"):
        bench.ingest(folder / "2024-05-01.csv", bare)


def test_a_folder_without_a_usable_file_is_one_error(bench: Bench) -> None:
    for day in (1, 2):
        bench.file([], name=f"days/2024-05-0{day}.csv")
    with pytest.raises(InputError, match=r"2024-05-01.csv: has a header but no rows. None of the 2 files can be used"):
        bench.ingest(bench.folder / "days")


def test_a_drive_has_one_window_that_moves_on_with_its_days(bench: Bench) -> None:
    windows = "MATCH (:Drive {fleet: $fleet})-[:HAS_WINDOW]->(w) RETURN w.last_day AS day, w.num_readings AS number"
    bench.ingest(bench.file([row(day, smart_5=day) for day in range(3)]))
    assert bench.cypher(windows) == [(ZERO + timedelta(days=2), 3)]
    bench.ingest(bench.file([row(3, smart_5=8)], name="next.csv"))
    assert bench.cypher(windows) == [(ZERO + timedelta(days=3), 4)]
    reads = "MATCH (:TelemetryWindow {fleet: $fleet})-[r:READS]->(a) RETURN a.key AS a, r.first AS f, r.last AS l"
    assert bench.cypher(reads) == [("smart:ata:5", 0.0, 8.0)]


def test_a_window_that_a_finding_cites_stays(bench: Bench) -> None:
    bench.ingest(bench.file([row(0)]))
    ((window,),) = bench.cypher("MATCH (w:TelemetryWindow {fleet: $fleet}) RETURN w.key AS key")
    finding = {"key": f"finding:{bench.fleet}", "name": "cites the window"}
    run = bench.store.begin_run("assess", "test", bench.fleet)
    cites = RelationTable(
        "CITES", "HealthFinding", "TelemetryWindow", pa.table({"head": [finding["key"]], "tail": [window]})
    )
    bench.store.write(run, Batch((NodeTable("HealthFinding", pa.Table.from_pylist([finding])),), (cites,)))
    bench.store.complete_run(run)
    bench.ingest(bench.file([row(1)], name="next.csv"))
    bench.ingest(bench.file([row(2)], name="last.csv"))
    days = {day for (day,) in bench.cypher("MATCH (w:TelemetryWindow {fleet: $fleet}) RETURN w.last_day AS day")}
    assert days == {ZERO, ZERO + timedelta(days=2)}


HISTORY = [
    *("serial_number", "model", "size_tb", "min_date", "max_date", "min_hours", "max_hours"),
    *("tstart", "tstop", "fails", "smart_5", "smart_187"),
]


@pytest.mark.parametrize("daily_first", [True, False])
def test_daily_rows_and_intervals_of_one_drive_converge_in_either_order(bench: Bench, daily_first: bool) -> None:
    last = ZERO + timedelta(days=9)
    daily = bench.file([row(day, smart_5=day, hours=24 * day) for day in (0, 1, 9)] + [row(9, "S2")], name="daily.csv")
    intervals = [
        ["S1", MODEL, 4, ZERO, last, 0, 216, 0, 100, 0, 0, 7],
        ["S1", MODEL, 4, ZERO, last, 0, 216, 100, 216, 1, 3, 8],
    ]
    history = bench.file(intervals, HISTORY, name="history.csv")
    steps: list[Callable[[], IngestReport]] = [
        lambda: bench.ingest(daily),
        lambda: bench.ingest(history, format="backblaze-history"),
    ]
    for step in steps if daily_first else steps[::-1]:
        assert step().rows_rejected == 0
    version = bench.store.version()
    for step in steps:
        step()
    assert bench.store.version() == version
    found = [
        (reading["day"], reading["ata_5"], reading["ata_187"], reading["derived_day"] == 1)
        for reading in bench.readings()
        if reading["drive_key"].endswith("S1")
    ]
    assert found == [
        (ZERO, 0.0, 7.0, False),
        (ZERO + timedelta(days=1), 1.0, None, False),
        (ZERO + timedelta(days=3), 0.0, 7.0, True),
        (ZERO + timedelta(days=4), 3.0, 8.0, True),
        (last, 9.0, 8.0, False),
    ]
    assert bench.drive() == (4000787030016, ZERO, last, 10)
    assert bench.cypher("MATCH (f:FailureEvent {fleet: $fleet}) RETURN f.day AS day, f.status AS status") == [
        (last, "failed")
    ]


def test_a_window_has_the_same_content_whichever_of_a_derived_and_a_certain_day_came_first(bench: Bench) -> None:
    daily = bench.file([row(day, smart_5=day) for day in range(3)], name="daily.csv")
    interval = ["S1", MODEL, 4, ZERO, ZERO + timedelta(days=2), 0, 48, 24, 48, 0, 1, 7]
    history = bench.file([interval], HISTORY, name="history.csv")
    steps = [(daily, "backblaze-daily"), (history, "backblaze-history")]
    contents = []
    for fleet, order in (("a", steps), ("b", steps[::-1])):
        bench_fleet = f"{bench.fleet}-{fleet}"
        for path, format_name in order:
            bench.ingest(path, format=format_name, fleet=bench_fleet)
        version = bench.store.version()
        for path, format_name in order:
            bench.ingest(path, format=format_name, fleet=bench_fleet)
        assert bench.store.version() == version
        window = "MATCH (w:TelemetryWindow {fleet: $name}) RETURN w.content_sha256 AS c, w.derived_from_hours AS d"
        contents += bench.cypher(window, name=bench_fleet)
    assert contents[0] == contents[1]
    assert contents[0][1] is False


@pytest.mark.parametrize("tickets_first", [True, False])
def test_tickets_and_windows_of_one_drive_are_one_drive_with_one_failure(bench: Bench, tickets_first: bool) -> None:
    tickets = bench.file(
        [["B3", "2019-06-30 10:00:00", 1, "WSM", 7, 1, 2, 3], ["B3", "2019-06-30 11:00:00", 1, "none", 8, 1, 2, 4]],
        ["model", "failure_time", "failure", "app", "disk_id", "node_id", "rack_id", "machine_room_id"],
        name="tickets.csv",
    )
    windows = bench.file(
        [[7, "2019-06-29", "MB1", "DB", "2019-06-30", 1, "[0,1]", "[100,124]"]],
        ["disk_id", "ds", "model", "app", "failure_time", "failure", "r_5", "r_9"],
        name="windows.csv",
    )
    steps = [(tickets, "alibaba-tickets"), (windows, "alibaba-windows")]
    for path, format_name in steps if tickets_first else steps[::-1]:
        bench.ingest(path, format=format_name)
    version = bench.store.version()
    reports = [bench.ingest(path, format=format_name) for path, format_name in steps]
    assert bench.store.version() == version
    assert [(report.drives, report.failures, report.windows) for report in reports] == [(2, 2, 0), (1, 1, 1)]
    events = bench.cypher(
        "MATCH (f:FailureEvent {fleet: $fleet}) RETURN f.precision AS p, f.observed_at IS NOT NULL AS o"
    )
    assert events == [("second", True)] * 2
    assert bench.cypher("MATCH (:Drive {fleet: $fleet})-[:HAS_ALIAS]->(a) RETURN a.alias AS a") == [("MB1:7",)]
    rooms = bench.cypher("MATCH (:Rack {fleet: $fleet})-[:IN_ROOM]->(r) RETURN r.name AS r ORDER BY r")
    assert rooms == [("3",), ("4",)]
    serves = bench.cypher("MATCH (:Drive {fleet: $fleet})-[:SERVES]->(a) RETURN a.name AS a ORDER BY a")
    assert serves == [("DB",), ("WSM",)]
    derived = bench.cypher("MATCH (w:TelemetryWindow {fleet: $fleet}) RETURN w.derived_from_hours AS d")
    assert derived == [(True,)]


def test_a_drive_that_moves_has_a_past_and_a_present_place(bench: Bench) -> None:
    header = ["day", "serial", "model", "host", "rack", "firmware", "ata_5"]
    rows = [[ZERO + timedelta(days=day), "S1", "M", "h1" if day < 3 else "h2", "r1", "1.0", 0] for day in range(5)]
    bench.ingest(bench.file(rows[:4], header, name="a.csv"), format="atoll-daily")
    bench.ingest(bench.file(rows[4:], header, name="b.csv"), format="atoll-daily")
    places = bench.cypher(
        "MATCH (:Drive {fleet: $fleet})-[r:RUNS_ON]->(h) "
        "RETURN h.name AS h, r.valid_from AS f, r.valid_to AS t ORDER BY h"
    )
    assert places == [("h1", ZERO, ZERO + timedelta(days=2)), ("h2", ZERO + timedelta(days=3), None)]
    assert bench.cypher("MATCH (h:Host {fleet: $fleet})-[:IN_RACK]->(r) RETURN count(DISTINCT r) AS n") == [(1,)]
    assert bench.cypher("MATCH (:Drive {fleet: $fleet})-[r:IN_RACK]->() RETURN count(r) AS n") == [(1,)]


def test_what_a_file_says_of_itself_decides_whether_a_fleet_is_synthetic(bench: Bench) -> None:
    rows = pa.table({"day": [ZERO], "serial": ["S1"], "model": ["M"], "ata_5": [0.0]})
    marked = rows.replace_schema_metadata({"atoll.synthetic": "true"})
    pq.write_table(marked, bench.folder / "made.parquet")
    bench.ingest(bench.folder / "made.parquet", format="atoll-daily")
    assert bench.cypher("MATCH (f:Fleet {name: $fleet}) RETURN f.synthetic AS s") == [(True,)]
    pq.write_table(rows, bench.folder / "real.parquet")
    with pytest.raises(RefusedError, match="holds synthetic data"):
        bench.ingest(bench.folder / "real.parquet", format="atoll-daily")


def test_a_workspace_that_cannot_be_written_is_one_clear_error_and_nothing_is_stored(
    shared_store: GraphStore, tmp_path: Path
) -> None:
    bench = Bench(shared_store, tmp_path / "workspace", tmp_path)
    bench.workspace.mkdir()
    path = bench.file([row(0), row(1, smart_5=-1)])
    (bench.workspace / "quarantine").touch()  # a file where a folder must go: not even root can write there
    with pytest.raises(InputError, match=r"quarantine.*cannot be written"):
        bench.ingest(path)
    (bench.workspace / "quarantine").unlink()
    (bench.workspace / "readings").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        bench.ingest(path)
    assert bench.cypher("MATCH (d:Drive {fleet: $fleet}) RETURN d.key AS key") == []
    assert bench.store.query("stored_drives", {"keys": [f"drive:{bench.fleet}:{MODEL}:S1"]}).rows == []


def test_a_fleet_name_that_cannot_be_part_of_a_key_is_an_error(bench: Bench) -> None:
    with pytest.raises(InputError, match="Fleet 'a:b'"):
        bench.ingest(bench.file([row(0)]), fleet="a:b")


def test_progress_is_told_stage_by_stage(bench: Bench) -> None:
    told: list[tuple[str, int, int | None]] = []
    bench.ingest(bench.file([row(0)]), progress=lambda stage, done, total: told.append((stage, done, total)))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["look over", "read", "files", "compare", "stage readings", "write", "windows", "complete"]
    assert ("read", 1, None) in told
