"""The ladder of ways to ask an endpoint for JSON, from the strictest that few offer to the plainest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

JSON_SCHEMA, JSON_OBJECT, TOOL, PLAIN = "json_schema", "json_object", "tool", "plain"
RUNGS = (JSON_SCHEMA, JSON_OBJECT, TOOL, PLAIN)
"""Tried in this order once for each endpoint and model."""
TOOL_NAME = "answer"
Message = Mapping[str, str]
"""``role`` (system, user, assistant) and ``content``."""


@lru_cache(maxsize=64)
def json_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema as strict endpoints want it: objects closed, every property required, no defaults."""
    closed = _closed(schema.model_json_schema())
    assert isinstance(closed, dict)  # noqa: S101  # a model's schema is an object
    return closed


def _closed(node: object) -> object:
    if isinstance(node, list):
        return [_closed(part) for part in node]
    if not isinstance(node, dict):
        return node
    made = {
        # Below "properties" the keys are names of fields, so that a field called "default" or "title" stays.
        key: {name: _closed(field) for name, field in part.items()} if key in {"properties", "$defs"} else _closed(part)
        for key, part in node.items()
        if key not in {"default", "title"}
    }
    if isinstance(properties := made.get("properties"), dict):
        made["additionalProperties"] = False
        made["required"] = [*properties]
    return made


def request(rung: str, messages: Sequence[Message], schema: type[BaseModel]) -> dict[str, Any]:
    """What to send on this rung: the messages and the parameters that ask for JSON.

    Every rung but the tool also writes the schema into the first message: some endpoints accept ``response_format``
    and ignore it.

    Args:
        rung: One of ``RUNGS``.
        messages: The conversation; the first may be of the system.
        schema: What the answer must be.
    """
    # A lone surrogate out of a PDF is no text that could be sent.
    told = [{key: part.encode("utf-8", "replace").decode() for key, part in message.items()} for message in messages]
    wanted = json_schema(schema)
    if rung != TOOL:
        text = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
        order = f"\n\nAnswer with one JSON object and nothing else. It must fit this JSON schema:\n{text}"
        if told and told[0]["role"] == "system":
            told[0]["content"] += order
        else:
            told.insert(0, {"role": "system", "content": order.strip()})
    body: dict[str, Any] = {"messages": told}
    if rung == JSON_SCHEMA:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": TOOL_NAME, "schema": wanted, "strict": True},
        }
    elif rung == JSON_OBJECT:
        body["response_format"] = {"type": "json_object"}
    elif rung == TOOL:
        function = {"name": TOOL_NAME, "description": "Give the answer.", "parameters": wanted}
        body["tools"] = [{"type": "function", "function": function}]
        body["tool_choice"] = {"type": "function", "function": {"name": TOOL_NAME}}
    return body
