"""Corrected, late and repeated rows: they move what they are about, and the way files come in makes no difference."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telemetry_bench import HEADER, MODEL, ZERO, Bench, row

from app.analysis.drive_description import describe_drive
from app.analysis.fleet_data import load_fleet
from graph.errors import RefusedError
from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.ports import GraphStore
from graph.stores import open_store
from graph.stores.embedded import supervisor
from ingest.telemetry.known_files import KnownFiles
from ingest.telemetry.options import SourceOptions


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corrections")


@pytest.fixture(scope="module")
def shared_store(workspace: Path) -> Iterator[GraphStore]:
    store = open_store(f"embedded:{workspace}", workspace_id="correction-tests")
    yield store
    store.close()
    supervisor.stop(workspace)


@pytest.fixture
def bench(shared_store: GraphStore, workspace: Path, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(shared_store, workspace, tmp_path)
    yield made
    made.lake.close()


def windows(bench: Bench, fleet: str | None = None) -> dict[str, tuple[Any, ...]]:
    """All properties of each drive's windows and of what they read, by window."""
    text = (
        "MATCH (w:TelemetryWindow {fleet: $name})-[r:READS]->(a) RETURN w.key AS key, properties(w) AS w, a.key AS a, "
        "properties(r) AS r ORDER BY key, a"
    )
    found: dict[str, tuple[Any, ...]] = {}
    for key, window, attribute, reads in bench.cypher(text, name=fleet or bench.fleet):
        found[key] = (*found.get(key, (window,)), attribute, reads)
    return found


def test_only_the_window_of_a_corrected_drive_moves_and_a_finding_on_another_stays(bench: Bench) -> None:
    rows = [row(day, serial, smart_5=day, hours=24 * day) for day in range(5) for serial in ("S1", "S2", "S3")]
    bench.ingest(bench.file(rows))
    before = windows(bench)
    other = next(key for key in before if ":S2:" in key)
    finding = {"key": f"finding:{bench.fleet}", "name": "cites the window"}
    run = bench.store.begin_run("assess", "test", bench.fleet)
    cites = RelationTable(
        "CITES", "HealthFinding", "TelemetryWindow", pa.table({"head": [finding["key"]], "tail": [other]})
    )
    bench.store.write(run, Batch((NodeTable("HealthFinding", pa.Table.from_pylist([finding])),), (cites,)))
    bench.store.complete_run(run)
    corrected = [[*row(2, "S1", smart_5=9)[:6], 48], row(2, "S2", smart_5=2, hours=48)]
    report = bench.ingest(bench.file(corrected, name="corrected.csv"))
    assert (report.rows_replaced, report.new_readings, report.nodes_written) == (1, 1, 1)
    assert report.relationships_written == 1
    after = windows(bench)
    assert [key for key in after if after[key] != before[key]] == [key for key in before if ":S1:" in key]
    reads = "MATCH (w:TelemetryWindow {fleet: $fleet})-[r:READS]->(a) WHERE w.key CONTAINS ':S1:' RETURN a.key AS a, "
    found = bench.cypher(reads + "r.first AS f, r.max AS m, r.num_resets AS n, r.last AS l ORDER BY a")
    assert found == [("smart:ata:5", 0.0, 9.0, 1, 4.0), ("smart:ata:9", 0.0, 96.0, 0, 96.0)]
    cited = bench.cypher("MATCH (f:HealthFinding {key: $key})-[:CITES]->(w) RETURN w.key AS w", key=finding["key"])
    assert cited == [(other,)]
    assert bench.store.check() == []


def test_a_correction_before_the_window_changes_the_readings_alone(bench: Bench) -> None:
    bench.ingest(bench.file([row(day, smart_5=0) for day in (0, 20, 40)]))
    before, drive = windows(bench), bench.drive()
    report = bench.ingest(bench.file([row(0, smart_5=5)], name="corrected.csv"))
    assert (report.rows_replaced, report.nodes_written, report.relationships_written) == (1, 0, 0)
    assert [reading["ata_5"] for reading in bench.readings()] == [5.0, 0.0, 0.0]
    assert (windows(bench), bench.drive()) == (before, drive)


