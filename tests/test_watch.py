"""`atoll watch` as a service: real processes that are killed, stopped, locked out and cut off from their store."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from command_line import Atoll
from filelock import FileLock
from prometheus_client.parser import text_string_to_metric_families

from app.analysis.watching import is_no_space

FIRST = date(2026, 1, 1)
DAYS = 40
HEADER = "day,serial,model,host,rack,ata_5,ata_9\n"
PATIENCE_SECONDS = 120


def write_day(folder: Path, day: int) -> Path:
    """One day of sixty drives; the first reallocates from day 25 on."""
    path = folder / f"{FIRST + timedelta(day)}.csv"
    rows = [
        f"{FIRST + timedelta(day)},SN{n:02},MX-1,h{n // 4},r1,{max(0, day - 25) * 2 if n == 0 else 0},{8000 + 24 * day}"
        for n in range(60)
    ]
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with forty daily files."""
    made = tmp_path / "incoming"
    made.mkdir()
    for day in range(DAYS):
        write_day(made, day)
    return made


@pytest.fixture
def atoll(tmp_path: Path) -> Iterator[Atoll]:
    runner = Atoll(tmp_path / "workspace")
    yield runner
    runner.run("store", "stop")


class Watching:
    """A running `atoll watch` and the events it told."""

    def __init__(self, atoll: Atoll, folder: Path, *arguments: str) -> None:
        cleaned = {k: v for k, v in os.environ.items() if not k.startswith(("NEO4J_", "ATOLL_"))}
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "app.cli", "watch", str(folder), "--format", "atoll-daily", "--fleet", "lab",
                "--interval-seconds", "0.3", "--settle-seconds", "0.2", "--json", *arguments,
            ],
            cwd=folder.parent, env={**cleaned, "ATOLL_WORKSPACE": str(atoll.workspace)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(iter(self.process.stderr.readline, ""))

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [event for line in list(self.lines) if (event := json.loads(line))["event"] == kind]

    def wait_for(self, kind: str, count: int = 1) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.events(kind)) < count:
            assert self.process.poll() is None, self.lines
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.05)
        return self.events(kind)[count - 1]

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        self.process.wait(timeout=PATIENCE_SECONDS)
        self._reader.join(timeout=10)
        assert not any("Traceback" in line for line in self.lines), self.lines
        return self.process.returncode


@pytest.fixture
def start(atoll: Atoll) -> Iterator[Callable[..., Watching]]:
    """Starts a watch; all are ended at the end."""
    started: list[Watching] = []

    def begin(folder: Path, *arguments: str) -> Watching:
        started.append(Watching(atoll, folder, *arguments))
        return started[-1]

    yield begin
    for each in started:
        with contextlib.suppress(ProcessLookupError):
            each.process.kill()
        each.process.wait(timeout=30)


def told(atoll: Atoll) -> tuple[dict[str, Any], list[Any]]:
    """What the workspace says of the fleet, and what the runs read."""
    described = atoll.json("describe", "fleet", "--fleet", "lab")
    described.pop("store_version")
    windows = atoll.json(
        "query", "--cypher", "MATCH (w:TelemetryWindow) RETURN w.key AS key, w.content_sha256 AS hash ORDER BY key"
    )
    return described, windows["rows"]


def rows_read(atoll: Atoll) -> int:
    text = "MATCH (r:Run {kind: 'ingest', status: 'complete'}) RETURN sum(r.rows_read) AS rows"
    return int(atoll.json("query", "--cypher", text)["rows"][0][0])


def test_a_watch_that_is_killed_and_stopped_while_it_reads_ends_with_the_same_result(
    atoll: Atoll, folder: Path, tmp_path: Path, start: Callable[..., Watching]
) -> None:
    reference = Atoll(tmp_path / "reference")
    reference.json("ingest", "telemetry", str(folder), "--format", "atoll-daily", "--fleet", "lab")
    expected = told(reference)
    reference.run("store", "stop")

    ends: list[int] = []
    for number, seconds in ((signal.SIGKILL, 0.2), (signal.SIGKILL, 1.5), (signal.SIGTERM, 1.0), (signal.SIGKILL, 2.2)):
        watching = start(folder)
        watching.wait_for("started")
        time.sleep(seconds)
        ends.append(watching.end(number))
    assert ends == [-signal.SIGKILL, -signal.SIGKILL, 0, -signal.SIGKILL]

    watching = start(folder, "--once")
    assert watching.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert told(atoll) == expected
    assert rows_read(atoll) == 60 * DAYS
    assert atoll.json("store", "check")["healthy"] is True


