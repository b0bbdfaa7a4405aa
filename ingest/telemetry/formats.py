"""What a format is: the columns it needs, the columns it knows, and the function that normalises its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graph.errors import InputError, nearest
from ingest.telemetry.files import TABLE_READER, Reader, SourceFile
from ingest.telemetry.normalised import Normalised, RawRows

SEPARATORS = (";", "\t", "|")  # that other programs write in place of commas


@dataclass(frozen=True, slots=True)
class Format:
    """A format of telemetry.

    Args:
        name: What ``--format`` takes.
        required: Columns without which the file is not of this format; empty where its files are no tables.
        transform: Normalises some rows for a fleet; pure.
        knows: Says whether a column that is not required has a meaning here; others are kept out and reported.
        one_row_a_day: A row is a drive-day, so a second, different row of the same drive-day is refused. Where it is
            False, readings are samples whose day was worked out, and of one day the last sample counts.
        derived_days: The days of its readings were worked out from power-on hours.
        place_kinds: What the source itself calls a host, rack or room, kept as property ``kind``.
        notes: What every report on this format says.
        reader: How its files are read; tables by default.
        recognises: Says from a file's first bytes whether it looks like this format; None where the columns tell.
        takes: Names of the ``SourceOptions`` that mean something here.
        settings: What of the options decides what a file means, as text; the same file with others is read again.
        full_snapshot: Its last day lists every drive in service, so what it does not list has left (``--retire``).
        mapping: Name, version and hash of the mapping file it was made from.
    """

    name: str
    required: tuple[str, ...]
    transform: Callable[[RawRows, str], Normalised]
    knows: Callable[[str], bool]
    one_row_a_day: bool = False
    derived_days: bool = False
    place_kinds: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reader: Reader = TABLE_READER
    recognises: Callable[[bytes], bool] | None = None
    takes: tuple[str, ...] = ()
    settings: str = ""
    full_snapshot: bool = False
    mapping: str | None = None

    def unknown(self, file: SourceFile) -> tuple[str, ...]:
        """Columns or fields of a file that mean nothing here."""
        if not self.required:
            return file.unread
        return tuple(name for name in file.columns if name not in self.required and not self.knows(name))


def check_columns(chosen: Format, others: Mapping[str, tuple[str, ...]], file: SourceFile) -> None:
    """Make sure that a file is of a format.

    Args:
        chosen: The format asked for.
        others: Required columns of every format, by name.
        file: The file.

    Raises:
        InputError: A required column is missing; names the format or the separator that the file seems to have.
    """
    missing = [name for name in chosen.required if name not in file.columns]
    if not missing:
        return
    fits = [name for name, needed in others.items() if name != chosen.name and set(needed) <= set(file.columns)]
    hint = f" The file looks like '{fits[0]}': use --format {fits[0]}." if fits else ""
    separator = next((mark for mark in SEPARATORS if len(file.columns) == 1 and mark in file.columns[0]), None)
    if separator:
        called = "a tab" if separator == "\t" else f"'{separator}'"
        hint = f" The columns are separated by {called}; commas are expected."
    elif not hint:
        close = nearest(missing[0], file.columns)
        hint = close.replace("Did you mean", "Nearest column there:").replace("?", ".") if close else ""
    have = ", ".join(file.columns[:12]) + (", …" if len(file.columns) > 12 else "")
    raise InputError(
        f"{file.path}:1: column '{missing[0]}' is missing for format '{chosen.name}', "
        f"which needs {', '.join(chosen.required)}; the file has {have}.{hint}"
    )