def test_a_late_day_counts_as_a_day_under_observation(bench: Bench) -> None:
    bench.ingest(bench.file([row(3)]))
    report = bench.ingest(bench.file([row(1)], name="late.csv"))
    assert (report.rows_replaced, report.new_readings) == (0, 1)
    assert bench.drive() == (4000787030016, ZERO + timedelta(days=1), ZERO + timedelta(days=3), 2)
    assert bench.cypher("MATCH (w:TelemetryWindow {fleet: $fleet}) RETURN w.num_readings AS n") == [(2,)]


def test_an_empty_value_of_a_correction_leaves_what_is_stored(bench: Bench) -> None:
    bench.ingest(bench.file([row(0, smart_5=3, hours=24)]))
    bench.ingest(bench.file([row(0, smart_5="", hours=25)], name="corrected.csv"))
    (reading,) = bench.readings()
    assert (reading["ata_5"], reading["ata_9"]) == (3.0, 25.0)


def test_a_failure_that_a_correction_takes_back_stays_and_is_named(bench: Bench) -> None:
    bench.ingest(bench.file([row(0, failure=1, smart_5=1)]))
    report = bench.ingest(bench.file([row(0, failure=0, smart_5=2)], name="corrected.csv"))
    assert report.rows_replaced == 1
    (note,) = [note for note in report.notes if "not repeated" in note]
    assert f"drive:{bench.fleet}:{MODEL}:S1 on {ZERO}" in note
    assert bench.cypher("MATCH (e:FailureEvent {fleet: $fleet}) RETURN e.status AS s") == [("failed",)]


def test_of_two_files_in_one_run_the_later_one_corrects_the_earlier(bench: Bench) -> None:
    bench.file([row(0, smart_5=1, hours=7), row(1, smart_5=1)], name="days/a.csv")
    bench.file([row(0, smart_5=2)], name="days/b.csv")
    report = bench.ingest(bench.folder / "days")
    assert (report.rows_rejected, report.rows_deduplicated) == (0, 0)
    assert [(reading["ata_5"], reading["ata_9"]) for reading in bench.readings()] == [(2.0, 7.0), (1.0, None)]


def test_of_two_samples_of_a_day_the_later_counts_whichever_comes_first(bench: Bench) -> None:
    mapping = bench.folder / "mapping.yaml"
    mapping.write_text(
        "atoll_mapping: 1\nname: samples\nversion: 1\ncolumns:\n  at: {means: time, format: iso}\n"
        "  drive: serial\n  kind: model\n  sectors: smart:ata:5\n"
    )
    early = bench.file([[f"{ZERO}T06:00:00", "S1", "M", 1]], ["at", "drive", "kind", "sectors"], name="early.csv")
    late = bench.file([[f"{ZERO}T18:00:00", "S1", "M", 2]], ["at", "drive", "kind", "sectors"], name="late.csv")
    contents = []
    for number, runs in enumerate(([early, late], [late, early], [(early, late)], [(late, early)])):
        fleet = f"{bench.fleet}-{number}"
        for files in runs:
            given_files = files if isinstance(files, tuple) else (files,)
            bench.ingest(*given_files, format="mapped", fleet=fleet, options=SourceOptions(mapping=mapping))
        query = "MATCH (w:TelemetryWindow {fleet: $name})-[r:READS]->() RETURN r.last AS l, w.content_sha256 AS c"
        contents += bench.cypher(query, name=fleet)
    assert [last for last, _ in contents] == [2.0] * 4
    assert len({content for _, content in contents}) == 1


