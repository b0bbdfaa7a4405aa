"""Which format files have, where the user does not say it: by their first bytes, or by the columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.errors import InputError
from ingest.telemetry.files import columns_of, expand
from ingest.telemetry.registry import FORMATS, MAPPED, format_named, required_columns

HEAD_BYTES = 1 << 16


def format_of(paths: Sequence[Path]) -> str:
    """Name of the one format that all files have.

    Args:
        paths: Files, or folders of them; files that look like no format are left to the reader of the others.

    Raises:
        InputError: A path cannot be read, no file looks like a format, or the files are of several.
    """
    formats = {name: format_named(name) for name in FORMATS if name != MAPPED}
    suffixes = tuple(sorted({suffix for made in formats.values() for suffix in made.reader.suffixes}))
    found: dict[str, Path] = {}
    files = expand([Path(path) for path in paths], suffixes)
    for file in files:
        name = _recognised(file)
        if name is not None:
            found.setdefault(name, file)
    if len(found) == 1:
        return next(iter(found))
    if found:
        several = ", ".join(f"{path.name} is {name}" for name, path in sorted(found.items()))
        raise InputError(f"{files[0].parent}: the files are of several formats ({several}): choose one with --format.")
    raise InputError(
        f"{files[0]}: looks like none of the formats {', '.join(sorted(formats))}. Name one with --format, or draft a "
        "mapping of your own table with --suggest-mapping."
    )


def _recognised(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from error
    for name in FORMATS:
        if name != MAPPED and (recognises := format_named(name).recognises) is not None and recognises(head):
            return name
    columns = set(columns_of(file))
    return next((name for name, needed in required_columns().items() if set(needed) <= columns), None)
