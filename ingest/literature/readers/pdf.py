"""PDF: text in reading order with pypdfium2, page by page; pypdf where that fails."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.document import ReadDocument
from ingest.literature.readers.assembly import assemble
from ingest.literature.readers.hyphens import Vocabulary
from ingest.literature.readers.pdf_flow import paragraphs, pieces
from ingest.literature.readers.pdf_kinds import body_size, kinds_of
from ingest.literature.readers.pdf_lines import Line, lines_of
from ingest.literature.readers.pdf_page import read_page

Progress = Callable[[int, int], None]
"""Called with the pages done and the pages of the file."""


def read_pdf(path: Path, progress: Progress | None = None) -> list[ReadDocument]:
    """Read a PDF.

    Memory grows with its text, not with its drawings: a page is closed as soon as its lines are known.

    Raises:
        InputError: It is encrypted, damaged beyond reading, or has no text.
    """
    import pypdfium2

    content = path.read_bytes()
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(f"{path}: is encrypted; expected a PDF that opens without a password.") from None
        raise InputError(f"{path}: is no PDF that can be read ({error}).") from None
    try:
        lines, notes = _lines(document, progress)
        num_pages = len(document)
    finally:
        document.close()
    if not lines:
        raise InputError(f"{path}: none of its {num_pages} pages holds text; run OCR over it (ocrmypdf) first.")
    vocabulary = Vocabulary()
    for index, line in enumerate(lines):
        vocabulary.add(line.text, begun=index > 0 and lines[index - 1].hyphen, broken=line.hyphen)
    body = body_size(lines)
    found = paragraphs(lines, kinds_of(lines, body), body)
    text, blocks, pages = assemble(pieces(found, vocabulary))
    digest = hashlib.sha256(content).hexdigest()
    return [ReadDocument(str(path), "pdf", digest, text, blocks, pages, num_pages, notes=tuple(notes))]


def _lines(document: Any, progress: Progress | None) -> tuple[list[Line], list[str]]:
    lines: list[Line] = []
    for index in range(len(document)):
        lines += lines_of(read_page(document, index))
        if progress:
            progress(index + 1, len(document))
    return lines, []
