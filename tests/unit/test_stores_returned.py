"""Column names of a result without rows."""

from __future__ import annotations

import pytest

from graph.stores.returned import returned_columns


@pytest.mark.parametrize(
    ("cypher", "columns"),
    [
        ("MATCH (d:Drive) RETURN d.key AS k, d.serial AS s", ("k", "s")),
        ("MATCH (d) RETURN DISTINCT d.key AS k ORDER BY k LIMIT 5", ("k",)),
        (
            "MATCH (d) WITH d, [x IN d.a | x] AS a RETURN count(d) AS n, coalesce(a, [1, 2]) AS `my list`",
            ("n", "my list"),
        ),
        ("RETURN 'a, RETURN b AS c' AS text, 1 AS one // AS x, y\n", ("text", "one")),
        ("MATCH (d) RETURN d.key, d.serial", ("d.key", "d.serial")),
        ("MATCH (d) RETURN *", ()),
        ("MATCH (d) CALL { WITH d MATCH (d)--(x) RETURN x AS inner } RETURN inner AS outer", ("outer",)),
        ("RETURN {a: 1, b: 2} AS m UNION RETURN 2 AS m", ("m",)),
        ("MATCH (d)", ()),
    ],
)
def test_columns_are_those_of_the_outer_return(cypher: str, columns: tuple[str, ...]) -> None:
    assert returned_columns(cypher) == columns
