from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from graph.stores import content

VALUES = st.fixed_dictionaries(
    {"key": st.text(min_size=1, max_size=8)},
    optional={
        "whole": st.integers(-(2**63), 2**63 - 1),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "text": st.text(max_size=20),
        "flag": st.booleans(),
        "day": st.dates(date(1900, 1, 1)),
        "time": st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC)),
        "texts": st.lists(st.text(max_size=5), min_size=1, max_size=3),
    },
)
SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("whole", pa.int64()),
        ("number", pa.float64()),
        ("text", pa.string()),
        ("flag", pa.bool_()),
        ("day", pa.date32()),
        ("time", pa.timestamp("us", tz="UTC")),
        ("texts", pa.list_(pa.string())),
    ]
)
Row = dict[str, Any]


@given(st.lists(VALUES, max_size=5, unique_by=lambda row: row["key"]))
def test_a_table_and_what_comes_back_of_it_hash_alike(rows: list[Row]) -> None:
    table = pa.Table.from_pylist(rows, SCHEMA)
    assert content.of_nodes("Drive", table) == content.of_stored_nodes("Drive", rows)
    links = [{**row, "head": row["key"], "tail": "t"} for row in rows]
    columns = table.append_column("head", table["key"]).append_column("tail", pa.array(["t"] * len(rows), pa.string()))
    assert content.of_relations("READS", columns) == content.of_stored_relations("READS", links)


@given(st.lists(VALUES, min_size=2, max_size=5, unique_by=lambda row: row["key"]))
def test_the_hash_is_a_sum_over_the_entities(rows: list[Row]) -> None:
    parts = sum(content.of_stored_nodes("Drive", [row]) for row in rows) % content.MODULUS
    assert content.of_stored_nodes("Drive", rows[::-1]) == parts


@given(VALUES, st.text(max_size=20))
def test_another_value_key_or_label_gives_another_hash(row: Row, text: str) -> None:
    before = content.of_stored_nodes("Drive", [row])
    if row.get("text") != text:
        assert content.of_stored_nodes("Drive", [{**row, "text": text}]) != before
    assert content.of_stored_nodes("Drive", [{**row, "key": row["key"] + "x"}]) != before
    assert content.of_stored_nodes("Host", [row]) != before
    assert content.of_stored_nodes("Drive", [{**row, "run": "r", "source": "s", "sources": ["s"]}]) == before