def test_what_comes_in_is_read_once_and_a_bad_file_is_told_once(
    atoll: Atoll, folder: Path, tmp_path: Path, start: Callable[..., Watching]
) -> None:
    (folder / "notes.csv").write_text("a,b\n1,2\n")
    textfile = tmp_path / "atoll.prom"
    watching = start(folder, "--textfile", str(textfile))
    assert watching.wait_for("ingested")["rows_read"] == 60 * DAYS
    write_day(folder, DAYS)
    assert watching.wait_for("ingested", 2)["files"] == [str(folder / f"{FIRST + timedelta(DAYS)}.csv")]
    (folder / "notes.csv").write_text("a,b\n1,2\n3,4\n")
    watching.wait_for("bad-file", 2)
    time.sleep(2)
    assert len(watching.events("bad-file")) == 2, "once for each content, not once a round"
    assert "column 'day' is missing" in watching.events("bad-file")[0]["error"]
    families = {family.name: family for family in text_string_to_metric_families(textfile.read_text())}
    assert [sample.labels["serial"] for sample in families["atoll_drive_finding"].samples] == ["SN00"]
    assert watching.end(signal.SIGTERM) == 0
    assert watching.process.stdout is not None
    assert json.loads(watching.process.stdout.read())["files_read"] == DAYS + 1

    again = start(folder)
    again.wait_for("bad-file")
    time.sleep(2)
    assert again.events("ingested") == []
    assert again.end(signal.SIGINT) == 0
    assert rows_read(atoll) == 60 * (DAYS + 1)


def test_a_watch_does_not_take_its_own_textfile_for_a_page_of_an_exporter(atoll: Atoll, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "atoll.prom").write_text("# an earlier one\n")
    (pages / "other.prom").write_text("# nothing\n")
    found = atoll.json(
        "watch", str(pages), "--format", "prometheus", "--fleet", "lab", "--once", "--settle-seconds", "0",
        "--textfile", str(pages / "atoll.prom"),
    )  # fmt: skip
    assert found["bad_files"] == 1


def test_a_file_that_finds_no_room_is_not_taken_for_a_bad_one() -> None:
    with pytest.raises(OSError, match="No space") as full:
        Path("/dev/full").write_text("a row")
    with pytest.raises(duckdb.Error) as spilled:
        duckdb.sql("COPY (SELECT 1) TO '/dev/full' (FORMAT csv)")
    assert is_no_space(full.value)
    assert is_no_space(spilled.value)
    assert not is_no_space(ValueError("is no number"))


def test_a_file_is_read_when_it_has_stopped_growing(
    atoll: Atoll, tmp_path: Path, start: Callable[..., Watching]
) -> None:
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    (incoming / "first.csv").write_text(f"{HEADER}{FIRST},SN0,MX-1,h1,r1,0,8000\n")
    watching = start(incoming, "--settle-seconds", "1")
    watching.wait_for("ingested")
    with (incoming / "slow.csv").open("w") as stream:
        stream.write(HEADER)
        for day in range(20):
            stream.write(f"{FIRST + timedelta(day)},SN1,MX-1,h1,r1,0,{8000 + 24 * day}\n")
            stream.flush()
            time.sleep(0.25)
    assert watching.wait_for("ingested", 2)["rows_read"] == 20
    assert len(watching.events("growing")) == 1
    assert watching.end(signal.SIGTERM) == 0
    assert rows_read(atoll) == 21


def test_a_watch_waits_while_another_command_writes(atoll: Atoll, folder: Path, start: Callable[..., Watching]) -> None:
    atoll.json("store", "start")
    with FileLock(atoll.workspace / "runs.lock"):
        watching = start(folder)
        assert "another Atoll command is writing" in watching.wait_for("waiting")["error"]
        time.sleep(7)
        assert len(watching.events("waiting")) == 1
        assert watching.events("ingested") == []
    assert watching.wait_for("ingested")["rows_read"] == 60 * DAYS
    watching.wait_for("recovered")
    assert watching.end(signal.SIGTERM) == 0


def test_a_store_that_cannot_be_reached_is_told_once_and_tried_again(
    atoll: Atoll, folder: Path, start: Callable[..., Watching]
) -> None:
    watching = start(folder, "--store", "neo4j://127.0.0.1:1")
    assert "127.0.0.1:1" in watching.wait_for("store-unreachable")["error"]
    time.sleep(4)
    assert len(watching.events("store-unreachable")) == 1
    assert watching.end(signal.SIGTERM) == 0

    once = atoll.json(
        "watch", str(folder), "--format", "atoll-daily", "--fleet", "lab", "--once", "--store", "neo4j://127.0.0.1:1",
        status=4,
    )  # fmt: skip
    assert "127.0.0.1:1" in once["error"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent", "--format", "atoll-daily"], "no such folder"),
        ([".", "--format", "atoll-dayly"], "Did you mean 'atoll-daily'?"),
        (["."], "this folder holds no"),
        ([".", "--format", "atoll-daily", "--textfile", "x.txt"], "x.txt.prom"),
        ([".", "--format", "atoll-daily", "--mapping", "m.yaml"], "--mapping goes with --format mapped"),
    ],
)
def test_a_watch_that_cannot_begin_says_why(atoll: Atoll, arguments: list[str], said: str) -> None:
    failed = atoll.json("watch", *arguments, "--fleet", "lab", "--once", status=2)
    assert said in failed["error"]
