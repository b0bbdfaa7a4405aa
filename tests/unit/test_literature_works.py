"""Which documents are one work, how much an assertion counts, and when two contradict each other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.literature.confidence import STUDY_WEIGHTS, ConfidenceParts
from ingest.literature.contradictions import Stated, find_contradictions, side_of
from ingest.literature.document import Bibliography
from ingest.literature.works import WorkIndex, identifiers, title_key

PAPER = Bibliography(
    title="Flash Reliability in Production: The Expected and the Unexpected",
    authors=("Bianca Schroeder",),
    year=2016,
    doi="10.1000/x1",
)


def test_the_same_paper_by_doi_and_by_title_is_one_work() -> None:
    index = WorkIndex()
    by_doi = index.add(PAPER, "a" * 64, "pdf")
    scan = Bibliography(title="FLASH RELIABILITY in production -- the expected and the unexpected")
    assert index.add(scan, "b" * 64, "pdf") == by_doi
    assert len(index.rows) == 1


def test_short_titles_do_not_make_one_work() -> None:
    index = WorkIndex()
    first = index.add(Bibliography(title="Preface"), "a" * 64, "text")
    assert index.add(Bibliography(title="Preface"), "b" * 64, "text") != first


def test_a_bibliography_corrects_what_was_guessed_from_a_first_page_and_never_the_other_way() -> None:
    index = WorkIndex()
    key = index.add(replace(PAPER, title="Flash reliability in production: the expected and unexpec-"), "a" * 64, "pdf")
    index.add(PAPER, "b" * 64, "bibliography")
    index.add(replace(PAPER, title="14th USENIX Conference on File and Storage Technologies"), "c" * 64, "pdf")
    assert index.rows[key]["title"] == PAPER.title


def test_a_stored_work_is_found_again_and_not_marked_as_changed() -> None:
    index = WorkIndex()
    key = index.add(PAPER, "a" * 64, "bibliography")
    again = WorkIndex.of([index.rows[key]])
    assert again.add(PAPER, "a" * 64, "bibliography") == key
    assert not again.changed


def test_a_text_that_begins_with_a_known_title_is_that_work() -> None:
    index = WorkIndex()
    key = index.add(PAPER, "a" * 64, "bibliography")
    start = "Flash Reliability in Production:\nThe Expected and the Unexpected\nBianca Schroeder\nAbstract"
    assert index.add(Bibliography(), "b" * 64, "text", start) == key
    assert index.add(Bibliography(), "c" * 64, "text", f"On {start}") != key


def test_a_work_that_nothing_names_is_known_by_its_content() -> None:
    assert identifiers(Bibliography(), "f" * 64) == ("sha256:" + "f" * 16,)


@given(st.text(max_size=60))
def test_accents_case_and_punctuation_do_not_change_a_title(title: str) -> None:
    assert title_key(title) == title_key(f"  {title}!  ".upper().lower())


def test_support_is_counted_in_works_and_opposition_lowers_it() -> None:
    alone = ConfidenceParts(0.8, study_type="field_study")
    assert replace(alone, num_works=3).confidence() > alone.confidence() > replace(alone, num_opposed=1).confidence()


@given(
    st.floats(0, 1),
    st.booleans(),
    st.sampled_from([*STUDY_WEIGHTS, "rumour"]),
    st.booleans(),
    st.integers(1, 50),
    st.integers(0, 50),
)
def test_a_confidence_is_the_product_of_its_parts(
    reading: float, hedged: bool, study: str, note: bool, works: int, opposed: int
) -> None:
    parts = ConfidenceParts(reading, hedged, study, note, works, opposed)
    product = 1.0
    for factor in parts.factors().values():
        product *= factor
    assert parts.confidence() == pytest.approx(min(product, 1), abs=6e-4)
    assert f"works={works}" in parts.as_text()


def stated(key: str, side: str, work: str = "work:1", object_: str = "metric:b") -> Stated:
    return Stated(key, work, "concept:a", object_, side, "high", 0.8)


def test_opposite_sides_of_one_pair_contradict_and_both_are_kept() -> None:
    found = find_contradictions([stated("1", "improves"), stated("2", "degrades", "work:2"), stated("3", "improves")])
    assert [one.sides for one in found] == [{"degrades": ("2",), "improves": ("1", "3")}]


def test_a_null_effect_contradicts_an_effect() -> None:
    assert find_contradictions([stated("1", "improves"), stated("2", "no effect")])


def test_statements_about_different_objects_do_not_contradict() -> None:
    assert not find_contradictions([stated("1", "improves"), stated("2", "degrades", object_="metric:c")])


@pytest.mark.parametrize(
    ("relation", "polarity", "negated", "side"),
    [
        ("improves", "improves", False, "improves"),
        ("mitigates", "improves", False, "improves"),
        ("causes", "degrades", False, "degrades"),
        ("improves", "none", True, "no effect"),
        ("no_effect", "none", True, "no effect"),
        ("measured", "none", False, ""),
        ("correlates", "none", False, ""),
    ],
)
def test_what_a_statement_takes_side_for(relation: str, polarity: str, negated: bool, side: str) -> None:
    assert side_of(relation, polarity, negated=negated) == side
