"""The fields of a note's YAML, read by kind; every complaint names the file and the field."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from graph.errors import InputError, nearest


class Fields:
    """One mapping of a note, whose fields are read by kind.

    Args:
        file: Name of the file, for errors.
        place: What stands before a field's name in an error, such as ``figures[2].``.
        found: What the YAML holds there.
        names: Fields that it must have, and no others.
    """

    def __init__(self, file: str, place: str, found: Any, names: tuple[str, ...]) -> None:
        self.file, self.place = file, place
        if not isinstance(found, Mapping):
            raise InputError(f"{file}: {place.rstrip('.') or 'the note'} is no mapping with {', '.join(names)}.")
        for name in found:
            if name not in names:
                raise self.error(str(name), f"is unknown, expected {', '.join(names)}.{nearest(str(name), names)}")
        for name in names:
            if name not in found:
                raise self.error(name, "is missing.")
        self.found: Mapping[str, Any] = found

    def error(self, name: str, message: str) -> InputError:
        """An error at a field."""
        return InputError(f"{self.file}: {self.place}{name} {message}")

    def text(self, name: str) -> str:
        """A text in one line."""
        value = self.found[name]
        if not isinstance(value, str) or not value.strip() or value != " ".join(value.split()):
            raise self.error(name, f"is {value!r}, expected a text in one line.")
        return value

    def text_or_none(self, name: str, form: re.Pattern[str]) -> str | None:
        """A text of a form, or null."""
        if self.found[name] is None:
            return None
        value = self.text(name)
        if not form.fullmatch(value):
            raise self.error(name, f"is '{value}', expected null or the form {form.pattern}.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, at least one."""
        value = self.found[name]
        if not isinstance(value, list) or not value:
            raise self.error(name, f"is {value!r}, expected a list of texts.")
        return tuple(
            Fields(self.file, f"{self.place}{name}[{at}].", {"text": item}, ("text",)).text("text")
            for at, item in enumerate(value)
        )

    def items(self, name: str, names: tuple[str, ...]) -> list[Fields]:
        """The mappings of a list."""
        value = self.found[name]
        if not isinstance(value, list):
            raise self.error(name, f"is {value!r}, expected a list.")
        return [Fields(self.file, f"{self.place}{name}[{at}].", item, names) for at, item in enumerate(value)]

    def number(self, name: str) -> float:
        """A finite number."""
        value = self.found[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.error(name, f"is {value!r}, expected a number.")
        return float(value)

    def year(self, name: str) -> int:
        """A year of four digits."""
        value = self.found[name]
        if type(value) is not int or not 1900 <= value <= 2100:
            raise self.error(name, f"is {value!r}, expected a year.")
        return value

    def confirmed(self) -> bool:
        """Whether it was confirmed, which says where."""
        value = self.found["confirmed"]
        if not isinstance(value, bool):
            raise self.error("confirmed", f"is {value!r}, expected true or false.")
        if value and self.found["where"] is None:
            raise self.error("where", "is null, expected the page or section on which it was confirmed.")
        return value
