"""Windows or drives that hold the same readings under different names."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.backends import BaseBackend
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

HOURS = ("r_9", "ata_9", "nvme_power_on_hours")
WRITTEN_OR_READ = ("r_241", "r_242", "ata_241", "ata_242", "nvme_data_units_written", "nvme_data_units_read")


def linking_columns(names: Sequence[str]) -> tuple[str, list[str]] | None:
    """Power-on hours and the written or read counters among columns; None where they cannot tell drives apart.

    Hours alone never link: in a set of 789 windows of as many drives, 686 share consecutive hours with another by
    chance.
    """
    hours = [name for name in HOURS if name in names]
    counters = [name for name in WRITTEN_OR_READ if name in names]
    return (hours[0], counters) if hours and counters else None


def consecutive_links(
    readings: ir.Table, connection: BaseBackend, owner: str, order: str, hours: str, counters: Sequence[str]
) -> pd.DataFrame:
    """Owners that share two consecutive samples: equal hours and equal written and read counters, twice in a row.

    A sample pair counts where a counter moved between its two samples, or where at least two counters are known and
    above 0: a single counter that stands still is shared by twins of one machine that were never the same drive.

    Args:
        readings: One row a sample.
        connection: Where they are read.
        owner: Column that names the window or drive.
        order: Column in which samples ascend.
        hours: Column of power-on hours.
        counters: Columns of what was written or read in all.

    Returns:
        ``first, second`` (names of owners, ``first < second``) and ``num_shared`` sample pairs. Of owners that all
        share one sample pair only the links to the first are listed: their connected components are whole.
    """
    columns = [hours, *counters]
    # NaN and NULL compare with nothing; -1 is no value of a counter.
    values = {name: _filled(readings[name]) for name in columns}
    samples = readings.select(owner=readings[owner], place=readings[order], **values)
    window = ibis.window(group_by="owner", order_by="place")
    pairs = samples.mutate(**{f"next_{name}": samples[name].lead().over(window) for name in columns})
    moved = [(pairs[name] >= 0) & (pairs[f"next_{name}"] > pairs[name]) for name in counters]
    known = [((pairs[name] > 0) & (pairs[f"next_{name}"] > 0)).cast("int8") for name in counters]
    telling = ibis.or_(*moved) | (_sum(known) >= 2)
    pairs = pairs.filter((pairs[hours] >= 0) & (pairs[f"next_{hours}"] >= 0) & telling)
    keys = [*columns, *(f"next_{name}" for name in columns)]
    # DISTINCT first: a window may repeat a sample pair of its own.
    pairs = pairs.select("owner", *keys).distinct()
    shared = pairs.group_by(keys).aggregate(first=pairs["owner"].min(), last=pairs["owner"].max())
    shared = shared.filter(shared["first"] != shared["last"])
    linked = pairs.inner_join(shared, keys)
    linked = linked.filter(linked["owner"] != linked["first"]).group_by(["first", "owner"])
    found = linked.aggregate(num_shared=ibis._.count()).rename(second="owner").order_by(["first", "second"])
    frame: pd.DataFrame = connection.to_pandas(found)
    return frame


def linked_windows(samples: pd.DataFrame) -> pd.DataFrame:
    """``consecutive_links`` of windows that are held in memory.

    Args:
        samples: ``window`` (int position) and one column an attribute, one row a sample, oldest first in each window.
    """
    columns = linking_columns(list(samples.columns))
    if columns is None or samples.empty:
        return pd.DataFrame({"first": np.array([], int), "second": np.array([], int), "num_shared": np.array([], int)})
    hours, counters = columns
    numbered = samples[["window", hours, *counters]].assign(place=np.arange(len(samples)))
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET enable_progress_bar = false")
    table = ibis.memtable(pa.Table.from_pandas(numbered, preserve_index=False))
    return consecutive_links(table, connection, "window", "place", hours, counters)


def components(links: pd.DataFrame, num_owners: int) -> np.ndarray:
    """Number of the group of linked owners that each belongs to; -1 for those without a link.

    Args:
        links: ``first, second``, positions of owners.
        num_owners: How many owners there are.
    """
    first, second = links["first"].to_numpy(int), links["second"].to_numpy(int)
    graph = coo_array((np.ones(len(links)), (first, second)), shape=(num_owners, num_owners))
    _, group = connected_components(graph, directed=False)
    lone = np.ones(num_owners, bool)
    lone[first] = lone[second] = False
    return np.where(lone, -1, group)


def _filled(column: ir.Column) -> ir.Column:
    number = column.cast("float64")
    return ibis.ifelse(number.isnull() | number.isnan(), -1.0, number)


def _sum(terms: list[ir.Column]) -> ir.Column:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
