"""Extraction by rules on the halves of the gold set: what nobody looked at decides, and only its figures are told."""

from __future__ import annotations

import pytest

from bench.extraction import SEEN, THIRD, UNSEEN, GoldSentence, errors, score, scores_of_whole, sentences_of_gold
from ingest.literature.extraction.assertion import HIGH, ExtractedAssertion
from ingest.literature.extraction.rules import RuleExtractor

Found = list[list[ExtractedAssertion]]


@pytest.fixture(scope="module")
def unseen() -> list[GoldSentence]:
    return [sentence for sentence in sentences_of_gold() if sentence.half == UNSEEN]


@pytest.fixture(scope="module")
def found(unseen: list[GoldSentence]) -> Found:
    return RuleExtractor().extract([sentence.text for sentence in unseen])


def test_the_gold_set_is_large_and_half_of_it_asserts_nothing() -> None:
    gold = sentences_of_gold()
    assert len(gold) >= 240
    assert len({sentence.text for sentence in gold}) == len(gold)
    assert sum(not sentence.assertions for sentence in gold) >= 0.5 * len(gold)


def test_the_unseen_half_is_read_with_precision_and_recall(unseen: list[GoldSentence], found: Found) -> None:
    reached = score(unseen, found)
    assert reached.precision >= 0.75
    assert reached.recall >= 0.5


def test_the_high_tier_is_more_precise_than_the_rest_and_large_enough(unseen: list[GoldSentence], found: Found) -> None:
    reached = score(unseen, found, HIGH)
    assert reached.precision > score(unseen, found).precision
    assert reached.interval(reached.predicted)[1] >= 0.9, "the gate of .9 lies outside the interval"
    assert reached.recall >= 0.25


def test_sentences_that_nobody_tuned_on_are_read_with_precision_and_recall() -> None:
    reached = scores_of_whole(sentences_of_gold(THIRD))
    assert reached["all"].precision >= 0.75
    assert reached["all"].recall >= 0.5
    assert reached["high"].precision >= 0.9
    assert reached["high"].recall >= 0.25


def test_every_quote_and_span_is_a_slice_of_the_text(unseen: list[GoldSentence], found: Found) -> None:
    assert sum(map(len, found)) > 50
    for sentence, some in zip(unseen, found, strict=True):
        for one in some:
            assert sentence.text[one.start : one.end] == one.quote
            assert sentence.text[slice(*one.subject_span)] == one.subject
            assert sentence.text[slice(*one.object_span)] == one.object
            assert one.quantity is None or one.quantity.text in one.quote
            assert one.condition is None or one.condition in one.quote


def test_errors_of_the_unseen_half_are_refused(unseen: list[GoldSentence]) -> None:
    with pytest.raises(ValueError, match="unseen"):
        errors(unseen[:1])
    assert errors([one for one in sentences_of_gold() if one.half == SEEN][:20]) is not None
