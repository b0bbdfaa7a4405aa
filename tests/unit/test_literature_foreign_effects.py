"""What a sentence says of a metric: better or worse, and whose side the subject is on."""

import pytest

from ingest.literature.foreign.effects import measure_of, says_no_effect, stated_effect


@pytest.mark.parametrize(
    ("sentence", "subject", "metric", "expected"),
    [
        ("The scheme increases throughput by 20 %.", "Scheme", "Throughput", ("improves", "increase")),
        ("The scheme reduces tail latency by a third.", "Scheme", "99th Percentile Latency", ("improves", "decrease")),
        ("Reads see a higher latency.", "Refresh", "Average Latency", ("degrades", "increase")),
        ("It yields 2.5x higher throughput.", "Zone store", "Throughput", ("improves", "increase")),
        ("Lifetime drops by half.", "Parity update", "Endurance", ("degrades", "decrease")),
        ("Tail latency improves.", "Isolation", "99th Percentile Latency", ("improves", "decrease")),
        ("Vibration degrades performance.", "Vibration", "IOPS", ("degrades", "decrease")),
        ("It causes larger throughput reductions.", "Ageing", "Throughput", ("degrades", "decrease")),
        ("It minimizes the performance degradation.", "Fabric", "Throughput", ("improves", "increase")),
        ("It improves the reliability and reduces the latency.", "Cell", "Reliability", ("improves", "increase")),
        ("A throughput increase and a decrease of the tail latency.", "NIC", "Tail Latency", ("improves", "decrease")),
        ("The endurance of these codes is on average 90 % higher.", "Codes", "Endurance", ("improves", "increase")),
    ],
)
def test_change_crossed_with_what_is_better_gives_the_side(
    sentence: str, subject: str, metric: str, expected: tuple[str, str]
) -> None:
    effect = stated_effect(sentence, metric, subject)
    assert effect is not None
    assert (effect.polarity, effect.direction) == expected


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("The prototype has a higher throughput than OldStore.", "OldStore"),
        ("Compared to OldStore, the prototype achieves a higher throughput.", "OldStore"),
        ("The throughput of the prototype outperforms OldStore.", "OldStore"),
    ],
)
def test_what_something_else_is_better_than_is_worse(sentence: str, subject: str) -> None:
    loser, winner = stated_effect(sentence, "Throughput", subject), stated_effect(sentence, "Throughput", "prototype")
    assert loser is not None
    assert winner is not None
    assert (loser.polarity, winner.polarity) == ("degrades", "improves")


@pytest.mark.parametrize(
    ("sentence", "metric"),
    [
        ("Throughput and latency were recorded every minute.", "Throughput"),
        ("Some runs improve throughput, while others lower the throughput.", "Throughput"),
        ("The drive is an SSD with 1 TB.", "Throughput"),
        ("The scheme does not increase throughput.", "Throughput"),
        ("It gives less than 15 % performance difference.", "Performance"),
        ("Fail-slow drives were seen beside latency spikes.", "Average Latency"),
        ("It was run in degraded mode with many IOPS.", "IOPS"),
        ("More errors are corrected.", "Error Correction (ECC)"),
    ],
)
def test_without_plain_words_of_change_there_is_no_verdict(sentence: str, metric: str) -> None:
    assert stated_effect(sentence, metric, "Scheme") is None


def test_a_metric_is_known_by_the_words_that_end_its_name() -> None:
    known = {
        name: found.name
        for name in ("Average Latency", "Write Amplification Factor (WAF)", "P/E Performance", "Energy Efficiency")
        if (found := measure_of(name))
    }
    assert known == {
        "Average Latency": "latency",
        "Write Amplification Factor (WAF)": "write amplification",
        "P/E Performance": "performance",
        "Energy Efficiency": "efficiency",
    }
    assert measure_of("Performance Cliff") is None
    assert measure_of("") is None


def test_a_null_effect_is_told_from_an_effect() -> None:
    assert says_no_effect("No detectable impact on lifetime is seen.")
    assert says_no_effect("Humidity does not affect the drive.")
    assert not says_no_effect("The impact on lifetime is large.")


def test_a_text_as_long_as_a_page_gets_no_verdict_and_costs_nothing() -> None:
    assert stated_effect("The scheme increases throughput. " * 40_000, "Throughput", "Scheme") is None