VALUE = st.none() | st.integers(0, 3)
FILE = st.dictionaries(
    st.tuples(st.integers(0, 3), st.sampled_from(["S1", "S2"])), st.tuples(VALUE, VALUE), min_size=1, max_size=5
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.lists(FILE, min_size=1, max_size=4))
def test_files_in_one_run_and_in_many_with_repeats_between_give_the_same(
    bench: Bench, data: st.DataObject, contents: list[dict[tuple[int, str], tuple[int | None, int | None]]]
) -> None:
    token = os.urandom(4).hex()
    files = [
        bench.file(
            [row(day, serial, "" if a is None else a, hours="" if b is None else b) for (day, serial), (a, b) in sorted(
                content.items()
            )],
            name=f"{token}-{number}.csv",
        )
        for number, content in enumerate(contents)
    ]  # fmt: skip
    together, apart = f"{token}-together", f"{token}-apart"
    bench.ingest(*files, fleet=together)
    done: list[Path] = []
    while len(done) < len(files):
        size = data.draw(st.integers(1, len(files) - len(done)))
        bench.ingest(*files[len(done) : len(done) + size], fleet=apart)
        done = files[: len(done) + size]
        if data.draw(st.booleans()):
            bench.ingest(data.draw(st.sampled_from(done)), fleet=apart)
    expected: dict[tuple[int, str], list[float | None]] = {}
    read: list[object] = []
    for content in contents:
        if sorted(content.items()) in read:
            continue
        read.append(sorted(content.items()))
        for key, values in content.items():
            held = expected.setdefault(key, [None, None])
            for at, value in enumerate(values):
                held[at] = value if value is not None else held[at]
    for fleet in (together, apart):
        found = {
            ((reading["day"] - ZERO).days, reading["drive_key"].rpartition(":")[2]): [
                reading.get("ata_5"),
                reading.get("ata_9"),
            ]
            for reading in bench.readings(fleet)
        }
        assert found == expected
    content = "MATCH (w:TelemetryWindow {fleet: $name}) RETURN w.drive AS d, w.last_day AS l, w.content_sha256 AS c"
    one, other = (
        sorted((d.rpartition(":")[2], last, sha) for d, last, sha in bench.cypher(content, name=fleet))
        for fleet in (together, apart)
    )
    assert one == other


def test_files_that_were_read_are_not_opened_again_until_they_change(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bench.folder / "days"
    paths = [bench.file([row(day)], name=f"days/{day}.csv") for day in range(3)]
    for path in paths:
        os.utime(path, ns=(0, path.stat().st_mtime_ns - 10**10))
    bench.ingest(folder)
    opened: list[Path] = []
    real = Path.open

    def watched(self: Path, *args: Any, **kwargs: Any) -> Any:
        opened.append(self)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", watched)
    report = bench.ingest(folder)
    assert (report.files_skipped, report.rows_read) == (3, 0)
    assert "3 files already read, 0 rows read." in report.notes
    assert not set(paths) & set(opened)
    with real(paths[1], "a") as stream:
        stream.write(",".join(map(str, row(9))) + "\n")
    report = bench.ingest(folder)
    assert (report.files_read, report.rows_read, report.new_readings) == (1, 2, 1)


@pytest.mark.parametrize("content", ["", "[]", '{"schema": "atoll-known-files/1", "files": {"x": 1}}', "\x00"])
def test_a_damaged_memory_of_files_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "known-files.json").write_text(content)
    known = KnownFiles(tmp_path)
    path = tmp_path / "a.csv"
    path.write_text("a")
    assert known.sha256(path) is None
    os.utime(path, ns=(0, 10**18))
    known.note(path, known.state(path), "abc")
    known.save()
    assert KnownFiles(tmp_path).sha256(path) == "abc"
    path.write_text("b")
    assert KnownFiles(tmp_path).sha256(path) is None


