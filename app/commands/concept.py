"""`atoll concept`: what a phrase resolves to, and merges: proposed, accepted, rejected, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.analysis.results import plain
from app.commands.output import JsonOption, StoreOption, WorkspaceOption, emit, progress_on_terminal
from app.settings import load
from app.wiring import open_workspace

cli = typer.Typer(
    help="Find what a phrase means, and decide on what several documents word differently.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
KeysArgument = Annotated[list[str], typer.Argument(metavar="KEY…", help="Keys of merges (merge:…).")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the merge.")]


@cli.command()
def find(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A phrase as a paper words it.")],
    as_json: JsonOption = False,
) -> None:
    """Say which concept of the field or which SMART attribute a phrase means, and by what.

    Example: atoll concept find "raw BER"
    """
    from graph.errors import InputError

    if not text.strip():
        raise InputError("TEXT is empty. Expected a phrase such as 'write amplification' or 'SMART 187'.")
    from ingest.literature.resolution import Resolver

    (found,) = Resolver().resolve([text])

    def told() -> None:
        means = "means" if found.is_same else "is a kind or case of"
        typer.echo(f"'{text}' {means} {found.key}" if found.key else f"'{text}' resolves to nothing")
        parts = ", ".join(f"{name} {value}" for name, value in found.parts.items())
        typer.echo(f"by {found.method}, score {found.score:g}" + (f" ({parts})" if parts else ""))

    payload = {
        "text": text, "key": found.key, "label": found.label, "same": found.is_same, "score": found.score,
        "method": found.method, "parts": plain(found.parts),
    }  # fmt: skip
    emit("concept-find-1", payload, as_json=as_json, text=told)


@cli.command()
def propose(workspace: WorkspaceOption = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Look for instances of different documents that are one thing, and store what is found as merges.

    What two known names of one thing say is accepted at once, everything else waits for a decision. A merge that is
    stored keeps its status. 'atoll concept undo' takes back what was accepted.

    Example: atoll concept propose
    """
    from app.analysis.merging import propose_merges
    from graph.retrieval import Encoder
    from ingest.literature.resolution import Resolver

    opened = open_workspace(load(workspace, store))
    try:
        with opened.writing(), progress_on_terminal() as progress:
            resolver = Resolver(encoder=Encoder(opened.path / "cache"))
            found = propose_merges(opened.store, resolver, progress)
    finally:
        opened.store.close()

    def told() -> None:
        typer.echo(
            f"{found.instances:,} instances, {found.pairs:,} pairs judged: {found.accepted:,} merges accepted, "
            f"{found.proposed:,} proposed, {found.known:,} known already"
        )

    emit("concept-propose-1", found.to_json(), as_json=as_json, text=told)


@cli.command()
def merges(
    status: Annotated[
        str | None, typer.Option("--status", help="proposed, accepted or rejected (default: all).")
    ] = None,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List merges with their members; the one that stays comes first.

    Example: atoll concept merges --status proposed
    """
    from app.analysis.merging import MergeRow, list_merges

    opened = open_workspace(load(workspace, store))
    try:
        found = list_merges(opened.store, status)
        version = opened.store.version()
    finally:
        opened.store.close()

    def told() -> None:
        for row in found:
            _print(row)
        typer.echo(f"{len(found):,} merge{'' if len(found) == 1 else 's'}")

    def _print(row: MergeRow) -> None:
        typer.echo(f"{row.status:8} {row.confidence:.2f} {row.name}")
        typer.echo(f"         {row.key}" + (f": {row.reason}" if row.reason else ""))
        for member in row.members:
            where = f" in {member.document}" if member.document else ""
            typer.echo(f"         {'stays' if member.canonical else 'goes '} {member.key}{where}")

    emit("concept-merges-1", {"merges": plain(found), "store_version": version}, as_json=as_json, text=told)


@cli.command()
def accept(
    keys: KeysArgument,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Accept merges: from now on their members count as one. Nothing is edited; undo takes it back.

    Example: atoll concept accept merge:0f3a… --reason "both papers mean the page's raw errors"
    """
    _decide(keys, "accepted", reason, workspace, store, as_json=as_json)


@cli.command()
def reject(
    keys: KeysArgument,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reject merges: they are not proposed again.

    Example: atoll concept reject merge:0f3a… --reason "one is of the chip, the other of the drive"
    """
    _decide(keys, "rejected", reason, workspace, store, as_json=as_json)


@cli.command()
def undo(
    keys: KeysArgument,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take decisions back: the merges are proposed again, and everything is shown as it was before.

    Example: atoll concept undo merge:0f3a…
    """
    _decide(keys, "proposed", reason, workspace, store, as_json=as_json)


def _decide(
    keys: list[str], status: str, reason: str, workspace: Path | None, store: str | None, *, as_json: bool
) -> None:
    from app.analysis.merging import decide

    settings = load(workspace, store)
    opened = open_workspace(settings)
    try:
        with opened.writing():
            rows = decide(opened.store, keys, status, settings.user, reason)
        version = opened.store.version()
    finally:
        opened.store.close()

    def told() -> None:
        for row in rows:
            typer.echo(f"{row.status} {row.key} {row.name}: {row.reason}")

    emit("concept-decision-1", {"merges": plain(rows), "store_version": version}, as_json=as_json, text=told)
