"""Forms in which phrases are compared, acronyms, and words that part things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.literature.resolution import acronyms_of
from ingest.literature.resolution.acronyms import spells
from ingest.literature.resolution.canonical import canonical_of
from ingest.literature.resolution.contrasts import contrasted, has_extra_modifier
from ingest.literature.resolution.wording import alternatives, content, head, loose, smart_number, stem, tight, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("over-provisioning", "Overprovisioning"),
        ("wear levelling", "wear-leveling"),
        ("P/E cycles", "PE cycle"),
        ("bandwidth utilisation", "bandwidth utilization"),
        ("99th percentile latency", "P99 latency"),
        ("99.9th-percentile latency", "P99.9 latency"),
        ("latencies", "latency"),
    ],
)
def test_spelling_and_plural_do_not_count(one: str, other: str) -> None:
    assert tight(one) == tight(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("number of power cycles", "power cycle count"),
        ("scrubbing of disks", "disk scrubbing"),
        ("read disturbance", "read disturb"),
        ("predicting failures", "failure prediction"),
    ],
)
def test_word_order_and_endings_do_not_count(one: str, other: str) -> None:
    assert loose(content(one)) == loose(content(other))


def test_levelling_is_no_ending_of_level() -> None:
    assert loose(content("wear leveling")) != loose(content("wear level"))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SMART 187", 187),
        ("smart_5_raw", 5),
        ("SMART attribute 9", 9),
        ("S.M.A.R.T. #199", 199),
        ("attribute 12", 12),
        ("smart_5_normalized", None),
        ("SMART 300", None),
        ("187", None),
        ("RAID 5", None),
        ("smart SSD", None),
        ("", None),
    ],
)
def test_attributes_are_known_by_their_number(text: str, number: int | None) -> None:
    assert smart_number(text) == number


def test_an_acronym_that_is_explained_means_its_explanation() -> None:
    assert alternatives("GC, the Gaussian classifier") == ["Gaussian classifier"]
    assert alternatives("ARR (annual replacement rate)")[1] == "annual replacement rate"
    assert alternatives("annual replacement rate (ARR)")[1] == "annual replacement rate"


def test_the_head_stands_before_the_first_preposition() -> None:
    assert head("read latency of QLC drives") == head("latency")


TEXT = """We study garbage collection (GC) and the flash translation layer (FTL). The raw bit error rate (RBER) grows.
Solid-state drives (SSDs) wear out (see Fig. 3). Program/erase (P/E) cycles are counted (as before)."""


def test_a_document_defines_its_own_acronyms() -> None:
    found = acronyms_of(TEXT)
    assert found == {
        "GC": "garbage collection",
        "FTL": "flash translation layer",
        "RBER": "raw bit error rate",
        "SSD": "Solid-state drives",
        "P/E": "Program/erase",
    }


def test_a_bracket_without_its_words_before_it_defines_nothing() -> None:
    assert acronyms_of("The result (RBER) is shown. (GC)") == {}
    assert acronyms_of("") == {}


@given(st.text(alphabet="ab AB().,;-/ \n", max_size=80))
def test_long_forms_are_slices_of_the_text(text: str) -> None:
    for short, long_form in acronyms_of(text).items():
        assert long_form in " ".join(text.split())
        assert short[0].lower() == long_form[0].lower()


def test_initials_are_those_of_the_words_with_or_without_function_words() -> None:
    assert spells("ISPP", "incremental step pulse programming")
    assert spells("MTTDL", "mean time to data loss")
    assert spells("RMW", "read/modify/write")
    assert not spells("LSM", "long short-term memory")
    assert not spells("A", "anything")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("static wear levelling", "dynamic wear levelling"),
        ("read tail latency", "write tail latency"),
        ("SMART 197", "SMART 198"),
        ("RAID 5", "RAID 6"),
        ("retention time", "rebuild time"),
        ("TLC flash", "QLC flash"),
        ("raw bit error rate", "uncorrectable bit error rate"),
        ("minimum latency", "maximum latency"),
    ],
)
def test_contrasts_part_what_looks_alike(one: str, other: str) -> None:
    assert contrasted(one, other)
    assert contrasted(other, one)
    assert not contrasted(one, one)


def test_a_kind_says_more_than_its_genus() -> None:
    assert has_extra_modifier("early retention loss", "retention loss", frozenset())
    assert not has_extra_modifier("drive lifetime", "lifetime", frozenset({stem("drive")}))
    assert not has_extra_modifier("lifetime", "lifetime", frozenset())


@given(st.text(max_size=60))
def test_any_text_has_its_forms(text: str) -> None:
    assert loose(content(text)) == loose(content(text))
    assert isinstance(tight(text), str)
    assert all(alternatives(text)) or not text.strip()
    assert len(content(text)) <= len(tokens(text)) + 1


def merge(name: str, stays: str, *others: str) -> list[dict[str, object]]:
    return [{"merge": name, "member": key, "canonical": key == stays} for key in (stays, *others)]


def test_merges_are_followed_over_several_and_a_concept_stays_before_an_instance() -> None:
    records = [*merge("m1", "instance:a", "instance:b"), *merge("m2", "metric:x", "instance:a")]
    assert canonical_of(records) == {"instance:a": "metric:x", "instance:b": "metric:x"}


def test_a_circle_of_merges_has_one_that_stays() -> None:
    records = [*merge("m1", "instance:a", "instance:b"), *merge("m2", "instance:b", "instance:a")]
    assert canonical_of(records) == {"instance:b": "instance:a"}
    assert canonical_of([]) == {}


PAIRS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] != pair[1]), max_size=12)


@given(PAIRS, st.randoms())
def test_the_order_of_merges_does_not_count_and_whoever_stays_stands_for_itself(
    pairs: list[tuple[int, int]], random: object
) -> None:
    merges = [merge(f"m{i}", f"instance:{a}", f"instance:{b}") for i, (a, b) in enumerate(pairs)]
    found = canonical_of([record for one in merges for record in one])
    random.shuffle(merges)  # type: ignore[attr-defined]
    assert canonical_of([record for one in merges for record in one]) == found
    assert not set(found) & set(found.values())
    for a, b in pairs:
        assert found.get(f"instance:{a}", f"instance:{a}") == found.get(f"instance:{b}", f"instance:{b}")
