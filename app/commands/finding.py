"""`atoll finding`: list findings, answer them with a reason, and hand them to the operator's own alerting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from app.analysis.answers import ACKNOWLEDGED, LONGEST_SNOOZE_DAYS, REOPENED, SNOOZED, sentence
from app.analysis.results import FindingRow, plain
from app.commands.output import JsonOption, StoreOption, WorkspaceOption, emit, progress_on_terminal
from app.settings import load
from app.wiring import open_workspace
from graph.errors import InputError, nearest

cli = typer.Typer(
    help="Answer findings: acknowledge or snooze with a reason, reopen, list, or export them for alerting.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
LEVELS = ("red", "amber", "all")
IdArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Serial or key of the drive (or key of a rack, host, …), or the finding's own key."
    ),
]
RuleArgument = Annotated[
    str | None, typer.Argument(metavar="[RULE]", help="Name of the rule, where ID has several findings.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; shown wherever the finding is.")]
FleetOption = Annotated[str | None, typer.Option("--fleet", help="Name of the fleet (default: all fleets).")]


@cli.command("list")
def list_open(
    fleet: FleetOption = None,
    level: Annotated[str, typer.Option("--level", help="red, amber (and red) or all (informative too).")] = "amber",
    with_answered: Annotated[
        bool, typer.Option("--all", help="Also what is answered, and drives out of service.")
    ] = False,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List open findings, worst first.

    What was acknowledged or snoozed, and drives that failed or left, are left out and counted; --all lists them too.

    Example: atoll finding list --fleet demo --level red
    """
    from app.analysis.finding_choice import list_findings

    if level not in LEVELS:
        raise InputError(f"--level '{level}': expected {', '.join(LEVELS)}.{nearest(level, LEVELS)}")
    opened = open_workspace(load(workspace, store))
    try:
        with progress_on_terminal() as progress:
            found = list_findings(
                opened.store, opened.lake, fleet, level=level, with_answered=with_answered, writing=opened.writing,
                progress=progress,
            )  # fmt: skip
    finally:
        opened.store.close()

    def text() -> None:
        for row in found.findings:
            typer.echo(f"{row.severity:7} {row.subject_name} {row.rule}: {row.statement}")
            begun = f"since {row.begun_day} · " if row.begun_day else ""
            typer.echo(f"        {begun}{row.key}")
            if row.answer:
                typer.echo(f"        {sentence(row.answer)}")
        noun = "finding" if len(found.findings) == 1 else "findings"
        hidden = found.answered + found.out_of_service if not with_answered else 0
        typer.echo(
            f"{len(found.findings):,} {noun} · {found.answered:,} answered, {found.out_of_service:,} on drives out of "
            f"service{' (--all shows them)' if hidden else ''}"
        )

    emit("finding-list-1", found.to_json(), as_json=as_json, text=text)


@cli.command()
def acknowledge(
    finding_id: IdArgument,
    rule: RuleArgument = None,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Acknowledge a finding: it is known, and needs no attention until it gets worse or begins anew.

    The finding stays open and its verdict stays as it is, with your reason beside it, but it leaves "Needs attention",
    the alarm counts and --fail-on. The answer binds to the drive (or rack, host, …) and the rule, so it outlives the
    daily re-run. It ends when the finding gets worse than it is now, or is resolved and begins anew. Who answered is
    ATOLL_USER, else the user of the system.

    Example: atoll finding acknowledge SN0042 crc-rise --reason "cable ordered, ticket 4711"
    """
    _answer(finding_id, rule, ACKNOWLEDGED, reason, None, workspace, store, as_json=as_json)


@cli.command()
def snooze(
    finding_id: IdArgument,
    rule: RuleArgument = None,
    reason: ReasonOption = "",
    days: Annotated[
        int | None, typer.Option("--days", help=f"From today, 1 to {LONGEST_SNOOZE_DAYS}; the last day included.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Last day of the snooze, YYYY-MM-DD.")
    ] = None,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Snooze a finding: as acknowledge, but it needs attention again the day after the snooze's last day.

    Days are calendar days in UTC, not days of data: a snooze also ends where no data come in.

    Example: atoll finding snooze SN0042 temp-cohort --days 14 --reason "fan is replaced on Friday"
    """
    if (days is None) == (until is None):
        raise InputError("A snooze needs one end: --days N (from today) or --until YYYY-MM-DD.")
    if days is not None and not 1 <= days <= LONGEST_SNOOZE_DAYS:
        raise InputError(f"--days {days}: expected 1 to {LONGEST_SNOOZE_DAYS}.")
    last = _date(until) if until else datetime.now(UTC).date() + timedelta(days=days or 0)
    _answer(finding_id, rule, SNOOZED, reason, last, workspace, store, as_json=as_json)


@cli.command()
def reopen(
    finding_id: IdArgument,
    rule: RuleArgument = None,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back an acknowledgement or a snooze: the finding needs attention again. The history is kept.

    Example: atoll finding reopen SN0042 crc-rise --reason "new cable, errors go on"
    """
    _answer(finding_id, rule, REOPENED, reason, None, workspace, store, as_json=as_json)


@cli.command()
def textfile(
    path: Annotated[Path, typer.Argument(help="File to write; it must end in .prom.", metavar="PATH")],
    fleet: FleetOption = None,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the open findings for node_exporter's textfile collector; the file is replaced at once.

    One series a finding: atoll_drive_finding{fleet,model,serial,rule,attribute,severity,answered} 1, and
    atoll_drive_verdict, atoll_place_finding, atoll_fleet_drives, atoll_fleet_open_findings, atoll_data_time_seconds,
    atoll_last_ingest_time_seconds, atoll_last_assessment_time_seconds. Only drives in service that have an open
    finding have series; what is answered carries answered="true", so an alert on answered="false" stays silent for it.

    Example: atoll finding textfile /var/lib/node_exporter/textfile/atoll.prom --fleet demo
    """
    from app.analysis.textfile import checked_path, write_textfile

    checked_path(path)
    opened = open_workspace(load(workspace, store))
    try:
        with progress_on_terminal() as progress:
            written = write_textfile(opened.store, opened.lake, path, fleet, writing=opened.writing, progress=progress)
    finally:
        opened.store.close()

    def text() -> None:
        typer.echo(f"wrote {written.path}: {written.findings:,} findings, {written.series:,} series")

    emit("finding-textfile-1", written.to_json(), as_json=as_json, text=text)


def _answer(
    finding_id: str,
    rule: str | None,
    status: str,
    reason: str,
    until: date | None,
    workspace: Path | None,
    store: str | None,
    *,
    as_json: bool,
) -> None:
    from app.analysis.answers import answer_finding, checked_reason
    from app.analysis.finding_choice import choose_finding

    checked_reason(reason)
    settings = load(workspace, store)
    opened = open_workspace(settings)
    try:
        with opened.writing(), progress_on_terminal() as progress:
            fleet, found = choose_finding(opened.store, opened.lake, finding_id, rule, progress=progress)
            row = answer_finding(opened.store, fleet, found, status, reason, settings.user, until=until)
        version = opened.store.version()
    finally:
        opened.store.close()
    payload = {"fleet": fleet, "finding": plain(row), "answer": plain(row.answer), "store_version": version}
    emit("finding-answer-1", payload, as_json=as_json, text=lambda: _print_answer(row))


def _print_answer(row: FindingRow) -> None:
    typer.echo(f"{row.severity} {row.subject_name} {row.rule}: {row.statement}")
    if row.answer:
        typer.echo(sentence(row.answer))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--until '{text}': expected a date as YYYY-MM-DD, for example 2026-12-31.") from None
