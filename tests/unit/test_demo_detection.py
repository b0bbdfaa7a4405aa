"""A small demo fleet under the rule base: the planted mechanisms are found, healthy drives are left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from planted import find_in_file, healthy_red, shares_found

from ingest.telemetry.demo import healthy_shuffled, planted_mechanisms, write_demo_fleet

SIZE: dict[str, Any] = {"drives": 800, "days": 120, "seed": 7}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return find_in_file(write_demo_fleet(tmp_path_factory.mktemp("demo") / "fleet.parquet", **SIZE))


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return planted_mechanisms(**SIZE)


def test_nine_in_ten_planted_mechanisms_are_found_each_by_its_own_rules(
    findings: pd.DataFrame, truth: pd.DataFrame
) -> None:
    # Each mechanism weighs the same: in so small a fleet the one hot rack is more than half of all sick drives.
    shares = shares_found(findings, truth)
    assert shares.mean() >= 0.9
    assert (shares >= 0.5).all(), shares.to_dict()


def test_hardly_a_healthy_drive_is_red(findings: pd.DataFrame, truth: pd.DataFrame) -> None:
    assert healthy_red(findings, truth) <= 0.01


def test_faults_of_a_host_a_rack_and_a_firmware_are_found_as_such(findings: pd.DataFrame, truth: pd.DataFrame) -> None:
    hot = findings[findings["label"] != "Drive"].groupby("label")["subject"].agg(list)
    where = truth.drop_duplicates("mechanism").set_index("mechanism")

    assert f"rack:demo:{where.loc['overheating', 'rack']}" in hot["Rack"]
    assert f"host:demo:{where.loc['power-loss', 'host']}" in hot["Host"]
    assert "hot-spot-findings-firmware" in set(findings["rule"])


def test_no_rule_fires_on_healthy_drives_with_shuffled_days(tmp_path: Path) -> None:
    findings = find_in_file(healthy_shuffled(tmp_path / "healthy.parquet", **SIZE))
    drives_a_rule = findings[findings["label"] == "Drive"].groupby("rule")["serial"].nunique()

    assert (drives_a_rule <= 0.01 * SIZE["drives"]).all(), drives_a_rule.to_dict()
