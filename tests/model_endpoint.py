"""A real HTTP server that plays an OpenAI endpoint, and answers as badly as a test asks for."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from graph.rag import LanguageModel

KEY = "sk-secret-0123456789abcdef"
PATH = "/v1/chat/completions"
Turn = Callable[[dict[str, Any]], Response]
"""What the server does with the body of one request."""
GOOD = "Enabling write coalescing cut write amplification by 31 % on TLC drives."


@dataclass
class ModelEndpoint:
    """The server and what was asked of it.

    Args:
        server: Answers on a port of its own.
        always: Answers every request that no turn is left for.
        turns: Answers of the next requests, in order.
        bodies: Bodies of the requests, in order.
        headers: Their headers.
    """

    server: HTTPServer
    always: Turn
    turns: list[Turn] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base_url(self) -> str:
        return f"http://{self.server.host}:{self.server.port}/v1"

    @property
    def rungs(self) -> list[str]:
        """Which rung each request stood on."""
        return [rung_of(body) for body in self.bodies]

    def answer(self, request: Request) -> Response:
        body = json.loads(request.get_data())
        with self._lock:
            self.bodies.append(body)
            self.headers.append(dict(request.headers))
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            turn = self.turns.pop(0) if self.turns else self.always
        try:
            return turn(body)
        finally:
            with self._lock:
                self._now -= 1

    def reset(self, always: Turn) -> None:
        """Forget all that was asked, also what the client learnt of this port."""
        from graph.rag.client import forget_ways

        forget_ways()
        self.always, self.turns, self.bodies, self.headers, self.most_at_once = always, [], [], [], 0

    def stop(self) -> None:
        """The server dies: later connections are refused."""
        threading.Thread(target=self.server.stop, daemon=True).start()
        while True:
            with socket.socket() as probe:
                probe.settimeout(0.2)
                if probe.connect_ex((self.server.host, self.server.port)):
                    return
            time.sleep(0.01)


@contextmanager
def endpoint(always: Turn) -> Iterator[ModelEndpoint]:
    """A running endpoint; starting one takes half a second, so tests of a module share it and reset it."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        played = ModelEndpoint(server, always)
        played.reset(always)
        server.expect_request(PATH, method="POST").respond_with_handler(played.answer)
        server.expect_request("/v1/models").respond_with_json(
            {"object": "list", "data": [{"id": name, "object": "model"} for name in ("atoll-large", "atoll-small")]}
        )
        yield played


def rung_of(body: dict[str, Any]) -> str:
    if "tools" in body:
        return "tool"
    kind = body.get("response_format", {}).get("type")
    return {"json_schema": "json_schema", "json_object": "json_object"}.get(kind, "plain")


def completion(content: Any, *, usage: Any = "given", finish: str = "stop", **message: Any) -> Response:
    """An answer with this content in the usual envelope."""
    envelope: dict[str, Any] = {
        "id": "c1",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content, **message},
            }
        ],
    }
    if usage == "given":
        envelope["usage"] = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    elif usage is not None:
        envelope["usage"] = usage
    return Response(json.dumps(envelope), content_type="application/json")


def says(value: Any, **how: Any) -> Turn:
    """Answers with this value as JSON, or with this text."""
    text = value if isinstance(value, str) else json.dumps(value)
    return lambda body: completion(text, **how)


def fails(status: int, message: str = "no", headers: dict[str, str] | None = None) -> Turn:
    """Answers with an error in OpenAI's form."""
    told = json.dumps({"error": {"message": message, "type": "error", "code": None}})
    return lambda body: Response(told, status=status, headers=headers, content_type="application/json")


def page(status: int, text: str = "<html><head><title>Bad gateway</title></head><body>no</body></html>") -> Turn:
    """Answers with a web page."""
    return lambda body: Response(text, status=status, content_type="text/html")


def cut(body: dict[str, Any]) -> Response:
    """Promises more than it sends, then closes the connection."""
    whole = completion(json.dumps({"name": "Paris"}))
    data = whole.get_data()
    response = Response(iter([data[: len(data) // 2]]), content_type="application/json")
    response.headers["Content-Length"] = str(len(data))
    return response


def drips(seconds: float) -> Turn:
    """Sends a byte now and then, for ever as far as the client is concerned."""

    def parts() -> Iterator[bytes]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            yield b" "
            time.sleep(0.05)

    return lambda body: Response(parts(), content_type="application/json")


def refuses(*rungs: str, status: int, then: Turn) -> Turn:
    """Does not know these rungs of the ladder."""
    return lambda body: (
        fails(status, "response_format is not supported")(body) if rung_of(body) in rungs else then(body)
    )


def as_tool(value: Any) -> Turn:
    """Answers by calling the tool that was asked for."""
    call = {"id": "t1", "type": "function", "function": {"name": "answer", "arguments": json.dumps(value)}}
    return lambda body: completion(None, finish="tool_calls", tool_calls=[call])


def proposed(**changed: Any) -> dict[str, Any]:
    """A right assertion of the sentence ``GOOD``, with some fields changed."""
    return {
        "quote": GOOD,
        "subject": "Enabling write coalescing",
        "predicate": "cut",
        "relation": "improves",
        "object": "write amplification",
        "direction": "decrease",
        "quantity": "31 %",
        "condition": None,
        "population": "TLC drives",
        "hedged": False,
        "negated": False,
        **changed,
    }


class Town(BaseModel):
    name: str
    people: int | None = None


PARIS = {"name": "Paris", "people": 2}
ASK = [{"role": "user", "content": "Which town?"}]


def model(served: ModelEndpoint, **how: object) -> LanguageModel:
    settings: dict[str, object] = {"timeout_seconds": 5.0, "backoff_seconds": 0.01, "max_wait_seconds": 2.0, **how}
    return LanguageModel(served.base_url, "atoll-small", KEY, **settings)  # type: ignore[arg-type]
