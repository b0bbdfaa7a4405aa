"""The notes that Atoll brings along: short statements in our own words, each note on one published Work.

A note is no paper: what it says is shown as "Atoll's note on …", and it is evidence only where ``checked`` tells who
confirmed it on which page. ``python -m ingest.literature.bundled_notes`` writes their table, ``docs/notes.md``.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from graph.errors import InputError, nearest
from ingest.literature.confidence import STUDY_WEIGHTS
from ingest.literature.notes.fields import Fields

STUDY_TYPES = tuple(kind for kind in STUDY_WEIGHTS if kind != "unknown")
DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>A-Z]+[^\s\"<>A-Z.,;]")
ARXIV_ID = re.compile(r"\d{4}\.\d{4,5}|[a-z]+(-[a-z]+)?/\d{7}")
PLACE = re.compile(r"p\. \d+|pp\. \d+-\d+|section [\d.]+|figure \d+|table \d+")
CHECKED = re.compile(r"(page|person): .+, \d{4}-\d{2}-\d{2}")
HEAD = """# Bundled notes

Atoll brings short notes on published work along, so that a store has literature before the first paper is read. They
are in our own words, one note a Work, as YAML in [`ingest/literature/notes/`](../ingest/literature/notes/). This page
is made by `python -m ingest.literature.bundled_notes > docs/notes.md` and tested to be current.

**What `checked` says.** "on the page" means that every statement and figure marked `confirmed` was compared with the
page that stands beside it. "not checked" means that the note was written from what is known of the Work, without the
page at hand: such a note is shown as a note, counts less in a confidence and is never evidence by itself. A note never
stands for its paper; read the paper with `atoll ingest literature FILE`.
"""


@dataclass(frozen=True, slots=True)
class NotedWork:
    """The Work that a note summarises; what is not known for sure is None.

    Args:
        title: Title, in one line.
        authors: Given name before family name, in order; an institution where no person is named.
        year: Year of publication.
        venue: Conference, journal or series, with volume and issue where it has them.
        doi: Lower case, without a resolver.
        arxiv_id: Without version.
        url: Where its publisher has it.
        pages: First and last printed page, such as ``67-80``.
    """

    title: str
    authors: tuple[str, ...]
    year: int
    venue: str
    doi: str | None
    arxiv_id: str | None
    url: str | None
    pages: str | None


@dataclass(frozen=True, slots=True)
class NoteStatement:
    """One sentence of a note.

    Args:
        text: The sentence, which stands alone.
        where: Page of the PDF in order (``p. 5``) or section of the Work, None where not known.
        confirmed: It was compared with what stands there.
    """

    text: str
    where: str | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class NoteFigure:
    """One figure of a note: a value, or a range.

    Args:
        value: The figure, None for a range.
        low: Lower end of a range.
        high: Upper end of a range.
        unit: Unit of all three; ``1`` for a pure number such as a correlation.
        what: What is measured, on which drives, against what.
        where: As in ``NoteStatement``.
        confirmed: As in ``NoteStatement``.
    """

    value: float | None
    low: float | None
    high: float | None
    unit: str
    what: str
    where: str | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A bundled note.

    Args:
        key: Name of its file without ``.yaml``.
        work: What it summarises.
        study_type: One of ``STUDY_TYPES``.
        populations: What was studied: flash types, drives, fleets.
        checked: Who confirmed it against what and when; None where nobody did.
        statements: Its sentences.
        figures: Its figures.
    """

    key: str
    work: NotedWork
    study_type: str
    populations: tuple[str, ...]
    checked: str | None
    statements: tuple[NoteStatement, ...]
    figures: tuple[NoteFigure, ...]


@cache
def notes() -> tuple[Note, ...]:
    """Every bundled note, by key.

    Raises:
        InputError: A note is not what a note must be; the text names file and field.
    """
    folder = files("ingest.literature.notes")
    texts = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".yaml")}
    return tuple(note_of(name, texts[name]) for name in sorted(texts))


