"""Gate: the rule base on 22,772 real drives that did not fail, as they were and with their days shuffled."""

from __future__ import annotations

from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from app.analysis.rates import annualised_failure_rate
from app.analysis.rules.base import attributes_read, find_all
from app.analysis.rules.inputs import load_inputs
from graph.ontology.model import Finding, Severity
from ingest.telemetry.daily import lake_column

pytestmark = [pytest.mark.gate, pytest.mark.data]
LARGEST_SHARE = 0.01


@pytest.fixture(scope="module")
def daily(shared_data: Path) -> pd.DataFrame:
    rows = pd.read_parquet(shared_data / "backblaze-daily.parquet")
    rows["drive_key"] = "drive:b:" + rows["model"] + ":" + rows["serial_number"]
    rows["day"] = pd.to_datetime(rows["date"]).dt.date
    return rows.rename(columns=lambda name: lake_column(name) or name)


@pytest.fixture(scope="module")
def healthy(daily: pd.DataFrame) -> pd.DataFrame:
    return daily[daily.groupby("drive_key")["failure"].transform("max") == 0]


def findings_of(rows: pd.DataFrame) -> list[Finding]:
    drives = rows.groupby("drive_key").agg(serial=("serial_number", "first"), model=("model", "first"))
    drives["model_key"] = "model:" + drives["model"]
    for name in ("vendor", "medium", "failure_status", "firmware"):
        drives[name] = None
    for name in ("host", "rack", "room"):
        drives[name] = drives[f"{name}_key"] = None
    readings = rows[["drive_key", "day", *(name for name in rows.columns if name.startswith("ata_"))]]
    table = ibis.memtable(pa.Table.from_pandas(readings, preserve_index=False))
    return find_all(load_inputs("b", drives, table, ibis.duckdb.connect(), attributes_read()))


def test_the_failure_rate_of_the_file(daily: pd.DataFrame) -> None:
    rate, low, high = annualised_failure_rate(int(daily["failure"].sum()), len(daily))
    assert (round(rate or 0, 2), round(low or 0, 1), round(high or 0, 1)) == (5.04, 4.2, 6.0)


def test_hardly_a_drive_that_did_not_fail_is_red(healthy: pd.DataFrame) -> None:
    red = {item.subject for item in findings_of(healthy) if item.severity is Severity.RED}
    assert len(red) <= LARGEST_SHARE * healthy["drive_key"].nunique()


def test_no_rule_fires_on_more_than_one_in_a_hundred_with_shuffled_days(healthy: pd.DataFrame) -> None:
    order = np.random.default_rng(0).random(len(healthy))
    shuffled = healthy.assign(order=order).sort_values(["drive_key", "order"]).drop(columns="order")
    shuffled["day"] = healthy.sort_values(["drive_key", "day"])["day"].to_numpy()
    found = pd.DataFrame([(item.rule, item.subject) for item in findings_of(shuffled) if item.subject_label == "Drive"])
    shares = found.groupby(0)[1].nunique() / healthy["drive_key"].nunique()
    assert (shares <= LARGEST_SHARE).all(), shares.to_dict()
