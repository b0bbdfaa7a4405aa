"""`atoll describe`: what telemetry says of a drive or a fleet, and literature of a work or a concept."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.analysis.answers import sentence
from app.analysis.drive_results import DriveDescription
from app.analysis.results import AlarmRate, FleetDescription
from app.analysis.verdicts import answered_in_words
from app.commands.literature_text import print_best
from app.commands.output import (
    DriveArgument,
    FleetOption,
    JsonOption,
    StoreOption,
    WorkspaceOption,
    emit,
    progress_on_terminal,
)
from app.settings import load
from app.wiring import open_workspace
from graph.errors import InputError, nearest
from graph.ontology.model import Severity

cli = typer.Typer(
    help="Findings with their evidence, and rates with their intervals.", no_args_is_help=True, rich_markup_mode=None
)
SHOWN_FINDINGS = 30


@cli.command("drive")
def drive(
    drive_id: DriveArgument,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verdict of one drive, every finding behind it, and the rows each rests on."""
    from app.analysis.descriptive import describe_drive

    opened = open_workspace(load(workspace, store))
    try:
        with progress_on_terminal() as progress:
            described = describe_drive(opened.store, opened.lake, drive_id, writing=opened.writing, progress=progress)
    finally:
        opened.store.close()
    emit("describe-drive-1", described.to_json(), as_json=as_json, text=lambda: _print_drive(described))


