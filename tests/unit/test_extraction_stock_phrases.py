"""Stock phrases, objects behind a dative, loose subjects, and what keeps a reading out of the high tier."""

from __future__ import annotations

import pytest

from ingest.literature.extraction.assertion import CANDIDATE, HIGH, ExtractedAssertion
from ingest.literature.extraction.rules import RuleExtractor

EXTRACTOR = RuleExtractor()


def read(text: str) -> list[ExtractedAssertion]:
    return EXTRACTOR.extract([text])[0]


STATEMENTS = """
Mixing hot and cold data gives rise to write stalls.
    Mixing hot and cold data | causes | write stalls | increase
A loose cable was in all probability responsible for the interface errors.
    loose cable | causes | interface errors | increase
The command timeouts were traced to a firmware bug.
    firmware bug | causes | command timeouts | increase
Moving the index to DRAM saves the drive half of its metadata reads and cuts read latency.
    Moving the index to DRAM | improves | read latency | decrease
Disabling the write cache cost the array 60 % of its write throughput.
    Disabling the write cache | degrades | write throughput | decrease
A larger reserve keeps write amplification in check.
    larger reserve | improves | write amplification | decrease
Compression left the read latency unchanged.
    Compression | no_effect | read latency | none
Neither the vendor nor the form factor made any difference to the failure rate.
    vendor | no_effect | failure rate | none
    form factor | no_effect | failure rate | none
What degrades throughput most is garbage collection.
    garbage collection | degrades | throughput | decrease
The array loses half of its throughput as a result of degraded reads.
    degraded reads | degrades | throughput | decrease
The migration raised the transfer rate, whereas seek time remained as it was.
    migration | improves | transfer rate | increase
    migration | no_effect | seek time | none
The failure rate was 40 % lower for the helium drives than for the others.
    helium drives | mitigates | failure rate | decrease
No link could be established between the drive temperature and the failure rate.
    drive temperature | correlates | failure rate | none
Larger stripes lengthen rebuilds of the array and leave latency unaffected.
    Larger stripes | no_effect | latency | none
"""


def _cases() -> list[tuple[str, list[str]]]:
    cases: list[tuple[str, list[str]]] = []
    for line in STATEMENTS.strip().splitlines():
        if line.startswith(" "):
            cases[-1][1].append(line.strip())
        else:
            cases.append((line, []))
    return cases


@pytest.mark.parametrize(("text", "expected"), _cases())
def test_a_stock_phrase_gives_its_statements(text: str, expected: list[str]) -> None:
    found = {" | ".join(map(str, (one.subject, one.relation, one.object, one.direction))) for one in read(text)}
    assert set(expected) <= found


def test_a_denied_stock_phrase_is_negated() -> None:
    found = read("The new cable was not responsible for the interface errors.")
    assert found
    assert all(one.negated and one.direction == "none" for one in found)


def test_a_comparison_without_its_measure_is_a_candidate() -> None:
    (alone,) = read("Model A has a lower failure rate.")
    (against,) = read("Helium drives have a lower failure rate than air-filled drives.")
    assert alone.confidence < against.confidence
    assert alone.tier == CANDIDATE


def test_a_weak_correlation_is_a_candidate_since_it_says_too_much_alone() -> None:
    (weak,) = read("SMART attributes have limited correlations with drive failures.")
    (plain,) = read("Reallocated sectors are correlated with drive failures.")
    assert (weak.tier, plain.tier) == (CANDIDATE, HIGH)


def test_what_a_thing_is_compared_to_is_no_condition() -> None:
    (found,) = read("Wear levelling improves endurance compared to without it.")
    assert found.condition is None


def test_halves_of_a_coordination_that_share_an_end_are_candidates() -> None:
    found = read("Corruptions and errors in a few log records can cause a data loss.")
    assert found
    assert all(one.tier == CANDIDATE for one in found)


def test_a_clause_with_while_takes_no_subject_from_the_clause_before() -> None:
    text = "Using a low scatter width slows recovery, while using a high width increases the frequency of data loss."
    assert not any("low" in one.subject and "data loss" in one.object for one in read(text))
