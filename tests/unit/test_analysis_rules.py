"""What the rules find on small fleets, and what they must leave alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from rule_fleets import DAYS, LAST, fleet, found, steps

from app.analysis.rules.base import RULES, attributes_read, find_all, rule_base_version
from app.analysis.rules.model import HEURISTIC
from app.analysis.rules.table import page
from graph.ontology import smart
from graph.ontology.model import Severity


def test_three_old_errors_fail_no_drive() -> None:
    drive = {"ata_5": 3, "ata_187": 3, "ata_197": 3, "ata_198": 3, "ata_199": 3, "ata_188": 3}
    assert found({"d": drive}) == {}


def test_blocks_that_go_bad_now_are_found_with_number_window_limit_and_evidence() -> None:
    rising = [max(0.0, day - 40) * 4 for day in range(DAYS)]
    finding = found({"d": {"ata_5": rising}})["d realloc-rise"]
    assert finding.statement == "Reallocated blocks rose by 76 in 30 days (limit 50)."
    assert finding.short == "Reallocated blocks +76 in 30 d, limit 50"
    assert (finding.severity, finding.value, finding.threshold) == (Severity.RED, 76, 50)
    assert finding.threshold_source == HEURISTIC
    assert (finding.first_day, finding.last_day) == (LAST - timedelta(29), LAST)
    assert finding.since_day == LAST - timedelta(6)
    (evidence,) = finding.claim.evidence
    assert evidence.ref == f"window:d:{LAST}:30:1"
    assert evidence.detail["num_readings"] == 30


def test_a_rise_more_than_thirty_days_ago_is_over() -> None:
    assert found({"d": {"ata_5": steps((10, 80.0))}}) == {}


def test_flash_is_held_to_the_published_limit_and_disks_to_a_wider_one() -> None:
    rising = steps((50, 3.0))
    assert "d realloc-rise" not in found({"d": {"ata_5": rising}})
    finding = found({"d": {"ata_5": rising, "ata_171": 0}})["d realloc-rise"]
    assert finding.severity is Severity.AMBER
    assert "Schroeder" in finding.threshold_source


def test_a_counter_misread_once_is_no_rise() -> None:
    assert found({"d": {"ata_5": steps((40, 80.0), (41, 0.0))}}) == {}


def test_a_counter_that_goes_up_and_down_is_not_read() -> None:
    values = [float(80 * (day % 2)) for day in range(DAYS)]
    assert found({"d": {"ata_5": values, "ata_187": values}}) == {}


def test_checksum_errors_are_told_apart_from_the_medium() -> None:
    finding = found({"d": {"ata_199": steps((50, 120.0))}})["d crc-rise"]
    assert finding.severity is Severity.AMBER
    assert "cable or backplane, not the medium" in finding.statement


def test_packed_timeouts_of_seagate_are_decoded_before_they_count() -> None:
    # Three counters of 16 bits: the upper two rise by one, all timeouts by one.
    packed = steps((0, 4.0), (50, 1 * 2**32 + 1 * 2**16 + 5))
    facts = {"d": {"model": "ST4000DM000", "vendor": "Seagate"}}
    assert found({"d": {"ata_188": packed}}, facts=facts) == {}
    assert "d command-timeout-rise" in found({"d": {"ata_188": steps((0, 4.0), (50, 40.0))}}, facts=facts)


def test_no_rule_reads_packed_error_rates() -> None:
    assert not {"smart:ata:1", "smart:ata:7", "smart:ata:195"} & set(attributes_read())


def test_an_attribute_is_read_only_as_its_vendor_means_it() -> None:
    life_used = {"d": {"ata_202": 96, "ata_171": 0}}
    assert "d wear-used-ata" in found(
        life_used, facts={"d": {"model": "Micron_5300_MTFDDAK1T9TDS", "vendor": "Micron"}}
    )
    assert found(life_used, facts={"d": {"model": "ST4000DM000", "vendor": "Seagate"}}) == {}


@pytest.mark.parametrize(("used", "severity"), [(89, None), (92, Severity.AMBER), (104, Severity.RED)])
def test_wear_is_held_against_the_rated_life_of_the_specification(used: float, severity: Severity | None) -> None:
    finding = found({"d": {"nvme_percentage_used": used}}).get("d wear")
    assert (finding and finding.severity) == severity
    if severity is Severity.RED and finding:
        assert finding.statement == "Media wear of rated life: 104 % (limit 100 %)."
        assert "NVMe Base Specification" in finding.threshold_source


@pytest.mark.parametrize(
    ("column", "attribute"),
    [("ata_177_normalized", "smart:ata:177"), ("ata_233_normalized", "smart:ata:233"), ("ata_231", "smart:ata:231")],
)
def test_wear_is_found_in_whichever_attribute_tells_it(column: str, attribute: str) -> None:
    facts = {"d": {"model": "KINGSTON SKC400S371T"}} if attribute == "smart:ata:231" else {}
    findings = found({"d": {column: 1, "ata_171": 0}}, facts=facts).values()
    assert [(item.severity, item.attribute) for item in findings] == [(Severity.RED, attribute)]


def test_life_used_as_smartctl_decoded_it_is_told_only_where_no_attribute_tells_it() -> None:
    finding = found({"d": {"device_percentage_used": 103}}, facts={"d": {"medium": "flash"}})["d wear"]
    assert (finding.severity, finding.attribute) == (Severity.RED, "smart:device:percentage_used")
    both = found({"d": {"device_percentage_used": 97, "ata_233_normalized": 3, "ata_171": 0}})
    assert sorted(both) == ["d wear-indicator-ata"]


def test_spare_is_held_against_the_threshold_that_the_drive_reports() -> None:
    low = {"nvme_available_spare": 8, "nvme_available_spare_threshold": 10}
    finding = found({"d": low})["d spare-low"]
    assert (finding.severity, finding.threshold) == (Severity.RED, 10)
    assert "device field" in finding.threshold_source
    assert "d spare-low" not in found({"d": {**low, "nvme_available_spare_threshold": -10}})


def test_a_critical_warning_is_told_by_name_and_a_single_reading_of_it_is_not_believed() -> None:
    finding = found({"d": {"nvme_critical_warning": steps((55, 16.0))}})["d critical-warning"]
    assert finding.severity is Severity.RED
    assert "volatile memory backup failed" in finding.statement
    assert found({"d": {"nvme_critical_warning": steps((59, 16.0))}}) == {}


def test_a_temperature_spike_fails_no_drive_and_heat_that_stays_does() -> None:
    spiked = steps((0, 40.0), (56, 95.0), (58, 40.0))
    hot = steps((0, 40.0), (55, 63.0))
    findings = found({"spiked": {"ata_194": spiked}, "hot": {"ata_194": hot}})
    assert set(findings) == {"hot temp-limit"}
    assert findings["hot temp-limit"].statement.startswith("Temperature was 63 °C or more in three of the last 7")


def warm(name: int, seed: int = 0) -> np.ndarray:
    return 35 + np.round(np.random.default_rng([seed, name]).normal(0, 1, DAYS))


def test_a_drive_hotter_than_its_cohort_is_found_since_it_became_so() -> None:
    drives = {f"d{n:02}": {"ata_194": warm(n)} for n in range(30)}
    drives["d07"] = {"ata_194": warm(7) + np.array(steps((39, 8.0)))}
    findings = found(drives)
    assert set(findings) == {"d07 temp-cohort"}
    finding = findings["d07 temp-cohort"]
    assert finding.since_day is not None
    assert abs((finding.since_day - (LAST - timedelta(20))).days) <= 3
    assert "cohort of 30 drives" in finding.statement


def test_a_summer_that_warms_all_drives_is_no_finding() -> None:
    season = np.linspace(0, 12, DAYS)
    assert found({f"d{n:02}": {"ata_194": warm(n) + season} for n in range(30)}) == {}


def test_a_slow_rise_against_the_cohort_is_a_trend() -> None:
    drives = {f"d{n:02}": {"ata_194": warm(n)} for n in range(30)}
    drives["d03"] = {"ata_194": warm(3) + np.linspace(0, 9, DAYS)}
    findings = found(drives)
    assert {name for name in findings if name.startswith("d03")} & {
        "d03 temp-trend",
        "d03 temp-step",
        "d03 temp-cohort",
    }
    assert all(name.startswith("d03") for name in findings)


def test_a_sensor_that_reads_zero_is_a_remark_and_no_cold_drive() -> None:
    drives = {f"d{n:02}": {"ata_194": warm(n)} for n in range(30)}
    drives["d01"] = {"ata_194": np.array(steps((0, 35.0), (45, 0.0)))}
    findings = found(drives)
    assert set(findings) == {"d01 temp-impossible"}
    assert findings["d01 temp-impossible"].severity is Severity.GREEN


def test_a_counter_that_begins_anew_is_found_with_its_day() -> None:
    hours = [9000.0 + 24 * day for day in range(50)] + [24.0 * day for day in range(10)]
    others = {f"d{n:02}": {"ata_9": [500.0 + 24 * day for day in range(DAYS)]} for n in range(30)}
    findings = found({"d": {"ata_9": hours}, **others})
    assert set(findings) == {"d counter-reset"}
    assert findings["d counter-reset"].since_day == LAST - timedelta(9)
    assert "fell from 10,176 to 0" in findings["d counter-reset"].statement


def test_hours_that_run_faster_than_the_calendar_are_a_remark() -> None:
    findings = found({"d": {"ata_9": [1440.0 * day for day in range(DAYS)]}})
    assert findings["d clock-fast"].severity is Severity.GREEN


def test_missing_days_and_drives_no_longer_read_are_told_apart() -> None:
    gaps = [np.nan if day % 3 == 0 and day < 57 else 1.0 for day in range(DAYS)]
    gone = [1.0] * 50 + [np.nan] * 10
    drives = {f"d{n:02}": {"ata_5": 0} for n in range(60)} | {"gaps": {"ata_5": gaps}, "gone": {"ata_5": gone}}
    drives["failed"] = {"ata_5": gone}
    findings = found(drives, facts={"failed": {"failure_status": "failed"}})
    assert set(findings) == {"gaps missing-days", "gone stale"}
    assert findings["gone stale"].severity is Severity.UNKNOWN
    assert findings["gone stale"].statement == "No reading for 240 h (limit 48 h)."


def test_a_fault_of_the_source_is_one_finding_on_the_fleet() -> None:
    gaps = [np.nan if day % 3 == 0 and day < 57 else 1.0 for day in range(DAYS)]
    findings = found({f"d{n:02}": {"ata_5": gaps} for n in range(20)} | {"good": {"ata_5": 0}})
    assert set(findings) == {"fleet:lab missing-days"}
    assert findings["fleet:lab missing-days"].subject_label == "Fleet"


def test_a_rack_with_more_sick_drives_than_chance_explains_is_found() -> None:
    sick = {"ata_199": steps((50, 50.0))}
    drives = {f"d{n:03}": sick if n < 8 or n in (40, 90) else {"ata_199": 0} for n in range(100)}
    facts = {name: {"rack": f"r{int(name[1:]) // 10}"} for name in drives}
    findings = [item for item in find_all(fleet(drives, facts=facts)) if item.subject_label == "Rack"]
    (finding,) = findings
    assert finding.subject == "rack:lab:r0"
    assert finding.statement.startswith(
        "Rack r0 holds more amber and red drives than chance explains (8 of 10, 1 expected"
    )
    assert len(finding.claim.evidence) == 8


def test_findings_are_the_same_in_whatever_order_the_readings_come() -> None:
    drives = {f"d{n:02}": {"ata_194": warm(n), "ata_5": steps((30 + n, float(n)))} for n in range(30)}
    drives["d07"]["ata_194"] = warm(7) + np.array(steps((39, 8.0)))
    once, again = find_all(fleet(drives)), find_all(fleet(drives, shuffle=1))
    assert once == again
    assert once


def test_every_rule_says_what_it_reads_tests_and_why_and_where_its_limits_come_from() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.test
        assert rule.reason
        assert rule.limits
        assert all(limit.source for limit in rule.limits)
        for key in rule.attributes:
            smart.attribute(key)
    assert rule_base_version() == rule_base_version()


def test_the_page_of_rules_is_current() -> None:
    written = Path(__file__).parents[2] / "docs" / "rules.md"
    assert written.read_text(encoding="utf-8") == page(), "run: python -m app.analysis.rules.table > docs/rules.md"
