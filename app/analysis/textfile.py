"""Findings in the format of node_exporter's textfile collector, for the operator's own alerting."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from app.analysis.assess import Writing, ensure_assessed
from app.analysis.fleet_data import drives_out_of_service, fleet_names, resolve_fleet, stored_findings
from app.analysis.results import FindingRow, Jsonable
from app.analysis.rules.base import Progress
from app.analysis.verdicts import alarming, verdict_of
from graph.errors import InputError
from graph.ontology.model import Severity
from graph.ports import GraphStore
from graph.readings import ReadingsLake

SUFFIX = ".prom"
READABLE_BY_ALL = 0o644  # node_exporter runs as a user of its own
# Green findings are remarks; the series of these are not worth their cardinality.
EXPORTED = (Severity.RED, Severity.AMBER, Severity.UNKNOWN)
HELP = {
    "atoll_drive_finding": "Open finding on a drive, 1 each; answered where somebody acknowledged or snoozed it.",
    "atoll_drive_verdict": "Worst open finding of a drive that has any, 1 each; answered as for the findings.",
    "atoll_place_finding": "Open finding on a rack, host, room, drive model or fleet, 1 each.",
    "atoll_fleet_drives": "Drives of the fleet.",
    "atoll_fleet_open_findings": "Open findings on drives by severity and whether they are answered.",
    "atoll_data_time_seconds": "Start of the last day of data, seconds since 1970-01-01 UTC.",
    "atoll_last_ingest_time_seconds": "When the last ingest of the fleet was complete, seconds since 1970-01-01 UTC.",
    "atoll_last_assessment_time_seconds": "When the rule base last ran over the fleet, seconds since 1970-01-01 UTC.",
}
_ESCAPED = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Textfile(Jsonable):
    """A textfile that was written.

    Args:
        path: The file.
        fleets: Names of the fleets in it.
        findings: Open findings in it.
        series: Its lines with a value.
        store_version: Version read.
    """

    path: str
    fleets: list[str]
    findings: int
    series: int
    store_version: int


def write_textfile(
    store: GraphStore,
    lake: ReadingsLake,
    path: Path,
    fleet: str | None = None,
    *,
    writing: Writing | None = None,
    progress: Progress | None = None,
) -> Textfile:
    """Write the open findings of a fleet, or of all, as a textfile, and put it into place at once.

    Drives that failed or left are left out: an alert on them would never end.

    Args:
        store: The graph.
        lake: The daily readings.
        path: A file ending in ``.prom`` in the folder that node_exporter reads.
        fleet: Name; None for all fleets.
        writing: Opens the workspace's write lock where a fleet must be assessed; None: the caller holds it.
        progress: As for ``assess_fleet``.

    Raises:
        InputError: The path cannot be used, or there is no such fleet.
    """
    target = checked_path(path)
    names = [resolve_fleet(store, fleet, {})[0]] if fleet else list(fleet_names(store))
    samples: dict[str, list[tuple[Labels, float]]] = {name: [] for name in HELP}
    num_findings = 0
    for name in names:
        ensure_assessed(store, lake, name, writing=writing, progress=progress)
        gone = drives_out_of_service(store, name)
        found = stored_findings(store, name)
        rows = [row for row in found if row.severity in EXPORTED and row.subject not in gone]
        num_findings += len(rows)
        _add_findings(samples, name, rows)
        _add_fleet(samples, store, name)
    replace_file(target, exposition(samples))
    series = sum(len(found) for found in samples.values())
    return Textfile(str(target), names, num_findings, series, store.version())


def checked_path(path: Path) -> Path:
    """The path of a textfile.

    Raises:
        InputError: It does not end in ``.prom``, is a folder, or its folder does not exist.
    """
    if path.suffix != SUFFIX:
        raise InputError(
            f"{path}: node_exporter reads only files that end in {SUFFIX}. Did you mean '{path.name}{SUFFIX}'?"
        )
    if path.is_dir():
        raise InputError(f"{path}: this is a folder. Name the file to write, for example {path / 'atoll.prom'}.")
    if not path.parent.is_dir():
        raise InputError(
            f"{path}: the folder {path.parent} does not exist. Expected the folder that node_exporter reads "
            "(--collector.textfile.directory)."
        )
    return path


def exposition(samples: Mapping[str, Iterable[tuple[Labels, float]]]) -> str:
    """Samples in the text format of Prometheus, each metric with its help and type.

    References:
        Prometheus, Exposition formats, text-based format 0.0.4.
    """
    lines: list[str] = []
    for name, found in samples.items():
        lines += [f"# HELP {name} {HELP[name].translate(_ESCAPED)}", f"# TYPE {name} gauge"]
        for labels, value in found:
            shown = ",".join(f'{key}="{_label(text)}"' for key, text in labels.items())
            lines.append(f"{name}{{{shown}}} {value:.15g}")
    return "\n".join(lines) + "\n"


def replace_file(target: Path, text: str) -> None:
    """Write a file beside its place and rename it there, so that no reader sees a part of it.

    Raises:
        InputError: It cannot be written.
    """
    temporary = None
    try:
        # The name does not end in .prom, so that the collector never reads it.
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as stream:
            temporary = Path(stream.name)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(READABLE_BY_ALL)
        temporary.replace(target)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise InputError(f"{target}: cannot be written ({error.strerror or error}).") from error


def _label(text: str) -> str:
    """A label's value: what a source may have put into a serial number can break no line."""
    return _UNPRINTABLE.sub(" ", text.encode("utf-8", "replace").decode()).translate(_ESCAPED)


