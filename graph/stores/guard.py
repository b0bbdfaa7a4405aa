"""What a free statement may do: read rules on its text and on the plan that Neo4j makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graph.errors import InputError, RefusedError

PROCEDURES = frozenset(
    {
        "db.labels",
        "db.relationshiptypes",
        "db.propertykeys",
        "db.schema.nodetypeproperties",
        "db.schema.reltypeproperties",
        "db.schema.visualization",
        "db.index.vector.querynodes",
        "db.index.vector.queryrelationships",
        "db.index.fulltext.querynodes",
        "db.index.fulltext.queryrelationships",
    }
)
FUNCTION_NAMESPACES = frozenset(
    {"date", "datetime", "localdatetime", "time", "localtime", "duration", "point", "vector"}
)
OPERATORS_REFUSED = re.compile(r"^(LoadCSV|Show(?!Indexes|Constraints)|Terminate)", re.IGNORECASE)
_WRITING = re.compile(
    r"(?<![.:$\w])(?<!\bAS )(CREATE|MERGE|SET|DELETE|DETACH|REMOVE|DROP|FOREACH|ALTER|GRANT|REVOKE|TERMINATE)\b",
    re.IGNORECASE,
)
_CALLED = re.compile(r"(?<![\w.])((?:\w+\s*\.\s*)+\w+)\s*\(")
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)


def admit_text(cypher: str) -> str:
    """Refuse what shows in the text already; returns the text without literals and comments.

    Raises:
        InputError: It is empty or asks for a plan or profile itself.
        RefusedError: It calls a procedure or function outside the allow-list.
    """
    bare = _QUOTED.sub(" '' ", cypher).strip().rstrip(";").strip()
    if not bare or bare == "''":
        raise InputError(
            "The query is empty. Expected one Cypher statement, such as MATCH (d:Drive) RETURN d.key AS drive."
        )
    first = bare.split(maxsplit=2)
    words = [word.upper() for word in first if word != "''"]
    if words and words[0] in ("EXPLAIN", "PROFILE", "CYPHER", "USE"):
        raise InputError(
            f"The query starts with {words[0]}. Expected the statement alone; the plan can be shown for it."
        )
    for match in _CALLED.finditer(bare.replace("`", "")):
        name = re.sub(r"\s", "", match[1]).lower()
        if name not in PROCEDURES and name.split(".")[0] not in FUNCTION_NAMESPACES:
            raise RefusedError(f"Refused: {name} is not on the list of harmless procedures and functions.")
    if words and words[0] in ("SHOW", "TERMINATE"):
        raise RefusedError(
            f"Refused: {' '.join(words[:2])} looks into the server, and free queries only read the graph."
        )
    if re.search(r"\bLOAD\s+CSV\b", bare, re.IGNORECASE):
        raise RefusedError("Refused: LOAD CSV reads files and addresses. Ingest them with 'atoll ingest'.")
    return bare


def refuse_writing_words(bare: str) -> None:
    """Refuse a statement that contains a clause which writes.

    Raises:
        RefusedError: It does.
    """
    found = _WRITING.search(bare)
    if found:
        raise RefusedError(f"Refused: {found[1].upper()} changes data, and free queries only read.")


def admit_plan(query_type: str | None, plan: Mapping[str, Any] | None) -> None:
    """Refuse what Neo4j's plan shows.

    Args:
        query_type: ``r``, ``rw``, ``w`` or ``s`` as the server says.
        plan: The operator tree of the driver's summary.

    Raises:
        RefusedError: It writes, changes the schema, reads files or looks into the server.
    """
    if query_type != "r":
        what = "changes the schema or the server" if query_type == "s" else "changes data"
        raise RefusedError(f"Refused: the statement {what}, and free queries only read.")
    if plan is None:
        raise RefusedError("Refused: the server gave no plan for the statement.")
    for operator in _operators(plan):
        name = operator["operatorType"].split("@")[0]
        if OPERATORS_REFUSED.match(name):
            raise RefusedError(f"Refused: {name} is not on the list of harmless operators.")
        if name == "ProcedureCall":
            details = str(operator.get("args", {}).get("Details", ""))
            called = details.split("(", maxsplit=1)[0].strip().lower()
            if called not in PROCEDURES:
                raise RefusedError(f"Refused: {called} is not on the list of harmless procedures.")


def plan_text(plan: Mapping[str, Any], depth: int = 0) -> str:
    """The operator tree, one operator a line, inputs indented below; ArcadeDB's comes as one text already."""
    if "string-representation" in plan.get("args", {}):
        return str(plan["args"]["string-representation"]).strip()
    details = plan.get("args", {}).get("Details", "")
    rows = plan.get("args", {}).get("EstimatedRows")
    estimate = f"  ~{rows:,.0f} rows" if isinstance(rows, int | float) else ""
    line = f"{'  ' * depth}{plan['operatorType'].split('@')[0]}  {details}{estimate}".rstrip()
    return "\n".join([line, *(plan_text(child, depth + 1) for child in plan.get("children", []))])


def _operators(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for child in plan.get("children", []):
        yield from _operators(child)
