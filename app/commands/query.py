"""`atoll query`: the catalogue and free, read-only Cypher."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

import queries
from app.commands.output import JsonOption, StoreOption, WorkspaceOption, emit, messages
from app.settings import load
from app.wiring import open_workspace
from graph.errors import InputError, nearest
from graph.ports import Rows

DEFAULT_LIMIT = 1000
DEFAULT_TIMEOUT_SECONDS = 30.0


def run_query(
    name: Annotated[
        str | None, typer.Argument(help="A query of the catalogue; without a name the catalogue is listed.")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param",
            "-p",
            metavar="K=V",
            help="A parameter; of --cypher read as JSON where it is.",
        ),
    ] = None,
    cypher: Annotated[str | None, typer.Option("--cypher", help="Your own read-only statement instead.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Most rows returned.")] = DEFAULT_LIMIT,
    timeout_seconds: Annotated[
        float, typer.Option("--timeout-seconds", min=0.001, help="Time limit; exceeded: exit status 3.")
    ] = DEFAULT_TIMEOUT_SECONDS,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a query of the catalogue by name, or your own Cypher, read-only.

    Examples: 'atoll query', 'atoll query fleets', 'atoll query drives_with_rising_attribute --param
    attribute=smart:ata:5 --param rise=10', 'atoll query --cypher "MATCH (d:Drive) RETURN count(d) AS drives"'.

    A parameter of --cypher is read as JSON where it is JSON (5, true, '"5"'), else as text.
    """
    if name is not None and cypher is not None:
        raise InputError("query: give a NAME or --cypher, not both.")
    given = dict(_split(item) for item in param or [])
    if name is None and cypher is None:
        _list_catalogue(as_json)
        return
    if name is not None:
        known = {query.name: query for query in queries.catalogue() if query.mode == "read"}
        if name not in known:
            raise InputError(
                f"query: '{name}' is not in the catalogue.{nearest(name, known)} 'atoll query' lists all {len(known)}."
            )
        try:
            parameters = queries.coerce(known[name], given)
        except queries.QueryError as error:
            raise InputError(str(error)) from error
    opened = open_workspace(load(workspace, store))
    try:
        if name is not None:
            result = opened.store.query(name, parameters, limit=limit, timeout_seconds=timeout_seconds)
        else:
            values = {key: _typed(value) for key, value in given.items()}
            result = opened.store.query_free(str(cypher), values, limit=limit, timeout_seconds=timeout_seconds)
        unfinished = opened.store.incomplete_runs() if cypher is not None else []
    finally:
        opened.store.close()
    if unfinished:
        messages.print(
            f"note: {len(unfinished)} run(s) are incomplete; free Cypher sees what they wrote so far, "
            "catalogue queries do not."
        )
    payload = {
        "columns": list(result.columns),
        "rows": [list(row) for row in result.rows],
        "truncated": result.truncated,
        "milliseconds": round(result.milliseconds, 1),
        "limit": limit,
        "timeout_seconds": timeout_seconds,
        "incomplete_runs": [run["key"] for run in unfinished],
    }
    emit("query-1", payload, as_json=as_json, text=lambda: _print_rows(result, limit, timeout_seconds))


def _split(item: str) -> tuple[str, str]:
    key, sign, value = item.partition("=")
    if not sign or not key:
        raise InputError(f"--param {item!r}: expected KEY=VALUE, for example --param limit=25.")
    return key, value


def _typed(value: str) -> Any:
    """A parameter of free Cypher as JSON reads it, else as text: ``5``, ``true``, ``["a"]``, ``"5"``, ``SN12``."""
    try:
        typed = json.loads(value)
    except ValueError:
        return value
    if isinstance(typed, dict) or (isinstance(typed, float) and not math.isfinite(typed)):
        return value
    return typed


def _list_catalogue(as_json: bool) -> None:
    reads = sorted((query for query in queries.catalogue() if query.mode == "read"), key=lambda query: query.name)
    payload = {
        "queries": [
            {
                "name": query.name,
                "description": query.description,
                "parameters": [
                    {"name": p.name, "type": p.type, "description": p.description} for p in query.parameters
                ],
                "returns": list(query.returns),
            }
            for query in reads
        ]
    }

    def text() -> None:
        table = Table("Query", "Parameters", "What it answers", box=None)
        for query in reads:
            table.add_row(query.name, ", ".join(p.name for p in query.parameters), query.description)
        Console(soft_wrap=True).print(table)

    emit("query-catalogue-1", payload, as_json=as_json, text=text)


def _print_rows(result: Rows, limit: int, timeout_seconds: float) -> None:
    table = Table(*result.columns, box=None)
    for row in result.rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console(markup=False, highlight=False).print(table)
    cut = f"first {limit:,}, more exist" if result.truncated else f"limit {limit:,}"
    messages.print(
        f"{len(result.rows):,} rows ({cut}) · {result.milliseconds:,.0f} ms (time limit {timeout_seconds:g} s)"
    )
