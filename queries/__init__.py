"""The query library: one Cypher statement a file, its header first.

A header is the comment block that opens the file::

    // Drives of one rack, worst first.
    // name: rack_drives
    // mode: read
    // param: rack string, Rack.key
    // param: limit int = 25, most rows returned (1..500)
    // returns: drive, verdict
    // example: {"rack": "rack:alibaba:11488", "limit": 25}

The first line is the description. ``mode`` is ``read``, ``write`` or ``schema``. A ``param`` has a type of
``PARAMETER_TYPES``, a default where ``=`` gives one, and a range where ``(low..high)`` closes it. ``template`` names
the parts written in the statement as ``{label}`` that no parameter can carry: labels and relationship types, filled in
from the ontology's closed list only. Read queries also get ``$hidden_runs``, which no header declares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from queries.values import PARAMETER_TYPES, QueryError, from_text, hint

ROOT = Path(__file__).parent
HIDDEN_RUNS = "hidden_runs"
__all__ = [
    "HIDDEN_RUNS",
    "PARAMETER_TYPES",
    "ROOT",
    "Parameter",
    "Query",
    "QueryError",
    "catalogue",
    "coerce",
    "get",
    "parse",
]

Mode = Literal["read", "write", "schema"]
_FIELD = re.compile(r"^(name|mode|param|template|returns|example):\s*(.*)$")
_PARAM = re.compile(r"^(?P<name>[a-z]\w*) (?P<type>\w+)(?: = (?P<default>[^,]+))?, (?P<description>.+)$")
_RANGE = re.compile(r"\((?P<low>-?[\d.]+?)\.\.(?P<high>-?[\d.]+)\)$")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter of a query.

    Args:
        name: As used in the statement, without ``$``.
        type: One of ``PARAMETER_TYPES``.
        description: For people.
        default: Value where none is given; only with ``has_default``.
        has_default: True where the header gives a default.
        low: Smallest valid number, or None.
        high: Largest valid number, or None.
    """

    name: str
    type: str
    description: str
    default: Any = None
    has_default: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One file of the library.

    Args:
        name: The file's name without ending.
        description: First line of the header.
        mode: ``read``, ``write`` or ``schema``.
        statement: Cypher (or SQL for the embedded schema) without the header.
        parameters: In the header's order.
        returns: Column names.
        example: Parameters of a call that works.
        template: Names of the parts to fill in.
        path: Where it stands, relative to ``queries/``.
    """

    name: str
    description: str
    mode: Mode
    statement: str
    parameters: tuple[Parameter, ...] = ()
    returns: tuple[str, ...] = ()
    example: dict[str, Any] = field(default_factory=dict)
    template: tuple[str, ...] = ()
    path: Path = Path()

    def text(self, **parts: str) -> str:
        """The statement with its ``template`` parts filled in.

        Raises:
            QueryError: A part is missing or too many, or is no plain identifier.
        """
        if set(parts) != set(self.template):
            raise QueryError(f"{self.path}: fills in {sorted(self.template)}, given were {sorted(parts)}.")
        text = self.statement
        for part, value in parts.items():
            if not re.fullmatch(r"[A-Za-z]\w*", value):
                raise QueryError(f"{self.path}: '{value}' cannot stand for {part}. Expected letters, digits and '_'.")
            text = text.replace("{" + part + "}", value)
        return text


def parse(text: str, path: Path) -> Query:
    """Read one query file.

    Args:
        text: Content of the file.
        path: Its path, for the messages and for the name it must bear.

    Raises:
        QueryError: The header lacks a field, has an unknown one, or does not fit the file's name.
    """
    mark = "--" if path.suffix == ".sql" else "//"
    lines = text.splitlines()
    header = [line[len(mark) :].strip() for line in _leading(lines, mark)]
    if not header or _FIELD.match(header[0]):
        raise QueryError(f"{path}: expected a description as the first comment line.")
    fields: dict[str, list[str]] = {}
    for number, line in enumerate(header[1:], start=2):
        match = _FIELD.match(line)
        if not match:
            known = ["name", "mode", "param", "template", "returns", "example"]
            raise QueryError(f"{path}:{number}: '{line}' is no header field.{hint(line.split(':')[0], known)}")
        fields.setdefault(match[1], []).append(match[2])
    stem = re.sub(r"^\d{3}_", "", path.stem)
    for needed in ("name", "mode"):
        if len(fields.get(needed, [])) != 1:
            raise QueryError(f"{path}: the header needs one '{needed}:'.")
    name, mode = fields["name"][0], fields["mode"][0]
    if name != stem:
        raise QueryError(f"{path}: name '{name}' is not the file's name '{stem}'.")
    if mode not in ("read", "write", "schema"):
        raise QueryError(
            f"{path}: mode '{mode}' is not read, write or schema.{hint(mode, ['read', 'write', 'schema'])}"
        )
    parameters = tuple(_parameter(line, path) for line in fields.get("param", []))
    query = Query(
        name=name,
        description=header[0],
        mode=mode,  # type: ignore[arg-type]
        statement="\n".join(lines[len(header) :]).strip().rstrip(";"),
        parameters=parameters,
        returns=tuple(_names(fields.get("returns", []))),
        example=_example(fields.get("example", []), path),
        template=tuple(_names(fields.get("template", []))),
        path=path,
    )
    if not query.statement:
        raise QueryError(f"{path}: there is no statement below the header.")
    if mode == "read" and not query.returns:
        raise QueryError(f"{path}: a read query needs 'returns:'.")
    return query


@cache
def catalogue() -> tuple[Query, ...]:
    """All queries but the schema statements, sorted by name.

    Raises:
        QueryError: A file cannot be read as a query, or two bear one name.
    """
    found: dict[str, Query] = {}
    for path in sorted(ROOT.rglob("*.cypher")):
        relative = path.relative_to(ROOT)
        if relative.parts[0] == "schema":
            continue
        query = parse(path.read_text(), relative)
        if query.name in found:
            raise QueryError(f"{relative}: the name '{query.name}' is taken by {found[query.name].path}.")
        found[query.name] = query
    return tuple(found[name] for name in sorted(found))


@cache
def _by_name() -> dict[str, Query]:
    return {query.name: query for query in catalogue()}


def get(name: str, mode: Mode = "read") -> Query:
    """The query of that name and mode.

    Raises:
        QueryError: There is none; names the closest.
    """
    query = _by_name().get(name)
    if query is None or query.mode != mode:
        choices = [other.name for other in catalogue() if other.mode == mode]
        raise QueryError(f"'{name}' is not a {mode} query of the catalogue.{hint(name, choices)}")
    return query


def migrations(kind: str) -> list[tuple[int, Query]]:
    """Numbered schema statements of one store, in order.

    Args:
        kind: ``neo4j`` or ``embedded``.
    """
    files = sorted(path for path in (ROOT / "schema" / kind).iterdir() if path.suffix in (".cypher", ".sql"))
    return [(int(path.stem[:3]), parse(path.read_text(), path.relative_to(ROOT))) for path in files]


def coerce(query: Query, given: dict[str, Any]) -> dict[str, Any]:
    """Turn given values (text from a command line or form, or already typed) into the query's parameters.

    Args:
        query: The query they are for.
        given: Values by parameter name.

    Returns:
        Every parameter of the query, defaults filled in.

    Raises:
        QueryError: A parameter is unknown, missing, of the wrong type or out of range.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in given:
        if name not in known:
            takes = ", ".join(known) or "none"
            raise QueryError(f"{query.name}: there is no parameter '{name}'.{hint(name, known)} It takes: {takes}.")
    values: dict[str, Any] = {}
    for name, parameter in known.items():
        if name in given:
            values[name] = from_text(given[name], parameter.type, f"{query.name}: parameter '{name}'")
        elif parameter.has_default:
            values[name] = parameter.default
        else:
            example = json.dumps(query.example.get(name), ensure_ascii=False)
            raise QueryError(
                f"{query.name}: parameter '{name}' ({parameter.type}, {parameter.description}) is missing, "
                f"for example {name}={example}."
            )
        _in_range(values[name], parameter, query.name)
    return values


