"""The work that a PDF renders: title, authors, year, DOI and arXiv id from its first pages and its metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ingest.literature.document import FRONT_MATTER, PROSE, REFERENCE, RUNNING_HEAD, Bibliography
from ingest.literature.readers.citations import names_in
from ingest.literature.readers.hyphens import Vocabulary
from ingest.literature.readers.identifiers import arxiv_id, dois_in, years_in
from ingest.literature.readers.pdf_kinds import FOOTNOTE
from ingest.literature.readers.pdf_lines import Line
from ingest.literature.readers.pdf_paragraphs import Paragraph
from ingest.literature.readers.pdf_pieces import title_of

_AFFILIATION = re.compile(
    r"universi|institut|\binc\b|\bltd\b|gmbh|corp|laborator|\blabs?\b|department|school|college|technolog|research|"
    r"center|centre|group|company|academy|@|https?:|www\.|digital|conference|proceedings|\bcloud\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\d∗*†‡§¶⋆#‖]+(?:\s*,\s*[\d∗*†‡§¶⋆#‖]+)*")
_NO_TITLE = re.compile(r"^untitled|\.(?:docx?|tex|pdf|indd|dvi|pptx?)$|^microsoft word|^paper\b|^\S+$", re.IGNORECASE)


def work_of(
    found: Sequence[Paragraph], metadata: Mapping[str, str], vocabulary: Vocabulary, body: float
) -> Bibliography:
    """The work as its own pages name it.

    A DOI counts only where it stands before the references on the title page, and only one that stands alone there.
    """
    front = [one for one in found if one.kind == FRONT_MATTER]
    page = max((one.lines[0].page for one in front), default=1)
    title_lines = _title_lines([line for one in front for line in one.lines if line.page == page], body)
    title = title_of(Paragraph(FRONT_MATTER, "", title_lines), vocabulary) if title_lines else ""
    stated = metadata.get("Title", "").strip()
    if not title and not _NO_TITLE.search(stated):
        title = stated
    head = " ".join(
        line.text
        for one in found
        for line in one.lines
        if line.page <= page and (one.kind in (FRONT_MATTER, RUNNING_HEAD) or (line.turned and line.page == 1))
    )
    years = years_in(head) or years_in(re.sub(r"^D:(\d{4}).*", r"\1", metadata.get("CreationDate", "")))
    return Bibliography(
        title=title,
        authors=_authors(front, page, title_lines) or names_in(metadata.get("Author", "")),
        year=years[-1] if years else None,
        doi=_doi(found, head, page, metadata),
        arxiv_id=arxiv_id(head),
    )


def _title_lines(lines: Sequence[Line], body: float) -> list[Line]:
    """Lines in the largest type, the first stretch of them."""
    largest = max((line.size for line in lines), default=0.0)
    if largest < 1.1 * body:
        return []
    found: list[Line] = []
    for line in lines:
        if line.size > 0.97 * largest:
            if found and line.y - found[-1].y > 3 * line.size:
                break
            found.append(line)
        elif found:
            break
    return found


def _authors(front: Sequence[Paragraph], page: int, title: Sequence[Line]) -> tuple[str, ...]:
    lines = [line for one in front for line in one.lines if line.page == page]
    if not title or title[-1] not in lines:
        return ()
    found: list[str] = []
    for line in lines[lines.index(title[-1]) + 1 :]:
        names = [name for name in names_in(_MARKS.sub("", line.text)) if " " in name and not _AFFILIATION.search(name)]
        if len(names) == 1 and len(names[0].split()) > 3 and "." not in names[0]:
            names = []  # more likely a subtitle
        if not names and (found or _AFFILIATION.search(line.text)):
            break
        found += names
    return tuple(dict.fromkeys(found))


def _doi(found: Sequence[Paragraph], head: str, page: int, metadata: Mapping[str, str]) -> str | None:
    for text in (head, " ".join(metadata.get(key, "") for key in ("doi", "Subject", "Title", "Keywords"))):
        if dois := dois_in(text):
            return dois[0]
    rest = " ".join(
        line.text
        for one in found
        for line in one.lines
        if line.page <= page and one.kind != REFERENCE and (one.kind in (FOOTNOTE, PROSE) or not line.nested)
    )
    dois = dois_in(rest)
    return dois[0] if len(dois) == 1 else None
