"""Fill the queries that look for a node of any label: one indexed branch a label, since no label is a parameter.

A look-up of a key without a label reads the whole store on both servers, and so does one of several labels (``A|B``)
below an ``UNWIND`` on the embedded server; a union of one look-up a label takes a few milliseconds on either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLACE = re.compile(r"^CALL \{\n(?P<first>.+?)\n(?:.*?\n)??\}$", re.DOTALL | re.MULTILINE)


def fill(statement: str, labels: Iterable[str]) -> str:
    """Repeat the first branch of a query's ``CALL { … }`` for each label, in place of the branches that stand there.

    Raises:
        ValueError: The text has no such place, or several.
    """

    def branches(place: re.Match[str]) -> str:
        each = (re.sub(r"\(n:\w+", f"(n:{label}", place["first"]) for label in labels)
        return "CALL {\n" + "\n  UNION ALL\n".join(each) + "\n}"

    text, places = _PLACE.subn(branches, statement)
    if places != 1:
        raise ValueError(f"queries/explore: expected one 'CALL {{ … }}' on lines of its own in a query, found {places}")
    return text
