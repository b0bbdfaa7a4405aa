"""Readers by suffix and content, imported when they are first needed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from graph.errors import InputError
from ingest.literature.document import ReadDocument

Progress = Callable[[int, int], None]
"""Called with the pages done and the pages of the file."""
READERS = {
    "pdf": "ingest.literature.readers.pdf:read_pdf",
    "text": "ingest.literature.readers.text:read_plain",
}
"""Where the reader of each format is, as ``module:function``."""
SUFFIXES = {
    ".pdf": "pdf",
    ".txt": "text",
}


def can_read(path: Path) -> bool:
    """Whether a file's name is one of a format that is read; its content is not looked at."""
    return path.suffix.lower() in SUFFIXES


def read(path: Path, progress: Progress | None = None) -> list[ReadDocument]:
    """Read a file; a bibliography gives a document an entry.

    Args:
        path: The file.
        progress: Called as pages are done, of formats with pages.

    Raises:
        InputError: It cannot be read, or is of no format that is read.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: is of no kind that is read; expected {', '.join(SUFFIXES)}.")
    module, function = READERS[SUFFIXES[path.suffix.lower()]].split(":")
    reader = getattr(importlib.import_module(module), function)
    return list(reader(path, progress) if function == "read_pdf" else reader(path))
