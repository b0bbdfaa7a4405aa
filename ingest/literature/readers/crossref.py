"""Crossref's metadata in JSON: one work, a list of works, or an answer of its interface."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.document import Bibliography, ReadDocument
from ingest.literature.readers.entries import document_of_entry, mended, plain
from ingest.literature.readers.identifiers import arxiv_id, normal_doi
from ingest.literature.readers.source import digest, read_text


def read_crossref(path: Path) -> list[ReadDocument]:
    """Read a file of Crossref works.

    Raises:
        InputError: It is no JSON, or holds no work.
    """
    source = read_text(path)
    try:
        content = json.loads(source.text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}:{error.lineno}:{error.colno}: is not JSON ({error.msg}); expected works as Crossref gives them."
        ) from None
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply; expected works as Crossref gives them.") from None
    works = _works(content)
    notes = list(source.notes)
    found = []
    for number, work in enumerate(works, start=1):
        bibliography = _bibliography(work)
        if bibliography is None:
            notes.append(f"{path}: work {number} has neither a title nor a DOI; it is left out.")
        else:
            found.append((digest(json.dumps(work, sort_keys=True)), bibliography))
    if not found:
        raise InputError(
            f"{path}: holds no work of Crossref; expected an object with 'DOI' and 'title', or a list of such."
        )
    return [
        document_of_entry(path, sha256, work, tuple(notes) if index == 0 else ())
        for index, (sha256, work) in enumerate(found)
    ]


def _works(content: Any) -> list[Any]:
    if isinstance(content, dict) and isinstance(content.get("message"), dict):
        content = content["message"]
    if isinstance(content, dict) and isinstance(content.get("items"), list):
        content = content["items"]
    return content if isinstance(content, list) else [content]


def _text(value: Any) -> str:
    """A string, or the first of a list of them."""
    first = value[0] if isinstance(value, list) and value else value
    return plain(first) if isinstance(first, str) else ""


def _bibliography(work: Any) -> Bibliography | None:
    if not isinstance(work, dict):
        return None
    title, doi = _text(work.get("title")), normal_doi(_text(work.get("DOI")))
    if not doi and not (title and {"type", "author", "container-title", "issued"} & set(work)):
        return None
    subtitle = _text(work.get("subtitle"))
    abstract = _text(work.get("abstract"))
    url = _text(work.get("URL"))
    listed = work.get("author")
    return Bibliography(
        title=f"{title}: {subtitle}" if title and subtitle and subtitle not in title else title,
        authors=tuple(filter(None, map(_author, listed if isinstance(listed, list) else []))),
        year=next(
            filter(None, (_year(work.get(name)) for name in ("published", "issued", "published-print", "created"))),
            None,
        ),
        venue=_text(work.get("container-title")) or _text(work.get("publisher")) or None,
        doi=doi,
        arxiv_id=arxiv_id(url)
        or (arxiv_id("arxiv:" + doi.rpartition("arxiv.")[2]) if doi and "/arxiv." in doi else None),
        url=url or None,
        abstract=mended(abstract.removeprefix("Abstract").strip()) if abstract else None,
    )


def _author(author: Any) -> str:
    if not isinstance(author, dict):
        return ""
    given, family = _text(author.get("given")), _text(author.get("family"))
    return " ".join(filter(None, (given, family))) or _text(author.get("name"))


def _year(value: Any) -> int | None:
    parts = value.get("date-parts") if isinstance(value, dict) else None
    first = parts[0] if isinstance(parts, list) and parts else None
    year = first[0] if isinstance(first, list) and first else None
    return year if isinstance(year, int) and 1000 < year < 3000 else None