def _in_range(value: Any, parameter: Parameter, query_name: str) -> None:
    low, high = parameter.low, parameter.high
    if value is None or low is None or high is None or low <= value <= high:
        return
    raise QueryError(f"{query_name}: parameter '{parameter.name}' is {value}, expected {low:g} to {high:g}.")


def _leading(lines: list[str], mark: str) -> Iterator[str]:
    for line in lines:
        if not line.startswith(mark):
            return
        yield line


def _names(values: Iterable[str]) -> list[str]:
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def _parameter(line: str, path: Path) -> Parameter:
    match = _PARAM.match(line)
    if not match:
        raise QueryError(
            f"{path}: param '{line}' is not 'NAME TYPE, description' or 'NAME TYPE = DEFAULT, description'."
        )
    if match["type"] not in PARAMETER_TYPES:
        raise QueryError(
            f"{path}: parameter type '{match['type']}' is not known.{hint(match['type'], PARAMETER_TYPES)} "
            f"Known: {', '.join(PARAMETER_TYPES)}."
        )
    bounds = _RANGE.search(match["description"])
    default = match["default"]
    return Parameter(
        name=match["name"],
        type=match["type"],
        description=match["description"],
        default=None if default in (None, "null") else from_text(default, match["type"], f"{path}: default"),
        has_default=default is not None,
        low=float(bounds["low"]) if bounds else None,
        high=float(bounds["high"]) if bounds else None,
    )


def _example(values: list[str], path: Path) -> dict[str, Any]:
    if not values:
        return {}
    try:
        example = json.loads(values[0])
    except json.JSONDecodeError as error:
        raise QueryError(f"{path}: the example is not JSON ({error}).") from error
    if len(values) > 1 or not isinstance(example, dict):
        raise QueryError(f"{path}: expected one example, a JSON object of parameters.")
    return example
