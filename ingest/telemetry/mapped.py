"""Any table by a mapping file: the file says what its columns mean, in which unit, and in which form its times are.

A table has a column an attribute (``layout: wide``) or a row an attribute (``layout: long``). A value that cannot be in
the unit that the mapping names is refused, with the unit that would fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InputError, nearest
from graph.ontology import smart
from graph.windows.shape import COLLECTED_AT
from ingest.telemetry import columns, files
from ingest.telemetry.atoll_daily import SYNTHETIC_METADATA
from ingest.telemetry.daily import NORMALIZED_MAXIMUM, normalise
from ingest.telemetry.files import Reader, SourceFile
from ingest.telemetry.formats import Format
from ingest.telemetry.mapped_long import attribute_units, pivoted, read_target, unknown_attributes
from ingest.telemetry.mapped_times import example, instants
from ingest.telemetry.mapping import MappedColumn, TableMapping, Target, load
from ingest.telemetry.mapping_units import BYTES, RAW, impossible, to_raw
from ingest.telemetry.normalised import FAILURES, INSTANT, PLACES, Normalised, RawRows, table
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.rows import RowCheck

NAME = "mapped"
SMALLEST_DRIVE_BYTES = 1e6
LARGEST_DRIVE_BYTES = 1e16


def format_for(options: SourceOptions) -> Format:
    """The format that a mapping file makes.

    Raises:
        InputError: There is none, or it cannot be used.
    """
    if options.mapping is None:
        raise InputError(
            "--format mapped needs --mapping FILE. Draft one from your table: "
            "atoll ingest telemetry --suggest-mapping TABLE > mapping.yaml"
        )
    mapping = load(options.mapping)
    return Format(
        name=NAME,
        required=(),
        transform=_transform_by(mapping),
        knows=lambda column: column in mapping.columns or column in mapping.ignore,
        one_row_a_day=mapping.of("day") is not None,
        reader=_reader(mapping),
        takes=("mapping",),
        settings=mapping.sha256,
        full_snapshot=mapping.full_snapshot,
        mapping=mapping.label,
    )


def _transform_by(mapping: TableMapping) -> Callable[[RawRows, str], Normalised]:
    return lambda raw, fleet: transform(raw, fleet, mapping)


def _reader(mapping: TableMapping) -> Reader:
    def look_over(path: Path) -> SourceFile:
        file = files.look_over(path, mapping.separator)
        check_table(mapping, file)
        unread = [name for name in file.columns if name not in mapping.columns and name not in mapping.ignore]
        if mapping.is_long:
            unread += unknown_attributes(mapping, file)
        metadata = file.metadata
        if mapping.synthetic is not None:
            metadata = {**metadata, SYNTHETIC_METADATA: str(mapping.synthetic).lower()}
        return replace(file, metadata=metadata, unread=tuple(unread))

    def chunks(file: SourceFile) -> Iterator[RawRows | pa.Table]:
        pieces = files.chunks(file, mapping.separator)
        return pivoted(mapping, pieces) if mapping.is_long else pieces

    return Reader((".csv", ".tsv", ".parquet"), look_over, chunks)


def check_table(mapping: TableMapping, file: SourceFile) -> None:
    """Make sure that a table has the columns that the mapping speaks of.

    Raises:
        InputError: It lacks one; with the nearest one that it has, or with the separator it seems to have.
    """
    missing = [name for name in mapping.columns if name not in file.columns]
    if not missing:
        return
    marks = [mark for mark in (",", ";", "\t", "|") if mark != mapping.separator]
    other = next((mark for mark in marks if len(file.columns) == 1 and mark in file.columns[0]), None)
    if other:
        called = "a tab ('\\t')" if other == "\t" else f"'{other}'"
        hint = f" The fields are separated by {called}; the mapping says '{mapping.separator}' (separator)."
    else:
        hint = nearest(missing[0], file.columns).replace("Did you mean", "Nearest column there:").replace("?", ".")
    shown = ", ".join(file.columns[:12]) + (", …" if len(file.columns) > 12 else "")
    raise InputError(
        f"{file.path}:1: column '{missing[0]}' is missing, which {mapping.path}:{mapping.lines[missing[0]]} maps to "
        f"'{mapping.columns[missing[0]].means}'; the table has {shown}.{hint}"
    )


def transform(raw: RawRows, fleet: str, mapping: TableMapping) -> Normalised:
    """Normalise the rows of a table.

    Args:
        raw: Rows with the columns that the mapping speaks of; of a long table, pivoted.
        fleet: Name of the fleet.
        mapping: What they mean.
    """
    rows = _MappedRows(raw, mapping)
    serial, model = rows.needed("serial"), rows.needed("model")
    instant, day = rows.time()
    readings = rows.readings(model)
    is_sampled = mapping.of("time") is not None
    if is_sampled:
        seconds = pc.divide(instant.cast(pa.int64()).cast(pa.float64()), 1e6)
        readings[COLLECTED_AT] = seconds.to_numpy(zero_copy_only=False)
    places = {name: values for name in PLACES if (values := rows.given(name)) is not None}
    found = normalise(
        rows.check,
        fleet,
        day=day,
        serial=serial,
        model=model,
        capacity_bytes=rows.capacity(),
        failed=rows.failed(),
        readings=readings,
        places=places,
        slot=rows.slot(),
        vendor=rows.given("vendor"),
    )
    return _as_samples(found, instant.filter(pa.array(rows.check.usable))) if is_sampled else found


def _as_samples(found: Normalised, instant: pa.Array) -> Normalised:
    """Readings as samples, of which the last of a day counts, and failures to the second."""
    micros = instant.cast(pa.int64())
    at = found.readings.column_names.index("sequence")
    readings = found.readings.set_column(at, "sequence", micros)
    # Rows of failures are some of the rows of readings, by number.
    by_row = pa.table({"row": found.readings["row"], "at": instant})
    position = pc.index_in(found.failures["row"], by_row["row"].combine_chunks())
    content = {name: found.failures[name] for name in ("row", "drive_key", "day")}
    content |= {"observed_at": by_row["at"].take(position), "precision": pa.array(["second"] * found.failures.num_rows)}
    return replace(found, readings=readings, failures=table(FAILURES, content, found.failures.num_rows))


class _MappedRows:
    """Columns of a table by what they mean; what cannot be is refused as it stands there."""

    def __init__(self, raw: RawRows, mapping: TableMapping) -> None:
        self.check = RowCheck(raw)
        self._raw, self._mapping = raw, mapping
        self._num_rows = raw.rows.num_rows

    def given(self, means: str) -> pa.Array | None:
        """Names, from a column or a constant; None where the mapping has neither."""
        column = self._mapping.of(means)
        if column:
            return columns.identifiers(self._present(column))
        constant = self._mapping.constants.get(means)
        return None if constant is None else pa.array([constant] * self._num_rows, pa.string())

    def needed(self, means: str) -> pa.Array:
        """Names that every row must have."""
        values = self.given(means)
        column = self._mapping.of(means)
        if values is None:  # the mapping was checked for it
            return pa.nulls(self._num_rows, pa.string())
        if column:
            self.check.refuse(~columns.present(values), column.name, f"is empty, a {means} is needed")
        return values

    def time(self) -> tuple[pa.Array, pa.Array]:
        """When each row was taken, and its day."""
        column = self._mapping.of("day") or self._mapping.of("time")
        if column is None:
            return pa.nulls(self._num_rows, INSTANT), pa.nulls(self._num_rows, pa.date32())
        check, name = self.check, column.name
        values, unreadable = instants(self._present(column), column.format, column.zone)
        check.refuse(unreadable, name, f"is no {column.means} of format '{column.format}', as {example(column.format)}")
        check.refuse(~columns.present(values), name, f"is empty, a {column.means} is needed")
        days = values.cast(pa.date32(), safe=False)
        future, early = columns.impossible_days(days, check.today)
        check.refuse(future, name, f"is impossible: in the future (today is {check.today})")
        check.refuse(early, name, f"is impossible: before {columns.FIRST_DAY}, when drives had no SMART")
        return values, days

    def capacity(self) -> np.ndarray:
        """Capacities in bytes, NaN where there is none."""
        column = self._mapping.of("capacity")
        if column is None:
            return np.full(self._num_rows, np.nan)
        values = self._number(column) * BYTES[column.unit]
        wrong = (values < SMALLEST_DRIVE_BYTES) | (values > LARGEST_DRIVE_BYTES)
        self.check.refuse(wrong, column.name, f"is impossible as a capacity in {column.unit}: is the unit another?")
        return values

    def failed(self) -> np.ndarray:
        """Whether each row is its drive's last."""
        column = self._mapping.of("failure")
        if column is None:
            return np.zeros(self._num_rows, bool)
        values, unreadable = columns.flags(self._present(column))
        self.check.refuse(unreadable, column.name, "is neither 0 nor 1, true nor false")
        return values

    def slot(self) -> np.ndarray | None:
        """Positions in the host."""
        column = self._mapping.of("slot")
        if column is None:
            return None
        values = self._number(column)
        self.check.refuse((values < 0) | (values != np.floor(values)) & ~np.isnan(values), column.name, "is no slot")
        return values

    def readings(self, models: pa.Array) -> dict[str, np.ndarray]:
        """Attributes as the readings hold them, by column of the lake."""
        found: dict[str, np.ndarray] = {}
        units = attribute_units(self._mapping) if self._mapping.is_long else {}
        for name in self._raw.rows.column_names:
            column = self._mapping.columns.get(name)
            target = column.target if column else None
            if self._mapping.is_long:
                target, column = read_target(name, self._mapping, units)
            if column and target:
                found[target.column] = self._reading(column, target, models)
        return found

    def _reading(self, column: MappedColumn, target: Target, models: pa.Array) -> np.ndarray:
        values, check = self._number(column), self.check
        if target.value != "raw":
            check.refuse(values < 0, column.name, "is impossible: below 0")
            check.refuse(values > NORMALIZED_MAXIMUM, column.name, f"is impossible: above {NORMALIZED_MAXIMUM}")
            return values
        if (wrong := impossible(values, target.key, target.unit)) is not None:
            check.refuse(wrong.mask, column.name, wrong.reason)
        if target.unit != RAW:
            values = self._converted(values, column, target, models)
        if smart.attribute(target.key).kind != "gauge":
            check.refuse(values < 0, column.name, "is impossible: below 0")
        return values

    def _converted(self, values: np.ndarray, column: MappedColumn, target: Target, models: pa.Array) -> np.ndarray:
        """Values of a unit as the drives of each model report them."""
        encoded = models.dictionary_encode()
        of_model = np.nan_to_num(encoded.indices.to_numpy(zero_copy_only=False), nan=-1).astype(np.int64)
        result = np.full(len(values), np.nan)
        for number, model in enumerate(encoded.dictionary.to_pylist()):
            own = of_model == number
            raw = to_raw(values[own], target.key, target.unit, model)
            if raw is None:
                reason = (
                    f"has the unit {target.unit}, but what {model} reports as {target.key} is not that; "
                    "map the raw value with unit raw"
                )
                self.check.refuse(own & ~np.isnan(values), column.name, reason)
            else:
                result[own] = raw
        return result

    def _number(self, column: MappedColumn) -> np.ndarray:
        present = self._present(column)
        strange = np.zeros(self._num_rows, bool)
        if self._mapping.decimal == "," and pa.types.is_string(present.type):
            # A point would be a mark of thousands or a slip; which of the two cannot be told.
            strange = pc.fill_null(pc.match_substring(present, "."), fill_value=False).to_numpy(zero_copy_only=False)
            present = pc.replace_substring(present, ",", ".")
        values, unreadable = columns.numbers(present)
        called = "a finite number" if self._mapping.decimal == "." else "a finite number with a decimal comma"
        self.check.refuse(unreadable | strange, column.name, f"is not {called}")
        return values

    def _present(self, column: MappedColumn) -> pa.Array:
        """The values of a column, null where there is none."""
        values = self._raw.rows[column.name]
        if isinstance(values, pa.ChunkedArray):
            values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
        if pa.types.is_dictionary(values.type):
            values = values.dictionary_decode()
        if pa.types.is_large_string(values.type):
            values = values.cast(pa.string())
        text = columns.strings(values)
        if pa.types.is_string(values.type):
            values = text
        if not column.missing:
            return values
        plain = pc.replace_substring_regex(text, r"^([+-]?[0-9]+)\.0*$", r"\1")
        gone = pc.or_(pc.is_in(text, _set(column)), pc.is_in(plain, _set(column)))
        return pc.if_else(gone, pa.scalar(None, values.type), values)


def _set(column: MappedColumn) -> pa.Array:
    return pa.array(sorted(column.missing), pa.string())
