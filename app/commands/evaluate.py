"""`atoll evaluate`: how good a model is on drives that it never saw."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.output import JsonOption, emit, messages, progress_on_terminal
from graph.errors import InputError, nearest

if TYPE_CHECKING:
    from app.analysis.risk_evaluation import RiskEvaluation

cli = typer.Typer(
    help="Figures of a model on drives that it never saw, held against leaks.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@cli.callback()
def evaluate() -> None:
    """Figures of a model on drives that it never saw, held against leaks."""


@cli.command("risk")
def risk(
    format_name: Annotated[str, typer.Option("--format", help="Format of the files (see 'ingest telemetry --help').")],
    train: Annotated[Path, typer.Option("--train", metavar="FILE", help="File to learn from.")],
    test: Annotated[
        Path | None, typer.Option("--test", metavar="FILE", help="File to be judged; without it, part of the first.")
    ] = None,
    horizon_days: Annotated[
        int, typer.Option("--horizon-days", min=1, help="Failure within so many days (windows have a class instead).")
    ] = 30,
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            help="drive: no drive on both sides. drive+time: and judged later than learnt. time: the same drives "
            "later, after an embargo. random: rows at random, to show what it hides. Without it: as suits the format.",
        ),
    ] = None,
    folds: Annotated[int, typer.Option("--folds", min=2, help="Folds of drives, where drives are dealt out.")] = 5,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Seeds; each draws a new split where one is drawn.")] = 5,
    train_landmarks: Annotated[
        str | None,
        typer.Option("--train-landmarks", metavar="FROM:TO", help="Days on which risk is asked in training."),
    ] = None,
    test_landmarks: Annotated[
        str | None, typer.Option("--test-landmarks", metavar="FROM:TO", help="Days on which risk is asked in the test.")
    ] = None,
    models: Annotated[
        str | None,
        typer.Option("--models", help="Models to choose among, with commas; references always stand beside."),
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option("--events", metavar="FILE", help="Failure tickets that the labels must agree with."),
    ] = None,
    allow_leak: Annotated[
        bool, typer.Option("--allow-leak", help="Print the figure of a split that leaks, under a warning.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Learn from some drives, be judged by others: AUC, precision, calibration, lead time, each with its interval.

    The file is read as an ingest reads it, without a store. Model, calibration and alarm threshold are chosen on
    validation inside the training rows alone; the test is looked at once. Before that the leakage guard looks at the
    split: where rows of one drive overlap across it, near-duplicates stand on both sides, or labels disagree with
    known failures, it refuses (exit status 3) and prints examples.

    Examples:
    atoll evaluate risk --format backblaze-history --train backblaze-history.parquet

    atoll evaluate risk --format alibaba-windows --train train.csv --split drive --folds 5 --json

    atoll evaluate risk --format alibaba-windows --train leaky.csv --split random   (refused: near-duplicates)
    """
    from app.analysis.risk_evaluation import evaluate_risk
    from app.analysis.risk_splits import EvaluationRequest
    from gnn.health.splits import SPLITS

    if split is not None and split not in SPLITS:
        raise InputError(f"--split '{split}': expected {', '.join(SPLITS)}.{nearest(split, SPLITS)}")
    for path in (train, test, events):
        if path is not None and not path.exists():
            raise InputError(f"{path}: there is no such file.")
    request = EvaluationRequest(
        format_name=format_name,
        train=train,
        test=test,
        horizon_days=horizon_days,
        split=split,
        folds=folds,
        seeds=seeds,
        allow_leak=allow_leak,
        train_landmarks=_landmarks("--train-landmarks", train_landmarks),
        test_landmarks=_landmarks("--test-landmarks", test_landmarks),
        models=[name.strip() for name in models.split(",") if name.strip()] if models is not None else None,
        events=events,
    )
    with progress_on_terminal() as progress:
        found = evaluate_risk(request, progress)
    for leak in found.leak:
        messages.print(f"atoll: warning: this split leaks ({leak.reason}). {leak.message}", markup=False)
    emit("evaluate-risk-1", found.to_json(), as_json=as_json, text=lambda: print_evaluation(found))


