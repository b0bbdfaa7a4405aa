"""Acronyms: those a document defines for itself, and whether letters are the initials of words."""

from __future__ import annotations

import re

from ingest.literature.resolution.wording import STOP, tokens

_DEFINITION = re.compile(r"\(\s*([A-Za-z][A-Za-z0-9/&.-]{1,9})\s*\)")
_LONGEST_WORD_GAP = 2


def acronyms_of(text: str) -> dict[str, str]:
    """Acronyms that a text defines, each with its long form as written: ``garbage collection (GC)``.

    The long form is found by the rule of Schwartz and Hearst (PSB 2003): the letters of the short form, from the last
    to the first, in the words before the bracket, where the first letter begins a word; at most
    ``min(letters + 5, 2 * letters)`` words are looked at.

    Args:
        text: Any text; where one acronym is defined twice, the first counts.

    Returns:
        For example ``{"GC": "garbage collection"}``.
    """
    found: dict[str, str] = {}
    for match in _DEFINITION.finditer(text):
        short = match[1]
        letters = [letter for letter in short if letter.isalnum()]
        if sum(letter.isupper() for letter in letters) < 2 or short in found:
            continue
        # Plural of the acronym ("SSDs") belongs to its last word.
        bare = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
        before = re.split(r"[.;:!?()]\s", text[max(0, match.start() - 200) : match.start()])[-1]
        count = sum(letter.isalnum() for letter in bare)
        words = before.split()[-min(count + 5, count * 2) :]
        long_form = _long_form(bare, " ".join(words))
        if long_form is not None:
            found[bare] = long_form
    return found


def _long_form(short: str, before: str) -> str | None:
    position = len(before) - 1
    for index in range(len(short) - 1, -1, -1):
        letter = short[index].lower()
        if not letter.isalnum():
            continue
        while position >= 0 and (
            before[position].lower() != letter or (index == 0 and position > 0 and before[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return None
        position -= 1
    start = position + 1
    long_form = before[start:].strip(" ,-–'\"")
    if len(long_form) <= len(short) or short.lower() in long_form.lower().split():
        return None
    return long_form


def spells(acronym: str, phrase: str) -> bool:
    """Whether an acronym is made of the initials of a phrase's words, in order; function words may be left out.

    Example:
        >>> spells("ISPP", "incremental step pulse programming")
        True
    """
    letters = "".join(letter for letter in acronym if letter.isalnum()).lower()
    if letters.endswith("s") and acronym[:-1].isupper():
        letters = letters[:-1]
    words = [word.lower() for word in tokens(phrase.replace("/", " "))]
    if len(letters) < 2 or len(words) < 2:
        return False
    return any(
        letters == "".join(word[0] for word in kept) for kept in (words, [word for word in words if word not in STOP])
    )
