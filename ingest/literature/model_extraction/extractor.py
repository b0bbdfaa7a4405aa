"""A run of the language model over passages: bounded, resumable, counted; every candidate verified or told why not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from graph.errors import AnswerError, AtollError
from graph.rag import LanguageModel, Limits, Meter, Usage
from ingest.literature.extraction.assertion import ExtractedAssertion
from ingest.literature.extraction.verifier import Candidate, Rejection, verify
from ingest.literature.model_extraction.answers import AnswerCache, passage_hash
from ingest.literature.model_extraction.prompt import messages, prompt_version
from ingest.literature.model_extraction.schema import MAX_CANDIDATES, Proposal

MAX_PASSAGE = 8_000
"""Longest passage in characters; a passage is a few sentences."""
MAX_FAILED_IN_A_ROW = 5
"""Unusable answers one after another that end a run: the model cannot do it, and each costs money."""


@dataclass(frozen=True, slots=True)
class ModelPassage:
    """A few sentences to read.

    Args:
        key: What the passage is called in results.
        text: Its text, a slice of the document's.
        start: Its first character in the document's text; spans of assertions are moved by it.
    """

    key: str
    text: str
    start: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate in quarantine.

    Args:
        candidate: What the model proposed.
        check: The check that it failed, as in ``Rejection``.
        reason: One sentence.
        where: Key of the passage.
    """

    candidate: Candidate
    check: str
    reason: str
    where: str


@dataclass(frozen=True, slots=True)
class FailedPassage:
    """A passage without a usable answer; it is asked again in the next run.

    Args:
        where: Key of the passage.
        reason: One sentence.
    """

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelRun:
    """What a run found and what it took.

    Args:
        assertions: By key of the passage; a passage that was read and claims nothing has an empty tuple, one that was
            not read is missing.
        rejected: Candidates in quarantine, in order of the passages.
        failed: Passages without a usable answer.
        usage: Tokens of this run; answers kept from earlier runs cost nothing.
        cost: In the currency of the prices; None where no price is set.
        stopped: Why the run ended before all passages were read; None where it did not.
        num_kept: Passages whose answer was kept from before.
    """

    assertions: dict[str, tuple[ExtractedAssertion, ...]]
    rejected: list[Rejected]
    failed: list[FailedPassage]
    usage: Usage
    cost: float | None
    stopped: str | None
    num_kept: int