def print_evaluation(found: RiskEvaluation) -> None:
    """Print an evaluation for people: the verdict in words, every model, the controls, the slices."""
    figures = found.figures
    split = found.split
    typer.echo(
        f"{found.request.train.name}: {figures.num_drives:,} {found.units} judged, "
        f"{figures.num_failures:,} of them fail; {split.label}, {len(split.seeds)} seeds"
        + (f", {split.test.horizon_days} days ahead" if split.test.horizon_days else "")
        + f", base rate {figures.base_rate:.2%}"
    )
    if found.leak:
        typer.echo(f"THIS SPLIT LEAKS ({', '.join(leak.reason for leak in found.leak)}): its figures mean nothing.")
    typer.echo(_verdict(found))
    # A file or a pipe has no width to keep to.
    console = Console(soft_wrap=True, highlight=False, markup=False, width=None if sys.stdout.isatty() else 160)
    console.print(_models(found))
    table = Table("Difference", "AUC (95 %)", "Average precision (95 %)", box=None)
    for row in figures.paired:
        table.add_row(
            f"{row['a']} − {row['b']}",
            f"{row['delta_auc']:+.4f} ({_interval(row['ci']['delta_auc'], signed=True)})",
            f"{row['delta_ap']:+.4f} ({_interval(row['ci']['delta_ap'], signed=True)})",
        )
    console.print(table)
    for name, said in (("date_only", "date alone"), ("age_only", "age alone"), ("permuted_labels", "permuted labels")):
        if control := figures.controls.get(name):
            typer.echo(f"control, {said}: AUC {control['auc']:.3f} ({_interval(control['ci'])})")
    for part in figures.slices:
        told = ", ".join(
            f"{row['name']} {row['auc']:.3f}/{row['ap']:.3f}"
            for row in part["models"]
            if row["name"] in (figures.chosen, figures.reference)
        )
        typer.echo(
            f"slice {part['name']}: {part['num_drives']:,} {found.units}, {part['num_failures']:,} fail; AUC/AP {told}"
        )
    if (counts := figures.count_intervals) and counts["groups"]:
        typer.echo(
            f"failures by landmark and model: {counts['covered']} of {counts['groups']} counts lie in their "
            f"{counts['level']:.0%} interval"
        )
    if (dated := figures.time_to_failure) is not None:
        typer.echo(
            f"time to failure: off by {dated['mae_days']:.1f} days, a constant by {dated['constant_mae_days']:.1f}: "
            "no date is ever shown"
        )
    for note in found.notes:
        typer.echo(f"  {note}")


def _verdict(found: RiskEvaluation) -> str:
    figures = found.figures
    against = next((row for row in figures.paired if row["b"] == figures.reference), None)
    text = f"chosen: {figures.chosen}. {figures.why}"
    if against is None:
        return text
    said = []
    for key, what in (("delta_ap", "average precision"), ("delta_auc", "AUC")):
        low, high = against["ci"][key]
        better = "better" if low > 0 else "worse" if high < 0 else "neither better nor worse"
        said.append(f"{better} in {what}")
    return f"{text}\nAgainst the reference {figures.reference} it is {' and '.join(said)}."


def _models(found: RiskEvaluation) -> Table:
    table = Table("Model", "AUC (95 %)", "AP (95 %)", "Precision", "Recall", "ECE", box=None)
    for name in ("Top 1 %", "Top 10 %", "Lead days", "C-index"):
        table.add_column(name)
    for row in found.figures.models:
        table.add_row(
            row["name"] + (" *" if row["name"] == found.figures.chosen else ""),
            f"{row['auc']:.3f} ({_interval(row['auc_ci'])})",
            f"{row['ap']:.3f} ({_interval(row['ap_ci'])})",
            *(_number(row[name], places) for name, places in (("precision", 3), ("recall", 3), ("ece", 5))),
            *(_number(row[name], 2) for name in ("obs_over_pred_top1pct", "obs_over_pred_top10pct")),
            _number(row["lead_time_days"], 0),
            _number(row["c_index"], 3),
        )
    return table


def _number(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"


def _interval(ends: list[float], *, signed: bool = False) -> str:
    low, high = ends
    return f"{low:+.4f} to {high:+.4f}" if signed else f"{low:.3f} to {high:.3f}"


def _landmarks(option: str, text: str | None) -> tuple[date, date] | None:
    if text is None:
        return None
    try:
        first, last = (date.fromisoformat(day) for day in text.split(":"))
    except ValueError:
        raise InputError(f"{option} '{text}': expected FROM:TO, for example 2014-06-01:2015-12-01.") from None
    if last < first:
        raise InputError(f"{option} '{text}': the end lies before the beginning.")
    return first, last
