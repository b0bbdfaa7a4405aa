"""What a reader makes of a file: the stored text, its blocks and pages, and the work it renders."""

from __future__ import annotations

from dataclasses import dataclass

PROSE, HEADING, CAPTION, TABLE, CODE = "prose", "heading", "caption", "table", "code"
REFERENCE, ACKNOWLEDGEMENT, RUNNING_HEAD, FRONT_MATTER = "reference", "acknowledgement", "running_head", "front_matter"
BLOCK_KINDS = (PROSE, HEADING, CAPTION, TABLE, CODE, REFERENCE, ACKNOWLEDGEMENT, RUNNING_HEAD, FRONT_MATTER)
"""Kinds of block; only prose is read for assertions (an abstract is prose)."""


@dataclass(frozen=True, slots=True)
class Bibliography:
    """One work as a bibliography names it; what is not known is None or empty.

    Args:
        title: Title, in one line.
        authors: Given name before family name, in order.
        year: Year of publication.
        venue: Journal, conference or publisher.
        doi: Lower case, without a resolver.
        arxiv_id: Without version.
        url: Where its publisher has it.
        study_type: field_study, experiment, simulation, survey, standard, vendor, method or unknown.
        abstract: Where the file gives one; it is read like prose.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    url: str | None = None
    study_type: str = "unknown"
    abstract: str | None = None


@dataclass(frozen=True, slots=True)
class PageSpan:
    """Characters ``start`` to ``end`` of the text stand on page ``number`` (from 1).

    A page may have several spans: what interrupts a sentence (a caption, a table) is stored after its paragraph.
    """

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of the text: a paragraph, heading, caption, table or the like.

    Args:
        kind: One of ``BLOCK_KINDS``.
        start: First character, from 0.
        end: Character after the last.
        section: Heading that it stands under, empty before the first.
    """

    kind: str
    start: int
    end: int
    section: str = ""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document as read, before anything is extracted.

    ``text`` is in reading order, lines joined, hyphens at line ends and ligatures resolved, so that a paragraph that
    goes on in the next column or page is one stretch; offsets everywhere are into it. Blocks do not overlap, stand in
    order, and what lies between two of them is white space.

    Args:
        path: File that was read.
        kind: pdf, text, jats, html, bibliography, summary or graph.
        sha256: Hash of the file's bytes (of the entry, where a file holds several).
        text: The stored text.
        blocks: Its blocks.
        pages: Its pages; empty where the format has none.
        num_pages: Pages of the file; None where the format has none.
        work: The work that the document renders.
        references: Works that it cites.
        checked: Of summaries: who confirmed it against the work.
        confirmed: Of summaries: spans of the text that were confirmed, as pairs of first and after-last character.
        notes: What the reader must tell the user (pages without text, a fallback that was used).
        left_out: Those of the notes that tell of an entry that could not be used; they go to the quarantine too.
    """

    path: str
    kind: str
    sha256: str
    text: str
    blocks: tuple[Block, ...] = ()
    pages: tuple[PageSpan, ...] = ()
    num_pages: int | None = None
    work: Bibliography = Bibliography()
    references: tuple[Bibliography, ...] = ()
    checked: str | None = None
    confirmed: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """Page on which the character at ``offset`` stands; None where the format has no pages."""
        for span in self.pages:
            if span.start <= offset < span.end:
                return span.number
        earlier = [span.number for span in self.pages if span.start <= offset]
        return earlier[-1] if earlier else (self.pages[0].number if self.pages else None)
