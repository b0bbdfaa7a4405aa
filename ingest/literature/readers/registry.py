"""Readers by suffix and content, imported when they are first needed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from graph.errors import InputError
from ingest.literature.document import ReadDocument
from ingest.literature.readers.sniffing import format_of, unreadable

Progress = Callable[[int, int], None]
"""Called with the pages done and the pages of the file."""
READERS = {
    "pdf": "ingest.literature.readers.pdf:read_pdf",
    "text": "ingest.literature.readers.text:read_plain",
    "markdown": "ingest.literature.readers.markdown:read_markdown",
    "bibtex": "ingest.literature.readers.bibtex:read_bibtex",
    "jats": "ingest.literature.readers.jats:read_jats",
    "html": "ingest.literature.readers.html:read_html",
    "ris": "ingest.literature.readers.ris:read_ris",
    "crossref": "ingest.literature.readers.crossref:read_crossref",
}
"""Where the reader of each format is, as ``module:function``."""
SUFFIXES = {
    ".pdf": "pdf",
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".bib": "bibtex",
    ".xml": "jats",
    ".nxml": "jats",
    ".html": "html",
    ".htm": "html",
    ".ris": "ris",
    ".json": "crossref",
}
"""Format that a file's suffix promises."""
NAMES = {
    "pdf": "PDF",
    "text": "plain text",
    "markdown": "Markdown",
    "bibtex": "BibTeX",
    "jats": "JATS XML",
    "html": "HTML",
    "ris": "RIS",
    "crossref": "Crossref JSON",
    "xml": "XML of another kind",
    "json": "JSON of another kind",
}
HEAD_BYTES = 1 << 16
_LOOSE = ("text", "markdown")  # any text is one of these
_SHARED = (".xml", ".json")  # suffixes that many other things have too


def can_read(path: Path) -> bool:
    """Whether a file is of a kind that is read, by its suffix.

    Of ``.xml`` and ``.json``, which mostly are something else, the beginning is looked at too.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        return False
    if suffix not in _SHARED:
        return True
    try:
        return format_of(_head(path)) in READERS
    except InputError:
        return False


def read(path: Path, progress: Progress | None = None) -> list[ReadDocument]:
    """Read a file; a bibliography gives a document an entry.

    The content decides where it contradicts the suffix beyond doubt; the document's notes then say so.

    Args:
        path: The file.
        progress: Called as pages are done, of a PDF.

    Raises:
        InputError: It cannot be read, is damaged, or is of no kind that is read.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    head = _head(path)
    if not head.strip(b"\0 \t\r\n\f"):
        raise InputError(f"{path}: is empty; expected a paper, a text or a bibliography.")
    if what := unreadable(head):
        raise InputError(f"{path}: is {what}.")
    promised, shown = SUFFIXES.get(suffix), format_of(head)
    chosen = _chosen(path, promised, shown)
    module, function = READERS[chosen].split(":")
    reader = getattr(importlib.import_module(module), function)
    documents: list[ReadDocument] = reader(path, progress) if chosen == "pdf" else reader(path)
    if chosen != promised and documents:
        note = f"{path}: is {NAMES[chosen]} although its name ends in '{suffix}'; read as {NAMES[chosen]}."
        documents[0] = replace(documents[0], notes=(note, *documents[0].notes))
    return documents


def _chosen(path: Path, promised: str | None, shown: str | None) -> str:
    """The format to read a file as.

    Raises:
        InputError: What the name promises and what the content shows cannot be brought together.
    """
    if shown in READERS and not (promised == "markdown" and shown in ("bibtex", "ris", "crossref")):
        return str(shown)
    if promised in _LOOSE:
        return str(promised)
    if promised is None:
        raise InputError(
            f"{path}: the name ends in '{path.suffix}' and the content is {NAMES.get(shown or 'text')}; expected one "
            f"of {', '.join(SUFFIXES)}."
        )
    if shown is None and promised in ("bibtex", "ris", "html", "jats", "crossref"):
        raise InputError(
            f"{path}: the name ends in '{path.suffix}' but the content is plain text, not {NAMES[promised]}; "
            "rename it to .txt if it is a text."
        )
    found = NAMES.get(shown or "text")
    raise InputError(f"{path}: the name ends in '{path.suffix}' but the content is {found}, not {NAMES[promised]}.")


def _head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder; expected a file.")
        with path.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read ({reason}).") from None
