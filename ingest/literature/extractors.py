"""What turns the sentences of a document into assertions: by rules, or by a language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ingest.literature.document import ReadDocument
from ingest.literature.extraction.assertion import ExtractedAssertion
from ingest.literature.quarantine import Refused

Progress = Callable[[str, int, int | None], None]
SENTENCES_AT_ONCE = 500


@dataclass(slots=True)
class Extraction:
    """What was found in one document.

    Args:
        found: Pairs of an assertion, with offsets into a stretch of the text, and where that stretch begins.
        refused: Statements that did not pass the verifier.
        stopped: Why the rest of the document was not read; None where it was.
        unanswered: Stretches that gave no usable answer and are to be asked again.
        tokens: Tokens of a language model that it took.
        cost: What they cost; None where no price is set.
    """

    found: list[tuple[ExtractedAssertion, int]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    stopped: str | None = None
    unanswered: int = 0
    tokens: int = 0
    cost: float | None = None


class Extractor(Protocol):
    """Finds the assertions of a document."""

    method: str

    def extract(self, document: ReadDocument, tell: Progress) -> Extraction:
        """Assertions of a document's prose."""
        ...


class ByRules:
    """The default: sentences, dependency patterns and the lexicon, without a language model."""

    def __init__(self) -> None:
        from ingest.literature.extraction.rules import METHOD, RuleExtractor

        self.method = METHOD
        self._rules = RuleExtractor()

    def extract(self, document: ReadDocument, tell: Progress) -> Extraction:
        """Assertions of a document's prose, sentence by sentence."""
        from ingest.literature.sentences import sentences

        extraction = Extraction()
        whole = sentences(document)
        for at in range(0, len(whole), SENTENCES_AT_ONCE):
            some = whole[at : at + SENTENCES_AT_ONCE]
            texts = [document.text[one.start : one.end] for one in some]
            for one, found in zip(some, self._rules.extract(texts), strict=True):
                extraction.found += [(assertion, one.start) for assertion in found]
            tell("extract", at + len(some), len(whole))
        return extraction


class PhraseResolver:
    """Finds the concepts that phrases name; its weights are loaded with the first phrase that no name covers."""

    def __init__(self) -> None:
        from ingest.literature.resolution import Resolver

        self._resolver = Resolver()

    def __call__(self, phrases: Sequence[str]) -> list[tuple[str | None, bool]]:
        """Of each phrase the key of its concept, None where none is sure, and whether it means just that.

        What is near by meaning alone is taken as a case of the concept: an antonym is near too.
        """
        return [(found.key, found.is_same and found.method != "meaning") for found in self._resolver.resolve(phrases)]
