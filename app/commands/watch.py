"""`atoll watch`: read what is new in a folder, on its own, until it is told to stop."""

from __future__ import annotations

import json
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.output import AdoptOption, JsonOption, StoreOption, WorkspaceOption, emit
from app.commands.sources import FleetOption, FormatOption, HostOption, IdentityOption, MappingOption
from app.settings import load
from app.wiring import open_workspace
from graph.errors import InputError
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.registry import MAPPED


def watch(
    folder: Annotated[Path, typer.Argument(help="Folder that the files come into.", metavar="FOLDER")],
    fleet: FleetOption,
    format_name: FormatOption = None,
    mapping: MappingOption = None,
    identity: IdentityOption = None,
    host: HostOption = None,
    interval_seconds: Annotated[
        float, typer.Option("--interval-seconds", min=0.1, max=86_400, help="Time between two looks.")
    ] = 60.0,
    settle_seconds: Annotated[
        float,
        typer.Option("--settle-seconds", min=0, max=3600, help="A file unchanged for so long has stopped growing."),
    ] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, read what is there, and end.")] = False,
    textfile: Annotated[
        Path | None,
        typer.Option("--textfile", help="Keep this .prom file up to date for node_exporter's textfile collector."),
    ] = None,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    adopt: AdoptOption = False,
    as_json: JsonOption = False,
) -> None:
    """Watch a folder: read new and changed files as they come, and assess the fleet after each.

    What was read is known from the store by the files' hashes, so the watch may be stopped, killed and started again
    at any time and reads nothing twice. It waits until a file has stopped growing, while another command writes, and
    for a store that cannot be reached; a file that cannot be used is told once and left out until it changes. It ends
    with status 0 on SIGTERM or Ctrl+C. Messages go to stderr, as JSON lines with --json.

    Example: atoll watch /srv/smart --format smartctl --fleet lab --textfile /var/lib/node_exporter/atoll.prom
    """
    from app.analysis.textfile import checked_path
    from app.analysis.watching import FolderWatch
    from ingest.telemetry.detection import format_of

    if mapping and format_name not in (None, MAPPED):
        raise InputError(f"--mapping goes with --format {MAPPED}, not with '{format_name}'.")
    chosen = MAPPED if mapping else format_name or format_of([folder])
    if textfile:
        checked_path(textfile)
    settings = load(workspace, store)
    stop = threading.Event()

    def tell(event: str, sentence: str, facts: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        if as_json:
            line = json.dumps({"time": now.isoformat(), "event": event, **facts}, ensure_ascii=False)
        else:
            line = f"{now:%Y-%m-%dT%H:%M:%SZ} {event}: {sentence}"
        sys.stderr.write(" ".join(line.splitlines()) + "\n")
        sys.stderr.flush()

    def end(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt  # the second time without waiting for what is on its way
        stop.set()

    watching = FolderWatch(
        folder,
        chosen,
        fleet,
        open_it=lambda: open_workspace(settings, create=True, adopt=adopt),
        tell=tell,
        options=SourceOptions(mapping, identity, None, None, host),
        textfile=textfile,
        settle_seconds=settle_seconds,
        stop=stop,
    )
    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    tell("started", f"watching {folder} for fleet '{fleet}'", {"folder": str(folder), "fleet": fleet})
    try:
        watching.run(interval_seconds, once=once)
    except KeyboardInterrupt:
        tell("dropped", "stopped at once; an unfinished run is invisible and read again next time", {})
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    tally = watching.tally
    tell("stopped", f"read {tally.files_read:,} files, {tally.rows_read:,} rows", {})
    payload = {"folder": str(folder), "fleet": fleet, **tally.to_json()}

    def text() -> None:
        typer.echo(
            f"{tally.rounds:,} looks: read {tally.files_read:,} files, {tally.rows_read:,} rows, rejected "
            f"{tally.rows_rejected:,} rows, {tally.bad_files:,} files cannot be used"
        )

    emit("watch-1", payload, as_json=as_json, text=text)
