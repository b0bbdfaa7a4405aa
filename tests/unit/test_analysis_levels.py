"""What counters stand at, on drives that were read too seldom to say what they rose by."""

from __future__ import annotations

import pytest
from rule_fleets import found, once, steps

from app.analysis.rules.media import MEDIA_RULES
from graph.ontology.model import Severity

RED, AMBER, GREEN = Severity.RED, Severity.AMBER, Severity.GREEN
CRC = {"smart:ata:199", "smart:ata:168", "smart:ata:218"}


def told(**columns: object) -> dict[str, tuple[Severity, str]]:
    findings = found({"d": columns}).values()  # type: ignore[dict-item]
    return {item.rule: (item.severity, item.statement) for item in findings}


def test_a_scsi_drive_with_many_uncorrected_writes_is_red_from_a_single_reading() -> None:
    findings = told(
        scsi_write_uncorrected_errors=once(535),
        scsi_write_gigabytes=once(11151.772),
        scsi_read_uncorrected_errors=once(1),
        scsi_read_gigabytes=once(11523.849),
        scsi_grown_defects=once(260),
        device_overall_failed=once(0),
    )
    assert set(findings) == {"scsi-uncorrected-level", "grown-defects-level"}
    assert findings["scsi-uncorrected-level"] == (
        RED,
        "535 uncorrected write errors in 11,152 GB; data sheets allow 0.09 (limit 10).",
    )
    assert findings["grown-defects-level"][0] is AMBER


def test_it_stays_red_while_the_counter_stands_still() -> None:
    assert told(scsi_write_uncorrected_errors=535)["scsi-uncorrected-level"][0] is RED


@pytest.mark.parametrize(
    ("errors", "gigabytes", "severity"),
    [
        (0, 100, None),
        (1, 100, AMBER),
        (9, 1_000, AMBER),
        (10, 1_000, RED),
        (1, 316_009, None),  # 2.5 are expected in so much data
        (1, float("nan"), AMBER),
        (12, 1_000_000, None),
        (60, 1_000_000, RED),
    ],
)
def test_uncorrected_errors_are_held_against_what_data_sheets_allow(
    errors: float, gigabytes: float, severity: Severity | None
) -> None:
    findings = told(scsi_read_uncorrected_errors=once(errors), scsi_read_gigabytes=once(gigabytes))
    assert findings.get("scsi-uncorrected-level", (None,))[0] is severity


def test_corrected_errors_are_no_finding_however_many() -> None:
    assert told(scsi_write_corrected_errors=once(26762907), scsi_write_uncorrected_errors=once(0)) == {}


def test_uncorrected_errors_misread_once_are_no_finding() -> None:
    assert told(scsi_read_uncorrected_errors=steps((50, 500.0), (51, 0.0))) == {}


def test_uncorrected_errors_that_come_now_are_told_once() -> None:
    assert set(told(scsi_read_uncorrected_errors=steps((0, 20.0), (50, 60.0)))) == {"scsi-uncorrected-rise"}


def test_media_errors_on_first_sight_are_amber_and_later_only_their_rise_counts() -> None:
    assert told(nvme_media_errors=once(3))["media-error-level"][0] is AMBER
    assert told(nvme_media_errors=3) == {}
    assert told(nvme_media_errors=once(0)) == {}


@pytest.mark.parametrize(
    ("column", "rule", "least"),
    [
        ("ata_197", "pending-level", 1),
        ("ata_198", "pending-level", 1),
        ("scsi_pending_defects", "pending-level", 1),
        ("ata_187", "uncorrectable-level", 10),
    ],
)
def test_lost_data_on_first_sight_is_told_and_later_only_its_rise_counts(column: str, rule: str, least: int) -> None:
    assert told(**{column: once(5000)})[rule][0] is RED
    assert told(**{column: once(least)})[rule][0] is AMBER
    assert told(**{column: once(least - 1)}) == {}
    assert rule not in told(**{column: 5000})


def test_interface_errors_on_first_sight_are_a_remark_and_no_media_rule_counts_them() -> None:
    severity, sentence = told(ata_199=once(3118119))["crc-level"]
    assert severity is GREEN
    assert "not the medium" in sentence
    assert told(ata_199=once(24)) == {}
    assert told(ata_199=3118119) == {}
    readers = {rule.name for rule in MEDIA_RULES if CRC & set(rule.attributes)}
    assert readers == {"crc-rise", "crc-level"}


@pytest.mark.parametrize(
    ("column", "share_of_a_thousand_hours", "words"),
    [
        ("nvme_critical_comp_time", 60 * 20, "above its critical temperature for 2 %"),
        ("nvme_warning_temp_time", 60 * 20, "above its warning temperature for 2 %"),
        ("nvme_thermal_management_2_time", 3600 * 20, "in heavy thermal throttling for 2 %"),
    ],
)
def test_a_life_too_hot_is_amber_on_first_sight(column: str, share_of_a_thousand_hours: float, words: str) -> None:
    severity, sentence = told(**{column: once(share_of_a_thousand_hours), "nvme_power_on_hours": once(1000)})[
        "hot-share"
    ]
    assert severity is AMBER
    assert words in sentence
    assert told(**{column: once(share_of_a_thousand_hours / 4), "nvme_power_on_hours": once(1000)}) == {}
    assert told(**{column: share_of_a_thousand_hours, "nvme_power_on_hours": 1000}) == {}


def test_unsafe_shutdowns_of_long_ago_are_history() -> None:
    assert told(nvme_unsafe_shutdowns=once(39)) == {}


def test_the_temperature_as_the_source_decoded_it_serves_where_ours_cannot() -> None:
    hot = {"ata_194": 3342375 + 30, "device_temperature": 65}  # packed, of an unknown maker
    finding = found({"d": hot})["d temp-limit"]
    assert (finding.severity, finding.attribute, finding.value) == (AMBER, "smart:device:temperature", 65)


def test_what_is_packed_by_an_unknown_maker_is_read_by_no_rule() -> None:
    values = steps((0, 2.0**33), (50, 2.0**33 + 500 * 2**16))
    assert found({"d": {"ata_188": values, "ata_194": values, "ata_5": values, "ata_9": values}}) == {}
    unit_unknown = {"ata_241": steps((0, 1e6), (50, 10.0)), "ata_231": 1, "ata_169": 2, "ata_171": 0}
    assert found({"d": unit_unknown}) == {}
