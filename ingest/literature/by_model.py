"""The language model as an extractor of documents: passages of a few sentences, one limit for the whole ingest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from graph.rag import LanguageModel, Limits
from ingest.literature.document import ReadDocument
from ingest.literature.extractors import Extraction, Progress
from ingest.literature.model_extraction import ModelExtractor, ModelPassage
from ingest.literature.model_extraction.extractor import MAX_PASSAGE
from ingest.literature.quarantine import Refused
from ingest.literature.sentences import sentences

PASSAGE_CHARACTERS = 1_500


class ByModel:
    """Asks a language model; every candidate passes the verifier or is refused with its reason."""

    def __init__(self, model: LanguageModel, answers: Path, limits: Limits | None = None) -> None:
        """An extractor by a language model.

        Args:
            model: The model.
            answers: Folder in which its answers are kept, so that a killed ingest pays nothing twice.
            limits: Most that the whole ingest may use.

        Raises:
            InputError: The folder cannot be used, or a cost is limited without prices.
        """
        self._extractor = ModelExtractor(model, answers, limits)
        self.method = self._extractor.method

    def extract(self, document: ReadDocument, tell: Progress) -> Extraction:
        """Assertions of a document's prose, passage by passage."""
        passages = list(passages_of(document))
        run = self._extractor.extract(passages, lambda done, total: tell("ask the language model", done, total))
        extraction = Extraction(
            [(found, 0) for passage in passages for found in run.assertions.get(passage.key, ())],
            stopped=run.stopped,
            tokens=run.usage.tokens,
            cost=run.cost,
        )
        for rejected in run.rejected:
            quote = rejected.candidate.quote
            extraction.refused.append(Refused(document.path, rejected.where, quote, rejected.reason))
        short = {passage.key for passage in passages if len(passage.text) <= MAX_PASSAGE}
        extraction.unanswered = sum(failed.where in short for failed in run.failed)
        for failed in run.failed:
            extraction.refused.append(Refused(document.path, failed.where, "", failed.reason))
        return extraction


def passages_of(document: ReadDocument) -> Iterator[ModelPassage]:
    """Consecutive sentences of one block, up to ``PASSAGE_CHARACTERS`` together."""
    start = end = block = None
    for one in sentences(document):
        if start is not None and end is not None and (
            one.block_index != block or one.end - start > PASSAGE_CHARACTERS
        ):  # fmt: skip
            yield _passage(document, start, end)
            start = None
        if start is None:
            start, block = one.start, one.block_index
        end = one.end
    if start is not None and end is not None:
        yield _passage(document, start, end)


def _passage(document: ReadDocument, start: int, end: int) -> ModelPassage:
    page = document.page_at(start)
    place = f"characters {start} to {end}" + (f", page {page}" if page else "")
    return ModelPassage(place, document.text[start:end], start)
