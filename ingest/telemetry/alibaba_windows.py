"""Windows of 30 SMART samples of Alibaba's SSDs (KORAL's SMART and workload set): one row a drive.

Each attribute is a list, oldest first, and only the last sample has a day (``ds``). The day of an earlier sample is
worked out from the power-on hours ``r_9`` between them, because samples are missing in nearly half of the windows
(one spans 169 days); such a day is marked as derived.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import RefusedError
from ingest.telemetry import alibaba, columns
from ingest.telemetry.daily import attribute_column
from ingest.telemetry.formats import Format
from ingest.telemetry.identity import drive_keys
from ingest.telemetry.normalised import (
    DRIVES,
    FAILURES,
    INTERVALS,
    PLACEMENTS,
    READING_KEYS,
    Normalised,
    RawRows,
    table,
)
from ingest.telemetry.rows import RowCheck

HOURS = "r_9"
SAMPLE_COLUMN = re.compile(r"r_(\d+)")
WINDOW_ID = r"^mb\d+_round\d+_\d+$"
ABOUT_THE_SET = ("sample_id", "ttf_days", "source_split", "source_index")


def transform(raw: RawRows, fleet: str) -> Normalised:
    """Normalise windows of samples.

    Args:
        raw: Rows of the window table.
        fleet: Name of the fleet.

    Raises:
        RefusedError: ``disk_id`` names windows, not drives.
    """
    check = RowCheck(raw)
    disk, model = check.text("disk_id"), check.text("model")
    _refuse_window_ids(raw, disk)
    last_day = check.day("ds")
    failed = check.flag("failure")
    failure_day = check.day("failure_time", needed=False)
    check.refuse(failed & ~columns.present(failure_day), "failure_time", "is empty though 'failure' is 1")
    samples = _Samples(check)
    usable = pa.array(check.usable)
    num_rows = int(check.usable.sum())
    rows = pa.array(raw.numbers).filter(usable)
    models, alias = alibaba.canonical_models(model.filter(usable))
    keys = drive_keys(fleet, models, disk.filter(usable))
    common = {"row": rows, "drive_key": keys}
    drives = {**common, "model": models, "serial": disk.filter(usable), "alias": alias}
    drives["vendor"] = alibaba.vendors(models)
    events = {**common, "day": failure_day.filter(usable), "precision": pa.array(["day"] * num_rows)}
    application = alibaba.applications(columns.strings(raw.rows["app"])).filter(usable)
    placements = table(PLACEMENTS, {**common, "application": application}, num_rows)
    return Normalised(
        drives=table(DRIVES, drives, num_rows),
        placements=placements.filter(pc.is_valid(application)),
        failures=table(FAILURES, events, num_rows).filter(pa.array(failed[check.usable])),
        readings=samples.readings(check.usable, rows, keys, last_day.filter(usable)),
        intervals=table(INTERVALS, {}, 0),
        rejects=check.rejects(),
    )


class _Samples:
    """The samples of all windows, flat: window after window, oldest first."""

    def __init__(self, check: RowCheck) -> None:
        names = [name for name in check.raw.rows.column_names if sample_column(name)]
        self.lengths = np.zeros(check.raw.rows.num_rows, np.int64)
        self._lists: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        # The hours come first: they say how many samples a window has.
        for name in sorted(names, key=lambda name: name != HOURS):
            values, lengths, unreadable = columns.number_lists(check.raw.rows[name])
            check.refuse(unreadable, name, "is not a list of numbers")
            if name == HOURS:
                self.lengths = lengths
                check.refuse(lengths == 0, name, "is empty; without power-on hours no sample has a day")
            check.refuse((lengths != self.lengths) & (lengths > 0), name, f"has not as many samples as '{HOURS}' has")
            check.refuse(_any(values < 0, lengths), name, "is impossible: below 0")
            self._lists[name] = (values, lengths)
        hours, lengths = self._lists[HOURS]
        check.refuse(_any(np.isnan(hours), lengths), HOURS, "has gaps; without power-on hours no sample has a day")
        falls = np.diff(hours, prepend=np.nan) < 0
        falls[_starts(lengths)] = False
        check.refuse(_any(falls, lengths), HOURS, "falls: the samples are out of order")
        known = np.zeros(len(self.lengths), bool)
        for name, (values, own) in self._lists.items():
            if name != HOURS:
                known |= _any(~np.isnan(values), own)
        check.refuse(~known, HOURS, "stands alone: the window holds no other reading")

    def readings(self, usable: np.ndarray, rows: pa.Array, keys: pa.Array, last_day: pa.Array) -> pa.Table:
        """Readings of the usable windows: columns of ``READING_KEYS`` and one an attribute."""
        lengths = self.lengths[usable]
        owner = np.repeat(np.arange(len(lengths)), lengths)
        hours = self._flat(HOURS, usable)
        last_hours = hours[np.cumsum(lengths) - 1] if len(hours) else hours
        age = np.rint((last_hours[owner] - hours) / 24).astype(np.int32)
        days = last_day.cast(pa.int32()).to_numpy(zero_copy_only=False)[owner] - age
        sequence = np.arange(len(owner), dtype=np.int64) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        index = pa.array(owner)
        keyed = {
            "row": rows.take(index),
            "drive_key": keys.take(index),
            "day": pa.array(days.astype(np.int32)).cast(pa.date32()),
            "sequence": sequence,
        }
        found = table(READING_KEYS, keyed, len(owner))
        for name in self._lists:
            column = sample_column(name)
            if column:
                found = found.append_column(column, pa.array(self._flat(name, usable), from_pandas=True))
        return found

    def _flat(self, name: str, usable: np.ndarray) -> np.ndarray:
        """Values of the usable windows; a window without this attribute has NaN in their place."""
        values, lengths = self._lists[name]
        flat = np.full(int(self.lengths.sum()), np.nan)
        filled = np.repeat(lengths == self.lengths, self.lengths)
        own = np.repeat(lengths == self.lengths, lengths)
        flat[filled] = values[own]
        return flat[np.repeat(usable, self.lengths)]


def sample_column(name: str) -> str | None:
    """Column of the lake for ``r_5``; None where it is no catalogued attribute."""
    found = SAMPLE_COLUMN.fullmatch(name)
    return found and attribute_column(f"smart:ata:{int(found[1])}")


def _refuse_window_ids(raw: RawRows, disk: pa.Array) -> None:
    """Windows whose ids name windows belong to no drive, so nothing here can be related to anything else."""
    is_window = pc.fill_null(pc.match_substring_regex(disk, WINDOW_ID), fill_value=False)
    at = pc.index(is_window, value=True).as_py()
    if at >= 0:
        raise RefusedError(
            f"{raw.path}:{raw.numbers[at]}: disk_id '{disk[at]}' names a window, not a drive, and its windows overlap; "
            "a file without drives cannot enter a fleet. "
            "Expected the number of a disk, as in train.csv."
        )


def _starts(lengths: np.ndarray) -> np.ndarray:
    """Index of the first value of each list that has one."""
    return (np.cumsum(lengths) - lengths)[lengths > 0]


def _any(mask: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """For each list, whether any of its values is in the mask."""
    owner = np.repeat(np.arange(len(lengths)), lengths)
    return np.bincount(owner[mask], minlength=len(lengths)).astype(bool)


FORMAT = Format(
    name="alibaba-windows",
    required=("disk_id", "ds", "model", "app", "failure_time", "failure", HOURS),
    transform=transform,
    knows=lambda column: column in ABOUT_THE_SET or sample_column(column) is not None,
    derived_days=True,
    notes=("Days of all samples but the last were worked out from power-on hours and are marked as derived.",),
)
