"""The server process: ``python -m graph.stores.embedded.server STORE_FOLDER OPTIONS_JSON``.

It is started detached by ``supervisor`` and ends on a control request, on SIGTERM or when it is idle.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

from graph.errors import AtollError
from graph.stores.embedded import credentials
from graph.stores.embedded.control import ControlServer, Progress
from graph.stores.embedded.engine import Engine
from graph.stores.embedded.folder import Recovery, ServerState, StoreFolder
from graph.stores.embedded.options import ServerOptions

logger = logging.getLogger("atoll.store")


class ServerProcess:
    """Everything one server process does, from opening the files to closing them.

    Args:
        folder: The store folder; the working directory.
        options: Heap, limits, port and idle time.
    """

    def __init__(self, folder: StoreFolder, options: ServerOptions) -> None:
        self._folder = folder
        self._options = options
        self._ending = threading.Event()
        self._process = psutil.Process()
        self._state = ServerState(
            phase="starting",
            pid=os.getpid(),
            started_at=_now(),
        )

    def run(self) -> None:
        """Open, serve until told to end or idle, close."""
        self._publish("starting")
        unclean = self._folder.open_marker.exists()
        self._folder.open_marker.touch()
        engine = Engine(self._folder, self._options)
        # After the JVM: a handler set before would be replaced by it.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._ending.set())
        if unclean:
            self._publish("checking")
            self._state.recovery = self._check_after_unclean_exit(engine)
        known = credentials.read(self._folder.secrets)
        engine.set_users(known)
        control = ControlServer(known.control_key, self._handlers(engine))
        self._state.bolt_port = engine.bolt_port
        self._state.control_port = control.port
        self._publish("ready")
        logger.info("ready on bolt://127.0.0.1:%d", engine.bolt_port)

        with self._wait_for_end():
            control.close()
            engine.stop()
            self._folder.open_marker.unlink()
            self._folder.state.unlink(missing_ok=True)
        logger.info("ended cleanly")

    def _publish(self, phase: str) -> None:
        self._state.phase = phase
        self._state.write(self._folder.state)

    def fail(self, message: str) -> None:
        """Leave the reason of a failed start for the process that waits for it."""
        self._state.error = message
        self._publish("failed")

    def _check_after_unclean_exit(self, engine: Engine) -> Recovery:
        logger.warning("the server before this one did not end cleanly: checking the database")
        begun = time.monotonic()
        problems = engine.check_database()
        recovery = Recovery(_now(), round(time.monotonic() - begun, 3), problems)
        for problem in problems:
            logger.error("database check: %s", problem)
        logger.info("database check: %d problems in %.1f s", len(problems), recovery.seconds)
        return recovery

    def _handlers(self, engine: Engine) -> dict[str, Any]:
        def ping(_: Mapping[str, Any], __: Progress) -> dict[str, Any]:
            return {"pid": self._state.pid, "memory_bytes": self._process.memory_info().rss}

        def shutdown(_: Mapping[str, Any], __: Progress) -> bool:
            self._ending.set()
            return True

        def check_database(_: Mapping[str, Any], __: Progress) -> list[str]:
            return engine.check_database()

        def backup(arguments: Mapping[str, Any], _: Progress) -> str:
            return str(engine.backup(Path(arguments["directory"])))

        def command(arguments: Mapping[str, Any], _: Progress) -> list[dict[str, Any]]:
            return engine.command(arguments["language"], arguments["statement"])

        def terminate(arguments: Mapping[str, Any], _: Progress) -> int:
            return engine.terminate(arguments["marker"])

        def bulk_load(arguments: Mapping[str, Any], progress: Progress) -> dict[str, int]:
            return engine.bulk_load(arguments, progress)

        def remove_run(arguments: Mapping[str, Any], progress: Progress) -> dict[str, int]:
            return engine.remove_run(arguments["run"], progress)

        handlers = (ping, shutdown, check_database, backup, command, terminate, bulk_load, remove_run)
        return {handler.__name__: handler for handler in handlers}

    def _wait_for_end(self) -> AbstractContextManager[object]:
        """Block until the server shall end; returns what must be held while it closes.

        Asked to end, the asking process holds the store's lock itself. Ending because of idleness it must be taken
        here, so that no command finds a server that is about to go.
        """
        idle_seconds = self._options.idle_minutes * 60
        last_busy = time.time()
        while not self._ending.wait(min(5.0, max(0.1, idle_seconds / 10))):
            if self._has_connections():
                last_busy = time.time()
            if time.time() - max(last_busy, self._last_used()) < idle_seconds:
                continue
            lock = FileLock(self._folder.lock)
            try:
                lock.acquire(timeout=0)
            except Timeout:  # someone starts to use the server at this moment
                continue
            if time.time() - self._last_used() >= idle_seconds and not self._has_connections():
                logger.info("idle for %.1f minutes: ending", self._options.idle_minutes)
                return lock
            lock.release()
        return nullcontext()

    def _has_connections(self) -> bool:
        ports = {self._state.bolt_port, self._state.control_port}
        return any(
            each.status == psutil.CONN_ESTABLISHED and each.laddr and each.laddr.port in ports
            for each in self._process.net_connections(kind="tcp")
        )

    def _last_used(self) -> float:
        try:
            return self._folder.last_used.stat().st_mtime
        except FileNotFoundError:
            return 0.0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def main(arguments: list[str]) -> int:
    """Run the server in this process; returns its exit status."""
    folder = StoreFolder(Path(arguments[0]))
    os.chdir(folder.root)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    process = ServerProcess(folder, ServerOptions(**json.loads(arguments[1])))
    try:
        process.run()
    except AtollError as error:
        logger.exception("cannot start")
        process.fail(str(error))
        return error.exit_status
    except BaseException as error:
        logger.exception("ended by an error")
        process.fail(f"The embedded store could not start ({error}). Look at {folder.log}.")
        return 1
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    logging.shutdown()
    os._exit(status)  # Java threads that ArcadeDB leaves behind would keep the process alive
