"""Files of JSON: one object, an array of objects, objects one after another, or one a line (JSON lines).

A file that cannot be parsed at all is an error with line and column. Where further objects follow a broken one, as in
JSON lines of which one was cut off, the broken one is refused and the others are read.
"""

from __future__ import annotations

import codecs
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from graph.errors import InputError
from ingest.file_hash import sha256_of
from ingest.telemetry.documents_samples import Sample, rows_of
from ingest.telemetry.documents_values import Contradiction, UnusableError, Value, in_short
from ingest.telemetry.files import Reader, SourceFile, check_text
from ingest.telemetry.normalised import REJECTS, RawRows, table

SUFFIXES = (".json", ".jsonl", ".ndjson")
MAX_BYTES = 64 << 20  # of a file that is not JSON lines: it is parsed in memory
MAX_LINE_BYTES = 8 << 20  # of JSON lines in a larger file
MAX_BROKEN = 1000  # a file with more broken objects than that is no JSON lines
MAX_DIGITS = 40  # a 128-bit counter has 39
SAMPLES_A_CHUNK = 500
RAW_CHARACTERS = 4000  # of a refused document in the quarantine file
BLANK = re.compile(r"\s*")
NEXT_OBJECT = re.compile(r"\n(?=\{)")
TEXT_OUTPUT = b"smartctl "  # how its output for people begins, with its version behind it


@dataclass(frozen=True, slots=True)
class Record:
    """One value of a file.

    Args:
        number: From 1.
        content: As parsed; None where it is broken.
        broken: What is wrong with it, with line and column; "" where nothing is.
        raw: Its text where it is broken.
    """

    number: int
    content: Any
    broken: str = ""
    raw: str = ""


def records(path: Path) -> Iterator[Record]:
    """Read the values of a file, one after another.

    Raises:
        InputError: It cannot be read, is empty or compressed, or no value of it can be parsed.
    """
    num_broken = 0
    first_broken, is_any_whole = "", False
    for number, (content, broken, raw) in enumerate(_values(path), 1):
        yield Record(number, content, broken, raw)
        is_any_whole |= not broken
        first_broken = first_broken or broken
        num_broken += bool(broken)
        if num_broken > MAX_BROKEN:
            raise InputError(f"{path}: more than {MAX_BROKEN} objects are broken; the first: {first_broken}.")
    if first_broken and not is_any_whole:
        raise InputError(f"{path}:{first_broken}.")
    if not first_broken and not is_any_whole:
        raise InputError(f"{path}: is empty; expected JSON.")


def _values(path: Path) -> Iterator[tuple[Any, str, str]]:
    """Content, what is broken, and the text of that."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            begin = stream.read(len(TEXT_OUTPUT))
            _check_beginning(path, begin)
            stream.seek(len(codecs.BOM_UTF8) if begin.startswith(codecs.BOM_UTF8) else 0)
            if size <= MAX_BYTES:
                yield from _parsed(stream.read().decode("utf-8", "surrogateescape"), 0)
                return
            line = 0
            while block := stream.readline(MAX_LINE_BYTES + 1):
                if len(block) > MAX_LINE_BYTES:
                    raise InputError(
                        f"{path}:{line + 1}: is too long a line. A file above {MAX_BYTES >> 20} MiB must be JSON "
                        "lines, one object a line: split it."
                    )
                yield from _parsed(block.decode("utf-8", "surrogateescape"), line)
                line += 1
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error


def _check_beginning(path: Path, begin: bytes) -> None:
    check_text(path, begin)
    if begin.startswith(TEXT_OUTPUT):
        raise InputError(f"{path}: is smartctl's text for people, not JSON; expected the output of smartctl -j -x.")


def _parsed(text: str, lines_before: int) -> Iterator[tuple[Any, str, str]]:
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole)
    at = 0
    while (at := _end_of(BLANK, text, at)) < len(text):
        begin = at
        try:
            content, at = decoder.raw_decode(text, begin)
        except RecursionError:
            line = lines_before + 1 + text.count("\n", 0, begin)
            broken = f"{line}: is nested too deeply for any output of a tool"
        except json.JSONDecodeError as error:
            stop = begin + len(text[begin : error.pos].rstrip())
            if "\n" not in text[stop : error.pos]:  # else the place is where something lacks, not where the next begins
                stop = error.pos
            line = lines_before + 1 + text.count("\n", 0, stop)
            column = stop - text.rfind("\n", 0, stop)
            broken = f"{line}:{column}: is no JSON ({error.msg})"
        else:
            for value in content if isinstance(content, list) else [content]:
                yield value, "", ""
            continue
        following = NEXT_OBJECT.search(text, begin)
        at = following.end() if following else len(text)
        raw = text[begin : min(at, begin + RAW_CHARACTERS)].strip()
        yield None, broken, raw.encode("utf-8", "backslashreplace").decode()


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that stands in it twice with different values has no value that could be used."""
    found = dict(pairs)
    if len(found) < len(pairs):
        values: dict[str, list[Any]] = {}
        for key, value in pairs:
            values.setdefault(key, []).append(value)
        for key, several in values.items():
            if any(type(value) is not type(several[0]) or value != several[0] for value in several):
                found[key] = Contradiction(several)
    return found


