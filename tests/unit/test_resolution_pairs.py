"""What phrases resolve to, which pairs are one thing, and what is worth judging."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.merge_search import is_own, search
from graph.ontology.concepts import concepts
from graph.retrieval import Encoder
from ingest.literature.resolution import Resolver
from ingest.literature.resolution.naming import name_sets
from ingest.literature.resolution.wording import tight


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory) -> Resolver:
    folder: Path = tmp_path_factory.mktemp("vectors")
    return Resolver(concepts(), encoder=Encoder(folder))


@pytest.mark.parametrize(
    ("phrase", "key", "method"),
    [
        ("SMART 187", "smart:ata:187", "attribute"),
        ("Reported_Uncorrect", "smart:ata:187", "attribute"),
        ("smart_5_raw", "smart:ata:5", "attribute"),
        ("write amplification factor", "metric:write-amplification", "name"),
        ("the Write-Amplification", "metric:write-amplification", "name"),
        ("WA factor", "metric:write-amplification", "synonym"),
        ("raw BER", "metric:raw-bit-error-rate", "synonym"),
        ("TRIM commands", "mitigation:trim", "name"),
        ("spreading erases evenly over all the blocks", "mitigation:wear-levelling", "meaning"),
        ("cost of a loaf of bread", "metric:cost", "head"),
        ("a recipe for sourdough", None, "none"),
        ("", None, "none"),
        ("   ", None, "none"),
        ("µ∑ 漢字 \u202e", None, "none"),
    ],
)
def test_a_phrase_means_what_the_field_means_by_it(
    resolver: Resolver, phrase: str, key: str | None, method: str
) -> None:
    (found,) = resolver.resolve([phrase])
    assert (found.key, found.method) == (key, method)
    assert found.is_same == (key is not None and method != "head")
    assert (found.label == "SmartAttribute") == (key or "").startswith("smart:")


def test_an_alias_that_is_a_thing_of_its_own_is_a_kind_of_its_concept(resolver: Resolver) -> None:
    own, kind = resolver.resolve(["long-tail latency", "read tail latency"])
    assert own.key == kind.key == "metric:tail-latency"
    assert (own.is_same, kind.is_same) == (True, False)


def test_resolutions_come_in_the_order_of_the_mentions_and_twice_where_asked_twice(resolver: Resolver) -> None:
    found = resolver.resolve(["GC", "SMART 9", "GC", "nothing of the field"])
    assert [each.key for each in found][1] == "smart:ata:9"
    assert found[0] == found[2]
    assert len(found) == 4
    assert resolver.resolve([]) == []


def test_an_acronym_of_the_document_goes_before_that_of_the_field(resolver: Resolver) -> None:
    own = {"WA": "retention time", "QX": "write amplification"}
    found = resolver.resolve(["WA", "QX"], own)
    assert [each.key for each in found] == ["metric:retention-time", "metric:write-amplification"]
    assert resolver.resolve(["WA"])[0].key == "metric:write-amplification"


SAME = [
    ("garbage collection", "GC"),
    ("dynamic WL", "dynamic wear levelling"),
    ("UDMA_CRC_Error_Count", "SMART 199"),
    ("number of power cycles", "power cycle count"),
    ("quantised banded matrix", "QBM"),
    ("extra writes inside the drive per host write", "write amplification"),
]
DIFFERENT = [
    ("SMART 197", "SMART 198"),
    ("read latency of QLC drives", "read latency"),
    ("wear leveling count", "wear leveling"),
    ("static wear levelling", "dynamic wear levelling"),
    ("read tail latency", "write tail latency"),
    ("LSTM", "LSM"),
    ("GC, the Gaussian classifier", "garbage collection"),
    ("throughput", "throughput throttling"),
    ("ZNS+ SSD", "ZNS"),
    ("3-D TLC NAND flash memory", "3D NAND flash memory"),
    ("MC2_SSD", "MC-SSD"),
    ("page-to-die mapping", "page mapping"),
    ("RAFS", "RAF"),
    ("PER-WL", "wear levelling"),
    ("energy consumption", "power consumption"),
    ("", "write amplification"),
    ("?", "!"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_names_of_one_thing_are_the_same(resolver: Resolver, a: str, b: str) -> None:
    assert resolver.same(a, b).same


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_what_only_sounds_alike_is_not_the_same(resolver: Resolver, a: str, b: str) -> None:
    judgement = resolver.same(a, b)
    assert not judgement.same
    assert judgement.score < 0.5


PHRASES = st.sampled_from([phrase for pair in SAME + DIFFERENT for phrase in pair])


@settings(max_examples=60)
@given(PHRASES, PHRASES)
def test_a_judgement_does_not_depend_on_the_order_and_tells_its_parts(resolver: Resolver, a: str, b: str) -> None:
    one, other = resolver.same(a, b), resolver.same(b, a)
    assert one == other
    assert 0 <= one.score <= 1
    assert one.same == (one.score >= 0.5)
    assert "method" in one.parts


def test_every_line_of_the_synonyms_has_its_own_usual_name() -> None:
    things = [each for each in name_sets() if each.key.startswith("thing:")]
    assert len({each.key for each in things}) == len(things)
    assert len({tight(each.names[0]) for each in things}) == len(things)
    assert all(name and " = " not in name for each in things for name in (*each.names, *each.definitions))


def test_pairs_worth_judging_share_a_name_a_word_or_a_meaning(resolver: Resolver) -> None:
    phrases = ["PE cycle count", "number of erases", "fio", "sudden heat in the rack", "quick rise of rack temperature"]
    pairs = resolver.candidate_pairs(phrases)
    assert ("PE cycle count", "number of erases") in pairs
    assert ("quick rise of rack temperature", "sudden heat in the rack") in pairs
    assert all(a < b for a, b in pairs)
    assert not any("fio" in pair for pair in pairs)


@pytest.mark.parametrize(
    "name", ["our scheme", "this effect", "Model A", "the proposed FTL", "SSD#2", "SSD_A", "vendor B"]
)
def test_what_means_something_only_in_its_document_is_known(name: str) -> None:
    assert is_own(name)


@pytest.mark.parametrize(
    "name", ["wear levelling", "RAID 5", "SMART 187", "Ours et al. garbage collector", "plan B cache"]
)
def test_what_means_the_same_everywhere_is_not_taken_for_a_documents_own(name: str) -> None:
    assert not is_own(name)


def row(instance: str, name: str) -> dict[str, Any]:
    return {"instance": f"instance:{instance}", "name": name, "document": instance.partition(":")[0], "concept": None}


def test_an_alias_that_is_a_kind_of_its_concept_is_not_merged_with_it(resolver: Resolver) -> None:
    rows = [row("d1:e", "ext4"), row("d2:e", "Ext4"), row("d3:s", "SMART 187"), row("d3:r", "raw BER")]
    found = {(each.goes.key, each.stays.key): each for each in search(rows, resolver, lambda *_: None).merges}
    assert set(found) == {
        ("instance:d2:e", "instance:d1:e"),
        ("instance:d3:s", "smart:ata:187"),
        ("instance:d3:r", "metric:raw-bit-error-rate"),
    }
    assert not found["instance:d2:e", "instance:d1:e"].is_sure
    assert found["instance:d3:s", "smart:ata:187"].is_sure


def test_a_search_joins_documents_and_never_two_things_of_one_document(resolver: Resolver) -> None:
    rows = [
        row("d1:a", "YCSB"),
        row("d1:b", "Yahoo cloud serving benchmark"),
        row("d2:a", "YCSB"),
        row("d1:m", "Model A"),
        row("d2:m", "Model A"),
        row("d1:q", "staggered rollout"),
        row("d2:q", "Staggered roll-out"),
    ]
    found = search(rows, resolver, lambda *_: None)
    joined = {(each.goes.key, each.stays.key): each.is_sure for each in found.merges}
    assert joined == {
        ("instance:d2:a", "instance:d1:a"): True,
        ("instance:d2:q", "instance:d1:q"): False,
    }
