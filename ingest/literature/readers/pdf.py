"""PDF: text in reading order with pypdfium2, page by page; pypdf where that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.document import REFERENCE, Bibliography, ReadDocument
from ingest.literature.readers.assembly import Piece, assemble
from ingest.literature.readers.citations import parse_citation
from ingest.literature.readers.hyphens import Vocabulary
from ingest.literature.readers.pdf_fallback import Fallback
from ingest.literature.readers.pdf_flow import paragraphs
from ingest.literature.readers.pdf_front import work_of
from ingest.literature.readers.pdf_kinds import body_size, kinds_of
from ingest.literature.readers.pdf_lines import Line, lines_of
from ingest.literature.readers.pdf_page import read_page
from ingest.literature.readers.pdf_pieces import pieces
from ingest.literature.readers.source import digest, read_bytes

Progress = Callable[[int, int], None]
"""Called with the pages done and the pages of the file."""
MAX_NAMED = 12  # pages that a note lists one by one


def read_pdf(path: Path, progress: Progress | None = None) -> list[ReadDocument]:
    """Read a PDF.

    Memory grows with its text, not with its drawings: a page is closed as soon as its lines are known.

    Args:
        path: The file.
        progress: Called after each page.

    Raises:
        InputError: It is encrypted, damaged beyond reading, or has no text.
    """
    content = read_bytes(path)
    lines: list[Line] = []
    vocabulary = Vocabulary()
    opened = _Opened(path, content)
    try:
        for done, page_lines in enumerate(opened.pages(), start=1):
            for line in page_lines:
                vocabulary.add(line.text, begun=bool(lines) and lines[-1].hyphen, broken=line.hyphen)
                lines.append(line)
            if progress:
                progress(done, opened.num_pages)
    finally:
        opened.close()
    if not any(char.isalnum() for line in lines for char in line.text):
        raise InputError(
            f"{path}: none of its {opened.num_pages} pages holds text, as in a scan; make it searchable first, for "
            "example with 'ocrmypdf in.pdf out.pdf'."
        )
    body = body_size(lines)
    found = paragraphs(lines, kinds_of(lines, body), body)
    made = pieces(found, vocabulary)
    text, blocks, spans = assemble(made)
    return [
        ReadDocument(
            str(path),
            "pdf",
            digest(content),
            text,
            blocks,
            spans,
            opened.num_pages,
            work=work_of(found, opened.metadata, vocabulary, body),
            references=references_of(made),
            notes=opened.notes(),
        )
    ]


def references_of(made: list[Piece]) -> tuple[Bibliography, ...]:
    """Works that the entries of the reference list name."""
    parsed = (parse_citation(piece.text) for piece in made if piece.kind == REFERENCE)
    return tuple(work for work in parsed if work is not None)


class _Opened:
    """A PDF's pages, each by pypdfium2 or, where that gives nothing, by pypdf."""

    def __init__(self, path: Path, content: bytes) -> None:
        import pypdfium2

        self._path = path
        self._other = Fallback(path, content)
        self._by_other: list[int] = []
        self._empty: list[int] = []
        self._document: Any = None
        try:
            self._document = pypdfium2.PdfDocument(content)
            self.num_pages = len(self._document)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower() or "security" in str(error).lower():
                raise InputError(
                    f"{path}: is encrypted; expected a PDF that opens without a password ('qpdf --decrypt')."
                ) from None
            self.num_pages = self._other.num_pages()
        if not self.num_pages:
            self.close()
            raise InputError(f"{path}: begins like a PDF but has no pages; expected a whole file.")
        self.metadata = self._metadata()

    def pages(self) -> Iterator[list[Line]]:
        """Lines of each page, in order."""
        for index in range(self.num_pages):
            lines = self._lines(index)
            if not lines:
                lines = self._other.lines(index)
                (self._by_other if lines else self._empty).append(index + 1)
            yield lines

    def _lines(self, index: int) -> list[Line]:
        import pypdfium2

        if self._document is None:
            return []
        try:
            return lines_of(read_page(self._document, index))
        except pypdfium2.PdfiumError:
            return []

    def _metadata(self) -> dict[str, str]:
        if self._document is None:
            return self._other.metadata()
        try:
            return dict(self._document.get_metadata_dict())
        except (ValueError, OSError, RuntimeError):
            return {}

    def notes(self) -> tuple[str, ...]:
        """What must be told: pages that only pypdf could read, pages without text."""
        found = []
        if self._document is None:
            found.append(f"{self._path}: is damaged for pypdfium2; read with pypdf, whose columns may run together.")
        elif self._by_other:
            found.append(f"{self._path}: {_pages(self._by_other)} read with pypdf, whose columns may run together.")
        if self._empty:
            found.append(f"{self._path}: {_pages(self._empty)} without text (blank, or a scan).")
        return tuple(found)

    def close(self) -> None:
        """Let go of the file."""
        if self._document is not None:
            self._document.close()
        self._other.close()


def _pages(numbers: list[int]) -> str:
    named = ", ".join(map(str, numbers[:MAX_NAMED]))
    more = f" and {len(numbers) - MAX_NAMED} more" if len(numbers) > MAX_NAMED else ""
    return f"page {named}{more}" if len(numbers) == 1 else f"pages {named}{more}"