def _add_findings(samples: dict[str, list[tuple[Labels, float]]], fleet: str, rows: list[FindingRow]) -> None:
    by_drive: dict[str, list[FindingRow]] = {}
    counts = {(severity.value, answered): 0 for severity in EXPORTED for answered in ("false", "true")}
    for row in rows:
        about = {"rule": row.rule, "attribute": row.attribute or "", "severity": row.severity.value,
                 "answered": _boolean(row.is_answered)}  # fmt: skip
        if row.subject_label == "Drive":
            by_drive.setdefault(row.subject, []).append(row)
            counts[row.severity.value, _boolean(row.is_answered)] += 1
            samples["atoll_drive_finding"].append(({**_drive(fleet, row), **about}, 1))
        else:
            place = {"fleet": fleet, "kind": row.subject_label, "place": row.subject_name}
            samples["atoll_place_finding"].append(({**place, **about}, 1))
    for own in by_drive.values():
        verdict = verdict_of(own, is_read=True)
        needless = verdict is not Severity.UNKNOWN and not alarming(own)
        labels = {**_drive(fleet, own[0]), "verdict": verdict.value, "answered": _boolean(needless)}
        samples["atoll_drive_verdict"].append((labels, 1))
    for (severity, answered), count in counts.items():
        labels = {"fleet": fleet, "severity": severity, "answered": answered}
        samples["atoll_fleet_open_findings"].append((labels, count))


def _add_fleet(samples: dict[str, list[tuple[Labels, float]]], store: GraphStore, fleet: str) -> None:
    labels = {"fleet": fleet}
    record = next(row for row in store.query("fleets").records() if row["name"] == fleet)
    samples["atoll_fleet_drives"].append((labels, int(record["drives"])))
    last_day: date | None = record["last_day"]
    if last_day is not None:
        begin = datetime.combine(last_day, time(), UTC).timestamp()
        samples["atoll_data_time_seconds"].append((labels, begin))
    for query, name in (("ingest_runs", "last_ingest"), ("assessments", "last_assessment")):
        times = [run["completed_at"] for run in store.query(query).records() if run["fleet"] == fleet]
        if times:
            samples[f"atoll_{name}_time_seconds"].append((labels, max(times).timestamp()))


def _drive(fleet: str, row: FindingRow) -> dict[str, str]:
    model = row.subject.removeprefix(f"drive:{fleet}:").removesuffix(f":{row.subject_name}")
    return {"fleet": fleet, "model": model, "serial": row.subject_name}


def _boolean(value: bool) -> str:
    return "true" if value else "false"
