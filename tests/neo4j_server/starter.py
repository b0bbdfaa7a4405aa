"""Starts a real Neo4j Community server for the tests, on a free loopback port with a fresh directory."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import neo4j
from filelock import FileLock

FOLDER = Path(__file__).parent
JARS = FOLDER / ".lib"
MAX_HEAP = "768m"


class UnavailableError(Exception):
    """This machine cannot run the server; the text says why."""


@dataclass(slots=True)
class TestServer:
    """A running server.

    Args:
        url: Bolt address.
        username: User with all rights.
        password: Its password.
        process: The server; it ends when its standard input closes.
    """

    __test__ = False

    url: str
    username: str
    password: str
    process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """End the server, where it is ours."""
        if self.process is None or self.process.stdin is None:
            return
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(directory: Path) -> TestServer:
    """Fetch the jars where they are not there yet, and start the server.

    Args:
        directory: Empty; holds the database and the log.

    Raises:
        UnavailableError: No Java, no Maven, no way to the jars, or the server does not start.
    """
    java = shutil.which("java")
    if java is None:
        raise UnavailableError("no Java on this machine (Neo4j needs Java 17)")
    _fetch_jars()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = directory / "server.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [
                java,
                f"-Xmx{MAX_HEAP}",
                "-cp",
                f"{JARS}/*",
                str(FOLDER / "Launch.java"),
                str(directory),
                str(port),
                "auth",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    server = TestServer(f"bolt://127.0.0.1:{port}", "neo4j", secrets.token_urlsafe(18), process)
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == b"ready":
            break
    else:
        raise UnavailableError(f"Neo4j did not start: {log.read_text(errors='replace')[-400:]}")
    with neo4j.GraphDatabase.driver(server.url, auth=("neo4j", "neo4j")) as driver:
        driver.execute_query(
            "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password",
            password=server.password,
            database_="system",
        )
    return server


def _fetch_jars() -> None:
    with FileLock(FOLDER / ".lib.lock", timeout=600):
        if (JARS / ".complete").exists():
            return
        maven = shutil.which("mvn")
        if maven is None:
            raise UnavailableError("no Maven on this machine to fetch Neo4j's jars")
        fetched = subprocess.run(
            [
                maven,
                "-q",
                "-B",
                "-f",
                str(FOLDER / "pom.xml"),
                "dependency:copy-dependencies",
                f"-DoutputDirectory={JARS}",
            ],
            capture_output=True,
            text=True,
            timeout=540,
            check=False,
        )
        if fetched.returncode:
            raise UnavailableError(f"Maven could not fetch Neo4j's jars: {fetched.stdout.strip()[-300:]}")
        (JARS / ".complete").touch()
