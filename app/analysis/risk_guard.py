"""What the leakage guard looks at, gathered from what was read."""

from __future__ import annotations

from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from app.analysis.rack_source import FORMAT_NAME as TICKETS
from app.analysis.risk_splits import EvaluationRequest, SourceSplit
from app.analysis.rules.base import Progress
from app.analysis.window_source import WindowSet
from gnn.health.duplicates import consecutive_links, linked_windows, linking_columns
from gnn.health.examples import DAY
from gnn.health.history import FleetHistory
from gnn.health.label_checks import landmark_labels, read_after_failure, window_events, window_labels
from gnn.health.leakage import (
    Leak,
    Spans,
    forward_looking,
    landmark_spans,
    near_duplicates,
    overlapping_outcomes,
    shared_drives,
)
from ingest.telemetry.registry import format_named
from ingest.telemetry.unstored import read_unstored


def find_leaks(source: SourceSplit, request: EvaluationRequest, progress: Progress) -> list[Leak]:
    """Everything that is wrong with a split, the gravest first; empty where it may be used."""
    progress("leakage guard", 0, None)
    if source.windows:
        found = _of_windows(source, request, progress)
    elif source.histories:
        found = _of_histories(source)
    else:  # racks meet themselves again by design; what training knows must end before the test begins
        found = [overlapping_outcomes(source.split)]
    return [
        leak
        for leak in [*found, forward_looking(source.split.train, is_named=bool(source.windows or source.histories))]
        if leak is not None
    ]


def _of_windows(source: SourceSplit, request: EvaluationRequest, progress: Progress) -> list[Leak | None]:
    windows = pd.concat([_window_facts(one) for one in source.windows], ignore_index=True)
    begins = [0, *np.cumsum([len(one.window_ids) for one in source.windows])]
    samples = pd.concat(
        [
            one.samples.assign(window=one.samples["window"] + begin)
            for one, begin in zip(source.windows, begins[:-1], strict=True)
        ],
        ignore_index=True,
    )
    first_day = samples.groupby("window")["day"].min().to_numpy().astype(DAY)
    ends = windows["failure_day"].where(windows["failure_day"].notna(), windows["last_day"])
    end = np.maximum(ends.to_numpy().astype(DAY), windows["last_day"].to_numpy().astype(DAY))
    train, test = source.window_rows or (np.array([], int), np.array([], int))
    names = windows["window_id"].to_numpy(object)
    return [
        shared_drives(source.split, Spans(first_day[train], end[train], first_day[test], end[test])),
        near_duplicates(source.split, linked_windows(samples), names, train, test),
        window_labels(windows),
        window_events(windows, _events(request.events, progress)) if request.events else None,
    ]


def _window_facts(read: WindowSet) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "window_id": read.window_ids,
            "drive_key": read.examples.drive_keys[read.examples.drive],
            "model": read.models,
            "failed": read.examples.label,
            "last_day": pd.to_datetime(read.last_day),
            "failure_day": pd.to_datetime(read.failure_day),
            "ttf_days": read.ttf_days,
        }
    )


def _of_histories(source: SourceSplit) -> list[Leak | None]:
    split = source.split
    links = _links([one.history for one in source.histories])
    names = np.union1d(split.train.drive_keys, split.test.drive_keys)
    positions = pd.Series(np.arange(len(names)), index=names)
    known = links["first"].isin(positions.index) & links["second"].isin(positions.index)
    links = links[known].assign(
        first=positions.reindex(links.loc[known, "first"]).to_numpy(int),
        second=positions.reindex(links.loc[known, "second"]).to_numpy(int),
    )
    of = {id(pool): positions.reindex(pool.drive_keys).to_numpy(int)[pool.drive] for pool in (split.train, split.test)}
    return [
        shared_drives(split, landmark_spans(split.train, split.test)),
        overlapping_outcomes(split),
        near_duplicates(split, links, names, of[id(split.train)], of[id(split.test)]),
        landmark_labels(split.train),
        landmark_labels(split.test),
        *(_read_on(one.history) for one in source.histories),
    ]


def _links(histories: list[FleetHistory]) -> pd.DataFrame:
    """Drives of one or both files that hold the same readings under different names."""
    columns = [linking_columns(history.readings.columns) for history in histories]
    if any(found is None or found != columns[0] for found in columns) or columns[0] is None:
        return pd.DataFrame({"first": [], "second": [], "num_shared": []})
    hours, counters = columns[0]
    readings, connection = histories[0].readings, histories[0].connection
    if len(histories) > 1:
        wanted = ["drive_key", "day", hours, *counters]
        tables = [one.connection.to_pyarrow(one.readings.select(*wanted)) for one in histories]
        readings = ibis.memtable(pa.concat_tables(tables, promote_options="permissive"))
    return consecutive_links(readings, connection, "drive_key", "day", hours, counters)


def _read_on(history: FleetHistory) -> Leak | None:
    """Readings of failed drives after their failure."""
    failed = history.drives["failure_day"].dropna()
    if failed.empty:
        return None
    last = history.readings.group_by("drive_key").aggregate(last=history.readings["day"].max())
    found = history.connection.to_pandas(last).set_index("drive_key")["last"]
    return read_after_failure(pd.to_datetime(found), failed)


def _events(events: Path, progress: Progress) -> pd.DataFrame:
    """Failures that a ticket file knows: ``drive_key, model, day``."""
    chosen = format_named(TICKETS)
    read = read_unstored([events], chosen, "file", ibis.duckdb.connect(), progress)
    return read.failures.join(read.drives["model"], on="drive_key")