@cli.command("fleet")
def fleet(
    fleet_name: FleetOption = None,
    filter_text: Annotated[
        str, typer.Option("--filter", help='For example "model=MB2 rack=R-17"; quote values with blanks.')
    ] = "",
    new_since: Annotated[
        str | None,
        typer.Option("--new-since", metavar="DATE", help="Only findings whose episode began on DATE or later."),
    ] = None,
    level: Annotated[
        str, typer.Option("--level", help="Count alarms of this level a week: red, or amber (and red).")
    ] = "red",
    weeks: Annotated[
        int, typer.Option("--weeks", min=1, max=520, help="Weeks up to the last day of data over which they count.")
    ] = 4,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", help="Exit status 1 where an unanswered finding is at least this: red or amber."),
    ] = None,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Failure rates with exact intervals, survival, open findings, and alarms per 1,000 drives a week.

    Findings that a person acknowledged or snoozed are shown with the reason; --fail-on does not count them.
    """
    from app.analysis.descriptive import describe_fleet
    from app.analysis.filters import parse_filters

    if fail_on not in (None, "red", "amber"):
        raise InputError(f"--fail-on '{fail_on}': expected red or amber.")
    if level not in ("red", "amber"):
        raise InputError(f"--level '{level}': expected red or amber.{nearest(level, ('red', 'amber'))}")
    since = _date(new_since) if new_since else None
    filters = parse_filters(filter_text)
    opened = open_workspace(load(workspace, store))
    try:
        with progress_on_terminal() as progress:
            described = describe_fleet(
                opened.store,
                opened.lake,
                fleet_name,
                filters,
                since,
                level=Severity(level),
                weeks=weeks,
                writing=opened.writing,
                progress=progress,
            )
    finally:
        opened.store.close()
    emit("describe-fleet-1", described.to_json(), as_json=as_json, text=lambda: print_fleet(described))
    if fail_on and any(
        row.severity.rank <= Severity(fail_on).rank and not row.is_answered for row in described.findings
    ):
        raise typer.Exit(1)


@cli.command("work")
def work(
    work_id: Annotated[str, typer.Argument(help="DOI, arXiv id, title, or key (work:…).", metavar="ID")],
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """One published work: what was read of it, and its assertions with page, span and quote."""
    from app.analysis.literature_work import describe_work
    from app.commands.literature_text import print_work

    opened = open_workspace(load(workspace, store))
    try:
        described = describe_work(opened.store, work_id)
    finally:
        opened.store.close()
    emit("describe-work-1", described.to_json(), as_json=as_json, text=lambda: print_work(described))


@cli.command("concept")
def concept(
    name: Annotated[str, typer.Argument(help="Name, alias or key (mechanism:nand-wear-out).", metavar="NAME")],
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """One concept: the claims for and against it, counted in works; unsourced claims are kept apart."""
    from app.analysis.literature_concept import describe_concept
    from app.commands.literature_text import print_concept

    opened = open_workspace(load(workspace, store))
    try:
        described = describe_concept(opened.store, name)
    finally:
        opened.store.close()
    emit("describe-concept-1", described.to_json(), as_json=as_json, text=lambda: print_concept(described))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--new-since '{text}': expected a date as YYYY-MM-DD, for example 2026-10-31.") from None


def _print_drive(described: DriveDescription) -> None:
    typer.echo(f"{described.drive} · {described.model} · {described.verdict}: {described.verdict_reason}")
    if (answer := answered_in_words(described.findings)) is not None:
        typer.echo(f"  {answer}")
    for row in described.findings:
        typer.echo(f"  {row.severity:7} {row.statement}")
        typer.echo(
            f"          {row.attribute or 'no attribute'} · rule {row.rule} {row.rule_version} · "
            f"limit {row.threshold_source} · {row.window.first_day} to {row.window.last_day}"
        )
        if row.answer:
            typer.echo(f"          {sentence(row.answer)}")
        for found in described.literature:
            if found.finding == row.key:
                print_best(found)


def print_fleet(described: FleetDescription) -> None:
    """Print a fleet for people: its rate or why there is none, its models, and its worst findings."""
    label = " (synthetic)" if described.synthetic else ""
    typer.echo(
        f"{described.fleet}{label}: {described.drives:,} drives, {described.failures:,} failures, "
        f"{described.hosts:,} hosts, {described.racks:,} racks, {described.rooms:,} rooms"
    )
    if described.afr_percent is not None:
        typer.echo(
            f"failure rate {described.afr_percent:.2f} % a year, 95 % interval {described.afr_low:.2f} to "
            f"{described.afr_high:.2f} %, over {described.drive_days:,} drive-days"
        )
    else:
        typer.echo(f"failure rate: none. {described.afr_reason}")
    table = Table("Model", "Drives", "Failures", "Drive-days", "% a year", "95 % interval", box=None)
    for row in described.models:
        rate = "" if row.afr_percent is None else f"{row.afr_percent:.2f}"
        interval = "" if row.afr_percent is None else f"{row.afr_low:.2f} to {row.afr_high:.2f}"
        table.add_row(row.group, f"{row.drives:,}", f"{row.failures:,}", f"{row.drive_days:,}", rate, interval)
    Console(soft_wrap=True, highlight=False).print(table)
    worst = sorted(described.findings, key=lambda finding: (finding.is_answered, finding.severity.rank))
    for finding in worst[:SHOWN_FINDINGS]:
        typer.echo(f"  {finding.severity:7} {finding.subject}: {finding.statement}")
        if finding.answer:
            typer.echo(f"          {sentence(finding.answer)}")
    if described.alarms:
        typer.echo(_alarms(described.alarms))
    answered = sum(finding.is_answered for finding in worst)
    typer.echo(
        f"showing {min(SHOWN_FINDINGS, len(worst))} of {len(worst):,} findings, {answered:,} answered · "
        f"rule base {described.rule_base_version} · store version {described.store_version}"
    )


def _alarms(alarms: AlarmRate) -> str:
    """Alarms per 1,000 drives a week, and what was not counted."""
    weeks = f"{alarms.weeks} weeks" if alarms.weeks > 1 else "week"
    level = "red" if alarms.level == "red" else "amber and red"
    if alarms.per_1000_drives_week is None:
        return f"alarms ({level}): none, no drive was under observation in the last {weeks}"
    left_out = [f"{alarms.on_entry:,} there when the drive was first read"] if alarms.on_entry else []
    left_out += [f"{alarms.undated:,} of unknown date"] if alarms.undated else []
    return (
        f"alarms ({level}): {alarms.alarms:,} in the last {weeks} on {alarms.drives:,} drives, "
        f"{alarms.per_1000_drives_week:.2f} per 1,000 drives a week, 95 % interval {alarms.ci_low:.2f} to "
        f"{alarms.ci_high:.2f}" + (f"; not counted: {', '.join(left_out)}" if left_out else "")
    )
