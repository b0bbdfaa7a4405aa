"""From what an endpoint sent to a value: the envelope, the text around the JSON, and the JSON itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from graph.rag.usage import Usage, estimated_tokens

T = TypeVar("T", bound=BaseModel)

MAX_STARTS = 20
"""Places in a text where JSON is looked for before it is given up."""
_THOUGHT = re.compile(r"\A\s*<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_END_OF_THOUGHT = re.compile(r"\A[^{]*</think>", re.IGNORECASE)  # some chat templates send the closing tag only
_FENCE = re.compile(r"```[a-zA-Z0-9]*[ \t]*\r?\n?(.*?)(?:```|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint said, out of its envelope.

    Args:
        text: The content, or the arguments of the tool that was asked for; empty where there is neither.
        finish: Why it stopped (``stop``, ``length``); empty where it is not said.
        usage: Tokens of this answer.
    """

    text: str
    finish: str
    usage: Usage


def reply_of(envelope: dict[str, Any], sent: str) -> Reply | None:
    """Read an answer's envelope without trusting that any part of it is there.

    Args:
        envelope: The JSON that came.
        sent: All text that was sent, from which tokens are estimated where the answer names none.

    Returns:
        The reply; None where the envelope holds no choice.
    """
    choices = envelope.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return None
    choice = choices[0]
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    text = _arguments(message) or _content(message) or ""
    finish = choice.get("finish_reason")
    return Reply(text, finish if isinstance(finish, str) else "", _usage(envelope.get("usage"), sent, text))


def _arguments(message: dict[str, Any]) -> str | None:
    calls = message.get("tool_calls")
    if not isinstance(calls, list) or not calls or not isinstance(calls[0], dict):
        return None
    function = calls[0].get("function")
    told = function.get("arguments") if isinstance(function, dict) else None
    if isinstance(told, dict):  # some local servers send the object itself
        return json.dumps(told)
    return told if isinstance(told, str) and told.strip() else None


def _content(message: dict[str, Any]) -> str | None:
    content = message.get("content")
    if isinstance(content, list):  # content in parts
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else None


def _usage(told: object, sent: str, text: str) -> Usage:
    counts = told if isinstance(told, dict) else {}
    given = [counts.get("prompt_tokens"), counts.get("completion_tokens")]
    number = [
        value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None for value in given
    ]
    missing = number[0] is None or (number[1] is None and bool(text))
    return Usage(
        number[0] if number[0] is not None else estimated_tokens(sent),
        number[1] if number[1] is not None else (estimated_tokens(text) if text else 0),
        calls=1,
        estimated=missing,
    )


def value_of(text: str, schema: type[T]) -> tuple[T | None, str]:
    """Find the JSON in a text and hold it against the schema.

    A leading ``<think>…</think>``, a code fence and words before or after the JSON are left out.

    Returns:
        The value and an empty string, or None and what is wrong, in words that the model can be told.
    """
    bare = _END_OF_THOUGHT.sub("", _THOUGHT.sub("", text)).strip()
    if not bare:
        return None, "the answer is empty"
    texts = [*(fenced.strip() for fenced in _FENCE.findall(bare)), bare]
    wrong = "the answer holds no JSON object"
    for part in texts:
        for found in _jsons(part):
            try:
                return schema.model_validate(found), ""
            except ValidationError as error:
                wrong = _told(error)
            except RecursionError:
                wrong = "the JSON is nested too deep"
    return None, wrong


def _jsons(text: str) -> list[object]:
    """The first JSON object or list in a text: the whole of it, or what starts at one of its brackets."""
    decoder = json.JSONDecoder()
    starts = [0] if text[:1] in "{[" else []
    starts += [match.start() for match in re.finditer(r"[{\[]", text)][:MAX_STARTS]
    for start in starts:
        try:
            found, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict | list):
            return [found]
    return []


def _told(error: ValidationError) -> str:
    lines = []
    for one in error.errors(include_url=False, include_context=False, include_input=False)[:3]:
        place = ".".join(str(part) for part in one["loc"]) or "the answer"
        lines.append(f"{place}: {one['msg']}")
    return "; ".join(lines)
