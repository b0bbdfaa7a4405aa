"""The language model: asks an endpoint for a value of a schema, on the strictest rung of the ladder that works."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from graph.errors import AnswerError, InputError, ModelError
from graph.rag import address, ladder, reading
from graph.rag.ladder import Message
from graph.rag.transport import Endpoint, Refusal
from graph.rag.usage import Meter, Price, Usage, estimated_tokens

T = TypeVar("T", bound=BaseModel)

MAX_OUTPUT_TOKENS = 2_048
REPAIRED_CHARACTERS = 4_000
"""How much of a wrong answer is sent back with the error."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """One answer that fits its schema.

    Args:
        value: The value.
        usage: Tokens of every call it took: those of refused rungs that answered, and of the repair, too.
        rung: Rung of the ladder it came from, one of ``ladder.RUNGS``.
        raw: The text that the value was read from.
        repaired: True where the model had to be told what was wrong with its first answer.
    """

    value: T
    usage: Usage
    rung: str
    raw: str
    repaired: bool = False


class _Way:
    """What is known of an endpoint and model: the rung that works, and the parameters that it does not take."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rung: str | None = None
        self.unwanted: frozenset[str] = frozenset()
        self.output_limit = "max_tokens"


_ways: dict[tuple[str, str], _Way] = {}
_ways_lock = threading.Lock()


def forget_ways() -> None:
    """Probe every endpoint anew; for a server that was replaced behind its address."""
    with _ways_lock:
        _ways.clear()


