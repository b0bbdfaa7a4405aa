"""What the rule base says of every real file of smartctl and of the exporter: verdict, findings, and no other red."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from app.analysis.rules.base import attributes_read, find_all
from app.analysis.rules.inputs import load_inputs
from graph.ontology.model import Finding
from graph.windows.shape import COLLECTED_AT
from ingest.telemetry import prometheus, smartctl
from ingest.telemetry.formats import Format
from ingest.telemetry.normalised import READING_KEYS, RawRows
from ingest.telemetry.options import SourceOptions

pytestmark = pytest.mark.data
THEN = datetime(2024, 5, 1, tzinfo=UTC)

# Findings of each drive, by rule and severity; a drive whose worst is green or that has none is green.
SMARTCTL: Mapping[str, dict[str, str]] = {
    "HITACHI H109060SESUN600G": {},  # 26.8 million corrected writes, none uncorrected
    "KXG60ZNV512G TOSHIBA": {},
    "MB0500EBNCR": {},
    "SEAGATE ST373453LC": {"scsi-uncorrected-level": "red", "grown-defects-level": "amber"},  # says PASSED
    "ST3500418AS": {},  # 304 reallocated sectors, normalised 93 above its threshold of 36
    "Micron_7450_MTFDKCC3T8TFR": {},
    "SAMSUNG MZWLL3T2HAJQ-00005": {"critical-warning": "red"},
    "HGST HUH721008ALE604": {},
    "INTEL SSDSC2KB240G7": {},  # 45 % used
    "Micron_5300_MTFDDAK1T9TDS": {},
    "KINGSTON SKC400S371T": {},
    "ST3000NM0033-9ZM178": {},
    "ST16000NM001G-2KK103": {},
    "TOSHIBA MG05ACA800E": {"exit-status": "green"},
    "WDC WD5002ABYS-02B1B0": {"exit-status": "green"},
    "WDC WD2003FYYS-02W0B1": {"crc-level": "green"},  # 3.1 million interface errors, of the cable
    "WDC  WUH721816ALE6L4": {"exit-status": "green"},
    "ST6000NM0115-1YZ110": {"exit-status": "green"},
    "SEAGATE ST0000000": {},
    "SanDisk pSSD": {},
}
EXPORTER: Mapping[str, dict[str, str]] = {
    "PLEXTOR PX-256M9PY +": {"critical-warning": "red", "wear": "red"},  # status 0, exit status 8, 161 % used
    "ADATA SP920SS": {},  # its vendor is not known: what it packs stays raw
    "TOSHIBA MG07ACA12TE": {},
}


def findings_in(chosen: Format, *paths: Path) -> dict[str, list[Finding]]:
    """Findings by model, of the drives in some files, as if all had been read on one day."""
    assert chosen.reader is not None
    pieces = [piece for path in paths for piece in chosen.reader.chunks(chosen.reader.look_over(path))]
    made = [chosen.transform(piece, "lab") for piece in pieces if isinstance(piece, RawRows)]
    drives = pd.concat([item.drives.to_pandas() for item in made]).drop_duplicates("drive_key").set_index("drive_key")
    rows = pd.concat([item.readings.to_pandas() for item in made]).assign(day=THEN.date())
    other_keys = [name for name in (*READING_KEYS.names, COLLECTED_AT) if name not in ("drive_key", "day")]
    rows = rows.drop(columns=other_keys, errors="ignore")
    blank = dict.fromkeys(("host", "rack", "room", "firmware", "failure_status", "host_key", "rack_key", "room_key"))
    drives = drives.reindex(rows["drive_key"]).assign(**blank, model_key=None)
    table = ibis.memtable(pa.Table.from_pandas(rows, preserve_index=False))
    inputs = load_inputs("lab", drives, table, ibis.duckdb.connect(), attributes_read())
    inputs.windows["content_sha256"] = ""
    found: dict[str, list[Finding]] = {str(model): [] for model in drives["model"]}
    for item in find_all(inputs):
        found[str(drives.at[item.subject, "model"])].append(item)
    return found


def told(findings: dict[str, list[Finding]]) -> dict[str, dict[str, str]]:
    return {model: {item.rule: item.severity.value for item in items} for model, items in findings.items()}


def test_every_smartctl_file_has_the_verdict_that_its_drive_deserves(shared_data: Path) -> None:
    paths = sorted(path for path in (shared_data / "smartctl").glob("*.json") if "scan" not in path.name)
    findings = findings_in(smartctl.format_for(SourceOptions()), *paths)
    assert told(findings) == SMARTCTL
    (warning,) = findings["SAMSUNG MZWLL3T2HAJQ-00005"]
    assert warning.statement == "The drive warns: volatile memory backup failed (critical warning 16)."
    uncorrected = next(item for item in findings["SEAGATE ST373453LC"] if item.rule == "scsi-uncorrected-level")
    assert uncorrected.attribute == "smart:scsi:write_uncorrected_errors"
    assert uncorrected.value == 535


def test_every_drive_of_the_exporter_s_page_has_the_verdict_that_it_deserves(shared_data: Path) -> None:
    chosen = prometheus.format_for(SourceOptions(collected_at=THEN))
    findings = findings_in(chosen, shared_data / "prometheus" / "smartctl_exporter.prom")
    assert told(findings) == EXPORTER
    warning = next(item for item in findings["PLEXTOR PX-256M9PY +"] if item.rule == "critical-warning")
    assert "reliability degraded" in warning.statement
