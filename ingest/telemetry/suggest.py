"""A draft of a mapping file from a table's names and values, which says what it was sure of and what it guessed."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from graph.errors import InputError
from graph.ontology import smart
from ingest.telemetry import columns, files
from ingest.telemetry.mapped_long import target_of
from ingest.telemetry.mapped_times import DAY_FIRST, ISO, MONTH_FIRST, share_read
from ingest.telemetry.mapping import TableMapping
from ingest.telemetry.mapping_units import BYTES, CELSIUS, FAMILIES, HOURS, family_of, in_base, needs_unit
from ingest.telemetry.normalised import RawRows
from ingest.telemetry.suggest_names import Named, named

ROWS_LOOKED_AT = 200_000
VALUES_KEPT = 5_000
SEPARATORS = (",", ";", "\t", "|")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_COMPACT_DAY = re.compile(r"(19|20)\d{6}")
_PLAUSIBLE_CELSIUS = (5.0, 75.0)
MOST = 0.6  # of a column's values must be in a form for it to be suggested at all


@dataclass(frozen=True, slots=True)
class Guess:
    """What one column probably means.

    Args:
        column: Its name.
        means: Its meaning; None where none was found.
        sure: Nothing about it is guessed.
        why: On what that rests.
        value: Which of an ATA attribute's values; None for other meanings.
        unit: Unit of its values, where one must be named.
        format: Of a day or a time.
        missing: Values that stand for none.
    """

    column: str
    means: str | None
    sure: bool
    why: str
    value: str | None = None
    unit: str | None = None
    format: str | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A draft of a mapping.

    Args:
        path: The table.
        rows_looked_at: Rows that it rests on.
        separator: Between the fields.
        decimal: Decimal mark.
        layout: ``wide`` or ``long``.
        columns: A guess for each column, in the table's order.
        lacking: What a mapping needs and no column seems to mean.
    """

    path: Path
    rows_looked_at: int
    separator: str
    decimal: str
    layout: str
    columns: tuple[Guess, ...]
    lacking: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """All fields, as ``docs/json/suggest-mapping-1.json`` describes them."""
        return {**asdict(self), "path": str(self.path), "columns": [asdict(guess) for guess in self.columns]}


@dataclass(slots=True)
class Seen:
    """Values of one column.

    Args:
        texts: Distinct values that are there, at most ``VALUES_KEPT``.
        type: Arrow type of a Parquet column.
    """

    texts: set[str] = field(default_factory=set)
    type: pa.DataType | None = None

    def numbers(self, decimal: str) -> np.ndarray | None:
        """The values as numbers; None where some are none."""
        found = [text.replace(",", ".") if decimal == "," else text for text in self.texts]
        values, unreadable = columns.numbers(pa.array(found, pa.string()))
        return None if unreadable.any() else values[~np.isnan(values)]


def suggest(path: Path) -> Suggestion:
    """Draft a mapping for a table.

    Raises:
        InputError: It cannot be read as a table.
    """
    separator = _separator(path)
    file = files.look_over(path, separator)
    try:
        seen, num_rows = _look(file, separator)
    except files.UNFIT as error:
        raise InputError(f"{path}: holds a value that cannot be read ({files.first_line(error)}).") from error
    commas = [name for name, values in seen.items() if _has_decimal_comma(values)] if separator != "," else []
    decimal = "," if commas else "."
    guesses = [_guess(name, seen[name], decimal) for name in file.columns]
    layout = "long" if _is_long(guesses, seen) else "wide"
    guesses = _of_layout(guesses, layout)
    guesses = _one_time(_once_each(_find_time(guesses, seen)))
    means = {guess.means for guess in guesses}
    lacking = [name for name in ("serial", "model") if name not in means]
    lacking += [] if means & {"day", "time"} else ["day"]
    return Suggestion(path, num_rows, separator, decimal, layout, tuple(guesses), tuple(lacking))


def _separator(path: Path) -> str:
    """The separator that gives the header most columns."""
    try:
        with path.open("rb") as stream:
            head = stream.readline(files.MAX_LINE_BYTES)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    if head.startswith(b"PAR1"):
        return ","
    counts = [head.count(mark.encode()) for mark in SEPARATORS]
    return SEPARATORS[int(np.argmax(counts))]


