"""`atoll train`: models that learn from a fleet of the workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from app.analysis.risk_results import RiskTraining
from app.commands.output import FleetOption, JsonOption, StoreOption, WorkspaceOption, emit, progress_on_terminal
from app.settings import load
from app.wiring import open_workspace

cli = typer.Typer(help="Models that learn from a fleet of the workspace.", no_args_is_help=True, rich_markup_mode=None)


@cli.callback()
def _models() -> None:
    """Keep `risk` a subcommand while it is the only one."""


@cli.command("risk")
def risk(
    fleet: FleetOption = None,
    horizon_days: Annotated[
        int, typer.Option("--horizon-days", min=1, max=730, help="Days ahead within which a failure counts.")
    ] = 30,
    model: Annotated[str, typer.Option("--model", help="Name of a model, or auto: the best on validation.")] = "auto",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of everything random.")] = 0,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a model of failure risk: chosen on validation, calibrated, with a band; its card says what it is worth.

    The same data, model and seed give the same model. Fleets drawn by outcome (Alibaba windows) are refused.
    """
    from app.analysis.risk_training import train_risk

    opened = open_workspace(load(workspace, store))
    try:
        with opened.writing(), progress_on_terminal() as progress:
            training = train_risk(
                opened.store,
                opened.lake,
                opened.path,
                fleet,
                horizon_days=horizon_days,
                model=model,
                seed=seed,
                progress=progress,
            )
    finally:
        opened.store.close()
    emit("train-risk-1", vars(training), as_json=as_json, text=lambda: _print(training, str(opened.path)))


def _print(training: RiskTraining, workspace: str) -> None:
    label = " (synthetic)" if training.synthetic else ""
    state = "trained" if training.is_new else "was trained before, nothing changed:"
    typer.echo(
        f"{training.run} {state} on {training.fleet}{label}: {training.num_drives:,} drives, {training.num_failures:,} "
        f"failed within {training.horizon_days} days of a landmark, base rate {100 * training.base_rate:.3g} %"
    )
    typer.echo(training.why)
    figures = training.validation
    if figures["ap"] is not None and figures["auc"] is not None:
        typer.echo(f"on validation: average precision {figures['ap']:.3f}, AUC {figures['auc']:.3f}")
    typer.echo(
        f"risk is told up to {training.supported_days} days ahead; outcomes up to {training.trained_until} were known"
    )
    for note in training.notes:
        typer.echo(f"  {note}")
    typer.echo(f"model card: {workspace}/{training.card}")
    typer.echo(f"next: atoll predict fleet --fleet {training.fleet}")
