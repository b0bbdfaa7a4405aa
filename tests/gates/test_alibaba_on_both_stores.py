"""The two Alibaba files in one workspace: counts as pandas finds them in the files, the same on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from command_line import Atoll

MODEL_IN_TICKETS = {"MB1": "B3", "MB2": "B2", "MA1": "A3"}  # data-model.md


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, int]:
    tickets = pd.read_csv(shared_data / "alibaba-failures.csv")
    windows = pd.read_csv(shared_data / "alibaba-windows" / "train.csv", usecols=["disk_id", "model", "failure"])
    in_tickets = set(zip(tickets["model"], tickets["disk_id"], strict=True))
    in_windows = set(zip(windows["model"].replace(MODEL_IN_TICKETS), windows["disk_id"], strict=True))
    return {
        "drives": len(in_tickets | in_windows),
        "failures": len(in_tickets),
        "hosts": tickets["node_id"].nunique(),
        "racks": tickets["rack_id"].nunique(),
        "rooms": tickets["machine_room_id"].nunique(),
    }


def ingest_twice(atoll: Atoll, data: Path, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Both files, each twice; the repeats must change nothing."""
    windows, tickets = data / "alibaba-windows" / "train.csv", data / "alibaba-failures.csv"
    versions = []
    for _ in range(2):
        for format_name, path in (("alibaba-windows", windows), ("alibaba-tickets", tickets)):
            report = atoll.json(
                "ingest", "telemetry", str(path), "--format", format_name, "--fleet", "alibaba", environment=environment
            )
            versions.append(report["store_version"])
    assert versions[1] == versions[2] == versions[3]
    assert report["nodes_written"] == report["relationships_written"] == 0
    described = atoll.json("describe", "fleet", "--fleet", "alibaba", environment=environment)
    assert described["store_version"] == versions[-1]
    return described


@pytest.fixture(scope="module")
def on_embedded(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[dict[str, Any]]:
    atoll = Atoll(tmp_path_factory.mktemp("alibaba") / "embedded")
    yield ingest_twice(atoll, shared_data)
    atoll.run("store", "stop")


@pytest.mark.data
def test_counts_are_those_of_the_files(on_embedded: dict[str, Any], expected: dict[str, int]) -> None:
    assert expected == {"drives": 18_786, "failures": 18_387, "hosts": 12_033, "racks": 5_320, "rooms": 675}
    assert {name: on_embedded[name] for name in expected} == expected


@pytest.mark.data
@pytest.mark.neo4j
def test_neo4j_finds_the_same(
    on_embedded: dict[str, Any],
    expected: dict[str, int],
    tmp_path: Path,
    shared_data: Path,
    neo4j_for_itself: dict[str, str],
) -> None:
    described = ingest_twice(Atoll(tmp_path / "neo4j"), shared_data, neo4j_for_itself)
    assert {name: described[name] for name in expected} == expected
    assert described["findings_sha256"] == on_embedded["findings_sha256"]
    assert described["findings"] == on_embedded["findings"]
