"""Values of query parameters: from the text of a command line or a form to what a query takes."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

PARAMETER_TYPES = ("string", "int", "float", "bool", "date", "datetime", "strings", "rows", "map")
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")
_LISTS = {"strings": str, "rows": dict}


class QueryError(ValueError):
    """A query file or a parameter that cannot be used; the text is for the user."""

    exit_status = 2


def hint(value: str, choices: Iterable[str]) -> str:
    """Return ``" Did you mean 'X'?"`` for the choice closest to ``value``, or ``""``."""
    found = difflib.get_close_matches(value, list(choices), n=1, cutoff=0.6)
    return f" Did you mean '{found[0]}'?" if found else ""


def from_text(value: Any, kind: str, place: str) -> Any:
    """Turn one value into the type of a parameter.

    Args:
        value: Text, or a value that is typed already. A list may be given as JSON or as items split by commas.
        kind: One of ``PARAMETER_TYPES``.
        place: What the value is for, opening the message of an error.

    Raises:
        QueryError: The value does not fit the type.
    """
    if value is None:
        return None
    try:
        converted = _converted(value, kind)
    except (ValueError, TypeError):
        converted = None
    if converted is None:
        raise QueryError(f"{place}: {str(value)!r} is not {_EXPECTED[kind]}.")
    return converted


_EXPECTED = {
    "string": "text",
    "int": "a whole number (such as 25)",
    "float": "a finite number (such as 0.5)",
    "bool": "true or false",
    "date": "a day (such as 2024-05-01)",
    "datetime": "a time (such as 2024-05-01T12:00:00Z)",
    "strings": "a list of texts (such as a,b)",
    "rows": "a list of objects",
    "map": "an object",
}


def _converted(value: Any, kind: str) -> Any:
    """The typed value, or None where it does not fit."""
    is_text = isinstance(value, str)
    match kind:
        case "string":
            return value if is_text else None
        case "int":
            return int(value) if is_text or (isinstance(value, int) and not isinstance(value, bool)) else None
        case "float":
            number = float(value)
            return number if math.isfinite(number) and not isinstance(value, bool) else None
        case "bool":
            text = str(value).lower()
            return True if text in _TRUE else False if text in _FALSE else None
        case "date":
            return date.fromisoformat(value) if is_text else value if type(value) is date else None
        case "datetime":
            moment = datetime.fromisoformat(value) if is_text else value
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        case "map":
            parsed = json.loads(value) if is_text else value
            return parsed if isinstance(parsed, dict) else None
    items = _items(value) if is_text else value
    fits = isinstance(items, list | tuple) and all(isinstance(item, _LISTS[kind]) for item in items)
    return list(items) if fits else None


def _items(text: str) -> Any:
    if text.lstrip().startswith("["):
        return json.loads(text)
    return [item.strip() for item in text.split(",") if item.strip()]
