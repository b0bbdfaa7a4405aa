from __future__ import annotations

import math
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import queries
from queries import QueryError, coerce, parse

HEADER = """// Drives of one rack.
// name: rack_drives
// mode: read
// param: rack string, Rack.key
// param: limit int = 25, most rows returned (1..500)
// returns: drive, risk
// example: {"rack": "rack:a:1"}
MATCH (n) WHERE NOT n.run IN $hidden_runs RETURN n.key AS drive, 1 AS risk;
"""
PATH = Path("fleet/rack_drives.cypher")


def test_a_header_is_read_whole() -> None:
    query = parse(HEADER, PATH)
    assert (query.name, query.mode, query.description) == ("rack_drives", "read", "Drives of one rack.")
    assert [(p.name, p.type, p.default, p.low, p.high) for p in query.parameters] == [
        ("rack", "string", None, None, None),
        ("limit", "int", 25, 1, 500),
    ]
    assert query.returns == ("drive", "risk")
    assert query.example == {"rack": "rack:a:1"}
    assert query.statement.startswith("MATCH (n)")
    assert not query.statement.endswith(";")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("// Drives of one rack.\n", "", "expected a description"),
        ("// name: rack_drives\n", "", "needs one 'name:'"),
        ("// mode: read\n", "", "needs one 'mode:'"),
        ("// mode: read", "// mode: red", r"mode 'red' .* Did you mean 'read'"),
        ("// name: rack_drives", "// name: other", "is not the file's name 'rack_drives'"),
        ("// returns: drive, risk\n", "", "needs 'returns:'"),
        ("// returns:", "// retruns:", "is no header field. Did you mean 'returns'"),
        ("rack string, Rack.key", "rack strnig, Rack.key", "Did you mean 'string'"),
        ("rack string, Rack.key", "rack", "is not 'NAME TYPE, description'"),
        ('{"rack": "rack:a:1"}', "{rack}", "is not JSON"),
        ("int = 25", "int = many", "is not a whole number"),
    ],
)
def test_a_header_that_is_wrong_says_where_and_what(old: str, new: str, told: str) -> None:
    assert old in HEADER
    with pytest.raises(QueryError, match=told) as caught:
        parse(HEADER.replace(old, new), PATH)
    assert "rack_drives.cypher" in str(caught.value)


def test_a_header_without_a_statement_is_refused() -> None:
    with pytest.raises(QueryError, match="no statement"):
        parse(HEADER[: HEADER.index("MATCH")], PATH)


def test_texts_become_the_types_of_the_parameters() -> None:
    query = parse(HEADER, PATH)
    assert coerce(query, {"rack": "x"}) == {"rack": "x", "limit": 25}
    assert coerce(query, {"rack": "x", "limit": "30"}) == {"rack": "x", "limit": 30}


@pytest.mark.parametrize(
    ("given_values", "told"),
    [
        ({"rack": "x", "limt": "1"}, "no parameter 'limt'. Did you mean 'limit'"),
        ({}, "parameter 'rack' .* is missing"),
        ({"rack": "x", "limit": "many"}, "'many' is not a whole number"),
        ({"rack": "x", "limit": "0"}, "expected 1 to 500"),
        ({"rack": "x", "limit": "501"}, "expected 1 to 500"),
        ({"rack": "x", "limit": True}, "is not a whole number"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_does(given_values: dict[str, object], told: str) -> None:
    with pytest.raises(QueryError, match=told):
        coerce(parse(HEADER, PATH), given_values)


@given(st.integers(1, 500))
def test_whole_numbers_survive_the_command_line(number: int) -> None:
    assert coerce(parse(HEADER, PATH), {"rack": "x", "limit": str(number)})["limit"] == number


def typed(kind: str) -> queries.Query:
    return parse(
        f"// D.\n// name: q\n// mode: read\n// param: v {kind}, a value\n// returns: a\nRETURN $v AS a",
        Path("q.cypher"),
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_survive_the_command_line(number: float) -> None:
    assert coerce(typed("float"), {"v": repr(number)})["v"] == number


@given(st.dates())
def test_days_survive_the_command_line(day: date) -> None:
    assert coerce(typed("date"), {"v": day.isoformat()})["v"] == day


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_survive_the_command_line(moment: datetime) -> None:
    assert coerce(typed("datetime"), {"v": moment.isoformat()})["v"] == moment


@given(st.text())
def test_texts_survive_the_command_line(text: str) -> None:
    assert coerce(typed("string"), {"v": text})["v"] == text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("float", "nan"),
        ("float", "inf"),
        ("date", "2024-13-01"),
        ("bool", "perhaps"),
        ("datetime", "noon"),
        ("rows", "[1]"),
    ],
)
def test_texts_of_another_type_are_refused(kind: str, text: str) -> None:
    with pytest.raises(QueryError, match="is not"):
        coerce(typed(kind), {"v": text})


def test_lists_come_as_json_or_split_by_commas() -> None:
    assert coerce(typed("strings"), {"v": "a, b"})["v"] == ["a", "b"]
    assert coerce(typed("strings"), {"v": '["a,b"]'})["v"] == ["a,b"]
    assert coerce(typed("bool"), {"v": "yes"})["v"] is True
    assert math.isclose(coerce(typed("float"), {"v": 2})["v"], 2.0)


def test_a_template_takes_identifiers_only() -> None:
    text = "// D.\n// name: q\n// mode: write\n// template: label\nMATCH (n:{label}) RETURN count(n) AS number"
    query = parse(text, Path("q.cypher"))
    assert "n:Drive" in query.text(label="Drive")
    for bad in ("Drive) DETACH DELETE (n", "", "1a", "a b"):
        with pytest.raises(QueryError, match="cannot stand for"):
            query.text(label=bad)
    with pytest.raises(QueryError, match="fills in"):
        query.text()


def test_an_unknown_query_names_the_nearest() -> None:
    with pytest.raises(QueryError, match="Did you mean 'fleets'"):
        queries.get("fleet_s")
    with pytest.raises(QueryError, match="not a read query"):
        queries.get("create_nodes")
