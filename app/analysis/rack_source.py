"""Racks that fail again, from failure tickets: files in, examples to learn from and to judge out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from app.analysis.checked_rows import FLEET, checked_rows
from app.analysis.rules.base import Progress
from gnn.health.examples import Examples
from gnn.health.racks import rack_examples
from graph.errors import InputError
from ingest.telemetry.normalised import Normalised
from ingest.telemetry.registry import format_named

FORMAT_NAME = "alibaba-tickets"


@dataclass(frozen=True, slots=True)
class RackPeriod:
    """When racks are watched and when they are judged.

    Args:
        start: First day of the tickets that are looked at.
        end: Last of them; the landmark.
        label_end: Last day on which a further failure counts.
    """

    start: date
    end: date
    label_end: date

    def __str__(self) -> str:
        return f"failed {self.start} to {self.end}, again by {self.label_end}"


# The protocol: learn on 2018 alone, predict the first half of 2019.
TRAIN_PERIOD = RackPeriod(date(2018, 1, 1), date(2018, 6, 30), date(2018, 12, 31))
TEST_PERIOD = RackPeriod(date(2018, 1, 1), date(2018, 12, 31), date(2019, 6, 30))


@dataclass(frozen=True)
class RackSet:
    """Racks of failure tickets.

    Args:
        train: Racks to learn from; ``drive_keys`` are keys of racks.
        test: The later period, to be judged.
        tickets: One row a failure: ``drive_key, model, rack, host, room, application, day``.
        rows_read: Rows read.
        rows_rejected: Rows that could not be used.
        rejections: Sentences on the first of them.
        notes: What limits the examples, a sentence each.
        sha256: Hash over the files.
    """

    train: Examples
    test: Examples
    tickets: pd.DataFrame
    rows_read: int
    rows_rejected: int
    rejections: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sha256: str = ""


def rack_set(
    paths: Sequence[Path],
    *,
    train: RackPeriod = TRAIN_PERIOD,
    test: RackPeriod = TEST_PERIOD,
    progress: Progress | None = None,
) -> RackSet:
    """Read failure tickets and make the examples of both periods.

    Args:
        paths: Files of tickets, or folders of them.
        train: Period to learn from; its outcomes must be known at the landmark of ``test``.
        test: Period to be judged.
        progress: Called with a stage, what is done and of how much (None: unknown).

    Raises:
        InputError: A file cannot be used, the periods overlap, or no rack failed in one of them.
    """
    if train.label_end > test.end:
        raise InputError(
            f"Racks: outcomes to learn from end on {train.label_end}, after the landmark {test.end} of those to be "
            f"judged; expected an end on or before {test.end}."
        )
    rows = checked_rows(paths, format_named(FORMAT_NAME), progress)
    tickets = pd.concat([_tickets(content) for _, content in rows.pieces], ignore_index=True)
    # A drive has one failure a day, however often it was told of.
    tickets = tickets.drop_duplicates(["drive_key", "day"], ignore_index=True)
    pools = [rack_examples(tickets, period.start, period.end, period.label_end) for period in (train, test)]
    without = int(tickets["rack"].isna().sum())
    notes = [f"Racks: learnt from those that {train}; judged on those that {test}."]
    notes += [f"{without:,} tickets name no rack and count for none."] if without else []
    return RackSet(pools[0], pools[1], tickets, rows.rows_read, rows.rows_rejected, rows.rejections, notes, rows.sha256)


def _tickets(content: Normalised) -> pd.DataFrame:
    drives = content.drives.select(["row", "drive_key", "model", "vendor"]).to_pandas()
    placed = content.placements.select(["row", "rack", "host", "room", "application"]).to_pandas()
    failed = content.failures.select(["row", "day"]).to_pandas()
    found = failed.merge(drives, on="row").merge(placed, on="row")
    for place in ("rack", "host", "room"):
        found[place] = (f"{place}:{FLEET}:" + found[place]).where(found[place].notna())
    return found.assign(day=pd.to_datetime(found["day"])).drop(columns="row")
