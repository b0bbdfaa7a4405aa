"""A workspace with a small fleet, the app on it, and a browser that cannot leave the machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "app" / "main.py"
SCREENSHOTS = Path(__file__).parent / "screenshots"
CONTRAST = Path(__file__).parent / "contrast.js"
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
START_SECONDS = 60


def _environment(workspace: Path) -> dict[str, str]:
    cleaned = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "ATOLL_"))}
    return {**cleaned, "ATOLL_WORKSPACE": str(workspace), "ATOLL_TEST_MODE": "1"}


def run_atoll(workspace: Path, *arguments: str) -> str:
    """Run `atoll` on a workspace and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=workspace.parent, env=_environment(workspace), capture_output=True, text=True, check=False, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def serving(workspace: Path, folder: Path, *, script: Path = MAIN, **environment: str) -> Iterator[str]:
    """Serve the app (or another script) on a free loopback port, started from a directory that is not the project's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "app.log").open("w") as log:
        server = subprocess.Popen(
            [
                sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true",
                "--server.address", "127.0.0.1", "--server.port", str(port), "--server.fileWatcherType", "none",
            ],
            cwd=folder, env={**_environment(workspace), **environment}, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_until_healthy(address, server, folder / "app.log")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_healthy(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):  # noqa: S310 - our own loopback server
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the app did not become healthy in {START_SECONDS} s: {log.read_text()}")


@pytest.fixture(scope="session")
def atoll() -> Callable[..., str]:
    """Run `atoll` on a workspace: ``atoll(workspace, "describe", "fleet")``."""
    return run_atoll


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Serve the app on a workspace, with a folder for its log: ``with serve(workspace, folder) as address``."""
    return serving


@pytest.fixture(scope="session")
def demo_workspace(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The synthetic demo fleet as `make demo` builds it; its store is stopped at the end."""
    workspace = tmp_path_factory.mktemp("e2e") / "workspace"
    run_atoll(workspace, "demo", "--no-open")
    yield workspace
    run_atoll(workspace, "store", "stop")


@pytest.fixture(scope="session")
def app_address(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app on the demo fleet."""
    with serving(demo_workspace, tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="session")
def chromium(unavailable: Callable[[str, str], Any]) -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright without a browser of its own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        unavailable("browser", "no Chromium here (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page of the app in a browser, with every request it made and every error it logged."""

    page: Any
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Go there and wait until the script has ended."""
        self.page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has ended and the charts are drawn."""
        self.page.wait_for_selector(IDLE, timeout=60_000)
        self.page.wait_for_function("() => !document.querySelector('[data-testid=\"stSkeleton\"]')", timeout=60_000)
        self.page.wait_for_timeout(700)
        self.page.wait_for_selector(IDLE, timeout=60_000)

    def heading(self) -> str:
        """Text of the page's title."""
        return str(self.page.locator("h1").first.inner_text())

    def outside(self) -> list[str]:
        """Requests that would have left the machine."""
        local = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
        return [address for address in self.requests if not address.startswith(local)]

    def low_contrast(self) -> list[list[str]]:
        """Texts below 4.5:1, with their ratio; what is drawn on a canvas is not among them."""
        found: list[list[str]] = self.page.evaluate(CONTRAST.read_text())
        return found

    def expect_sound(self) -> None:
        """No error, nothing asked of another machine, nothing that runs over the edge, no faint text."""
        assert self.page.locator('[data-testid="stException"], [data-testid="stAlertContentError"]').count() == 0
        assert self.outside() == []
        assert self.errors == []
        widths = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(widths) <= 0
        assert self.low_contrast() == []

    def picture(self, name: str) -> Path:
        """Keep a picture of the whole page under ``screenshots/``."""
        SCREENSHOTS.mkdir(exist_ok=True)
        size = self.page.viewport_size
        whole = self.page.locator('[data-testid="stMain"]').evaluate("element => element.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(size["height"], whole)})
        self.page.wait_for_timeout(600)
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        self.page.set_viewport_size(size)
        return path


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Visit]]:
    """Open pages with a theme and a width; each is closed at the end."""
    contexts = []

    def start(theme: str = "light", width: int = 1440, height: int = 900) -> Visit:
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        contexts.append(context)
        made = Visit(context.new_page())
        made.page.on("request", lambda request: made.requests.append(request.url))
        made.page.on("websocket", lambda websocket: made.requests.append(websocket.url))
        made.page.on("pageerror", lambda error: made.errors.append(str(error)))
        return made

    yield start
    for context in contexts:
        context.close()
