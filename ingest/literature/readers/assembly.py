"""Stored text from pieces: one stretch a block, with the blocks and the pages of its characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.literature.document import Block, PageSpan

GAP = "\n\n"


@dataclass(slots=True)
class Piece:
    """A block before it has its place.

    Args:
        kind: One of ``BLOCK_KINDS``.
        section: Heading that it stands under.
        parts: Its text, each part with the page that it stands on (None where there are no pages).
    """

    kind: str
    section: str
    parts: list[tuple[str, int | None]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text in one."""
        return "".join(part for part, _ in self.parts)


def assemble(pieces: Iterable[Piece]) -> tuple[str, tuple[Block, ...], tuple[PageSpan, ...]]:
    """Lay pieces one after the other.

    Returns:
        The text, its blocks, and its page spans, which cover every character that is no white space; pieces without
        text are left out.
    """
    texts: list[str] = []
    blocks: list[Block] = []
    spans: list[PageSpan] = []
    at = 0
    for piece in pieces:
        parts = _trimmed(piece.parts)
        if not parts:
            continue
        if texts:
            texts.append(GAP)
            at += len(GAP)
        start = at
        for text, page in parts:
            texts.append(text)
            if page is not None:
                _extend(spans, page, at, at + len(text))
            at += len(text)
        blocks.append(Block(piece.kind, start, at, piece.section))
    return "".join(texts), tuple(blocks), tuple(spans)


def _trimmed(parts: Sequence[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """Parts without white space at either end."""
    kept = list(parts)
    while kept and not kept[0][0].strip():
        kept.pop(0)
    while kept and not kept[-1][0].strip():
        kept.pop()
    if kept:
        kept[0] = (kept[0][0].lstrip(), kept[0][1])
        kept[-1] = (kept[-1][0].rstrip(), kept[-1][1])
    return kept


def _extend(spans: list[PageSpan], page: int, start: int, end: int) -> None:
    """Add characters to a page: to the last span where that is of the same page."""
    if spans and spans[-1].number == page:
        start = spans.pop().start
    spans.append(PageSpan(page, start, end))
