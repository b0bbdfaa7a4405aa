"""One call over HTTP: retried where it is worth it, bounded in time and size, every failure told in one sentence."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graph.errors import ModelError, nearest
from graph.rag import address

if TYPE_CHECKING:
    import openai

MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""Largest answer that is read."""
PROBE_TRIES = 2
"""Tries of a call whose failure (500) may also mean that the endpoint does not know what it was asked for."""
_WAIT_AND_TRY = frozenset({408, 409, 425, 429, 500, 501, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_MAY_BE_REFUSAL = frozenset({500, 501})


@dataclass(frozen=True, slots=True)
class Refusal:
    """The endpoint works but does not take this request.

    Args:
        status: HTTP status.
        message: The endpoint's words, shortened, without the key.
    """

    status: int
    message: str


@dataclass(frozen=True, slots=True)
class _Failure:
    """One failed try: what to tell, whether to try again, and how long the endpoint asks to wait, in seconds."""

    message: str
    again: bool = False
    wait_seconds: float | None = None
    refusal: Refusal | None = None


class Endpoint:
    """Calls one endpoint.

    Args:
        base_url: As ``address.checked`` returns it.
        model: Name of the model that is asked for.
        api_key: Its key; None where it wants none.
        timeout_seconds: How long one try may take, from sending to the last byte.
        tries: Most tries of one call.
        backoff_seconds: Wait before the second try; doubled for each further one.
        max_wait_seconds: Longest wait, also where the endpoint asks for more: then the call fails at once.
        max_concurrent: Most calls at the same time.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None,
        timeout_seconds: float,
        tries: int,
        backoff_seconds: float,
        max_wait_seconds: float,
        max_concurrent: int,
    ) -> None:
        self.base_url = base_url
        self._model = model
        self._api_key = api_key
        self._timeout_seconds = timeout_seconds
        self._tries = tries
        self._backoff_seconds = backoff_seconds
        self._max_wait_seconds = max_wait_seconds
        self._slots = threading.BoundedSemaphore(max_concurrent)

    def __repr__(self) -> str:
        return f"Endpoint({self.base_url!r})"

    @cached_property
    def _client(self) -> openai.OpenAI:
        import openai

        client = openai.OpenAI(
            base_url=self.base_url,
            api_key=self._api_key or "none",  # without one the client takes a key from the environment
            max_retries=0,  # retries are ours: bounded, counted, and told
            # A redirect could carry the text of a paper to a host that nobody named.
            http_client=openai.DefaultHttpxClient(follow_redirects=False, timeout=self._timeout_seconds),
        )
        # The client fills these from the environment; they belong to another account than the one that is set here.
        client.organization = client.project = client.admin_api_key = None
        return client

    def complete(self, body: dict[str, Any], probing: bool = False) -> dict[str, Any] | Refusal:
        """Send one request.

        Args:
            body: Parameters of the chat completion.
            probing: True while it is not known whether the endpoint knows these parameters: then 500 is a refusal.

        Returns:
            The answer's envelope, or that the endpoint does not take the request.

        Raises:
            ModelError: It cannot be reached, wants another key, is no such endpoint, or failed at every try.
        """
        failure = _Failure("")
        for number in range(1, self._tries + 1):
            with self._slots:
                found = self._try(body)
            if not isinstance(found, _Failure):
                return found
            failure = found
            refusal = failure.refusal
            if refusal is not None and (not failure.again or (probing and number >= PROBE_TRIES)):
                return refusal
            if not failure.again:
                raise ModelError(failure.message)
            if number < self._tries:
                time.sleep(self._wait_seconds(failure, number))
        raise ModelError(f"{failure.message} ({self._tries} tries)")

    def models(self) -> list[str]:
        """Names of the models that the endpoint offers; empty where it does not say."""
        try:
            return [model.id for model in self._client.with_options(timeout=5.0).models.list().data][:200]
        except Exception:  # it is only asked to make an error message better
            return []

    def _wait_seconds(self, failure: _Failure, number: int) -> float:
        asked = failure.wait_seconds
        if asked is not None:
            if asked > self._max_wait_seconds:
                raise ModelError(
                    f"{failure.message} It asks to wait {asked:,.0f} s, longer than {self._max_wait_seconds:g} s."
                )
            return asked
        wait = self._backoff_seconds * 2 ** (number - 1)
        return float(min(wait, self._max_wait_seconds) * random.uniform(0.75, 1.0))  # noqa: S311  # not a secret

    def _try(self, body: dict[str, Any]) -> dict[str, Any] | _Failure:
        import httpx2
        import openai

        deadline = time.monotonic() + self._timeout_seconds
        read = bytearray()
        try:
            with self._client.chat.completions.with_streaming_response.create(**body) as response:
                kind = response.headers.get("content-type", "")
                for part in response.iter_bytes():
                    read += part
                    if len(read) > MAX_ANSWER_BYTES:
                        return _Failure(f"{self.base_url} sends an answer larger than {MAX_ANSWER_BYTES:,} bytes.")
                    if time.monotonic() > deadline:  # one byte now and then never ends by itself
                        return self._slow()
        except (openai.APITimeoutError, httpx2.TimeoutException):
            return self._slow()
        except openai.APIStatusError as error:
            return self._by_status(error.status_code, error.response, error.body)
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            return self._unreached(error, bool(read))
        except UnicodeError:
            return _Failure("The key of the language model holds characters that no header may hold.")
        return self._envelope(bytes(read), kind)

    def _slow(self) -> _Failure:
        return _Failure(f"{self.base_url} gave no whole answer within {self._timeout_seconds:g} s.", again=True)

    def _unreached(self, error: BaseException, began: bool) -> _Failure:
        cause = error.__cause__ or error
        if began or "RemoteProtocol" in type(cause).__name__ or "ReadError" in type(cause).__name__:
            return _Failure(f"{self.base_url} ended the connection before the answer was whole.", again=True)
        why = self._without_key(str(cause)) or type(cause).__name__
        return _Failure(f"{self.base_url} cannot be reached: {why}. Is the server running?", again=True)

    def _envelope(self, read: bytes, kind: str) -> dict[str, Any] | _Failure:
        text = read.decode("utf-8", "replace").strip()
        if text.startswith("<") or "html" in kind:
            return _Failure(
                f"{self.base_url} answers with a web page, not with a completion.{address.guess(self.base_url)}"
            )
        try:
            envelope = json.loads(text)
        except (ValueError, RecursionError):
            return _Failure(f"{self.base_url} answers with what is no JSON: '{self._short(text)}'.", again=True)
        if not isinstance(envelope, dict):
            return _Failure(f"{self.base_url} answers with JSON that is no completion: '{self._short(text)}'.")
        told = envelope.get("error")
        if told and not envelope.get("choices"):  # some gateways tell errors with status 200
            code = told.get("code") if isinstance(told, dict) else None
            status = int(code) if isinstance(code, int | str) and re.fullmatch(r"[45]\d\d", str(code)) else 500
            return self._by_status(status, None, envelope)
        return envelope

    def _by_status(self, status: int, response: Any, body: object) -> _Failure:
        words = self._words(body, response)
        said = f" ('{words}')" if words else ""
        if status in {401, 403}:
            what = "the key in ATOLL_LLM_API_KEY" if self._api_key else "a request without a key (ATOLL_LLM_API_KEY)"
            return _Failure(f"{self.base_url} refuses {what}: status {status}{said}.")
        if status in {404, 405} or 300 <= status < 400:
            return _Failure(f"{self.base_url} answers with status {status}{said}.{self._nearest(status, body)}")
        if status in _WAIT_AND_TRY:
            refusal = Refusal(status, words) if status in _MAY_BE_REFUSAL else None
            message = f"{self.base_url} answers with status {status}{said}."
            return _Failure(message, again=True, wait_seconds=_asked_wait(response), refusal=refusal)
        return _Failure(
            f"{self.base_url} answers with status {status}{said}.",
            refusal=Refusal(status, words),
        )

    def _nearest(self, status: int, body: object) -> str:
        """The likely mistake: a model that is not there, where the endpoint itself is, else its address."""
        offered = self.models() if status == 404 else []
        if offered or (status == 404 and isinstance(body, dict) and "model" in str(body).lower()):
            return f" Set ATOLL_LLM_MODEL to a model that it offers.{near_model(self._model, offered)}"
        return address.guess(self.base_url)

    def _words(self, body: object, response: Any) -> str:
        told: object = body
        for _ in range(2):
            if isinstance(told, dict):
                told = told.get("error") or told.get("message") or told.get("detail") or ""
        if not isinstance(told, str):
            told = json.dumps(told, default=str) if told else ""
        if not told and response is not None:
            told = response.text
        return self._short(str(told))

    def _short(self, text: str) -> str:
        title = re.search(r"<title>(.*?)</title>", text[:20_000], re.IGNORECASE | re.DOTALL)
        if title:
            text = title[1]
        # The key goes before the text is cut, or a part of it could stay.
        plain = " ".join(re.sub(r"<[^<>]{0,200}>", " ", self._without_key(text[:20_000])).split())
        plain = "".join(mark for mark in plain if mark.isprintable())
        return plain if len(plain) <= 200 else plain[:199] + "…"

    def _without_key(self, text: str) -> str:
        return text.replace(self._api_key, "[key]") if self._api_key else text


def _asked_wait(response: Any) -> float | None:
    """Seconds that ``Retry-After`` asks for, as a number or as a date; None where it is absent or no such thing."""
    told = response.headers.get("retry-after", "") if response is not None else ""
    if re.fullmatch(r"\d+(\.\d+)?", told.strip()):
        return float(told)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def near_model(model: str, offered: list[str]) -> str:
    """Which models there are, and the nearest to a name that is not among them."""
    if not offered:
        return ""
    some = ", ".join(offered[:8]) + (", …" if len(offered) > 8 else "")
    return f"{nearest(model, offered)} It offers: {some}."
