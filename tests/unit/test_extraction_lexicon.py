"""The field's vocabulary and how a phrase finds its concept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.ontology.catalogue import catalogue
from graph.ontology.concepts import concepts
from ingest.literature.extraction.lexicon import concept_of, lookup, normal, singular


def test_a_name_or_alias_belongs_to_one_concept() -> None:
    owner: dict[str, str] = {}
    for concept in concepts():
        for name in (concept.name, *concept.aliases):
            assert owner.setdefault(normal(name), concept.key) == concept.key, name


def test_the_vocabulary_covers_the_field() -> None:
    counts = {label: sum(c.label == label for c in concepts()) for label in {c.label for c in concepts()}}
    assert sum(counts.values()) >= 250
    assert all(
        counts[label] >= least
        for label, least in (
            ("Metric", 90),
            ("Mechanism", 50),
            ("Mitigation", 50),
            ("Condition", 30),
            ("Component", 40),
        )
    )


def test_every_metric_says_which_direction_is_better_and_its_unit() -> None:
    for concept in concepts():
        if concept.label == "Metric":
            assert concept.better_direction in ("up", "down", "none"), concept.key
            assert (concept.unit or "").startswith("unit:"), concept.key


def test_every_mitigation_says_what_it_works_against() -> None:
    pairs = next(row[3] for row in catalogue()["relations"] if row[:3] == ["MITIGATES", "Mitigation", "Mechanism"])
    assert {head for head, _ in pairs} == {c.key for c in concepts() if c.label == "Mitigation"}


@pytest.mark.parametrize("concept", concepts(), ids=lambda concept: concept.key)
def test_each_name_finds_its_concept(concept: object) -> None:
    for name in (concept.name, *concept.aliases):  # type: ignore[attr-defined]
        assert lookup(name) == concept.key  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("phrase", "key"),
    [
        ("the 99th-percentile read latency of QLC drives", "metric:read-latency"),
        ("write amplification factor", "metric:write-amplification"),
        ("WAF", "metric:write-amplification"),
        ("number of block erasures", "metric:block-erases"),
        ("rate of uncorrectable errors", "metric:uncorrectable-errors"),
        ("mean time to data loss", "metric:mttdl"),
        ("risk of data loss", "metric:data-loss-probability"),
        ("overprovisioning", "mitigation:over-provisioning"),
        ("Raising the over-provisioning ratio", "mitigation:over-provisioning"),
        ("wear leveling", "mitigation:wear-levelling"),
        ("annualized failure rates", "metric:annualised-failure-rate"),
        ("Read-disturb errors", "mechanism:read-disturb"),
        ("block-level refresh every 21 days", "mitigation:refresh"),
        ("SSD aging", "mechanism:ageing"),
        ("a red herring", None),
        ("op", None),
        ("", None),
    ],
)
def test_a_phrase_is_judged_by_its_head(phrase: str, key: str | None) -> None:
    assert lookup(phrase) == key


def test_a_key_that_nobody_declared_has_no_concept() -> None:
    assert concept_of("metric:luck") is None


@given(st.text(max_size=80))
def test_any_text_is_looked_up_without_an_error(text: str) -> None:
    assert lookup(text) is None or concept_of(str(lookup(text))) is not None


@given(st.sampled_from([alias for c in concepts() for alias in (c.name, *c.aliases) if len(alias) > 6]))
def test_capitals_hyphens_and_blanks_make_no_difference(name: str) -> None:
    assert lookup(name.upper()) == lookup(name) == lookup(name.replace(" ", "-")) == lookup(name.replace("-", " "))


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_a_singular_stays_singular(word: str) -> None:
    once = singular(word)
    assert once
    assert len(once) <= len(word)
