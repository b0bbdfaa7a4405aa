"""Text of a PDF's paragraphs: lines joined, hyphens at their ends resolved, each part with its page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.literature.document import CODE, HEADING, PROSE, TABLE
from ingest.literature.readers.assembly import Piece
from ingest.literature.readers.hyphens import Vocabulary
from ingest.literature.readers.pdf_flow import ABSTRACT
from ingest.literature.readers.pdf_kinds import FOOTNOTE
from ingest.literature.readers.pdf_paragraphs import Paragraph

_RUN_IN = re.compile(r"^abstract\s*(?:[.:—–]|-(?=\s))", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.)\S*[/_=?&.]$|(?:https?://|www\.)\S*$")


def pieces(found: Sequence[Paragraph], vocabulary: Vocabulary) -> list[Piece]:
    """Paragraphs as text, hyphens at line ends resolved; an abstract's run-in heading ("Abstract—") stands alone."""
    made = []
    for one in found:
        kind = PROSE if one.kind == FOOTNOTE else one.kind
        parts = _parts(one, vocabulary)
        head = _RUN_IN.match(parts[0][0]) if kind == PROSE and one.section == ABSTRACT else None
        if head:
            text, page = parts[0]
            made.append(Piece(HEADING, "", [(head[0], page)]))
            parts[0] = (text[head.end() :], page)
        made.append(Piece(kind, one.section, parts))
    return made


def title_of(one: Paragraph, vocabulary: Vocabulary) -> str:
    """A heading as one line."""
    return "".join(text for text, _ in _parts(one, vocabulary)).strip()


def _parts(one: Paragraph, vocabulary: Vocabulary) -> list[tuple[str, int | None]]:
    parts: list[tuple[str, int | None]] = []
    breaks = one.kind in (TABLE, CODE)
    for index, line in enumerate(one.lines):
        text = line.text
        if index + 1 < len(one.lines):
            after = one.lines[index + 1].text
            if line.hyphen:
                text += "-" if vocabulary.keeps_hyphen(text, after) else ""
            elif breaks:
                text += "\n"
            elif not (_LINK.search(text) and _goes_on(text, after)):
                text += " "
        elif line.hyphen:
            text += "-"
        parts.append((text, line.page))
    return parts


def _goes_on(text: str, after: str) -> bool:
    """Whether an address that ends a line goes on in the next."""
    return text[-1] in "/_=?&" or bool(re.match(r"^[\w-]*[/_.=]\S", after) and not re.match(r"^\w+\.(?:\s|$)", after))
