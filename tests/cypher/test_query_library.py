"""Every file of ``queries/``: its header fits its statement, and it keeps to what both stores understand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import queries
from graph.ontology import terms
from queries import Query

READS = [query for query in queries.catalogue() if query.mode == "read"]
ALL = list(queries.catalogue())
SCHEMA = [query for kind in ("neo4j", "embedded") for _, query in queries.migrations(kind)]
LABELS, RELATIONS = set(terms.LABELS), set(terms.RELATIONS)
AVOIDED = {
    "SHORTEST k": r"\bSHORTEST\s+\d",
    "a dynamic label": r"\$\(",
    "gds": r"\bgds\.",
    "apoc": r"\bapoc\.",
    "SHOW PROCEDURES": r"\bSHOW\s+PROCEDURES",
    "COLLECT {}": r"\bCOLLECT\s*\{",
    "a quantified path": r"->\s*\{|\)\s*\{\d*,\d*\}",
    "CREATE (n $props)": r"\bCREATE\s*\(\w*(:\w+)?\s*\$",
    "SET n[$k]": r"\bSET\s+\w+\[",
    "a block comment": r"/\*",
    "LOAD CSV": r"\bLOAD\s+CSV",
}


def names(queries_of: list[Query]) -> list[str]:
    return [query.name for query in queries_of]


def bare(statement: str) -> str:
    """Without texts and comments."""
    return re.sub(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|//[^\n]*", "''", statement)


def columns(statement: str) -> list[str]:
    """Names that the last RETURN gives its columns; an expression without AS gives None."""
    text = re.split(r"\bRETURN\b", bare(statement))[-1]
    text = re.split(r"\bORDER\s+BY\b|\bSKIP\b|\bLIMIT\b", text)[0]
    parts, depth = [""], 0
    for letter in text.strip().removeprefix("DISTINCT "):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    found = []
    for part in parts:
        alias = re.search(r"\bAS\s+(\w+)\s*$", part.strip()) or re.fullmatch(r"\s*(\w+)\s*", part)
        found.append(alias[1] if alias else f"(unnamed: {part.strip()})")
    return found


@pytest.mark.parametrize("query", ALL, ids=names(ALL))
def test_the_header_declares_exactly_the_parameters_used(query: Query) -> None:
    used = set(re.findall(r"\$(\w+)", bare(query.statement))) - {queries.HIDDEN_RUNS}
    assert used == {parameter.name for parameter in query.parameters}


@pytest.mark.parametrize("query", ALL, ids=names(ALL))
def test_the_header_names_exactly_the_columns(query: Query) -> None:
    if query.returns or re.search(r"\bRETURN\b", bare(query.statement)):
        assert columns(query.statement) == list(query.returns)


@pytest.mark.parametrize("query", [*ALL, *SCHEMA], ids=names([*ALL, *SCHEMA]))
def test_the_template_parts_are_those_of_the_statement(query: Query) -> None:
    assert set(re.findall(r"\{(\w+)\}", bare(query.statement))) == set(query.template)


@pytest.mark.parametrize("query", READS, ids=names(READS))
def test_a_read_query_hides_incomplete_runs_and_writes_nothing(query: Query) -> None:
    assert f"${queries.HIDDEN_RUNS}" in query.statement
    assert not query.template
    assert not re.search(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP)\b", bare(query.statement))


@pytest.mark.parametrize("query", READS, ids=names(READS))
def test_the_example_is_a_call_that_the_header_allows(query: Query) -> None:
    values = queries.coerce(query, query.example)
    assert set(values) == {parameter.name for parameter in query.parameters}


@pytest.mark.parametrize("query", ALL, ids=names(ALL))
def test_constructs_that_a_store_gets_wrong_are_avoided(query: Query) -> None:
    text = bare(query.statement)
    assert [what for what, pattern in AVOIDED.items() if re.search(pattern, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("query", ALL, ids=names(ALL))
def test_labels_types_and_properties_are_those_of_the_ontology(query: Query) -> None:
    text = bare(query.statement)
    for found in re.findall(r"\(\s*\w*\s*:\s*([A-Za-z_|]+)", text):
        assert set(found.split("|")) <= LABELS, query.path
    for found in re.findall(r"\[\s*\w*\s*:\s*([A-Za-z_|]+)", text):
        assert set(found.split("|")) <= RELATIONS, query.path


def test_names_are_taken_once_and_are_the_files_names() -> None:
    assert len(set(names(ALL))) == len(ALL)
    assert all(query.path.stem == query.name for query in ALL)
    assert {path.suffix for path in queries.ROOT.rglob("*") if path.is_file()} <= {".cypher", ".sql", ".py", ".pyc"}


def test_migrations_are_numbered_without_a_gap_and_alike_on_both_stores() -> None:
    for kind in ("neo4j", "embedded"):
        assert [number for number, _ in queries.migrations(kind)] == list(range(1, len(queries.migrations(kind)) + 1))


def test_no_statement_stands_outside_the_library() -> None:
    root = Path(queries.__file__).parents[1]
    for room in ("app/analysis", "graph", "ingest", "gnn"):
        for path in (root / room).rglob("*.py"):
            assert not re.search(r"[\"'](MATCH|MERGE|UNWIND) ?\(", path.read_text()), path
