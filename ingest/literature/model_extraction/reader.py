"""The language model as an extractor of documents: prose in passages of a few sentences, each read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.literature.document import ReadDocument
from ingest.literature.model_extraction.extractor import ModelExtractor, ModelPassage, ModelRun

if TYPE_CHECKING:
    from ingest.literature.sentences import Sentence

PASSAGE_SENTENCES = 6
PASSAGE_CHARACTERS = 1_500
"""A passage ends at the sentence that passes either; a longer one costs recall, a shorter one tokens."""


@dataclass(slots=True)
class DocumentRead:
    """What the language model found in one document.

    Args:
        run: Its run; spans of assertions are into the document's text.
        passages: What was asked, in order.
    """

    run: ModelRun
    passages: list[ModelPassage] = field(default_factory=list)


def passages_of(document: ReadDocument) -> list[ModelPassage]:
    """Prose of a document in passages: whole sentences, never across two blocks.

    Args:
        document: As a reader made it. References, captions, headings and tables are not prose.
    """
    from ingest.literature.sentences import sentences

    groups: list[list[Sentence]] = []
    for sentence in sentences(document):
        last = groups[-1] if groups else []
        if (
            last
            and last[-1].block_index == sentence.block_index
            and len(last) < PASSAGE_SENTENCES
            and sentence.end - last[0].start <= PASSAGE_CHARACTERS
        ):
            last.append(sentence)
        else:
            groups.append([sentence])
    return [
        ModelPassage(f"{group[0].start}-{group[-1].end}", document.text[group[0].start : group[-1].end], group[0].start)
        for group in groups
    ]


def read_document(
    extractor: ModelExtractor, document: ReadDocument, progress: Callable[[int, int], None] | None = None
) -> DocumentRead:
    """Read a document's prose with a language model.

    Args:
        extractor: With its model, folder and limits.
        document: As a reader made it.
        progress: Called with the number of passages asked so far and of all to ask.
    """
    passages = passages_of(document)
    return DocumentRead(extractor.extract(passages, progress), passages)
