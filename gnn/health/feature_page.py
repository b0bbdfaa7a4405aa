"""The page ``docs/risk-features.md``: run ``python -m gnn.health.feature_page`` after a change of features."""

from __future__ import annotations

from pathlib import Path

from gnn.health.feature_plan import ERRORS, HOURS, SLOW_DAYS, measures_of
from gnn.health.guard import FORBIDDEN
from graph.ontology import smart
from graph.windows.landmarks import GAUGE_DAYS, LOOK_BACKS_DAYS, POWER_CYCLES

PAGE = Path(__file__).parents[2] / "docs" / "risk-features.md"

# One attribute of each kind, whose features the page shows.
SHOWN = (
    ("Counters of errors, events, damage, power cycles", "ata_187", False),
    ("The same where a maker packs several numbers into one", "ata_188", True),
    ("Use: bytes, operations", "nvme_data_units_written", False),
    ("Power-on hours", "ata_9", False),
    ("Gauges", "nvme_temperature", False),
    ("Gauges of wear", "nvme_percentage_used", False),
    ("Gauges of which less is worse", "nvme_available_spare", False),
    ("Normalised values", "ata_5_normalized", False),
)


def page() -> str:
    """The page, from the plan of features and the guard."""
    days = ", ".join(map(str, LOOK_BACKS_DAYS))
    lines = [
        "# Features of failure risk",
        "",
        "This page is generated (`python -m gnn.health.feature_page`) and tested to be current.",
        "",
        "A feature says what was known of a drive on a day, its *landmark*. All are made of the landmark windows of",
        "[`graph/windows/landmarks.py`](../graph/windows/landmarks.py), which never see a reading after the landmark:",
        "a test changes everything after it, and nothing changes. A look-back of `n` days takes what was read in",
        "`(landmark - n, landmark]`; *all* goes back to the drive's first reading. What is not known is left out,",
        "never filled. Attributes are named as in the lake; which features one has follows from its kind in the",
        "[catalogue](decoding.md).",
        "",
        "## By attribute",
        "",
        "| kind | feature | meaning | unit | look-back |",
        "|---|---|---|---|---|",
    ]
    for title, name, is_packed in SHOWN:
        for place, measure in enumerate(measures_of(name, is_packed=is_packed)):
            feature = measure.feature
            back = f"{feature.look_back_days} days" if feature.look_back_days else "all"
            lines.append(
                f"| {title if place == 0 else ''} | `{feature.name}` | {feature.meaning} | {feature.unit} | {back} |"
            )
    lines += [
        "",
        "A rise is the sum of increases from reading to reading, so a counter that restarts goes on rising; the first",
        "value of an attribute is no rise. Values are decoded as in [Decoding](decoding.md) before all else; `_last`",
        "alone stays raw, since the references R0 and R1 use raw values. `_per_month` divides by age in months of",
        f"30 days, at least one. Rises of use and falls look back {' and '.join(map(str, SLOW_DAYS))} days, rises of",
        f"errors {days} days, levels of gauges {GAUGE_DAYS} days.",
        "",
        "## By drive",
        "",
        "| feature | meaning | look-back |",
        "|---|---|---|",
        "| `num_errors_now`, `num_errors_ever` | error counters above zero at the landmark; ever before | all |",
        "| `num_errors_rising_{n}_days` | error counters that rose | " + days + " days |",
        "| `errors_log_sum` | log(1 + value), summed over error counters | all |",
        "| `errors_rise_log_sum_{n}_days` | log(1 + rise), summed over error counters | " + days + " days |",
        "| `days_since_any_change` | days since any error counter or power cycle changed | all |",
        "| `age_days` | last power-on hours / 24 and the days since; else days since the first reading | all |",
        "| `maker_{name}` | 1 for drives of that maker | none |",
        "| `capacity_log2` | binary logarithm of the capacity in bytes | none |",
        "",
        "Error counters counted together: " + ", ".join(f"`{name}` {_name(name)}" for name in ERRORS) + ".",
        "",
        "Hours are taken of the first that a drive has of "
        + ", ".join(f"`{name}`" for name in HOURS)
        + "; power cycles",
        "are " + " and ".join(f"`{name}`" for name in POWER_CYCLES) + ".",
        "",
        "## What is never a feature",
        "",
        "Columns of readings that the catalogue does not know are refused, and so is any feature named by what looks",
        "into the future, or names a drive, a date, a place or a failure",
        "([`gnn/health/guard.py`](../gnn/health/guard.py)):",
        ", ".join(f"`{name}`" for name in FORBIDDEN) + ".",
        "",
        "The number and the age of readings are known to the windows but are no features: where a source keeps",
        "intervals (`backblaze-history`), a reading stands on the day before a value changes, so that its being there",
        "would tell of a change to come.",
    ]
    return "\n".join(lines) + "\n"


def _name(column: str) -> str:
    key = smart.key_of(column)
    return smart.attribute(key).name.lower() if key else ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
