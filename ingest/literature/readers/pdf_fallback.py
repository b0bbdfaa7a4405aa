"""Pages of a PDF by pypdf, for what pypdfium2 cannot read: lines without their places."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.readers.characters import HYPHEN_MARKS, clean
from ingest.literature.readers.pdf_lines import Line

MAX_RECOVERED = 50  # objects looked for in a damaged file: each costs a pass over the whole of it
_PITCH, _SIZE, _HEIGHT, _WIDTH = 12.0, 10.0, 792.0, 500.0  # points, made up: only the order of the lines is known


class Fallback:
    """A PDF opened with pypdf when it is first asked for a page.

    Args:
        path: Named in messages.
        content: The file's bytes.
    """

    def __init__(self, path: Path, content: bytes) -> None:
        self._path, self._content = path, content
        self._reader: Any = None
        self._is_dead = False

    def num_pages(self) -> int:
        """Number of its pages.

        Raises:
            InputError: It is encrypted or no PDF that can be read.
        """
        reader = self._open()
        if reader is None:
            raise InputError(f"{self._path}: is damaged beyond reading; expected a whole PDF.")
        if reader.is_encrypted:
            raise InputError(
                f"{self._path}: is encrypted; expected a PDF that opens without a password ('qpdf --decrypt')."
            )
        try:
            return len(reader.pages)
        except Exception:  # pypdf raises whatever its parser stumbles over in a damaged file
            raise InputError(f"{self._path}: is damaged beyond reading; expected a whole PDF.") from None

    def lines(self, index: int) -> list[Line]:
        """Lines of a page; none where it has no text or cannot be read."""
        reader = self._open()
        if reader is None:
            return []
        try:
            text = reader.pages[index].extract_text() or ""
        except Exception:
            return []
        rows = [row for row in text.split("\n") if row.strip()]
        longest = max(map(len, rows), default=1)
        return [line for at, row in enumerate(rows) if (line := _line(row, index, at, longest)).text]

    def metadata(self) -> dict[str, str]:
        """What the file says of itself."""
        reader = self._open()
        try:
            found = dict(reader.metadata or {}) if reader is not None else {}
        except Exception:
            return {}
        return {str(key).lstrip("/"): str(value) for key, value in found.items()}

    def close(self) -> None:
        """Let go of the file."""
        self._reader = None
        self._is_dead = True

    def _open(self) -> Any:
        if self._reader is None and not self._is_dead:
            import pypdf

            logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it thinks of a damaged file is told by us
            try:
                stream = io.BytesIO(self._content)
                self._reader = pypdf.PdfReader(stream, strict=False, root_object_recovery_limit=MAX_RECOVERED)
            except Exception:
                self._is_dead = True
        return self._reader


def _line(row: str, index: int, at: int, longest: int) -> Line:
    """A line whose place is made up from its order and its length."""
    raw = row.rstrip()
    hyphen = len(raw) > 1 and raw[-1] in ("-", *HYPHEN_MARKS) and raw[-2].isalnum()
    text = clean(raw[:-1] if hyphen else raw).strip()
    right = _WIDTH * min(1.0, len(raw) / longest)
    y = min(_HEIGHT * 0.85, _HEIGHT * 0.15 + at * _PITCH * 0.9)
    return Line(
        text, index + 1, 0, 0.0, right, y, 0.0, _WIDTH, _SIZE, 0.0, 0.0, 0.0, False, False, 1, hyphen, False, _HEIGHT
    )