def test_a_file_that_changed_just_now_is_not_remembered(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a")
    known = KnownFiles(tmp_path)
    known.note(path, known.state(path), "abc")
    assert known.sha256(path) is None


def events(bench: Bench) -> list[tuple[Any, ...]]:
    return bench.cypher(
        "MATCH (d:Drive {fleet: $fleet})-[:HAS_FAILURE]->(e) "
        "RETURN d.serial AS s, e.status AS t, e.day AS day ORDER BY s"
    )


def test_a_snapshot_retires_what_it_does_not_list_and_closes_its_placements(bench: Bench) -> None:
    header = [
        "date",
        "serial_number",
        "model",
        "capacity_bytes",
        "failure",
        "smart_5_raw",
        "datacenter",
        "vault_id",
        "pod_id",
    ]
    serials = ("S1", "S2", "S3", "S4")

    def day(number: int, listed: tuple[str, ...], failed: tuple[str, ...] = ()) -> Path:
        rows = [
            [ZERO + timedelta(days=number), serial, MODEL, 10**12, int(serial in failed), 0, "dc", 1, 1]
            for serial in listed
        ]
        return bench.file(rows, header, name=f"day-{number}.csv")

    bench.ingest(day(0, serials, failed=("S4",)), retire=True)
    assert events(bench) == [("S4", "failed", ZERO)]
    foretold = bench.ingest(day(1, ("S1", "S2")), retire=True, dry_run=True)
    report = bench.ingest(day(1, ("S1", "S2")), retire=True)
    assert foretold.retired == report.retired == 1
    assert events(bench) == [("S3", "retired", ZERO), ("S4", "failed", ZERO)]
    places = (
        "MATCH (d:Drive {fleet: $fleet})-[r:RUNS_ON|IN_RACK]->(p) "
        "RETURN d.serial AS s, type(r) AS t, r.valid_to AS v ORDER BY s, t"
    )
    closed = [(serial, kind) for serial, kind, end in bench.cypher(places) if end == ZERO]
    assert closed == [("S3", "IN_RACK"), ("S3", "RUNS_ON")]
    again = bench.ingest(bench.folder / "day-1.csv", retire=True)
    assert (again.retired, again.store_version) == (0, report.store_version)
    # It comes back: the event stays, and no longer counts.
    bench.ingest(day(2, ("S1", "S2", "S3")), retire=True)
    assert ("S3", "retired", ZERO) in events(bench)
    drives = load_fleet(bench.store, bench.fleet, synthetic=False).drives.set_index("serial")
    assert drives["failure_status"].to_dict() == {"S1": None, "S2": None, "S3": None, "S4": "failed"}
    assert drives.loc["S3", "host"] == drives.loc["S1", "host"]
    described = describe_drive(bench.store, bench.lake, f"drive:{bench.fleet}:{MODEL}:S3")
    assert (described.facts["failure_status"], "etired" in described.verdict_reason) == (None, False)
    assert bench.store.check() == []


def test_a_snapshot_that_lists_too_few_retires_nothing_and_writes_nothing(bench: Bench) -> None:
    bench.ingest(bench.file([row(0, f"S{number}") for number in range(10)]))
    version = bench.store.version()
    half = bench.file([row(1, f"S{number}") for number in range(4)], name="half.csv")
    for dry_run in (True, False):
        with pytest.raises(RefusedError, match=r"6 of the 10 drives .* more than 50% \(--retire-limit\)"):
            bench.ingest(half, retire=True, dry_run=dry_run)
    assert bench.store.version() == version
    assert bench.store.incomplete_runs() == []
    assert bench.ingest(half, retire=True, retire_limit=0.8).retired == 6


def test_an_older_snapshot_retires_no_drive_that_is_seen_later(bench: Bench) -> None:
    bench.ingest(bench.file([row(5, "S1"), row(5, "S2")]))
    assert bench.ingest(bench.file([row(2, "S1")], name="old.csv"), retire=True).retired == 0


def test_a_drive_whose_row_was_refused_is_not_retired(bench: Bench) -> None:
    bench.ingest(bench.file([row(0, "S1"), row(0, "S2"), row(0, "S3")]))
    report = bench.ingest(bench.file([row(1, "S1"), row(1, "S2", smart_5=-1)], name="next.csv"), retire=True)
    assert (report.rows_rejected, report.retired) == (1, 1)
    assert [serial for serial, _, _ in events(bench)] == ["S3"]


def test_only_a_full_snapshot_can_retire(bench: Bench) -> None:
    path = bench.file([[ZERO, "S1", "M", 0]], ["day", "serial", "model", "ata_5"])
    with pytest.raises(RefusedError, match=r"'atoll-daily' is not declared a full snapshot.*backblaze-daily"):
        bench.ingest(path, format="atoll-daily", retire=True)


@pytest.mark.parametrize("late_first", [True, False])
def test_a_new_drive_in_an_occupied_slot_closes_the_stay_of_the_former(bench: Bench, late_first: bool) -> None:
    header = [*HEADER[:6], "datacenter", "vault_id", "pod_id", "pod_slot_num"]

    def stays(name: str, serial: str, *days: int) -> Path:
        return bench.file([[*row(day, serial)[:6], "dc", 1, 2, 3] for day in days], header, name=name)

    files = [stays("old.csv", "OLD", 0, 1, 2), stays("new.csv", "NEW", 5, 6)]
    for path in files[::-1] if late_first else files:
        bench.ingest(path)
    found = bench.cypher(
        "MATCH (d:Drive {fleet: $fleet})-[r:RUNS_ON]->() "
        "RETURN d.serial AS s, r.slot AS slot, r.valid_from AS f, r.valid_to AS t ORDER BY s"
    )
    assert found == [
        ("NEW", "3", ZERO + timedelta(days=5), None),
        ("OLD", "3", ZERO, ZERO + timedelta(days=4)),
    ]
