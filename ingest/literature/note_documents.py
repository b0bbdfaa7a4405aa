"""Atoll's own notes as documents of kind ``summary``: one passage a statement, its place in the work as the section."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ingest.literature.bundled_notes import Note, notes
from ingest.literature.document import PROSE, TABLE, Bibliography, Block, ReadDocument

UNPLACED = "Note"
"""Section of what a note says without naming where the work says it."""


def bundled_documents() -> Iterator[ReadDocument]:
    """All bundled notes, by key."""
    return (document_of(note) for note in notes())


def document_of(note: Note) -> ReadDocument:
    """A note as a document: its statements as prose, its figures as what no assertion is read from."""
    texts: list[str] = []
    blocks: list[Block] = []
    confirmed: list[tuple[int, int]] = []
    at = 0
    parts = [(PROSE, one.text, one.where, one.confirmed) for one in note.statements]
    parts += [(TABLE, _figure(note, at), one.where, one.confirmed) for at, one in enumerate(note.figures)]
    for kind, text, where, is_confirmed in parts:
        end = at + len(text)
        blocks.append(Block(kind, at, end, where or UNPLACED))
        if is_confirmed:
            confirmed.append((at, end))
        texts.append(text)
        at = end + 2
    whole = "\n\n".join(texts)
    return ReadDocument(
        path=f"atoll:notes/{note.key}",
        kind="summary",
        sha256=hashlib.sha256(f"{note.key}\n{note.checked}\n{confirmed}\n{whole}".encode()).hexdigest(),
        text=whole,
        blocks=tuple(blocks),
        work=Bibliography(
            title=note.work.title,
            authors=note.work.authors,
            year=note.work.year,
            venue=note.work.venue,
            doi=note.work.doi,
            arxiv_id=note.work.arxiv_id,
            url=note.work.url,
            study_type=note.study_type,
        ),
        checked=note.checked,
        confirmed=tuple(confirmed),
    )


def _figure(note: Note, at: int) -> str:
    figure = note.figures[at]
    value = f"{figure.value:g}" if figure.value is not None else f"{figure.low:g} to {figure.high:g}"
    unit = "" if figure.unit == "1" else f" {figure.unit}"
    return f"{figure.what[0].upper()}{figure.what[1:]}: {value}{unit}."
