"""`atoll app` answers on this machine only, and a port in use is said."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from command_line import Atoll


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def test_the_app_starts_from_any_folder_and_ends_when_told(tmp_path: Path) -> None:
    atoll = Atoll(tmp_path / "workspace")
    atoll.json("store", "start")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "app", "--port", str(port), "--workspace", str(atoll.workspace)],
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if not k.startswith("NEO4J_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 120
        while not is_healthy(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        refused = atoll.json("app", "--port", str(port), status=2)
        assert f"port {port}" in refused["error"]
        assert f"--port {port + 1}" in refused["error"]
        process.terminate()  # the command alone, as systemd and Docker do
        assert process.wait(30) == 0
        assert not is_healthy(port)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        atoll.run("store", "stop")
    assert process.stdout is not None
    assert process.stdout.read() == b""
