"""BibTeX: every entry a document; accents, braces and HTML in fields cleaned; what is broken told by line and key."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

from graph.errors import InputError
from ingest.literature.document import Bibliography, ReadDocument
from ingest.literature.readers.entries import document_of_entry, given_first, mended, plain, year_of
from ingest.literature.readers.identifiers import arxiv_id, normal_doi
from ingest.literature.readers.source import digest, read_text

_MACRO = re.compile(r"\\(?:url|href|path|doi)\s*\{([^{}]*)\}")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def read_bibtex(path: Path) -> list[ReadDocument]:
    """Read a BibTeX file.

    Entries that cannot be read are told in the notes of the first document; the others are kept.

    Raises:
        InputError: It cannot be read, or none of its entries can.
    """
    from bibtexparser.entrypoint import parse_string

    source = read_text(path)
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it finds wrong is told in the notes
    try:
        library = parse_string(source.text)
    except Exception as error:  # its splitter fails in many ways on text that is no BibTeX
        raise InputError(f"{path}: is no BibTeX that can be read ({type(error).__name__}).") from None
    notes = list(source.notes)
    entries: list[Any] = list(library.entries)
    wrapped: set[int] = set()
    for block in library.failed_blocks:
        entry = getattr(block, "ignore_error_block", None)
        usable = entry is not None and hasattr(entry, "fields")
        notes.append(_told(path, block, usable=usable))
        if usable:
            entries.append(entry)
            wrapped.add(id(entry))
    entries.sort(key=lambda entry: entry.start_line or 0)
    works = [(_digest(entry), _work(entry, wrapped=id(entry) in wrapped)) for entry in entries]
    usable_works = [(sha256, work) for sha256, work in works if work.title or work.doi or work.abstract]
    if not usable_works:
        reason = f" {notes[-1].rpartition(': ')[2]}" if notes else ""
        raise InputError(
            f"{path}: holds no BibTeX entry with a title or a DOI; expected @article{{…}} or the like.{reason}"
        )
    num_empty = len(works) - len(usable_works)
    if num_empty:
        notes.append(f"{path}: {num_empty} entries have neither title nor DOI and were left out.")
    return [
        document_of_entry(path, sha256, work, tuple(notes) if index == 0 else ())
        for index, (sha256, work) in enumerate(usable_works)
    ]


def _digest(entry: Any) -> str:
    return digest(entry.raw or repr([(field.key, field.value) for field in entry.fields]))


def _told(path: Path, block: Any, *, usable: bool) -> str:
    """What is wrong with a block, with its line and its key."""
    entry = getattr(block, "ignore_error_block", None)
    key = getattr(entry, "key", None) or next(iter(re.findall(r"@\w+\s*[{(]\s*([^,\s{}]+)", block.raw or "")), "?")
    error = getattr(block, "error", None)
    said = str(getattr(error, "abort_reason", "") or error or "cannot be read")
    reason = re.split(r"\. |\n", said, maxsplit=1)[0].rstrip(".:")
    line = (block.start_line or 0) + 1
    end = "the first is kept" if usable else "the entry is left out"
    return f"{path}:{line}: entry '{key}': {reason}; {end}."


def _work(entry: Any, *, wrapped: bool) -> Bibliography:
    """The work of an entry; ``wrapped`` where its fields still have their braces or quotes around them."""
    fields: dict[str, str] = {}
    for field in entry.fields:
        value = str(field.value)
        fields.setdefault(field.key.lower(), _unwrapped(value) if wrapped else value)
    get = {name: _text(value) for name, value in fields.items() if name not in ("url", "doi", "author", "editor")}
    venue = next((get[name] for name in ("journal", "journaltitle", "booktitle", "publisher", "institution", "school",
                                         "organization", "howpublished") if get.get(name)), None)  # fmt: skip
    links = " ".join(_link(fields.get(name, "")) for name in ("doi", "url", "note", "howpublished", "ee"))
    eprint = fields.get("eprint", "")
    kind = (fields.get("archiveprefix", "") + fields.get("eprinttype", "")).lower()
    return Bibliography(
        title=get.get("title", ""),
        authors=_authors(fields.get("author") or fields.get("editor") or ""),
        year=year_of(fields.get("year", "")) or year_of(fields.get("date", "")),
        venue=venue,
        doi=normal_doi(links),
        arxiv_id=arxiv_id(f"arxiv:{eprint}")
        if "arxiv" in kind
        else arxiv_id(links) or arxiv_id(get.get("journal", "")),
        url=_link(fields.get("url", "")) or None,
        abstract=mended(get["abstract"]) if get.get("abstract") else None,
    )


def _unwrapped(value: str) -> str:
    """A field without the braces or quotes around it, which stay on the fields of an entry that was found wrong."""
    bare = value.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        return bare[1:-1]
    if not (bare.startswith("{") and bare.endswith("}")):
        return value
    depth = 0
    for index, char in enumerate(bare):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return bare[1:-1] if index == len(bare) - 1 else value
    return value


def _authors(text: str) -> tuple[str, ...]:
    names = (given_first(_text(name)) for name in _AND.split(_outside_braces(text)))
    return tuple(name.replace("⁂", "and") for name in names if name and name.lower() != "others")


def _outside_braces(text: str) -> str:
    """A list of names in which the "and" of a company's name in braces is masked."""
    depth, out = 0, []
    for part in re.split(r"([{}]|\band\b)", text):
        depth += (part == "{") - (part == "}")
        out.append("⁂" if part.lower() == "and" and depth > 0 else part)
    return "".join(out)


def _link(text: str) -> str:
    bare = _MACRO.sub(r"\1", text).replace("\\_", "_").replace("\\%", "%").replace("\\&", "&").replace("\\~", "~")
    return "".join(bare.strip("{} \n").split()) if "://" in bare else plain(bare.strip("{}"))


def _text(value: str) -> str:
    """A field without LaTeX: accents and signs as characters, commands and braces gone."""
    from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

    bare = plain(_MACRO.sub(r"\1", value))  # first what HTML there is, whose signs LaTeX reads otherwise
    try:
        decoded = LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=False).latex_to_text(
            re.sub(r"(?<!\\)([%&])", r"\\\1", bare)
        )
    except Exception:  # pylatexenc fails in many ways on LaTeX that is broken; its bare text is still of use
        decoded = re.sub(r"\\[A-Za-z]+\s*|[{}]", "", bare)
    return plain(decoded.replace("{", "").replace("}", ""))
