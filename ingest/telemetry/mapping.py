"""A mapping file: what the columns of a table mean, said once by somebody who knows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graph.errors import InputError, nearest
from graph.ontology import smart
from ingest.telemetry.mapped_times import checked_format
from ingest.telemetry.mapping_document import Document
from ingest.telemetry.mapping_units import BYTES, RAW, checked_unit

TIMES = ("day", "time")
VALUES = ("raw", "normalized", "worst", "threshold")
CAPACITY_UNITS = tuple(name for name in BYTES if name not in ("32MiB", "nvme_data_units"))


@dataclass(frozen=True, slots=True)
class Target:
    """Where the value of an attribute goes.

    Args:
        key: Of the attribute.
        unit: Of the values.
        value: Which of its four values.
    """

    key: str
    unit: str = RAW
    value: str = "raw"

    @property
    def column(self) -> str:
        """Column of the readings."""
        made = {
            "raw": smart.column,
            "normalized": smart.normalized_column,
            "worst": smart.worst_column,
            "threshold": smart.threshold_column,
        }
        return made[self.value](self.key)


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """What one column means.

    Args:
        name: Of the column.
        means: A property of the drive or its place, or ``attribute``, ``raw`` and so on of a long table.
        target: For an attribute's values.
        format: For days and times.
        zone: Of times that say none.
        unit: Of a capacity.
        missing: Values that stand for none.
    """

    name: str
    means: str
    target: Target | None = None
    format: str = ""
    zone: str = "UTC"
    unit: str = "bytes"
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A mapping file that can be used.

    Args:
        path: The file.
        name: Its name.
        version: Its version.
        sha256: Hash of its bytes.
        columns: By name of the column.
        lines: Line of the file by name of the column.
        constants: What is the same in every row, by what it means.
        attributes: In a long table, what the attribute column's values mean.
        ignore: Columns left out on purpose.
        is_long: A row is an attribute.
        separator: Between fields.
        decimal: Decimal mark.
        full_snapshot: The last day lists every drive in service.
        synthetic: The data were generated; None where it does not say.
    """

    path: Path
    name: str
    version: int
    sha256: str
    columns: Mapping[str, MappedColumn]
    lines: Mapping[str, int]
    constants: Mapping[str, str]
    attributes: Mapping[str, Target] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    is_long: bool = False
    separator: str = ","
    decimal: str = "."
    full_snapshot: bool = False
    synthetic: bool | None = None

    @property
    def label(self) -> str:
        """Name, version and the first digits of the hash."""
        return f"{self.name} v{self.version} ({self.sha256[:8]})"

    def of(self, means: str) -> MappedColumn | None:
        """The column of a meaning that only one can have."""
        return next((column for column in self.columns.values() if column.means == means), None)

    def values(self) -> list[MappedColumn]:
        """The columns of attributes (of a wide table)."""
        return [column for column in self.columns.values() if column.target]


def load(path: Path) -> TableMapping:
    """Read a mapping file.

    Raises:
        InputError: It cannot be read or used, or parts of it are still guesses; with file, line and what was expected.
    """
    document = Document(path)
    return _Loader(document).mapping()


