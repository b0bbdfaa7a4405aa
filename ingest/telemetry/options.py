"""What a user says of files that do not say it themselves: when, which drive, which host, and what columns mean."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """Options of a source; which of them a format takes stands in ``Format.takes``.

    Args:
        mapping: File that says what the columns of a table mean.
        identity: File that says which drives the files speak of.
        drive: ``MODEL:SERIAL`` of the one drive that the files speak of.
        collected_at: When the files were collected, in UTC, where they do not say it.
        host: Name of the machine that the files come from, where they do not say it.
    """

    mapping: Path | None = None
    identity: Path | None = None
    drive: str | None = None
    collected_at: datetime | None = None
    host: str | None = None

    def given(self) -> tuple[str, ...]:
        """Names of the options that are set."""
        return tuple(item.name for item in fields(self) if getattr(self, item.name) is not None)
