"""One error tree: every mistake a user can make ends in one of these, with one message and one exit status."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class AtollError(Exception):
    """Base of every error Atoll raises on purpose; its text is shown to the user as it is.

    The text names the place, the value, what was expected and, where there is one, the nearest valid choice.
    """

    exit_status = 2

    @property
    def details(self) -> dict[str, Any]:
        """What ``--json`` prints beside the message."""
        return {}


class InputError(AtollError, ValueError):
    """A file, option or value that cannot be used (exit status 2)."""


class RefusedError(AtollError, PermissionError):
    """Something that is possible but not allowed: a write in a read-only query, a foreign store (exit status 3)."""

    exit_status = 3


class TimeLimitError(RefusedError):
    """A query ran past its time limit and was stopped (exit status 3)."""


class StoreError(AtollError, ConnectionError):
    """The store or another service cannot be reached or does not answer (exit status 4)."""

    exit_status = 4


class ModelError(AtollError, ConnectionError):
    """The language model's endpoint cannot be reached, refuses, or answers what is no answer (exit status 4)."""

    exit_status = 4


class AnswerError(ModelError):
    """The endpoint works, but this one answer cannot be used, not even after it was told what is wrong with it."""


class LimitReachedError(RefusedError):
    """The next call to a language model could pass the limit of cost or tokens that the user set (exit status 3)."""


def nearest(value: str, choices: Iterable[str]) -> str:
    """Return ``" Did you mean 'X'?"`` for the choice closest to ``value``, or ``""`` where none is close."""
    found = difflib.get_close_matches(value, list(choices), n=1, cutoff=0.6)
    return f" Did you mean '{found[0]}'?" if found else ""
