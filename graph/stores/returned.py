"""Names of the columns that a statement returns, read from its text: ArcadeDB names none where no row comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_TEXT = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`"
_LITERAL = re.compile(_TEXT)
_COMMENT = re.compile(_TEXT + r"|//[^\n]*|/\*.*?\*/", re.DOTALL)
_RETURN = re.compile(r"\bRETURN\b(?:\s+DISTINCT\b)?", re.IGNORECASE)
_END = re.compile(r"\b(ORDER\s+BY|SKIP|LIMIT|UNION)\b|;", re.IGNORECASE)
_ALIAS = re.compile(r"\bAS\s+(`[^`]+`|\w+)\s*$", re.IGNORECASE)


def returned_columns(cypher: str) -> tuple[str, ...]:
    """Columns of the first top-level RETURN: aliases, or the expressions as written; empty for ``RETURN *``."""
    cypher = _COMMENT.sub(lambda match: match[0] if match[0][0] in "'\"`" else " ", cypher)
    masked = _LITERAL.sub(lambda match: "_" * len(match[0]), cypher)
    depths = list(_depths(masked))
    found = next((match for match in _RETURN.finditer(masked) if not depths[match.start()]), None)
    if found is None:
        return ()
    ends = (match.start() for match in _END.finditer(masked, found.end()) if not depths[match.start()])
    end = next(ends, len(masked))
    commas = [place for place in range(found.end(), end) if masked[place] == "," and not depths[place]]
    edges = [found.end() - 1, *commas, end]
    items = [cypher[before + 1 : after].strip() for before, after in pairwise(edges)]
    if "*" in items:
        return ()
    return tuple(match[1].strip("`") if (match := _ALIAS.search(item)) else item for item in items)


def _depths(masked: str) -> Iterator[int]:
    """How many brackets are open at each character."""
    depth = 0
    for character in masked:
        depth -= character in ")]}"
        yield depth
        depth += character in "([{"
