"""Prometheus: a scraped text page, or the JSON of a range query, of smartctl_exporter and node_exporter.

An exporter writes numbers as Go formats floats, with all their digits; what a page shows as ``1.3907933e+07`` is exact.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from graph.errors import InputError
from ingest.telemetry.documents_samples import rows_of, transform
from ingest.telemetry.files import Reader, SourceFile, check_text
from ingest.telemetry.formats import Format
from ingest.telemetry.normalised import REJECTS, RawRows, table
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.prometheus_drives import Found, drives_of
from ingest.telemetry.prometheus_points import Points, of_answer, of_page

SUFFIXES = (".prom", ".txt", ".metrics", ".json")
MAX_BYTES = 64 << 20
SAMPLES_A_CHUNK = 2_000
PAGE = re.compile(rb"(^|\n)(# (HELP|TYPE) )?(smartctl_|smartmon_|node_)[a-z0-9_]+[ {]")
ANSWER = re.compile(rb'"resultType"\s*:\s*"(matrix|vector)"')


def format_for(options: SourceOptions) -> Format:
    """The format, for files of which the options say what they do not say themselves."""
    reader = _PrometheusReader(options)
    given = {"collected_at": options.collected_at, "host": options.host}
    return Format(
        name="prometheus",
        required=(),
        transform=transform,
        knows=lambda name: False,
        reader=Reader(SUFFIXES, reader.look_over, reader.chunks),
        recognises=recognises,
        takes=("collected_at", "host"),
        settings="\n".join(f"{name}={value}" for name, value in given.items() if value is not None),
    )


def recognises(head: bytes) -> bool:
    """Whether a file that begins so is a page of an exporter, or an answer of a Prometheus server."""
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return bool(ANSWER.search(head)) if begin[:1] == b"{" else bool(PAGE.search(head))


class _PrometheusReader:
    """Reads pages and answers."""

    def __init__(self, options: SourceOptions) -> None:
        self._options = options

    def look_over(self, path: Path) -> SourceFile:
        """Hash a file and make sure that it holds samples of drives.

        Raises:
            InputError: It cannot be read or parsed, or tells of no drive.
        """
        content = _read(path)
        points = _points(path, content)
        found = self._found(path, points)
        notes = list(found.notes)
        if points.others:
            notes.append(
                f"{sum(points.others.values())} samples of {len(points.others)} other metrics are about no drive."
            )
        if any(point.seconds is None for point in points.points) and self._options.collected_at is None:
            notes.append(
                "its samples say no time, so they count for when the file was last changed "
                f"({self._time(path):%Y-%m-%d %H:%M} UTC); where that is wrong, say it with --collected-at."
            )
        if not found.num_named:
            first = found.refusals[0] if found.refusals else None
            told = first.reason if first else "it holds no metric of a drive"
            raise InputError(
                f"{path}:{first.number if first else 1}: no drive can be read from it: {told}. Expected "
                "smartctl_device… of smartctl_exporter, smartmon_… of its script, or node_disk_… with node_disk_info "
                "(node_exporter 1.4 or later)."
            )
        return SourceFile(
            path,
            hashlib.sha256(content).hexdigest(),
            (),
            is_parquet=False,
            unread=tuple(sorted(found.unread)),
            notes=tuple(notes),
        )

    def chunks(self, file: SourceFile) -> Iterator[RawRows | pa.Table]:
        """Read a file: a row a drive and day, numbered by the line or series of its first metric.

        Raises:
            InputError: The file can no longer be read.
        """
        found = self._found(file.path, _points(file.path, _read(file.path)))
        for first in range(0, len(found.samples), SAMPLES_A_CHUNK):
            yield rows_of(file.path, found.samples[first : first + SAMPLES_A_CHUNK])
        if found.refusals:
            rows = [(each.number, each.column, each.value, each.reason, each.raw) for each in found.refusals]
            columns = {name: [row[at] for row in rows] for at, name in enumerate(REJECTS.names)}
            yield table(REJECTS, columns, len(rows))

    def _found(self, path: Path, points: Points) -> Found:
        return drives_of(points, default_seconds=self._time(path).timestamp(), host=self._options.host)

    def _time(self, path: Path) -> datetime:
        """When samples without a time were taken."""
        if self._options.collected_at is not None:
            return self._options.collected_at
        try:
            return datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except (OSError, ValueError, OverflowError) as error:
            raise InputError(f"{path}: has no time of its own ({error}); give it with --collected-at.") from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error
    check_text(path, content)
    if not content.strip():
        raise InputError(f"{path}: is empty; expected a page of an exporter, or the JSON of a query.")
    if len(content) > MAX_BYTES:
        raise InputError(f"{path}: is larger than {MAX_BYTES >> 20} MiB; query fewer days or fewer machines at once.")
    return content


def _points(path: Path, content: bytes) -> Points:
    text = content.decode("utf-8-sig", "surrogateescape")
    if not text.lstrip().startswith("{"):
        return of_page(text)
    try:
        return of_answer(text)
    except InputError as error:
        raise InputError(f"{path}:{error}") from None
