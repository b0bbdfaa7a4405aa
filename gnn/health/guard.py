"""What no feature may be called or come from: the future, an identity, a date, a failure, a place told by tickets."""

from __future__ import annotations

import re
from collections.abc import Iterable

from graph.errors import InputError
from graph.ontology import smart

# Names as they stand in known sources and in histories; what looks beyond the landmark comes first.
FORBIDDEN = (
    *("min_date", "max_date", "min_hours", "max_hours", "n_records", "tstart", "tstop", "fails"),
    *("first_day", "last_day", "failure_day", "failure", "failed", "failure_time", "ttf_days", "has_failed", "label"),
    *("serial", "serial_number", "drive_key", "disk_id", "model", "model_number"),
    *("day", "date", "landmark", "month", "year", "weekday", "timestamp"),
    *("ticket", "tickets", "told_by", "host", "node", "node_id", "rack", "rack_id", "room", "machine_room_id"),
)
_WORDS = re.compile(
    r"(?<![a-z])(serial|model|tickets?|ttf|fails|n_records|(min|max)_(date|hours)|date|drive_key|disk_id|landmark"
    r"|(first|last|failure)_day|failure_(date|time)|has_failed)(?![a-z])"
)


def check_names(names: Iterable[str]) -> None:
    """Make sure that no feature tells the outcome, the drive or the date by its name.

    Raises:
        InputError: One may; names it.
    """
    for name in names:
        if name in FORBIDDEN or _WORDS.search(name.lower()):
            raise InputError(
                f"Feature '{name}': looks into the future, or names a drive, a date, a place or a failure, so no model "
                "may read it. Features come from attributes of readings, age, maker and size alone."
            )


def check_columns(names: Iterable[str]) -> None:
    """Make sure that features are made of catalogued attributes alone.

    Args:
        names: Columns of readings that features would be made of.

    Raises:
        InputError: One is no attribute of the SMART catalogue; names it.
    """
    for name in names:
        if not any(key_of(name) for key_of in (smart.key_of, smart.normalized_key_of)):
            what = "looks into the future or tells who or when" if name in FORBIDDEN else "is no catalogued attribute"
            raise InputError(
                f"Column '{name}' of the readings: {what} (graph/ontology/smart.ttl), so no feature is made of it. "
                "Expected columns such as ata_5, ata_5_normalized, nvme_media_errors."
            )