def note_of(file: str, text: str) -> Note:
    """The note that a YAML text holds.

    Args:
        file: Name of its file, for the key and for errors.
        text: Content of the file.

    Raises:
        InputError: It is no YAML, a field is missing, unknown or of another kind, or it claims to be confirmed without
            saying where or by whom.
    """
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{file}: is no YAML ({' '.join(str(error).split())}).") from None
    top = Fields(file, "", found, ("key", "work", "study_type", "populations", "checked", "statements", "figures"))
    note = Note(
        key=top.text("key"),
        work=_work(top),
        study_type=top.text("study_type"),
        populations=top.texts("populations"),
        checked=top.text_or_none("checked", CHECKED),
        statements=tuple(_statement(item) for item in top.items("statements", ("text", "where", "confirmed"))),
        figures=tuple(_figure(item) for item in top.items("figures", tuple(NoteFigure.__dataclass_fields__))),
    )
    if f"{note.key}.yaml" != file:
        raise top.error("key", f"is '{note.key}', expected the file's name without .yaml.")
    if note.study_type not in STUDY_TYPES:
        hint = nearest(note.study_type, STUDY_TYPES)
        raise top.error("study_type", f"is '{note.study_type}', expected one of {', '.join(STUDY_TYPES)}.{hint}")
    if not note.statements:
        raise top.error("statements", "is empty, expected at least one statement.")
    confirmed = [part.confirmed for part in note.statements] + [part.confirmed for part in note.figures]
    if note.checked is None and any(confirmed):
        raise top.error("checked", "is null, expected who confirmed what is marked as confirmed.")
    return note


def page() -> str:
    """The table of all notes as Markdown: ``docs/notes.md``."""
    lines = "\n".join(_line(note) for note in notes())
    count = sum(len(note.statements) for note in notes())
    figures = sum(len(note.figures) for note in notes())
    return (
        f"{HEAD}\n{len(notes())} notes with {count} statements and {figures} figures:\n\n"
        f"| work | authors | year | venue | study | checked | note |\n{'|---' * 7}|\n{lines}\n"
    )


def _work(top: Fields) -> NotedWork:
    of = Fields(top.file, "work.", top.found["work"], tuple(NotedWork.__dataclass_fields__))
    return NotedWork(
        title=of.text("title"),
        authors=of.texts("authors"),
        year=of.year("year"),
        venue=of.text("venue"),
        doi=of.text_or_none("doi", DOI),
        arxiv_id=of.text_or_none("arxiv_id", ARXIV_ID),
        url=of.text_or_none("url", re.compile(r"https://\S+")),
        pages=of.text_or_none("pages", re.compile(r"\d+-\d+")),
    )


def _statement(of: Fields) -> NoteStatement:
    return NoteStatement(text=of.text("text"), where=of.text_or_none("where", PLACE), confirmed=of.confirmed())


def _figure(of: Fields) -> NoteFigure:
    value, low, high = (None if of.found[name] is None else of.number(name) for name in ("value", "low", "high"))
    if (value is None) is (low is None) or (low is None) is not (high is None):
        raise of.error("value", "expected either a value, or low and high.")
    if low is not None and high is not None and low >= high:
        raise of.error("low", f"is {low:g} and high is {high:g}, expected low below high.")
    where = of.text_or_none("where", PLACE)
    return NoteFigure(value, low, high, of.text("unit"), of.text("what"), where, of.confirmed())


def _line(note: Note) -> str:
    work = note.work
    authors = work.authors[0] if len(work.authors) == 1 else f"{work.authors[0]} and {len(work.authors) - 1} more"
    title = work.title
    if work.doi:
        title = f"[{title}](https://doi.org/{work.doi})"
    elif work.arxiv_id:
        title = f"[{title}](https://arxiv.org/abs/{work.arxiv_id})"
    checked = "not checked" if note.checked is None else f"on the page, {note.checked[-10:]}"
    link = f"[`{note.key}`](../ingest/literature/notes/{note.key}.yaml)"
    cells = (title, authors, str(work.year), work.venue, note.study_type.replace("_", " "), checked, link)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(page())