def _look(file: files.SourceFile, separator: str) -> tuple[dict[str, Seen], int]:
    seen = {name: Seen() for name in file.columns}
    num_rows = 0
    for piece in files.chunks(file, separator):
        if not isinstance(piece, RawRows):
            continue
        for name in file.columns:
            here, values = seen[name], piece.rows[name]
            here.type = values.type
            if len(here.texts) < VALUES_KEPT and not pa.types.is_nested(values.type):
                distinct = columns.strings(values.unique()).to_pylist()
                here.texts |= set([text for text in distinct if text][: VALUES_KEPT - len(here.texts)])
        num_rows += piece.rows.num_rows
        if num_rows >= ROWS_LOOKED_AT:
            break
    return seen, num_rows


def _has_decimal_comma(values: Seen) -> bool:
    return any(_DECIMAL_COMMA.fullmatch(text) for text in values.texts)


def _guess(name: str, seen: Seen, decimal: str) -> Guess:
    told = named(name)
    if seen.type is not None and pa.types.is_nested(seen.type):
        return Guess(name, None, True, f"its values are of type {seen.type}, which no column that is read has")
    if told is None:
        return Guess(name, None, True, "no meaning was found for this name")
    if told.means in ("day", "time"):
        return _moment(name, seen, told)
    numbers = seen.numbers(decimal)
    if told.means == "capacity":
        return _capacity(name, told, numbers)
    if told.means == "failure":
        fits = {text.lower() for text in seen.texts} <= {"0", "1", "0.0", "1.0", "true", "false"}
        return Guess(name, "failure" if fits else None, told.sure, told.why if fits else "its values are not 0 and 1")
    if told.means == "slot" and numbers is None:
        return Guess(name, None, True, "its values are no numbers, as slots are")
    if told.means.startswith("smart:"):
        return _attribute(name, told, numbers)
    return Guess(name, told.means, told.sure, told.why)


def _moment(name: str, seen: Seen, told: Named) -> Guess:
    """A day or a time, in the form that its values are in; two forms that fit are a guess."""
    if seen.type is not None and (pa.types.is_timestamp(seen.type) or pa.types.is_date(seen.type)):
        means = "day" if pa.types.is_date(seen.type) else "time"
        return Guess(name, means, True, f"{told.why}; its type is {seen.type}", format=ISO)
    texts = sorted(seen.texts)
    means = "time" if any(":" in text for text in texts) else "day"
    nothing = Guess(name, None, True, f"{told.why}, but its values are in no form of a day or time that is known")
    shares = {form: share_read(texts, form) for form in (ISO, DAY_FIRST, MONTH_FIRST)}
    best = max(shares.values())
    if best >= MOST:
        form, *others = [form for form, share in shares.items() if share == best]
        if others:
            why = f"{told.why}; {form} and {others[0]} both fit its values"
            return Guess(name, means, False, why, format=form)
        if best < 1:
            why = f"{told.why}; {best:.0%} of its values are {form}, the others are refused"
            return Guess(name, means, False, why, format=form)
        return Guess(name, means, told.sure, f"{told.why}; all values are {form} and no other form", format=form)
    if texts and all(_COMPACT_DAY.fullmatch(text) for text in texts) and share_read(texts, "%Y%m%d") == 1:
        return Guess(name, "day", told.sure, f"{told.why}; all values read year, month, day", format="%Y%m%d")
    for form, digits in (("epoch-seconds", 10), ("epoch-milliseconds", 13)):
        if all(len(text.partition(".")[0]) == digits for text in texts) and share_read(texts, form) == 1:
            return Guess(name, "time", told.sure, f"{told.why}; {digits} digits, as {form} have today", format=form)
    return nothing


def _find_time(guesses: list[Guess], seen: dict[str, Seen]) -> list[Guess]:
    """Where no name tells of a day or a time, the first column whose values are some."""
    if {guess.means for guess in guesses} & {"day", "time"}:
        return guesses
    for at, guess in enumerate(guesses):
        told = Named("time", False, "its values are days or times")
        found = _moment(guess.column, seen[guess.column], told) if guess.means is None else guess
        if found.means in ("day", "time") and not (found.format or "").startswith("epoch"):
            return [*guesses[:at], found, *guesses[at + 1 :]]
    return guesses


