"""Writers that are killed with no chance to clean up, each in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from graph.ports import GraphStore

Make = Callable[..., Any]
WRITER = """
import sys
import pyarrow as pa
from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.stores import open_store

url, user, password, workspace_id, how = sys.argv[1:6]
store = open_store(url, workspace_id=workspace_id, username=user or None, password=password or None)
run = store.begin_run("ingest", "killed", "one-fingerprint")
print("begun", run.resumed, flush=True)
fleet = NodeTable("Fleet", pa.table({"key": ["fleet:k"], "name": ["k"]}))
for part in range(12):
    keys = [f"drive:k:m:{part}-{index}" for index in range(1500)]
    drives = NodeTable("Drive", pa.table({"key": keys, "name": keys, "drive_days": [1] * len(keys)}))
    links = RelationTable("IN_FLEET", "Drive", "Fleet", pa.table({"head": keys, "tail": ["fleet:k"] * len(keys)}))
    getattr(store, how)(run, Batch((fleet, drives), (links,)))
    print("written", part, flush=True)
print("completing", flush=True)
print("complete", store.complete_run(run), flush=True)
"""


def writer(store_kind: str, request: pytest.FixtureRequest, how: str) -> subprocess.Popen[str]:
    if store_kind == "neo4j":
        server = request.getfixturevalue("neo4j_server")
        where = [server.url, server.username, server.password]
    else:
        where = [f"embedded:{request.getfixturevalue('embedded_workspace')}", "", ""]
    command = [sys.executable, "-c", WRITER, *where, "atoll-test-workspace", how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("how", "moment"), [("write", "written 1"), ("load", "written 0"), ("write", "completing")])
def test_a_writer_that_is_killed_leaves_nothing_half_visible_and_the_next_one_finishes(
    store: GraphStore, store_kind: str, request: pytest.FixtureRequest, how: str, moment: str
) -> None:
    process = writer(store_kind, request, how)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(moment):
            break
    time.sleep(0.05)  # somewhere within the next batch
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    seen = store.query("fleet_counts", {"fleet": "fleet:k"}).rows
    assert seen == [] or seen[0][0] == 18_000
    assert store.check() == [] or how == "load"  # a bulk load that was cut short is counted when it resumes
    again = writer(store_kind, request, how)
    output, _ = again.communicate(timeout=300)
    assert again.returncode == 0
    assert "begun True" in output or seen
    assert store.query("fleet_counts", {"fleet": "fleet:k"}).rows[0][:2] == (18_000, 18_000)
    assert store.version() == 1
    assert store.check() == []
