"""`atoll store`: start, stop, look at, check, back up and restore the graph's server."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.output import AdoptOption, JsonOption, StoreOption, WorkspaceOption, emit, messages
from app.settings import Settings, load
from app.wiring import open_workspace, workspace_id
from graph.errors import InputError, RefusedError
from graph.stores.embedded import supervisor

cli = typer.Typer(help="The server that holds the graph.", no_args_is_help=True, rich_markup_mode=None)


def _own_server(settings: Settings) -> None:
    if not settings.is_embedded:
        raise RefusedError(
            f"{settings.store_url}: Atoll starts and stops only its own embedded server. "
            "Use the tools of that Neo4j, or '--store embedded'."
        )


@cli.command()
def start(workspace: WorkspaceOption = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Start the workspace's embedded server, where none runs. It ends itself after 15 idle minutes."""
    settings = load(workspace, store)
    _own_server(settings)
    workspace_id(settings.workspace, create=True)
    endpoint = supervisor.ensure_started(settings.workspace)
    payload = {"running": True, "url": endpoint.bolt_url, "pid": endpoint.pid}
    emit("store-start-1", payload, as_json=as_json, text=lambda: print_line(f"running at {endpoint.bolt_url}"))


@cli.command()
def stop(workspace: WorkspaceOption = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Stop the workspace's embedded server cleanly; fine where none runs."""
    settings = load(workspace, store)
    _own_server(settings)
    stopped = supervisor.stop(settings.workspace)
    emit(
        "store-stop-1",
        {"stopped": stopped},
        as_json=as_json,
        text=lambda: print_line("stopped" if stopped else "none was running"),
    )


@cli.command()
def status(workspace: WorkspaceOption = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Say whether the server runs, where, since when, and how its last start went. Starts nothing."""
    settings = load(workspace, store)
    payload: dict[str, Any]
    if settings.is_embedded:
        state = supervisor.status(settings.workspace)
        payload = {"kind": "embedded", **state.to_json()}
    else:
        opened = open_workspace(settings)
        payload = {
            "kind": "neo4j",
            "running": True,
            "url": settings.store_url,
            "store_version": opened.store.version(),
        }
        opened.store.close()
    emit("store-status-1", payload, as_json=as_json, text=lambda: print_mapping(payload))


@cli.command()
def url(workspace: WorkspaceOption = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Print the Bolt address for other tools, and where the reader's credentials lie."""
    settings = load(workspace, store)
    if not settings.is_embedded:
        payload: dict[str, Any] = {"url": settings.store_url, "username": settings.username, "credentials": None}
    else:
        workspace_id(settings.workspace)
        endpoint = supervisor.ensure_started(settings.workspace)
        payload = {
            "url": endpoint.bolt_url,
            "username": endpoint.reader.username,
            "credentials": str(supervisor.secrets_path(settings.workspace)),
        }

    def text() -> None:
        print_line(str(payload["url"]))
        if payload["credentials"]:
            messages.print(f"user {payload['username']}, password in {payload['credentials']}", markup=False)

    emit("store-url-1", payload, as_json=as_json, text=text)


@cli.command()
def check(
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    adopt: AdoptOption = False,
) -> None:
    """Look for damage, unfinished runs and writes that did not come from Atoll. Exit status 1 where there are any."""
    opened = open_workspace(load(workspace, store), adopt=adopt)
    problems = opened.store.check()
    unfinished = opened.store.incomplete_runs()
    payload = {
        "healthy": not problems,
        "problems": [{"kind": problem.kind, "detail": problem.detail} for problem in problems],
        "incomplete_runs": [run["key"] for run in unfinished],
        "store_version": opened.store.version(),
    }
    opened.store.close()

    def text() -> None:
        for problem in problems:
            print_line(f"{problem.kind}: {problem.detail}")
        for run in unfinished:
            print_line(f"unfinished run {run['key']} of {run['source']}: invisible; the same command resumes it")
        print_line(f"{len(problems)} problems · store version {payload['store_version']}")

    emit("store-check-1", payload, as_json=as_json, text=text)
    if problems:
        raise typer.Exit(1)


@cli.command()
def backup(
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    to: Annotated[Path | None, typer.Option("--to", help="Folder (default: WORKSPACE/backups/TIME).")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a backup of graph and readings; the store goes on meanwhile."""
    from graph.readings import copy_readings

    opened = open_workspace(load(workspace, store))
    folder = to or opened.path / "backups" / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    with opened.writing():
        written = opened.store.backup(folder)
        copy_readings(opened.lake.root, folder / "readings")
        _copy_environment(opened.path, folder)
    payload = {"backup": str(folder), "store_version": opened.store.version(), "store_backup": str(written)}
    opened.store.close()
    emit("store-backup-1", payload, as_json=as_json, text=lambda: print_line(str(folder)))


@cli.command()
def restore(
    backup_folder: Annotated[Path, typer.Argument(help="A folder that 'store backup' wrote.", metavar="BACKUP")],
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would happen.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Replace graph and readings by a backup. A backup of the present state is taken first."""
    from graph.readings import copy_readings

    settings = load(workspace, store)
    _check_backup(backup_folder)
    opened = open_workspace(settings, create=True)
    payload: dict[str, Any] = {"backup": str(backup_folder), "restored": yes, "previous": None}
    if yes:
        previous = opened.path / "backups" / datetime.now(UTC).strftime("before-restore-%Y%m%dT%H%M%SZ")
        with opened.writing():
            opened.store.backup(previous)
            copy_readings(opened.lake.root, previous / "readings")
            _copy_environment(opened.path, previous)
            copy_readings(backup_folder / "readings", opened.lake.root)
            _copy_environment(backup_folder, opened.path)
            opened.store.restore(backup_folder)
        payload["previous"] = str(previous)
    payload["store_version"] = opened.store.version()
    opened.store.close()

    def text() -> None:
        if yes:
            print_line(f"restored {backup_folder}; the state before it is kept in {payload['previous']}")
        else:
            print_line(f"would replace {settings.workspace} by {backup_folder}; nothing done, add --yes to do it")

    emit("store-restore-1", payload, as_json=as_json, text=text)


def _copy_environment(source: Path, target: Path) -> None:
    """Copy the readings of places, which have a folder of their own, where there are any."""
    from graph.readings import copy_readings
    from ingest.telemetry.environment_windows import FOLDER

    if (source / FOLDER).is_dir():
        copy_readings(source / FOLDER, target / FOLDER)


def _check_backup(folder: Path) -> None:
    """Refuse what is no backup, or a damaged one, before anything is done."""
    archive = folder / "graph.zip"
    if not (folder / "readings").is_dir() or not any(folder.glob("graph*")):
        raise InputError(f"{folder}: not a backup (no readings or no graph). Expected one that 'store backup' wrote.")
    if archive.exists():
        try:
            with zipfile.ZipFile(archive) as opened:
                damaged = opened.testzip()
        except (zipfile.BadZipFile, OSError) as error:
            raise InputError(f"{archive}: the backup is damaged ({error}).") from error
        if damaged:
            raise InputError(f"{archive}: the backup is damaged (checksum of {damaged}).")


def print_line(text: str) -> None:
    """Print one line of result on stdout."""
    typer.echo(text)


def print_mapping(payload: dict[str, Any]) -> None:
    """Print ``key: value`` lines on stdout."""
    for key, value in payload.items():
        typer.echo(f"{key.replace('_', ' ')}: {value}")
