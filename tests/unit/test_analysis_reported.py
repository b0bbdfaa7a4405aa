"""What drives say of themselves: overall health, thresholds of their own, self-tests, smartctl's exit status."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_fleets import found, once, steps

from app.analysis.rules.base import RULES
from app.analysis.rules.wear import CRITICAL_WARNINGS
from graph.ontology.model import Severity

RED, AMBER, GREEN = Severity.RED, Severity.AMBER, Severity.GREEN


def told(**columns: object) -> dict[str, tuple[Severity, str]]:
    """Severity and sentence by rule, of one drive."""
    findings = found({"d": columns}).values()  # type: ignore[dict-item]
    return {item.rule: (item.severity, item.statement) for item in findings}


def test_a_drive_that_says_failed_is_red_from_a_single_reading() -> None:
    severity, sentence = told(device_overall_failed=once(1))["overall-failed"]
    assert severity is RED
    assert sentence == "The drive reports that its overall health has FAILED."


def test_a_drive_that_passes_again_is_no_longer_red() -> None:
    assert told(device_overall_failed=steps((40, 1.0), (55, 0.0))) == {}
    assert told(device_overall_failed=once(0)) == {}


def test_the_exit_status_tells_of_the_health_only_where_the_drive_does_not() -> None:
    assert told(device_exit_status=once(8))["overall-failed"][0] is RED
    assert told(device_exit_status=once(8), device_overall_failed=once(0)) == {}


@pytest.mark.parametrize(("bit", "name", "severity"), CRITICAL_WARNINGS)
def test_each_critical_warning_is_told_by_name_from_a_single_reading(bit: int, name: str, severity: Severity) -> None:
    findings = told(nvme_critical_warning=once(1 << bit))
    assert set(findings) == {"critical-warning"}
    assert findings["critical-warning"] == (severity, f"The drive warns: {name} (critical warning {1 << bit}).")


def test_failed_and_a_critical_warning_are_one_finding_that_names_the_warning() -> None:
    findings = told(device_overall_failed=once(1), nvme_critical_warning=once(16), device_exit_status=once(8))
    assert set(findings) == {"critical-warning"}
    assert findings["critical-warning"][0] is RED
    assert "volatile memory backup failed" in findings["critical-warning"][1]


def test_a_drive_that_fails_because_it_is_too_hot_is_red_as_it_says_itself() -> None:
    findings = told(device_overall_failed=once(1), nvme_critical_warning=once(2))
    assert set(findings) == {"critical-warning"}
    assert findings["critical-warning"][0] is RED


def test_a_warning_that_a_failed_verdict_confirms_is_believed_at_once() -> None:
    warning, failed = steps((59, 4.0)), steps((59, 1.0))
    assert told(nvme_critical_warning=warning) == {}
    assert set(told(nvme_critical_warning=warning, device_overall_failed=failed)) == {"critical-warning"}


def test_low_spare_and_the_warning_that_says_only_that_are_one_finding() -> None:
    low = {"nvme_available_spare": once(3), "nvme_available_spare_threshold": once(10)}
    assert set(told(nvme_critical_warning=once(1), **low)) == {"spare-low"}
    assert set(told(nvme_critical_warning=once(5), **low)) == {"spare-low", "critical-warning"}


def test_an_attribute_below_its_own_threshold_now_is_red_and_named() -> None:
    findings = told(
        ata_5_normalized=once(30), ata_5_worst=once(30), ata_5_threshold=once(36), device_overall_failed=once(1)
    )
    assert findings == {
        "below-threshold": (
            RED,
            "At or below the device's own threshold now: Reallocated sectors 30, threshold 36 (normalised values, "
            "lower is worse).",
        )
    }


def test_an_attribute_below_its_threshold_in_the_past_is_amber() -> None:
    severity, sentence = told(ata_10_normalized=100, ata_10_worst=90, ata_10_threshold=97)["below-threshold"]
    assert severity is AMBER
    assert sentence.startswith("Was at or below the device's own threshold in the past: Spin retries 90, threshold 97")


def test_what_is_below_now_comes_before_what_was_below_earlier() -> None:
    columns = {"ata_1_normalized": 80, "ata_1_worst": 40, "ata_1_threshold": 44}
    columns |= {"ata_5_normalized": 10, "ata_5_worst": 10, "ata_5_threshold": 10}
    severity, sentence = told(**columns)["below-threshold"]
    assert severity is RED
    assert "now: Reallocated sectors 10, threshold 10" in sentence
    assert sentence.endswith("Earlier also: Raw read error rate.")


@pytest.mark.parametrize("number", [190, 194])
@pytest.mark.parametrize(("value", "words"), [(60, "Was too hot"), (40, "Is too hot")])
def test_a_temperature_below_its_threshold_is_never_more_than_amber(number: int, value: int, words: str) -> None:
    name = f"ata_{number}"
    findings = told(**{f"{name}_normalized": value, f"{name}_worst": 40, f"{name}_threshold": 45})
    severity, sentence = findings["below-threshold"]
    assert severity is AMBER
    assert sentence.startswith(words)


@pytest.mark.parametrize(
    ("value", "worst", "threshold"),
    [
        (100, 100, 36),
        (37, 37, 36),
        (1, 1, 0),
        (100, 253, 97),
        (100, 100, 254),
        (100, 100, 255),
        (100, float("nan"), 36),
    ],
)
def test_above_the_threshold_or_without_one_there_is_no_finding(value: float, worst: float, threshold: float) -> None:
    assert told(ata_5_normalized=value, ata_5_worst=worst, ata_5_threshold=threshold) == {}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_thresholds_are_compared_as_the_standard_says(value: int, worst: int, threshold: int) -> None:
    findings = told(ata_5_normalized=value, ata_5_worst=worst, ata_5_threshold=threshold)
    expected = None
    if 0 < threshold < 254:
        expected = RED if value <= threshold else AMBER if worst <= threshold else None
    assert (findings["below-threshold"][0] if findings else None) is expected


def test_without_thresholds_smartctl_s_exit_status_says_that_there_is_an_attribute_below() -> None:
    assert told(device_exit_status=once(16))["below-threshold"][0] is RED
    severity, sentence = told(device_exit_status=once(32))["below-threshold"]
    assert severity is AMBER
    assert "the source does not tell which" in sentence


def test_wear_below_its_threshold_is_not_told_twice() -> None:
    columns = {"ata_233": 0, "ata_233_normalized": 1, "ata_233_worst": 1, "ata_233_threshold": 1, "ata_171": 0}
    assert set(told(**columns)) == {"below-threshold"}


def test_a_latest_self_test_that_failed_is_red_and_an_earlier_one_amber() -> None:
    severity, sentence = told(device_last_self_test_failed=once(1), device_failed_self_tests=once(3))[
        "self-test-failed"
    ]
    assert (severity, sentence) == (RED, "The latest self-test failed, as did 2 others in the log.")
    severity, sentence = told(device_last_self_test_failed=once(0), device_failed_self_tests=once(1))[
        "self-test-failed"
    ]
    assert (severity, sentence) == (AMBER, "1 self-test in the log failed; the latest did not.")
    assert told(device_last_self_test_failed=once(0), device_failed_self_tests=once(0)) == {}
    assert told(device_exit_status=once(128))["self-test-failed"][0] is AMBER


def test_the_exit_status_is_a_remark_by_name_where_no_other_rule_speaks_of_it() -> None:
    severity, sentence = told(device_exit_status=once(4 + 64))["exit-status"]
    assert severity is GREEN
    assert "a SMART command failed" in sentence
    assert "error log has entries" in sentence
    told_otherwise = told(device_exit_status=once(8 + 16), device_overall_failed=once(1))
    assert set(told_otherwise) == {"below-threshold"}
    assert told(device_exit_status=once(0)) == {}


def test_every_rule_of_the_base_has_a_name_of_its_own() -> None:
    assert {"overall-failed", "below-threshold", "self-test-failed", "exit-status"} <= {rule.name for rule in RULES}
