"""What every command shares: its options, its JSON, its progress and its exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app.analysis.results import plain

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        help="Folder of the workspace (else ATOLL_WORKSPACE, else ./workspace).",
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="'embedded' (default), 'neo4j' (address from NEO4J_URI) or an address such as neo4j+s://host:7687.",
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="One JSON object on stdout, nothing else there (docs/json)."),
]
AdoptOption = Annotated[
    bool,
    typer.Option("--adopt", help="Take over a store that belongs to another workspace."),
]

DriveArgument = Annotated[str, typer.Argument(help="Serial number, or key (drive:FLEET:MODEL:SERIAL).", metavar="ID")]
FleetOption = Annotated[str | None, typer.Option("--fleet", help="Name of the fleet; needed where there are several.")]

messages = Console(stderr=True, highlight=False, soft_wrap=True)
ProgressCallback = Callable[[str, int, int | None], None]


def emit(schema: str, payload: Mapping[str, Any], *, as_json: bool, text: Callable[[], None]) -> None:
    """Print a result: one JSON object with its ``schema``, or text for people.

    Args:
        schema: Name of the file in ``docs/json`` without its ending, for example ``describe-fleet-1``.
        payload: The keys of that schema.
        as_json: ``--json``.
        text: Prints the result for people.
    """
    if as_json:
        sys.stdout.write(json.dumps({"schema": schema, **plain(payload)}, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        text()


@contextmanager
def progress_on_terminal() -> Iterator[ProgressCallback]:
    """Yield a progress callback that draws on stderr where that is a terminal, and does nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn())
    with Progress(*columns, console=messages, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report
