"""`atoll extract`: assertions of sentences, without a store."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Any, NamedTuple

import typer

from app.commands.output import messages, progress_on_terminal
from graph.errors import InputError

AT_ONCE = 200
SHOWN_BAD_LINES = 10
BAD_LINES = 2  # exit status: some lines could not be read
_MAX_PATH = 4096


class Line(NamedTuple):
    """A text with the id under which its assertions are printed."""

    id: Any
    text: str


def extract(
    source: Annotated[
        str,
        typer.Argument(
            help='A sentence in quotes, a file of JSON lines {"id", "text"} or of plain text, or - for stdin.',
            metavar="TEXT|FILE",
        ),
    ],
) -> None:
    """Find what sentences assert, with the quote and its place, by rules and without a language model or a store.

    Prints JSON lines, always: for each line read {"id", "assertions"}; an empty list means that nothing was found.
    Each assertion has subject, relation (improves, degrades, causes, mitigates, correlates, no_effect, measured),
    object, direction of the object (increase, decrease, none), quantity, condition, hedged, negated, quote, start, end,
    confidence and tier (high or candidate). Lines that cannot be read are named on stderr, the rest is printed, and the
    exit status is 2.

    Example: atoll extract "Raising the over-provisioning to 28 % halved write amplification."

    Example: atoll extract sentences.jsonl > assertions.jsonl
    """
    bad: list[str] = []
    with _lines(source, bad) as (lines, total), progress_on_terminal() as progress:
        from ingest.literature.extraction.rules import RuleExtractor

        extractor, done = RuleExtractor(), 0
        iterator = iter(lines)
        while batch := list(islice(iterator, AT_ONCE)):
            for line, found in zip(batch, extractor.extract([line.text for line in batch]), strict=True):
                answer = {"id": line.id, "assertions": [assertion.to_json() for assertion in found]}
                sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sys.stdout.flush()
            done += len(batch)
            progress("extract", done, total)
    for message in bad[:SHOWN_BAD_LINES]:
        messages.print(f"atoll: {message}", markup=False)
    if bad:
        more = len(bad) - SHOWN_BAD_LINES
        rest = f" ({more:,} more like these)" if more > 0 else ""
        messages.print(f"atoll: {len(bad):,} lines could not be read; the others were.{rest}", markup=False)
        raise typer.Exit(BAD_LINES)


@contextmanager
def _lines(source: str, bad: list[str]) -> Iterator[tuple[Iterable[Line], int | None]]:
    """The texts of a source and how many there are, where that is known; what cannot be read goes to ``bad``."""
    if source == "-":
        yield _of_stream(sys.stdin.buffer, "stdin", bad), None
        return
    path = _as_file(source)
    if path is None:
        if not source.strip():
            raise InputError("The text is empty; expected a sentence, a file of JSON lines or - for stdin.")
        yield [Line(None, source)], 1
        return
    with path.open("rb") as stream:
        yield _of_stream(stream, str(path), bad), None


def _as_file(source: str) -> Path | None:
    """The file that the argument names, None where the argument is the text itself."""
    if not source.strip() or len(source) > _MAX_PATH or "\n" in source or "\0" in source:
        return None
    path = Path(source)
    try:
        if path.is_dir():
            raise InputError(f"{source}: is a folder; expected a text, a file of JSON lines or a plain text file.")
        if path.is_file():
            return path
    except OSError:
        return None
    if not any(map(str.isspace, source)) and (path.suffix[1:].isalnum() or "/" in source):
        raise InputError(f'{source}: no such file; expected a text in quotes or a file of JSON lines {{"id", "text"}}.')
    return None


def _of_stream(stream: IO[bytes], name: str, bad: list[str]) -> Iterator[Line]:
    first = stream.readline()
    if first.startswith(b"%PDF"):
        raise InputError(f"{name}: is a PDF; read it with 'atoll ingest literature {name}'.")
    first = first.removeprefix(b"\xef\xbb\xbf")
    if first.lstrip().startswith(b"{"):
        for number, line in enumerate(_chained(first, stream), start=1):
            if line.strip():
                try:
                    yield _read(line, number)
                except ValueError as error:
                    bad.append(f"{name}:{number}: {error}")
        return
    try:
        text = (first + stream.read()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start:,} is not UTF-8; expected text in UTF-8.") from None
    if not text.strip():
        raise InputError(f'{name}: holds no text; expected JSON lines {{"id", "text"}} or plain text.')
    yield Line(None, text)


def _chained(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _read(line: bytes, number: int) -> Line:
    """A line of JSON.

    Raises:
        ValueError: It is no JSON object with a text; the message says what was expected.
    """
    expected = 'expected an object {"id", "text"}'
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(f"is not JSON; {expected}.") from None
    if not isinstance(row, dict):
        raise ValueError(f"is {type(row).__name__}; {expected}.")
    text = row.get("text")
    if not isinstance(text, str):
        given = "no 'text'" if "text" not in row else f"a 'text' that is {type(text).__name__}"
        raise ValueError(f"has {given}; {expected}, the text a string.")
    identity = row.get("id", number)
    if isinstance(identity, dict | list):
        raise ValueError(f"has an 'id' that is {type(identity).__name__}; expected a string or a number.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("has a 'text' with half of a surrogate pair; expected valid Unicode.") from None
    return Line(identity, text)
