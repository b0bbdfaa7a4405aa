"""Entries of bibliographies as documents: what they have of text is the abstract."""

from __future__ import annotations

import html
import re
from pathlib import Path

from ingest.literature.document import PROSE, Bibliography, ReadDocument
from ingest.literature.readers.assembly import Piece, assemble
from ingest.literature.readers.characters import clean
from ingest.literature.readers.hyphens import Vocabulary

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"\b([^\W\d_]{2,})- ([a-z]{2,})\b")


LEFT_OUT = "left out."
"""How a note ends that tells of an entry that could not be used."""


def document_of_entry(path: Path, sha256: str, work: Bibliography, notes: tuple[str, ...] = ()) -> ReadDocument:
    """A document of kind ``bibliography`` for one entry of a file."""
    text, blocks, _ = assemble([Piece(PROSE, "Abstract", [(work.abstract or "", None)])])
    left_out = tuple(note for note in notes if note.endswith(LEFT_OUT))
    return ReadDocument(str(path), "bibliography", sha256, text, blocks, work=work, notes=notes, left_out=left_out)


def plain(text: str) -> str:
    """A field's text in one line, without the tags and entities of HTML."""
    return clean(html.unescape(_TAG.sub(" ", text))).strip().replace(" ,", ",").replace(" .", ".")


def mended(text: str) -> str:
    """An abstract with words that were broken at line ends ("am- plification") joined, if it writes them whole too."""
    vocabulary = Vocabulary()
    vocabulary.add(text)

    def join(found: re.Match[str]) -> str:
        return found[1] + found[2] if vocabulary.count(found[1] + found[2]) else found[0]

    return _BREAK.sub(join, text)


def given_first(name: str) -> str:
    """A name with the given name before the family name: "Meza, Justin" and "Hopper, Jr., Jan" turned round."""
    parts = [part.strip() for part in name.split(",") if part.strip()]
    if len(parts) == 2:
        return f"{parts[1]} {parts[0]}"
    if len(parts) == 3:
        return f"{parts[2]} {parts[0]} {parts[1]}"
    return " ".join(parts)


def year_of(text: str) -> int | None:
    """The first year that a field names."""
    found = re.search(r"\b(1[89]\d\d|20\d\d)\b", text)
    return int(found[1]) if found else None
