"""Gate: on the demo fleet nine in ten planted mechanisms are found and hardly a healthy drive is red."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from command_line import Atoll
from planted import find_in_file, healthy_red, share_of_all, shares_found

from ingest.telemetry.demo import healthy_shuffled, planted_mechanisms, write_demo_fleet

pytestmark = pytest.mark.gate
OPEN_FINDINGS = (
    "MATCH (f:HealthFinding {status: 'open'})-[:FOUND_ON]->(d:Drive) "
    "RETURN d.serial AS serial, f.rule AS rule, f.severity AS severity"
)


@pytest.fixture(scope="module")
def atoll(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Atoll]:
    folder = tmp_path_factory.mktemp("demo")
    runner = Atoll(folder / "workspace")
    yield runner
    runner.run("store", "stop")


def findings_of(atoll: Atoll, path: Path, fleet: str) -> pd.DataFrame:
    """Ingest a file as a user does and read what the graph then holds."""
    report = atoll.json("ingest", "telemetry", str(path), "--format", "atoll-daily", "--fleet", fleet)
    assert report["rows_rejected"] == 0
    assert report["drives"] == 2000
    text = f"{OPEN_FINDINGS} ORDER BY serial, rule"
    answer = atoll.json(
        "query", "--cypher", text.replace("(d:Drive)", f"(d:Drive {{fleet: '{fleet}'}})"), "--limit", "50000"
    )
    assert answer["truncated"] is False
    return pd.DataFrame(answer["rows"], columns=answer["columns"])


def test_the_demo_fleet_through_the_ordinary_pipeline(atoll: Atoll, tmp_path: Path) -> None:
    findings = findings_of(atoll, write_demo_fleet(tmp_path / "fleet.parquet"), "demo")
    truth = planted_mechanisms()

    assert share_of_all(findings, truth) >= 0.9
    assert (shares_found(findings, truth) >= 0.5).all()
    assert healthy_red(findings, truth) <= 0.01


def test_healthy_drives_with_shuffled_days_through_the_ordinary_pipeline(atoll: Atoll, tmp_path: Path) -> None:
    findings = findings_of(atoll, healthy_shuffled(tmp_path / "healthy.parquet"), "shuffled")
    drives_a_rule = findings.groupby("rule")["serial"].nunique()

    assert (drives_a_rule <= 20).all(), drives_a_rule.to_dict()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_fleets_of_the_same_kind(seed: int, tmp_path: Path) -> None:
    findings = find_in_file(write_demo_fleet(tmp_path / "fleet.parquet", seed=seed))
    truth = planted_mechanisms(seed=seed)

    assert share_of_all(findings, truth) >= 0.9
    assert healthy_red(findings, truth) <= 0.01

    null = find_in_file(healthy_shuffled(tmp_path / "healthy.parquet", seed=seed + 100))
    drives_a_rule = null[null["label"] == "Drive"].groupby("rule")["serial"].nunique()
    assert (drives_a_rule <= 20).all(), drives_a_rule.to_dict()
