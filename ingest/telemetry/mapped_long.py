"""Tables with a row an attribute, made into rows with a column an attribute; sorted on disk, so of any size."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.errors import InputError
from graph.ontology import smart
from ingest.telemetry import columns, files
from ingest.telemetry.files import SourceFile
from ingest.telemetry.mapping import VALUES, MappedColumn, TableMapping, Target
from ingest.telemetry.mapping_units import checked_unit
from ingest.telemetry.normalised import REJECTS, RawRows, table
from ingest.telemetry.rows import RowCheck, raw_text

MEMORY = "500MB"
ROWS_A_PIECE = 50_000
_NUMBER, _KEY = "atoll number", "atoll key"


def unknown_attributes(mapping: TableMapping, file: SourceFile) -> list[str]:
    """Attributes of a long table that mean nothing.

    Raises:
        InputError: One needs a unit that the mapping does not name.
    """
    named = _attribute_column(mapping)
    found: set[str] = set()
    for piece in files.chunks(file, mapping.separator):
        if isinstance(piece, RawRows):
            found |= {value for value in columns.identifiers(piece.rows[named]).unique().to_pylist() if value}
    unknown = []
    for name in sorted(found):
        target = target_of(mapping, name)
        if target is None:
            unknown.append(f"{named}={name}")
            continue
        try:
            checked_unit(target.key, None if target.unit == "raw" else target.unit)
        except InputError as error:
            raise InputError(
                f"{file.path}: attribute '{name}' in column '{named}': {error} "
                f"Write it below 'attributes' in {mapping.path}."
            ) from None
    return unknown


def target_of(mapping: TableMapping, name: str) -> Target | None:
    """Which attribute a value of the attribute column names; None where it is not in the catalogue."""
    if name in mapping.attributes:
        return mapping.attributes[name]
    key = f"smart:ata:{int(name)}" if name.isascii() and name.isdigit() and len(name) < 4 else name
    # The tools spell an attribute in their own ways: Power_On_Hours is ATA's, power_on_hours may be NVMe's or SCSI's.
    key = _by_spelling().get(key) or _by_name().get(key.lower(), key)
    try:
        return Target(smart.attribute(key).key)
    except InputError:
        return None


@cache
def _by_spelling() -> Mapping[str, str]:
    """Keys by the names that smartctl and nvme-cli print; names of several attributes are left out."""
    found: dict[str, list[str]] = {}
    for item in smart.attributes():
        for name in {item.field, *item.aliases} - {None}:
            found.setdefault(str(name), []).append(item.key)
    return {name: keys[0] for name, keys in found.items() if len(keys) == 1}


@cache
def _by_name() -> Mapping[str, str]:
    """The same by names in lower case."""
    found: dict[str, list[str]] = {}
    for item in smart.attributes():
        for name in {item.field, *item.aliases} - {None}:
            found.setdefault(str(name).lower(), []).append(item.key)
    return {name: keys[0] for name, keys in found.items() if len(keys) == 1}


def attribute_units(mapping: TableMapping) -> Mapping[str, str]:
    """Unit of each attribute that the mapping lists, by its key."""
    return {target.key: target.unit for target in mapping.attributes.values()}


def read_target(
    name: str, mapping: TableMapping, units: Mapping[str, str]
) -> tuple[Target | None, MappedColumn | None]:
    """What a column of a pivoted table holds."""
    source, mark, rest = name.rpartition("[")
    column = mapping.columns.get(source)
    key = rest.removesuffix("]")
    if not mark or column is None or not _has_value(key, column):
        return None, None
    unit = units.get(key, "raw") if column.means == "raw" else "raw"
    return Target(key, unit, column.means), MappedColumn(name, column.means, missing=column.missing)


def _has_value(key: str, column: MappedColumn) -> bool:
    """Whether an attribute has what a column of values holds; only ATA has more than the raw value."""
    return column.means == "raw" or (column.means in VALUES and key.startswith("smart:ata:"))


def pivoted(mapping: TableMapping, pieces: Iterator[RawRows | pa.Table]) -> Iterator[RawRows | pa.Table]:
    """Bring the rows of one drive and time together.

    Args:
        mapping: Says which columns name the attribute and hold its values.
        pieces: The table as it stands there.

    Yields:
        Rows with a column ``VALUE[smart:ata:5]`` for each attribute and column of values, numbered by the first of
        the rows they are made of; and for rows that contradict an earlier one, or name no attribute, a table of schema
        ``REJECTS``.
    """
    with tempfile.TemporaryDirectory(prefix="atoll-long-") as folder:
        num_files, path, keys = 0, Path(), set()
        for piece in pieces:
            if isinstance(piece, pa.Table):
                yield piece
                continue
            path = piece.path
            if (nameless := _nameless(mapping, piece)).num_rows:
                yield nameless
            content = _keyed(mapping, piece)
            keys |= set(content[_KEY].unique().to_pylist())
            pq.write_table(content, Path(folder) / f"part-{num_files:06d}.parquet", compression="lz4")
            num_files += 1
        if num_files:
            yield from _together(mapping, path, Path(folder), sorted(keys))


def _nameless(mapping: TableMapping, piece: RawRows) -> pa.Table:
    check, named = RowCheck(piece), _attribute_column(mapping)
    is_empty = ~columns.present(columns.identifiers(piece.rows[named]))
    check.refuse(is_empty, named, "is empty, the name of an attribute is needed")
    return check.rejects()


def _keyed(mapping: TableMapping, piece: RawRows) -> pa.Table:
    """The mapped columns of the rows whose attribute is known, with its key and their own number."""
    named = columns.identifiers(piece.rows[_attribute_column(mapping)]).dictionary_encode()
    targets = [target_of(mapping, name) for name in named.dictionary.to_pylist()]
    keys = pa.array([target.key if target else None for target in targets], pa.string()).take(named.indices)
    inner = _inner_names(mapping)
    kept = piece.rows.select(list(inner)).rename_columns(list(inner.values()))
    content = kept.append_column(_KEY, keys).append_column(_NUMBER, pa.array(piece.numbers, pa.int64()))
    return content.filter(pc.is_valid(keys))


def _together(mapping: TableMapping, path: Path, folder: Path, keys: list[str]) -> Iterator[RawRows | pa.Table]:
    connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder / "spill"), "threads": 2})
    try:
        connection.execute(
            f"CREATE VIEW parts AS FROM read_parquet('{str(folder).replace(chr(39), chr(39) * 2)}/part-*.parquet', "
            "union_by_name = true)"
        )
        inner = _inner_names(mapping)
        values = [column.name for column in mapping.columns.values() if column.means in VALUES]
        shared = [
            column.name
            for column in mapping.columns.values()
            if column.name not in values and column.means != "attribute"
        ]
        names = ", ".join(_name(inner[name]) for name in shared)
        said = "row(" + ", ".join(_name(inner[name]) for name in values) + ")::VARCHAR"
        own = f"PARTITION BY {names}, {_name(_KEY)} ORDER BY {_name(_NUMBER)}"
        connection.execute(
            f"CREATE TEMP TABLE contradicting AS SELECT {_name(_NUMBER)} AS number, first_number FROM (SELECT *, "
            f"{said} AS said, first_value({said}) OVER ({own}) AS first_said, "
            f"first_value({_name(_NUMBER)}) OVER ({own}) AS first_number FROM parts) WHERE said <> first_said"
        )
        yield from _contradicting(connection, mapping)
        pairs = [(key, value) for key in keys for value in values if _has_value(key, mapping.columns[value])]
        picked = ", ".join(
            f"first({_name(inner[value])} ORDER BY {_name(_NUMBER)}) FILTER ({_name(_KEY)} = '{key}') AS value_{at}"
            for at, (key, value) in enumerate(pairs)
        )
        labels = [_NUMBER, *shared, *(f"{value}[{key}]" for key, value in pairs)]
        reader: pa.RecordBatchReader = connection.sql(
            f"SELECT min({_name(_NUMBER)}) AS {_name(_NUMBER)}, {names}{', ' + picked if picked else ''} FROM parts "
            f"GROUP BY {names} ORDER BY 1"
        ).to_arrow_reader(ROWS_A_PIECE)
        is_empty = True
        for batch in reader:
            rows = pa.table(batch).rename_columns(labels)
            is_empty = False
            numbers = rows[_NUMBER].to_numpy().astype(np.int64)
            yield RawRows(path, rows.drop_columns([_NUMBER]), numbers)
        if is_empty:
            yield RawRows(path, pa.table({name: pa.array([], pa.string()) for name in shared}), np.array([], np.int64))
    finally:
        connection.close()


def _contradicting(connection: duckdb.DuckDBPyConnection, mapping: TableMapping) -> Iterator[pa.Table]:
    """Rows that say another value of an attribute than an earlier row of their drive and time."""
    rows: pa.Table = connection.sql(
        f"SELECT c.first_number, p.* FROM parts p JOIN contradicting c ON c.number = p.{_name(_NUMBER)} "
        "ORDER BY c.number"
    ).to_arrow_table()
    if not rows.num_rows:
        return
    own = rows.drop_columns(["first_number", _NUMBER, _KEY]).rename_columns(list(mapping.columns))
    attribute = _attribute_column(mapping)
    reasons = [
        f"says another value than row {first} of its drive and time, which counts"
        for first in rows["first_number"].to_pylist()
    ]
    content = {
        "row": rows[_NUMBER],
        "column": [attribute] * rows.num_rows,
        "value": columns.strings(own[attribute]),
        "reason": reasons,
        "raw": [raw_text(own, at) for at in range(rows.num_rows)],
    }
    yield table(REJECTS, content, rows.num_rows)


def _attribute_column(mapping: TableMapping) -> str:
    return next(column.name for column in mapping.columns.values() if column.means == "attribute")


def _inner_names(mapping: TableMapping) -> dict[str, str]:
    """What the mapped columns are called in SQL, where ``id`` and ``ID`` would be one, and some names are taken."""
    return {name: f"column_{at}" for at, name in enumerate(mapping.columns)}


def _name(text: str) -> str:
    """A name in SQL."""
    return '"' + text.replace('"', '""') + '"'
