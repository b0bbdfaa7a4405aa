"""`atoll predict`: how likely a drive is to fail, and how many of a fleet."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.analysis.risk_results import DriveRisk, FleetRisk
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
from app.wiring import Workspace, open_workspace
from graph.errors import InputError

cli = typer.Typer(
    help="How likely drives are to fail, with bands and reasons.", no_args_is_help=True, rich_markup_mode=None
)
SHOWN_RACKS = 8


@cli.command("drive")
def drive(
    drive_id: DriveArgument,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Risk of one drive by horizon with its band, why, and how it moved in twelve weeks; never a date.

    Where data or a model are newer than the fleet's last forecast, the fleet is asked anew first.
    """
    from app.analysis.risk_drive import predict_drive

    opened = open_workspace(load(workspace, store))
    try:
        with progress_on_terminal() as progress:
            risk = predict_drive(
                opened.store, opened.lake, opened.path, drive_id, writing=opened.writing, progress=progress
            )
    finally:
        opened.store.close()
    emit("predict-drive-1", risk.to_json(), as_json=as_json, text=lambda: _print_drive(risk))


@cli.command("fleet")
def fleet(
    fleet_name: FleetOption = None,
    filter_text: Annotated[
        str, typer.Option("--filter", help='Only these drives count, for example "model=MB2 rack=R-17".')
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="Drives shown, riskiest first.")] = 20,
    landmark: Annotated[
        str | None,
        typer.Option("--landmark", metavar="DATE", help="Day on which the risk is asked; else the last day of data."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Compute everything, store nothing; tells how many drives and how long.")
    ] = False,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forecast every drive in service: failures expected in the horizon, riskiest drives, racks, and spares to hold.

    Forecasts are stored; the same question asked twice adds nothing.
    """
    from app.analysis.filters import parse_filters
    from app.analysis.risk_forecasts import forecast_fleet
    from app.analysis.risk_reading import fleet_risk

    filters = parse_filters(filter_text)
    asked = _date(landmark) if landmark else None
    opened = open_workspace(load(workspace, store))
    try:
        with progress_on_terminal() as progress:
            name = _fleet_of(opened, fleet_name, filters)
            with opened.writing():
                report = forecast_fleet(
                    opened.store, opened.lake, opened.path, name, landmark=asked, dry_run=dry_run, progress=progress
                )
        risk = None if dry_run else fleet_risk(opened.store, name, filters, landmark=asked)
    finally:
        opened.store.close()
    shown = _shown(risk, limit) if risk else None
    payload = {"forecast": vars(report), "risk": shown}

    def text() -> None:
        if risk is None:
            typer.echo(
                f"dry run: {report.num_drives:,} drives of {report.fleet} would be forecast on {report.landmark} by "
                f"{report.run}, {report.num_left_out:,} were not seen for too long; nothing was stored"
            )
        else:
            _print_fleet(risk, limit)

    emit("predict-fleet-1", payload, as_json=as_json, text=text)


def _fleet_of(opened: Workspace, fleet_name: str | None, filters: dict[str, tuple[str, ...]]) -> str:
    from app.analysis.fleet_data import resolve_fleet

    return resolve_fleet(opened.store, fleet_name, filters)[0]


def _shown(risk: FleetRisk, limit: int) -> dict[str, Any]:
    content = risk.to_json()
    content["num_drives_shown"] = min(limit, risk.num_drives)
    content["drives"] = content["drives"][:limit]
    return content


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--landmark '{text}': expected a date as YYYY-MM-DD, for example 2026-10-31.") from None


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.0f} %"


def _print_drive(risk: DriveRisk) -> None:
    label = " (synthetic)" if risk.synthetic else ""
    typer.echo(f"{risk.drive}{label}, asked on {risk.landmark}, by {risk.model} ({risk.run})")
    table = Table("Fails within", "Probability", "80 % band", box=None)
    for days, p, low, high in zip(risk.horizons_days, risk.p, risk.low, risk.high, strict=True):
        table.add_row(f"{days} days", _percent(p), f"{_percent(low)} to {_percent(high)}")
    Console(soft_wrap=True, highlight=False, markup=False).print(table)
    typer.echo(
        f"the curve stops at {risk.horizons_days[-1]} days, where the follow-up of the training data ends; "
        f"of all training drives {_percent(risk.base_rate)} failed within {risk.horizon_days} days"
    )
    for reason in risk.reasons:
        works = f" · {reason.num_works} works" if reason.num_works else ""
        sign = "raises" if reason.contribution > 0 else "lowers"
        typer.echo(
            f"  {sign}  {reason.statement} · odds × {2.718281828**reason.contribution:.2g}"
            f" · {reason.attribute or 'no attribute'}{works}"
        )
    for neighbour in risk.neighbours:
        typer.echo(f"  raises  {neighbour.statement} · {neighbour.path}")
    if len(risk.trend_p) > 1:
        typer.echo(f"trend within {risk.horizon_days} days: {' '.join(map(_percent, risk.trend_p))}")
    for note in risk.notes:
        typer.echo(f"  note: {note}")


def _print_fleet(risk: FleetRisk, limit: int) -> None:
    label = " (synthetic)" if risk.synthetic else ""
    typer.echo(
        f"{risk.fleet}{label}: {risk.expected_failures:.3g} failures expected within {risk.horizon_days} days of "
        f"{risk.landmark} among {risk.num_drives:,} drives in service, 80 % interval {risk.low} to {risk.high} "
        f"({risk.model}, {risk.run})"
    )
    console = Console(soft_wrap=True, highlight=False, markup=False)
    spares = Table("Model", "Drives", "Expected", "80 % interval", "Spares for 95 %", box=None)
    for item in risk.spares:
        spares.add_row(
            item.model, f"{item.num_drives:,}", f"{item.expected_failures:.3g}", f"{item.low} to {item.high}",
            str(item.spares),
        )  # fmt: skip
    console.print(spares)
    if risk.heat:
        racks = Table("Rack", "Model", "Drives", "Expected", "Mean risk", box=None)
        for cell in sorted(risk.heat, key=lambda cell: (-cell.expected_failures, cell.rack, cell.model))[:SHOWN_RACKS]:
            racks.add_row(
                cell.rack, cell.model, f"{cell.num_drives:,}", f"{cell.expected_failures:.2g}", _percent(cell.mean_p)
            )
        console.print(racks)
    for row in risk.drives.head(limit).to_dict("records"):
        place = f" · {row['rack']}" if row["rack"] else ""
        typer.echo(
            f"  {_percent(row['p']):>6} ({_percent(row['low'])} to {_percent(row['high'])}) {row['serial']} · "
            f"{row['model']}{place}: {row['top_reason'] or 'nothing stands out'}"
        )
    for note in risk.notes:
        typer.echo(f"  note: {note}")
    typer.echo(f"showing {min(limit, risk.num_drives):,} of {risk.num_drives:,} drives")
