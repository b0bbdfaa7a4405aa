"""`atoll`: the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import typer
from typer._click import exceptions as click_exceptions  # typer carries its own click; there is no public name

from app.commands import (
    concept,
    demo,
    describe,
    evaluate,
    extract,
    finding,
    ingest,
    predict,
    query,
    store,
    train,
    watch,
)
from app.commands.output import messages
from graph.errors import AtollError

cli = typer.Typer(
    name="atoll",
    help="Knowledge-graph analytics for SSD fleets: every statement traces to a row, a sentence or a model run.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
cli.add_typer(ingest.cli, name="ingest")
cli.add_typer(describe.cli, name="describe")
cli.add_typer(evaluate.cli, name="evaluate")
cli.add_typer(train.cli, name="train")
cli.add_typer(predict.cli, name="predict")
cli.add_typer(finding.cli, name="finding")
cli.add_typer(concept.cli, name="concept")
cli.add_typer(store.cli, name="store")
cli.command("watch")(watch.watch)
cli.command("query")(query.run_query)
cli.command("extract")(extract.extract)
cli.command("demo")(demo.build_demo)
cli.command("app")(demo.open_app)


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end with its exit status.

    0 done, 1 findings at or above ``--fail-on``, 2 bad input, 3 refused, 4 store or service not reachable.
    """
    given = sys.argv[1:] if arguments is None else arguments
    try:
        status = cli(args=given, prog_name="atoll", standalone_mode=False)
    except typer.Exit as stop:
        status = stop.exit_code
    except typer.Abort:
        status = _fail("Stopped.", 130, given)
    except click_exceptions.ClickException as error:
        hint = (
            f" See '{error.ctx.command_path} --help'."
            if isinstance(error, click_exceptions.UsageError) and error.ctx
            else ""
        )
        status = _fail(error.format_message() + hint, 2, given)
    except AtollError as error:
        status = _fail(str(error), error.exit_status, given, error.details)
    except KeyboardInterrupt:
        status = _fail("Stopped. An unfinished run is invisible; the same command resumes it.", 130, given)
    except BrokenPipeError:
        status = 0
    sys.exit(status if isinstance(status, int) else 0)


def _fail(message: str, status: int, given: list[str], details: Mapping[str, Any] | None = None) -> int:
    messages.print(f"atoll: {message}", markup=False, style="red" if messages.is_terminal else "")
    if "--json" in given:
        sys.stdout.write(
            json.dumps({"schema": "error-1", "error": message, "exit_status": status, **(details or {})}) + "\n"
        )
    return status


if __name__ == "__main__":
    main()
