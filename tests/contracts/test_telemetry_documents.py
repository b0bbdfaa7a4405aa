"""What every reader of documents promises: files that are no tables, whose entries are samples of drives.

A format joins with a ``DocumentFormat``: callables that write its files, and what one of them holds.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from graph.errors import InputError
from graph.ontology import smart
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from graph.windows.shape import COLLECTED_AT
from ingest.telemetry.detection import format_of
from ingest.telemetry.formats import Format
from ingest.telemetry.normalised import (
    DRIVES,
    FAILURES,
    INTERVALS,
    LOG_ENTRIES,
    PLACEMENTS,
    READING_KEYS,
    REJECTS,
    Normalised,
    RawRows,
)
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.pipeline import IngestReport, ingest_telemetry
from ingest.telemetry.registry import format_named
from ingest.telemetry.stored import current_manifest, ingest_runs

MORNING, EVENING = 1714543200, 1714586400  # 2024-05-01, 06:00 and 18:00 UTC
NEXT_DAY = MORNING + 86400


@dataclass(frozen=True)
class Sample:
    """A sample of one drive as a test wants it.

    Args:
        serial: Of the drive.
        seconds: When it was taken, in seconds since 1970 (UTC).
        spoilt: With one value that cannot be.
        power_on_hours: What the drive says.
    """

    serial: str = "S1"
    seconds: int = MORNING
    spoilt: bool = False
    power_on_hours: int = 1000


@dataclass(frozen=True)
class DocumentFormat:
    """A format whose files are documents.

    Args:
        name: Of the format.
        text: A file with some samples.
        options: What the user says of a file with one sample.
        hours_column: Column of the lake that holds the power-on hours.
        spoilt_column: Where the quarantine says that the value is that cannot be.
        several: A file may hold more than one sample.
        suffix: Of its files.
        broken: A file that cannot be read at all.
    """

    name: str
    text: Callable[[Sequence[Sample]], str]
    options: Callable[[Sample], SourceOptions | None]
    hours_column: str
    spoilt_column: str
    several: bool = True
    suffix: str = ".json"
    broken: str = '{"truncated": '


def smartctl_text(samples: Sequence[Sample]) -> str:
    return "\n".join(json.dumps(_smartctl(sample), indent=2) for sample in samples)


def _smartctl(sample: Sample) -> dict[str, Any]:
    return {
        "json_format_version": [1, 0],
        "smartctl": {"version": [7, 4], "exit_status": 0},
        "local_time": {"time_t": sample.seconds},
        "device": {"name": "/dev/sda", "type": "sat", "protocol": "ATA"},
        "model_name": "ST16000NM001G-2KK103",
        "serial_number": sample.serial,
        "firmware_version": "SN03",
        "smart_status": {"passed": True},
        "ata_smart_attributes": {
            "table": [
                {"id": 5, "value": 100, "worst": 100, "thresh": 10, "when_failed": "", "raw": {"value": 0}},
                {"id": 9, "value": 300 if sample.spoilt else 99, "raw": {"value": sample.power_on_hours}},
            ]
        },
        "power_on_time": {"hours": sample.power_on_hours},
        "ata_smart_self_test_log": {
            "standard": {"table": [{"type": {"value": 1}, "status": {"value": 0}, "lifetime_hours": 900}]}
        },
    }


def nvme_cli_text(samples: Sequence[Sample]) -> str:
    (sample,) = samples
    return json.dumps(
        {
            "critical_warning": 0,
            "temperature": 37 if sample.spoilt else 310,
            "avail_spare": 100,
            "spare_thresh": 10,
            "percent_used": 1,
            "power_on_hours": sample.power_on_hours,
        }
    )


def nvme_cli_options(sample: Sample) -> SourceOptions:
    return SourceOptions(drive=f"MX-1:{sample.serial}", collected_at=datetime.fromtimestamp(sample.seconds, UTC))


def prometheus_text(samples: Sequence[Sample]) -> str:
    """A page of smartctl_exporter with times, as a push gateway shows them."""
    lines = []
    for sample in samples:
        device, stamp = f'device="{sample.serial}"', f"{sample.seconds}000"
        celsius = 310 if sample.spoilt else 37
        lines += [
            f'smartctl_device_temperature{{{device},temperature_type="current"}} {celsius} {stamp}',
            f'smartctl_device{{{device},protocol="ATA",model_name="MX-1",serial_number="{sample.serial}"}} 1 {stamp}',
            f"smartctl_device_power_on_seconds{{{device}}} {sample.power_on_hours * 3600} {stamp}",
        ]
    return "\n".join(lines) + "\n"


FORMATS = [
    DocumentFormat(
        "smartctl", smartctl_text, lambda sample: None, "device_power_on_hours", "ata_smart_attributes.table[1].value"
    ),
    DocumentFormat(
        "prometheus",
        prometheus_text,
        lambda sample: None,
        "device_power_on_hours",
        "smartctl_device_temperature",
        suffix=".prom",
        broken='smartctl_device{device="sda',
    ),
    DocumentFormat("nvme-cli", nvme_cli_text, nvme_cli_options, "nvme_power_on_hours", "temperature", several=False),
]
SEVERAL = [each for each in FORMATS if each.several]

formats = pytest.mark.parametrize("document", FORMATS, ids=lambda each: each.name)
formats_of_several = pytest.mark.parametrize("document", SEVERAL, ids=lambda each: each.name)


def write(folder: Path, document: DocumentFormat, *samples: Sample, name: str = "sample") -> Path:
    path = folder / f"{name}{document.suffix}"
    path.parent.mkdir(exist_ok=True)
    path.write_text(document.text(samples))
    return path


def made(document: DocumentFormat, sample: Sample | None = None) -> Format:
    return format_named(document.name, document.options(sample or Sample()))


def normalised(chosen: Format, path: Path) -> tuple[list[Normalised], list[dict[str, Any]]]:
    """What the reader makes of a file, and all that it refuses."""
    pieces = list(chosen.reader.chunks(chosen.reader.look_over(path)))
    found = [chosen.transform(piece, "lab") for piece in pieces if isinstance(piece, RawRows)]
    refused = [row for piece in pieces if isinstance(piece, pa.Table) for row in piece.to_pylist()]
    return found, refused + [row for each in found for row in each.rejects.to_pylist()]


@formats
def test_tables_have_the_schemas_that_the_pipeline_reads(document: DocumentFormat, tmp_path: Path) -> None:
    found, refused = normalised(made(document), write(tmp_path, document, Sample()))
    assert refused == []
    for each in found:
        for content, schema in (
            (each.drives, DRIVES),
            (each.placements, PLACEMENTS),
            (each.failures, FAILURES),
            (each.intervals, INTERVALS),
            (each.log_entries, LOG_ENTRIES),
            (each.rejects, REJECTS),
        ):
            assert content.schema == schema
        assert each.readings.column_names[: len(READING_KEYS)] == READING_KEYS.names
        for name in each.readings.column_names[len(READING_KEYS) :]:
            assert name == COLLECTED_AT or any(
                key(name) for key in (smart.key_of, smart.normalized_key_of, smart.worst_key_of, smart.threshold_key_of)
            )
            assert each.readings[name].type == pa.float64()


@formats
def test_a_sample_says_when_it_was_taken(document: DocumentFormat, tmp_path: Path) -> None:
    sample = Sample(seconds=EVENING)
    found, _ = normalised(made(document, sample), write(tmp_path, document, sample))
    (reading,) = [row for each in found for row in each.readings.to_pylist()]
    assert reading["day"] == datetime.fromtimestamp(EVENING, UTC).date()
    assert reading["sequence"] == reading[COLLECTED_AT] == EVENING
    assert reading["drive_key"].startswith("drive:lab:")
    assert reading["drive_key"].endswith(":S1")


@formats
def test_a_format_of_documents_needs_no_columns_and_gives_samples(document: DocumentFormat) -> None:
    chosen = made(document)
    assert chosen.required == ()
    assert not chosen.one_row_a_day
    assert document.suffix in chosen.reader.suffixes


@formats
def test_a_file_is_recognised_by_its_first_bytes(document: DocumentFormat, tmp_path: Path) -> None:
    assert format_of([write(tmp_path, document, Sample())]) == document.name


@formats
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(document: DocumentFormat, tmp_path: Path) -> None:
    path = write(tmp_path, document, Sample())
    marked = tmp_path / f"marked{document.suffix}"
    marked.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    ours, theirs = normalised(made(document), path)[0], normalised(made(document), marked)[0]
    assert [each.readings.to_pylist() for each in ours] == [each.readings.to_pylist() for each in theirs]


@formats
@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "is empty"), (gzip.compress(b"{}"), "gzip-compressed: unpack it first"), (b"\xff\xfe{\0}\0", "UTF-16")],
)
def test_a_file_that_is_none_is_an_error(document: DocumentFormat, tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / f"none{document.suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"none\{document.suffix}.*{reason}"):
        made(document).reader.look_over(path)


@formats
def test_a_broken_file_is_an_error_with_its_place(document: DocumentFormat, tmp_path: Path) -> None:
    path = tmp_path / f"broken{document.suffix}"
    path.write_text(document.broken)
    with pytest.raises(InputError, match=rf"broken\{document.suffix}:\d+"):
        made(document).reader.look_over(path)


@formats
def test_a_value_that_cannot_be_is_refused_by_the_name_that_it_has_in_the_file(
    document: DocumentFormat, tmp_path: Path
) -> None:
    found, refused = normalised(made(document), write(tmp_path, document, Sample(spoilt=True)))
    (reject,) = refused
    assert (reject["row"], reject["column"]) == (1, document.spoilt_column)
    assert reject["value"]
    assert reject["reason"]
    assert reject["raw"]
    assert all(content.num_rows == 0 for each in found for content in each.tables().values())


@formats_of_several
def test_a_sample_that_cannot_be_used_costs_only_itself(document: DocumentFormat, tmp_path: Path) -> None:
    path = write(tmp_path, document, Sample("S1"), Sample("S2", spoilt=True), Sample("S3"))
    found, refused = normalised(made(document), path)
    assert [row["column"] for row in refused] == [document.spoilt_column]
    serials = {serial for each in found for serial in each.drives["serial"].to_pylist()}
    assert serials == {"S1", "S3"}
    rows = {row for each in found for row in each.readings["row"].to_pylist()}
    assert rows.isdisjoint(row["row"] for row in refused)


@formats_of_several
def test_a_file_gives_the_same_however_often_it_is_read(document: DocumentFormat, tmp_path: Path) -> None:
    path = write(tmp_path, document, Sample("S1"), Sample("S2"), Sample("S1", NEXT_DAY))
    chosen = made(document)
    first, second = normalised(chosen, path), normalised(chosen, path)
    for ours, theirs in zip(first[0], second[0], strict=True):
        for name, content in ours.tables().items():
            assert content.to_pylist() == theirs.tables()[name].to_pylist()


# What holds once a store is behind the reader.


class Ingest:
    """Ingests into one fleet of an empty store."""

    def __init__(self, store: GraphStore, workspace: Path) -> None:
        self.store, self.workspace = store, workspace
        self.lake = ReadingsLake(workspace / "readings")

    def __call__(self, document: DocumentFormat, *paths: Path, sample: Sample | None = None) -> IngestReport:
        options = document.options(sample or Sample())
        return ingest_telemetry(
            paths, document.name, "lab", store=self.store, lake=self.lake, workspace=self.workspace, options=options
        )

    def readings(self) -> list[dict[str, Any]]:
        manifest = current_manifest(ingest_runs(self.store), "lab")
        assert manifest is not None
        rows = self.lake.readings([manifest]).to_pyarrow().to_pylist()
        return sorted(rows, key=lambda row: (row["drive_key"], row["day"]))


@pytest.fixture
def ingest(store: GraphStore, tmp_path: Path) -> Ingest:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return Ingest(store, workspace)


@formats
def test_of_a_folder_only_what_is_new_is_read_and_what_is_broken_is_told(
    document: DocumentFormat, ingest: Ingest, tmp_path: Path
) -> None:
    folder = tmp_path / "outputs"
    write(folder, document, Sample("S1"), name="one")
    (folder / f"two{document.suffix}").write_text(document.broken)
    first = ingest(document, folder)
    assert (first.files_read, first.rows_read, first.rows_rejected, first.drives) == (1, 1, 0, 1)
    assert [note for note in first.notes if f"two{document.suffix}" in note]
    before = ingest.store.version()
    second = ingest(document, folder)
    assert (second.files_read, second.rows_read, second.files_skipped) == (0, 0, 1)
    assert ingest.store.version() == before
    assert ingest.store.check() == []


@formats
@pytest.mark.parametrize("order", [(MORNING, EVENING), (EVENING, MORNING)])
def test_of_one_day_the_latest_sample_counts_in_whatever_order_they_come(
    document: DocumentFormat, ingest: Ingest, tmp_path: Path, order: tuple[int, int]
) -> None:
    for number, seconds in enumerate(order):
        sample = Sample("S1", seconds, power_on_hours=1000 + (seconds - MORNING) // 3600)
        ingest(document, write(tmp_path, document, sample, name=f"file{number}"), sample=sample)
    (reading,) = ingest.readings()
    assert (reading[document.hours_column], reading[COLLECTED_AT]) == (1012, EVENING)


@formats_of_several
def test_drives_and_days_in_one_file_become_drives_and_days(
    document: DocumentFormat, ingest: Ingest, tmp_path: Path
) -> None:
    path = write(tmp_path, document, Sample("S1"), Sample("S2"), Sample("S1", NEXT_DAY, power_on_hours=1024))
    report = ingest(document, path)
    assert (report.drives, report.new_readings, report.rows_rejected) == (2, 3, 0)
    hours = [(row["drive_key"][-2:], row[document.hours_column]) for row in ingest.readings()]
    assert hours == [("S1", 1000), ("S1", 1024), ("S2", 1000)]
