"""Small fleets for the rule base: one value a day a column, without a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from app.analysis.rules.base import attributes_read, find_all
from app.analysis.rules.inputs import Inputs, load_inputs
from graph.ontology.model import Finding

LAST = date(2026, 3, 31)
DAYS = 60
Column = float | Sequence[float]


def fleet(
    drives: Mapping[str, Mapping[str, Column]],
    *,
    facts: Mapping[str, Mapping[str, object]] | None = None,
    shuffle: int | None = None,
) -> Inputs:
    """A fleet of drives with one value a day a column; a single number holds on all days, NaN means not read."""
    rows = []
    for name, columns in drives.items():
        series = {column: np.broadcast_to(np.asarray(values, float), DAYS) for column, values in columns.items()}
        for number in range(DAYS):
            values = {column: series[column][number] for column in series}
            if not all(np.isnan(value) for value in values.values()):
                rows.append({"drive_key": name, "day": LAST - timedelta(DAYS - 1 - number), **values})
    frame = pd.DataFrame(rows)
    if shuffle is not None:
        frame = frame.sample(frac=1, random_state=shuffle)
    blank = dict.fromkeys(("vendor", "medium", "host", "rack", "room", "firmware", "failure_status"))
    told = [{"serial": name, "model": "M", **blank, **(facts or {}).get(name, {})} for name in drives]
    known = pd.DataFrame(told, index=pd.Index(list(drives), name="drive_key"), dtype=object)
    for place in ("host", "rack", "room", "model"):
        known[f"{place}_key"] = known[place].map(lambda name, place=place: name and f"{place}:lab:{name}")
    table = ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))
    return load_inputs("lab", known, table, ibis.duckdb.connect(), attributes_read())


def found(drives: Mapping[str, Mapping[str, Column]], **more: object) -> dict[str, Finding]:
    """Findings by ``drive rule``."""
    return {f"{item.subject} {item.rule}": item for item in find_all(fleet(drives, **more))}  # type: ignore[arg-type]


def steps(*changes: tuple[int, float]) -> list[float]:
    """A series of 60 days: from each day on the value given with it."""
    values = [0.0] * DAYS
    for day, value in changes:
        values[day:] = [value] * (DAYS - day)
    return values


def once(value: float) -> list[float]:
    """A series with a single reading, on the last day."""
    return [float("nan")] * (DAYS - 1) + [value]
