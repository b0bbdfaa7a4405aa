"""Word lists are written as running text and read as sets."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text that blanks separate."""
    return frozenset(text.split())
