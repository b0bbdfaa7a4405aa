"""`atoll ingest literature`: papers, notes, bibliographies and foreign graphs into the graph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
from app.settings import load
from app.wiring import extractor_named
from graph.errors import InputError
from ingest.literature.report import LiteratureReport

SHOWN_REASONS = 5
SHOWN_NOTES = 8
NOTHING_FOUND = 2  # exit status: documents were read, and not one assertion was found in them


def literature(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="PDF, text, Markdown, HTML, JATS, BibTeX, RIS, Crossref JSON or RDF files, or folders of them.",
            metavar="PATH...",
        ),
    ] = None,
    bundled_notes: Annotated[
        bool,
        typer.Option("--bundled-notes", help="Read Atoll's own notes on published works too."),
    ] = False,
    extractor: Annotated[
        str, typer.Option("--extractor", help="What finds assertions: rules, or model for a language model.")
    ] = "rules",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and extract everything, write nothing.")] = False,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    adopt: AdoptOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read papers, reports, manuals and bibliographies: every assertion with its document, page, span and quote.

    A folder is read recursively; files of other kinds in it are counted as skipped. A file that cannot be read and a
    statement that cannot be verified go to a quarantine file with the reason of each, the rest is kept. A document
    read twice adds nothing; an ingest that is killed goes on with the same command. Where not one assertion is found
    the command ends with status 2.

    Example: atoll ingest literature papers/ --bundled-notes
    """
    from app.analysis.reading_literature import read_literature

    if not paths and not bundled_notes:
        raise InputError("No file given; expected atoll ingest literature PATH..., or --bundled-notes.")
    settings = load(workspace, store)
    with (
        workspace_for(settings, dry_run=dry_run, adopt=adopt) as opened,
        opened.writing(),
        progress_on_terminal() as progress,
    ):
        report = read_literature(
            paths or [],
            store=opened.store,
            workspace=opened.path,
            extractor=extractor_named(extractor, settings, opened.path),
            bundled_notes=bundled_notes,
            dry_run=dry_run,
            progress=progress,
        )
    reason = _why_nothing(report)
    payload = {**report.to_json(), "dry_run": dry_run, "reason": reason}
    emit("ingest-literature-1", payload, as_json=as_json, text=lambda: _print(report, dry_run=dry_run))
    if reason:
        messages.print(f"atoll: {reason}", markup=False, style="red" if messages.is_terminal else "")
        raise typer.Exit(NOTHING_FOUND)


def _why_nothing(report: LiteratureReport) -> str | None:
    """Why the command fails: it was stopped, or not one statement was found; None where all is well."""
    if report.stopped:
        return report.stopped
    if report.assertions or report.unsourced_claims:
        return None
    if not report.passages:
        return (
            f"No assertion was found: {report.documents:,} documents of {report.works:,} works hold no text to read "
            "(bibliography entries without an abstract). The works are stored."
        )
    if report.extractor.startswith("model:") and report.quarantined:
        return (
            f"No assertion was found in {report.passages:,} passages of {report.documents:,} documents: "
            f"{report.quarantined:,} answers and candidates of the extractor '{report.extractor}' could not be used; "
            "the quarantine file has the reason of each."
        )
    return (
        f"No assertion was found in {report.passages:,} passages of {report.documents:,} documents with the extractor "
        f"'{report.extractor}': none of their sentences says what improves, degrades, causes or mitigates what. "
        "Try one with 'atoll extract', or a language model with --extractor model."
    )


def _print(report: LiteratureReport, *, dry_run: bool) -> None:
    verb = "would store" if dry_run else "stored"
    typer.echo(
        f"{verb} {report.documents:,} documents ({report.new_documents:,} new) of {report.works:,} works: "
        f"{report.assertions:,} assertions, {report.high:,} of them of the high tier, in {report.passages:,} passages "
        f"on {report.pages:,} pages"
    )
    if report.triples_read:
        quarantined = report.triples_read - report.mapped - report.duplicate  # of triples alone, not of papers beside
        typer.echo(
            f"{report.triples_read:,} triples: {report.mapped:,} mapped, {quarantined:,} quarantined, "
            f"{report.duplicate:,} duplicate; {report.repairs:,} repairs, {report.unsourced_claims:,} unsourced "
            f"claims, shapes {'kept' if report.shacl_conforms else 'broken'}"
        )
    typer.echo(
        f"{report.contradictions:,} contradictions, {report.files_skipped:,} files of other kinds skipped, "
        f"{report.seconds:.1f} s · store version {report.store_version}"
    )
    if report.tokens:
        cost = "" if report.cost is None else f", {report.cost:.2f} at the prices set"
        typer.echo(f"{report.tokens:,} tokens of the language model{cost}")
    for sentence in report.refused_files:
        messages.print(f"refused {sentence}", markup=False)
    for reason, count in list(report.rejected_by_reason.items())[:SHOWN_REASONS]:
        messages.print(f"quarantined {count:,}: {reason}", markup=False)
    for note in report.notes[:SHOWN_NOTES]:
        messages.print(note, markup=False)
    if (more := len(report.notes) - SHOWN_NOTES) > 0:
        messages.print(f"and {more:,} more notes, all of them with --json", markup=False)
    if report.quarantine:
        messages.print(f"what could not be used, each with its reason: {report.quarantine}", markup=False)
