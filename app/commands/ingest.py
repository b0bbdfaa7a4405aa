"""`atoll ingest`: read sources into the readings and the graph."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from app.commands.literature import literature
from app.commands.output import (
    AdoptOption,
    JsonOption,
    StoreOption,
    WorkspaceOption,
    emit,
    messages,
    progress_on_terminal,
)
from app.commands.passing import workspace_for
from app.commands.sources import FormatOption, HostOption, IdentityOption, MappingOption
from app.settings import load
from graph.errors import InputError
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.registry import MAPPED
from ingest.telemetry.report import IngestReport

SHOWN_REASONS = 5
SHOWN_NOTES = 8

cli = typer.Typer(help="Read sources into the graph.", no_args_is_help=True, rich_markup_mode=None)


@cli.callback()
def ingest() -> None:
    """Read sources into the graph."""


cli.command("literature")(literature)


@cli.command("telemetry")
def telemetry(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files, or a folder of files of which only new ones are read.", metavar="PATH..."),
    ] = None,
    fleet: Annotated[str | None, typer.Option("--fleet", help="Name of the fleet the drives belong to.")] = None,
    format_name: FormatOption = None,
    mapping: MappingOption = None,
    suggest_mapping: Annotated[
        Path | None,
        typer.Option("--suggest-mapping", metavar="TABLE", help="Draft a mapping file for a table, and read nothing."),
    ] = None,
    identity: IdentityOption = None,
    drive: Annotated[
        str | None, typer.Option("--drive", metavar="MODEL:SERIAL", help="The drive that a file without a name is of.")
    ] = None,
    collected_at: Annotated[
        str | None,
        typer.Option("--collected-at", metavar="TIME", help="When files without a time were collected (UTC)."),
    ] = None,
    host: HostOption = None,
    retire: Annotated[
        bool,
        typer.Option("--retire", help="Of a full snapshot: drives that its last day does not list have left service."),
    ] = False,
    retire_limit: Annotated[
        float, typer.Option("--retire-limit", min=0, max=1, help="Largest part of the fleet that may be retired.")
    ] = 0.5,
    engine: Annotated[
        str, typer.Option("--engine", help="What computes the windows: duckdb, or spark for a cluster.")
    ] = "duckdb",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check everything, write nothing.")] = False,
    assess: Annotated[bool, typer.Option("--assess/--no-assess", help="Run the rule base afterwards.")] = True,
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Mark the fleet as synthetic data.")] = False,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    adopt: AdoptOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read drive telemetry: daily SMART readings, failure tickets, windows.

    A file read twice changes nothing. Rows that cannot be used go to a quarantine file with the reason of each; a run
    that is killed leaves nothing visible and resumes with the same command.

    Example: atoll ingest telemetry smartctl-json/ --format smartctl --fleet lab --host storage-7
    """
    from app.analysis.intake import ingest_and_assess
    from ingest.telemetry.detection import format_of

    if suggest_mapping:
        _suggest_mapping(suggest_mapping, as_json=as_json)
        return
    if not paths or not fleet:
        missing = "file" if not paths else "--fleet NAME"
        raise InputError(f"No {missing} given; expected atoll ingest telemetry PATH... --fleet NAME.")
    settings = load(workspace, store)
    options = SourceOptions(mapping, identity, drive, _instant(collected_at) if collected_at else None, host)
    with (
        workspace_for(settings, dry_run=dry_run, adopt=adopt) as opened,
        opened.writing(),
        progress_on_terminal() as progress,
    ):
        intake = ingest_and_assess(
            paths,
            format_name or (MAPPED if mapping else format_of(paths)),
            fleet,
            store=opened.store,
            lake=opened.lake,
            workspace=opened.path,
            dry_run=dry_run,
            assess=assess,
            progress=progress,
            synthetic=synthetic or None,
            options=options,
            retire=retire,
            retire_limit=retire_limit,
            engine=engine,
            spark_master=settings.spark_master,
        )
        report = intake.report
        payload = {**report.to_json(), "dry_run": dry_run}
        if intake.assessment:
            payload["findings"] = intake.assessment.num_findings
            payload["store_version"] = opened.store.version()
    emit("ingest-telemetry-1", payload, as_json=as_json, text=lambda: _print_report(report, payload))


def _suggest_mapping(table: Path, *, as_json: bool) -> None:
    """Print a draft of a mapping file for a table; nothing is read into a workspace."""
    from ingest.telemetry.suggest import suggest
    from ingest.telemetry.suggest_yaml import to_yaml

    suggestion = suggest(table)
    content = to_yaml(suggestion)
    payload = {**suggestion.to_json(), "mapping": content}
    emit("suggest-mapping-1", payload, as_json=as_json, text=lambda: typer.echo(content, nl=False))


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"--collected-at '{text}': expected a time as 2026-10-31T06:00 or a day as 2026-10-31, in UTC."
        ) from None
    instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    if instant > datetime.now(UTC) + timedelta(days=1):
        raise InputError(f"--collected-at '{text}' is in the future; now it is {datetime.now(UTC):%Y-%m-%dT%H:%M} UTC.")
    return instant


def _print_report(report: IngestReport, payload: dict[str, object]) -> None:
    verb = "would write" if payload["dry_run"] else "wrote"
    typer.echo(
        f"read {report.rows_read:,} rows, rejected {report.rows_rejected:,}: {report.drives:,} drives, "
        f"{report.windows:,} windows, {report.failures:,} failures"
    )
    typer.echo(
        f"{verb} {report.nodes_written:,} nodes and {report.relationships_written:,} relationships "
        f"in {report.seconds:.1f} s · store version {payload['store_version']}"
    )
    changed = {"replaced a stored day": report.rows_replaced, "drives retired": report.retired}
    if any(changed.values()):
        typer.echo(", ".join(f"{count:,} {what}" for what, count in changed.items() if count))
    for reason, count in list(report.rejected_by_reason.items())[:SHOWN_REASONS]:
        messages.print(f"rejected {count:,}: {reason}", markup=False)
    if report.examples:
        messages.print(f"for example {report.examples[0]}", markup=False)
    for note in report.notes[:SHOWN_NOTES]:
        messages.print(note, markup=False)
    if (more := len(report.notes) - SHOWN_NOTES) > 0:
        messages.print(f"and {more:,} more notes, all of them with --json", markup=False)
    if report.unknown_columns:
        messages.print(f"kept out, unknown columns: {', '.join(report.unknown_columns)}", markup=False)
    if report.quarantine:
        messages.print(f"rejected rows, each with its reason: {report.quarantine}", markup=False)
