"""RIS, as reference managers export it: every record a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.document import Bibliography, ReadDocument
from ingest.literature.readers.entries import document_of_entry, given_first, mended, plain, year_of
from ingest.literature.readers.identifiers import arxiv_id, normal_doi
from ingest.literature.readers.source import digest, read_text

_END = re.compile(r"^ER\s{0,2}-.*$", re.MULTILINE)
_BEGIN = re.compile(r"^TY\s{0,2}-\s*\S", re.MULTILINE)


def read_ris(path: Path) -> list[ReadDocument]:
    """Read an RIS file.

    Records that cannot be read are told in the notes of the first document; the others are kept.

    Raises:
        InputError: It cannot be read, or none of its records can.
    """
    source = read_text(path)
    notes = list(source.notes)
    found: list[tuple[str, Bibliography]] = []
    for line, record in _records(source.text):
        work = _work(record)
        if work is None:
            notes.append(f"{path}:{line}: this record is no RIS with a title or a DOI; it is left out.")
        else:
            found.append((digest(record), work))
    if not found:
        raise InputError(f"{path}: holds no RIS record with a title or a DOI; expected 'TY  - JOUR' to 'ER  -'.")
    return [
        document_of_entry(path, sha256, work, tuple(notes) if index == 0 else ())
        for index, (sha256, work) in enumerate(found)
    ]


def _records(text: str) -> Iterator[tuple[int, str]]:
    """Records with the line that each begins on."""
    start = 0
    for end in [*(one.end() for one in _END.finditer(text)), len(text)]:
        record = text[start:end]
        if record.strip():
            begun = _BEGIN.search(record)
            at = start + (begun.start() if begun else len(record) - len(record.lstrip()))
            yield text.count("\n", 0, at) + 1, text[at:end].strip()
        start = end


def _work(record: str) -> Bibliography | None:
    import rispy

    text = record if _END.search(record) else record + "\nER  - "
    try:
        entries = rispy.loads(text, skip_unknown_tags=True)
    except Exception:  # rispy raises several kinds of error on a damaged record
        return None
    work = _bibliography(entries[0]) if entries else None
    return work if work is not None and (work.title or work.doi) else None


def _bibliography(entry: dict[str, Any]) -> Bibliography:
    def first(*names: str) -> str:
        return next((plain(str(entry[name])) for name in names if isinstance(entry.get(name), str) and entry[name]), "")

    authors = entry.get("authors") or entry.get("first_authors") or []
    urls = entry.get("urls") or []
    links = " ".join([first("doi", "url", "notes_abstract"), *map(str, urls)])
    abstract = first("abstract", "notes_abstract")
    return Bibliography(
        title=first("primary_title", "title", "translated_title"),
        authors=tuple(given_first(plain(str(name))) for name in authors),
        year=year_of(first("year", "publication_year", "date")),
        venue=first("journal_name", "secondary_title", "alternate_title1", "publisher") or None,
        doi=normal_doi(links),
        arxiv_id=arxiv_id(links),
        url=str(urls[0]) if urls else first("url") or None,
        abstract=mended(abstract) if abstract else None,
    )