def as_name(value: object) -> str:
    """A value of the YAML as it stands in a table: ``-1.0`` is ``-1``."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


class _Loader:
    """Turns a document into a mapping."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._values = document.values
        self._is_long = self._values.get("layout") == "long"
        self._missing = frozenset(as_name(value) for value in self._values.get("missing", ()))
        self._zone = self._checked_zone(self._values.get("time_zone"), "time_zone")

    def mapping(self) -> TableMapping:
        values, document = self._values, self._document
        self._refuse_guesses()
        columns = {name: self._column(name, entry) for name, entry in values["columns"].items()}
        constants = values.get("constants", {})
        ignored = frozenset(as_name(name) for name in values.get("ignore", ()))
        self._check_columns(columns, constants, ignored)
        return TableMapping(
            path=document.path,
            name=values["name"],
            version=values["version"],
            sha256=hashlib.sha256(document.content.encode()).hexdigest(),
            columns=columns,
            lines={name: document.line("columns", name) for name in columns},
            constants=constants,
            attributes={name: self._listed(name, entry) for name, entry in values.get("attributes", {}).items()},
            ignore=ignored,
            is_long=self._is_long,
            separator=values.get("separator", ","),
            decimal=values.get("decimal", "."),
            full_snapshot=values.get("full_snapshot", False),
            synthetic=values.get("synthetic"),
        )

    def _refuse_guesses(self) -> None:
        entries = self._values["columns"]
        guessed = [name for name, entry in entries.items() if isinstance(entry, dict) and entry.get("guessed")]
        if guessed:
            told = ", ".join(f"'{name}' (line {self._document.line('columns', name)})" for name in guessed)
            raise self._document.error(
                f"nobody has confirmed what {told} {'mean' if len(guessed) > 1 else 'means'}. Look at each such line, "
                "correct it, and delete its 'guessed: true'.",
                "columns",
                guessed[0],
            )

    def _column(self, name: str, entry: str | dict[str, Any]) -> MappedColumn:
        given: dict[str, Any] = {"means": entry} if isinstance(entry, str) else entry
        means, place = given["means"], ("columns", name)
        missing = self._missing | {as_name(value) for value in given.get("missing", ())}
        self._refuse_strays(name, means, given)
        if means.startswith("smart:"):
            target = self._target(means, given.get("unit"), given.get("value", "raw"), *place)
            return MappedColumn(name, means, target, missing=missing)
        if means in TIMES:
            try:
                form = checked_format(given.get("format"), means)
            except InputError as error:
                raise self._document.error(f"column '{name}': {error}", *place, "format") from None
            zone = given.get("time_zone")
            zone = self._checked_zone(zone, *place, "time_zone") if zone else self._zone
            # A day is a day wherever it was written down.
            zone = zone if means == "time" else "UTC"
            return MappedColumn(name, means, format=form, zone=zone, missing=missing)
        unit = given.get("unit", "bytes")
        if means == "capacity" and "unit" not in given:
            raise self._document.error(
                f"column '{name}': a capacity needs its unit; choose among {', '.join(CAPACITY_UNITS)}.", *place
            )
        if means == "capacity" and unit not in CAPACITY_UNITS:
            raise self._document.error(
                f"column '{name}': '{unit}' is no unit of a capacity; choose among {', '.join(CAPACITY_UNITS)}.",
                *place,
                "unit",
            )
        return MappedColumn(name, means, unit=unit, missing=missing)

    def _refuse_strays(self, name: str, means: str, given: dict[str, Any]) -> None:
        """Options that would change nothing: whoever wrote them meant something."""
        fits = {
            "format": means in TIMES,
            "time_zone": means == "time",
            "unit": means.startswith("smart:") or means == "capacity",
            "value": means.startswith("smart:"),
        }
        for option, fit in fits.items():
            if option in given and not fit:
                raise self._document.error(
                    f"column '{name}': '{option}' says nothing of '{means}'; delete it.", "columns", name, option
                )
        if means in ("attribute", *VALUES) and not self._is_long:
            raise self._document.error(
                f"column '{name}': '{means}' is of tables with a row an attribute; add 'layout: long', or name the "
                "attribute itself, such as smart:ata:5.",
                "columns",
                name,
            )
        if means.startswith("smart:") and self._is_long:
            raise self._document.error(
                f"column '{name}': in layout long the column that means 'attribute' names the attribute, and a column "
                "that means 'raw' holds its value.",
                "columns",
                name,
            )

    def _target(self, key: str, unit: str | None, value: str, *place: str | int) -> Target:
        try:
            if value != "raw":
                if unit not in (None, RAW):
                    raise InputError(f"a {value} value has no unit; delete 'unit'.")
                target = Target(key, value=value)
                _ = target.column  # raises where the attribute has no such value
                return target
            return Target(key, checked_unit(key, unit))
        except InputError as error:
            raise self._document.error(str(error), *place) from None

    def _listed(self, name: str, entry: str | dict[str, Any]) -> Target:
        if not self._is_long:
            raise self._document.error("'attributes' is of layout long alone; name the columns instead.", "attributes")
        given = {"means": entry} if isinstance(entry, str) else entry
        return self._target(given["means"], given.get("unit"), "raw", "attributes", name)

    def _checked_zone(self, name: str | None, *place: str | int) -> str:
        if name is None:
            return "UTC"
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self._document.error(
                f"'{name}' is no time zone; expected an IANA name such as Europe/Berlin or UTC.", *place
            ) from None
        return name

    def _check_columns(
        self, columns: Mapping[str, MappedColumn], constants: Mapping[str, str], ignored: frozenset[str]
    ) -> None:
        """Every drive needs a name and a day, and no meaning two columns."""
        document = self._document
        seen: dict[object, str] = {}
        for name, column in columns.items():
            key = column.target.column if column.target else column.means
            if key in seen:
                raise document.error(f"'{name}' and '{seen[key]}' mean the same ({column.means}).", "columns", name)
            seen[key] = name
            if column.means in constants:
                raise document.error(f"'{column.means}' is a constant and a column ('{name}').", "columns", name)
            if name in ignored:
                raise document.error(f"'{name}' is both mapped and ignored.", "columns", name)
        means = {column.means for column in columns.values()} | set(constants)
        times = [name for name in TIMES if name in means]
        if len(times) != 1:
            told = "both a day and a time" if times else "neither a day nor a time"
            raise document.error(f"the mapping names {told}; one column must mean one of them.", "columns")
        for needed in ("serial", "model", *(("attribute", "raw") if self._is_long else ())):
            if needed not in means:
                also = " (or set it below 'constants')" if needed == "model" else ""
                hint = nearest(needed, list(columns))
                raise document.error(f"no column means '{needed}'{also}; a row needs it.{hint}", "columns")
        if "slot" in means and "host" not in means:
            raise document.error(
                "a slot needs the host it is in; name a column or a constant that means 'host'.", "columns"
            )
