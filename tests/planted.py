"""What tests know of the demo fleet: which rule speaks of which mechanism, and the rule base without a store."""

from __future__ import annotations

from pathlib import Path

import ibis
import numpy as np
import pandas as pd

from app.analysis.rules.base import attributes_read, find_all
from app.analysis.rules.inputs import load_inputs
from ingest.telemetry.demo.plan import HEALTHY, SUDDEN

WARMTH = {"temp-cohort", "temp-step", "temp-trend", "temp-limit"}
FOUND_BY = {
    "media-wear": {"wear", "wear-left-ata", "wear-used-ata", "wear-indicator-ata", "wear-levelling-ata"}
    | {"wear-out-date"},
    "spare-depletion": {"spare-low", "spare-low-ata", "spare-fall"},
    "reallocation-burst": {"realloc-rise"},
    "uncorrectable-growth": {"uncorrectable-rise", "media-error-rise"},
    "program-erase-failures": {"program-fail-rise", "erase-fail-rise"},
    "interface-errors": {"crc-rise"},
    "bad-cable": {"crc-rise"},
    "overheating": WARMTH,
    "thermal-throttling": WARMTH | {"throttling-transitions", "throttling-time", "warm-time"},
    "firmware-bug": {"unsafe-shutdown-rise"},
    "power-loss": {"unsafe-shutdown-rise"},
    "missing-days": {"missing-days"},
    "zero-temperature": {"temp-impossible"},
    "counter-reset": {"counter-reset"},
}


def shares_found(findings: pd.DataFrame, truth: pd.DataFrame) -> pd.Series:
    """Share of the drives of each mechanism that have a finding of the right kind.

    Args:
        findings: ``serial`` and ``rule``.
        truth: As ``planted_mechanisms`` tells.
    """
    mechanism = truth.set_index("serial")["mechanism"]
    sick = mechanism[~mechanism.isin([HEALTHY, SUDDEN])]
    owner = findings["serial"].map(sick)
    right = [rule in FOUND_BY.get(str(name), ()) for rule, name in zip(findings["rule"], owner, strict=True)]
    found = sick.index.isin(findings["serial"][right])
    return pd.Series(found, index=sick.index).groupby(sick).mean()


def share_of_all(findings: pd.DataFrame, truth: pd.DataFrame) -> float:
    """Share of all planted mechanisms that are found: each drive counts once."""
    sizes = truth["mechanism"].value_counts()
    shares = shares_found(findings, truth)
    return float((shares * sizes[shares.index]).sum() / sizes[shares.index].sum())


def healthy_red(findings: pd.DataFrame, truth: pd.DataFrame) -> float:
    """Share of the healthy drives that have a red finding."""
    healthy = truth["serial"][truth["mechanism"] == HEALTHY]
    red = findings["serial"][findings["severity"] == "red"]
    return float(healthy.isin(red).mean())


def find_in_file(path: Path) -> pd.DataFrame:
    """Run the rule base over an ``atoll-daily`` Parquet file: ``serial, subject, label, rule, severity``."""
    connection = ibis.duckdb.connect()
    table = connection.read_parquet(str(path))
    attributes = [name for name in table.columns if name.startswith(("ata_", "nvme_"))]
    key = ibis.literal("drive:demo:") + table.model + ":" + table.serial
    readings = connection.create_table("readings", table.select("day", *attributes, drive_key=key))
    inputs = load_inputs("demo", _drives(path), readings, connection, attributes_read())
    inputs.windows["content_sha256"] = ""
    found = [(f.subject, f.subject_label, f.rule, f.severity.value) for f in find_all(inputs)]
    frame = pd.DataFrame(found, columns=["subject", "label", "rule", "severity"])
    return frame.assign(serial=frame["subject"].str.rsplit(":", n=1).str[-1].where(frame["label"] == "Drive"))


def _drives(path: Path) -> pd.DataFrame:
    """The drives as the graph would tell them."""
    columns = ["day", "serial", "model", "vendor", "host", "rack", "room", "firmware", "failure"]
    last = pd.read_parquet(path, columns=columns).sort_values("day").groupby("serial", as_index=False).last()
    drives = last.set_index("drive:demo:" + last["model"] + ":" + last["serial"]).rename_axis("drive_key")
    for place in ("host", "rack", "room"):
        drives[f"{place}_key"] = f"{place}:demo:" + drives[place]
    failed = drives["failure"] == 1
    return drives.assign(
        model_key="model:" + drives["model"],
        medium=None,
        failure_day=drives["day"].where(failed),
        failure_status=np.where(failed, "failed", None),
    )
