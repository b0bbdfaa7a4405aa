"""Parts of a paper that are no prose, told by the heading that they stand under."""

from __future__ import annotations

import re

from ingest.literature.document import ACKNOWLEDGEMENT, REFERENCE

_NUMBER = r"^(?:(?:\d+(?:\.\d+)*|[IVX]+|[A-Z])\.?\s+)?"
REFERENCES = re.compile(
    _NUMBER + r"(?:references|bibliography|literature cited|works cited|literature)\W*$", re.IGNORECASE
)
THANKS = re.compile(_NUMBER + r"acknowledge?ments?\b.{0,40}$", re.IGNORECASE)


def section_kind(heading: str) -> str | None:
    """Kind of what stands under a heading where that is no prose: ``reference``, ``acknowledgement``, or None."""
    if REFERENCES.match(heading):
        return REFERENCE
    return ACKNOWLEDGEMENT if THANKS.match(heading) else None
