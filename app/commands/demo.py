"""`atoll demo` and `atoll app`: the synthetic demo fleet, and the app on it or on real data."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.commands.output import JsonOption, StoreOption, WorkspaceOption, emit, messages, progress_on_terminal
from app.settings import Settings, load
from app.wiring import open_workspace, workspace_id
from graph.errors import InputError

DEMO_FLEET = "demo"
PortOption = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on 127.0.0.1.")]


def build_demo(
    open_afterwards: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the app when the fleet is there.")
    ] = True,
    port: PortOption = 8501,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build a workspace with the synthetic demo fleet (2,000 drives, one year), and open the app on it.

    Atoll's own notes on published works go in too, so that findings have literature, and a risk model is trained on the
    fleet. With --json the app is not opened.
    """
    from app.analysis.intake import ingest_and_assess
    from app.analysis.reading_literature import read_literature
    from app.analysis.risk_forecasts import forecast_fleet
    from app.analysis.risk_training import train_risk
    from ingest.telemetry.demo import write_demo_fleet

    settings = load(workspace, store)
    if open_afterwards and not as_json:
        _require_free(port)
    opened = open_workspace(settings, create=True)
    try:
        with opened.writing(), progress_on_terminal() as progress:
            source = opened.path / "demo" / "demo-fleet.parquet"
            if not source.exists():
                messages.print("writing the synthetic demo fleet …")
                source.parent.mkdir(parents=True, exist_ok=True)
                write_demo_fleet(source)
            messages.print("reading it into the graph and running the rule base …")
            intake = ingest_and_assess(
                [source],
                "atoll-daily",
                DEMO_FLEET,
                store=opened.store,
                lake=opened.lake,
                workspace=opened.path,
                progress=progress,
            )
            messages.print("reading Atoll's notes on published works …")
            notes = read_literature(
                [], store=opened.store, workspace=opened.path, bundled_notes=True, progress=progress
            )
            messages.print("training a risk model and forecasting every drive …")
            parts = (opened.store, opened.lake, opened.path, DEMO_FLEET)
            trained = train_risk(*parts, progress=progress)
            forecast = forecast_fleet(*parts, progress=progress)
        version = opened.store.version()
    finally:
        opened.store.close()
    report, findings = intake.report, intake.assessment.num_findings if intake.assessment else 0
    payload = {
        "workspace": str(settings.workspace),
        "fleet": DEMO_FLEET,
        "synthetic": True,
        "drives": report.drives,
        "failures": report.failures,
        "rows_read": report.rows_read,
        "findings": findings,
        "works": notes.works,
        "assertions": notes.assertions,
        "model": trained.model,
        "forecasts": forecast.num_drives,
        "store_version": version,
    }

    def text() -> None:
        typer.echo(
            f"made {settings.workspace}: fleet '{DEMO_FLEET}' (synthetic), {report.drives:,} drives, "
            f"{report.rows_read:,} drive-days, {report.failures:,} failures, {findings:,} findings, notes on "
            f"{notes.works:,} works with {notes.assertions:,} assertions, {forecast.num_drives:,} forecasts by "
            f"{trained.model}, store version {version}"
        )
        if not open_afterwards:
            typer.echo(f"start the app: {_start_command(settings)}")

    emit("demo-1", payload, as_json=as_json, text=text)
    if open_afterwards and not as_json:
        _serve(settings, port)


def open_app(
    port: PortOption = 8501,
    workspace: WorkspaceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open the app on a workspace: http://127.0.0.1:8501. It listens on this machine only; stop it with Ctrl+C."""
    settings = load(workspace, store)
    workspace_id(settings.workspace)
    _require_free(port)
    payload = {"url": f"http://127.0.0.1:{port}", "workspace": str(settings.workspace)}
    emit("app-1", payload, as_json=as_json, text=lambda: None)
    sys.stdout.flush()
    _serve(settings, port)


def _start_command(settings: Settings) -> str:
    program = Path(sys.argv[0]).name if Path(sys.argv[0]).name.startswith("atoll") else "atoll"
    return f"{Path(sys.executable).parent / program} app --workspace {settings.workspace}"


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise InputError(
                f"port {port} on 127.0.0.1 cannot be used ({error.strerror}). "
                f"Choose another, for example --port {port + 1}."
            ) from error


def _serve(settings: Settings, port: int) -> None:
    environment = {**os.environ, "ATOLL_WORKSPACE": str(settings.workspace)}
    if not settings.is_embedded:
        environment["NEO4J_URI"] = settings.store_url
    else:
        environment.pop("NEO4J_URI", None)
    script = Path(__file__).parents[1] / "main.py"
    messages.print(f"Atoll on http://127.0.0.1:{port} (this machine only; Ctrl+C stops it)")
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.address", "127.0.0.1"]
    command += ["--server.port", str(port), "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false"]
    if not os.environ.get("DISPLAY") and sys.platform.startswith("linux"):
        command += ["--server.headless", "true"]
    # What Streamlit says are messages; stdout stays for results.
    with subprocess.Popen(command, env=environment, stdout=sys.stderr) as server:
        # Whoever stops this command means the server: systemd and Docker send SIGTERM to the parent alone.
        signal.signal(signal.SIGTERM, lambda number, frame: server.terminate())
        try:
            status = server.wait()
        except KeyboardInterrupt:
            server.terminate()
            status = 0
    raise typer.Exit(0 if status < 0 else status)