def _whole(digits: str) -> int | float:
    # What no counter can be is infinite rather than an error of the parser, so that only its document is refused.
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)


class DocumentReader(ABC):
    """Reads files of documents in which each is a sample of one drive; made anew for each run."""

    def __init__(self) -> None:
        self._identities: dict[tuple[str, str], tuple[dict[str, str], Path, int]] = {}

    @property
    def reader(self) -> Reader:
        """The two functions of a format's reader."""
        return Reader(SUFFIXES, self.look_over, self.chunks)

    @abstractmethod
    def why_not(self, content: Any) -> str | None:
        """Why a value is no sample at all, as a sentence's end ("lists devices …"); None where it looks like one."""

    @abstractmethod
    def sample(self, document: Value, path: Path) -> Sample:
        """What a document holds.

        Raises:
            UnusableError: Something in it keeps it out.
        """

    def lacks(self, path: Path, num_samples: int) -> str | None:
        """What the options would have to say of a file and do not, as a sentence's end; None where nothing lacks."""
        return None

    def look_over(self, path: Path) -> SourceFile:
        """Hash a file, make sure that it holds samples, and say what of it means nothing or needs a note.

        Raises:
            InputError: It cannot be read or parsed, or holds no sample.
        """
        unread: set[str] = set()
        notes: list[str] = []
        refusals: list[str] = []
        num_samples = 0
        for record in records(path):
            why_not = record.broken or self.why_not(record.content)
            if why_not:
                refusals.append(why_not)
                continue
            num_samples += 1
            try:
                found = self.sample(Value(record.content), path)
            except UnusableError:
                continue
            unread |= found.unread
            notes += [note for note in found.notes if note not in notes]
            self._remember(found, path, record.number)
        if not num_samples:
            raise InputError(f"{path}: {refusals[0] if refusals else 'holds no object'}.")
        if lacks := self.lacks(path, num_samples):
            raise InputError(f"{path}: {lacks}.")
        return SourceFile(path, sha256_of(path), (), False, unread=tuple(sorted(unread)), notes=tuple(notes))

    def chunks(self, file: SourceFile) -> Iterator[RawRows | pa.Table]:
        """Read a file piece by piece.

        Raises:
            InputError: The file can no longer be read.
        """
        samples: list[tuple[int, Sample]] = []
        rejects: list[tuple[int, str, str, str, str]] = []
        for record in records(file.path):
            why_not = record.broken or self.why_not(record.content)
            try:
                if why_not:
                    raise UnusableError("", "", why_not)
                found = self.sample(Value(record.content), file.path)
                self._check_identity(found, file.path, record.number)
            except UnusableError as error:
                raw = record.raw or in_short(record.content, RAW_CHARACTERS)
                rejects.append((record.number, error.column, error.value, error.reason, raw))
            else:
                samples.append((record.number, found))
            if len(samples) + len(rejects) >= SAMPLES_A_CHUNK:
                yield from _pieces(file.path, samples, rejects)
                samples, rejects = [], []
        yield from _pieces(file.path, samples, rejects)

    def _remember(self, found: Sample, path: Path, number: int) -> None:
        """Of drives that share model and placeholder for a serial number, the one that was seen first."""
        if found.has_placeholder:
            self._identities.setdefault((found.model, found.serial), (dict(found.ids), path, number))

    def _check_identity(self, found: Sample, path: Path, number: int) -> None:
        """Keep two drives apart that would become one by their placeholder, where their other ids differ."""
        first = self._identities.get((found.model, found.serial)) if found.has_placeholder else None
        if first is None:
            return
        ids, where, at = first
        for name, value in found.ids.items():
            if name in ids and ids[name] != value:
                raise UnusableError(
                    "serial_number",
                    found.serial,
                    f"is a placeholder that another drive of this model has too: {name} {value} here, {ids[name]} "
                    f"in {where} (record {at}), which counts; name this drive with --drive MODEL:SERIAL, in a run of "
                    "its own",
                )


def _pieces(
    path: Path, samples: list[tuple[int, Sample]], rejects: list[tuple[int, str, str, str, str]]
) -> Iterator[RawRows | pa.Table]:
    if samples:
        yield rows_of(path, samples)
    if rejects:
        columns = {name: [each[at] for each in rejects] for at, name in enumerate(REJECTS.names)}
        yield table(REJECTS, columns, len(rejects))