def _capacity(name: str, told: Named, numbers: np.ndarray | None) -> Guess:
    if numbers is None or not len(numbers):
        return Guess(name, None, True, "its values are no numbers, as capacities are")
    missing = ("-1",) if (numbers == -1).any() else ()
    values = numbers[numbers != -1]
    if told.unit in BYTES:
        return Guess(name, "capacity", told.sure, told.why, unit=told.unit, missing=missing)
    fits = [unit for unit in ("bytes", "MB", "GB", "TB") if _drives(values * BYTES[unit])]
    unit = fits[0] if fits else "bytes"
    why = f"{told.why}; its unit is guessed from the values"
    return Guess(name, "capacity", False, why, unit=unit, missing=missing)


def _drives(values: np.ndarray) -> bool:
    return bool(len(values)) and bool(((values >= 1e10) & (values <= 2e14)).all())


def _attribute(name: str, told: Named, numbers: np.ndarray | None) -> Guess:
    key, value = told.means, told.value
    if numbers is None:
        return Guess(name, None, True, f"{told.why}, but its values are no numbers")
    guess = Guess(name, key, told.sure, told.why, value=value)
    item = smart.attribute(key)
    if value != "raw":
        if len(numbers) and numbers.max() > 255:
            return replace(guess, means=None, sure=True, why=f"{told.why}, but a value is above 255")
        return guess
    if item.kind != "gauge" and len(numbers) and (numbers < 0).any():
        negative = sorted({f"{number:g}" for number in numbers[numbers < 0]})
        why = f"{told.why}; what is below 0 is guessed to stand for none"
        guess = replace(guess, sure=False, why=why, missing=tuple(negative[:5]))
    if not needs_unit(key):
        return guess
    family = family_of(key)
    if told.unit and family and told.unit in FAMILIES[family]:
        return replace(guess, unit=told.unit)
    unit = _unit_of(family or "", numbers)
    return replace(guess, unit=unit, sure=False, why=f"{guess.why}; its unit is guessed from the values")


def _unit_of(family: str, numbers: np.ndarray) -> str:
    """The unit in which the middle of the values is what drives usually show."""
    middle = float(np.median(numbers)) if len(numbers) else 0.0
    low, high = {"temperature": _PLAUSIBLE_CELSIUS, "time": (0.0, 150_000.0)}.get(family, (0.0, 1e19))
    order = {"temperature": tuple(CELSIUS), "time": tuple(HOURS)}.get(family, tuple(BYTES))
    for unit in order:
        if low <= float(in_base(np.array([middle]), family, unit)[0]) <= high:
            return unit
    return order[0]


def _is_long(guesses: list[Guess], seen: dict[str, Seen]) -> bool:
    """Whether a column names attributes and another holds their values."""
    by_means = {guess.means: guess.column for guess in guesses}
    if "attribute" not in by_means or "raw" not in by_means:
        return False
    texts = seen[by_means["attribute"]].texts
    bare = TableMapping(Path(), "", 1, "", {}, {}, {})
    return bool(texts) and sum(target_of(bare, text) is not None for text in texts) * 2 >= len(texts)


def _of_layout(guesses: list[Guess], layout: str) -> list[Guess]:
    long_only = {"attribute", "raw", "normalized", "worst", "threshold"}
    if layout == "wide":
        why = "it would need a column that names attributes"
        return [replace(g, means=None, sure=True, why=why) if g.means in long_only else g for g in guesses]
    why = "a table with a row an attribute has its values in one column"
    is_value = {g.column for g in guesses if g.means and g.means.startswith("smart:")}
    return [Guess(g.column, None, True, why) if g.column in is_value else g for g in guesses]


def _once_each(guesses: list[Guess]) -> list[Guess]:
    """Of columns with one meaning the surest, else the first."""
    best: dict[tuple[str | None, str | None], Guess] = {}
    for guess in guesses:
        key = (guess.means, guess.value)
        if guess.means and (key not in best or (guess.sure and not best[key].sure)):
            best[key] = guess
    return [
        guess
        if guess.means is None or best[guess.means, guess.value] is guess
        else Guess(guess.column, None, True, f"means the same as '{best[guess.means, guess.value].column}'")
        for guess in guesses
    ]


def _one_time(guesses: list[Guess]) -> list[Guess]:
    """A table has one day or one time: the time where it has both; any slot needs a host."""
    means = {guess.means for guess in guesses}
    gone = {"day"} if {"day", "time"} <= means else set()
    gone |= {"slot"} if "host" not in means else set()
    why = {"day": "the time tells the day too", "slot": "a slot means nothing without its host"}
    return [Guess(g.column, None, True, why[str(g.means)]) if g.means in gone else g for g in guesses]