class ModelExtractor:
    """Reads passages with a language model.

    Args:
        model: The model.
        cache_folder: Folder in the workspace where answers are kept.
        limits: Most that all its runs together may use.
        max_output_tokens: Most tokens of one answer.

    Raises:
        InputError: The folder cannot be used, or a cost is limited without prices.
    """

    def __init__(
        self,
        model: LanguageModel,
        cache_folder: Path,
        limits: Limits | None = None,
        max_output_tokens: int = 2_048,
    ) -> None:
        self.model = model
        self.max_output_tokens = max_output_tokens
        self.meter = Meter(limits, model.price)
        self._answers = AnswerCache(cache_folder, model.model, prompt_version())
        self.method = f"model:{model.model}@{prompt_version()}"

    def extract(self, passages: Sequence[ModelPassage], progress: Callable[[int, int], None] | None = None) -> ModelRun:
        """Read passages, as many at once as the model allows.

        An endpoint that fails, a limit that is reached and answers that stay unusable end the run; what was read until
        then is in the result and is not paid for again.

        Args:
            passages: In any order; keys are different.
            progress: Called with the number of passages asked so far and of all to ask.
        """
        before = self.meter.used
        failed = {
            passage.key: f"the passage has {len(passage.text):,} characters, more than {MAX_PASSAGE:,}"
            for passage in passages
            if len(passage.text) > MAX_PASSAGE
        }
        read = [passage for passage in passages if passage.key not in failed and passage.text.strip()]
        to_ask = {
            passage_hash(passage.text): passage.text for passage in read if self._answers.get(passage.text) is None
        }
        num_kept = sum(passage_hash(passage.text) not in to_ask for passage in read)
        asking = _Asking(self, progress)
        asking.run(list(to_ask.values()))
        failed |= {p.key: why for p in read if (why := asking.unusable.get(passage_hash(p.text)))}
        assertions, rejected = self._verified(passages)
        used = self.meter.used - before
        return ModelRun(
            assertions,
            rejected,
            [FailedPassage(where, reason) for where, reason in failed.items()],
            used,
            self.model.price.of(used) if self.model.price else None,
            asking.stopped,
            num_kept,
        )

    def ask(self, text: str) -> None:
        """Ask about one passage and keep the answer.

        Raises:
            AnswerError: No usable answer came.
            ModelError: The endpoint fails.
            LimitReachedError: The run's limit is reached.
            InputError: The answer cannot be kept.
        """
        answer = self.model.structured(
            # The mark is a hash of the passage, so nobody could write it into the passage.
            messages(text, passage_hash(text)[:16]),
            Proposal,
            max_output_tokens=self.max_output_tokens,
            meter=self.meter,
        )
        self._answers.keep(text, answer.value, answer.usage, answer.rung)

    def _verified(
        self, passages: Iterable[ModelPassage]
    ) -> tuple[dict[str, tuple[ExtractedAssertion, ...]], list[Rejected]]:
        assertions: dict[str, tuple[ExtractedAssertion, ...]] = {}
        rejected: list[Rejected] = []
        for passage in passages:
            answer = self._answers.get(passage.text)
            if answer is None:
                if not passage.text.strip():
                    assertions[passage.key] = ()
                continue
            found: dict[tuple[object, ...], ExtractedAssertion] = {}
            for proposed in answer.proposal.assertions[:MAX_CANDIDATES]:
                candidate = proposed.candidate(self.method)
                verdict = verify(candidate, passage.text)
                if isinstance(verdict, Rejection):
                    rejected.append(Rejected(candidate, verdict.check, verdict.reason, passage.key))
                else:
                    same = (verdict.subject_span, verdict.object_span, verdict.relation, verdict.negated)
                    found.setdefault(same, _moved(verdict, passage.start))
            assertions[passage.key] = tuple(found.values())
        return assertions, rejected


class _Asking:
    """The calls of one run, several at a time, until all are made or something ends the run."""

    def __init__(self, extractor: ModelExtractor, progress: Callable[[int, int], None] | None) -> None:
        self._extractor = extractor
        self._progress = progress
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._in_a_row = 0
        self.stopped: str | None = None
        self.unusable: dict[str, str] = {}

    def run(self, texts: Sequence[str]) -> None:
        if not texts:
            return
        # The first goes alone: where the address or the key is wrong, one passage finds it out and not several.
        self._ask(texts[0])
        self._tell(1, texts)
        pool = ThreadPoolExecutor(self._extractor.model.max_concurrent, thread_name_prefix="language-model")
        try:
            futures = [pool.submit(self._ask, text) for text in texts[1:]]
            for number, future in enumerate(as_completed(futures), start=2):
                future.result()
                self._tell(number, texts)
        finally:
            # An interrupt or an error here must not leave calls that still cost money.
            self._ended.set()
            pool.shutdown(wait=True, cancel_futures=True)

    def _tell(self, number: int, texts: Sequence[str]) -> None:
        if self._progress:
            self._progress(number, len(texts))

    def _ask(self, text: str) -> None:
        if self._ended.is_set():
            return
        try:
            self._extractor.ask(text)
        except AnswerError as error:
            with self._lock:
                self.unusable[passage_hash(text)] = str(error)
                self._in_a_row += 1
                if self._in_a_row >= MAX_FAILED_IN_A_ROW:
                    self._end(f"{self._in_a_row} answers in a row could not be used; the last: {error}")
        except AtollError as error:
            with self._lock:
                self._end(str(error))
        else:
            with self._lock:
                self._in_a_row = 0

    def _end(self, why: str) -> None:
        if self.stopped is None:
            self.stopped = why
        self._ended.set()


def _moved(assertion: ExtractedAssertion, by: int) -> ExtractedAssertion:
    if not by:
        return assertion
    (a, b), (c, d) = assertion.subject_span, assertion.object_span
    return replace(
        assertion,
        start=assertion.start + by,
        end=assertion.end + by,
        subject_span=(a + by, b + by),
        object_span=(c + by, d + by),
    )
