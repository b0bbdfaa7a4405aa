"""Values of a JSON document, checked as they are read, each with its path (``ata_smart_attributes.table[5].id``)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_TEXT = 200  # characters of a name; anything longer is no name of a drive, firmware or message
DECIMAL = re.compile(r"\d+(\.\d+)?")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class UnusableError(Exception):
    """A value that keeps a document out.

    Args:
        column: Path of the value; ``""`` for the document as a whole.
        value: What stands there.
        reason: Why it cannot be used.
    """

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(f"{column} {value} {reason}")
        self.column = column
        self.value = value
        self.reason = reason


class Contradiction:
    """What stands under a key that an object has more than once, with different values."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values


@dataclass(frozen=True, slots=True)
class Value:
    """A value somewhere in a document; what is missing is a value too, without content.

    Args:
        content: As parsed; None where there is nothing or null.
        path: Where it is, as jq would name it without the point in front.
    """

    content: Any
    path: str = ""

    def __getitem__(self, key: str) -> Value:
        """The value under a key of this object.

        Raises:
            UnusableError: This is no object.
        """
        path = f"{self.path}.{key}" if self.path else key
        if self.content is None:
            return Value(None, path)
        return Value(self._object().get(key), path)

    def names(self) -> tuple[str, ...]:
        """Keys of this object, none where there is nothing.

        Raises:
            UnusableError: This is no object.
        """
        return () if self.content is None else tuple(self._object())

    def _object(self) -> Mapping[str, Any]:
        if not isinstance(self.content, dict):
            raise self.unusable("is no object {…}, which is expected here")
        return self.content

    def items(self) -> Iterator[Value]:
        """Values of this list, without those that are null.

        Raises:
            UnusableError: This is no list.
        """
        if self.content is None:
            return
        if not isinstance(self.content, list):
            raise self.unusable("is no list […], which is expected here")
        for at, content in enumerate(self.content):
            if content is not None:
                yield Value(content, f"{self.path}[{at}]")

    def number(self, minimum: float = -math.inf, maximum: float = math.inf) -> float | None:
        """A finite number within limits.

        Raises:
            UnusableError: It is anything else; text is no number, and neither are true and false.
        """
        content = self.content
        if content is None:
            return None
        if isinstance(content, bool) or not isinstance(content, int | float):
            raise self.unusable("is no number, which is needed here")
        if not math.isfinite(content):
            raise self.unusable("is not a finite number")
        if content < minimum:
            raise self.unusable(f"is impossible: below {minimum:g}")
        if content > maximum:
            raise self.unusable(f"is impossible: above {maximum:g}")
        return float(content)

    def integer(self, minimum: int, maximum: int) -> int | None:
        """A whole number within limits.

        Raises:
            UnusableError: It is anything else.
        """
        number = self.number(minimum, maximum)
        if number is None:
            return None
        if number != int(number):
            raise self.unusable("is no whole number, which is needed here")
        return int(self.content)

    def decimal(self, maximum: float = math.inf) -> float | None:
        """A number from 0 that may be written as text, because tools write large or fractional ones so.

        Raises:
            UnusableError: It is anything else; a unit behind the number is not stripped.
        """
        if isinstance(self.content, str) and DECIMAL.fullmatch(self.content):
            return Value(float(self.content), self.path).number(0, maximum)
        return self.number(0, maximum)

    def text(self) -> str | None:
        """Text without surrounding blanks, or None where it is empty; a whole number is a name too.

        Raises:
            UnusableError: It is neither, too long, or holds what is no text.
        """
        content = self.content
        if content is None:
            return None
        if isinstance(content, int) and not isinstance(content, bool):
            return str(content)
        if not isinstance(content, str):
            raise self.unusable("is no text, which is needed here")
        content = content.strip()
        if len(content) > MAX_TEXT:
            raise self.unusable(f"is longer than {MAX_TEXT} characters")
        if CONTROL.search(content):
            raise self.unusable("holds control characters")
        try:
            content.encode()
        except UnicodeEncodeError:
            raise self.unusable("is not UTF-8 text") from None
        return content or None

    def flag(self) -> bool | None:
        """True or false.

        Raises:
            UnusableError: It is anything else.
        """
        if self.content is not None and not isinstance(self.content, bool):
            raise self.unusable("is neither true nor false")
        return self.content

    def unusable(self, reason: str) -> UnusableError:
        """Why this value keeps its document out."""
        if isinstance(self.content, Contradiction):
            shown = " and ".join(in_short(value, 60) for value in self.content.values[:3])
            return UnusableError(self.path, shown, "stands there more than once, with different values")
        return UnusableError(self.path, in_short(self.content, MAX_TEXT), reason)


def in_short(content: Any, length: int) -> str:
    """A value as JSON in ASCII, cut to a length; a large one is not written out first."""
    if isinstance(content, str):
        return json.dumps(content[:length])[:length]
    if isinstance(content, dict | list) and len(content) > length:
        return f"{'{' if isinstance(content, dict) else '['}… {len(content)} values"
    try:
        return json.dumps(content, default=lambda value: getattr(value, "values", None))[:length]
    except (RecursionError, ValueError, TypeError):
        return ""
