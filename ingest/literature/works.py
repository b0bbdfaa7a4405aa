"""Which work a document renders: two that share a DOI, an arXiv id or a long title are one work."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.literature.document import Bibliography

SHORTEST_TITLE = 20
"""Characters of a title's letters and digits below which two equal titles may be two works (Preface, Erratum)."""
BETTER_SOURCES = ("jats", "bibliography", "summary", "html")
"""Kinds of document whose bibliography was written as such; that of a PDF or a text is guessed from its first page."""
FIELDS = ("title", "authors", "year", "venue", "doi", "arxiv_id", "url", "study_type")


def title_key(title: str) -> str | None:
    """Letters and digits of a title without accents, lower case; None where too few to know a work by."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    letters = re.sub(r"[^0-9a-z]+", "", plain)
    return letters if len(letters) >= SHORTEST_TITLE else None


def identifiers(work: Bibliography, sha256: str) -> tuple[str, ...]:
    """What a work is known by, the surest first; the content hash stands in where nothing else does."""
    known = []
    if work.doi:
        known.append(f"doi:{work.doi}")
    if work.arxiv_id:
        known.append(f"arxiv:{work.arxiv_id}")
    if title := title_key(work.title):
        known.append(f"title:{hashlib.sha256(title.encode()).hexdigest()[:16]}")
    return tuple(known or [f"sha256:{sha256[:16]}"])


@dataclass(slots=True)
class WorkIndex:
    """Works by what they are known by: those stored, and those that this ingest adds.

    Args:
        rows: Rows of ``Work`` by key.
        changed: Keys of rows that are new or say more than before.
    """

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    _by_identifier: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Iterable[Mapping[str, Any]]) -> WorkIndex:
        """The index of stored works."""
        index = cls()
        for record in stored:
            row = {name: value for name, value in record.items() if value is not None}
            index.rows[row["key"]] = row
            for identifier in row.get("identifiers", ()):
                index._by_identifier.setdefault(identifier, row["key"])
        return index

    def find(self, work: Bibliography) -> str | None:
        """Key of the work, or None where it is not known (a content hash is not looked at)."""
        names = [name for name in identifiers(work, "") if not name.startswith("sha256:")]
        return next((self._by_identifier[name] for name in names if name in self._by_identifier), None)

    def begun_by(self, text: str) -> str | None:
        """Key of the known work with whose title a text begins; for texts of which nobody can tell the title's end."""
        letters = title_key(text) or ""
        titles = ((title_key(row.get("title", "")), key) for key, row in sorted(self.rows.items()))
        return next((key for title, key in titles if title and letters.startswith(title)), None)

    def add(self, work: Bibliography, sha256: str, kind: str, start: str = "") -> str:
        """Key of the work that a document renders, made where it is not known.

        A document that names no work itself belongs to the known work with whose title its text (``start``) begins.
        What a better source says of the work replaces what was guessed; what it does not say stays.
        """
        names = identifiers(work, sha256)
        key = next((self._by_identifier[name] for name in names if name in self._by_identifier), None)
        if key is None and names[0].startswith("sha256:"):
            key = self.begun_by(start)
        if key is None:
            key = f"work:{names[0]}"
            self.rows[key] = {"key": key, "name": work.title or "Untitled", "title": work.title or "Untitled"}
            self.changed.add(key)
        row = self.rows[key]
        is_better = kind in BETTER_SOURCES
        for name in FIELDS:
            value = getattr(work, name)
            value = list(value) if isinstance(value, tuple) else value
            if not value or (name == "study_type" and value == "unknown"):
                continue
            if name not in row or (is_better and row[name] != value) or (name == "title" and row[name] == "Untitled"):
                row[name] = value
                self.changed.add(key)
        row["name"] = row["title"]
        merged = sorted({*row.get("identifiers", ()), *names})
        if merged != sorted(row.get("identifiers", ())):
            row["identifiers"] = merged
            self.changed.add(key)
        for name in merged:
            self._by_identifier.setdefault(name, key)
        return key