class LanguageModel:
    """A model behind an OpenAI-compatible endpoint; safe to use from several threads.

    Args:
        base_url: Address of the endpoint, like ``http://127.0.0.1:8000/v1``.
        model: Name of the model there.
        api_key: Its key; None where it wants none. It stands in no repr, log or error.
        timeout_seconds: How long one try may take.
        price: Price of its tokens; None where unknown.
        tries: Most tries of one call that fails for the moment (429, 5xx, no answer in time, cut connections).
        backoff_seconds: Wait before the second try, doubled for each further one; ``Retry-After`` goes before it.
        max_wait_seconds: Longest wait; an endpoint that asks for more fails the call.
        max_concurrent: Most calls at the same time.

    Raises:
        InputError: The address or the name of the model cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        timeout_seconds: float = 120.0,
        *,
        price: Price | None = None,
        tries: int = 4,
        backoff_seconds: float = 1.0,
        max_wait_seconds: float = 60.0,
        max_concurrent: int = 4,
    ) -> None:
        self.base_url = address.checked(base_url)
        self.model = model.strip()
        if not self.model:
            raise InputError("ATOLL_LLM_MODEL is empty: expected the name of a model that the endpoint offers.")
        if not timeout_seconds > 0 or tries < 1 or max_concurrent < 1:
            raise InputError(
                f"Language model: timeout {timeout_seconds:g} s, {tries} tries, {max_concurrent} calls at a time; "
                "expected a timeout above 0 and at least 1 of the others."
            )
        self.price = price
        self.max_concurrent = max_concurrent
        self._endpoint = Endpoint(
            self.base_url,
            self.model,
            api_key,
            timeout_seconds,
            tries,
            backoff_seconds,
            max_wait_seconds,
            max_concurrent,
        )
        with _ways_lock:
            self._way = _ways.setdefault((self.base_url, self.model), _Way())

    def __repr__(self) -> str:
        return f"LanguageModel({self.base_url!r}, {self.model!r})"

    @property
    def rung(self) -> str | None:
        """The rung of the ladder that works with this endpoint and model; None until the first answer."""
        return self._way.rung

    def structured(
        self,
        messages: Sequence[Message],
        schema: type[T],
        *,
        max_output_tokens: int = MAX_OUTPUT_TOKENS,
        meter: Meter | None = None,
    ) -> Answer[T]:
        """Ask for a value of a schema.

        The first call for an endpoint and model walks down the ladder until an answer fits; later calls use that rung.
        An answer that does not fit is sent back once with the error.

        Args:
            messages: The conversation, each with ``role`` and ``content``.
            schema: What the answer must be.
            max_output_tokens: Most tokens of one answer.
            meter: Counts tokens and keeps the limit of a run.

        Raises:
            AnswerError: The endpoint works, but this answer does not fit, not even after one repair.
            ModelError: The endpoint cannot be reached, refuses, or failed at every try.
            LimitReachedError: The next call could pass the meter's limit.
        """
        asked = _Asked(messages, schema, max_output_tokens, meter or Meter(price=self.price))
        rung = self._way.rung
        if rung is None:
            with self._way.lock:  # the others wait for the first to find the way
                rung = self._way.rung
                if rung is None:
                    return self._probe(asked)
        reply = self._send(rung, asked)
        if isinstance(reply, Refusal):
            raise self._refused(reply)
        value, wrong = reading.value_of(reply.text, schema)
        if value is not None:
            return Answer(value, asked.usage, rung, reply.text)
        return self._repair(rung, asked, reply, wrong)

    def _probe(self, asked: _Asked[T]) -> Answer[T]:
        first: tuple[str, reading.Reply, str] | None = None
        refusal: Refusal | None = None
        for rung in ladder.RUNGS:
            reply = self._send(rung, asked, probing=rung != ladder.PLAIN)
            if isinstance(reply, Refusal):
                refusal = reply
                continue
            value, wrong = reading.value_of(reply.text, asked.schema)
            if value is not None:
                self._way.rung = rung
                return Answer(value, asked.usage, rung, reply.text)
            first = first or (rung, reply, wrong)
        if first is None:
            raise self._refused(refusal or Refusal(0, ""))
        # Every rung that answered answered badly: that is one bad answer, not yet a reason to stay on the last rung.
        answer = self._repair(first[0], asked, first[1], first[2])
        self._way.rung = first[0]
        return answer

    def _repair(self, rung: str, asked: _Asked[T], reply: reading.Reply, wrong: str) -> Answer[T]:
        if reply.finish == "length":
            wrong = f"the answer was cut off at {asked.max_output_tokens:,} tokens, make it shorter ({wrong})"
        order = (
            f"That answer cannot be used: {wrong}. Give the whole answer again, as one JSON object and nothing else."
        )
        said = [{"role": "assistant", "content": reply.text[:REPAIRED_CHARACTERS]}] if reply.text.strip() else []
        again = self._send(rung, asked, also=[*said, {"role": "user", "content": order}])
        if isinstance(again, Refusal):
            raise self._refused(again)
        value, still = reading.value_of(again.text, asked.schema)
        if value is None:
            raise AnswerError(
                f"{self.model} at {self.base_url} gave no usable answer: {wrong}; after it was told so: {still}."
            )
        return Answer(value, asked.usage, rung, again.text, repaired=True)

    def _send(
        self, rung: str, asked: _Asked[T], probing: bool = False, also: Sequence[Message] = ()
    ) -> reading.Reply | Refusal:
        body = ladder.request(rung, [*asked.messages, *also], asked.schema)
        sent = "".join(message["content"] for message in body["messages"]) + str(body.get("tools", ""))
        most = Usage(estimated_tokens(sent), asked.max_output_tokens)
        asked.meter.reserve(most)
        used = Usage()
        try:
            envelope = self._in_its_dialect(body, asked.max_output_tokens, probing)
            if isinstance(envelope, Refusal):
                return envelope
            reply = reading.reply_of(envelope, sent)
            if reply is None:
                raise ModelError(
                    f"{self.base_url} answers with JSON that holds no choice, so it is no completion."
                    f"{address.guess(self.base_url)}"
                )
            used = reply.usage
        finally:
            asked.meter.settle(most, used)
        asked.usage += used
        return reply

    def _in_its_dialect(self, body: dict[str, Any], max_output_tokens: int, probing: bool) -> dict[str, Any] | Refusal:
        """Send a request without the parameters that this endpoint was found not to take."""
        way = self._way
        while True:
            limit, unwanted = way.output_limit, way.unwanted
            told = {"temperature": 0.0, limit: max_output_tokens}
            found = self._endpoint.complete(
                {"model": self.model, **body, **{name: value for name, value in told.items() if name not in unwanted}},
                probing,
            )
            if not isinstance(found, Refusal) or found.status >= 500:
                return found
            if "temperature" in found.message and "temperature" not in unwanted:
                way.unwanted = unwanted | {"temperature"}
            elif "max_tokens" in found.message and limit == "max_tokens":
                way.output_limit = "max_completion_tokens"
            else:
                return found

    def _refused(self, refusal: Refusal) -> ModelError:
        said = f" ('{refusal.message}')" if refusal.message else ""
        return ModelError(f"{self.base_url} does not take the request for {self.model}: status {refusal.status}{said}.")


class _Asked(Generic[T]):
    """One question on its way down the ladder, and the tokens that it took so far."""

    def __init__(self, messages: Sequence[Message], schema: type[T], max_output_tokens: int, meter: Meter) -> None:
        self.messages = messages
        self.schema = schema
        self.max_output_tokens = max_output_tokens
        self.meter = meter
        self.usage = Usage()
