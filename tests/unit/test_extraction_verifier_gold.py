"""The verifier against the gold set, against jumbled text, and against what the rules extract."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.literature.extraction import assertion as kinds
from ingest.literature.extraction.assertion import ExtractedAssertion
from ingest.literature.extraction.rules import RuleExtractor
from ingest.literature.extraction.verification import places
from ingest.literature.extraction.verifier import Candidate, Rejection, verify, verify_assertion

GOLD = Path(__file__).parents[2] / "bench" / "gold" / "sentences.jsonl"


def gold(part: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Annotated claims; part 0 may be looked at, part 1 is counted only."""
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if int(hashlib.sha256(row["text"].encode()).hexdigest(), 16) % 2 == part:
            for one in row["assertions"]:
                yield row["text"], one


def of_gold(text: str, one: dict[str, Any], **changed: Any) -> Candidate:
    names = ("subject", "relation", "object", "direction", "quantity", "condition", "hedged", "negated")
    return Candidate(**{"quote": text, **{name: one[name] for name in names}, **changed})


@pytest.mark.parametrize("part", [0, 1])
def test_most_claims_of_a_careful_reader_are_kept(part: int) -> None:
    verdicts = [verify(of_gold(text, one), text) for text, one in gold(part)]
    share = sum(isinstance(verdict, ExtractedAssertion) for verdict in verdicts) / len(verdicts)
    assert len(verdicts) > 90
    assert share >= 0.8


@pytest.mark.parametrize("part", [0, 1])
def test_most_claims_that_were_turned_round_are_refused(part: int) -> None:
    """Swapped ends, reversed directions, dropped and added denials, and other numbers than the reader's."""
    other = {"increase": "decrease", "decrease": "increase"}
    turned = {"improves": "degrades", "degrades": "improves", "causes": "mitigates", "mitigates": "causes"}
    tried: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for text, one in gold(part):
        wrong: dict[str, dict[str, Any]] = {"hedged": {"hedged": not one["hedged"]}}
        if one["direction"] in other and one["relation"] in turned:
            wrong["direction"] = {"direction": other[one["direction"]]}
            wrong["meaning"] = {"direction": other[one["direction"]], "relation": turned[one["relation"]]}
            wrong["ends"] = {"subject": one["object"], "object": one["subject"]}
            wrong["denied"] = {"negated": True, "direction": "none"}
        if one["quantity"] and re.search(r"\d", one["quantity"]):
            number = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), one["quantity"])
            wrong["number"] = {"quantity": number}
        for name, changed in wrong.items():
            tried[name] += 1
            refused[name] += isinstance(verify(of_gold(text, one, **changed), text), Rejection)
    shares = {name: refused[name] / tried[name] for name in tried}
    assert shares["number"] == 1.0, shares
    assert min(shares.values()) >= 0.8, shares
    assert sum(refused.values()) / sum(tried.values()) >= 0.9, shares


def test_claims_put_together_from_a_sentences_own_words_are_refused() -> None:
    """What a model that copies well and understands nothing would propose."""
    chance = random.Random(7)
    directions = {"improves": "decrease", "degrades": "increase", "causes": "increase", "mitigates": "decrease"}
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    tried = kept = 0
    for row in rows:
        if row["assertions"]:
            continue
        words = row["text"].split()
        for relation, direction in directions.items():
            first, second = (chance.randrange(len(words) - 2) for _ in range(2))
            one = " ".join(words[first : first + chance.randint(1, 3)])
            other = " ".join(words[second : second + chance.randint(1, 3)])
            tried += 1
            kept += isinstance(
                verify(Candidate(one, relation, other, direction, row["text"]), row["text"]), ExtractedAssertion
            )
    assert tried > 600
    assert kept / tried < 0.02


def test_what_the_rules_extract_is_sliced_right_and_mostly_passes() -> None:
    texts = sorted({text for text, _ in gold(0)})
    passed = 0
    found = [(text, one) for text, some in zip(texts, RuleExtractor().extract(texts), strict=True) for one in some]
    for text, one in found:
        assert text[one.start : one.end] == one.quote
        verdict = verify_assertion(one, text)
        if isinstance(verdict, Rejection):
            assert verdict.check not in {"quote", "sentence"}, verdict.reason
        else:
            assert verdict is one
            passed += 1
    assert len(found) > 50
    assert passed / len(found) > 0.9


SMALL = st.text(alphabet="abc DEF-‐\xad\n\t.ﬁé’\u200b09", max_size=60)


@given(SMALL, SMALL, SMALL)
def test_a_found_quote_is_the_quote_but_for_white_space_and_hyphens(before: str, quote: str, after: str) -> None:
    text = before + quote + after
    found = places.quote_place(text, quote)
    if found is not None:
        assert places.squeezed(text[slice(*found)])[0] == places.squeezed(quote)[0]
        assert places.is_edge(text, found[0])
        assert places.is_edge(text, found[1])


@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_no_text_whatever_breaks_the_slices(text: str, quote: str, subject: str, obj: str, told: str) -> None:
    for relation in kinds.RELATIONS:
        candidate = Candidate(subject, relation, obj, None, quote, told, told, told)
        found = verify(candidate, text)
        if isinstance(found, ExtractedAssertion):
            assert text[found.start : found.end] == found.quote


WORDS = st.sampled_from(
    [
        "TRIM",
        "scrubbing",
        "read latency",
        "data loss",
        "reduces",
        "does not",
        "may",
        "raises",
        "by 3 %",
        ",",
        "and",
        ".",
    ]
)


@given(st.lists(WORDS, min_size=3, max_size=14), st.data())
def test_what_is_kept_of_jumbled_sentences_is_a_slice_and_verifies_again(parts: list[str], data: st.DataObject) -> None:
    text = " ".join(parts)
    pick = st.sampled_from(["TRIM", "scrubbing", "read latency", "data loss"])
    candidate = Candidate(
        data.draw(pick),
        data.draw(st.sampled_from(kinds.RELATIONS)),
        data.draw(pick),
        data.draw(st.sampled_from([*kinds.DIRECTIONS, None])),
        text,
        data.draw(st.sampled_from([None, "3 %", "4 %"])),
        hedged=data.draw(st.booleans()),
        negated=data.draw(st.booleans()),
    )
    found = verify(candidate, text)
    if isinstance(found, ExtractedAssertion):
        assert text[found.start : found.end] == found.quote
        assert text[slice(*found.subject_span)] == found.subject
        assert text[slice(*found.object_span)] == found.object
        assert verify_assertion(found, text) is found
