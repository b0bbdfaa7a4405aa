"""Samples of Prometheus metrics as they stand in a text page or in the answer to a query, each with its place there."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from graph.errors import InputError
from ingest.telemetry.documents_values import in_short

DRIVE_METRIC = re.compile(r"smartctl_|smartmon_|node_disk_|node_nvme_|node_uname_info$")
NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
# OpenMetrics may put an example behind a sample, whose numbers are not the sample's.
WITH_EXEMPLAR = re.compile(r'([^\s{]+(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?(?:\s+[^\s#]+){1,2})\s+#\s+\{')
MAX_LABEL = 200  # characters of a label that is read
RAW_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Point:
    """One sample of one series.

    Args:
        name: Of the metric.
        labels: All others.
        value: NaN where there is none.
        seconds: When it was taken, in seconds since 1970; None where it does not say.
        number: Line of a page, or series of an answer (from 1).
    """

    name: str
    labels: Mapping[str, str]
    value: float
    seconds: float | None
    number: int

    @property
    def shown(self) -> str:
        """The series in short, for a message."""
        inside = ",".join(f'{name}="{text}"' for name, text in sorted(self.labels.items()))
        return f"{self.name}{{{inside}}}"[:MAX_LABEL]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that is no sample, or a sample that cannot be used.

    Args:
        number: Its place.
        column: Metric or label.
        value: What stands there.
        reason: Why it cannot be used.
        raw: The text of it.
    """

    number: int
    column: str
    value: str
    reason: str
    raw: str


@dataclass(slots=True)
class Points:
    """What a file holds of drives.

    Args:
        points: Samples, in the order of the file.
        refusals: What cannot be read.
        others: How many samples there are of metrics that are about no drive.
    """

    points: list[Point] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)


def of_page(text: str) -> Points:
    """Read a text exposition page, of Prometheus or of OpenMetrics.

    Args:
        text: The page; bytes that are no UTF-8 as lone surrogates.
    """
    found = Points()
    lines = text.split("\n")
    # OpenMetrics writes times in seconds and ends with a mark; Prometheus' own format writes milliseconds.
    a_second = 1 if any(line.strip() == "# EOF" for line in lines[-3:]) else 1000
    for number, written in enumerate(lines, 1):
        line = written.strip()
        if not line or line.startswith("#"):
            continue
        name = NAME.match(line)
        if name and not DRIVE_METRIC.match(name[0]) and line[name.end() :].startswith(("{", " ", "\t")):
            found.others[name[0]] += 1
            continue
        try:
            line.encode()
            points = [_point(sample, number, a_second) for sample in _parsed(line)]
        except UnicodeEncodeError:
            found.refusals.append(_broken(number, line, "is not UTF-8 text"))
        except _NoSampleError as error:
            found.refusals.append(_broken(number, line, f"is no sample of a metric ({error})"))
        else:
            found.points += points
    _refuse_doubles(found)
    return found


class _NoSampleError(Exception):
    """A line that Prometheus' own parser does not take."""


def _parsed(line: str) -> Iterable[Any]:
    exemplar = WITH_EXEMPLAR.match(line)
    line = exemplar[1] if exemplar else line
    try:
        samples = [sample for family in text_string_to_metric_families(line + "\n") for sample in family.samples]
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _NoSampleError(str(error).splitlines()[0][:100] if str(error) else type(error).__name__) from None
    if not samples:
        raise _NoSampleError("name, labels and value are expected")
    return samples


def _point(sample: Any, number: int, a_second: int) -> Point:
    stamp = sample.timestamp
    # The parser takes all times for milliseconds.
    seconds = None if stamp is None else float(stamp) * 1000 / a_second
    if seconds is not None and not math.isfinite(seconds):
        raise _NoSampleError("its time is none")
    return Point(sample.name, dict(sample.labels), float(sample.value), seconds, number)


def _broken(number: int, line: str, reason: str) -> Refusal:
    raw = line[:RAW_CHARACTERS].encode("utf-8", "backslashreplace").decode()
    return Refusal(number, "", "", reason, raw)


def _refuse_doubles(found: Points) -> None:
    """A series has one value at a time; another one is refused, the same one is not counted twice."""
    first: dict[object, Point] = {}
    kept = []
    for point in found.points:
        key = (point.name, frozenset(point.labels.items()), point.seconds)
        earlier = first.setdefault(key, point)
        if earlier is point:
            kept.append(point)
        elif earlier.value != point.value and not (math.isnan(earlier.value) and math.isnan(point.value)):
            reason = f"is not what line {earlier.number} says of the same series ({earlier.value:g}), which counts"
            found.refusals.append(Refusal(point.number, point.name, f"{point.value:g}", reason, point.shown))
    found.points = kept


def of_answer(text: str) -> Points:
    """Read the answer of ``/api/v1/query`` or ``/api/v1/query_range``.

    Raises:
        InputError: It is no such answer; the text has no place in front.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{error.lineno}:{error.colno}: is no JSON ({error.msg}).") from None
    except (RecursionError, ValueError):
        raise InputError("1: is no JSON that a Prometheus server writes.") from None
    if isinstance(content, dict) and content.get("status") == "error":
        told = in_short(content.get("error"), 200)
        raise InputError(f"1: is the answer to a query that failed: {told}.")
    data = content.get("data") if isinstance(content, dict) else None
    kind = data.get("resultType") if isinstance(data, dict) else None
    result = data.get("result") if isinstance(data, dict) else None
    if kind not in ("matrix", "vector") or not isinstance(result, list):
        raise InputError(
            f"1: is no answer of /api/v1/query or /api/v1/query_range with a matrix or vector (resultType "
            f"{in_short(kind, 40)})."
        )
    found = Points()
    for number, series in enumerate(result, 1):
        try:
            name, labels, values = _series(series)
            if not DRIVE_METRIC.match(name):
                found.others[name] += len(values)
                continue
            found.points += [Point(name, labels, value, seconds, number) for seconds, value in _values(values)]
        except _NoSampleError as error:
            found.refusals.append(Refusal(number, "", "", str(error), in_short(series, RAW_CHARACTERS)))
    _refuse_doubles(found)
    return found


def _series(series: Any) -> tuple[str, dict[str, str], list[Any]]:
    metric = series.get("metric") if isinstance(series, dict) else None
    if not isinstance(metric, dict) or not all(isinstance(text, str) for text in metric.values()):
        raise _NoSampleError("is no series: it has no labels")
    labels = {_utf8(name): _utf8(text) for name, text in metric.items()}
    name = labels.pop("__name__", "")
    if not name:
        raise _NoSampleError("names no metric: query the metric itself, not a function of it")
    values = series.get("values", [series["value"]] if "value" in series else None)
    if not isinstance(values, list):
        raise _NoSampleError("holds no values")
    return name, labels, values


def _utf8(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _NoSampleError("is not UTF-8 text") from None
    return text


def _values(values: list[Any]) -> Iterator[tuple[float, float]]:
    for pair in values:
        try:
            seconds, value = pair
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not isinstance(value, str):
                raise ValueError
            stamp, number = float(seconds), float(value)
        except (ValueError, TypeError, OverflowError):
            raise _NoSampleError(f'holds {in_short(pair, 60)}; expected [time, "value"]') from None
        if not math.isfinite(stamp):
            raise _NoSampleError("holds a time that is none")
        yield stamp, number
