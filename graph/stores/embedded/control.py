"""The control channel: JSON requests to the server process over an authenticated loopback connection.

It is ``multiprocessing.connection`` with its mutual challenge, but only bytes that hold JSON travel on it: nothing
that arrives is ever unpickled. One connection serves one request; progress messages may come before the answer.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from typing import Any

from graph.errors import AtollError, InputError, RefusedError, StoreError

logger = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 16_777_216
LOOPBACK = "127.0.0.1"
Progress = Callable[[int, int], None]
Handler = Callable[[Mapping[str, Any], Progress], Any]
_ERRORS: dict[str, type[AtollError]] = {kind.__name__: kind for kind in (InputError, RefusedError, StoreError)}


def call(
    port: int,
    key: bytes,
    command: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    timeout_seconds: float | None = 60.0,
    progress: Progress | None = None,
) -> Any:
    """Send one request to the server and wait for its answer.

    Args:
        port: The control port on loopback.
        key: Shared key of ``secrets.json``.
        command: One of the commands that the server offers.
        arguments: Its arguments; must be JSON.
        timeout_seconds: Longest silence that is waited for; None waits as long as the server lives.
        progress: Called with (done, total) as the server reports.

    Returns:
        The answer, as JSON gives it back.

    Raises:
        StoreError: The server is gone, does not answer, or failed; ``InputError`` and ``RefusedError`` of the server
            are raised as themselves.
    """
    try:
        with Client((LOOPBACK, port), authkey=key) as connection:
            connection.send_bytes(json.dumps({"command": command, **(arguments or {})}).encode())
            while True:
                if not connection.poll(timeout_seconds):
                    raise StoreError(
                        f"The embedded store did not answer '{command}' within {timeout_seconds:g} s. "
                        "Look at store/log/server.log in the workspace."
                    )
                message = json.loads(connection.recv_bytes(MAX_MESSAGE_BYTES))
                if "progress" not in message:
                    break
                if progress is not None:
                    progress(*message["progress"])
    except AuthenticationError as error:
        raise StoreError(
            f"The process on {LOOPBACK}:{port} is not this workspace's server (its key differs). "
            "Run 'atoll store stop', then the command again."
        ) from error
    except (EOFError, OSError) as error:
        raise StoreError(
            f"The embedded store on {LOOPBACK}:{port} ended or cannot be reached while it did '{command}'. "
            "The same command starts it again; nothing acknowledged is lost."
        ) from error
    if "error" in message:
        raise _ERRORS.get(message["kind"], StoreError)(message["error"])
    return message["result"]


class ControlServer:
    """Answers control requests, each connection in a thread of its own.

    Args:
        key: Shared key; a connection that does not prove it is closed.
        handlers: Function by command; it gets the arguments and a progress callback, its result must be JSON.
    """

    def __init__(self, key: bytes, handlers: Mapping[str, Handler]) -> None:
        self._key = key
        self._handlers = handlers
        # The listener gets no key: its accept() would do the challenge and let one silent client block all others.
        self._listener = Listener((LOOPBACK, 0), backlog=16)
        self.port: int = self._listener.address[1]
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        with connection:
            try:
                deliver_challenge(connection, self._key)
                answer_challenge(connection, self._key)
                request = json.loads(connection.recv_bytes(MAX_MESSAGE_BYTES))
                connection.send_bytes(json.dumps(self._answer(connection, request)).encode())
            except AuthenticationError:
                logger.warning("refused a control connection with a wrong key")
            except (EOFError, OSError, ValueError) as error:
                logger.warning("control connection ended early: %s", error)

    def _answer(self, connection: Connection, request: dict[str, Any]) -> dict[str, Any]:
        command = request.pop("command", None)
        handler = self._handlers.get(str(command))
        if handler is None:
            return {"error": f"unknown control command {command!r}", "kind": "StoreError"}

        def progress(done: int, total: int) -> None:
            connection.send_bytes(json.dumps({"progress": [done, total]}).encode())

        try:
            return {"result": handler(request, progress)}
        except AtollError as error:
            return {"error": str(error), "kind": type(error).__name__}
        except Exception as error:  # the server must outlive any failed request
            logger.exception("control command %s failed", command)
            return {"error": f"The embedded store failed at '{command}': {error}", "kind": "StoreError"}

    def close(self) -> None:
        """Take no more requests."""
        self._listener.close()
