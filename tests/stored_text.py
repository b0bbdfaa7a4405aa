"""What holds of the text of every document with pages, whatever reader made it."""

from __future__ import annotations

from ingest.literature.document import BLOCK_KINDS, ReadDocument


def check(document: ReadDocument) -> None:
    """Hold a document to its contract: blocks in order and apart, each character on one page, none unprintable."""
    at = 0
    for block in document.blocks:
        assert block.kind in BLOCK_KINDS
        assert at <= block.start < block.end
        assert not document.text[at : block.start].strip()
        assert document.text[block.start : block.end] == document.text[block.start : block.end].strip()
        at = block.end
    assert at == len(document.text)
    covered: dict[int, int] = {}
    for span in document.pages:
        assert 1 <= span.number <= (document.num_pages or 0)
        for index in range(span.start, span.end):
            assert index not in covered
            covered[index] = span.number
    for index, char in enumerate(document.text):
        if not char.isspace():
            assert index in covered
        assert char == "\n" or char.isprintable()
        assert char not in "\ufb00\ufb01\ufb02\ufb03\ufb04\ufffe\u00ad"
